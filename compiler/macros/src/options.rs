//! Options of an invocation: `solver = rk4`, before the models and a semicolon, or behind the path of a file and a comma.

use alif_compiler::Solver;
use alif_compiler::derive::Options;
use proc_macro2::TokenTree;

use crate::invocation::is_word;

/// Takes the options off the start of an invocation.
pub(crate) fn leading(trees: &mut Vec<TokenTree>) -> Result<Option<Options>, syn::Error> {
    let Some((options, used)) = at_start(trees)? else {
        return Ok(None);
    };
    match trees.get(used) {
        Some(TokenTree::Punct(end)) if end.as_char() == ';' => {
            trees.drain(..=used);
            Ok(Some(options))
        }
        _ => Err(syn::Error::new(
            trees[used - 1].span(),
            "a `;` stands behind the solver",
        )),
    }
}

/// The options at the start of some trees, and how many trees they are.
pub(crate) fn at_start(trees: &[TokenTree]) -> Result<Option<(Options, usize)>, syn::Error> {
    let [word, TokenTree::Punct(equals), rest @ ..] = trees else {
        return Ok(None);
    };
    if !is_word(word, "solver") || equals.as_char() != '=' {
        return Ok(None);
    }
    let names: Vec<&str> = Solver::ALL.iter().map(|solver| solver.name()).collect();
    let known = format!("the solvers are {}", names.join(", "));
    let Some(name) = rest.first() else {
        return Err(syn::Error::new(equals.span(), known));
    };
    match Solver::named(&name.to_string()) {
        Some(solver) => Ok(Some((
            Options {
                solver: Some(solver),
                ..Options::default()
            },
            3,
        ))),
        None => Err(syn::Error::new(
            name.span(),
            format!("`{name}` is no solver\n  = help: {known}"),
        )),
    }
}

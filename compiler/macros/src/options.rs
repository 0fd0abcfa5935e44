//! Options of an invocation: `solver = rk45, tolerance = 1e-8, gradients = bptt`, before the models and a semicolon, or behind the path of
//! a file and a comma.

use alif_compiler::adjoint::Rule;
use alif_compiler::{Solver, derive};
use proc_macro2::{Ident, TokenTree};

/// How models are compiled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// How equations are solved.
    pub(crate) derive: derive::Options,
    /// The rule of the adjoint, if there is to be one.
    pub(crate) gradients: Option<Rule>,
}

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
            "a `;` stands behind the options",
        )),
    }
}

/// The options at the start of some trees, commas between them, and how many trees they are.
pub(crate) fn at_start(trees: &[TokenTree]) -> Result<Option<(Options, usize)>, syn::Error> {
    let mut options = Options::default();
    let mut used = 0;
    loop {
        // A comma stands between two of them.
        let comma = match trees.get(used) {
            Some(TokenTree::Punct(comma)) if used > 0 && comma.as_char() == ',' => 1,
            _ => 0,
        };
        let Some(name) = option(&trees[used + comma..], &mut options, used == 0 || comma == 1)? else {
            return Ok((used > 0).then_some((options, used)));
        };
        used += comma + name;
    }
}

/// Reads one option, `word = name`; gives how many trees it is.
fn option(trees: &[TokenTree], options: &mut Options, here: bool) -> Result<Option<usize>, syn::Error> {
    let [TokenTree::Ident(word), TokenTree::Punct(equals), rest @ ..] = trees else {
        return Ok(None);
    };
    if equals.as_char() != '=' || !here {
        return Ok(None);
    }
    if word == "solver" {
        let names = Solver::ALL.iter().map(|solver| solver.name());
        let solver = named("solver", word, rest.first(), names, Solver::named)?;
        options.derive.solver = Some(solver);
        return Ok(Some(3));
    }
    if word == "tolerance" {
        options.derive.tolerance = Some(number(word, rest.first())?);
        return Ok(Some(3));
    }
    if word == "gradients" {
        let names = Rule::ALL.iter().map(|rule| rule.name());
        let rule = named("rule", word, rest.first(), names, Rule::named)?;
        options.gradients = Some(rule);
        return Ok(Some(3));
    }
    Ok(None)
}

/// What a name stands for.
fn named<X>(
    kind: &str,
    word: &Ident,
    name: Option<&TokenTree>,
    names: impl Iterator<Item = &'static str>,
    find: impl Fn(&str) -> Option<X>,
) -> Result<X, syn::Error> {
    let names: Vec<&str> = names.collect();
    let known = format!("the {kind}s are {}", names.join(", "));
    let Some(name) = name else {
        return Err(syn::Error::new(word.span(), known));
    };
    find(&name.to_string())
        .ok_or_else(|| syn::Error::new(name.span(), format!("`{name}` is no {kind}\n  = help: {known}")))
}

/// A tolerance.
fn number(word: &Ident, number: Option<&TokenTree>) -> Result<f64, syn::Error> {
    let wanted = "a tolerance is a number, as in `tolerance = 1e-8`";
    let Some(first) = number else {
        return Err(syn::Error::new(word.span(), wanted));
    };
    let number = match first {
        TokenTree::Literal(literal) => literal.to_string().replace('_', "").parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| syn::Error::new(first.span(), wanted))
}

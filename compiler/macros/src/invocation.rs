//! What stands between the brackets of an invocation: models, or the path of a file of models.

use alif_grammar::Code;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::LitStr;

use crate::attribute::dissolved;
use crate::file;
use crate::options::{self, Options};
use crate::origin::Origin;
use crate::pieces::pieces;
use crate::report::error_at;
use crate::source::Source;

/// An invocation, read.
pub(crate) struct Invocation {
    /// The path of the crate alif, as the user's crate knows it.
    pub(crate) alif: TokenStream,
    /// The model text.
    pub(crate) origin: Origin,
    /// How the models are to be compiled.
    pub(crate) options: Options,
    /// What makes cargo look at the file again when it changes.
    pub(crate) tracking: TokenStream,
    /// What is wrong with the invocation; the models can be read nevertheless.
    pub(crate) errors: Vec<syn::Error>,
}

/// Reads an invocation, `($crate)` and then what the user wrote.
pub(crate) fn read(input: TokenStream) -> Result<Invocation, syn::Error> {
    let mut trees = dissolved(input);
    let alif = match trees.first() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => group.stream(),
        _ => {
            return Err(syn::Error::new(
                Span::call_site(),
                "call `alif_model!` of the crate alif",
            ));
        }
    };
    trees.remove(0);
    let leading = options::leading(&mut trees)?;
    let after_visibility = &trees[visibility(&trees)..];
    if let Some(TokenTree::Literal(_)) = after_visibility.first() {
        let (path, options) = path(after_visibility)?;
        let visibility = trees[..visibility(&trees)].iter().cloned().collect();
        let (file, tracking) = file::load(&path, visibility)?;
        return Ok(Invocation {
            alif,
            origin: Origin::File(file),
            options: options.or(leading).unwrap_or_default(),
            tracking,
            errors: Vec::new(),
        });
    }
    if !trees.iter().any(|tree| is_word(tree, "model")) {
        return Err(no_model(after_visibility));
    }
    let pieces = pieces(trees);
    let errors = pieces
        .faults
        .iter()
        .map(|(span, message)| error_at((*span, *span), message))
        .collect();
    Ok(Invocation {
        alif,
        origin: Origin::Tokens(Source::new(pieces)),
        options: leading.unwrap_or_default(),
        tracking: TokenStream::new(),
        errors,
    })
}

/// How many trees at the start are a visibility: `pub`, `pub(crate)`, `pub(in path)`.
pub(crate) fn visibility(trees: &[TokenTree]) -> usize {
    let limits = |tree: &TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            let first = group.stream().into_iter().next();
            first.is_some_and(|tree| ["crate", "self", "super", "in"].iter().any(|word| is_word(&tree, word)))
        }
        _ => false,
    };
    match trees {
        [public, limit, ..] if is_word(public, "pub") && limits(limit) => 2,
        [public, ..] if is_word(public, "pub") => 1,
        _ => 0,
    }
}

/// Whether a tree is this word.
pub(crate) fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

/// The path that an invocation consists of, and the options behind it.
fn path(trees: &[TokenTree]) -> Result<(LitStr, Option<Options>), syn::Error> {
    let path = syn::parse2::<LitStr>(trees[0].clone().into()).map_err(|_| no_model(trees))?;
    let rest = match &trees[1..] {
        [TokenTree::Punct(comma), rest @ ..] if comma.as_char() == ',' => rest,
        rest => rest,
    };
    let (options, rest) = match options::at_start(rest)? {
        Some((options, used)) => (Some(options), &rest[used..]),
        None => (None, rest),
    };
    let rest = match rest {
        [TokenTree::Punct(comma), rest @ ..] if options.is_some() && comma.as_char() == ',' => rest,
        rest => rest,
    };
    match rest.first() {
        None => Ok((path, options)),
        Some(more) => {
            let message = "nothing but `solver = NAME`, `tolerance = X` and `gradients = RULE` stand behind the path of a model file\n  = help: each file has its own \
                           `alif_model!`";
            Err(syn::Error::new(more.span(), message))
        }
    }
}

/// The error for an invocation that is neither a path nor has a model.
fn no_model(trees: &[TokenTree]) -> syn::Error {
    let code = Code::UnexpectedToken.as_str();
    let wanted = format!("[{code}] expected `model Name {{ … }}` or the path of a model file");
    let Some(first) = trees.first() else {
        return syn::Error::new(Span::call_site(), wanted);
    };
    let found = match first {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => "{".to_owned(),
        TokenTree::Group(_) => "(".to_owned(),
        word => word.to_string(),
    };
    let help = match trees {
        [TokenTree::Ident(_), TokenTree::Punct(bang), ..] if bang.as_char() == '!' => {
            "\n  = help: a path is one string literal, in which no macro is expanded"
        }
        _ => "",
    };
    syn::Error::new(first.span(), format!("{wanted}, found `{found}`{help}"))
}

//! Attributes: documentation becomes `///` lines again, others are refused.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::LitStr;

/// What an attribute is to a model text.
pub(crate) enum Attribute {
    /// `///`, or `#[doc = "…"]`: its lines.
    Doc(Vec<String>),
    /// `//!`, which is an ordinary comment in a model text.
    Comment,
    /// Anything else, with what to say.
    Refused(String),
}

/// Reads the bracket of an attribute; `inner` is one behind `#!`.
pub(crate) fn attribute(bracket: &Group, inner: bool) -> Attribute {
    let trees = dissolved(bracket.stream());
    let name = match trees.first() {
        Some(TokenTree::Ident(name)) => name.to_string(),
        _ => String::new(),
    };
    match trees.as_slice() {
        [_, TokenTree::Punct(equals), TokenTree::Literal(_)] if name == "doc" && equals.as_char() == '=' => {
            match syn::parse2::<LitStr>(trees[2].clone().into()) {
                Ok(_) if inner => Attribute::Comment,
                Ok(text) => Attribute::Doc(lines(&text.value())),
                Err(_) => Attribute::Refused(DOC_IS_A_TEXT.to_owned()),
            }
        }
        _ if name == "doc" => Attribute::Refused(DOC_IS_A_TEXT.to_owned()),
        _ => Attribute::Refused(format!(
            "`{name}`: a model has documentation, but no other attributes\n  = help: put the attribute on a module \
             around `alif_model!`"
        )),
    }
}

const DOC_IS_A_TEXT: &str = "the documentation of a model is plain text\n  = help: write `/// …` or `#[doc = \"…\"]`";

/// The trees of `stream`, with what macro fragments wrap in invisible brackets laid open.
pub(crate) fn dissolved(stream: TokenStream) -> Vec<TokenTree> {
    let mut out = Vec::new();
    let mut open = vec![stream.into_iter()];
    while let Some(trees) = open.last_mut() {
        match trees.next() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                open.push(group.stream().into_iter());
            }
            Some(tree) => out.push(tree),
            None => {
                open.pop();
            }
        }
    }
    out
}

/// The lines of a documentation text. A block `/** … */` loses its empty first and last lines and its column of stars.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<&str> = text.split(['\n', '\r']).collect();
    if lines.len() > 1 {
        let blank = |line: &&str| line.trim().trim_matches('*').is_empty();
        if lines.last().is_some_and(blank) {
            lines.pop();
        }
        if lines.first().is_some_and(blank) {
            lines.remove(0);
        }
        if lines.iter().all(|line| line.trim_start().starts_with('*')) {
            lines = lines.iter().map(|line| &line.trim_start()[1..]).collect();
        }
    }
    lines.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn blocks_lose_their_frame() {
        assert_eq!(lines(" one line"), [" one line"]);
        assert_eq!(lines(""), [""]);
        assert_eq!(lines("\n * one\n *\n * two\n "), [" one", "", " two"]);
        assert_eq!(lines(" one\n two "), [" one", " two "]);
    }
}

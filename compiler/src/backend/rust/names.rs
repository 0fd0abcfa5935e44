//! Names of the model as names of Rust.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

/// Every keyword of every edition, those that are only reserved included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that no `r#` makes a name.
const NEVER_NAMES: &[&str] = &["Self", "crate", "self", "super"];

/// Gives each name of one namespace to one thing: what asks second gets `_1`, what asks third `_2`.
#[derive(Debug, Default)]
pub(super) struct Namer {
    taken: BTreeSet<String>,
}

impl Namer {
    /// A namespace in which these names are taken.
    pub(super) fn with(taken: &[&str]) -> Self {
        Self {
            taken: taken.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// This name, or one like it.
    pub(super) fn ident(&mut self, wanted: &str, span: Span) -> Ident {
        let mut name = wanted.to_owned();
        let mut count = 0;
        while NEVER_NAMES.contains(&name.as_str()) || !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        ident(&name, span)
    }
}

/// A name that may be a keyword.
pub(super) fn ident(name: &str, span: Span) -> Ident {
    if KEYWORDS.contains(&name) {
        Ident::new_raw(name, span)
    } else {
        Ident::new(name, span)
    }
}

/// What of a text can stand in a name: `P[V,V]` becomes `P_V_V`.
pub(super) fn sanitized(text: &str) -> String {
    let mut name = String::from(if text.starts_with('-') { "minus" } else { "" });
    for c in text.chars().take(40) {
        if c == '_' || c.is_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.is_empty() || name.starts_with(|c: char| !c.is_alphabetic()) {
        format!("x{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Namer, Span, sanitized};

    #[test]
    fn keywords_become_raw_and_clashes_get_numbers() {
        let mut names = Namer::with(&["build"]);
        let mut name = |text| names.ident(text, Span::call_site()).to_string();
        assert_eq!(name("type"), "r#type");
        assert_eq!(name("self"), "self_1");
        assert_eq!(name("build"), "build_1");
        assert_eq!(name("V"), "V");
        assert_eq!(name("V"), "V_1");
    }

    #[test]
    fn coefficients_read_as_names() {
        assert_eq!(sanitized("P[V,V]"), "P_V_V");
        assert_eq!(sanitized("-70"), "minus_70");
        assert_eq!(sanitized("70"), "x70");
        assert_eq!(sanitized("beta * a"), "beta_a");
    }
}

//! Does the compiler know every method that the runtime gives to generated types?
//!
//! Names of a model give way to them. The compiler does not see the runtime, so it has lists of its own; here they are compared
//! with the methods that the runtime's source declares.

use std::collections::BTreeSet;

use alif_compiler::backend::rust::{BUILDER_METHODS, POPULATION_METHODS};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::support::workspace;

/// The methods for people in all `impl` blocks of a file whose heads, without spaces, are among `heads`, inside macros too.
/// Those hidden from documentation are called by the runtime alone, and never through a generated type.
fn methods(file: &str, heads: &[&str]) -> BTreeSet<String> {
    let text = std::fs::read_to_string(workspace().join("runtime/src").join(file)).expect("a source file");
    let tokens: TokenStream = text.parse().expect("Rust");
    let mut found = BTreeSet::new();
    let mut groups = vec![tokens];
    while let Some(tokens) = groups.pop() {
        let mut head: Option<String> = None;
        for token in tokens {
            match (token, &mut head) {
                (TokenTree::Ident(word), _) if word == "impl" => head = Some(String::new()),
                (TokenTree::Group(group), head) if group.delimiter() == Delimiter::Brace => match head.take() {
                    Some(head) if heads.contains(&head.as_str()) => {
                        // The methods of a trait are as public as the trait.
                        found.extend(declared(&group, head.contains("for$")));
                    }
                    _ => groups.push(group.stream()),
                },
                (token, Some(head)) => *head += &token.to_string(),
                (_, None) => {}
            }
        }
    }
    assert!(!found.is_empty(), "no methods in {file}");
    found
}

/// The functions of an `impl` block that take `self` and are public, all of them or where they say `pub`.
fn declared(block: &Group, all_public: bool) -> Vec<String> {
    let mut found = Vec::new();
    let (mut hidden, mut public, mut after_fn, mut name) = (false, all_public, false, None);
    for token in block.stream() {
        match token {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Bracket => hidden |= group.to_string().contains("hidden"),
                Delimiter::Parenthesis => {
                    // Public in the crate alone.
                    public &= group.to_string() != "(crate)";
                    let takes_self = |token| matches!(token, TokenTree::Ident(word) if word == "self");
                    let method = group.stream().into_iter().any(takes_self);
                    found.extend(name.take().filter(|_| method && public && !hidden));
                }
                Delimiter::Brace => (hidden, public) = (false, all_public), // the end of a function
                Delimiter::None => {}
            },
            TokenTree::Ident(word) if after_fn => {
                name = Some(word.to_string());
                after_fn = false;
            }
            TokenTree::Ident(word) => {
                public |= word == "pub";
                after_fn = word == "fn";
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

fn listed(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn every_method_of_generated_builders_is_listed() {
    assert_eq!(listed(BUILDER_METHODS), methods("typed/methods.rs", &["$builder"]));
}

#[test]
fn every_method_of_generated_populations_is_listed() {
    let heads = [
        "$population",
        "::core::ops::Dereffor$population",
        "::core::ops::DerefMutfor$population",
    ];
    let mut found = methods("typed/methods.rs", &heads);
    for file in ["population.rs", "between.rs"] {
        found.extend(methods(file, &["Population"]));
    }
    assert_eq!(listed(POPULATION_METHODS), found);
}

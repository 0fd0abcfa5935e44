//! What the macros of users bring along, wrapped in brackets that cannot be seen.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::{placeless, source, tokens};

/// `text` as a macro passes it on: in brackets that cannot be seen.
fn fragment(text: &str) -> TokenTree {
    Group::new(Delimiter::None, placeless(tokens(text))).into()
}

/// The text where the tokens `$x` in `{ … }` are a fragment, and where they are one that was passed on twice.
fn with(text: &str, x: &str) -> String {
    fn put(stream: TokenStream, x: &TokenTree) -> TokenStream {
        let mut out = Vec::new();
        let mut trees = stream.into_iter();
        while let Some(tree) = trees.next() {
            out.push(match tree {
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                    trees.next();
                    x.clone()
                }
                TokenTree::Group(group) => {
                    let mut inside = Group::new(group.delimiter(), put(group.stream(), x));
                    inside.set_span(group.span());
                    inside.into()
                }
                tree => tree,
            });
        }
        out.into_iter().collect()
    }
    let once = fragment(x);
    let twice = Group::new(Delimiter::None, once.clone().into()).into();
    let bare = |x: &TokenTree| {
        let text = source(put(placeless(tokens(&format!("{{ {text} }}"))), x)).text;
        let words: Vec<&str> = text.split_whitespace().collect();
        words[1..words.len() - 1].join(" ")
    };
    assert_eq!(bare(&once), bare(&twice));
    bare(&once)
}

#[test]
fn single_words_are_themselves() {
    assert_eq!(with("param $x = 1;", "tau"), "param tau = 1;");
    assert_eq!(with("param tau = $x ms;", "20"), "param tau = 20 ms;");
    assert_eq!(with("param tau = $x;", "20ms"), "param tau = 20ms;");
    assert_eq!(with("$x", ""), "");
}

#[test]
fn negative_numbers_take_units_and_powers() {
    assert_eq!(with("state V = $x mV;", "-70"), "state V = - 70 mV;");
    assert_eq!(with("let a = b - $x mV;", "-70"), "let a = b - - 70 mV;");
    assert_eq!(with("let a = $x ^ 2;", "-3"), "let a = (- 3) ^ 2;");
    assert_eq!(with("let a = $x ** 2;", "-3"), "let a = (- 3) ** 2;");
}

#[test]
fn an_operation_stays_one_operand() {
    assert_eq!(with("let a = 2 * $x;", "b + c"), "let a = 2 * (b + c);");
    assert_eq!(with("let a = $x * 2;", "b + c"), "let a = (b + c) * 2;");
    assert_eq!(with("let a = -$x;", "b - c"), "let a = - (b - c);");
    assert_eq!(with("let a = f($x, 1);", "b + c"), "let a = f(b + c, 1);");
    assert_eq!(with("let a = $x;", "b + c"), "let a = b + c;");
    assert_eq!(with("spike when a == $x;", "b + c"), "spike when a == (b + c);");
    assert_eq!(
        with("spike when $x and d > 1 { }", "b >= c"),
        "spike when(b >= c) and d > 1 { }"
    );
    assert_eq!(with("let a = 2 * $x;", "f(b, c)"), "let a = 2 * f(b, c);");
    assert_eq!(with("tau * $x = 0;", "dV / dt"), "tau * dV / dt = 0;");
}

#[test]
fn statements_are_no_operands() {
    assert_eq!(with("$x", "V += 1; a = b + c;"), "V += 1; a = b + c;");
    assert_eq!(with("$x", "tau * dV/dt = -V;"), "tau * dV / dt = - V;");
    assert_eq!(with("learn { $x }", "detach V;"), "learn { detach V; }");
    assert_eq!(with("f(a, $x)", "alpha = 1 + 2, b"), "f(a, alpha = 1 + 2, b)");
}

#[test]
fn attributes_and_visibilities_come_in_fragments_too() {
    let doc = fragment("doc = \" line\"");
    let visibility = fragment("pub(crate)");
    let nothing = fragment("");
    let pieces = crate::pieces::pieces(
        quote!(#[#doc] #visibility model A { } #nothing model B { })
            .into_iter()
            .collect(),
    );
    assert!(pieces.faults.is_empty());
    let visibilities: Vec<_> = pieces
        .visibilities
        .iter()
        .map(|(at, vis)| (*at, vis.to_string()))
        .collect();
    assert_eq!(visibilities, [(1, "pub (crate)".to_owned())]);
    assert_eq!(pieces.list[0].text, "/// line");
}

#[test]
fn nesting_has_no_end_here_and_one_in_the_grammar() {
    let mut stream = quote!(1);
    for at in 0..10_000 {
        let delimiter = [Delimiter::None, Delimiter::Parenthesis][at % 2];
        stream = TokenTree::from(Group::new(delimiter, stream)).into();
    }
    let source = source(quote!(model M { let a = #stream; }));
    let codes = alif_grammar::parse(&source.text).unwrap_err();
    assert_eq!(codes[0].code, alif_grammar::Code::NestedTooDeep);
}

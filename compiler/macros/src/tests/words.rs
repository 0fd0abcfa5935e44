//! Single words, and what stands between them.

use alif_grammar::{Code, Span, parse};
use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};

use super::{placeless, rebuilt, source, tokens};

#[test]
fn words_stand_as_they_were_written() {
    for text in [
        "V += w; V -= w; V *= 2; V /= 2;",
        "a <= b < c >= d == e != f > g",
        "2ms 2 ms 2.5e-3s 1e3 20. 0x10 20_000",
        "a && b || !c % d ? e",
        "dV/dt = -V/tau + R*I^2 - 2 ** 3;",
        "V <-1 -> x",
        "f(a, b) [1/(mV*ms)] { }",
        "\"text\" 'c' 'd e\nnext . line @ # $",
        "20.5.1 1.ms",
    ] {
        assert_eq!(rebuilt(text), text);
    }
    assert_eq!(rebuilt("a   /* x */   b // c\n\n\n   d"), "a b\nd");
    assert_eq!(rebuilt("state r#type = 1;"), "state type = 1;");
    assert_eq!(rebuilt("a = \"b\nc\";"), "a = \"b c\";");
}

#[test]
fn documentation_becomes_lines_again() {
    assert_eq!(rebuilt("/// a\n///\n/// b  \nmodel M"), "/// a\n///\n/// b  \nmodel M");
    assert_eq!(rebuilt("#[doc = \"a\\nb\"] model M"), "///a\n///b\nmodel M");
    assert_eq!(rebuilt("#[doc = r#\"a \"b\" \\\"#] x"), "///a \"b\" \\\nx");
    assert_eq!(rebuilt("#[doc = \"/a\"] x"), "/// /a\nx");
    assert_eq!(rebuilt("/** a\n * b\n */ x"), "/// a\n/// * b\nx");
    assert_eq!(rebuilt("{ //! comment\n x }"), "{\nx }");
}

#[test]
fn words_without_a_place_have_the_usual_blanks() {
    let text = "model M { param tau = 20 ms where tau >= 1 ms; let b = if f(x) > [1] { 1 } else { 2 }; \
                spike when V > 1 { V -= 1; } }";
    let lines = "model M { param tau = 20 ms where tau >= 1 ms;\nlet b = if f(x) > [1] { 1 } else { 2 };\n\
                 spike when V > 1 { V -= 1;\n}\n}";
    let text_of = |text| source(placeless(tokens(text))).text;
    assert_eq!(text_of(text), lines);
    assert_eq!(text_of("/// a\nmodel M"), "/// a\nmodel M");
}

#[test]
fn symbols_are_joined_only_where_rustc_saw_them_together() {
    let symbols = |spacings: &[(char, Spacing)]| {
        let symbols = spacings
            .iter()
            .map(|&(symbol, spacing)| Punct::new(symbol, spacing).into());
        source(symbols.collect::<Vec<TokenTree>>().into_iter().collect()).text
    };
    use Spacing::{Alone, Joint};
    assert_eq!(symbols(&[('+', Joint), ('=', Alone)]), "+=");
    assert_eq!(symbols(&[('+', Alone), ('=', Alone)]), "+ =");
    assert_eq!(symbols(&[('/', Joint), ('/', Alone)]), "/ /");
    assert_eq!(symbols(&[('/', Joint), ('*', Alone)]), "/ *");
}

#[test]
fn empty_parts_of_the_text_belong_to_the_word_before() {
    let source = source(tokens("model M {\n state V = 0\n tau * dV/dt = -V; }"));
    let fault = &parse(&source.text).unwrap_err()[0];
    assert_eq!(fault.code, Code::MissingSemicolon);
    let (first, last) = source.ends(fault.span());
    assert_eq!(
        (first.start().line, first.start().column, last.end().column),
        (2, 11, 12)
    );
    assert_eq!(source.ends(Span::at(0)).0.start().column, 0);
    assert_eq!(source.ends(Span::at(source.text.len())).0.start().line, 3);
    assert_eq!(super::source(TokenStream::new()).words(Span::at(0)), "");
}

#[test]
fn quoted_words_are_one_short_line() {
    let source = source(tokens("/// doc\nparam x =\n   1 +\n   2;"));
    let all = Span::new(0, source.text.len());
    assert_eq!(source.words(all), "param x = 1 + 2;");
    let long = super::source(tokens(&"a + ".repeat(50)));
    assert_eq!(long.words(Span::new(0, 150)).chars().count(), 60);
}

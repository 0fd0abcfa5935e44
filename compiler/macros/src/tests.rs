//! Is a model between braces the model of a file, to the last diagnostic?
//!
//! Outside of rustc, tokens know their lines and columns in the text they were read from, so the way back can be tested too.

use std::path::{Path, PathBuf};

use alif_grammar::{Diagnostic, LineIndex, parse, same_tree};
use proc_macro2::{Group, TokenStream, TokenTree};

mod expansions;
mod fragments;
mod words;

use crate::attribute::dissolved;
use crate::pieces::pieces;
use crate::source::Source;

fn source(tokens: TokenStream) -> Source {
    Source::new(pieces(dissolved(tokens)))
}

/// The text of the tokens of a text.
fn rebuilt(text: &str) -> String {
    source(tokens(text)).text
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("a text that rustc can cut into tokens")
}

/// Tokens that nobody knows the places of.
fn placeless(stream: TokenStream) -> TokenStream {
    let place = proc_macro2::Span::call_site();
    stream
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), placeless(group.stream()));
                inside.set_span(place);
                inside.into()
            }
            mut tree => {
                tree.set_span(place);
                tree
            }
        })
        .collect()
}

/// All that the compiler says about a text.
fn said(text: &str) -> Vec<Diagnostic> {
    match parse(text) {
        Err(diagnostics) => diagnostics,
        Ok(file) => {
            let compiled = file.models.iter().map(alif_compiler::compile);
            compiled
                .flat_map(|result| result.map_or_else(|faults| faults, |compiled| compiled.warnings))
                .collect()
        }
    }
}

/// The models of the repository, also those with faults.
fn files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["models", "tests/diagnostics"].map(|folder| root.join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder of models"));
    entries
        .map(|entry| entry.expect("an entry of a folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "alif"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a text");
            (path, text)
        })
        .collect()
}

/// Compares what is said about a text with what is said about its tokens: codes, sentences, help, and places.
fn compare(text: &str, tokens: TokenStream) {
    let source = source(tokens);
    let (as_file, as_tokens) = (said(text), said(&source.text));
    let words = |d: &Diagnostic| (d.code, d.message.clone(), d.help.clone(), d.labels.len());
    let (a, b): (Vec<_>, Vec<_>) = (
        as_file.iter().map(words).collect(),
        as_tokens.iter().map(words).collect(),
    );
    assert_eq!(a, b, "{text}\nbecame\n{}", source.text);
    let index = LineIndex::new(text);
    for (a, b) in as_file.iter().zip(&as_tokens) {
        for (a, b) in a.labels.iter().zip(&b.labels) {
            assert_eq!(a.message, b.message);
            let (line, column) = index.line_column(text, a.span.start);
            let (first, _) = source.ends(b.span);
            let place = (first.start().line, first.start().column + 1..=first.end().column + 1);
            assert!(
                place.0 == line && place.1.contains(&column),
                "{line}:{column} became {place:?}: {}",
                a.message
            );
        }
    }
}

#[test]
fn a_text_and_its_tokens_are_one_model() {
    let (mut compared, mut trees) = (0, 0);
    for (path, text) in files() {
        // A prime and a lone apostrophe never get past rustc.
        let Ok(tokens) = text.parse::<TokenStream>() else {
            continue;
        };
        compare(&text, tokens.clone());
        compared += 1;
        if let (Ok(a), Ok(b)) = (parse(&text), parse(&source(tokens).text)) {
            assert!(same_tree(&a, &b), "{}", path.display());
            trees += 1;
        }
    }
    assert!(compared >= 10 && trees >= 8, "{compared} files, {trees} trees");
}

/// Every text that results when one word of a model is left out, or written twice.
#[test]
fn slips_are_told_alike() {
    let mut compared = 0;
    for (_, text) in files() {
        let Ok(tokens) = text.parse::<TokenStream>() else {
            continue;
        };
        // Without comments, each model alone.
        for model in source(tokens).text.split("\nmodel ") {
            let model = format!("model {}", model.strip_prefix("model ").unwrap_or(model));
            let words: Vec<&str> = model.split_inclusive([' ', '\n', ';', '(', ')', '{', '}']).collect();
            for at in 0..words.len() {
                for again in [0, 2] {
                    let slip = [&words[..at], &[words[at]].repeat(again), &words[at + 1..]].concat();
                    let slip = slip.concat();
                    if let Ok(tokens) = slip.parse::<TokenStream>() {
                        compare(&slip, tokens);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 3000, "{compared} slips");
}

#[allow(dead_code)] // what only the command line is asked
#[path = "../../../tests/bad_models/table.rs"]
mod table;
#[allow(dead_code)]
#[path = "../../../tests/bad_models/texts.rs"]
mod texts;

/// The bad inputs of the table that rustc can cut into tokens, without those of which comments are the fault.
#[test]
fn bad_models_are_told_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bad_models");
    let mut compared = 0;
    for case in table::cases(&folder) {
        for part in case.parts.iter().filter(|part| part.commands.is_empty()) {
            let Ok(text) = String::from_utf8(texts::bytes(&part.text)) else {
                continue;
            };
            // The lexer of rustc has a limit of its own for nesting; that of tests has none.
            if text.len() > 10_000 || text.contains("//") || text.trim().is_empty() || text.starts_with('\u{feff}') {
                continue;
            }
            // A carriage return alone ends no line of Rust.
            if text.replace("\r\n", "").contains('\r') {
                continue;
            }
            if let Ok(tokens) = text.parse::<TokenStream>() {
                compare(&text, tokens);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared} bad models");
}

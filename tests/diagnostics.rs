//! Does every fault get its code, on its line, with its words, and does nothing else get one?
//!
//! The models in `tests/diagnostics` say in place what is expected: `// error[E0302]: how the message begins`. Several may
//! stand at the end of one line. A model without such comments draws no word at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use alif_compiler::Solver;
use alif_compiler::derive::Options;
use alif_grammar::span::LineIndex;
use alif_grammar::{Code, Diagnostic, Severity};

use crate::support::workspace;

/// Line, `error` or `warning` with the code, message.
type Said = (usize, String, String);

/// What a text is compiled with: its first line may be `// solver: NAME`.
fn options(text: &str) -> Options {
    let name = text.lines().next().and_then(|line| line.strip_prefix("// solver: "));
    Options {
        solver: name.map(|name| Solver::named(name).unwrap_or_else(|| panic!("{name} is no solver"))),
        ..Options::default()
    }
}

/// Everything the compiler says about a text.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let file = match alif_grammar::parse(text) {
        Ok(file) => file,
        Err(diagnostics) => return diagnostics,
    };
    let mut all = alif_compiler::duplicate_models(&file);
    for model in &file.models {
        match alif_compiler::compile_with(model, &options(text)) {
            Ok(compiled) => all.extend(compiled.warnings),
            Err(diagnostics) => all.extend(diagnostics),
        }
    }
    all
}

fn said(text: &str) -> Vec<Said> {
    let index = LineIndex::new(text);
    let mut said: Vec<Said> = diagnostics(text)
        .into_iter()
        .map(|d| {
            let word = match d.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let line = index.line_column(text, d.span().start).0;
            (line, format!("{word}[{}]", d.code.as_str()), d.message)
        })
        .collect();
    said.sort();
    said
}

fn expected(text: &str) -> Vec<Said> {
    let mut expected = Vec::new();
    for (line, at) in text.lines().zip(1..) {
        for comment in line.split("//").skip(1).map(str::trim) {
            if comment.starts_with("error[") || comment.starts_with("warning[") {
                let (code, message) = comment.split_once(':').unwrap_or((comment, ""));
                expected.push((at, code.to_owned(), message.trim().to_owned()));
            }
        }
    }
    expected.sort();
    expected
}

fn files() -> BTreeMap<PathBuf, String> {
    let folder = workspace().join("tests/diagnostics");
    let entries = std::fs::read_dir(folder).expect("the folder of diagnostics");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "alif"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a text");
            (path, text)
        })
        .collect()
}

#[test]
fn faults_are_found_where_the_files_say() {
    let mut failures = String::new();
    for (path, text) in files() {
        let (said, expected) = (said(&text), expected(&text));
        let matches = said.len() == expected.len()
            && said
                .iter()
                .zip(&expected)
                .all(|(s, e)| s.0 == e.0 && s.1 == e.1 && s.2.starts_with(&e.2));
        if !matches {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let list = |all: &[Said]| {
                let lines: Vec<String> = all
                    .iter()
                    .map(|(line, code, text)| format!("{line}: {code}: {text}"))
                    .collect();
                lines.join("\n")
            };
            failures += &format!("{name} says\n{}\nand not\n{}\n\n", list(&said), list(&expected));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Texts that no file should hold.
fn large_texts() -> [(Code, String); 6] {
    let state = |i: usize| format!("state x{i} = 0; dx{i}/dt = -x{i} / 1 ms;\n");
    let states = |n: usize| (0..n).map(state).collect::<String>();
    let sum = |n: usize| (0..n).map(|i| format!("x{i}")).collect::<Vec<String>>().join(" + ");
    // A product of sums of many states, of whose expansion nothing cancels.
    let product = [sum(120), sum(120), sum(120), sum(120)]
        .map(|s| format!("({s})"))
        .join(" * ");
    [
        (Code::TooManyStates, format!("model Large {{\n{}}}", states(129))),
        (
            Code::TooManyDefinitions,
            format!(
                "model Chain {{ {} let l0 = x0; {} }}",
                states(1),
                (1..1001)
                    .map(|i| format!("let l{i} = l{} + 1; ", i - 1))
                    .collect::<String>()
            ),
        ),
        (
            Code::TooManyInstructions,
            format!(
                "model Coupled {{\n{}}}",
                (0..128)
                    .map(|i| format!("state x{i} = 0; 1 ms * dx{i}/dt = {};\n", sum(128)))
                    .collect::<String>()
            ),
        ),
        (
            Code::NotLinear,
            format!(
                "// solver: exact\nmodel Product {{\n{}state y = 0; 1 ms * dy/dt = {product};\n}}",
                states(120)
            ),
        ),
        (
            Code::NestedTooDeep,
            format!(
                "model Calls {{\n{}fn f0(x) {{ x }}\n{}let y = f300(x0); }}",
                states(1),
                (1..301)
                    .map(|i| format!("fn f{i}(x) {{ (1 + f{}(x)) }}\n", i - 1))
                    .collect::<String>()
            ),
        ),
        (
            Code::TooManyNodes,
            format!(
                "model Doubling {{\n{}fn f0(x) {{ x }}\n{}let y = f60(x0); }}",
                states(1),
                (1..61)
                    .map(|i| format!("fn f{i}(x) {{ f{0}(x) + f{0}(x) }}\n", i - 1))
                    .collect::<String>()
            ),
        ),
    ]
}

#[test]
fn large_models_are_refused() {
    for (code, text) in large_texts() {
        let found: Vec<Code> = diagnostics(&text).iter().map(|d| d.code).collect();
        assert_eq!(found, [code]);
    }
}

/// The variants of `Code` that the sources of the compiler name.
fn codes_of_the_compiler() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut folders = vec![workspace().join("compiler/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("a source");
                let named = text
                    .split("Code::")
                    .skip(1)
                    .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
                codes.extend(named.filter(|name| name.starts_with(char::is_uppercase)));
            }
        }
    }
    codes
}

#[test]
fn every_code_of_the_compiler_is_expected_somewhere() {
    let mut tried: BTreeSet<String> = large_texts().iter().map(|(code, _)| format!("{code:?}")).collect();
    for text in files().values() {
        for (_, code, _) in expected(text) {
            let code = code.trim_end_matches(']').rsplit('[').next().and_then(Code::from_text);
            tried.insert(format!("{:?}", code.expect("a code of the table")));
        }
    }
    // Literals reach the compiler well formed; the grammar says what is wrong with others.
    tried.insert(format!("{:?}", Code::NumberForm));
    // Noises are given by an option, which no text can say: see `noise`.
    tried.insert(format!("{:?}", Code::NoiseGiven));
    // Gradients are asked for by one, too: see `gradients`.
    tried.insert(format!("{:?}", Code::NoGradient));
    // So are tolerances: see `solvers::adaptive`.
    tried.insert(format!("{:?}", Code::BadTolerance));
    let all: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code:?}")).collect();
    let named: BTreeSet<String> = codes_of_the_compiler().intersection(&all).cloned().collect();
    assert!(named.len() > 35, "{named:?}");
    let missing: Vec<&String> = named.difference(&tried).collect();
    assert!(missing.is_empty(), "no file expects {missing:?}");
}

/// What is said is the same in every run, and rendering quotes the line with a caret.
#[test]
fn what_is_said_is_the_same_in_every_run() {
    for (path, text) in files() {
        let first = diagnostics(&text);
        assert_eq!(first, diagnostics(&text), "{}", path.display());
        for d in &first {
            let rendered = alif_grammar::render(d, "file.alif", &text);
            assert!(rendered.contains(&format!("[{}]: ", d.code.as_str())), "{rendered}");
            assert!(
                rendered.contains(" --> file.alif:") && rendered.contains('^'),
                "{rendered}"
            );
        }
    }
}

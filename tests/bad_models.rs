//! Does every bad input end in one clear error: its code, its place, its words, and nothing after it?
//!
//! The inputs stand in `tests/bad_models/*.txt`, whose form `table` describes: what is tried, our code for it, and a note where the language
//! decides otherwise. Each goes through the library and, with 1 MiB of stack and 256 MiB of memory, through the binary. With
//! `ALIF_BAD_MODELS=1` each is tried twice, must say the same both times, and may take two seconds.

mod table;
mod texts;

use std::process::Command;
use std::time::{Duration, Instant};

use alif_grammar::span::LineIndex;
use alif_grammar::{Diagnostic, Limits};

use crate::cli::{Folder, Ran, alif, shell};
use crate::diagnostics::diagnostics;
use crate::support::workspace;
use table::{Case, Part, Said, cases};

/// What a process may have: KiB of stack, and of memory.
const LIMITS: &str = "ulimit -s 1024; ulimit -v 262144";
const LONGEST: Duration = Duration::from_secs(2);

/// Saved states and states that run away cannot be tried yet.
const LATER: [&str; 7] = ["B105", "B111", "B112", "B113", "B114", "B115", "B116"];

fn table() -> Vec<Case> {
    let mut table = cases(&workspace().join("tests/bad_models"));
    table.sort_by(|a, b| a.id.cmp(&b.id));
    table
}

/// The codes that a class may end in.
fn class_of(code: &str) -> &'static [&'static str] {
    match code {
        "E0706" => &["E-SYNTAX"],
        "E0108" => &["E-SYNTAX", "E-NAME"],
        "E0306" => &["E-UNIT", "E-SYNTAX"],
        "E0204" => &["E-CYCLE"],
        "E0205" | "E0207" | "E0208" | "E0209" | "E0809" => &["E-MODEL"],
        "E0402" | "E0403" | "E0406" => &["E-CONST"],
        "E0601" => &["E-SOLVE"],
        "E0604" => &["E-CONST", "E-PARAM"],
        "E0201" => &["E-NAME", "E-CONST", "E-PARAM"],
        "E0303" => &["E-UNIT", "E-PARAM"],
        "E0105" => &["E-SYNTAX", "E-PARAM"],
        "E0602" | "E0603" | "E0802" | "E0805" => &["E-PARAM"],
        "E0801" | "E0803" => &["E-RUN"],
        "E0804" | "E0808" => &["E-IO"],
        "E0806" => &["E-IO", "E-PARAM"],
        "W0704" => &["W-PARAM"],
        "W0712" => &["W-MODEL"],
        "W0715" => &["W-CONST"],
        _ if code.starts_with("E01") => &["E-SYNTAX"],
        _ if code.starts_with("E02") => &["E-NAME"],
        _ if code.starts_with("E03") => &["E-UNIT"],
        _ if code.starts_with("E05") => &["E-MODEL"],
        _ if code.starts_with("E07") => &["E-LIMIT"],
        _ if code.starts_with("E081") => &["E-CKPT"],
        _ => &[],
    }
}

/// Every case of the list is there, once, and ends in its class or has a note.
#[test]
fn every_case_has_its_class() {
    let table = table();
    let ids: Vec<&str> = table.iter().map(|case| case.id.as_str()).collect();
    let wanted = (1..=118).map(|number| format!("B{number:03}"));
    let wanted: Vec<String> = wanted.filter(|id| !LATER.contains(&id.as_str())).collect();
    assert_eq!(ids, wanted);
    for case in &table {
        for part in &case.parts {
            // A text that is accepted may still draw a warning.
            let warned = case.classes.iter().any(|class| class.starts_with('W'));
            for said in part.said.iter().filter(|said| warned || said.code.starts_with('E')) {
                let fits = class_of(&said.code)
                    .iter()
                    .any(|class| case.classes.iter().any(|c| c == class));
                assert!(
                    fits || case.note.is_some(),
                    "{}: {} is not {:?}",
                    case.id,
                    said.code,
                    case.classes
                );
            }
            let refused = part.said.iter().any(|said| said.code.starts_with('E')) || part.status.is_some();
            let may_pass = case
                .classes
                .iter()
                .any(|class| class == "ok" || class == "recompile" || class.starts_with('W'));
            let another = case.parts.len() > 1;
            assert!(
                refused || may_pass || another || case.note.is_some(),
                "{} is accepted",
                case.id
            );
        }
    }
}

/// All that the library says about the bytes of a file.
fn library(bytes: &[u8]) -> (String, Vec<Diagnostic>) {
    match alif_grammar::decode_file(bytes, bytes.len() as u64, &Limits::default()) {
        Ok(text) => {
            let said = diagnostics(&text);
            (text, said)
        }
        Err(fault) => (String::from_utf8_lossy(bytes).into_owned(), vec![fault]),
    }
}

fn differs(text: &str, found: &Diagnostic, wanted: &Said) -> Option<String> {
    let index = LineIndex::new(text);
    let place = |at: u32| index.line_column(text, at);
    let at = place(found.span().start);
    let label = |((line, column), words): &((usize, usize), String)| {
        found
            .labels
            .iter()
            .any(|label| place(label.span.start) == (*line, *column) && label.message.contains(words.as_str()))
    };
    let fits = found.code.as_str() == wanted.code
        && wanted.place.is_none_or(|wanted| wanted == at)
        && found.message.contains(&wanted.words)
        && wanted
            .help
            .as_ref()
            .is_none_or(|words| found.help.as_ref().is_some_and(|help| help.contains(words)))
        && wanted.labels.iter().all(label);
    (!fits).then(|| {
        format!(
            "{} {}:{} {}\n   help {:?}\n   labels {:?}",
            found.code.as_str(),
            at.0,
            at.1,
            found.message,
            found.help,
            found
                .labels
                .iter()
                .map(|label| (place(label.span.start), &label.message))
                .collect::<Vec<_>>()
        )
    })
}

#[test]
fn the_library_refuses_bad_texts() {
    let mut failures = String::new();
    for case in table() {
        for part in case.parts.iter().filter(|part| part.commands.is_empty()) {
            let (text, found) = library(&texts::bytes(&part.text));
            let wrong: Vec<String> = found
                .iter()
                .zip(part.said.iter().map(Some).chain(std::iter::repeat(None)))
                .filter_map(|(found, wanted)| {
                    let nothing = Said::default();
                    differs(&text, found, wanted.unwrap_or(&nothing))
                })
                .collect();
            if !wrong.is_empty() || found.len() != part.said.len() {
                let wanted = part.said.len();
                failures += &format!(
                    "{} says {} of {wanted}:\n  {}\n",
                    case.id,
                    found.len(),
                    wrong.join("\n  ")
                );
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Runs a part; the limits hold for its last command, which is the binary.
fn run(part: &Part, folder: &Folder) -> Ran {
    if !part.text.is_empty() {
        std::fs::write(folder.file("model.alif"), texts::bytes(&part.text)).expect("a file");
    }
    let (last, before) = match part.commands.split_last() {
        Some((last, before)) => (last.clone(), before.join("\n")),
        None => ("alif check model.alif".to_owned(), String::new()),
    };
    shell(&format!("{before}\n{LIMITS}; exec {last}"), folder)
}

fn judged(part: &Part, ran: &Ran, folder: &Folder) -> Option<String> {
    let mut wrong = Vec::new();
    let refused = part.said.iter().any(|said| said.code.starts_with('E'));
    let status = part.status.unwrap_or(i32::from(refused));
    if ran.status != Some(status) {
        wrong.push(format!("ends with {:?}", ran.status));
    }
    if status != 0 && !ran.out.is_empty() {
        wrong.push(format!("prints {}", ran.out));
    }
    let marks = ran.err.matches("error[").count() + ran.err.matches("warning[").count();
    if marks != part.said.len() && part.status.is_none() {
        wrong.push(format!("says {marks} things"));
    }
    for said in &part.said {
        let word = if said.code.starts_with('E') { "error" } else { "warning" };
        let mut words = vec![format!("{word}[{}]", said.code), said.words.clone()];
        words.extend(said.place.map(|(line, column)| format!("model.alif:{line}:{column}]")));
        words.extend(said.help.clone());
        wrong.extend(words.into_iter().filter(|words| !ran.err.contains(words.as_str())));
    }
    let marked = part.said.iter().filter(|said| said.place.is_some()).count();
    // Of a place with words below it, the mark is the line to them.
    let mark = |line: &&str| line.trim_start().starts_with(':') && line.contains(['^', '|']);
    if ran.err.lines().filter(mark).count() < marked {
        wrong.push("no mark under the line".to_owned());
    }
    let printed = format!("{}{}", ran.out, ran.err);
    wrong.extend(
        part.says
            .iter()
            .filter(|words| !printed.contains(words.as_str()))
            .cloned(),
    );
    if part
        .absent
        .as_ref()
        .is_some_and(|file| std::path::Path::new(&folder.file(file)).exists())
    {
        wrong.push("a file is left".to_owned());
    }
    if printed.contains('\u{1b}') || ran.err.lines().any(|line| line.chars().count() > 330) {
        wrong.push("a terminal could be driven, or a line is too long".to_owned());
    }
    (!wrong.is_empty()).then(|| format!("{}\n{printed}", wrong.join("\n  ")))
}

#[test]
fn the_binary_refuses_bad_inputs_with_little_memory() {
    let heavy = std::env::var_os("ALIF_BAD_MODELS").is_some();
    // The binary is built before the first case is timed.
    alif();
    let folder = Folder::new("bad-models");
    texts::write(folder.path());
    let mut failures = String::new();
    for case in table() {
        for part in &case.parts {
            let start = Instant::now();
            let ran = run(part, &folder);
            let took = start.elapsed();
            if let Some(wrong) = judged(part, &ran, &folder) {
                failures += &format!("{}: {wrong}\n\n", case.id);
            }
            if heavy {
                println!(
                    "{} {:>6} ms {}",
                    case.id,
                    took.as_millis(),
                    if took > LONGEST { "too long" } else { "" }
                );
                assert!(took <= LONGEST, "{} took {took:?}", case.id);
                let again = run(part, &folder);
                assert_eq!(ran.err, again.err, "{}", case.id);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// What only a program can ask for.
#[test]
fn values_of_the_library() {
    let model = alif::Model::from_text(texts::GOOD[0].1).expect("a good model");
    for dt in [f64::NAN, f64::INFINITY, 0.0, -0.1] {
        let error = model.population(1).dt(dt).build().expect_err("a bad time step");
        assert_eq!(error.code(), "E0603", "{error}");
    }
    let error = model.population(0).build().expect_err("no neurons");
    assert_eq!(error.code(), "E0805", "{error}");
    let error = model
        .population(1)
        .init("V", f64::INFINITY)
        .build()
        .expect_err("an infinite state");
    assert_eq!(error.code(), "E0604", "{error}");
}

/// The limits of a process are those that are meant: a stack of 1 MiB is not enough for a frame of 2.
#[test]
fn the_limits_hold() {
    let script = format!("{LIMITS}; ulimit -s; ulimit -v");
    let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1024\n262144\n");
    assert!(alif().exists());
}

/// The deepest texts that are accepted, in the forms that go deepest into the parser and the compiler.
fn deepest() -> Vec<String> {
    let wrapped =
        |times: usize, with: &dyn Fn(String) -> String| (0..times).fold("a".to_owned(), |inner, _| with(inner));
    let expressions = [
        wrapped(124, &|inner| format!("(1 + 2 * {inner})")),
        wrapped(41, &|inner| format!("exp(-(1 + 2 * {inner}))")),
        wrapped(60, &|inner| {
            format!("if a > 1 and not a > 2 or a > 3 {{ 1 }} else {{ 1 + 2 * {inner} }}")
        }),
        format!("{}a", "-".repeat(120)),
        vec!["a"; 120].join("^"),
        "if a > 1 { 1 } else ".repeat(120) + "{ a }",
    ];
    let model = |items: &str, rhs: &str| {
        format!("model Deep {{ param a = 0.5; state V = 0; {items} 1 ms * dV/dt = -V + {rhs}; }}")
    };
    let body = |call: &str| wrapped(40, &|inner| format!("(1 + 2 * {inner})")).replace('a', call);
    let functions = (1..4).map(|k| format!("fn f{k}(x) {{ {} }} ", body(&format!("f{}(x)", k - 1))));
    let functions = format!("fn f0(x) {{ x }} {}", functions.collect::<String>());
    let mut texts: Vec<String> = expressions.iter().map(|rhs| model("", rhs)).collect();
    texts.push(model(&functions, "f3(V)"));
    texts
}

/// What recurses over a text at all, the parser and the check of expressions, goes as deep as the limit of nesting and no deeper.
#[test]
fn half_a_mebibyte_of_stack_holds_the_deepest_texts() {
    let work = || {
        for text in deepest() {
            let found = diagnostics(&text);
            assert!(
                found.iter().all(|d| d.code.as_str().starts_with('W')),
                "{text}\n{found:?}"
            );
            let file = alif_grammar::parse(&text).expect("a text that was read before");
            assert!(alif_grammar::same_tree(&file, &file.clone()));
            assert!(!alif_grammar::print(&file, &text).is_empty());
            let model = alif::Model::from_text(&text).expect("a model that was read before");
            let _ = model.population(1).build();
        }
        for case in table() {
            for part in case.parts.iter().filter(|part| part.commands.is_empty()) {
                library(&texts::bytes(&part.text));
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(work);
    thread.expect("a thread").join().expect("no text is too deep");
}

/// Sums, products, conditions and chains as long as a text can be take a time that is in proportion.
#[test]
fn long_texts_are_no_deep_ones() {
    let model = |items: &str| format!("model Long {{ param a = 0.5; state V = 0; input I; {items} }}");
    let many =
        |n: usize, item: &dyn Fn(usize) -> String, between: &str| (0..n).map(item).collect::<Vec<_>>().join(between);
    let sum = many(20_000, &|k| format!("I*{k}"), "+");
    let tests = many(5000, &|k| format!("V > {k}"), " and ");
    let texts = [
        model(&format!("1 ms * dV/dt = -V + {sum};")),
        model(&format!("1 ms * dV/dt = -V*V + {sum}; spike when V > 1 {{ V = 0; }}")),
        model(&format!("1 ms * dV/dt = -V + I + a; spike when {tests} {{ V = 0; }}")),
        model(&format!("1 ms * dV/dt = -V * {} + I;", vec!["a"; 30_000].join("*"))),
        model(&format!(
            "1 ms * dV/dt = -V + I + a; spike when V > 1 {{ {} V = 0; }}",
            "V = V*0.5 + 1; ".repeat(5000)
        )),
    ];
    for text in texts {
        let found = diagnostics(&text);
        let too_large = |code: &str| code == "E0709" || code.starts_with('W');
        assert!(
            found.iter().all(|d| too_large(d.code.as_str())),
            "{:.200}\n{found:?}",
            text
        );
    }
}

//! Whole texts: valid ones print and read as themselves, bad ones are told of at the right place, none panics.

use crate::ast::{Expr, ExprKind, File, ItemKind};
use crate::{
    Diagnostic, LineIndex, parse, parse_expression, parse_value, print, print_expr, print_unit, render, same_tree,
};

/// The first model of the specification.
const FIRST: &str = include_str!("tests/first.alif");
/// Every item, with comments in every place.
const EVERYTHING: &str = include_str!("tests/everything.alif");
/// What printing makes of it.
const EVERYTHING_PRINTED: &str = include_str!("tests/everything.printed.alif");

/// Bad texts, each behind a line `// code@line:column …` with what is told of it.
const BAD: &str = include_str!("tests/bad.txt");

fn read(text: &str) -> File {
    parse(text).unwrap_or_else(|faults| panic!("{}", rendered(&faults, text)))
}

fn rendered(faults: &[Diagnostic], text: &str) -> String {
    faults.iter().map(|fault| render(fault, "test", text)).collect()
}

/// `E0104@1:28`, one for each fault.
fn summary(text: &str) -> String {
    let Err(faults) = parse(text) else {
        return "fine".to_owned();
    };
    let index = LineIndex::new(text);
    let places: Vec<String> = faults
        .iter()
        .map(|fault| {
            let (line, column) = index.line_column(text, fault.span().start);
            format!("{}@{line}:{column}", fault.code.as_str())
        })
        .collect();
    places.join(" ")
}

/// Prints, reads again, and gives the print.
fn round_trip(text: &str) -> String {
    let file = read(text);
    let printed = print(&file, text);
    let again = read(&printed);
    assert!(same_tree(&file, &again), "another tree:\n{text}\n---\n{printed}");
    assert_eq!(print(&again, &printed), printed);
    let texts = |file: &File| {
        file.comments
            .iter()
            .map(|comment| comment.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(&file), texts(&again));
    printed
}

/// The expression with all its grouping shown.
fn grouped(text: &str) -> String {
    let list = |first: &Expr, rest: Vec<(&str, &Expr)>| {
        let rest: String = rest.iter().map(|(op, expr)| format!(" {op} {}", shown(expr))).collect();
        format!("({}{rest})", shown(first))
    };
    fn shown(expr: &Expr) -> String {
        grouped(&print_expr(expr))
    }
    let expr = parse_expression(text).unwrap_or_else(|faults| panic!("{}", rendered(&faults, text)));
    match &expr.kind {
        ExprKind::Neg(inner) => format!("(-{})", shown(inner)),
        ExprKind::Not(inner) => format!("(not {})", shown(inner)),
        ExprKind::Power { base, exponent } => format!("({}^{})", shown(base), shown(exponent)),
        ExprKind::Sum { first, rest } => list(first, rest.iter().map(|(op, e)| (sum(*op), e)).collect()),
        ExprKind::Product { first, rest } => list(
            first,
            rest.iter()
                .map(|(op, e)| (crate::print_expr::product_symbol(*op), e))
                .collect(),
        ),
        ExprKind::Compare { first, rest } => list(first, rest.iter().map(|(op, e)| (op.symbol(), e)).collect()),
        ExprKind::And(all) => list(&all[0], all[1..].iter().map(|e| ("and", e)).collect()),
        ExprKind::Or(all) => list(&all[0], all[1..].iter().map(|e| ("or", e)).collect()),
        _ => print_expr(&expr),
    }
}

fn sum(op: crate::ast::SumOp) -> &'static str {
    match op {
        crate::ast::SumOp::Add => "+",
        crate::ast::SumOp::Sub => "-",
    }
}

#[test]
fn valid_texts_print_and_read_as_themselves() {
    round_trip(FIRST);
    assert_eq!(round_trip(EVERYTHING), EVERYTHING_PRINTED);
    for line_end in ["\r\n", "\r"] {
        round_trip(&EVERYTHING.replace('\n', line_end));
    }
    round_trip("\u{feff}model m { /* é */ param τ = 3 µs; // ü\n }");
}

#[test]
fn operators_bind_as_on_paper() {
    for (text, expected) in [
        ("-a^b", "(-(a^b))"),
        ("-V^2^0.5", "(-(V^(2^0.5)))"),
        ("a**-b*c", "((a^(-b)) * c)"),
        ("-a*b+c", "(((-a) * b) + c)"),
        ("a-b-c", "(a - b - c)"),
        ("a/b*c", "(a / b * c)"),
        ("a - -b", "(a - (-b))"),
        ("not a < b and c or d", "(((not (a < b)) and c) or d)"),
        ("a and not b", "(a and (not b))"),
        ("a + 1 < b*2 <= c", "((a + 1) < (b * 2) <= c)"),
        ("2 mV * x", "(2 mV * x)"),
        ("10 and b", "(10 and b)"),
        ("if a > 0 { b } else { c } + 1", "(if a > 0 { b } else { c } + 1)"),
    ] {
        assert_eq!(grouped(text), expected, "{text}");
    }
}

#[test]
fn a_derivative_is_that_of_a_declared_state() {
    let equation = |text: &str| {
        let file = read(text);
        let items = &file.models[0].items;
        items
            .iter()
            .find_map(|item| match &item.kind {
                ItemKind::Equation {
                    before,
                    state,
                    after,
                    derivative,
                    ..
                } => Some((
                    before.len(),
                    state.name.clone(),
                    after.len(),
                    text[state.span.range()].to_owned(),
                    text[derivative.range()].to_owned(),
                )),
                _ => None,
            })
            .expect("an equation")
    };
    let expected = |before, name: &str, after, derivative: &str| {
        (before, name.to_owned(), after, name.to_owned(), derivative.to_owned())
    };
    assert_eq!(equation("model m { dV/dt = 1; }"), expected(0, "V", 0, "dV/dt"));
    assert_eq!(
        equation("model m { a * b / c * dV / dt / d * 2 = 1; }"),
        expected(3, "V", 2, "dV / dt")
    );
    assert_eq!(
        equation("model m { state V; delta/dt * dV/dt = 1; }"),
        expected(2, "V", 0, "dV/dt")
    );
    assert_eq!(
        equation("model m { state elta; delta/dt * dV/dt = 1; }"),
        expected(0, "elta", 2, "delta/dt")
    );
    assert_eq!(
        equation("model m { state d_x; dd_x/dt = 1; }"),
        expected(0, "d_x", 0, "dd_x/dt")
    );
}

#[test]
fn units_are_powers_of_symbols() {
    let unit = |text: &str| {
        let value = parse_value(&format!("1 {text}")).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
        print_unit(&value.unit.expect("a unit"))
    };
    for (text, expected) in [
        ("mV", "mV"),
        ("[1/(mV*ms)]", "1/(mV*ms)"),
        ("[1/mV/ms]", "1/(mV*ms)"),
        ("[mV^2/(ms^(1/2)*s)^2]", "mV^2/(ms*s^2)"),
        ("[ms^-0.5]", "1/ms^(1/2)"),
        ("[1/ms*mV]", "1/ms*mV"),
        ("[mV**(2/4)]", "mV^(1/2)"),
        ("[1]", "1"),
        ("nA/ms", "nA/ms"),
        ("\u{2126}", "\u{3a9}"),
        ("µs", "µs"),
    ] {
        assert_eq!(unit(text), expected, "{text}");
    }
}

#[test]
fn values_of_a_command_line() {
    for (text, negative, digits, unit) in [
        ("15nA", false, "15", Some("nA")),
        (" 0.6 nA ", false, "0.6", Some("nA")),
        ("-3 mV", true, "3", Some("mV")),
        ("+2e-3", false, "2e-3", None),
        ("0.1 [1/ms]", false, "0.1", Some("1/ms")),
    ] {
        let value = parse_value(text).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
        assert_eq!((value.negative, value.digits.as_str()), (negative, digits));
        assert_eq!(value.unit.map(|unit| print_unit(&unit)).as_deref(), unit);
    }
    for text in [
        "", "nan", "inf", "1e", ".5", "0,5 mV", "5 1", "1 2", "mV", "--1", "1;", "1 + 2", "5 mV^x", "(1", "1 \u{0}",
    ] {
        assert!(parse_value(text).is_err(), "{text}");
    }
}

#[test]
fn names_are_compared_in_nfc() {
    let file = read("model m { param e\u{301} = 1; let b = e\u{301}; }");
    let ItemKind::Param { name, .. } = &file.models[0].items[0].kind else {
        panic!("a parameter");
    };
    assert_eq!(name.name, "\u{e9}");
    assert!(matches!(
        &file.models[0].items[1].kind,
        ItemKind::Let { value: Expr { kind: ExprKind::Name(name), .. }, .. } if name == "\u{e9}"
    ));
}

#[test]
fn words_that_are_no_keywords_everywhere_are_names() {
    round_trip("model rate { param rate = 1; state surrogate; let detach = detach(surrogate) * rate; input exp; }");
    round_trip("model alpha { param paramx = 1; let iff = ifx + notx * android; state m; dm/dt = m / 1 m; }");
}

#[test]
fn bad_texts_are_told_of_where_they_are_bad() {
    let mut count = 0;
    for case in BAD.split("\n// ").filter(|case| !case.trim().is_empty()) {
        let (expected, text) = case.split_once('\n').unwrap_or((case, ""));
        let text = text.trim_end_matches('\n');
        assert_eq!(summary(text), expected.trim_start_matches("// "), "{text}");
        let told = rendered(&parse(text).expect_err("a bad text"), text);
        for internal in [
            "kw_",
            "_brace",
            "_paren",
            "unit_",
            "Rule",
            "infix",
            "prefix",
            "one_",
            "semicolon",
        ] {
            assert!(!told.contains(internal), "{told}");
        }
        count += 1;
    }
    assert!(count > 60, "{count}");
}

#[test]
fn texts_that_do_not_fit_a_line_of_a_table() {
    assert_eq!(summary(""), "E0101@1:1");
    assert_eq!(summary("  // nothing\n"), "E0101@1:1");
    assert_eq!(summary("model m { state V : V = 0\0 V; }"), "E0107@1:26");
    assert_eq!(summary("model m { // \u{202e} } ;\n }"), "E0107@1:14");
    assert_eq!(summary("model m { param ta\u{200b}u = 20 ms; }"), "E0107@1:19");
    assert_eq!(
        summary("model m {\r  param x = ;\r\n  param y = ;\r}"),
        "E0101@2:13 E0101@3:13"
    );
    // Three strokes are no division before a comment.
    assert_eq!(summary("model m { let x = a /// half\n b; }"), "E0101@1:21");
    assert_eq!(summary("model m { param x : mV /// length\n = 1; }"), "E0101@1:24");
    assert_eq!(
        summary("model m { let x = a / // half\n b; param y : mV / // x\n ms = 1; }"),
        "fine"
    );
    assert_eq!(
        summary(&" ".repeat(crate::Limits::default().file_size + 1)),
        "E0701@1:1"
    );
    assert_eq!(
        summary(&format!("model m {{ let x = {}; }}", vec!["a"; 200_000].join("+"))),
        "E0703@1:200013"
    );
}

#[test]
fn only_the_first_twenty_are_told() {
    let text = format!("model m {{ {} }}", "let x = ; ".repeat(1000));
    assert_eq!(parse(&text).expect_err("errors").len(), crate::MAX_DIAGNOSTICS);
}

/// Runs on a small stack, as a thread of somebody else may have.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(run)
        .expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn nesting_is_bounded_before_the_stack_is() {
    let item = |item: String| format!("model m {{ {item} }}");
    let around =
        move |open: &str, close: &str, n: usize| item(format!("let x = {}1{};", open.repeat(n), close.repeat(n)));
    on_small_stack(move || {
        let pairs = [
            ("(", ")"),
            ("exp(", ")"),
            ("if a { ", " } else { 2 }"),
            ("-", ""),
            ("a^", ""),
            ("not (", ")"),
        ];
        for (open, close) in pairs {
            round_trip(&around(open, close, 60));
            for n in [130, 5_000, 40_000] {
                let told = summary(&around(open, close, n));
                assert!(
                    told.starts_with("E0702@") || told.starts_with("E0703@"),
                    "{open} {n}: {told}"
                );
            }
        }
        for text in ["(", "{", "[", "if ", "/*", "x(", "-(", "1^("] {
            let told = summary(&item(format!("let x = {}", text.repeat(10_000))));
            assert!(told.starts_with("E0702@"), "{text}: {told}");
        }
        assert_eq!(summary(&format!("param x = {}", "(".repeat(100_000))), "E0702@1:139");
        assert!(summary(&item(format!("let x : {}mV = 1;", "1/(".repeat(1000)))).starts_with("E0702@"));
        assert!(summary(&around("if a { b } else ", "", 5_000)).starts_with("E0101@"));
        round_trip(&item(format!("let x = {}1;", "1 + ".repeat(20_000))));
    });
}

/// A generator of numbers that need not be good.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// Checks what holds for any text.
fn survives(text: &str) {
    let inside = |span: crate::Span| text.get(span.range()).is_some();
    match parse(text) {
        Ok(file) => {
            // Every span of the tree, as its debug form shows it.
            let shown = format!("{file:?}");
            for span in shown.split("Span { start: ").skip(1) {
                let mut numbers = span.split([' ', ',', '}']).filter_map(|number| number.parse().ok());
                let (start, end) = (numbers.next().expect("a start"), numbers.next().expect("an end"));
                assert!(inside(crate::Span { start, end }), "{text}");
            }
            round_trip(text);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for label in faults.iter().flat_map(|fault| &fault.labels) {
                assert!(inside(label.span), "{text}");
            }
            assert!(!rendered(&faults, text).is_empty());
        }
    }
}

#[test]
fn changed_texts_never_panic() {
    let pieces = [
        ";", "{", "}", "(", ")", "[", "]", "if", "else", "state", "é", "/*", "*/", "//", "///", "\n", "^", "-", "not ",
        "dV/dt", "=", "0.5", "1e", "mV", "\u{feff}", "·", "#", "'", "\"", ",", "e\u{301}", "𝛼", "\r", "\0", " and ",
    ];
    let mut random = Lcg(1);
    for round in 0..4000 {
        let source = if round % 2 == 0 { FIRST } else { EVERYTHING };
        let mut chars: Vec<char> = source.chars().collect();
        for _ in 0..=random.below(3) {
            let at = random.below(chars.len());
            match random.below(4) {
                0 => {
                    chars.remove(at);
                }
                1 => chars[at] = char::from(random.below(128) as u8),
                2 => {
                    let piece = pieces[random.below(pieces.len())];
                    chars.splice(at..at, piece.chars());
                }
                _ => {
                    let end = (at + random.below(40)).min(chars.len());
                    chars.drain(at..end);
                }
            }
        }
        survives(&chars.into_iter().collect::<String>());
    }
}

#[test]
fn cut_texts_never_panic() {
    for end in (0..EVERYTHING.len()).filter(|&end| EVERYTHING.is_char_boundary(end)) {
        survives(&EVERYTHING[..end]);
        survives(&EVERYTHING[end..]);
    }
}

#[test]
#[ignore = "writes the tables that the other tests read"]
fn write_tables() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests");
    let mut bad = String::new();
    for case in BAD.split("\n// ").filter(|case| !case.trim().is_empty()) {
        let (_, text) = case.split_once('\n').unwrap_or((case, ""));
        let text = text.trim_end_matches('\n');
        bad.push_str(&format!("\n// {}\n{text}\n", summary(text)));
    }
    std::fs::write(format!("{dir}/bad.txt"), bad).expect("a table");
    std::fs::write(
        format!("{dir}/everything.printed.alif"),
        print(&read(EVERYTHING), EVERYTHING),
    )
    .expect("a print");
}

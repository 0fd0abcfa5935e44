//! Good and bad commands: status, and where the words go.

use ndarray::Array1;
use ndarray_npy::write_npy;

use super::{Folder, run};

#[test]
fn good_models_are_good_and_bad_ones_are_told_with_code_and_place() {
    let good = run(&["check", "models/alif.alif", "models/alif_bellec2020.alif"]).good();
    assert!(good.err.contains("W0701"), "{}", good.err);
    run(&["check", "tests/diagnostics/valid.alif"]).good();
    run(&["check", "tests/diagnostics/units.alif"]).refused(&["E0301", "E0307", "units.alif:8:"]);
    run(&["check", "tests/diagnostics/syntax.alif"]).refused(&["E0102", "E0104"]);
    run(&["run", "tests/diagnostics/hash.alif"]).refused(&["E0103"]);
}

#[test]
fn reports_for_programs_are_json() {
    let report = run(&["check", "--format", "json", "tests/diagnostics/units.alif"]);
    assert_eq!(report.status, Some(1));
    serde_json::from_str::<serde_json::Value>(&report.out).expect("a JSON document");
    assert!(report.out.contains("E0302"));
    let explained = run(&["explain", "models/alif.alif", "--format", "json"]).good();
    serde_json::from_str::<serde_json::Value>(&explained.out).expect("a JSON document");
}

#[test]
fn the_canonical_form_is_its_own() {
    let folder = Folder::new("fmt");
    let file = folder.file("model.alif");
    for model in [
        "models/alif.alif",
        "models/alif_bellec2020.alif",
        "tests/diagnostics/valid.alif",
    ] {
        let first = run(&["fmt", model]).good().out;
        std::fs::write(&file, &first).unwrap();
        assert_eq!(run(&["fmt", &file]).good().out, first, "{model}");
        run(&["fmt", "--check", &file]).good();
    }
    std::fs::write(&file, "model M{state x=0;dx/dt=-x/1ms;}").unwrap();
    assert_eq!(run(&["fmt", "--check", &file]).status, Some(1));
}

#[test]
fn every_stage_can_be_shown_and_every_code_explained() {
    for (stage, word) in [
        ("ast", "Alif"),
        ("model", "tau"),
        ("update", "V"),
        ("program", "fma"),
        ("clif", "fma"),
    ] {
        let shown = run(&["show", "models/alif.alif", "--stage", stage]).good();
        assert!(shown.out.contains(word), "{stage}: {}", shown.out);
    }
    let explained = run(&["explain", "models/alif.alif", "--dt", "0.1ms"]).good().out;
    assert!(explained.contains("0.9950124791926823"), "{explained}"); // exp(-0.1/20)
    assert_eq!(
        run(&["explain", "E0302"]).good().out,
        alif_grammar::Code::EquationUnits.page()
    );
    run(&["explain", "models/alif.alif", "--format", "latex"]).good();
}

#[test]
fn an_explanation_has_its_certificate_and_the_places_of_terms() {
    let explain = |more: &[&str]| {
        let base = ["explain", "models/hodgkin_huxley.alif"];
        run(&[&base[..], more].concat()).good().out
    };
    let text = explain(&[]);
    for part in [
        "V, in mV: exponential_midpoint, conditionally linear\n",
        "decided by `m^3`, models/hodgkin_huxley.alif:52:25\n",
        "I_e, in pA: exact\n",
        "exact: P and Q in single precision against a reference of 256 bits",
        "I_e_rise, I_e, half a step",
        "with I = 1000 pA, and with an event of 5000 pA at exc every 5 ms",
        "dt for 1e-6",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = explain(&["--input", "I=2nA", "--precision", "f64"]);
    assert!(
        text.contains("with I = 2000 pA: ") && text.contains("in double precision against"),
        "{text}"
    );
    let document = explain(&["--format", "json", "--dt", "0.05ms"]);
    let document: serde_json::Value = serde_json::from_str(&document).expect("a JSON document");
    let term = &document["states"][0]["term"];
    assert_eq!(
        (&term["text"], &term["line"], &term["column"]),
        (&"m^3".into(), &52.into(), &25.into())
    );
    assert_eq!(document["states"][0]["class"], "conditionally linear");
    assert_eq!(document["states"][4]["term"], serde_json::Value::Null);
    let certificate = &document["certificate"];
    assert_eq!(certificate["precision"], "f32");
    assert_eq!(certificate["exact"][0]["holds"], true);
    assert!(
        certificate["exact"][0]["units_in_the_last_place"]["measured"]
            .as_f64()
            .is_some_and(|x| x < 0.51)
    );
    let local = &certificate["local"];
    assert_eq!(local["states"][0]["name"], "V");
    assert!(
        local["states"][0]["dt"]
            .as_f64()
            .is_some_and(|dt| dt > 0.0 && dt < 0.05)
    );
    let refused = |more: &[&str], words: &[&str]| {
        let base = ["explain", "models/hodgkin_huxley.alif"];
        run(&[&base[..], more].concat()).refused(words);
    };
    refused(&["--input", "J=1nA"], &["J"]);
    refused(&["--input", "I=1mV"], &["mV"]);
    refused(&["--input", "I=@I.npy"], &["one value"]);
}

#[test]
fn values_that_cannot_be_used_are_named() {
    let base = ["run", "models/alif.alif", "--n", "3", "--steps", "10"];
    let refused = |more: &[&str], words: &[&str]| run(&[&base[..], more].concat()).refused(words);
    refused(&["--set", "tua=3ms"], &["tua", "tau"]);
    refused(&["--init", "W=3mV"], &["W"]);
    refused(&["--input", "J=3nA"], &["J"]);
    refused(&["--record", "U"], &["U"]);
    refused(&["--set", "tau=3mV"], &["tau", "mV", "ms"]);
    refused(&["--set", "tau=-3ms"], &["tau > 0", "-3"]);
    refused(&["--set", "tau=abc"], &["abc"]);
    refused(&["--dt", "0ms"], &["0"]);
    refused(&["--input", "I=@nowhere.npy"], &["nowhere.npy"]);
    run(&["run", "models/nowhere.alif"]).refused(&["models/nowhere.alif"]);
    run(&["check", "models/nowhere.alif"]).refused(&["models/nowhere.alif"]);
    run(&["run", "models/alif.alif", "--duration", "0.35ms"]).refused(&["0.35", "3.5"]);
    assert_eq!(run(&["fly"]).status, Some(2));
}

#[test]
fn arrays_of_the_wrong_shape_are_told_with_both_shapes() {
    let folder = Folder::new("shapes");
    let (file, out) = (folder.file("two.npy"), folder.file("out.npz"));
    write_npy(&file, &Array1::from(vec![1.0, 2.0])).unwrap();
    let base = ["run", "models/alif.alif", "--n", "3", "--steps", "10", "--out", &out];
    let array = |name: &str| format!("{name}=@{file}");
    let refused = |option: &str, name: &str, words: &[&str]| {
        run(&[&base[..], &[option, &array(name)]].concat()).refused(words);
    };
    refused("--input", "I", &["(2,)", "(3,)", "(10, 3)"]);
    refused("--set", "tau", &["(2,)", "(3,)"]);
    refused("--init", "V", &["(2,)", "(3,)"]);
    assert!(!std::path::Path::new(&out).exists(), "a file was left behind");
}

#[test]
fn a_solver_can_be_asked_for() {
    let quadratic = "tests/brainpy/siblings.alif";
    let of = |command: &'static str, solver: &'static str| {
        run(&[command, quadratic, "--model", "QuaIF", "--solver", solver])
    };
    assert!(of("explain", "rk4").good().out.contains("V, a pure number: rk4"));
    let planned = run(&["explain", quadratic, "--model", "QuaIF"]).good().out;
    assert!(planned.contains("V, a pure number: rosenbrock2"), "{planned}");
    of("check", "heun3").good();
    of("check", "exact").refused(&["E0601", "siblings.alif:"]);
    of("run", "exponential_midpoint").refused(&["E0601", "rosenbrock2"]);
    of("run", "rk5").refused(&["rk5", "rosenbrock2"]);
    let shown = run(&["show", "models/alif.alif", "--stage", "update", "--solver", "euler"])
        .good()
        .out;
    assert!(
        shown.contains("approximated together") && !shown.contains("block"),
        "{shown}"
    );
    let spikes = |solver: &'static str| {
        let options = [
            "--steps",
            "4000",
            "--input",
            "I=20",
            "--init",
            "V=-65",
            "--precision",
            "f64",
            "--solver",
            solver,
        ];
        let all: Vec<&str> = ["run", quadratic, "--model", "QuaIF"]
            .into_iter()
            .chain(options)
            .collect();
        let out = run(&all).good().out;
        assert!(out.contains(solver), "{out}");
        out.lines().find(|line| line.starts_with("spikes")).map(str::to_owned)
    };
    assert!(spikes("rk4").is_some_and(|line| !line.ends_with(" 0")));
    assert_eq!(spikes("rk4"), spikes("rosenbrock2"));
}

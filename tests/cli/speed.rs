//! What the command line says of its speed, and memory that a run does not need.

use std::process::Command;

use ndarray::Array1;
use ndarray_npy::NpzReader;

use super::{Folder, alif, run};
use crate::support::workspace;

#[test]
fn every_stage_of_a_run_has_its_time() {
    let folder = Folder::new("stages");
    let out = folder.file("out.npz");
    let base = ["run", "models/alif.alif", "--n", "100", "--steps", "100", "--out", &out];
    let text = run(&[&base[..], &["--timings"]].concat()).good().out;
    let at = text.find("timings").unwrap_or_else(|| panic!("no timings in\n{text}"));
    let stages = [
        "arguments",
        "read",
        "parse",
        "check",
        "derive",
        "lower",
        "values",
        "compile",
        "bind",
        "messages",
        "run",
        "write",
        "all",
    ];
    let mut rest = &text[at..];
    for stage in stages {
        let found = rest
            .find(&format!("{stage} "))
            .unwrap_or_else(|| panic!("no {stage} in\n{text}"));
        rest = &rest[found..];
        let number = rest[stage.len()..]
            .trim_start()
            .split(' ')
            .next()
            .and_then(|n| n.parse::<f64>().ok());
        assert!(number.is_some_and(|n| n > 0.0), "{stage} in\n{text}");
    }
    assert!(
        text.contains("of them in kernels; the first step began after"),
        "{text}"
    );
    let without = run(&base).good().out;
    assert!(!without.contains("timings"), "{without}");
    run(&[&base[..], &["--timings", "--quiet"]].concat()).refused(&["--timings", "--quiet"]);
}

#[test]
fn a_benchmark_has_its_yardsticks_and_a_document() {
    let folder = Folder::new("bench");
    let out = folder.file("bench.json");
    let base = [
        "bench",
        "models/alif.alif",
        "--n",
        "100",
        "--precision",
        "f32",
        "--rounds",
        "1",
        "--input",
        "I=15nA",
    ];
    let text = run(&[&base[..], &["--out", &out]].concat()).good().out;
    for part in [
        "Alif, f32, N = 100",
        "memory, ",
        "ALIF, plain Rust loop",
        "interpreter",
        "compiled",
        "not optimised",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).expect("JSON");
    assert_eq!((&document["version"], &document["model"]), (&1.into(), &"Alif".into()));
    let rows = document["rows"].as_array().expect("rows");
    let of = |input: &str, spikes: &str, threads: u64| {
        let found = rows.iter().filter(|row| {
            row["name"] == "compiled" && row["input"] == input && row["spikes"] == spikes && row["threads"] == threads
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{input} {spikes} {threads}");
        found[0].clone()
    };
    for input in ["constant", "streamed"] {
        for spikes in ["counted", "recorded"] {
            for threads in [1, 2] {
                let row = of(input, spikes, threads);
                assert!(row["ns"].as_f64().is_some_and(|ns| ns > 0.0), "{row}");
                // The yardsticks run on one thread, and are compared with what does.
                let over = row["over_memory"].as_f64();
                assert_eq!(over.is_some_and(|over| over > 0.0), threads == 1, "{row}");
                assert!(row["rate_hz"].as_f64().is_some_and(|rate| rate > 1.0), "{row}");
            }
        }
    }
    let json = run(&[&base[..], &["--format", "json", "--threads", "1"]].concat())
        .good()
        .out;
    serde_json::from_str::<serde_json::Value>(&json).expect("one document and nothing else");
    run(&["bench", "models/alif.alif", "--input", "I=@I.npy"]).refused(&["--input", "one value"]);
    run(&["bench", "models/alif.alif", "--set", "tau=-1ms"]).refused(&["tau > 0"]);
}

/// Eight million spikes, which are 128 MB in memory, where 100 MB are all that there is.
#[cfg(target_os = "linux")]
#[test]
fn spikes_are_written_while_the_population_runs() {
    let folder = Folder::new("spool");
    let (model, out) = (folder.file("burst.alif"), folder.file("out.npz"));
    std::fs::write(
        &model,
        "model Burst { state x = 0; dx/dt = 1 / 1 ms; spike when x > 0 { x = 0; } }",
    )
    .unwrap();
    let (n, steps) = (20_000, 400);
    let command = format!(
        "ulimit -v 100000; exec {} run {model} --n {n} --steps {steps} --out {out}",
        alif().display()
    );
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(workspace())
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut archive = NpzReader::new(std::fs::File::open(&out).unwrap()).unwrap();
    let neuron: Array1<u32> = archive.by_name("spike_neuron").unwrap();
    assert_eq!(neuron.len(), n * steps);
    assert!(neuron.iter().enumerate().all(|(at, &neuron)| at % n == neuron as usize));
    let names: Vec<String> = std::fs::read_dir(std::path::Path::new(&out).parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "a temporary file was left behind: {names:?}");
}

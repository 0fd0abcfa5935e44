//! What it costs to get from a model text to a kernel that can be called, stage by stage.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use alif_benches::{Samples, pin, timed};
use alif_compiler::backend::cranelift::{JitOptions, Kernel, compile};
use alif_compiler::backend::{bind, complete};
use alif_core::{Real, Specialization};

const MODELS: &[(&str, &str)] = &[
    ("alif", include_str!("../models/alif.alif")),
    ("alif_bellec2020", include_str!("../models/alif_bellec2020.alif")),
];
const STAGES: [&str; 7] = ["parse", "check", "derive", "lower", "bind", "compile", "all"];
const RUNS: usize = 300;

/// Times of the stages of one compilation; `all` is everything but `bind`: from text to a callable kernel.
fn once<T: Real>(text: &str, samples: &mut [Samples; 7]) {
    let (file, parse) = timed(|| alif_grammar::parse(text).expect("a shipped model parses"));
    let (model, check) = timed(|| alif_compiler::check(&file.models[0]).expect("it is valid"));
    let (derived, derive) =
        timed(|| alif_compiler::derive(&model, &Default::default()).expect("it has an exact update"));
    let (program, lower) = timed(|| alif_compiler::lower(&model, &derived.0, &alif_compiler::ir::Options::default()));
    let given = vec![None; program.param_names.len()];
    let (_, bound) = timed(|| {
        let params = complete(&program, &given, 0.1).expect("it has defaults");
        bind(&program, &params, 0.1, T::MAX_COUNT).expect("its defaults are sound")
    });
    let of = Specialization::uniform(&program.layout);
    let options = JitOptions {
        verifier: false,
        ..JitOptions::default()
    };
    let (_kernel, jit): (Kernel<T>, _) = timed(|| compile(&program, &of, options).expect("this machine has a JIT"));
    let all = parse + check + derive + lower + jit;
    for (samples, duration) in samples.iter_mut().zip([parse, check, derive, lower, bound, jit, all]) {
        samples.push(duration);
    }
}

fn measure<T: Real>(name: &str, text: &str) {
    let mut samples: [Samples; 7] = Default::default();
    for _ in 0..RUNS {
        once::<T>(text, &mut samples);
    }
    let stages: Vec<String> = STAGES
        .iter()
        .zip(&samples)
        .map(|(stage, s)| format!("{stage} {:.0} ({:.0})", s.median() * 1e6, s.min() * 1e6))
        .collect();
    println!("{name:16} {}: {}", T::PRECISION, stages.join(", "));
}

/// From a model text to the first step of a neuron, through the public types.
fn first_step(name: &str, text: &str, precision: alif::Precision) {
    let mut samples = Samples::default();
    for _ in 0..RUNS {
        let step = || {
            let model = alif::Model::from_text(text).expect("a shipped model");
            let mut population = model.population(1).precision(precision).build().expect("a population");
            population.run(1).expect("a step")
        };
        samples.push(timed(step).1);
    }
    let [median, least] = samples.in_units(1e3);
    println!("{name:16} {precision}: {median:.2} ms ({least:.2})");
}

/// The command line that was built beside this benchmark, if it was.
fn command_line() -> Option<PathBuf> {
    let here = std::env::current_exe().ok()?;
    // …/target/release/deps/compile-…
    let path = here
        .parent()?
        .parent()?
        .join(format!("alif{}", std::env::consts::EXE_SUFFIX));
    path.exists().then_some(path)
}

/// The whole life of a process that makes one step: no first step comes later.
fn process() {
    const STARTS: usize = 40;
    let Some(path) = command_line() else {
        println!("start of the program: build it with `cargo build --release` first");
        return;
    };
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/alif.alif");
    let mut samples = Samples::default();
    for _ in 0..STARTS {
        let mut command = Command::new(&path);
        command
            .args(["run", file, "--steps", "1", "--quiet"])
            .stdout(Stdio::null());
        let (status, time) = timed(|| command.status().expect("it starts"));
        assert!(status.success());
        samples.push(time);
    }
    let [median, least] = samples.in_units(1e3);
    println!("`alif run` with one step, from the start of the process to its end: {median:.2} ms ({least:.2})");
}

fn main() {
    pin();
    println!("from text to kernel, µs: median (minimum) of {RUNS}");
    for (name, text) in MODELS {
        measure::<f32>(name, text);
        measure::<f64>(name, text);
    }
    println!("\nfrom text to the first step: median (minimum) of {RUNS}");
    for (name, text) in MODELS {
        for precision in [alif::Precision::F32, alif::Precision::F64] {
            first_step(name, text, precision);
        }
    }
    process();
}

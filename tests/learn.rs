//! Do layers find the gradients that NEST and JAX find, and do they learn?

mod bits;
#[path = "../runtime/examples/reference/mod.rs"]
mod reference;
#[path = "../runtime/examples/tasks/mod.rs"]
mod tasks;

use std::path::PathBuf;

use alif::Engine;

use crate::support;

/// The cases of a layout, by a file that only this one has.
fn cases(file: &str) -> Vec<PathBuf> {
    let folder = support::reference().join("eprop");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let folders = entries.map(|entry| entry.expect("a folder can be listed").path());
    let mut cases: Vec<PathBuf> = folders.filter(|path| path.join(file).exists()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    cases
}

#[test]
fn training_goes_as_in_nest() {
    for path in cases("rec_spikes.npy") {
        let case = reference::trials::Case::open(&path).unwrap_or_else(|error| panic!("{error}"));
        for engine in [Engine::Compiled, Engine::Interpreter] {
            let verdict = case
                .run(engine)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            println!("{}, {engine}: {verdict:?}", path.display());
            assert!(
                verdict.spikes > 0 && verdict.holds(),
                "{}, {engine}: {verdict:?}",
                path.display()
            );
        }
    }
}

#[test]
fn gradients_are_those_of_jax() {
    for path in cases("bptt_full_W_in.npy") {
        let case = reference::gradients::Case::open(&path).unwrap_or_else(|error| panic!("{error}"));
        for engine in [Engine::Compiled, Engine::Interpreter] {
            let comparison = case
                .run(engine)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for row in &comparison.rows {
                println!("{engine} {:20} {:6} {:8.1e}", row.set, row.quantity, row.deviation);
            }
            assert!(comparison.holds(), "{}, {engine}: {comparison:?}", path.display());
        }
    }
}

/// With the environment variable `ALIF_LEARN`, three seeds, and evidence accumulation (a minute with all optimisations); without, one seed.
#[test]
fn patterns_and_evidence_are_learned() {
    let all = std::env::var_os("ALIF_LEARN").is_some();
    for seed in 1..=if all { 3 } else { 1 } {
        let mut pattern = tasks::pattern::Pattern::new(tasks::pattern::Way::Symmetric, seed).expect("a layer");
        let errors: Vec<f64> = (0..100).map(|_| pattern.learn().expect("finite numbers")).collect();
        println!("seed {seed}: error of the pattern {:.4}", errors[99]);
        assert!(errors[99] < 0.03, "seed {seed}: {errors:?}");
    }
    if !all {
        return;
    }
    for seed in 1..=3 {
        for (adaptive, fits) in [(true, 0.0..0.12), (false, 0.35..1.0)] {
            let mut evidence = tasks::evidence::Evidence::new(adaptive, seed, 0).expect("a layer");
            let course: Vec<_> = (0..tasks::evidence::ITERATIONS)
                .map(|_| evidence.learn().expect("finite numbers"))
                .collect();
            let errors = tasks::evidence::recent(&course, course.len());
            println!("seed {seed}, adaptive {adaptive}: wrong decisions {errors:.3}");
            assert!(fits.contains(&errors), "seed {seed}, adaptive {adaptive}: {errors}");
        }
    }
}

//! What a run of `models/alif.alif` costs, in ns for each neuron and step, through the public `run`.
//!
//! All engines of a table take turns, so what slows the machine down slows all of them. Yardsticks are the kernels that were written by
//! hand for this model, with spikes counted: all neurons step by step, and in blocks of neurons that make 64 steps at a time.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;

use alif::{Builder, Model, Neuron, Precision, Source};
use alif_benches::hand::{self, HandWritten};
use alif_benches::{Samples, columns, model, pin, timed};
use alif_core::{Arrays, FLUSH_EVERY, Real, StepKernel, Steps};

alif::alif_model!("../models/alif.alif");

const SIZES: [usize; 6] = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// Neurons of a block that is advanced by hand.
const BLOCK_WORDS: usize = 128;

/// How long a sample is, and how many there are.
fn effort(n: usize) -> (u64, usize) {
    let steps = (4_000_000 / n as u64).next_multiple_of(FLUSH_EVERY).max(FLUSH_EVERY);
    (steps, if n > 100_000 { 9 } else { 41 })
}

/// Something that makes steps and gives the number of spikes.
struct Runner {
    name: String,
    run: Box<dyn FnMut(u64) -> u64>,
}

fn swept<T: Real>(kernel: Arc<dyn StepKernel<T>>, mut arrays: Arrays<T>) -> impl FnMut(u64) -> u64 {
    move |steps| {
        let words = arrays.words();
        let mut count = 0;
        for step in 1..=steps {
            arrays.run(&*kernel, 0..words);
            arrays.clear_padding();
            count += arrays.spikes().iter().map(|w| u64::from(w.count_ones())).sum::<u64>();
            if step.is_multiple_of(FLUSH_EVERY) {
                arrays.flush_tiny();
            }
        }
        count
    }
}

fn blocked<T: Real>(kernel: Arc<dyn StepKernel<T>>, mut arrays: Arrays<T>) -> impl FnMut(u64) -> u64 {
    let mut bits = [0; BLOCK_WORDS];
    move |steps| {
        let mut count = 0;
        for _ in 0..steps / FLUSH_EVERY {
            let (views, uniforms) = arrays.views(BLOCK_WORDS);
            for mut view in views {
                let bits = &mut bits[..view.words()];
                for _ in 0..FLUSH_EVERY {
                    kernel.run(&mut view, Steps::one(uniforms, bits));
                    count += bits.iter().map(|w| u64::from(w.count_ones())).sum::<u64>();
                }
                view.flush_tiny();
            }
        }
        count
    }
}

/// How spikes and inputs are dealt with.
#[derive(Clone, Copy)]
struct Case {
    recorded: bool,
    streamed: bool,
    threads: usize,
}

fn population(neuron: &Arc<dyn Neuron>, precision: Precision, n: usize, case: Case) -> impl FnMut(u64) -> u64 + use<> {
    let spread = |step: f64, scale: f64| -> Vec<f64> { (0..n).map(|i| scale * (i as f64 * step).fract()).collect() };
    let mut builder = Builder::new(Arc::clone(neuron), n)
        .precision(precision)
        .threads(case.threads)
        .set("tau_a", 200.0)
        .set("V_th", 1.0)
        .set("R", 1000.0)
        .set("beta", 0.1)
        .init("V", spread(0.618_033_988_749_894_9, 1.0))
        .init("a", spread(0.414_213_562_373_095_1, 4.0));
    let (steps, samples) = effort(n);
    builder = if case.streamed {
        let all = (steps as usize) * (samples + 1) * n;
        builder.input("I", Source::Stream(vec![0.0014; all]))
    } else {
        builder.input("I", 0.0014)
    };
    if case.recorded {
        builder = builder.record_spikes();
    }
    let mut population = builder.build().expect("a population");
    move |steps| population.run(steps).expect("a run").spike_count
}

fn runners<T: HandWritten>(n: usize) -> Vec<Runner> {
    let program = Arc::new(model::program());
    let mut runners = Vec::new();
    for kernel in hand::kernels::<T>(&columns::places()) {
        let (bits, kernel) = (kernel.bits, Arc::new(kernel));
        runners.push(Runner {
            name: format!("by hand, {bits} bits, sweeps"),
            run: Box::new(swept(kernel.clone(), model::arrays::<T>(&program, n))),
        });
        runners.push(Runner {
            name: format!("by hand, {bits} bits, blocks"),
            run: Box::new(blocked(kernel, model::arrays::<T>(&program, n))),
        });
    }
    let jit = Model::from_text(include_str!("../models/alif.alif")).expect("a shipped model");
    let engines: [(&str, Arc<dyn Neuron>); 2] = [("Cranelift", Arc::new(jit)), ("alif_model!", Arc::new(Alif))];
    for (name, neuron) in engines {
        for (threads, recorded) in [(1, false), (1, true), (2, false), (2, true)] {
            let case = Case {
                recorded,
                streamed: false,
                threads,
            };
            let what = if recorded { "recorded" } else { "counted" };
            runners.push(Runner {
                name: format!(
                    "{name}, {what}, {threads} thread{}",
                    if threads == 1 { "" } else { "s" }
                ),
                run: Box::new(population(&neuron, T::PRECISION, n, case)),
            });
        }
        if n <= 10_000 {
            let case = Case {
                recorded: false,
                streamed: true,
                threads: 1,
            };
            runners.push(Runner {
                name: format!("{name}, counted, streamed input"),
                run: Box::new(population(&neuron, T::PRECISION, n, case)),
            });
        }
    }
    runners
}

fn measure<T: HandWritten>(n: usize) {
    let (steps, rounds) = effort(n);
    let mut runners = runners::<T>(n);
    let mut samples: Vec<Samples> = runners.iter().map(|_| Samples::default()).collect();
    let mut spikes = vec![0; runners.len()];
    for runner in &mut runners {
        (runner.run)(steps);
    }
    for _ in 0..rounds {
        for ((runner, samples), spikes) in runners.iter_mut().zip(&mut samples).zip(&mut spikes) {
            let (count, duration) = timed(|| (runner.run)(steps));
            samples.push(duration);
            *spikes += count;
        }
    }
    let each = 1e9 / (steps as f64 * n as f64);
    let best = |bits: &str| {
        let own = runners
            .iter()
            .zip(&samples)
            .filter(|(r, _)| r.name.starts_with(&format!("by hand, {bits}")));
        own.map(|(_, s)| s.min()).fold(f64::INFINITY, f64::min)
    };
    let (narrow, wide) = (best("128"), best("512"));
    println!(
        "{:34} {:>9} {:>9} {:>9} {:>9} {:>8}",
        format!("{}, N = {n}", T::PRECISION),
        "ns",
        "median",
        "/ 128",
        "/ 512",
        "Hz"
    );
    for ((runner, samples), spikes) in runners.iter().zip(&samples).zip(&spikes) {
        let seconds = rounds as f64 * steps as f64 * n as f64 * model::TIME_STEP * 1e-3;
        println!(
            "  {:32} {:9.4} {:9.4} {:9.2} {:9.2} {:8.2}",
            runner.name,
            samples.min() * each,
            samples.median() * each,
            samples.min() / narrow,
            samples.min() / wide,
            *spikes as f64 / seconds
        );
    }
    println!();
}

/// What it takes to build a population of a million neurons with two time constants of their own, from its parameters to its arrays.
fn measure_binding() {
    const N: usize = 1_000_000;
    const SAMPLES: usize = 5;
    let jit = Model::from_text(include_str!("../models/alif.alif")).expect("a shipped model");
    let engines: [(&str, Arc<dyn Neuron>); 2] = [("Cranelift", Arc::new(jit)), ("alif_model!", Arc::new(Alif))];
    for (name, neuron) in engines {
        for (kinds, what) in [(N, "all different"), (100, "of 100 kinds")] {
            let mut samples = Samples::default();
            for _ in 0..SAMPLES {
                let spread =
                    |low: f64| -> Vec<f64> { (0..N).map(|i| low + (i % kinds) as f64 / kinds as f64).collect() };
                let (tau, tau_a) = (spread(20.0), spread(200.0));
                let build = || {
                    let builder = Builder::new(Arc::clone(&neuron), N).set("tau", tau).set("tau_a", tau_a);
                    builder.build().expect("a population").bytes()
                };
                samples.push(timed(build).1);
            }
            println!(
                "{name}, 1e6 neurons with tau and tau_a of their own, {what}: built in {:.3} s",
                samples.min()
            );
        }
    }
}

fn main() {
    if std::env::args().any(|a| a == "--bind") {
        pin();
        return measure_binding();
    }
    let sizes: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    // Threads inherit the processors of the one that starts them, so with two threads nothing is pinned.
    if std::env::args().any(|a| a == "--pin") {
        pin();
    }
    println!(
        "models/alif.alif, a run in ns for each neuron and step: minimum, median, ratios of minima to the better kernel by hand"
    );
    for n in sizes {
        measure::<f32>(n);
        measure::<f64>(n);
    }
}

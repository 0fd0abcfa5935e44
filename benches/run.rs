//! What a run of `models/alif.alif` costs, in ns for each neuron and step, through the public `run`.
//!
//! Yardsticks in the same run are the kernels that were written by hand for this model, with spikes counted (all neurons step by step, and
//! in blocks of neurons that make 64 steps at a time), a plain loop, and memory that is read and written.
//!
//! `cargo bench -p alif-benches --bench run -- 1000 1000000 --json run.json` measures these sizes; `-- --bind` what it takes to bind
//! parameters, `-- --few` a step of a hundred neurons.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;

use alif::{Builder, Model, Neuron, Population, Precision, Source};
use alif_benches::hand::{self, HandWritten};
use alif_benches::plain::Plain;
use alif_benches::turns::{Runner, Walk, json, table, take_turns};
use alif_benches::{Samples, cpu_timed, model, pin, yardsticks};
use alif_core::StepKernel;
use serde_json::Value;

alif::alif_model!("../models/alif.alif");

/// The model without refractory period that other simulators run too.
mod peer {
    alif::alif_model!(pub "peers/alif.alif");
}

const SIZES: [usize; 6] = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// How spikes and inputs are dealt with.
#[derive(Clone, Copy)]
struct Case {
    spikes: &'static str,
    input: &'static str,
    threads: usize,
}

/// The cases that each engine is measured in.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for threads in [1, 2] {
        for input in ["constant", "streamed"] {
            for spikes in ["counted", "recorded"] {
                cases.push(Case { spikes, input, threads });
            }
        }
    }
    cases
}

/// A population of the model, built anew for each sample if its input is streamed.
struct Run {
    neuron: Arc<dyn Neuron>,
    precision: Precision,
    n: usize,
    case: Case,
    steps: u64,
    population: Option<Population>,
}

impl Run {
    fn build(&self) -> Population {
        let spread =
            |step: f64, scale: f64| -> Vec<f64> { (0..self.n).map(|i| scale * (i as f64 * step).fract()).collect() };
        let mut builder = Builder::new(Arc::clone(&self.neuron), self.n)
            .precision(self.precision)
            .threads(self.case.threads)
            .set("tau_a", 200.0)
            .set("V_th", 1.0)
            .set("R", 1000.0)
            .set("beta", 0.1)
            .init("V", spread(0.618_033_988_749_894_9, 1.0))
            .init("a", spread(0.414_213_562_373_095_1, 4.0));
        builder = if self.case.input == "streamed" {
            builder.input("I", Source::Stream(vec![0.0014; self.steps as usize * self.n]))
        } else {
            builder.input("I", 0.0014)
        };
        if self.case.spikes == "recorded" {
            builder = builder.record_spikes();
        }
        builder.build().expect("a population")
    }
}

impl Walk for Run {
    fn prepare(&mut self) {
        if self.population.is_none() || self.case.input == "streamed" {
            // The old one first, so that there are never two.
            self.population = None;
            self.population = Some(self.build());
        }
    }

    fn walk(&mut self, steps: u64) -> u64 {
        let population = self.population.as_mut().expect("it was prepared");
        population.run(steps).expect("a run").spike_count
    }
}

fn runners<T: HandWritten>(n: usize) -> Vec<Runner>
where
    Plain: StepKernel<T>,
{
    let program = model::program();
    let mut runners = vec![yardsticks::memory(n, 3 * size_of::<T>() * n)];
    runners.extend(yardsticks::by_hand::<T>(&program, n));
    let jit = Model::from_text(include_str!("../models/alif.alif")).expect("a shipped model");
    let engines: [(&str, Arc<dyn Neuron>); 2] = [("Cranelift", Arc::new(jit)), ("alif_model!", Arc::new(Alif))];
    for (name, neuron) in engines {
        for case in cases() {
            let steps = if case.input == "streamed" {
                yardsticks::streamed_steps(n)
            } else {
                yardsticks::steps(n)
            };
            runners.push(Runner {
                name: name.to_owned(),
                spikes: case.spikes,
                input: case.input,
                threads: case.threads,
                yardstick: None,
                steps,
                neurons: n,
                walk: Box::new(Run {
                    neuron: Arc::clone(&neuron),
                    precision: T::PRECISION,
                    n,
                    case,
                    steps,
                    population: None,
                }),
            });
        }
    }
    runners
}

/// The table of a size, and its rows for programs. Threads inherit the processors of the one that starts them, so only what one thread does
/// is pinned.
fn measure<T: HandWritten>(n: usize) -> Vec<Value>
where
    Plain: StepKernel<T>,
{
    let rounds = if n > 100_000 { 9 } else { 31 };
    let (mut one, mut several): (Vec<Runner>, Vec<Runner>) = runners::<T>(n).into_iter().partition(|r| r.threads == 1);
    let mut rows = std::thread::scope(|scope| {
        let pinned = scope.spawn(|| {
            pin();
            take_turns(&mut one, rounds)
        });
        pinned.join().expect("no panic")
    });
    drop(one);
    rows.extend(take_turns(&mut several, rounds));
    let title = format!("{}, N = {n}", T::PRECISION);
    println!("{}", table(&title, &rows, model::TIME_STEP));
    json(&T::PRECISION.to_string(), n, &rows, model::TIME_STEP)
}

/// A step of a hundred neurons, all that there is to it.
fn measure_few() {
    const N: usize = 100;
    const STEPS: u64 = 1_000_000;
    const SAMPLES: usize = 9;
    let jit = |text| Model::from_text(text).expect("a shipped model");
    let (own, other) = (
        jit(include_str!("../models/alif.alif")),
        jit(include_str!("peers/alif.alif")),
    );
    let subjects: [(&str, &str, Arc<dyn Neuron>, f64); 4] = [
        ("Cranelift", "ALIF with a refractory period", Arc::new(own), 20.0),
        ("alif_model!", "ALIF with a refractory period", Arc::new(Alif), 20.0),
        ("Cranelift", "ALIF without", Arc::new(other), 1.5),
        ("alif_model!", "ALIF without", Arc::new(peer::PeerAlif), 1.5),
    ];
    for (engine, name, neuron, input) in subjects {
        let builder = Builder::new(neuron, N).input("I", input);
        let mut population = builder.build().expect("a population");
        let mut samples = Samples::default();
        let mut spikes = 0;
        for _ in 0..SAMPLES {
            let (recording, time) = cpu_timed(|| population.run(STEPS).expect("a run"));
            samples.push(time);
            spikes += recording.spike_count;
        }
        let [median, least] = samples.in_units(1e9 / STEPS as f64);
        println!("{engine:12} {name:30} f32, N = {N}: {least:.1} ns a step, median {median:.1}, {spikes} spikes");
    }
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
                samples.push(cpu_timed(build).1);
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
    if std::env::args().any(|a| a == "--few") {
        pin();
        return measure_few();
    }
    let arguments: Vec<String> = std::env::args().collect();
    let sizes: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    println!(
        "models/alif.alif, a run in ns for each neuron and step: the least of many samples, their median, and ratios of the least"
    );
    println!("to the better kernel by hand of 128 bits and of the widest vectors with such an input, and to memory");
    println!("processor: {}\n", hand::features().join(" "));
    let mut rows = Vec::new();
    for n in sizes {
        rows.extend(measure::<f32>(n));
        rows.extend(measure::<f64>(n));
    }
    if let Some(at) = arguments.iter().position(|a| a == "--json") {
        let path = arguments.get(at + 1).expect("--json FILE");
        let document = serde_json::json!({ "features": hand::features(), "rows": rows });
        std::fs::write(path, format!("{document:#}\n")).expect("the file can be written");
    }
}

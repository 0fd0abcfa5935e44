//! What a gradient step of a recurrent layer costs: backpropagation through time, in ms, and memory.
//!
//! 100 inputs that spike in 2 % of the steps, n = 128 adaptive neurons, 1000 steps of 1 ms, 32 trials, 10 leaky readouts, cross-entropy of
//! their mean over time, single precision, one core: the layer of `benches/peers/train_jax.py`. Yardsticks of the same run: a plain loop over
//! the multiplications that a dense layer of this size needs at least, and the product of matrices alone.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use alif::learn::{Gain, Layer, Loss, Objective, Raster, Readout, Tape, Targets, Trials, Weights};
use alif::{Model, Rule};
use alif_benches::{Samples, cpu_timed, pin, timed};
use alif_core::native::{Dense, Level};

const INPUTS: usize = 100;
const NEURONS: usize = 128;
const OUTPUTS: usize = 10;
const STEPS: usize = 1000;
const BATCH: usize = 32;
const SAMPLES: usize = 15;

const TEXT: &str = "model Alif {
    param tau = 20 ms where tau > 0 ms;
    param tau_a = 200 ms where tau_a > 0 ms;
    param beta = 0.1;
    state V = 0;
    state a = 0;
    input syn : event;
    tau * dV/dt = -V;
    tau_a * da/dt = -a;
    on syn(w) after { V += w; }
    spike when V > 1 + beta * a delayed { V -= 1; a += 1; }
    learn { surrogate relu_grad(V - 1 - beta * a, alpha = 0.3, width = 1); detach V; }
}";

fn layer(tape: Tape, rule: Rule, threads: usize) -> Layer<f32> {
    let normal = |post, pre, deviation: f64, seed| Weights::<f32>::normal(post, pre, deviation, seed);
    let model = Model::from_text(TEXT).unwrap_or_else(|error| panic!("{error}"));
    let layer = Layer::builder(model, NEURONS)
        .inputs("syn", normal(NEURONS, INPUTS, 1.5 / (INPUTS as f64).sqrt(), 1))
        .recurrent("syn", normal(NEURONS, NEURONS, 0.5 / (NEURONS as f64).sqrt(), 2))
        .readout(Readout {
            tau: 20.0,
            gain: Gain::One,
            weights: normal(OUTPUTS, NEURONS, 1.0 / (NEURONS as f64).sqrt(), 3),
        })
        .objective(Objective::new(Loss::CrossEntropyOfMean))
        .rule(rule)
        .tape(tape)
        .threads(threads)
        .build();
    layer.unwrap_or_else(|error| panic!("{error}"))
}

/// The most memory that the process has had so far, in MB; only Linux tells.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<f64>()
        .ok()
        .map(|kb| kb / 1024.0)
}

/// The products that take derivatives back through the recurrent weights: the least that a dense layer of this size costs.
fn products() -> impl FnMut() {
    let rows = 8;
    let left = vec![0.5_f32; rows * NEURONS];
    let right = vec![0.25_f32; NEURONS * NEURONS];
    let mut out = vec![0.0_f32; rows * NEURONS];
    move || {
        for _ in 0..STEPS * BATCH / rows {
            f32::product(Level::of_this_machine(), &mut out, &left, &right, NEURONS);
        }
    }
}

/// The same by a plain loop, as a compiler makes it for any machine of the kind.
fn plain() -> impl FnMut() {
    let left = vec![0.5_f32; NEURONS];
    let right = vec![0.25_f32; NEURONS * NEURONS];
    let mut out = vec![0.0_f32; NEURONS];
    move || {
        for _ in 0..STEPS * BATCH {
            for (factor, row) in left.iter().zip(right.chunks_exact(NEURONS)) {
                for (sum, weight) in out.iter_mut().zip(row) {
                    *sum += factor * weight;
                }
            }
            std::hint::black_box(&mut out);
        }
    }
}

fn main() {
    let threads = std::env::args().any(|argument| argument == "--threads");
    if !threads {
        pin();
    }
    let inputs: Vec<Raster> = (0..BATCH)
        .map(|trial| Raster::random(STEPS, INPUTS, 100 + trial as u64, |_, _| 0.02))
        .collect();
    let classes: Vec<usize> = (0..BATCH).map(|trial| trial % OUTPUTS).collect();
    let trials = Trials {
        inputs: &inputs,
        targets: Targets::Classes(&classes),
        seed: 0,
    };
    let before = peak();
    let ways = [
        ("BPTT, tape chosen", Tape::Auto, Rule::Bptt),
        ("BPTT, every 32nd step kept", Tape::Every(32), Rule::Bptt),
        ("BPTT, every step kept", Tape::Full, Rule::Bptt),
        ("e-prop, tape chosen", Tape::Auto, Rule::Eprop),
    ];
    let mut cases = Vec::new();
    for (name, tape, rule) in ways {
        let mut layer = layer(tape, rule, if threads { 0 } else { 1 });
        let gradient = layer.gradient(&trials).unwrap_or_else(|error| panic!("{error}"));
        if cases.is_empty() {
            let spikes: usize = layer.outcome().spikes.iter().map(Raster::count).sum();
            let rate = spikes as f64 / (BATCH * NEURONS * STEPS) as f64;
            println!(
                "{BATCH} trials of {STEPS} steps, {NEURONS} neurons, {:.1} % spike in a step",
                100.0 * rate
            );
            println!("loss {:.6}", gradient.loss());
            if let (Some(before), Some(after)) = (before, peak()) {
                println!(
                    "peak memory over that before: {:.0} MB (with the tape chosen)",
                    after - before
                );
            }
        }
        cases.push((name, layer, Samples::default()));
    }
    let (mut product, mut loop_of_rust) = (products(), plain());
    let (mut products, mut plains) = (Samples::default(), Samples::default());
    // With several threads, it is the clock that counts.
    let time = |does: &mut dyn FnMut()| if threads { timed(does).1 } else { cpu_timed(does).1 };
    for _ in 0..SAMPLES {
        for (_, layer, samples) in &mut cases {
            samples.push(time(&mut || drop(layer.gradient(&trials))));
        }
        products.push(time(&mut product));
        plains.push(time(&mut loop_of_rust));
    }
    let plain = plains.min() * 1e3;
    println!(
        "{:34} {:>9} {:>9}  {:>12}",
        "one gradient step", "ms median", "ms min", "of plain loop"
    );
    for (name, layer, samples) in &cases {
        let [median, min] = samples.in_units(1e3);
        println!(
            "{name:34} {median:9.1} {min:9.1}  {:12.2}   kept: {} MB",
            min / plain,
            layer.bytes() >> 20
        );
    }
    for (name, samples) in [
        ("products with W_rec alone", &products),
        ("the same as a plain loop", &plains),
    ] {
        let [median, min] = samples.in_units(1e3);
        println!("{name:34} {median:9.1} {min:9.1}  {:12.2}", min / plain);
    }
}

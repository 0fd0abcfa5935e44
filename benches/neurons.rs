//! What models of different kinds cost: nonlinear, stiff, noisy, and of many states; in each engine, through the public `run`.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use alif::prelude::*;
use alif::{Builder, Loader};
use alif_benches::{Samples, pin, timed};

/// The types that `alif_model!` makes of the files below.
mod native {
    alif::alif_model!(pub "../models/adex.alif");
    alif::alif_model!(pub "../models/hodgkin_huxley.alif");
    alif::alif_model!(pub "../models/glif5.alif");
    alif::alif_model!(pub "models/lif_alpha_noise.alif");
}

/// A model in both of its forms, and an input in pA at which it fires.
struct Subject {
    name: &'static str,
    text: &'static str,
    native: fn(usize) -> Builder,
    input: f64,
}

const SUBJECTS: [Subject; 4] = [
    Subject {
        name: "AdEx",
        text: include_str!("../models/adex.alif"),
        native: |n| Neuron::population(&native::AdEx, n),
        input: 800.0,
    },
    Subject {
        name: "Hodgkin-Huxley",
        text: include_str!("../models/hodgkin_huxley.alif"),
        native: |n| Neuron::population(&native::HodgkinHuxley, n),
        input: 800.0,
    },
    Subject {
        name: "LIF, alpha, noise",
        text: include_str!("models/lif_alpha_noise.alif"),
        native: |n| Neuron::population(&native::LifAlphaNoise, n),
        input: 400.0,
    },
    Subject {
        name: "GLIF5",
        text: include_str!("../models/glif5.alif"),
        native: |n| Neuron::population(&native::Glif5, n),
        input: 500.0,
    },
];

/// Time step in ms.
const TIME_STEP: f64 = 0.05;
/// Few enough to stay in the second cache.
const NEURONS: usize = 4096;
const SAMPLES: usize = 21;

/// A population that has run for 50 ms, its neurons spread over that time by their own inputs.
fn warm(builder: Builder, subject: &Subject, neurons: usize, precision: Precision, engine: Engine) -> Population {
    let inputs: Vec<f64> = (0..neurons)
        .map(|neuron| subject.input * (0.9 + 0.2 * neuron as f64 / neurons as f64))
        .collect();
    let mut population = builder
        .dt(TIME_STEP)
        .precision(precision)
        .engine(engine)
        .input("I", inputs)
        .build()
        .unwrap_or_else(|error| panic!("{}: {error}", subject.name));
    let steps = if engine == Engine::Interpreter { 20 } else { 1_000 };
    population.run(steps).expect("it runs");
    population
}

/// ns for each neuron and step: median and minimum.
fn cost(mut population: Population, neurons: usize, steps: u64) -> [f64; 2] {
    let mut samples = Samples::default();
    for _ in 0..SAMPLES {
        let (ran, time) = timed(|| population.run(steps));
        ran.expect("it runs");
        samples.push(time);
    }
    samples.in_units(1e9 / (neurons as f64 * steps as f64))
}

/// From the text to a population that can run.
fn latency(subject: &Subject, precision: Precision, engine: Engine) -> Samples {
    let mut samples = Samples::default();
    for _ in 0..SAMPLES {
        let build = || {
            let model = Loader::default().text(subject.text).expect("it compiles");
            model.population(64).precision(precision).engine(engine).build()
        };
        let (built, time) = timed(build);
        built.expect("it builds");
        samples.push(time);
    }
    samples
}

/// What the sub-steps of `rk45` cost, beside the solver that is chosen without one, in steps of the same length.
fn sub_steps() {
    println!();
    println!("sub-steps in Cranelift's double precision, beside the solver that is chosen without one");
    println!(
        "{:18} {:9} {:>22} {:>10} {:>18}",
        "", "tolerance", "ns", "ratio", "sub-steps a step"
    );
    for subject in &SUBJECTS[..2] {
        let run = |loader: Loader| {
            let model = loader.text(subject.text).expect("it compiles");
            warm(
                model.population(NEURONS),
                subject,
                NEURONS,
                Precision::F64,
                Engine::Compiled,
            )
        };
        let yardstick = cost(run(Loader::default()), NEURONS, 50)[0];
        println!("{:18} {:9} {yardstick:>22.2} {:>10}", subject.name, "none", "1.0");
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let mut population = run(Loader::default().solver(Solver::Rk45).tolerance(tolerance));
            let mut counts = 0.0;
            for _ in 0..100 {
                population.run(1).expect("it runs");
                counts += population.state("sub_steps").expect("a state").iter().sum::<f64>();
            }
            let [median, min] = cost(population, NEURONS, 20);
            println!(
                "{:18} {tolerance:<9.0e} {:>22} {:>10.1} {:>18.2}",
                "",
                format!("{median:.1} ({min:.1})"),
                median / yardstick,
                counts / (100.0 * NEURONS as f64)
            );
        }
    }
}

fn main() {
    pin();
    println!(
        "models of different kinds at dt = {TIME_STEP} ms, an input for each neuron, one core: median (minimum) of {SAMPLES}"
    );
    println!(
        "ns: one step of one neuron through `run`; ms: from the text to a population; `alif_model!` is compiled by rustc before"
    );
    println!(
        "{:18} {:4} {:>22} {:>22} {:>22} {:>20} {:>20}",
        "", "", "interpreter, ns", "Cranelift, ns", "alif_model!, ns", "interpreter, ms", "Cranelift, ms"
    );
    for subject in &SUBJECTS {
        for precision in [Precision::F32, Precision::F64] {
            let loaded = |neurons| {
                let model = Loader::default().text(subject.text).expect("it compiles");
                model.population(neurons)
            };
            let few = NEURONS / 16;
            let slow = warm(loaded(few), subject, few, precision, Engine::Interpreter);
            let jit = warm(loaded(NEURONS), subject, NEURONS, precision, Engine::Compiled);
            let native = warm((subject.native)(NEURONS), subject, NEURONS, precision, Engine::Compiled);
            let cells = [
                cost(slow, few, 5),
                cost(jit, NEURONS, 50),
                cost(native, NEURONS, 50),
                latency(subject, precision, Engine::Interpreter).in_units(1e3),
                latency(subject, precision, Engine::Compiled).in_units(1e3),
            ];
            let [a, b, c, d, e] = cells.map(|[median, min]| format!("{median:.2} ({min:.2})"));
            println!(
                "{:18} {precision:4} {a:>22} {b:>22} {c:>22} {d:>20} {e:>20}",
                subject.name
            );
        }
    }
    sub_steps();
}

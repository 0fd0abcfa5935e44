//! This project's rows of the comparison with other simulators: a line of JSON for each case, as `compare.py` reads them.
//!
//! Argument: the largest number of neurons, 10,000 if there is none. Times are the least of several runs on one core,
//! in the time that the system gave this thread, as the other tools measure theirs.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use alif::Builder;
use alif::prelude::*;
use alif_benches::{Samples, cpu_timed, pin};

/// The type that `alif_model!` makes of the file.
mod native {
    alif::alif_model!(pub "peers/alif.alif");
}

/// Time step in ms.
const TIME_STEP: f64 = 0.1;
/// What a sample takes at least, in seconds.
const SAMPLE: f64 = 0.1;
const SAMPLES: usize = 9;
/// Bytes of streamed input, which go round and round in the other tools too.
const STREAM: usize = 1 << 27;

/// Inputs of the neurons: between 0.8 and 2, so that they fire 18 times a second on average.
fn drive(neurons: usize) -> Vec<f64> {
    let fraction = |i: usize| (i as f64 * 0.618_033_988_749_894_9).fract();
    (0..neurons).map(|i| 0.8 + 1.2 * fraction(i)).collect()
}

/// Steps × neurons: the inputs and a small ripple.
fn rows(steps: usize, neurons: usize) -> Vec<f64> {
    let base = drive(neurons);
    let ripple = |step: usize, i: usize| 0.01 * (((step * 7 + i * 13) % 21) as f64 - 10.0);
    let row = |step: usize| base.iter().enumerate().map(move |(i, x)| x + ripple(step, i));
    (0..steps).flat_map(row).collect()
}

struct Case {
    engine: &'static str,
    precision: Precision,
    neurons: usize,
    record: bool,
    stream: bool,
}

impl Case {
    fn builder(&self) -> Builder {
        let builder = match self.engine {
            "alif_model!" => Neuron::population(&native::PeerAlif, self.neurons),
            _ => {
                let model = Model::from_text(include_str!("alif.alif")).expect("it compiles");
                model.population(self.neurons)
            }
        };
        let builder = builder.dt(TIME_STEP).precision(self.precision);
        if self.record { builder.record_spikes() } else { builder }
    }

    /// ns for each neuron and step.
    fn cost(&self) -> f64 {
        let mut steps = 64_u64;
        if self.stream {
            let width = self.neurons
                * match self.precision {
                    Precision::F32 => 4,
                    Precision::F64 => 8,
                };
            steps = (STREAM / width).clamp(16, 20_000) as u64;
            let rows = rows(steps as usize, self.neurons);
            let mut samples = Samples::default();
            for _ in 0..SAMPLES {
                let source = Source::Stream(rows.clone());
                let mut population = self.builder().input("I", source).build().expect("it builds");
                samples.push(cpu_timed(|| population.run(steps)).1);
            }
            return samples.in_units(1e9 / (self.neurons as f64 * steps as f64))[1];
        }
        let mut population = self
            .builder()
            .input("I", drive(self.neurons))
            .build()
            .expect("it builds");
        loop {
            let (ran, time) = cpu_timed(|| population.run(steps));
            ran.expect("it runs");
            if time.as_secs_f64() > SAMPLE {
                break;
            }
            steps *= 2;
        }
        let mut samples = Samples::default();
        for _ in 0..SAMPLES {
            samples.push(cpu_timed(|| population.run(steps)).1);
        }
        samples.in_units(1e9 / (self.neurons as f64 * steps as f64))[1]
    }

    /// Spikes of 1000 neurons in 20,000 steps from rest.
    fn spikes(&self) -> u64 {
        let mut population = self
            .builder()
            .input("I", drive(self.neurons))
            .build()
            .expect("it builds");
        population.run(20_000).expect("it runs").spike_count
    }
}

fn main() {
    pin();
    // `cargo bench` adds an argument of its own.
    let largest = std::env::args().find_map(|argument| argument.parse::<usize>().ok());
    let largest = largest.unwrap_or(10_000);
    for engine in ["alif_model!", "Cranelift"] {
        for precision in [Precision::F32, Precision::F64] {
            let check = Case {
                engine,
                precision,
                neurons: 1000,
                record: true,
                stream: false,
            };
            println!(
                "{{\"kind\": \"spikes\", \"tool\": \"alif ({engine})\", \"precision\": \"{precision}\", \"spikes\": {}}}",
                check.spikes()
            );
            let sizes = [100, 1_000, 10_000, 100_000, 1_000_000];
            for neurons in sizes.into_iter().filter(|&n| n <= largest) {
                for (record, stream) in [(false, false), (true, false), (false, true)] {
                    let ns = Case {
                        engine,
                        precision,
                        neurons,
                        record,
                        stream,
                    }
                    .cost();
                    println!(
                        "{{\"kind\": \"step\", \"tool\": \"alif ({engine})\", \"precision\": \"{precision}\", \"neurons\": {neurons}, \
                         \"input\": \"{}\", \"spikes\": \"{}\", \"ns\": {ns:.4}}}",
                        if stream { "streamed" } else { "constant" },
                        if record { "recorded" } else { "counted" },
                    );
                }
            }
        }
    }
}

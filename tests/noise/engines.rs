//! The same bits whatever computes them: engines, blocks, monitors, runs in parts.

use alif::Builder;
use alif::prelude::*;

use super::{CURRENT, drawn};
use crate::support::model;

/// Types whose steps rustc compiled.
mod native {
    alif::alif_model! {
        pub model Noisy {
            param tau = 20 ms;
            param D = 4 mV where D > 0 mV;
            state V = 0 mV;
            state I = 0 mV;
            state c = 0;
            noise xi;
            noise eta;
            tau * dV/dt = -V + I + 1 mV * sqrt(tau) * eta;
            3 ms * dI/dt = 15 mV - I + 6 mV * sqrt(1 ms) * xi;
            1 ms * dc/dt = V / 30 mV - c * c * c;
            spike rate 0.4 [1/ms] * exp((V - 12 mV) / D) {
                V = 0 mV;
                c += 1;
            }
            refractory 1 ms hold V;
        }
    }
}

/// The same text as `native::Noisy`.
const NOISY: &str = "model Noisy {
    param tau = 20 ms;
    param D = 4 mV where D > 0 mV;
    state V = 0 mV;
    state I = 0 mV;
    state c = 0;
    noise xi;
    noise eta;
    tau * dV/dt = -V + I + 1 mV * sqrt(tau) * eta;
    3 ms * dI/dt = 15 mV - I + 6 mV * sqrt(1 ms) * xi;
    1 ms * dc/dt = V / 30 mV - c * c * c;
    spike rate 0.4 [1/ms] * exp((V - 12 mV) / D) {
        V = 0 mV;
        c += 1;
    }
    refractory 1 ms hold V;
}";

const NEURONS: usize = 300;
const STEPS: u64 = 200;

/// Bits of all states, and all spikes.
type Course = (Vec<u64>, Vec<Spike>);

fn course(builder: Builder, parts: &[u64]) -> Course {
    let population = builder
        .record_spikes()
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    course_of(population, parts)
}

fn course_of(mut population: Population, parts: &[u64]) -> Course {
    let mut spikes = vec![];
    for &steps in parts {
        spikes.extend(population.run(steps).unwrap_or_else(|error| panic!("{error}")).spikes);
    }
    let states = ["V", "I", "c"].map(|name| population.state(name).expect("a state"));
    (states.concat().into_iter().map(f64::to_bits).collect(), spikes)
}

#[test]
fn every_engine_block_and_monitor_gives_the_same_bits() {
    let noisy = model(NOISY);
    for precision in [Precision::F32, Precision::F64] {
        for per_neuron in [false, true] {
            let set = |builder: Builder| {
                let builder = builder.dt(0.1).precision(precision).seed(5);
                if per_neuron {
                    let values: Vec<f64> = (0..NEURONS).map(|n| 2.0 + n as f64 / 100.0).collect();
                    builder.set("D", values)
                } else {
                    builder
                }
            };
            let plain = || set(noisy.population(NEURONS));
            let wanted = course(plain(), &[STEPS]);
            assert!(wanted.1.len() > 200, "{} spikes", wanted.1.len());
            let generated = native::Noisy::population(NEURONS).untyped(|builder| set(builder).record_spikes());
            let generated = match precision {
                Precision::F32 => generated.build::<f32>(),
                Precision::F64 => generated.build::<f64>(),
            };
            let generated = course_of(generated.expect("it builds").into_inner(), &[STEPS]);
            for (what, found) in [
                ("interpreter", course(plain().engine(Engine::Interpreter), &[STEPS])),
                ("rustc", generated),
                ("blocks", course(plain().block(64), &[STEPS])),
                ("monitor", course(plain().record(Monitor::of("V")), &[STEPS])),
                ("parts", course(plain(), &[1, 66, STEPS - 67])),
            ] {
                assert!(found == wanted, "{what}, {precision}, per neuron: {per_neuron}");
            }
            let other = course(plain().seed(6), &[STEPS]);
            assert!(other.0 != wanted.0 && other.1 != wanted.1);
        }
    }
}

/// A neuron draws the same numbers in a population of another size.
#[test]
fn numbers_belong_to_neurons() {
    let current = model(CURRENT);
    let run = |neurons| {
        let mut population = current.population(neurons).build().expect("it builds");
        population.run(50).expect("it runs");
        population.state("V").expect("V")
    };
    let (few, many) = (run(3), run(1000));
    assert_eq!(few[..], many[..3]);
    assert!(few[0] != few[1]);
}

/// What a step draws is what (seed, stream, neuron, step, draw) say.
#[test]
fn a_step_draws_what_its_counters_say() {
    fn first<T: alif_core::Real>(model: &Model, seed: u64) {
        let mut population = model
            .population(130)
            .dt(0.5)
            .precision(T::PRECISION)
            .seed(seed)
            .build()
            .expect("it builds");
        for step in 0..3 {
            population.set_state("x", 0.0).expect("x");
            population.run(1).expect("a step");
            for (neuron, x) in population.state("x").expect("x").into_iter().enumerate() {
                let z: T = drawn(seed, 0, 0, neuron as u64, step);
                // x has variance h.
                let wanted = T::from_f64(0.5_f64.sqrt()) * z;
                assert_eq!(x.to_bits(), wanted.to_f64().to_bits(), "neuron {neuron}, step {step}");
            }
        }
    }
    let wiener = model("model Wiener { state x = 0; noise xi; dx/dt = xi / sqrt(1 ms); }");
    first::<f32>(&wiener, 1 << 40 | 3);
    first::<f64>(&wiener, u64::MAX);
}

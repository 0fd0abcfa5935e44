//! Noise whose numbers are given instead of drawn.

use alif::load::LoadError;
use alif::prelude::*;
use alif_grammar::Code;

use super::drawn;
use crate::support::model;

/// A state of its own, which is exact, and two that are approximated and share a noise.
const THREE: &str = "model Three {
    param sigma = 0.4 [1/ms^0.5];
    state x = 0.5;
    state y = 0;
    state z = 1;
    noise xi;
    noise eta;
    5 ms * dx/dt = -x + 5 ms * sigma * xi;
    3 ms * dy/dt = -y^3 + z + 3 ms * sigma * eta;
    9 ms * dz/dt = -z + y^2 + sigma * 2 ms * eta;
    spike rate 0.1 [1/ms] * exp(y) { y = 0; }
}";

const NEURONS: usize = 37;
const STEPS: u64 = 70;
const SEED: u64 = 12;

/// The numbers that a noise would draw: steps × neurons.
fn numbers(precision: Precision, stream: u32) -> Vec<f64> {
    let at = |step: u64, neuron: u64| match precision {
        Precision::F32 => f64::from(drawn::<f32>(SEED, stream, 0, neuron, step)),
        Precision::F64 => drawn::<f64>(SEED, stream, 0, neuron, step),
    };
    (0..STEPS)
        .flat_map(|step| (0..NEURONS as u64).map(move |neuron| at(step, neuron)))
        .collect()
}

/// The numbers that would be drawn, given, make the same bits; so do those of one noise when the other is drawn.
#[test]
fn given_numbers_do_what_drawn_ones_do() {
    let plain = model(THREE);
    for given in [&["xi"][..], &["eta"], &["xi", "eta"]] {
        let loader = given
            .iter()
            .fold(Model::loader(), |l, noise| l.noise_from_input(*noise));
        let replayed = loader.text(THREE).expect("a model");
        for precision in [Precision::F32, Precision::F64] {
            for engine in [Engine::Interpreter, Engine::Compiled] {
                let course = |model: &Model, given: &[&str]| {
                    let builder = model.population(NEURONS).dt(0.2).precision(precision).engine(engine);
                    let builder = given.iter().fold(builder.seed(SEED).record_spikes(), |builder, noise| {
                        let stream = u32::from(*noise == "eta");
                        builder.input(*noise, Source::Stream(numbers(precision, stream)))
                    });
                    let mut population = builder.build().unwrap_or_else(|error| panic!("{error}"));
                    let spikes = population.run(STEPS).expect("a run").spikes;
                    (
                        ["x", "y", "z"].map(|name| population.state(name).expect("a state")),
                        spikes,
                    )
                };
                let (wanted, found) = (course(&plain, &[]), course(&replayed, given));
                assert!(!wanted.1.is_empty(), "no spikes");
                assert!(wanted == found, "{given:?}, {precision}, {engine}");
            }
        }
    }
}

#[test]
fn without_numbers_a_given_noise_is_silent() {
    let given = Model::loader().noise_from_input("xi").text(THREE).expect("a model");
    let run = |model: &Model, sigma: f64| {
        let mut population = model.population(2).set("sigma", sigma).build().expect("a population");
        population.run(50).expect("a run");
        population.state("x").expect("x")
    };
    assert_eq!(run(&given, 0.4), run(&model(THREE), 0.0));
    let inputs = &given.signature().inputs;
    assert_eq!(
        inputs
            .iter()
            .map(|i| (i.name.as_str(), i.unit.text.as_str()))
            .collect::<Vec<_>>(),
        [("xi", "1")]
    );
}

#[test]
fn numbers_that_cannot_be_given_are_refused() {
    let chain = "model Chain {
        state I = 0;
        state V = 0;
        noise xi;
        noise eta;
        5 ms * dI/dt = -I + xi * sqrt(1 ms);
        9 ms * dV/dt = -V + I;
    }";
    let two = "model Two { state x = 0; noise xi; noise eta; 5 ms * dx/dt = -x + (xi + eta) * sqrt(1 ms); }";
    let none = "model None { state x = 0; 5 ms * dx/dt = -x; }";
    for (text, noise, words) in [
        (chain, "xi", "it reaches several states"),
        (two, "eta", "other noises enter the same exact update"),
        (two, "zeta", "model `Two` has no noise `zeta`"),
        (none, "xi", "model `None` has no noise `xi`"),
    ] {
        let Err(LoadError::Invalid { diagnostics, .. }) = Model::loader().noise_from_input(noise).text(text) else {
            panic!("{noise} is not refused in {text}");
        };
        let found: Vec<(Code, &str)> = diagnostics.iter().map(|d| (d.code, d.message.as_str())).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0 == Code::NoiseGiven && found[0].1.contains(words),
            "{found:?}"
        );
        assert!(diagnostics[0].help.is_some());
    }
    // One number a step is enough where all is approximated.
    for noise in ["xi", "eta"] {
        for text in [chain, two] {
            let loader = Model::loader().solver(Solver::ExponentialEuler).noise_from_input(noise);
            assert!(loader.text(text).is_ok());
        }
    }
}

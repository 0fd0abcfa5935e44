//! Do the engines have the same bits for the shipped models, under random inputs and spikes?

use alif::prelude::*;
use alif_compiler::ir::verify;

use crate::gallery::stimulus::Stimulus;
use crate::support::Random;

use super::all;

/// Not a multiple of any vector's width.
const NEURONS: usize = 19;
const STEPS: usize = 500;

/// One run; what is random depends on the seed alone.
fn run(model: &Model, stimulus: &Stimulus, precision: Precision, engine: Engine) -> Recording {
    let mut random = Random(17);
    let signature = model.signature();
    let mut builder = model
        .population(NEURONS)
        .dt(stimulus.dt)
        .precision(precision)
        .engine(engine)
        .record_spikes();
    for input in &signature.inputs {
        let values = (0..NEURONS * STEPS).map(|_| stimulus.height * random.between(-1.0, 3.0));
        builder = builder.input(&input.name, Source::Stream(values.collect()));
    }
    for port in &signature.ports {
        let shown = stimulus.spikes.iter().find(|(name, ..)| *name == port.name);
        let weight = shown.map_or(stimulus.height / 10.0, |(_, weight, _)| *weight);
        let mut events = Vec::new();
        for step in 0..STEPS as u64 {
            for neuron in 0..NEURONS as u32 {
                if random.chance(5) {
                    let weight = weight * random.between(0.0, 2.0);
                    events.push(Event { step, neuron, weight });
                }
            }
        }
        builder = builder.events(&port.name, events);
    }
    for state in &signature.states {
        builder = builder.record(Monitor::of(&state.name));
    }
    let mut population = builder
        .build()
        .unwrap_or_else(|error| panic!("{}: {error}", stimulus.model));
    population.run(STEPS as u64).expect("a run")
}

#[test]
fn interpreter_and_compiled_code_have_the_same_bits() {
    let mut silent = Vec::new();
    for (name, model) in all() {
        assert_eq!(verify(&model.compiled().program), Ok(()), "{name}");
        let stimulus = Stimulus::of(&name).expect("a stimulus");
        for precision in [Precision::F32, Precision::F64] {
            let [compiled, interpreted] =
                [Engine::Compiled, Engine::Interpreter].map(|engine| run(&model, stimulus, precision, engine));
            assert_eq!(compiled.spikes, interpreted.spikes, "{name} {precision}");
            for (a, b) in compiled.traces.iter().zip(&interpreted.traces) {
                let differs = a
                    .values
                    .iter()
                    .zip(&b.values)
                    .position(|(a, b)| a.to_bits() != b.to_bits());
                assert_eq!(differs, None, "{name} {precision}: {}", a.name);
                assert!(a.values.iter().all(|x| x.is_finite()), "{name} {precision}: {}", a.name);
            }
            if compiled.spike_count == 0 {
                silent.push(name.clone());
            }
        }
    }
    silent.dedup();
    assert_eq!(silent, ["leaky_integrator"]);
}

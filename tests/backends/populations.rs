//! What must not change a bit of a run: blocks, monitors, where a run is cut, one value given as many, the engine.

use alif::prelude::*;
use alif::{Builder, Error};

use crate::support::{Random, model, shipped};

const NEURONS: usize = 200;
const STEPS: u64 = 150;

/// The adaptive neuron with random inputs and events, everything recorded.
fn builder(precision: Precision, engine: Engine) -> Builder {
    let mut random = Random(7);
    let input: Vec<f64> = (0..NEURONS * STEPS as usize)
        .map(|_| random.between(0.0, 40.0))
        .collect();
    let events = (0..2000)
        .map(|_| Event {
            step: random.below(STEPS as usize) as u64,
            neuron: random.below(NEURONS) as u32,
            weight: random.between(-1.0, 6.0),
        })
        .collect();
    shipped("alif.alif")
        .population(NEURONS)
        .precision(precision)
        .engine(engine)
        .input("I", Source::Stream(input))
        .events("syn", events)
        .record_spikes()
}

/// Everything that a run comes to: spikes, and the bits of the states at its end.
fn end(population: &Population, spikes: Vec<Spike>) -> (Vec<Spike>, Vec<Vec<u64>>) {
    let bits = |state| population.state(state).unwrap().iter().map(|x| x.to_bits()).collect();
    (spikes, vec![bits("V"), bits("a")])
}

fn run(builder: Builder) -> Result<(Vec<Spike>, Vec<Vec<u64>>), Error> {
    let mut population = builder.build()?;
    let spikes = population.run(STEPS)?.spikes;
    Ok(end(&population, spikes))
}

fn everywhere(mut check: impl FnMut(Precision, Engine)) {
    for precision in [Precision::F32, Precision::F64] {
        for engine in [Engine::Compiled, Engine::Interpreter] {
            check(precision, engine);
        }
    }
}

#[test]
fn blocks_of_any_size_are_the_same() {
    everywhere(|precision, engine| {
        let whole = run(builder(precision, engine)).unwrap();
        assert!(whole.0.len() > 300, "hardly any spikes: {}", whole.0.len());
        for block in [1, 64, 65, 128, NEURONS] {
            let found = run(builder(precision, engine).block(block)).unwrap();
            assert!(found == whole, "block of {block}, {precision}, {engine}");
        }
    });
}

#[test]
fn engines_are_the_same() {
    for precision in [Precision::F32, Precision::F64] {
        let [jit, interpreter] = [Engine::Compiled, Engine::Interpreter].map(|e| run(builder(precision, e)).unwrap());
        assert!(jit == interpreter, "{precision}");
    }
}

#[test]
fn monitors_change_nothing_and_agree_with_the_states() {
    everywhere(|precision, engine| {
        let bare = run(builder(precision, engine)).unwrap();
        let mut population = builder(precision, engine)
            .record(Monitor::of("V"))
            .record(Monitor::of("a").neurons([3, 199]).every(10))
            .record(Monitor::of("threshold").every(7))
            .build()
            .unwrap();
        let recording = population.run(STEPS).unwrap();
        assert!(
            end(&population, recording.spikes.clone()) == bare,
            "{precision}, {engine}"
        );
        let v = recording.trace("V").unwrap();
        assert_eq!(v.values.len(), NEURONS * STEPS as usize);
        assert_eq!(
            v.values[NEURONS * (STEPS as usize - 1)..],
            population.state("V").unwrap()
        );
        let a = recording.trace("a").unwrap();
        assert_eq!(a.steps, (1..=15).map(|k| 10 * k - 1).collect::<Vec<u64>>());
        assert_eq!(a.course(1).last(), Some(population.state("a").unwrap()[199]));
        assert_eq!(recording.trace("threshold").unwrap().steps.len(), 21);
    });
}

#[test]
fn two_halves_are_a_whole() {
    everywhere(|precision, engine| {
        let whole = run(builder(precision, engine)).unwrap();
        for cut in [1, 50, 64, 100] {
            let mut population = builder(precision, engine).build().unwrap();
            let mut spikes = population.run(cut).unwrap().spikes;
            assert_eq!(population.step(), cut);
            spikes.extend(population.run(STEPS - cut).unwrap().spikes);
            assert!(end(&population, spikes) == whole, "cut at {cut}, {precision}, {engine}");
        }
    });
}

#[test]
fn one_value_is_the_same_as_one_a_neuron() {
    everywhere(|precision, engine| {
        let values = [("tau", 17.3), ("beta", 0.7), ("t_ref", 1.3), ("V_th", 9.1)];
        let uniform = values
            .iter()
            .fold(builder(precision, engine), |b, (name, value)| b.set(*name, *value));
        let uniform = run(uniform.input("I", 21.7)).unwrap();
        let each = values.iter().fold(builder(precision, engine), |b, (name, value)| {
            b.set(*name, vec![*value; NEURONS])
        });
        let each = run(each.input("I", vec![21.7; NEURONS])).unwrap();
        assert!(uniform == each, "{precision}, {engine}");
        assert!(!uniform.0.is_empty());
    });
}

/// Slow decay ends at zero, at the same step in every engine, and not before it is tiny.
#[test]
fn tiny_states_are_flushed_alike() {
    let model = model(
        "model Decay {
            state x = 1;
            state y = 1;
            10 ms * dx/dt = -x;
            100 ms * dy/dt = -y;
        }",
    );
    for (precision, start) in [(Precision::F32, 1e-30), (Precision::F64, 1e-288)] {
        let [jit, interpreter] = [Engine::Compiled, Engine::Interpreter].map(|engine| {
            let mut population = model
                .population(3)
                .dt(1.0)
                .precision(precision)
                .engine(engine)
                .init("x", [start, -start, 1.0])
                .init("y", [start, 0.0, 1.0])
                .record(Monitor::of("x"))
                .record(Monitor::of("y"))
                .build()
                .unwrap();
            population.run(200).unwrap().traces
        });
        assert_eq!(jit, interpreter);
        let x: Vec<f64> = jit[0].course(0).collect();
        assert!(x[62] > 0.0, "{precision}: too early");
        assert_eq!(x[63], 0.0, "{precision}: too late");
        assert_eq!(jit[0].course(1).nth(63), Some(0.0));
        assert!(jit[0].course(2).all(|x| x > 0.0) && jit[1].course(2).all(|y| y > 0.0));
    }
}

//! Does it matter how the work is divided: threads, blocks of neurons, steps in a row, monitors, parts of a run?

use std::ops::ControlFlow;

use alif::prelude::*;
use alif::{Builder, Values};

use crate::backends::generated::random_valid_model;
use crate::support::{Random, model, shipped, workspace};

const CONFIGURATIONS: usize = 100;

/// Noise, a random spike condition, events that are taken one by one and as a sum, a refractory period, the time.
const EVERYTHING: &str = "model Everything {
    param tau = 20 ms;
    param tau_q = 150 ms;
    state V = 0;
    state q = 0.5;
    input I;
    input J;
    input p : event;
    input r : event;
    noise xi;
    tau * dV/dt = -V + I + J + 0.3 * sqrt(tau) * xi;
    tau_q * dq/dt = -q;
    on p(w) { q += w * w; }
    on r(w) { V += w; }
    let level = 1 + q;
    spike rate 0.4 [1/ms] * exp(4 * (V - level)) { V = 0; q += 0.1; }
    refractory 1 ms;
}";

/// All that a population is given, and that does not say how the work is divided.
struct Configuration {
    model: Model,
    neurons: usize,
    steps: u64,
    precision: Precision,
    seed: u64,
    /// For each parameter that differs between neurons its values.
    params: Vec<(String, Vec<f64>)>,
    /// For each input its kind and values.
    inputs: Vec<(String, usize, Vec<f64>)>,
    events: Vec<(String, Vec<Event>)>,
}

/// A random model whose parameters can be used as they are.
fn bindable(random: &mut Random) -> Model {
    let mut models = (0..100).map(|_| random_valid_model(random, "Random").1);
    let sound = |model: &Model| {
        let builds = |precision| model.population(1).precision(precision).build().is_ok();
        builds(Precision::F32) && builds(Precision::F64)
    };
    models
        .find(sound)
        .expect("most random models have parameters that can be used")
}

impl Configuration {
    fn new(random: &mut Random, at: usize) -> Self {
        let model = match at % 4 {
            0 => model(EVERYTHING),
            1 => shipped("alif.alif"),
            _ => bindable(random),
        };
        let neurons = 1 + random.below(700);
        let steps = 1 + random.below(200) as u64;
        let signature = model.signature().clone();
        let scale = if at % 4 == 1 { 30.0 } else { 2.0 };
        let values = |random: &mut Random, n: usize| (0..n).map(|_| random.between(0.0, scale)).collect::<Vec<f64>>();
        let inputs = signature.inputs.iter().map(|info| {
            let kind = random.below(5);
            let n = match kind {
                0 => 1,
                1 => neurons,
                2 => steps as usize,
                _ => neurons * steps as usize,
            };
            (info.name.clone(), kind, values(random, n))
        });
        let inputs: Vec<_> = inputs.collect();
        let params = if at % 4 == 1 && random.chance(50) {
            let values = (0..neurons).map(|_| random.between(5.0, 40.0)).collect();
            vec![("tau".to_owned(), values)]
        } else {
            vec![]
        };
        let events = signature.ports.iter().map(|info| {
            let count = if random.chance(70) {
                random.below(3 * neurons)
            } else {
                0
            };
            let events = (0..count).map(|_| Event {
                step: random.below(steps as usize + 5) as u64,
                neuron: random.below(neurons) as u32,
                weight: random.between(-0.5, 1.0),
            });
            (info.name.clone(), events.collect())
        });
        Self {
            events: events.collect(),
            neurons,
            steps,
            precision: if random.chance(50) {
                Precision::F32
            } else {
                Precision::F64
            },
            seed: random.bits(),
            params,
            inputs,
            model,
        }
    }

    fn builder(&self) -> Builder {
        let n = self.neurons;
        let mut builder = self
            .model
            .population(n)
            .precision(self.precision)
            .seed(self.seed)
            .record_spikes();
        for (name, values) in &self.params {
            builder = builder.set(name, values.as_slice());
        }
        for (name, kind, values) in &self.inputs {
            let values = values.clone();
            let source = match kind {
                0 => Source::Constant(Values::Uniform(values[0])),
                1 => Source::Constant(Values::PerNeuron(values)),
                2 => Source::Course(values),
                3 => Source::Stream(values),
                _ => Source::Callback(Box::new(move |step, row: &mut [f64]| {
                    row.copy_from_slice(&values[step as usize * n..][..n]);
                })),
            };
            builder = builder.input(name, source);
        }
        for (port, events) in &self.events {
            builder = builder.events(port, events.clone());
        }
        builder
    }

    /// The spikes, and the states at the end; all NaNs are one.
    fn end(&self, population: &Population, spikes: Vec<Spike>) -> (Vec<Spike>, Vec<u64>) {
        let states = self.model.signature().states.iter();
        let values = states.flat_map(|state| population.state(&state.name).expect("a state"));
        let bits = values.map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() });
        (spikes, bits.collect())
    }

    /// Step by step, all neurons at once.
    fn plain(&self, engine: Engine) -> (Vec<Spike>, Vec<u64>) {
        let builder = self.builder().engine(engine).block(usize::MAX).chunk(1);
        let mut population = builder.build().expect("a population");
        let recording = population.run_while(self.steps, |_| ControlFlow::Continue(()));
        let spikes = recording.expect("a run").spikes;
        self.end(&population, spikes)
    }

    /// Divided in some way.
    fn divided(&self, random: &mut Random, threads: usize) -> (Vec<Spike>, Vec<u64>) {
        let mut builder = self.builder().threads(threads);
        if random.chance(80) {
            builder = builder.block(1 + random.below(self.neurons + 64));
        }
        if random.chance(80) {
            builder = builder.chunk(1 + random.below(200));
        }
        for state in &self.model.signature().states {
            if random.chance(30) {
                builder = builder.record(Monitor::of(&state.name).every(1 + random.below(90) as u64));
            }
        }
        let mut population = builder.build().expect("a population");
        let (first, streamed) = (random.below(self.steps as usize + 1) as u64, random.chance(50));
        let mut spikes = Vec::new();
        for steps in [first, self.steps - first] {
            if streamed {
                let before = population.step();
                let mut next = before;
                let recording = population.run_into(steps, |batch| {
                    assert_eq!(batch.first_step, next, "batches follow each other");
                    next += batch.steps;
                    let own = batch.first_step..next;
                    assert!(batch.spikes.iter().all(|spike| own.contains(&spike.step)));
                    spikes.extend_from_slice(batch.spikes);
                    ControlFlow::Continue(())
                });
                assert_eq!(next, before + steps);
                assert!(recording.expect("a run").spikes.is_empty());
            } else {
                let recording = population.run(steps).expect("a run");
                assert_eq!(recording.spike_count, recording.spikes.len() as u64);
                spikes.extend(recording.spikes);
            }
        }
        assert!(spikes.is_sorted(), "spikes come by step and neuron");
        self.end(&population, spikes)
    }
}

#[test]
fn the_bits_do_not_depend_on_how_the_work_is_divided() {
    let mut random = Random(2026);
    let mut spikes = 0;
    for at in 0..CONFIGURATIONS {
        let configuration = Configuration::new(&mut random, at);
        let plain = configuration.plain(Engine::Compiled);
        spikes += plain.0.len();
        if at % 5 == 0 {
            assert!(
                plain == configuration.plain(Engine::Interpreter),
                "configuration {at}, interpreter"
            );
        }
        for threads in 1..=4 {
            let divided = configuration.divided(&mut random, threads);
            assert!(plain == divided, "configuration {at}, {threads} threads");
        }
    }
    assert!(spikes > 10_000, "hardly any spikes: {spikes}");
}

/// A run that ends early, or in an error, leaves the population where it says it is.
#[test]
fn a_run_that_is_broken_off_goes_on_where_it_was() {
    let builder = || {
        let events = |step| Event {
            step,
            neuron: 3,
            weight: 5.0,
        };
        shipped("alif.alif")
            .population(130)
            .input("I", 20.0)
            .events("syn", (0..500).map(events).collect())
            .record_spikes()
            .chunk(50)
    };
    let mut whole = builder().build().expect("a population");
    let expected = whole.run(500).expect("a run").spikes;
    let mut broken = builder().build().expect("a population");
    let mut spikes = Vec::new();
    let mut batches = 0;
    let recording = broken.run_into(500, |batch| {
        spikes.extend_from_slice(batch.spikes);
        batches += 1;
        if batches == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!((recording.expect("a run").steps, broken.step()), (150, 150));
    spikes.extend(broken.run(350).expect("a run").spikes);
    assert_eq!(spikes, expected);

    let mut short = builder()
        .input("I", Source::Course(vec![20.0; 70]))
        .build()
        .expect("a population");
    assert!(short.run(71).is_err());
    assert_eq!(short.step(), 0, "what does not last is refused before the first step");
    let mut heavy = builder();
    heavy = heavy.events(
        "syn",
        vec![Event {
            step: 70,
            neuron: 1,
            weight: 1e300,
        }],
    );
    let mut heavy = heavy.build().expect("a population");
    assert!(heavy.run(100).is_err());
    assert_eq!(heavy.step(), 70, "all steps before the wrong one are made");
}

/// A port that no event reaches, one whose events have no weight, and one that is connected later.
#[test]
fn ports_without_events_take_no_memory_and_change_nothing() {
    let nothing = Event {
        step: 0,
        neuron: 0,
        weight: 0.0,
    };
    for precision in [Precision::F32, Precision::F64] {
        for engine in [Engine::Compiled, Engine::Interpreter] {
            let builder = || {
                shipped("alif.alif")
                    .population(100)
                    .precision(precision)
                    .engine(engine)
                    .input("I", 25.0)
                    .record_spikes()
            };
            let mut silent = builder().build().expect("a population");
            let mut fed = builder().events("syn", vec![nothing]).build().expect("a population");
            assert!(silent.bytes() < fed.bytes());
            assert_eq!(silent.run(300), fed.run(300));
            let later: Vec<Event> = (300..400)
                .map(|step| Event {
                    step,
                    weight: 2.0,
                    ..nothing
                })
                .collect();
            silent.set_events("syn", later.clone()).expect("events");
            assert_eq!(silent.bytes(), fed.bytes());
            fed.set_events("syn", later).expect("events");
            assert_eq!(silent.run(200), fed.run(200));
            silent.set_events("syn", vec![]).expect("no events");
            fed.set_events("syn", vec![Event { step: 500, ..nothing }])
                .expect("an event");
            assert_eq!(silent.run(200), fed.run(200));
        }
    }
}

/// What the documentation of `Population::bytes` says.
#[test]
fn memory_is_what_is_stated() {
    let n = 1_000_000;
    let builder = || shipped("alif.alif").population(n).input("I", 20.0).record_spikes();
    let each = |builder: Builder| builder.build().expect("a population").bytes() as f64 / n as f64;
    let plain = each(builder());
    assert!(plain <= 16.0, "{plain} bytes for each neuron");
    let tau: Vec<f64> = (0..n).map(|i| 10.0 + (i % 7) as f64).collect();
    // Only the threshold depends on beta.
    let with_beta = each(builder().set("beta", tau.clone()));
    assert!((with_beta - plain - 4.0).abs() < 0.01, "{with_beta} and {plain}");
    let with_input = each(builder().input("I", tau));
    assert!((with_input - plain - 4.0).abs() < 0.01, "{with_input} and {plain}");
}

/// What a sweep over parameters costs: coefficients, but no kernel. Values that happen to be equal need no array, and get one only once.
#[test]
fn new_parameters_compile_nothing() {
    let n = 200;
    let text = std::fs::read_to_string(workspace().join("models/alif.alif")).expect("a model");
    let file = alif_grammar::parse(&text).expect("it parses");
    let (model, clock) = Model::timed(alif_compiler::compile(&file.models[0]).expect("it compiles"));
    let equal = vec![20.0; n];
    let spread: Vec<f64> = (0..n).map(|i| 10.0 + 0.1 * i as f64).collect();
    let builder = |tau: &[f64]| model.population(n).set("tau", tau).input("I", 20.0).record_spikes();
    let one = model
        .population(n)
        .set("tau", 20.0)
        .input("I", 20.0)
        .build()
        .expect("a population");
    let mut population = builder(&equal).build().expect("a population");
    assert_eq!(population.bytes(), one.bytes(), "equal values have no array");
    population.set("tau", spread.as_slice()).expect("values");
    assert!(population.bytes() > one.bytes());
    let (bytes, compiled) = (population.bytes(), clock.compiling());
    assert!(compiled.as_nanos() > 0);
    for round in 0..20 {
        for (values, what) in [
            (Values::PerNeuron(equal.clone()), "equal values"),
            (Values::Uniform(20.0), "one value"),
            (Values::PerNeuron(spread.clone()), "values that differ"),
        ] {
            let fresh = model
                .population(n)
                .set("tau", values.clone())
                .set("beta", f64::from(round));
            let mut fresh = fresh.input("I", 20.0).record_spikes().build().expect("a population");
            population.set("tau", values).expect("values");
            population.set("beta", f64::from(round)).expect("a value");
            for (state, value) in [("V", 0.0), ("a", 0.0)] {
                population.set_state(state, value).expect("a state");
            }
            let (first, spikes) = (population.step(), population.run(15).expect("a run").spikes);
            let spikes: Vec<(u64, u32)> = spikes.iter().map(|s| (s.step - first, s.neuron)).collect();
            let wanted: Vec<(u64, u32)> = fresh
                .run(15)
                .expect("a run")
                .spikes
                .iter()
                .map(|s| (s.step, s.neuron))
                .collect();
            assert_eq!(spikes, wanted, "{what}");
            assert_eq!(population.state("V"), fresh.state("V"), "{what}");
            assert_eq!(population.bytes(), bytes, "{what}");
        }
    }
    assert_eq!(clock.compiling(), compiled, "a kernel was made");
    assert!(clock.running().as_nanos() > 0);
}

/// Silence, then a step in which all neurons spike, and again: the lists of spikes are cut short, and nothing is lost.
#[test]
fn bursts_are_listed_whole() {
    let burst = model("model Burst { state x = 0; input I; dx/dt = I / 1 ms; spike when x > 1 { x = 0; } }");
    let (n, steps) = (150_000, 100);
    let course = (0..steps).map(|step| if step % 40 < 20 { 0.0 } else { 20.0 }).collect();
    let builder = burst.population(n).input("I", Source::Course(course)).record_spikes();
    let mut population = builder.build().expect("a population");
    let mut next = (0_u64, 0_u32);
    let recording = population.run_into(steps as u64, |batch| {
        assert!(
            batch.spikes.len() <= 40 * n,
            "a batch has {} spikes",
            batch.spikes.len()
        );
        for spike in batch.spikes {
            // The first spike of a burst comes in its first step, and then all neurons spike in each.
            let wanted = if next.0 % 40 < 20 {
                (next.0 - next.0 % 40 + 20, 0)
            } else {
                next
            };
            assert_eq!((spike.step, spike.neuron), wanted);
            next = if spike.neuron as usize + 1 < n {
                (spike.step, spike.neuron + 1)
            } else {
                (spike.step + 1, 0)
            };
        }
        ControlFlow::Continue(())
    });
    assert_eq!(recording.expect("a run").spike_count, 40 * n as u64);
}

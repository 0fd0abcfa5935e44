//! Events: what a block does, and that it does nothing where nothing arrives.

use alif::prelude::*;

fn run(text: &str, events: Vec<Event>, precision: Precision, steps: u64) -> Result<Recording, alif::Error> {
    let model = Model::from_text(text).expect("a valid model");
    let monitor = Monitor::of("V");
    let population = model
        .population(1)
        .precision(precision)
        .events("p", events)
        .record(monitor);
    population.build()?.run(steps)
}

fn event(step: u64, weight: f64) -> Event {
    Event {
        step,
        neuron: 0,
        weight,
    }
}

/// A weight over a state that is zero is 0 / 0 where nothing arrives, and must not be computed.
#[test]
fn a_block_does_nothing_where_nothing_arrives() {
    let text = "model Z { state V = 0; state n = 0; input p : event; dV/dt = -V / 10 ms;
        on p(w) { V += w / n; } spike when V > 5 { V = 0; n += 1; } }";
    let recording = run(text, vec![], Precision::F64, 3).expect("it runs");
    assert_eq!(recording.traces[0].values, [0.0; 3]);
}

/// Whether a block runs once with the sum or once an event is a property of the block, not of its port.
#[test]
fn a_block_that_is_not_affine_leaves_the_others_alone() {
    let events = vec![event(0, 2.0), event(0, 3.0)];
    let alone = "model A { state V = 0; input p : event; dV/dt = -V / 10 ms; on p(w) { V = w; } }";
    let both = "model B { state V = 0; state q = 0; input p : event; dV/dt = -V / 10 ms;
        on p(w) { V = w; } on p(w) { q += w * w; } spike when q > 12.5 { V = 100; } }";
    let alone = run(alone, events.clone(), Precision::F64, 1).expect("it runs");
    let both = run(both, events, Precision::F64, 1).expect("it runs");
    assert!((alone.traces[0].values[0] - 5.0 * libm::exp(-0.01)).abs() < 1e-14);
    // 4 + 9 = 13 of single events; the square of the sum would be 25, of the last event 9.
    assert_eq!((both.spike_count, both.traces[0].values[0]), (1, 100.0));
    let text = "model C { state V = 0; state q = 0; input p : event; dV/dt = -V / 10 ms;
        on p(w) { V = w; } on p(w) { q += w * w; } }";
    let quiet = run(text, vec![event(0, 2.0), event(0, 3.0)], Precision::F64, 1).expect("it runs");
    assert_eq!(quiet.traces[0].values, alone.traces[0].values);
}

#[test]
fn weights_beyond_single_precision_are_refused() {
    let text = "model A { state V = 0; input p : event; dV/dt = -V / 10 ms; on p(w) { V += w; } }";
    let single = run(text, vec![event(1, 1e39)], Precision::F32, 3);
    assert!(
        matches!(single, Err(alif::Error::Weight { step: 1, neuron: 0, .. })),
        "{single:?}"
    );
    assert!(run(text, vec![event(1, 1e39)], Precision::F64, 3).is_ok());
}

/// With an infinite time constant a state keeps its value.
#[test]
fn a_time_constant_may_be_infinite() {
    let text = "model A { param tau = 10 ms where tau > 0 ms; state V = 3; tau * dV/dt = -V; }";
    let model = Model::from_text(text).expect("a valid model");
    let population = model.population(1).set("tau", f64::INFINITY).record(Monitor::of("V"));
    let recording = population.build().and_then(|mut p| p.run(100)).expect("it runs");
    assert!(recording.traces[0].values.iter().all(|&v| v == 3.0));
}

/// Sixty definitions that double are a small graph, though written out they would be 2^60 terms.
#[test]
fn definitions_that_double_stay_small() {
    let lets: String = (1..60).map(|i| format!("let l{i} = l{0} + l{0}; ", i - 1)).collect();
    let text = format!("model D {{ param p = 1; let l0 = p; {lets} state V = 0; dV/dt = (-V + l59) / 1 ms; }}");
    let model = Model::from_text(&text).expect("a valid model");
    let mut population = model.population(1).build().expect("it builds");
    population.run(10).expect("it runs");
}

/// The kernel is widened before the step that needs it, for all ports at once, and what is refused leaves the population as it was.
#[test]
fn kernels_are_widened_for_as_many_events_as_arrive() {
    let text = "model W { state V = 0; state q = 0; input I; input p : event; input r : event;
        dV/dt = (-V + I) / 10 ms; on p(w) { V = V * w * w; } on r(w) { q += w * w; V += q; } }";
    let model = Model::from_text(text).expect("a valid model");
    let many = |step, n: usize| (0..n).map(move |i| event(step, 1.0 + i as f64 / 8.0));
    let build = |events: Vec<Event>, engine| {
        let stream = Source::Stream((0..6).map(f64::from).collect());
        let population = model
            .population(1)
            .precision(Precision::F64)
            .engine(engine)
            .input("I", stream);
        let population = population.events("p", events.clone()).events("r", events);
        population.record(Monitor::of("V")).build().expect("it builds")
    };
    let events: Vec<Event> = many(1, 3).chain(many(3, 5)).collect();
    let compiled = build(events.clone(), Engine::Compiled).run(6).expect("it runs");
    let interpreted = build(events, Engine::Interpreter).run(6).expect("it runs");
    assert_eq!(compiled.traces, interpreted.traces);
    // By hand: the events of a port one after the other, then the exact step.
    let (decay, mut v, mut q, mut expected) = (libm::exp(-0.01), 0.0, 0.0, vec![]);
    for step in 0..6_usize {
        let weights: Vec<f64> = many(0, [0, 3, 0, 5, 0, 0][step]).map(|e| e.weight).collect();
        v = weights.iter().fold(v, |v, w| v * w * w);
        for w in weights {
            q += w * w;
            v += q;
        }
        v = v * decay - libm::expm1(-0.01) * step as f64;
        expected.push(v);
    }
    for (found, wanted) in compiled.traces[0].values.iter().zip(&expected) {
        assert!((found - wanted).abs() <= 1e-13 * wanted.abs(), "{found} for {wanted}");
    }
    let mut refused = build(many(2, 65).collect(), Engine::Compiled);
    assert!(matches!(
        refused.run(6),
        Err(alif::Error::TooManyEvents { step: 2, found: 65, .. })
    ));
    assert_eq!(refused.step(), 2);
    refused.set_events("p", vec![]).expect("the port exists");
    refused.set_events("r", many(2, 2).collect()).expect("the port exists");
    assert_eq!(refused.run(4).expect("it goes on").steps, 4);
}

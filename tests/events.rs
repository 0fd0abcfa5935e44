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

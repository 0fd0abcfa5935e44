//! The adaptive neuron and its exact crossings of the threshold: steps that end there, and grids that see them or do not.

use alif::Builder;
use alif::prelude::*;
use serde_json::Value;

use crate::support::{json, list, model, number, reference, relative};

/// Everything in coherent units. What a spike does is an option, so that a crossing can be looked at.
const ALIF: &str = "model Alif {
    param tau : ms;
    param tau_a : ms;
    param R : GOhm;
    param V_rest : mV;
    param V_th : mV;
    param beta : mV;
    param reset = 1;
    state V = V_rest;
    state a = 0;
    input I : pA;
    tau * dV/dt = -(V - V_rest) + R * I;
    tau_a * da/dt = -a;
    spike when V > V_th + beta * a {
        V -= reset * V_th;
        a += reset;
    }
}";

const PARAMS: [&str; 6] = ["tau", "tau_a", "R", "V_rest", "V_th", "beta"];

/// One neuron with the parameters of a case.
fn neuron(model: &Model, case: &Value, start: [f64; 2], dt: f64) -> Builder {
    let builder = model.population(1).dt(dt).precision(Precision::F64);
    let builder = PARAMS.iter().fold(builder, |builder, name| {
        builder.set(*name, number(&case["params"][*name]))
    });
    builder.init("V", start[0]).init("a", start[1]).record_spikes()
}

/// The current in force at a time, and when it ends.
fn current(case: &Value, time: f64) -> (f64, f64) {
    let segment = list(&case["I"]).iter().find(|segment| number(&segment["until"]) > time);
    let segment = segment.unwrap_or_else(|| panic!("no current at {time} ms"));
    (number(&segment["I"]), number(&segment["until"]))
}

/// The state at a later time, in one step for each current.
fn carried(model: &Model, case: &Value, mut state: [f64; 2], from: f64, to: f64) -> [f64; 2] {
    let mut time = from;
    while time < to {
        let (amplitude, until) = current(case, time);
        let end = to.min(until);
        let builder = neuron(model, case, state, end - time).set("reset", 0.0);
        let mut population = builder.input("I", amplitude).build().expect("a population");
        population.run(1).expect("a step");
        state = ["V", "a"].map(|name| population.state(name).expect("a state")[0]);
        time = end;
    }
    state
}

#[test]
fn steps_from_crossing_to_crossing_end_on_the_threshold() {
    let model = model(ALIF);
    let mut worst: f64 = 0.0;
    for case in list(&json("analytic/alif_events.json")) {
        let of = |name: &str| number(&case["params"][name]);
        let (mut state, mut time) = ([of("V0"), of("a0")], 0.0);
        let mut compare = |found: [f64; 2], at: &Value, names: [&str; 2]| {
            for (found, name) in found.into_iter().zip(names) {
                worst = worst.max(relative(found, number(&at[name]), 1.0));
            }
        };
        for event in list(&case["events"]) {
            let next = number(&event["t"]);
            let [v, a] = carried(&model, case, state, time, next);
            compare([v, a], event, ["V_before", "a_before"]);
            assert!(v > of("V_th") + of("beta") * a - 1e-12);
            (state, time) = ([v - of("V_th"), a + 1.0], next);
        }
        let end = carried(&model, case, state, time, number(&case["final"]["t"]));
        compare(end, &case["final"], ["V", "a"]);
    }
    println!("from crossing to crossing: {worst:.1e}");
    assert!(worst < 1e-12, "{worst:e}");
}

/// Times of spikes on a grid, at the ends of their steps.
fn on_grid(model: &Model, case: &Value, dt: f64) -> Vec<f64> {
    let of = |name: &str| number(&case["params"][name]);
    let end = number(&list(&case["I"]).last().expect("a current")["until"]);
    let steps = alif::steps_in(end, dt).expect("whole steps");
    let course = (0..steps)
        .map(|step| current(case, (step as f64 + 0.5) * dt).0)
        .collect();
    let builder = neuron(model, case, [of("V0"), of("a0")], dt).input("I", Source::Course(course));
    let recording = builder.build().and_then(|mut p| p.run(steps)).expect("a run");
    recording
        .spikes
        .iter()
        .map(|spike| recording.time(spike.step))
        .collect()
}

#[test]
fn grids_are_late_by_a_step_at_most_and_the_less_the_finer() {
    let model = model(ALIF);
    for case in list(&json("analytic/alif_events.json")) {
        let exact: Vec<f64> = list(&case["events"]).iter().map(|e| number(&e["t"])).collect();
        let mut off = Vec::new();
        let steps = [1.0 / 64.0, 1.0 / 512.0, 1.0 / 4096.0];
        for dt in steps {
            let times = on_grid(&model, case, dt);
            let late = times[0] - exact[0];
            assert!(0.0 < late && late <= dt, "dt {dt}: the first spike is {late} ms late");
            assert!(
                times.len().abs_diff(exact.len()) <= 1,
                "dt {dt}: {} spikes",
                times.len()
            );
            off.push(
                times
                    .iter()
                    .zip(&exact)
                    .fold(0.0_f64, |off, (t, e)| off.max((t - e).abs())),
            );
        }
        println!("{} spikes, off by {off:.3?} ms", exact.len());
        // Each spike that is late by less than a step makes those behind it late.
        let bounded = off.iter().zip(steps).all(|(off, dt)| *off < exact.len() as f64 * dt);
        assert!(bounded && off[2] < off[0] / 8.0, "{off:?}");
    }
}

/// Upward crossings within one step, those that are seen at its end, those that are over by then, and none at all.
#[test]
fn a_grid_sees_what_is_above_the_threshold_at_its_end() {
    let model = model(ALIF);
    let text = std::fs::read_to_string(reference().join("numerics/alif_crossings.csv")).expect("the reference");
    let mut seen = [0; 3];
    let mut worst: f64 = 0.0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [tau, tau_a, v_inf, v0, a0, beta, v_th, h, kind, cross] = cells[..] else {
            panic!("ten columns: {line}");
        };
        let [tau, tau_a, v_inf, v0, a0, beta, v_th, h] =
            [tau, tau_a, v_inf, v0, a0, beta, v_th, h].map(|cell| cell.parse::<f64>().expect("a number"));
        let step = |dt: f64| {
            let params = [tau, tau_a, 1.0, v_inf, v_th, beta].into_iter().zip(PARAMS);
            let builder = model.population(1).dt(dt).precision(Precision::F64).set("reset", 0.0);
            let builder = params.fold(builder, |builder, (value, name)| builder.set(name, value));
            let mut population = builder.init("V", v0).init("a", a0).build().expect("a population");
            let spikes = population.run(1).expect("a step").spike_count;
            let [v, a] = ["V", "a"].map(|name| population.state(name).expect("a state")[0]);
            (spikes, v - v_th - beta * a)
        };
        let (spikes, above) = step(h);
        assert_eq!(spikes == 1, above > 0.0);
        assert_eq!(spikes == 1, kind == "hit", "{line}");
        seen[["hit", "missed", "none"]
            .iter()
            .position(|k| *k == kind)
            .expect("a kind")] += 1;
        let cross: f64 = cross.parse().expect("a number");
        if kind == "none" {
            assert!(cross.is_nan(), "{line}");
        } else {
            worst = worst.max(step(cross).1.abs() / v_th.abs());
        }
    }
    println!("at the exact crossing: {worst:.1e} of the threshold");
    assert!(
        seen.iter().all(|count| *count > 20) && worst < 1e-13,
        "{seen:?}, {worst:e}"
    );
}

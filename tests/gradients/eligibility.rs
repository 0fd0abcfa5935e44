//! Online e-prop: traces that go forwards give the gradients that go backwards.

use alif::{AdjointOptions, Column, EligibilityMap, Entry, Model, Rule};
use alif_compiler::adjoint::{Adjoint, Eligibility, adjoint, eligibility};
use alif_compiler::backend::complete;

use super::rig::Rig;
use crate::support::{self, Random};

const STEPS: usize = 300;

/// A course of one neuron: its drive, and what a synapse adds to one of its columns.
struct Course {
    params: Vec<f64>,
    start: Vec<f64>,
    dt: f64,
    /// For each step and input.
    inputs: Vec<Vec<f64>>,
    /// For each step and port.
    events: Vec<Vec<Option<f64>>>,
    /// The presynaptic signal.
    signal: Vec<f64>,
    /// `dL/dx` after each step, and `dL/dz`.
    losses: Vec<(Vec<f64>, f64)>,
}

/// A random course with spikes, if there is a strength of input that gives some.
fn course(model: &Model, column: Column, random: &mut Random) -> Option<Course> {
    let program = &model.compiled().program;
    let none = vec![None; program.param_names.len()];
    let params = complete(program, &none, 1.0).ok()?;
    let bound = alif_compiler::backend::bind(program, &params, 1.0, i64::MAX).ok()?;
    let (inputs, ports) = (model.signature().inputs.len(), program.layout.ports.len());
    for strength in [1.0, 10.0, 1e2, 1e3, 1e4, 1e5, 1e6] {
        let signal: Vec<f64> = (0..STEPS)
            .map(|_| {
                if random.chance(30) {
                    random.between(0.2, 1.5)
                } else {
                    0.0
                }
            })
            .collect();
        let mut course = Course {
            params: params.clone(),
            start: bound.initial.clone(),
            dt: 1.0,
            inputs: (0..STEPS)
                .map(|_| (0..inputs).map(|_| random.between(0.0, 2.0) * strength).collect())
                .collect(),
            events: (0..STEPS)
                .map(|_| {
                    (0..ports)
                        .map(|_| random.chance(20).then(|| random.between(0.0, 2.0)))
                        .collect()
                })
                .collect(),
            signal,
            losses: (0..STEPS)
                .map(|_| {
                    let states = bound.initial.iter().map(|_| random.between(-1.0, 1.0)).collect();
                    (states, random.between(-1.0, 1.0))
                })
                .collect(),
        };
        for step in 0..STEPS {
            let signal = course.signal[step];
            match column {
                Column::Input(input) => course.inputs[step][input] += 0.3 * strength * signal,
                Column::Weight(port, _) => {
                    course.events[step][port] = (signal != 0.0).then_some(3.0 * strength * signal)
                }
                Column::State(_) => return None,
            }
        }
        let spikes = forwards(model, &course).spikes.iter().filter(|spike| **spike).count();
        if spikes >= 5 {
            return Some(course);
        }
    }
    None
}

struct Trace {
    before: Vec<Vec<f64>>,
    counters: Vec<i64>,
    spikes: Vec<bool>,
}

fn drive(rig: &mut Rig<f64>, course: &Course, step: usize, first: usize) {
    for (input, &value) in course.inputs[step].iter().enumerate() {
        rig.set_input(first + input, value);
    }
    for (port, &weight) in course.events[step].iter().enumerate() {
        rig.set_weight(port, 0, weight);
    }
}

fn forwards(model: &Model, course: &Course) -> Trace {
    let mut rig = Rig::<f64>::new(&model.compiled().program);
    rig.bind(&course.params, course.dt).expect("defaults");
    for (state, &value) in course.start.iter().enumerate() {
        rig.set_state(state, value);
    }
    let (mut before, mut counters, mut spikes) = (vec![], vec![], vec![]);
    for step in 0..STEPS {
        before.push(rig.states());
        counters.push(rig.counter());
        drive(&mut rig, course, step, 0);
        spikes.push(rig.step());
    }
    Trace {
        before,
        counters,
        spikes,
    }
}

/// The gradient by the synapse's weight, backwards.
fn backwards(found: &Adjoint, course: &Course, trace: &Trace, column: Column) -> f64 {
    let (mut rig, map) = (Rig::<f64>::new(&found.program), &found.map);
    rig.bind(&course.params, course.dt).expect("defaults");
    let mut sum = 0.0;
    for step in (0..STEPS).rev() {
        for (at, &value) in trace.before[step].iter().enumerate() {
            rig.set_input(map.before[at], value);
            rig.set_input(map.loss[at], course.losses[step].0[at]);
        }
        rig.set_input(map.loss_spike.expect("a spike"), course.losses[step].1);
        drive(&mut rig, course, step, map.before.len());
        rig.set_counter(trace.counters[step]);
        rig.step();
        let state = match column {
            Column::Input(input) => map.inputs[input],
            Column::Weight(port, slot) => map.weights[port][slot],
            Column::State(_) => unreachable!("nothing feeds states"),
        };
        sum += rig.state(state) * course.signal[step];
    }
    sum
}

/// The same by traces, and whether shared traces are those of a neuron that was in other states.
fn by_traces(found: &Eligibility, course: &Course, trace: &Trace, column: Column) -> f64 {
    let (mut rig, map) = (Rig::<f64>::new(&found.program), &found.map);
    rig.bind(&course.params, course.dt).expect("defaults");
    let d = map.states;
    let mut traces = vec![0.0; d];
    let mut sum = 0.0;
    for step in 0..STEPS {
        for (at, &value) in trace.before[step].iter().enumerate() {
            rig.set_input(map.before[at], value);
        }
        drive(&mut rig, course, step, map.before.len());
        rig.set_counter(trace.counters[step]);
        rig.step();
        let value = |entry: Option<Entry>| entry.map_or(0.0, |entry| rig.state(entry.state));
        let row = |row: usize| {
            let old: f64 = (0..d)
                .map(|state| value(map.entry(row, Column::State(state))) * traces[state])
                .sum();
            old + value(map.entry(row, column)) * course.signal[step]
        };
        let new: Vec<f64> = (0..d).map(row).collect();
        sum += row(d) * course.losses[step].1;
        traces = new;
        sum += traces
            .iter()
            .zip(&course.losses[step].0)
            .map(|(trace, loss)| trace * loss)
            .sum::<f64>();
    }
    sum
}

#[test]
fn online_eprop_is_the_adjoint_with_edges_cut() {
    let mut random = Random(23);
    let mut compared = 0;
    for (name, model) in super::learning_models() {
        let compiled = model.compiled();
        if compiled.model.spike.is_none() {
            continue;
        }
        for rule in [Rule::Eprop, Rule::Bptt] {
            let options = AdjointOptions {
                rule,
                ..AdjointOptions::default()
            };
            let back = adjoint(compiled, &options).unwrap_or_else(|faults| panic!("{faults:?}"));
            let forth = eligibility(compiled, &options).unwrap_or_else(|faults| panic!("{faults:?}"));
            let columns = forth.map.columns().filter(|column| !matches!(column, Column::State(_)));
            for column in columns {
                let Some(course) = course(&model, column, &mut random) else {
                    println!("{name}: {column:?} makes no spikes");
                    continue;
                };
                let trace = forwards(&model, &course);
                let (a, b) = (
                    backwards(&back, &course, &trace, column),
                    by_traces(&forth, &course, &trace, column),
                );
                let error = (a - b).abs() / a.abs().max(1e-300);
                println!("{name}, {}, {column:?}: {error:.1e}", rule.name());
                // Sums of 300 terms of both signs; where they nearly cancel, so do the digits.
                assert!(
                    error <= 1e-12 || (a - b).abs() <= 1e-13,
                    "{name}, {column:?}: {a} and {b}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared >= 10, "only {compared} courses");
}

/// Names of the states that one trace for each presynaptic neuron is enough for.
fn shared(model: &Model, rule: Rule, column: Column) -> Vec<String> {
    let options = AdjointOptions {
        rule,
        ..AdjointOptions::default()
    };
    let found = eligibility(model.compiled(), &options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let map: &EligibilityMap = &found.map;
    let names = model.signature().states.iter().map(|state| state.name.clone());
    names
        .zip(map.shared(column))
        .filter(|(_, shared)| *shared)
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn traces_are_shared_where_no_spike_changes_them() {
    let alif = support::shipped("alif.alif");
    assert_eq!(shared(&alif, Rule::Eprop, Column::Input(0)), ["V"]);
    assert_eq!(shared(&alif, Rule::Eprop, Column::Weight(0, 0)), ["V"]);
    // The reset is part of the Jacobian.
    assert!(shared(&alif, Rule::Bptt, Column::Input(0)).is_empty());
    let lif = support::shipped("lif_bellec_discrete.alif");
    assert_eq!(shared(&lif, Rule::Eprop, Column::Weight(0, 0)), ["v"]);
    let current = support::model(
        "model Current {
            state V = 0; state I = 0; input syn : event;
            10 ms * dV/dt = -V + I;
            5 ms * dI/dt = -I;
            on syn(w) { I += w; }
            spike when V > 1 { V -= 1; }
            learn { surrogate relu_grad(V - 1); detach V; }
        }",
    );
    assert_eq!(shared(&current, Rule::Eprop, Column::Weight(0, 0)), ["V", "I"]);
    assert_eq!(shared(&current, Rule::Bptt, Column::Weight(0, 0)), ["I"]);
}

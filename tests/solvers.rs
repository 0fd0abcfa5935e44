//! Do the solvers of nonlinear equations have their orders, and do they what the language says of held states, spikes and events?

mod adaptive;
mod convergence;
mod driven;
mod plan;
mod robust;

use alif::prelude::*;

/// A model solved in one way, or as the plan has it.
fn solved(text: &str, solver: Option<Solver>) -> Model {
    let loader = Model::loader();
    let loader = match solver {
        Some(solver) => loader.solver(solver),
        None => loader,
    };
    loader.text(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A state after some steps of one neuron in double precision.
fn after(model: &Model, state: &str, dt: f64, steps: u64) -> f64 {
    let recording = trace(model, &[state], dt, steps);
    *recording.traces[0].values.last().expect("a step")
}

/// The course of states of one neuron in double precision.
fn trace(model: &Model, states: &[&str], dt: f64, steps: u64) -> Recording {
    trace_in(Precision::F64, model, states, dt, steps)
}

/// The course of states of one neuron.
fn trace_in(precision: Precision, model: &Model, states: &[&str], dt: f64, steps: u64) -> Recording {
    let mut builder = model.population(1).dt(dt).precision(precision).record_spikes();
    for state in states {
        builder = builder.record(Monitor::of(*state));
    }
    builder
        .build()
        .and_then(|mut population| population.run(steps))
        .unwrap_or_else(|error| panic!("{error}"))
}

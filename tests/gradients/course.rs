//! Backpropagation through a whole course, by hand: forwards with everything kept, then backwards.

use std::sync::Arc;

use alif::{AdjointOptions, Engine, Model, Neuron};
use alif_compiler::adjoint::adjoint;
use alif_compiler::backend::cranelift::{JitOptions, compile};
use alif_compiler::ir::Program;
use alif_core::adjoint::AdjointMap;

use super::rig::Rig;

/// One neuron through some steps.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// Parameters in the coherent set.
    pub(crate) params: Vec<f64>,
    pub(crate) dt: f64,
    pub(crate) start: Vec<f64>,
    /// For each step, the inputs.
    pub(crate) inputs: Vec<Vec<f64>>,
}

/// What a course leaves behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trace {
    /// For each step, the states before it.
    pub(crate) before: Vec<Vec<f64>>,
    /// For each step, the states after it.
    pub(crate) after: Vec<Vec<f64>>,
    pub(crate) counters: Vec<i64>,
    pub(crate) spikes: Vec<bool>,
}

/// Gradients of a loss that is a sum over steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Gradients {
    /// For each step, by the inputs.
    pub(crate) inputs: Vec<Vec<f64>>,
    pub(crate) start: Vec<f64>,
    /// For each parameter that has one, by number.
    pub(crate) params: Vec<(usize, f64)>,
}

/// A neuron of a program in double precision with an engine.
pub(crate) fn rig(program: &Program, engine: Engine) -> Rig<f64> {
    let rig = Rig::new(program);
    match engine {
        Engine::Interpreter => rig,
        Engine::Compiled => rig.with_kernel(|program, specialization| {
            let options = JitOptions::default();
            Arc::new(compile::<f64>(program, specialization, options).unwrap_or_else(|error| panic!("{error}")))
        }),
    }
}

/// Runs a course.
pub(crate) fn forwards(model: &Model, course: &Course, engine: Engine) -> Trace {
    let mut rig = rig(&model.compiled().program, engine);
    rig.bind(&course.params, course.dt)
        .unwrap_or_else(|error| panic!("{}", error.message(&Neuron::signature(model))));
    for (state, &value) in course.start.iter().enumerate() {
        rig.set_state(state, value);
    }
    let mut trace = Trace::default();
    for inputs in &course.inputs {
        trace.before.push(rig.states());
        trace.counters.push(rig.counter());
        for (input, &value) in inputs.iter().enumerate() {
            rig.set_input(input, value);
        }
        trace.spikes.push(rig.step());
        trace.after.push(rig.states());
    }
    trace
}

/// Goes back through a course, with `dL/dx` of the states after each step and `dL/dz` of its spike.
pub(crate) fn backwards(
    model: &Model,
    options: &AdjointOptions,
    course: &Course,
    trace: &Trace,
    loss: impl Fn(usize) -> (Vec<f64>, f64),
    engine: Engine,
) -> Gradients {
    let found = adjoint(model.compiled(), options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let map: &AdjointMap = &found.map;
    let mut rig = rig(&found.program, engine);
    rig.bind(&course.params, course.dt)
        .expect("the parameters were bound before");
    let steps = course.inputs.len();
    let mut gradients = Gradients {
        inputs: vec![vec![]; steps],
        ..Gradients::default()
    };
    for step in (0..steps).rev() {
        let (states, spike) = loss(step);
        for (at, &value) in trace.before[step].iter().enumerate() {
            rig.set_input(map.before[at], value);
            rig.set_input(map.loss[at], states[at]);
        }
        for (at, &value) in course.inputs[step].iter().enumerate() {
            rig.set_input(map.drives[at], value);
        }
        rig.set_input(map.loss_spike.expect("a spike"), spike);
        rig.set_counter(trace.counters[step]);
        rig.step();
        gradients.inputs[step] = map.inputs.iter().map(|&state| rig.state(state)).collect();
    }
    gradients.start = map.states.iter().map(|&state| rig.state(state)).collect();
    gradients.params = map.params.iter().map(|g| (g.param, rig.state(g.state))).collect();
    gradients
}

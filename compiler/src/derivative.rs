//! The right-hand sides of equations as numbers, for whoever wants to look at them.

use crate::ids::StateId;
use crate::model::Model;
use crate::symbolic::{Environment, Graph, Node};

/// The right-hand side of a state's equation over the factor of its derivative, at these values of the coherent set, in double precision,
/// with noise taken as 0. Nothing for a state without equation.
#[must_use]
pub fn derivative(
    model: &Model,
    state: usize,
    dt: f64,
    params: &[f64],
    states: &[f64],
    inputs: &[f64],
    time: f64,
) -> Option<f64> {
    let equation = model.states[state].equation.as_ref()?;
    let mut graph = Graph::new();
    let environment = Environment::start_of_step(&mut graph, states.len());
    let mut slope = graph.build(model, equation.rhs, &environment);
    if let Some(left) = equation.left {
        let left = graph.build(model, left, &environment);
        slope = graph.div(slope, left);
    }
    let mut numbers = |values: &[f64]| -> Vec<_> { values.iter().map(|&value| graph.number(value)).collect() };
    let (params, states, inputs) = (numbers(params), numbers(states), numbers(inputs));
    let (dt, time, zero) = (graph.number(dt), graph.number(time), graph.number(0.0));
    let slope = graph.substitute(slope, |leaf| match leaf {
        Node::Param(p) => params.get(p.index()).copied(),
        Node::State(s) => states.get(StateId::index(*s)).copied(),
        Node::Input(i) => inputs.get(i.index()).copied(),
        Node::Dt => Some(dt),
        Node::Time(_) => Some(time),
        Node::Noise(_) => Some(zero),
        _ => None,
    });
    graph.number_of(slope)
}

//! Exponential methods that take each state's own slope into the exponent.
//!
//! For `dx/dt = f(x, y)` the change in a step is `h φ(h ∂f/∂x) f(x, y)` with φ(z) = (eᶻ − 1)/z: the exact one where f is affine in x
//! and y stands still. Only the diagonal of the Jacobian is used. It is where the stiffness of neuron models lies (a conductance acts on
//! its own membrane, a gate on itself); a full matrix would need its exponential in each step, and would let a state that runs away to
//! a spike spoil the others.
//!
//! The time is to an equation what another state is to it: one of slope 1, known wherever it is read.
//!
//! With y as it is at the start this is the exponential Euler method, order 1. With y in the middle of the step, predicted by half a
//! step of the former, it is of order 2: x + h f + h²/2 (f_x f + f_y g) + O(h³). Where f is affine in x that is the exponential
//! midpoint rule (Magnus integrator of order 2; Hochbruck & Ostermann 2010, Acta Numerica 19:209–286,
//! doi:10.1017/S0962492910000048), else an exponential Rosenbrock method, since f is linearised at the start.

use crate::functions::Function;
use crate::ids::NodeId;
use crate::symbolic::{Graph, Node};
use crate::update::Approximate;

use super::stage::{Fraction, Stages};

/// ∂f/∂x of each equation in its own state, times the factor of the derivative.
fn slopes(graph: &mut Graph, equations: &[Approximate]) -> Vec<NodeId> {
    equations
        .iter()
        .map(|equation| {
            let own = graph.add_node(Node::State(equation.state));
            graph.slope(equation.rhs, own)
        })
        .collect()
}

/// One step with the other states as they start.
pub(super) fn euler(stages: &mut Stages<'_>) -> Vec<NodeId> {
    let slopes = slopes(stages.graph, stages.equations);
    let now = stages.start.now;
    (0..stages.equations.len())
        .map(|i| {
            let value = moved(stages, i, 1.0, slopes[i], now, (0, 1));
            stages.reached(i, value)
        })
        .collect()
}

/// One step with the other states as they are in the middle of it.
pub(super) fn midpoint(stages: &mut Stages<'_>) -> Vec<NodeId> {
    let slopes = slopes(stages.graph, stages.equations);
    let n = stages.equations.len();
    let now = stages.start.now;
    let mut middle = stages.start.half.to_vec();
    for i in 0..n {
        let value = moved(stages, i, 0.5, slopes[i], now, (0, 1));
        middle[stages.equations[i].state.index()] = stages.seen(i, value);
    }
    (0..n)
        .map(|i| {
            let own = stages.equations[i].state.index();
            let mut values = middle.clone();
            values[own] = now[own];
            let value = moved(stages, i, 1.0, slopes[i], &values, (1, 2));
            stages.reached(i, value)
        })
        .collect()
}

/// `x + c h φ(c h ∂f/∂x) f` with f and its slope at these values, in which the equation's own state is as it starts, and at the time
/// after this part of the step.
fn moved(
    stages: &mut Stages<'_>,
    equation: usize,
    fraction: f64,
    slope: NodeId,
    values: &[NodeId],
    elapsed: Fraction,
) -> NodeId {
    let h = stages.h(equation, fraction);
    let slope = stages.at(slope, values, elapsed);
    let rhs = stages.rhs(equation, values, elapsed);
    let own = stages.own(equation);
    let graph = &mut *stages.graph;
    let exponent = graph.mul(h, slope);
    let phi = graph.call(Function::Exprel, vec![exponent]);
    let weight = graph.mul(h, phi);
    let change = graph.mul(weight, rhs);
    graph.add(own, change)
}

//! Warnings that need the symbolic model.

use std::collections::BTreeMap;

use alif_grammar::{Code, Diagnostic};

use crate::ids::{NodeId, ParamId, StateId};
use crate::model::{CompareOp, ExprKind, Model, OnBlock};
use crate::symbolic::{Environment, Graph, Node};

/// The time step of a guess, in ms.
const USUAL_TIME_STEP: f64 = 0.1;

/// Everything worth a warning, and defaults that cannot be used.
pub(super) fn lints(model: &Model, graph: &mut Graph) -> Vec<Diagnostic> {
    let mut found = unusable_defaults(model, graph);
    found.extend(still_true_after_reset(model, graph));
    for on in &model.on_blocks {
        if !is_affine(model, graph, on) {
            let port = &model.ports[on.port.index()].name;
            let message = format!("what an event of `{port}` does is not affine in its weight");
            found.push(Diagnostic::new(Code::OnBlockNotAffine, on.span, message).help(
                "the block runs once an event instead of once with the sum of the weights: the order of events matters",
            ));
        }
    }
    found
}

/// Whether running an `on` block once with the sum of the weights is the same as running it with each.
pub(crate) fn is_affine(model: &Model, graph: &mut Graph, on: &OnBlock) -> bool {
    let mut environment = Environment::start_of_step(graph, model.states.len());
    let weight = environment.weight;
    for assign in &on.body {
        let value = graph.build(model, assign.value, &environment);
        environment.states[assign.target.index()] = value;
    }
    environment.states.clone().into_iter().all(|state| {
        let slope = graph.derivative(state, weight);
        !graph.contains(slope, &Node::Weight) && !graph.jumps(state, weight)
    })
}

/// The value of an expression with the parameters at their defaults; what has none stays as it is.
struct Defaults {
    params: BTreeMap<ParamId, NodeId>,
    states: BTreeMap<StateId, NodeId>,
    dt: Option<NodeId>,
}

impl Defaults {
    /// Parameters, then initial values, with a time step or without.
    fn of(model: &Model, graph: &mut Graph, dt: Option<f64>) -> Self {
        let environment = Environment::start_of_step(graph, model.states.len());
        let mut defaults = Self {
            params: BTreeMap::new(),
            states: BTreeMap::new(),
            dt: dt.map(|dt| graph.number(dt)),
        };
        for &id in &model.param_order {
            let Some(default) = model.params[id.index()].default else {
                continue;
            };
            let node = graph.build(model, default, &environment);
            let value = defaults.fold(graph, node);
            defaults.params.insert(id, value);
        }
        for &id in &model.state_order {
            let value = match model.states[id.index()].initial {
                Some(initial) => {
                    let node = graph.build(model, initial, &environment);
                    defaults.fold(graph, node)
                }
                None => graph.number(0.0),
            };
            defaults.states.insert(id, value);
        }
        defaults
    }

    fn fold(&self, graph: &mut Graph, node: NodeId) -> NodeId {
        let zero = graph.number(0.0);
        graph.substitute(node, |leaf| match leaf {
            Node::Param(p) => self.params.get(p).copied(),
            Node::State(s) => self.states.get(s).copied(),
            Node::Input(_) => Some(zero),
            Node::Dt => self.dt,
            _ => None,
        })
    }

    /// The default of a parameter.
    fn number(&self, graph: &Graph, param: ParamId) -> Option<f64> {
        self.params.get(&param).and_then(|value| graph.number_of(*value))
    }
}

/// Defaults that are not finite, break their own condition or an assertion, or make a factor of a derivative zero; whatever the
/// time step will be.
fn unusable_defaults(model: &Model, graph: &mut Graph) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let defaults = Defaults::of(model, graph, None);
    let environment = Environment::start_of_step(graph, model.states.len());
    for (index, param) in model.params.iter().enumerate() {
        let value = defaults.number(graph, ParamId::new(index));
        let (Some(value), Some(default)) = (value, param.default) else {
            continue;
        };
        let span = model.expr(default).span;
        if !value.is_finite() {
            let message = format!("the default of `{}` is {value}", param.name);
            found.push(Diagnostic::new(Code::NumberRange, span, message));
            continue;
        }
        if let (Some(condition), Some(text)) = (param.condition, &param.condition_text) {
            let node = graph.build(model, condition, &environment);
            let node = defaults.fold(graph, node);
            if *graph.node(node) == Node::Truth(false) {
                let message = format!(
                    "the default of `{}`, {}, does not meet its condition `{text}`",
                    param.name,
                    param.unit.show(value)
                );
                found.push(
                    Diagnostic::new(Code::ParameterRange, span, message)
                        .also(model.expr(condition).span, "the condition"),
                );
            }
        }
    }
    found.extend(failing_asserts(model, graph, &defaults));
    for state in &model.states {
        let Some((left, equation)) = state.equation.as_ref().and_then(|e| Some((e.left?, e))) else {
            continue;
        };
        let node = graph.build(model, left, &environment);
        let node = defaults.fold(graph, node);
        if graph.number_of(node) == Some(0.0) {
            let message = format!(
                "at the defaults the derivative of `{}` is multiplied with zero",
                state.name
            );
            found.push(
                Diagnostic::new(Code::LeftFactor, model.expr(left).span, message)
                    .also(equation.span, "in this equation")
                    .help("a time constant is above zero: `param tau = 20 ms where tau > 0 ms;`"),
            );
        }
    }
    found
}

/// Assertions that the defaults break.
fn failing_asserts(model: &Model, graph: &mut Graph, defaults: &Defaults) -> Vec<Diagnostic> {
    let environment = Environment::start_of_step(graph, model.states.len());
    let mut found = Vec::new();
    for assert in &model.asserts {
        let condition = graph.build(model, assert.condition, &environment);
        let folded = defaults.fold(graph, condition);
        if *graph.node(folded) != Node::Truth(false) {
            continue;
        }
        let message = format!("at the defaults, `{}` does not hold", assert.text);
        let mut diagnostic = Diagnostic::new(Code::ParameterRange, model.expr(assert.condition).span, message);
        for (index, param) in model.params.iter().enumerate() {
            let id = ParamId::new(index);
            if graph.contains(condition, &Node::Param(id))
                && let Some(value) = defaults.number(graph, id)
            {
                diagnostic = diagnostic.also(param.span, format!("this is {}", param.unit.show(value)));
            }
        }
        found.push(diagnostic);
    }
    found
}

/// A value for a message: to a grain, and to seven digits.
fn rounded(value: f64, grain: f64) -> f64 {
    let coarse = (value / grain).round() * grain;
    format!("{coarse:.6e}").parse().unwrap_or(value)
}

/// W0701: at the defaults the neuron that has just crossed its threshold is still beyond it after the reset.
///
/// The crossing is found where the two sides of the first comparison are equal, as a function of the one state that stands
/// alone on a side; other states are at their initial values.
fn still_true_after_reset(model: &Model, graph: &mut Graph) -> Option<Diagnostic> {
    let spike = model.spike.as_ref().filter(|spike| !spike.rising)?;
    let ExprKind::Compare(op, left, right) = model.expr(spike.condition).kind else {
        return None;
    };
    let (crossing, other, rising) = match (&model.expr(left).kind, &model.expr(right).kind) {
        (ExprKind::State(s), _) => (*s, right, matches!(op, CompareOp::Gt | CompareOp::Ge)),
        (_, ExprKind::State(s)) => (*s, left, matches!(op, CompareOp::Lt | CompareOp::Le)),
        _ => return None,
    };
    let mut defaults = Defaults::of(model, graph, Some(USUAL_TIME_STEP));
    let environment = Environment::start_of_step(graph, model.states.len());
    let threshold = graph.build(model, other, &environment);
    if graph.contains(threshold, &Node::State(crossing)) {
        return None;
    }
    let folded = defaults.fold(graph, threshold);
    let threshold = graph.number_of(folded)?;
    // A little beyond the threshold, so that `>` holds too.
    let nudge = 1e-9 * threshold.abs().max(1.0);
    let start = if rising { threshold + nudge } else { threshold - nudge };
    let start = graph.number(start);
    defaults.states.insert(crossing, start);
    let mut after = environment.clone();
    for assign in &spike.body {
        after.states[assign.target.index()] = graph.build(model, assign.value, &after);
    }
    // The next test compares with `prev` what the reset has left behind.
    let mut next = after.clone();
    next.previous = next.states.clone();
    let condition = graph.build(model, spike.condition, &next);
    let condition = defaults.fold(graph, condition);
    if *graph.node(condition) != Node::Truth(true) {
        return None;
    }
    let value = defaults.fold(graph, after.states[crossing.index()]);
    let value = graph.number_of(value)?;
    let state = &model.states[crossing.index()];
    let message = format!(
        "at the defaults the spike condition `{}` is still true after the reset: `{}` goes from {} to {}",
        spike.text,
        state.name,
        state.unit.show(threshold),
        state.unit.show(rounded(value, 1e3 * nudge)),
    );
    Some(
        Diagnostic::new(Code::StillTrueAfterReset, spike.span, message).help(
            "the neuron will fire in every step; should the reset set the membrane potential, as in `V = V_reset`?",
        ),
    )
}

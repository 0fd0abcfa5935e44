//! The values that follow from the defaults of parameters, and defaults that cannot be used.

use std::collections::BTreeMap;

use alif_grammar::{Code, Diagnostic};

use crate::ids::{NodeId, ParamId, StateId};
use crate::model::Model;
use crate::symbolic::{Environment, Graph, Node};

/// The time step of a guess, in ms.
pub(super) const USUAL_TIME_STEP: f64 = 0.1;

/// The value of an expression with the parameters at their defaults; what has none stays as it is.
pub(super) struct Defaults {
    params: BTreeMap<ParamId, NodeId>,
    pub(super) states: BTreeMap<StateId, NodeId>,
    dt: Option<NodeId>,
}

impl Defaults {
    /// Parameters, then initial values, with a time step or without.
    pub(super) fn of(model: &Model, graph: &mut Graph, dt: Option<f64>) -> Self {
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

    pub(super) fn fold(&self, graph: &mut Graph, node: NodeId) -> NodeId {
        let zero = graph.number(0.0);
        graph.substitute(node, |leaf| match leaf {
            Node::Param(p) => self.params.get(p).copied(),
            Node::State(s) => self.states.get(s).copied(),
            Node::Input(_) => Some(zero),
            Node::Dt => self.dt,
            _ => None,
        })
    }

    /// The number that a node comes to, if the defaults make it one.
    pub(super) fn number_of(&self, graph: &mut Graph, node: NodeId) -> Option<f64> {
        let folded = self.fold(graph, node);
        graph.number_of(folded)
    }

    /// The default of a parameter.
    fn number(&self, graph: &Graph, param: ParamId) -> Option<f64> {
        self.params.get(&param).and_then(|value| graph.number_of(*value))
    }
}

/// Defaults that are not finite, break their own condition or an assertion, or make a factor of a derivative zero; whatever the
/// time step will be.
pub(super) fn unusable_defaults(model: &Model, graph: &mut Graph) -> Vec<Diagnostic> {
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
        let Some(factor) = defaults.number_of(graph, node) else {
            continue;
        };
        let asserted = model
            .asserts
            .iter()
            .any(|assert| model.expr(assert.condition).span == model.expr(left).span);
        if factor == 0.0 && !asserted {
            let message = format!(
                "at the defaults the derivative of `{}` is multiplied with zero",
                state.name
            );
            found.push(
                Diagnostic::new(Code::LeftFactor, model.expr(left).span, message)
                    .also(equation.span, "in this equation")
                    .help("a time constant is above zero: `param tau = 20 ms where tau > 0 ms;`"),
            );
        } else if factor != 0.0 && !(1.0 / factor).is_finite() {
            let factor_text = graph.text(node, model);
            let message = format!(
                "at the defaults `dt / {factor_text}` does not fit in a 64-bit float: `{factor_text}` is {factor:e} in the coherent unit"
            );
            found.push(
                Diagnostic::new(Code::NumberRange, model.expr(left).span, message)
                    .also(equation.span, "in this equation"),
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

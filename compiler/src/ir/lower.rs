//! From the derived update to the step program, in the order of LANGUAGE §3: events, integration, test, reset, counter.

use alif_core::{Layout, Port};

use crate::derive::is_affine;
use crate::ids::{NodeId, ParamId, StateId};
use crate::model::{CompareOp, ExprKind, Model};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::Update;

use super::Program;
use super::builder::Section;
use super::prepare::{Lowered, lower_prepare};
use super::step::{StepLeaves, StepLowering};
use super::trace::{Trace, Traced};

/// What one may ask of a program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Options {
    /// For each event port, how many events a neuron can receive in one step; missing entries mean 1. Only ports whose
    /// blocks are not affine in the weight look at it: the others receive the sum.
    pub slots: Vec<usize>,
}

/// Lowers a model and its update to a program.
#[must_use]
pub fn lower(model: &Model, update: &Update, options: &Options) -> Program {
    lower_with(model, update, options, None).program
}

/// As [`lower`], and notes on the way what gradients need to know, if there is a `trace` to take it.
pub(super) fn lower_with(model: &Model, update: &Update, options: &Options, trace: Option<Trace>) -> Traced {
    let mut graph = update.graph.clone();
    let affine: Vec<bool> = model
        .on_blocks
        .iter()
        .map(|on| is_affine(model, &mut graph, on))
        .collect();
    let ports: Vec<Port> = (0..model.ports.len())
        .map(|port| port_layout(model, &mut graph, port, &affine, options))
        .collect();
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    graph.keeps_detach = trace.is_some();
    let mut step = StepLowering {
        model,
        update,
        graph,
        section: Section::new(trace.is_some()),
        leaves: StepLeaves::new(model.inputs.len()),
        environment,
        ports,
        affine,
        held: None,
        repeats: vec![],
        loops: vec![],
        notes: vec![],
        draws: vec![],
        trace,
    };
    let result = step.run();
    let observe = step.observe();
    let StepLowering {
        mut graph,
        section,
        leaves,
        ports,
        draws,
        trace,
        ..
    } = step;
    let Lowered { defaults, mut prepare } = lower_prepare(model, update, &mut graph, &leaves.sources, None);
    for (coefficient, source) in prepare.coefficients.iter_mut().zip(&leaves.sources) {
        coefficient.may_be_nan = leaves.may_be_nan(source);
    }
    let mut input_names: Vec<String> = model.inputs.iter().map(|i| i.name.clone()).collect();
    if model.reads_time() {
        // No model can have inputs of these names: `t` is reserved.
        input_names.extend(["t_before".to_owned(), "t".to_owned()]);
    }
    if !draws.is_empty() {
        input_names.push("neuron".to_owned());
        for draw in &draws {
            let of = format!("key {} {}", draw.stream, draw.number);
            input_names.extend([of.clone(), format!("other {of}")]);
        }
    }
    let inputs = input_names.len();
    let mut insts = section.insts;
    let spike = insts.split_off(result.boundary);
    let program = Program {
        name: model.name.clone(),
        param_names: model.params.iter().map(|p| p.name.clone()).collect(),
        state_names: model.states.iter().map(|s| s.name.clone()).collect(),
        input_names,
        port_names: model.ports.iter().map(|p| p.name.clone()).collect(),
        defaults,
        layout: Layout {
            states: model.states.len(),
            counter: result.counter.is_some(),
            coefficients: prepare.coefficients.len(),
            inputs,
            draws,
            ports,
            spikes: result.spikes.is_some(),
        },
        prepare,
        step: insts,
        spike,
        states: result.states,
        before: result.before,
        counter: result.counter,
        spikes: result.spikes,
        observe,
        repeats: result.repeats,
        loops: result.loops,
        notes: result.notes,
    };
    Traced {
        program,
        graph,
        sources: leaves.sources,
        trace: trace.unwrap_or_default(),
        detached: section.detached.unwrap_or_default(),
    }
}

/// The arrays that a port needs.
fn port_layout(model: &Model, graph: &mut Graph, port: usize, affine: &[bool], options: &Options) -> Port {
    let blocks = || {
        model
            .on_blocks
            .iter()
            .zip(affine)
            .filter(|(on, _)| on.port.index() == port)
    };
    let sum = blocks().any(|(_, affine)| *affine);
    let each = blocks().any(|(_, affine)| !affine);
    let arrival = blocks().any(|(on, _)| {
        let mut environment = Environment::start_of_step(graph, model.states.len());
        let weight = environment.weight;
        for assign in &on.body {
            let value = graph.build(model, assign.value, &environment);
            environment.states[assign.target.index()] = value;
        }
        let start = Environment::start_of_step(graph, model.states.len());
        let mut pairs = environment.states.iter().zip(&start.states);
        !pairs.all(|(new, old)| unchanged_by_nothing(graph, *new, *old, weight))
    });
    Port::with_events(&options.slots, port, sum, each, arrival)
}

/// Whether `new` is surely `old` where the weight is zero because nothing arrived: `old + c * w` with a finite constant `c`. A
/// weight over a state is not (0 / 0), and neither is one times a state (0 * infinity).
fn unchanged_by_nothing(graph: &Graph, new: NodeId, old: NodeId, weight: NodeId) -> bool {
    let vanishes = |node: NodeId| vanishes_with(graph, node, weight);
    match graph.node(new) {
        _ if new == old => true,
        Node::Add(a, b) => {
            (unchanged_by_nothing(graph, *a, old, weight) && vanishes(*b))
                || (vanishes(*a) && unchanged_by_nothing(graph, *b, old, weight))
        }
        Node::Sub(a, b) => unchanged_by_nothing(graph, *a, old, weight) && vanishes(*b),
        _ => false,
    }
}

/// Whether a node is surely zero where the weight is. The expression is as deep as a block of the text is.
fn vanishes_with(graph: &Graph, node: NodeId, weight: NodeId) -> bool {
    let constant = |node: NodeId| graph.uses(node).is_constant();
    match graph.node(node) {
        _ if node == weight => true,
        Node::Neg(a) => vanishes_with(graph, *a, weight),
        Node::Mul(a, b) => {
            (vanishes_with(graph, *a, weight) && constant(*b)) || (constant(*a) && vanishes_with(graph, *b, weight))
        }
        Node::Div(a, b) => {
            vanishes_with(graph, *a, weight) && graph.number_of(*b).is_some_and(|b| b != 0.0 && b.is_finite())
        }
        _ => false,
    }
}

/// The name under which the threshold can be recorded where the model has not taken it.
pub const THRESHOLD: &str = "threshold";

/// The state that the spike condition compares, and the expression it is compared with.
#[must_use]
pub fn spike_comparison(model: &Model) -> Option<(StateId, crate::ids::ExprId)> {
    let spike = model.spike.as_ref()?;
    let ExprKind::Compare(op, left, right) = model.expr(spike.condition).kind else {
        return None;
    };
    match (op, &model.expr(left).kind, &model.expr(right).kind) {
        (CompareOp::Gt | CompareOp::Ge, ExprKind::State(s), _) => Some((*s, right)),
        (CompareOp::Lt | CompareOp::Le, _, ExprKind::State(s)) => Some((*s, left)),
        _ => None,
    }
}

/// Parameters that a node depends on, in the order of their ids.
pub(super) fn params_of(graph: &Graph, root: NodeId) -> Vec<ParamId> {
    let mut params: Vec<ParamId> = graph
        .reachable(&[root])
        .into_iter()
        .filter_map(|id| match graph.node(id) {
            Node::Param(p) => Some(*p),
            _ => None,
        })
        .collect();
    params.sort_unstable();
    params
}

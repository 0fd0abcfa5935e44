//! From the derived update to the step program, in the order of LANGUAGE §3: events, integration, test, reset, counter.

use alif_core::{Layout, Port};

use crate::derive::is_affine;
use crate::ids::{NodeId, ParamId, StateId};
use crate::model::{CompareOp, ExprKind, Model, OnBlock};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::Update;

use super::Program;
use super::builder::Section;
use super::prepare::lower_prepare;
use super::step::{StepLeaves, StepLowering};

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
    let mut graph = update.graph.clone();
    let (ports, summed): (Vec<Port>, Vec<bool>) = (0..model.ports.len())
        .map(|port| port_layout(model, &mut graph, port, options))
        .unzip();
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    let mut step = StepLowering {
        model,
        update,
        graph,
        section: Section::default(),
        leaves: StepLeaves::default(),
        environment,
        ports,
        held: None,
    };
    let result = step.run();
    let observe = step.observe();
    let StepLowering {
        graph,
        section,
        leaves,
        ports,
        ..
    } = step;
    let (defaults, mut prepare) = lower_prepare(model, update, graph, &leaves.sources);
    for (coefficient, source) in prepare.coefficients.iter_mut().zip(&leaves.sources) {
        coefficient.may_be_nan = leaves.may_be_nan(source);
    }
    let mut insts = section.insts;
    let spike = insts.split_off(result.boundary);
    Program {
        name: model.name.clone(),
        param_names: model.params.iter().map(|p| p.name.clone()).collect(),
        state_names: model.states.iter().map(|s| s.name.clone()).collect(),
        input_names: model.inputs.iter().map(|i| i.name.clone()).collect(),
        port_names: model.ports.iter().map(|p| p.name.clone()).collect(),
        defaults,
        layout: Layout {
            states: model.states.len(),
            counter: result.counter.is_some(),
            coefficients: prepare.coefficients.len(),
            inputs: model.inputs.len(),
            ports,
            spikes: result.spikes.is_some(),
        },
        prepare,
        summed,
        step: insts,
        spike,
        states: result.states,
        counter: result.counter,
        spikes: result.spikes,
        observe,
    }
}

/// The arrays that a port needs, and whether its blocks run once with the sum of the weights.
fn port_layout(model: &Model, graph: &mut Graph, port: usize, options: &Options) -> (Port, bool) {
    let blocks: Vec<&OnBlock> = model.on_blocks.iter().filter(|on| on.port.index() == port).collect();
    let affine = blocks.iter().all(|on| is_affine(model, graph, on));
    let arrival = blocks.iter().any(|on| {
        let mut environment = Environment::start_of_step(graph, model.states.len());
        environment.weight = graph.number(0.0);
        let before = environment.states.clone();
        for assign in &on.body {
            let value = graph.build(model, assign.value, &environment);
            environment.states[assign.target.index()] = value;
        }
        environment.states != before
    });
    let slots = if affine {
        1
    } else {
        options.slots.get(port).copied().unwrap_or(1).max(1)
    };
    (Port { slots, arrival }, affine)
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

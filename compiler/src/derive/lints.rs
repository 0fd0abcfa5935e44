//! Warnings that need the symbolic model.

use alif_grammar::{Code, Diagnostic, Severity};

use super::defaults::{Defaults, USUAL_TIME_STEP, unusable_defaults};
use super::rates;
use crate::ids::{ExprId, StateId};
use crate::model::{CompareOp, ExprKind, Model, OnBlock};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::Update;

/// Everything worth a warning, and defaults that cannot be used.
pub(super) fn lints(model: &Model, update: &mut Update) -> Vec<Diagnostic> {
    let mut found = unusable_defaults(model, &mut update.graph);
    // What follows from defaults that cannot be used needs no words of its own.
    if found.iter().any(|d| d.severity() == Severity::Error) {
        return found;
    }
    found.extend(rates::lints(model, update));
    let graph = &mut update.graph;
    // A spike that never comes, or that resets nothing, needs no second word.
    if found.iter().all(|d| d.code != Code::ThresholdOutOfReach) {
        found.extend(no_reset(model, graph).or_else(|| still_true_after_reset(model, graph)));
    }
    found.extend(discarded(model));
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

/// What events do to held states during the refractory period is lost.
fn discarded(model: &Model) -> Vec<Diagnostic> {
    let Some(refractory) = &model.refractory else {
        return vec![];
    };
    let mut found = Vec::new();
    for on in model
        .on_blocks
        .iter()
        .filter(|on| !refractory.accept.contains(&on.port))
    {
        let held = on.body.iter().find(|assign| refractory.hold.contains(&assign.target));
        let Some(assign) = held else {
            continue;
        };
        let (port, state) = (
            &model.ports[on.port.index()].name,
            &model.states[assign.target.index()].name,
        );
        let message =
            format!("events of `{port}` that arrive in the refractory period are lost to `{state}`, which is held");
        found.push(
            Diagnostic::new(Code::DiscardedEvent, assign.span, message)
                .also(refractory.span, "held here")
                .help(format!("`accept {port}` behind `hold` lets them through")),
        );
    }
    found
}

/// A spike that changes nothing that its condition reads.
fn no_reset(model: &Model, graph: &mut Graph) -> Option<Diagnostic> {
    let spike = model.spike.as_ref().filter(|spike| !spike.rising && !spike.by_rate)?;
    if model.refractory.is_some() {
        return None;
    }
    let environment = Environment::start_of_step(graph, model.states.len());
    let condition = graph.build(model, spike.condition, &environment);
    let tested: Vec<StateId> = graph
        .reachable(&[condition])
        .into_iter()
        .filter_map(|node| match graph.node(node) {
            Node::State(state) => Some(*state),
            _ => None,
        })
        .collect();
    let events = model.events.iter().flat_map(|event| &event.body);
    let mut written = spike.body.iter().chain(events).map(|assign| assign.target);
    if tested.is_empty() || written.any(|state| tested.contains(&state)) {
        return None;
    }
    let message = format!(
        "the spike changes nothing that its condition `{}` reads, so it comes again in every step in which that holds",
        spike.text
    );
    Some(Diagnostic::new(Code::NoReset, spike.span, message).help(
        "let the block reset a state, as in `V = V_reset;`, write `when rising`, or give the model a refractory period",
    ))
}

/// A condition that compares one state, alone on its side, with a threshold.
pub(super) struct Crossing {
    pub(super) state: StateId,
    pub(super) threshold: ExprId,
    /// Whether the state must be above.
    pub(super) upwards: bool,
    /// Whether being equal is enough.
    pub(super) equal: bool,
}

impl Crossing {
    /// The crossing that the spike condition asks for.
    pub(super) fn of(model: &Model) -> Option<Self> {
        let ExprKind::Compare(op, left, right) = model.expr(model.spike.as_ref()?.condition).kind else {
            return None;
        };
        let (state, threshold, upwards) = match (&model.expr(left).kind, &model.expr(right).kind) {
            (ExprKind::State(s), _) => (*s, right, matches!(op, CompareOp::Gt | CompareOp::Ge)),
            (_, ExprKind::State(s)) => (*s, left, matches!(op, CompareOp::Lt | CompareOp::Le)),
            _ => return None,
        };
        Some(Self {
            state,
            threshold,
            upwards,
            equal: matches!(op, CompareOp::Ge | CompareOp::Le | CompareOp::Eq),
        })
    }
}

/// A value for a message: to a grain, and to seven digits.
pub(super) fn rounded(value: f64, grain: f64) -> f64 {
    let coarse = (value / grain).round() * grain;
    format!("{coarse:.6e}").parse().unwrap_or(value)
}

/// W0701: at the defaults the neuron that has just crossed its threshold is still beyond it after the reset.
///
/// The crossing is found where the two sides of the first comparison are equal, as a function of the one state that stands
/// alone on a side; other states are at their initial values.
fn still_true_after_reset(model: &Model, graph: &mut Graph) -> Option<Diagnostic> {
    let spike = model.spike.as_ref().filter(|spike| !spike.rising)?;
    let Crossing {
        state: crossing,
        threshold: other,
        upwards: rising,
        ..
    } = Crossing::of(model)?;
    let mut defaults = Defaults::of(model, graph, Some(USUAL_TIME_STEP));
    let environment = Environment::start_of_step(graph, model.states.len());
    let threshold = graph.build(model, other, &environment);
    // An event that sets the state comes before the next test.
    let events = || model.events.iter().flat_map(|event| &event.body);
    if graph.contains(threshold, &Node::State(crossing)) || events().any(|assign| assign.target == crossing) {
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

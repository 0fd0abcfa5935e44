//! From the checked model to the derived update.
//!
//! Every equation gets a solver: see `plan`. What is exact joins blocks of linear equations; what is approximated is expanded into a
//! step by [`crate::solver`]. An equation that a solver cannot treat is refused with the term that is to blame.

mod blame;
mod components;
mod defaults;
mod exact;
mod lints;
mod noise;
mod plan;
mod rates;
mod singular;
mod sub_steps;

use alif_grammar::{Code, Diagnostic, Limits, Severity, in_order};

pub(crate) use lints::is_affine;
pub use sub_steps::TOLERANCE;
pub(crate) use sub_steps::declare as declare_sub_steps;

use crate::ids::{NodeId, StateId};
use crate::model::Model;
use crate::solver::{Solver, Start, advance, sub_step, sub_steps};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::{Approximate, Rule, Update};

/// What one may ask of the derivation.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Options {
    /// The solver of all equations. Without one each equation gets the exact solution where it has one, else the exponential midpoint
    /// rule or, where it is not affine in its own state, `rosenbrock2`.
    pub solver: Option<Solver>,
    /// The tolerance of a solver that takes sub-steps; without it [`TOLERANCE`].
    pub tolerance: Option<f64>,
    /// How large a model may be.
    pub limits: Limits,
}

/// Derives the update of a model.
///
/// A solver with sub-steps needs a state that counts them, which [`crate::compile_with`] adds to the model first.
///
/// # Errors
/// Equations that the solver cannot treat, each at the term that decides.
pub fn derive(model: &Model, options: &Options) -> Result<(Update, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut graph = Graph::with_limit(options.limits.expressions);
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    let (plan, mut diagnostics) = plan::plan(model, &mut graph, &environment, options.solver);
    let mut update = Update {
        graph,
        blocks: vec![],
        approximate: plan.approximate,
        limit: None,
        sub_steps: None,
        states: vec![Rule::Constant; model.states.len()],
    };
    update.limit = plan::limit(model, &mut update.graph, &environment, &update.approximate);
    for (equation, approximate) in update.approximate.iter().enumerate() {
        update.states[approximate.state.index()] = Rule::Approximate { equation };
    }
    let adaptive = |equation: &Approximate| equation.solver.is_adaptive();
    if model.sub_steps.is_none() && update.approximate.iter().any(adaptive) {
        let message = format!("model `{}` has no state that counts sub-steps", model.name);
        diagnostics.push(Diagnostic::new(Code::BadTolerance, model.span, message));
    }
    if let Some(counter) = model.sub_steps {
        update.states[counter.index()] = Rule::SubSteps;
        update.sub_steps = Some(self::sub_steps::wanted(model, options, counter, &update.approximate));
        diagnostics.extend(self::sub_steps::refused(model, &update.approximate));
    }
    if update.graph.full() {
        let message = format!(
            "the equations of `{}` are too large: they come to more than {} different expressions",
            model.name, options.limits.expressions
        );
        let help = Limits::help("expressions", options.limits.expressions.saturating_mul(2));
        diagnostics.push(Diagnostic::new(Code::TooManyNodes, model.span, message).help(help));
    } else if !fits(model, &update) {
        let message = format!(
            "the equations of `{}` are too large: a step comes to more than {} different expressions",
            model.name,
            options.limits.expressions / 2
        );
        let help = Limits::help("expressions", options.limits.expressions.saturating_mul(2));
        diagnostics.push(Diagnostic::new(Code::TooManyNodes, model.span, message).help(help));
    }
    if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        return Err(in_order(diagnostics));
    }
    let exact: Vec<bool> = (0..model.states.len())
        .map(|s| plan.exact.iter().any(|l| l.state.index() == s))
        .collect();
    for states in components::blocks(
        model.states.len(),
        &exact::edges(&plan.exact),
        &exact::sharing(&plan.exact),
        &exact,
    ) {
        exact::add_block(&mut update, &plan.exact, &states);
    }
    diagnostics.extend(lints::lints(model, &mut update));
    diagnostics.extend(singular::repaired(model, &mut update.graph));
    if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        return Err(in_order(diagnostics));
    }
    Ok((update, in_order(diagnostics)))
}

/// Whether a step is small enough to be expanded once more when it is lowered.
fn fits(model: &Model, update: &Update) -> bool {
    if update.approximate.is_empty() {
        return true;
    }
    let mut graph = update.graph.clone();
    let now: Vec<NodeId> = (0..model.states.len())
        .map(|s| graph.add_node(Node::State(StateId::new(s))))
        .collect();
    let held = graph.add_node(Node::Slot(0));
    let start = Start {
        now: &now,
        half: &now,
        held: model.refractory.as_ref().map(|r| (held, r.hold.as_slice())),
    };
    match &update.sub_steps {
        Some(wanted) => {
            let first = sub_steps(&mut graph, update, &start);
            let slots: Vec<NodeId> = (1..=first.list().len() as u32)
                .map(|slot| graph.add_node(Node::Slot(slot)))
                .collect();
            let _expanded = sub_step(&mut graph, update, &start, wanted, &first.with(&slots));
        }
        None => {
            let _expanded = advance(&mut graph, update, &start);
        }
    }
    !graph.full() && graph.len() <= graph.limit() / 2
}

//! From the checked model to the derived update.
//!
//! Every state with an equation that is affine in the states, with coefficients that depend on parameters alone, joins an
//! exact block. Other equations have no solver yet and are refused with the term that is to blame.

mod components;
mod lints;

use alif_grammar::{Code, Diagnostic, Severity, in_order};

pub(crate) use lints::is_affine;

use crate::ids::{ExprId, NodeId, StateId};
use crate::model::{Equation, ExprKind, Model};
use crate::symbolic::{Environment, Graph, LinearForm, NotLinear};
use crate::update::{Block, Rule, Update};

/// An equation that was found to be linear.
struct Linear {
    state: StateId,
    left: Option<NodeId>,
    form: LinearForm,
}

/// Derives the update of a model.
///
/// # Errors
/// Equations without an exact update, each at the term that decides.
pub fn derive(model: &Model) -> Result<(Update, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut graph = Graph::new();
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    let mut diagnostics = Vec::new();
    let mut linear = Vec::new();
    for (index, state) in model.states.iter().enumerate() {
        let Some(equation) = &state.equation else {
            continue;
        };
        let rhs = graph.build(model, equation.rhs, &environment);
        let left = equation.left.map(|left| graph.build(model, left, &environment));
        match graph.linear_form(rhs, model.states.len()) {
            Ok(form) => linear.push(Linear {
                state: StateId::new(index),
                left,
                form,
            }),
            Err(reason) => diagnostics.push(not_linear(model, &mut graph, &environment, index, equation, reason)),
        }
    }
    if graph.full() {
        let message = "the equations are too large: they come to more than 200,000 different expressions";
        diagnostics.push(Diagnostic::new(Code::TooManyNodes, model.span, message));
    }
    if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        return Err(in_order(diagnostics));
    }
    let mut update = Update {
        graph,
        blocks: vec![],
        states: vec![Rule::Constant; model.states.len()],
    };
    for states in components::blocks(model.states.len(), &linear_edges(&linear), &is_dynamic(model)) {
        add_block(&mut update, &linear, &states);
    }
    diagnostics.extend(lints::lints(model, &mut update.graph));
    if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        return Err(in_order(diagnostics));
    }
    Ok((update, in_order(diagnostics)))
}

/// Couplings: `(from, to)` when the equation of `to` reads `from`.
fn linear_edges(linear: &[Linear]) -> Vec<(usize, usize)> {
    linear
        .iter()
        .flat_map(|l| l.form.states.iter().map(|(from, _)| (from.index(), l.state.index())))
        .collect()
}

/// Which states have an equation.
fn is_dynamic(model: &Model) -> Vec<bool> {
    model.states.iter().map(|s| s.equation.is_some()).collect()
}

fn add_block(update: &mut Update, linear: &[Linear], states: &[StateId]) {
    let n = states.len();
    let graph = &mut update.graph;
    let zero = graph.number(0.0);
    let one = graph.number(1.0);
    let of = |state: &StateId| linear.iter().find(|l| l.state == *state);
    let mut forcings: Vec<NodeId> = Vec::new();
    for state in states {
        for (forcing, _) in of(state).map_or(&[][..], |l| &l.form.forcings) {
            if !forcings.contains(forcing) {
                forcings.push(*forcing);
            }
        }
    }
    if states.iter().any(|s| of(s).is_some_and(|l| l.form.offset != zero)) {
        forcings.push(one);
    }
    let m = forcings.len();
    let mut block = Block {
        states: states.to_vec(),
        left: vec![None; n],
        a: vec![None; n * n],
        forcings,
        f: vec![None; n * m],
        reach: vec![],
        forced: vec![],
    };
    for (row, state) in states.iter().enumerate() {
        update.states[state.index()] = Rule::Exact {
            block: update.blocks.len(),
            row,
        };
        let Some(l) = of(state) else {
            continue;
        };
        block.left[row] = l.left;
        for (source, coefficient) in &l.form.states {
            if let Some(column) = states.iter().position(|s| s == source) {
                block.a[row * n + column] = Some(*coefficient);
            }
        }
        for (column, forcing) in block.forcings.iter().enumerate() {
            let coefficient = if *forcing == one {
                (l.form.offset != zero).then_some(l.form.offset)
            } else {
                l.form.forcings.iter().find(|f| f.0 == *forcing).map(|f| f.1)
            };
            block.f[row * m + column] = coefficient.filter(|c| *c != zero);
        }
    }
    update.blocks.push(block.with_structure());
}

/// Says which term keeps an equation from being linear.
fn not_linear(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    state: usize,
    equation: &Equation,
    reason: NotLinear,
) -> Diagnostic {
    let name = &model.states[state].name;
    let culprit = culprit(model, graph, environment, equation.rhs);
    let span = model.expr(culprit).span;
    let because = match reason {
        NotLinear::InState(by) => {
            let by = &model.states[by.index()].name;
            format!("its slope in `{by}` depends on the state")
        }
        NotLinear::InputCoefficient(by) => {
            let by = &model.states[by.index()].name;
            format!("its slope in `{by}` depends on an input")
        }
        NotLinear::TooLarge => "it is too large to be expanded into a sum of products".to_owned(),
    };
    Diagnostic::new(
        Code::NotLinear,
        span,
        format!("the equation of `{name}` has no exact update: {because}"),
    )
    .label("because of this term")
    .also(equation.span, format!("in the equation of `{name}`"))
    .help("this version solves equations that are linear in the states, with constant coefficients; other solvers are to come")
}

/// The smallest part of an expression that is not affine by itself.
fn culprit(model: &Model, graph: &mut Graph, environment: &Environment, root: ExprId) -> ExprId {
    let mut at = root;
    loop {
        let operands = match &model.expr(at).kind {
            ExprKind::Let(l) => vec![model.lets[l.index()].value],
            kind => kind.operands(),
        };
        let inner = operands.into_iter().find(|operand| {
            let node = graph.build(model, *operand, environment);
            graph.linear_form(node, model.states.len()).is_err()
        });
        match inner {
            // A definition is blamed where it is used: the text there is the equation's own.
            Some(inner) if !matches!(model.expr(at).kind, ExprKind::Let(_)) => at = inner,
            _ => return at,
        }
    }
}

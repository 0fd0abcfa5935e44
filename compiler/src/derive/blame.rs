//! Which term keeps an equation from a solver.

use alif_grammar::{Code, Diagnostic};

use crate::ids::{ExprId, NodeId, StateId};
use crate::model::{Equation, ExprKind, Model};
use crate::symbolic::{Environment, Graph, Node, NotLinear};

/// Why an equation is not linear, as a clause.
pub(super) fn because(model: &Model, reason: NotLinear) -> String {
    let name = |state: StateId| &model.states[state.index()].name;
    match reason {
        NotLinear::InState(by) => format!("its slope in `{}` depends on the state", name(by)),
        NotLinear::InputCoefficient(by) => format!("its slope in `{}` depends on an input", name(by)),
        NotLinear::TimeCoefficient(by) => format!("its slope in `{}` depends on the time", name(by)),
        NotLinear::InTime => "it depends on the time `t`, and not as a ramp does".to_owned(),
        NotLinear::TooLarge => "it is too large to be expanded into a sum of products".to_owned(),
    }
}

/// `exact` was asked for, and an equation is not linear.
pub(super) fn not_exact(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    state: StateId,
    equation: &Equation,
    reason: NotLinear,
) -> Diagnostic {
    let name = &model.states[state.index()].name;
    let term = not_linear_term(model, graph, environment, equation.rhs);
    let message = format!(
        "the equation of `{name}` has no exact update: {}",
        because(model, reason)
    );
    refusal(model, term, equation, name, message).help(
        "leave the solver open, so that linear equations stay exact and the others are approximated, or name one for such equations, \
         as rosenbrock2, exponential_euler or rk4",
    )
}

/// `exponential_midpoint` was asked for, and an equation is not affine in its own state.
pub(super) fn not_affine(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    state: StateId,
    equation: &Equation,
) -> Diagnostic {
    let name = &model.states[state.index()].name;
    let term = not_affine_term(model, graph, environment, equation.rhs, state);
    let message = format!(
        "`exponential_midpoint` needs equations that are affine in their own state, and that of `{name}` is not"
    );
    refusal(model, term, equation, name, message)
        .help("`rosenbrock2` is the same rule with the equation linearised where the step starts")
}

fn refusal(model: &Model, term: ExprId, equation: &Equation, name: &str, message: String) -> Diagnostic {
    let (span, inside) = (model.expr(term).span, model.expr(term).inside);
    let diagnostic = Diagnostic::new(Code::NotLinear, span, message).label("because of this term");
    let diagnostic = match inside {
        Some(inside) => diagnostic.also(inside, "which the function makes here"),
        None => diagnostic,
    };
    diagnostic.also(equation.span, format!("in the equation of `{name}`"))
}

/// The smallest part of an expression that is not affine in the states by itself.
pub(super) fn not_linear_term(model: &Model, graph: &mut Graph, environment: &Environment, root: ExprId) -> ExprId {
    smallest(model, graph, environment, root, |graph, node| {
        graph.linear_form(node, model.states.len()).is_err()
    })
}

/// The smallest part of an expression that is not affine in one state by itself.
pub(super) fn not_affine_term(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    root: ExprId,
    state: StateId,
) -> ExprId {
    let own = graph.add_node(Node::State(state));
    smallest(model, graph, environment, root, |graph, node| {
        !graph.is_affine_in(node, own)
    })
}

/// The smallest part of an expression that reads a state or a noise: its name or that of a definition.
pub(super) fn reading_term(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    root: ExprId,
    leaf: &Node,
) -> ExprId {
    smallest(model, graph, environment, root, |graph, node| {
        graph.contains(node, leaf)
    })
}

/// The smallest part of an expression that is `bad` by itself.
///
/// A long sum is a tree that is deep on its left: there the shortest part that is bad is found by halving, so that a term is not looked
/// at once for each term behind it.
fn smallest(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    root: ExprId,
    bad: impl Fn(&mut Graph, NodeId) -> bool,
) -> ExprId {
    let mut is_bad = |id: ExprId| {
        let node = graph.build(model, id, environment);
        bad(graph, node)
    };
    let mut at = root;
    loop {
        let chain = left_chain(model, at);
        // The longest part first; what is right of a bad part may be bad by itself.
        let shortest = chain.partition_point(|part| is_bad(*part));
        at = chain[shortest.saturating_sub(1)];
        // A definition is blamed where it is used: the text there is the equation's own.
        if matches!(model.expr(at).kind, ExprKind::Let(_)) {
            return at;
        }
        match model
            .expr(at)
            .kind
            .operands()
            .into_iter()
            .find(|operand| is_bad(*operand))
        {
            Some(inner) => at = inner,
            None => return at,
        }
    }
}

/// An expression, its left operand, the left operand of that, and so on while they are sums, products or joined conditions.
fn left_chain(model: &Model, root: ExprId) -> Vec<ExprId> {
    let mut chain = vec![root];
    let mut at = root;
    while let ExprKind::Add(left, _)
    | ExprKind::Sub(left, _)
    | ExprKind::Mul(left, _)
    | ExprKind::Div(left, _)
    | ExprKind::And(left, _)
    | ExprKind::Or(left, _) = model.expr(at).kind
    {
        chain.push(left);
        at = left;
    }
    chain
}

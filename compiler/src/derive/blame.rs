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
    refusal(model, term, equation, name, message)
        .help("leave the solver open: linear equations stay exact, the others are approximated")
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
fn smallest(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    root: ExprId,
    bad: impl Fn(&mut Graph, NodeId) -> bool,
) -> ExprId {
    let mut at = root;
    loop {
        let operands = match &model.expr(at).kind {
            ExprKind::Let(l) => vec![model.lets[l.index()].value],
            kind => kind.operands(),
        };
        let inner = operands.into_iter().find(|operand| {
            let node = graph.build(model, *operand, environment);
            bad(graph, node)
        });
        match inner {
            // A definition is blamed where it is used: the text there is the equation's own.
            Some(inner) if !matches!(model.expr(at).kind, ExprKind::Let(_)) => at = inner,
            _ => return at,
        }
    }
}

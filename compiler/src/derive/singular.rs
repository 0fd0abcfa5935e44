//! Tells of the removable singularities that were repaired.

use std::collections::BTreeSet;

use alif_grammar::{Code, Diagnostic, Span};

use crate::functions::Function;
use crate::ids::ExprId;
use crate::model::{ExprKind, Model};
use crate::symbolic::{Environment, Graph};

/// One warning for each quotient of the text that is computed in another way.
pub(super) fn repaired(model: &Model, graph: &mut Graph) -> Vec<Diagnostic> {
    let environment = Environment::start_of_step(graph, model.states.len());
    let mut told: BTreeSet<Span> = BTreeSet::new();
    let mut found = Vec::new();
    for expr in &model.exprs {
        let ExprKind::Div(n, d) = expr.kind else {
            continue;
        };
        if !may_vanish(model, d) {
            continue;
        }
        let (n, d) = (graph.build(model, n, &environment), graph.build(model, d, &environment));
        let Some((zero, quotient)) = graph.repaired(n, d) else {
            continue;
        };
        // In a function the place in its body, once for all calls.
        let span = expr.inside.unwrap_or(expr.span);
        if told.insert(span) {
            let message = format!(
                "this is 0/0 where `{}` is 0; it is computed as `{}`, which has the limit there",
                graph.text(zero, model),
                graph.text(quotient, model)
            );
            found.push(
                Diagnostic::new(Code::SingularityRepaired, span, message)
                    .help("write it with `exprel(x)`, which is `(exp(x) - 1) / x`, to say so yourself"),
            );
        }
    }
    found
}

/// Whether a divisor looks like `exp(x) - 1`, so that it is worth being built.
fn may_vanish(model: &Model, mut divisor: ExprId) -> bool {
    let is_exp = |id: ExprId| matches!(model.expr(id).kind, ExprKind::Call(Function::Exp, _) | ExprKind::Let(_));
    loop {
        match &model.expr(divisor).kind {
            ExprKind::Let(l) => divisor = model.lets[l.index()].value,
            ExprKind::Neg(a) => divisor = *a,
            ExprKind::Call(function, _) => return *function == Function::Expm1,
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => return is_exp(*a) || is_exp(*b),
            _ => return false,
        }
    }
}

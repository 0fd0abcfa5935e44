//! What kernels cannot compute yet.

use alif_grammar::{Code, Diagnostic};

use crate::model::{ExprKind, Model};

/// Functions of states, inputs or weights that have no expansion into kernel instructions. Equations that are already
/// refused are left out.
pub(super) fn functions_without_expansion(model: &Model, refused: &[Diagnostic]) -> Vec<Diagnostic> {
    let refused: Vec<_> = refused.iter().flat_map(|d| d.labels.iter().map(|l| l.span)).collect();
    // Operands have smaller ids, and so have the bodies of definitions that were read before: one pass suffices.
    let mut varies = vec![false; model.exprs.len()];
    let mut found = Vec::new();
    for (index, expr) in model.exprs.iter().enumerate() {
        varies[index] = match &expr.kind {
            ExprKind::State(_) | ExprKind::Prev(_) | ExprKind::Input(_) | ExprKind::Weight => true,
            ExprKind::Let(l) => varies[model.lets[l.index()].value.index()],
            kind => kind.operands().iter().any(|o| varies[o.index()]),
        };
        if let ExprKind::Call(function, _) = &expr.kind
            && varies[index]
            && !function.in_kernels()
            && !refused
                .iter()
                .any(|r| r.start <= expr.span.start && expr.span.end <= r.end)
        {
            let message = format!(
                "`{}` of something that changes during a run is not supported yet; of parameters it is",
                function.name()
            );
            found.push(Diagnostic::new(Code::NotYetSupported, expr.span, message));
        }
    }
    found
}

//! Equations: which state, which factors, equal dimensions on both sides.

use alif_grammar::{Code, Diagnostic, ast, print_expr};
use ast::{CompareOp, ItemKind, ProductOp};

use crate::dimension::Dimension;
use crate::ids::ExprId;
use crate::model::{Assert, Equation, ExprKind, Model};
use crate::units;

use super::expressions::{NOISE_HELP, Place};
use super::order::names_in;
use super::{Checker, Type};

impl Checker<'_> {
    /// Reads the equations into their states.
    pub(super) fn equations(&mut self, model: &mut Model) {
        let source = self.source;
        for item in &source.items {
            let ItemKind::Equation {
                before,
                state,
                derivative,
                after,
                rhs,
            } = &item.kind
            else {
                continue;
            };
            let target = self.state_named(state, Code::EquationForNonState, "an equation for");
            let left = self.left_factors(before, after);
            let from = self.exprs.len();
            let right = self.number(rhs, Place::Rhs);
            let rhs_id = self.take_out_deltas(from, right.0, target, left.0);
            let Some(id) = target else {
                continue;
            };
            if let (Type::Number(of), Some(left_of), Some(right_of)) = (self.names.states[id.index()], left.1, right.1)
            {
                let metre = self.metre_help(before.iter().chain(after).map(|factor| &factor.1).chain([rhs]));
                let sides = left_of.checked_mul(of).and_then(|x| x.checked_div(Dimension::TIME));
                if sides != Some(right_of) {
                    self.sides_differ(state, *derivative, sides, (rhs, right.0), right_of, metre);
                }
            }
            let Some(place) = model.states.get_mut(id.index()) else {
                continue;
            };
            if let Some(first) = &place.equation {
                let message = format!("`{}` already has an equation", state.name);
                self.report(
                    Diagnostic::new(Code::TwoEquations, *derivative, message)
                        .label("second equation")
                        .also(first.span, "first equation"),
                );
                continue;
            }
            model
                .asserts
                .extend(self.time_constant_is_positive(left.0, before, after));
            let place = &mut model.states[id.index()];
            place.equation = Some(Equation {
                left: left.0,
                rhs: rhs_id,
                span: item.span,
                text: equation_text(before, &state.name, after, rhs),
            });
        }
    }

    /// What must hold of a parameter that alone is the factor of a derivative, unless its `where` says what it can be: with a factor of
    /// zero or below, an equation means something else.
    fn time_constant_is_positive(
        &mut self,
        left: Option<ExprId>,
        before: &[(ProductOp, ast::Expr)],
        after: &[(ProductOp, ast::Expr)],
    ) -> Option<Assert> {
        let left = left?;
        let ExprKind::Param(_) = self.exprs[left.index()].kind else {
            return None;
        };
        let (_, factor) = before.iter().chain(after).next()?;
        let ast::ExprKind::Name(name) = &factor.kind else {
            return None;
        };
        let declared = self.source.items.iter().any(
            |item| matches!(&item.kind, ItemKind::Param { name: own, condition: Some(_), .. } if own.name == *name),
        );
        if declared {
            return None;
        }
        let zero = self.push(ExprKind::Number(0.0), factor.span);
        let condition = self.push(ExprKind::Compare(CompareOp::Gt, left, zero), factor.span);
        let unit = self
            .declared_units
            .get(name)
            .map(|unit| unit.text.clone())
            .filter(|unit| !unit.is_empty() && unit != "1");
        let unit = unit.map_or_else(String::new, |unit| format!(" {unit}"));
        Some(Assert {
            condition,
            text: format!("{name} > 0{unit}"),
            span: factor.span,
        })
    }

    /// The product of the factors of a derivative, and its dimension.
    fn left_factors(
        &mut self,
        before: &[(ProductOp, ast::Expr)],
        after: &[(ProductOp, ast::Expr)],
    ) -> (Option<ExprId>, Option<Dimension>) {
        let mut product: Option<ExprId> = None;
        let mut dimension = Some(Dimension::DIMENSIONLESS);
        for (op, factor) in before.iter().chain(after) {
            let (id, of) = self.number(factor, Place::Left);
            if self.constants[id.index()] == Some(0.0) {
                let message = "a derivative cannot be multiplied with or divided by zero";
                self.error(Code::LeftFactor, factor.span, message);
            }
            dimension = match (dimension, of, op) {
                (Some(a), Some(b), ProductOp::Mul) => a.checked_mul(b),
                (Some(a), Some(b), ProductOp::Div) => a.checked_div(b),
                _ => None,
            };
            product = Some(match (product, op) {
                (None, ProductOp::Mul) => id,
                (None, ProductOp::Div) => {
                    let one = self.push(ExprKind::Number(1.0), factor.span);
                    self.push(ExprKind::Div(one, id), factor.span)
                }
                (Some(before), ProductOp::Mul) => self.push(ExprKind::Mul(before, id), factor.span),
                (Some(before), ProductOp::Div) => self.push(ExprKind::Div(before, id), factor.span),
            });
        }
        (product, dimension)
    }

    /// What to say of a name that is declared in metres, which is often meant to be a thousandth.
    fn metre_help<'e>(&self, exprs: impl Iterator<Item = &'e ast::Expr>) -> Option<String> {
        let mut names = Vec::new();
        for expr in exprs {
            names_in(expr, &mut names);
        }
        let in_metres = |name: &&str| self.declared_units.get(*name).is_some_and(|unit| unit.text == "m");
        let name = names.into_iter().find(in_metres)?;
        Some(format!("`{name}` is in m, the metre; a thousandth of a second is `ms`"))
    }

    fn sides_differ(
        &mut self,
        state: &ast::Ident,
        derivative: alif_grammar::Span,
        left: Option<Dimension>,
        (rhs, rhs_id): (&ast::Expr, ExprId),
        right: Dimension,
        metre: Option<String>,
    ) {
        let Some(left) = left else {
            return;
        };
        let (x, y) = (units::name_of(left), units::name_of(right));
        let message = format!("the left side of this equation is {x}, the right side {y}");
        let noise = self.root_of_time_is_missing(left, right, &[rhs_id]);
        let code = if noise { Code::NoiseUnits } else { Code::EquationUnits };
        let mut diagnostic = Diagnostic::new(code, derivative, message)
            .label(format!("this side is {x}"))
            .also(rhs.span, format!("this side is {y}"));
        if noise {
            self.report(diagnostic.help(NOISE_HELP));
            return;
        }
        if let Some(help) = metre {
            self.report(diagnostic.help(help));
            return;
        }
        let missing = right.checked_div(left);
        let surplus = left.checked_div(right);
        if let Some(name) = missing.and_then(|factor| self.parameter_of(factor)) {
            diagnostic = diagnostic.help(format!("`{name} * d{}/dt` is {y}", state.name));
        } else if let Some(name) = surplus.and_then(|factor| self.parameter_of(factor)) {
            diagnostic = diagnostic.help(format!("`{name} * ({})` is {x}", print_expr(rhs)));
        } else if let Some(factor) = missing {
            let quantity = units::quantity_name(factor).map_or_else(|| units::name_of(factor), ToOwned::to_owned);
            diagnostic = diagnostic.help(format!("the left side needs the factor {quantity}"));
        }
        self.report(diagnostic);
    }
}

/// The equation as the user wrote it.
fn equation_text(
    before: &[(ProductOp, ast::Expr)],
    state: &str,
    after: &[(ProductOp, ast::Expr)],
    rhs: &ast::Expr,
) -> String {
    let sign = |op: &ProductOp| match op {
        ProductOp::Mul => " * ",
        ProductOp::Div => " / ",
    };
    let mut text = String::new();
    for (i, (op, factor)) in before.iter().enumerate() {
        if i > 0 {
            text.push_str(sign(op));
        }
        text.push_str(&print_expr(factor));
    }
    if !before.is_empty() {
        text.push_str(" * ");
    }
    text.push_str(&format!("d{state}/dt"));
    for (op, factor) in after {
        text.push_str(sign(op));
        text.push_str(&print_expr(factor));
    }
    text.push_str(" = ");
    text.push_str(&print_expr(rhs));
    text
}

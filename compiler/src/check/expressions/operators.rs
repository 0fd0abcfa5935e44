//! Operators, and the dimensions they join.

use alif_grammar::{Code, Diagnostic, Span, ast};
use ast::{CompareOp, ExprKind as Syntax, ProductOp, SumOp};

use crate::dimension::Dimension;
use crate::functions::Function;
use crate::ids::ExprId;
use crate::model::ExprKind;
use crate::units;

use super::super::declarations::Entity;
use super::super::{Checker, Type, Typed};
use super::{NOISE_HELP, Place, is_plain_zero};

impl Checker<'_> {
    pub(super) fn joined(&mut self, all: &[ast::Expr], join: fn(ExprId, ExprId) -> ExprKind, place: Place) -> Typed {
        let mut result = self.condition(&all[0], place);
        let mut span = all[0].span;
        for expr in &all[1..] {
            let next = self.condition(expr, place);
            span = span.to(expr.span);
            result = self.push(join(result, next), span);
        }
        Typed {
            id: result,
            kind: Type::Truth,
        }
    }

    /// Reports two dimensions that ought to be one.
    pub(super) fn mismatch(
        &mut self,
        what: &str,
        (a, a_expr): (Dimension, &ast::Expr),
        (b, b_expr): (Dimension, &ast::Expr),
    ) {
        let (x, y) = (self.unit_shown(a_expr, a), self.unit_shown(b_expr, b));
        self.report(
            Diagnostic::new(Code::UnitMismatch, b_expr.span, format!("{what} {x} and {y}"))
                .label(format!("this is {y}"))
                .also(a_expr.span, format!("this is {x}")),
        );
    }

    pub(super) fn sum(&mut self, first: &ast::Expr, rest: &[(SumOp, ast::Expr)], place: Place) -> Typed {
        let (mut id, mut dimension) = self.number(first, place);
        let mut span = first.span;
        let mut known = first;
        for (op, term) in rest {
            let (next, of) = self.number(term, place);
            match (dimension, of) {
                (Some(a), Some(b)) if a != b => {
                    let (x, y) = (self.unit_shown(known, a), self.unit_shown(term, b));
                    let message = match op {
                        SumOp::Add => format!("cannot add {y} to {x}"),
                        SumOp::Sub => format!("cannot subtract {y} from {x}"),
                    };
                    let noise = self.root_of_time_is_missing(a, b, &[id, next]);
                    let code = if noise { Code::NoiseUnits } else { Code::UnitMismatch };
                    let mut diagnostic = Diagnostic::new(code, term.span, message)
                        .label(format!("this is {y}"))
                        .also(known.span, format!("this is {x}"));
                    if noise {
                        diagnostic = diagnostic.help(NOISE_HELP);
                    } else if let Some(help) = self.missing_factor_help(a, b, term) {
                        diagnostic = diagnostic.help(help);
                    }
                    self.report(diagnostic);
                }
                (None, Some(_)) => {
                    dimension = of;
                    known = term;
                }
                _ => {}
            }
            span = span.to(term.span);
            id = self.push(
                match op {
                    SumOp::Add => ExprKind::Add(id, next),
                    SumOp::Sub => ExprKind::Sub(id, next),
                },
                span,
            );
        }
        Typed {
            id,
            kind: dimension.map_or(Type::Unknown, Type::Number),
        }
    }

    /// `R * I`, when some parameter turns the dimension of `term` into the one wanted.
    pub(in crate::check) fn missing_factor_help(
        &self,
        wanted: Dimension,
        found: Dimension,
        term: &ast::Expr,
    ) -> Option<String> {
        if matches!(term.kind, Syntax::Number { .. }) {
            return None;
        }
        let text = alif_grammar::print_expr(term);
        let text = if matches!(term.kind, Syntax::Name(_) | Syntax::Call { .. } | Syntax::Paren(_)) {
            text
        } else {
            format!("({text})")
        };
        let factor = wanted.checked_div(found)?;
        if let Some(name) = self.parameter_of(factor) {
            return Some(format!("`{name} * {text}` is {}", units::name_of(wanted)));
        }
        let divisor = found.checked_div(wanted)?;
        let name = self.parameter_of(divisor)?;
        Some(format!("`{text} / {name}` is {}", units::name_of(wanted)))
    }

    /// Whether two dimensions differ by the root of a time, and an expression reads noise, which is where such roots come from.
    pub(in crate::check) fn root_of_time_is_missing(&self, a: Dimension, b: Dimension, read: &[ExprId]) -> bool {
        let half_power = |ratio: Dimension| ratio.twice_exponents()[2] % 2 != 0;
        a.checked_div(b).is_some_and(half_power) && read.iter().any(|&expr| self.reads(expr).noise)
    }

    /// The first parameter of a dimension, in the order of the names.
    pub(in crate::check) fn parameter_of(&self, dimension: Dimension) -> Option<&str> {
        self.names.by_name.iter().find_map(|(name, (entity, _))| match entity {
            Entity::Param(p) if self.names.params[p.index()] == Type::Number(dimension) => Some(name.as_str()),
            _ => None,
        })
    }

    pub(super) fn product(&mut self, first: &ast::Expr, rest: &[(ProductOp, ast::Expr)], place: Place) -> Typed {
        let (mut id, mut dimension) = self.number(first, place);
        let mut span = first.span;
        let mut by_zero = false;
        for (op, factor) in rest {
            let (next, of) = self.number(factor, place);
            span = span.to(factor.span);
            // In a function it may stand in the branch of an `if` that is not taken.
            let zero = |id: ExprId| self.constants[id.index()] == Some(0.0);
            let literal = self.exprs[next.index()].kind == ExprKind::Number(0.0);
            if *op == ProductOp::Div && (literal || zero(next) && self.frame.is_none()) {
                let message = if zero(id) {
                    "0/0 has no value"
                } else {
                    "division by zero"
                };
                self.error(Code::DivisionByZero, factor.span, message);
                by_zero = true;
            }
            dimension = match (dimension, of) {
                (Some(a), Some(b)) => {
                    let result = match op {
                        ProductOp::Mul => a.checked_mul(b),
                        ProductOp::Div => a.checked_div(b),
                    };
                    if result.is_none() {
                        self.error(
                            Code::ExponentUnits,
                            span,
                            "the powers of units in this product are out of range",
                        );
                    }
                    result
                }
                _ => None,
            };
            let kind = match op {
                // Reported, so that nothing else need be said of the value.
                _ if by_zero => ExprKind::Number(f64::NAN),
                ProductOp::Mul => ExprKind::Mul(id, next),
                ProductOp::Div => ExprKind::Div(id, next),
            };
            id = self.push(kind, span);
        }
        Typed {
            id,
            kind: dimension.map_or(Type::Unknown, Type::Number),
        }
    }

    pub(super) fn comparison(
        &mut self,
        first: &ast::Expr,
        rest: &[(CompareOp, ast::Expr)],
        span: Span,
        place: Place,
    ) -> Typed {
        let mut left = self.number(first, place);
        let mut left_expr = first;
        let mut result = None;
        for (op, right_expr) in rest {
            let right = self.number(right_expr, place);
            if let (Some(a), Some(b)) = (left.1, right.1)
                && a != b
                && !is_plain_zero(left_expr)
                && !is_plain_zero(right_expr)
            {
                let (x, y) = (self.unit_shown(left_expr, a), self.unit_shown(right_expr, b));
                self.report(
                    Diagnostic::new(
                        Code::UnitMismatch,
                        right_expr.span,
                        format!("cannot compare {x} with {y}"),
                    )
                    .label(format!("this is {y}"))
                    .also(left_expr.span, format!("this is {x}")),
                );
            }
            if matches!(op, CompareOp::Eq | CompareOp::Ne) {
                let message = "two floating-point numbers are rarely equal";
                self.report(
                    Diagnostic::new(Code::FloatEquality, left_expr.span.to(right_expr.span), message)
                        .help("compare with `<` or `>`, or with a tolerance: `abs(a - b) < eps`"),
                );
            }
            let pair = self.push(
                ExprKind::Compare(*op, left.0, right.0),
                left_expr.span.to(right_expr.span),
            );
            result = Some(match result {
                None => pair,
                Some(before) => self.push(ExprKind::And(before, pair), span),
            });
            left = right;
            left_expr = right_expr;
        }
        let id = result.unwrap_or(left.0);
        Typed { id, kind: Type::Truth }
    }

    pub(super) fn power(&mut self, base: &ast::Expr, exponent: &ast::Expr, span: Span, place: Place) -> Typed {
        let (id, of) = self.number(base, place);
        let (exponent_id, exponent_of) = self.number(exponent, place);
        if let Some(unit) = exponent_of.filter(|d| !d.is_dimensionless()) {
            let message = format!(
                "an exponent must be a pure number, but this is {}",
                units::name_of(unit)
            );
            self.error(Code::ExponentUnits, exponent.span, message);
            return self.unknown(span);
        }
        let constant = self.constants[exponent_id.index()];
        if let Some(whole) = constant.filter(|c| c.fract() == 0.0 && c.abs() <= 1024.0) {
            let whole = whole as i32;
            let dimension = of.and_then(|of| {
                let power = of.pow(whole, 1);
                if power.is_none() {
                    self.error(Code::ExponentUnits, span, "the powers of units are out of range");
                }
                power
            });
            return self.typed(ExprKind::Power(id, whole), span, dimension);
        }
        let Some(of) = of else {
            return self.unknown(span);
        };
        if of.is_dimensionless() {
            let kind = match constant {
                Some(0.5) => ExprKind::Call(Function::Sqrt, vec![id]),
                _ => ExprKind::Call(Function::Pow, vec![id, exponent_id]),
            };
            return self.typed(kind, span, Some(of));
        }
        // A base with a unit: halves are the only fractions of dimensions there are.
        let twice = constant
            .map(|c| c * 2.0)
            .filter(|c| c.fract() == 0.0 && c.abs() <= 64.0);
        match twice.and_then(|twice| Some((twice as i32, of.pow(twice as i32, 2)?))) {
            Some((twice, dimension)) => {
                let root = self.push(ExprKind::Call(Function::Sqrt, vec![id]), span);
                self.typed(ExprKind::Power(root, twice), span, Some(dimension))
            }
            None => {
                let message = format!(
                    "{} can only be raised to a constant power whose exponents are halves",
                    units::name_of(of)
                );
                let mut diagnostic = Diagnostic::new(Code::ExponentUnits, exponent.span, message)
                    .also(base.span, format!("this is {}", units::name_of(of)));
                if matches!(exponent.kind, Syntax::Power { .. }) {
                    let (base, exponent) = (alif_grammar::print_expr(base), alif_grammar::print_expr(exponent));
                    diagnostic =
                        diagnostic.help(format!("powers are read from the right: this is `{base}^({exponent})`"));
                }
                self.report(diagnostic);
                self.unknown(span)
            }
        }
    }
}

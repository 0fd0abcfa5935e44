//! Expressions: names become ids, literals become numbers of the coherent set, dimensions are compared.

mod calls;
mod literals;
mod names;
mod operators;

use alif_grammar::{Code, Diagnostic, Span, ast};
use ast::ExprKind as Syntax;

use crate::dimension::Dimension;
use crate::ids::ExprId;
use crate::model::ExprKind;

use super::declarations::Reads;
use super::{Checker, Type, Typed};

/// Where an expression stands; it decides which names may be read there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Place {
    Default,
    Condition,
    Let,
    Initial,
    Rhs,
    Left,
    On,
    /// The block of a spike or an event.
    Spike,
    /// The condition of a spike or an event, or its rate.
    Test,
    /// A condition that must rise.
    Rising,
    Duration,
    /// The time constant of a kernel.
    TimeConstant,
    Assert,
    Learn,
    /// The body of a function by itself.
    Function,
}

impl Place {
    pub(super) fn allowed(self) -> Reads {
        let time = matches!(
            self,
            Self::Rhs | Self::On | Self::Spike | Self::Test | Self::Rising | Self::Let | Self::Learn | Self::Function
        );
        let noise = matches!(self, Self::Rhs | Self::Let | Self::Function);
        let (states, inputs, previous) = match self {
            Self::Default | Self::Condition | Self::Duration | Self::TimeConstant | Self::Assert | Self::Left => {
                (false, false, false)
            }
            Self::Initial => (true, false, false),
            Self::Rhs => (true, true, false),
            Self::On | Self::Spike | Self::Test | Self::Rising | Self::Let | Self::Learn | Self::Function => {
                (true, true, true)
            }
        };
        Reads {
            states,
            inputs,
            previous,
            time,
            noise,
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Default => "the default of a parameter",
            Self::Condition => "the condition of a parameter",
            Self::Let => "a definition",
            Self::Initial => "an initial value",
            Self::Rhs => "an equation",
            Self::Left => "the factor of a derivative",
            Self::On => "an event block",
            Self::Spike => "a spike or event block",
            Self::Test => "the condition of a spike or event",
            Self::Rising => "a condition that must rise",
            Self::Duration => "the refractory period",
            Self::TimeConstant => "the time constant of a kernel",
            Self::Assert => "an assertion",
            Self::Learn => "a learn block",
            Self::Function => "a function",
        }
    }
}

/// What to do about a noise whose unit does not fit.
pub(in crate::check) const NOISE_HELP: &str = "a noise is in 1/sqrt(time): `tau * dV/dt = -V + sigma * sqrt(2 * tau) * xi` has the standard deviation `sigma` in the end";

/// What kind of value a place wants.
pub(super) const NUMBER: &str = "a number";
pub(super) const TRUTH: &str = "a condition";
impl Checker<'_> {
    /// Reads an expression whose value is a number.
    pub(in crate::check) fn number(&mut self, expr: &ast::Expr, place: Place) -> (ExprId, Option<Dimension>) {
        let typed = self.expression(expr, place);
        let dimension = self.expect_number(typed, expr.span);
        (typed.id, dimension)
    }

    /// Reads an expression whose value is a truth value.
    pub(in crate::check) fn condition(&mut self, expr: &ast::Expr, place: Place) -> ExprId {
        let typed = self.expression(expr, place);
        if let Type::Number(_) = typed.kind {
            self.wrong_kind(expr.span, TRUTH, NUMBER);
        }
        typed.id
    }

    pub(super) fn expect_number(&mut self, typed: Typed, span: Span) -> Option<Dimension> {
        match typed.kind {
            Type::Number(dimension) => Some(dimension),
            Type::Truth => {
                self.wrong_kind(span, NUMBER, TRUTH);
                None
            }
            Type::Unknown => None,
        }
    }

    pub(super) fn wrong_kind(&mut self, span: Span, wanted: &str, found: &str) {
        let help = if wanted == NUMBER {
            "`if condition { 1 } else { 0 }` makes a number of a condition"
        } else {
            "compare the number with something: `x > 0`"
        };
        self.report(
            Diagnostic::new(
                Code::NotAValue,
                span,
                format!("{wanted} is needed here, but this is {found}"),
            )
            .help(help),
        );
    }

    pub(super) fn typed(&mut self, kind: ExprKind, span: Span, of: Option<Dimension>) -> Typed {
        Typed {
            id: self.push(kind, span),
            kind: of.map_or(Type::Unknown, Type::Number),
        }
    }

    pub(super) fn unknown(&mut self, span: Span) -> Typed {
        self.typed(ExprKind::Number(f64::NAN), span, None)
    }

    /// Reads any expression. The tree is at most as deep as the brackets of the text are nested; calls of functions have a
    /// limit of their own.
    pub(in crate::check) fn expression(&mut self, expr: &ast::Expr, place: Place) -> Typed {
        let span = expr.span;
        self.depth += 1;
        self.inlined += usize::from(self.frame.is_some());
        let typed = match &expr.kind {
            Syntax::Number { text, unit } => self.literal(text, unit.as_ref(), span),
            Syntax::Name(name) => self.name(name, span, place),
            Syntax::Call { function, arguments } => self.call(function, arguments, span, place),
            Syntax::Paren(inner) => self.expression(inner, place),
            Syntax::Neg(inner) => {
                let (id, dimension) = self.number(inner, place);
                self.typed(ExprKind::Neg(id), span, dimension)
            }
            Syntax::Sum { first, rest } => self.sum(first, rest, place),
            Syntax::Product { first, rest } => self.product(first, rest, place),
            Syntax::Power { base, exponent } => self.power(base, exponent, span, place),
            Syntax::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.condition(condition, place);
                let (a, b) = (self.expression(then, place), self.expression(otherwise, place));
                let kind = self.same_branches((a, then), (b, otherwise));
                let id = self.push(ExprKind::If(condition, a.id, b.id), span);
                Typed { id, kind }
            }
            Syntax::Compare { first, rest } => self.comparison(first, rest, span, place),
            Syntax::Not(inner) => {
                let id = self.condition(inner, place);
                self.truth(ExprKind::Not(id), span)
            }
            Syntax::And(all) => self.joined(all, ExprKind::And, place),
            Syntax::Or(all) => self.joined(all, ExprKind::Or, place),
        };
        self.depth -= 1;
        self.finite(typed, expr)
    }

    /// Refuses an expression of literals whose value is not finite, though those of its parts are. In a function it may stand in the
    /// branch of an `if` that is not taken.
    fn finite(&mut self, typed: Typed, expr: &ast::Expr) -> Typed {
        let constant = self.constants[typed.id.index()];
        let Some(value) = constant.filter(|value| !value.is_finite() && self.frame.is_none()) else {
            return typed;
        };
        let text = alif_grammar::print_expr(expr);
        let text: String = text.chars().take(60).chain(text.chars().nth(60).map(|_| '…')).collect();
        let message = if value.is_nan() {
            format!("`{text}` has no value")
        } else {
            format!("`{text}` is infinite")
        };
        self.error(Code::NumberRange, expr.span, message);
        self.unknown(expr.span)
    }

    pub(super) fn truth(&mut self, kind: ExprKind, span: Span) -> Typed {
        Typed {
            id: self.push(kind, span),
            kind: Type::Truth,
        }
    }

    pub(super) fn same_branches(&mut self, (a, a_expr): (Typed, &ast::Expr), (b, b_expr): (Typed, &ast::Expr)) -> Type {
        match (a.kind, b.kind) {
            (Type::Number(x), Type::Number(y)) if x != y => {
                self.mismatch("the branches of an `if` are", (x, a_expr), (y, b_expr));
                Type::Unknown
            }
            (Type::Number(_), Type::Truth) | (Type::Truth, Type::Number(_)) => {
                self.wrong_kind(b_expr.span, NUMBER, TRUTH);
                Type::Unknown
            }
            (Type::Unknown, other) | (other, _) => other,
        }
    }
}

/// A literal zero without a unit: it fits any dimension in a comparison.
pub(in crate::check) fn is_plain_zero(expr: &ast::Expr) -> bool {
    match &expr.kind {
        Syntax::Number { text, unit: None } => text.parse::<f64>() == Ok(0.0),
        Syntax::Paren(inner) | Syntax::Neg(inner) => is_plain_zero(inner),
        _ => false,
    }
}

//! The operators: how tightly they bind, and what they make of their operands.

use super::Operand;
use crate::ast::{CompareOp, Expr, ExprKind, ProductOp, SumOp};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::parser::Reader;
use crate::print_expr::{print_expr, print_unit};
use crate::span::Span;

/// An operator whose right operand has not been read completely.
#[derive(Clone, Copy)]
pub(super) enum Operator {
    Or,
    And,
    Not,
    Compare(CompareOp),
    Sum(SumOp),
    Product(ProductOp),
    Neg,
    Power,
}

impl Operator {
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Not => 3,
            Self::Compare(_) => 4,
            Self::Sum(_) => 5,
            Self::Product(_) => 6,
            Self::Neg => 7,
            Self::Power => 8,
        }
    }

    pub(super) fn infix(symbol: &str) -> Self {
        match symbol {
            "or" => Self::Or,
            "and" => Self::And,
            "<" => Self::Compare(CompareOp::Lt),
            "<=" => Self::Compare(CompareOp::Le),
            ">" => Self::Compare(CompareOp::Gt),
            ">=" => Self::Compare(CompareOp::Ge),
            "==" => Self::Compare(CompareOp::Eq),
            "!=" => Self::Compare(CompareOp::Ne),
            "+" => Self::Sum(SumOp::Add),
            "-" => Self::Sum(SumOp::Sub),
            "*" => Self::Product(ProductOp::Mul),
            "/" => Self::Product(ProductOp::Div),
            // `^` and `**`
            _ => Self::Power,
        }
    }
}

impl Reader<'_> {
    pub(super) fn power(&mut self, base: Operand, exponent: Operand) -> Operand {
        let span = base.expr.span.to(exponent.expr.span);
        if let ExprKind::Number { text, unit: Some(unit) } = &base.expr.kind {
            let (number, power) = (print_expr(&base.expr), print_expr(&exponent.expr));
            let unit = print_unit(unit);
            self.diagnostics.push(
                Diagnostic::new(
                    Code::UnexpectedToken,
                    span,
                    format!("`{number}^{power}` can be read in two ways"),
                )
                .help(format!(
                    "write `{text} [{unit}^{power}]` for a power of the unit, `({number})^{power}` for a power of both"
                )),
            );
        }
        let kind = ExprKind::Power {
            base: Box::new(base.expr),
            exponent: Box::new(exponent.expr),
        };
        self.grown(kind, span, base.height.max(exponent.height))
    }

    /// Joins two operands by an operator that makes lists.
    pub(super) fn joined(&mut self, operator: Operator, at: Span, left: Operand, right: Operand) -> Operand {
        let height = left.height.max(right.height);
        let span = left.expr.span.to(right.expr.span);
        let (mut left, right) = (left.expr, right.expr);
        let kind = match (operator, left.kind) {
            (Operator::Or, ExprKind::Or(mut list)) => {
                list.push(right);
                ExprKind::Or(list)
            }
            (Operator::And, ExprKind::And(mut list)) => {
                list.push(right);
                ExprKind::And(list)
            }
            (Operator::Compare(op), ExprKind::Compare { first, mut rest }) => {
                self.same_direction(&rest, op, &right, at);
                rest.push((op, right));
                ExprKind::Compare { first, rest }
            }
            (Operator::Sum(op), ExprKind::Sum { first, mut rest }) => {
                rest.push((op, right));
                ExprKind::Sum { first, rest }
            }
            (Operator::Product(op), ExprKind::Product { first, mut rest }) => {
                rest.push((op, right));
                ExprKind::Product { first, rest }
            }
            (operator, kind) => {
                left.kind = kind;
                match operator {
                    Operator::Or => ExprKind::Or(vec![left, right]),
                    Operator::And => ExprKind::And(vec![left, right]),
                    Operator::Compare(op) => ExprKind::Compare {
                        first: Box::new(left),
                        rest: vec![(op, right)],
                    },
                    Operator::Sum(op) => ExprKind::Sum {
                        first: Box::new(left),
                        rest: vec![(op, right)],
                    },
                    Operator::Product(op) => ExprKind::Product {
                        first: Box::new(left),
                        rest: vec![(op, right)],
                    },
                    Operator::Not | Operator::Neg | Operator::Power => {
                        unreachable!("these do not make lists")
                    }
                }
            }
        };
        Operand {
            expr: Expr { kind, span },
            height,
        }
    }

    /// Refuses `0 < V > V_th`: a chain goes up or down.
    fn same_direction(&mut self, rest: &[(CompareOp, Expr)], op: CompareOp, right: &Expr, at: Span) {
        let direction = |op| match op {
            CompareOp::Lt | CompareOp::Le => 1,
            CompareOp::Gt | CompareOp::Ge => -1,
            CompareOp::Eq | CompareOp::Ne => 0,
        };
        let turns = rest.iter().any(|(before, _)| direction(*before) * direction(op) < 0);
        if let (true, Some((_, middle))) = (turns, rest.last()) {
            let (middle, symbol, right) = (print_expr(middle), op.symbol(), print_expr(right));
            self.diagnostics.push(
                Diagnostic::new(
                    Code::UnexpectedToken,
                    at,
                    "a chain of comparisons goes up or down, not both",
                )
                .help(format!("write `… and {middle} {symbol} {right}`")),
            );
        }
    }
}

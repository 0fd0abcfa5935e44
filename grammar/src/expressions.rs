//! Operands and operators to expressions, by precedence.
//!
//! From loose to tight: `or`, `and`, `not`, comparisons, sums, products, unary minus, power. Two stacks instead of
//! recursion, so that only brackets cost stack.

use pest::iterators::Pair;

use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::parser::{Reader, take};
use crate::scan::too_deep;
use crate::span::Span;

mod operators;

use operators::Operator;

/// An expression and how deeply its parentheses, calls, signs and powers nest.
struct Operand {
    expr: Expr,
    height: usize,
}

#[derive(Default)]
struct Stacks {
    operands: Vec<Operand>,
    operators: Vec<(Operator, Span)>,
}

impl Reader<'_> {
    /// Reads an `expression`.
    pub(crate) fn expression(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.operand_of(pair).expr
    }

    /// Reads the `expression`s inside of `pair`.
    pub(crate) fn expressions(&mut self, pair: Pair<'_, Rule>) -> Vec<Expr> {
        self.operands_of(pair).0
    }

    fn operands_of(&mut self, pair: Pair<'_, Rule>) -> (Vec<Expr>, usize) {
        let mut height = 0;
        let mut expressions = Vec::new();
        for inner in pair.into_inner().filter(|inner| inner.as_rule() == Rule::expression) {
            let operand = self.operand_of(inner);
            height = height.max(operand.height);
            expressions.push(operand.expr);
        }
        (expressions, height)
    }

    fn operand_of(&mut self, pair: Pair<'_, Rule>) -> Operand {
        let mut stacks = Stacks::default();
        let mut parts = pair.into_inner().peekable();
        while let Some(part) = parts.next() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::prefix => self.prefix(&mut stacks, part.as_str(), at),
                Rule::infix => {
                    let operator = Operator::infix(part.as_str());
                    while let Some(&(before, _)) = stacks.operators.last()
                        && (before.precedence() > operator.precedence()
                            || before.precedence() == operator.precedence() && !matches!(operator, Operator::Power))
                    {
                        self.reduce(&mut stacks);
                    }
                    stacks.operators.push((operator, at));
                }
                Rule::number => {
                    let text = part.as_str().to_owned();
                    let unit = parts
                        .next_if(|next| next.as_rule() == Rule::number_unit)
                        .map(|unit| self.unit(unit));
                    let span = unit.as_ref().map_or(at, |unit| at.to(unit.span));
                    stacks.operands.push(Operand {
                        expr: Expr {
                            kind: ExprKind::Number { text, unit },
                            span,
                        },
                        height: 0,
                    });
                }
                Rule::name => {
                    let function = self.ident(&part);
                    let operand = match parts.next_if(|next| next.as_rule() == Rule::arguments) {
                        Some(arguments) => {
                            let span = at.to(self.span(&arguments));
                            let (arguments, height) = self.operands_of(arguments);
                            self.grown(ExprKind::Call { function, arguments }, span, height)
                        }
                        None => Operand {
                            expr: Expr {
                                kind: ExprKind::Name(function.name),
                                span: at,
                            },
                            height: 0,
                        },
                    };
                    stacks.operands.push(operand);
                }
                Rule::group => {
                    let mut inner = part.into_inner().filter(|inner| inner.as_rule() == Rule::expression);
                    let inner = self.operand_of(take(&mut inner));
                    let operand = self.grown(ExprKind::Paren(Box::new(inner.expr)), at, inner.height);
                    stacks.operands.push(operand);
                }
                // What remains is `if`.
                _ => {
                    let operand = self.conditional(part);
                    stacks.operands.push(operand);
                }
            }
        }
        while !stacks.operators.is_empty() {
            self.reduce(&mut stacks);
        }
        pop(&mut stacks)
    }

    fn prefix(&mut self, stacks: &mut Stacks, symbol: &str, at: Span) {
        let operator = if symbol == "-" { Operator::Neg } else { Operator::Not };
        // The operator that waits for an operand stands on top.
        let waiting = stacks.operators.last().map_or(0, |(before, _)| before.precedence());
        if matches!(operator, Operator::Not) && waiting > operator.precedence() {
            self.diagnostics.push(
                Diagnostic::new(Code::UnexpectedToken, at, "`not` stands in parentheses here").help("write `(not …)`"),
            );
        }
        stacks.operators.push((operator, at));
    }

    /// An expression one level taller than what it holds, unless that is too much.
    fn grown(&mut self, kind: ExprKind, span: Span, inner: usize) -> Operand {
        let height = inner + 1;
        if height <= self.deepest {
            return Operand {
                expr: Expr { kind, span },
                height,
            };
        }
        if !self.diagnostics.iter().any(|before| before.code == Code::NestedTooDeep) {
            self.diagnostics.push(too_deep(span.start as usize, self.deepest));
        }
        // What is refused hangs below nothing, so that no tree is too deep to be dropped.
        let kind = ExprKind::Number {
            text: "0".to_owned(),
            unit: None,
        };
        Operand {
            expr: Expr { kind, span },
            height: 0,
        }
    }

    /// Builds the expression of the operator on top of the stack.
    fn reduce(&mut self, stacks: &mut Stacks) {
        let Some((operator, at)) = stacks.operators.pop() else {
            return;
        };
        let right = pop(stacks);
        let operand = match operator {
            Operator::Neg => {
                let span = at.to(right.expr.span);
                self.grown(ExprKind::Neg(Box::new(right.expr)), span, right.height)
            }
            Operator::Not => {
                let span = at.to(right.expr.span);
                self.grown(ExprKind::Not(Box::new(right.expr)), span, right.height)
            }
            Operator::Power => {
                let left = pop(stacks);
                self.power(left, right)
            }
            Operator::Or | Operator::And | Operator::Compare(_) | Operator::Sum(_) | Operator::Product(_) => {
                let left = pop(stacks);
                self.joined(operator, at, left, right)
            }
        };
        stacks.operands.push(operand);
    }

    fn conditional(&mut self, pair: Pair<'_, Rule>) -> Operand {
        let whole = self.span(&pair);
        let mut tests = Vec::new();
        let mut start = whole;
        let mut height = 0;
        let mut last = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_if => start = self.span(&part),
                Rule::expression => {
                    let condition = self.operand_of(part);
                    height = height.max(condition.height);
                    tests.push((start, condition.expr, None));
                }
                Rule::branch => {
                    let mut inner = part.into_inner().filter(|inner| inner.as_rule() == Rule::expression);
                    let value = self.operand_of(take(&mut inner));
                    height = height.max(value.height);
                    match tests.last_mut() {
                        Some((_, _, branch @ None)) => *branch = Some(value.expr),
                        _ => last = Some(value.expr),
                    }
                }
                _ => {}
            }
        }
        let mut otherwise = Operand {
            expr: last.expect("the grammar puts a last branch here"),
            height,
        };
        for (start, condition, branch) in tests.into_iter().rev() {
            let kind = ExprKind::If {
                condition: Box::new(condition),
                then: Box::new(branch.expect("the grammar puts a branch behind each condition")),
                otherwise: Box::new(otherwise.expr),
            };
            let span = Span {
                start: start.start,
                ..whole
            };
            otherwise = self.grown(kind, span, otherwise.height);
        }
        otherwise
    }
}

/// The operand on top; there is one for each operator, by the grammar.
fn pop(stacks: &mut Stacks) -> Operand {
    stacks.operands.pop().expect("the grammar puts an operand here")
}

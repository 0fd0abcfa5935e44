//! Equations: the derivative among the factors of the left side.

use pest::iterators::Pair;

use crate::ast::{Expr, ExprKind, Ident, ItemKind, ProductOp};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::parser::{Reader, normal, parts, take};
use crate::scan::{Kind, Token};
use crate::span::Span;

/// The names that `state` declares and where, in order.
pub(crate) struct DeclaredStates(Vec<(String, u32)>);

impl DeclaredStates {
    pub(crate) fn new(text: &str, tokens: &[Token]) -> Self {
        let mut states: Vec<(String, u32)> = tokens
            .windows(2)
            .filter(|pair| pair[0].text(text) == "state" && pair[1].kind == Kind::Word)
            .map(|pair| (normal(pair[1].text(text)), pair[1].span.start))
            .collect();
        states.sort_unstable();
        Self(states)
    }
}

impl Reader<'_> {
    /// Reads an equation, in whose left side it looks for `dX`, `/ dt`.
    pub(crate) fn equation(&mut self, pair: Pair<'_, Rule>) -> ItemKind {
        let mut parts = parts(pair);
        let left = self.expression(take(&mut parts));
        let rhs = self.expression(take(&mut parts));
        let left_span = left.span;
        let Expr { kind, span } = left;
        let mut factors = match kind {
            ExprKind::Product { first, rest } => {
                let mut factors = vec![(ProductOp::Mul, *first)];
                factors.extend(rest);
                factors
            }
            kind => vec![(ProductOp::Mul, Expr { kind, span })],
        };
        let places: Vec<usize> = (1..factors.len())
            .map(|at| at - 1)
            .filter(|&at| derived_state(&factors[at].1).is_some() && is_over_dt(&factors[at + 1]))
            .collect();
        let place = match places.as_slice() {
            [] => {
                self.diagnostics.push(self.no_derivative(left_span, &factors));
                return placeholder(left_span, rhs);
            }
            [one] => *one,
            // `delta/dt * dV/dt`: the declared state decides.
            [first, ..] => {
                let declared = |at: &&usize| derived_state(&factors[**at].1).is_some_and(|name| self.declares(&name));
                *places.iter().find(declared).unwrap_or(first)
            }
        };
        let after = factors.split_off(place + 2);
        let over = factors.pop().map_or(left_span, |(_, over)| over.span);
        let Some((op, name)) = factors.pop() else {
            return placeholder(left_span, rhs);
        };
        let derivative = name.span.to(over);
        if op == ProductOp::Div {
            self.diagnostics.push(
                Diagnostic::new(Code::UnexpectedToken, derivative, "the derivative cannot be divided by")
                    .help("multiply both sides, so that the derivative stands in the numerator"),
            );
        }
        ItemKind::Equation {
            before: factors,
            state: Ident {
                name: derived_state(&name).unwrap_or_default(),
                // `dV`: behind the letter d.
                span: Span {
                    start: name.span.start + 1,
                    ..name.span
                },
            },
            derivative,
            after,
            rhs,
        }
    }

    /// Whether the model that is read declares the state `name`.
    fn declares(&self, name: &str) -> bool {
        let states = &self.states.0;
        let at = states.partition_point(|(state, at)| (state.as_str(), *at) < (name, self.model.start));
        states
            .get(at)
            .is_some_and(|(state, at)| state == name && *at < self.model.end)
    }

    /// What to say of a left side without `dX/dt`.
    fn no_derivative(&self, left: Span, factors: &[(ProductOp, Expr)]) -> Diagnostic {
        let diagnostic = |message: &str| Diagnostic::new(Code::UnexpectedToken, left, message);
        let first = self.tokens.partition_point(|token| token.span.start < left.start);
        let words: Vec<&str> = self.tokens[first..]
            .iter()
            .take_while(|token| token.span.end <= left.end)
            .map(|token| token.text(self.text))
            .collect();
        let second = |pair: &[&str]| pair[0] == "/" && pair[1].starts_with("dt") && pair[1].len() > 2;
        if words.windows(2).any(second) || words.windows(4).any(|w| w[..3] == ["/", "dt", "^"]) {
            return diagnostic("second derivatives are not part of the language")
                .help("write two first-order equations, with one more state");
        }
        if words.windows(2).any(|pair| pair == ["/", "dt"]) {
            return diagnostic("the left side of an equation is one derivative `dX/dt` and its factors")
                .help("write `tau * dX/dt = …;`, and all the rest on the right side");
        }
        if let [
            (
                _,
                Expr {
                    kind: ExprKind::Name(name),
                    ..
                },
            ),
        ] = factors
        {
            let diagnostic = diagnostic(&format!("an equation says what `d{name}/dt` is, not what `{name}` is"));
            return if self.declares(name) {
                diagnostic.help(format!(
                    "write `d{name}/dt = …;`, or `state {name} = …;` for the initial value"
                ))
            } else {
                diagnostic.help(format!("write `let {name} = …;` to name an expression"))
            };
        }
        diagnostic("the left side of an equation has no derivative").help("write `dX/dt = …;` or `tau * dX/dt = …;`")
    }
}

/// What stands for an equation that was refused; nobody sees it.
fn placeholder(left: Span, rhs: Expr) -> ItemKind {
    ItemKind::Equation {
        before: Vec::new(),
        state: Ident {
            name: String::new(),
            span: left,
        },
        derivative: left,
        after: Vec::new(),
        rhs,
    }
}

/// `X`, if the factor is the name `dX`.
fn derived_state(factor: &Expr) -> Option<String> {
    match &factor.kind {
        ExprKind::Name(name) => {
            let state = name.strip_prefix('d')?;
            let is_name = state.starts_with(|c: char| c == '_' || unicode_ident::is_xid_start(c));
            is_name.then(|| state.to_owned())
        }
        _ => None,
    }
}

/// Whether the factor is `/ dt`.
fn is_over_dt((op, factor): &(ProductOp, Expr)) -> bool {
    *op == ProductOp::Div && matches!(&factor.kind, ExprKind::Name(name) if name == "dt")
}

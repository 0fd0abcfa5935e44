//! Delta kernels: `tau * dV/dt = -V + tau * J` with `kernel J = delta drives syn;` makes V jump by the weight of an event.
//!
//! A `delta` is a pulse without width whose area is the weight, so its unit is that of the weight over time. The factors of each
//! pulse in an equation, over the factors of the derivative, are how far the state jumps; the pulse then leaves the equation.

use std::collections::BTreeMap;

use alif_grammar::{Code, Diagnostic, Span};

use crate::dimension::Dimension;
use crate::ids::{ExprId, StateId};
use crate::model::{ExprKind, Model};
use crate::symbolic::{Environment, Graph, Node};

use super::declarations::Reads;
use super::expressions::Place;
use super::{Checker, Type, Typed};

/// An expression apart from its pulses, and the factor of each pulse, by kernel.
struct Parts {
    rest: ExprId,
    factors: BTreeMap<usize, ExprId>,
}

impl Checker<'_> {
    /// A delta kernel in an expression.
    pub(super) fn delta(&mut self, kernel: usize, span: Span, place: Place) -> Typed {
        let (name, port, declared) = self.kernel_names(kernel);
        if !matches!(place, Place::Rhs | Place::Function) {
            let message = format!("`{name}` is a pulse without width and can be read in an equation only");
            self.report(
                Diagnostic::new(Code::Misplaced, span, message).also(declared, "declared here as a delta kernel"),
            );
            return self.unknown(span);
        }
        // No number yet: what is made of it is no constant.
        let id = self.push(ExprKind::Number(f64::NAN), span);
        self.deltas.insert(id, kernel);
        let kind = match port.map(|port| self.names.ports[port.index()]) {
            Some(Type::Number(weight)) => weight.checked_div(Dimension::TIME).map_or(Type::Unknown, Type::Number),
            _ => Type::Unknown,
        };
        Typed { id, kind }
    }

    /// Takes the pulses out of a right-hand side whose expressions begin at `from`, and notes how far they make `state` jump.
    pub(super) fn take_out_deltas(
        &mut self,
        from: usize,
        rhs: ExprId,
        state: Option<StateId>,
        left: Option<ExprId>,
    ) -> ExprId {
        if self.deltas.range(ExprId::new(from)..).next().is_none() {
            return rhs;
        }
        let mut parts: BTreeMap<ExprId, Parts> = BTreeMap::new();
        for index in from..=rhs.index() {
            let id = ExprId::new(index);
            if let Some(found) = self.without_deltas(id, &parts) {
                parts.insert(id, found);
            }
        }
        let Some(found) = parts.remove(&rhs) else {
            return rhs;
        };
        for (kernel, factor) in found.factors {
            let span = self.exprs[rhs.index()].span;
            let jump = left.map_or(factor, |left| self.push(ExprKind::Div(factor, left), span));
            if let Some(state) = state {
                self.kernels[kernel].jumps.push((state, jump));
            }
        }
        found.rest
    }

    /// One expression without its pulses; nothing where it has none. Its operands have been looked at.
    fn without_deltas(&mut self, id: ExprId, parts: &BTreeMap<ExprId, Parts>) -> Option<Parts> {
        let (span, kind) = (self.exprs[id.index()].span, self.exprs[id.index()].kind.clone());
        if let Some(&kernel) = self.deltas.get(&id) {
            let (rest, one) = (
                self.push(ExprKind::Number(0.0), span),
                self.push(ExprKind::Number(1.0), span),
            );
            return Some(Parts {
                rest,
                factors: BTreeMap::from([(kernel, one)]),
            });
        }
        let pulses = kind.operands().into_iter().find_map(|operand| parts.get(&operand))?;
        let (first, _) = pulses.factors.first_key_value()?;
        let kernel = *first;
        let part = |id: ExprId| parts.get(&id);
        let found = match kind {
            ExprKind::Neg(a) => part(a).map(|a| self.each(a, ExprKind::Neg, span)),
            ExprKind::Mul(a, b) if part(b).is_none() && self.is_constant(b) => {
                part(a).map(|a| self.each(a, |a| ExprKind::Mul(a, b), span))
            }
            ExprKind::Mul(a, b) if part(a).is_none() && self.is_constant(a) => {
                part(b).map(|b| self.each(b, |b| ExprKind::Mul(a, b), span))
            }
            ExprKind::Div(a, b) if part(b).is_none() && self.is_constant(b) => {
                part(a).map(|a| self.each(a, |a| ExprKind::Div(a, b), span))
            }
            ExprKind::Add(a, b) => Some(self.joined_parts((a, part(a)), (b, part(b)), ExprKind::Add, span)),
            ExprKind::Sub(a, b) => Some(self.joined_parts((a, part(a)), (b, part(b)), ExprKind::Sub, span)),
            _ => None,
        };
        if found.is_none() {
            let (name, _, declared) = self.kernel_names(kernel);
            let message = format!("`{name}` is a pulse without width: its factors can depend on parameters alone");
            self.report(
                Diagnostic::new(Code::Misplaced, span, message)
                    .also(declared, "declared here as a delta kernel")
                    .help("for anything else write what an event does: `on syn(w) { V += w * (E - V); }`"),
            );
        }
        found
    }

    /// The same operation on the rest and on each factor.
    fn each(&mut self, of: &Parts, operation: impl Fn(ExprId) -> ExprKind, span: Span) -> Parts {
        Parts {
            rest: self.push(operation(of.rest), span),
            factors: of
                .factors
                .iter()
                .map(|(&kernel, &factor)| (kernel, self.push(operation(factor), span)))
                .collect(),
        }
    }

    /// A sum or difference of two expressions, at least one of which has pulses.
    fn joined_parts(
        &mut self,
        (a, a_parts): (ExprId, Option<&Parts>),
        (b, b_parts): (ExprId, Option<&Parts>),
        join: fn(ExprId, ExprId) -> ExprKind,
        span: Span,
    ) -> Parts {
        let none = BTreeMap::new();
        let rests = [a_parts.map_or(a, |a| a.rest), b_parts.map_or(b, |b| b.rest)];
        let rest = self.push(join(rests[0], rests[1]), span);
        let (a, b) = (
            a_parts.map_or(&none, |a| &a.factors),
            b_parts.map_or(&none, |b| &b.factors),
        );
        let kernels: std::collections::BTreeSet<usize> = a.keys().chain(b.keys()).copied().collect();
        let zero = self.push(ExprKind::Number(0.0), span);
        let factors = kernels.into_iter().map(|kernel| {
            let of = |factors: &BTreeMap<usize, ExprId>| factors.get(&kernel).copied().unwrap_or(zero);
            (kernel, self.push(join(of(a), of(b)), span))
        });
        Parts {
            factors: factors.collect(),
            rest,
        }
    }

    fn is_constant(&self, id: ExprId) -> bool {
        self.reads(id) == Reads::default()
    }
}

/// Writes what delta kernels do, which is known as formulas alone, into the statements that have no text. A factor over itself is 1.
pub(super) fn name_jumps(model: &mut Model) {
    let mut graph = Graph::new();
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    for block in 0..model.on_blocks.len() {
        for at in 0..model.on_blocks[block].body.len() {
            let assign = &model.on_blocks[block].body[at];
            if assign.text.is_empty() {
                let value = whole_jump(model, &mut graph, assign.value);
                model.on_blocks[block].body[at].value = value;
            }
        }
    }
    let mut texts = Vec::new();
    for (block, on) in model.on_blocks.iter().enumerate() {
        for (at, assign) in on.body.iter().enumerate().filter(|(_, assign)| assign.text.is_empty()) {
            let value = graph.build(model, assign.value, &environment);
            let name = &model.states[assign.target.index()].name;
            let text = match graph.node(value) {
                Node::Add(_, change) => format!("{name} += {}", graph.text(*change, model)),
                Node::Sub(_, change) => format!("{name} -= {}", graph.text(*change, model)),
                _ => format!("{name} = {}", graph.text(value, model)),
            };
            texts.push((block, at, text));
        }
    }
    for (block, at, text) in texts {
        model.on_blocks[block].body[at].text = text;
    }
}

/// `x + w` and `x - w` for `x + (a / a) * w` and `x + (-a / a) * w`.
fn whole_jump(model: &mut Model, graph: &mut Graph, value: ExprId) -> ExprId {
    let environment = Environment::start_of_step(graph, model.states.len());
    let ExprKind::Add(old, change) = model.expr(value).kind else {
        return value;
    };
    let ExprKind::Mul(jump, weight) = model.expr(change).kind else {
        return value;
    };
    let ExprKind::Div(factor, left) = model.expr(jump).kind else {
        return value;
    };
    let (factor, left) = (
        graph.build(model, factor, &environment),
        graph.build(model, left, &environment),
    );
    let kind = match graph.neg(left) {
        _ if factor == left => ExprKind::Add(old, weight),
        negative if factor == negative => ExprKind::Sub(old, weight),
        _ => return value,
    };
    let mut expr = model.expr(value).clone();
    expr.kind = kind;
    model.exprs.push(expr);
    ExprId::new(model.exprs.len() - 1)
}

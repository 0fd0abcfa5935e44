//! Conditions with blocks: the spike and other events, when their conditions rise, and blocks that run a step later.

use alif_grammar::{Code, Diagnostic, Span, ast, print_expr};
use ast::{ItemKind, SpikeTrigger};

use crate::dimension::Dimension;
use crate::functions::Function;
use crate::ids::{ExprId, StateId};
use crate::model::{CompareOp, Event, ExprKind, Spike, State, Unit};
use crate::units;

use super::declarations::Entity;
use super::expressions::Place;
use super::{Checker, Type};

/// The state that is 1 after a step with a spike, where the spike block is `delayed`.
const SPIKED: &str = "spiked";

impl Checker<'_> {
    /// Makes room for the state of a delayed spike block, when all names of the text are known.
    pub(super) fn declare_spiked(&mut self) {
        let delayed = |item: &&ast::Item| matches!(item.kind, ItemKind::Spike { delayed: true, .. });
        let Some(item) = self.source.items.iter().find(delayed) else {
            return;
        };
        self.names.states.push(Type::Number(Dimension::DIMENSIONLESS));
        self.names.assigned.push(true);
        let id = StateId::new(self.names.states.len() - 1);
        self.spiked = Some(id);
        if let Some((_, first)) = self.names.by_name.get(SPIKED) {
            let first = *first;
            let message = format!("a `delayed` block makes a state `{SPIKED}`, but that name is taken");
            self.report(Diagnostic::new(Code::DeclaredTwice, item.span, message).also(first, "declared here"));
            return;
        }
        self.names
            .by_name
            .insert(SPIKED.to_owned(), (Entity::State(id), item.span));
    }

    /// The state of a delayed spike block.
    pub(super) fn spiked_state(&self) -> Option<(StateId, State)> {
        let id = self.spiked?;
        let span = self.names.by_name.get(SPIKED)?.1;
        Some((
            id,
            State {
                name: SPIKED.to_owned(),
                docs: vec!["1 after a step with a spike, else 0".to_owned()],
                span,
                unit: Unit::one(),
                initial: None,
                initial_text: None,
                equation: None,
            },
        ))
    }

    pub(super) fn spike(&mut self, trigger: &SpikeTrigger, delayed: bool, body: &[ast::Assign], span: Span) -> Spike {
        let (condition, text) = match trigger {
            SpikeTrigger::When { rising, condition } => self.crossing(*rising, condition),
            SpikeTrigger::Rate(rate) => (self.escape(rate), print_expr(rate)),
        };
        let body = self.assignments(body, Place::Spike);
        Spike {
            condition,
            text,
            by_rate: matches!(trigger, SpikeTrigger::Rate(_)),
            rising: matches!(trigger, SpikeTrigger::When { rising: true, .. }),
            delayed: self.spiked.filter(|_| delayed),
            body,
            span,
        }
    }

    /// The condition that chance lets a rate have its spike in this step: a number between 0 and 1 is below 1 - exp(-rate h).
    fn escape(&mut self, rate: &ast::Expr) -> ExprId {
        let span = rate.span;
        let (id, dimension) = self.number(rate, Place::Test);
        let wanted = Dimension::DIMENSIONLESS.checked_div(Dimension::TIME);
        if let (Some(found), Some(wanted)) = (dimension, wanted)
            && found != wanted
        {
            let message = format!(
                "a spike rate is {}, but this is {}",
                units::name_of(wanted),
                self.unit_shown(rate, found)
            );
            self.report(
                Diagnostic::new(Code::ArgumentUnits, span, message)
                    .help("a neuron that spikes at a condition says when: `spike when V > V_th { … }`"),
            );
        }
        let dt = self.push(ExprKind::Dt, span);
        let expected = self.push(ExprKind::Mul(id, dt), span);
        let exponent = self.push(ExprKind::Neg(expected), span);
        let change = self.push(ExprKind::Call(Function::Expm1, vec![exponent]), span);
        let probability = self.push(ExprKind::Neg(change), span);
        let chance = self.push(ExprKind::Uniform, span);
        self.push(ExprKind::Compare(CompareOp::Lt, chance, probability), span)
    }

    pub(super) fn event(
        &mut self,
        name: &ast::Ident,
        rising: bool,
        condition: &ast::Expr,
        body: &[ast::Assign],
        span: Span,
    ) -> Event {
        let (condition, text) = self.crossing(rising, condition);
        Event {
            name: name.name.clone(),
            condition,
            text,
            rising,
            body: self.assignments(body, Place::Spike),
            span,
        }
    }

    /// A condition on the new states which, where it must rise, is also asked of the states before the step.
    fn crossing(&mut self, rising: bool, condition: &ast::Expr) -> (ExprId, String) {
        let id = self.condition(condition, if rising { Place::Rising } else { Place::Test });
        if rising && self.reads(id).previous {
            let message = "`rising` asks the condition of the states before the step too, where `prev` is not known";
            self.report(
                Diagnostic::new(Code::Misplaced, condition.span, message)
                    .help("leave `prev` out, or write both conditions: `V > 0 mV and not prev(V) > 0 mV`"),
            );
        }
        (id, print_expr(condition))
    }
}

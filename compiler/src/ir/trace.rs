//! A program with what gradients need to know of it: which values are effects of the spike on which state, what the surrogate is a
//! function of, and where each coefficient comes from.

use crate::ids::{StateId, Value};
use crate::model::Model;
use crate::symbolic::Graph;
use crate::update::Update;

use super::lower::lower_with;
use super::{Options, Program, Source};

/// A traced program. Its values are numbered through `step` and `spike`; behind those of the ordinary program it has what the surrogate
/// is a function of.
#[derive(Clone, Debug)]
pub(crate) struct Traced {
    pub(crate) program: Program,
    /// The graph that the sources belong to.
    pub(crate) graph: Graph,
    /// Where each coefficient comes from.
    pub(crate) sources: Vec<Source>,
    pub(crate) trace: Trace,
    /// Values of `detach(…)`.
    pub(crate) detached: Vec<Value>,
}

/// What is noted on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// What the surrogate is a function of, where the model says it.
    pub(crate) argument: Option<Value>,
    /// Where the spike condition may hold at all: not while refractory and, where it must rise, not where it held before.
    pub(crate) gates: Vec<Value>,
    /// Whether the spike of the step before has its effects in this one, and the state that says so.
    pub(crate) delayed: Option<(Value, StateId)>,
    /// Statements of spike and event blocks.
    pub(crate) effects: Vec<Effect>,
}

/// A statement where its condition holds: `Sub(old, Masked(condition, change))` or `Select(condition, new, old)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) value: Value,
    /// The state that is written.
    pub(crate) state: StateId,
}

impl Trace {
    /// The state that a value belongs to as an effect.
    pub(crate) fn effect_on(&self, value: Value) -> Option<StateId> {
        self.effects
            .iter()
            .find(|effect| effect.value == value)
            .map(|effect| effect.state)
    }
}

/// Lowers a model and its update to a program for its adjoint.
pub(crate) fn trace(model: &Model, update: &Update, options: &Options) -> Traced {
    lower_with(model, update, options, Some(Trace::default()))
}

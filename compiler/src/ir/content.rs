//! What the kernels of a program depend on.

use alif_core::Layout;

use crate::ids::Value;

use super::{Inst, Loop, Program};

/// All of a program that a kernel is compiled from, as a key: programs that agree in it, whatever their models and states are called and
/// whatever their parameters are bound to, have the same kernels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    layout: Layout,
    step: Vec<Inst>,
    spike: Vec<Inst>,
    states: Vec<Value>,
    counter: Option<Value>,
    spikes: Option<Value>,
    loops: Vec<Loop>,
}

impl Program {
    /// What its kernels depend on.
    #[must_use]
    pub fn content(&self) -> Content {
        // Every field is named, so that a new one is either part of the content or known not to matter.
        let Self {
            layout,
            step,
            spike,
            states,
            counter,
            spikes,
            loops,
            name: _,
            param_names: _,
            state_names: _,
            input_names: _,
            port_names: _,
            defaults: _,
            prepare: _,
            // What monitors ask for is evaluated apart.
            observe: _,
            before: _,
            // They say how the program can be lowered anew, and what a reader is told.
            repeats: _,
            notes: _,
        } = self;
        Content {
            layout: layout.clone(),
            step: step.clone(),
            spike: spike.clone(),
            states: states.clone(),
            counter: *counter,
            spikes: *spikes,
            loops: loops.clone(),
        }
    }
}

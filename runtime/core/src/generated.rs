//! What `alif_model!` writes for a model, and what a step sees of a population.

use alloc::vec::Vec;
use core::fmt::Debug;

use crate::adjoint::{AdjointMap, Rule};
use crate::bind::{Demand, Prepared};
use crate::lanes::{Counts, Lanes, Mask};
use crate::layout::Layout;
use crate::real::Real;
use crate::signature::Signature;

/// An array whose length belongs to a model.
pub trait Row<X>: Sized {
    /// An array of this length with other elements.
    type Of<Y>: Row<Y>;

    /// The elements from their indices.
    fn from_fn(element: impl FnMut(usize) -> X) -> Self;
    /// An element.
    fn at(&self, index: usize) -> &X;
    /// An element, to be changed.
    fn at_mut(&mut self, index: usize) -> &mut X;
}

impl<X, const L: usize> Row<X> for [X; L] {
    type Of<Y> = [Y; L];

    #[inline(always)]
    fn from_fn(element: impl FnMut(usize) -> X) -> Self {
        core::array::from_fn(element)
    }
    #[inline(always)]
    fn at(&self, index: usize) -> &X {
        &self[index]
    }
    #[inline(always)]
    fn at_mut(&mut self, index: usize) -> &mut X {
        &mut self[index]
    }
}

/// `N` neurons of a population, as a step reads and writes them. Everything goes by the ids of the step program.
pub trait Memory<T: Real, const N: usize> {
    /// A state.
    fn state(&self, state: usize) -> Lanes<T, N>;
    /// A coefficient.
    fn coefficient(&self, coefficient: usize) -> Lanes<T, N>;
    /// A coefficient that counts steps.
    fn steps(&self, coefficient: usize) -> Counts<T, N>;
    /// A continuous input.
    fn input(&self, input: usize) -> Lanes<T, N>;
    /// A weight that arrives at an event port.
    fn weight(&self, port: usize, slot: usize) -> Lanes<T, N>;
    /// Where a weight arrived.
    fn arrived(&self, port: usize, slot: usize) -> Mask<T, N>;
    /// How many weights of a step a neuron takes at this port.
    fn slots(&self, port: usize) -> usize;
    /// The refractory counter.
    fn counter(&self) -> Counts<T, N>;
    /// Hears what a state is before the spike block and other events, where they can change it; only monitors listen.
    #[inline(always)]
    fn before(&mut self, _state: usize, _value: Lanes<T, N>) {}
    /// Writes a state; after everything was read.
    fn set_state(&mut self, state: usize, value: Lanes<T, N>);
    /// Writes the refractory counter; after everything was read.
    fn set_counter(&mut self, value: Counts<T, N>);
}

/// The step of a model that was compiled ahead of time.
pub trait Generated: Copy + Debug + Send + Sync + 'static {
    /// One element for each state.
    type States<X>: Row<X>;
    /// One element for each coefficient.
    type Coefficients<X>: Row<X>;
    /// One element for each continuous input.
    type Inputs<X>: Row<X>;
    /// One element for each event port.
    type Ports<X>: Row<X>;
    /// The adjoint of the step, or [`NoAdjoint`].
    type Adjoint: Generated + Default;

    /// The parameters that have a default, each after those that its default needs.
    const DEFAULTS: &'static [usize];

    /// For each coefficient, whether it counts steps and whether it may be NaN or infinite.
    const DEMANDS: &'static [Demand];

    /// How many operations a step has, with those of coefficients and defaults: a measure of the time it takes to compile.
    const INSTRUCTIONS: usize;

    /// Names and units.
    fn signature() -> Signature;

    /// The default of a parameter, from the values of others; NaN for a parameter without default.
    fn default_value(param: usize, params: &[f64], dt: f64) -> f64;

    /// The coefficients, initial values and conditions for one set of parameters in the coherent set, with the time step in ms.
    fn prepare(params: &[f64], dt: f64) -> Prepared;

    /// What a step reads and writes, with this number of slots for each port that takes events one by one.
    fn layout(slots: &[usize]) -> Layout;

    /// The rule that [`Generated::Adjoint`] was derived by, and where it has what; nothing where there is none.
    fn adjoint() -> Option<(Rule, AdjointMap)> {
        None
    }

    /// Advances `N` neurons by one step and says which of them spike.
    fn step<T: Real, const N: usize, M: Memory<T, N>>(memory: &mut M) -> Mask<T, N>;

    /// The value of a definition after the step; zero for one that cannot be observed.
    fn observe<T: Real, const N: usize, M: Memory<T, N>>(definition: usize, memory: &M) -> Lanes<T, N>;
}

/// In the place of an adjoint: a model of nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAdjoint;

impl Generated for NoAdjoint {
    type States<X> = [X; 0];
    type Coefficients<X> = [X; 0];
    type Inputs<X> = [X; 0];
    type Ports<X> = [X; 0];
    type Adjoint = Self;

    const DEFAULTS: &'static [usize] = &[];
    const DEMANDS: &'static [Demand] = &[];
    const INSTRUCTIONS: usize = 0;

    fn signature() -> Signature {
        Signature::default()
    }

    fn default_value(_: usize, _: &[f64], _: f64) -> f64 {
        f64::NAN
    }

    fn prepare(_: &[f64], _: f64) -> Prepared {
        Prepared {
            coefficients: Vec::new(),
            initial: Vec::new(),
            checks: Vec::new(),
        }
    }

    fn layout(_: &[usize]) -> Layout {
        Layout::default()
    }

    #[inline(always)]
    fn step<T: Real, const N: usize, M: Memory<T, N>>(_: &mut M) -> Mask<T, N> {
        Mask::none()
    }

    fn observe<T: Real, const N: usize, M: Memory<T, N>>(_: usize, _: &M) -> Lanes<T, N> {
        Lanes::number(0.0)
    }
}

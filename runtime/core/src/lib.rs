//! The contract between a compiled neuron model and the simulation around it.
//!
//! The memory of a population is an [`Arrays`], which holds one array for each quantity that differs between neurons, one number for
//! each that does not, and a bit for each neuron that spikes. Which is which is decided by a [`Specialization`] of the program's
//! [`Layout`]; [`Places`] then says where each quantity is found. The interpreter, the compiled kernels and the runtime all ask
//! `Places`, so they cannot disagree. [`StepKernel::run`] advances a [`View`], which is some neurons of all arrays, by some [`Steps`]:
//! one neuron does not see another one within a step, so views are advanced in any order, and on several threads.
//!
//! [`numerics`] and [`math`] turn parameters into coefficients, for the compiler and for generated code. [`elementary`] has the
//! functions that steps compute.
//!
//! This crate knows nothing of model texts or of the compiler: models that were compiled ahead of time need only this. Without
//! its feature `std` it needs an allocator and no operating system, and computes the same bits.

#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod adjoint;
mod arrays;
mod bind;
pub mod decimal;
pub mod elementary;
pub mod generated;
mod lanes;
mod layout;
pub mod math;
pub mod native;
mod number;
pub mod numerics;
pub mod quantity;
pub mod random;
mod real;
mod signature;
#[cfg(any(not(feature = "std"), test))]
mod software;
mod steps;
mod suggest;
mod view;

pub use arrays::{Arrays, WORD};
pub use bind::{BindError, Bound, Demand, Prepared, accept, complete};
pub use lanes::{Counts, Lanes, Mask};
pub use layout::{Layout, Place, Places, Port, Specialization};
pub use number::number_text;
pub use real::{Precision, Real};
pub use signature::{
    CheckInfo, CoefficientInfo, InputInfo, ParamInfo, PortInfo, Signature, StateInfo, SubStepsInfo, UnitInfo,
};
pub use steps::{Each, Steps};
pub use suggest::nearest;
pub use view::{Columns, Rest, View, Views};

/// How many steps pass between two flushes of tiny states, see [`Arrays::flush_tiny`].
pub const FLUSH_EVERY: u64 = 64;

/// The step of a population.
///
/// The contract: `run` advances the neurons of a view by some steps in a row and touches nothing else, writes their spike bits whole,
/// and gives the same bits however neurons are split among views and steps among calls. Spike bits of padding mean nothing. Tiny states
/// are left as they are: whoever calls it flushes them after every [`FLUSH_EVERY`]-th step.
pub trait StepKernel<T: Real>: Send + Sync {
    /// Advances the neurons of `view` by these steps.
    ///
    /// # Panics
    /// When the view was laid out for another layout or specialisation: a bug of the caller.
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>);
}

//! The contract between a compiled neuron model and the simulation around it.
//!
//! A step of a population is one call: [`StepKernel::run`] on an [`Arrays`], which holds one array for each quantity
//! that differs between neurons, one number for each that does not, and a bit for each neuron that spikes. Which is
//! which is decided by a [`Specialization`] of the program's [`Layout`]; [`Places`] then says where each quantity is
//! found. The interpreter, the compiled kernels and the runtime all ask `Places`, so they cannot disagree.
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
mod suggest;

pub use arrays::{Arrays, WORD};
pub use bind::{BindError, Bound, Demand, Prepared, accept, complete};
pub use lanes::{Counts, Lanes, Mask};
pub use layout::{Layout, Place, Places, Port, Specialization};
pub use number::number_text;
pub use real::{Precision, Real};
pub use signature::{CheckInfo, CoefficientInfo, InputInfo, ParamInfo, PortInfo, Signature, StateInfo, UnitInfo};
pub use suggest::nearest;

/// How many steps pass between two flushes of tiny states, see [`Arrays::flush_tiny`].
pub const FLUSH_EVERY: u64 = 64;

/// One step of a population.
///
/// The contract: `run` advances the neurons `64 * words.start .. 64 * words.end` by one step and touches nothing else,
/// writes the spike bits of these words whole, and gives the same bits however the words are split among calls.
pub trait StepKernel<T: Real>: Send + Sync {
    /// Advances the neurons of `words` (64 each) by one step.
    ///
    /// # Panics
    /// When `arrays` was laid out for another layout or specialisation, or `words` lies outside of it: both are bugs of
    /// the caller.
    fn run(&self, arrays: &mut Arrays<T>, words: core::ops::Range<usize>);
}

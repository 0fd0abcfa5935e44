//! Engines that run a step program, and what they have in common.
//!
//! The contract of a step is [`alif_core::StepKernel`] on [`alif_core::Arrays`]. [`bind`] runs the sections of a program that
//! belong to the parameters, once, in double precision, for all engines alike; [`Interpreter`] runs the steps in plain scalar
//! Rust and is the oracle; `cranelift` (feature `jit`) compiles them.

mod bind;
#[cfg(feature = "jit")]
#[allow(unsafe_code)]
pub mod cranelift;
mod interpreter;

pub use bind::{BindError, Prepared, bind, complete};
pub use interpreter::{Interpreter, observe};

//! Engines that run a step program, and what they have in common.
//!
//! The contract of a step is [`alif_core::StepKernel`] on [`alif_core::Arrays`]. [`bind`] runs the sections of a program that
//! belong to the parameters, once, in double precision, for all engines alike; [`Interpreter`] runs the steps in plain scalar
//! Rust and is the oracle; `cranelift` (feature `jit`) compiles them; `rust` (feature `rust`) writes them
//! as Rust for `alif_model!`.

mod bind;
#[cfg(feature = "jit")]
#[allow(unsafe_code)]
pub mod cranelift;
mod interpreter;
#[cfg(feature = "rust")]
pub mod rust;

pub use bind::{LinearSystem, bind, complete, linear_systems};
pub use interpreter::{Interpreter, before_reset, observe};

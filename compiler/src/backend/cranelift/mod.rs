//! Step kernels compiled in memory by Cranelift.
//!
//! A kernel holds one loop over words of 64 neurons and, inside it, one over vectors of 128 bits (four f32 or two f64
//! neurons). Which coefficients and inputs differ between neurons is compiled in; their values are data, so changing a
//! parameter never recompiles.
//!
//! Code memory is never writable and executable at once: it is filled while writable and then made executable. It is
//! unmapped when the [`Kernel`] is dropped, and the entry point does not leave the kernel.

mod emit;
mod functions;
mod kernel;

pub use kernel::{JitError, JitOptions, Kernel, clif, compile};

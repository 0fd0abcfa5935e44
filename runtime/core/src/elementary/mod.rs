//! The functions of the model language as kernels compute them, each under its name there.
//!
//! Each is written once, over [`Arithmetic`]: the few operations whose results IEEE 754 fixes to the bit. The interpreter and
//! generated code follow it with numbers, the compiler of kernels with its intermediate code, so all of them run the same operations
//! in the same order. There are no branches and no tables: every lane takes the same path, and special cases are selections at the
//! end.
//!
//! Errors are at most 2 ulp in both precisions and over the whole range, subnormal results included. The largest that the tests find,
//! in single and double precision:
//!
//! | | f32 | f64 | | f32 | f64 | | f32 | f64 |
//! |---|---|---|---|---|---|---|---|---|
//! | `exp` | 0.77 | 0.67 | `log10` | 0.50 | 0.50 | `sin` | 0.72 | 0.70 |
//! | `expm1` | 1.08 | 1.22 | `sinh` | 0.93 | 0.78 | `cos` | 0.74 | 0.68 |
//! | `exprel` | 1.00 | 0.90 | `cosh` | 0.70 | 0.65 | `tan` | 0.88 | 0.78 |
//! | `sigmoid` | 0.74 | 0.67 | `tanh` | 1.41 | 1.39 | `pow` | 0.76 | 0.73 |
//! | `ln` | 0.50 | 0.50 | | | | | | |
//!
//! `sin`, `cos` and `tan` end at 2⁵⁰, in single precision at 2²¹, and are NaN from there on: `trigonometric.rs` says why. Infinities,
//! zeros with their signs and NaNs are as in C99, annex F; of zero, `exprel` is 1.
//! [`crate::math`] has the same functions for parameters, in double precision; the two differ in last bits.
//!
//! The polynomials were fitted by weighted least squares of the relative error on Chebyshev nodes in 60 digits, from the lowest
//! coefficient up: each was rounded to the precision before the rest was fitted again.

mod arithmetic;
mod exponential;
mod format;
mod hyperbolic;
mod logarithm;
mod power;
mod random;
mod trigonometric;

pub use arithmetic::Arithmetic;
pub use exponential::{exp, expm1, exprel, sigmoid};
pub use hyperbolic::{cosh, sinh, tanh};
pub use logarithm::{ln, log10};
pub use power::pow;
pub use random::{normal, uniform};
pub use trigonometric::{cos, sin, tan};

#[cfg(test)]
mod tests;

//! The functions of the model language in double precision, each under its name there.
//!
//! Parameters are bound with these, by the compiler and by generated code alike. What IEEE 754 does not fix comes from `libm`, whose
//! results do not depend on the machine, or from [`elementary`] where `libm` lacks it.

use crate::elementary;
use crate::lanes::Lanes;
use crate::real::Real;

/// `e^a`
#[must_use]
pub fn exp(a: f64) -> f64 {
    libm::exp(a)
}

/// `e^a - 1`, accurate near zero.
#[must_use]
pub fn expm1(a: f64) -> f64 {
    libm::expm1(a)
}

/// Natural logarithm.
#[must_use]
pub fn ln(a: f64) -> f64 {
    libm::log(a)
}

/// Logarithm to base ten.
#[must_use]
pub fn log10(a: f64) -> f64 {
    libm::log10(a)
}

/// Square root, correctly rounded.
#[must_use]
pub fn sqrt(a: f64) -> f64 {
    a.square_root()
}

/// Magnitude.
#[must_use]
pub fn abs(a: f64) -> f64 {
    a.magnitude()
}

/// The smaller one; `b` when one of the two is NaN.
#[must_use]
pub fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger one; `b` when one of the two is NaN.
#[must_use]
pub fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// `a`, but at least `low`, and then at most `high`.
#[must_use]
pub fn clamp(a: f64, low: f64, high: f64) -> f64 {
    min(max(a, low), high)
}

/// Largest integer not above.
#[must_use]
pub fn floor(a: f64) -> f64 {
    a.round_down()
}

/// Sine.
#[must_use]
pub fn sin(a: f64) -> f64 {
    libm::sin(a)
}

/// Cosine.
#[must_use]
pub fn cos(a: f64) -> f64 {
    libm::cos(a)
}

/// Tangent.
#[must_use]
pub fn tan(a: f64) -> f64 {
    libm::tan(a)
}

/// Hyperbolic tangent.
#[must_use]
pub fn tanh(a: f64) -> f64 {
    libm::tanh(a)
}

/// Hyperbolic sine.
#[must_use]
pub fn sinh(a: f64) -> f64 {
    libm::sinh(a)
}

/// Hyperbolic cosine.
#[must_use]
pub fn cosh(a: f64) -> f64 {
    libm::cosh(a)
}

/// `(e^a - 1) / a`, which is 1 at zero.
#[must_use]
pub fn exprel(a: f64) -> f64 {
    elementary::exprel(Lanes([a])).0[0]
}

/// `1 / (1 + e^-a)`
#[must_use]
pub fn sigmoid(a: f64) -> f64 {
    elementary::sigmoid(Lanes([a])).0[0]
}

/// 1 from zero on, 0 below.
#[must_use]
pub fn heaviside(a: f64) -> f64 {
    if a >= 0.0 { 1.0 } else { 0.0 }
}

/// `a^b`
#[must_use]
pub fn pow(a: f64, b: f64) -> f64 {
    libm::pow(a, b)
}

/// `a`; only derivatives see the difference.
#[must_use]
pub fn detach(a: f64) -> f64 {
    a
}

/// `a * b + c`, rounded once. No model can call this; the compiler writes it.
#[must_use]
pub fn fma(a: f64, b: f64, c: f64) -> f64 {
    Real::fma(a, b, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exprel_has_no_hole_at_zero() {
        assert_eq!(exprel(0.0), 1.0);
        assert!((exprel(1e-9) - (1.0 + 5e-10)).abs() < 1e-15);
    }

    #[test]
    fn bounds_and_steps_take_sides() {
        assert_eq!(
            [clamp(-1.0, 0.0, 2.0), clamp(3.0, 0.0, 2.0), clamp(1.0, 2.0, 0.0)],
            [0.0, 2.0, 0.0]
        );
        assert_eq!([min(f64::NAN, 1.0), max(f64::NAN, 1.0)], [1.0, 1.0]);
        assert!(min(1.0, f64::NAN).is_nan() && max(1.0, f64::NAN).is_nan());
        assert_eq!(
            [heaviside(-0.0), heaviside(-1e-300), heaviside(f64::NAN)],
            [1.0, 0.0, 0.0]
        );
    }

    #[test]
    fn a_fused_product_is_rounded_once() {
        let a = 1.0 + f64::EPSILON;
        assert_eq!(fma(a, a, -1.0 - 2.0 * f64::EPSILON), f64::EPSILON * f64::EPSILON);
    }
}

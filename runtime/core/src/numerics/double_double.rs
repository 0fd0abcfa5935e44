//! Numbers with twice the precision of `f64`: unevaluated sums of two, about 106 significant bits.
//!
//! Only what propagators need: add, subtract, multiply, divide, exact products and powers of two. The range stays that of
//! `f64`, and the low part keeps its full length only while results exceed about 1e-290. An overflow, an infinity or a NaN
//! gives a result that is not finite, never a panic.
//!
//! Algorithms and error bounds (in units of u² = 2⁻¹⁰⁶): Joldes, Muller & Popescu (2017), ACM Trans. Math. Softw. 44:15res,
//! doi:10.1145/3121432.

use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::real::Real;

/// The number `hi + lo`, where `hi` is that sum rounded to nearest.
///
/// ```
/// # use alif_core::numerics::DoubleDouble;
/// let rate = DoubleDouble::quotient(-1.0, 10.0); // -1/τ, not rounded to f64
/// assert_eq!(rate.hi, -0.1);
/// assert!((rate * DoubleDouble::from(10.0) + DoubleDouble::ONE).hi.abs() < 1e-31);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DoubleDouble {
    /// The value rounded to `f64`.
    pub hi: f64,
    /// What that rounding left out, at most half a unit in the last place of `hi`.
    pub lo: f64,
}

impl DoubleDouble {
    /// 0
    pub const ZERO: Self = Self { hi: 0.0, lo: 0.0 };
    /// 1
    pub const ONE: Self = Self { hi: 1.0, lo: 0.0 };

    /// `a + b` without error.
    #[must_use]
    #[inline]
    pub fn two_sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        let b_part = hi - a;
        let a_part = hi - b_part;
        Self {
            hi,
            lo: (a - a_part) + (b - b_part),
        }
    }

    /// `a + b` without error, given that |a| ≥ |b| or a = 0.
    #[inline]
    pub(super) fn fast_two_sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        Self { hi, lo: b - (hi - a) }
    }

    /// `a · b` without error, unless it overflows or is below about 1e-290.
    #[must_use]
    #[inline]
    pub fn two_prod(a: f64, b: f64) -> Self {
        let hi = a * b;
        Self { hi, lo: a.fma(b, -hi) }
    }

    /// `a / b` to the precision of this type, so that a rate such as -1/τ need not be rounded to `f64`.
    #[must_use]
    #[inline]
    pub fn quotient(a: f64, b: f64) -> Self {
        Self::from(a).div_f64(b)
    }

    /// `self · b`; relative error at most 2 u².
    #[must_use]
    #[inline]
    pub fn mul_f64(self, b: f64) -> Self {
        let product = Self::two_prod(self.hi, b);
        Self::fast_two_sum(product.hi, self.lo.fma(b, product.lo))
    }

    /// `self / b`; relative error at most 3 u². Exact zero and infinity for `b` infinite and zero are those of `f64`.
    #[must_use]
    #[inline]
    pub fn div_f64(self, b: f64) -> Self {
        let hi = self.hi / b;
        if !hi.is_finite() || b.is_infinite() {
            return Self::from(hi);
        }
        let rest = (-hi).fma(b, self.hi) + self.lo;
        Self::fast_two_sum(hi, rest / b)
    }

    /// `self · power` without error, where `power` is a power of two; bits below 2⁻¹⁰⁷⁴ are lost.
    #[must_use]
    #[inline]
    pub fn scale(self, power: f64) -> Self {
        Self {
            hi: self.hi * power,
            lo: self.lo * power,
        }
    }

    /// |self|
    #[must_use]
    #[inline]
    pub fn abs(self) -> Self {
        if self.hi < 0.0 { -self } else { self }
    }

    /// True for exactly 0.
    #[must_use]
    #[inline]
    pub fn is_zero(self) -> bool {
        self.hi == 0.0
    }

    /// False for an infinity or a NaN in either part.
    #[must_use]
    #[inline]
    pub fn is_finite(self) -> bool {
        self.hi.is_finite() && self.lo.is_finite()
    }
}

impl From<f64> for DoubleDouble {
    #[inline]
    fn from(hi: f64) -> Self {
        Self { hi, lo: 0.0 }
    }
}

impl Neg for DoubleDouble {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self {
            hi: -self.hi,
            lo: -self.lo,
        }
    }
}

/// Relative error at most 3 u², also when the two nearly cancel.
impl Add for DoubleDouble {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        let high = Self::two_sum(self.hi, other.hi);
        let low = Self::two_sum(self.lo, other.lo);
        let sum = Self::fast_two_sum(high.hi, high.lo + low.hi);
        Self::fast_two_sum(sum.hi, sum.lo + low.lo)
    }
}

impl AddAssign for DoubleDouble {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for DoubleDouble {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

/// Relative error at most 5 u².
impl Mul for DoubleDouble {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let product = Self::two_prod(self.hi, other.hi);
        let cross = self.hi.fma(other.lo, self.lo * other.hi);
        Self::fast_two_sum(product.hi, product.lo + cross)
    }
}

/// Relative error at most 15 u².
impl Div for DoubleDouble {
    type Output = Self;

    #[inline]
    fn div(self, other: Self) -> Self {
        let hi = self.hi / other.hi;
        if !hi.is_finite() || other.hi.is_infinite() {
            return Self::from(hi);
        }
        let rest = self - other.mul_f64(hi);
        Self::fast_two_sum(hi, rest.hi / other.hi)
    }
}

/// ⌊log₂ x⌋ for x > 0 in the normal range; at most -1023 below it, 1024 for an infinity.
pub(crate) fn exponent(x: f64) -> i32 {
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1023
}

/// 2^e; 0 below 2⁻¹⁰⁷⁴, infinity above 2¹⁰²³.
pub(crate) fn power_of_two(e: i32) -> f64 {
    match e {
        1024.. => f64::INFINITY,
        -1022.. => f64::from_bits(((e + 1023) as u64) << 52),
        -1074.. => f64::from_bits(1 << (e + 1074)),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::DoubleDouble as D;

    #[test]
    fn sums_and_products_keep_what_rounding_drops() {
        assert_eq!(D::two_sum(1.0, 1e-30), D { hi: 1.0, lo: 1e-30 });
        assert_eq!(D::two_sum(1e-30, 1.0), D { hi: 1.0, lo: 1e-30 });
        let (a, u) = (1.0 + f64::EPSILON, f64::EPSILON);
        assert_eq!(
            D::two_prod(a, a),
            D {
                hi: 1.0 + 2.0 * u,
                lo: u * u
            }
        );
        assert_eq!(D::two_sum(1.0, 1e-30) - D::ONE, D::from(1e-30));
    }

    #[test]
    fn division_undoes_multiplication() {
        let third = D::quotient(1.0, 3.0);
        assert_eq!(third.hi, 1.0 / 3.0);
        assert!((third.mul_f64(3.0) - D::ONE).hi.abs() < 1e-31);
        let x = D::two_sum(0.7, 3e-18);
        assert!((x / third * third - x).hi.abs() < 1e-31);
        assert_eq!((x.scale(0.25).scale(4.0), (-x).abs()), (x, x));
    }

    #[test]
    fn infinities_do_not_turn_into_numbers() {
        assert_eq!(D::quotient(-1.0, f64::INFINITY), D::ZERO);
        assert_eq!(D::quotient(1.0, 0.0).hi, f64::INFINITY);
        assert_eq!(D::ONE / D::from(f64::INFINITY), D::ZERO);
        assert!(!(D::from(f64::MAX) * D::from(2.0)).is_finite());
        assert!(!(D::from(f64::INFINITY) + D::ONE).is_finite());
        assert!(!D::quotient(0.0, 0.0).is_finite());
    }
}

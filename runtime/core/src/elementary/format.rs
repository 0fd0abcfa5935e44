//! What differs between the precisions, and the steps that several functions share.

use super::Arithmetic;
use crate::real::{Precision, Real};

/// Facts of a precision.
pub(super) struct Format {
    /// Bits of a number.
    pub(super) width: u32,
    /// Bits of the fraction.
    pub(super) fraction: u32,
    /// The exponent 0 as it is stored.
    pub(super) bias: f64,
    /// A number so large that its last bit counts ones: adding and subtracting it rounds to the nearest integer.
    pub(super) rounding: f64,
    /// The bits of the sign.
    pub(super) sign: u64,
    /// The smallest normal number.
    pub(super) smallest: f64,
    /// ln 2 with so few bits that its product with any exponent is exact, and the rest.
    pub(super) ln_2: [f64; 2],
}

static SINGLE: Format = Format {
    width: 32,
    fraction: 23,
    bias: 127.0,
    rounding: 12_582_912.0, // 1.5 · 2²³
    sign: 1 << 31,
    smallest: f32::MIN_POSITIVE as f64,
    ln_2: [0.693145751953125, 1.428606765330187e-06],
};

static DOUBLE: Format = Format {
    width: 64,
    fraction: 52,
    bias: 1023.0,
    rounding: 6_755_399_441_055_744.0, // 1.5 · 2⁵²
    sign: 1 << 63,
    smallest: f64::MIN_POSITIVE,
    ln_2: [0.693_147_180_559_208_2, 7.371002565167799e-13],
};

/// The one of two that belongs to the precision.
#[inline(always)]
pub(super) fn of<N: Arithmetic, X>(_: N, single: X, double: X) -> X {
    match N::Real::PRECISION {
        Precision::F32 => single,
        Precision::F64 => double,
    }
}

/// The facts of the precision.
#[inline(always)]
pub(super) fn format<N: Arithmetic>(x: N) -> &'static Format {
    of(x, &SINGLE, &DOUBLE)
}

/// `Σ coefficients[i] x^i`
#[inline(always)]
pub(super) fn polynomial<N: Arithmetic>(x: N, coefficients: &[f64]) -> N {
    let mut terms = coefficients.iter().rev();
    let mut sum = x.constant(terms.next().copied().unwrap_or(0.0));
    for &term in terms {
        sum = sum.fma(x, x.constant(term));
    }
    sum
}

/// `2^n` for an integer `n` for which that is a normal number.
#[inline(always)]
pub(super) fn power_of_two<N: Arithmetic>(n: N) -> N {
    let format = format(n);
    // The stored exponent becomes the last bits of a large number; the rest of it goes out on the left.
    (n + n.constant(format.rounding + format.bias)).shift_left(format.fraction)
}

/// `x * 2^n` where that needs two factors, rounded once where `x` is near 1.
#[inline(always)]
pub(super) fn scale<N: Arithmetic>(x: N, n: N) -> N {
    let half = (n * n.constant(0.5)).round_down();
    x * power_of_two(half) * power_of_two(n - half)
}

/// `a + b` in two parts, where `a` is zero or not less than `b` in magnitude.
///
/// Dekker (1971), Numer. Math. 18:224–242, doi:10.1007/BF01397083.
#[inline(always)]
pub(super) fn two_sum<N: Arithmetic>(a: N, b: N) -> (N, N) {
    let high = a + b;
    (high, (a - high) + b)
}

/// `a * b` in two parts.
#[inline(always)]
pub(super) fn two_product<N: Arithmetic>(a: N, b: N) -> (N, N) {
    let high = a * b;
    (high, a.fma(b, -high))
}

/// The sum of two parts.
#[inline(always)]
pub(super) fn joined<N: Arithmetic>((high, low): (N, N)) -> N {
    high + low
}

/// A quotient of two numbers in two parts each.
#[inline(always)]
pub(super) fn quotient<N: Arithmetic>(above: (N, N), below: (N, N)) -> N {
    let ((a, a_low), (b, b_low)) = (two_sum(above.0, above.1), two_sum(below.0, below.1));
    let reciprocal = a.constant(1.0) / b;
    let q = a * reciprocal;
    let missing = q.fma(-b, a) + (a_low - q * b_low);
    missing.fma(reciprocal, q)
}

/// `x`, at most `limit`; a NaN stays.
#[inline(always)]
pub(super) fn at_most<N: Arithmetic>(x: N, limit: f64) -> N {
    let limit = x.constant(limit);
    N::select(limit.less(x), limit, x)
}

/// `x`, at least `limit`; a NaN stays.
#[inline(always)]
pub(super) fn at_least<N: Arithmetic>(x: N, limit: f64) -> N {
    let limit = x.constant(limit);
    N::select(x.less(limit), limit, x)
}

/// The magnitude of `x`, with the sign of `of`; `x` has no sign yet.
#[inline(always)]
pub(super) fn with_sign<N: Arithmetic>(x: N, of: N) -> N {
    x.or_bits(of.and_bits(x.constant_bits(format(x).sign)))
}

/// `x`, or `-x` where `of` has a sign.
#[inline(always)]
pub(super) fn flip_sign<N: Arithmetic>(x: N, of: N) -> N {
    // What is carried out of the highest bit is lost.
    x.add_bits(of.and_bits(x.constant_bits(format(x).sign)))
}

//! The exponential function and what follows from it at once.
//!
//! `x = n ln 2 + r` with an integer `n` and `|r| ≤ ln 2 / 2`, and `e^x = 2^n e^r`. With `z = r²` two short polynomials give
//! `cosh r = 1 + z c(z)` and `sinh r = r + r z s(z)`, and so all functions of this family.

use super::Arithmetic;
use super::format::{at_least, at_most, format, joined, of, polynomial, power_of_two, quotient, scale, two_sum};

/// `c(z)`: relative error 2⁻⁶⁴, in single precision 2⁻²⁸.
const COSH: [f64; 6] = [
    0.5,
    0.041_666_666_666_666_67,
    0.001_388_888_888_888_207_8,
    2.480_158_733_037_720_3e-5,
    2.755_726_842_627_022e-7,
    2.091_658_099_533_915_6e-9,
];
const COSH_SINGLE: [f64; 3] = [0.5, 0.041_666_507_720_947_266, 0.001_393_094_775_266_945_4];

/// `s(z)`: relative error 2⁻⁵³, in single precision 2⁻²⁵.
const SINH: [f64; 5] = [
    0.166_666_666_666_666_69,
    0.008_333_333_333_328_825,
    0.000_198_412_698_669_298_5,
    2.755_726_397_022_712_4e-6,
    2.510_211_578_593_931_5e-8,
];
const SINH_SINGLE: [f64; 3] = [
    0.166_666_671_633_720_4,
    0.008_333_151_228_725_91,
    0.000_199_967_704_247_683_3,
];

/// `x = n ln 2 + r + rest`.
#[derive(Clone, Copy)]
pub(super) struct Reduced<N> {
    pub(super) n: N,
    pub(super) r: N,
    /// What rounding took from `r`.
    pub(super) rest: N,
}

impl<N: Arithmetic> Reduced<N> {
    #[inline(always)]
    pub(super) fn new(x: N) -> Self {
        let format = format(x);
        let [high, low] = format.ln_2.map(|part| x.constant(-part));
        let rounding = x.constant(format.rounding);
        let n = x.fma(x.constant(core::f64::consts::LOG2_E), rounding) - rounding;
        let exact = n.fma(high, x);
        let r = n.fma(low, exact);
        Self {
            n,
            r,
            rest: n.fma(low, exact - r),
        }
    }

    /// `cosh r - 1` and `sinh r - r`.
    #[inline(always)]
    pub(super) fn cosh_sinh(self) -> (N, N) {
        let Self { r, .. } = self;
        let z = r * r;
        let c = polynomial(z, of(r, &COSH_SINGLE, &COSH));
        let s = polynomial(z, of(r, &SINH_SINGLE, &SINH));
        (z * c, r * z * s)
    }

    /// `start + e^(r + rest) - 1` in two parts.
    #[inline(always)]
    pub(super) fn exponential(self, start: N) -> (N, N) {
        let (even, odd) = self.cosh_sinh();
        let (high, low) = two_sum(start, self.r);
        (high, low + (even + (odd + self.rest)))
    }
}

/// Beyond these `e^x` is infinite, or zero.
const RANGE: (f64, f64) = (-750.0, 720.0);
const RANGE_SINGLE: (f64, f64) = (-110.0, 95.0);

/// `x` where `e^x` is neither zero nor infinite, and otherwise a number beyond that.
#[inline(always)]
pub(super) fn within_range<N: Arithmetic>(x: N) -> N {
    let (low, high) = of(x, RANGE_SINGLE, RANGE);
    at_least(at_most(x, high), low)
}

/// `e^x`
#[inline(always)]
#[must_use]
pub fn exp<N: Arithmetic>(x: N) -> N {
    let reduced = Reduced::new(within_range(x));
    scale(joined(reduced.exponential(x.constant(1.0))), reduced.n)
}

/// `y`, in two parts, and `n` with `e^x - 1 = y 2^n`.
#[inline(always)]
pub(super) fn expm1_parts<N: Arithmetic>(x: N) -> ((N, N), N) {
    // From -50 down it is -1.
    let reduced = Reduced::new(at_least(within_range(x), -50.0));
    // 1 - 2^-n; a power as small as 2^-100 makes no difference.
    let one = x.constant(1.0);
    let start = one - power_of_two(-at_most(reduced.n, 100.0));
    (reduced.exponential(start), reduced.n)
}

/// `e^x - 1`, accurate near zero.
#[inline(always)]
#[must_use]
pub fn expm1<N: Arithmetic>(x: N) -> N {
    let (y, n) = expm1_parts(x);
    // -0 stays.
    N::select(x.equal(x.constant(0.0)), x, scale(joined(y), n))
}

/// `(e^x - 1) / x`, which is 1 at zero and infinite at infinity.
#[inline(always)]
#[must_use]
pub fn exprel<N: Arithmetic>(x: N) -> N {
    let (y, n) = expm1_parts(x);
    let [zero, one] = [0.0, 1.0].map(|value| x.constant(value));
    let below = at_most(x, of(x, RANGE_SINGLE.1, RANGE.1));
    let value = scale(quotient(y, (below, zero)), n);
    let value = N::select(x.equal(x.constant(f64::NEG_INFINITY)), zero, value);
    // Here 1 + x/2 is 1, and the reciprocal may be infinite.
    let near = x.magnitude().less(x.constant(f64::from_bits(0x3bf0_0000_0000_0000))); // 2⁻⁶⁴
    N::select(near, one, value)
}

/// `1 / (1 + e^-x)`
#[inline(always)]
#[must_use]
pub fn sigmoid<N: Arithmetic>(x: N) -> N {
    // With y 2^n = e^-|x| it is y 2^n / (1 + y 2^n) where x is negative, and 1 / (1 + y 2^n) elsewhere.
    let [zero, one] = [0.0, 1.0].map(|value| x.constant(value));
    let reduced = Reduced::new(within_range(-x.magnitude()));
    let (y, y_low) = reduced.exponential(one);
    // 2^-100 makes no difference to 1.
    let power = power_of_two(at_least(reduced.n, -100.0));
    let (below, below_low) = two_sum(one, y * power);
    let below = (below, y_low.fma(power, below_low));
    let negative = x.less(zero);
    let above = (N::select(negative, y, one), N::select(negative, y_low, zero));
    scale(quotient(above, below), N::select(negative, reduced.n, zero))
}

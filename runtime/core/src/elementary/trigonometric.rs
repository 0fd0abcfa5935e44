//! Trigonometric functions.
//!
//! `|x| = n π/2 + r` with an integer `n` and `|r|` hardly above π/4. With `π/2` in three parts the first product is subtracted without
//! error, because the result has few enough bits, and `r` comes out with bits to spare however close to zero it is: the worst
//! arguments are among the tests.
//!
//! That holds up to 2⁵⁰, in single precision up to 2²¹, where neighbouring numbers are a quarter apart. An argument beyond does
//! not say what its sine is, not even roughly, so there the functions are NaN, as they are of infinities, instead of a number that
//! looks like an answer.
//!
//! The whole range was weighed and left. A large argument is `m 2ᵉ`, and each of some thousand exponents has a value of `2ᵉ` modulo `π/2` of
//! its own, three numbers long: a table that lanes cannot look things up in. Without one, subtracting a multiple of `2ᵏ π/2` takes about 50
//! bits off the exponent, at four parts of `π/2` and twenty operations at least; the range would be twenty such steps, 400 operations beside
//! the 59 of a sine (in single precision, with 21 bits a step, five of them). There are no branches, so every argument would pay them. What depends on
//! parameters alone is computed by [`crate::math`], which is right over the whole range.

use super::Arithmetic;
use super::format::{flip_sign, format, joined, of, polynomial, quotient, two_product, two_sum};

/// `(sin r / r - 1) / r²` in powers of `r²`: relative error of the sine 2⁻⁶², in single precision 2⁻³¹.
const SIN: [f64; 7] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_137,
    -0.000_198_412_698_411_155_96,
    2.755_731_916_329_548_6e-6,
    -2.505_209_515_832_222e-8,
    1.605_742_006_672_779_8e-10,
    -7.541_916_193_636_355e-13,
];
const SIN_SINGLE: [f64; 4] = [
    -0.166_666_671_633_720_4,
    0.008_333_359_844_982_624,
    -0.000_198_446_374_270_133_67,
    2.746_302_470_768_569e-6,
];

/// `(cos r - 1 + r²/2) / r⁴` in powers of `r²`: relative error of the cosine 2⁻⁶⁰, in single precision 2⁻³⁰.
const COS: [f64; 6] = [
    0.041_666_666_666_666_255,
    -0.001_388_888_888_882_326_7,
    2.480_158_726_213_058_6e-5,
    -2.755_730_749_094_017_4e-7,
    2.087_490_741_190_135e-9,
    -1.132_244_168_273_844_8e-11,
];
const COS_SINGLE: [f64; 3] = [
    0.041_666_615_754_365_92,
    -0.001_388_607_430_271_804_3,
    2.431_048_778_817_057_6e-5,
];

/// π/2 in three parts.
const HALF_PI: [f64; 3] = [
    core::f64::consts::FRAC_PI_2,
    6.123_233_995_736_766e-17,
    -1.497_384_904_859_169_8e-33,
];
const HALF_PI_SINGLE: [f64; 3] = [
    1.570_796_370_506_286_6,
    -4.371_138_828_673_793e-8,
    -1.715_124_510_005_881_9e-15,
];

/// From here on the functions are NaN.
const LIMIT: f64 = 1_125_899_906_842_624.0; // 2⁵⁰
const LIMIT_SINGLE: f64 = 2_097_152.0; // 2²¹

/// `|x| = n π/2 + r + rest`.
struct Reduced<N> {
    /// A number whose last bits are those of `n`.
    quarter: N,
    r: N,
    rest: N,
}

impl<N: Arithmetic> Reduced<N> {
    #[inline(always)]
    fn new(x: N) -> Self {
        let rounding = x.constant(format(x).rounding);
        let [first, second, third] = of(x, HALF_PI_SINGLE, HALF_PI).map(|part| x.constant(part));
        let magnitude = x.magnitude();
        let quarter = magnitude.fma(x.constant(core::f64::consts::FRAC_2_PI), rounding);
        let n = rounding - quarter; // negative
        let start = n.fma(first, magnitude);
        let (next, next_low) = two_product(n, second);
        // Either of the two may be the larger one.
        let r = start + next;
        let of_next = r - start;
        let rest = (start - (r - of_next)) + (next - of_next);
        let (r, rest) = two_sum(r, n.fma(third, rest + next_low));
        Self { quarter, r, rest }
    }

    /// `sin (r + rest)` in two parts.
    #[inline(always)]
    fn sin(&self) -> (N, N) {
        let Self { r, rest, .. } = *self;
        let z = r * r;
        let series = r * z * polynomial(z, of(r, &SIN_SINGLE, &SIN));
        let slope = z.fma(r.constant(-0.5), r.constant(1.0));
        (r, rest.fma(slope, series))
    }

    /// `cos (r + rest)` in two parts.
    #[inline(always)]
    fn cos(&self) -> (N, N) {
        let Self { r, rest, .. } = *self;
        let z = r * r;
        let one = r.constant(1.0);
        let half = r * r.constant(-0.5);
        let parabola = half.fma(r, one);
        let below = half.fma(r, one - parabola);
        let series = z * z * polynomial(z, of(r, &COS_SINGLE, &COS));
        (parabola, below + (series - r * rest))
    }

    /// Whether `n` is odd.
    #[inline(always)]
    fn is_odd(&self) -> N::Truth {
        let r = self.r;
        // The bit becomes the highest one of the exponent.
        let bit = self
            .quarter
            .and_bits(r.constant_bits(1))
            .shift_left(format(r).width - 2);
        r.constant(0.0).less(bit)
    }
}

/// `value` where the argument is within the range.
#[inline(always)]
fn within_range<N: Arithmetic>(x: N, value: N) -> N {
    let limit = x.constant(of(x, LIMIT_SINGLE, LIMIT));
    N::select(x.magnitude().less(limit), value, x.constant(f64::NAN))
}

/// The sign that the second last bit of a number says.
#[inline(always)]
fn sign_of_turn<N: Arithmetic>(quarter: N) -> N {
    quarter
        .and_bits(quarter.constant_bits(2))
        .shift_left(format(quarter).width - 2)
}

/// Sine; NaN from 2⁵⁰ on, in single precision from 2²¹ on.
#[inline(always)]
#[must_use]
pub fn sin<N: Arithmetic>(x: N) -> N {
    let reduced = Reduced::new(x);
    let value = N::select(reduced.is_odd(), joined(reduced.cos()), joined(reduced.sin()));
    let value = flip_sign(value, sign_of_turn(reduced.quarter));
    within_range(x, flip_sign(value, x))
}

/// Cosine; NaN from 2⁵⁰ on, in single precision from 2²¹ on.
#[inline(always)]
#[must_use]
pub fn cos<N: Arithmetic>(x: N) -> N {
    let reduced = Reduced::new(x);
    let value = N::select(reduced.is_odd(), joined(reduced.sin()), joined(reduced.cos()));
    let next = reduced.quarter.add_bits(x.constant_bits(1));
    within_range(x, flip_sign(value, sign_of_turn(next)))
}

/// Tangent; NaN from 2⁵⁰ on, in single precision from 2²¹ on.
#[inline(always)]
#[must_use]
pub fn tan<N: Arithmetic>(x: N) -> N {
    let reduced = Reduced::new(x);
    let ((sin, sin_low), (cos, cos_low)) = (reduced.sin(), reduced.cos());
    let odd = reduced.is_odd();
    // -cos / sin
    let above = (N::select(odd, -cos, sin), N::select(odd, -cos_low, sin_low));
    let below = (N::select(odd, sin, cos), N::select(odd, sin_low, cos_low));
    within_range(x, flip_sign(quotient(above, below), x))
}

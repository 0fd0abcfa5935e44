//! Logarithms.
//!
//! `x = 2^k m` with `m` between √½ and √2, and `ln m = 2 artanh s` with `s = (m - 1) / (m + 1)`. All of it is carried in two parts of
//! the precision, good to about 11 bits beyond it, because powers need that.

use super::Arithmetic;
use super::format::{format, joined, of, polynomial, two_product, two_sum};

/// `(artanh s / s - 1 - s² / 3) / s⁴` in powers of `s²`: relative error 2⁻⁵⁴, in single precision 2⁻²⁶.
const ARTANH: [f64; 8] = [
    0.2,
    0.142_857_142_857_131_55,
    0.111_111_111_113_896_78,
    0.090_909_090_766_669_35,
    0.076_923_050_514_868_64,
    0.066_670_652_689_390_07,
    0.058_607_603_331_297_81,
    0.057_922_941_197_019_17,
];
const ARTANH_SINGLE: [f64; 4] = [
    0.200_000_002_980_232_24,
    0.142_856_717_109_680_18,
    0.111_087_948_083_877_56,
    0.094_355_344_772_338_87,
];

/// 1/3 in two parts.
const THIRD: [f64; 2] = [0.333_333_333_333_333_3, 1.850_371_707_708_594e-17];
const THIRD_SINGLE: [f64; 2] = [0.333_333_343_267_440_8, -9.934_107_758_624_577e-9];

/// 1 / ln 10 in two parts.
const PER_LN_10: [f64; 2] = [core::f64::consts::LOG10_E, 1.098_319_650_216_765e-17];
const PER_LN_10_SINGLE: [f64; 2] = [0.434_294_492_006_301_9, -1.010_304_995_219_257_8e-8];

/// The bits of √½.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const ROOT_HALF_SINGLE: u64 = 0x3f35_04f3;

/// `x = 2^k m` for a positive finite `x`.
#[inline(always)]
fn split<N: Arithmetic>(x: N) -> (N, N) {
    let format = format(x);
    // Subnormal numbers become normal.
    let subnormal = x.less(x.constant(format.smallest));
    let up = x.constant(18_014_398_509_481_984.0); // 2⁵⁴
    let x = N::select(subnormal, x * up, x);
    let missing = N::select(subnormal, x.constant(54.0), x.constant(0.0));
    // With the distance from √½ to 1 added, exponents begin at √½ · 2^k.
    let root_half = of(x, ROOT_HALF_SINGLE, ROOT_HALF);
    let one = (format.bias as u64) << format.fraction;
    let moved = x.add_bits(x.constant_bits(one - root_half));
    let fraction = x.constant_bits((1 << format.fraction) - 1);
    let m = moved.and_bits(fraction).add_bits(x.constant_bits(root_half));
    // The stored exponent as the last bits of 2^fraction.
    let large = x.constant(((1_u64) << format.fraction) as f64);
    let stored = moved.shift_right(format.fraction).or_bits(large);
    let k = stored - (large + x.constant(format.bias)) - missing;
    (k, m)
}

/// `ln x` in two parts, for a positive finite `x`.
#[inline(always)]
pub(super) fn logarithm<N: Arithmetic>(x: N) -> (N, N) {
    let (k, m) = split(x);
    let one = x.constant(1.0);
    // s = f / (m + 1)
    let f = m - one;
    let (below, below_low) = two_sum(one, m);
    let reciprocal = one / below;
    let s = f * reciprocal;
    let s_low = (-s.fma(below, -f) - s * below_low) * reciprocal;
    // z = s²
    let (z, z_low) = two_product(s, s);
    let z_low = z_low + (s + s) * s_low;
    // artanh s = s + s w, w = z (1/3 + z p(z))
    let [third, third_low] = of(x, THIRD_SINGLE, THIRD).map(|part| x.constant(part));
    let p = polynomial(z, of(x, &ARTANH_SINGLE, &ARTANH));
    let (a, a_low) = two_sum(third, z * p);
    let (w, w_low) = two_product(z, a);
    let w_low = w_low + z.fma(a_low + third_low, z_low * a);
    let (t, t_low) = two_product(s, w);
    let t_low = t_low + s.fma(w_low, s_low * w);
    let (half, half_low) = two_sum(s, t);
    let half_low = half_low + (s_low + t_low);
    // ln x = k ln 2 + 2 artanh s
    let [ln_2, ln_2_low] = format(x).ln_2.map(|part| x.constant(part));
    let (high, low) = two_sum(k * ln_2, half + half);
    (high, low + k.fma(ln_2_low, half_low + half_low))
}

/// `ln x` in one part, to about 2 ulp, for a positive finite `x` that is not close to 1.
#[inline(always)]
pub(super) fn plain_logarithm<N: Arithmetic>(x: N) -> N {
    let (k, m) = split(x);
    let one = x.constant(1.0);
    let s = (m - one) / (m + one);
    let z = s * s;
    let [third, _] = of(x, THIRD_SINGLE, THIRD);
    let w = z * z.fma(polynomial(z, of(x, &ARTANH_SINGLE, &ARTANH)), x.constant(third));
    let half = s.fma(w, s);
    let [ln_2, ln_2_low] = format(x).ln_2.map(|part| x.constant(part));
    k.fma(ln_2, k.fma(ln_2_low, half + half))
}

/// `value` where `x` is positive and finite; otherwise what a logarithm is there.
#[inline(always)]
fn with_special_cases<N: Arithmetic>(x: N, value: N) -> N {
    let (zero, infinity) = (x.constant(0.0), x.constant(f64::INFINITY));
    let positive = zero.less(x);
    let elsewhere = N::select(x.equal(zero), -infinity, x.constant(f64::NAN));
    let elsewhere = N::select(positive, infinity, elsewhere);
    N::select(positive & x.less(infinity), value, elsewhere)
}

/// Natural logarithm.
#[inline(always)]
#[must_use]
pub fn ln<N: Arithmetic>(x: N) -> N {
    with_special_cases(x, joined(logarithm(x)))
}

/// Logarithm to base ten.
#[inline(always)]
#[must_use]
pub fn log10<N: Arithmetic>(x: N) -> N {
    let (high, low) = logarithm(x);
    let (high, low) = two_sum(high, low);
    let [per, per_low] = of(x, PER_LN_10_SINGLE, PER_LN_10).map(|part| x.constant(part));
    let (product, rest) = two_product(high, per);
    with_special_cases(x, product + (rest + high.fma(per_low, low * per)))
}

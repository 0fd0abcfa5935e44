//! Operations that `core` lacks, for builds without the standard library: slower, with the same bits, which IEEE 754 fixes.
//!
//! The fused multiply-adds of `libm` 0.2.16 are not used, because they do not always round correctly: `fmaf` rounds denormal
//! results twice, and `fma` can lose the last bits of a product that is much smaller than the summand.

use crate::numerics::DoubleDouble;

#[cfg(test)]
mod tests;

pub(crate) use libm::{floor, floorf, sqrt, sqrtf};

/// `a * b + c`, rounded once.
///
/// The sum in double precision is rounded to odd: of the two numbers next to an inexact sum it becomes the one whose last bit is
/// set, so that the second rounding never takes it for a tie.
///
/// Boldo & Melquiond (2008), IEEE Trans. Comput. 57:462–471, doi:10.1109/TC.2007.70819.
pub(crate) fn fmaf(a: f32, b: f32, c: f32) -> f32 {
    let product = f64::from(a) * f64::from(b); // exact
    let sum = DoubleDouble::two_sum(product, f64::from(c));
    let bits = sum.hi.to_bits();
    let (above, below) = (sum.lo > 0.0, sum.lo < 0.0); // neither beside an infinity or a NaN
    let odd = match (above || below) && bits & 1 == 0 {
        true if above == (sum.hi > 0.0) => f64::from_bits(bits + 1),
        true => f64::from_bits(bits - 1),
        false => sum.hi,
    };
    odd as f32
}

/// `a * b + c`, rounded once.
///
/// The sum is an integer of 128 bits. Its last bit stands for all that would follow: no rounding ends there.
pub(crate) fn fma(a: f64, b: f64, c: f64) -> f64 {
    if !a.is_finite() || !b.is_finite() || a == 0.0 || b == 0.0 {
        return a * b + c;
    }
    if !c.is_finite() {
        return c; // also where `a * b` would overflow
    }
    if c == 0.0 {
        return a * b; // keeps its sign where it becomes zero
    }
    let ((a_negative, a, a_exponent), (b_negative, b, b_exponent)) = (parts(a), parts(b));
    let product_negative = a_negative != b_negative;
    let product = aligned(u128::from(a) * u128::from(b), a_exponent + b_exponent);
    let (summand_negative, c, c_exponent) = parts(c);
    let summand = aligned(u128::from(c), c_exponent);
    // By exponent first: the highest bit is the same in both.
    let (negative, large, small) = if product > summand {
        (product_negative, product, summand)
    } else {
        (summand_negative, summand, product)
    };
    let small = match large.0 - small.0 {
        shift @ 0..128 => small.1 >> shift | u128::from(small.1.trailing_zeros() < shift as u32),
        _ => 1,
    };
    let sum = if product_negative == summand_negative {
        large.1 + small
    } else {
        large.1 - small
    };
    if sum == 0 {
        return 0.0;
    }
    let magnitude = rounded(sum, large.0);
    if negative { -magnitude } else { magnitude }
}

/// Sign, and integers with `|x| = significand * 2^exponent`, for a finite number.
fn parts(x: f64) -> (bool, u64, i32) {
    let (biased, fraction) = (x.to_bits() >> 52 & 0x7ff, x.to_bits() & ((1 << 52) - 1));
    let significand = if biased == 0 { fraction } else { fraction | 1 << 52 };
    (x.is_sign_negative(), significand, biased.max(1) as i32 - 1075)
}

/// Exponent and significand of `significand * 2^exponent` with the highest bit second from the top, so that sums fit.
fn aligned(significand: u128, exponent: i32) -> (i32, u128) {
    let shift = significand.leading_zeros() - 1;
    (exponent - shift as i32, significand << shift)
}

/// `significand * 2^exponent` to nearest, ties to even; the significand is not 0.
fn rounded(significand: u128, exponent: i32) -> f64 {
    let bits = 128 - significand.leading_zeros() as i32;
    // The exponent of the last bit kept: 53 bits, fewer among the denormal numbers.
    let last = (exponent + bits - 53).max(-1074);
    let kept = match last - exponent {
        dropped @ ..=0 => significand << -dropped,
        dropped @ 1..128 => {
            let (kept, rest) = (significand >> dropped, significand & ((1 << dropped) - 1));
            let half = 1 << (dropped - 1);
            kept + u128::from(rest > half || rest == half && kept & 1 == 1)
        }
        _ => 0,
    };
    if last > 1023 - 52 {
        return f64::INFINITY;
    }
    // The highest of 53 bits counts for one in the exponent, and so does a carry out of them.
    f64::from_bits((((last + 1074) as u64) << 52) + kept as u64)
}

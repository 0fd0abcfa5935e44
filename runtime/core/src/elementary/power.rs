//! Powers with any exponent.

use super::Arithmetic;
use super::exponential::{Reduced, within_range};
use super::format::{at_least, at_most, joined, of, scale, two_product, two_sum, with_sign};
use super::logarithm::logarithm;

/// `x^y` for a positive finite `x`; from `y = ±2^64`, in single precision `±2^40`, it is zero, one or infinite.
#[inline(always)]
fn positive<N: Arithmetic>(x: N, y: N) -> N {
    let limit = of(x, 1_099_511_627_776.0, 18_446_744_073_709_551_616.0);
    let y = at_most(at_least(y, -limit), limit);
    let (high, low) = logarithm(x);
    let (high, low) = two_sum(high, low);
    let (product, rest) = two_product(y, high);
    let rest = y.fma(low, rest);
    // Where the range ends, so does the need for the rest.
    let exponent = within_range(product);
    let rest = N::select(exponent.equal(product), rest, x.constant(0.0));
    let reduced = Reduced::new(exponent);
    let (r, rest) = two_sum(reduced.r, reduced.rest + rest);
    let reduced = Reduced { r, rest, ..reduced };
    scale(joined(reduced.exponential(x.constant(1.0))), reduced.n)
}

/// `x^y`, with the special cases of IEEE 754: `pow(x, 0) = pow(1, y) = 1` for every `x` and `y`, and a negative `x` has powers with
/// integers alone.
#[inline(always)]
#[must_use]
pub fn pow<N: Arithmetic>(x: N, y: N) -> N {
    let [zero, half, one] = [0.0, 0.5, 1.0].map(|value| x.constant(value));
    let (infinity, nan) = (x.constant(f64::INFINITY), x.constant(f64::NAN));
    let magnitude = x.magnitude();
    let value = positive(magnitude, y);
    // Of zero and infinity it is one of the two.
    let vanishes = N::select(x.equal(zero), zero, one);
    let grows = N::select(zero.less(y), one, zero);
    let extreme = N::select(vanishes.equal(grows), infinity, zero);
    let value = N::select(x.equal(zero) | magnitude.equal(infinity), extreme, value);
    // Integers, and odd ones among them. An infinity counts as even.
    let integer = y.equal(y.round_down());
    let half_y = y * half;
    let even = half_y.equal(half_y.round_down());
    let of_integer = N::select(even, value, with_sign(value, x));
    let of_fraction = N::select(x.less(zero) & magnitude.less(infinity), nan, value);
    let value = N::select(integer, of_integer, of_fraction);
    let value = N::select(x.equal(x) & y.equal(y), value, nan);
    N::select(x.equal(one) | y.equal(zero), one, value)
}

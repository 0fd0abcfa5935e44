//! Hyperbolic functions.
//!
//! With `|x| = n ln 2 + r`, `S = (1 - 4^-n) / 2` and `C = (1 + 4^-n) / 2`, that is `sinh` and `cosh` of `n ln 2` over `2^n`,
//!
//! `sinh |x| = 2^n (S cosh r + C sinh r)`, `cosh x = 2^n (C cosh r + S sinh r)`
//!
//! and no two terms cancel.

use super::Arithmetic;
use super::exponential::{Reduced, expm1_parts};
use super::format::{at_most, joined, of, power_of_two, quotient, scale, two_sum, with_sign};

/// `sinh |x|` and `cosh x` over `2^n` in two parts each, and `n`.
struct Parts<N> {
    sinh: (N, N),
    cosh: (N, N),
    n: N,
}

impl<N: Arithmetic> Parts<N> {
    /// `x` is not negative and not beyond the range of `n`.
    #[inline(always)]
    fn new(x: N) -> Self {
        let reduced = Reduced::new(x);
        let (even, odd) = reduced.cosh_sinh();
        let half = x.constant(0.5);
        // 4^-50 makes no difference to 1.
        let small = half * power_of_two(at_most(reduced.n, 50.0) * x.constant(-2.0));
        let (s, c) = (two_sum(half, -small), two_sum(half, small));
        let of = |(a, a_low): (N, N), b: N| {
            // a cosh r + b sinh r
            let high = b.fma(reduced.r, a);
            let error = b.fma(reduced.r, a - high) + a_low;
            (high, a.fma(even, b.fma(odd + reduced.rest, error)))
        };
        Self {
            sinh: of(s, c.0),
            cosh: of(c, s.0),
            n: reduced.n,
        }
    }
}

/// `|x|`, but no more than what makes `sinh` and `cosh` infinite.
#[inline(always)]
fn within_range<N: Arithmetic>(x: N) -> N {
    at_most(x.magnitude(), of(x, 95.0, 720.0))
}

/// Hyperbolic sine.
#[inline(always)]
#[must_use]
pub fn sinh<N: Arithmetic>(x: N) -> N {
    let parts = Parts::new(within_range(x));
    with_sign(scale(joined(parts.sinh), parts.n), x)
}

/// Hyperbolic cosine.
#[inline(always)]
#[must_use]
pub fn cosh<N: Arithmetic>(x: N) -> N {
    let parts = Parts::new(within_range(x));
    scale(joined(parts.cosh), parts.n)
}

/// Hyperbolic tangent.
///
/// `tanh |x| = -y / (2 2^-n + y)` with `e^(-2|x|) - 1 = y 2^n`. By `sinh` and `cosh` it would be two operations shorter, but that the optimiser
/// takes apart into single numbers where a vector has sixteen of them, which is fifteen times slower.
#[inline(always)]
#[must_use]
pub fn tanh<N: Arithmetic>(x: N) -> N {
    // From here on it is 1.
    let doubled = at_most(x.magnitude(), of(x, 12.0, 24.0)) * x.constant(-2.0);
    let ((y, y_low), n) = expm1_parts(doubled);
    let (below, below_low) = two_sum(power_of_two(x.constant(1.0) - n), y);
    with_sign(quotient((y, y_low), (below, below_low + y_low)).magnitude(), x)
}

//! How much noise a linear block collects in a step: the covariance of its states, and a factor of it.
//!
//! `C(h) = ∫₀ʰ exp(A s) W exp(A s)ᵀ ds` with `W = G Gᵀ` is the solution of `dC/dt = A C + C Aᵀ + W` from 0. As for propagators, the
//! step is halved until rates are weak, a Taylor series is summed, and the halvings are undone: `C(2θ) = C(θ) + P(θ) C(θ) P(θ)ᵀ`. Where all
//! couplings have one sign and all noises too, nothing cancels in any of it, and each entry is accurate relative to itself. The usual
//! way, one exponential of a matrix of twice the size with -A in a corner (Van Loan), is accurate only relative to the largest entry, and
//! overflows where a step is long.
//!
//! The factor is `L = M √D` of `C = M D Mᵀ`, `M` with ones on its diagonal. In chains a state far from the noise is nearly a
//! combination of those before it, in short steps above all; 31 digits leave enough of the difference. What is left below 1e-24 of a
//! variance is taken for zero: nobody could tell.

use alloc::vec;
use alloc::vec::Vec;

use crate::numerics::coupling::{feedback_norm, reachability};
use crate::numerics::double_double::{DoubleDouble, exponent, power_of_two};
use crate::numerics::propagator::{MAX_HALVINGS_WITH_FEEDBACK, SERIES_END, SERIES_TERMS, series};
use crate::real::Real;

/// Largest |A| θ for which the series is summed: every term has `A` on both sides.
const SERIES_NORM: f64 = 0.125;
/// What of a variance is taken for zero: 2⁻⁸⁰.
const NOTHING: f64 = 1.0 / (1_u128 << 80) as f64;

/// `L` for rates `a` (n × n) and factors of noises `g` (n × k), lower triangular (n × n), all of them row major. Every entry is NaN if
/// something is not finite, or the fastest rate is beyond 2⁴⁵ over the step.
pub(super) fn covariance_factor(a: &[DoubleDouble], g: &[DoubleDouble], n: usize, k: usize, h: f64) -> Vec<f64> {
    assert_eq!((a.len(), g.len()), (n * n, n * k), "A has n × n and G n × k entries");
    factor(&covariance(a, g, n, k, h), n)
}

/// The product of two matrices (n × n), the second one transposed where `transposed` says so.
fn product(a: &[DoubleDouble], b: &[DoubleDouble], n: usize, transposed: bool) -> Vec<DoubleDouble> {
    let mut found = vec![DoubleDouble::ZERO; n * n];
    for i in 0..n {
        for via in (0..n).filter(|via| !a[i * n + via].is_zero()) {
            for j in 0..n {
                let other = if transposed { b[j * n + via] } else { b[via * n + j] };
                if !other.is_zero() {
                    found[i * n + j] += a[i * n + via] * other;
                }
            }
        }
    }
    found
}

/// `∫₀ʰ exp(A s) G Gᵀ exp(A s)ᵀ ds`
fn covariance(a: &[DoubleDouble], g: &[DoubleDouble], n: usize, k: usize, h: f64) -> Vec<DoubleDouble> {
    let undefined = || vec![DoubleDouble::from(f64::NAN); n * n];
    let mut a: Vec<DoubleDouble> = a.iter().map(|x| x.mul_f64(h)).collect();
    let mut power = vec![DoubleDouble::ZERO; n * n];
    for i in 0..n {
        for j in 0..n {
            for at in 0..k {
                power[i * n + j] += g[i * k + at] * g[j * k + at];
            }
            power[i * n + j] = power[i * n + j].mul_f64(h);
        }
    }
    if !a.iter().chain(&power).all(|x| x.is_finite()) {
        return undefined();
    }
    let pattern: Vec<bool> = a.iter().map(|x| !x.is_zero()).collect();
    let reach = reachability(&pattern, n);
    let in_loop = |i: usize, j: usize| i != j && reach[i * n + j] && reach[j * n + i];
    let (norm, _) = feedback_norm(&a, n, in_loop);
    let halvings = if norm <= SERIES_NORM { 0 } else { exponent(norm) + 4 };
    if halvings > MAX_HALVINGS_WITH_FEEDBACK {
        return undefined();
    }
    let fraction = power_of_two(-halvings);
    a.iter_mut().chain(&mut power).for_each(|x| *x = x.scale(fraction));
    let mut sum = covariance_series(&a, power, n);
    let mut p = series(&a, &[], n, 0);
    for _ in 0..halvings {
        let later = product(&product(&p, &sum, n, false), &p, n, true);
        for (x, more) in sum.iter_mut().zip(later) {
            *x += more;
        }
        p = product(&p, &p, n, false);
    }
    sum
}

/// The same over one unit of time by the Taylor series, whose terms obey `T₁ = W`, `Tⱼ₊₁ = (A Tⱼ + Tⱼ Aᵀ) / (j + 1)`.
fn covariance_series(a: &[DoubleDouble], power: Vec<DoubleDouble>, n: usize) -> Vec<DoubleDouble> {
    let mut sum = power.clone();
    let mut term = power;
    // As many terms more as couplings lie between a noise and two states.
    for j in 2..SERIES_TERMS + 2 * n {
        let half = product(a, &term, n, false);
        let mut converged = true;
        for row in 0..n {
            for column in 0..n {
                // The terms are symmetric.
                let both = half[row * n + column] + half[column * n + row];
                let at = row * n + column;
                term[at] = both.div_f64(j as f64);
                sum[at] += term[at];
                converged &= term[at].hi.abs() <= SERIES_END * sum[at].hi.abs();
            }
        }
        if converged {
            break;
        }
    }
    sum
}

/// `L` with `L Lᵀ = C`.
fn factor(c: &[DoubleDouble], n: usize) -> Vec<f64> {
    let mut m = vec![DoubleDouble::ZERO; n * n];
    let mut d = vec![DoubleDouble::ZERO; n];
    let mut l = vec![0.0; n * n];
    for column in 0..n {
        let left = |row: usize, m: &[DoubleDouble], d: &[DoubleDouble]| {
            (0..column).fold(c[row * n + column], |rest, j| {
                rest - m[row * n + j] * m[column * n + j] * d[j]
            })
        };
        let variance = left(column, &m, &d);
        // A NaN is not small, and reaches every entry.
        if variance.hi <= NOTHING * c[column * n + column].hi {
            continue;
        }
        d[column] = variance;
        let deviation = variance.hi.square_root();
        m[column * n + column] = DoubleDouble::ONE;
        l[column * n + column] = deviation;
        for row in column + 1..n {
            m[row * n + column] = left(row, &m, &d) / variance;
            l[row * n + column] = m[row * n + column].hi * deviation;
        }
    }
    l
}

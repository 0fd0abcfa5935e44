//! Propagators of linear blocks: the exact update over one time step, in one path for every matrix.
//!
//! Scaling and squaring with a Taylor series, in double-double arithmetic, each entry rounded once at the end. Equal or
//! nearly equal time constants, singular or defective matrices and complex eigenvalues are no cases of their own, since
//! nothing is divided by a difference of rates and no eigenvector is formed. Three choices keep every entry accurate:
//!
//! - The step is halved until rates and feedback loops are weak, |A| θ ≤ 1/4. Couplings that belong to no loop do not count:
//!   they only multiply, and are exact at any size.
//! - `P` and `Q` are squared separately, `Q(2θ) = Q(θ) + P(θ) Q(θ)`, so a constant input costs no rows of zeros.
//! - The decay of a state without feedback is computed anew after each squaring while it is slow. Otherwise the error of
//!   its factor would double with each squaring that a much faster state needs.
//!
//! **Accuracy.** When all walks from one state to another have the same sign (every chain and tree; `A` then has off-diagonals
//! ≥ 0 after a change of sign of some states), no squaring cancels, and in the series `exp(|A| θ) ≤ e^{2sθ} exp(A θ)`
//! holds entry by entry with `s = max |aᵢᵢ|`, hence `e^{2sθ} ≤ 1.65`. So each entry is accurate relative to itself, however
//! small, and needs no shift of the diagonal; signs and powers of two pass through the arithmetic unchanged, so that no
//! similarity transform needs to be carried out. Otherwise (resonance, opposed paths) entries are accurate relative to the
//! terms that cancel, with about 50 bits to spare. Intermediate values below about 1e-290 lose precision, then vanish.
//!
//! Moler & Van Loan (2003), SIAM Rev. 45:3–49, doi:10.1137/S00361445024180 (scaling and squaring);
//! Xue & Ye (2008), Numer. Math. 110:393–403 (relative accuracy of each entry).

use alloc::vec;
use alloc::vec::Vec;

use crate::numerics::coupling::{feedback_norm, reachability};
use crate::numerics::covariance::covariance_factor;
use crate::numerics::double_double::{DoubleDouble, exponent, power_of_two};
use crate::numerics::leak::leak;

/// Largest |A| θ for which the series is summed.
pub(super) const SERIES_NORM: f64 = 0.25;
/// A term this small, relative to the sum so far, ends the series.
pub(super) const SERIES_END: f64 = 1.0 / (1_u128 << 110) as f64;
/// Terms that always suffice, beyond the number of states (the longest path adds one per state).
pub(super) const SERIES_TERMS: usize = 40;
/// Halvings allowed, divided by the number of states, if that is more than [`MAX_HALVINGS_WITH_FEEDBACK`]; with others, the
/// ordinary couplings of a path, each times the shortened step, would multiply to less than the range of `f64`.
const MAX_HALVINGS: usize = 700;
/// Halvings allowed with feedback, where the error grows as 2^(halvings − 104).
pub(super) const MAX_HALVINGS_WITH_FEEDBACK: i32 = 48;

/// Exact update of a linear block over one time step, `x(t + h) = P x(t) + Q u`.
#[derive(Clone, Debug, PartialEq)]
pub struct Propagator {
    /// Number of states.
    pub n: usize,
    /// Number of forcing terms.
    pub m: usize,
    /// `P = exp(A h)` (n × n, row major).
    pub p: Vec<f64>,
    /// `Q = ∫₀ʰ exp(A s) ds F` (n × m, row major).
    pub q: Vec<f64>,
    /// `L` with `L Lᵀ = ∫₀ʰ exp(A s) G Gᵀ exp(A s)ᵀ ds`, lower triangular (n × n, row major); empty where there is no noise.
    pub l: Vec<f64>,
}

impl Propagator {
    /// An entry of `P`: the effect of one state on another.
    #[must_use]
    pub fn p(&self, row: usize, column: usize) -> f64 {
        self.p[row * self.n + column]
    }

    /// An entry of `Q`: the effect of a forcing term on a state.
    #[must_use]
    pub fn q(&self, row: usize, column: usize) -> f64 {
        self.q[row * self.m + column]
    }

    /// An entry of `L`: the effect of a normal number on a state; 0 where there is no noise.
    #[must_use]
    pub fn l(&self, row: usize, column: usize) -> f64 {
        self.l.get(row * self.n + column).copied().unwrap_or(0.0)
    }
}

/// Exact update of a linear block over one time step, as models write it: each equation with what divides it.
///
/// For `left_i dx_i/dt = Σⱼ a_ij x_j + Σₖ f_ik u_k`, with `u` (m) constant during the step `h` (ms), the result is that of
/// [`propagator_dd`] for the rates `a_ij / left_i` and `f_ik / left_i`. These are quotients to twice the precision of `f64`: a
/// rate such as -1/τ rounded to `f64` would shift `exp(-h/τ)` by up to `h/τ` units in the last place. A missing entry of
/// `a` (n × n) or `f` (n × m), both row major, is 0; a missing one of `left` (n) is 1, and an infinite one lets nothing
/// change.
///
/// ```
/// # use alif_core::numerics::propagator;
/// let leak = propagator(&[Some(8.0)], &[Some(-1.0)], &[Some(1.0)], 1, 1.0); // 8 ms · dx/dt = -x + u
/// assert_eq!(leak.p(0, 0), 0.8824969025845955); // exp(-1/8)
/// assert_eq!(leak.q(0, 0), 0.1175030974154046); // 1 - exp(-1/8)
/// ```
///
/// # Panics
/// If the lengths of `a` and `f` are not n² and n m.
#[must_use]
pub fn propagator(left: &[Option<f64>], a: &[Option<f64>], f: &[Option<f64>], m: usize, h: f64) -> Propagator {
    noisy_propagator(left, a, f, m, &[], 0, h)
}

/// As [`propagator`], for a system that `k` independent white noises drive with factors `g_ik` (n × k, row major), which are divided
/// by `left_i` as all others are.
///
/// ```
/// # use alif_core::numerics::noisy_propagator;
/// // 20 ms · dV/dt = -V + √40 ms · ξ has variance 1 - exp(-2 h / 20 ms) after h, and 1 in the end.
/// let noise = 40.0_f64.sqrt();
/// let step = noisy_propagator(&[Some(20.0)], &[Some(-1.0)], &[], 0, &[Some(noise)], 1, 1000.0);
/// assert!((step.l(0, 0) - 1.0).abs() < 1e-15);
/// ```
///
/// # Panics
/// If the lengths of `a`, `f` and `g` are not n², n m and n k.
#[must_use]
pub fn noisy_propagator(
    left: &[Option<f64>],
    a: &[Option<f64>],
    f: &[Option<f64>],
    m: usize,
    g: &[Option<f64>],
    k: usize,
    h: f64,
) -> Propagator {
    let n = left.len();
    let rate = |value: Option<f64>, left: Option<f64>| match (value, left) {
        (None, _) => DoubleDouble::ZERO,
        (Some(value), None) => DoubleDouble::from(value),
        // An infinite time constant: nothing changes.
        (Some(value), Some(left)) if left.is_infinite() && value.is_finite() => DoubleDouble::ZERO,
        (Some(value), Some(left)) => DoubleDouble::quotient(value, left),
    };
    // Without noise and without a list: this is what binds a million neurons.
    if let ([left], [a], 0) = (left, a, k)
        && f.len() == m
        && let Some(found) = leak(rate(*a, *left).mul_f64(h), f.iter().map(|&f| rate(f, *left).mul_f64(h)))
    {
        return found;
    }
    let rates = |values: &[Option<f64>], columns: usize| -> Vec<DoubleDouble> {
        let row = |at: usize| left[at / columns];
        values
            .iter()
            .enumerate()
            .map(|(at, &value)| rate(value, row(at)))
            .collect()
    };
    let a = rates(a, n);
    let mut found = propagator_dd(&a, &rates(f, m), n, m, h);
    if k > 0 {
        found.l = covariance_factor(&a, &rates(g, k), n, k, h);
    }
    found
}

/// Exact update of a linear block over one time step, from rates given to twice the precision of `f64`.
///
/// For `dx/dt = A x + F u`, with `A` (n × n, 1/ms), `F` (n × m) and `u` (m) constant during the step `h` (ms), gives
/// `P = exp(A h)` (n × n) and `Q = ∫₀ʰ exp(A s) ds F` (n × m), so that `x(t + h) = P x(t) + Q u`. All matrices are row
/// major. A singular `A` is allowed, also 0 (an infinite time constant). `P[i, j]` is exactly 0 where state j does not reach
/// state i, as [`reachability`] of the entries that are not 0 tells.
///
/// With exact rates, entries where nothing cancels are correctly rounded, save for near ties, up to `|A| h` of about 2⁴⁰.
///
/// # Errors
/// None are returned. Every entry is NaN if an entry of `A h` or `F h` is not finite, or if `|A| h` is absurd: above 2⁴⁵
/// (3e13) with a feedback loop, where rounding would decide the outcome, else above about 2^(700/n), if that is more.
/// Entries that overflow are not finite.
///
/// # Panics
/// If the lengths of `a` and `f` are not n² and n m.
#[must_use]
pub fn propagator_dd(a: &[DoubleDouble], f: &[DoubleDouble], n: usize, m: usize, h: f64) -> Propagator {
    let scaled = |x: &DoubleDouble| x.mul_f64(h);
    exponential(a.iter().map(scaled).collect(), f.iter().map(scaled).collect(), n, m)
}

/// [`Propagator`] of `A h` (n × n) and `F h` (n × m).
fn exponential(a: Vec<DoubleDouble>, f: Vec<DoubleDouble>, n: usize, m: usize) -> Propagator {
    assert_eq!((a.len(), f.len()), (n * n, n * m), "A has n × n and F n × m entries");
    let one = if n == 1 { leak(a[0], f.iter().copied()) } else { None };
    one.unwrap_or_else(|| general(a, f, n, m))
}

/// As [`exponential`], in one path for every matrix.
pub(super) fn general(mut a: Vec<DoubleDouble>, mut f: Vec<DoubleDouble>, n: usize, m: usize) -> Propagator {
    let undefined = || Propagator {
        n,
        m,
        p: vec![f64::NAN; n * n],
        q: vec![f64::NAN; n * m],
        l: vec![],
    };
    if !a.iter().chain(&f).all(|x| x.is_finite()) {
        return undefined();
    }
    let pattern: Vec<bool> = a.iter().map(|x| !x.is_zero()).collect();
    let reach = reachability(&pattern, n);
    let in_loop = |i: usize, j: usize| i != j && reach[i * n + j] && reach[j * n + i];
    let (norm, has_feedback) = feedback_norm(&a, n, in_loop);
    let halvings = if norm <= SERIES_NORM { 0 } else { exponent(norm) + 3 };
    let path_limit = (MAX_HALVINGS / n.max(1)) as i32;
    if halvings > MAX_HALVINGS_WITH_FEEDBACK && (has_feedback || halvings > path_limit) {
        return undefined();
    }

    let fraction = power_of_two(-halvings);
    a.iter_mut().chain(&mut f).for_each(|x| *x = x.scale(fraction));
    let free: Vec<usize> = (0..n).filter(|&i| !(0..n).any(|j| in_loop(i, j))).collect();
    let width = n + m;
    let mut e = series(&a, &f, n, m);
    let mut squared = e.clone();
    for doubling in 1..=halvings {
        // [P | Q] becomes [P P | Q + P Q].
        for i in 0..n {
            let row = &mut squared[i * width..][..width];
            row[..n].fill(DoubleDouble::ZERO);
            row[n..].copy_from_slice(&e[i * width + n..][..m]);
            for via in 0..n {
                add_multiple(row, e[i * width + via], &e[via * width..][..width]);
            }
        }
        core::mem::swap(&mut e, &mut squared);
        for &i in &free {
            let decay = a[i * n + i].scale(power_of_two(doubling));
            if decay.hi.abs() <= SERIES_NORM {
                e[i * width + i] = series(&[decay], &[], 1, 0)[0];
            }
        }
    }
    let block = |from: usize, to: usize| {
        e.chunks(width.max(1))
            .flat_map(|row| &row[from..to])
            .map(|x| x.hi + 0.0) // -0 becomes 0
            .collect()
    };
    Propagator {
        n,
        m,
        p: block(0, n),
        q: block(n, width),
        l: vec![],
    }
}

/// `[exp(A) | ∫₀¹ exp(A s) ds F]` (n × (n + m)) by the Taylor series, whose terms obey `T₁ = [A | F]`, `Tⱼ₊₁ = A Tⱼ / (j + 1)`.
pub(super) fn series(a: &[DoubleDouble], f: &[DoubleDouble], n: usize, m: usize) -> Vec<DoubleDouble> {
    let width = n + m;
    let mut term = Vec::with_capacity(n * width);
    for i in 0..n {
        term.extend_from_slice(&a[i * n..][..n]);
        term.extend_from_slice(&f[i * m..][..m]);
    }
    let mut sum = term.clone();
    for i in 0..n {
        sum[i * width + i] += DoubleDouble::ONE;
    }
    let mut next = term.clone();
    // A path of j couplings enters with term j, and has parts that enter before: no entry begins after all have converged.
    for j in 2..SERIES_TERMS + n {
        let mut converged = true;
        for i in 0..n {
            let row = &mut next[i * width..][..width];
            row.fill(DoubleDouble::ZERO);
            for via in 0..n {
                add_multiple(row, a[i * n + via], &term[via * width..][..width]);
            }
            for (x, total) in row.iter_mut().zip(&mut sum[i * width..]) {
                if !x.is_zero() {
                    *x = x.div_f64(j as f64);
                    *total += *x;
                    converged &= x.hi.abs() <= SERIES_END * total.hi.abs();
                }
            }
        }
        if converged {
            break;
        }
        core::mem::swap(&mut term, &mut next);
    }
    sum
}

/// `row += factor · other`, leaving untouched what zeros would only multiply.
fn add_multiple(row: &mut [DoubleDouble], factor: DoubleDouble, other: &[DoubleDouble]) {
    if factor.is_zero() {
        return;
    }
    for (x, y) in row.iter_mut().zip(other) {
        if !y.is_zero() {
            *x += factor * *y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DoubleDouble, SERIES_NORM, series};

    #[test]
    fn series_is_exact_to_31_digits() {
        let x = DoubleDouble::from(SERIES_NORM);
        let [grow, decay] = [x, -x].map(|x| series(&[x], &[], 1, 0)[0]);
        let e = DoubleDouble {
            hi: core::f64::consts::E,
            lo: 1.4456468917292502e-16,
        };
        assert!((grow * grow * (grow * grow) - e).hi.abs() < 1e-30);
        assert!((grow * decay - DoubleDouble::ONE).hi.abs() < 1e-31);
        // ∫₀¹ exp(x s) ds = (exp(x) - 1)/x
        let integral = series(&[x], &[DoubleDouble::ONE], 1, 1)[1];
        assert!((integral * x - grow + DoubleDouble::ONE).hi.abs() < 1e-31);
    }
}

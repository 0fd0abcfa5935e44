//! Linear systems to some seventy digits, by another way than propagators take.
//!
//! One column at a time, `x' = A x + c` is followed from its start over equal parts of the step by its Taylor series, in
//! [`Long`] arithmetic; no matrix is squared, no entry treated apart. Parts are made smaller until the series ends soon and
//! nothing cancels more than the numbers can bear. The covariance is followed as the linear system `C' = A C + C Aᵀ + W` that it is.

use crate::backend::LinearSystem;

use super::long::Long;

/// Terms of a series.
const TERMS: u64 = 400;
/// A term this much smaller than the sum ends the series, in bits.
const SMALL: i64 = 250;
/// Bits that may cancel in an entry.
const MAY_CANCEL: i64 = 80;
/// The most parts of a step.
const MAX_PARTS: u64 = 1 << 16;

/// The matrices of a system as rates, each to 256 bits: the entries that are not zero, with row and column.
pub(super) struct Rates {
    n: usize,
    a: Vec<(usize, usize, Long)>,
    f: Vec<(usize, usize, Long)>,
    g: Vec<(usize, usize, Long)>,
}

/// How many products may still be formed.
#[derive(Debug)]
pub(super) struct Budget(pub(super) u64);

impl Rates {
    pub(super) fn new(system: &LinearSystem) -> Self {
        let rates = |values: &[Option<f64>], columns: usize| {
            let entries = values.iter().enumerate().filter_map(|(at, value)| {
                let (row, column) = (at / columns, at % columns);
                let rate = rate((*value)?, system.left[row]);
                (!rate.is_zero()).then_some((row, column, rate))
            });
            entries.collect()
        };
        let n = system.states.len();
        Self {
            n,
            a: rates(&system.a, n),
            f: rates(&system.f, system.m),
            g: rates(&system.g, system.k),
        }
    }

    /// A x
    fn apply(&self, x: &[Long]) -> Vec<Long> {
        let mut found = vec![Long::ZERO; self.n];
        for &(row, column, rate) in &self.a {
            if !x[column].is_zero() {
                found[row] = found[row].add(rate.mul(x[column]));
            }
        }
        found
    }

    /// Column `column` of `P`.
    pub(super) fn p(&self, column: usize, h: f64, budget: &mut Budget) -> Option<Vec<Long>> {
        let mut start = vec![Long::ZERO; self.n];
        start[column] = Long::one();
        let flow = Flow {
            cost: self.a.len() as u64,
            paths: self.n,
            apply: |x: &[Long]| self.apply(x),
            constant: vec![Long::ZERO; self.n],
        };
        flow.after(start, h, budget)
    }

    /// Column `column` of `Q`.
    pub(super) fn q(&self, column: usize, h: f64, budget: &mut Budget) -> Option<Vec<Long>> {
        let mut constant = vec![Long::ZERO; self.n];
        for &(row, _, rate) in self.f.iter().filter(|entry| entry.1 == column) {
            constant[row] = rate;
        }
        let flow = Flow {
            cost: self.a.len() as u64,
            paths: self.n,
            apply: |x: &[Long]| self.apply(x),
            constant,
        };
        flow.after(vec![Long::ZERO; self.n], h, budget)
    }

    /// The covariance of the noise of a step, n × n.
    pub(super) fn covariance(&self, h: f64, budget: &mut Budget) -> Option<Vec<Long>> {
        let n = self.n;
        let mut constant = vec![Long::ZERO; n * n];
        for &(i, noise, a) in &self.g {
            for &(j, _, b) in self.g.iter().filter(|other| other.1 == noise) {
                constant[i * n + j] = constant[i * n + j].add(a.mul(b));
            }
        }
        let flow = Flow {
            cost: (self.a.len() * n) as u64,
            paths: 2 * n,
            apply: |c: &[Long]| {
                let mut half = vec![Long::ZERO; n * n];
                for &(row, via, rate) in &self.a {
                    for column in (0..n).filter(|column| !c[via * n + column].is_zero()) {
                        half[row * n + column] = half[row * n + column].add(rate.mul(c[via * n + column]));
                    }
                }
                (0..n * n).map(|at| half[at].add(half[at % n * n + at / n])).collect()
            },
            constant,
        };
        flow.after(vec![Long::ZERO; n * n], h, budget)
    }
}

/// `value / left`; an infinite `left` lets nothing change.
fn rate(value: f64, left: Option<f64>) -> Long {
    match left {
        None => Long::from_f64(value),
        Some(left) if left.is_infinite() => Long::ZERO,
        Some(left) => Long::quotient(value, left),
    }
}

/// `x' = apply(x) + constant`
struct Flow<F: Fn(&[Long]) -> Vec<Long>> {
    /// Products of one application.
    cost: u64,
    /// The longest path of couplings: so many terms may pass before an entry begins.
    paths: usize,
    apply: F,
    constant: Vec<Long>,
}

impl<F: Fn(&[Long]) -> Vec<Long>> Flow<F> {
    /// `x(h)`; nothing when that would take too long.
    fn after(&self, start: Vec<Long>, h: f64, budget: &mut Budget) -> Option<Vec<Long>> {
        let mut parts = 1;
        while parts <= MAX_PARTS {
            let part = Long::from_f64(h).div(parts);
            let mut x = Some(start.clone());
            for _ in 0..parts {
                x = self.part(&x?, part, budget)?;
                if x.is_none() {
                    break;
                }
            }
            if x.is_some() {
                return x;
            }
            parts *= 4;
        }
        None
    }

    /// One part of a step. The outer option is empty when the budget is used up, the inner one when the part is too long.
    #[allow(clippy::option_option, reason = "two ways to fail, of which one is tried again")]
    fn part(&self, start: &[Long], h: Long, budget: &mut Budget) -> Option<Option<Vec<Long>>> {
        let mut sum = start.to_vec();
        let mut largest: Vec<i64> = sum.iter().map(Long::exponent).collect();
        let mut term = start.to_vec();
        for j in 1..=TERMS {
            budget.0 = budget.0.checked_sub(self.cost + 1)?;
            let mut next = (self.apply)(&term);
            if j == 1 {
                for (x, c) in next.iter_mut().zip(&self.constant) {
                    *x = x.add(*c);
                }
            }
            let mut small = true;
            for (at, x) in next.iter_mut().enumerate() {
                *x = x.mul(h).div(j);
                sum[at] = sum[at].add(*x);
                largest[at] = largest[at].max(x.exponent());
                small &= x.is_zero() || x.exponent() < sum[at].exponent() - SMALL;
            }
            term = next;
            if small && j as usize > self.paths {
                let cancels = |at: usize| largest[at] - sum[at].exponent() > MAY_CANCEL && largest[at] > i64::MIN / 8;
                return Some((0..sum.len()).all(|at| !cancels(at)).then_some(sum));
            }
        }
        Some(None)
    }
}

//! Couplings between the states of a linear block: which state reaches which, and how strong feedback is.

use alloc::vec;
use alloc::vec::Vec;

use crate::numerics::double_double::{DoubleDouble, exponent, power_of_two};
use crate::real::Real;

/// Sweeps of balancing; more would gain next to nothing.
const MAX_SWEEPS: usize = 40;

/// Which state acts on which in the course of time: the transitive closure of the couplings, each state reaching itself.
///
/// `pattern[i * n + j]` tells whether `x_j` stands in the equation of `dx_i/dt`; `result[i * n + j]` whether `x_j(0)` has an
/// effect on `x_i(t)`, so `exp(A t)` is 0 at (i, j) where it is false. States i and j share a feedback loop when both
/// (i, j) and (j, i) are true. Both arrays are n × n, row major.
///
/// # Panics
/// If the length of `pattern` is not n².
#[must_use]
pub fn reachability(pattern: &[bool], n: usize) -> Vec<bool> {
    assert_eq!(pattern.len(), n * n, "the coupling pattern has n × n entries");
    let mut reach = pattern.to_vec();
    for i in 0..n {
        reach[i * n + i] = true;
    }
    for via in 0..n {
        for i in 0..n {
            if reach[i * n + via] {
                for j in 0..n {
                    reach[i * n + j] |= reach[via * n + j];
                }
            }
        }
    }
    reach
}

/// Largest row sum of the magnitudes of the diagonal and of couplings within feedback loops, after the scaling of the
/// states by powers of two that about minimises it; and whether there is any feedback. That scaling is only imagined.
///
/// Osborne (1960), J. ACM 7:338–345, doi:10.1145/321043.321048.
pub(crate) fn feedback_norm(a: &[DoubleDouble], n: usize, in_loop: impl Fn(usize, usize) -> bool) -> (f64, bool) {
    let mut weight = vec![0.0; n * n];
    let mut has_feedback = false;
    for i in 0..n {
        for j in 0..n {
            if in_loop(i, j) {
                weight[i * n + j] = a[i * n + j].hi.abs();
                has_feedback = true;
            }
        }
    }
    let mut balanced = !has_feedback;
    for _sweep in 0..MAX_SWEEPS {
        if balanced {
            break;
        }
        balanced = true;
        for i in 0..n {
            let row: f64 = (0..n).map(|j| weight[i * n + j]).sum();
            let column: f64 = (0..n).map(|j| weight[j * n + i]).sum();
            if row == 0.0 || column == 0.0 {
                continue; // not in a loop
            }
            if !(row + column).is_finite() {
                return (f64::INFINITY, true);
            }
            let shift = exponent(row.square_root() / column.square_root() * core::f64::consts::SQRT_2);
            if shift != 0 {
                balanced = false;
                for j in 0..n {
                    weight[i * n + j] *= power_of_two(-shift);
                    weight[j * n + i] *= power_of_two(shift);
                }
            }
        }
    }
    let row_norm = |i: usize| a[i * n + i].hi.abs() + weight[i * n..][..n].iter().sum::<f64>();
    ((0..n).map(row_norm).fold(0.0, f64::max), has_feedback)
}

//! What is measured of an exact block: its numbers against a reference of 256 bits, and two laws that every exact update obeys.

use alif_core::numerics::Propagator;
use alif_core::{Precision, Real};

use crate::backend::LinearSystem;

use super::long::Long;
use super::reference::{Budget, Rates};

/// Products of 256-bit numbers that the reference of a block may take.
const BUDGET: u64 = 2_000_000;
/// The most units in the last place that a number may be away from its reference: half of one by rounding, the rest for near ties.
const MOST_UNITS: f64 = 0.51;
/// The slope is taken over a step that is this much shorter than the fastest rate.
const SLOPE: f64 = 1.0 / (1 << 18) as f64;

/// What was measured, and the most that it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The largest deviation found.
    pub measured: f64,
    /// The largest that rounding allows.
    pub limit: f64,
}

impl Bound {
    /// Whether it is within its limit; never where it is NaN.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.measured <= self.limit
    }
}

/// What was measured of the propagator of one exact block, with the numbers that steps use.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactBlock {
    /// Its states.
    pub states: Vec<String>,
    /// Whether the states behind `hold` are frozen, as in refractory steps.
    pub held: bool,
    /// Whether it is over half a step, for approximated equations that read it there.
    pub half: bool,
    /// How many numbers `P` and `Q` have, not counting what is zero by structure or below the smallest state.
    pub numbers: usize,
    /// How many of them were compared with the reference; fewer only where it would have taken too long.
    pub compared: usize,
    /// The distance of `P` and `Q` from the reference in units in the last place of the precision.
    pub units: Bound,
    /// The same, relative to each number.
    pub relative: f64,
    /// `P(h) P(h) = P(2h)`: the difference, relative to the sum of the magnitudes of the products.
    pub semigroup: Bound,
    /// `(P(e) - P(-e)) / 2e = A`: the difference relative to the entry of `A`, at the entry where rounding explains it least.
    pub slope: Bound,
    /// The step e of the slope in ms.
    pub slope_step: f64,
    /// `L Lᵀ` against the reference of the covariance, relative to the standard deviations; nothing without noise, or where it would have
    /// taken too long.
    pub covariance: Option<Bound>,
}

impl ExactBlock {
    /// Whether everything that was measured is within its limit, and something was.
    #[must_use]
    pub fn holds(&self) -> bool {
        let bounds = [
            Some(self.units),
            Some(self.semigroup),
            Some(self.slope),
            self.covariance,
        ];
        bounds.into_iter().flatten().all(|bound| bound.holds())
    }
}

/// Measures a propagator over `dt` ms in the precision of the steps. The propagator is judged as it is given: it need not be the one
/// that the system has.
#[must_use]
pub fn measure(system: &LinearSystem, propagator: &Propagator, dt: f64, precision: Precision) -> ExactBlock {
    match precision {
        Precision::F32 => of::<f32>(system, propagator, dt, 24),
        Precision::F64 => of::<f64>(system, propagator, dt, 53),
    }
}

fn of<T: Real>(system: &LinearSystem, propagator: &Propagator, dt: f64, digits: i64) -> ExactBlock {
    let rounding = half_unit(digits);
    let rounded = |value: &f64| T::from_f64(*value).to_f64();
    let used = Propagator {
        p: propagator.p.iter().map(rounded).collect(),
        q: propagator.q.iter().map(rounded).collect(),
        l: propagator.l.iter().map(rounded).collect(),
        ..propagator.clone()
    };
    let mut found = ExactBlock {
        states: system.states.clone(),
        held: system.variant.held,
        half: system.variant.half,
        numbers: 0,
        compared: 0,
        units: Bound {
            measured: 0.0,
            limit: MOST_UNITS,
        },
        relative: 0.0,
        semigroup: semigroup(&used, &system.propagator(2.0 * dt), T::TINY.to_f64(), rounding),
        slope: Bound {
            measured: 0.0,
            limit: 0.0,
        },
        slope_step: slope_step(system, dt),
        covariance: None,
    };
    let e = found.slope_step;
    found.slope = slope(system, &system.propagator(e), &system.propagator(-e), e);
    let finite = |values: &[Option<f64>]| values.iter().flatten().all(|x| x.is_finite());
    let divisible = system.left.iter().flatten().all(|&left| left != 0.0 && !left.is_nan());
    let numbers = |values: &[f64]| values.iter().filter(|x| x.abs() >= T::TINY.to_f64()).count();
    found.numbers = numbers(&used.p) + numbers(&used.q);
    if divisible && finite(&system.a) && finite(&system.f) && finite(&system.g) {
        let rates = Rates::new(system);
        let mut budget = Budget(BUDGET);
        compare::<T>(&mut found, &rates, &used, dt, digits, &mut budget);
        if system.k > 0 {
            found.covariance = covariance(&rates, &used, dt, &mut budget).map(|measured| Bound {
                measured,
                // An entry of L comes from a root, a quotient and their product, and is rounded to the precision; two of them multiply.
                limit: 8.0 * rounding,
            });
        }
    }
    found
}

/// Compares columns of `P` and `Q` with the reference, as many as the budget allows.
fn compare<T: Real>(
    found: &mut ExactBlock,
    rates: &Rates,
    used: &Propagator,
    dt: f64,
    digits: i64,
    budget: &mut Budget,
) {
    let (n, m) = (used.n, used.m);
    for column in 0..n + m {
        let reference = match column.checked_sub(n) {
            None => rates.p(column, dt, budget),
            Some(forcing) => rates.q(forcing, dt, budget),
        };
        let Some(reference) = reference else {
            continue;
        };
        for (row, truth) in reference.iter().enumerate() {
            let value = match column.checked_sub(n) {
                None => used.p(row, column),
                Some(forcing) => used.q(row, forcing),
            };
            if value.abs().max(truth.abs().to_f64()) < T::TINY.to_f64() {
                continue;
            }
            let error = Long::from_f64(value).sub(*truth).abs();
            let units = error.scale(digits - truth.exponent()).to_f64();
            let relative = if error.is_zero() {
                0.0
            } else {
                error.to_f64() / truth.abs().to_f64()
            };
            found.units.measured = largest(found.units.measured, units);
            found.relative = largest(found.relative, relative);
            found.compared += 1;
        }
    }
}

/// `|L Lᵀ - C|` at (i, j), relative to the deviations of i and j, at most.
fn covariance(rates: &Rates, used: &Propagator, dt: f64, budget: &mut Budget) -> Option<f64> {
    let n = used.n;
    let truth = rates.covariance(dt, budget)?;
    let mut worst = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let product = (0..n).fold(Long::ZERO, |sum, k| {
                sum.add(Long::from_f64(used.l(i, k)).mul(Long::from_f64(used.l(j, k))))
            });
            let error = product.sub(truth[i * n + j]).abs();
            if error.is_zero() {
                continue;
            }
            let variance = |at: usize| truth[at * n + at].to_f64();
            let scale = alif_core::math::sqrt(variance(i)) * alif_core::math::sqrt(variance(j));
            worst = largest(worst, error.to_f64() / scale);
        }
    }
    Some(worst)
}

/// `P(h) P(h)` against `P(2h)`, relative to `|P(h)| |P(h)|`.
fn semigroup(used: &Propagator, twice: &Propagator, tiny: f64, rounding: f64) -> Bound {
    let n = used.n;
    let mut worst = 0.0;
    for row in 0..n {
        for column in 0..n {
            let (mut product, mut magnitude) = (Long::ZERO, Long::ZERO);
            for via in 0..n {
                let term = Long::from_f64(used.p(row, via)).mul(Long::from_f64(used.p(via, column)));
                product = product.add(term);
                magnitude = magnitude.add(term.abs());
            }
            let error = product.sub(Long::from_f64(twice.p(row, column))).abs();
            // What is smaller is zero to a step, and may be beyond the normal numbers.
            if magnitude.to_f64() > tiny {
                worst = largest(worst, error.to_f64() / magnitude.to_f64());
            }
        }
    }
    Bound {
        measured: worst,
        // Two factors and the double step are rounded.
        limit: 3.0 * rounding + 1e-30,
    }
}

/// A step that is far shorter than every rate.
fn slope_step(system: &LinearSystem, dt: f64) -> f64 {
    let n = system.states.len();
    let entry = |i: usize, j: usize| entry(system, i, j).abs();
    let mut fastest: f64 = 0.0;
    for i in 0..n {
        for j in 0..n {
            // Of a coupling only what comes back is fast, whatever the units.
            let rate = if i == j {
                entry(i, i)
            } else {
                alif_core::math::sqrt(entry(i, j) * entry(j, i))
            };
            fastest = fastest.max(rate);
        }
    }
    let longest = dt * SLOPE;
    if fastest.is_finite() && fastest * dt > 1.0 {
        longest / (fastest * dt)
    } else {
        longest
    }
}

/// An entry of `A`.
fn entry(system: &LinearSystem, row: usize, column: usize) -> f64 {
    let value = system.a[row * system.states.len() + column].unwrap_or(0.0);
    value / system.left[row].unwrap_or(1.0)
}

/// `(P(e) - P(-e)) / 2e` against `A`, at the entry where it is largest against what rounding and the third derivative allow.
fn slope(system: &LinearSystem, forth: &Propagator, back: &Propagator, e: f64) -> Bound {
    let n = system.states.len();
    let rounding = half_unit(53);
    let magnitude = |i: usize, j: usize| entry(system, i, j).abs();
    let square: Vec<f64> = (0..n * n)
        .map(|at| (0..n).map(|via| magnitude(at / n, via) * magnitude(via, at % n)).sum())
        .collect();
    let mut worst = Bound {
        measured: 0.0,
        limit: 1e-30,
    };
    for at in 0..n * n {
        let (row, column) = (at / n, at % n);
        let rate = entry(system, row, column);
        if rate == 0.0 {
            continue;
        }
        let difference = forth.p(row, column) - back.p(row, column);
        let measured = (difference / (2.0 * e) - rate).abs() / rate.abs();
        let cube: f64 = (0..n).map(|via| square[row * n + via] * magnitude(via, column)).sum();
        let rounded = (forth.p(row, column).abs() + back.p(row, column).abs()) / (2.0 * e);
        let limit = (2.0 * rounding * (rounded + rate.abs()) + e * e * cube) / rate.abs();
        if measured.is_nan() || measured / limit >= worst.measured / worst.limit {
            worst = Bound { measured, limit };
        }
    }
    worst
}

/// Half a unit in the last place of 1 with so many binary digits.
fn half_unit(digits: i64) -> f64 {
    Long::power_of_two(-digits).to_f64()
}

/// The larger one; NaN where one is.
fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b { a } else { b }
}

#[cfg(test)]
mod tests {
    use alif_core::Precision;

    use super::{ExactBlock, measure, slope};
    use crate::backend::LinearSystem;
    use crate::ir::Variant;

    /// A membrane, its two synaptic currents in a chain with the same time constant, an input and a noise.
    fn chain(tau: [f64; 3]) -> LinearSystem {
        let some = |values: &[f64]| values.iter().map(|&x| (x != 0.0).then_some(x)).collect::<Vec<_>>();
        LinearSystem {
            states: ["y", "I", "V"].map(str::to_owned).to_vec(),
            variant: Variant::default(),
            left: some(&tau),
            a: some(&[-1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.1, -1.0]),
            m: 1,
            f: some(&[0.0, 0.0, 3.0]),
            k: 1,
            g: some(&[0.0, 2.0, 0.0]),
        }
    }

    fn measured(system: &LinearSystem, precision: Precision) -> ExactBlock {
        measure(system, &system.propagator(0.1), 0.1, precision)
    }

    #[test]
    fn numbers_are_correctly_rounded_at_any_distance_of_time_constants() {
        for tau in [
            [2.0, 2.0, 2.0],
            [2.0, 2.0 + 1e-9, 10.0],
            [1e-3, 0.5, 1e4],
            [5.0, 7.0, 11.0],
        ] {
            for precision in [Precision::F32, Precision::F64] {
                let found = measured(&chain(tau), precision);
                assert!(found.holds(), "{tau:?} {precision}: {found:#?}");
                assert!(found.compared == found.numbers && found.numbers >= 5, "{found:#?}");
                assert!(
                    found.units.measured > 0.01 && found.semigroup.measured > 0.0,
                    "{found:#?}"
                );
                assert!(found.covariance.is_some_and(|c| c.measured > 0.0), "{found:#?}");
            }
        }
    }

    #[test]
    fn resonance_and_fast_rates_are_within_their_limits() {
        let mut system = chain([1.0, 1.0, 1.0]);
        system.a[1] = Some(-9.0);
        assert!(measured(&system, Precision::F64).holds());
        let system = chain([1e-3, 1e-2, 1e-1]);
        let found = measured(&system, Precision::F64);
        assert!(found.holds() && found.compared == found.numbers, "{found:#?}");
    }

    #[test]
    fn a_wrong_number_is_seen() {
        let system = chain([2.0, 2.0, 10.0]);
        let right = system.propagator(0.1);
        let up = |x: f64, units: u64| f64::from_bits(x.to_bits() + units);
        for at in [0, 3, 4, 6, 8] {
            for units in [1, 10] {
                let mut wrong = right.clone();
                wrong.p[at] = up(wrong.p[at], units);
                let found = measure(&system, &wrong, 0.1, Precision::F64);
                assert!(!found.units.holds(), "P[{at}]: {found:#?}");
                let distance = found.units.measured - units as f64;
                assert!(distance.abs() <= 0.5, "P[{at}], {units}: {found:#?}");
            }
            let mut wrong = right.clone();
            wrong.p[at] *= 1.0 + 1e-9;
            let found = measure(&system, &wrong, 0.1, Precision::F64);
            assert!(
                !found.semigroup.holds() && found.semigroup.measured > 1e-10,
                "P[{at}]: {found:#?}"
            );
        }
        let mut wrong = right.clone();
        wrong.q[2] = up(wrong.q[2], 3);
        assert!(!measure(&system, &wrong, 0.1, Precision::F64).units.holds());
        let mut wrong = right.clone();
        wrong.l[8] *= 1.0 + 1e-14;
        let found = measure(&system, &wrong, 0.1, Precision::F64);
        assert!(found.covariance.is_some_and(|c| !c.holds()), "{found:#?}");
        // In single precision a last place more is seen too.
        let mut wrong = right;
        wrong.p[0] = f64::from(f32::from_bits((wrong.p[0] as f32).to_bits() + 1));
        assert!(!measure(&system, &wrong, 0.1, Precision::F32).units.holds());
    }

    #[test]
    fn a_propagator_of_another_system_is_seen_in_its_slope() {
        let system = chain([2.0, 2.0, 10.0]);
        let found = measured(&system, Precision::F64);
        assert!(found.slope.holds() && found.slope.measured < 1e-6, "{found:#?}");
        let other = chain([2.0, 2.0, 10.1]).propagator(0.1);
        let judged = measure(&system, &other, 0.1, Precision::F64);
        assert!(!judged.units.holds() && !judged.semigroup.holds(), "{judged:#?}");
        let (e, other) = (found.slope_step, chain([2.0, 2.0, 10.0 + 1e-4]));
        let wrong = slope(&system, &other.propagator(e), &other.propagator(-e), e);
        assert!(!wrong.holds() && (wrong.measured - 1e-5).abs() < 1e-7, "{wrong:?}");
    }
}

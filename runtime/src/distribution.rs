//! Values that are drawn, one a neuron.

use alif_core::random::{Draw, keys};
use alif_core::{Lanes, elementary};
use alloc::vec::Vec;

/// What the values of neurons are drawn from: for parameters, initial values and inputs, in place of a number or an array.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use alif::prelude::*;
///
/// let model = Model::from_text("model M { param tau = 10 ms; state V = 0 mV; tau * dV/dt = -V; }")?;
/// let population = model
///     .population(100)
///     .seed(7)
///     .set("tau", Distribution::normal(20.0, 1.0))
///     .init("V", Distribution::uniform(-70.0, -50.0))
///     .build()?;
/// assert!(population.state("V")?.iter().all(|v| (-70.0..-50.0).contains(v)));
/// # Ok(())
/// # }
/// ```
///
/// A value is a function of (seed, name's place in the model, neuron) and of nothing else, computed in double precision: the same for any
/// engine, precision, number of threads and set of monitors. Neuron n has the same value in a population of any size. Parameters
/// are those of the neurons, so all members of a batch share them; initial values and inputs are drawn for each member by itself. They
/// come from [`alif_core::random`] in step 0: from stream 2³¹ + p for the p-th parameter, 3 · 2³⁰ + s for the s-th state, and
/// 7 · 2²⁹ + i for the i-th input, which are beyond those of the noises of any model.
///
/// Values are not cut off. Where the model has a condition, as `param tau = 20 ms where tau > 0 ms`, a value that does not meet it is an
/// error that names the neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Distribution<Q = f64> {
    /// All values between two.
    Uniform {
        /// The lower bound.
        low: Q,
        /// The upper bound.
        high: Q,
    },
    /// A normal distribution.
    Normal {
        /// Its mean.
        mean: Q,
        /// Its standard deviation.
        sd: Q,
    },
}

impl<Q> Distribution<Q> {
    /// All values between `low` and `high`.
    pub fn uniform(low: Q, high: Q) -> Self {
        Self::Uniform { low, high }
    }

    /// The normal distribution of this mean and standard deviation. What is drawn lies within 9.1 standard deviations.
    pub fn normal(mean: Q, sd: Q) -> Self {
        Self::Normal { mean, sd }
    }

    /// The same distribution in other terms, as those of another unit.
    pub fn map<P>(self, with: impl Fn(Q) -> P) -> Distribution<P> {
        match self {
            Self::Uniform { low, high } => Distribution::uniform(with(low), with(high)),
            Self::Normal { mean, sd } => Distribution::normal(with(mean), with(sd)),
        }
    }
}

impl Distribution {
    /// What is wrong with it: bounds or moments that are not finite, or in the wrong order.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        match *self {
            Self::Uniform { low, high } if !(low.is_finite() && high.is_finite()) => Some("its bounds must be finite"),
            Self::Uniform { low, high } if low > high => Some("its lower bound is above the upper one"),
            Self::Uniform { low, high } if !(high - low).is_finite() => Some("its bounds are too far apart"),
            Self::Normal { mean, sd } if !(mean.is_finite() && sd.is_finite()) => {
                Some("its mean and standard deviation must be finite")
            }
            Self::Normal { sd, .. } if sd < 0.0 => Some("its standard deviation is below zero"),
            _ => None,
        }
    }

    /// The values that a population draws for its first `neurons` neurons, in the units of the distribution.
    #[must_use]
    pub fn values(self, seed: u64, of: Recipient, neurons: usize) -> Vec<f64> {
        let draw = Draw {
            stream: of.stream(),
            number: 0,
        };
        let lane = |bits: u64| Lanes([f64::from_bits(bits)]);
        let [key, other] = keys(seed, draw, 0).map(lane);
        let words = (0..neurons as u64).map(lane);
        match self {
            Self::Uniform { low, high } => words
                .map(|neuron| {
                    let part = elementary::uniform(neuron, key, other).0[0];
                    (low + (high - low) * part).min(high)
                })
                .collect(),
            Self::Normal { mean, sd } => words
                .map(|neuron| mean + sd * elementary::normal(neuron, key, other).0[0])
                .collect(),
        }
    }
}

/// Whose values are drawn, by its index in the [`Signature`](crate::Signature).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A parameter.
    Parameter(usize),
    /// A state, of which these are the initial values.
    State(usize),
    /// A continuous input.
    Input(usize),
}

impl Recipient {
    /// Noises have the streams from 0 on.
    fn stream(self) -> u32 {
        match self {
            Self::Parameter(at) => (1 << 31) + at as u32,
            Self::State(at) => (3 << 30) + at as u32,
            Self::Input(at) => (7 << 29) + at as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Distribution, Recipient};

    #[test]
    fn values_are_functions_of_seed_name_and_neuron() {
        let normal = Distribution::normal(20.0, 2.0);
        let values = normal.values(1, Recipient::Parameter(0), 1000);
        assert_eq!(normal.values(1, Recipient::Parameter(0), 10), values[..10]);
        for (seed, of) in [
            (2, Recipient::Parameter(0)),
            (1, Recipient::Parameter(1)),
            (1, Recipient::State(0)),
            (1, Recipient::Input(0)),
        ] {
            assert_ne!(normal.values(seed, of, 10), values[..10], "{seed} {of:?}");
        }
        let mean = values.iter().sum::<f64>() / 1000.0;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 1000.0;
        // Five standard deviations of what chance would give.
        assert!((mean - 20.0).abs() < 5.0 * 2.0 / 1000_f64.sqrt(), "{mean}");
        assert!((variance - 4.0).abs() < 5.0 * 4.0 * 0.002_f64.sqrt(), "{variance}");
    }

    #[test]
    fn uniform_values_stay_between_their_bounds() {
        let values = Distribution::uniform(-70.0, -50.0).values(3, Recipient::State(1), 10_000);
        assert!(values.iter().all(|v| (-70.0..=-50.0).contains(v)));
        let quarter = values.iter().filter(|&&v| v < -65.0).count();
        assert!(quarter.abs_diff(2500) < 5 * 44, "{quarter}");
        assert_eq!(
            Distribution::uniform(3.0, 3.0).values(0, Recipient::State(0), 2),
            [3.0, 3.0]
        );
    }

    #[test]
    fn what_is_no_distribution_is_told() {
        for bad in [
            Distribution::uniform(1.0, 0.0),
            Distribution::uniform(0.0, f64::INFINITY),
            Distribution::uniform(-f64::MAX, f64::MAX),
            Distribution::normal(0.0, -1.0),
            Distribution::normal(f64::NAN, 1.0),
        ] {
            assert!(bad.flaw().is_some(), "{bad:?}");
        }
        assert_eq!(Distribution::normal(0.0, 0.0).flaw(), None);
    }
}

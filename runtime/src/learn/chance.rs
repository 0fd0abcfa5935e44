//! Random weights and inputs.

use alif_core::elementary::{normal, uniform};
use alif_core::random::{Draw, keys};
use alif_core::{Lanes, Real};

use super::{Raster, Weights};

/// The streams: what is drawn for one thing does not depend on what is drawn for another.
const WEIGHTS: u32 = 0;
const SPIKES: u32 = 1;

/// Number `at` of a row of numbers that `seed` and `row` choose, by one of the functions of `alif_core`.
fn number(
    of: fn(Lanes<f64, 1>, Lanes<f64, 1>, Lanes<f64, 1>) -> Lanes<f64, 1>,
    seed: u64,
    stream: u32,
    row: usize,
    at: usize,
) -> f64 {
    let draw = Draw { stream, number: 0 };
    let [first, second] = keys(seed, draw, row as u64);
    let word = |bits: u64| Lanes([f64::from_bits(bits)]);
    of(word(at as u64), word(first), word(second)).0[0]
}

impl<T: Real> Weights<T> {
    /// Normal numbers with mean 0 and this standard deviation, functions of the seed and of the two neurons.
    #[must_use]
    pub fn normal(post: usize, pre: usize, deviation: f64, seed: u64) -> Self {
        Self::from_fn(post, pre, |j, i| deviation * number(normal, seed, WEIGHTS, j, i))
    }
}

impl Raster {
    /// Each neuron spikes in each step with a probability of its own, whatever else happens: `probability(step, neuron)`. The spikes
    /// are functions of the seed, the step and the neuron.
    #[must_use]
    pub fn random(steps: usize, neurons: usize, seed: u64, probability: impl Fn(usize, usize) -> f64) -> Self {
        let places = (0..steps).flat_map(|step| (0..neurons).map(move |neuron| (step, neuron)));
        let spikes =
            places.filter(|&(step, neuron)| number(uniform, seed, SPIKES, step, neuron) < probability(step, neuron));
        Self::from_events(steps, neurons, spikes)
    }
}

#[cfg(test)]
mod tests {
    use super::{Raster, Weights};

    #[test]
    fn numbers_have_the_distribution_asked_for_and_the_seed_decides() {
        let weights = Weights::<f64>::normal(100, 100, 0.5, 1);
        let (mut sum, mut squares) = (0.0, 0.0);
        for &w in weights.values() {
            sum += w;
            squares += w * w;
        }
        // Of 10^4 numbers: standard errors 0.005 and 0.7 %.
        assert!((sum / 1e4).abs() < 0.025 && (squares / 1e4 / 0.25 - 1.0).abs() < 0.05);
        assert_eq!(weights, Weights::normal(100, 100, 0.5, 1));
        assert_ne!(weights, Weights::normal(100, 100, 0.5, 2));

        let raster = Raster::random(1000, 10, 3, |_, neuron| if neuron == 0 { 0.0 } else { 0.1 });
        assert!((raster.count() as f64 / 900.0 - 1.0).abs() < 0.2, "{}", raster.count());
        assert!(raster.events().all(|(_, neuron)| neuron > 0));
    }
}

//! Do noise and escape noise have the laws of their equations, whatever the step, and the same bits whatever computes them?

mod engines;
mod given;
mod law;
mod spikes;

use alif::prelude::*;
use alif_core::elementary::normal;
use alif_core::random::{Draw, keys};
use alif_core::{Lanes, Real};

/// How many standard deviations chance is given.
const DEVIATIONS: f64 = 5.0;

/// A coloured current into a membrane with noise of its own, and the two seen apart from each other.
const CURRENT: &str = "model Current {
    param tau_m = 10 ms where tau_m > 0 ms;
    param tau_s = 4 ms where tau_s > 0 ms;
    param sigma = 0.7 [1/ms^0.5];
    param sigma_V = 0.3 [1/ms^0.5];
    state I = 0;
    state V = 0;
    noise xi;
    noise eta;
    dI/dt = -I / tau_s + sigma * xi;
    dV/dt = -V / tau_m + I / 1 ms + sigma_V * eta;
}";

/// States of a population after some time.
fn after(model: &Model, neurons: usize, dt: f64, duration: f64, names: &[&str]) -> Vec<Vec<f64>> {
    let mut population = model
        .population(neurons)
        .dt(dt)
        .precision(Precision::F64)
        .seed(7)
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    population.run_for(duration).unwrap_or_else(|error| panic!("{error}"));
    let state = |name: &&str| population.state(name).expect("a state");
    names.iter().map(state).collect()
}

/// The mean of products.
fn moment(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / a.len() as f64
}

/// The normal number of a neuron in a step.
fn drawn<T: Real>(seed: u64, stream: u32, number: u32, neuron: u64, step: u64) -> T {
    let bits = |bits: u64| Lanes([T::from_bits(T::count_bits(bits.cast_signed()))]);
    let [key, other] = keys(seed, Draw { stream, number }, step).map(bits);
    normal(bits(neuron), key, other).0[0]
}

//! Leaky integrators that read a population.

use super::Weights;

/// How a readout weighs what it integrates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    /// y ← κ y + (1 − κ) W z: a weight is the steady output for one spike a step.
    Normalised,
    /// y ← κ y + W z: a weight is what one spike adds.
    One,
}

/// Leaky integrators without threshold: y_t = κ y_{t−1} + g W_out z_t with κ = exp(−dt/τ), where z_t are the spikes of the same step.
#[derive(Clone, Debug)]
pub struct Readout<T> {
    /// The time constant τ in ms.
    pub tau: f64,
    /// The factor g.
    pub gain: Gain,
    /// The weights W_out: outputs × neurons.
    pub weights: Weights<T>,
}

/// The weights by which errors of the outputs reach the neurons: dL/dz_j = Σ_k B_jk e_k, e being the error behind the filter of the
/// readout.
#[derive(Clone, Debug)]
pub enum Feedback<T> {
    /// B is W_outᵀ: with [`Rule::Bptt`](crate::Rule::Bptt) the gradient itself.
    Symmetric,
    /// B is fixed, and usually random: W_out of that kind, outputs × neurons.
    Fixed(Weights<T>),
    /// B starts like this and gets every update of W_out, and decays by this fraction in each.
    Adaptive {
        /// B, outputs × neurons.
        weights: Weights<T>,
        /// The fraction by which B decays in an update.
        decay: f64,
    },
}

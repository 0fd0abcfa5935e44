//! Firing rates that a layer is drawn to.

/// Adds c/2 Σ_j (f_j − f*)² to the loss, where f_j is the rate of neuron j.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// How strongly: c.
    pub strength: f64,
    /// The rate f* in spikes a step.
    pub target: f64,
    /// What f_j is a mean over.
    pub over: Over,
}

/// What a firing rate is a mean over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The steps of each trial: each trial has a term, as in NEST.
    Trial,
    /// The steps of all trials of a batch.
    Batch,
}

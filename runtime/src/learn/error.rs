//! What can go wrong when a layer is built or trained.

use alloc::string::String;

use thiserror::Error;

/// Why a layer could not be built or trained.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LearnError {
    /// A name, value, time step or engine that a population would refuse too.
    #[error(transparent)]
    Population(#[from] crate::Error),
    /// Weights do not have the shape of what they connect.
    #[error("the {what} weights are {found_post} x {found_pre}, but must be {post} x {pre} (to x from)")]
    Weights {
        /// Which weights.
        what: &'static str,
        /// Neurons that they lead to.
        found_post: usize,
        /// Neurons that they come from.
        found_pre: usize,
        /// Neurons that they must lead to.
        post: usize,
        /// Neurons that they must come from.
        pre: usize,
    },
    /// Weights or settings that are NaN, infinite or out of range.
    #[error("{what} is {value}; it must be {wanted}")]
    Value {
        /// What it is.
        what: String,
        /// The value.
        value: f64,
        /// What it must be.
        wanted: &'static str,
    },
    /// The layer misses something.
    #[error("the layer has no {0}")]
    Missing(&'static str),
    /// Something that layers cannot train.
    #[error("{0}")]
    Unsupported(String),
    /// The trials do not fit the layer or each other.
    #[error("trial {trial}: {reason}")]
    Trial {
        /// The trial.
        trial: usize,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing to train on.
    #[error("there are no trials, or they have no steps")]
    NoTrials,
    /// The targets do not fit the loss.
    #[error("the targets do not fit: {0}")]
    Targets(String),
    /// The loss or a gradient is not finite.
    #[error("the {what} is not finite (trial {trial}); smaller weights, or a smaller learning rate, may help")]
    NotFinite {
        /// What is not finite.
        what: &'static str,
        /// The first trial in which it is so.
        trial: usize,
    },
}

//! Numbers of linear systems: matrix exponentials in double-double arithmetic.

mod coupling;
mod covariance;
mod double_double;
mod leak;
mod propagator;

pub use coupling::reachability;
pub use double_double::DoubleDouble;
pub use propagator::{Propagator, noisy_propagator, propagator, propagator_dd};

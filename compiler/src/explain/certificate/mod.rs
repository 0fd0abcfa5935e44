//! The certificate: what was measured of the update that was derived, with the numbers that are bound.
//!
//! An exact block is compared with a reference of 256 bits and held against the laws of exact updates; an approximated equation is
//! measured along a trajectory. Nothing here is concluded from how the update was derived.

mod approximate;
mod exact;
mod long;
mod reference;
mod steps;
mod stimulus;
pub(super) mod text;
mod walk;

use alif_core::{BindError, Precision};

use crate::Compiled;
use crate::backend::linear_systems;

pub use approximate::{LocalError, LocalErrors, StepError, TARGET, TimeStep};
pub use exact::{Bound, ExactBlock, measure as measure_exact};

/// What was measured of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// The precision of the numbers of exact blocks. Local errors are those of double precision.
    pub precision: Precision,
    /// Each propagator that steps use.
    pub exact: Vec<ExactBlock>,
    /// The approximated equations; nothing where there are none.
    pub local: Option<LocalErrors>,
}

/// Measures a model for parameters in the coherent set, a time step in ms, and inputs as they are given, or else a stimulus that makes
/// it spike.
///
/// # Errors
/// Parameters that cannot be bound.
pub fn certify(
    compiled: &Compiled,
    params: &[f64],
    dt: f64,
    precision: Precision,
    inputs: Option<&[f64]>,
) -> Result<Certificate, BindError> {
    let systems = linear_systems(&compiled.program, params, dt);
    Ok(Certificate {
        precision,
        exact: systems
            .iter()
            .map(|system| exact::measure(system, &system.propagator(dt), dt, precision))
            .collect(),
        local: approximate::measure(compiled, params, dt, inputs)?,
    })
}

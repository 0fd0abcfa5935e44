//! Values of some steps ago.

use crate::error::Error;
use crate::population::steps_in;

/// How long ago: a number of steps, or a time that is a whole number of them.
///
/// A time is divided by the time step in decimal arithmetic, as every duration is: 0.3 ms are 3 steps of 0.1 ms. One that is no whole
/// number of steps is an error (E0603), never rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay(Long);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Long {
    Steps(u64),
    Time(f64),
}

impl Delay {
    /// A number of steps.
    #[must_use]
    pub fn steps(steps: u64) -> Self {
        Self(Long::Steps(steps))
    }

    /// A time in ms.
    #[must_use]
    pub fn ms(time: f64) -> Self {
        Self(Long::Time(time))
    }

    /// The number of steps of `dt` ms.
    pub(crate) fn in_steps(self, dt: f64) -> Result<u64, Error> {
        match self.0 {
            Long::Steps(steps) => Ok(steps),
            Long::Time(time) => steps_in(time, dt),
        }
    }
}

impl From<alif_core::quantity::Time> for Delay {
    fn from(time: alif_core::quantity::Time) -> Self {
        Self::ms(time.value())
    }
}

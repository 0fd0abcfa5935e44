//! Spiking-neuron models from equations: compiled, exact where the mathematics allows it, fast.
//!
//! A model is a text: parameters, states, inputs, equations, a spike condition, a reset. [`Model`] compiles it, a
//! [`Population`] runs many neurons of it, a [`Recording`] is what remains.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use alif::prelude::*;
//!
//! let model = Model::from_text(
//!     "model Alif {
//!          param tau = 20 ms where tau > 0 ms;
//!          param tau_a = 200 ms where tau_a > 0 ms;
//!          param beta = 1.6 mV;
//!          state V = 0 mV;
//!          state a = 0;
//!          input I : mV;
//!          tau * dV/dt = -V + I;
//!          tau_a * da/dt = -a;
//!          spike when V > 10 mV + beta * a { V -= 10 mV; a += 1; }
//!          refractory 2 ms;
//!      }",
//! )?;
//! let mut population = model
//!     .population(3)
//!     .dt(0.1)
//!     .set("beta", [0.0, 0.8, 1.6])
//!     .input("I", 15.0)
//!     .record_spikes()
//!     .record(Monitor::of("V").every(10))
//!     .build()?;
//! let recording = population.run_for(1000.0)?;
//! let fired = |n| recording.spikes.iter().filter(|s| s.neuron == n).count();
//! assert!(fired(0) > fired(1) && fired(1) > fired(2));
//! assert_eq!(recording.trace("V").unwrap().steps.len(), 1000);
//! # Ok(())
//! # }
//! ```
//!
//! The same model, parameters and inputs give the same bits with any [`Engine`], block of neurons and set of monitors, on any
//! run. Times are counted in steps: step n goes from n·dt to (n+1)·dt, and what is recorded for it is the state at its end.

#![forbid(unsafe_code)]

pub mod atomic;
mod binding;
mod error;
mod event;
mod input;
#[cfg(feature = "load")]
pub mod load;
mod monitor;
mod neuron;
#[cfg(feature = "plot")]
pub mod plot;
mod population;
mod record;
mod simulation;

pub use alif_core::{Precision, Signature, UnitInfo, decimal};
pub use error::Error;
pub use event::Event;
pub use input::{Callback, Source, Values};
#[cfg(feature = "load")]
pub use load::{LoadError, Model};
pub use monitor::{Monitor, Neurons};
pub use neuron::{BindError, Bound, Engine, Neuron};
pub use population::{Builder, Population, index_of, steps_in};
pub use record::{Recording, Spike, Trace};

/// What most programs need.
pub mod prelude {
    #[cfg(feature = "load")]
    pub use crate::Model;
    pub use crate::{Engine, Event, Monitor, Population, Precision, Recording, Source, Spike};
}

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
//! The same model, parameters and inputs give the same bits with any [`Engine`], number of threads, block of neurons and set of
//! monitors, on any run. Times are counted in steps: step n goes from n·dt to (n+1)·dt, and what is recorded for it is the state at its end.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod adjoint;
#[cfg(feature = "std")]
pub mod atomic;
mod between;
#[doc = include_str!("../BRAINPY.md")]
pub mod brainpy {}
mod binding;
mod delay;
mod distribution;
mod error;
mod event;
mod hooks;
mod input;
#[cfg(feature = "learn")]
pub mod learn;
#[cfg(feature = "load")]
pub mod load;
mod monitor;
mod neuron;
mod parts;
#[cfg(feature = "plot")]
pub mod plot;
mod population;
#[doc(hidden)]
pub mod private;
mod record;
mod shape;
mod simulation;
mod typed;
mod values;

pub use adjoint::{Adjoint, Eligibility};
#[cfg(feature = "load")]
pub use alif_compiler::Solver;
#[cfg(feature = "load")]
pub use alif_compiler::explain;
pub use alif_core::adjoint::{
    AdjointMap, AdjointOptions, Column, EligibilityMap, Entry, InitialGradient, ParamGradient, Rule, SurrogateChoice,
    Wanted,
};
pub use alif_core::quantity;
pub use alif_core::{BindError, Bound, Precision, Signature, UnitInfo, decimal};
#[cfg(feature = "load")]
pub use alif_grammar::{Code, Limits};
pub use delay::Delay;
pub use distribution::{Distribution, Recipient};
pub use error::Error;
pub use event::Event;
pub use hooks::Hook;
pub use input::{Callback, Source};
#[cfg(feature = "load")]
pub use load::{LoadError, Loader, Model};
pub use monitor::{Monitor, Neurons};
pub use neuron::{At, Engine, Neuron};
pub use population::{Builder, Population, index_of, steps_in};
pub use record::{Batch, Recording, Spike, Trace};
pub use shape::Shape;
pub use typed::{Drive, Given};
pub use values::Values;

/// Compiles neuron models into Rust types: between braces, or from a file.
///
/// ```
/// # fn main() -> Result<(), alif::Error> {
/// use alif::prelude::*;
///
/// alif_model! {
///     /// Leaky integrate-and-fire.
///     pub model Lif {
///         /// membrane time constant
///         param tau = 20 ms where tau > 0 ms;
///         param R = 1 MOhm;
///         state V = 0 mV;
///         input I : nA;
///         tau * dV/dt = -V + R * I;
///         spike when V > 15 mV { V = 0 mV; }
///         refractory 2 ms;
///     }
/// }
///
/// let mut population = Lif::population(100).dt(ms(0.1)).tau_with(|i| ms(10.0 + 0.2 * i as f64)).build::<f32>()?;
/// let recording = population.run_with(10_000, |_, input| input.I.fill(nA(20.0)))?;
/// assert!(recording.spike_count > 3000);
/// # Ok(())
/// # }
/// ```
///
/// `alif_model!(pub "models/lif.alif");` does the same for each model of a file, whose path begins at the root of the crate, next to its
/// `Cargo.toml`; cargo compiles anew when the file changes.
///
/// A model `Lif` becomes a type `Lif` that implements [`Neuron`], so that it goes wherever a [`Model`] goes, with the function
/// `Lif::population`. That gives a `LifBuilder`, with a setter for each parameter (`tau`, and `tau_with` for one value a neuron), initial
/// value (`initial_V`), input (`I`, `I_from`) and event port, all taking [quantities](quantity) of the right dimension. `build` gives a
/// `LifPopulation`: a [`Population`] that also knows the names, with `run_with` to write the inputs (`LifInputs`) step by step. Keywords
/// among the names are written `r#type`; a name that is taken gets `_1`.
///
/// `solver = rk4;` before the models, or `alif_model!("neurons.alif", solver = rk4)`, solves all equations in one way; otherwise linear
/// ones are solved exactly and the others to order 2. The names are those of `alif run --solver`. `gradients = bptt;` (or `bptt_detached`,
/// `eprop`) there, with a comma between the two, compiles the adjoint of the step by this [`Rule`] along with it, for [`Neuron::adjoint`]: about
/// as much code again. To `rk45` belongs a tolerance: `solver = rk45, tolerance = 1e-8;`.
///
/// The step is compiled by rustc, once for each vector width (on x86-64: AVX-512, AVX2 with FMA, and what every machine has), and the
/// widest is chosen when the program runs. All of them, and [`Model`] with either engine, give the same bits.
///
/// Errors of the model stand at its words, with the codes that `alif check` gives; warnings arrive as uses of something deprecated, so
/// `#[allow(deprecated)]` on the module silences them. In a crate without the standard library `alif` is used without its feature `std`.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! alif_model {
    ($($tokens:tt)*) => {
        $crate::private::alif_model! { ($crate) $($tokens)* }
    };
}

/// What most programs need.
pub mod prelude {
    #[cfg(feature = "macros")]
    pub use crate::alif_model;
    pub use crate::quantity::units::*;
    pub use crate::{
        Delay, Distribution, Engine, Event, Monitor, Neuron, Population, Precision, Recording, Source, Spike,
    };
    #[cfg(feature = "load")]
    pub use crate::{Model, Solver};
}

//! Training recurrent layers of spiking neurons, and fitting parameters to recordings.
//!
//! A [`Layer`] is a population of one model in many trials at once, with dense weights from inputs, among its neurons, and to a
//! [`Readout`] of leaky integrators. [`Layer::gradient`] gives the gradient of an [`Objective`] by a [`Rule`](crate::Rule): backpropagation
//! through time with surrogate derivatives, or e-prop (Bellec et al. 2020, Nat. Commun. 11:3625, doi:10.1038/s41467-020-17236-y);
//! [`Layer::gradient_online`] finds that of e-prop by eligibility traces. An [`Optimiser`] follows it. A [`Fit`] makes a state follow its
//! recorded course.
//!
//! ```
//! # #[cfg(feature = "jit")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use alif::learn::*;
//! use alif::{Model, Rule};
//!
//! let model = Model::from_text(
//!     "model Alif {
//!          param tau = 20 ms where tau > 0 ms;
//!          param tau_a = 200 ms where tau_a > 0 ms;
//!          state v = 0;
//!          state a = 0;
//!          input syn : event;
//!          tau * dv/dt = -v;
//!          tau_a * da/dt = -a;
//!          on syn(w) after { v += w; }
//!          spike when v > 1 + 0.1 * a delayed { v -= 1; a += 1; }
//!          learn { surrogate relu_grad(v - 1 - 0.1 * a); detach v; }
//!      }",
//! )?;
//! let mut layer = Layer::<f32>::builder(model, 50)
//!     .inputs("syn", Weights::normal(50, 20, 0.3, 1))
//!     .recurrent("syn", Weights::normal(50, 50, 0.1, 2))
//!     .readout(Readout { tau: 20.0, gain: Gain::Normalised, weights: Weights::normal(2, 50, 0.3, 3) })
//!     .rule(Rule::Eprop)
//!     .objective(Objective::new(Loss::CrossEntropy).average())
//!     .build()?;
//! let mut optimiser = Optimiser::new(Method::adam(0.01));
//! // Which of the inputs are active, the first or the last ten?
//! let inputs: Vec<Raster> = (0..8)
//!     .map(|trial| Raster::random(100, 20, trial, |_, input| if input / 10 == trial as usize % 2 { 0.1 } else { 0.0 }))
//!     .collect();
//! let classes: Vec<usize> = (0..8).map(|trial| trial % 2).collect();
//! let trials = Trials { inputs: &inputs, targets: Targets::Classes(&classes), seed: 0 };
//! let mut losses = vec![];
//! for _ in 0..20 {
//!     let gradient = layer.gradient(&trials)?;
//!     optimiser.step(&mut layer, &gradient);
//!     losses.push(gradient.loss());
//! }
//! assert!(losses[19] < 0.5 * losses[0]);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "jit"))]
//! # fn main() {}
//! ```
//!
//! **Conventions** are those of NEST 3.10 and of the code of the paper. The outputs of a step read the spikes of the same step; other neurons
//! receive them [`LayerBuilder::delay`] steps later, at least one. A learning signal is L_j = Σ_k B_jk (y_k − y*_k), or with π_k − π*_k in the
//! place of the errors, and reaches e-prop through the filter of the readout. Gradients are means over the trials of a batch.
//! With weights that drive an event port whose block is `after`, a spike adds its weight undivided (NEST's `regular_spike_arrival`, ζ = 1);
//! with weights that drive the current of a membrane of unit resistance it adds (1 − α) times its weight.
//!
//! **Bits**: gradients are the same bits for any number of threads, [`Tape`] and [`Engine`](crate::Engine), and in every call. Trials are computed
//! in groups, and sums over them have one order.
//!
//! **Memory**: see [`Tape`]. **Speed**: `cargo bench --bench learn`.

mod back;
mod builder;
mod chance;
mod error;
mod fit;
mod group;
mod layer;
mod loss;
mod online;
mod optimiser;
mod program;
mod raster;
mod rates;
mod readout;
mod tape;
mod weights;

use alif_core::native::Dense;

use crate::neuron::Kernels;

pub use builder::LayerBuilder;
pub use error::LearnError;
pub use fit::{Fit, FitBuilder, FitGradient};
pub use layer::{Gradient, Layer, Outcome, Trials};
pub use loss::{Loss, Objective, Targets};
pub use optimiser::{Method, Optimiser};
pub use raster::Raster;
pub use rates::{Over, Rates};
pub use readout::{Feedback, Gain, Readout};
pub use tape::Tape;
pub use weights::Weights;

/// A precision that layers compute in: `f32` or `f64`.
#[allow(private_bounds, reason = "nobody else implements it")]
pub trait Float: Kernels + Dense {}

impl Float for f32 {}
impl Float for f64 {}

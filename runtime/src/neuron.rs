//! What a compiled neuron model offers, whoever compiled it.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug};

use alif_core::adjoint::AdjointOptions;
use alif_core::{Arrays, BindError, Bound, Layout, Real, Signature, Specialization, StepKernel};

use crate::adjoint::{Adjoint, Eligibility};
use crate::error::Error;
use crate::population::Builder;
use crate::shape::Shape;
use crate::typed::Drives;

/// What runs the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Code compiled for this machine: by Cranelift for models from a text, by rustc for those of `alif_model!`.
    Compiled,
    /// Plain scalar Rust, one neuron after the other: the oracle that compiled code is compared with. Models from a text only.
    Interpreter,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compiled => "compiled",
            Self::Interpreter => "interpreter",
        })
    }
}

/// A compiled neuron model: [`crate::Model`] for one from a text, and each type that `alif_model!` writes.
///
/// Everything goes by index into the [`Signature`]; values are `f64` in the coherent set. `slots` says for each event port how
/// many events of one step a neuron can take one by one; ports whose blocks run once with the sum ignore it.
pub trait Neuron: Debug + Send + Sync {
    /// Names and units, and what the parameters must meet.
    fn signature(&self) -> Signature;
    /// What a step reads and writes.
    fn layout(&self, slots: &[usize]) -> Layout;
    /// What runs the steps where nobody chooses.
    fn default_engine(&self) -> Engine;
    /// Gives the parameters without value their defaults.
    ///
    /// # Errors
    /// A parameter without value and default.
    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError>;
    /// Computes coefficients and initial values. `max_count` is the largest number of steps that the kernel's counters hold.
    ///
    /// # Errors
    /// A condition that does not hold, or a result that is not finite.
    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError>;
    /// A kernel in single precision.
    ///
    /// # Errors
    /// When the engine cannot run this model here.
    fn kernel_f32(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f32>>, Error>;
    /// A kernel in double precision.
    ///
    /// # Errors
    /// When the engine cannot run this model here.
    fn kernel_f64(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f64>>, Error>;
    /// A definition after the step, for some neurons, in single precision.
    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32>;
    /// A definition after the step, for some neurons, in double precision.
    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64>;

    /// The adjoint of its step: gradients by states, inputs, weights and parameters.
    ///
    /// # Errors
    /// A model that has no gradient, or options that do not fit it.
    fn adjoint(&self, options: &AdjointOptions) -> Result<Adjoint, Error> {
        let _ = options;
        Err(without_gradients(&self.signature().name))
    }

    /// The derivatives of its step that carry eligibility traces; parameters have none.
    ///
    /// # Errors
    /// As [`Neuron::adjoint`]; and models of `alif_model!`, which do not have them.
    fn eligibility(&self, options: &AdjointOptions) -> Result<Eligibility, Error> {
        let _ = options;
        Err(without_gradients(&self.signature().name))
    }

    /// A state as the coming step leaves it before its spike block and other events, for some neurons, in single precision. The arrays
    /// hold what the step finds. Nothing where the kind of model cannot tell.
    fn before_reset_f32(
        &self,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<f32>,
        neurons: &[u32],
    ) -> Option<Vec<f32>> {
        let _ = (slots, state, arrays, neurons);
        None
    }
    /// The same in double precision.
    fn before_reset_f64(
        &self,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<f64>,
        neurons: &[u32],
    ) -> Option<Vec<f64>> {
        let _ = (slots, state, arrays, neurons);
        None
    }
    /// The right-hand side of a state's equation over the factor of its derivative, per ms.
    ///
    /// # Errors
    /// A state without equation, and models that keep no equations, as those of `alif_model!` do.
    fn derivative(&self, state: usize, at: &At<'_>) -> Result<f64, Error> {
        let _ = at;
        let reason = "a model of `alif_model!` keeps no equations, only what solves them; load its text with `Model`";
        Err(no_derivative(&self.signature(), state, reason))
    }

    /// A population of this model, to be set up by name and built: as many neurons, or neurons in this shape.
    fn population(&self, shape: impl Into<Shape>) -> Builder
    where
        Self: Sized + Clone + 'static,
    {
        Builder::new(Arc::new(self.clone()), shape)
    }
}

fn without_gradients(name: &str) -> Error {
    Error::Adjoint {
        code: "E0605",
        message: format!("`{name}` was compiled without these gradients; load its text with `Model` to have them"),
    }
}

/// What a right-hand side is taken at, in the coherent set.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The parameters, defaults included.
    pub params: &'a [f64],
    /// The states.
    pub states: &'a [f64],
    /// The inputs.
    pub inputs: &'a [f64],
    /// The time in ms.
    pub time: f64,
    /// The time step in ms.
    pub dt: f64,
}

/// That a state has no right-hand side to be looked at.
pub(crate) fn no_derivative(signature: &Signature, state: usize, reason: &str) -> Error {
    Error::Monitor {
        name: alloc::format!("d{}/dt", signature.states[state].name),
        reason: reason.into(),
    }
}

/// A precision for which models have kernels.
pub(crate) trait Kernels: Real {
    fn kernel(
        neuron: &dyn Neuron,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<Self>>, Error>;
    fn observe(neuron: &dyn Neuron, definition: usize, arrays: &Arrays<Self>, neurons: &[u32]) -> Vec<Self>;
    fn before_reset(
        neuron: &dyn Neuron,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<Self>,
        neurons: &[u32],
    ) -> Option<Vec<Self>>;
    /// Arrays from number `first` on, for a closure to write.
    fn drives(arrays: &mut Arrays<Self>, first: usize) -> Drives<'_>;
}

impl Kernels for f32 {
    fn kernel(
        neuron: &dyn Neuron,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<Self>>, Error> {
        neuron.kernel_f32(slots, of, engine)
    }
    fn observe(neuron: &dyn Neuron, definition: usize, arrays: &Arrays<Self>, neurons: &[u32]) -> Vec<Self> {
        neuron.observe_f32(definition, arrays, neurons)
    }
    fn before_reset(
        neuron: &dyn Neuron,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<Self>,
        neurons: &[u32],
    ) -> Option<Vec<Self>> {
        neuron.before_reset_f32(slots, state, arrays, neurons)
    }
    fn drives(arrays: &mut Arrays<Self>, first: usize) -> Drives<'_> {
        Drives::single(arrays, first)
    }
}

impl Kernels for f64 {
    fn kernel(
        neuron: &dyn Neuron,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<Self>>, Error> {
        neuron.kernel_f64(slots, of, engine)
    }
    fn observe(neuron: &dyn Neuron, definition: usize, arrays: &Arrays<Self>, neurons: &[u32]) -> Vec<Self> {
        neuron.observe_f64(definition, arrays, neurons)
    }
    fn before_reset(
        neuron: &dyn Neuron,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<Self>,
        neurons: &[u32],
    ) -> Option<Vec<Self>> {
        neuron.before_reset_f64(slots, state, arrays, neurons)
    }
    fn drives(arrays: &mut Arrays<Self>, first: usize) -> Drives<'_> {
        Drives::double(arrays, first)
    }
}

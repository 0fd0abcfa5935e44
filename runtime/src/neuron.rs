//! What a compiled neuron model offers, whoever compiled it.

use std::fmt::Debug;
use std::sync::Arc;

use alif_core::{Arrays, Layout, Real, Signature, Specialization, StepKernel};

use crate::error::Error;

/// What runs the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Code compiled for this machine.
    Jit,
    /// Plain scalar Rust, one neuron after the other: the oracle that compiled code is compared with.
    Interpreter,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jit => "jit",
            Self::Interpreter => "interpreter",
        })
    }
}

/// Why one set of parameters cannot be used; the population adds which neuron's they are.
#[derive(Clone, Debug, PartialEq)]
pub enum BindError {
    /// A parameter has neither a value nor a default.
    Missing(usize),
    /// A condition does not hold, or something computed from the parameters is not finite.
    Refused {
        /// `E0602` or `E0604`.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// The parameters involved.
        params: Vec<usize>,
    },
}

/// What a model computes from one set of parameters, in the coherent set of units (ms, mV, pA, nS, pF, GOhm).
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The coefficients of the step.
    pub coefficients: Vec<f64>,
    /// The initial value of each state.
    pub initial: Vec<f64>,
}

/// A compiled neuron model.
///
/// Everything goes by index into the [`Signature`]; values are `f64` in the coherent set. `slots` says for each event port how
/// many events of one step a neuron can take one by one; ports whose blocks run once with the sum ignore it.
pub trait Neuron: Debug + Send + Sync {
    /// Names and units.
    fn signature(&self) -> &Signature;
    /// What a step reads and writes.
    fn layout(&self, slots: &[usize]) -> Layout;
    /// The name of a coefficient, for messages.
    fn coefficient_name(&self, coefficient: usize) -> String;
    /// The parameters that a coefficient depends on.
    fn coefficient_params(&self, coefficient: usize) -> Vec<usize>;
    /// Whether a coefficient counts steps.
    fn coefficient_is_count(&self, coefficient: usize) -> bool;
    /// The parameters that the default of a parameter depends on.
    fn default_params(&self, param: usize) -> Vec<usize>;
    /// Gives the parameters without value their defaults.
    ///
    /// # Errors
    /// A parameter without value and default.
    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError>;
    /// Computes coefficients and initial values.
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
    /// Whether a definition is a number after the step and can be recorded.
    fn observable(&self, definition: usize) -> bool;
    /// A definition after the step, for some neurons, in single precision.
    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32>;
    /// A definition after the step, for some neurons, in double precision.
    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64>;
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
}

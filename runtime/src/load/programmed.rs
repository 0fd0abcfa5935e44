//! A step program as a model; it keeps the kernels that were compiled of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alif_compiler::backend::{self, Interpreter};
use alif_compiler::ir::Program;
use alif_core::{Arrays, BindError, Bound, Layout, Signature, Specialization, StepKernel};

use crate::error::Error;
use crate::neuron::{Engine, Neuron};

use super::loaded::{Shared, jit};

/// Kernels by what they are specialised for.
type Kernels<T> = Mutex<HashMap<(Specialization, Engine), Arc<dyn StepKernel<T>>>>;

/// A program whose ports have the slots that it was derived for.
pub(super) struct Programmed {
    program: Arc<Program>,
    signature: Signature,
    kernels_f32: Kernels<f32>,
    kernels_f64: Kernels<f64>,
}

impl std::fmt::Debug for Programmed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Programmed")
            .field("name", &self.signature.name)
            .finish_non_exhaustive()
    }
}

impl Programmed {
    pub(super) fn new(program: Program, signature: Signature) -> Self {
        Self {
            program: Arc::new(program),
            signature,
            kernels_f32: Mutex::default(),
            kernels_f64: Mutex::default(),
        }
    }

    fn kernel<T: Shared>(
        &self,
        cache: &Kernels<T>,
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<T>>, Error> {
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (of.clone(), engine);
        if let Some(kernel) = cache.get(&key) {
            return Ok(kernel.clone());
        }
        let kernel: Arc<dyn StepKernel<T>> = match engine {
            Engine::Interpreter => Arc::new(Interpreter::new(self.program.clone(), of)),
            Engine::Compiled => jit(&self.program, of)?,
        };
        cache.insert(key, kernel.clone());
        Ok(kernel)
    }
}

impl Neuron for Programmed {
    fn signature(&self) -> Signature {
        self.signature.clone()
    }

    fn layout(&self, _: &[usize]) -> Layout {
        self.program.layout.clone()
    }

    fn default_engine(&self) -> Engine {
        if cfg!(feature = "jit") {
            Engine::Compiled
        } else {
            Engine::Interpreter
        }
    }

    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        backend::complete(&self.program, given, dt)
    }

    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
        backend::bind(&self.program, params, dt, max_count)
    }

    fn kernel_f32(&self, _: &[usize], of: &Specialization, engine: Engine) -> Result<Arc<dyn StepKernel<f32>>, Error> {
        self.kernel(&self.kernels_f32, of, engine)
    }

    fn kernel_f64(&self, _: &[usize], of: &Specialization, engine: Engine) -> Result<Arc<dyn StepKernel<f64>>, Error> {
        self.kernel(&self.kernels_f64, of, engine)
    }

    fn observe_f32(&self, _: usize, _: &Arrays<f32>, _: &[u32]) -> Vec<f32> {
        vec![]
    }

    fn observe_f64(&self, _: usize, _: &Arrays<f64>, _: &[u32]) -> Vec<f64> {
        vec![]
    }
}

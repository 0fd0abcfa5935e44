//! A compiled model as populations see it; it keeps the kernels it has compiled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alif_compiler::Compiled;
use alif_compiler::backend::{self, Interpreter};
use alif_compiler::ir::{Options, Program};
use alif_core::adjoint::AdjointOptions;
use alif_core::{Arrays, BindError, Bound, Layout, Signature, Specialization, StepKernel};
use alif_grammar::{Diagnostic, LineIndex};

use crate::adjoint::{Adjoint, Eligibility};
use crate::error::Error;
use crate::neuron::{At, Engine, Neuron, no_derivative};

#[cfg(feature = "jit")]
pub(super) use super::kernels::Shared;
use super::programmed::Programmed;
use super::{KernelClock, Model};
/// Every precision, where no kernels are compiled.
#[cfg(not(feature = "jit"))]
pub(super) use alif_core::Real as Shared;

/// Kernels by what they are specialised for.
type Kernels<T> = Mutex<HashMap<(Vec<usize>, Specialization, Engine), Arc<dyn StepKernel<T>>>>;

/// The shared part of a [`Model`].
pub(super) struct Loaded {
    pub(super) compiled: Compiled,
    pub(super) signature: Signature,
    /// The name and the text of the file that the model was compiled from.
    pub(super) source: Option<(String, String)>,
    /// Programs for other numbers of event slots than one.
    programs: Mutex<HashMap<Vec<usize>, Arc<Program>>>,
    kernels_f32: Kernels<f32>,
    kernels_f64: Kernels<f64>,
    /// Measures the kernels, if somebody wants to know.
    pub(super) clock: Option<Arc<KernelClock>>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("name", &self.signature.name)
            .finish_non_exhaustive()
    }
}

impl Loaded {
    pub(super) fn new(compiled: Compiled, source: Option<(String, String)>) -> Self {
        Self {
            signature: alif_compiler::signature(&compiled),
            compiled,
            source,
            programs: Mutex::default(),
            kernels_f32: Mutex::default(),
            kernels_f64: Mutex::default(),
            clock: None,
        }
    }
}

impl Loaded {
    fn program(&self, slots: &[usize]) -> Arc<Program> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        programs
            .entry(slots.to_vec())
            .or_insert_with(|| {
                Arc::new(if slots.iter().all(|&s| s <= 1) {
                    self.compiled.program.clone()
                } else {
                    let options = Options { slots: slots.to_vec() };
                    alif_compiler::lower(&self.compiled.model, &self.compiled.update, &options)
                })
            })
            .clone()
    }

    fn kernel<T: Shared>(
        &self,
        cache: &Kernels<T>,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<T>>, Error> {
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (slots.to_vec(), of.clone(), engine);
        if let Some(kernel) = cache.get(&key) {
            return Ok(kernel.clone());
        }
        let make = || -> Result<Arc<dyn StepKernel<T>>, Error> {
            let program = self.program(slots);
            Ok(match engine {
                Engine::Interpreter => Arc::new(Interpreter::new(program, of)),
                Engine::Compiled => jit(&program, of)?,
            })
        };
        let kernel = match &self.clock {
            Some(clock) => clock.measured(make)?,
            None => make()?,
        };
        cache.insert(key, kernel.clone());
        Ok(kernel)
    }
}

#[cfg(feature = "jit")]
pub(super) fn jit<T: Shared>(program: &Program, of: &Specialization) -> Result<Arc<dyn StepKernel<T>>, Error> {
    Ok(super::kernels::shared(program, of)?)
}

#[cfg(not(feature = "jit"))]
pub(super) fn jit<T: Shared>(_: &Program, _: &Specialization) -> Result<Arc<dyn StepKernel<T>>, Error> {
    Err(Error::Kernel(
        "this build has no compiler for kernels: enable the feature `jit`, or use the interpreter".to_owned(),
    ))
}

/// What is wrong, with its place where the text is known.
fn refused(diagnostics: &[Diagnostic], source: Option<&(String, String)>) -> Error {
    let sentence = |diagnostic: &Diagnostic| {
        let mut sentence = diagnostic.message.clone();
        if let (Some((file, text)), Some(label)) = (source, diagnostic.labels.first()) {
            let (line, column) = LineIndex::new(text).line_column(text, label.span.start);
            sentence += &format!(" ({file}:{line}:{column})");
        }
        if let Some(help) = &diagnostic.help {
            sentence += &format!("; {help}");
        }
        sentence
    };
    let sentences: Vec<String> = diagnostics.iter().map(sentence).collect();
    Error::Adjoint {
        code: diagnostics
            .first()
            .map_or("E0605", |diagnostic| diagnostic.code.as_str()),
        message: sentences.join("\n"),
    }
}

impl Neuron for Model {
    fn signature(&self) -> Signature {
        self.loaded.signature.clone()
    }

    fn layout(&self, slots: &[usize]) -> Layout {
        self.loaded.program(slots).layout.clone()
    }

    fn default_engine(&self) -> Engine {
        if cfg!(feature = "jit") {
            Engine::Compiled
        } else {
            Engine::Interpreter
        }
    }

    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        backend::complete(&self.loaded.compiled.program, given, dt)
    }

    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
        backend::bind(&self.loaded.compiled.program, params, dt, max_count)
    }

    fn kernel_f32(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f32>>, Error> {
        self.loaded.kernel(&self.loaded.kernels_f32, slots, of, engine)
    }

    fn kernel_f64(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f64>>, Error> {
        self.loaded.kernel(&self.loaded.kernels_f64, slots, of, engine)
    }

    fn adjoint(&self, options: &AdjointOptions) -> Result<Adjoint, Error> {
        let compiled = &self.loaded.compiled;
        let found = alif_compiler::adjoint::adjoint(compiled, options);
        let found = found.map_err(|diagnostics| refused(&diagnostics, self.loaded.source.as_ref()))?;
        let signature = alif_compiler::adjoint::signature(compiled, &found);
        let neuron = Programmed::new(found.program, signature);
        Ok(Adjoint::new(Arc::new(neuron), found.map))
    }

    fn eligibility(&self, options: &AdjointOptions) -> Result<Eligibility, Error> {
        let compiled = &self.loaded.compiled;
        let found = alif_compiler::adjoint::eligibility(compiled, options);
        let found = found.map_err(|diagnostics| refused(&diagnostics, self.loaded.source.as_ref()))?;
        let signature = alif_compiler::adjoint::eligibility_signature(compiled, &found);
        let neuron = Programmed::new(found.program, signature);
        Ok(Eligibility::new(Arc::new(neuron), found.map))
    }

    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32> {
        backend::observe(&self.loaded.compiled.program, arrays, definition, neurons).unwrap_or_default()
    }

    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64> {
        backend::observe(&self.loaded.compiled.program, arrays, definition, neurons).unwrap_or_default()
    }

    fn before_reset_f32(
        &self,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<f32>,
        neurons: &[u32],
    ) -> Option<Vec<f32>> {
        Some(backend::before_reset(
            &self.loaded.program(slots),
            arrays,
            state,
            neurons,
        ))
    }

    fn before_reset_f64(
        &self,
        slots: &[usize],
        state: usize,
        arrays: &Arrays<f64>,
        neurons: &[u32],
    ) -> Option<Vec<f64>> {
        Some(backend::before_reset(
            &self.loaded.program(slots),
            arrays,
            state,
            neurons,
        ))
    }

    fn derivative(&self, state: usize, at: &At<'_>) -> Result<f64, Error> {
        let model = &self.loaded.compiled.model;
        alif_compiler::derivative(model, state, at.dt, at.params, at.states, at.inputs, at.time)
            .ok_or_else(|| no_derivative(&self.loaded.signature, state, "the model has no equation of it"))
    }
}

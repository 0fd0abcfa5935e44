//! Models that `alif_model!` wrote, as populations see them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use alif_core::adjoint::{AdjointOptions, Wanted};
use alif_core::generated::Generated;
use alif_core::native::{NativeKernel, Vectors, before_reset, observe};
use alif_core::{Arrays, BindError, Bound, Layout, Signature, Specialization, StepKernel};

use crate::adjoint::Adjoint;
use crate::error::Error;
use crate::neuron::{Engine, Neuron};

impl<M: Generated> Neuron for M {
    fn signature(&self) -> Signature {
        <M as Generated>::signature()
    }

    fn layout(&self, slots: &[usize]) -> Layout {
        <M as Generated>::layout(slots)
    }

    fn default_engine(&self) -> Engine {
        Engine::Compiled
    }

    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        let order = M::DEFAULTS.iter().copied();
        alif_core::complete(given, order, |param, known| M::default_value(param, known, dt))
    }

    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
        alif_core::accept(M::prepare(params, dt), |coefficient| M::DEMANDS[coefficient], max_count)
    }

    fn kernel_f32(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f32>>, Error> {
        kernel::<M, f32>(slots, of, engine)
    }

    fn kernel_f64(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f64>>, Error> {
        kernel::<M, f64>(slots, of, engine)
    }

    fn adjoint(&self, options: &AdjointOptions) -> Result<Adjoint, Error> {
        let name = <M as Generated>::signature().name;
        let refused = |message: String| Error::Adjoint { code: "E0605", message };
        let Some((rule, map)) = M::adjoint() else {
            return Err(refused(format!(
                "`{name}` was compiled without gradients; write `gradients = {};` before the models",
                options.rule.name()
            )));
        };
        let others =
            options.surrogate.is_some() || options.params != Wanted::All || options.slots.iter().any(|&s| s > 1);
        if options.rule != rule || others {
            return Err(refused(format!(
                "`{name}` was compiled with the gradients of the rule `{}`, by all parameters, with its own surrogate and one event a \
                 step where they are taken one by one; load its text with `Model` to have others",
                rule.name()
            )));
        }
        Ok(Adjoint::new(Arc::new(M::Adjoint::default()), map))
    }

    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32> {
        observe::<M, f32>(definition, arrays, neurons)
    }

    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64> {
        observe::<M, f64>(definition, arrays, neurons)
    }

    fn before_reset_f32(&self, _: &[usize], state: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Option<Vec<f32>> {
        Some(before_reset::<M, f32>(state, arrays, neurons))
    }

    fn before_reset_f64(&self, _: &[usize], state: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Option<Vec<f64>> {
        Some(before_reset::<M, f64>(state, arrays, neurons))
    }
}

fn kernel<M: Generated, T: Vectors>(
    slots: &[usize],
    of: &Specialization,
    engine: Engine,
) -> Result<Arc<dyn StepKernel<T>>, Error> {
    match engine {
        Engine::Compiled => Ok(Arc::new(NativeKernel::<M, T>::new(slots, of))),
        Engine::Interpreter => Err(Error::Kernel(
            "a model of `alif_model!` is compiled code and has no interpreter; load its text with `Model` to compare the two"
                .to_string(),
        )),
    }
}

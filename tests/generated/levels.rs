//! Models of `alif_model!` with vectors of a width that is not the widest.
//!
//! This file is part of the crates that the test writes too.

use std::marker::PhantomData;
use std::sync::Arc;

use alif::{BindError, Bound, Engine, Error, Neuron, Signature};
use alif_core::generated::Generated;
use alif_core::native::{Level, NativeKernel};
use alif_core::{Arrays, Layout, Specialization, StepKernel};

/// The model `M` with the vectors of a level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<M> {
    level: Level,
    model: PhantomData<fn() -> M>,
}

/// The model `M` with the vectors of each level that this machine has.
pub(crate) fn levels<M: Generated + Neuron + Default>() -> Vec<(Level, Arc<dyn Neuron>)> {
    let available = Level::ALL.into_iter().filter(|level| level.is_available());
    let at = |level| -> Arc<dyn Neuron> {
        Arc::new(At::<M> {
            level,
            model: PhantomData,
        })
    };
    available.map(|level| (level, at(level))).collect()
}

impl<M: Generated + Neuron + Default> Neuron for At<M> {
    fn signature(&self) -> Signature {
        Neuron::signature(&M::default())
    }
    fn layout(&self, slots: &[usize]) -> Layout {
        Neuron::layout(&M::default(), slots)
    }
    fn default_engine(&self) -> Engine {
        M::default().default_engine()
    }
    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        M::default().complete(given, dt)
    }
    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
        M::default().bind(params, dt, max_count)
    }
    fn kernel_f32(&self, slots: &[usize], of: &Specialization, _: Engine) -> Result<Arc<dyn StepKernel<f32>>, Error> {
        Ok(Arc::new(NativeKernel::<M, f32>::at_level(self.level, slots, of)))
    }
    fn kernel_f64(&self, slots: &[usize], of: &Specialization, _: Engine) -> Result<Arc<dyn StepKernel<f64>>, Error> {
        Ok(Arc::new(NativeKernel::<M, f64>::at_level(self.level, slots, of)))
    }
    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32> {
        M::default().observe_f32(definition, arrays, neurons)
    }
    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64> {
        M::default().observe_f64(definition, arrays, neurons)
    }
}

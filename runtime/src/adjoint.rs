//! The gradients of a neuron model: the same neurons backwards, and what carries traces forwards.

use alloc::sync::Arc;

use alif_core::adjoint::{AdjointMap, EligibilityMap};

use crate::neuron::Neuron;

/// The adjoint of a step as a model of its own, made by [`Neuron::adjoint`].
///
/// It runs as any model does: bind the parameters of the forward run, lay out [`alif_core::Arrays`], get a kernel, and make the steps of the
/// course from the last to the first. Before each of them write what the step had read, and what the loss adds; after it read the gradients
/// by inputs and weights. [`AdjointMap`] tells where everything is, and which of it the program reads at all. Interpreter and compiled
/// code give the same bits, for any block of neurons and number of threads.
#[derive(Clone, Debug)]
pub struct Adjoint {
    neuron: Arc<dyn Neuron>,
    map: AdjointMap,
}

impl Adjoint {
    /// An adjoint with the places of its quantities.
    pub(crate) fn new(neuron: Arc<dyn Neuron>, map: AdjointMap) -> Self {
        Self { neuron, map }
    }

    /// The program as a model. Its parameters are those of the model it came from, in their order, and its event ports are those that
    /// [`alif_core::adjoint::AdjointOptions::slots`] made room for.
    #[must_use]
    pub fn neuron(&self) -> &Arc<dyn Neuron> {
        &self.neuron
    }

    /// Where it has what.
    #[must_use]
    pub fn map(&self) -> &AdjointMap {
        &self.map
    }
}

/// The derivatives of a step that carry eligibility traces, as a model of its own, made by [`Neuron::eligibility`].
///
/// It runs beside the forward steps, from the same states, inputs and events: `ε ← J ε + U s` for the traces of each synapse, or of each
/// presynaptic neuron where [`EligibilityMap::shared`] allows it, and `q ε + r s` for what the spike depends on.
#[derive(Clone, Debug)]
pub struct Eligibility {
    neuron: Arc<dyn Neuron>,
    map: EligibilityMap,
}

impl Eligibility {
    /// The program with the places of its quantities.
    #[cfg(feature = "load")]
    pub(crate) fn new(neuron: Arc<dyn Neuron>, map: EligibilityMap) -> Self {
        Self { neuron, map }
    }

    /// The program as a model, with the parameters of the model it came from.
    #[must_use]
    pub fn neuron(&self) -> &Arc<dyn Neuron> {
        &self.neuron
    }

    /// Where it has what.
    #[must_use]
    pub fn map(&self) -> &EligibilityMap {
        &self.map
    }
}

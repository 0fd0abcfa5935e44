//! A model, or its adjoint, bound to parameters: kernel, memory, and what is written there.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use alif_core::{Arrays, Layout, Place, Places, Signature, Specialization, StepKernel, random};

use super::{Float, LearnError};
use crate::binding::{Binding, Target};
use crate::error::Error;
use crate::neuron::{Engine, Neuron};
use crate::values::Coherent;

/// What a program is made of.
pub(super) struct Source<'a> {
    pub(super) neuron: &'a dyn Neuron,
    /// Neurons of one trial.
    pub(super) neurons: usize,
    pub(super) dt: f64,
    pub(super) engine: Engine,
    pub(super) params: &'a [Option<Coherent>],
    /// The continuous inputs that differ between neurons and steps; the others are zero.
    pub(super) inputs: &'a [usize],
    /// The event ports that something arrives at.
    pub(super) ports: &'a [usize],
}

/// A kernel, and what its memory holds before the first step.
pub(super) struct Program<T: Float> {
    pub(super) layout: Layout,
    pub(super) places: Places,
    pub(super) kernel: Arc<dyn StepKernel<T>>,
    neurons: usize,
    dt: f64,
    /// Number of continuous inputs in the signature.
    inputs: usize,
    /// Coefficients that are one for all neurons: their places among uniform values, and values.
    uniforms: Vec<(usize, T::Bits)>,
    /// Coefficients that differ between neurons: array and values.
    columns: Vec<(usize, Vec<T::Bits>)>,
    initial: Vec<Coherent>,
}

impl<T: Float> Program<T> {
    pub(super) fn new(source: &Source<'_>) -> Result<Self, Error> {
        let Source { neuron, neurons, .. } = *source;
        let signature: Signature = neuron.signature();
        let slots = vec![1; signature.ports.len()];
        let layout = neuron.layout(&slots);
        let target = Target {
            neuron,
            signature: &signature,
            neurons,
            dt: source.dt,
            initial: true,
            #[cfg(feature = "threads")]
            team: None,
        };
        let binding = Binding::<T>::new(target, source.params)?;
        let mut specialization = Specialization::uniform(&layout);
        specialization.coefficients.clone_from(&binding.per_neuron);
        for &input in source.inputs {
            specialization.inputs[input] = true;
        }
        for &port in source.ports {
            specialization.ports[port] = true;
        }
        let places = Places::new(&layout, &specialization);
        let kernel = T::kernel(neuron, &slots, &specialization, source.engine)?;
        let uniforms = (0..layout.coefficients)
            .filter_map(|coefficient| match places.coefficient(coefficient) {
                Place::Uniform(index) => Some((index, binding.uniform(coefficient))),
                Place::Array(_) => None,
            })
            .collect();
        let columns = binding
            .columns()
            .filter_map(|(coefficient, values)| match places.coefficient(coefficient) {
                Place::Array(array) => Some((array, values.to_vec())),
                Place::Uniform(_) => None,
            })
            .collect();
        Ok(Self {
            initial: (0..layout.states).map(|state| binding.initial(state)).collect(),
            inputs: signature.inputs.len(),
            dt: source.dt,
            layout,
            places,
            kernel,
            neurons,
            uniforms,
            columns,
        })
    }

    /// Memory for some trials side by side, numbered from `first` on: neuron i of trial b of them is b · neurons + i.
    pub(super) fn arrays(&self, first: usize, trials: usize) -> Result<Arrays<T>, LearnError> {
        let neurons = trials * self.neurons;
        let memory = |bytes| Error::Memory { neurons, bytes };
        let mut arrays = Arrays::new(self.places.clone(), neurons).map_err(memory)?;
        for (array, values) in &self.columns {
            for trial in arrays.bits_mut(*array).chunks_exact_mut(self.neurons) {
                trial.copy_from_slice(values);
            }
            arrays.pad(*array);
        }
        if let Some(Place::Array(array)) = self.layout.neuron().map(|input| self.places.input(input)) {
            let start = first * self.neurons;
            for (at, number) in arrays.bits_mut(array).iter_mut().enumerate() {
                *number = T::count_bits((start + at) as i64);
            }
            arrays.pad(array);
        }
        // The others stay as they are laid out: weights that never arrive, inputs that nobody connects.
        for &(index, bits) in &self.uniforms {
            arrays.uniforms_mut()[index] = bits;
        }
        Ok(arrays)
    }

    /// Before the first step: initial states, and no neuron refractory.
    pub(super) fn begin(&self, arrays: &mut Arrays<T>) {
        for (state, initial) in self.initial.iter().enumerate() {
            let array = self.places.state(state);
            for trial in arrays.values_mut(array).chunks_exact_mut(self.neurons) {
                match initial {
                    Coherent::Uniform(value) => trial.fill(T::from_f64(*value)),
                    Coherent::PerNeuron(values) => {
                        for (to, &value) in trial.iter_mut().zip(values) {
                            *to = T::from_f64(value);
                        }
                    }
                }
            }
            arrays.pad(array);
        }
        if let Some(counter) = self.places.counter() {
            arrays.bits_mut(counter).fill(T::Bits::default());
            arrays.pad(counter);
        }
    }

    /// Writes the time and the keys of random numbers of a step.
    pub(super) fn write_step(&self, arrays: &mut Arrays<T>, seed: u64, step: u64) {
        for (later, input) in self.layout.times(self.inputs).enumerate() {
            if let Place::Uniform(index) = self.places.input(input) {
                let time = (step + later as u64) as f64 * self.dt;
                arrays.uniforms_mut()[index] = T::from_f64(time).bits();
            }
        }
        for (index, draw) in self.layout.draws.iter().enumerate() {
            let keys = random::keys(seed, *draw, step);
            for (input, key) in self.layout.keys(index).into_iter().zip(keys) {
                if let Place::Uniform(place) = self.places.input(input) {
                    arrays.uniforms_mut()[place] = T::count_bits(key.cast_signed());
                }
            }
        }
    }
}

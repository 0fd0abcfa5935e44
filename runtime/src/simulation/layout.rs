//! Laying out memory for what differs between neurons, and filling it.

use alif_core::{Arrays, Place, Places, Specialization};
use alloc::vec::Vec;

use crate::binding::Binding;
use crate::error::Error;
use crate::input::Input;
use crate::neuron::Kernels;

use super::{LaidOut, Setup, Simulation};

impl<T: Kernels> Simulation<T> {
    /// Memory and kernel for what differs between neurons.
    pub(super) fn lay_out(setup: &Setup, per_neuron: &[bool], slots: &[usize]) -> Result<LaidOut<T>, Error> {
        let layout = setup.neuron.layout(slots);
        let mut inputs: Vec<bool> = setup.inputs.iter().map(Input::per_neuron).collect();
        // The time is the same for all neurons.
        inputs.resize(layout.inputs, false);
        if let Some(neuron) = layout.neuron() {
            inputs[neuron] = true;
        }
        let specialization = Specialization {
            coefficients: per_neuron.to_vec(),
            inputs,
            ports: setup.queues.iter().map(|queue| !queue.is_empty()).collect(),
        };
        let places = Places::new(&layout, &specialization);
        let memory = |bytes| Error::Memory {
            neurons: setup.neurons,
            bytes,
        };
        let arrays = Arrays::new(places, setup.neurons).map_err(memory)?;
        let kernel = T::kernel(setup.neuron.as_ref(), slots, &specialization, setup.engine)?;
        Ok((layout, arrays, kernel))
    }

    /// Lays the memory out anew after something turned from one value to one a neuron or back, and keeps the states, and the
    /// coefficients that are where they were.
    pub(super) fn rebuild(&mut self) -> Result<(), Error> {
        let (layout, mut arrays, kernel) = Self::lay_out(&self.setup, &self.per_neuron, &self.slots)?;
        let (old, new) = (self.arrays.places().clone(), arrays.places().clone());
        let mut kept: Vec<(usize, usize)> = (0..old.states()).map(|s| (old.state(s), new.state(s))).collect();
        kept.extend(old.counter().zip(new.counter()));
        for coefficient in 0..layout.coefficients {
            match (old.coefficient(coefficient), new.coefficient(coefficient)) {
                (Place::Array(from), Place::Array(to)) => kept.push((from, to)),
                (Place::Uniform(from), Place::Uniform(to)) => {
                    arrays.uniforms_mut()[to] = self.arrays.uniforms()[from];
                }
                // Whoever changes that writes it.
                (Place::Array(_), Place::Uniform(_)) | (Place::Uniform(_), Place::Array(_)) => {}
            }
        }
        for (from, to) in kept {
            arrays.bits_mut(to).copy_from_slice(self.arrays.bits(from));
            arrays.pad(to);
        }
        self.layout = layout;
        self.arrays = arrays;
        self.kernel = kernel;
        self.forget();
        self.write_neurons();
        self.write_constant_inputs()
    }

    /// Writes the coefficients, which differ between neurons where the memory is laid out for it.
    pub(super) fn write_coefficients(&mut self, binding: &Binding<T>) {
        for coefficient in 0..self.layout.coefficients {
            let value = binding.uniform(coefficient);
            match self.arrays.places().coefficient(coefficient) {
                Place::Uniform(index) => self.arrays.uniforms_mut()[index] = value,
                Place::Array(array) if !binding.per_neuron[coefficient] => {
                    self.arrays.bits_mut(array).fill(value);
                    self.arrays.pad(array);
                }
                Place::Array(_) => {}
            }
        }
        for (coefficient, values) in binding.columns() {
            let Place::Array(array) = self.arrays.places().coefficient(coefficient) else {
                unreachable!("memory is laid out for what differs between neurons");
            };
            self.arrays.bits_mut(array).copy_from_slice(values);
            self.arrays.pad(array);
        }
    }
}

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
    pub(super) fn lay_out(setup: &Setup, binding: &Binding, slots: &[usize]) -> Result<LaidOut<T>, Error> {
        let layout = setup.neuron.layout(slots);
        let mut inputs: Vec<bool> = setup.inputs.iter().map(Input::per_neuron).collect();
        // The time is the same for all neurons.
        inputs.resize(layout.inputs, false);
        if let Some(neuron) = layout.neuron() {
            inputs[neuron] = true;
        }
        let specialization = Specialization {
            coefficients: binding.per_neuron.clone(),
            inputs,
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

    /// Lays the memory out anew after something turned from one value to one a neuron or back, and keeps the states.
    pub(super) fn rebuild(&mut self) -> Result<(), Error> {
        let (layout, mut arrays, kernel) = Self::lay_out(&self.setup, &self.binding, &self.slots)?;
        let (old, new) = (self.arrays.places().clone(), arrays.places().clone());
        let mut kept: Vec<(usize, usize)> = (0..old.states()).map(|s| (old.state(s), new.state(s))).collect();
        kept.extend(old.counter().zip(new.counter()));
        for (from, to) in kept {
            arrays.bits_mut(to).copy_from_slice(self.arrays.bits(from));
            arrays.pad(to);
        }
        self.layout = layout;
        self.arrays = arrays;
        self.kernel = kernel;
        self.written.clear();
        self.write_coefficients();
        self.write_neurons();
        self.write_constant_inputs()
    }

    pub(super) fn write_coefficients(&mut self) {
        let neurons = self.setup.neurons;
        for coefficient in 0..self.layout.coefficients {
            let count = self.setup.signature.coefficients[coefficient].steps;
            let bits = |value: f64| {
                if count {
                    T::count_bits(value as i64)
                } else {
                    T::from_f64(value).bits()
                }
            };
            match self.arrays.places().coefficient(coefficient) {
                Place::Uniform(index) => {
                    self.arrays.uniforms_mut()[index] = bits(self.binding.coefficient(coefficient, 0));
                }
                Place::Array(array) => {
                    for neuron in 0..neurons {
                        self.arrays.bits_mut(array)[neuron] = bits(self.binding.coefficient(coefficient, neuron));
                    }
                    self.arrays.pad(array);
                }
            }
        }
    }
}

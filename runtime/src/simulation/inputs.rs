//! Continuous inputs on their way into memory.

use alif_core::{Place, WORD};
use alloc::vec::Vec;

use crate::error::Error;
use crate::input::Source;
use crate::neuron::Kernels;
use crate::typed::Drives;
use crate::values::Coherent;

use super::Simulation;

impl<T: Kernels> Simulation<T> {
    /// Writes the inputs that stay the same.
    pub(super) fn write_constant_inputs(&mut self) -> Result<(), Error> {
        for input in 0..self.setup.inputs.len() {
            let place = self.arrays.places().input(input);
            match (&self.setup.inputs[input].constant, place) {
                (Some(Coherent::Uniform(value)), Place::Uniform(index)) => {
                    let value = self.single(input, *value, 0, None)?;
                    self.arrays.uniforms_mut()[index] = value.bits();
                }
                (Some(Coherent::Uniform(value)), Place::Array(array)) => {
                    let value = self.single(input, *value, 0, None)?;
                    self.arrays.values_mut(array).fill(value);
                    self.arrays.pad(array);
                }
                (Some(Coherent::PerNeuron(values)), Place::Array(array)) => {
                    let values = values
                        .iter()
                        .enumerate()
                        .map(|(neuron, &v)| self.single(input, v, 0, Some(neuron)))
                        .collect::<Result<Vec<T>, Error>>()?;
                    self.arrays.values_mut(array).copy_from_slice(&values);
                    self.arrays.pad(array);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An input value in the kernel's precision, where it must be finite.
    pub(super) fn single(&self, input: usize, value: f64, step: u64, neuron: Option<usize>) -> Result<T, Error> {
        let rounded = T::from_f64(value);
        if rounded.to_f64().is_finite() {
            Ok(rounded)
        } else {
            Err(Error::InputNotFinite {
                name: self.setup.signature.inputs[input].name.clone(),
                value,
                step,
                neuron,
            })
        }
    }

    /// Whether every input lasts as long as the run.
    pub(super) fn inputs_last(&self, steps: u64) -> Result<(), Error> {
        let wanted = self.step.saturating_add(steps);
        for (input, info) in self.setup.inputs.iter().zip(&self.setup.signature.inputs) {
            if let Some(found) = input.steps.filter(|&found| found < wanted) {
                return Err(Error::InputTooShort {
                    name: info.name.clone(),
                    found,
                    wanted,
                });
            }
        }
        for (queue, info) in self.setup.queues.iter().zip(&self.setup.signature.ports) {
            let last = queue.parts.steps(self.setup.neurons);
            if let Some(found) = last.filter(|&found| found < wanted) {
                return Err(Error::InputTooShort {
                    name: info.name.clone(),
                    found,
                    wanted,
                });
            }
        }
        Ok(())
    }

    /// Lets functions write the inputs of the next step.
    pub(super) fn call_back(&mut self) -> Result<(), Error> {
        let (step, neurons) = (self.step, self.setup.neurons);
        for input in 0..self.setup.inputs.len() {
            let place = self.arrays.places().input(input);
            if let (Some(Source::Callback(callback)), Place::Array(array)) =
                (&mut self.setup.inputs[input].source, place)
            {
                self.row.resize(neurons, 0.0);
                self.row.fill(0.0);
                callback(step, &mut self.row);
                self.write_row(input, array)?;
            }
        }
        self.sum_inputs()
    }

    /// Takes the values of an input with one a step and neuron, in the coherent set and the kernel's precision: half the memory in single
    /// precision, and nothing left to be done in each step.
    pub(super) fn stream(&mut self, input: usize) -> Result<Option<Vec<T>>, Error> {
        let neurons = self.setup.neurons;
        let info = &self.setup.signature.inputs[input];
        let Some(Source::Stream(values)) = &mut self.setup.inputs[input].source else {
            return Ok(None);
        };
        let mut rounded: Vec<T> = Vec::with_capacity(values.len() + WORD);
        rounded.extend(values.iter().map(|&v| T::from_f64(info.unit.coherent(v))));
        if let Some(at) = rounded.iter().position(|value| !value.to_f64().is_finite()) {
            return Err(Error::InputNotFinite {
                name: info.name.clone(),
                value: values[at],
                step: (at / neurons) as u64,
                neuron: Some(at % neurons),
            });
        }
        *values = Vec::new();
        // The last step is read in whole words, as all others are.
        rounded.resize(rounded.len() + WORD, T::ZERO);
        Ok(Some(rounded))
    }

    /// Writes the number of each neuron, where there are draws.
    pub(super) fn write_neurons(&mut self) {
        let Some(input) = self.layout.neuron() else {
            return;
        };
        let Place::Array(array) = self.arrays.places().input(input) else {
            unreachable!("numbers of neurons are laid out as one a neuron");
        };
        let neurons = self.setup.neurons;
        for (number, bits) in self.arrays.bits_mut(array)[..neurons].iter_mut().enumerate() {
            *bits = T::count_bits(number as i64);
        }
        self.arrays.pad(array);
    }

    /// Hands inputs over to a closure, or takes them back.
    pub(super) fn set_driven(&mut self, driven: bool) -> Result<(), Error> {
        if self.driven == driven {
            return Ok(());
        }
        let mut inputs = self.setup.inputs.iter().zip(&self.setup.signature.inputs);
        if let (true, Some((_, info))) = (driven, inputs.find(|(input, _)| input.constant.is_none())) {
            return Err(Error::InputTwice {
                name: info.name.clone(),
            });
        }
        self.mark_driven(driven);
        self.rebuild().inspect_err(|_| self.mark_driven(!driven))
    }

    fn mark_driven(&mut self, driven: bool) {
        self.driven = driven;
        for input in &mut self.setup.inputs {
            input.driven = driven;
        }
    }

    /// Lets a closure write the inputs of this step.
    pub(super) fn drive(&mut self, drive: &mut dyn FnMut(u64, Drives<'_>)) -> Result<(), Error> {
        let inputs = self.setup.inputs.len();
        let Some(Place::Array(first)) = (inputs > 0).then(|| self.arrays.places().input(0)) else {
            drive(self.step, Drives::none());
            return Ok(());
        };
        drive(self.step, T::drives(&mut self.arrays, first));
        for input in 0..inputs {
            let array = first + input;
            debug_assert_eq!(self.arrays.places().input(input), Place::Array(array));
            // No branch in the loop, so that it is vectorised.
            let finite = |finite: bool, value: &T| finite & value.to_f64().is_finite();
            if !self.arrays.values(array).iter().fold(true, finite) {
                let values = self.arrays.values(array);
                let neuron = values.iter().position(|v| !v.to_f64().is_finite());
                let info = &self.setup.signature.inputs[input];
                return Err(Error::InputNotFinite {
                    name: info.name.clone(),
                    value: neuron.map_or(f64::NAN, |n| info.unit.declared(values[n].to_f64())),
                    step: self.step,
                    neuron,
                });
            }
            self.arrays.pad(array);
        }
        Ok(())
    }

    fn write_row(&mut self, input: usize, array: usize) -> Result<(), Error> {
        let unit = &self.setup.signature.inputs[input].unit;
        let mut finite = true;
        for (to, &value) in self.arrays.values_mut(array).iter_mut().zip(&self.row) {
            *to = T::from_f64(unit.coherent(value));
            finite &= to.to_f64().is_finite();
        }
        self.arrays.pad(array);
        if !finite {
            let values = self.arrays.values(array);
            let neuron = values.iter().position(|v| !v.to_f64().is_finite());
            return Err(Error::InputNotFinite {
                name: self.setup.signature.inputs[input].name.clone(),
                value: neuron.map_or(f64::NAN, |n| self.row[n]),
                step: self.step,
                neuron,
            });
        }
        Ok(())
    }
}

//! Inputs with several sources: one sum a step and neuron, in double precision, rounded once.

use alif_core::Place;

use crate::error::Error;
use crate::event::Event;
use crate::input::Input;
use crate::neuron::Kernels;
use crate::parts::Part;
use crate::values::Coherent;

use super::Simulation;

impl<T: Kernels> Simulation<T> {
    /// Changes an input, and the memory with it where it turns from one value to one a neuron or back; `back` undoes it.
    fn change_input(
        &mut self,
        input: usize,
        change: impl FnOnce(&mut Input) -> Result<(), Error>,
        back: impl FnOnce(&mut Input),
    ) -> Result<(), Error> {
        self.set_driven(false)?;
        let neurons = self.setup.neurons;
        let per_neuron = self.setup.inputs[input].per_neuron();
        change(&mut self.setup.inputs[input])?;
        self.setup.inputs[input].refresh(neurons);
        let changed = if self.setup.inputs[input].per_neuron() == per_neuron {
            self.write_constant_inputs()
        } else {
            self.rebuild()
        };
        changed.inspect_err(|_| {
            back(&mut self.setup.inputs[input]);
            self.setup.inputs[input].refresh(neurons);
        })
    }

    /// Adds a source to an input.
    pub(super) fn add_part(&mut self, input: usize, part: Part) -> Result<(), Error> {
        let info = &self.setup.signature.inputs[input];
        let (name, unit) = (info.name.clone(), info.unit.clone());
        self.change_input(
            input,
            |input| {
                input.unite(&name, &unit)?;
                input.parts.add(part, &name)
            },
            |input| input.parts.pop(),
        )
    }

    /// Connects the source without a label to an input that has others.
    pub(super) fn set_part(&mut self, input: usize, part: Part) -> Result<(), Error> {
        self.change_input(
            input,
            |input| {
                input.parts.set_unlabelled(part);
                Ok(())
            },
            |_| {},
        )
    }

    /// Removes a source from an input.
    pub(super) fn remove_part(&mut self, input: usize, label: &str) -> Result<(), Error> {
        let name = self.setup.signature.inputs[input].name.clone();
        self.change_input(input, |input| input.parts.remove(label, &name).map(drop), |_| {})
    }

    /// Adds to what an input is in the next step.
    pub(super) fn accumulate(&mut self, input: usize, values: &Coherent) -> Result<(), Error> {
        let info = &self.setup.signature.inputs[input];
        let (name, unit) = (info.name.clone(), info.unit.clone());
        let neurons = self.setup.neurons;
        self.change_input(
            input,
            |input| {
                input.unite(&name, &unit)?;
                input.parts.accumulate(values, neurons);
                Ok(())
            },
            |_| {},
        )
    }

    /// Changes the sources of a port beside its list of events.
    pub(super) fn change_port(
        &mut self,
        port: usize,
        change: impl FnOnce(&mut crate::event::Queue, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let silent = self.setup.queues[port].is_empty();
        let name = self.setup.signature.ports[port].name.clone();
        change(&mut self.setup.queues[port], &name)?;
        if self.setup.queues[port].is_empty() == silent {
            return Ok(());
        }
        self.rebuild()
    }

    /// Writes the sums of the next step, where inputs have several sources.
    pub(super) fn sum_inputs(&mut self) -> Result<(), Error> {
        for input in 0..self.setup.inputs.len() {
            let place = self.arrays.places().input(input);
            let (true, Place::Array(array)) = (self.setup.inputs[input].is_summed(), place) else {
                continue;
            };
            let unit = &self.setup.signature.inputs[input].unit;
            self.row.resize(self.setup.neurons, 0.0);
            let parts = &mut self.setup.inputs[input].parts;
            parts.sum(self.step, unit, &mut self.row, &mut self.scratch);
            let mut finite = true;
            for (to, &value) in self.arrays.values_mut(array).iter_mut().zip(&self.row) {
                *to = T::from_f64(value);
                finite &= to.to_f64().is_finite();
            }
            self.arrays.pad(array);
            if !finite {
                let values = self.arrays.values(array);
                let neuron = values.iter().position(|value| !value.to_f64().is_finite());
                return Err(Error::InputNotFinite {
                    name: self.setup.signature.inputs[input].name.clone(),
                    value: neuron.map_or(f64::NAN, |n| unit.declared(self.row[n])),
                    step: self.step,
                    neuron,
                });
            }
        }
        Ok(())
    }

    /// Turns what the sources of ports give in the next step into events behind those of the list. A weight of 0 is no event.
    pub(super) fn sum_ports(&mut self) {
        for (queue, info) in self.setup.queues.iter_mut().zip(&self.setup.signature.ports) {
            if !queue.has_parts() {
                continue;
            }
            self.row.resize(self.setup.neurons, 0.0);
            queue.parts.sum(self.step, &info.unit, &mut self.row, &mut self.scratch);
            let weights = self.row.iter().enumerate().filter(|(_, weight)| **weight != 0.0);
            queue.add_for(
                self.step,
                weights.map(|(neuron, &weight)| Event {
                    step: self.step,
                    neuron: neuron as u32,
                    weight,
                }),
            );
        }
    }
}

//! The loop over time, in one precision.

use std::ops::ControlFlow;
use std::sync::Arc;

use alif_core::{
    Arrays, FLUSH_EVERY, Layout, Place, Places, Precision, Real, Signature, Specialization, StepKernel, WORD,
};

use crate::binding::Binding;
use crate::error::Error;
use crate::event::Queue;
use crate::input::{Coherent, Input, Source};
use crate::monitor::{Quantity, Recorder};
use crate::neuron::{Engine, Kernels, Neuron};
use crate::record::{Recording, Spike};

/// The most events of one step that a kernel takes one by one.
const MAX_SLOTS: usize = 64;

/// All about a population that does not depend on the precision.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) neuron: Arc<dyn Neuron>,
    pub(crate) signature: Signature,
    pub(crate) neurons: usize,
    pub(crate) dt: f64,
    pub(crate) engine: Engine,
    pub(crate) block: usize,
    pub(crate) params: Vec<Option<Coherent>>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) recorders: Vec<Recorder>,
    pub(crate) record_spikes: bool,
}

/// A simulation in either precision.
#[derive(Debug)]
pub(crate) enum AnySimulation {
    F32(Simulation<f32>),
    F64(Simulation<f64>),
}

/// The same expression for whichever precision it is.
macro_rules! either {
    ($any:expr, $simulation:ident => $result:expr) => {
        match $any {
            AnySimulation::F32($simulation) => $result,
            AnySimulation::F64($simulation) => $result,
        }
    };
}

impl AnySimulation {
    pub(crate) fn new(setup: Setup, precision: Precision, initial: &[Option<Coherent>]) -> Result<Self, Error> {
        Ok(match precision {
            Precision::F32 => Self::F32(Simulation::new(setup, initial)?),
            Precision::F64 => Self::F64(Simulation::new(setup, initial)?),
        })
    }

    pub(crate) fn setup(&self) -> &Setup {
        either!(self, s => &s.setup)
    }

    pub(crate) fn step(&self) -> u64 {
        either!(self, s => s.step)
    }

    pub(crate) fn run(&mut self, steps: u64, go_on: impl FnMut(u64) -> ControlFlow<()>) -> Result<Recording, Error> {
        either!(self, s => s.run(steps, go_on))
    }

    pub(crate) fn state(&self, state: usize) -> Vec<f64> {
        either!(self, s => s.state(state))
    }

    pub(crate) fn set_state(&mut self, state: usize, values: &Coherent) -> Result<(), Error> {
        either!(self, s => s.set_state(state, values))
    }

    pub(crate) fn set_param(&mut self, param: usize, values: Coherent) -> Result<(), Error> {
        either!(self, s => s.set_param(param, values))
    }

    pub(crate) fn set_input(&mut self, input: usize, source: Input) -> Result<(), Error> {
        either!(self, s => s.set_input(input, source))
    }

    pub(crate) fn set_queue(&mut self, port: usize, queue: Queue) {
        either!(self, s => s.setup.queues[port] = queue);
    }
}

/// Memory, its layout, and the kernel that works on it.
type LaidOut<T> = (Layout, Arrays<T>, Arc<dyn StepKernel<T>>);

/// A simulation in one precision.
pub(crate) struct Simulation<T: Real> {
    setup: Setup,
    step: u64,
    layout: Layout,
    slots: Vec<usize>,
    binding: Binding,
    arrays: Arrays<T>,
    kernel: Arc<dyn StepKernel<T>>,
    /// Weights and arrivals that were written for the last step: array and neuron.
    written: Vec<(usize, u32)>,
    /// A row of an input in the unit of the model.
    row: Vec<f64>,
}

impl<T: Real> std::fmt::Debug for Simulation<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("setup", &self.setup)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl<T: Kernels> Simulation<T> {
    fn new(setup: Setup, initial: &[Option<Coherent>]) -> Result<Self, Error> {
        let slots = vec![1; setup.signature.ports.len()];
        let binding = Binding::new::<T>(
            setup.neuron.as_ref(),
            &setup.signature,
            &setup.params,
            setup.neurons,
            setup.dt,
        )?;
        let (layout, arrays, kernel) = Self::lay_out(&setup, &binding, &slots)?;
        let mut simulation = Self {
            setup,
            step: 0,
            layout,
            slots,
            binding,
            arrays,
            kernel,
            written: vec![],
            row: vec![],
        };
        simulation.write_coefficients();
        simulation.write_constant_inputs()?;
        for (state, given) in initial.iter().enumerate() {
            match given {
                Some(values) => simulation.set_state(state, values)?,
                None => {
                    let values = (0..simulation.setup.neurons)
                        .map(|n| simulation.binding.initial(state, n))
                        .collect();
                    simulation.set_state(state, &Coherent::PerNeuron(values))?;
                }
            }
        }
        Ok(simulation)
    }

    /// Memory and kernel for what differs between neurons.
    fn lay_out(setup: &Setup, binding: &Binding, slots: &[usize]) -> Result<LaidOut<T>, Error> {
        let layout = setup.neuron.layout(slots);
        let specialization = Specialization {
            coefficients: binding.per_neuron.clone(),
            inputs: setup.inputs.iter().map(Input::per_neuron).collect(),
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
    fn rebuild(&mut self) -> Result<(), Error> {
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
        self.write_constant_inputs()
    }

    fn write_coefficients(&mut self) {
        let neurons = self.setup.neurons;
        for coefficient in 0..self.layout.coefficients {
            let count = self.setup.neuron.coefficient_is_count(coefficient);
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

    /// Writes the inputs that stay the same.
    fn write_constant_inputs(&mut self) -> Result<(), Error> {
        for input in 0..self.setup.inputs.len() {
            let place = self.arrays.places().input(input);
            match (&self.setup.inputs[input].constant, place) {
                (Some(Coherent::Uniform(value)), Place::Uniform(index)) => {
                    let value = self.single(input, *value, 0, None)?;
                    self.arrays.uniforms_mut()[index] = value.bits();
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
    fn single(&self, input: usize, value: f64, step: u64, neuron: Option<usize>) -> Result<T, Error> {
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

    fn state(&self, state: usize) -> Vec<f64> {
        let array = self.arrays.places().state(state);
        self.arrays.values(array).iter().map(|v| v.to_f64()).collect()
    }

    fn set_state(&mut self, state: usize, values: &Coherent) -> Result<(), Error> {
        let name = &self.setup.signature.states[state].name;
        let rounded = |value: f64, neuron: Option<usize>| {
            let rounded = T::from_f64(value);
            if rounded.to_f64().is_finite() {
                Ok(rounded)
            } else {
                Err(Error::NotFinite {
                    name: name.clone(),
                    value,
                    neuron,
                })
            }
        };
        let values: Vec<T> = match values {
            Coherent::Uniform(value) => vec![rounded(*value, None)?; self.setup.neurons],
            Coherent::PerNeuron(values) => values
                .iter()
                .enumerate()
                .map(|(neuron, &value)| rounded(value, Some(neuron)))
                .collect::<Result<_, _>>()?,
        };
        let array = self.arrays.places().state(state);
        self.arrays.values_mut(array).copy_from_slice(&values);
        self.arrays.pad(array);
        Ok(())
    }

    fn set_param(&mut self, param: usize, values: Coherent) -> Result<(), Error> {
        let old = self.setup.params[param].replace(values);
        let bound = Binding::new::<T>(
            self.setup.neuron.as_ref(),
            &self.setup.signature,
            &self.setup.params,
            self.setup.neurons,
            self.setup.dt,
        );
        match bound {
            Ok(binding) => {
                let same = binding.per_neuron == self.binding.per_neuron;
                self.binding = binding;
                if same {
                    self.write_coefficients();
                    Ok(())
                } else {
                    self.rebuild()
                }
            }
            Err(error) => {
                self.setup.params[param] = old;
                Err(error)
            }
        }
    }

    fn set_input(&mut self, input: usize, source: Input) -> Result<(), Error> {
        let same = source.per_neuron() == self.setup.inputs[input].per_neuron();
        self.setup.inputs[input] = source;
        if same {
            self.write_constant_inputs()
        } else {
            self.rebuild()
        }
    }

    fn run(&mut self, steps: u64, mut go_on: impl FnMut(u64) -> ControlFlow<()>) -> Result<Recording, Error> {
        self.inputs_last(steps)?;
        let first_step = self.step;
        let mut spike_count = 0;
        let mut spikes = Vec::new();
        let block = self.setup.block.div_ceil(WORD).max(1);
        let words = self.arrays.words();
        for done in 1..=steps {
            self.write_inputs()?;
            self.deliver_events()?;
            let mut from = 0;
            while from < words {
                let to = from.saturating_add(block).min(words);
                self.kernel.run(&mut self.arrays, from..to);
                from = to;
            }
            self.arrays.clear_padding();
            let step = self.step;
            self.step += 1;
            if self.step.is_multiple_of(FLUSH_EVERY) {
                self.arrays.flush_tiny();
            }
            if self.layout.spikes {
                spike_count += self.collect_spikes(step, &mut spikes);
            }
            self.record(step);
            if go_on(done).is_break() {
                break;
            }
        }
        Ok(Recording {
            dt: self.setup.dt,
            first_step,
            steps: self.step - first_step,
            neurons: self.setup.neurons,
            spike_count,
            spikes,
            traces: self.setup.recorders.iter_mut().map(Recorder::take).collect(),
        })
    }

    /// Whether every input lasts as long as the run.
    fn inputs_last(&self, steps: u64) -> Result<(), Error> {
        let wanted = self.step.saturating_add(steps);
        for (input, info) in self.setup.inputs.iter().zip(&self.setup.signature.inputs) {
            if let Some(found) = input.steps(self.setup.neurons).filter(|&found| found < wanted) {
                return Err(Error::InputTooShort {
                    name: info.name.clone(),
                    found,
                    wanted,
                });
            }
        }
        Ok(())
    }

    /// Writes the inputs that change from step to step.
    fn write_inputs(&mut self) -> Result<(), Error> {
        let (step, neurons) = (self.step, self.setup.neurons);
        for input in 0..self.setup.inputs.len() {
            let place = self.arrays.places().input(input);
            match (&mut self.setup.inputs[input].source, place) {
                (Some(Source::Course(values)), Place::Uniform(index)) => {
                    let value = values[step as usize];
                    let value = self.setup.signature.inputs[input].unit.coherent(value);
                    let value = self.single(input, value, step, None)?;
                    self.arrays.uniforms_mut()[index] = value.bits();
                }
                (Some(Source::Stream(values)), Place::Array(array)) => {
                    let first = step as usize * neurons;
                    self.row.clear();
                    self.row.extend_from_slice(&values[first..first + neurons]);
                    self.write_row(input, array)?;
                }
                (Some(Source::Callback(callback)), Place::Array(array)) => {
                    self.row.resize(neurons, 0.0);
                    self.row.fill(0.0);
                    callback(step, &mut self.row);
                    self.write_row(input, array)?;
                }
                _ => {}
            }
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

    /// Writes the weights that arrive in this step, and clears those of the last one.
    ///
    /// Where blocks run once with the sum, weights are summed in double precision in the order of the queue and rounded once.
    fn deliver_events(&mut self) -> Result<(), Error> {
        for (array, neuron) in self.written.drain(..) {
            self.arrays.bits_mut(array)[neuron as usize] = T::ZERO.bits();
        }
        for port in 0..self.setup.queues.len() {
            let events = self.setup.queues[port].take(self.step);
            if events.is_empty() {
                continue;
            }
            // By neuron, those of one neuron in the order of the queue.
            let mut events: Vec<(u32, f64)> = events.iter().map(|e| (e.neuron, e.weight)).collect();
            events.sort_by_key(|e| e.0);
            let summed = self.setup.signature.ports[port].summed;
            if !summed {
                self.make_room(port, &events)?;
            }
            for group in events.chunk_by(|a, b| a.0 == b.0) {
                let neuron = group[0].0;
                if summed {
                    let sum = group.iter().fold(0.0, |sum, e| sum + e.1);
                    self.write_weight(port, 0, neuron, sum);
                } else {
                    for (slot, event) in group.iter().enumerate() {
                        self.write_weight(port, slot, neuron, event.1);
                    }
                }
            }
        }
        Ok(())
    }

    /// Widens the kernel when a neuron receives more events than it takes one by one.
    fn make_room(&mut self, port: usize, events: &[(u32, f64)]) -> Result<(), Error> {
        let most = events.chunk_by(|a, b| a.0 == b.0).max_by_key(|group| group.len());
        let Some(group) = most.filter(|group| group.len() > self.slots[port]) else {
            return Ok(());
        };
        if group.len() > MAX_SLOTS {
            return Err(Error::TooManyEvents {
                port: self.setup.signature.ports[port].name.clone(),
                neuron: group[0].0,
                step: self.step,
                found: group.len(),
                most: MAX_SLOTS,
            });
        }
        // What other ports have received in this step would be lost: it is written again.
        let kept: Vec<(usize, usize, u32, T::Bits, bool)> = self.written_weights();
        self.slots[port] = group.len().next_power_of_two();
        self.rebuild_with_inputs()?;
        for (port, slot, neuron, bits, arrival) in kept {
            let places = self.arrays.places();
            let array = if arrival {
                places.arrival(port, slot)
            } else {
                Some(places.weight(port, slot))
            };
            if let Some(array) = array {
                self.arrays.bits_mut(array)[neuron as usize] = bits;
                self.written.push((array, neuron));
            }
        }
        Ok(())
    }

    /// What was written for this step, by port and slot.
    fn written_weights(&self) -> Vec<(usize, usize, u32, T::Bits, bool)> {
        let places = self.arrays.places();
        let mut found = Vec::new();
        for &(array, neuron) in &self.written {
            for (port, layout) in self.layout.ports.iter().enumerate() {
                for slot in 0..layout.slots {
                    let bits = self.arrays.bits(array)[neuron as usize];
                    if places.weight(port, slot) == array {
                        found.push((port, slot, neuron, bits, false));
                    } else if places.arrival(port, slot) == Some(array) {
                        found.push((port, slot, neuron, bits, true));
                    }
                }
            }
        }
        found
    }

    /// Lays the memory out anew in the middle of a step: the inputs of this step are kept too.
    fn rebuild_with_inputs(&mut self) -> Result<(), Error> {
        let old: Vec<(Place, Vec<T::Bits>)> = (0..self.setup.inputs.len())
            .map(|input| {
                let place = self.arrays.places().input(input);
                let bits = match place {
                    Place::Uniform(index) => vec![self.arrays.uniforms()[index]],
                    Place::Array(array) => self.arrays.bits(array).to_vec(),
                };
                (place, bits)
            })
            .collect();
        self.rebuild()?;
        for (input, (_, bits)) in old.into_iter().enumerate() {
            match self.arrays.places().input(input) {
                Place::Uniform(index) => self.arrays.uniforms_mut()[index] = bits[0],
                Place::Array(array) => {
                    self.arrays.bits_mut(array).copy_from_slice(&bits);
                    self.arrays.pad(array);
                }
            }
        }
        Ok(())
    }

    fn write_weight(&mut self, port: usize, slot: usize, neuron: u32, weight: f64) {
        let array = self.arrays.places().weight(port, slot);
        self.arrays.bits_mut(array)[neuron as usize] = T::from_f64(weight).bits();
        self.written.push((array, neuron));
        if let Some(array) = self.arrays.places().arrival(port, slot) {
            self.arrays.bits_mut(array)[neuron as usize] = T::count_bits(1);
            self.written.push((array, neuron));
        }
    }

    /// Counts the spikes of a step and, where they are asked for, lists them in the order of the neurons.
    fn collect_spikes(&self, step: u64, spikes: &mut Vec<Spike>) -> u64 {
        let mut count = 0;
        for (word, &bits) in self.arrays.spikes().iter().enumerate() {
            count += u64::from(bits.count_ones());
            if self.setup.record_spikes {
                let mut left = bits;
                while left != 0 {
                    let neuron = word as u32 * WORD as u32 + left.trailing_zeros();
                    spikes.push(Spike { step, neuron });
                    left &= left - 1;
                }
            }
        }
        count
    }

    fn record(&mut self, step: u64) {
        let signature = &self.setup.signature;
        for recorder in &mut self.setup.recorders {
            if !(step + 1).is_multiple_of(recorder.every) {
                continue;
            }
            recorder.trace.steps.push(step);
            let neurons = &recorder.trace.neurons;
            match recorder.quantity {
                Quantity::State(state) => {
                    let unit = &signature.states[state].unit;
                    let values = self.arrays.values(self.arrays.places().state(state));
                    let chosen = neurons.iter().map(|&n| unit.declared(values[n as usize].to_f64()));
                    recorder.trace.values.extend(chosen);
                }
                Quantity::Definition(definition) => {
                    let unit = &signature.lets[definition].unit;
                    let values = T::observe(self.setup.neuron.as_ref(), definition, &self.arrays, neurons);
                    recorder
                        .trace
                        .values
                        .extend(values.into_iter().map(|v| unit.declared(v.to_f64())));
                }
            }
        }
    }
}

//! The loop over time, in one precision.

use alloc::vec;
use alloc::vec::Vec;
mod events;
mod inputs;
mod layout;

use alloc::sync::Arc;
use core::ops::ControlFlow;

use alif_core::{Arrays, FLUSH_EVERY, Layout, Precision, Real, Signature, StepKernel, WORD};

use crate::binding::Binding;
use crate::error::Error;
use crate::event::Queue;
use crate::input::{Coherent, Input};
use crate::monitor::{Quantity, Recorder};
use crate::neuron::{Engine, Kernels, Neuron};
use crate::record::{Recording, Spike};
use crate::typed::Drives;

/// All about a population that does not depend on the precision.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) neuron: Arc<dyn Neuron>,
    pub(crate) signature: Signature,
    pub(crate) neurons: usize,
    pub(crate) dt: f64,
    pub(crate) seed: u64,
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

    pub(crate) fn run(
        &mut self,
        steps: u64,
        drive: Option<Drive<'_>>,
        go_on: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Recording, Error> {
        either!(self, s => s.run(steps, drive, go_on))
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

/// What writes the inputs of a step.
type Drive<'a> = &'a mut dyn FnMut(u64, Drives<'_>);

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
    /// Whether a closure writes the inputs.
    driven: bool,
}

impl<T: Real> core::fmt::Debug for Simulation<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
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
            driven: false,
        };
        simulation.write_coefficients();
        simulation.write_neurons();
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
        self.set_driven(false)?;
        let same = source.per_neuron() == self.setup.inputs[input].per_neuron();
        self.setup.inputs[input] = source;
        if same {
            self.write_constant_inputs()
        } else {
            self.rebuild()
        }
    }

    fn run(
        &mut self,
        steps: u64,
        mut drive: Option<Drive<'_>>,
        mut go_on: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Recording, Error> {
        self.set_driven(drive.is_some())?;
        self.inputs_last(steps)?;
        // A run that ended in an error may have left something behind.
        for recorder in &mut self.setup.recorders {
            recorder.take();
        }
        let first_step = self.step;
        let mut spike_count = 0;
        let mut spikes = Vec::new();
        let block = self.setup.block.div_ceil(WORD).max(1);
        let words = self.arrays.words();
        for done in 1..=steps {
            self.make_room()?;
            match &mut drive {
                Some(drive) => self.drive(*drive)?,
                None => self.write_inputs()?,
            }
            self.write_time();
            self.write_keys();
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
                spike_count += self.collect_spikes(step, &mut spikes)?;
            }
            self.record(step)?;
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

    /// Counts the spikes of a step and, where they are asked for, lists them in the order of the neurons.
    fn collect_spikes(&self, step: u64, spikes: &mut Vec<Spike>) -> Result<u64, Error> {
        let mut count = 0;
        for (word, &bits) in self.arrays.spikes().iter().enumerate() {
            count += u64::from(bits.count_ones());
            if self.setup.record_spikes && bits != 0 {
                let bytes = (spikes.len() + WORD) * size_of::<Spike>();
                spikes.try_reserve(WORD).map_err(|_| Error::Recording { step, bytes })?;
                let mut left = bits;
                while left != 0 {
                    let neuron = word as u32 * WORD as u32 + left.trailing_zeros();
                    spikes.push(Spike { step, neuron });
                    left &= left - 1;
                }
            }
        }
        Ok(count)
    }

    fn record(&mut self, step: u64) -> Result<(), Error> {
        let signature = &self.setup.signature;
        for recorder in &mut self.setup.recorders {
            if !(step + 1).is_multiple_of(recorder.every) {
                continue;
            }
            let trace = &mut recorder.trace;
            let bytes = (trace.values.len() + trace.neurons.len()) * size_of::<f64>();
            let room = trace
                .values
                .try_reserve(trace.neurons.len())
                .and_then(|()| trace.steps.try_reserve(1));
            room.map_err(|_| Error::Recording { step, bytes })?;
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
        Ok(())
    }
}

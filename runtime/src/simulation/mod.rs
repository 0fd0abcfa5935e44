//! The loop over time, in one precision.

use alloc::vec;
use alloc::vec::Vec;

mod block;
mod chunk;
mod delays;
mod derivative;
mod events;
mod inputs;
mod layout;
mod reset;
mod run;
mod seen;
mod sums;
#[cfg(feature = "threads")]
mod team;

use alloc::sync::Arc;

use alif_core::{Arrays, Layout, Precision, Real, Signature, StepKernel};

use crate::binding::{Binding, Target};
use crate::error::Error;
use crate::event::Queue;
use crate::input::Input;
use crate::monitor::{Quantity, Recorder};
use crate::neuron::{Engine, Kernels, Neuron};
use crate::parts::Part;
use crate::record::Recording;
use crate::shape::Shape;
use crate::typed::Drives;
use crate::values::{Axes, Coherent, Initial};

use block::Found;
use chunk::Chunk;
use delays::DelayLine;

pub(crate) use delays::Delayed;

pub(crate) use run::Watch;
#[cfg(feature = "threads")]
pub(crate) use team::Team;

/// All about a population that does not depend on the precision.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) neuron: Arc<dyn Neuron>,
    pub(crate) signature: Signature,
    /// The shape, in batches behind the axis of members.
    pub(crate) shape: Shape,
    pub(crate) batch: Option<usize>,
    pub(crate) axes: Axes,
    /// All neurons.
    pub(crate) neurons: usize,
    pub(crate) dt: f64,
    pub(crate) seed: u64,
    pub(crate) engine: Engine,
    /// Neurons of a block, where somebody chose.
    pub(crate) block: Option<usize>,
    /// Steps of a chunk, where somebody chose.
    pub(crate) chunk: Option<usize>,
    /// The threads that share the work, if there are more than one.
    #[cfg(feature = "threads")]
    pub(crate) team: Option<Team>,
    pub(crate) params: Vec<Option<Coherent>>,
    pub(crate) initial: Vec<Initial>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) recorders: Vec<Recorder>,
    pub(crate) record_spikes: bool,
}

impl Setup {
    /// Binds the parameters.
    fn bind<T: Real>(&self, initial: bool) -> Result<Binding<T>, Error> {
        let target = Target {
            neuron: self.neuron.as_ref(),
            signature: &self.signature,
            neurons: self.neurons,
            dt: self.dt,
            initial,
            #[cfg(feature = "threads")]
            team: self.team.as_ref(),
        };
        Binding::new(target, &self.params)
    }

    /// The number of threads that share the work.
    pub(crate) fn threads(&self) -> usize {
        #[cfg(feature = "threads")]
        if let Some(team) = &self.team {
            return team.threads();
        }
        1
    }
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
    pub(crate) fn new(setup: Setup, precision: Precision) -> Result<Self, Error> {
        Ok(match precision {
            Precision::F32 => Self::F32(Simulation::new(setup)?),
            Precision::F64 => Self::F64(Simulation::new(setup)?),
        })
    }

    pub(crate) fn setup(&self) -> &Setup {
        either!(self, s => &s.setup)
    }

    pub(crate) fn setup_mut(&mut self) -> &mut Setup {
        either!(self, s => &mut s.setup)
    }

    pub(crate) fn reset(&mut self, batch: Option<usize>) -> Result<(), Error> {
        either!(self, s => s.reset(batch))
    }

    pub(crate) fn step(&self) -> u64 {
        either!(self, s => s.step)
    }

    pub(crate) fn bytes(&self) -> usize {
        either!(self, s => s.arrays.size())
    }

    pub(crate) fn run(&mut self, steps: u64, drive: Option<Drive<'_>>, watch: Watch<'_>) -> Result<Recording, Error> {
        either!(self, s => s.run(steps, drive, watch))
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

    pub(crate) fn set_queue(&mut self, port: usize, queue: Queue) -> Result<(), Error> {
        either!(self, s => s.set_queue(port, queue))
    }

    pub(crate) fn add_part(&mut self, input: usize, part: Part) -> Result<(), Error> {
        either!(self, s => s.add_part(input, part))
    }

    pub(crate) fn set_part(&mut self, input: usize, part: Part) -> Result<(), Error> {
        either!(self, s => s.set_part(input, part))
    }

    pub(crate) fn remove_part(&mut self, input: usize, label: &str) -> Result<(), Error> {
        either!(self, s => s.remove_part(input, label))
    }

    pub(crate) fn accumulate(&mut self, input: usize, values: &Coherent) -> Result<(), Error> {
        either!(self, s => s.accumulate(input, values))
    }

    pub(crate) fn change_port(
        &mut self,
        port: usize,
        change: impl FnOnce(&mut Queue, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        either!(self, s => s.change_port(port, change))
    }

    pub(crate) fn inputs_last(&self, steps: u64) -> Result<(), Error> {
        either!(self, s => s.inputs_last(steps))
    }

    pub(crate) fn add_delay(&mut self, of: Delayed, longest: u64) -> Result<(), Error> {
        either!(self, s => s.add_delay(of, longest))
    }

    pub(crate) fn has_delays(&self) -> bool {
        either!(self, s => !s.delays.is_empty())
    }

    pub(crate) fn remember(&mut self) {
        either!(self, s => s.remember());
    }

    pub(crate) fn longest_delay(&self, of: Delayed) -> Option<u64> {
        either!(self, s => s.longest_delay(of))
    }

    pub(crate) fn delayed(&self, of: Delayed, steps: u64) -> Option<Vec<f64>> {
        either!(self, s => s.delayed(of, steps))
    }

    pub(crate) fn quantity(&self, quantity: Quantity) -> Vec<f64> {
        either!(self, s => s.quantity(quantity).into_iter().map(Real::to_f64).collect())
    }

    pub(crate) fn derivative(&self, state: usize) -> Result<Vec<f64>, Error> {
        either!(self, s => s.derivative(state))
    }

    pub(crate) fn spiked(&self) -> Vec<u32> {
        either!(self, s => s.spiked())
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
    /// Which coefficients differ between neurons.
    per_neuron: Vec<bool>,
    arrays: Arrays<T>,
    kernel: Arc<dyn StepKernel<T>>,
    /// The steps that are being made, or were made last.
    chunk: Chunk<T::Bits>,
    /// How many steps a chunk may have so that the list of its spikes stays short.
    listed_steps: usize,
    /// What each block found in them.
    found: Vec<Found>,
    /// Memory for spike bits.
    bits: Vec<u64>,
    /// A row of an input in the unit of the model.
    row: Vec<f64>,
    /// A row of one of the sources of an input.
    scratch: Vec<f64>,
    /// What is remembered of the last steps.
    delays: Vec<DelayLine<T>>,
    /// For each input, its values step by step where there is one a step and neuron.
    streams: Vec<Option<Vec<T>>>,
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
    fn new(setup: Setup) -> Result<Self, Error> {
        if let Some(wanted) = &setup.signature.sub_steps {
            let least = T::PRECISION.least_tolerance();
            if wanted.tolerance < least {
                return Err(Error::Tolerance {
                    tolerance: wanted.tolerance,
                    precision: T::PRECISION,
                    least,
                });
            }
        }
        let slots = vec![1; setup.signature.ports.len()];
        let binding = setup.bind::<T>(setup.asks_initial())?;
        let (layout, arrays, kernel) = Self::lay_out(&setup, &binding.per_neuron, &slots)?;
        let listed_steps = Self::first_listed_steps(setup.neurons);
        let mut simulation = Self {
            setup,
            step: 0,
            layout,
            slots,
            per_neuron: binding.per_neuron.clone(),
            arrays,
            kernel,
            chunk: Chunk::default(),
            listed_steps,
            found: vec![],
            bits: vec![],
            row: vec![],
            scratch: vec![],
            delays: vec![],
            streams: vec![],
            driven: false,
        };
        for input in 0..simulation.setup.inputs.len() {
            let stream = simulation.stream(input)?;
            simulation.streams.push(stream);
        }
        simulation.begin(&binding)?;
        Ok(simulation)
    }

    fn state(&self, state: usize) -> Vec<f64> {
        let array = self.arrays.places().state(state);
        self.arrays.values(array).iter().map(|v| v.to_f64()).collect()
    }

    fn set_state(&mut self, state: usize, values: &Coherent) -> Result<(), Error> {
        let values = self.rounded(state, values)?;
        self.write_state(state, &values);
        Ok(())
    }

    fn write_state(&mut self, state: usize, values: &[T]) {
        let array = self.arrays.places().state(state);
        self.arrays.values_mut(array).copy_from_slice(values);
        self.arrays.pad(array);
    }

    /// Values of a state in the kernel's precision, where they must be finite.
    fn rounded(&self, state: usize, values: &Coherent) -> Result<Vec<T>, Error> {
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
        match values {
            Coherent::Uniform(value) => Ok(vec![rounded(*value, None)?; self.setup.neurons]),
            Coherent::PerNeuron(values) => values
                .iter()
                .enumerate()
                .map(|(neuron, &value)| rounded(value, Some(neuron)))
                .collect(),
        }
    }

    fn set_param(&mut self, param: usize, values: Coherent) -> Result<(), Error> {
        let old = self.setup.params[param].replace(values);
        let changed = self
            .setup
            .bind::<T>(false)
            .and_then(|binding| self.set_binding(&binding));
        changed.inspect_err(|_| self.setup.params[param] = old)
    }

    fn set_binding(&mut self, binding: &Binding<T>) -> Result<(), Error> {
        // What has an array keeps it, so that values which happen to be equal do not cost a kernel.
        let each = |(old, new): (&bool, &bool)| *old || *new;
        let wanted: Vec<bool> = self.per_neuron.iter().zip(&binding.per_neuron).map(each).collect();
        if wanted != self.per_neuron {
            let before = core::mem::replace(&mut self.per_neuron, wanted);
            self.rebuild().inspect_err(|_| self.per_neuron = before)?;
        }
        self.write_coefficients(binding);
        Ok(())
    }

    fn set_input(&mut self, input: usize, source: Input) -> Result<(), Error> {
        self.set_driven(false)?;
        let same = source.per_neuron() == self.setup.inputs[input].per_neuron();
        let before = core::mem::replace(&mut self.setup.inputs[input], source);
        match self.stream(input) {
            Ok(stream) => self.streams[input] = stream,
            Err(error) => {
                self.setup.inputs[input] = before;
                return Err(error);
            }
        }
        if same {
            self.write_constant_inputs()
        } else {
            self.rebuild()
        }
    }

    fn set_queue(&mut self, port: usize, queue: Queue) -> Result<(), Error> {
        let silent = self.setup.queues[port].is_empty();
        let queue = queue.with_parts_of(&mut self.setup.queues[port]);
        let same = queue.is_empty() == silent;
        let before = core::mem::replace(&mut self.setup.queues[port], queue);
        if same {
            return Ok(());
        }
        self.rebuild().inspect_err(|_| {
            let mut failed = core::mem::take(&mut self.setup.queues[port]);
            self.setup.queues[port] = before.with_parts_of(&mut failed);
        })
    }
}

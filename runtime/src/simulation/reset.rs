//! The start of a simulation, and the way back to it.

use alloc::vec::Vec;

use crate::binding::Binding;
use crate::distribution::Recipient;
use crate::error::Error;
use crate::input::Source;
use crate::monitor::Recorder;
use crate::neuron::Kernels;
use crate::shape::Shape;
use crate::values::{Axes, Coherent, Initial, Whose};

use super::{Setup, Simulation};

/// What of a setup belongs to the number of members.
struct Members {
    batch: Option<usize>,
    shape: Shape,
    axes: Axes,
    neurons: usize,
    params: Vec<Option<Coherent>>,
    initial: Vec<Initial>,
    /// For each input, its constant and those of its parts.
    constants: Vec<(Option<Coherent>, Vec<Option<Coherent>>)>,
    /// For each port, those of its parts.
    weights: Vec<Vec<Option<Coherent>>>,
    recorders: Vec<Recorder>,
}

impl Setup {
    /// Whether initial values of the model are needed.
    pub(super) fn asks_initial(&self) -> bool {
        self.initial.contains(&Initial::OfModel)
    }

    /// The same values for another number of members.
    fn in_batches(&self, batch: Option<usize>) -> Result<Members, Error> {
        let (from, members) = (self.axes, batch.unwrap_or(1));
        let axes = Axes { members, ..from };
        let neurons = axes.neurons();
        if neurons == 0 || u32::try_from(neurons).is_err() {
            return Err(Error::Neurons);
        }
        let signature = &self.signature;
        let differs = |name: &str, help| Error::Batch {
            name: name.into(),
            members: from.members,
            help,
        };
        let other = |values: &Coherent, name: &str| {
            let help = "set it anew, for the neurons of one member, before another batch";
            values.in_batches(from, members).ok_or_else(|| differs(name, help))
        };
        let mut params = Vec::new();
        for (given, info) in self.params.iter().zip(&signature.params) {
            params.push(given.as_ref().map(|values| other(values, &info.name)).transpose()?);
        }
        let mut initial = Vec::new();
        for (given, info) in self.initial.iter().zip(&signature.states) {
            initial.push(match given {
                Initial::Given(values) => Initial::Given(other(values, &info.name)?),
                Initial::OfModel | Initial::Drawn(_) => given.clone(),
            });
        }
        let mut constants = Vec::new();
        for (input, info) in self.inputs.iter().zip(&signature.inputs) {
            if matches!(input.source, Some(Source::Stream(_))) && members != from.members {
                let help = "connect something else before another batch";
                return Err(differs(&info.name, help));
            }
            let constant = input.constant.as_ref();
            let constant = constant.map(|values| other(values, &info.name)).transpose()?;
            let parts = input
                .parts
                .in_batches(from, members)
                .map_err(|help| differs(&info.name, help))?;
            constants.push((constant, parts));
        }
        let mut weights = Vec::new();
        for (queue, info) in self.queues.iter().zip(&signature.ports) {
            queue.fits(&info.name, neurons)?;
            let parts = queue.parts.in_batches(from, members);
            weights.push(parts.map_err(|help| differs(&info.name, help))?);
        }
        let each = self.shape.of_member(self.batch);
        let recorder = |r: &Recorder| Recorder::new(&r.monitor, r.quantity, &r.trace.unit, &each, batch);
        Ok(Members {
            batch,
            shape: each.behind(batch),
            axes,
            neurons,
            params,
            initial,
            constants,
            weights,
            recorders: self.recorders.iter().map(recorder).collect::<Result<_, Error>>()?,
        })
    }

    /// Takes over what belongs to another number of members, and gives back what there was.
    fn exchange(&mut self, mut other: Members) -> Members {
        use core::mem::swap;
        swap(&mut self.batch, &mut other.batch);
        swap(&mut self.shape, &mut other.shape);
        swap(&mut self.axes, &mut other.axes);
        swap(&mut self.neurons, &mut other.neurons);
        swap(&mut self.params, &mut other.params);
        swap(&mut self.initial, &mut other.initial);
        for (input, (constant, parts)) in self.inputs.iter_mut().zip(&mut other.constants) {
            swap(&mut input.constant, constant);
            input.parts.exchange(parts);
        }
        for (queue, parts) in self.queues.iter_mut().zip(&mut other.weights) {
            queue.parts.exchange(parts);
        }
        swap(&mut self.recorders, &mut other.recorders);
        other
    }
}

impl<T: Kernels> Simulation<T> {
    /// Goes back to step 0, with another number of members if need be.
    pub(super) fn reset(&mut self, batch: Option<usize>) -> Result<(), Error> {
        self.set_driven(false)?;
        if batch == self.setup.batch {
            let binding = self.setup.bind::<T>(self.setup.asks_initial())?;
            self.take_back();
            return self.begin(&binding);
        }
        let members = self.setup.in_batches(batch)?;
        let before = self.setup.exchange(members);
        let begun = self.reset_all();
        if begun.is_err() {
            self.setup.exchange(before);
        }
        begun
    }

    /// Goes back to step 0 in memory that is laid out anew.
    fn reset_all(&mut self) -> Result<(), Error> {
        let binding = self.setup.bind::<T>(self.setup.asks_initial())?;
        let (layout, arrays, kernel) = Self::lay_out(&self.setup, &binding.per_neuron, &self.slots)?;
        let old = (
            core::mem::replace(&mut self.layout, layout),
            core::mem::replace(&mut self.arrays, arrays),
            core::mem::replace(&mut self.kernel, kernel),
            core::mem::replace(&mut self.per_neuron, binding.per_neuron.clone()),
        );
        let begun = self.begin(&binding);
        match begun {
            Ok(()) => self.forget(),
            Err(_) => (self.layout, self.arrays, self.kernel, self.per_neuron) = old,
        }
        begun
    }

    /// Writes what a simulation starts from, after which the next step is the first.
    pub(super) fn begin(&mut self, binding: &Binding<T>) -> Result<(), Error> {
        // States come first: theirs are the values that may not fit.
        let states = self.setup.initial.len();
        let first: Vec<Vec<T>> = (0..states)
            .map(|state| self.rounded(state, &self.initial(state, binding)))
            .collect::<Result<_, Error>>()?;
        for (state, values) in first.iter().enumerate() {
            self.write_state(state, values);
        }
        self.write_coefficients(binding);
        self.write_neurons();
        self.write_constant_inputs()?;
        if let Some(counter) = self.arrays.places().counter() {
            self.arrays.bits_mut(counter).fill(T::ZERO.bits());
            self.arrays.pad(counter);
        }
        for queue in &mut self.setup.queues {
            queue.rewind();
        }
        for input in &mut self.setup.inputs {
            input.parts.forget_once();
        }
        self.found.clear();
        self.begin_delays();
        for recorder in &mut self.setup.recorders {
            recorder.take();
        }
        self.step = 0;
        Ok(())
    }

    /// The initial values of a state.
    fn initial(&self, state: usize, binding: &Binding<T>) -> Coherent {
        match &self.setup.initial[state] {
            Initial::OfModel => binding.initial(state),
            Initial::Given(values) => values.clone(),
            Initial::Drawn(distribution) => {
                let info = &self.setup.signature.states[state];
                Coherent::PerNeuron(distribution.for_all(Whose {
                    name: &info.name,
                    unit: &info.unit,
                    axes: self.setup.axes,
                    seed: self.setup.seed,
                    of: Recipient::State(state),
                }))
            }
        }
    }
}

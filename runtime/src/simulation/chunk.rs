//! Steps in a row: what is known of them before the first one is made.

use alif_core::random::keys;
use alif_core::{FLUSH_EVERY, Place};
use alloc::vec::Vec;

use crate::error::Error;
use crate::event::Queue;
use crate::input::Source;
use crate::monitor::Quantity;
use crate::neuron::Kernels;

use super::Simulation;

/// Neuron-updates in a chunk, unless it becomes too short or too long.
const UPDATES: usize = 1 << 24;
/// The fewest and the most steps of a chunk, where nothing else limits it.
const STEPS: (usize, usize) = (FLUSH_EVERY as usize, 16 * FLUSH_EVERY as usize);
/// Spikes of a chunk that are worth the memory of their list. Where there are more, chunks become shorter.
const LISTED: u64 = 1 << 20;

/// What lies ahead of a population for some steps.
#[derive(Debug)]
pub(super) struct Chunk<B> {
    /// The first step.
    pub(super) first: u64,
    pub(super) steps: usize,
    /// The uniform values, step by step; nothing where they stay the same.
    pub(super) uniforms: Vec<B>,
    /// The weights that arrive, by step and then by neuron.
    pub(super) deliveries: Vec<Delivery<B>>,
    /// Where the deliveries of each step end; nothing where there are none.
    pub(super) ends: Vec<usize>,
}

impl<B> Default for Chunk<B> {
    fn default() -> Self {
        Self {
            first: 0,
            steps: 0,
            uniforms: Vec::new(),
            deliveries: Vec::new(),
            ends: Vec::new(),
        }
    }
}

/// A number to be written before a step and taken back after it: a weight, or that one arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery<B> {
    pub(super) array: u32,
    pub(super) neuron: u32,
    pub(super) bits: B,
}

impl<B> Chunk<B> {
    /// What is delivered in the step of this index, by neuron.
    pub(super) fn deliveries(&self, step: usize) -> &[Delivery<B>] {
        let Some(&end) = self.ends.get(step) else {
            return &[];
        };
        let start = step.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.deliveries[start..end]
    }

    /// What is delivered in the step of this index to some neurons.
    pub(super) fn deliveries_to(&self, step: usize, neurons: &core::ops::Range<usize>) -> &[Delivery<B>] {
        let all = self.deliveries(step);
        if all.is_empty() {
            return all;
        }
        let before = |limit: usize| all.partition_point(|delivery| (delivery.neuron as usize) < limit);
        &all[before(neurons.start)..before(neurons.end)]
    }
}

impl<T: Kernels> Simulation<T> {
    /// How many steps a chunk may have at most, with nothing to stop it.
    fn longest(&self) -> usize {
        if let Some(chosen) = self.setup.chunk {
            return chosen.max(1);
        }
        let longest = (UPDATES / self.setup.neurons).clamp(STEPS.0, STEPS.1);
        if self.setup.record_spikes {
            longest.min(self.listed_steps)
        } else {
            longest
        }
    }

    /// The steps of the first chunk of which spikes are listed: few enough that every neuron may spike in each.
    pub(super) fn first_listed_steps(neurons: usize) -> usize {
        (LISTED as usize / neurons).max(1)
    }

    /// Learns from the number of spikes of a chunk how long the next may be.
    pub(super) fn learn_from(&mut self, count: u64) {
        if count > LISTED {
            self.listed_steps = (self.listed_steps / 2).max(1);
        } else if count < LISTED / 4 && self.chunk.steps >= self.listed_steps {
            self.listed_steps = (self.listed_steps * 2).min(STEPS.1);
        }
    }

    /// Finds out what lies ahead: `most` steps or fewer, so that nothing happens between them that concerns the population as a whole.
    ///
    /// A chunk ends where a monitor looks, and before a step in which something is wrong: that is an error only when the step's turn has
    /// come, so that all before it are made.
    pub(super) fn plan(&mut self, most: u64, driven: bool) -> Result<(), Error> {
        self.take_back();
        self.sum_ports();
        self.make_room()?;
        let first = self.step;
        let alone = driven
            || self
                .setup
                .inputs
                .iter()
                .any(|i| i.is_summed() || matches!(i.source, Some(Source::Callback(_))))
            || self.setup.queues.iter().any(Queue::has_parts);
        let mut steps = if alone { 1 } else { self.longest() };
        steps = usize::try_from(most).unwrap_or(usize::MAX).min(steps);
        for recorder in &self.setup.recorders {
            let mut until = recorder.every - first % recorder.every;
            // The step that is looked at before its reset is made alone.
            if matches!(recorder.quantity, Quantity::BeforeReset(_)) {
                until = (until - 1).max(1);
            }
            steps = usize::try_from(until).unwrap_or(usize::MAX).min(steps);
        }
        self.chunk.first = first;
        // In this order: queues of events do not go back.
        steps = self.plan_uniforms(steps)?;
        self.chunk.steps = self.plan_events(steps)?;
        Ok(())
    }

    /// Writes down the uniform values of up to `steps` steps; gives the number of steps for which there are some.
    fn plan_uniforms(&mut self, steps: usize) -> Result<usize, Error> {
        self.chunk.uniforms.clear();
        let courses = self
            .setup
            .inputs
            .iter()
            .any(|i| matches!(i.source, Some(Source::Course(_))));
        let times = self.layout.times(self.setup.inputs.len()).next().is_some();
        if !courses && !times && self.layout.draws.is_empty() {
            return Ok(steps);
        }
        for index in 0..steps {
            match self.write_uniforms(self.chunk.first + index as u64) {
                Ok(()) => self.chunk.uniforms.extend_from_slice(self.arrays.uniforms()),
                Err(error) if index == 0 => return Err(error),
                Err(_) => return Ok(index),
            }
        }
        Ok(steps)
    }

    /// Writes the uniform values that change from step to step.
    fn write_uniforms(&mut self, step: u64) -> Result<(), Error> {
        for input in 0..self.setup.inputs.len() {
            if let (Some(Source::Course(values)), Place::Uniform(index)) =
                (&self.setup.inputs[input].source, self.arrays.places().input(input))
            {
                let value = self.setup.signature.inputs[input].unit.coherent(values[step as usize]);
                let value = self.single(input, value, step, None)?;
                self.arrays.uniforms_mut()[index] = value.bits();
            }
        }
        // Times are products, never running sums.
        for (later, input) in self.layout.times(self.setup.inputs.len()).enumerate() {
            let Place::Uniform(index) = self.arrays.places().input(input) else {
                unreachable!("the time is laid out as one value for all neurons");
            };
            let time = (step + later as u64) as f64 * self.setup.dt;
            self.arrays.uniforms_mut()[index] = T::from_f64(time).bits();
        }
        for (index, draw) in self.layout.draws.iter().enumerate() {
            let keys = keys(self.setup.seed, *draw, step);
            for (input, key) in self.layout.keys(index).into_iter().zip(keys) {
                let Place::Uniform(place) = self.arrays.places().input(input) else {
                    unreachable!("keys are laid out as one value for all neurons");
                };
                self.arrays.uniforms_mut()[place] = T::count_bits(key.cast_signed());
            }
        }
        Ok(())
    }

    /// After a chunk: the uniform values are those of its last step, for monitors.
    pub(super) fn keep_last_uniforms(&mut self) {
        let width = self.arrays.uniforms().len();
        if !self.chunk.uniforms.is_empty() {
            let last = (self.chunk.steps - 1) * width;
            self.arrays
                .uniforms_mut()
                .copy_from_slice(&self.chunk.uniforms[last..last + width]);
        }
    }
}

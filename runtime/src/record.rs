//! What a run leaves behind: spikes and traces.

use alloc::string::String;
use alloc::vec::Vec;

use crate::shape::Shape;

/// A spike: the neuron fired at the end of this step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spike {
    /// The step, counted from 0 since the population was built; the spike's time is `(step + 1) * dt`.
    pub step: u64,
    /// The neuron.
    pub neuron: u32,
}

/// Some steps of a run that goes on, see [`crate::Population::run_into`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// The first step, counted from 0 since the population was built.
    pub first_step: u64,
    /// The number of steps.
    pub steps: u64,
    /// The spikes in the order of (step, neuron), when they were asked for.
    pub spikes: &'a [Spike],
}

/// The course of one quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The state or definition.
    pub name: String,
    /// The unit of the values, as the model declares it.
    pub unit: String,
    /// The recorded neurons.
    pub neurons: Vec<u32>,
    /// How they are arranged: as the population where all are recorded, else in a row; in batches behind an axis of members.
    pub shape: Shape,
    /// The recorded steps; the value is the one after the step, at `(step + 1) * dt`.
    pub steps: Vec<u64>,
    /// The values, recorded steps × recorded neurons, row by row.
    pub values: Vec<f64>,
}

impl Trace {
    /// The course of the `index`-th recorded neuron.
    pub fn course(&self, index: usize) -> impl Iterator<Item = f64> + '_ {
        self.values
            .iter()
            .skip(index)
            .step_by(self.neurons.len().max(1))
            .copied()
    }
}

/// What one run recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The time step in ms.
    pub dt: f64,
    /// The first step of the run.
    pub first_step: u64,
    /// The number of steps of the run.
    pub steps: u64,
    /// The number of neurons.
    pub neurons: usize,
    /// How they are arranged, in batches behind an axis of members.
    pub shape: Shape,
    /// How many spikes there were, recorded or not.
    pub spike_count: u64,
    /// The spikes in the order of (step, neuron), when they were asked for.
    pub spikes: Vec<Spike>,
    /// The traces, in the order they were asked for.
    pub traces: Vec<Trace>,
}

impl Recording {
    /// The time in ms at the end of a step.
    #[must_use]
    pub fn time(&self, step: u64) -> f64 {
        (step + 1) as f64 * self.dt
    }

    /// The mean firing rate in Hz.
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        let seconds = self.steps as f64 * self.dt / 1000.0;
        if seconds > 0.0 && self.neurons > 0 {
            self.spike_count as f64 / self.neurons as f64 / seconds
        } else {
            0.0
        }
    }

    /// The trace of this name.
    #[must_use]
    pub fn trace(&self, name: &str) -> Option<&Trace> {
        self.traces.iter().find(|t| t.name == name)
    }
}

//! Spikes by step.

use alloc::vec;
use alloc::vec::Vec;

/// The spikes of some neurons in some steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    neurons: usize,
    /// Where the spikes of each step end.
    ends: Vec<usize>,
    spikes: Vec<u32>,
}

impl Raster {
    /// From pairs (step, neuron) in any order; a neuron that comes twice in a step counts twice.
    ///
    /// # Panics
    /// When a step or neuron is beyond its number.
    #[must_use]
    pub fn from_events(steps: usize, neurons: usize, events: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut events: Vec<(usize, usize)> = events.into_iter().collect();
        events.sort_unstable();
        let mut raster = Self {
            neurons,
            ends: vec![0; steps],
            spikes: Vec::with_capacity(events.len()),
        };
        for (step, neuron) in events {
            assert!(
                step < steps && neuron < neurons,
                "a spike of neuron {neuron} in step {step}; there are {neurons} neurons and {steps} steps"
            );
            raster.spikes.push(neuron as u32);
            raster.ends[step] += 1;
        }
        let mut end = 0;
        for count in &mut raster.ends {
            end += *count;
            *count = end;
        }
        raster
    }

    /// From a table of steps × neurons, row by row.
    ///
    /// # Panics
    /// When it is not made of whole rows.
    #[must_use]
    pub fn from_table(neurons: usize, table: &[bool]) -> Self {
        assert!(
            neurons > 0 && table.len().is_multiple_of(neurons),
            "rows of {neurons} neurons"
        );
        let spikes = table.iter().enumerate().filter(|(_, spikes)| **spikes);
        let events = spikes.map(|(at, _)| (at / neurons, at % neurons));
        Self::from_events(table.len() / neurons, neurons, events)
    }

    /// The number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.ends.len()
    }

    /// The number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// The neurons that spike in a step, in their order.
    #[must_use]
    pub fn step(&self, step: usize) -> &[u32] {
        let start = step.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.spikes[start..self.ends[step]]
    }

    /// The number of spikes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.spikes.len()
    }

    /// The spikes as (step, neuron), in this order.
    pub fn events(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.steps()).flat_map(|step| self.step(step).iter().map(move |&neuron| (step, neuron as usize)))
    }
}

/// Spikes of some trials that run side by side, written step by step.
#[derive(Debug, Default)]
pub(super) struct Trains {
    trials: usize,
    /// Where the spikes of each step and trial end.
    ends: Vec<usize>,
    spikes: Vec<u32>,
}

impl Trains {
    pub(super) fn clear(&mut self, trials: usize) {
        self.trials = trials;
        self.ends.clear();
        self.spikes.clear();
    }

    /// Adds a step: bit `trial * neurons + neuron` says whether it spikes.
    pub(super) fn push(&mut self, bits: &[u64], neurons: usize) {
        let (mut trial, mut end) = (0, neurons);
        for (word, &bits) in bits.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                let at = word * alif_core::WORD + left.trailing_zeros() as usize;
                while at >= end {
                    self.ends.push(self.spikes.len());
                    trial += 1;
                    end += neurons;
                }
                self.spikes.push((at + neurons - end) as u32);
                left &= left - 1;
            }
        }
        while trial < self.trials {
            self.ends.push(self.spikes.len());
            trial += 1;
        }
    }

    /// Bytes in use.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.ends.as_slice()) + size_of_val(self.spikes.as_slice())
    }

    /// The neurons of a trial that spike in a step.
    pub(super) fn spiking(&self, step: usize, trial: usize) -> &[u32] {
        let at = step * self.trials + trial;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.spikes[start..self.ends[at]]
    }

    /// The spikes of one trial.
    pub(super) fn raster(&self, trial: usize, neurons: usize) -> Raster {
        let steps = self.ends.len() / self.trials;
        let mut raster = Raster {
            neurons,
            ends: Vec::with_capacity(steps),
            spikes: Vec::new(),
        };
        for step in 0..steps {
            raster.spikes.extend_from_slice(self.spiking(step, trial));
            raster.ends.push(raster.spikes.len());
        }
        raster
    }
}

#[cfg(test)]
mod tests {
    use super::{Raster, Trains};

    #[test]
    fn spikes_come_back_by_step_and_neuron() {
        let raster = Raster::from_events(3, 5, [(2, 1), (0, 4), (2, 0), (2, 1)]);
        assert_eq!(raster.step(0), [4]);
        assert!(raster.step(1).is_empty());
        assert_eq!(raster.step(2), [0, 1, 1]);
        let events: Vec<_> = raster.events().collect();
        assert_eq!(events, [(0, 4), (2, 0), (2, 1), (2, 1)]);
    }

    #[test]
    fn bits_of_trials_side_by_side_are_parted() {
        let neurons = 50;
        let fires = |trial: usize, neuron: usize| (trial * 31 + neuron * 7).is_multiple_of(5) && trial != 1;
        let mut bits = [0_u64; 3];
        for at in (0..3 * neurons).filter(|at| fires(at / neurons, at % neurons)) {
            bits[at / 64] |= 1 << (at % 64);
        }
        let mut trains = Trains::default();
        trains.clear(3);
        trains.push(&[0; 3], neurons);
        trains.push(&bits, neurons);
        for trial in 0..3 {
            let wanted: Vec<u32> = (0..neurons as u32).filter(|&n| fires(trial, n as usize)).collect();
            assert!(trains.spiking(0, trial).is_empty());
            assert_eq!(trains.spiking(1, trial), wanted);
            assert_eq!(trains.raster(trial, neurons).step(1), wanted);
        }
    }
}

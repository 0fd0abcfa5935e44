//! Values of the last steps, in rings that go on with every step.

use alif_core::WORD;
use alloc::vec::Vec;

use crate::error::Error;
use crate::monitor::Quantity;
use crate::neuron::Kernels;

use super::Simulation;

/// What is remembered of the last steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delayed {
    Quantity(Quantity),
    Spikes,
}

/// The last steps of one quantity.
#[derive(Debug)]
pub(super) struct DelayLine<T> {
    of: Delayed,
    /// How many steps ago the oldest row is.
    longest: usize,
    /// The row of the last step.
    newest: usize,
    /// One row for each of the last `longest` steps and for the state now; none for spikes.
    values: Vec<T>,
    /// The same for spikes: a row of words.
    spikes: Vec<u64>,
}

impl<T: Copy> DelayLine<T> {
    /// The row of some steps ago.
    fn row(&self, steps: usize) -> usize {
        (self.newest + self.longest + 1 - steps) % (self.longest + 1)
    }
}

impl<T: Kernels> Simulation<T> {
    /// Remembers at least this many steps of a quantity from now on. What lies before now counts as having been as it is now; no neuron
    /// has spiked.
    pub(super) fn add_delay(&mut self, of: Delayed, longest: u64) -> Result<(), Error> {
        let neurons = self.setup.neurons;
        let full = |bytes| Error::Memory { neurons, bytes };
        let before = self.delays.iter().position(|line| line.of == of);
        let longest = usize::try_from(longest).map_err(|_| full(usize::MAX))?;
        if before.is_some_and(|at| self.delays[at].longest >= longest) {
            return Ok(());
        }
        let width = match of {
            Delayed::Quantity(_) => neurons,
            Delayed::Spikes => neurons.div_ceil(WORD),
        };
        let elements = longest.checked_add(1).and_then(|rows| rows.checked_mul(width));
        let elements = elements.ok_or_else(|| full(usize::MAX))?;
        let mut line = DelayLine {
            of,
            longest,
            newest: longest,
            values: Vec::new(),
            spikes: Vec::new(),
        };
        match of {
            Delayed::Quantity(_) => {
                let room = line.values.try_reserve_exact(elements);
                room.map_err(|_| full(elements.saturating_mul(size_of::<T>())))?;
            }
            Delayed::Spikes => {
                let room = line.spikes.try_reserve_exact(elements);
                room.map_err(|_| full(elements.saturating_mul(size_of::<u64>())))?;
            }
        }
        self.fill(&mut line);
        // What a shorter one remembers is kept.
        if let Some(at) = before {
            let old = self.delays.swap_remove(at);
            for ago in 0..=old.longest {
                let (from, to) = (old.row(ago) * width, line.row(ago) * width);
                match of {
                    Delayed::Quantity(_) => {
                        line.values[to..to + width].copy_from_slice(&old.values[from..from + width])
                    }
                    Delayed::Spikes => line.spikes[to..to + width].copy_from_slice(&old.spikes[from..from + width]),
                }
            }
        }
        self.delays.push(line);
        Ok(())
    }

    /// Begins all delays anew.
    pub(super) fn begin_delays(&mut self) {
        let mut delays = core::mem::take(&mut self.delays);
        for line in &mut delays {
            self.fill(line);
        }
        self.delays = delays;
    }

    /// Fills a line with what is now.
    fn fill(&self, line: &mut DelayLine<T>) {
        let rows = line.longest + 1;
        line.values.clear();
        line.spikes.clear();
        match line.of {
            Delayed::Quantity(quantity) => {
                let now = self.quantity(quantity);
                (0..rows).for_each(|_| line.values.extend_from_slice(&now));
            }
            Delayed::Spikes => line.spikes.resize(rows * self.setup.neurons.div_ceil(WORD), 0),
        }
    }

    /// Takes down what the step that was just made left behind.
    pub(super) fn remember(&mut self) {
        let mut delays = core::mem::take(&mut self.delays);
        for line in &mut delays {
            line.newest = (line.newest + 1) % (line.longest + 1);
            match line.of {
                Delayed::Quantity(Quantity::State(state)) => {
                    let values = self.arrays.values(self.arrays.places().state(state));
                    line.values[line.newest * values.len()..][..values.len()].copy_from_slice(values);
                }
                Delayed::Quantity(quantity) => {
                    let values = self.quantity(quantity);
                    line.values[line.newest * values.len()..][..values.len()].copy_from_slice(&values);
                }
                Delayed::Spikes => {
                    let width = self.setup.neurons.div_ceil(WORD);
                    let row = &mut line.spikes[line.newest * width..][..width];
                    row.fill(0);
                    let words = self.found.iter().flat_map(|found| &found.last);
                    row.iter_mut().zip(words).for_each(|(to, word)| *to = *word);
                }
            }
        }
        self.delays = delays;
    }

    /// How many steps a quantity can be asked for, where it is remembered.
    pub(super) fn longest_delay(&self, of: Delayed) -> Option<u64> {
        let line = self.delays.iter().find(|line| line.of == of)?;
        Some(line.longest as u64)
    }

    /// A quantity some steps ago, in the coherent set, or 1 where a neuron spiked; nothing where that is not remembered.
    pub(super) fn delayed(&self, of: Delayed, steps: u64) -> Option<Vec<f64>> {
        let line = self.delays.iter().find(|line| line.of == of)?;
        let row = line.row(usize::try_from(steps).ok().filter(|&steps| steps <= line.longest)?);
        let neurons = self.setup.neurons;
        Some(match of {
            Delayed::Quantity(_) => {
                let values = &line.values[row * neurons..(row + 1) * neurons];
                values.iter().map(|value| value.to_f64()).collect()
            }
            Delayed::Spikes => {
                let width = neurons.div_ceil(WORD);
                let words = &line.spikes[row * width..(row + 1) * width];
                let spiked = |neuron: usize| words[neuron / WORD] >> (neuron % WORD) & 1;
                (0..neurons).map(|neuron| spiked(neuron) as f64).collect()
            }
        })
    }

    /// A quantity of all neurons as it is now.
    pub(super) fn quantity(&self, quantity: Quantity) -> Vec<T> {
        match quantity {
            Quantity::State(state) | Quantity::BeforeReset(state) => {
                self.arrays.values(self.arrays.places().state(state)).to_vec()
            }
            Quantity::Definition(definition) => {
                let all: Vec<u32> = (0..self.setup.neurons as u32).collect();
                T::observe(self.setup.neuron.as_ref(), definition, &self.arrays, &all)
            }
        }
    }

    /// The neurons that spiked in the last step.
    pub(super) fn spiked(&self) -> Vec<u32> {
        let words = self.found.iter().flat_map(|found| &found.last).zip(0_u32..);
        let mut neurons = Vec::new();
        for (&word, at) in words {
            let mut left = word;
            while left != 0 {
                neurons.push(at * WORD as u32 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        neurons
    }
}

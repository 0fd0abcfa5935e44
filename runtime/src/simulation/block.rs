//! A block of neurons on its way through the steps of a chunk.

use core::ops::Range;

use alif_core::{FLUSH_EVERY, Place, Real, StepKernel, Steps, View, WORD};
use alloc::vec::Vec;

use super::chunk::{Chunk, Delivery};

/// Words of spike bits that are kept until they are counted or listed, if one step has no more: they stay in the innermost cache.
const KEPT: usize = 2048;

/// What all blocks of a chunk have in common.
pub(super) struct Job<'a, T: Real> {
    pub(super) kernel: &'a dyn StepKernel<T>,
    pub(super) chunk: &'a Chunk<T::Bits>,
    /// The uniform values where they stay the same.
    pub(super) uniforms: &'a [T::Bits],
    /// For each input, its values step by step where there is one a step and neuron, and a word of zeros.
    pub(super) streams: &'a [Option<Vec<T>>],
    /// Whether there are such inputs.
    pub(super) streamed: bool,
    pub(super) neurons: usize,
    /// Whether neurons spike.
    pub(super) spikes: bool,
    /// Whether spikes are listed, not only counted.
    pub(super) listed: bool,
    /// The state that counts sub-steps, where there are any.
    pub(super) sub_steps: Option<usize>,
}

/// What a block leaves behind.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How many spikes there were.
    pub(super) count: u64,
    /// The neurons that spiked, step by step.
    pub(super) neurons: Vec<u32>,
    /// Where the spikes of each step end.
    pub(super) ends: Vec<usize>,
    /// The spike bits of the last step.
    pub(super) last: Vec<u64>,
    /// The words of a step that have spikes, and room for the others.
    active: Vec<u32>,
    /// The step, by index, in which there was no memory left to list spikes.
    pub(super) full: Option<usize>,
    /// The first step, by index, that sub-steps did not get to the end of, and its first neuron.
    pub(super) unfinished: Option<(usize, u32)>,
}

impl<'a, T: Real> Job<'a, T> {
    /// Takes a block, whose first neuron is `start`, through the chunk. `bits` is memory for spike bits.
    pub(super) fn run(&self, start: usize, view: &mut View<'a, T>, bits: &mut Vec<u64>, found: &mut Found) {
        let own = start..start + view.neurons();
        let words = view.words();
        let most = (KEPT / words).clamp(1, FLUSH_EVERY as usize);
        if bits.len() < most * words {
            bits.resize(most * words, 0);
        }
        found.count = 0;
        found.neurons.clear();
        found.ends.clear();
        found.full = None;
        found.unfinished = None;
        let mut done = 0;
        while done < self.chunk.steps {
            self.find_rows(done, &own, view);
            let delivered = self.chunk.deliveries_to(done, &own);
            for delivery in delivered {
                view.array_mut(delivery.array as usize)[delivery.neuron as usize - start] = delivery.bits;
            }
            let count = self.in_a_row(done, delivered, &own, most);
            let advance = if self.chunk.uniforms.is_empty() {
                0
            } else {
                self.uniforms.len()
            };
            let uniforms = if advance == 0 {
                self.uniforms
            } else {
                &self.chunk.uniforms[done * advance..]
            };
            self.kernel.run(view, Steps::new(count, uniforms, advance, bits));
            done += count;
            if let Some(counter) = self.sub_steps {
                let counts = &view.values_mut(counter)[..own.len()];
                found.unfinished = found.unfinished.or_else(|| unfinished(counts, done, start));
            }
            // Those of the last step stay, for monitors.
            if done < self.chunk.steps {
                for delivery in delivered {
                    view.array_mut(delivery.array as usize)[delivery.neuron as usize - start] = T::ZERO.bits();
                }
            }
            if (self.chunk.first + done as u64).is_multiple_of(FLUSH_EVERY) {
                view.flush_tiny();
            }
            if self.spikes {
                let bits = &mut bits[..count * words];
                clear_padding(bits, words, own.len());
                if done == self.chunk.steps {
                    found.last.clear();
                    found.last.extend_from_slice(&bits[(count - 1) * words..]);
                }
                if self.listed {
                    found.list(start, bits, words, done - count);
                } else {
                    found.count += count_bits(bits);
                }
            }
        }
    }

    /// How many steps from index `done` on the kernel may make in a row, up to `most`.
    fn in_a_row(&self, done: usize, delivered: &[Delivery<T::Bits>], own: &Range<usize>, most: usize) -> usize {
        if self.streamed || !delivered.is_empty() {
            return 1;
        }
        let flush = FLUSH_EVERY - (self.chunk.first + done as u64) % FLUSH_EVERY;
        let most = most.min(self.chunk.steps - done).min(flush as usize);
        if self.chunk.ends.is_empty() {
            return most;
        }
        let silent = |later: &usize| self.chunk.deliveries_to(done + later, own).is_empty();
        1 + (1..most).take_while(silent).count()
    }

    /// Finds the inputs of a step that differ between neurons and steps. They are read from where they are; only those of the last step are
    /// copied, for monitors.
    fn find_rows(&self, step: usize, own: &Range<usize>, view: &mut View<'a, T>) {
        if !self.streamed {
            return;
        }
        view.read_own();
        let places = view.places();
        let last = step + 1 == self.chunk.steps;
        for (input, values) in self.streams.iter().enumerate() {
            let (Some(values), Place::Array(array)) = (values, places.input(input)) else {
                continue;
            };
            let first = (self.chunk.first as usize + step) * self.neurons + own.start;
            // Behind the last neuron stand the first ones of the next step, or a word of zeros: padding reads whatever it likes.
            let row = &values[first..first + view.words() * WORD];
            if last || !view.read_elsewhere(array, row) {
                view.values_mut(array)[..own.len()].copy_from_slice(&row[..own.len()]);
                view.pad(array);
            }
        }
    }
}

impl Found {
    /// Lists the spikes of some steps, `words` words each; the first has this index in the chunk.
    fn list(&mut self, start: usize, bits: &[u64], words: usize, first: usize) {
        if self.active.len() < words {
            self.active.resize(words, 0);
        }
        for (later, row) in bits.chunks_exact(words).enumerate() {
            // Nobody can foresee which words have spikes, so finding them takes no branch.
            let mut active = 0;
            for (word, &bits) in row.iter().enumerate() {
                self.active[active] = word as u32;
                active += usize::from(bits != 0);
            }
            if self.neurons.try_reserve(active * WORD).is_err() {
                self.full.get_or_insert(first + later);
                active = 0;
            }
            for &word in &self.active[..active] {
                let base = start as u32 + word * WORD as u32;
                let mut left = row[word as usize];
                while left != 0 {
                    self.neurons.push(base + left.trailing_zeros());
                    left &= left - 1;
                }
            }
            self.ends.push(self.neurons.len());
        }
        self.count = self.neurons.len() as u64;
    }

    /// The neurons that spiked in the step of this index.
    pub(super) fn spiking(&self, step: usize) -> &[u32] {
        let start = step.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.neurons[start..self.ends[step]]
    }
}

/// Clears the bits behind the last neuron in each step.
fn clear_padding(bits: &mut [u64], words: usize, neurons: usize) {
    let used = neurons % WORD;
    if used != 0 {
        for last in bits.iter_mut().skip(words - 1).step_by(words) {
            *last &= (1 << used) - 1;
        }
    }
}

fn count_bits(bits: &[u64]) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The first step that sub-steps did not get to the end of, among the steps before the one of index `next`, and its first neuron.
fn unfinished<T: Real>(counts: &[T], next: usize, start: usize) -> Option<(usize, u32)> {
    let failed = counts.iter().enumerate().filter(|(_, count)| **count < T::ZERO);
    // The count is -1 after the step itself, and one less after each further one.
    let step = |count: T| next.saturating_sub((-count.to_f64()) as usize);
    failed.map(|(at, count)| (step(*count), (start + at) as u32)).min()
}

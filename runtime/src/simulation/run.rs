//! The loop over time: chunks of steps, and in each the blocks of neurons.

use core::ops::ControlFlow;

use alif_core::{Arrays, WORD};
use alloc::vec::Vec;

use crate::error::Error;
use crate::monitor::{Quantity, Recorder};
use crate::neuron::Kernels;
use crate::record::{Batch, Recording, Spike};

use super::block::{Found, Job};
use super::{Drive, Setup, Simulation};

/// Bytes of arrays that a block has, so that it stays in the cache next to the processor while its steps are made.
const BLOCK_BYTES: usize = 192 << 10;
/// The fewest words of a block, unless there are not as many.
const FEWEST_WORDS: usize = 16;
/// Neuron-updates from which it is worth to wake other threads.
#[cfg(feature = "threads")]
const WORTH_THREADS: usize = 1 << 16;

/// What is told of a run while it goes on.
pub(crate) enum Watch<'a> {
    /// Nothing.
    Nobody,
    /// Whether to go on is asked after each step.
    EachStep(&'a mut dyn FnMut(u64) -> ControlFlow<()>),
    /// Spikes are handed over, chunk by chunk, and not kept.
    Batches(&'a mut dyn FnMut(Batch<'_>) -> ControlFlow<()>),
}

impl<T: Kernels> Simulation<T> {
    pub(super) fn run(
        &mut self,
        steps: u64,
        mut drive: Option<Drive<'_>>,
        mut watch: Watch<'_>,
    ) -> Result<Recording, Error> {
        self.set_driven(drive.is_some())?;
        self.inputs_last(steps)?;
        // A run that ended in an error may have left something behind.
        for recorder in &mut self.setup.recorders {
            recorder.take();
        }
        let first_step = self.step;
        let (mut spike_count, mut spikes) = (0, Vec::new());
        let end = first_step.saturating_add(steps);
        while self.step < end {
            let most = match watch {
                Watch::EachStep(_) => 1,
                Watch::Nobody | Watch::Batches(_) => end - self.step,
            };
            self.plan(most, drive.is_some())?;
            match &mut drive {
                Some(drive) => self.drive(*drive)?,
                None => self.call_back()?,
            }
            self.see_before_reset()?;
            self.advance();
            self.keep_last_uniforms();
            let chunk_first = self.step;
            self.step += self.chunk.steps as u64;
            self.finished(chunk_first)?;
            if matches!(watch, Watch::Batches(_)) {
                spikes.clear();
            }
            let count = self.list_spikes(chunk_first, &mut spikes)?;
            self.learn_from(count);
            spike_count += count;
            self.record(self.step - 1)?;
            let flow = match &mut watch {
                Watch::Nobody => ControlFlow::Continue(()),
                Watch::EachStep(go_on) => go_on(self.step - first_step),
                Watch::Batches(sink) => sink(Batch {
                    first_step: chunk_first,
                    steps: self.chunk.steps as u64,
                    spikes: &spikes,
                }),
            };
            if flow.is_break() {
                break;
            }
        }
        if matches!(watch, Watch::Batches(_)) {
            spikes = Vec::new();
        }
        Ok(Recording {
            dt: self.setup.dt,
            first_step,
            steps: self.step - first_step,
            neurons: self.setup.neurons,
            shape: self.setup.shape.clone(),
            spike_count,
            spikes,
            traces: self.setup.recorders.iter_mut().map(Recorder::take).collect(),
        })
    }

    /// Makes the steps of the chunk.
    fn advance(&mut self) {
        let words = self.arrays.words();
        let block = block_words(&self.setup, &self.arrays);
        let blocks = words.div_ceil(block);
        if self.found.len() != blocks {
            self.found.resize_with(blocks, Found::default);
        }
        let sub_steps = self.counter_of_sub_steps();
        let (views, uniforms) = self.arrays.views(block);
        let job = Job {
            kernel: &*self.kernel,
            chunk: &self.chunk,
            uniforms,
            streams: &self.streams,
            streamed: self.streams.iter().any(Option::is_some),
            neurons: self.setup.neurons,
            spikes: self.layout.spikes,
            listed: self.setup.record_spikes,
            sub_steps,
        };
        let work = views.zip(&mut self.found).enumerate();
        #[cfg(feature = "threads")]
        if let Some(team) = &self.setup.team
            && blocks > 1
            && (self.setup.block.is_some() || self.chunk.steps * self.setup.neurons >= WORTH_THREADS)
        {
            team.each(work, |(at, (mut view, found)), bits| {
                job.run(at * block * WORD, &mut view, bits, found);
            });
            return;
        }
        work.for_each(|(at, (mut view, found))| job.run(at * block * WORD, &mut view, &mut self.bits, found));
    }

    /// The array that counts sub-steps, where there are any.
    fn counter_of_sub_steps(&self) -> Option<usize> {
        let wanted = self.setup.signature.sub_steps.as_ref()?;
        Some(self.arrays.places().state(wanted.counter))
    }

    /// Whether sub-steps reached the end of each step of the chunk.
    fn finished(&mut self, first: u64) -> Result<(), Error> {
        let Some((index, neuron)) = self.found.iter().filter_map(|found| found.unfinished).min() else {
            return Ok(());
        };
        let (Some(wanted), Some(counter)) = (self.setup.signature.sub_steps, self.counter_of_sub_steps()) else {
            return Ok(());
        };
        // It was told: whoever changes something and goes on begins anew.
        for count in self.arrays.values_mut(counter) {
            *count = if *count < T::ZERO { T::ZERO } else { *count };
        }
        self.arrays.pad(counter);
        let step = first + index as u64;
        Err(Error::SubSteps {
            neuron,
            step,
            time: step as f64 * self.setup.dt,
            most: wanted.most,
            tolerance: wanted.tolerance,
        })
    }

    /// Adds the spikes of the chunk, by step and then by neuron, to a list; gives their number.
    fn list_spikes(&mut self, first: u64, spikes: &mut Vec<Spike>) -> Result<u64, Error> {
        let count: u64 = self.found.iter().map(|found| found.count).sum();
        if !self.layout.spikes || !self.setup.record_spikes {
            return Ok(count);
        }
        let full = |index: usize, bytes: usize| Error::Recording {
            step: first + index as u64,
            bytes,
        };
        let bytes = (spikes.len() + count as usize).saturating_mul(size_of::<Spike>());
        if let Some(index) = self.found.iter().filter_map(|found| found.full).min() {
            return Err(full(index, bytes));
        }
        spikes.try_reserve(count as usize).map_err(|_| full(0, bytes))?;
        for index in 0..self.chunk.steps {
            let step = first + index as u64;
            for found in &self.found {
                spikes.extend(found.spiking(index).iter().map(|&neuron| Spike { step, neuron }));
            }
        }
        Ok(count)
    }

    /// Records what monitors look at after this step.
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
                Quantity::BeforeReset(_) => recorder.trace.values.append(&mut recorder.seen),
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

/// Words of a block: as many as the cache holds, and where threads share the work a like number of blocks for each.
fn block_words<T: Kernels>(setup: &Setup, arrays: &Arrays<T>) -> usize {
    if let Some(neurons) = setup.block {
        return neurons.div_ceil(WORD).max(1);
    }
    let bytes = arrays.places().arrays().max(1) * size_of::<T>() * WORD;
    let most = (BLOCK_BYTES / bytes).max(FEWEST_WORDS);
    let words = arrays.words();
    let share = setup.threads();
    let blocks = words.div_ceil(most).next_multiple_of(share);
    words.div_ceil(blocks).max(FEWEST_WORDS.min(words)).max(1)
}

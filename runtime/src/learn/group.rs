//! Some trials side by side, on their way forward and back.
//!
//! A group is computed by one thread, whatever other groups do, and how trials are grouped depends only on their number: so every sum
//! has one order, and any number of threads gives the same bits.

use alloc::vec;
use alloc::vec::Vec;

use alif_core::native::Level;
use alif_core::{Arrays, FLUSH_EVERY, Steps};
use core::ops::Range;

use super::back::Back;
use super::loss::{Objective, Rows, Targets};
use super::online::Both;
use super::program::Program;
use super::raster::Trains;
use super::rates::Over;
use super::tape::{Reel, Tape};
use super::{Float, LearnError, Raster, Rates};

/// What spikes drive: where their weights are summed.
#[derive(Clone, Debug)]
pub(super) struct Synapses<T> {
    /// The drive, by its place among all.
    pub(super) drive: usize,
    /// Weights in the coherent unit, those of each presynaptic neuron together.
    pub(super) weights: Vec<T>,
}

/// What all groups share.
pub(super) struct Job<'a, T: Float> {
    pub(super) level: Level,
    pub(super) neurons: usize,
    pub(super) outputs: usize,
    pub(super) steps: usize,
    pub(super) delay: usize,
    pub(super) seed: u64,
    pub(super) forward: &'a Program<T>,
    /// The arrays that spikes drive.
    pub(super) drives: &'a [usize],
    pub(super) input: Synapses<T>,
    pub(super) recurrent: Option<Synapses<T>>,
    /// The weights of the readout, those of each neuron together.
    pub(super) readout: &'a [T],
    pub(super) kappa: T,
    pub(super) gain: T,
    pub(super) rasters: &'a [Raster],
    /// What is kept for the way back; nothing if there is none.
    pub(super) tape: Option<Tape>,
}

/// What all groups share on the way back.
pub(super) struct Return<'a, T: Float> {
    pub(super) program: &'a Back<T>,
    pub(super) objective: Objective,
    pub(super) targets: Targets<'a>,
    pub(super) rates: Option<Rates>,
    /// The mean number of spikes of each neuron over all trials, where rates are those of the batch.
    pub(super) means: Vec<f64>,
    /// The feedback, those of each output together.
    pub(super) feedback: Vec<T>,
    /// Recurrent weights, those of each postsynaptic neuron together; none where transmission is cut.
    pub(super) recurrent: Option<Vec<T>>,
}

/// Sums over the trials of a group.
#[derive(Debug, Default)]
pub(super) struct Sums<T> {
    pub(super) input: Vec<T>,
    pub(super) recurrent: Vec<T>,
    pub(super) readout: Vec<T>,
    /// For each parameter, one value a neuron.
    pub(super) params: Vec<Vec<f64>>,
}

/// Some trials side by side.
pub(super) struct Group<T: Float> {
    pub(super) trials: Range<usize>,
    forward: Arrays<T>,
    pub(super) back: Option<Arrays<T>>,
    pub(super) reel: Reel<T>,
    pub(super) bits: Vec<u64>,
    pub(super) trains: Trains,
    /// Outputs: steps × trials × outputs.
    pub(super) outputs: Vec<T>,
    /// The derivatives of the loss with respect to them.
    errors: Vec<T>,
    /// The loss of each trial.
    pub(super) losses: Vec<f64>,
    pub(super) sums: Sums<T>,
    /// What traces came to, of inputs and recurrent ones, trial by trial.
    pub(super) online: Option<Both<T>>,
}

impl<T: Float> Group<T> {
    pub(super) fn new(trials: Range<usize>, job: &Job<'_, T>, back: Option<&Back<T>>) -> Result<Self, LearnError> {
        let forward = job.forward.arrays(trials.start, trials.len())?;
        let back = back.map(|back| back.program.arrays(trials.start, trials.len()));
        let words = forward.words();
        Ok(Self {
            trials,
            forward,
            back: back.transpose()?,
            reel: Reel::default(),
            bits: vec![0; words],
            trains: Trains::default(),
            outputs: Vec::new(),
            errors: Vec::new(),
            losses: Vec::new(),
            sums: Sums::default(),
            online: None,
        })
    }

    /// Bytes of all that is kept.
    pub(super) fn bytes(&self) -> usize {
        let sums = self.sums.input.len() + self.sums.recurrent.len() + self.sums.readout.len();
        let reals = self.outputs.len() + self.errors.len() + sums;
        self.forward.size()
            + self.back.as_ref().map_or(0, Arrays::size)
            + self.reel.bytes()
            + self.trains.bytes()
            + reals * size_of::<T>()
    }

    /// All steps forward.
    pub(super) fn run_forward(&mut self, job: &Job<'_, T>) {
        self.begin_forward(job, job.tape);
        for step in 0..job.steps {
            if job.tape.is_some() {
                self.reel.mark(&self.forward, step);
            }
            self.advance(job, step, false);
            self.trains.push(&self.bits, job.neurons);
            self.read(job, step);
        }
    }

    /// Before the first step.
    pub(super) fn begin_forward(&mut self, job: &Job<'_, T>, tape: Option<Tape>) {
        let trials = self.trials.len();
        self.outputs.clear();
        self.outputs.resize(job.steps * trials * job.outputs, T::ZERO);
        self.trains.clear(trials);
        if let Some(tape) = tape {
            self.reel.wind(&self.forward, job.drives, job.steps, tape);
        }
        job.forward.begin(&mut self.forward);
    }

    /// One step forward; `again` where it was made before.
    pub(super) fn advance(&mut self, job: &Job<'_, T>, step: usize, again: bool) {
        let Self { forward, bits, .. } = self;
        for &array in job.drives {
            forward.values_mut(array).fill(T::ZERO);
        }
        for (at, trial) in self.trials.clone().enumerate() {
            let range = at * job.neurons..(at + 1) * job.neurons;
            let arriving = [
                Some((&job.input, job.rasters[trial].step(step))),
                job.recurrent
                    .as_ref()
                    .filter(|_| step >= job.delay)
                    .map(|synapses| (synapses, self.trains.spiking(step - job.delay, at))),
            ];
            for (synapses, spikes) in arriving.into_iter().flatten() {
                let sums = &mut forward.values_mut(job.drives[synapses.drive])[range.clone()];
                T::gather(job.level, sums, &synapses.weights, spikes);
            }
        }
        for &array in job.drives {
            forward.pad(array);
        }
        if job.tape.is_some() {
            self.reel.keep(forward, step, again);
        }
        job.forward.write_step(forward, job.seed, step as u64);
        let words = forward.words();
        let (mut view, uniforms, spikes) = forward.view(0..words);
        job.forward.kernel.run(&mut view, Steps::one(uniforms, spikes));
        if (step as u64 + 1).is_multiple_of(FLUSH_EVERY) {
            forward.flush_tiny();
        }
        forward.clear_padding();
        bits.copy_from_slice(forward.spikes());
    }

    /// The outputs after a step.
    pub(super) fn read(&mut self, job: &Job<'_, T>, step: usize) {
        let width = self.trials.len() * job.outputs;
        let (before, now) = self.outputs.split_at_mut(step * width);
        let now = &mut now[..width];
        for (at, y) in now.chunks_exact_mut(job.outputs.max(1)).enumerate() {
            T::gather(job.level, y, job.readout, self.trains.spiking(step, at));
            for value in y.iter_mut() {
                *value = job.gain * *value;
            }
        }
        if step > 0 {
            let before = &before[(step - 1) * width..];
            for (y, &before) in now.iter_mut().zip(before) {
                *y = job.kappa * before + *y;
            }
        }
    }

    /// The losses of trials and their derivatives with respect to the outputs.
    fn find_errors(&mut self, job: &Job<'_, T>, back: &Return<'_, T>) {
        let trials = self.trials.len();
        self.errors.clear();
        self.errors.resize(self.outputs.len(), T::ZERO);
        self.losses.clear();
        for (at, trial) in self.trials.clone().enumerate() {
            let rows = Rows {
                values: &self.outputs,
                start: at * job.outputs,
                stride: trials * job.outputs,
                width: job.outputs,
                steps: job.steps,
            };
            let loss = back.objective.of_trial(rows, &back.targets, trial, &mut self.errors);
            self.losses.push(loss);
        }
    }

    /// The losses, and all steps back: gradients summed over trials.
    pub(super) fn run_back(&mut self, job: &Job<'_, T>, back: &Return<'_, T>) {
        self.find_errors(job, back);
        let (trials, neurons) = (self.trials.len(), job.neurons);
        let program = back.program;
        let Some(mut arrays) = self.back.take() else {
            return;
        };
        program.begin(&mut arrays);
        let zeros = |sums: &mut Vec<T>, length: usize| {
            sums.clear();
            sums.resize(length, T::ZERO);
        };
        zeros(&mut self.sums.input, job.input.weights.len());
        zeros(
            &mut self.sums.recurrent,
            job.recurrent.as_ref().map_or(0, |r| r.weights.len()),
        );
        zeros(&mut self.sums.readout, job.readout.len());
        let rates = back.rates.map(|rates| self.rate_cotangents(job, back, rates));
        // The derivatives with respect to what arrives, of the last steps, for transmission with a delay.
        let mut arriving = vec![T::ZERO; job.delay * trials * neurons];
        let mut filtered = vec![T::ZERO; trials * job.outputs];
        let mut weighted = filtered.clone();
        let width = filtered.len();

        for (segment, again) in self.reel.segments() {
            if again {
                self.reel.rewind(&mut self.forward, segment.start);
                for step in segment.clone() {
                    self.advance(job, step, true);
                }
            }
            for step in segment.rev() {
                let errors = &self.errors[step * width..][..width];
                for ((filtered, weighted), &error) in filtered.iter_mut().zip(&mut weighted).zip(errors) {
                    *filtered = job.kappa * *filtered + error;
                    *weighted = job.gain * *filtered;
                }
                let ring = step % job.delay * trials * neurons..(step % job.delay + 1) * trials * neurons;
                if let Some(array) = program.spike {
                    let spikes = arrays.values_mut(array);
                    match &rates {
                        Some(rates) => spikes.copy_from_slice(rates),
                        None => spikes.fill(T::ZERO),
                    }
                    T::product(job.level, spikes, &weighted, &back.feedback, neurons);
                    if let Some(recurrent) = &back.recurrent
                        && step + job.delay < job.steps
                    {
                        T::product(job.level, spikes, &arriving[ring.clone()], recurrent, neurons);
                    }
                    arrays.pad(array);
                }
                program.step(&mut arrays, &self.reel, job.seed, step);
                self.add(job, step, &weighted, &arrays, program);
                if let (Some(_), Some(synapses)) = (&back.recurrent, &job.recurrent) {
                    let gradient = arrays.values(program.drives[synapses.drive].gradient);
                    arriving[ring].copy_from_slice(gradient);
                }
            }
        }
        self.sums.params = program.params(&arrays, neurons);
        self.back = Some(arrays);
    }

    /// What a step adds to the gradients of weights.
    fn add(&mut self, job: &Job<'_, T>, step: usize, weighted: &[T], arrays: &Arrays<T>, program: &Back<T>) {
        let neurons = job.neurons;
        let gradient = |synapses: &Synapses<T>| arrays.values(program.drives[synapses.drive].gradient);
        for (at, trial) in self.trials.clone().enumerate() {
            let own = at * neurons..(at + 1) * neurons;
            let of_inputs = &gradient(&job.input)[own.clone()];
            T::scatter(
                job.level,
                &mut self.sums.input,
                job.rasters[trial].step(step),
                of_inputs,
            );
            if let Some(synapses) = job.recurrent.as_ref().filter(|_| step >= job.delay) {
                let spikes = self.trains.spiking(step - job.delay, at);
                T::scatter(job.level, &mut self.sums.recurrent, spikes, &gradient(synapses)[own]);
            }
            let of_outputs = &weighted[at * job.outputs..(at + 1) * job.outputs];
            T::scatter(
                job.level,
                &mut self.sums.readout,
                self.trains.spiking(step, at),
                of_outputs,
            );
        }
    }

    /// The derivatives of the rate term with respect to any spike of each neuron: trials × neurons.
    pub(super) fn rate_cotangents(&self, job: &Job<'_, T>, back: &Return<'_, T>, rates: Rates) -> Vec<T> {
        let steps = job.steps as f64;
        let factor = rates.strength / steps / back.objective.divisor(job.steps);
        let of = |count: f64| T::from_f64(factor * (count / steps - rates.target));
        match rates.over {
            Over::Trial => self.counts(job).into_iter().map(|count| of(f64::from(count))).collect(),
            Over::Batch => {
                let row: Vec<T> = back.means.iter().map(|&count| of(count)).collect();
                row.repeat(self.trials.len())
            }
        }
    }

    /// How often each neuron spiked in each trial: trials × neurons.
    pub(super) fn counts(&self, job: &Job<'_, T>) -> Vec<u32> {
        let mut counts = vec![0; self.trials.len() * job.neurons];
        for (at, counts) in counts.chunks_exact_mut(job.neurons).enumerate() {
            for step in 0..job.steps {
                for &neuron in self.trains.spiking(step, at) {
                    counts[neuron as usize] += 1;
                }
            }
        }
        counts
    }
}

//! E-prop while the trial runs: eligibility traces in place of a way back.
//!
//! A trace ε_ji of a synapse is dx_j/dW_ji within neuron j, a vector like the state. A step takes it to J_j ε_ji + U_j s_i, and e_ji = q_j ε_ji
//! plus r_j s_i is dz_j/dW_ji, where J = dx'/dx, U = dx'/du, q = dz/dx and r = dz/du of the neuron in this step, with the edges cut that the
//! rule cuts. Rows of J and q are what the adjoint makes of a one in one place, so they hold for any model.
//!
//! Where J and U of a component are the same for all neurons and read no other components, as those of a membrane with a detached reset,
//! its trace depends on the presynaptic neuron alone, and there is one for each of them; the others are kept for each synapse. That is found
//! out step by step, so it needs no knowledge of the model.

use alloc::vec;
use alloc::vec::Vec;

use super::Float;
use super::back::Back;
use super::group::{Group, Job, Return, Synapses};
use super::tape::Tape;

/// The derivatives of one step, for some trials side by side: for each result (the components of the state, then the spike), by each component
/// of the state before the step, and by each drive; one value a neuron.
struct Local<T> {
    by_state: Vec<Vec<Vec<T>>>,
    by_drive: Vec<Vec<Vec<T>>>,
}

impl<T: Float> Local<T> {
    fn new(states: usize, drives: usize) -> Self {
        Self {
            by_state: vec![vec![Vec::new(); states]; states + 1],
            by_drive: vec![vec![Vec::new(); drives]; states + 1],
        }
    }

    /// Those of a step: the adjoint is asked once for each result.
    fn find(
        &mut self,
        program: &Back<T>,
        arrays: &mut alif_core::Arrays<T>,
        reel: &super::tape::Reel<T>,
        seed: u64,
        step: usize,
    ) {
        let states = program.cotangents.len();
        let one = T::from_f64(1.0);
        for result in 0..=states {
            program.begin(arrays);
            if let Some(array) = program.spike {
                let value = if result == states { one } else { T::ZERO };
                arrays.values_mut(array).fill(value);
                arrays.pad(array);
            }
            if let Some(&array) = program.cotangents.get(result) {
                arrays.values_mut(array).fill(one);
                arrays.pad(array);
            }
            if result < states || program.spike.is_some() {
                program.step(arrays, reel, seed, step);
            }
            let copy = |to: &mut Vec<T>, array: usize| {
                to.clear();
                to.extend_from_slice(arrays.values(array));
            };
            for (to, &array) in self.by_state[result].iter_mut().zip(&program.cotangents) {
                copy(to, array);
            }
            for (to, drive) in self.by_drive[result].iter_mut().zip(&program.drives) {
                copy(to, drive.gradient);
            }
        }
    }
}

/// The traces of the synapses from some presynaptic neurons in one trial.
struct Traces<T> {
    drive: usize,
    pre: usize,
    /// For each component: one trace a presynaptic neuron while it depends on nothing else.
    shared: Vec<Option<Vec<T>>>,
    /// For each component that is not shared, one trace a synapse.
    own: Vec<Vec<T>>,
    /// e through the filter of the readout.
    filtered: Vec<T>,
    /// The sum of e over steps, where rates need it.
    sum: Vec<T>,
    gradient: Vec<T>,
    /// How often each presynaptic neuron spiked in the step.
    spikes: Vec<T>,
    eligibility: Vec<T>,
    row: Vec<Vec<T>>,
}

/// What a step does to traces.
struct Update<'a, T> {
    local: &'a Local<T>,
    /// The neurons of the trial among all.
    own: core::ops::Range<usize>,
    kappa: T,
    gain: T,
    /// The learning signal of each neuron.
    signal: &'a [T],
    rates: bool,
}

impl<T: Float> Traces<T> {
    fn new(synapses: &Synapses<T>, neurons: usize, states: usize) -> Self {
        let pre = synapses.weights.len() / neurons;
        Self {
            drive: synapses.drive,
            pre,
            shared: vec![Some(vec![T::ZERO; pre]); states],
            own: vec![Vec::new(); states],
            filtered: vec![T::ZERO; pre * neurons],
            sum: vec![T::ZERO; pre * neurons],
            gradient: vec![T::ZERO; pre * neurons],
            spikes: vec![T::ZERO; pre],
            eligibility: vec![T::ZERO; neurons],
            row: vec![vec![T::ZERO; neurons]; states],
        }
    }

    /// Gives each synapse a trace of its own for the components that differ between neurons in this step.
    fn part(&mut self, update: &Update<'_, T>) {
        let own = &update.own;
        let same = |values: &[T]| {
            values[own.clone()]
                .iter()
                .all(|value| value.bits() == values[own.start].bits())
        };
        let zero = |values: &[T]| values[own.clone()].iter().all(|value| *value == T::ZERO);
        loop {
            let apart = (0..self.shared.len()).find(|&component| {
                let by_state = &update.local.by_state[component];
                let depends = |(values, shared): (&Vec<T>, &Option<Vec<T>>)| match shared {
                    Some(_) => !same(values),
                    None => !zero(values),
                };
                self.shared[component].is_some()
                    && (!same(&update.local.by_drive[component][self.drive])
                        || by_state.iter().zip(&self.shared).any(depends))
            });
            let Some(component) = apart else {
                return;
            };
            let neurons = own.len();
            let values = self.shared[component].take().unwrap_or_default();
            self.own[component] = values
                .iter()
                .flat_map(|&value| core::iter::repeat_n(value, neurons))
                .collect();
        }
    }

    /// A step.
    fn step(&mut self, update: &Update<'_, T>, spikes: &[u32]) {
        self.part(update);
        self.spikes.fill(T::ZERO);
        for &spike in spikes {
            self.spikes[spike as usize] = self.spikes[spike as usize] + T::from_f64(1.0);
        }
        let neurons = update.own.len();
        let states = self.shared.len();
        for i in 0..self.pre {
            let range = i * neurons..(i + 1) * neurons;
            self.sum_into_eligibility(update, states, i);
            let filtered = &mut self.filtered[range.clone()];
            let gradient = &mut self.gradient[range.clone()];
            for (j, &e) in self.eligibility.iter().enumerate() {
                filtered[j] = update.kappa * filtered[j] + update.gain * e;
                gradient[j] = gradient[j] + update.signal[j] * filtered[j];
            }
            if update.rates {
                for (sum, &e) in self.sum[range.clone()].iter_mut().zip(&self.eligibility) {
                    *sum = *sum + e;
                }
            }
            for component in 0..states {
                if self.shared[component].is_none() {
                    self.sum_into_eligibility(update, component, i);
                    core::mem::swap(&mut self.row[component], &mut self.eligibility);
                }
            }
            for component in 0..states {
                if self.shared[component].is_none() {
                    self.own[component][range.clone()].copy_from_slice(&self.row[component]);
                }
            }
        }
        self.step_shared(update);
    }

    /// The derivative of a result of the step by the weights from presynaptic neuron `i`.
    fn sum_into_eligibility(&mut self, update: &Update<'_, T>, result: usize, i: usize) {
        let neurons = update.own.len();
        let spikes = self.spikes[i];
        let by_drive = &update.local.by_drive[result][self.drive][update.own.clone()];
        for (e, &by_drive) in self.eligibility.iter_mut().zip(by_drive) {
            *e = by_drive * spikes;
        }
        for (component, by_state) in update.local.by_state[result].iter().enumerate() {
            let by_state = &by_state[update.own.clone()];
            match &self.shared[component] {
                Some(shared) => {
                    for (e, &by_state) in self.eligibility.iter_mut().zip(by_state) {
                        *e = *e + by_state * shared[i];
                    }
                }
                None => {
                    let own = &self.own[component][i * neurons..(i + 1) * neurons];
                    for ((e, &by_state), &own) in self.eligibility.iter_mut().zip(by_state).zip(own) {
                        *e = *e + by_state * own;
                    }
                }
            }
        }
    }

    fn step_shared(&mut self, update: &Update<'_, T>) {
        let first = update.own.start;
        let before = self.shared.clone();
        for (component, shared) in self.shared.iter_mut().enumerate() {
            let Some(shared) = shared else { continue };
            for (i, value) in shared.iter_mut().enumerate() {
                let mut sum = update.local.by_drive[component][self.drive][first] * self.spikes[i];
                for (by_state, before) in update.local.by_state[component].iter().zip(&before) {
                    if let Some(before) = before {
                        sum = sum + by_state[first] * before[i];
                    }
                }
                *value = sum;
            }
        }
    }
}

impl<T: Float> Group<T> {
    /// All steps forward, with the gradients summed over trials.
    pub(super) fn run_online(&mut self, job: &Job<'_, T>, back: &Return<'_, T>) {
        let Some(mut arrays) = self.back.take() else {
            return;
        };
        let program = back.program;
        let (trials, neurons, states) = (self.trials.len(), job.neurons, program.cotangents.len());
        self.begin_forward(job, Some(Tape::Every(1)));
        let mut local = Local::new(states, job.drives.len());
        let traces = |synapses: &Synapses<T>| -> Vec<Traces<T>> {
            (0..trials).map(|_| Traces::new(synapses, neurons, states)).collect()
        };
        let mut input = traces(&job.input);
        let mut recurrent = job.recurrent.as_ref().map(traces).unwrap_or_default();
        let mut readout = vec![T::ZERO; job.readout.len()];
        let mut filtered = vec![T::ZERO; trials * neurons];
        let mut signal = vec![T::ZERO; neurons];
        let mut error = vec![T::ZERO; job.outputs];
        self.losses.clear();
        self.losses.resize(trials, 0.0);
        for step in 0..job.steps {
            self.advance(job, step, true);
            self.trains.push(&self.bits, neurons);
            self.read(job, step);
            local.find(program, &mut arrays, &self.reel, job.seed, step);
            for (at, trial) in self.trials.clone().enumerate() {
                let y = (step * trials + at) * job.outputs;
                let y = &self.outputs[y..y + job.outputs];
                self.losses[at] += back
                    .objective
                    .of_step(y, &back.targets, trial, step, job.steps, &mut error);
                signal.fill(T::ZERO);
                T::product(job.level, &mut signal, &error, &back.feedback, neurons);
                let update = Update {
                    local: &local,
                    own: at * neurons..(at + 1) * neurons,
                    kappa: job.kappa,
                    gain: job.gain,
                    signal: &signal,
                    rates: back.rates.is_some(),
                };
                input[at].step(&update, job.rasters[trial].step(step));
                if let Some(traces) = recurrent.get_mut(at) {
                    let spikes = match step.checked_sub(job.delay) {
                        Some(sent) => self.trains.spiking(sent, at),
                        None => &[],
                    };
                    traces.step(&update, spikes);
                }
                let filtered = &mut filtered[at * neurons..(at + 1) * neurons];
                for value in filtered.iter_mut() {
                    *value = job.kappa * *value;
                }
                for &spike in self.trains.spiking(step, at) {
                    filtered[spike as usize] = filtered[spike as usize] + job.gain;
                }
                for (row, &filtered) in readout.chunks_exact_mut(job.outputs.max(1)).zip(filtered.iter()) {
                    for (sum, &error) in row.iter_mut().zip(&error) {
                        *sum = *sum + error * filtered;
                    }
                }
            }
        }
        self.sums.readout = readout;
        self.online = Some((
            input.into_iter().map(Traces::done).collect(),
            recurrent.into_iter().map(Traces::done).collect(),
        ));
        self.back = Some(arrays);
    }

    /// The gradients of the weights from the traces of all trials, with the term of rates, which are known by now.
    pub(super) fn sum_online(&mut self, job: &Job<'_, T>, back: &Return<'_, T>) {
        let Some((input, recurrent)) = self.online.take() else {
            return;
        };
        let rates = back.rates.map(|rates| self.rate_cotangents(job, back, rates));
        let sum = |done: Vec<Done<T>>| {
            let length = done.first().map_or(0, |done| done.gradient.len());
            let mut sum = vec![T::ZERO; length];
            for (at, done) in done.into_iter().enumerate() {
                for (sum, &gradient) in sum.iter_mut().zip(&done.gradient) {
                    *sum = *sum + gradient;
                }
                let Some(rates) = &rates else { continue };
                let rates = rates[at * job.neurons..(at + 1) * job.neurons].iter().cycle();
                for ((sum, &e), &rate) in sum.iter_mut().zip(&done.sum).zip(rates) {
                    *sum = *sum + rate * e;
                }
            }
            sum
        };
        self.sums.input = sum(input);
        self.sums.recurrent = sum(recurrent);
        self.sums.params = Vec::new();
    }
}

/// What the traces of inputs and those of recurrent connections leave behind, trial by trial.
pub(super) type Both<T> = (Vec<Done<T>>, Vec<Done<T>>);

/// What traces leave behind.
pub(super) struct Done<T> {
    gradient: Vec<T>,
    sum: Vec<T>,
}

impl<T> Traces<T> {
    fn done(self) -> Done<T> {
        Done {
            gradient: self.gradient,
            sum: self.sum,
        }
    }
}

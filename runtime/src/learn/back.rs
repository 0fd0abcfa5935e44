//! The adjoint of a model, as groups run it.

use alloc::vec;
use alloc::vec::Vec;

use alif_core::{Arrays, FLUSH_EVERY, Place, Steps};

use super::program::{Program, Source};
use super::tape::Reel;
use super::{Float, LearnError};
use crate::AdjointOptions;
use crate::neuron::{Engine, Neuron};
use crate::values::Coherent;

/// Where a drive of the model is in the adjoint.
#[derive(Debug)]
pub(super) struct DriveOf {
    /// The array that its value in the step is written to; nothing where the adjoint does not read it.
    pub(super) value: Option<usize>,
    /// The array in which the derivative with respect to it is found.
    pub(super) gradient: usize,
}

/// The derivative of an initial value with respect to a parameter.
#[derive(Debug)]
struct Initial {
    /// The parameter, by its place among those that have a derivative.
    param: usize,
    /// The array of the derivative with respect to the state.
    state: usize,
    /// The coefficient.
    coefficient: usize,
}

/// The adjoint of a model.
pub(super) struct Back<T: Float> {
    pub(super) program: Program<T>,
    /// For each state of the model, and then the counter, the array that its value before the step is written to.
    states: Vec<Option<usize>>,
    /// For each state of the model, the array of the derivative with respect to it.
    pub(super) cotangents: Vec<usize>,
    /// The drives.
    pub(super) drives: Vec<DriveOf>,
    /// The array of the derivative of the loss with respect to the spike, if the adjoint reads it.
    pub(super) spike: Option<usize>,
    /// For each state of the model, the array of the derivative of the loss with respect to it, where there is one.
    pub(super) losses: Vec<Option<usize>>,
    /// For each parameter that has a derivative, its number in the signature and the array in which it is summed.
    pub(super) params: Vec<(usize, usize)>,
    initial: Vec<Initial>,
}

/// What an adjoint is made for.
pub(super) struct Demand<'a> {
    pub(super) neuron: &'a dyn Neuron,
    pub(super) neurons: usize,
    pub(super) dt: f64,
    pub(super) engine: Engine,
    pub(super) params: &'a [Option<Coherent>],
    pub(super) options: &'a AdjointOptions,
    /// Continuous inputs and event ports (if true) that change from step to step.
    pub(super) drives: &'a [(bool, usize)],
    /// Whether the loss depends on the spikes.
    pub(super) spikes: bool,
    /// For each state, whether the loss depends on it.
    pub(super) losses: &'a [bool],
}

impl<T: Float> Back<T> {
    pub(super) fn new(demand: &Demand<'_>) -> Result<Self, LearnError> {
        let adjoint = demand.neuron.adjoint(demand.options)?;
        let map = adjoint.map();
        let ports: Vec<usize> = demand
            .drives
            .iter()
            .filter(|(port, _)| *port)
            .map(|(_, index)| *index)
            .collect();
        // What differs between neurons; nothing else that the adjoint may read is anything but zero.
        let mut inputs = map.before.clone();
        let continuous = demand.drives.iter().filter(|(port, _)| !port);
        inputs.extend(continuous.map(|(_, index)| map.drives[*index]));
        let losses = map.loss.iter().zip(demand.losses).filter(|(_, asked)| **asked);
        inputs.extend(losses.map(|(input, _)| *input));
        if demand.spikes {
            inputs.extend(map.loss_spike);
        }
        inputs.retain(|&input| map.reads[input]);
        let program = Program::<T>::new(&Source {
            neuron: &**adjoint.neuron(),
            neurons: demand.neurons,
            dt: demand.dt,
            engine: demand.engine,
            params: demand.params,
            inputs: &inputs,
            ports: &ports,
        })?;
        let array = |place: Place| match place {
            Place::Array(array) => Some(array),
            Place::Uniform(_) => None,
        };
        let read = |input: usize| array(program.places.input(input)).filter(|_| map.reads[input]);
        let mut states: Vec<Option<usize>> = map.before.iter().map(|&input| read(input)).collect();
        states.push(program.places.counter().filter(|_| map.reads_counter));
        let drive = |&(port, index): &(bool, usize)| {
            let (value, state) = if port {
                let value = array(program.places.weight(index, 0)).filter(|_| map.reads_weights[index][0]);
                (value, map.weights[index][0])
            } else {
                (read(map.drives[index]), map.inputs[index])
            };
            DriveOf {
                value,
                gradient: program.places.state(state),
            }
        };
        let params: Vec<(usize, usize)> = map
            .params
            .iter()
            .map(|gradient| (gradient.param, program.places.state(gradient.state)))
            .collect();
        let initial = map.initial.iter().filter_map(|initial| {
            Some(Initial {
                param: params.iter().position(|(param, _)| *param == initial.param)?,
                state: program.places.state(map.states[initial.state]),
                coefficient: initial.coefficient,
            })
        });
        Ok(Self {
            states,
            cotangents: map.states.iter().map(|&state| program.places.state(state)).collect(),
            drives: demand.drives.iter().map(drive).collect(),
            spike: map.loss_spike.filter(|_| demand.spikes).and_then(read),
            losses: map
                .loss
                .iter()
                .zip(demand.losses)
                .map(|(&input, asked)| read(input).filter(|_| *asked))
                .collect(),
            initial: initial.collect(),
            params,
            program,
        })
    }

    /// Before the last step: all derivatives are zero.
    pub(super) fn begin(&self, arrays: &mut Arrays<T>) {
        for state in 0..self.program.places.states() {
            arrays.values_mut(self.program.places.state(state)).fill(T::ZERO);
            arrays.pad(state);
        }
    }

    /// One step back; the derivative with respect to its spikes was written.
    pub(super) fn step(&self, arrays: &mut Arrays<T>, reel: &Reel<T>, seed: u64, step: usize) {
        let padded = arrays.words() * alif_core::WORD;
        let stride = arrays.stride();
        let all = arrays.all_bits_mut();
        let mut copy = |to: usize, from: &[T::Bits]| {
            all[to * stride..][..padded].copy_from_slice(&from[..padded]);
        };
        for (array, to) in self.states.iter().enumerate() {
            if let Some(to) = to {
                copy(*to, reel.state(step, array));
            }
        }
        for (at, drive) in self.drives.iter().enumerate() {
            if let Some(to) = drive.value {
                copy(to, reel.drive(step, at));
            }
        }
        self.program.write_step(arrays, seed, step as u64);
        let words = arrays.words();
        let (mut view, uniforms, spikes) = arrays.view(0..words);
        self.program.kernel.run(&mut view, Steps::one(uniforms, spikes));
        if (step as u64).is_multiple_of(FLUSH_EVERY) {
            arrays.flush_tiny();
        }
    }

    /// The derivatives with respect to parameters after the first step, summed over trials: for each, one value a neuron, in the coherent
    /// set of units.
    pub(super) fn params(&self, arrays: &Arrays<T>, neurons: usize) -> Vec<Vec<f64>> {
        let of = |(at, (_, array)): (usize, &(usize, usize))| {
            let mut values: Vec<f64> = arrays.values(*array).iter().map(|value| value.to_f64()).collect();
            for initial in self.initial.iter().filter(|initial| initial.param == at) {
                let states = arrays.values(initial.state).iter();
                for (neuron, (value, state)) in values.iter_mut().zip(states).enumerate() {
                    let bits = match self.program.places.coefficient(initial.coefficient) {
                        Place::Array(array) => arrays.bits(array)[neuron],
                        Place::Uniform(index) => arrays.uniforms()[index],
                    };
                    *value += T::from_bits(bits).to_f64() * state.to_f64();
                }
            }
            let mut sums = vec![0.0; neurons];
            for trial in values.chunks_exact(neurons) {
                for (sum, value) in sums.iter_mut().zip(trial) {
                    *sum += value;
                }
            }
            sums
        };
        self.params.iter().enumerate().map(of).collect()
    }
}

//! Do all engines compute the same bits?

mod functions;
pub(crate) mod generated;
pub(crate) mod generator;
mod populations;
mod random_states;
mod solvers;

use std::sync::Arc;

use alif_compiler::backend::cranelift::{JitOptions, Kernel, compile};
use alif_compiler::backend::{Interpreter, bind, complete};
use alif_compiler::ir::Program;
use alif_core::{Arrays, BindError, Place, Places, Real, Specialization, StepKernel};

use crate::support::Random;

/// One program under one specialisation: memory to start from, and engines to run it.
pub(crate) struct Setting<T: Real> {
    program: Arc<Program>,
    pub(crate) specialization: Specialization,
    pub(crate) arrays: Arrays<T>,
}

impl<T: Real> Setting<T> {
    /// Zeroed memory; `per_neuron` is asked for each coefficient and then for each input.
    pub(crate) fn new(program: Arc<Program>, neurons: usize, mut per_neuron: impl FnMut() -> bool) -> Self {
        let mut ask = |n: usize| (0..n).map(|_| per_neuron()).collect::<Vec<bool>>();
        let specialization = Specialization {
            coefficients: ask(program.layout.coefficients),
            inputs: ask(program.layout.inputs),
            ports: vec![true; program.layout.ports.len()],
        };
        let places = Places::new(&program.layout, &specialization);
        let arrays = Arrays::new(places, neurons).expect("memory for the arrays");
        Self {
            program,
            specialization,
            arrays,
        }
    }

    pub(crate) fn interpreter(&self) -> Interpreter {
        Interpreter::new(self.program.clone(), &self.specialization)
    }

    pub(crate) fn kernel(&self, fma: bool) -> Kernel<T> {
        let options = JitOptions { verifier: true, fma };
        compile(&self.program, &self.specialization, options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The coefficients of a parameter set.
    fn coefficients(&self, set: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        let params = complete(&self.program, set, dt)?;
        Ok(bind(&self.program, &params, dt, T::MAX_COUNT)?.coefficients)
    }

    /// Writes the coefficients of some parameter sets, in the coherent set; neuron `n` has set `of(n)`, uniform ones set 0.
    pub(crate) fn bind(&mut self, sets: &[Vec<Option<f64>>], dt: f64, of: impl Fn(usize) -> usize) {
        let bound: Vec<Vec<f64>> = sets
            .iter()
            .map(|set| {
                self.coefficients(set, dt)
                    .unwrap_or_else(|error| panic!("{error:?}\n{}", self.program))
            })
            .collect();
        for (at, coefficient) in self.program.prepare.coefficients.iter().enumerate() {
            let bits = |value: f64| {
                if coefficient.steps {
                    T::count_bits(value as i64)
                } else {
                    T::from_f64(value).bits()
                }
            };
            match self.arrays.places().coefficient(at) {
                Place::Uniform(index) => self.arrays.uniforms_mut()[index] = bits(bound[0][at]),
                Place::Array(array) => {
                    for (neuron, to) in self.arrays.bits_mut(array).iter_mut().enumerate() {
                        *to = bits(bound[of(neuron)][at]);
                    }
                    self.arrays.pad(array);
                }
            }
        }
    }

    /// Writes a quantity of every neuron.
    pub(crate) fn write(&mut self, array: usize, mut value: impl FnMut() -> f64) {
        self.arrays.values_mut(array).fill_with(|| T::from_f64(value()));
        self.arrays.pad(array);
    }

    /// New inputs and weights for a step: inputs from `inputs`, an event for one neuron in four.
    pub(crate) fn drive(&mut self, random: &mut Random, inputs: (f64, f64), weights: (f64, f64)) {
        for input in 0..self.program.layout.inputs {
            match self.arrays.places().input(input) {
                Place::Uniform(index) => {
                    self.arrays.uniforms_mut()[index] = T::from_f64(random.between(inputs.0, inputs.1)).bits();
                }
                Place::Array(array) => self.write(array, || random.between(inputs.0, inputs.1)),
            }
        }
        let program = self.program.clone();
        for (port, layout) in program.layout.ports.iter().enumerate() {
            for slot in 0..layout.slots {
                let Place::Array(array) = self.arrays.places().weight(port, slot) else {
                    panic!("every port receives events here");
                };
                let arrival = self.arrays.places().arrival(port, slot).map(|place| match place {
                    Place::Array(array) => array,
                    Place::Uniform(_) => panic!("every port receives events here"),
                });
                for neuron in 0..self.arrays.neurons() {
                    let arrived = random.chance(25);
                    let weight = if arrived {
                        random.between(weights.0, weights.1)
                    } else {
                        0.0
                    };
                    self.arrays.values_mut(array)[neuron] = T::from_f64(weight);
                    if let Some(arrival) = arrival {
                        self.arrays.bits_mut(arrival)[neuron] = T::count_bits(i64::from(arrived));
                    }
                }
                self.arrays.pad(array);
                arrival.into_iter().for_each(|array| self.arrays.pad(array));
            }
        }
    }

    /// The same memory again.
    pub(crate) fn copy(&self) -> Arrays<T> {
        let mut copy = Arrays::new(self.arrays.places().clone(), self.arrays.neurons()).expect("memory");
        copy_bits(&self.arrays, &mut copy);
        copy
    }
}

/// Copies all arrays and uniform values.
fn copy_bits<T: Real>(from: &Arrays<T>, to: &mut Arrays<T>) {
    let all = from.places().arrays() * from.stride();
    to.all_bits_mut()[..all].copy_from_slice(&from.all_bits()[..all]);
    to.uniforms_mut().copy_from_slice(from.uniforms());
}

/// Runs one step of all neurons.
pub(crate) fn step<T: Real>(kernel: &dyn StepKernel<T>, arrays: &mut Arrays<T>) {
    let words = arrays.words();
    arrays.run(kernel, 0..words);
    arrays.clear_padding();
}

/// How many bit patterns of two memories differ; where `nan_is_one` all NaNs of a state are one.
pub(crate) fn different<T: Real>(a: &Arrays<T>, b: &Arrays<T>, nan_is_one: bool) -> usize {
    let mut found = a
        .spikes()
        .iter()
        .zip(b.spikes())
        .map(|(x, y)| (x ^ y).count_ones() as usize)
        .sum();
    for array in 0..a.places().arrays() {
        let (x, y) = (a.bits(array), b.bits(array));
        if x == y {
            continue;
        }
        let real = array < a.places().states();
        let nan = |bits: T::Bits| T::from_bits(bits).to_f64().is_nan();
        found += x
            .iter()
            .zip(y)
            .filter(|&(&x, &y)| x != y && !(nan_is_one && real && nan(x) && nan(y)))
            .count();
    }
    found
}

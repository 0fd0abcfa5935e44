//! One neuron that is advanced in double precision by the interpreter, with everything that happens in a step or with the integration alone.

use std::sync::Arc;

use alif_core::random::keys;
use alif_core::{Arrays, BindError, Place, Places, Real, Specialization};

use crate::Compiled;
use crate::backend::{Interpreter, bind};
use crate::ir::{Options, Program, lower};
use crate::model::Model;
use crate::update::Update;

/// The programs of a model without its noise.
pub(super) struct Programs {
    /// A whole step.
    pub(super) whole: Arc<Program>,
    /// The integration, without events, spikes and refractory period.
    pub(super) integration: Arc<Program>,
}

impl Programs {
    pub(super) fn new(compiled: &Compiled) -> Self {
        let update = without_noise(&compiled.update);
        let options = Options::default();
        let whole = if update.blocks == compiled.update.blocks && update.approximate == compiled.update.approximate {
            compiled.program.clone()
        } else {
            lower(&compiled.model, &update, &options)
        };
        let bare = Model {
            on_blocks: vec![],
            spike: None,
            refractory: None,
            events: vec![],
            ..compiled.model.clone()
        };
        Self {
            whole: Arc::new(whole),
            integration: Arc::new(lower(&bare, &update, &options)),
        }
    }
}

fn without_noise(update: &Update) -> Update {
    let mut update = update.clone();
    for equation in &mut update.approximate {
        equation.noise.clear();
    }
    for block in &mut update.blocks {
        if !block.noises.is_empty() {
            block.noises.clear();
            block.g.clear();
            *block = block.clone().with_structure();
        }
    }
    update
}

/// One neuron with one time step.
pub(super) struct Walker {
    program: Arc<Program>,
    kernel: Interpreter,
    arrays: Arrays<f64>,
    /// Inputs of the model; behind them are the times.
    inputs: usize,
    dt: f64,
    initial: Vec<f64>,
}

impl Walker {
    /// A neuron at its initial values, with all inputs 0.
    pub(super) fn new(program: &Arc<Program>, inputs: usize, params: &[f64], dt: f64) -> Result<Self, BindError> {
        let bound = bind(program, params, dt, i64::MAX)?;
        let mut specialization = Specialization {
            coefficients: vec![false; program.layout.coefficients],
            inputs: vec![false; program.layout.inputs],
            ports: vec![true; program.layout.ports.len()],
        };
        if let Some(neuron) = program.layout.neuron() {
            specialization.inputs[neuron] = true;
        }
        let places = Places::new(&program.layout, &specialization);
        let arrays = Arrays::new(places, 1).unwrap_or_else(|bytes| panic!("no memory for {bytes} bytes"));
        let mut walker = Self {
            kernel: Interpreter::new(program.clone(), &specialization),
            program: program.clone(),
            arrays,
            inputs,
            dt,
            initial: bound.initial,
        };
        for (coefficient, &value) in bound.coefficients.iter().enumerate() {
            let steps = program.prepare.coefficients[coefficient].steps;
            let bits = if steps {
                f64::count_bits(value as i64)
            } else {
                value.bits()
            };
            let place = walker.arrays.places().coefficient(coefficient);
            walker.write(place, bits);
        }
        walker.restart();
        Ok(walker)
    }

    fn write(&mut self, place: Place, bits: u64) {
        match place {
            Place::Uniform(at) => self.arrays.uniforms_mut()[at] = bits,
            Place::Array(array) => self.arrays.bits_mut(array)[0] = bits,
        }
    }

    /// Back to the initial values.
    pub(super) fn restart(&mut self) {
        let initial = self.initial.clone();
        self.set_states(&initial);
        if let Some(counter) = self.arrays.places().counter() {
            self.write(Place::Array(counter), f64::count_bits(0));
        }
    }

    pub(super) fn states(&self) -> Vec<f64> {
        (0..self.initial.len())
            .map(|state| self.arrays.values(self.arrays.places().state(state))[0])
            .collect()
    }

    pub(super) fn set_states(&mut self, values: &[f64]) {
        for (state, value) in values.iter().enumerate() {
            let array = self.arrays.places().state(state);
            self.arrays.values_mut(array)[0] = *value;
        }
    }

    /// Sets the inputs of the model, in the coherent set.
    pub(super) fn set_inputs(&mut self, values: &[f64]) {
        for (input, value) in values.iter().enumerate() {
            let place = self.arrays.places().input(input);
            self.write(place, value.bits());
        }
    }

    /// Lets a weight arrive at a port in the next step, or nothing for `None`.
    pub(super) fn deliver(&mut self, port: usize, weight: Option<f64>) {
        for slot in 0..self.program.layout.ports[port].slots {
            let place = self.arrays.places().weight(port, slot);
            self.write(place, weight.unwrap_or(0.0).bits());
            if let Some(place) = self.arrays.places().arrival(port, slot) {
                self.write(place, f64::count_bits(i64::from(weight.is_some())));
            }
        }
    }

    /// One step that starts at a time in ms, whose number random numbers go by. Says whether the neuron spikes.
    pub(super) fn step(&mut self, time: f64, number: u64) -> bool {
        let program = self.program.clone();
        for (later, input) in program.layout.times(self.inputs).enumerate() {
            let place = self.arrays.places().input(input);
            self.write(place, (time + later as f64 * self.dt).bits());
        }
        for (index, draw) in program.layout.draws.iter().enumerate() {
            for (input, key) in program.layout.keys(index).into_iter().zip(keys(0, *draw, number)) {
                let place = self.arrays.places().input(input);
                self.write(place, f64::count_bits(key.cast_signed()));
            }
        }
        self.kernel.run_neuron(&mut self.arrays, 0)
    }
}

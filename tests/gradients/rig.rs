//! One neuron of a program, step by step, with everything it reads written by hand.

use std::sync::Arc;

use alif_compiler::backend::{Interpreter, bind};
use alif_compiler::ir::Program;
use alif_core::{Arrays, BindError, Place, Places, Real, Specialization, StepKernel};

/// One neuron of a program.
pub(crate) struct Rig<T: Real> {
    pub(crate) program: Arc<Program>,
    specialization: Specialization,
    kernel: Arc<dyn StepKernel<T>>,
    pub(crate) arrays: Arrays<T>,
}

impl<T: Real> Rig<T> {
    /// With the interpreter.
    pub(crate) fn new(program: &Program) -> Self {
        let program = Arc::new(program.clone());
        let specialization = Specialization {
            ports: vec![true; program.layout.ports.len()],
            ..Specialization::uniform(&program.layout)
        };
        let places = Places::new(&program.layout, &specialization);
        let arrays = Arrays::new(places, 1).expect("memory for one neuron");
        let kernel = Arc::new(Interpreter::new(program.clone(), &specialization));
        Self {
            program,
            specialization,
            kernel,
            arrays,
        }
    }

    /// With another kernel, made for what this one is laid out for.
    pub(crate) fn with_kernel(
        mut self,
        kernel: impl FnOnce(&Program, &Specialization) -> Arc<dyn StepKernel<T>>,
    ) -> Self {
        self.kernel = kernel(&self.program, &self.specialization);
        self
    }

    /// Binds parameters, all in the coherent set; gives all coefficients.
    pub(crate) fn bind(&mut self, params: &[f64], dt: f64) -> Result<Vec<f64>, BindError> {
        let bound = bind(&self.program, params, dt, T::MAX_COUNT)?;
        for (at, &value) in bound.coefficients.iter().enumerate() {
            let steps = self.program.prepare.coefficients[at].steps;
            let bits = if steps {
                T::count_bits(value as i64)
            } else {
                T::from_f64(value).bits()
            };
            self.write(self.arrays.places().coefficient(at), bits);
        }
        Ok(bound.coefficients)
    }

    fn write(&mut self, place: Place, bits: T::Bits) {
        match place {
            Place::Uniform(index) => self.arrays.uniforms_mut()[index] = bits,
            Place::Array(array) => {
                self.arrays.bits_mut(array)[0] = bits;
                self.arrays.pad(array);
            }
        }
    }

    pub(crate) fn set_state(&mut self, state: usize, value: f64) {
        self.write(
            Place::Array(self.arrays.places().state(state)),
            T::from_f64(value).bits(),
        );
    }

    pub(crate) fn set_input(&mut self, input: usize, value: f64) {
        self.write(self.arrays.places().input(input), T::from_f64(value).bits());
    }

    /// Writes the bits of an input that is no number, such as a key.
    pub(crate) fn set_input_bits(&mut self, input: usize, bits: T::Bits) {
        self.write(self.arrays.places().input(input), bits);
    }

    /// A weight that arrives, or none.
    pub(crate) fn set_weight(&mut self, port: usize, slot: usize, weight: Option<f64>) {
        let place = self.arrays.places().weight(port, slot);
        self.write(place, T::from_f64(weight.unwrap_or(0.0)).bits());
        if let Some(place) = self.arrays.places().arrival(port, slot) {
            self.write(place, T::count_bits(i64::from(weight.is_some())));
        }
    }

    pub(crate) fn set_counter(&mut self, count: i64) {
        if let Some(array) = self.arrays.places().counter() {
            self.write(Place::Array(array), T::count_bits(count));
        }
    }

    pub(crate) fn counter(&self) -> i64 {
        let array = self.arrays.places().counter();
        array.map_or(0, |array| T::count(self.arrays.bits(array)[0]))
    }

    pub(crate) fn state(&self, state: usize) -> f64 {
        self.arrays.values(self.arrays.places().state(state))[0].to_f64()
    }

    pub(crate) fn states(&self) -> Vec<f64> {
        (0..self.program.layout.states).map(|state| self.state(state)).collect()
    }

    /// One step; whether the neuron spikes.
    pub(crate) fn step(&mut self) -> bool {
        let words = self.arrays.words();
        let kernel = self.kernel.clone();
        self.arrays.run(&*kernel, 0..words);
        self.arrays.spikes()[0] & 1 == 1
    }
}

//! The right-hand sides of equations, as a population stands.

use alif_core::Place;
use alloc::vec::Vec;

use crate::error::Error;
use crate::neuron::{At, Kernels};

use super::Simulation;

impl<T: Kernels> Simulation<T> {
    /// The right-hand side of a state's equation for each neuron, in the coherent set.
    pub(super) fn derivative(&self, state: usize) -> Result<Vec<f64>, Error> {
        let setup = &self.setup;
        let places = self.arrays.places();
        let read = |place: Place, neuron: usize| match place {
            Place::Array(array) => self.arrays.values(array)[neuron].to_f64(),
            Place::Uniform(index) => T::from_bits(self.arrays.uniforms()[index]).to_f64(),
        };
        let time = self.step as f64 * setup.dt;
        let one = |neuron: usize| {
            let given: Vec<Option<f64>> = setup
                .params
                .iter()
                .map(|values| values.as_ref().map(|values| values.at(neuron)))
                .collect();
            // They were bound before.
            let params = setup.neuron.complete(&given, setup.dt).unwrap_or_default();
            let states = (0..places.states()).map(|s| read(Place::Array(places.state(s)), neuron));
            let inputs = (0..setup.inputs.len()).map(|input| read(places.input(input), neuron));
            let at = At {
                params: &params,
                states: &states.collect::<Vec<f64>>(),
                inputs: &inputs.collect::<Vec<f64>>(),
                time,
                dt: setup.dt,
            };
            setup.neuron.derivative(state, &at)
        };
        (0..setup.neurons).map(one).collect()
    }
}

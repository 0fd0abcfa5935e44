//! What monitors see of a step before its reset: the step is made by scalar code of the same program, for the neurons that are looked at.

use alif_core::Place;

use crate::error::Error;
use crate::monitor::Quantity;
use crate::neuron::Kernels;

use super::Simulation;

impl<T: Kernels> Simulation<T> {
    /// Sees what the coming step leaves behind before its reset, where a monitor asks for it.
    pub(super) fn see_before_reset(&mut self) -> Result<(), Error> {
        let step = self.chunk.first;
        let asks = |quantity: &Quantity, every: u64| {
            matches!(quantity, Quantity::BeforeReset(_)) && (step + 1).is_multiple_of(every)
        };
        if !self.setup.recorders.iter().any(|r| asks(&r.quantity, r.every)) {
            return Ok(());
        }
        debug_assert_eq!(self.chunk.steps, 1);
        self.write_step();
        for recorder in &mut self.setup.recorders {
            let Quantity::BeforeReset(state) = recorder.quantity else {
                continue;
            };
            if !asks(&recorder.quantity, recorder.every) {
                continue;
            }
            let (neuron, neurons) = (self.setup.neuron.as_ref(), &recorder.trace.neurons);
            let values = T::before_reset(neuron, &self.slots, state, &self.arrays, neurons);
            let values = values.ok_or_else(|| Error::Monitor {
                name: recorder.trace.name.clone(),
                reason: "this kind of model does not tell".into(),
            })?;
            let unit = &self.setup.signature.states[state].unit;
            recorder.seen.clear();
            recorder
                .seen
                .extend(values.into_iter().map(|value| unit.declared(value.to_f64())));
        }
        Ok(())
    }

    /// Writes what blocks write for themselves before the first step of a chunk: inputs with a value a step and neuron, and weights.
    fn write_step(&mut self) {
        let (first, neurons) = (self.chunk.first as usize * self.setup.neurons, self.setup.neurons);
        for (input, values) in self.streams.iter().enumerate() {
            let (Some(values), Place::Array(array)) = (values, self.arrays.places().input(input)) else {
                continue;
            };
            self.arrays
                .values_mut(array)
                .copy_from_slice(&values[first..first + neurons]);
            self.arrays.pad(array);
        }
        for delivery in self.chunk.deliveries(0) {
            self.arrays.bits_mut(delivery.array as usize)[delivery.neuron as usize] = delivery.bits;
        }
    }
}

//! Events on their way into memory.

use crate::error::Error;
use crate::neuron::Kernels;
use alloc::vec::Vec;

use super::Simulation;

/// The most events of one step that a kernel takes one by one.
const MAX_SLOTS: usize = 64;

impl<T: Kernels> Simulation<T> {
    /// Writes the weights that arrive in this step, and clears those of the last one.
    ///
    /// Where blocks run once with the sum, weights are summed in double precision in the order of the queue and rounded once.
    pub(super) fn deliver_events(&mut self) -> Result<(), Error> {
        for (array, neuron) in self.written.drain(..) {
            self.arrays.bits_mut(array)[neuron as usize] = T::ZERO.bits();
        }
        for port in 0..self.setup.queues.len() {
            let events = self.setup.queues[port].take(self.step);
            if events.is_empty() {
                continue;
            }
            // By neuron, those of one neuron in the order of the queue.
            let mut events: Vec<(u32, f64)> = events.iter().map(|e| (e.neuron, e.weight)).collect();
            events.sort_by_key(|e| e.0);
            let (sum, each) = {
                let info = &self.setup.signature.ports[port];
                (info.sum, info.each)
            };
            for group in events.chunk_by(|a, b| a.0 == b.0) {
                let neuron = group[0].0;
                if sum {
                    let sum = group.iter().fold(0.0, |sum, e| sum + e.1);
                    self.write_weight(port, 0, neuron, sum)?;
                }
                if each {
                    for (slot, event) in group.iter().enumerate() {
                        self.write_weight(port, usize::from(sum) + slot, neuron, event.1)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Widens the kernel before a step in which a neuron receives more events than it takes one by one.
    pub(super) fn make_room(&mut self) -> Result<(), Error> {
        let mut slots = self.slots.clone();
        for (port, info) in self
            .setup
            .signature
            .ports
            .iter()
            .enumerate()
            .filter(|(_, info)| info.each)
        {
            let mut neurons: Vec<u32> = self.setup.queues[port]
                .take(self.step)
                .iter()
                .map(|e| e.neuron)
                .collect();
            neurons.sort_unstable();
            let most = neurons.chunk_by(|a, b| a == b).max_by_key(|group| group.len());
            let Some(group) = most.filter(|group| group.len() > slots[port]) else {
                continue;
            };
            if group.len() > MAX_SLOTS {
                return Err(Error::TooManyEvents {
                    port: info.name.clone(),
                    neuron: group[0],
                    step: self.step,
                    found: group.len(),
                    most: MAX_SLOTS,
                });
            }
            slots[port] = group.len().next_power_of_two();
        }
        if slots == self.slots {
            return Ok(());
        }
        let before = core::mem::replace(&mut self.slots, slots);
        self.rebuild().inspect_err(|_| self.slots = before)
    }

    fn write_weight(&mut self, port: usize, slot: usize, neuron: u32, weight: f64) -> Result<(), Error> {
        let rounded = T::from_f64(weight);
        if !rounded.to_f64().is_finite() {
            return Err(Error::Weight {
                port: self.setup.signature.ports[port].name.clone(),
                weight,
                step: self.step,
                neuron,
            });
        }
        let array = self.arrays.places().weight(port, slot);
        self.arrays.bits_mut(array)[neuron as usize] = rounded.bits();
        self.written.push((array, neuron));
        if let Some(array) = self.arrays.places().arrival(port, slot) {
            self.arrays.bits_mut(array)[neuron as usize] = T::count_bits(1);
            self.written.push((array, neuron));
        }
        Ok(())
    }
}

//! Events on their way into memory.

use crate::error::Error;
use crate::event::Event;
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
            // Taken out meanwhile, since memory is written.
            let mut queue = core::mem::take(&mut self.setup.queues[port]);
            let delivered = self.deliver(port, queue.take(self.step));
            self.setup.queues[port] = queue;
            delivered?;
        }
        Ok(())
    }

    /// Writes the events of a step, which come by neuron.
    fn deliver(&mut self, port: usize, events: &[Event]) -> Result<(), Error> {
        let info = &self.setup.signature.ports[port];
        let (sum, each) = (info.sum, info.each);
        for group in events.chunk_by(|a, b| a.neuron == b.neuron) {
            let neuron = group[0].neuron;
            if sum {
                let sum = group.iter().fold(0.0, |sum, event| sum + event.weight);
                self.write_weight(port, 0, neuron, sum)?;
            }
            if each {
                for (slot, event) in group.iter().enumerate() {
                    self.write_weight(port, usize::from(sum) + slot, neuron, event.weight)?;
                }
            }
        }
        Ok(())
    }

    /// Widens the kernel before a step in which a neuron receives more events than it takes one by one.
    pub(super) fn make_room(&mut self) -> Result<(), Error> {
        // A copy only where something is widened: most steps must not allocate.
        let mut wider: Option<Vec<usize>> = None;
        for (port, info) in self.setup.signature.ports.iter().enumerate() {
            if !info.each {
                continue;
            }
            let events = self.setup.queues[port].take(self.step);
            let most = events
                .chunk_by(|a, b| a.neuron == b.neuron)
                .max_by_key(|group| group.len());
            let Some(group) = most.filter(|group| group.len() > self.slots[port]) else {
                continue;
            };
            if group.len() > MAX_SLOTS {
                return Err(Error::TooManyEvents {
                    port: info.name.clone(),
                    neuron: group[0].neuron,
                    step: self.step,
                    found: group.len(),
                    most: MAX_SLOTS,
                });
            }
            wider.get_or_insert_with(|| self.slots.clone())[port] = group.len().next_power_of_two();
        }
        let Some(slots) = wider else {
            return Ok(());
        };
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

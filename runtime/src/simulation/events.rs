//! Events on their way into memory.

use alif_core::Place;
use alloc::vec::Vec;

use crate::error::Error;
use crate::event::Event;
use crate::neuron::Kernels;

use super::Simulation;
use super::chunk::Delivery;

/// The most events of one step that a kernel takes one by one.
const MAX_SLOTS: usize = 64;

impl<T: Kernels> Simulation<T> {
    /// Writes down what arrives in up to `steps` steps; gives the number of steps for which it is known, which may be fewer.
    pub(super) fn plan_events(&mut self, steps: usize) -> Result<usize, Error> {
        self.chunk.deliveries.clear();
        self.chunk.ends.clear();
        let end = self.chunk.first.saturating_add(steps as u64);
        let first = self.chunk.first;
        if self
            .setup
            .queues
            .iter_mut()
            .all(|queue| queue.next_step(first).is_none_or(|step| step >= end))
        {
            return Ok(steps);
        }
        for index in 0..steps {
            let step = first + index as u64;
            if index > 0 && self.too_narrow(step) {
                return Ok(index);
            }
            let start = self.chunk.deliveries.len();
            match self.plan_step(step) {
                Ok(()) => {}
                Err(error) if index == 0 => return Err(error),
                Err(_) => {
                    self.chunk.deliveries.truncate(start);
                    return Ok(index);
                }
            }
            // Those of each port are in order. No two have the same place, so the order of equals does not matter.
            self.chunk.deliveries[start..].sort_unstable_by_key(|delivery| delivery.neuron);
            self.chunk.ends.push(self.chunk.deliveries.len());
        }
        Ok(steps)
    }

    /// Writes down what arrives in a step.
    ///
    /// Where blocks run once with the sum, weights are summed in double precision in the order of the queue and rounded once.
    fn plan_step(&mut self, step: u64) -> Result<(), Error> {
        for port in 0..self.setup.queues.len() {
            // Taken out meanwhile, since the plan is written.
            let mut queue = core::mem::take(&mut self.setup.queues[port]);
            let planned = self.plan_port(port, step, queue.take(step));
            self.setup.queues[port] = queue;
            planned?;
        }
        Ok(())
    }

    /// Writes down the events of a port, which come by neuron.
    fn plan_port(&mut self, port: usize, step: u64, events: &[Event]) -> Result<(), Error> {
        let info = &self.setup.signature.ports[port];
        let (sum, each) = (info.sum, info.each);
        for group in events.chunk_by(|a, b| a.neuron == b.neuron) {
            let neuron = group[0].neuron;
            if sum {
                let sum = group.iter().fold(0.0, |sum, event| sum + event.weight);
                self.plan_weight(port, 0, step, neuron, sum)?;
            }
            if each {
                for (slot, event) in group.iter().enumerate() {
                    self.plan_weight(port, usize::from(sum) + slot, step, neuron, event.weight)?;
                }
            }
        }
        Ok(())
    }

    fn plan_weight(&mut self, port: usize, slot: usize, step: u64, neuron: u32, weight: f64) -> Result<(), Error> {
        let rounded = T::from_f64(weight);
        if !rounded.to_f64().is_finite() {
            return Err(Error::Weight {
                port: self.setup.signature.ports[port].name.clone(),
                weight,
                step,
                neuron,
            });
        }
        let places = self.arrays.places();
        let arrival = places.arrival(port, slot).map(|place| (place, T::count_bits(1)));
        for (place, bits) in [(places.weight(port, slot), rounded.bits())].into_iter().chain(arrival) {
            let Place::Array(array) = place else {
                unreachable!("a port that has events has arrays for them");
            };
            self.chunk.deliveries.push(Delivery {
                array: array as u32,
                neuron,
                bits,
            });
        }
        Ok(())
    }

    /// Takes back what was delivered in the last step that was made.
    pub(super) fn take_back(&mut self) {
        let Some(last) = self.chunk.steps.checked_sub(1) else {
            return;
        };
        for delivery in self.chunk.deliveries(last) {
            self.arrays.bits_mut(delivery.array as usize)[delivery.neuron as usize] = T::ZERO.bits();
        }
        self.forget();
    }

    /// Forgets the last chunk: there is nothing to be taken back.
    pub(super) fn forget(&mut self) {
        self.chunk.steps = 0;
        self.chunk.deliveries.clear();
        self.chunk.ends.clear();
    }

    /// Whether a neuron receives more events in a step than the kernel takes one by one.
    fn too_narrow(&mut self, step: u64) -> bool {
        let ports = self.setup.signature.ports.iter().zip(&mut self.setup.queues);
        let mut ports = ports.zip(&self.slots).filter(|((info, _), _)| info.each);
        ports.any(|((_, queue), &slots)| {
            let mut groups = queue.take(step).chunk_by(|a, b| a.neuron == b.neuron);
            groups.any(|group| group.len() > slots)
        })
    }

    /// Widens the kernel before a step in which a neuron receives more events than it takes one by one.
    pub(super) fn make_room(&mut self) -> Result<(), Error> {
        let step = self.step;
        // A copy only where something is widened: most steps must not allocate.
        let mut wider: Option<Vec<usize>> = None;
        for (port, info) in self.setup.signature.ports.iter().enumerate() {
            if !info.each {
                continue;
            }
            let events = self.setup.queues[port].take(step);
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
                    step,
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
}

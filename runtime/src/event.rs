//! Events that reach a population from outside: weighted spikes for chosen neurons at chosen steps.

use alif_core::UnitInfo;

use crate::error::Error;

/// A weighted event. It acts at the start of its step, before integration (or after it, in `on … after` blocks).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// The step, counted from 0 since the population was built.
    pub step: u64,
    /// The neuron that receives it.
    pub neuron: u32,
    /// Its weight, in the unit that the model declares for the port.
    pub weight: f64,
}

/// Events in the order in which they arrive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    events: Vec<Event>,
    next: usize,
}

impl Queue {
    /// Sorts events by step; those of one step keep their order, which is the order in which weights are summed.
    pub(crate) fn new(mut events: Vec<Event>, port: &str, unit: &UnitInfo, neurons: usize) -> Result<Self, Error> {
        for (index, event) in events.iter_mut().enumerate() {
            let weight = unit.coherent(event.weight);
            let reason = if event.neuron as usize >= neurons {
                Some(format!("there is no neuron {}; there are {neurons}", event.neuron))
            } else if !weight.is_finite() {
                Some(format!("its weight is {}", event.weight))
            } else {
                None
            };
            if let Some(reason) = reason {
                return Err(Error::Event {
                    port: port.to_owned(),
                    index,
                    reason,
                });
            }
            event.weight = weight;
        }
        events.sort_by_key(|event| event.step);
        Ok(Self { events, next: 0 })
    }

    /// The events of a step. Steps are asked for in rising order; events of steps that were never asked for are skipped.
    pub(crate) fn take(&mut self, step: u64) -> &[Event] {
        let first = self.next + self.events[self.next..].iter().take_while(|e| e.step < step).count();
        let end = first + self.events[first..].iter().take_while(|e| e.step == step).count();
        self.next = end;
        &self.events[first..end]
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Queue};
    use alif_core::UnitInfo;

    #[test]
    fn events_come_by_step_and_keep_their_order_within_one() {
        let event = |step, weight| Event {
            step,
            neuron: 0,
            weight,
        };
        let events = vec![event(3, 1.0), event(1, 2.0), event(3, 3.0)];
        let mut queue = Queue::new(events, "syn", &UnitInfo::one(), 1).unwrap();
        assert!(queue.take(0).is_empty());
        assert_eq!(queue.take(1).len(), 1);
        let weights: Vec<f64> = queue.take(3).iter().map(|e| e.weight).collect();
        assert_eq!(weights, [1.0, 3.0]);
    }
}

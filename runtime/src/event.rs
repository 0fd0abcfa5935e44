//! Events that reach a population from outside: weighted spikes for chosen neurons at chosen steps.

use alif_core::UnitInfo;
use alif_core::decimal::{Decimal, steps_rounded_down};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::error::Error;
use crate::parts::Parts;

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

impl Event {
    /// The events of a spike train: one neuron, times in ms, one weight.
    ///
    /// A time t belongs to the step n with n·dt <= t < (n+1)·dt. The shortest decimals that give the two numbers are divided, so
    /// 0.3 ms is step 3 of 0.1 ms, although 0.3 / 0.1 is a little less than 3 in floating point.
    ///
    /// # Errors
    /// A time that is negative or not finite, or a time step that is not positive.
    pub fn train(neuron: u32, times: &[f64], weight: f64, dt: f64) -> Result<Vec<Self>, Error> {
        let refused = |time: f64, reason: String| Error::Duration {
            duration: time.to_string(),
            dt: dt.to_string(),
            reason,
        };
        let step_of = |&time: &f64| {
            let both = Decimal::from_f64_shortest(time).zip(Decimal::from_f64_shortest(dt));
            let (time_exact, dt_exact) = both.ok_or_else(|| refused(time, "both must be finite".to_owned()))?;
            let whole = steps_rounded_down(&time_exact, &dt_exact).map_err(|e| refused(time, e.to_string()))?;
            Ok(Self {
                step: whole.count,
                neuron,
                weight,
            })
        };
        times.iter().map(step_of).collect()
    }
}

/// Events in the order in which they arrive.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    events: Vec<Event>,
    next: usize,
    /// What also gives weights, step by step.
    pub(crate) parts: Parts,
    /// The events of one step, with what the parts gave.
    joined: Vec<Event>,
    /// This step.
    joined_step: Option<u64>,
}

impl Queue {
    /// Sorts events by step and neuron; those of one neuron in one step keep their order, which is the order in which weights
    /// are summed.
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
        events.sort_by_key(|event| (event.step, event.neuron));
        Ok(Self {
            events,
            ..Self::default()
        })
    }

    /// Goes back to the first event.
    pub(crate) fn rewind(&mut self) {
        self.next = 0;
        self.joined_step = None;
        self.parts.forget_once();
    }

    /// The same parts beside other events.
    pub(crate) fn with_parts_of(self, other: &mut Self) -> Self {
        Self {
            parts: core::mem::take(&mut other.parts),
            ..self
        }
    }

    /// Whether there are sources of weights besides the list.
    pub(crate) fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Puts events of a step, which come by neuron, behind those of the list.
    pub(crate) fn add_for(&mut self, step: u64, events: impl Iterator<Item = Event>) {
        self.joined_step = None;
        let mut joined = core::mem::take(&mut self.joined);
        joined.clear();
        joined.extend_from_slice(self.take(step));
        joined.extend(events);
        // Stable, and in place for few events; what is sorted already costs one comparison each.
        joined.sort_by_key(|event| event.neuron);
        self.joined = joined;
        self.joined_step = Some(step);
    }

    /// Whether all events go to one of the first `neurons` neurons.
    pub(crate) fn fits(&self, port: &str, neurons: usize) -> Result<(), Error> {
        match self.events.iter().position(|event| event.neuron as usize >= neurons) {
            None => Ok(()),
            Some(index) => Err(Error::Event {
                port: port.to_owned(),
                index,
                reason: format!("there is no neuron {}; there are {neurons}", self.events[index].neuron),
            }),
        }
    }

    /// Whether there are events at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.parts.is_empty()
    }

    /// The first step from `step` on that has events; as [`Queue::take`] it does not go back.
    pub(crate) fn next_step(&mut self, step: u64) -> Option<u64> {
        if self.joined_step == Some(step) {
            return Some(step);
        }
        self.next += self.events[self.next..].iter().take_while(|e| e.step < step).count();
        self.events.get(self.next).map(|event| event.step)
    }

    /// The events of a step, by neuron. Steps are asked for in rising order, each as often as one likes; events of steps that were never asked
    /// for are skipped.
    pub(crate) fn take(&mut self, step: u64) -> &[Event] {
        if self.joined_step == Some(step) {
            return &self.joined;
        }
        let first = self.next + self.events[self.next..].iter().take_while(|e| e.step < step).count();
        let end = first + self.events[first..].iter().take_while(|e| e.step == step).count();
        self.next = first;
        &self.events[first..end]
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Queue};
    use alif_core::UnitInfo;

    #[test]
    fn times_on_the_grid_belong_to_their_own_step() {
        let steps: Vec<u64> = Event::train(0, &[0.0, 0.3, 0.35, 2.3], 1.0, 0.1)
            .unwrap()
            .into_iter()
            .map(|e| e.step)
            .collect();
        assert_eq!(steps, [0, 3, 3, 23]);
        assert!(Event::train(0, &[-1.0], 1.0, 0.1).is_err());
    }

    #[test]
    fn events_come_by_step_and_neuron_and_those_of_one_keep_their_order() {
        let event = |step, neuron, weight| Event { step, neuron, weight };
        let events = vec![event(3, 1, 1.0), event(1, 0, 2.0), event(3, 0, 4.0), event(3, 1, 3.0)];
        let mut queue = Queue::new(events, "syn", &UnitInfo::one(), 2).unwrap();
        assert!(queue.take(0).is_empty());
        assert_eq!(queue.take(1).len(), 1);
        let weights: Vec<f64> = queue.take(3).iter().map(|e| e.weight).collect();
        assert_eq!(weights, [4.0, 1.0, 3.0]);
    }
}

//! The memory of single neurons, for what monitors observe.

use alloc::vec::Vec;

use crate::arrays::Arrays;
use crate::generated::{Generated, Memory};
use crate::lanes::{Counts, Lanes, Mask};
use crate::layout::Place;
use crate::real::Real;

/// One neuron of a population.
struct One<'a, T: Real> {
    arrays: &'a Arrays<T>,
    neuron: usize,
}

impl<T: Real> One<'_, T> {
    fn bits(&self, place: Place) -> T::Bits {
        match place {
            Place::Array(array) => self.arrays.bits(array)[self.neuron],
            Place::Uniform(index) => self.arrays.uniforms()[index],
        }
    }

    fn real(&self, place: Place) -> Lanes<T, 1> {
        Lanes([T::from_bits(self.bits(place))])
    }
}

/// Observation reads; nothing is written.
impl<T: Real> Memory<T, 1> for One<'_, T> {
    fn state(&self, state: usize) -> Lanes<T, 1> {
        self.real(Place::Array(self.arrays.places().state(state)))
    }
    fn coefficient(&self, coefficient: usize) -> Lanes<T, 1> {
        self.real(self.arrays.places().coefficient(coefficient))
    }
    fn steps(&self, coefficient: usize) -> Counts<T, 1> {
        Counts([self.bits(self.arrays.places().coefficient(coefficient))])
    }
    fn input(&self, input: usize) -> Lanes<T, 1> {
        self.real(self.arrays.places().input(input))
    }
    fn weight(&self, port: usize, slot: usize) -> Lanes<T, 1> {
        self.real(self.arrays.places().weight(port, slot))
    }
    fn arrived(&self, port: usize, slot: usize) -> Mask<T, 1> {
        let place = self.arrays.places().arrival(port, slot);
        place.map_or(Mask::none(), |place| Counts([self.bits(place)]).nonzero())
    }
    fn slots(&self, _: usize) -> usize {
        0
    }
    fn counter(&self) -> Counts<T, 1> {
        let array = self.arrays.places().counter();
        array.map_or(Counts([T::Bits::default()]), |array| {
            Counts([self.bits(Place::Array(array))])
        })
    }
    fn set_state(&mut self, _: usize, _: Lanes<T, 1>) {}
    fn set_counter(&mut self, _: Counts<T, 1>) {}
}

/// One neuron on trial: its step is made, and nothing of it is kept but one state before the spike block.
struct Trial<'a, T: Real> {
    one: One<'a, T>,
    state: usize,
    before: Option<T>,
}

impl<T: Real> Memory<T, 1> for Trial<'_, T> {
    fn state(&self, state: usize) -> Lanes<T, 1> {
        self.one.state(state)
    }
    fn coefficient(&self, coefficient: usize) -> Lanes<T, 1> {
        self.one.coefficient(coefficient)
    }
    fn steps(&self, coefficient: usize) -> Counts<T, 1> {
        self.one.steps(coefficient)
    }
    fn input(&self, input: usize) -> Lanes<T, 1> {
        self.one.input(input)
    }
    fn weight(&self, port: usize, slot: usize) -> Lanes<T, 1> {
        self.one.weight(port, slot)
    }
    fn arrived(&self, port: usize, slot: usize) -> Mask<T, 1> {
        self.one.arrived(port, slot)
    }
    fn slots(&self, port: usize) -> usize {
        self.one.arrays.places().weights(port).len()
    }
    fn counter(&self) -> Counts<T, 1> {
        self.one.counter()
    }
    fn before(&mut self, state: usize, value: Lanes<T, 1>) {
        if state == self.state {
            self.before = Some(value.0[0]);
        }
    }
    fn set_state(&mut self, state: usize, value: Lanes<T, 1>) {
        // What the spike section does not change is what the step makes of it.
        if state == self.state {
            self.before.get_or_insert(value.0[0]);
        }
    }
    fn set_counter(&mut self, _: Counts<T, 1>) {}
}

/// A state of a generated model as the coming step leaves it before its spike block and other events, for some neurons. The arrays hold
/// what the step finds: states, inputs, weights.
///
/// # Panics
/// When a neuron is not in the population.
#[must_use]
pub fn before_reset<M: Generated, T: Real>(state: usize, arrays: &Arrays<T>, neurons: &[u32]) -> Vec<T> {
    neurons
        .iter()
        .map(|&neuron| {
            let one = One {
                arrays,
                neuron: neuron as usize,
            };
            let mut trial = Trial {
                one,
                state,
                before: None,
            };
            let _spikes = M::step::<T, 1, _>(&mut trial);
            trial.before.unwrap_or_else(|| trial.one.state(state).0[0])
        })
        .collect()
}

/// The values of a definition of a generated model for some neurons.
///
/// # Panics
/// When a neuron is not in the population.
#[must_use]
pub fn observe<M: Generated, T: Real>(definition: usize, arrays: &Arrays<T>, neurons: &[u32]) -> Vec<T> {
    neurons
        .iter()
        .map(|&neuron| {
            let one = One {
                arrays,
                neuron: neuron as usize,
            };
            M::observe::<T, 1, _>(definition, &one).0[0]
        })
        .collect()
}

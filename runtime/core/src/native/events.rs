//! The events that a step of a generated model reads.

use super::group::{Mix, Read, lanes_of};
use crate::arrays::WORD;
use crate::generated::Row;
use crate::real::Real;

/// Weights and arrivals of events, by port and slot.
pub(super) trait Events<T: Real> {
    /// The weights for `N` neurons.
    fn weight<const N: usize>(&self, port: usize, slot: usize, word: usize, lane: usize) -> [T; N];

    /// For `N` neurons, whether an event arrived: the bits of 0 or 1.
    fn arrival<const N: usize>(&self, port: usize, slot: usize, word: usize, lane: usize) -> [T; N];
}

/// No events at any port.
pub(super) struct Silent;

impl<T: Real> Events<T> for Silent {
    #[inline(always)]
    fn weight<const N: usize>(&self, _: usize, _: usize, _: usize, _: usize) -> [T; N] {
        // As in the uniform values, see `Arrays::new`: the optimiser takes the sum away.
        [-T::ZERO; N]
    }
    #[inline(always)]
    fn arrival<const N: usize>(&self, _: usize, _: usize, _: usize, _: usize) -> [T; N] {
        [T::ZERO; N]
    }
}

/// Events at some ports or all.
pub(super) struct Arriving<'a, 'w, T: Real, P> {
    /// The first weights of each port, and their arrivals.
    first: &'a P,
    /// Where the others are found, by number.
    read: Read<'w, T>,
}

/// The first weights of a port and their arrivals.
pub(super) type First<'w, T> = (Mix<'w, T>, Mix<'w, T>);

/// Finds the first weights of a port and their arrivals; negative zeros and zeros where there are none.
#[inline(always)]
pub(super) fn first<'w, T: Real>(
    read: &Read<'w, T>,
    port: usize,
    [nothing, zeros]: &'w [[T; WORD]; 2],
) -> First<'w, T> {
    let none = (core::slice::from_ref(zeros), 0);
    // No block may listen to a port.
    let weight = read.places.weights(port).first();
    let weight = weight.map_or(none, |&place| read.mix(place, nothing));
    let arrival = read.places.arrival(port, 0);
    (weight, arrival.map_or(none, |place| read.mix(place, zeros)))
}

impl<'a, 'w, T: Real, P> Arriving<'a, 'w, T, P> {
    #[inline(always)]
    pub(super) fn new(first: &'a P, read: Read<'w, T>) -> Self {
        Self { first, read }
    }
}

impl<'w, T: Real, P: Row<First<'w, T>>> Events<T> for Arriving<'_, 'w, T, P> {
    #[inline(always)]
    fn weight<const N: usize>(&self, port: usize, slot: usize, word: usize, lane: usize) -> [T; N] {
        if slot == 0 {
            let (words, mask) = self.first.at(port).0;
            return lanes_of(&words[word & mask], lane);
        }
        self.read.lanes(self.read.places.weight(port, slot), word, lane)
    }

    #[inline(always)]
    fn arrival<const N: usize>(&self, port: usize, slot: usize, word: usize, lane: usize) -> [T; N] {
        if slot == 0 {
            let (words, mask) = self.first.at(port).1;
            return lanes_of(&words[word & mask], lane);
        }
        match self.read.places.arrival(port, slot) {
            Some(place) => self.read.lanes(place, word, lane),
            None => [T::ZERO; N],
        }
    }
}

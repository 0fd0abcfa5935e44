//! The loop over groups of neurons, and the memory of a group.

use core::ops::Range;

use super::Shape;
use crate::arrays::{Arrays, WORD};
use crate::generated::{Generated, Memory, Row};
use crate::lanes::{Counts, Lanes, Mask};
use crate::layout::Place;
use crate::real::Real;

/// The values of one array for some words of neurons.
type Words<'a, T> = &'a [[T; WORD]];

/// Values that steps only read: coefficients, or continuous inputs.
trait Source<T> {
    /// The values of `N` neurons.
    fn load<const N: usize>(&self, index: usize, word: usize, lane: usize) -> [T; N];
}

/// One value for all neurons. Held by value, and nobody else looks at it, so that it stays in a register.
struct Uniform<R>(R);

impl<T: Real, R: Row<T>> Source<T> for Uniform<R> {
    #[inline(always)]
    fn load<const N: usize>(&self, index: usize, _: usize, _: usize) -> [T; N] {
        [*self.0.at(index); N]
    }
}

/// The words of an array, and a mask for their numbers: zero where there is one word for all.
type Mix<'a, T> = (Words<'a, T>, usize);

/// Some values one a neuron, others one for all.
struct Mixed<'a, R>(&'a R);

impl<'w, T: Real, R: Row<Mix<'w, T>>> Source<T> for Mixed<'_, R>
where
    T: 'w,
{
    #[inline(always)]
    fn load<const N: usize>(&self, index: usize, word: usize, lane: usize) -> [T; N] {
        let (words, mask) = self.0.at(index);
        lanes_of(&words[word & mask], lane)
    }
}

#[inline(always)]
fn lanes_of<T: Copy + Default, const N: usize>(word: &[T; WORD], lane: usize) -> [T; N] {
    let mut lanes = [T::default(); N];
    lanes.copy_from_slice(&word[lane..lane + N]);
    lanes
}

/// The arrays of some words of neurons.
struct Block<'a, T: Real, M: Generated, C, I> {
    states: M::States<&'a mut [[T; WORD]]>,
    counter: &'a mut [[T::Bits; WORD]],
    coefficients: C,
    inputs: I,
    /// The first weights of each port, and their arrivals.
    weights: M::Ports<(Words<'a, T>, Words<'a, T>)>,
    /// All weights and arrivals, for those that are not the first.
    rest: Rest<'a, T>,
}

impl<'a, T: Real, M: Generated, C, I> Block<'a, T, M, C, I> {
    fn with_inputs<J>(self, inputs: J) -> Block<'a, T, M, C, J> {
        Block {
            inputs,
            states: self.states,
            counter: self.counter,
            coefficients: self.coefficients,
            weights: self.weights,
            rest: self.rest,
        }
    }

    fn with_coefficients<D>(self, coefficients: D) -> Block<'a, T, M, D, I> {
        Block {
            coefficients,
            states: self.states,
            counter: self.counter,
            inputs: self.inputs,
            weights: self.weights,
            rest: self.rest,
        }
    }
}

/// The arrays that steps only read, to be found by number.
struct Rest<'a, T> {
    shape: &'a Shape,
    values: &'a [T],
    /// The number of the first of them, and the elements from one to the next.
    first: usize,
    stride: usize,
    /// The first word of the block.
    word: usize,
}

impl<T: Real> Rest<'_, T> {
    #[inline(always)]
    fn load<const N: usize>(&self, array: usize, word: usize, lane: usize) -> [T; N] {
        let at = (array - self.first) * self.stride + (self.word + word) * WORD + lane;
        let mut lanes = [T::default(); N];
        lanes.copy_from_slice(&self.values[at..at + N]);
        lanes
    }
}

/// `N` neurons of a block.
struct Group<'b, 'a, T: Real, M: Generated, C, I> {
    block: &'b mut Block<'a, T, M, C, I>,
    word: usize,
    lane: usize,
}

impl<T: Real, M: Generated, C: Source<T>, I: Source<T>, const N: usize> Memory<T, N> for Group<'_, '_, T, M, C, I> {
    #[inline(always)]
    fn state(&self, state: usize) -> Lanes<T, N> {
        Lanes(lanes_of(&self.block.states.at(state)[self.word], self.lane))
    }
    #[inline(always)]
    fn coefficient(&self, coefficient: usize) -> Lanes<T, N> {
        Lanes(self.block.coefficients.load(coefficient, self.word, self.lane))
    }
    #[inline(always)]
    fn steps(&self, coefficient: usize) -> Counts<T, N> {
        counts(self.block.coefficients.load(coefficient, self.word, self.lane))
    }
    #[inline(always)]
    fn input(&self, input: usize) -> Lanes<T, N> {
        Lanes(self.block.inputs.load(input, self.word, self.lane))
    }
    #[inline(always)]
    fn weight(&self, port: usize, slot: usize) -> Lanes<T, N> {
        Lanes(if slot == 0 {
            lanes_of(&self.block.weights.at(port).0[self.word], self.lane)
        } else {
            let rest = &self.block.rest;
            rest.load(rest.shape.places.weight(port, slot), self.word, self.lane)
        })
    }
    #[inline(always)]
    fn arrived(&self, port: usize, slot: usize) -> Mask<T, N> {
        if slot == 0 {
            counts(lanes_of(&self.block.weights.at(port).1[self.word], self.lane)).nonzero()
        } else {
            let rest = &self.block.rest;
            match rest.shape.places.arrival(port, slot) {
                Some(array) => counts(rest.load(array, self.word, self.lane)).nonzero(),
                None => Mask::none(),
            }
        }
    }
    #[inline(always)]
    fn slots(&self, port: usize) -> usize {
        self.block.rest.shape.slots[port]
    }
    #[inline(always)]
    fn counter(&self) -> Counts<T, N> {
        Counts(lanes_of(&self.block.counter[self.word], self.lane))
    }
    #[inline(always)]
    fn set_state(&mut self, state: usize, value: Lanes<T, N>) {
        self.block.states.at_mut(state)[self.word][self.lane..self.lane + N].copy_from_slice(&value.0);
    }
    #[inline(always)]
    fn set_counter(&mut self, value: Counts<T, N>) {
        self.block.counter[self.word][self.lane..self.lane + N].copy_from_slice(&value.0);
    }
}

#[inline(always)]
fn counts<T: Real, const N: usize>(values: [T; N]) -> Counts<T, N> {
    let mut counts = [T::Bits::default(); N];
    for i in 0..N {
        counts[i] = values[i].bits();
    }
    Counts(counts)
}

/// Runs the step on some words of neurons, `N` at a time; `pack` turns a mask into bits, the first lane lowest.
#[inline(always)]
pub(super) fn run<M: Generated, T: Real, const N: usize>(
    shape: &Shape,
    arrays: &mut Arrays<T>,
    words: Range<usize>,
    pack: impl Fn(Mask<T, N>) -> u64,
) {
    let (stride, places) = (arrays.stride(), &shape.places);
    let (bits, uniforms, spikes) = arrays.parts_mut();
    let uniforms: &[T] = bytemuck::cast_slice(uniforms);
    let spikes = &mut spikes[words.clone()];
    let count = spikes.len();
    let changing = places.states() + usize::from(places.counter().is_some());
    let (changed, read) = bits.split_at_mut(changing * stride);
    let read: &[T] = bytemuck::cast_slice(read);
    let range = words.start * WORD..words.end * WORD;
    let mut changed = changed.chunks_exact_mut(stride).map(|array| &mut array[range.clone()]);
    let states = M::States::from_fn(|_| {
        let array = changed.next().expect("the layout has an array for each state");
        &mut bytemuck::cast_slice_mut::<T::Bits, T>(array).as_chunks_mut::<WORD>().0[..count]
    });
    let counter = match changed.next() {
        Some(array) => &mut array.as_chunks_mut::<WORD>().0[..count],
        None => &mut [],
    };
    let words_of = |array: usize| -> Words<'_, T> {
        let start = (array - changing) * stride;
        &read[start + range.start..start + range.end].as_chunks::<WORD>().0[..count]
    };
    let none: Words<'_, T> = &[];
    let weights = M::Ports::from_fn(|port| {
        let arrivals = places.arrival(port, 0).map_or(none, words_of);
        (words_of(places.weight(port, 0)), arrivals)
    });
    let rest = Rest {
        shape,
        values: read,
        first: changing,
        stride,
        word: words.start,
    };
    let uniform = |place: Place| match place {
        Place::Uniform(index) => uniforms[index],
        Place::Array(_) => T::ZERO,
    };
    let block = Block::<T, M, _, _> {
        states,
        counter,
        coefficients: Uniform(M::Coefficients::<T>::from_fn(|c| uniform(places.coefficient(c)))),
        inputs: Uniform(M::Inputs::<T>::from_fn(|i| uniform(places.input(i)))),
        weights,
        rest,
    };
    if shape.uniform_coefficients && shape.uniform_inputs {
        return each_group(block, spikes, pack);
    }
    // What is uniform beside arrays is copied into a word, which every neuron then reads.
    let copies: M::Inputs<[T; WORD]> = M::Inputs::from_fn(|i| [uniform(places.input(i)); WORD]);
    let mixed_inputs: M::Inputs<Mix<'_, T>> = M::Inputs::from_fn(|i| mix(places.input(i), words_of, copies.at(i)));
    let block = block.with_inputs(Mixed(&mixed_inputs));
    if shape.uniform_coefficients {
        return each_group(block, spikes, pack);
    }
    let copies: M::Coefficients<[T; WORD]> = M::Coefficients::from_fn(|c| [uniform(places.coefficient(c)); WORD]);
    let mixed: M::Coefficients<Mix<'_, T>> =
        M::Coefficients::from_fn(|c| mix(places.coefficient(c), words_of, copies.at(c)));
    each_group(block.with_coefficients(Mixed(&mixed)), spikes, pack);
}

#[inline(always)]
fn mix<'r: 'w, 'w, T: 'r>(place: Place, words_of: impl Fn(usize) -> Words<'r, T>, copy: &'w [T; WORD]) -> Mix<'w, T> {
    match place {
        Place::Array(array) => (words_of(array), usize::MAX),
        Place::Uniform(_) => (core::slice::from_ref(copy), 0),
    }
}

/// Runs the step on all groups of a block.
#[inline(always)]
fn each_group<M: Generated, T: Real, C: Source<T>, I: Source<T>, const N: usize>(
    mut block: Block<'_, T, M, C, I>,
    spikes: &mut [u64],
    pack: impl Fn(Mask<T, N>) -> u64,
) {
    for (word, bits) in spikes.iter_mut().enumerate() {
        let mut found = 0;
        for group in 0..WORD / N {
            let mut memory = Group {
                block: &mut block,
                word,
                lane: group * N,
            };
            let spiking = M::step::<T, N, _>(&mut memory);
            found |= pack(spiking) << (group * N);
        }
        *bits = found;
    }
}

//! The loop over groups of neurons, and the memory of a group.

use core::marker::PhantomData;
use core::mem::take;

use super::Shape;
use super::events::{Arriving, Events, First, Silent, first};
use super::level::variants_of;
use crate::arrays::WORD;
use crate::generated::{Generated, Memory, Row};
use crate::lanes::{Counts, Lanes, Mask};
use crate::layout::{Place, Places};
use crate::real::Real;
use crate::steps::Steps;
use crate::view::{Rest, View};

/// The values of one array for some words of neurons.
pub(super) type Words<'a, T> = &'a [[T; WORD]];

/// Values that steps only read: coefficients, or continuous inputs.
pub(super) trait Source<T> {
    /// The values of a word of neurons.
    type Word<'s>: Values<T>
    where
        Self: 's;

    /// Whether all are uniform.
    const UNIFORM: bool;

    /// Finds the values of a word.
    fn word(&self, word: usize) -> Self::Word<'_>;
}

/// The values that steps on a word of neurons only read.
pub(super) trait Values<T> {
    /// The values of `N` neurons.
    fn load<const N: usize>(&self, index: usize, lane: usize) -> [T; N];
}

/// One value for all neurons. Held by value, and nobody else looks at it, so that it stays in a register.
struct Uniform<R>(R);

impl<T: Real, R: Row<T>> Source<T> for Uniform<R> {
    type Word<'s>
        = &'s Self
    where
        R: 's;

    const UNIFORM: bool = true;

    #[inline(always)]
    fn word(&self, _: usize) -> &Self {
        self
    }
}

impl<T: Real, R: Row<T>> Values<T> for &Uniform<R> {
    #[inline(always)]
    fn load<const N: usize>(&self, index: usize, _: usize) -> [T; N] {
        [*self.0.at(index); N]
    }
}

/// The words of an array, and a mask for their numbers: zero where there is one word for all.
pub(super) type Mix<'a, T> = (Words<'a, T>, usize);

/// Some values one a neuron, others one for all.
struct Mixed<'a, 'w, T, R> {
    row: &'a R,
    of: PhantomData<&'w T>,
}

impl<'w, T: Real, R: Row<Mix<'w, T>>> Mixed<'_, 'w, T, R> {
    fn new(row: &R) -> Mixed<'_, 'w, T, R> {
        Mixed { row, of: PhantomData }
    }
}

impl<'w, T: Real, R: Row<Mix<'w, T>>> Source<T> for Mixed<'_, 'w, T, R> {
    type Word<'s>
        = Found<R::Of<&'w [T; WORD]>>
    where
        Self: 's;

    const UNIFORM: bool = false;

    // What lies where is found once a word, so that the step itself has no branches: the optimiser takes time with them.
    #[inline(always)]
    fn word(&self, word: usize) -> Self::Word<'_> {
        Found(R::Of::from_fn(|index| {
            let (words, mask) = self.row.at(index);
            &words[word & mask]
        }))
    }
}

/// The values of a word of neurons.
pub(super) struct Found<R>(R);

impl<'w, T: Real, R: Row<&'w [T; WORD]>> Values<T> for Found<R> {
    #[inline(always)]
    fn load<const N: usize>(&self, index: usize, lane: usize) -> [T; N] {
        lanes_of(self.0.at(index), lane)
    }
}

#[inline(always)]
pub(super) fn lanes_of<T: Copy + Default, const N: usize>(word: &[T; WORD], lane: usize) -> [T; N] {
    let mut lanes = [T::default(); N];
    lanes.copy_from_slice(&word[lane..lane + N]);
    lanes
}

/// The arrays of some words of neurons: coefficients, inputs and events as `C`, `I` and `E` find them.
pub(super) struct Block<'a, T: Real, M: Generated, C, I, E> {
    states: M::States<&'a mut [[T; WORD]]>,
    counter: &'a mut [[T::Bits; WORD]],
    coefficients: C,
    inputs: I,
    events: E,
    shape: &'a Shape,
}

impl<'a, T: Real, M: Generated, C, I, E> Block<'a, T, M, C, I, E> {
    fn with_inputs<J, F>(self, inputs: J, events: F) -> Block<'a, T, M, C, J, F> {
        Block {
            inputs,
            events,
            states: self.states,
            counter: self.counter,
            coefficients: self.coefficients,
            shape: self.shape,
        }
    }

    fn with_coefficients<D>(self, coefficients: D) -> Block<'a, T, M, D, I, E> {
        Block {
            coefficients,
            states: self.states,
            counter: self.counter,
            inputs: self.inputs,
            events: self.events,
            shape: self.shape,
        }
    }
}

/// What steps only read, and what lies where of it, for some words of neurons.
#[derive(Clone, Copy)]
pub(super) struct Read<'a, T: Real> {
    arrays: Rest<'a, T>,
    /// The number of words.
    count: usize,
    uniforms: &'a [T],
    pub(super) places: &'a Places,
}

impl<'a, T: Real> Read<'a, T> {
    /// The words of an array.
    #[inline(always)]
    pub(super) fn words(&self, array: usize) -> Words<'a, T> {
        let values: &[T] = bytemuck::cast_slice(self.arrays.array(array));
        &values.as_chunks::<WORD>().0[..self.count]
    }

    /// A value that is one for all neurons, zero for another.
    #[inline(always)]
    fn uniform(&self, place: Place) -> T {
        match place {
            Place::Uniform(index) => self.uniforms[index],
            Place::Array(_) => T::ZERO,
        }
    }

    /// The values of some neurons, wherever they are.
    #[inline(always)]
    pub(super) fn lanes<const N: usize>(&self, place: Place, word: usize, lane: usize) -> [T; N] {
        match place {
            Place::Array(array) => lanes_of(&self.words(array)[word], lane),
            Place::Uniform(index) => [self.uniforms[index]; N],
        }
    }

    /// The words of an array, or a copy of what is one for all neurons.
    #[inline(always)]
    pub(super) fn mix<'w>(&self, place: Place, copy: &'w [T; WORD]) -> Mix<'w, T>
    where
        'a: 'w,
    {
        match place {
            Place::Array(array) => (self.words(array), usize::MAX),
            Place::Uniform(_) => (core::slice::from_ref(copy), 0),
        }
    }
}

/// `N` neurons of a block.
struct Group<'b, 'a, T: Real, M: Generated, E, D, J> {
    block: &'b mut Block<'a, T, M, (), (), ()>,
    events: &'b E,
    coefficients: &'b D,
    inputs: &'b J,
    word: usize,
    lane: usize,
}

impl<T: Real, M: Generated, E: Events<T>, D: Values<T>, J: Values<T>, const N: usize> Memory<T, N>
    for Group<'_, '_, T, M, E, D, J>
{
    #[inline(always)]
    fn state(&self, state: usize) -> Lanes<T, N> {
        Lanes(lanes_of(&self.block.states.at(state)[self.word], self.lane))
    }
    #[inline(always)]
    fn coefficient(&self, coefficient: usize) -> Lanes<T, N> {
        Lanes(self.coefficients.load(coefficient, self.lane))
    }
    #[inline(always)]
    fn steps(&self, coefficient: usize) -> Counts<T, N> {
        counts(self.coefficients.load(coefficient, self.lane))
    }
    #[inline(always)]
    fn input(&self, input: usize) -> Lanes<T, N> {
        Lanes(self.inputs.load(input, self.lane))
    }
    #[inline(always)]
    fn weight(&self, port: usize, slot: usize) -> Lanes<T, N> {
        Lanes(self.events.weight(port, slot, self.word, self.lane))
    }
    #[inline(always)]
    fn arrived(&self, port: usize, slot: usize) -> Mask<T, N> {
        counts(self.events.arrival(port, slot, self.word, self.lane)).nonzero()
    }
    #[inline(always)]
    fn slots(&self, port: usize) -> usize {
        self.block.shape.slots[port]
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

/// The kernels of one vector width.
pub(super) trait Width<T: Real> {
    /// Whether there is more than the one kernel that can do everything, which is given values of which no `Source::UNIFORM` holds.
    fn has_variants<M: Generated>(&self) -> bool;

    /// Runs steps where coefficients and inputs are uniform and no events arrive.
    fn run_uniform<M: Generated>(self, shape: &Shape, view: &mut View<'_, T>, steps: Steps<'_, T>);

    /// Runs the step on all groups of a block.
    fn each_group<M: Generated, C: Source<T>, I: Source<T>, E: Events<T>>(
        &self,
        block: Block<'_, T, M, C, I, E>,
        spikes: &mut [u64],
    );
}

/// Runs some steps of a view, with vectors of one width.
///
/// The step is compiled up to three times: for uniform coefficients and inputs without events, for uniform coefficients, and for what may
/// differ between neurons. What is uniform stays in registers then.
pub(super) fn run<M: Generated, T: Real>(
    width: impl Width<T>,
    shape: &Shape,
    view: &mut View<'_, T>,
    steps: Steps<'_, T>,
) {
    let variants = const { variants_of::<M>() } && width.has_variants::<M>() && shape.uniform_coefficients;
    if variants && shape.uniform_inputs && shape.silent {
        return width.run_uniform::<M>(shape, view, steps);
    }
    for (uniforms, spikes) in steps.each(view.words(), shape.places.uniforms()) {
        let (block, read) = uniform_block::<M, T>(shape, view, uniforms);
        if variants {
            with_inputs(&width, block, spikes, read);
        } else {
            with_all(&width, block, spikes, read);
        }
    }
}

/// Runs steps where coefficients and inputs are uniform and no events arrive. Short as the way from the arrays to the registers is, it
/// is felt with a thousand neurons; so all of it is one function.
#[inline(always)]
pub(super) fn run_uniform<M: Generated, T: Real, const N: usize>(
    shape: &Shape,
    view: &mut View<'_, T>,
    steps: Steps<'_, T>,
    pack: impl Fn(Mask<T, N>) -> u64,
) {
    for (uniforms, spikes) in steps.each(view.words(), shape.places.uniforms()) {
        let (block, _) = uniform_block::<M, T>(shape, view, uniforms);
        each_group(block, spikes, &pack);
    }
}

/// A block with nothing but uniform coefficients and inputs, and zeros for those that are not, without events.
type UniformBlock<'a, T, M> =
    Block<'a, T, M, Uniform<<M as Generated>::Coefficients<T>>, Uniform<<M as Generated>::Inputs<T>>, Silent>;

/// Finds the neurons of a view.
#[inline(always)]
fn uniform_block<'a, M: Generated, T: Real>(
    shape: &'a Shape,
    view: &'a mut View<'_, T>,
    uniforms: &'a [T::Bits],
) -> (UniformBlock<'a, T, M>, Read<'a, T>) {
    let places = &shape.places;
    let count = view.words();
    let mut columns = view.columns();
    let states = M::States::from_fn(|_| {
        &mut bytemuck::cast_slice_mut::<T::Bits, T>(columns.take())
            .as_chunks_mut::<WORD>()
            .0[..count]
    });
    let counter = match places.counter() {
        Some(_) => &mut columns.take().as_chunks_mut::<WORD>().0[..count],
        None => &mut [],
    };
    let read = Read {
        arrays: columns.rest(),
        count,
        uniforms: bytemuck::cast_slice(uniforms),
        places,
    };
    let block = UniformBlock::<T, M> {
        states,
        counter,
        coefficients: Uniform(M::Coefficients::<T>::from_fn(|c| read.uniform(places.coefficient(c)))),
        inputs: Uniform(M::Inputs::<T>::from_fn(|i| read.uniform(places.input(i)))),
        events: Silent,
        shape,
    };
    (block, read)
}

/// For inputs that may differ between neurons, and events.
// A function of its own, as is the next: with their copies on the stack, the entrance would take longer than a few hundred neurons.
#[inline(never)]
fn with_inputs<M: Generated, T: Real, C: Source<T>, I>(
    width: &impl Width<T>,
    block: Block<'_, T, M, C, I, Silent>,
    spikes: &mut [u64],
    read: Read<'_, T>,
) {
    let places = read.places;
    let copies: M::Inputs<[T; WORD]> = M::Inputs::from_fn(|i| [read.uniform(places.input(i)); WORD]);
    let inputs: M::Inputs<Mix<'_, T>> = M::Inputs::from_fn(|i| read.mix(places.input(i), copies.at(i)));
    let nothing = [[-T::ZERO; WORD], [T::ZERO; WORD]];
    let firsts: M::Ports<First<'_, T>> = M::Ports::from_fn(|port| first(&read, port, &nothing));
    let events = Arriving::new(&firsts, read);
    width.each_group(block.with_inputs(Mixed::new(&inputs), events), spikes);
}

/// For inputs and coefficients that may differ between neurons, and events.
#[inline(never)]
fn with_all<M: Generated, T: Real, C, I>(
    width: &impl Width<T>,
    block: Block<'_, T, M, C, I, Silent>,
    spikes: &mut [u64],
    read: Read<'_, T>,
) {
    let places = read.places;
    let copies: M::Coefficients<[T; WORD]> = M::Coefficients::from_fn(|c| [read.uniform(places.coefficient(c)); WORD]);
    let coefficients: M::Coefficients<Mix<'_, T>> =
        M::Coefficients::from_fn(|c| read.mix(places.coefficient(c), copies.at(c)));
    with_inputs(width, block.with_coefficients(Mixed::new(&coefficients)), spikes, read);
}

/// Runs the step on all groups of a block, `N` neurons at a time; `pack` turns a mask into bits, the first lane lowest.
#[inline(always)]
pub(super) fn each_group<M: Generated, T: Real, C: Source<T>, I: Source<T>, E: Events<T>, const N: usize>(
    block: Block<'_, T, M, C, I, E>,
    spikes: &mut [u64],
    pack: impl Fn(Mask<T, N>) -> u64,
) {
    // Taken apart into variables of this function, which stay in registers: what it was given lies in the memory of its caller. And
    // all are seen to be of one length, so that no word is looked for outside of them.
    let Block {
        mut states,
        counter,
        coefficients,
        inputs,
        events,
        shape,
    } = block;
    let (coefficients, inputs, events) = (&coefficients, &inputs, &events);
    let count = spikes.len();
    let mut block = Block::<T, M, (), (), ()> {
        states: M::States::from_fn(|state| &mut take(states.at_mut(state))[..count]),
        counter: if counter.is_empty() {
            counter
        } else {
            &mut counter[..count]
        },
        coefficients: (),
        inputs: (),
        events: (),
        shape,
    };
    for (word, bits) in spikes.iter_mut().enumerate() {
        let (coefficients, inputs) = (&coefficients.word(word), &inputs.word(word));
        let mut found = 0;
        for group in 0..WORD / N {
            let mut memory = Group {
                block: &mut block,
                events,
                coefficients,
                inputs,
                word,
                lane: group * N,
            };
            let spiking = M::step::<T, N, _>(&mut memory);
            found |= pack(spiking) << (group * N);
        }
        *bits = found;
    }
}

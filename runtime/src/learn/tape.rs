//! What the way forward leaves for the way back.

use alloc::vec::Vec;

use alif_core::Arrays;

use super::Float;

/// How much of the way forward is kept for the way back; the gradients are the same bits for every choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tape {
    /// Every step while they take less than 1 MB a group of trials, otherwise every K-th with K ≈ √T. To make steps again in the cache takes
    /// less time than to fetch them from memory.
    #[default]
    Auto,
    /// The states and inputs of every step: memory in proportion to the number of steps T.
    Full,
    /// The states of every K-th step. The steps in between are made again, K at a time, on the way back: one more way forward, and
    /// memory in proportion to T/K + K, which is least for K = √T.
    Every(usize),
}

/// The most bytes that [`Tape::Auto`] keeps of each step.
const MOST: usize = 1 << 20;

impl Tape {
    /// The number of steps between two states that are kept, for `bytes` a step.
    fn segment(self, steps: usize, bytes: usize) -> usize {
        match self {
            Self::Full => steps,
            Self::Every(segment) => segment.clamp(1, steps),
            Self::Auto if steps.saturating_mul(bytes) <= MOST => steps,
            Self::Auto => steps.isqrt().max(1),
        }
    }
}

/// States before each K-th step, and everything the adjoint reads of each step of one segment of K steps.
#[derive(Debug)]
pub(super) struct Reel<T: Float> {
    /// Elements of states and counter, which lie at the start of the arrays.
    head: usize,
    /// Arrays that are written anew in each step.
    drives: Vec<usize>,
    stride: usize,
    pub(super) segment: usize,
    steps: usize,
    states: Vec<T::Bits>,
    slots: Vec<T::Bits>,
}

impl<T: Float> Default for Reel<T> {
    fn default() -> Self {
        Self {
            head: 0,
            drives: Vec::new(),
            stride: 0,
            segment: 1,
            steps: 0,
            states: Vec::new(),
            slots: Vec::new(),
        }
    }
}

impl<T: Float> Reel<T> {
    /// Ready for `steps` steps of these arrays.
    pub(super) fn wind(&mut self, arrays: &Arrays<T>, drives: &[usize], steps: usize, tape: Tape) {
        let places = arrays.places();
        self.stride = arrays.stride();
        self.head = (places.states() + usize::from(places.counter().is_some())) * self.stride;
        self.drives.clear();
        self.drives.extend_from_slice(drives);
        self.steps = steps;
        self.segment = tape.segment(steps, self.slot() * size_of::<T>());
        let zero = T::Bits::default();
        self.states.resize(self.head * steps.div_ceil(self.segment), zero);
        self.slots.resize(self.slot() * self.segment, zero);
    }

    fn slot(&self) -> usize {
        self.head + self.drives.len() * self.stride
    }

    /// Bytes in use.
    pub(super) fn bytes(&self) -> usize {
        (self.states.len() + self.slots.len()) * size_of::<T>()
    }

    /// Whether the steps of the segment of `step` are at hand after the way forward.
    fn is_last(&self, step: usize) -> bool {
        step / self.segment == (self.steps - 1) / self.segment
    }

    /// On the way forward, before a step: keeps the states where a segment begins.
    pub(super) fn mark(&mut self, arrays: &Arrays<T>, step: usize) {
        if step.is_multiple_of(self.segment) {
            let at = step / self.segment * self.head;
            self.states[at..at + self.head].copy_from_slice(&arrays.all_bits()[..self.head]);
        }
    }

    /// Before a step, after its inputs were written: keeps all of it. On the way forward only the last segment is.
    pub(super) fn keep(&mut self, arrays: &Arrays<T>, step: usize, again: bool) {
        if !again && !self.is_last(step) {
            return;
        }
        let (head, stride, slot) = (self.head, self.stride, self.slot());
        let slot = &mut self.slots[step % self.segment * slot..][..slot];
        let all = arrays.all_bits();
        slot[..head].copy_from_slice(&all[..head]);
        for (to, &array) in slot[head..].chunks_exact_mut(stride).zip(&self.drives) {
            let length = stride.min(all.len() - array * stride);
            to[..length].copy_from_slice(&all[array * stride..][..length]);
        }
    }

    /// The segments on the way back, each with whether it has to be made again.
    pub(super) fn segments(&self) -> impl Iterator<Item = (core::ops::Range<usize>, bool)> + use<T> {
        let (segment, steps) = (self.segment, self.steps);
        let count = steps.div_ceil(segment);
        (0..count).rev().map(move |s| {
            let range = s * segment..((s + 1) * segment).min(steps);
            (range, s + 1 < count)
        })
    }

    /// Puts the states before the segment that begins at `step` back.
    pub(super) fn rewind(&self, arrays: &mut Arrays<T>, step: usize) {
        let at = step / self.segment * self.head;
        arrays.all_bits_mut()[..self.head].copy_from_slice(&self.states[at..at + self.head]);
    }

    /// State `array`, or the counter, before a step of the segment at hand.
    pub(super) fn state(&self, step: usize, array: usize) -> &[T::Bits] {
        &self.slots[step % self.segment * self.slot() + array * self.stride..][..self.stride]
    }

    /// What drove a step of the segment at hand: the array of this place among them.
    pub(super) fn drive(&self, step: usize, drive: usize) -> &[T::Bits] {
        &self.slots[step % self.segment * self.slot() + self.head + drive * self.stride..][..self.stride]
    }
}

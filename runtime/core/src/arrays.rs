//! The memory of a population: one padded array for each quantity.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::layout::{Place, Places};
use crate::real::Real;
use crate::view::{Cloth, View, Views};
use crate::{StepKernel, Steps};

/// Neurons in a word of spike bits; arrays are padded to a multiple of it.
pub const WORD: usize = 64;

/// Bytes of a cache line; every array starts at a multiple of it.
const LINE: usize = 64;

/// The arrays of a population in one allocation, array after array, each padded to a multiple of 64 neurons.
///
/// The padding holds copies of the last neuron, so it computes nothing that the last neuron would not; its spike bits are
/// cleared by [`Arrays::clear_padding`].
#[derive(Debug)]
pub struct Arrays<T: Real> {
    bits: Vec<T::Bits>,
    start: usize,
    stride: usize,
    neurons: usize,
    places: Places,
    uniforms: Vec<T::Bits>,
    spikes: Vec<u64>,
}

impl<T: Real> Arrays<T> {
    /// Zeroed arrays for `neurons` neurons.
    ///
    /// # Errors
    /// The number of bytes that could not be had.
    pub fn new(places: Places, neurons: usize) -> Result<Self, usize> {
        let words = neurons.div_ceil(WORD);
        let element = size_of::<T>();
        // One cache line between the arrays keeps equal indices of different arrays out of the same cache set.
        let stride = words * WORD + LINE / element;
        let line = LINE / element;
        let wanted = stride
            .checked_mul(places.arrays())
            .and_then(|elements| elements.checked_add(line))
            .ok_or(usize::MAX)?;
        let bytes = wanted.saturating_mul(element);
        let mut bits = Vec::new();
        bits.try_reserve_exact(wanted).map_err(|_| bytes)?;
        bits.resize(wanted, T::Bits::default());
        let mut spikes = Vec::new();
        spikes.try_reserve_exact(words).map_err(|_| bytes)?;
        spikes.resize(words, 0);
        let start = bits.as_ptr().align_offset(LINE).min(line);
        Ok(Self {
            bits,
            start,
            stride,
            neurons,
            uniforms: uniforms::<T>(&places),
            places,
            spikes,
        })
    }

    /// Bytes that arrays for `neurons` neurons take, spike bits included; `None` when that is beyond any address.
    #[must_use]
    pub fn bytes(places: &Places, neurons: usize) -> Option<usize> {
        let words = neurons.div_ceil(WORD);
        let element = size_of::<T>();
        words
            .checked_mul(WORD)?
            .checked_add(LINE / element)?
            .checked_mul(places.arrays())?
            .checked_mul(element)?
            .checked_add(LINE)?
            .checked_add(words * size_of::<u64>())
    }

    /// Bytes that these arrays take, spike bits included.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_val(self.bits.as_slice()) + size_of_val(self.spikes.as_slice())
    }

    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Number of words of spike bits: the neurons, padded, in groups of 64.
    #[must_use]
    pub fn words(&self) -> usize {
        self.spikes.len()
    }

    /// Where each quantity is.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Elements from the start of one array to the start of the next.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// All arrays as bits, the first starting at element 0; array `k` starts at `k * stride()`.
    #[must_use]
    pub fn all_bits_mut(&mut self) -> &mut [T::Bits] {
        &mut self.bits[self.start..]
    }

    /// All arrays as bits, as [`Arrays::all_bits_mut`].
    #[must_use]
    pub fn all_bits(&self) -> &[T::Bits] {
        &self.bits[self.start..]
    }

    /// The uniform values as bits.
    #[must_use]
    pub fn uniforms(&self) -> &[T::Bits] {
        &self.uniforms
    }

    /// The uniform values as bits, to be written.
    #[must_use]
    pub fn uniforms_mut(&mut self) -> &mut [T::Bits] {
        &mut self.uniforms
    }

    /// The spike bits: bit `i % 64` of word `i / 64` is neuron `i`.
    #[must_use]
    pub fn spikes(&self) -> &[u64] {
        &self.spikes
    }

    /// The spike bits, to be written.
    #[must_use]
    pub fn spikes_mut(&mut self) -> &mut [u64] {
        &mut self.spikes
    }

    /// The neurons in views of `block` words, the last perhaps shorter, and the uniform values.
    #[must_use]
    pub fn views(&mut self, block: usize) -> (Views<'_, T>, &[T::Bits]) {
        let words = self.spikes.len();
        let cloth = Cloth::new(&mut self.bits[self.start..], self.stride, words, &self.places);
        (Views::new(cloth, block, self.neurons), &self.uniforms)
    }

    /// The neurons of some words, the uniform values, and the spike bits of these words.
    ///
    /// # Panics
    /// When there are no such words.
    #[must_use]
    pub fn view(&mut self, words: Range<usize>) -> (View<'_, T>, &[T::Bits], &mut [u64]) {
        let count = self.spikes.len();
        let spikes = &mut self.spikes[words.clone()];
        let cloth = Cloth::new(&mut self.bits[self.start..], self.stride, count, &self.places);
        let neurons = (words.end * WORD).min(self.neurons) - (words.start * WORD).min(self.neurons);
        (cloth.only(words, neurons), &self.uniforms, spikes)
    }

    /// Advances the neurons of some words by one step, and writes their spike bits.
    ///
    /// # Panics
    /// When there are no such words, or the arrays are laid out for another kernel.
    pub fn run(&mut self, kernel: &(impl StepKernel<T> + ?Sized), words: Range<usize>) {
        if words.is_empty() {
            return;
        }
        let (mut view, uniforms, spikes) = self.view(words);
        kernel.run(&mut view, Steps::one(uniforms, spikes));
    }

    /// Array `array` as bits, without padding.
    #[must_use]
    pub fn bits(&self, array: usize) -> &[T::Bits] {
        let first = self.start + array * self.stride;
        &self.bits[first..first + self.neurons]
    }

    /// Array `array` as bits, without padding, to be written; follow with [`Arrays::pad`].
    #[must_use]
    pub fn bits_mut(&mut self, array: usize) -> &mut [T::Bits] {
        let first = self.start + array * self.stride;
        &mut self.bits[first..first + self.neurons]
    }

    /// Array `array` as numbers, without padding.
    #[must_use]
    pub fn values(&self, array: usize) -> &[T] {
        bytemuck::cast_slice(self.bits(array))
    }

    /// Array `array` as numbers, without padding, to be written; follow with [`Arrays::pad`].
    #[must_use]
    pub fn values_mut(&mut self, array: usize) -> &mut [T] {
        bytemuck::cast_slice_mut(self.bits_mut(array))
    }

    /// Arrays from number `first` on, padding included, as numbers to be written; follow with [`Arrays::pad`].
    pub fn rows_mut(&mut self, first: usize) -> core::slice::ChunksMut<'_, T> {
        let start = self.start + first * self.stride;
        let end = self.start + self.places.arrays() * self.stride;
        bytemuck::cast_slice_mut(&mut self.bits[start..end]).chunks_mut(self.stride)
    }

    /// Copies the last neuron of an array into its padding.
    pub fn pad(&mut self, array: usize) {
        let first = self.start + array * self.stride;
        let padded = first + self.spikes.len() * WORD;
        if self.neurons > 0 {
            let last = self.bits[first + self.neurons - 1];
            self.bits[first + self.neurons..padded].fill(last);
        }
    }

    /// Clears the spike bits of the padding.
    pub fn clear_padding(&mut self) {
        let used = self.neurons % WORD;
        if used != 0
            && let Some(last) = self.spikes.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }

    /// Sets states closer to zero than [`Real::TINY`] to zero.
    ///
    /// This is part of what a model means: it happens after every step whose number, counted from 1, is a multiple of
    /// [`crate::FLUSH_EVERY`], whatever engine runs the step. Without it the adaptation of a silent neuron decays into
    /// the denormal numbers, on which the arithmetic of most processors is many times slower.
    pub fn flush_tiny(&mut self) {
        if self.neurons > 0 {
            self.view(0..self.words()).0.flush_tiny();
        }
    }
}

/// The uniform values before anything is bound: zeros, of which the weights are negative. Where no events arrive, a sum stays what it is to
/// the bit, since x + -0 is x also where x is -0.
fn uniforms<T: Real>(places: &Places) -> Vec<T::Bits> {
    let mut uniforms = vec![T::ZERO.bits(); places.uniforms()];
    for place in places.all_weights() {
        if let Place::Uniform(index) = place {
            uniforms[index] = (-T::ZERO).bits();
        }
    }
    uniforms
}

#[cfg(test)]
mod tests {
    use super::{Arrays, WORD};
    use crate::layout::{Layout, Places, Specialization};

    fn arrays(neurons: usize) -> Arrays<f32> {
        let layout = Layout {
            states: 2,
            spikes: true,
            ..Layout::default()
        };
        let places = Places::new(&layout, &Specialization::default());
        Arrays::new(places, neurons).unwrap()
    }

    #[test]
    fn arrays_start_at_cache_lines_and_are_padded() {
        let mut a = arrays(70);
        assert_eq!(a.words(), 2);
        for array in 0..2 {
            assert_eq!(a.values(array).as_ptr().align_offset(64), 0);
        }
        a.values_mut(1).fill(3.0);
        a.pad(1);
        let first = a.stride();
        assert_eq!(a.all_bits_mut()[first + 2 * WORD - 1], 3f32.to_bits());
    }

    #[test]
    fn padding_never_spikes() {
        let mut a = arrays(70);
        a.spikes_mut().fill(u64::MAX);
        a.clear_padding();
        assert_eq!(a.spikes(), [u64::MAX, 0b11_1111]);
    }

    #[test]
    fn tiny_states_become_zero_and_others_stay() {
        let mut a = arrays(4);
        a.values_mut(0).copy_from_slice(&[1e-31, -1e-31, 1e-29, f32::NAN]);
        a.flush_tiny();
        assert_eq!(a.values(0)[..3], [0.0, 0.0, 1e-29]);
        assert!(a.values(0)[3].is_nan());
    }
}

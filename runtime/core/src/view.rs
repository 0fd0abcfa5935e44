//! Some neurons of a population: a part of every array, which one thread may work on while others work on the rest.
#![allow(unsafe_code)]

use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;

use crate::arrays::WORD;
use crate::layout::Places;
use crate::real::Real;

/// Where the arrays of a population lie: what views are cut from.
pub(crate) struct Cloth<'a, T: Real> {
    /// Element 0 of array 0.
    base: NonNull<T::Bits>,
    /// Elements from the start of one array to the start of the next.
    stride: usize,
    words: usize,
    places: &'a Places,
    of: PhantomData<&'a mut [T::Bits]>,
}

impl<'a, T: Real> Cloth<'a, T> {
    /// All arrays, array `k` starting at `k * stride` and holding `words` words.
    pub(crate) fn new(bits: &'a mut [T::Bits], stride: usize, words: usize, places: &'a Places) -> Self {
        let arrays = places.arrays();
        assert!(arrays == 0 || (stride >= words * WORD && bits.len() >= (arrays - 1) * stride + words * WORD));
        Self {
            base: NonNull::from(bits).cast(),
            stride,
            words,
            places,
            of: PhantomData,
        }
    }

    /// The neurons of some words, which are the only ones that are looked at: `neurons` of them are no padding.
    pub(crate) fn only(self, words: Range<usize>, neurons: usize) -> View<'a, T> {
        assert!(
            words.start <= words.end && words.end <= self.words,
            "words outside of the population"
        );
        // SAFETY: the words lie within the arrays, and this consumes the one borrow of them that there is.
        let view = unsafe { self.cut(words.start, neurons) };
        View {
            words: words.len(),
            ..view
        }
    }

    /// The neurons from word `first` on, `neurons` of them.
    ///
    /// # Safety
    /// The words lie within those that [`Cloth::new`] was given, and no other view of them exists meanwhile.
    pub(crate) unsafe fn cut(&self, first: usize, neurons: usize) -> View<'a, T> {
        let base = if self.places.arrays() == 0 {
            NonNull::dangling()
        } else {
            // SAFETY: by the contract the words lie within array 0, and so within the slice that `base` is the start of.
            unsafe { self.base.add(first * WORD) }
        };
        View {
            base,
            stride: self.stride,
            words: neurons.div_ceil(WORD),
            neurons,
            places: self.places,
            of: PhantomData,
        }
    }
}

/// Some neurons of a population in whole words: their part of every array.
///
/// Views of different words are independent of each other, so each may be worked on by a thread of its own.
pub struct View<'a, T: Real> {
    /// The first neuron in array 0. For each array `k`, the elements `k * stride .. k * stride + words * WORD` from here belong to
    /// this view alone, for `'a`.
    base: NonNull<T::Bits>,
    stride: usize,
    words: usize,
    neurons: usize,
    places: &'a Places,
    of: PhantomData<&'a mut [T::Bits]>,
}

// SAFETY: a view is an exclusive borrow of its elements, which are plain numbers.
unsafe impl<T: Real> Send for View<'_, T> {}

impl<T: Real> fmt::Debug for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("neurons", &self.neurons)
            .finish_non_exhaustive()
    }
}

impl<'a, T: Real> View<'a, T> {
    /// Number of neurons, without padding.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Number of words of neurons.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words
    }

    /// Elements from one array to the next, see [`View::as_mut_ptr`].
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Where each quantity is.
    #[must_use]
    pub fn places(&self) -> &'a Places {
        self.places
    }

    /// The first neuron in array 0. In array `k` it lies `k * stride()` further on. The elements of `words() * 64` neurons from there on
    /// may be read and written in each array while this view is borrowed, and no others.
    #[must_use]
    pub fn as_mut_ptr(&mut self) -> *mut T::Bits {
        self.base.as_ptr()
    }

    /// The part of array `array`, padding included.
    ///
    /// # Panics
    /// When there is no such array.
    #[inline]
    #[must_use]
    pub fn array(&self, array: usize) -> &[T::Bits] {
        assert!(array < self.places.arrays(), "no such array");
        // SAFETY: the elements belong to this view, which is borrowed.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr().add(array * self.stride), self.words * WORD) }
    }

    /// The part of array `array`, padding included, to be written.
    ///
    /// # Panics
    /// When there is no such array.
    #[inline]
    #[must_use]
    pub fn array_mut(&mut self, array: usize) -> &mut [T::Bits] {
        assert!(array < self.places.arrays(), "no such array");
        // SAFETY: the elements belong to this view, which is borrowed exclusively.
        unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr().add(array * self.stride), self.words * WORD) }
    }

    /// The part of array `array` as numbers, padding included, to be written.
    ///
    /// # Panics
    /// When there is no such array.
    #[inline]
    #[must_use]
    pub fn values_mut(&mut self, array: usize) -> &mut [T] {
        bytemuck::cast_slice_mut(self.array_mut(array))
    }

    /// The parts of all arrays, the first ones to be written.
    #[inline]
    pub fn columns(&mut self) -> Columns<'_, T> {
        Columns {
            base: self.base,
            stride: self.stride,
            elements: self.words * WORD,
            next: 0,
            arrays: self.places.arrays(),
            of: PhantomData,
        }
    }

    /// Copies the last neuron of an array into the padding.
    pub fn pad(&mut self, array: usize) {
        let neurons = self.neurons;
        if neurons > 0 {
            let part = self.array_mut(array);
            let last = part[neurons - 1];
            part[neurons..].fill(last);
        }
    }

    /// Sets states closer to zero than [`Real::TINY`] to zero, see [`crate::Arrays::flush_tiny`].
    pub fn flush_tiny(&mut self) {
        for state in 0..self.places.states() {
            for value in self.values_mut(self.places.state(state)) {
                *value = if value.magnitude() < T::TINY { T::ZERO } else { *value };
            }
        }
    }
}

/// The parts of all arrays of a view: handed out one by one to be written, and what is left to be read.
pub struct Columns<'v, T: Real> {
    base: NonNull<T::Bits>,
    stride: usize,
    elements: usize,
    /// The first array that was not handed out.
    next: usize,
    arrays: usize,
    of: PhantomData<&'v mut [T::Bits]>,
}

impl<T: Real> fmt::Debug for Columns<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Columns")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<'v, T: Real> Columns<'v, T> {
    /// The part of the next array, to be written.
    ///
    /// # Panics
    /// When all were handed out.
    #[inline(always)]
    #[must_use]
    pub fn take(&mut self) -> &'v mut [T::Bits] {
        assert!(self.next < self.arrays, "no array is left");
        // SAFETY: the view, which is borrowed exclusively for `'v`, owns these elements, and each array is handed out once.
        let part =
            unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr().add(self.next * self.stride), self.elements) };
        self.next += 1;
        part
    }

    /// The arrays that were not handed out, to be read.
    #[inline(always)]
    #[must_use]
    pub fn rest(self) -> Rest<'v, T> {
        Rest {
            base: self.base,
            stride: self.stride,
            elements: self.elements,
            first: self.next,
            arrays: self.arrays,
            of: PhantomData,
        }
    }
}

/// Arrays of a view that are only read.
pub struct Rest<'v, T: Real> {
    base: NonNull<T::Bits>,
    stride: usize,
    elements: usize,
    first: usize,
    arrays: usize,
    of: PhantomData<&'v [T::Bits]>,
}

impl<T: Real> Clone for Rest<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Real> Copy for Rest<'_, T> {}

impl<T: Real> fmt::Debug for Rest<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("first", &self.first)
            .finish_non_exhaustive()
    }
}

impl<'v, T: Real> Rest<'v, T> {
    /// The part of array `array`.
    ///
    /// # Panics
    /// When it was handed out to be written, or there is none.
    #[inline(always)]
    #[must_use]
    pub fn array(&self, array: usize) -> &'v [T::Bits] {
        assert!(self.first <= array && array < self.arrays, "no array to be read");
        // SAFETY: the view, which is borrowed exclusively for `'v`, owns these elements; arrays from `first` on are not handed out
        // to be written.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr().add(array * self.stride), self.elements) }
    }
}

/// The views of a population, block by block: see [`crate::Arrays::views`].
pub struct Views<'a, T: Real> {
    cloth: Cloth<'a, T>,
    /// The first word that is not in a view yet.
    word: usize,
    /// Words of a view.
    block: usize,
    neurons: usize,
}

// SAFETY: an exclusive borrow of arrays of plain numbers.
unsafe impl<T: Real> Send for Views<'_, T> {}

impl<T: Real> fmt::Debug for Views<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views")
            .field("word", &self.word)
            .finish_non_exhaustive()
    }
}

impl<'a, T: Real> Views<'a, T> {
    pub(crate) fn new(cloth: Cloth<'a, T>, block: usize, neurons: usize) -> Self {
        Self {
            cloth,
            word: 0,
            block: block.max(1),
            neurons,
        }
    }
}

impl<'a, T: Real> Iterator for Views<'a, T> {
    type Item = View<'a, T>;

    fn next(&mut self) -> Option<View<'a, T>> {
        let done = self.word * WORD;
        let left = self.neurons.checked_sub(done).filter(|&left| left > 0)?;
        let neurons = left.min(self.block.saturating_mul(WORD));
        debug_assert!(self.word + neurons.div_ceil(WORD) <= self.cloth.words);
        // SAFETY: the words hold neurons of the population, and `word` only rises, so that no two views share one.
        let view = unsafe { self.cloth.cut(self.word, neurons) };
        self.word += neurons.div_ceil(WORD);
        Some(view)
    }
}

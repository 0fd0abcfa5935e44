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
            elsewhere: [None; ELSEWHERE],
            of: PhantomData,
        }
    }
}

/// The most arrays of a view that can be read from elsewhere.
const ELSEWHERE: usize = 4;

/// The arrays of a view that are read from elsewhere, with what is read.
type Elsewhere<'a, T> = [Option<(usize, &'a [<T as Real>::Bits])>; ELSEWHERE];

/// What is read instead of an array of this number, if anything is.
#[inline(always)]
fn instead<'a, T: Real>(elsewhere: &Elsewhere<'a, T>, array: usize) -> Option<&'a [T::Bits]> {
    let found = elsewhere.iter().flatten().find(|(number, _)| *number == array);
    found.map(|(_, values)| *values)
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
    elsewhere: Elsewhere<'a, T>,
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

    /// Where each quantity is.
    #[must_use]
    pub fn places(&self) -> &'a Places {
        self.places
    }

    /// Lets steps read an array from elsewhere, until [`View::read_own`]: so inputs that change from step to step need not be copied. There
    /// is room for a few arrays; `false` says that it is used up.
    ///
    /// # Panics
    /// When steps write this array, or when `values` are not as many as the view has words for.
    #[must_use]
    pub fn read_elsewhere(&mut self, array: usize, values: &'a [T]) -> bool {
        let written = self.places.states() + usize::from(self.places.counter().is_some());
        assert!(
            (written..self.places.arrays()).contains(&array),
            "no array that is only read"
        );
        assert_eq!(values.len(), self.words * WORD);
        let free = self.elsewhere.iter_mut().find(|place| place.is_none());
        free.map(|place| *place = Some((array, bytemuck::cast_slice(values))))
            .is_some()
    }

    /// Lets steps read the arrays of the view again.
    pub fn read_own(&mut self) {
        self.elsewhere = [None; ELSEWHERE];
    }

    /// Where the first neuron lies in each array, for compiled code. The elements of `words() * 64` neurons from there on may be read while
    /// this view is borrowed, in arrays of states and of the counter also written, and no others.
    ///
    /// # Panics
    /// When `starts` has not as many places as there are arrays.
    #[inline]
    pub fn starts(&mut self, starts: &mut [*mut T::Bits]) {
        assert_eq!(starts.len(), self.places.arrays());
        for (array, start) in starts.iter_mut().enumerate() {
            // SAFETY: the elements of the array that belong to this view begin there.
            *start = unsafe { self.base.as_ptr().add(array * self.stride) };
        }
        for (array, values) in self.elsewhere.iter().flatten() {
            starts[*array] = values.as_ptr().cast_mut();
        }
    }

    /// The part of array `array`, padding included, or what is read instead of it.
    ///
    /// # Panics
    /// When there is no such array.
    #[inline]
    #[must_use]
    pub fn array(&self, array: usize) -> &[T::Bits] {
        assert!(array < self.places.arrays(), "no such array");
        if let Some(values) = instead::<T>(&self.elsewhere, array) {
            return values;
        }
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
            elsewhere: &self.elsewhere,
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
    elsewhere: &'v Elsewhere<'v, T>,
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
            elsewhere: self.elsewhere,
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
    elsewhere: &'v Elsewhere<'v, T>,
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
        if let Some(values) = instead::<T>(self.elsewhere, array) {
            return values;
        }
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

#[cfg(test)]
mod tests {
    use crate::{Arrays, Layout, Places, Specialization, WORD};
    use alloc::vec;

    /// A state and two inputs of 100 neurons.
    fn arrays() -> Arrays<f32> {
        let layout = Layout {
            states: 1,
            inputs: 2,
            ..Layout::default()
        };
        let each = Specialization {
            inputs: vec![true, true],
            ..Specialization::default()
        };
        Arrays::new(Places::new(&layout, &each), 100).expect("little memory")
    }

    #[test]
    fn an_array_can_be_read_from_elsewhere_and_is_never_written_there() {
        let mut arrays = arrays();
        let row = [7.0_f32; 2 * WORD];
        let (views, _) = arrays.views(2);
        for mut view in views {
            let own = view.array(2).as_ptr();
            assert!(view.read_elsewhere(2, &row));
            assert_eq!(view.array(2), &row.map(f32::to_bits));
            view.array_mut(2)[0] = 5;
            assert_eq!(view.array(2)[0], 7.0_f32.to_bits());
            let mut columns = view.columns();
            let _state = columns.take();
            assert_eq!(columns.rest().array(2), &row.map(f32::to_bits));
            let mut starts = [core::ptr::null_mut(); 3];
            view.starts(&mut starts);
            assert_eq!(starts[2].cast_const(), row.as_ptr().cast());
            view.read_own();
            assert_eq!((view.array(2).as_ptr(), view.array(2)[0]), (own, 5));
        }
    }

    #[test]
    #[should_panic(expected = "no array that is only read")]
    fn states_are_where_they_are() {
        let mut arrays = arrays();
        let row = [0.0; 2 * WORD];
        let (mut view, _, _) = arrays.view(0..2);
        let _ = view.read_elsewhere(0, &row);
    }
}

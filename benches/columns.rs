//! The arrays and numbers of `models/alif.alif`, as code that was written for this one model sees them.

use alif_core::{Layout, Places, Port, Real, Specialization, View, WORD};

/// The arrays of the model, some words of neurons of them.
#[derive(Debug)]
pub struct Columns<'a, T: Real> {
    /// The membrane potential `V`.
    pub v: &'a mut [T],
    /// The adaptation `a`.
    pub a: &'a mut [T],
    /// The refractory counter: integers as wide as the numbers.
    pub counter: &'a mut [T::Bits],
    /// The spike bits.
    pub spikes: &'a mut [u64],
    /// The input of each neuron in this step, where it is not one for all; otherwise nothing.
    pub input: &'a [T],
}

/// The uniform numbers of the model, in the order of its coefficients; then its input, and the weight of events, of which none come.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<T: Real> {
    /// `Q[V,1]`
    pub offset: T,
    /// `Q[V,I]`
    pub gain: T,
    /// `P[V,V]`
    pub decay_v: T,
    /// `P[a,a]`
    pub decay_a: T,
    /// `V_th`
    pub threshold: T,
    /// `beta`
    pub beta: T,
    /// The refractory period in steps.
    pub refractory: T::Bits,
    /// `I`
    pub input: T,
}

/// Number of coefficients.
pub(crate) const COEFFICIENTS: usize = 7;

/// The specialisation with one number for all neurons wherever that can be, and no events.
#[must_use]
pub fn uniform() -> Specialization {
    Specialization {
        coefficients: vec![false; COEFFICIENTS],
        inputs: vec![false],
        ports: vec![false],
    }
}

/// Where code of this file expects each quantity.
#[must_use]
pub fn places() -> Places {
    let weight = Port {
        slots: 1,
        sum: true,
        each: false,
        arrival: false,
    };
    let layout = Layout {
        states: 2,
        counter: true,
        coefficients: COEFFICIENTS,
        inputs: 1,
        draws: vec![],
        ports: vec![weight],
        spikes: true,
    };
    Places::new(&layout, &uniform())
}

/// A word of each array: `V`, `a`, counter, spike bits.
pub type Word<'a, T> = (
    &'a mut [T; WORD],
    &'a mut [T; WORD],
    &'a mut [<T as Real>::Bits; WORD],
    &'a mut u64,
);

impl<'a, T: Real> Columns<'a, T> {
    /// The neurons of a view with their spike bits, and the numbers.
    ///
    /// # Panics
    /// When the arrays are not those of [`places`].
    #[inline]
    pub fn split(view: &'a mut View<'_, T>, uniforms: &[T::Bits], spikes: &'a mut [u64]) -> (Self, Numbers<T>) {
        let &[
            offset,
            gain,
            decay_v,
            decay_a,
            threshold,
            beta,
            refractory,
            input,
            _weight,
        ] = uniforms
        else {
            panic!("seven coefficients, one input, one port");
        };
        let numbers = Numbers {
            offset: T::from_bits(offset),
            gain: T::from_bits(gain),
            decay_v: T::from_bits(decay_v),
            decay_a: T::from_bits(decay_a),
            threshold: T::from_bits(threshold),
            beta: T::from_bits(beta),
            refractory,
            input: T::from_bits(input),
        };
        let mut each = view.columns();
        let columns = Self {
            v: bytemuck::cast_slice_mut(each.take()),
            a: bytemuck::cast_slice_mut(each.take()),
            counter: each.take(),
            spikes,
            input: &[],
        };
        (columns, numbers)
    }

    /// The arrays in words of 64 neurons: `V`, `a`, counter, spike bits.
    #[inline]
    pub fn words(self) -> impl Iterator<Item = Word<'a, T>> {
        // All slices get one length here, so that the loop does not look for the shortest.
        let n = self.spikes.len();
        let words = self.v.as_chunks_mut().0[..n].iter_mut();
        let words = words.zip(&mut self.a.as_chunks_mut().0[..n]);
        let words = words.zip(&mut self.counter.as_chunks_mut().0[..n]);
        let words = words.zip(self.spikes);
        words.map(|(((v, a), counter), spikes)| (v, a, counter, spikes))
    }
}

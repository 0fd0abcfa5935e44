//! Steps that a kernel makes in a row.

use core::mem::take;

use crate::real::Real;

/// Steps that a kernel makes in a row: what is the same for all neurons in each of them, and where its spike bits go.
#[derive(Debug)]
pub struct Steps<'a, T: Real> {
    count: usize,
    /// The uniform values of the first step; those of the next begin `advance` further on.
    uniforms: &'a [T::Bits],
    advance: usize,
    /// The words of the first step, then those of the next.
    spikes: &'a mut [u64],
}

impl<'a, T: Real> Steps<'a, T> {
    /// One step.
    #[must_use]
    pub fn one(uniforms: &'a [T::Bits], spikes: &'a mut [u64]) -> Self {
        Self::new(1, uniforms, 0, spikes)
    }

    /// `count` steps. The uniform values of each begin `advance` values after those of the one before, so 0 means that they stay the
    /// same; the spike bits of all steps have their place in `spikes`, step by step.
    #[must_use]
    pub fn new(count: usize, uniforms: &'a [T::Bits], advance: usize, spikes: &'a mut [u64]) -> Self {
        Self {
            count,
            uniforms,
            advance,
            spikes,
        }
    }

    /// The steps one by one, for a view of `words` words and a kernel that reads `uniforms` uniform values.
    ///
    /// # Panics
    /// When there are too few uniform values or words of spike bits.
    #[inline(always)]
    #[must_use]
    pub fn each(self, words: usize, uniforms: usize) -> Each<'a, T> {
        let last = self.count.saturating_sub(1) * self.advance;
        assert!(self.uniforms.len() >= last + uniforms, "too few uniform values");
        assert!(self.spikes.len() >= self.count * words, "too few words for spike bits");
        Each {
            left: self.count,
            uniforms: self.uniforms,
            advance: self.advance,
            reads: uniforms,
            spikes: self.spikes,
            words,
        }
    }
}

/// The steps of [`Steps::each`]: uniform values and spike bits.
#[derive(Debug)]
pub struct Each<'a, T: Real> {
    left: usize,
    uniforms: &'a [T::Bits],
    advance: usize,
    reads: usize,
    spikes: &'a mut [u64],
    words: usize,
}

impl<'a, T: Real> Iterator for Each<'a, T> {
    type Item = (&'a [T::Bits], &'a mut [u64]);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let uniforms = &self.uniforms[..self.reads];
        if self.left > 0 {
            self.uniforms = &self.uniforms[self.advance..];
        }
        let (spikes, rest) = take(&mut self.spikes).split_at_mut(self.words);
        self.spikes = rest;
        Some((uniforms, spikes))
    }
}

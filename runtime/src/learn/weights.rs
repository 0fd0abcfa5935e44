//! Dense weights.

use alloc::vec;
use alloc::vec::Vec;

use alif_core::Real;

/// Weights from each presynaptic to each postsynaptic neuron, in the unit of what they drive.
///
/// The weight from i to j is W_ji of the papers. It lies at `values()[i * post + j]`: the weights of one presynaptic neuron are
/// together, for a spike reads them all.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<T> {
    pre: usize,
    post: usize,
    values: Vec<T>,
}

impl<T: Real> Weights<T> {
    /// No connection: `post` × `pre` zeros.
    #[must_use]
    pub fn zeros(post: usize, pre: usize) -> Self {
        Self {
            pre,
            post,
            values: vec![T::ZERO; pre * post],
        }
    }

    /// The weight to j from i is `weight(j, i)`, rounded once.
    #[must_use]
    pub fn from_fn(post: usize, pre: usize, mut weight: impl FnMut(usize, usize) -> f64) -> Self {
        let mut weights = Self::zeros(post, pre);
        for j in 0..post {
            for i in 0..pre {
                weights.values[i * post + j] = T::from_f64(weight(j, i));
            }
        }
        weights
    }

    /// From a matrix W of `post` rows and `pre` columns, row by row.
    ///
    /// # Panics
    /// When it has another number of elements.
    #[must_use]
    pub fn from_matrix(post: usize, pre: usize, matrix: &[f64]) -> Self {
        assert_eq!(matrix.len(), post * pre, "a matrix of {post} x {pre} elements");
        Self::from_fn(post, pre, |j, i| matrix[j * pre + i])
    }

    /// The matrix W: `post` rows and `pre` columns, row by row.
    #[must_use]
    pub fn to_matrix(&self) -> Vec<f64> {
        let rows = (0..self.post).flat_map(|j| (0..self.pre).map(move |i| (j, i)));
        rows.map(|(j, i)| self.get(j, i)).collect()
    }

    /// The weight to `post` from `pre`.
    #[must_use]
    pub fn get(&self, post: usize, pre: usize) -> f64 {
        self.values[pre * self.post + post].to_f64()
    }

    /// The number of presynaptic neurons.
    #[must_use]
    pub fn pre(&self) -> usize {
        self.pre
    }

    /// The number of postsynaptic neurons.
    #[must_use]
    pub fn post(&self) -> usize {
        self.post
    }

    /// The weights, those of each presynaptic neuron together.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The weights, to be changed.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    pub(super) fn into_values(self) -> Vec<T> {
        self.values
    }

    /// Whether every weight is finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|w| w.to_f64().is_finite())
    }

    /// No neuron drives itself: the weights from i to i become zero.
    pub(super) fn clear_diagonal(&mut self) {
        for i in 0..self.pre.min(self.post) {
            self.values[i * self.post + i] = T::ZERO;
        }
    }

    /// Multiplied with `factor`.
    pub(super) fn scaled(mut self, factor: T) -> Self {
        for value in &mut self.values {
            *value = *value * factor;
        }
        self
    }

    /// The weights of each postsynaptic neuron together.
    pub(super) fn transposed(&self) -> Vec<T> {
        let mut by_post = vec![T::ZERO; self.values.len()];
        for (i, row) in self.values.chunks_exact(self.post.max(1)).enumerate() {
            for (j, &value) in row.iter().enumerate() {
                by_post[j * self.pre + i] = value;
            }
        }
        by_post
    }
}

#[cfg(test)]
mod tests {
    use super::Weights;

    #[test]
    fn a_matrix_comes_back_as_it_was_given() {
        let matrix = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let weights = Weights::<f32>::from_matrix(2, 3, &matrix);
        assert_eq!(weights.to_matrix(), matrix);
        assert_eq!(weights.get(1, 2), 6.0);
        assert_eq!(weights.values()[..2], [1.0, 4.0]);
        assert_eq!(weights.transposed(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }
}

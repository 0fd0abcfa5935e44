//! How weights follow their gradient.

use alloc::vec;
use alloc::vec::Vec;

use alif_core::{Real, math};

use super::{Float, Gradient, Layer};

/// A rule by which weights follow their gradient g, in the conventions of NEST and TensorFlow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Gradient descent: W ← W − η g.
    GradientDescent {
        /// The learning rate η.
        rate: f64,
    },
    /// Adam (Kingma & Ba 2015, arXiv:1412.6980): in update k, counted from 1, m ← β₁ m + (1 − β₁) g and s ← β₂ s + (1 − β₂) g²; then
    /// W ← W − η √(1 − β₂ᵏ) / (1 − β₁ᵏ) · m / (√s + ε).
    Adam {
        /// The learning rate η.
        rate: f64,
        /// The decay β₁ of the first moment; 0.9 is usual.
        first: f64,
        /// The decay β₂ of the second moment; 0.999 is usual.
        second: f64,
        /// ε, outside of the root and not corrected; 1e-8 is usual.
        epsilon: f64,
    },
}

impl Method {
    /// Adam with the usual decays.
    #[must_use]
    pub fn adam(rate: f64) -> Self {
        Self::Adam {
            rate,
            first: 0.9,
            second: 0.999,
            epsilon: 1e-8,
        }
    }

    /// Gradient descent.
    #[must_use]
    pub fn gradient_descent(rate: f64) -> Self {
        Self::GradientDescent { rate }
    }
}

/// The moments of one array of weights.
#[derive(Clone, Debug)]
struct Moments<T> {
    first: Vec<T>,
    second: Vec<T>,
}

/// A [`Method`] and what it remembers of earlier gradients.
#[derive(Clone, Debug)]
pub struct Optimiser<T> {
    method: Method,
    updates: u64,
    moments: Vec<Moments<T>>,
}

impl<T: Real> Optimiser<T> {
    /// Nothing is remembered yet.
    #[must_use]
    pub fn new(method: Method) -> Self {
        Self {
            method,
            updates: 0,
            moments: Vec::new(),
        }
    }

    /// The number of updates that were made.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Another learning rate from now on; moments stay.
    pub fn set_rate(&mut self, new: f64) {
        match &mut self.method {
            Method::GradientDescent { rate } | Method::Adam { rate, .. } => *rate = new,
        }
    }

    /// Changes arrays of values along their gradients, given as pairs (values, gradient); the same arrays in the same order each time.
    ///
    /// # Panics
    /// When an array and its gradient differ in length, or an array from what it was in the last update.
    pub fn update(&mut self, arrays: &mut [(&mut [T], &[T])]) {
        self.updates += 1;
        match self.method {
            Method::GradientDescent { rate } => {
                let rate = T::from_f64(rate);
                for (values, gradient) in arrays {
                    assert_eq!(values.len(), gradient.len(), "a gradient has an element for each value");
                    for (value, &gradient) in values.iter_mut().zip(*gradient) {
                        *value = *value - rate * gradient;
                    }
                }
            }
            Method::Adam {
                rate,
                first,
                second,
                epsilon,
            } => {
                let moments = |array: &(&mut [T], &[T])| Moments {
                    first: vec![T::ZERO; array.0.len()],
                    second: vec![T::ZERO; array.0.len()],
                };
                for array in arrays.iter().skip(self.moments.len()) {
                    self.moments.push(moments(array));
                }
                let k = self.updates as f64;
                let size = rate * math::sqrt(1.0 - math::pow(second, k)) / (1.0 - math::pow(first, k));
                let [size, first, second, epsilon] = [size, first, second, epsilon].map(T::from_f64);
                let [rest_of_first, rest_of_second] = [first, second].map(|decay| T::from_f64(1.0) - decay);
                for ((values, gradient), moments) in arrays.iter_mut().zip(&mut self.moments) {
                    assert!(
                        values.len() == gradient.len() && values.len() == moments.first.len(),
                        "arrays keep their lengths"
                    );
                    let moments = moments.first.iter_mut().zip(&mut moments.second);
                    for ((value, &gradient), (m, s)) in values.iter_mut().zip(*gradient).zip(moments) {
                        *m = first * *m + rest_of_first * gradient;
                        *s = second * *s + rest_of_second * gradient * gradient;
                        *value = *value - size * *m / (s.square_root() + epsilon);
                    }
                }
            }
        }
    }
}

impl<T: Float> Optimiser<T> {
    /// Changes the weights of a layer along their gradient: those of inputs, recurrent ones, those of the readout, and feedback that
    /// is adaptive with those.
    pub fn step(&mut self, layer: &mut Layer<T>, gradient: &Gradient<T>) {
        self.update(&mut layer.trained(gradient));
        layer.after_update();
    }
}

//! How the neurons of a population are arranged.

use core::fmt;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The arrangement of a population: a number of neurons, or lengths along axes such as rows and columns.
///
/// Neurons are numbered with the last index running fastest: in a shape (rows, columns) the neuron at (r, c) has the number
/// r · columns + c.
///
/// ```
/// use alif::Shape;
/// let shape = Shape::from((2, 3));
/// assert_eq!((shape.neurons(), shape.index(&[1, 2])), (6, Some(5)));
/// assert_eq!(Shape::from(6), [6].into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    lengths: Vec<usize>,
}

impl Shape {
    /// The length along each axis.
    #[must_use]
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The number of neurons: the product of the lengths; one that no address can reach is the largest there is.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.lengths
            .iter()
            .fold(1, |product, &length| product.saturating_mul(length))
    }

    /// The number of the neuron at a place, where there is one.
    #[must_use]
    pub fn index(&self, place: &[usize]) -> Option<usize> {
        let inside =
            place.len() == self.lengths.len() && place.iter().zip(&self.lengths).all(|(at, length)| at < length);
        let along = |sum, (at, length): (&usize, &usize)| sum * length + at;
        inside.then(|| place.iter().zip(&self.lengths).fold(0, along))
    }

    /// The place of a neuron, where there is such a neuron.
    #[must_use]
    pub fn place(&self, neuron: usize) -> Option<Vec<usize>> {
        if neuron >= self.neurons() {
            return None;
        }
        let mut left = neuron;
        let mut place = vec![0; self.lengths.len()];
        for (at, length) in place.iter_mut().zip(&self.lengths).rev() {
            *at = left % length;
            left /= length;
        }
        Some(place)
    }

    /// This shape behind an axis of batches, if there is one.
    pub(crate) fn behind(&self, batch: Option<usize>) -> Self {
        Self {
            lengths: batch.into_iter().chain(self.lengths.iter().copied()).collect(),
        }
    }
}

impl Shape {
    /// What is behind the axis of batches, if there is one.
    pub(crate) fn of_member(&self, batch: Option<usize>) -> Self {
        self.lengths[usize::from(batch.is_some())..].into()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths: Vec<String> = self.lengths.iter().map(|length| format!("{length}")).collect();
        match lengths.as_slice() {
            [one] => write!(f, "({one},)"),
            _ => write!(f, "({})", lengths.join(", ")),
        }
    }
}

impl From<usize> for Shape {
    fn from(neurons: usize) -> Self {
        Self { lengths: vec![neurons] }
    }
}

impl From<(usize, usize)> for Shape {
    fn from((rows, columns): (usize, usize)) -> Self {
        Self {
            lengths: vec![rows, columns],
        }
    }
}

impl From<(usize, usize, usize)> for Shape {
    fn from((layers, rows, columns): (usize, usize, usize)) -> Self {
        Self {
            lengths: vec![layers, rows, columns],
        }
    }
}

impl<const AXES: usize> From<[usize; AXES]> for Shape {
    fn from(lengths: [usize; AXES]) -> Self {
        Self {
            lengths: lengths.to_vec(),
        }
    }
}

impl From<&[usize]> for Shape {
    fn from(lengths: &[usize]) -> Self {
        Self {
            lengths: lengths.to_vec(),
        }
    }
}

impl From<Vec<usize>> for Shape {
    fn from(lengths: Vec<usize>) -> Self {
        Self { lengths }
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn places_and_numbers_belong_together() {
        let shape = Shape::from((2, 3, 4));
        for neuron in 0..shape.neurons() {
            let place = shape.place(neuron).unwrap();
            assert_eq!(shape.index(&place), Some(neuron));
        }
        assert_eq!(shape.index(&[1, 2, 3]), Some(23));
        assert_eq!(
            (shape.place(24), shape.index(&[0, 3, 0]), shape.index(&[0, 0])),
            (None, None, None)
        );
        assert_eq!(shape.behind(Some(5)).lengths(), [5, 2, 3, 4]);
        assert_eq!(
            (Shape::from(7).to_string(), shape.to_string()),
            ("(7,)".into(), "(2, 3, 4)".into())
        );
    }
}

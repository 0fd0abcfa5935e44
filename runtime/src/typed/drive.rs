//! Inputs that a closure writes while a population runs.

use core::fmt;
use core::marker::PhantomData;
use core::slice::ChunksMut;

use alif_core::Arrays;
use alif_core::quantity::Quantity;

/// One input in one step: one value a neuron, in the precision of the run. What is not written stays as it was in the step before.
pub struct Drive<'a, Q> {
    values: Row<'a>,
    quantity: PhantomData<fn() -> Q>,
}

enum Row<'a> {
    Single(&'a mut [f32]),
    Double(&'a mut [f64]),
}

impl<Q> fmt::Debug for Drive<'_, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drive({} neurons)", self.neurons())
    }
}

impl<Q> Drive<'_, Q> {
    /// The number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        match &self.values {
            Row::Single(values) => values.len(),
            Row::Double(values) => values.len(),
        }
    }
}

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>
    Drive<'_, Quantity<M, KG, S, A, K, MOL>>
{
    /// Gives all neurons the same value.
    pub fn fill(&mut self, value: impl Into<Quantity<M, KG, S, A, K, MOL>>) {
        let value = value.into().value();
        match &mut self.values {
            Row::Single(values) => values.fill(value as f32),
            Row::Double(values) => values.fill(value),
        }
    }

    /// Gives each neuron the value that belongs to its number.
    pub fn fill_with<V: Into<Quantity<M, KG, S, A, K, MOL>>>(&mut self, mut value: impl FnMut(usize) -> V) {
        match &mut self.values {
            Row::Single(values) => {
                for (neuron, to) in values.iter_mut().enumerate() {
                    *to = value(neuron).into().value() as f32;
                }
            }
            Row::Double(values) => {
                for (neuron, to) in values.iter_mut().enumerate() {
                    *to = value(neuron).into().value();
                }
            }
        }
    }

    /// Gives one neuron a value.
    ///
    /// # Panics
    /// When there is no such neuron.
    pub fn set(&mut self, neuron: usize, value: impl Into<Quantity<M, KG, S, A, K, MOL>>) {
        let value = value.into().value();
        match &mut self.values {
            Row::Single(values) => values[neuron] = value as f32,
            Row::Double(values) => values[neuron] = value,
        }
    }

    /// The value of a neuron.
    ///
    /// # Panics
    /// When there is no such neuron.
    #[must_use]
    pub fn get(&self, neuron: usize) -> Quantity<M, KG, S, A, K, MOL> {
        Quantity::coherent(match &self.values {
            Row::Single(values) => f64::from(values[neuron]),
            Row::Double(values) => values[neuron],
        })
    }
}

/// All inputs of a step, in the order of the model.
#[derive(Debug)]
pub struct Drives<'a> {
    rows: Rows<'a>,
    neurons: usize,
}

#[derive(Debug)]
enum Rows<'a> {
    Single(ChunksMut<'a, f32>),
    Double(ChunksMut<'a, f64>),
}

impl<'a> Drives<'a> {
    pub(crate) fn none() -> Self {
        Self {
            rows: Rows::Single([].chunks_mut(1)),
            neurons: 0,
        }
    }

    pub(crate) fn single(arrays: &'a mut Arrays<f32>, first: usize) -> Self {
        let neurons = arrays.neurons();
        Self {
            rows: Rows::Single(arrays.rows_mut(first)),
            neurons,
        }
    }

    pub(crate) fn double(arrays: &'a mut Arrays<f64>, first: usize) -> Self {
        let neurons = arrays.neurons();
        Self {
            rows: Rows::Double(arrays.rows_mut(first)),
            neurons,
        }
    }

    /// The next input, taken out.
    ///
    /// # Panics
    /// When there is none: generated code asks once for each input of its model.
    #[must_use]
    pub fn take<Q>(&mut self) -> Drive<'a, Q> {
        let neurons = self.neurons;
        let missing = "generated code asks once for each input of its model";
        Drive {
            values: match &mut self.rows {
                Rows::Single(rows) => Row::Single(&mut rows.next().expect(missing)[..neurons]),
                Rows::Double(rows) => Row::Double(&mut rows.next().expect(missing)[..neurons]),
            },
            quantity: PhantomData,
        }
    }
}

/// The inputs of a generated model, one field each.
pub trait InputsOf<'a>: Sized {
    /// Takes them in the order of the model.
    fn of(drives: &mut Drives<'a>) -> Self;
}

//! Values of parameters, states and inputs: one for all neurons, one for each, or drawn.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use alif_core::UnitInfo;

use crate::distribution::{Distribution, Recipient};
use crate::error::Error;

/// One value for all neurons, or one for each, in the unit that the model declares.
///
/// Of a population in batches, values are given for the neurons of one member, which then serve all members, or for all neurons, member
/// by member.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// The same for all neurons.
    Uniform(f64),
    /// One value a neuron.
    PerNeuron(Vec<f64>),
    /// One value a neuron, drawn.
    Drawn(Distribution),
    /// The same for all neurons, already in the coherent set of units.
    Coherent(f64),
    /// One value a neuron, already in the coherent set of units.
    CoherentPerNeuron(Vec<f64>),
    /// One value a neuron, drawn in the coherent set of units.
    CoherentDrawn(Distribution),
}

impl From<f64> for Values {
    fn from(value: f64) -> Self {
        Self::Uniform(value)
    }
}

impl From<Vec<f64>> for Values {
    fn from(values: Vec<f64>) -> Self {
        Self::PerNeuron(values)
    }
}

impl From<&[f64]> for Values {
    fn from(values: &[f64]) -> Self {
        Self::PerNeuron(values.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Values {
    fn from(values: [f64; N]) -> Self {
        Self::PerNeuron(values.to_vec())
    }
}

impl From<Distribution> for Values {
    fn from(distribution: Distribution) -> Self {
        Self::Drawn(distribution)
    }
}

/// The neurons of a population, which may be in batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axes {
    /// Members of a batch; 1 without batches.
    pub(crate) members: usize,
    /// Neurons of a member.
    pub(crate) each: usize,
}

impl Axes {
    /// All neurons.
    pub(crate) fn neurons(self) -> usize {
        self.members.saturating_mul(self.each)
    }
}

/// Whose values they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    pub(crate) name: &'a str,
    pub(crate) unit: &'a UnitInfo,
    pub(crate) axes: Axes,
    pub(crate) seed: u64,
    pub(crate) of: Recipient,
}

/// Values in the coherent set, for all neurons of all members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coherent {
    Uniform(f64),
    PerNeuron(Vec<f64>),
}

impl Coherent {
    /// The value of a neuron.
    pub(crate) fn at(&self, neuron: usize) -> f64 {
        match self {
            Self::Uniform(value) => *value,
            Self::PerNeuron(values) => values[neuron],
        }
    }

    /// The same for another number of members; nothing where the members differ.
    pub(crate) fn in_batches(&self, from: Axes, members: usize) -> Option<Self> {
        let Self::PerNeuron(values) = self else {
            return Some(self.clone());
        };
        let first = &values[..from.each];
        let same = |member: &[f64]| member.iter().zip(first).all(|(a, b)| a.to_bits() == b.to_bits());
        (members == from.members || values.chunks(from.each).all(same)).then(|| {
            Self::PerNeuron(if members == from.members {
                values.clone()
            } else {
                first.repeat(members)
            })
        })
    }
}

/// An initial value, as often as it is needed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Initial {
    /// That of the model.
    OfModel,
    Given(Coherent),
    /// In the coherent set; anew for each number of members.
    Drawn(Distribution),
}

impl Values {
    /// Converts to the coherent set; checks the number of values and that they are finite.
    pub(crate) fn coherent(&self, whose: Whose<'_>) -> Result<Coherent, Error> {
        self.converted(whose, f64::is_finite)
    }

    /// Converts the values of a parameter. They may be infinite: with an infinite time constant a state keeps its value.
    pub(crate) fn parameter(&self, whose: Whose<'_>) -> Result<Coherent, Error> {
        self.converted(whose, |value| !value.is_nan())
    }

    /// As an initial value.
    pub(crate) fn initial(&self, whose: Whose<'_>) -> Result<Initial, Error> {
        match self.drawn(whose)? {
            Some(distribution) => Ok(Initial::Drawn(distribution)),
            None => self.coherent(whose).map(Initial::Given),
        }
    }

    /// The distribution, in the coherent set, where values are drawn.
    fn drawn(&self, whose: Whose<'_>) -> Result<Option<Distribution>, Error> {
        let (given, coherent) = match self {
            Self::Drawn(distribution) => (distribution, distribution.map(|value| whose.unit.coherent(value))),
            Self::CoherentDrawn(distribution) => (distribution, *distribution),
            _ => return Ok(None),
        };
        match given.flaw().or_else(|| coherent.flaw()) {
            None => Ok(Some(coherent)),
            Some(reason) => Err(Error::Distribution {
                name: whose.name.to_owned(),
                reason,
            }),
        }
    }

    fn converted(&self, whose: Whose<'_>, sound: impl Fn(f64) -> bool) -> Result<Coherent, Error> {
        let Whose { name, unit, axes, .. } = whose;
        let one = |value: f64, coherent: f64, neuron: Option<usize>| {
            // A finite value that overflows on its way into the coherent set is no infinite one.
            if sound(value) && coherent.is_finite() == value.is_finite() {
                Ok(coherent)
            } else {
                Err(Error::NotFinite {
                    name: name.to_owned(),
                    value,
                    neuron,
                })
            }
        };
        if let Some(distribution) = self.drawn(whose)? {
            return Ok(Coherent::PerNeuron(distribution.for_all(whose)));
        }
        let values = match self {
            Self::Coherent(value) => return one(unit.declared(*value), *value, None).map(Coherent::Uniform),
            Self::Uniform(value) => return one(*value, unit.coherent(*value), None).map(Coherent::Uniform),
            Self::PerNeuron(values) | Self::CoherentPerNeuron(values) => values,
            Self::Drawn(_) | Self::CoherentDrawn(_) => unreachable!("drawn values are none that are given"),
        };
        if values.len() != axes.each && values.len() != axes.neurons() {
            return Err(Error::Length {
                name: name.to_owned(),
                found: values.len(),
                wanted: axes.each,
            });
        }
        let coherent = matches!(self, Self::CoherentPerNeuron(_));
        let values = values.iter().enumerate().map(|(neuron, &value)| {
            let (declared, coherent) = if coherent {
                (unit.declared(value), value)
            } else {
                (value, unit.coherent(value))
            };
            one(declared, coherent, Some(neuron))
        });
        let mut values = values.collect::<Result<Vec<f64>, Error>>()?;
        if values.len() < axes.neurons() {
            values = values.repeat(axes.members);
        }
        Ok(Coherent::PerNeuron(values))
    }
}

impl Distribution {
    /// A value for each neuron of all members.
    pub(crate) fn for_all(self, whose: Whose<'_>) -> Vec<f64> {
        let Axes { members, each } = whose.axes;
        match whose.of {
            Recipient::Parameter(_) => self.values(whose.seed, whose.of, each).repeat(members),
            Recipient::State(_) | Recipient::Input(_) => self.values(whose.seed, whose.of, members * each),
        }
    }
}

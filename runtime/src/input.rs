//! Where a population's inputs come from.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use alif_core::UnitInfo;

use crate::error::Error;

/// One value for all neurons, or one for each, in the unit that the model declares.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// The same for all neurons.
    Uniform(f64),
    /// One value a neuron.
    PerNeuron(Vec<f64>),
    /// The same for all neurons, already in the coherent set of units.
    Coherent(f64),
    /// One value a neuron, already in the coherent set of units.
    CoherentPerNeuron(Vec<f64>),
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

/// Values in the coherent set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coherent {
    Uniform(f64),
    PerNeuron(Vec<f64>),
}

impl Values {
    /// Converts to the coherent set; checks the number of values and that they are finite.
    pub(crate) fn coherent(&self, name: &str, unit: &UnitInfo, neurons: usize) -> Result<Coherent, Error> {
        self.converted(name, unit, neurons, f64::is_finite)
    }

    /// Converts the values of a parameter. They may be infinite: with an infinite time constant a state keeps its value.
    pub(crate) fn parameter(&self, name: &str, unit: &UnitInfo, neurons: usize) -> Result<Coherent, Error> {
        self.converted(name, unit, neurons, |value| !value.is_nan())
    }

    fn converted(
        &self,
        name: &str,
        unit: &UnitInfo,
        neurons: usize,
        sound: impl Fn(f64) -> bool,
    ) -> Result<Coherent, Error> {
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
        match self {
            Self::Coherent(value) => one(unit.declared(*value), *value, None).map(Coherent::Uniform),
            Self::Uniform(value) => one(*value, unit.coherent(*value), None).map(Coherent::Uniform),
            Self::PerNeuron(values) | Self::CoherentPerNeuron(values) if values.len() != neurons => {
                Err(Error::Length {
                    name: name.to_owned(),
                    found: values.len(),
                    wanted: neurons,
                })
            }
            Self::PerNeuron(values) => {
                let values = values.iter().enumerate();
                let values = values.map(|(neuron, &value)| one(value, unit.coherent(value), Some(neuron)));
                values.collect::<Result<_, _>>().map(Coherent::PerNeuron)
            }
            Self::CoherentPerNeuron(values) => {
                let values = values.iter().enumerate();
                let values = values.map(|(neuron, &value)| one(unit.declared(value), value, Some(neuron)));
                values.collect::<Result<_, _>>().map(Coherent::PerNeuron)
            }
        }
    }
}

/// What a callback writes: one value a neuron for the step of this number, in the unit that the model declares.
pub type Callback = Box<dyn FnMut(u64, &mut [f64]) + Send>;

/// Where a continuous input comes from. Steps are counted from 0 since the population was built.
pub enum Source {
    /// The same in every step.
    Constant(Values),
    /// One value a step, shared by all neurons.
    Course(Vec<f64>),
    /// One value a step and neuron: steps × neurons, row by row.
    Stream(Vec<f64>),
    /// A function that is called once a step.
    Callback(Callback),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(values) => f.debug_tuple("Constant").field(values).finish(),
            Self::Course(values) => write!(f, "Course({} steps)", values.len()),
            Self::Stream(values) => write!(f, "Stream({} values)", values.len()),
            Self::Callback(_) => f.write_str("Callback"),
        }
    }
}

impl<T: Into<Values>> From<T> for Source {
    fn from(values: T) -> Self {
        Self::Constant(values.into())
    }
}

/// An input as a run reads it.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) source: Option<Source>,
    pub(crate) constant: Option<Coherent>,
    /// The number of steps it lasts, where it ends.
    pub(crate) steps: Option<u64>,
    /// Whether a closure writes it while the population runs.
    pub(crate) driven: bool,
}

impl Input {
    /// An input that nobody connects: 0.
    pub(crate) fn none() -> Self {
        Self {
            source: None,
            constant: Some(Coherent::Uniform(0.0)),
            steps: None,
            driven: false,
        }
    }

    pub(crate) fn new(source: Source, name: &str, unit: &UnitInfo, neurons: usize) -> Result<Self, Error> {
        let constant = match &source {
            Source::Constant(values) => Some(values.coherent(name, unit, neurons)?),
            Source::Course(values) => {
                check_finite(values, name, 1)?;
                None
            }
            Source::Stream(values) => {
                if values.len() % neurons != 0 {
                    return Err(Error::Length {
                        name: name.to_owned(),
                        found: values.len(),
                        wanted: neurons,
                    });
                }
                check_finite(values, name, neurons)?;
                None
            }
            Source::Callback(_) => None,
        };
        let steps = match &source {
            Source::Course(values) => Some(values.len() as u64),
            Source::Stream(values) => Some((values.len() / neurons) as u64),
            Source::Constant(_) | Source::Callback(_) => None,
        };
        Ok(Self {
            source: Some(source),
            constant,
            steps,
            driven: false,
        })
    }

    /// Whether neurons receive different values.
    pub(crate) fn per_neuron(&self) -> bool {
        if self.driven {
            return true;
        }
        match (&self.constant, &self.source) {
            (Some(constant), _) => matches!(constant, Coherent::PerNeuron(_)),
            (None, source) => !matches!(source, Some(Source::Course(_))),
        }
    }
}

fn check_finite(values: &[f64], name: &str, neurons: usize) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::InputNotFinite {
            name: name.to_owned(),
            value: values[at],
            step: (at / neurons) as u64,
            neuron: (neurons > 1).then_some(at % neurons),
        }),
    }
}

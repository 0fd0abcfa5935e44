//! Where a population's inputs come from.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use alif_core::UnitInfo;

use crate::error::Error;
use crate::parts::{Part, Parts};
use crate::values::{Coherent, Values, Whose};

/// What a callback writes: one value a neuron for the step of this number, in the unit that the model declares.
pub type Callback = Box<dyn FnMut(u64, &mut [f64]) + Send>;

/// Where a continuous input comes from. Steps are counted from 0 since the population was built.
pub enum Source {
    /// The same in every step.
    Constant(Values),
    /// One value a step, shared by all neurons.
    Course(Vec<f64>),
    /// One value a step and neuron: steps × neurons, row by row. In batches, a row is that of the first member, then that of the next.
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
    /// Its source, where it has one alone.
    pub(crate) source: Option<Source>,
    pub(crate) constant: Option<Coherent>,
    /// The number of steps it lasts, where it ends.
    pub(crate) steps: Option<u64>,
    /// Whether a closure writes it while the population runs.
    pub(crate) driven: bool,
    /// All its sources, where some are labelled.
    pub(crate) parts: Parts,
}

impl Input {
    /// An input that nobody connects: 0.
    pub(crate) fn none() -> Self {
        Self {
            source: None,
            constant: Some(Coherent::Uniform(0.0)),
            steps: None,
            driven: false,
            parts: Parts::default(),
        }
    }

    pub(crate) fn new(source: Source, whose: Whose<'_>) -> Result<Self, Error> {
        let (name, neurons) = (whose.name, whose.axes.neurons());
        let constant = match &source {
            Source::Constant(values) => Some(values.coherent(whose)?),
            Source::Course(values) => {
                check_finite(values, name, 1)?;
                None
            }
            Source::Stream(values) => {
                check_rows(values, name, neurons)?;
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
            parts: Parts::default(),
        })
    }

    /// Makes the source that it has alone one of several.
    pub(crate) fn unite(&mut self, name: &str, unit: &UnitInfo) -> Result<(), Error> {
        if !self.parts.is_empty() {
            return Ok(());
        }
        match &self.source {
            // The only one that steps read where it lies, in their own precision.
            Some(Source::Stream(_)) => {
                return Err(Error::InputAlone { name: name.to_owned() });
            }
            None => {}
            Some(Source::Constant(_)) => {
                let constant = self.constant.clone().unwrap_or(Coherent::Uniform(0.0));
                self.parts.set_unlabelled(Part::constant(constant));
            }
            Some(Source::Course(_) | Source::Callback(_)) => {}
        }
        if let Some(source @ (Source::Course(_) | Source::Callback(_))) = self.source.take() {
            self.parts.set_unlabelled(Part::changing(source, unit));
        }
        self.source = None;
        Ok(())
    }

    /// Finds out anew what follows from the sources, where there are several.
    pub(crate) fn refresh(&mut self, neurons: usize) {
        if self.parts.is_empty() {
            if self.source.is_none() {
                self.constant = Some(Coherent::Uniform(0.0));
                self.steps = None;
            }
            return;
        }
        self.constant = self.parts.constant(neurons);
        self.steps = self.parts.steps(neurons);
    }

    /// Whether sources are summed in each step.
    pub(crate) fn is_summed(&self) -> bool {
        !self.parts.is_empty() && self.constant.is_none()
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

/// Whether there are whole rows of numbers that are finite.
pub(crate) fn check_rows(values: &[f64], name: &str, neurons: usize) -> Result<(), Error> {
    if !values.len().is_multiple_of(neurons) {
        return Err(Error::Length {
            name: name.to_owned(),
            found: values.len(),
            wanted: neurons,
        });
    }
    check_finite(values, name, neurons)
}

pub(crate) fn check_finite(values: &[f64], name: &str, neurons: usize) -> Result<(), Error> {
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

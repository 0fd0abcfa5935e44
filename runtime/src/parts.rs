//! Several sources for one input: named, and summed in the order in which they came.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use alif_core::UnitInfo;

use crate::error::Error;
use crate::input::{Callback, Source, check_finite, check_rows};
use crate::values::{Axes, Coherent, Whose};

/// One of the sources that are summed. Numbers are in the coherent set.
pub(crate) struct Part {
    /// The one that was connected without a label has none.
    label: Option<String>,
    given: Given,
}

enum Given {
    Constant(Coherent),
    Course(Vec<f64>),
    Stream(Vec<f64>),
    /// Writes in the unit of the model.
    Callback(Callback),
    /// For the next step alone.
    Once(Vec<f64>),
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Part").field(&self.label).finish()
    }
}

impl Part {
    pub(crate) fn new(label: Option<&str>, source: Source, whose: Whose<'_>) -> Result<Self, Error> {
        let (name, neurons) = (whose.name, whose.axes.neurons());
        let coherent = |values: Vec<f64>| values.into_iter().map(|value| whose.unit.coherent(value)).collect();
        let given = match source {
            Source::Constant(values) => Given::Constant(values.coherent(whose)?),
            Source::Course(values) => {
                check_finite(&values, name, 1)?;
                Given::Course(coherent(values))
            }
            Source::Stream(values) => {
                check_rows(&values, name, neurons)?;
                Given::Stream(coherent(values))
            }
            Source::Callback(callback) => Given::Callback(callback),
        };
        Ok(Self {
            label: label.map(ToOwned::to_owned),
            given,
        })
    }

    /// The one without a label, if it stays the same.
    pub(crate) fn constant(values: Coherent) -> Self {
        Self {
            label: None,
            given: Given::Constant(values),
        }
    }

    /// The one without a label, checked before, if it changes.
    pub(crate) fn changing(source: Source, unit: &UnitInfo) -> Self {
        let coherent = |values: Vec<f64>| values.into_iter().map(|value| unit.coherent(value)).collect();
        Self {
            label: None,
            given: match source {
                Source::Course(values) => Given::Course(coherent(values)),
                Source::Stream(values) => Given::Stream(coherent(values)),
                Source::Callback(callback) => Given::Callback(callback),
                Source::Constant(_) => unreachable!("a constant does not change"),
            },
        }
    }

    /// The number of steps it lasts, where it ends.
    fn steps(&self, neurons: usize) -> Option<u64> {
        match &self.given {
            Given::Course(values) => Some(values.len() as u64),
            Given::Stream(values) => Some((values.len() / neurons) as u64),
            Given::Constant(_) | Given::Callback(_) | Given::Once(_) => None,
        }
    }

    /// Adds what it gives in a step.
    fn add_to(&mut self, step: u64, unit: &UnitInfo, row: &mut [f64], scratch: &mut Vec<f64>) {
        let neurons = row.len();
        let mut add = |values: &[f64]| row.iter_mut().zip(values).for_each(|(to, value)| *to += value);
        match &mut self.given {
            Given::Constant(Coherent::PerNeuron(values)) => add(values),
            Given::Constant(Coherent::Uniform(value)) => row.iter_mut().for_each(|to| *to += *value),
            Given::Course(values) => row.iter_mut().for_each(|to| *to += values[step as usize]),
            Given::Stream(values) => add(&values[step as usize * neurons..][..neurons]),
            Given::Callback(callback) => {
                scratch.clear();
                scratch.resize(neurons, 0.0);
                callback(step, scratch);
                row.iter_mut()
                    .zip(scratch)
                    .for_each(|(to, value)| *to += unit.coherent(*value));
            }
            Given::Once(values) => {
                add(values);
                values.fill(0.0);
            }
        }
    }
}

/// All sources of an input that has labelled ones; none where it has no labelled one.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    list: Vec<Part>,
}

impl Parts {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds one, behind all others.
    pub(crate) fn add(&mut self, part: Part, input: &str) -> Result<(), Error> {
        if let Some(label) = &part.label
            && self.position(Some(label)).is_some()
        {
            return Err(Error::Label {
                of: input.to_owned(),
                label: label.clone(),
                taken: true,
            });
        }
        self.list.push(part);
        Ok(())
    }

    /// Puts the one without a label in front of all others, in place of the one that is there.
    pub(crate) fn set_unlabelled(&mut self, part: Part) {
        self.list.retain(|part| part.label.is_some());
        self.list.insert(0, part);
    }

    /// Removes one.
    pub(crate) fn remove(&mut self, label: &str, input: &str) -> Result<Part, Error> {
        match self.position(Some(label)) {
            Some(at) => Ok(self.list.remove(at)),
            None => Err(Error::Label {
                of: input.to_owned(),
                label: label.to_owned(),
                taken: false,
            }),
        }
    }

    /// Removes the last one.
    pub(crate) fn pop(&mut self) {
        self.list.pop();
    }

    fn position(&self, label: Option<&str>) -> Option<usize> {
        self.list.iter().position(|part| part.label.as_deref() == label)
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.list.iter().filter_map(|part| part.label.as_deref())
    }

    /// Adds to what the next step gets.
    pub(crate) fn accumulate(&mut self, values: &Coherent, neurons: usize) {
        let once = self.list.iter().position(|part| matches!(part.given, Given::Once(_)));
        let at = once.unwrap_or_else(|| {
            self.list.push(Part {
                label: None,
                given: Given::Once(vec![0.0; neurons]),
            });
            self.list.len() - 1
        });
        if let Given::Once(sums) = &mut self.list[at].given {
            for (neuron, sum) in sums.iter_mut().enumerate() {
                *sum += values.at(neuron);
            }
        }
    }

    /// Forgets what was accumulated and no step got.
    pub(crate) fn forget_once(&mut self) {
        for part in &mut self.list {
            if let Given::Once(values) = &mut part.given {
                values.fill(0.0);
            }
        }
    }

    /// The sum, where it is the same in every step.
    pub(crate) fn constant(&self, neurons: usize) -> Option<Coherent> {
        let mut uniform = true;
        for part in &self.list {
            match &part.given {
                Given::Constant(Coherent::Uniform(_)) => {}
                Given::Constant(Coherent::PerNeuron(_)) => uniform = false,
                _ => return None,
            }
        }
        let sum = |neuron| {
            let values = self.list.iter().map(|part| match &part.given {
                Given::Constant(values) => values.at(neuron),
                _ => 0.0,
            });
            values.fold(0.0, |sum, value| sum + value)
        };
        Some(if uniform {
            Coherent::Uniform(sum(0))
        } else {
            Coherent::PerNeuron((0..neurons).map(sum).collect())
        })
    }

    /// The number of steps that all of them last.
    pub(crate) fn steps(&self, neurons: usize) -> Option<u64> {
        self.list.iter().filter_map(|part| part.steps(neurons)).min()
    }

    /// Writes the sum of a step.
    pub(crate) fn sum(&mut self, step: u64, unit: &UnitInfo, row: &mut [f64], scratch: &mut Vec<f64>) {
        row.fill(0.0);
        for part in &mut self.list {
            part.add_to(step, unit, row, scratch);
        }
    }

    /// The constants of all parts for another number of members; what stands in the way of it.
    pub(crate) fn in_batches(&self, from: Axes, members: usize) -> Result<Vec<Option<Coherent>>, &'static str> {
        let one = |part: &Part| match &part.given {
            Given::Constant(values) => match values.in_batches(from, members) {
                Some(values) => Ok(Some(values)),
                None => Err("set it anew, for the neurons of one member, before another batch"),
            },
            Given::Stream(_) if members != from.members => Err("connect something else before another batch"),
            Given::Once(_) => Ok(Some(Coherent::PerNeuron(vec![0.0; from.each.saturating_mul(members)]))),
            Given::Stream(_) | Given::Course(_) | Given::Callback(_) => Ok(None),
        };
        self.list.iter().map(one).collect()
    }

    /// Exchanges the constants of all parts.
    pub(crate) fn exchange(&mut self, constants: &mut [Option<Coherent>]) {
        for (part, constant) in self.list.iter_mut().zip(constants) {
            match (&mut part.given, constant) {
                (Given::Constant(own), Some(other)) => core::mem::swap(own, other),
                (Given::Once(own), Some(Coherent::PerNeuron(other))) => core::mem::swap(own, other),
                _ => {}
            }
        }
    }
}

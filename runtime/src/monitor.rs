//! What a run records.

use crate::error::Error;
use crate::record::Trace;
use crate::shape::Shape;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Which neurons a monitor watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Neurons {
    /// All of them.
    All,
    /// These, in this order.
    Chosen(Vec<u32>),
}

/// A request to record a state or a definition.
///
/// ```
/// use alif::Monitor;
/// let monitor = Monitor::of("V").neurons(0..5).every(10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    pub(crate) name: String,
    pub(crate) neurons: Neurons,
    pub(crate) every: u64,
    pub(crate) before_reset: bool,
}

impl Monitor {
    /// Records the state or definition of this name, for all neurons, in every step.
    #[must_use]
    pub fn of(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            neurons: Neurons::All,
            every: 1,
            before_reset: false,
        }
    }

    /// Records a state as each step leaves it before its spike block and other events: how far beyond the threshold it was. The trace
    /// of `V` is then called `V_before_reset`. Where the spike block is `delayed`, what is recorded is before the reset anyway.
    ///
    /// Looking costs a scalar step of each recorded neuron; steps that nobody looks at cost nothing more.
    #[must_use]
    pub fn before_reset(mut self) -> Self {
        self.before_reset = true;
        self
    }

    /// Records only these neurons; in batches, these of each member.
    #[must_use]
    pub fn neurons(mut self, neurons: impl IntoIterator<Item = u32>) -> Self {
        self.neurons = Neurons::Chosen(neurons.into_iter().collect());
        self
    }

    /// Records only after every `steps`-th step: at t = `steps`·dt, 2·`steps`·dt, …
    #[must_use]
    pub fn every(mut self, steps: u64) -> Self {
        self.every = steps;
        self
    }
}

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    State(usize),
    Definition(usize),
    /// A state before the spike block.
    BeforeReset(usize),
}

/// A monitor at work.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    /// What was asked for.
    pub(crate) monitor: Monitor,
    pub(crate) quantity: Quantity,
    pub(crate) every: u64,
    pub(crate) trace: Trace,
    /// What was seen before a reset, until the step is recorded.
    pub(crate) seen: Vec<f64>,
}

impl Recorder {
    /// A monitor of a population of this shape, whose members it watches alike.
    pub(crate) fn new(
        monitor: &Monitor,
        quantity: Quantity,
        unit: &str,
        shape: &Shape,
        batch: Option<usize>,
    ) -> Result<Self, Error> {
        let refused = |reason: String| Error::Monitor {
            name: monitor.name.clone(),
            reason,
        };
        if monitor.every == 0 {
            return Err(refused("every 0-th step is no step".to_owned()));
        }
        let neurons = shape.neurons();
        let (chosen, shape): (Vec<u32>, _) = match &monitor.neurons {
            Neurons::All => ((0..neurons as u32).collect(), shape.clone()),
            Neurons::Chosen(chosen) => (chosen.clone(), chosen.len().into()),
        };
        if let Some(neuron) = chosen.iter().find(|&&n| n as usize >= neurons) {
            return Err(refused(format!("there is no neuron {neuron}; there are {neurons}")));
        }
        let members = (0..batch.unwrap_or(1)).map(|member| (member * neurons) as u32);
        Ok(Self {
            monitor: monitor.clone(),
            quantity,
            every: monitor.every,
            trace: Trace {
                name: if monitor.before_reset {
                    format!("{}_before_reset", monitor.name)
                } else {
                    monitor.name.clone()
                },
                unit: unit.to_owned(),
                neurons: members
                    .flat_map(|first| chosen.iter().map(move |n| first + n))
                    .collect(),
                shape: shape.behind(batch),
                steps: vec![],
                values: vec![],
            },
            seen: vec![],
        })
    }

    /// Hands over what was recorded and starts anew.
    pub(crate) fn take(&mut self) -> Trace {
        let empty = Trace {
            steps: vec![],
            values: vec![],
            ..self.trace.clone()
        };
        core::mem::replace(&mut self.trace, empty)
    }
}

//! What can go wrong when a population is built or run.

use alif_core::Precision;
use alloc::format;
use alloc::string::String;
use thiserror::Error;

/// Why a population could not be built or run.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The population would have no neurons.
    #[error("E0805: a population has at least 1 neuron and at most {}", u32::MAX)]
    Neurons,
    /// The time step is not positive and finite.
    #[error("E0603: the time step must be a positive number of ms, but it is {0}")]
    TimeStep(f64),
    /// A duration is no whole number of steps.
    #[error("E0603: {duration} ms is no whole number of steps of {dt} ms: {reason}")]
    Duration {
        /// The duration in ms.
        duration: String,
        /// The time step in ms.
        dt: String,
        /// What it is instead.
        reason: String,
    },
    /// There is nothing of this name.
    #[error("E0201: model `{model}` has no {kind} `{name}`{}", hint(.suggestion))]
    UnknownName {
        /// The model.
        model: String,
        /// What was looked for: `parameter`, `state`, `input`, `event port`.
        kind: &'static str,
        /// The name.
        name: String,
        /// A name that was perhaps meant.
        suggestion: Option<String>,
    },
    /// An array does not have one value a neuron.
    #[error("E0802: `{name}` has {found} values for {wanted} neurons")]
    Length {
        /// What the array is for.
        name: String,
        /// Its length.
        found: usize,
        /// The number of neurons.
        wanted: usize,
    },
    /// Values cannot be drawn as they were asked for.
    #[error("E0604: `{name}` cannot be drawn: {reason}")]
    Distribution {
        /// What the values are for.
        name: String,
        /// What is wrong with the distribution.
        reason: &'static str,
    },
    /// Something has values that differ between the members of a batch, and cannot serve another number of them.
    #[error("E0802: `{name}` has values of its own for each of {members} members: {help}")]
    Batch {
        /// What has the values.
        name: String,
        /// The members it has them for.
        members: usize,
        /// What to do.
        help: &'static str,
    },
    /// A value is NaN or infinite.
    #[error("E0604: `{name}` is {value}{}", at_neuron(.neuron))]
    NotFinite {
        /// What the value is for.
        name: String,
        /// The value.
        value: f64,
        /// The neuron, for values per neuron.
        neuron: Option<usize>,
    },
    /// A parameter has neither a value nor a default.
    #[error("E0807: parameter `{name}` of model `{model}` has no default and needs a value")]
    Missing {
        /// The model.
        model: String,
        /// The parameter.
        name: String,
    },
    /// The parameters cannot be used.
    #[error("{code}: {message} for {values}{}", at_neuron(.neuron))]
    Parameters {
        /// `E0602` or `E0604`.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// The parameters involved with their values.
        values: String,
        /// The neuron, for values per neuron.
        neuron: Option<usize>,
    },
    /// A coefficient cannot be represented in the precision asked for.
    #[error("E0602: `{coefficient}` is {value}, which single precision cannot hold; use double precision")]
    SinglePrecision {
        /// The coefficient.
        coefficient: String,
        /// Its value.
        value: f64,
    },
    /// The arrays do not fit into memory.
    #[error("E0708: {neurons} neurons need {bytes} bytes, which could not be had")]
    Memory {
        /// The number of neurons.
        neurons: usize,
        /// The bytes.
        bytes: usize,
    },
    /// An input ends before the run does.
    #[error("E0802: input `{name}` has {found} steps, but the run goes on to step {wanted}")]
    InputTooShort {
        /// The input.
        name: String,
        /// Its number of steps.
        found: u64,
        /// Steps that it needs to have.
        wanted: u64,
    },
    /// A closure is to write the inputs, but one of them has another source.
    #[error("E0805: input `{name}` has a source that changes from step to step, so `run_with` cannot write it too")]
    InputTwice {
        /// The input.
        name: String,
    },
    /// A source was to be added to an input that has one alone, a value a step and neuron, which steps read where it lies.
    #[error(
        "E0805: input `{name}` has a source of one value a step and neuron; connect it by `add_input` under a label, so that others can be added to it"
    )]
    InputAlone {
        /// The input.
        name: String,
    },
    /// A label is taken, or there is nothing with it.
    #[error("E0805: `{of}` {} `{label}`", if *.taken { "has already a source or function of the name" } else { "has no source or function of the name" })]
    Label {
        /// The input or port, or when a hook is called.
        of: String,
        /// The label.
        label: String,
        /// Whether it is taken.
        taken: bool,
    },
    /// A function that is called between steps was to run the population, or to change what is called.
    #[error("E0805: a function that is called between two steps of a run cannot {what}")]
    Within {
        /// What it was to do.
        what: &'static str,
    },
    /// A value of some steps ago is asked for, and not remembered.
    #[error("E0809: `{name}` is not remembered for {steps} steps: {most}; ask for it by `delay`")]
    Delay {
        /// The state, definition, or `spike`.
        name: String,
        /// How many steps ago.
        steps: u64,
        /// How many are remembered.
        most: String,
    },
    /// An input is NaN or infinite.
    #[error("E0803: input `{name}` is {value} at step {step}{}", at_neuron(.neuron))]
    InputNotFinite {
        /// The input.
        name: String,
        /// Its value.
        value: f64,
        /// The step.
        step: u64,
        /// The neuron, where the input differs between neurons.
        neuron: Option<usize>,
    },
    /// An event goes to a neuron that does not exist, or its weight is not finite.
    #[error("E0808: event {index} of port `{port}`: {reason}")]
    Event {
        /// The port.
        port: String,
        /// Index into the list of events.
        index: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The weights that a neuron receives in one step are beyond the range of the precision.
    #[error(
        "E0808: the events of port `{port}` that reach neuron {neuron} in step {step} weigh {weight}, which the precision of this run cannot hold"
    )]
    Weight {
        /// The port.
        port: String,
        /// Their weight or its sum, in the coherent set of units.
        weight: f64,
        /// The step.
        step: u64,
        /// The neuron.
        neuron: u32,
    },
    /// There is no memory left for what is recorded.
    #[error("E0708: no memory is left for what is recorded; at step {step} it takes {bytes} bytes")]
    Recording {
        /// The step.
        step: u64,
        /// Bytes of spikes and traces so far.
        bytes: usize,
    },
    /// More events of one step than a kernel can take one by one.
    #[error(
        "E0808: neuron {neuron} receives {found} events of port `{port}` in step {step}; its blocks are not affine in the weight, so events are taken one by one, at most {most} a step"
    )]
    TooManyEvents {
        /// The port.
        port: String,
        /// The neuron.
        neuron: u32,
        /// The step.
        step: u64,
        /// The number of events.
        found: usize,
        /// The most there can be.
        most: usize,
    },
    /// The sub-steps of a solver did not reach the end of a step.
    #[error(
        "E0810: neuron {neuron} did not reach the end of step {step}, which begins at {time} ms, in {most} sub-steps of tolerance {tolerance:?}"
    )]
    SubSteps {
        /// The neuron.
        neuron: u32,
        /// The step.
        step: u64,
        /// When it begins, in ms.
        time: f64,
        /// The sub-steps that are allowed.
        most: u32,
        /// Their tolerance.
        tolerance: f64,
    },
    /// A tolerance that the precision of the run cannot keep.
    #[error("E0606: {precision} cannot keep a tolerance of {tolerance:?}; the least is {least:.1e}")]
    Tolerance {
        /// The tolerance.
        tolerance: f64,
        /// The precision.
        precision: Precision,
        /// The least that it can keep.
        least: f64,
    },
    /// What is asked for cannot be recorded.
    #[error("E0809: cannot record `{name}`: {reason}")]
    Monitor {
        /// What was to be recorded.
        name: String,
        /// Why it cannot be.
        reason: String,
    },
    /// The system did not give the threads that were asked for.
    #[error("E0805: {threads} threads could not be had: {reason}")]
    Threads {
        /// The number of threads.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// A model has no adjoint, or not the one that was asked for.
    #[error("{code}: {message}")]
    Adjoint {
        /// `E0605`, or what else is wrong with the options.
        code: &'static str,
        /// What is missing, and what to do.
        message: String,
    },
    /// No kernel could be compiled.
    #[error("E0815: {0}")]
    Kernel(String),
}

impl Error {
    /// The code that the sentence begins with; `alif explain` has a page on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TimeStep(_) | Self::Duration { .. } => "E0603",
            Self::UnknownName { .. } => "E0201",
            Self::Length { .. } | Self::Batch { .. } | Self::InputTooShort { .. } => "E0802",
            Self::Distribution { .. } | Self::NotFinite { .. } => "E0604",
            Self::Missing { .. } => "E0807",
            Self::Parameters { code, .. } => code,
            Self::SinglePrecision { .. } => "E0602",
            Self::Memory { .. } | Self::Recording { .. } => "E0708",
            Self::InputNotFinite { .. } => "E0803",
            Self::Event { .. } | Self::Weight { .. } | Self::TooManyEvents { .. } => "E0808",
            Self::Monitor { .. } | Self::Delay { .. } => "E0809",
            Self::Neurons | Self::InputTwice { .. } | Self::InputAlone { .. } => "E0805",
            Self::Label { .. } | Self::Within { .. } | Self::Threads { .. } => "E0805",
            Self::Adjoint { code, .. } => code,
            Self::Kernel(_) => "E0815",
            Self::SubSteps { .. } => "E0810",
            Self::Tolerance { .. } => "E0606",
        }
    }
}

fn hint(suggestion: &Option<String>) -> String {
    suggestion
        .as_ref()
        .map_or_else(String::new, |s| format!("; did you mean `{s}`?"))
}

fn at_neuron(neuron: &Option<usize>) -> String {
    neuron.map_or_else(String::new, |n| format!(" (neuron {n})"))
}

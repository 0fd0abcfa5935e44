//! What gradients are asked for, and where the program that computes them has what.
//!
//! The adjoint of a step is itself a step of a program: it takes `dL/dx` of the states after a step to those before it. Run from the last
//! step of a course to the first, it is backpropagation through time. Its arrays are laid out as those of any other program; [`AdjointMap`]
//! tells which is which. All numbers are in the coherent set of units (ms, mV, pA, nS, pF, GOhm).

use alloc::string::String;
use alloc::vec::Vec;

/// Which dependences gradients follow within a neuron.
///
/// A statement of the spike block depends on the spike in two ways: through whether it runs, and through what it computes. `detach X` in a
/// `learn` block marks the first of them in statements that write `X`; the second always counts. What passes from neuron to neuron is not
/// within one: whoever transmits spikes decides whether gradients go back that way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Rule {
    /// All of them: surrogate backpropagation through time.
    #[default]
    Bptt,
    /// All but the effects of spikes on states that the model detaches. A model that detaches none is refused.
    BpttDetached,
    /// As [`Rule::BpttDetached`], where the model detaches any: e-prop, if whoever transmits spikes sends nothing back (Bellec et al. 2020,
    /// Nat. Commun. 11:3625, doi:10.1038/s41467-020-17236-y).
    Eprop,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Self] = &[Self::Bptt, Self::BpttDetached, Self::Eprop];

    /// Its name in options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bptt => "bptt",
            Self::BpttDetached => "bptt_detached",
            Self::Eprop => "eprop",
        }
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Bptt => "backpropagation through time, nothing cut off",
            Self::BpttDetached => "without the effects of spikes on states that the model detaches",
            Self::Eprop => "e-prop: the same, and nothing goes back from neuron to neuron",
        }
    }

    /// The rule of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

/// A surrogate in the place of the model's own: a row of the table of surrogates, of the same argument.
#[derive(Clone, Debug, PartialEq)]
pub struct SurrogateChoice {
    /// Its name.
    pub name: String,
    /// Settings that are not at their defaults.
    pub settings: Vec<(String, f64)>,
}

/// Parameters whose gradients are computed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Wanted {
    /// All of them.
    #[default]
    All,
    /// None: what a layer needs whose weights alone are trained.
    None,
    /// Those of these names.
    Named(Vec<String>),
}

/// What one may ask of an adjoint.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AdjointOptions {
    /// Which dependences gradients follow.
    pub rule: Rule,
    /// A surrogate in the place of the model's own.
    pub surrogate: Option<SurrogateChoice>,
    /// Parameters whose gradients are computed.
    pub params: Wanted,
    /// For each event port, how many events of one step a neuron can receive one by one, as populations count; missing entries mean 1.
    pub slots: Vec<usize>,
}

/// Where an adjoint program has what.
///
/// Its **states** are, for each neuron: `dL/dx` for each state of the model, which a step takes from after the step to before it; then
/// the gradients of that step alone, which the next one overwrites: `dL/du` for each continuous input, `dL/dw` for each slot of each event
/// port; then `dL/dp` for each parameter, to which every step adds its part. All start from zero. A parameter that is the same for all
/// neurons has the sum of its gradients over the neurons.
///
/// Its **inputs** are the values of the model's states before the step (after the step before it), the model's continuous inputs in the step,
/// and what the loss adds: `dL/dx` by the states after the step and `dL/dz` by its spike, transmission to other neurons included; behind
/// them times and random keys where the model has them, as in the model's own layout. Its **event ports** take the weights that the model's
/// ports took in the step, and its **refractory counter** is that of the model before the step, which it leaves as it is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AdjointMap {
    /// For each state of the model, the state that is `dL/dx`.
    pub states: Vec<usize>,
    /// For each continuous input, the state that is `dL/du`.
    pub inputs: Vec<usize>,
    /// For each event port and slot, the state that is `dL/dw`.
    pub weights: Vec<Vec<usize>>,
    /// Parameters with the states that are `dL/dp`.
    pub params: Vec<ParamGradient>,
    /// What the initial values of the states add to the gradients of parameters.
    pub initial: Vec<InitialGradient>,
    /// For each state of the model, the input that is its value before the step.
    pub before: Vec<usize>,
    /// For each continuous input of the model, the input that is its value in the step.
    pub drives: Vec<usize>,
    /// For each state of the model, the input that is `dL/dx` after the step, by the loss itself.
    pub loss: Vec<usize>,
    /// The input that is `dL/dz` of the step's spike.
    pub loss_spike: Option<usize>,
    /// For each input, whether the program reads it. What it does not read need not be kept.
    pub reads: Vec<bool>,
    /// For each event port and slot, whether the program reads its weight or its arrival.
    pub reads_weights: Vec<Vec<bool>>,
    /// Whether the program reads the refractory counter.
    pub reads_counter: bool,
}

impl AdjointMap {
    /// How many inputs there are before those of times and random keys.
    #[must_use]
    pub fn signature_inputs(&self) -> usize {
        self.before.len() + self.drives.len() + self.loss.len() + usize::from(self.loss_spike.is_some())
    }
}

/// A parameter and the state that is its gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamGradient {
    /// The parameter.
    pub param: usize,
    /// The state.
    pub state: usize,
}

/// A part of a parameter's gradient that the initial value of a state adds, once all steps are done: `coefficient × dL/dx` of the state
/// before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialGradient {
    /// The parameter.
    pub param: usize,
    /// The state of the model.
    pub state: usize,
    /// The coefficient of the adjoint program that is the derivative of the initial value.
    pub coefficient: usize,
}

/// A number that carries eligibility traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The state of the program that is its value in the step.
    pub state: usize,
    /// Whether it depends on parameters alone, and so is the same in every step.
    pub constant: bool,
}

/// What a column of [`EligibilityMap::entries`] is the derivative by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A state before the step.
    State(usize),
    /// A continuous input.
    Input(usize),
    /// A slot of an event port.
    Weight(usize, usize),
}

/// Where the program for eligibility traces has what.
///
/// Its states are the entries that are not zero whatever happens, overwritten in each step. Its inputs, ports and counter are those of
/// [`AdjointMap`] without the losses.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EligibilityMap {
    /// Number of states of the model.
    pub states: usize,
    /// Slots of each event port.
    pub slots: Vec<usize>,
    /// For each state of the model, the input that is its value before the step.
    pub before: Vec<usize>,
    /// For each continuous input of the model, the input that is its value in the step.
    pub drives: Vec<usize>,
    /// A row for each state of the model after the step and, where the model spikes, one for the spike; a column for each of
    /// [`EligibilityMap::columns`]. Nothing where the derivative is zero whatever happens.
    pub entries: Vec<Vec<Option<Entry>>>,
    /// For each input, whether the program reads it.
    pub reads: Vec<bool>,
    /// For each event port and slot, whether the program reads its weight or its arrival.
    pub reads_weights: Vec<Vec<bool>>,
    /// Whether the program reads the refractory counter.
    pub reads_counter: bool,
}

impl EligibilityMap {
    /// What the columns are the derivatives by: states, inputs, slots of ports.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        let states = (0..self.states).map(Column::State);
        let inputs = (0..self.drives.len()).map(Column::Input);
        let ports = self.slots.iter().enumerate();
        let weights = ports.flat_map(|(port, &slots)| (0..slots).map(move |slot| Column::Weight(port, slot)));
        states.chain(inputs).chain(weights)
    }

    /// An entry of `J` or, with `row` the number of states, of `q`; or, by another column, of `U` or `r`.
    #[must_use]
    pub fn entry(&self, row: usize, by: Column) -> Option<Entry> {
        let column = self.columns().position(|column| column == by)?;
        *self.entries.get(row)?.get(column)?
    }

    /// The states whose traces are the same for all neurons with the same parameters that a presynaptic neuron reaches through this column,
    /// so that one trace for each presynaptic neuron is enough: the largest set that depends on no state outside of it, with entries that
    /// are constant. The others need a trace for each synapse.
    #[must_use]
    pub fn shared(&self, by: Column) -> Vec<bool> {
        let constant = |row: usize, by: Column| self.entry(row, by).is_none_or(|entry| entry.constant);
        let mut shared: Vec<bool> = (0..self.states).map(|row| constant(row, by)).collect();
        loop {
            let stays = |row: usize| {
                (0..self.states).all(|state| {
                    let entry = self.entry(row, Column::State(state));
                    entry.is_none_or(|entry| entry.constant && shared[state])
                })
            };
            let Some(leaves) = (0..self.states).find(|&row| shared[row] && !stays(row)) else {
                return shared;
            };
            shared[leaves] = false;
        }
    }
}

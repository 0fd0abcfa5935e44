//! What a model offers by name: parameters, states, inputs, ports, and the units they are given in.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decimal::Decimal;

/// A unit as the model declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitInfo {
    /// As written or, where nothing was written, the usual unit of the dimension; `1` for a pure number.
    pub text: String,
    /// What a value in this unit is multiplied with to come into the coherent set (ms, mV, pA, nS, pF, GOhm).
    pub to_coherent: f64,
    /// What a value in the coherent set is multiplied with to come into this unit.
    pub from_coherent: f64,
    /// Twice the decimal exponent of `to_coherent`.
    pub half_decades: i32,
    /// Twice the exponents of m, kg, s, A, K, mol.
    pub dimension: [i16; 6],
}

impl UnitInfo {
    /// The unit written `text`, of 10^(`half_decades` / 2) coherent ones.
    #[must_use]
    pub fn new(text: &str, half_decades: i32, dimension: [i16; 6]) -> Self {
        let one: Decimal = "1".parse().unwrap_or_default();
        let factor = |half_decades: i32| one.to_f64_scaled(half_decades).unwrap_or(f64::NAN);
        Self {
            text: text.to_owned(),
            to_coherent: factor(half_decades),
            from_coherent: factor(-half_decades),
            half_decades,
            dimension,
        }
    }

    /// A pure number.
    #[must_use]
    pub fn one() -> Self {
        Self::new("1", 0, [0; 6])
    }

    /// `value` of this unit in the coherent set. Of the two factors the one of at least 1 is exact, so it is the one used.
    #[must_use]
    pub fn coherent(&self, value: f64) -> f64 {
        if self.to_coherent >= 1.0 {
            value * self.to_coherent
        } else {
            value / self.from_coherent
        }
    }

    /// `value` of the coherent set in this unit.
    #[must_use]
    pub fn declared(&self, value: f64) -> f64 {
        if self.from_coherent >= 1.0 {
            value * self.from_coherent
        } else {
            value / self.to_coherent
        }
    }
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamInfo {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its unit.
    pub unit: UnitInfo,
    /// Its default as written, if it has one.
    pub default: Option<String>,
    /// The parameters that its default is computed from.
    pub default_params: Vec<usize>,
    /// The condition it must meet, as written.
    pub condition: Option<String>,
}

/// A state, or a definition (`let`).
#[derive(Clone, Debug, PartialEq)]
pub struct StateInfo {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its unit.
    pub unit: UnitInfo,
    /// The initial value of a state as written; nothing where it is 0.
    pub initial: Option<String>,
    /// Whether monitors can record it. A definition that reads `prev`, or is a condition, has no value after the step.
    pub observable: bool,
}

/// A continuous input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputInfo {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its unit.
    pub unit: UnitInfo,
}

/// An event port.
#[derive(Clone, Debug, PartialEq)]
pub struct PortInfo {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// The unit of its weights.
    pub unit: UnitInfo,
    /// Whether some `on` blocks run once with the sum of a step's weights.
    pub sum: bool,
    /// Whether some `on` blocks run once for each event.
    pub each: bool,
}

/// What steps need of the parameters: a propagator's entry, an expression, a number of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct CoefficientInfo {
    /// A name for messages: `V_th`, `P[V,V]`.
    pub name: String,
    /// The parameters it depends on: with one of them per neuron it is per neuron.
    pub params: Vec<usize>,
    /// Whether it counts steps.
    pub steps: bool,
    /// Whether it may be NaN or infinite, because it is read only in branches of `if`.
    pub may_be_nan: bool,
}

/// A condition on the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckInfo {
    /// As the model writes it.
    pub text: String,
    /// The parameters it depends on.
    pub params: Vec<usize>,
}

/// The sub-steps that a step is made in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubStepsInfo {
    /// The state that counts them. Below zero they did not reach the end of a step: it is -1 after this step, and one less after each further one.
    pub counter: usize,
    /// The most of them in a step.
    pub most: u32,
    /// Their tolerance.
    pub tolerance: f64,
}

/// What a model offers by name, in the order of its ids.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Signature {
    /// The model's name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Parameters.
    pub params: Vec<ParamInfo>,
    /// States.
    pub states: Vec<StateInfo>,
    /// Definitions (`let`), and the threshold of the spike condition.
    pub lets: Vec<StateInfo>,
    /// Continuous inputs.
    pub inputs: Vec<InputInfo>,
    /// Event ports.
    pub ports: Vec<PortInfo>,
    /// Whether neurons spike.
    pub spikes: bool,
    /// The coefficients of the step.
    pub coefficients: Vec<CoefficientInfo>,
    /// What the parameters must meet.
    pub checks: Vec<CheckInfo>,
    /// The sub-steps of a step, where the solver takes any.
    pub sub_steps: Option<SubStepsInfo>,
}

impl Signature {
    /// The parameters that a step depends on smoothly, so that gradients can reach them: by index, those that some coefficient which is no
    /// number of steps is computed from. A refractory period, which counts steps alone, is none.
    pub fn trainable(&self) -> impl Iterator<Item = usize> + '_ {
        let reached = |param: &usize| self.coefficients.iter().any(|c| !c.steps && c.params.contains(param));
        (0..self.params.len()).filter(reached)
    }
}

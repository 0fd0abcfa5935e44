//! What a model offers by name: parameters, states, inputs, ports, and the units they are given in.

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
    /// A pure number.
    #[must_use]
    pub fn one() -> Self {
        Self {
            text: "1".to_owned(),
            to_coherent: 1.0,
            from_coherent: 1.0,
            half_decades: 0,
            dimension: [0; 6],
        }
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
    /// The condition it must meet, as written.
    pub condition: Option<String>,
}

/// A state, or a `let` that can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct StateInfo {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its unit.
    pub unit: UnitInfo,
}

/// A continuous input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputInfo {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: UnitInfo,
}

/// An event port.
#[derive(Clone, Debug, PartialEq)]
pub struct PortInfo {
    /// Its name.
    pub name: String,
    /// The unit of its weights.
    pub unit: UnitInfo,
    /// Whether some `on` blocks run once with the sum of a step's weights.
    pub sum: bool,
    /// Whether some `on` blocks run once for each event.
    pub each: bool,
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
    /// Definitions (`let`) that monitors can record.
    pub lets: Vec<StateInfo>,
    /// Continuous inputs.
    pub inputs: Vec<InputInfo>,
    /// Event ports.
    pub ports: Vec<PortInfo>,
    /// Whether neurons spike.
    pub spikes: bool,
}

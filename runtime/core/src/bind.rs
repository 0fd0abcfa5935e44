//! From parameters to coefficients: what every engine does before and after the `prepare` section of a program.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::number::number_text;
use crate::signature::Signature;

/// What `prepare` computes for one set of parameters, before anybody looked at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The coefficients, by id.
    pub coefficients: Vec<f64>,
    /// The initial value of each state, in the coherent set.
    pub initial: Vec<f64>,
    /// For each condition on the parameters, whether it holds.
    pub checks: Vec<bool>,
}

/// What a model computes from one set of parameters, in the coherent set of units (ms, mV, pA, nS, pF, GOhm).
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The coefficients of the step.
    pub coefficients: Vec<f64>,
    /// The initial value of each state.
    pub initial: Vec<f64>,
}

/// Why one set of parameters cannot be used. Everything is named by its index into the [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BindError {
    /// A parameter has neither a value nor a default.
    Missing(usize),
    /// A parameter is NaN.
    NotANumber(usize),
    /// A `where` or an `assert` does not hold.
    Check(usize),
    /// A coefficient is NaN or infinite.
    Coefficient {
        /// The coefficient.
        coefficient: usize,
        /// Its value.
        value: f64,
    },
    /// A duration is negative, or longer than a counter can count.
    Steps {
        /// The coefficient.
        coefficient: usize,
        /// The number of steps.
        steps: f64,
        /// The most a counter holds.
        most: i64,
    },
    /// An initial value is NaN or infinite.
    Initial {
        /// The state.
        state: usize,
        /// Its value.
        value: f64,
    },
}

impl BindError {
    /// The code of the message.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Coefficient { .. } => "E0602",
            Self::Missing(_) | Self::NotANumber(_) | Self::Check(_) | Self::Steps { .. } | Self::Initial { .. } => {
                "E0604"
            }
        }
    }

    /// The parameters involved.
    #[must_use]
    pub fn params<'a>(&'a self, signature: &'a Signature) -> &'a [usize] {
        match self {
            Self::Missing(param) | Self::NotANumber(param) => core::slice::from_ref(param),
            Self::Check(check) => &signature.checks[*check].params,
            Self::Coefficient { coefficient, .. } | Self::Steps { coefficient, .. } => {
                &signature.coefficients[*coefficient].params
            }
            Self::Initial { .. } => &[],
        }
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self, signature: &Signature) -> String {
        match *self {
            Self::Missing(param) => {
                let name = &signature.params[param].name;
                format!("parameter `{name}` has no default and needs a value")
            }
            Self::NotANumber(param) => format!("parameter `{}` is NaN", signature.params[param].name),
            Self::Check(check) => format!("`{}` does not hold", signature.checks[check].text),
            Self::Coefficient { coefficient, value } => {
                let name = &signature.coefficients[coefficient].name;
                format!("`{name}` has no finite value: it comes out as {value}")
            }
            Self::Steps { steps, most, .. } => {
                let steps = number_text(steps);
                format!("the refractory period is {steps} steps; it must be from 0 to {most}")
            }
            Self::Initial { state, value } => {
                let name = &signature.states[state].name;
                format!("the initial value of `{name}` is {value}")
            }
        }
    }
}

/// Gives the parameters that were not given a value their defaults. All values are in the coherent set.
///
/// `order` holds the parameters that have a default, each after those that its default needs; `default` computes one from the
/// values known so far, NaN for those that are not.
///
/// # Errors
/// A parameter without value and default, or one that is NaN.
pub fn complete(
    given: &[Option<f64>],
    order: impl IntoIterator<Item = usize>,
    default: impl Fn(usize, &[f64]) -> f64,
) -> Result<Vec<f64>, BindError> {
    let mut values: Vec<f64> = given.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    if given.contains(&None) {
        let mut known: Vec<bool> = given.iter().map(Option::is_some).collect();
        for param in order {
            if !known[param] {
                values[param] = default(param, &values);
                known[param] = true;
            }
        }
        let wrong = (0..values.len()).find(|&param| !known[param] || values[param].is_nan());
        if let Some(param) = wrong.filter(|&param| !known[param]) {
            return Err(BindError::Missing(param));
        }
    }
    match values.iter().position(|value| value.is_nan()) {
        Some(param) => Err(BindError::NotANumber(param)),
        None => Ok(values),
    }
}

/// What [`accept`] must know of a coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Whether it counts steps.
    pub steps: bool,
    /// Whether it may be NaN or infinite.
    pub may_be_nan: bool,
}

/// Refuses what steps cannot work with. `max_count` is the largest count of the kernel's precision.
///
/// # Errors
/// A condition that does not hold, or a result that is not finite.
pub fn accept(prepared: Prepared, demand: impl Fn(usize) -> Demand, max_count: i64) -> Result<Bound, BindError> {
    if let Some(check) = prepared.checks.iter().position(|holds| !holds) {
        return Err(BindError::Check(check));
    }
    for (coefficient, &value) in prepared.coefficients.iter().enumerate() {
        let demand = demand(coefficient);
        if !value.is_finite() && !demand.may_be_nan {
            return Err(BindError::Coefficient { coefficient, value });
        }
        if demand.steps && !(0.0..=max_count as f64).contains(&value) {
            return Err(BindError::Steps {
                coefficient,
                steps: value,
                most: max_count,
            });
        }
    }
    if let Some((state, &value)) = prepared
        .initial
        .iter()
        .enumerate()
        .find(|(_, value)| !value.is_finite())
    {
        return Err(BindError::Initial { state, value });
    }
    Ok(Bound {
        coefficients: prepared.coefficients,
        initial: prepared.initial,
    })
}

//! From parameters to coefficients: once, or once for each distinct set of parameters.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use hashbrown::HashMap;

use alif_core::{BindError, Bound, Real, Signature, number_text};

use crate::error::Error;
use crate::input::Coherent;
use crate::neuron::Neuron;

/// The coefficients and initial values of a population.
#[derive(Debug)]
pub(crate) struct Binding {
    /// The distinct results.
    bound: Vec<Bound>,
    /// Which of them each neuron has; empty where there is one for all.
    of_neuron: Vec<u32>,
    /// Which coefficients differ between neurons.
    pub(crate) per_neuron: Vec<bool>,
}

impl Binding {
    /// Binds parameters; those without value take their defaults.
    pub(crate) fn new<T: Real>(
        neuron: &dyn Neuron,
        signature: &Signature,
        params: &[Option<Coherent>],
        neurons: usize,
        dt: f64,
    ) -> Result<Self, Error> {
        let varying = varying(signature, params);
        let coefficients = signature.coefficients.iter();
        let per_neuron = coefficients.map(|c| c.params.iter().any(|&p| varying[p])).collect();
        let mut given: Vec<Option<f64>> = params
            .iter()
            .map(|p| match p {
                Some(Coherent::Uniform(value)) => Some(*value),
                _ => None,
            })
            .collect();
        let arrays: Vec<(usize, &[f64])> = params
            .iter()
            .enumerate()
            .filter_map(|(index, p)| match p {
                Some(Coherent::PerNeuron(values)) => Some((index, values.as_slice())),
                _ => None,
            })
            .collect();
        let bind = |given: &[Option<f64>], at: Option<usize>| {
            bind_one::<T>(neuron, signature, given, dt).map_err(|failure| failure.describe(signature, at))
        };
        if arrays.is_empty() {
            return Ok(Self {
                bound: vec![bind(&given, None)?],
                of_neuron: vec![],
                per_neuron,
            });
        }
        let mut bound = Vec::new();
        let mut of_neuron = Vec::with_capacity(neurons);
        // Only looked up, never walked: results are numbered in the order of the neurons.
        let mut known: HashMap<Vec<u64>, u32> = HashMap::new();
        for at in 0..neurons {
            let key: Vec<u64> = arrays.iter().map(|(_, values)| values[at].to_bits()).collect();
            let index = match known.get(&key) {
                Some(&index) => index,
                None => {
                    for (param, values) in &arrays {
                        given[*param] = Some(values[at]);
                    }
                    bound.push(bind(&given, Some(at))?);
                    let index = bound.len() as u32 - 1;
                    known.insert(key, index);
                    index
                }
            };
            of_neuron.push(index);
        }
        Ok(Self {
            bound,
            of_neuron,
            per_neuron,
        })
    }

    fn of(&self, neuron: usize) -> &Bound {
        match self.of_neuron.get(neuron) {
            Some(&index) => &self.bound[index as usize],
            None => &self.bound[0],
        }
    }

    /// A coefficient of a neuron.
    pub(crate) fn coefficient(&self, coefficient: usize, neuron: usize) -> f64 {
        self.of(neuron).coefficients[coefficient]
    }

    /// The initial value of a state of a neuron.
    pub(crate) fn initial(&self, state: usize, neuron: usize) -> f64 {
        self.of(neuron).initial[state]
    }
}

/// Which parameters differ between neurons, themselves or through the defaults of others.
fn varying(signature: &Signature, params: &[Option<Coherent>]) -> Vec<bool> {
    let mut varying: Vec<bool> = params
        .iter()
        .map(|p| matches!(p, Some(Coherent::PerNeuron(_))))
        .collect();
    loop {
        let found = (0..params.len()).find(|&p| {
            params[p].is_none() && !varying[p] && signature.params[p].default_params.iter().any(|&q| varying[q])
        });
        match found {
            Some(p) => varying[p] = true,
            None => return varying,
        }
    }
}

/// A set of parameters that cannot be used.
struct Failure {
    error: FailureKind,
    values: Vec<Option<f64>>,
}

enum FailureKind {
    Bind(BindError),
    Single { coefficient: usize, value: f64 },
}

impl Failure {
    fn describe(self, signature: &Signature, at: Option<usize>) -> Error {
        match self.error {
            FailureKind::Bind(BindError::Missing(param)) => Error::Missing {
                model: signature.name.clone(),
                name: signature.params[param].name.clone(),
            },
            FailureKind::Bind(error) => {
                let values: Vec<String> = error
                    .params(signature)
                    .iter()
                    .map(|&p| {
                        let info = &signature.params[p];
                        let value = self.values[p].map_or(f64::NAN, |v| info.unit.declared(v));
                        let unit = if info.unit.text == "1" {
                            String::new()
                        } else {
                            format!(" {}", info.unit.text)
                        };
                        format!("{} = {}{unit}", info.name, number_text(value))
                    })
                    .collect();
                let values = if values.is_empty() {
                    "these parameters".to_owned()
                } else {
                    values.join(", ")
                };
                Error::Parameters {
                    code: error.code(),
                    message: error.message(signature),
                    values,
                    neuron: at,
                }
            }
            FailureKind::Single { coefficient, value } => Error::SinglePrecision {
                coefficient: signature.coefficients[coefficient].name.clone(),
                value,
            },
        }
    }
}

fn bind_one<T: Real>(
    neuron: &dyn Neuron,
    signature: &Signature,
    given: &[Option<f64>],
    dt: f64,
) -> Result<Bound, Failure> {
    let failed = |error, values: &[Option<f64>]| Failure {
        error,
        values: values.to_vec(),
    };
    let params = neuron
        .complete(given, dt)
        .map_err(|e| failed(FailureKind::Bind(e), given))?;
    let all: Vec<Option<f64>> = params.iter().copied().map(Some).collect();
    let bound = neuron
        .bind(&params, dt, T::MAX_COUNT)
        .map_err(|e| failed(FailureKind::Bind(e), &all))?;
    let overflow = bound.coefficients.iter().enumerate().position(|(c, &value)| {
        !signature.coefficients[c].steps && value.is_finite() && !T::from_f64(value).to_f64().is_finite()
    });
    match overflow {
        None => Ok(bound),
        Some(coefficient) => Err(failed(
            FailureKind::Single {
                coefficient,
                value: bound.coefficients[coefficient],
            },
            &all,
        )),
    }
}

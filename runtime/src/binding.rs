//! From parameters to coefficients: once, or once for each distinct set of parameters.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use alif_core::{BindError, Bound, Real, Signature, number_text};

use crate::error::Error;
use crate::neuron::Neuron;
use crate::values::Coherent;

/// Neurons that are bound in a row; other threads take other ones.
const RANGE: usize = 8192;
/// Logarithm to base 2 of the number of parameter sets that are remembered meanwhile.
const REMEMBERED: u32 = 11;

/// The coefficients and initial values of a population, until they are written into its arrays.
#[derive(Debug)]
pub(crate) struct Binding<T: Real> {
    /// Which coefficients differ between neurons.
    pub(crate) per_neuron: Vec<bool>,
    /// The coefficients of the first neuron, which are those of all where they do not differ.
    first: Vec<T::Bits>,
    /// For each coefficient that differs, its number and one value a neuron.
    columns: Vec<(usize, Vec<T::Bits>)>,
    /// The initial values of the first neuron.
    initial: Vec<f64>,
    /// One initial value a neuron and state, neuron by neuron; nothing where they do not differ.
    initials: Vec<f64>,
}

/// What parameters are bound for.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) neuron: &'a dyn Neuron,
    pub(crate) signature: &'a Signature,
    pub(crate) neurons: usize,
    pub(crate) dt: f64,
    /// Whether initial values are asked for.
    pub(crate) initial: bool,
    #[cfg(feature = "threads")]
    pub(crate) team: Option<&'a crate::simulation::Team>,
}

/// What some neurons in a row are bound to: rows of what differs.
struct Rows<B> {
    coefficients: Vec<B>,
    initials: Vec<f64>,
}

impl<T: Real> Binding<T> {
    /// Binds parameters; those without value take their defaults.
    pub(crate) fn new(target: Target<'_>, params: &[Option<Coherent>]) -> Result<Self, Error> {
        let Target { signature, neurons, .. } = target;
        let varying = varying(signature, params);
        let coefficients = signature.coefficients.iter();
        let per_neuron: Vec<bool> = coefficients.map(|c| c.params.iter().any(|&p| varying[p])).collect();
        let arrays: Vec<(usize, &[f64])> = params
            .iter()
            .enumerate()
            .filter_map(|(index, p)| match p {
                Some(Coherent::PerNeuron(values)) => Some((index, values.as_slice())),
                _ => None,
            })
            .collect();
        let at = (!arrays.is_empty()).then_some(0);
        let describe = |failure: Failure, at| failure.describe(signature, at);
        let mut given: Vec<Option<f64>> = params
            .iter()
            .map(|p| match p {
                Some(Coherent::Uniform(value)) => Some(*value),
                Some(Coherent::PerNeuron(values)) => Some(values[0]),
                None => None,
            })
            .collect();
        // Defaults that are the same for all neurons are computed once.
        let complete = target.neuron.complete(&given, target.dt);
        let complete = complete.map_err(|e| describe(Failure::of(FailureKind::Bind(e), &given), at))?;
        for (param, value) in complete.iter().enumerate().filter(|(param, _)| !varying[*param]) {
            given[param] = Some(*value);
        }
        let one = bind_one::<T>(target, &given).map_err(|failure| describe(failure, at))?;
        let bits = |coefficient: usize, value: f64| {
            if signature.coefficients[coefficient].steps {
                T::count_bits(value as i64)
            } else {
                T::from_f64(value).bits()
            }
        };
        let first = one
            .coefficients
            .iter()
            .enumerate()
            .map(|(c, &value)| bits(c, value))
            .collect();
        let different: Vec<usize> = (0..per_neuron.len()).filter(|&c| per_neuron[c]).collect();
        let mut binding = Self {
            per_neuron,
            first,
            columns: different.iter().map(|&c| (c, Vec::new())).collect(),
            initial: one.initial,
            initials: vec![],
        };
        if arrays.is_empty() {
            return Ok(binding);
        }
        let work = Work {
            target,
            arrays: &arrays,
            given: &given,
            different: &different,
            bits: &bits,
        };
        for (_, column) in &mut binding.columns {
            column.reserve_exact(neurons);
        }
        for rows in work.all::<T>() {
            let rows = rows.map_err(|(failure, at)| describe(failure, Some(at)))?;
            for (index, (_, column)) in binding.columns.iter_mut().enumerate() {
                column.extend(rows.coefficients.iter().skip(index).step_by(different.len()));
            }
            binding.initials.extend_from_slice(&rows.initials);
        }
        // What turns out to be the same for all needs no array.
        let Self {
            columns, per_neuron, ..
        } = &mut binding;
        columns.retain(|(coefficient, column)| {
            per_neuron[*coefficient] = column.iter().any(|bits| *bits != column[0]);
            per_neuron[*coefficient]
        });
        Ok(binding)
    }

    /// A coefficient that is the same for all neurons.
    pub(crate) fn uniform(&self, coefficient: usize) -> T::Bits {
        self.first[coefficient]
    }

    /// The coefficients that differ between neurons: their numbers and values.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, &[T::Bits])> {
        self.columns
            .iter()
            .map(|(coefficient, column)| (*coefficient, column.as_slice()))
    }

    /// The initial values of a state.
    pub(crate) fn initial(&self, state: usize) -> Coherent {
        if self.initials.is_empty() {
            return Coherent::Uniform(self.initial[state]);
        }
        let states = self.initial.len();
        Coherent::PerNeuron(self.initials.iter().skip(state).step_by(states).copied().collect())
    }
}

/// Parameters that differ between neurons, on their way to coefficients.
struct Work<'a, B> {
    target: Target<'a>,
    /// The parameters that differ, with one value a neuron.
    arrays: &'a [(usize, &'a [f64])],
    /// The values of the others, as far as they do not depend on those.
    given: &'a [Option<f64>],
    /// The coefficients that differ.
    different: &'a [usize],
    bits: &'a (dyn Fn(usize, f64) -> B + Sync),
}

type Bounds<B> = Result<Rows<B>, (Failure, usize)>;

impl<B: Copy + Send> Work<'_, B> {
    /// All neurons, in ranges.
    fn all<T: Real<Bits = B>>(&self) -> Vec<Bounds<B>> {
        let neurons = self.target.neurons;
        let ranges = (0..neurons.div_ceil(RANGE)).map(|range| range * RANGE..((range + 1) * RANGE).min(neurons));
        #[cfg(feature = "threads")]
        if let Some(team) = self.target.team {
            let mut results: Vec<Option<Bounds<B>>> = ranges.clone().map(|_| None).collect();
            team.each(ranges.zip(&mut results), |(range, result), _| {
                *result = Some(self.range::<T>(range));
            });
            return results.into_iter().flatten().collect();
        }
        ranges.map(|range| self.range::<T>(range)).collect()
    }

    /// Some neurons; neurons with the same parameters share what comes of them, if they are not too far apart.
    fn range<T: Real<Bits = B>>(&self, range: Range<usize>) -> Bounds<B> {
        let initial = self.target.initial;
        let mut given = self.given.to_vec();
        let width = self.different.len();
        let mut rows = Rows {
            coefficients: Vec::with_capacity(width * range.len()),
            initials: Vec::new(),
        };
        // For each hash, the neuron that was last bound to parameters with it.
        let mut remembered = [u32::MAX; 1 << REMEMBERED];
        for at in range.clone() {
            let hash = self.arrays.iter().fold(0_u64, |hash, (_, values)| {
                (hash.rotate_left(29) ^ values[at].to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            });
            let place = (hash >> (u64::BITS - REMEMBERED)) as usize;
            let like = remembered[place] as usize;
            let same = |(_, values): &(usize, &[f64])| values[like].to_bits() == values[at].to_bits();
            if remembered[place] != u32::MAX && self.arrays.iter().all(same) {
                let row = like - range.start;
                rows.coefficients.extend_from_within(row * width..(row + 1) * width);
                if initial {
                    let states = rows.initials.len() / (at - range.start);
                    rows.initials.extend_from_within(row * states..(row + 1) * states);
                }
                continue;
            }
            remembered[place] = at as u32;
            for (param, values) in self.arrays {
                given[*param] = Some(values[at]);
            }
            let bound = bind_one::<T>(self.target, &given).map_err(|failure| (failure, at))?;
            let values = self.different.iter().map(|&c| (self.bits)(c, bound.coefficients[c]));
            rows.coefficients.extend(values);
            if initial {
                rows.initials.extend_from_slice(&bound.initial);
            }
        }
        Ok(rows)
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
    fn of(error: FailureKind, values: &[Option<f64>]) -> Self {
        Self {
            error,
            values: values.to_vec(),
        }
    }

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

fn bind_one<T: Real>(target: Target<'_>, given: &[Option<f64>]) -> Result<Bound, Failure> {
    let Target {
        neuron, signature, dt, ..
    } = target;
    let params = neuron
        .complete(given, dt)
        .map_err(|e| Failure::of(FailureKind::Bind(e), given))?;
    let failed = |error| {
        let all: Vec<Option<f64>> = params.iter().copied().map(Some).collect();
        Failure::of(error, &all)
    };
    let bound = neuron
        .bind(&params, dt, T::MAX_COUNT)
        .map_err(|e| failed(FailureKind::Bind(e)))?;
    let overflow = bound.coefficients.iter().enumerate().position(|(c, &value)| {
        !signature.coefficients[c].steps && value.is_finite() && !T::from_f64(value).to_f64().is_finite()
    });
    match overflow {
        None => Ok(bound),
        Some(coefficient) => Err(failed(FailureKind::Single {
            coefficient,
            value: bound.coefficients[coefficient],
        })),
    }
}

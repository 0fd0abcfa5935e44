//! Parameters and time step become coefficients: the `defaults` and `prepare` sections, in double precision.

use thiserror::Error;

use crate::ids::{ParamId, Value};
use crate::ir::{Inst, Prepare, Program, PropagatorInputs};
use crate::numerics::{DoubleDouble, Propagator, propagator_dd};
use crate::symbolic::holds;

/// What `prepare` computes for one set of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The coefficients, by id.
    pub coefficients: Vec<f64>,
    /// The initial value of each state, in the coherent set.
    pub initial: Vec<f64>,
}

/// Why parameters cannot be used.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum BindError {
    /// A parameter has neither a value nor a default.
    #[error("parameter `{0}` has no default and needs a value", .name)]
    Missing {
        /// Its name.
        name: String,
        /// Its id.
        param: ParamId,
    },
    /// A value is NaN.
    #[error("parameter `{name}` is {value}")]
    NotFinite {
        /// Its name.
        name: String,
        /// Its value.
        value: f64,
        /// Its id.
        param: ParamId,
    },
    /// A `where` or an `assert` does not hold.
    #[error("`{text}` does not hold")]
    Check {
        /// Index into [`Prepare::checks`].
        check: usize,
        /// The condition as the model writes it.
        text: String,
    },
    /// A coefficient is NaN or infinite.
    #[error("`{coefficient}` has no finite value: it comes out as {value}")]
    Coefficient {
        /// The coefficient.
        coefficient: String,
        /// Its value.
        value: f64,
        /// The parameters it depends on.
        params: Vec<ParamId>,
    },
    /// A duration is negative, or longer than a counter can count.
    #[error("the refractory period is {} steps; it must be from 0 to {most}", alif_core::number_text(*.steps))]
    Steps {
        /// The number of steps.
        steps: f64,
        /// The most a counter holds.
        most: i64,
        /// The parameters it depends on.
        params: Vec<ParamId>,
    },
    /// An initial value is NaN or infinite.
    #[error("the initial value of `{state}` is {value}")]
    Initial {
        /// The state.
        state: String,
        /// Its value.
        value: f64,
    },
}

/// Gives the parameters that were not given a value their defaults. All values are in the coherent set.
///
/// # Errors
/// A parameter without value and default, or a value that is not finite.
pub fn complete(program: &Program, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
    let mut values = given.to_vec();
    for default in &program.defaults {
        let param = default.param.index();
        if values[param].is_none() {
            let known: Vec<f64> = values.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            let mut run = Run::new(&default.insts, &[], &known, dt);
            run.all();
            values[param] = Some(run.reals[default.value.index()]);
        }
    }
    values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let (name, param) = (program.param_names[index].clone(), ParamId::new(index));
            match value {
                None => Err(BindError::Missing { name, param }),
                Some(value) if value.is_nan() => Err(BindError::NotFinite {
                    name,
                    value: *value,
                    param,
                }),
                Some(value) => Ok(*value),
            }
        })
        .collect()
}

/// Runs `prepare` for one set of parameters, all in the coherent set; `dt` in ms. `max_count` is the largest count of the
/// kernel's precision.
///
/// # Errors
/// A condition that does not hold, or a result that is not finite.
pub fn bind(program: &Program, params: &[f64], dt: f64, max_count: i64) -> Result<Prepared, BindError> {
    let prepare: &Prepare = &program.prepare;
    let mut run = Run::new(&prepare.insts, &prepare.blocks, params, dt);
    run.all();
    for (index, check) in prepare.checks.iter().enumerate() {
        if !run.truths[check.value.index()] {
            return Err(BindError::Check {
                check: index,
                text: check.text.clone(),
            });
        }
    }
    let coefficients: Vec<f64> = prepare
        .coefficients
        .iter()
        .map(|coefficient| {
            let value = run.reals[coefficient.value.index()];
            if !value.is_finite() && !coefficient.may_be_nan {
                return Err(BindError::Coefficient {
                    coefficient: coefficient.name.clone(),
                    value,
                    params: coefficient.params.clone(),
                });
            }
            if coefficient.steps && !(0.0..=max_count as f64).contains(&value) {
                return Err(BindError::Steps {
                    steps: value,
                    most: max_count,
                    params: coefficient.params.clone(),
                });
            }
            Ok(value)
        })
        .collect::<Result<_, _>>()?;
    let initial = prepare
        .initial
        .iter()
        .zip(&program.state_names)
        .map(|(value, state)| {
            let value = run.reals[value.index()];
            if value.is_finite() {
                Ok(value)
            } else {
                Err(BindError::Initial {
                    state: state.clone(),
                    value,
                })
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(Prepared { coefficients, initial })
}

/// One run of a section in double precision.
struct Run<'a> {
    insts: &'a [Inst],
    blocks: &'a [PropagatorInputs],
    params: &'a [f64],
    dt: f64,
    reals: Vec<f64>,
    truths: Vec<bool>,
    propagators: Vec<Option<Propagator>>,
}

impl<'a> Run<'a> {
    fn new(insts: &'a [Inst], blocks: &'a [PropagatorInputs], params: &'a [f64], dt: f64) -> Self {
        Self {
            insts,
            blocks,
            params,
            dt,
            reals: vec![f64::NAN; insts.len()],
            truths: vec![false; insts.len()],
            propagators: blocks.iter().map(|_| None).collect(),
        }
    }

    fn all(&mut self) {
        for at in 0..self.insts.len() {
            self.one(at);
        }
    }

    fn one(&mut self, at: usize) {
        let real = |v: &Value| self.reals[v.index()];
        let truth = |v: &Value| self.truths[v.index()];
        let value = match &self.insts[at] {
            Inst::Number(bits) => f64::from_bits(*bits),
            Inst::Param(p) => self.params[p.index()],
            Inst::Dt => self.dt,
            Inst::Propagator(block) => {
                self.propagators[*block as usize] = Some(self.propagator(&self.blocks[*block as usize]));
                return;
            }
            Inst::P { of, at } => self.entry(*of, |p, n, _| p.p[at.0 as usize * n + at.1 as usize]),
            Inst::Q { of, at } => self.entry(*of, |p, _, m| p.q[at.0 as usize * m + at.1 as usize]),
            Inst::Call(function, arguments) => {
                let arguments: Vec<f64> = arguments.iter().map(real).collect();
                function.value(&arguments)
            }
            Inst::Neg(a) => -real(a),
            Inst::Add(a, b) => real(a) + real(b),
            Inst::Sub(a, b) => real(a) - real(b),
            Inst::Mul(a, b) => real(a) * real(b),
            Inst::Div(a, b) => real(a) / real(b),
            Inst::Fma(a, b, c) => real(a).mul_add(real(b), real(c)),
            Inst::Sqrt(a) => real(a).sqrt(),
            Inst::Abs(a) => real(a).abs(),
            Inst::Floor(a) => real(a).floor(),
            Inst::Select(c, a, b) => real(if truth(c) { a } else { b }),
            Inst::Masked(c, a) => {
                if truth(c) {
                    real(a)
                } else {
                    0.0
                }
            }
            Inst::Truth(value) => return self.truths[at] = *value,
            Inst::Compare(op, a, b) => return self.truths[at] = holds(*op, real(a), real(b)),
            Inst::Not(a) => return self.truths[at] = !truth(a),
            Inst::And(a, b) => return self.truths[at] = truth(a) & truth(b),
            Inst::Or(a, b) => return self.truths[at] = truth(a) | truth(b),
            Inst::Coefficient(_)
            | Inst::Steps(_)
            | Inst::State(_)
            | Inst::Input(_)
            | Inst::Weight(..)
            | Inst::Arrived(..)
            | Inst::Counter
            | Inst::Positive(_)
            | Inst::CountDown(..)
            | Inst::CountUp(..) => unreachable!("`verify` keeps what differs between steps out of `prepare`"),
        };
        self.reals[at] = value;
    }

    fn entry(&self, of: Value, entry: impl Fn(&Propagator, usize, usize) -> f64) -> f64 {
        let Inst::Propagator(block) = &self.insts[of.index()] else {
            unreachable!("`verify` checks what entries are taken from");
        };
        let inputs = &self.blocks[*block as usize];
        self.propagators[*block as usize]
            .as_ref()
            .map_or(f64::NAN, |p| entry(p, inputs.left.len(), inputs.m))
    }

    /// Rates are quotients in double-double arithmetic, so that `-1/tau` costs no accuracy.
    fn propagator(&self, block: &PropagatorInputs) -> Propagator {
        let (n, m) = (block.left.len(), block.m);
        let rates = |values: &[Option<Value>], columns: usize| -> Vec<DoubleDouble> {
            values
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    let Some(value) = value else {
                        return DoubleDouble::ZERO;
                    };
                    let rate = self.reals[value.index()];
                    match block.left[at / columns].map(|left| self.reals[left.index()]) {
                        // An infinite time constant: nothing changes.
                        Some(left) if left.is_infinite() && rate.is_finite() => DoubleDouble::ZERO,
                        Some(left) => DoubleDouble::quotient(rate, left),
                        None => DoubleDouble::from(rate),
                    }
                })
                .collect()
        };
        let (a, f) = (rates(&block.a, n), rates(&block.f, m.max(1)));
        propagator_dd(&a, &f, n, m, self.dt)
    }
}

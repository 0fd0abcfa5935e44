//! Parameters and time step become coefficients: the `defaults` and `prepare` sections, in double precision.

use std::ops::Deref;

use alif_core::math;
use alif_core::numerics::{self, Propagator};
use alif_core::{BindError, Bound, Demand, Prepared};

use crate::ids::Value;
use crate::ir::{Inst, Prepare, Program, PropagatorInputs, Variant};
use crate::symbolic::holds;

/// Gives the parameters that were not given a value their defaults. All values are in the coherent set.
///
/// # Errors
/// A parameter without value and default, or one that is NaN.
pub fn complete(program: &Program, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
    let order = program.defaults.iter().map(|default| default.param.index());
    alif_core::complete(given, order, |param, known| {
        let Some(default) = program.defaults.iter().find(|default| default.param.index() == param) else {
            return f64::NAN;
        };
        let mut run = Run::new(&default.insts, &[], known, dt);
        run.all();
        run.reals[default.value.index()]
    })
}

/// Runs `prepare` for one set of parameters, all in the coherent set; `dt` in ms. `max_count` is the largest count of the
/// kernel's precision.
///
/// # Errors
/// A condition that does not hold, or a result that is not finite.
pub fn bind(program: &Program, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
    let prepare: &Prepare = &program.prepare;
    let mut run = Run::new(&prepare.insts, &prepare.blocks, params, dt);
    run.all();
    let coefficients = &prepare.coefficients;
    let prepared = Prepared {
        coefficients: coefficients.iter().map(|c| run.reals[c.value.index()]).collect(),
        initial: prepare.initial.iter().map(|value| run.reals[value.index()]).collect(),
        checks: prepare
            .checks
            .iter()
            .map(|check| run.truths[check.value.index()])
            .collect(),
    };
    let demand = |coefficient: usize| Demand {
        steps: coefficients[coefficient].steps,
        may_be_nan: coefficients[coefficient].may_be_nan,
    };
    alif_core::accept(prepared, demand, max_count)
}

/// A linear system with its numbers, as `prepare` hands it over for its propagator. See [`PropagatorInputs`].
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSystem {
    /// Names of its states.
    pub states: Vec<String>,
    /// Which of the propagators of these states it is.
    pub variant: Variant,
    /// What divides each row; nothing means 1.
    pub left: Vec<Option<f64>>,
    /// Couplings, n × n; nothing means 0.
    pub a: Vec<Option<f64>>,
    /// Number of forcing terms.
    pub m: usize,
    /// Coefficients of the forcing terms, n × m.
    pub f: Vec<Option<f64>>,
    /// Number of noises.
    pub k: usize,
    /// Factors of the noises, n × k.
    pub g: Vec<Option<f64>>,
}

impl LinearSystem {
    /// The propagator over `dt` ms, as every engine gets it.
    #[must_use]
    pub fn propagator(&self, dt: f64) -> Propagator {
        numerics::noisy_propagator(&self.left, &self.a, &self.f, self.m, &self.g, self.k, dt)
    }
}

/// The linear systems whose propagators steps use, for one set of parameters in the coherent set.
#[must_use]
pub fn linear_systems(program: &Program, params: &[f64], dt: f64) -> Vec<LinearSystem> {
    let prepare = &program.prepare;
    let mut run = Run::new(&prepare.insts, &prepare.blocks, params, dt);
    run.all();
    prepare.blocks.iter().map(|block| run.system(block)).collect()
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
            Inst::P { of, at } => self.entry(*of, |of| of.p(at.0 as usize, at.1 as usize)),
            Inst::Q { of, at } => self.entry(*of, |of| of.q(at.0 as usize, at.1 as usize)),
            Inst::L { of, at } => self.entry(*of, |of| of.l(at.0 as usize, at.1 as usize)),
            Inst::Call(function, arguments) => {
                let arguments: Vec<f64> = arguments.iter().map(real).collect();
                function.value(&arguments)
            }
            Inst::Neg(a) => -real(a),
            Inst::Add(a, b) => real(a) + real(b),
            Inst::Sub(a, b) => real(a) - real(b),
            Inst::Mul(a, b) => real(a) * real(b),
            Inst::Div(a, b) => real(a) / real(b),
            Inst::Fma(a, b, c) => math::fma(real(a), real(b), real(c)),
            Inst::Sqrt(a) => math::sqrt(real(a)),
            Inst::Abs(a) => math::abs(real(a)),
            Inst::Floor(a) => math::floor(real(a)),
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
            | Inst::Random(..)
            | Inst::Copy(_)
            | Inst::Carry(_)
            | Inst::Positive(_)
            | Inst::CountDown(..)
            | Inst::CountUp(..) => unreachable!("`verify` keeps what differs between steps out of `prepare`"),
        };
        self.reals[at] = value;
    }

    fn entry(&self, of: Value, entry: impl Fn(&Propagator) -> f64) -> f64 {
        let Inst::Propagator(block) = &self.insts[of.index()] else {
            unreachable!("`verify` checks what entries are taken from");
        };
        self.propagators[*block as usize].as_ref().map_or(f64::NAN, entry)
    }

    fn propagator(&self, block: &PropagatorInputs) -> Propagator {
        let reals = |values: &[Option<Value>]| List::new(values, |value| self.reals[value.index()]);
        let (left, a, f, g) = (reals(&block.left), reals(&block.a), reals(&block.f), reals(&block.g));
        numerics::noisy_propagator(&left, &a, &f, block.m, &g, block.k, self.dt)
    }

    fn system(&self, block: &PropagatorInputs) -> LinearSystem {
        let reals = |values: &[Option<Value>]| -> Vec<Option<f64>> {
            let each = values.iter().map(|value| value.map(|value| self.reals[value.index()]));
            each.collect()
        };
        LinearSystem {
            states: block.states.clone(),
            variant: block.variant,
            left: reals(&block.left),
            a: reals(&block.a),
            m: block.m,
            f: reals(&block.f),
            k: block.k,
            g: reals(&block.g),
        }
    }
}

/// Numbers of which some may be missing. Most lists are short, and with parameters that differ between neurons there are millions: those
/// need no memory of their own.
enum List {
    Short([Option<f64>; Self::SHORT], usize),
    Long(Vec<Option<f64>>),
}

impl List {
    const SHORT: usize = 4;

    fn new(values: &[Option<Value>], real: impl Fn(Value) -> f64) -> Self {
        let each = values.iter().map(|value| value.map(&real));
        if values.len() > Self::SHORT {
            return Self::Long(each.collect());
        }
        let mut short = [None; Self::SHORT];
        short.iter_mut().zip(each).for_each(|(to, value)| *to = value);
        Self::Short(short, values.len())
    }
}

impl Deref for List {
    type Target = [Option<f64>];

    fn deref(&self) -> &[Option<f64>] {
        match self {
            Self::Short(values, count) => &values[..*count],
            Self::Long(values) => values,
        }
    }
}

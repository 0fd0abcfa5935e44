//! The step program: what every engine follows.
//!
//! A program has straight-line sections of typed values, each value assigned once, but for the [`Loop`]s of a step:
//!
//! - `defaults`: one for each parameter that has a default, computing it from other parameters;
//! - `prepare`: run in double precision once for each distinct set of parameters and time step. It computes the propagators
//!   of the exact blocks, all other *coefficients* that steps need, the initial values, and the conditions that the
//!   parameters must meet;
//! - `step`: run for each neuron in each step, in the kernel's precision, from the states at the start of the step to the
//!   spike condition;
//! - `spike`: what the spike and other events change, masked by their conditions; its values continue the numbering of `step`;
//! - `observe`: one for each definition that monitors can record, evaluated on the states after a step.
//!
//! A value is a real number, a count (refractory counter, integer of the width of the real) or a truth value. Programs hold
//! only operations whose result IEEE 754 fixes to the bit: + − × ÷, fused multiply-add where it says `fma`, square root,
//! rounding down, comparison, selection, and integer arithmetic on counts and bits. No engine may contract, reassociate or replace
//! them. A function such as `exp` is one instruction, so that programs stay short and equal ones are found, but what it stands for
//! is a sequence of such operations, in the precision of the section: [`Function::expansion`]. Between steps, [`alif_core::Arrays::flush_tiny`] belongs to the meaning of a program too.

mod builder;
mod content;
mod lower;
mod operations;
mod prepare;
mod print;
mod step;
mod sub_steps;
mod system;
mod trace;
mod verify;

use alif_core::Layout;
use alif_core::elementary::{self, Arithmetic};

use crate::functions::Function;
use crate::ids::{CoefId, InputId, ParamId, PortId, StateId, Value};
use crate::model::CompareOp;
use alif_grammar::Span;

pub(crate) use builder::{Leaf, Leaves, Section};
pub(crate) use prepare::{Lowered, Source, TIME, initial_values, lower_prepare};
pub(crate) use trace::{Trace, Traced, trace};

pub use content::Content;
pub use lower::{Options, THRESHOLD, lower, spike_comparison};
pub use operations::{Operation, Operations};
pub use verify::{Invalid, verify};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A floating-point number.
    Real,
    /// An integer.
    Count,
    /// True or false.
    Truth,
}

/// An instruction; its operands are values of smaller number in the same section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inst {
    /// A number by the bits of its double, rounded to the precision of the section where it is used.
    Number(u64),
    /// A truth value.
    Truth(bool),
    /// A parameter. `defaults` and `prepare` only.
    Param(ParamId),
    /// The time step in ms. `defaults` and `prepare` only.
    Dt,
    /// The propagator of a block: all of its entries at once. `prepare` only; a row of [`Prepare::blocks`].
    Propagator(u32),
    /// Entry of `P` of a propagator.
    P {
        /// The propagator.
        of: Value,
        /// Row and column.
        at: (u32, u32),
    },
    /// Entry of `Q` of a propagator.
    Q {
        /// The propagator.
        of: Value,
        /// Row and column.
        at: (u32, u32),
    },
    /// Entry of `L` of a propagator.
    L {
        /// The propagator.
        of: Value,
        /// Row and column.
        at: (u32, u32),
    },
    /// A built-in function that is not an instruction by itself. In `defaults` and `prepare` it is [`Function::value`]; elsewhere it
    /// stands for the operations of [`Function::expansion`].
    Call(Function, Vec<Value>),
    /// A random number of the neuron, from its number and the two keys of a draw: see [`alif_core::random`].
    Random(Distribution, [Value; 3]),
    /// A coefficient, rounded to the kernel's precision.
    Coefficient(CoefId),
    /// A coefficient that counts steps.
    Steps(CoefId),
    /// A state at the start of the step; in `observe` after the step.
    State(StateId),
    /// A continuous input, or the time: see [`Program::input_names`].
    Input(InputId),
    /// A weight that arrives at an event port.
    Weight(PortId, u32),
    /// Whether a weight arrived.
    Arrived(PortId, u32),
    /// The refractory counter at the start of the step.
    Counter,
    /// The value itself. It keeps apart what a [`Repeat`] carries from one event to the next.
    Copy(Value),
    /// What a [`Loop`] carries: in its first pass the value, in a later one what the pass before it has left behind.
    Carry(Value),
    /// `-a`
    Neg(Value),
    /// `a + b`
    Add(Value, Value),
    /// `a - b`
    Sub(Value, Value),
    /// `a * b`
    Mul(Value, Value),
    /// `a / b`
    Div(Value, Value),
    /// `a * b + c`, rounded once.
    Fma(Value, Value, Value),
    /// Square root.
    Sqrt(Value),
    /// Magnitude.
    Abs(Value),
    /// Largest integer not above.
    Floor(Value),
    /// `a < b` and its kin; with a NaN only `!=` holds.
    Compare(CompareOp, Value, Value),
    /// `not a`
    Not(Value),
    /// `a and b`
    And(Value, Value),
    /// `a or b`
    Or(Value, Value),
    /// `if c { a } else { b }` of reals.
    Select(Value, Value, Value),
    /// `if c { a } else { +0 }`: the change that a mask lets through.
    Masked(Value, Value),
    /// Whether a count is above zero.
    Positive(Value),
    /// A count less one where the truth value holds.
    CountDown(Value, Value),
    /// A count plus another where the truth value holds.
    CountUp(Value, Value, Value),
}

impl Inst {
    /// A number.
    #[must_use]
    pub fn number(value: f64) -> Self {
        Self::Number(value.to_bits())
    }

    /// The values it reads.
    #[must_use]
    pub fn operands(&self) -> Vec<Value> {
        let mut operands = vec![];
        self.clone().each_operand(|operand| operands.push(*operand));
        operands
    }

    /// The same with other operands.
    #[must_use]
    pub fn renamed(&self, of: impl Fn(Value) -> Value) -> Self {
        let mut inst = self.clone();
        inst.each_operand(|operand| *operand = of(*operand));
        inst
    }

    /// Shows each value it reads, from left to right.
    fn each_operand(&mut self, mut show: impl FnMut(&mut Value)) {
        match self {
            Self::Number(_)
            | Self::Truth(_)
            | Self::Param(_)
            | Self::Dt
            | Self::Propagator(_)
            | Self::Coefficient(_)
            | Self::Steps(_)
            | Self::State(_)
            | Self::Input(_)
            | Self::Weight(..)
            | Self::Arrived(..)
            | Self::Counter => {}
            Self::P { of, .. } | Self::Q { of, .. } | Self::L { of, .. } => show(of),
            Self::Random(_, arguments) => arguments.iter_mut().for_each(show),
            Self::Call(_, arguments) => arguments.iter_mut().for_each(show),
            Self::Copy(a)
            | Self::Carry(a)
            | Self::Neg(a)
            | Self::Sqrt(a)
            | Self::Abs(a)
            | Self::Floor(a)
            | Self::Not(a)
            | Self::Positive(a) => show(a),
            Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Div(a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b)
            | Self::Masked(a, b)
            | Self::CountDown(a, b) => [a, b].into_iter().for_each(show),
            Self::Fma(a, b, c) | Self::Select(a, b, c) | Self::CountUp(a, b, c) => [a, b, c].into_iter().for_each(show),
        }
    }

    /// The type of its value.
    #[must_use]
    pub fn result(&self) -> Type {
        match self {
            Self::Truth(_)
            | Self::Arrived(..)
            | Self::Compare(..)
            | Self::Not(_)
            | Self::And(..)
            | Self::Or(..)
            | Self::Positive(_) => Type::Truth,
            Self::Steps(_) | Self::Counter | Self::CountDown(..) | Self::CountUp(..) => Type::Count,
            _ => Type::Real,
        }
    }
}

/// What random numbers are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Between 0 and 1, all of them equally likely.
    Uniform,
    /// Normal, with mean 0 and variance 1.
    Normal,
}

impl Distribution {
    /// Its name, also that of its function in [`alif_core::elementary`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Normal => "normal",
        }
    }

    /// Its number for a neuron and two keys.
    #[must_use]
    pub fn expansion<N: Arithmetic>(self, [neuron, key, other]: [N; 3]) -> N {
        match self {
            Self::Uniform => elementary::uniform(neuron, key, other),
            Self::Normal => elementary::normal(neuron, key, other),
        }
    }
}

/// A step program.
#[derive(Clone, Debug)]
pub struct Program {
    /// The model's name.
    pub name: String,
    /// Names of the parameters, by id.
    pub param_names: Vec<String>,
    /// Names of the states, by id.
    pub state_names: Vec<String>,
    /// Names of the continuous inputs, by id; where the model reads the time, behind them those of the time in ms at the start of
    /// the step and at its end; where it draws random numbers, behind those the number of the neuron and two keys for each draw.
    pub input_names: Vec<String>,
    /// Names of the event ports, by id.
    pub port_names: Vec<String>,
    /// Defaults of parameters, in an order in which each needs only earlier ones.
    pub defaults: Vec<Default>,
    /// What is computed when parameters are bound.
    pub prepare: Prepare,
    /// What a step reads.
    pub layout: Layout,
    /// From the start of the step to the spike condition.
    pub step: Vec<Inst>,
    /// What the spike and other events change; values continue those of `step`.
    pub spike: Vec<Inst>,
    /// The new value of each state.
    pub states: Vec<Value>,
    /// The value of each state before the spike block and other events, for monitors that ask for it; among those of `step`.
    pub before: Vec<Value>,
    /// The new value of the refractory counter.
    pub counter: Option<Value>,
    /// Whether the neuron spikes.
    pub spikes: Option<Value>,
    /// Definitions that monitors can record.
    pub observe: Vec<Observe>,
    /// Which parts of `step` stand for the first of several events and can be repeated for further ones.
    pub repeats: Vec<Repeat>,
    /// Which parts of `step` are gone through several times, in the order of the instructions.
    pub loops: Vec<Loop>,
    /// What the model writes, each before the first instruction that it leads to.
    pub notes: Vec<Note>,
}

impl Program {
    /// The instruction of a value of `step` and `spike`.
    #[must_use]
    pub fn inst(&self, value: Value) -> &Inst {
        let at = value.index();
        self.step.get(at).unwrap_or_else(|| &self.spike[at - self.step.len()])
    }

    /// How much code a step comes to, in instructions, with those of functions.
    #[must_use]
    pub fn size(&self) -> usize {
        self.insts().map(Inst::size).sum()
    }

    /// The instructions of `step` and `spike`.
    pub fn insts(&self) -> impl Iterator<Item = &Inst> {
        self.step.iter().chain(&self.spike)
    }
}

/// The default of a parameter.
#[derive(Clone, Debug)]
pub struct Default {
    /// The parameter.
    pub param: ParamId,
    /// The parameters it depends on.
    pub params: Vec<ParamId>,
    /// The instructions.
    pub insts: Vec<Inst>,
    /// Its value.
    pub value: Value,
}

/// What is computed when parameters are bound, in double precision.
#[derive(Clone, Debug, std::default::Default)]
pub struct Prepare {
    /// The instructions.
    pub insts: Vec<Inst>,
    /// The linear systems whose propagators are computed.
    pub blocks: Vec<PropagatorInputs>,
    /// What steps need.
    pub coefficients: Vec<Coefficient>,
    /// The initial value of each state.
    pub initial: Vec<Value>,
    /// What must hold.
    pub checks: Vec<Check>,
}

impl Prepare {
    /// The coefficient that is an entry of a matrix of the block of these states, none of them held.
    #[must_use]
    pub fn entry(&self, states: &[String], matrix: Matrix, row: usize, column: usize) -> Option<usize> {
        let wanted = (row as u32, column as u32);
        // Where a block is also needed with held states, it comes second.
        let block = self.blocks.iter().position(|block| block.states == states)?;
        self.coefficients.iter().position(|c| {
            let (found, of, at) = match self.insts[c.value.index()] {
                Inst::P { of, at } => (Matrix::P, of, at),
                Inst::Q { of, at } => (Matrix::Q, of, at),
                Inst::L { of, at } => (Matrix::L, of, at),
                _ => return false,
            };
            found == matrix && at == wanted && self.insts[of.index()] == Inst::Propagator(block as u32)
        })
    }
}

/// The matrices of an exact update: see [`crate::update::Block`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    /// What becomes of states.
    P,
    /// What forcing terms bring.
    Q,
    /// What noise brings.
    L,
}

/// The propagators that steps may need of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, std::default::Default)]
pub struct Variant {
    /// With the held states frozen.
    pub held: bool,
    /// Over half a step.
    pub half: bool,
}

/// A linear system with numbers: see [`crate::update::Block`].
#[derive(Clone, Debug)]
pub struct PropagatorInputs {
    /// Names of its states, for messages.
    pub states: Vec<String>,
    /// Which of the propagators of these states it is.
    pub variant: Variant,
    /// Number of forcing terms.
    pub m: usize,
    /// What divides each row.
    pub left: Vec<Option<Value>>,
    /// Couplings, n × n.
    pub a: Vec<Option<Value>>,
    /// Coefficients of the forcing terms, n × m.
    pub f: Vec<Option<Value>>,
    /// Number of noises.
    pub k: usize,
    /// Factors of the noises, n × k.
    pub g: Vec<Option<Value>>,
}

/// A coefficient.
#[derive(Clone, Debug)]
pub struct Coefficient {
    /// A name for messages and listings: `V_th`, `P[V,V]`, `beta * a …`.
    pub name: String,
    /// Its value in `prepare`.
    pub value: Value,
    /// Whether it counts steps.
    pub steps: bool,
    /// Whether it may be NaN or infinite, because it is read only in branches of `if`.
    pub may_be_nan: bool,
    /// The parameters it depends on: with one of them per neuron it is per neuron.
    pub params: Vec<ParamId>,
}

/// A condition on the parameters.
#[derive(Clone, Debug)]
pub struct Check {
    /// The condition, a truth value of `prepare`.
    pub value: Value,
    /// As the model writes it.
    pub text: String,
    /// The parameter whose `where` it is; nothing for an `assert`.
    pub param: Option<ParamId>,
    /// Where it stands.
    pub span: Span,
    /// The parameters it depends on.
    pub params: Vec<ParamId>,
}

/// A block that takes the events of a step one by one.
///
/// Programs are lowered for a number of events, one copy of the block after the other. An engine that would rather count at run time
/// takes a program for one event and repeats the part of it between the two values of each pair, with the weight of the next slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The port.
    pub port: PortId,
    /// The slot of the first event.
    pub slot: u32,
    /// For each state that the block writes, its value before and after the first event; both are [`Inst::Copy`].
    pub carried: Vec<(Value, Value)>,
}

/// Instructions of a step that are gone through until a neuron needs no further pass.
///
/// It begins with one [`Inst::Carry`] for each number that it carries, all of them real. A pass leaves the carried numbers of a neuron that needs no further pass
/// as they are. So an engine that advances several neurons side by side goes on until none of them needs one, and
/// each has the result that it has alone. Behind the loop only what it carried may be read, by the values of `after`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Loop {
    /// The first instruction.
    pub start: usize,
    /// The first instruction behind it.
    pub end: usize,
    /// What the pass leaves behind, for each of the numbers carried.
    pub after: Vec<Value>,
    /// Whether the neuron needs another pass.
    pub again: Value,
}

impl Loop {
    /// The values of what it carries within a pass, in the order of `after`.
    #[must_use]
    pub fn carried(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.after.len()
    }
}

/// A line of the model that instructions come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The first instruction after it.
    pub at: usize,
    /// The line.
    pub text: String,
}

/// A definition that monitors can record.
#[derive(Clone, Debug)]
pub struct Observe {
    /// Its name.
    pub name: String,
    /// The instructions; their leaves are coefficients, states after the step, and inputs.
    pub insts: Vec<Inst>,
    /// Its value; nothing where the definition reads `prev`, which is gone after the step.
    pub value: Option<Value>,
}

impl Observe {
    /// The number of operations, those of functions included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.insts.iter().map(Inst::size).sum()
    }
}

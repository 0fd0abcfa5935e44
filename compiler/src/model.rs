//! The checked model: names are ids, numbers are in one coherent set of units (ms, mV, pA, nS, pF, GOhm), dimensions agree
//! and are gone. Only the unit that each name is declared in stays, for the numbers that come from and go to people.

use alif_grammar::{Diagnostic, Span};

use crate::dimension::Dimension;
use crate::functions::Function;
use crate::ids::{ExprId, InputId, LetId, NoiseId, ParamId, PortId, StateId};
use crate::units::{self, UnitValue};

pub use alif_grammar::ast::CompareOp;

/// A checked model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its documentation, line by line.
    pub docs: Vec<String>,
    /// Where its name stands.
    pub span: Span,
    /// Parameters.
    pub params: Vec<Param>,
    /// Parameters in an order in which each default needs only earlier ones.
    pub param_order: Vec<ParamId>,
    /// Definitions.
    pub lets: Vec<Let>,
    /// States.
    pub states: Vec<State>,
    /// States in an order in which each initial value needs only earlier ones.
    pub state_order: Vec<StateId>,
    /// Continuous inputs.
    pub inputs: Vec<Input>,
    /// Event ports.
    pub ports: Vec<Port>,
    /// White noises.
    pub noises: Vec<Noise>,
    /// What events do, in the order of the text.
    pub on_blocks: Vec<OnBlock>,
    /// When the neuron spikes and what that does.
    pub spike: Option<Spike>,
    /// The refractory period.
    pub refractory: Option<Refractory>,
    /// Other events, in the order of the text.
    pub events: Vec<Event>,
    /// What must hold when parameters are bound.
    pub asserts: Vec<Assert>,
    /// How gradients pass through the model.
    pub learn: Option<Learn>,
    /// The state that counts the sub-steps of a step, where the solver takes any: it is none of the text.
    pub sub_steps: Option<StateId>,
    /// The expressions; an operand always has a smaller id than what it is an operand of.
    pub exprs: Vec<Expr>,
    /// Warnings of the check.
    pub warnings: Vec<Diagnostic>,
}

impl Model {
    /// The expression of an id.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// Whether anything reads the time.
    #[must_use]
    pub fn reads_time(&self) -> bool {
        self.exprs.iter().any(|expr| expr.kind == ExprKind::Time)
    }
}

/// The unit that a name is declared in.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// As written or, where nothing was written, the coherent unit of the dimension.
    pub text: String,
    /// Twice the decimal exponent of its size, in the coherent unit.
    pub half_decades: i32,
    /// The dimension; unknown only where an error was reported.
    pub known: Option<Dimension>,
}

impl Unit {
    /// A pure number.
    #[must_use]
    pub fn one() -> Self {
        Self::coherent(Dimension::DIMENSIONLESS)
    }

    /// The coherent unit of a dimension.
    #[must_use]
    pub fn coherent(dimension: Dimension) -> Self {
        Self {
            text: units::name_of(dimension),
            half_decades: 0,
            known: Some(dimension),
        }
    }

    /// A coherent number in this unit, with it: `20 ms`, `0.5`.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        let unit = UnitValue {
            dimension: self.known.unwrap_or(Dimension::DIMENSIONLESS),
            scale2: self.half_decades,
        };
        units::show(value, unit, &self.text)
    }
}

/// A parameter: one value, or one value a neuron.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it is declared.
    pub span: Span,
    /// Its unit.
    pub unit: Unit,
    /// Its default.
    pub default: Option<ExprId>,
    /// The default as written.
    pub default_text: Option<String>,
    /// The condition it must meet.
    pub condition: Option<ExprId>,
    /// The condition as written.
    pub condition_text: Option<String>,
}

/// A name for an expression.
#[derive(Clone, Debug)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it is declared.
    pub span: Span,
    /// Its unit.
    pub unit: Unit,
    /// What it stands for.
    pub value: ExprId,
    /// The same as written.
    pub text: String,
}

/// A state variable.
#[derive(Clone, Debug)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it is declared.
    pub span: Span,
    /// Its unit.
    pub unit: Unit,
    /// Its initial value; zero where the text gives none.
    pub initial: Option<ExprId>,
    /// The initial value as written.
    pub initial_text: Option<String>,
    /// Its equation; without one it changes only in events.
    pub equation: Option<Equation>,
}

/// `left * dX/dt = rhs`
#[derive(Clone, Debug)]
pub struct Equation {
    /// What the derivative is multiplied with; nothing means 1.
    pub left: Option<ExprId>,
    /// The right-hand side.
    pub rhs: ExprId,
    /// Where the equation stands.
    pub span: Span,
    /// The equation as written.
    pub text: String,
}

/// A continuous input.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it is declared.
    pub span: Span,
    /// Its unit.
    pub unit: Unit,
}

/// An event port.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it is declared.
    pub span: Span,
    /// The unit of its weights.
    pub unit: Unit,
}

/// A white noise, in 1/√ms: one independent course a neuron.
#[derive(Clone, Debug)]
pub struct Noise {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// The input that its normal numbers come from, where they are given instead of drawn.
    pub given: Option<InputId>,
}

/// What the events of a port do.
#[derive(Clone, Debug)]
pub struct OnBlock {
    /// The port.
    pub port: PortId,
    /// What it calls the weight.
    pub weight: String,
    /// Whether it runs after integration instead of before.
    pub after: bool,
    /// Its statements; [`ExprKind::Weight`] is the weight.
    pub body: Vec<Assign>,
    /// Where it stands.
    pub span: Span,
}

/// `target = value`; compound assignments are spelled out.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The state written to.
    pub target: StateId,
    /// Its new value.
    pub value: ExprId,
    /// Where the statement stands.
    pub span: Span,
    /// The statement as written.
    pub text: String,
}

/// When the neuron spikes and what that does.
#[derive(Clone, Debug)]
pub struct Spike {
    /// The condition, tested on the states after integration.
    pub condition: ExprId,
    /// The condition, or the rate, as written.
    pub text: String,
    /// Whether the condition is that chance lets a rate have its spike in this step.
    pub by_rate: bool,
    /// Whether the condition must have been false before the step.
    pub rising: bool,
    /// Where the block runs in the next step, after integration: the state that says so.
    pub delayed: Option<StateId>,
    /// The reset.
    pub body: Vec<Assign>,
    /// Where the block stands.
    pub span: Span,
}

impl Spike {
    /// What stands between `spike` and its block: `when condition` or `rate intensity`.
    #[must_use]
    pub fn head(&self) -> String {
        let delayed = if self.delayed.is_some() { " delayed" } else { "" };
        if self.by_rate {
            return format!("rate {}{delayed}", self.text);
        }
        format!("{}{delayed}", when(self.rising, &self.text))
    }
}

/// `when condition` or `when rising condition`
fn when(rising: bool, text: &str) -> String {
    let rising = if rising { "rising " } else { "" };
    format!("when {rising}{text}")
}

/// Another event: what it does when a condition holds after the spike block.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The condition.
    pub condition: ExprId,
    /// The condition as written.
    pub text: String,
    /// Whether the condition must have been false before the step.
    pub rising: bool,
    /// What it does.
    pub body: Vec<Assign>,
    /// Where the block stands.
    pub span: Span,
}

impl Event {
    /// What stands between `event` and its block.
    #[must_use]
    pub fn head(&self) -> String {
        format!("{} {}", self.name, when(self.rising, &self.text))
    }
}

/// The refractory period.
#[derive(Clone, Debug)]
pub struct Refractory {
    /// Its duration in ms.
    pub duration: ExprId,
    /// The item as written, without `;`.
    pub text: String,
    /// States that are frozen meanwhile.
    pub hold: Vec<StateId>,
    /// Ports whose events reach the held states all the same.
    pub accept: Vec<PortId>,
    /// Where it stands.
    pub span: Span,
}

/// What must hold when parameters are bound.
#[derive(Clone, Debug)]
pub struct Assert {
    /// The condition.
    pub condition: ExprId,
    /// The condition as written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// How gradients pass through the model.
#[derive(Clone, Debug)]
pub struct Learn {
    /// The surrogate of the spike's derivative.
    pub surrogate: Option<Surrogate>,
    /// States whose reset passes no gradient.
    pub detach: Vec<StateId>,
    /// Where the block stands.
    pub span: Span,
}

/// A surrogate derivative.
#[derive(Clone, Debug)]
pub struct Surrogate {
    /// Its name.
    pub function: String,
    /// What it is a function of.
    pub argument: ExprId,
    /// Its settings by name.
    pub settings: Vec<(String, f64)>,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands; for a part of a function, where the function is called.
    pub span: Span,
    /// Where it stands in the body of a function.
    pub inside: Option<Span>,
}

/// The kinds of expressions; comparisons and what they are joined with are truth values, all others numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number in the coherent set.
    Number(f64),
    /// A parameter.
    Param(ParamId),
    /// A definition.
    Let(LetId),
    /// A state, as it is where the expression is evaluated.
    State(StateId),
    /// A state at the start of the step.
    Prev(StateId),
    /// A continuous input.
    Input(InputId),
    /// The weight of the event.
    Weight,
    /// The time step in ms.
    Dt,
    /// The time in ms where the expression is evaluated: at the start of the step before integration, at its end after it.
    Time,
    /// A white noise.
    Noise(NoiseId),
    /// A number between 0 and 1, another one in each step, that decides whether a rate has its spike.
    Uniform,
    /// `-a`
    Neg(ExprId),
    /// `a + b`
    Add(ExprId, ExprId),
    /// `a - b`
    Sub(ExprId, ExprId),
    /// `a * b`
    Mul(ExprId, ExprId),
    /// `a / b`
    Div(ExprId, ExprId),
    /// `a ^ n`
    Power(ExprId, i32),
    /// `f(a, …)`
    Call(Function, Vec<ExprId>),
    /// `a < b`
    Compare(CompareOp, ExprId, ExprId),
    /// `not a`
    Not(ExprId),
    /// `a and b`
    And(ExprId, ExprId),
    /// `a or b`
    Or(ExprId, ExprId),
    /// `if c { a } else { b }`
    If(ExprId, ExprId, ExprId),
}

impl ExprKind {
    /// The expressions it is made of.
    #[must_use]
    pub fn operands(&self) -> Vec<ExprId> {
        match self {
            Self::Number(_)
            | Self::Param(_)
            | Self::Let(_)
            | Self::State(_)
            | Self::Prev(_)
            | Self::Input(_)
            | Self::Weight
            | Self::Dt
            | Self::Time
            | Self::Noise(_)
            | Self::Uniform => vec![],
            Self::Neg(a) | Self::Power(a, _) | Self::Not(a) => vec![*a],
            Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Div(a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b) => vec![*a, *b],
            Self::Call(_, arguments) => arguments.clone(),
            Self::If(c, a, b) => vec![*c, *a, *b],
        }
    }
}

//! The syntax tree: what the text says, before anything is known of names or units.
//!
//! Every node has the [`Span`] it was read from. Two trees are compared with [`crate::same_tree`], which looks at
//! everything but the spans. Sums and products are lists, not nested pairs, so the depth of a tree is bounded by the
//! nesting of brackets in the text (128), and no walk over it can exhaust the stack.

use crate::span::Span;

/// One file: models in the order of the text, and the comments between their words.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The models of the file, at least one.
    pub models: Vec<Model>,
    /// Every `//` and `/* */` comment, in order; `///` docs belong to the items they describe.
    pub comments: Vec<Comment>,
}

/// An ordinary comment, with its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The text as written, `//` or `/* */` included.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One line of documentation: what follows `///`.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// The line without `///`, its end trimmed.
    pub text: String,
    /// Where it stands, marks included.
    pub span: Span,
}

/// A name as written, normalised to NFC.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// `model Name { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// `///` lines before `model`.
    pub docs: Vec<Doc>,
    /// The model's name.
    pub name: Ident,
    /// Its items in the order of the text.
    pub items: Vec<Item>,
    /// From `model` to the closing brace.
    pub span: Span,
}

/// One item of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// `///` lines before it.
    pub docs: Vec<Doc>,
    /// What it is.
    pub kind: ItemKind,
    /// From its first word to its `;` or `}`.
    pub span: Span,
}

/// The kinds of items.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// `param name [: unit] [= value] [where condition];`
    Param {
        /// Its name.
        name: Ident,
        /// The unit after `:`.
        unit: Option<Unit>,
        /// The default after `=`.
        value: Option<Expr>,
        /// The condition after `where`.
        condition: Option<Expr>,
    },
    /// `let name [: unit] = value;`
    Let {
        /// Its name.
        name: Ident,
        /// The unit after `:`.
        unit: Option<Unit>,
        /// The expression it names.
        value: Expr,
    },
    /// `state name [: unit] [= value];`
    State {
        /// Its name.
        name: Ident,
        /// The unit after `:`.
        unit: Option<Unit>,
        /// The initial value.
        value: Option<Expr>,
    },
    /// `input name [: unit];` or `input name : event[(unit)];`
    Input {
        /// Its name.
        name: Ident,
        /// What it carries.
        kind: InputKind,
    },
    /// `kernel name = shape(arguments) drives port;`
    Kernel {
        /// The name of the filtered quantity.
        name: Ident,
        /// `delta`, `exp`, `alpha` or `biexp`.
        shape: Ident,
        /// Its time constants.
        arguments: Vec<Expr>,
        /// The event port whose events it filters.
        port: Ident,
    },
    /// `noise name;`
    Noise {
        /// Its name.
        name: Ident,
    },
    /// `fn name(a: unit, …) [-> unit] { body }`
    Fn {
        /// Its name.
        name: Ident,
        /// Names and units of its arguments; one without a unit takes whatever it is given.
        parameters: Vec<(Ident, Option<Unit>)>,
        /// Unit of its value.
        unit: Option<Unit>,
        /// Its value.
        body: Expr,
    },
    /// `[factors *] dX/dt [* or / factors] = rhs;`
    Equation {
        /// Factors before the derivative, each with the sign that joins it to what stands before it; the first has
        /// [`ProductOp::Mul`].
        before: Vec<(ProductOp, Expr)>,
        /// `X` of `dX/dt`, with the span of `X` alone.
        state: Ident,
        /// The span of `dX/dt`.
        derivative: Span,
        /// Factors after the derivative.
        after: Vec<(ProductOp, Expr)>,
        /// The right-hand side.
        rhs: Expr,
    },
    /// `on port(w) [after] { … }`
    On {
        /// The event port.
        port: Ident,
        /// The name of the weight inside the block.
        weight: Ident,
        /// `after`: run after integration.
        after: bool,
        /// Its statements.
        body: Vec<Assign>,
    },
    /// `spike when [rising] condition [delayed] { … }` or `spike rate expression { … }`
    Spike {
        /// What makes the neuron spike.
        trigger: SpikeTrigger,
        /// `delayed`: the block runs after the next step's integration.
        delayed: bool,
        /// The reset.
        body: Vec<Assign>,
    },
    /// `event name when condition { … }`
    Event {
        /// Its name.
        name: Ident,
        /// `rising`: false before the step, true after it.
        rising: bool,
        /// When it happens.
        condition: Expr,
        /// What it does.
        body: Vec<Assign>,
    },
    /// `refractory duration [hold X, …] [accept port, …];`
    Refractory {
        /// How long.
        duration: Expr,
        /// States frozen meanwhile.
        hold: Vec<Ident>,
        /// Event ports whose events still reach the held states.
        accept: Vec<Ident>,
    },
    /// `learn { surrogate f(…); detach X; … }`
    Learn {
        /// Its statements.
        statements: Vec<LearnStatement>,
    },
    /// `assert condition;`
    Assert {
        /// What must hold when parameters are bound.
        condition: Expr,
    },
}

/// What an input carries.
#[derive(Clone, Debug, PartialEq)]
pub enum InputKind {
    /// A value for each step, held constant during it; no unit means dimensionless.
    Continuous(Option<Unit>),
    /// Weighted events; no unit means dimensionless weights.
    Event(Option<Unit>),
}

/// What makes a neuron spike.
#[derive(Clone, Debug, PartialEq)]
pub enum SpikeTrigger {
    /// `when [rising] condition`
    When {
        /// False before the step and true after it.
        rising: bool,
        /// The condition on the new states.
        condition: Expr,
    },
    /// `rate intensity` (1/time): escape noise.
    Rate(Expr),
}

/// `target op value;`
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// The state written to.
    pub target: Ident,
    /// How.
    pub op: AssignOp,
    /// The right-hand side.
    pub value: Expr,
    /// From the target to the `;`.
    pub span: Span,
}

/// Assignment operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Sub,
    /// `*=`
    Mul,
    /// `/=`
    Div,
}

/// A statement of a `learn` block.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnStatement {
    /// What it says.
    pub kind: LearnKind,
    /// Where it stands.
    pub span: Span,
}

/// The statements of a `learn` block.
#[derive(Clone, Debug, PartialEq)]
pub enum LearnKind {
    /// `surrogate f(argument, name = value, …);`
    Surrogate {
        /// The surrogate's name.
        function: Ident,
        /// Its arguments.
        arguments: Vec<Argument>,
    },
    /// `detach X;`
    Detach {
        /// The state whose reset passes no gradient.
        state: Ident,
    },
}

/// An argument that may be named.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// `name =`.
    pub name: Option<Ident>,
    /// Its value.
    pub value: Expr,
}

/// A unit, flattened into powers: `1/(mV*ms)` is `mV` to −1 and `ms` to −1. No factors means dimensionless (`1`).
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// The factors in the order of the text.
    pub factors: Vec<UnitFactor>,
    /// Where it stands, brackets included.
    pub span: Span,
}

/// One power in a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitFactor {
    /// The symbol with its prefix, as written.
    pub name: Ident,
    /// Numerator of the exponent.
    pub numerator: i32,
    /// Denominator of the exponent, positive; the fraction is in lowest terms.
    pub denominator: i32,
}

/// An expression, of numbers or of truth values.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `20 ms`: the digits as written, and the unit.
    Number {
        /// The digits: `20`, `0.5`, `1e-3`.
        text: String,
        /// The unit after them.
        unit: Option<Unit>,
    },
    /// A name.
    Name(String),
    /// `f(a, b)`
    Call {
        /// The function's name.
        function: Ident,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `(a)`: kept, so that text prints back as it was grouped.
    Paren(Box<Expr>),
    /// `-a`
    Neg(Box<Expr>),
    /// `a + b - c`, from left to right.
    Sum {
        /// `a`
        first: Box<Expr>,
        /// `+ b`, `- c`
        rest: Vec<(SumOp, Expr)>,
    },
    /// `a * b / c`, from left to right.
    Product {
        /// `a`
        first: Box<Expr>,
        /// `* b`, `/ c`
        rest: Vec<(ProductOp, Expr)>,
    },
    /// `a ^ b`
    Power {
        /// `a`
        base: Box<Expr>,
        /// `b`
        exponent: Box<Expr>,
    },
    /// `if c { a } else { b }`
    If {
        /// `c`
        condition: Box<Expr>,
        /// `a`
        then: Box<Expr>,
        /// `b`
        otherwise: Box<Expr>,
    },
    /// `a < b <= c`: every neighbouring pair holds.
    Compare {
        /// `a`
        first: Box<Expr>,
        /// `< b`, `<= c`
        rest: Vec<(CompareOp, Expr)>,
    },
    /// `not a`
    Not(Box<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
}

/// What joins the terms of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumOp {
    /// `+`
    Add,
    /// `-`
    Sub,
}

/// What joins the factors of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductOp {
    /// `*`
    Mul,
    /// `/`
    Div,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `==`
    Eq,
    /// `!=`
    Ne,
}

impl CompareOp {
    /// As it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Eq => "==",
            Self::Ne => "!=",
        }
    }
}

//! From the syntax tree to the checked model: names, dimensions, structure.
//!
//! Everything that can be said about the text is said in one pass. A name whose declaration is wrong keeps its place with
//! an unknown dimension, so one mistake does not draw others after it.

mod declarations;
mod definitions;
mod deltas;
mod equations;
mod events;
mod expressions;
mod filters;
mod functions;
mod kernels;
mod learn;
mod order;
mod spikes;
mod unused;

use std::collections::{BTreeMap, BTreeSet};

use alif_grammar::{Code, Diagnostic, Limits, Severity, Span, ast, in_order};

use crate::dimension::Dimension;
use crate::ids::{ExprId, StateId};
use crate::model::{self, ExprKind, Model};
use crate::symbolic::integer_power;

use declarations::Declarations;

/// What is known of an expression's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    /// A number of this dimension.
    Number(Dimension),
    /// A truth value.
    Truth,
    /// Something was wrong and has been reported.
    Unknown,
}

/// An expression that was read.
#[derive(Clone, Copy, Debug)]
struct Typed {
    id: ExprId,
    kind: Type,
}

/// The work in progress.
struct Checker<'a> {
    source: &'a ast::Model,
    diagnostics: Vec<Diagnostic>,
    names: Declarations,
    exprs: Vec<model::Expr>,
    /// The value of each expression that is made of literals alone.
    constants: Vec<Option<f64>>,
    /// The units that names are declared in, as far as they are read.
    declared_units: BTreeMap<String, model::Unit>,
    functions: Vec<functions::Function<'a>>,
    /// The state that a `delayed` spike block makes.
    spiked: Option<StateId>,
    kernels: Vec<kernels::Kernel<'a>>,
    /// Expressions that stand for the pulse of a delta kernel, with the index of the kernel.
    deltas: BTreeMap<ExprId, usize>,
    /// The arguments of the function whose body is being read.
    frame: Option<functions::Frame>,
    /// The call in the text of the model that is being replaced.
    call: Option<Span>,
    /// What was told of the bodies of functions by themselves.
    told: BTreeSet<(Code, Span)>,
    /// How deep the expression being read is nested.
    depth: usize,
    /// How many expressions calls came to.
    inlined: usize,
    /// Whether that was too many, or too deep.
    too_large: bool,
}

/// Checks one model.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text, at most twenty; warnings are among them.
pub fn check(source: &ast::Model) -> Result<Model, Vec<Diagnostic>> {
    check_with(source, &Limits::default())
}

/// As [`check`], with a say in how large a model may be.
///
/// # Errors
/// As [`check`].
pub fn check_with(source: &ast::Model, limits: &Limits) -> Result<Model, Vec<Diagnostic>> {
    let mut checker = Checker {
        source,
        diagnostics: Vec::new(),
        names: Declarations::default(),
        exprs: Vec::new(),
        constants: Vec::new(),
        declared_units: BTreeMap::new(),
        functions: vec![],
        spiked: None,
        kernels: vec![],
        deltas: BTreeMap::new(),
        frame: None,
        call: None,
        told: BTreeSet::new(),
        depth: 0,
        inlined: 0,
        too_large: false,
    };
    checker.declare();
    let (states, definitions) = (checker.names.states.len(), checker.names.lets.len());
    // Propagators of n states take n² numbers and n³ operations; definitions are also kept written out, for monitors.
    for (code, name, found, most) in [
        (Code::TooManyStates, "states", states, limits.states),
        (Code::TooManyDefinitions, "definitions", definitions, limits.definitions),
    ] {
        if found > most {
            let message = format!("model `{}` has {found} {name}; the most is {most}", source.name.name);
            let refused = Diagnostic::new(code, source.name.span, message).help(Limits::help(name, found));
            return Err(vec![refused]);
        }
    }
    let order = checker.definition_order();
    let definitions = checker.definitions(&order);
    let mut model = Model {
        name: source.name.name.clone(),
        docs: docs(&source.docs),
        span: source.name.span,
        params: definitions.params,
        param_order: definitions.param_order,
        lets: definitions.lets,
        states: definitions.states,
        state_order: definitions.state_order,
        inputs: definitions.inputs,
        ports: definitions.ports,
        noises: definitions.noises,
        on_blocks: vec![],
        spike: None,
        refractory: None,
        events: vec![],
        asserts: vec![],
        learn: None,
        sub_steps: None,
        exprs: vec![],
        warnings: vec![],
    };
    checker.conditions(&mut model);
    checker.kernel_equations(&mut model);
    checker.equations(&mut model);
    checker.events(&mut model);
    checker.learn(&mut model);
    checker.structure(&model);
    // Where something is wrong, a name may only seem unused.
    if !checker.refused() {
        checker.unused_names(&model);
        checker.unused_functions();
        checker.unread_states();
    }
    let refused = checker.refused();
    let diagnostics = in_order(checker.diagnostics);
    if refused {
        return Err(diagnostics);
    }
    model.exprs = checker.exprs;
    deltas::name_jumps(&mut model);
    model.warnings = diagnostics;
    Ok(model)
}

impl Checker<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn refused(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity() == Severity::Error)
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(code, span, message));
    }

    fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let of = |id: &ExprId| self.constants[id.index()];
        let constant = match &kind {
            // What was wrong and has been reported stands as a NaN.
            ExprKind::Number(value) => Some(*value).filter(|value| !value.is_nan()),
            ExprKind::Neg(a) => of(a).map(|a| -a),
            ExprKind::Add(a, b) => of(a).zip(of(b)).map(|(a, b)| a + b),
            ExprKind::Sub(a, b) => of(a).zip(of(b)).map(|(a, b)| a - b),
            ExprKind::Mul(a, b) => of(a).zip(of(b)).map(|(a, b)| a * b),
            ExprKind::Div(a, b) => of(a).zip(of(b)).map(|(a, b)| a / b),
            ExprKind::Power(a, n) => of(a).map(|a| integer_power(a, *n)),
            ExprKind::Call(f, arguments) => {
                let arguments: Option<Vec<f64>> = arguments.iter().map(of).collect();
                arguments.map(|a| f.value(&a))
            }
            _ => None,
        };
        let id = ExprId::new(self.exprs.len());
        let (span, inside) = self.call.map_or((span, None), |call| (call, Some(span)));
        self.exprs.push(model::Expr { kind, span, inside });
        self.constants.push(constant);
        id
    }

    /// What holds for the model as a whole.
    fn structure(&mut self, model: &Model) {
        if model.states.is_empty() {
            let message = format!("model `{}` has no state", model.name);
            self.report(
                Diagnostic::new(Code::MissingEquation, model.span, message)
                    .help("a neuron has at least a membrane potential: `state V = 0 mV;`"),
            );
        }
        let written: Vec<bool> = (0..model.states.len())
            .map(|s| model.states[s].equation.is_some() || self.names.assigned[s])
            .collect();
        for (state, written) in model.states.iter().zip(written) {
            // A name that is declared twice has been reported.
            let its_name = self
                .names
                .by_name
                .get(&state.name)
                .is_some_and(|found| found.1 == state.span);
            // What is written under another name may be what was to change it.
            if !written && its_name && self.names.undeclared.is_empty() {
                let message = format!("nothing changes the state `{}`", state.name);
                self.report(
                    Diagnostic::new(Code::StateNeverChanges, state.span, message)
                        .label("no equation, no assignment")
                        .help(format!(
                            "write an equation `d{0}/dt = …;` or make it a parameter: `param {0} = …;`",
                            state.name
                        )),
                );
            }
        }
    }
}

/// Documentation lines as plain text.
fn docs(docs: &[ast::Doc]) -> Vec<String> {
    docs.iter().map(|d| d.text.trim().to_owned()).collect()
}

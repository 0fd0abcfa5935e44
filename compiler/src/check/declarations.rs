//! Which names a model declares, and as what.

use std::collections::BTreeMap;

use alif_grammar::{Code, Diagnostic, Span, ast};
use ast::{InputKind, ItemKind};
use unicode_security::skeleton;

use crate::functions;
use crate::ids::{InputId, LetId, NoiseId, ParamId, PortId, StateId};

use super::functions::Function;
use super::{Checker, Type};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    Param(ParamId),
    Let(LetId),
    State(StateId),
    Input(InputId),
    Port(PortId),
    Noise(NoiseId),
    /// Index of the function.
    Function(usize),
    /// Index of a delta kernel.
    Delta(usize),
    Event,
    /// Something this version does not compile; it has been reported.
    Unsupported,
}

impl Entity {
    /// What the thing is called in a sentence.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Param(_) => "a parameter",
            Self::Let(_) => "a definition",
            Self::State(_) => "a state",
            Self::Input(_) => "an input",
            Self::Port(_) => "an event port",
            Self::Noise(_) => "a noise",
            Self::Function(_) => "a function",
            Self::Delta(_) => "a delta kernel",
            Self::Event => "an event",
            Self::Unsupported => "not supported yet",
        }
    }
}

/// The names of a model and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    /// Every name with what it stands for and where it is declared.
    pub(super) by_name: BTreeMap<String, (Entity, Span)>,
    /// Dimensions of parameters, definitions, states, inputs and weights of ports.
    pub(super) params: Vec<Type>,
    pub(super) lets: Vec<Type>,
    pub(super) states: Vec<Type>,
    pub(super) inputs: Vec<Type>,
    pub(super) ports: Vec<Type>,
    /// How many noises there are.
    pub(super) noises: usize,
    /// What each definition reads, itself or through others.
    pub(super) let_reads: Vec<Reads>,
    /// States that some statement writes to.
    pub(super) assigned: Vec<bool>,
    /// Names that something reads.
    pub(super) used: std::collections::BTreeSet<String>,
    /// Names that were told of as not declared.
    pub(super) undeclared: std::collections::BTreeSet<String>,
    /// The weight of the `on` block being read, with its name and type.
    pub(super) weight: Option<(String, Type)>,
}

/// What an expression reads besides parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) states: bool,
    pub(super) inputs: bool,
    pub(super) previous: bool,
    pub(super) time: bool,
    pub(super) noise: bool,
}

impl<'a> Checker<'a> {
    /// Collects the names of the model. Ids follow the order of the text.
    pub(super) fn declare(&mut self) {
        let source = self.source;
        for item in &source.items {
            let (name, entity) = match &item.kind {
                ItemKind::Param { name, .. } => {
                    self.names.params.push(Type::Unknown);
                    (name, Entity::Param(ParamId::new(self.names.params.len() - 1)))
                }
                ItemKind::Let { name, .. } => {
                    self.names.lets.push(Type::Unknown);
                    self.names.let_reads.push(Reads::default());
                    (name, Entity::Let(LetId::new(self.names.lets.len() - 1)))
                }
                ItemKind::State { name, .. } => {
                    self.names.states.push(Type::Unknown);
                    self.names.assigned.push(false);
                    (name, Entity::State(StateId::new(self.names.states.len() - 1)))
                }
                ItemKind::Input {
                    name,
                    kind: InputKind::Continuous(_),
                } => {
                    self.names.inputs.push(Type::Unknown);
                    (name, Entity::Input(InputId::new(self.names.inputs.len() - 1)))
                }
                ItemKind::Input {
                    name,
                    kind: InputKind::Event(_),
                } => {
                    self.names.ports.push(Type::Unknown);
                    (name, Entity::Port(PortId::new(self.names.ports.len() - 1)))
                }
                ItemKind::Kernel {
                    name,
                    shape,
                    arguments,
                    port,
                } => (name, self.declare_kernel(item, (name, shape, port), arguments)),
                ItemKind::Noise { name } => {
                    self.names.noises += 1;
                    (name, Entity::Noise(NoiseId::new(self.names.noises - 1)))
                }
                ItemKind::Fn {
                    name,
                    parameters,
                    unit,
                    body,
                } => {
                    self.functions
                        .push(Function::new(name, parameters, unit.as_ref(), body));
                    (name, Entity::Function(self.functions.len() - 1))
                }
                ItemKind::Event { name, .. } => (name, Entity::Event),
                ItemKind::Equation { .. }
                | ItemKind::On { .. }
                | ItemKind::Spike { .. }
                | ItemKind::Refractory { .. }
                | ItemKind::Learn { .. }
                | ItemKind::Assert { .. } => continue,
            };
            self.declare_name(name, entity);
        }
        self.declare_hidden_states();
        self.declare_spiked();
    }

    fn declare_name(&mut self, name: &ast::Ident, entity: Entity) {
        if let Some(kind) = built_in(&name.name) {
            let message = format!("`{}` is a built-in {kind}", name.name);
            self.report(Diagnostic::new(Code::BuiltInName, name.span, message).help("choose another name"));
            return;
        }
        if let Some((_, first)) = self.names.by_name.get(&name.name) {
            let first = *first;
            let message = format!("`{}` is declared twice", name.name);
            self.report(Diagnostic::new(Code::DeclaredTwice, name.span, message).also(first, "first declared here"));
            return;
        }
        self.names.by_name.insert(name.name.clone(), (entity, name.span));
    }

    /// What a name stands for.
    pub(super) fn entity(&self, name: &str) -> Option<Entity> {
        self.names.by_name.get(name).map(|found| found.0)
    }

    /// The state of this name, or an error of the code given that says what it is instead.
    pub(super) fn state_named(&mut self, name: &ast::Ident, code: Code, action: &str) -> Option<StateId> {
        match self.entity(&name.name) {
            Some(Entity::State(state)) => Some(state),
            Some(Entity::Unsupported) => None,
            Some(other) => {
                let message = format!("{action} `{}`, which is {}, not a state", name.name, other.noun());
                let mut diagnostic = Diagnostic::new(code, name.span, message);
                if let Some((_, declared)) = self.names.by_name.get(&name.name) {
                    diagnostic = diagnostic.also(*declared, format!("declared here as {}", other.noun()));
                }
                if matches!(other, Entity::Param(_)) {
                    diagnostic = diagnostic.help(format!("to let it change, declare `state {} = …;`", name.name));
                }
                self.report(diagnostic);
                None
            }
            None => {
                self.unknown_name(&name.name, name.span);
                None
            }
        }
    }

    /// A declared name that is drawn as `name` is but made of other characters, and the first characters that differ. Greek and Latin
    /// letters that are drawn alike may well stand side by side, so this is told only where one of them is not declared.
    fn look_alike(&self, name: &str) -> Option<(String, char, char)> {
        let drawn: String = skeleton(name).collect();
        let known = self
            .names
            .by_name
            .keys()
            .filter(|other| !(name.is_ascii() && other.is_ascii()));
        let alike = known.into_iter().find(|other| skeleton(other).eq(drawn.chars()))?;
        let (mine, other) = name.chars().zip(alike.chars()).find(|(a, b)| a != b)?;
        Some((alike.clone(), mine, other))
    }

    /// Reports a name that nothing declares.
    pub(super) fn unknown_name(&mut self, name: &str, span: Span) {
        // A declaration that is missing is one mistake, however often the name is read.
        if !self.names.undeclared.insert(name.to_owned()) {
            return;
        }
        if let Some((alike, mine, other)) = self.look_alike(name) {
            let point = |c: char| format!("U+{:04X}", c as u32);
            let message = format!("`{name}` ({}) is not declared", point(mine));
            let help = format!("`{alike}` ({}), which looks the same, is", point(other));
            self.report(Diagnostic::new(Code::UnknownName, span, message).help(help));
            return;
        }
        let mut diagnostic = Diagnostic::new(Code::UnknownName, span, format!("`{name}` is not declared"));
        // Only the first few errors are shown; the search costs as much as there are names.
        let near = if self.diagnostics.len() < 100 {
            let known = self.names.by_name.keys().map(String::as_str);
            alif_core::nearest(name, self.argument_names().chain(known)).map(str::to_owned)
        } else {
            None
        };
        let lower = name.to_lowercase();
        if matches!(lower.as_str(), "nan" | "inf" | "infinity") {
            diagnostic = diagnostic.help(format!("`{name}` is no number of the language: numbers are finite"));
        } else if let Some(near) = near {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        } else if name.chars().count() > 1 && crate::units::lookup(name).is_ok() {
            diagnostic = diagnostic.help(format!("a unit stands right after a number: `1 {name}`"));
        }
        self.report(diagnostic);
    }
}

/// What kind of thing built in has this name.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    if functions::Function::named(name).is_some() || name == "prev" {
        Some("function")
    } else {
        functions::constant(name).map(|_| "constant")
    }
}

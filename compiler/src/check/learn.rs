//! The `learn` block: the surrogate of the spike's derivative, and whose reset passes no gradient.

use alif_grammar::{Code, Diagnostic, ast};
use ast::{ItemKind, LearnKind};

use crate::model::{Learn, Model, Surrogate};
use crate::surrogate::{self, SURROGATES};
use crate::units;

use super::Checker;
use super::expressions::Place;

impl Checker<'_> {
    /// Reads the `learn` block.
    pub(super) fn learn(&mut self, model: &mut Model) {
        let source = self.source;
        for item in &source.items {
            let ItemKind::Learn { statements } = &item.kind else {
                continue;
            };
            if let Some(first) = &model.learn {
                let message = "a model has one `learn` block";
                let diagnostic =
                    Diagnostic::new(Code::DeclaredTwice, item.span, message).also(first.span, "the first one");
                self.report(diagnostic);
                continue;
            }
            let mut learn = Learn {
                surrogate: None,
                detach: vec![],
                span: item.span,
            };
            for statement in statements {
                match &statement.kind {
                    LearnKind::Detach { state } => {
                        if let Some(id) = self.state_named(state, Code::Misplaced, "`detach`") {
                            learn.detach.push(id);
                        }
                    }
                    LearnKind::Surrogate { function, arguments } => {
                        if learn.surrogate.is_some() {
                            self.error(Code::DeclaredTwice, statement.span, "a model has one surrogate");
                        }
                        learn.surrogate = self.surrogate(function, arguments);
                    }
                }
            }
            model.learn = Some(learn);
        }
    }

    fn surrogate(&mut self, function: &ast::Ident, arguments: &[ast::Argument]) -> Option<Surrogate> {
        let Some(row) = surrogate::named(&function.name) else {
            let message = format!("there is no surrogate `{}`", function.name);
            let mut diagnostic = Diagnostic::new(Code::UnknownName, function.span, message);
            diagnostic = match alif_core::nearest(&function.name, SURROGATES.iter().map(|s| s.name)) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => {
                    let names: Vec<&str> = SURROGATES.iter().map(|s| s.name).collect();
                    diagnostic.help(format!("the surrogates are {}", names.join(", ")))
                }
            };
            self.report(diagnostic);
            return None;
        };
        let mut settings: Vec<(String, f64)> = row.settings.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
        let mut argument = None;
        for given in arguments {
            let (id, of) = self.number(&given.value, Place::Learn);
            if let Some(of) = of.filter(|d| !d.is_dimensionless()) {
                let message = format!(
                    "arguments of a surrogate are pure numbers, but this is {}",
                    units::name_of(of)
                );
                self.report(
                    Diagnostic::new(Code::ArgumentUnits, given.value.span, message)
                        .help("divide by a scale, as in `(V - V_th) / V_th`"),
                );
            }
            match &given.name {
                None if argument.is_none() => argument = Some(id),
                None => {
                    let message = "a surrogate has one argument; its settings are named, as in `alpha = 0.3`";
                    self.error(Code::ArgumentCount, given.value.span, message);
                }
                Some(name) => match settings.iter_mut().find(|(n, _)| *n == name.name) {
                    Some((_, value)) => match self.constants[id.index()] {
                        Some(constant) => *value = constant,
                        None => {
                            let message = format!("`{}` must be a number, written out", name.name);
                            self.error(Code::Misplaced, given.value.span, message);
                        }
                    },
                    None => {
                        let known: Vec<&str> = row.settings.iter().map(|s| s.0).collect();
                        let message = format!("`{}` has no setting `{}`", row.name, name.name);
                        self.report(
                            Diagnostic::new(Code::UnknownName, name.span, message)
                                .help(format!("its settings are {}", known.join(", "))),
                        );
                    }
                },
            }
        }
        let Some(argument) = argument else {
            let message = format!(
                "`{}` needs an argument: what its spike condition compares with zero",
                row.name
            );
            self.error(Code::ArgumentCount, function.span, message);
            return None;
        };
        if let Err(message) = row.settings(&settings) {
            self.error(Code::NumberRange, function.span, message);
            return None;
        }
        Some(Surrogate {
            function: row.name.to_owned(),
            argument,
            settings,
        })
    }
}

//! Names that nothing reads.

use alif_grammar::ast::ItemKind;
use alif_grammar::{Code, Diagnostic, Span};

use crate::model::Model;

use super::Checker;
use super::declarations::Entity;

impl Checker<'_> {
    /// Warns of parameters, inputs, noises and delta kernels that no expression reads. A definition may be there to be recorded.
    pub(super) fn unused_names(&mut self, model: &Model) {
        let params = model.params.iter().map(|p| (&p.name, p.span, "parameter"));
        let inputs = model.inputs.iter().map(|i| (&i.name, i.span, "input"));
        let noises = model.noises.iter().map(|n| (&n.name, n.span, "noise"));
        let pulses = self.names.by_name.iter();
        let pulses = pulses.filter(|(_, found)| matches!(found.0, Entity::Delta(_)));
        let pulses: Vec<(String, Span)> = pulses.map(|(name, found)| (name.clone(), found.1)).collect();
        let pulses = pulses.iter().map(|(name, span)| (name, *span, "kernel"));
        for (name, span, noun) in params.chain(inputs).chain(noises).chain(pulses) {
            if !self.names.used.contains(name) {
                let message = format!("nothing reads the {noun} `{name}`");
                self.diagnostics
                    .push(Diagnostic::new(Code::UnusedName, span, message).help("remove it, or use it"));
            }
        }
    }

    /// Warns of states that no expression reads but those which change them. A documented one is there to be recorded.
    pub(super) fn unread_states(&mut self) {
        let items = self.source.items.iter().filter(|item| item.docs.is_empty());
        for item in items {
            let ItemKind::State { name, .. } = &item.kind else {
                continue;
            };
            if !self.names.used.contains(&name.name) {
                let message = format!("nothing reads the state `{}`", name.name);
                self.diagnostics.push(
                    Diagnostic::new(Code::NeverRead, name.span, message)
                        .help("remove it, or say above it what it is recorded for: `/// spikes so far`"),
                );
            }
        }
    }
}

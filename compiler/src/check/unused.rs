//! Names that nothing reads.

use alif_grammar::{Code, Diagnostic};

use crate::model::Model;

use super::Checker;

impl Checker<'_> {
    /// Warns of parameters and inputs that no expression reads. A definition may be there to be recorded.
    pub(super) fn unused_names(&mut self, model: &Model) {
        let params = model.params.iter().map(|p| (&p.name, p.span, "parameter"));
        let inputs = model.inputs.iter().map(|i| (&i.name, i.span, "input"));
        for (name, span, noun) in params.chain(inputs) {
            if !self.names.used.contains(name) {
                let message = format!("nothing reads the {noun} `{name}`");
                self.diagnostics
                    .push(Diagnostic::new(Code::UnusedName, span, message).help("remove it, or use it"));
            }
        }
    }
}

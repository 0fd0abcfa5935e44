//! An explanation for a terminal.

use std::fmt::Write as _;

use alif_core::number_text;

use super::certificate::text::certificate;
use super::{Explanation, Quantity, StateUpdate, Term};

impl Explanation {
    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("model {}, time step h = {} ms\n", self.model, self.dt);
        if !self.params.is_empty() {
            out.push_str("\nparameters\n");
            let width = self.params.iter().map(|p| p.name.chars().count()).max().unwrap_or(0);
            for p in &self.params {
                let pad = " ".repeat(width - p.name.chars().count());
                let _ = writeln!(out, "  {}{pad} = {}", p.name, quantity(p));
            }
        }
        out.push_str("\nstates\n");
        for state in &self.states {
            state_text(&mut out, state);
        }
        if !self.events.is_empty() {
            out.push_str("\nevents\n");
            for event in &self.events {
                let _ = writeln!(out, "  {event}");
            }
            if let Some(steps) = self.refractory_steps {
                let _ = writeln!(out, "  the refractory period is {steps} steps");
            }
        }
        out.push('\n');
        certificate(&mut out, &self.certificate, self);
        let operations: Vec<String> = self.operations.iter().map(|(name, n)| format!("{n} {name}")).collect();
        let total: usize = self.operations.iter().map(|o| o.1).sum();
        let _ = writeln!(out, "\n{total} operations a neuron and step: {}", operations.join(", "));
        out
    }
}

fn quantity(q: &Quantity) -> String {
    if q.unit == "1" {
        number_text(q.value)
    } else {
        format!("{} {}", number_text(q.value), q.unit)
    }
}

fn state_text(out: &mut String, state: &StateUpdate) {
    let unit = if state.unit == "1" {
        "a pure number".to_owned()
    } else {
        format!("in {}", state.unit)
    };
    // A class that has the name of its method need not be named twice.
    let class = match state.class.name() {
        class if class == state.method => String::new(),
        class => format!(", {class}"),
    };
    let _ = writeln!(out, "  {}, {unit}: {}{class}", state.name, state.method);
    wrapped(out, &state.reason);
    if let Some(term) = &state.term {
        let _ = match &term.place {
            Some(place) => writeln!(
                out,
                "    decided by `{}`, {}:{}:{}",
                place.quoted, place.file, place.line, place.column
            ),
            None => writeln!(out, "    decided by `{}`", term.text),
        };
    }
    if let Some(equation) = &state.equation {
        let _ = writeln!(out, "    {equation}");
    }
    if state.terms.is_empty() {
        return;
    }
    let terms: Vec<String> = state.terms.iter().map(symbolic).collect();
    let _ = writeln!(out, "    {}(t + h) = {}", state.name, terms.join(" + "));
    let named = state.terms.iter().filter_map(|t| Some((t.coefficient.as_ref()?, t)));
    let width = named.clone().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, term) in named {
        let pad = " ".repeat(width - name.chars().count());
        let formula = term.formula.as_ref().map_or_else(String::new, |f| format!("{f} = "));
        let _ = writeln!(out, "      {name}{pad} = {formula}{}", number_text(term.value));
    }
}

/// Writes a sentence in lines of about a hundred characters.
fn wrapped(out: &mut String, sentence: &str) {
    const WIDTH: usize = 100;
    let mut line = String::new();
    for word in sentence.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "    {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "    {line}");
}

fn symbolic(term: &Term) -> String {
    match (&term.coefficient, &term.factor) {
        (Some(coefficient), Some(factor)) if factor.contains(' ') => format!("{coefficient} * ({factor})"),
        (Some(coefficient), Some(factor)) => format!("{coefficient} * {factor}"),
        (Some(coefficient), None) => coefficient.clone(),
        (None, Some(factor)) => factor.clone(),
        (None, None) => number_text(term.value),
    }
}

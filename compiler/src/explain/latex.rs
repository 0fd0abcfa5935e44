//! An explanation as a LaTeX fragment: equations, exact update, numbers.

use std::fmt::Write as _;

use crate::symbolic::latex_name;

use super::{Explanation, Term};

impl Explanation {
    /// As a LaTeX fragment; it needs `amsmath`.
    #[must_use]
    pub fn latex(&self) -> String {
        let mut out = format!(
            "% model {}, time step h = {} ms\n\\begin{{align*}}\n",
            self.model, self.dt
        );
        let mut lines: Vec<String> = Vec::new();
        for state in &self.states {
            if let Some(equation) = &state.equation_latex {
                lines.push(equation.replacen(" = ", " &= ", 1));
            }
        }
        for state in self.states.iter().filter(|s| !s.terms.is_empty()) {
            let terms: Vec<String> = state.terms.iter().map(term).collect();
            let name = latex_name(&state.name);
            lines.push(format!("{name}(t+h) &= {}", terms.join(" + ")));
        }
        for state in &self.states {
            for t in &state.terms {
                if let Some(name) = &t.coefficient {
                    lines.push(format!("{} &= {}", coefficient(name), number(t.value)));
                }
            }
        }
        out.push_str(&lines.join(" \\\\\n"));
        out.push_str("\n\\end{align*}\n");
        let _ = writeln!(out, "% units: {}", self.units());
        for state in self
            .states
            .iter()
            .filter(|s| s.terms.is_empty() && s.equation.is_some())
        {
            let _ = writeln!(out, "% {}: {}", state.name, state.method);
        }
        out
    }

    fn units(&self) -> String {
        let units: Vec<String> = self
            .states
            .iter()
            .map(|s| format!("{} in {}", s.name, s.unit))
            .collect();
        units.join(", ")
    }
}

fn term(term: &Term) -> String {
    let factor = term.factor_latex.as_deref().unwrap_or_default();
    match &term.coefficient {
        Some(name) if factor.is_empty() => coefficient(name),
        Some(name) => format!("{}\\,{factor}", coefficient(name)),
        None => factor.to_owned(),
    }
}

/// `P[V,I]` as `P_{V,I}`.
fn coefficient(name: &str) -> String {
    let Some((letter, rest)) = name.split_once('[') else {
        return latex_name(name);
    };
    let inside: Vec<String> = rest.trim_end_matches(']').split(',').map(latex_name).collect();
    format!("{letter}_{{{}}}", inside.join(","))
}

/// A number with its exponent as a power of ten.
fn number(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e6).contains(&magnitude) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}\\times 10^{{{exponent}}}"),
        None => text,
    }
}

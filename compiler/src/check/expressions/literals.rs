//! Literals and their units.

use alif_grammar::{Code, Diagnostic, Span, ast};

use crate::model::ExprKind;
use crate::units::{self, LiteralError};

use super::super::{Checker, Typed};

impl Checker<'_> {
    /// A literal in the coherent set, rounded once.
    pub(super) fn literal(&mut self, text: &str, unit: Option<&ast::Unit>, span: Span) -> Typed {
        let Some(unit) = unit.map_or(Some(units::UnitValue::ONE), |unit| self.unit(unit)) else {
            return self.unknown(span);
        };
        let text_shown: String = text.chars().take(40).collect();
        let text_shown = if text_shown.len() < text.len() {
            format!("{text_shown}…")
        } else {
            text_shown
        };
        match units::literal(text, unit) {
            Ok(value) => self.typed(ExprKind::Number(value), span, Some(unit.dimension)),
            Err(LiteralError::Underflow) => {
                let message = format!("`{text_shown}` is too small for a 64-bit float and becomes 0");
                self.report(Diagnostic::new(Code::NumberUnderflow, span, message));
                self.typed(ExprKind::Number(0.0), span, Some(unit.dimension))
            }
            Err(LiteralError::NotANumber) => {
                self.error(Code::NumberForm, span, format!("`{text_shown}` is not a number"));
                self.unknown(span)
            }
            Err(LiteralError::Overflow) => {
                let message = format!("`{text_shown}` does not fit in a 64-bit float");
                self.error(Code::NumberRange, span, message);
                self.unknown(span)
            }
        }
    }

    /// A unit by the table; reports what is unknown.
    pub(in crate::check) fn unit(&mut self, unit: &ast::Unit) -> Option<units::UnitValue> {
        let mut known = true;
        for factor in &unit.factors {
            if let Err(unknown) = units::lookup(&factor.name.name) {
                known = false;
                let message = format!("unknown unit `{}`", factor.name.name);
                let mut diagnostic = Diagnostic::new(Code::UnknownUnit, factor.name.span, message);
                if let Some(reason) = unknown.reason {
                    diagnostic = diagnostic.help(reason);
                } else if let Some(near) = unknown.suggestion {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                } else {
                    diagnostic = diagnostic.help("right after a number stands a unit; a product needs `*`");
                }
                self.report(diagnostic);
            }
        }
        if !known {
            return None;
        }
        let factors: Vec<(&str, i32, i32)> = unit
            .factors
            .iter()
            .map(|f| (f.name.name.as_str(), f.numerator, f.denominator))
            .collect();
        match units::combine(&factors) {
            Ok(value) => Some(value),
            Err(_) => {
                let message = "the powers of this unit are out of range: exponents are halves up to 63";
                self.error(Code::ExponentUnits, unit.span, message);
                None
            }
        }
    }
}

//! Numbers from a command line or a configuration.

use crate::ast::Unit;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::parser::alone;
use crate::span::Span;

/// A number from a command line or a configuration, with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Whether a `-` stands before it.
    pub negative: bool,
    /// The digits as written, without sign.
    pub digits: String,
    /// The unit behind it.
    pub unit: Option<Unit>,
}

/// Reads a value such as `15nA`, `-3 mV` or `0.1 [1/ms]`; where nothing can follow, the brackets may be left out.
///
/// # Errors
/// What is wrong with the text, which alone is no model, so positions count from its start.
pub fn parse_value(text: &str) -> Result<Value, Diagnostic> {
    let not_a_number = || {
        Diagnostic::new(
            Code::NumberForm,
            Span::new(0, text.len()),
            format!("`{}` is not a number with a unit", text.trim()),
        )
        .help("write digits and a unit, such as `15 nA`")
    };
    let value = alone(text, Rule::one_value, |reader, pairs| {
        let mut value = Value {
            negative: false,
            digits: String::new(),
            unit: None,
        };
        for pair in pairs {
            match pair.as_rule() {
                Rule::sign => value.negative = pair.as_str() == "-",
                Rule::number => pair.as_str().clone_into(&mut value.digits),
                Rule::unit => value.unit = Some(reader.unit(pair)),
                _ => {}
            }
        }
        value
    });
    let value = value.map_err(|mut faults| {
        let code = faults[0].code;
        if code == Code::UnexpectedToken || code == Code::MissingSemicolon {
            not_a_number()
        } else {
            faults.swap_remove(0)
        }
    })?;
    // `5 1` is two numbers, not one without dimension.
    let bare_one = value
        .unit
        .as_ref()
        .is_some_and(|unit| text[unit.span.range()].starts_with('1') && unit.factors.is_empty());
    if bare_one { Err(not_a_number()) } else { Ok(value) }
}

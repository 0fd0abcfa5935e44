//! Quantities and durations given as text.

use alif_compiler::units;
use alif_core::UnitInfo;
use alif_core::decimal::Decimal;
use alif_grammar::Code;
use thiserror::Error;

/// A quantity given as text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: `{text}`: {reason}", code.as_str())]
pub struct QuantityError {
    /// The code of the message.
    pub code: Code,
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads `15nA`, `-3 mV` or `0.5` as a value of the coherent set. A number without a unit is in `unit`, the unit that the
/// model declares; a unit must have its dimension. The text is rounded to a double once. `inf` is an infinite value, as a time constant
/// may have.
///
/// # Errors
/// Text that is no quantity, a unit of another dimension, a value beyond the range of a double.
pub fn quantity(text: &str, unit: &UnitInfo) -> Result<f64, QuantityError> {
    let refused = |code: Code, reason: String| QuantityError {
        code,
        text: text.to_owned(),
        reason,
    };
    if text.trim() == "inf" {
        return Ok(f64::INFINITY);
    }
    let (number, given) = decimal_and_unit(text)?;
    let half_decades = match given {
        None => unit.half_decades,
        Some(given) => {
            if given.dimension.twice_exponents() != unit.dimension {
                return Err(refused(
                    Code::AnnotationUnits,
                    format!(
                        "this is {}, but {} is wanted",
                        units::name_of(given.dimension),
                        unit.text
                    ),
                ));
            }
            given.scale2
        }
    };
    number.to_f64_scaled(half_decades).map_err(|_| {
        refused(
            Code::NumberRange,
            "the number does not fit in a 64-bit float".to_owned(),
        )
    })
}

/// Reads a duration such as `0.1ms` or `1 s` as an exact number of ms; a number without a unit is in ms.
///
/// # Errors
/// Text that is no time.
pub fn duration(text: &str) -> Result<Decimal, QuantityError> {
    let refused = |code: Code, reason: String| QuantityError {
        code,
        text: text.to_owned(),
        reason,
    };
    let (number, given) = decimal_and_unit(text)?;
    match given {
        None => Ok(number),
        Some(unit) if unit.dimension == alif_compiler::dimension::Dimension::TIME => {
            unit.exact(&number).ok_or_else(|| {
                refused(
                    Code::UnknownUnit,
                    "this unit of time is no power of ten of 1 ms".to_owned(),
                )
            })
        }
        Some(unit) => Err(refused(
            Code::AnnotationUnits,
            format!("a time is wanted, but this is {}", units::name_of(unit.dimension)),
        )),
    }
}

fn decimal_and_unit(text: &str) -> Result<(Decimal, Option<units::UnitValue>), QuantityError> {
    let refused = |code: Code, reason: String| QuantityError {
        code,
        text: text.to_owned(),
        reason,
    };
    let value = alif_grammar::parse_value(text).map_err(|d| refused(d.code, d.message))?;
    let sign = if value.negative { "-" } else { "" };
    let number: Decimal = format!("{sign}{}", value.digits)
        .parse()
        .map_err(|_| refused(Code::NumberForm, "this is no number".to_owned()))?;
    let unit = value
        .unit
        .map(|unit| {
            let factors: Vec<(&str, i32, i32)> = unit
                .factors
                .iter()
                .map(|f| (f.name.name.as_str(), f.numerator, f.denominator))
                .collect();
            units::combine(&factors).map_err(|e| refused(Code::UnknownUnit, e.to_string()))
        })
        .transpose()?;
    Ok((number, unit))
}

//! Units to powers of symbols, with exact exponents.

use pest::iterators::Pair;

use crate::ast::{Unit, UnitFactor};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::parser::Reader;
use crate::span::Span;

/// A rational exponent in lowest terms, the denominator positive.
#[derive(Clone, Copy)]
struct Exponent {
    numerator: i32,
    denominator: i32,
}

impl Exponent {
    /// The largest numerator or denominator; no unit comes near it.
    const MAX: i32 = 1000;
    const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// The fraction, if it is small enough for any unit.
    fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let (mut a, mut b) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i64::try_from(a).ok()? * denominator.signum();
        let small = |n: i64| i32::try_from(n).ok().filter(|n| n.abs() <= Self::MAX);
        Some(Self {
            numerator: small(numerator / divisor)?,
            denominator: small(denominator / divisor)?,
        })
    }

    fn times(self, other: Self) -> Option<Self> {
        Self::new(
            i64::from(self.numerator) * i64::from(other.numerator),
            i64::from(self.denominator) * i64::from(other.denominator),
        )
    }

    /// Reads `2` or `0.5`.
    fn from_digits(digits: &str) -> Option<Self> {
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let scale = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = if part.is_empty() { 0 } else { part.parse().ok()? };
        Self::new(whole.checked_mul(scale)?.checked_add(part)?, scale)
    }
}

impl Reader<'_> {
    /// Reads a `unit` or a `number_unit`.
    pub(crate) fn unit(&mut self, pair: Pair<'_, Rule>) -> Unit {
        let span = self.span(&pair);
        let mut factors = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::symbol => factors.push(self.factor(&part, Exponent::ONE)),
                Rule::unit_product => self.unit_product(part, Exponent::ONE, &mut factors),
                _ => {}
            }
        }
        Unit { factors, span }
    }

    fn factor(&self, symbol: &Pair<'_, Rule>, power: Exponent) -> UnitFactor {
        UnitFactor {
            name: self.ident(symbol),
            numerator: power.numerator,
            denominator: power.denominator,
        }
    }

    fn unit_product(&mut self, pair: Pair<'_, Rule>, power: Exponent, factors: &mut Vec<UnitFactor>) {
        let mut sign = 1;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::unit_operator {
                sign = if part.as_str() == "/" { -1 } else { 1 };
            } else if part.as_rule() == Rule::unit_power {
                let power = Exponent {
                    numerator: power.numerator * sign,
                    ..power
                };
                self.unit_power(part, power, factors);
            }
        }
    }

    fn unit_power(&mut self, pair: Pair<'_, Rule>, power: Exponent, factors: &mut Vec<UnitFactor>) {
        let span = self.span(&pair);
        let mut power = power;
        if let Some(exponent) = pair
            .clone()
            .into_inner()
            .find(|part| part.as_rule() == Rule::unit_exponent)
        {
            match self.exponent(exponent).and_then(|exponent| exponent.times(power)) {
                Some(product) => power = product,
                None => self.bad_exponent(span),
            }
        }
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::symbol => factors.push(self.factor(&part, power)),
                Rule::unit_group => {
                    for inner in part.into_inner().filter(|inner| inner.as_rule() == Rule::unit_product) {
                        self.unit_product(inner, power, factors);
                    }
                }
                _ => {}
            }
        }
    }

    fn exponent(&self, pair: Pair<'_, Rule>) -> Option<Exponent> {
        let mut sign = 1;
        let mut value: Option<Exponent> = None;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::minus {
                sign = -1;
            } else {
                let number = Exponent::from_digits(part.as_str())?;
                value = match value {
                    None => Some(number),
                    Some(above) => above.times(Exponent::new(number.denominator.into(), number.numerator.into())?),
                };
            }
        }
        let value = value?;
        Exponent::new(i64::from(value.numerator) * sign, value.denominator.into())
    }

    fn bad_exponent(&mut self, span: Span) {
        self.diagnostics.push(Diagnostic::new(
            Code::ExponentUnits,
            span,
            "the exponent of a unit is a small whole number or fraction",
        ));
    }
}

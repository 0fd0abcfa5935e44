//! Physical dimensions: powers of metre, kilogram, second, ampere, kelvin and mole, in steps of one half.
//!
//! The candela is left out: no model of a neuron needs it. All arithmetic is checked and refuses what it cannot hold.

use std::fmt;

/// SI base units, in the order of the exponents of a [`Dimension`].
const BASE: [&str; 6] = ["m", "kg", "s", "A", "K", "mol"];

/// A physical dimension. Exponents are whole or half numbers, so the square root of a time is a dimension too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dimension {
    /// Twice the exponents of m, kg, s, A, K, mol.
    exps: [i16; 6],
}

impl Dimension {
    /// The dimension of a time.
    pub const TIME: Self = Self::from_exponents([0, 0, 1, 0, 0, 0]);

    /// A pure number.
    pub const DIMENSIONLESS: Self = Self { exps: [0; 6] };

    /// The dimension with these whole exponents of m, kg, s, A, K, mol.
    #[must_use]
    pub const fn from_exponents(exponents: [i8; 6]) -> Self {
        let mut exps = [0; 6];
        let mut i = 0;
        while i < exps.len() {
            exps[i] = 2 * exponents[i] as i16;
            i += 1;
        }
        Self { exps }
    }

    /// Twice the exponents of m, kg, s, A, K, mol: whole numbers even where the exponents are halves.
    #[must_use]
    pub const fn twice_exponents(self) -> [i16; 6] {
        self.exps
    }

    /// Whether this is the dimension of a plain number.
    #[must_use]
    pub fn is_dimensionless(self) -> bool {
        self == Self::DIMENSIONLESS
    }

    /// The dimension of a product; `None` when an exponent leaves ±16383.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        self.combine(other, i16::checked_add)
    }

    /// The dimension of a quotient; `None` when an exponent leaves ±16383.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.combine(other, i16::checked_sub)
    }

    /// The dimension to the power `numerator / denominator`; `None` when an exponent would be neither whole nor half,
    /// leaves ±16383, or the denominator is zero.
    #[must_use]
    pub fn pow(self, numerator: i32, denominator: i32) -> Option<Self> {
        let mut exps = [0; 6];
        for (to, from) in exps.iter_mut().zip(self.exps) {
            *to = i16::try_from(exact_ratio(i64::from(from), numerator, denominator)?).ok()?;
        }
        Some(Self { exps })
    }

    /// The dimension of a square root; `None` when that would need quarter exponents.
    #[must_use]
    pub fn sqrt(self) -> Option<Self> {
        self.pow(1, 2)
    }

    fn combine(self, other: Self, op: fn(i16, i16) -> Option<i16>) -> Option<Self> {
        let mut exps = self.exps;
        for (to, from) in exps.iter_mut().zip(other.exps) {
            *to = op(*to, from)?;
        }
        Some(Self { exps })
    }
}

/// In SI base units, such as `m^2*kg/(s^3*A)`; [`crate::units::name_of`] gives the units of the trade.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let powers: Vec<(&str, i32)> = BASE.into_iter().zip(self.exps.map(i32::from)).collect();
        f.write_str(&product(&powers))
    }
}

/// `value * numerator / denominator`, if that is a whole number.
pub(crate) fn exact_ratio(value: i64, numerator: i32, denominator: i32) -> Option<i64> {
    let product = value.checked_mul(i64::from(numerator))?;
    let denominator = i64::from(denominator);
    (denominator != 0 && product % denominator == 0).then(|| product / denominator)
}

/// A product of powers as the language writes it: `mV^2*ms`, `mV/sqrt(ms)`, `1/(mV*ms)`, `1`. Each power is a unit and
/// twice its exponent.
pub(crate) fn product(powers: &[(&str, i32)]) -> String {
    let side = |sign: i32| -> Vec<String> {
        let on_side = powers.iter().filter(|(_, twice)| twice.signum() == sign);
        on_side
            .map(|&(name, twice)| match twice.abs() {
                1 => format!("sqrt({name})"),
                2 => name.to_owned(),
                twice if twice % 2 == 0 => format!("{name}^{}", twice / 2),
                twice => format!("{name}^({twice}/2)"),
            })
            .collect()
    };
    let (above, below) = (side(1), side(-1));
    let above = if above.is_empty() {
        "1".to_owned()
    } else {
        above.join("*")
    };
    match below.as_slice() {
        [] => above,
        [one] => format!("{above}/{one}"),
        many => format!("{above}/({})", many.join("*")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Dimension = Dimension::from_exponents([0, 0, 1, 0, 0, 0]);
    const VOLTAGE: Dimension = Dimension::from_exponents([2, 1, -3, -1, 0, 0]);

    #[test]
    fn arithmetic_keeps_to_half_exponents() {
        assert_eq!(VOLTAGE.checked_div(VOLTAGE), Some(Dimension::DIMENSIONLESS));
        assert_eq!(VOLTAGE.sqrt().and_then(|root| root.checked_mul(root)), Some(VOLTAGE));
        assert_eq!(VOLTAGE.pow(3, 1).and_then(|cube| cube.pow(1, 3)), Some(VOLTAGE));
        assert_eq!(VOLTAGE.pow(-1, -1), Some(VOLTAGE));
        assert_eq!(VOLTAGE.pow(0, 1), Some(Dimension::DIMENSIONLESS));
        assert_eq!(TIME.pow(1, 3), None);
        assert_eq!(TIME.sqrt().and_then(Dimension::sqrt), None);
        assert_eq!(TIME.pow(1, 0), None);
        assert_eq!(Dimension::DIMENSIONLESS.pow(1, 7), Some(Dimension::DIMENSIONLESS));
    }

    #[test]
    fn too_large_exponents_are_refused() {
        assert!(TIME.pow(16383, 1).is_some());
        assert_eq!(TIME.pow(16384, 1), None);
        assert_eq!(TIME.pow(i32::MIN, -1), None);
        let large = TIME.pow(16383, 1).unwrap();
        assert_eq!(large.checked_mul(TIME), None);
        assert_eq!(
            Dimension::DIMENSIONLESS
                .checked_div(large)
                .and_then(|d| d.checked_div(TIME.pow(2, 1)?)),
            None
        );
    }

    #[test]
    fn text_in_base_units() {
        assert_eq!(VOLTAGE.to_string(), "m^2*kg/(s^3*A)");
        assert_eq!(Dimension::DIMENSIONLESS.to_string(), "1");
        assert_eq!(TIME.sqrt().unwrap().to_string(), "sqrt(s)");
        assert_eq!(TIME.pow(-3, 2).unwrap().to_string(), "1/s^(3/2)");
    }
}

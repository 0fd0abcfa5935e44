//! Units: one table of symbols, one of prefixes, and what numbers with units are worth inside the program.
//!
//! Inside, every quantity is a number of *coherent* units, products of powers of ms, mV, pA, µm, mM and K. Sums and
//! products of such numbers need no factors, since nS·mV = pA and pF·mV/ms = pA. Time, voltage and current are given
//! by the language, hence also pF, nS and GOhm. The length is the µm: it makes a concentration mM when amounts are in
//! amol, masses ng, forces pN and pressures Pa, and puts densities such as 0.1 S/cm² (1 nS/µm²) near one.
//!
//! Every coherent unit is a power of ten of the SI unit, so a change of unit moves a decimal exponent. Only a root of a
//! time or of a voltage can bring in the square root of ten: `1/sqrt(s)` against `1/sqrt(ms)`.

use std::fmt;

use crate::dimension::{Dimension, exact_ratio};
use alif_core::decimal::{Decimal, NotANumber, Range};

mod convert;
mod name;
mod suggest;
mod table;
#[cfg(test)]
mod tests;

pub use convert::{from_coherent, to_coherent};
pub use name::{name_of, quantity_name, show};

use table::{PREFIXES, REFUSED, SYMBOLS};

/// Powers of ten of the coherent units of length, mass, time, current, temperature and amount (µm, ng, ms, pA, K, amol)
/// against m, kg, s, A, K, mol.
const COHERENT: [i32; 6] = [-6, -12, -3, -12, 0, -18];

/// A unit: `x` of it are `x * 10^(scale2 / 2)` coherent units of its dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct UnitValue {
    /// What it measures.
    pub dimension: Dimension,
    /// Twice the power of ten against the coherent unit.
    pub scale2: i32,
}

impl UnitValue {
    /// The unit of plain numbers.
    pub const ONE: Self = Self {
        dimension: Dimension::DIMENSIONLESS,
        scale2: 0,
    };

    /// The coherent unit of a dimension.
    #[must_use]
    pub const fn coherent(dimension: Dimension) -> Self {
        Self { dimension, scale2: 0 }
    }

    /// The product of two units; `None` when an exponent grows out of bounds.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Some(Self {
            dimension: self.dimension.checked_mul(other.dimension)?,
            scale2: self.scale2.checked_add(other.scale2)?,
        })
    }

    /// The unit to the power `numerator / denominator`; `None` when an exponent is neither whole nor half, or grows out
    /// of bounds.
    #[must_use]
    pub fn pow(self, numerator: i32, denominator: i32) -> Option<Self> {
        let scale2 = exact_ratio(i64::from(self.scale2), numerator, denominator)?;
        Some(Self {
            dimension: self.dimension.pow(numerator, denominator)?,
            scale2: i32::try_from(scale2).ok()?,
        })
    }

    /// A number of this unit in coherent units, exactly; `None` when the two differ by a root of ten.
    ///
    /// A duration in ms, say, for [`alif_core::decimal::steps`].
    #[must_use]
    pub fn exact(self, number: &Decimal) -> Option<Decimal> {
        (self.scale2 % 2 == 0).then(|| number.shifted(self.scale2 / 2))
    }
}

/// A symbol that is no unit of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownUnit {
    /// As it was written.
    pub symbol: String,
    /// What was probably meant; a unit that [`lookup`] knows, or a power of one.
    pub suggestion: Option<String>,
    /// Why the symbol is refused and what to write instead.
    pub reason: Option<&'static str>,
}

impl fmt::Display for UnknownUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown unit `{}`", self.symbol)
    }
}

impl std::error::Error for UnknownUnit {}

/// Why a product of powers is no unit. `factor` is the index of the offending factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// A symbol is unknown.
    Unknown {
        /// Index of the factor.
        factor: usize,
        /// What is known about the symbol.
        unknown: UnknownUnit,
    },
    /// With this factor, the dimension gets an exponent that is neither whole nor half, or is out of bounds.
    Exponent {
        /// Index of the factor.
        factor: usize,
    },
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitError::Unknown { unknown, .. } => unknown.fmt(f),
            UnitError::Exponent { .. } => f.write_str("exponents of units are whole or half numbers of moderate size"),
        }
    }
}

impl std::error::Error for UnitError {}

/// Why a text is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralError {
    /// The text is not a decimal number.
    NotANumber,
    /// The number is infinite in coherent units.
    Overflow,
    /// The number is not zero, but would become zero in coherent units.
    Underflow,
}

impl From<NotANumber> for LiteralError {
    fn from(_: NotANumber) -> Self {
        LiteralError::NotANumber
    }
}

impl From<Range> for LiteralError {
    fn from(range: Range) -> Self {
        match range {
            Range::Overflow => LiteralError::Overflow,
            Range::Underflow => LiteralError::Underflow,
        }
    }
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LiteralError::NotANumber => NotANumber.fmt(f),
            LiteralError::Overflow => Range::Overflow.fmt(f),
            LiteralError::Underflow => Range::Underflow.fmt(f),
        }
    }
}

impl std::error::Error for LiteralError {}

/// The unit of a symbol with or without a prefix, such as `mV`, `MΩ`, `mol`.
///
/// A symbol on its own is tried first: `m` is the metre, `M` the molar, `Pa` the pascal. No text has two readings.
///
/// # Errors
/// [`UnknownUnit`] for everything else, with what was probably meant (`msec`: `ms`) or why it is refused (`eV`).
pub fn lookup(symbol: &str) -> Result<UnitValue, UnknownUnit> {
    if let Some(unit) = find(symbol) {
        return Ok(unit);
    }
    let refused = REFUSED.iter().find(|row| {
        let is_spelling = |text: &str| row.spellings.contains(&text);
        is_spelling(symbol) || row.takes_prefix && without_prefix(symbol).any(|(_, rest)| is_spelling(rest))
    });
    let (suggestion, reason) = match refused {
        Some(row) => (None, Some(row.reason)),
        None => suggest::advice(symbol),
    };
    Err(UnknownUnit {
        symbol: symbol.to_owned(),
        suggestion,
        reason,
    })
}

/// The product of powers `(symbol, numerator, denominator)`; no factors give the unit of plain numbers.
///
/// # Errors
/// [`UnitError`] for the first factor that is unknown or has no sound exponent.
pub fn combine(factors: &[(&str, i32, i32)]) -> Result<UnitValue, UnitError> {
    let mut unit = UnitValue::ONE;
    for (factor, &(symbol, numerator, denominator)) in factors.iter().enumerate() {
        let base = lookup(symbol).map_err(|unknown| UnitError::Unknown { factor, unknown })?;
        unit = base
            .pow(numerator, denominator)
            .and_then(|power| unit.checked_mul(power))
            .ok_or(UnitError::Exponent { factor })?;
    }
    Ok(unit)
}

/// The value of a number with a unit, in coherent units, rounded once: `0.02 s` and `20 ms` are the same bits.
///
/// ```
/// use alif_compiler::units::{combine, literal, lookup};
/// assert_eq!(literal("0.02", lookup("s").unwrap()), Ok(20.0));
/// assert_eq!(literal("0.04", combine(&[("V", -1, 1), ("s", -1, 1)]).unwrap()), Ok(4e-8));
/// ```
///
/// # Errors
/// [`LiteralError`] when the text is no decimal number, or its value is no 64-bit float.
pub fn literal(text: &str, unit: UnitValue) -> Result<f64, LiteralError> {
    let number: Decimal = text.parse()?;
    Ok(number.to_f64_scaled(unit.scale2)?)
}

/// The unit that `text` spells, if any.
fn find(text: &str) -> Option<UnitValue> {
    let unprefixed = std::iter::once((0, text));
    unprefixed.chain(without_prefix(text)).find_map(|(decades, rest)| {
        let row = SYMBOLS.iter().find(|row| row.spellings.contains(&rest))?;
        let dimension = Dimension::from_exponents(row.exponents);
        let mut scale2 = 2 * (decades + row.decades);
        for (twice, coherent) in dimension.twice_exponents().into_iter().zip(COHERENT) {
            scale2 -= i32::from(twice) * coherent;
        }
        Some(UnitValue { dimension, scale2 })
    })
}

/// Every way to take a prefix off `text`: its power of ten, and the rest.
fn without_prefix(text: &str) -> impl Iterator<Item = (i32, &str)> {
    PREFIXES.iter().flat_map(move |row| {
        let rests = row.spellings.iter().filter_map(|&prefix| text.strip_prefix(prefix));
        rests.map(|rest| (row.decades, rest))
    })
}

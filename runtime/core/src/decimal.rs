//! Exact decimal numbers: literals before they are rounded, and durations counted in time steps.
//!
//! A number is its decimal digits and one exponent, so that a text is read in linear time, a change of unit only moves
//! the exponent, and `1e999999999` takes no more room than `1`. There is no general arithmetic here.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

mod steps;
#[cfg(test)]
mod tests;

pub use steps::{StepsError, WholeSteps, steps, steps_rounded_down};

/// Exponents beyond this are clamped; whatever has one overflows or underflows all the same.
const MAX_EXPONENT: i64 = 1 << 40;

/// The square root of ten to 70 digits.
const SQRT_10: &[u8] = b"3162277660168379331998893544432718533719555139325216826857504852792594";

/// The exact value of a decimal text, `±d.ddd… × 10^exponent`.
///
/// Equal numbers are equal values however they were written: `0.10`, `1e-1`. There is one zero, without a sign.
///
/// ```
/// use alif_core::decimal::Decimal;
/// let tau: Decimal = "0.02".parse().unwrap();
/// assert_eq!(tau.shifted(3), "20".parse().unwrap());
/// assert_eq!(tau.to_f64(), Ok(0.02));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    negative: bool,
    /// Values 0 to 9, most significant first, with no zero at either end; none at all for zero.
    digits: Vec<u8>,
    /// Power of ten of the first digit; 0 for zero.
    exponent: i64,
}

/// The text is not a decimal number with digits on both sides of its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number such as 20, 0.5 or 1e-3")
    }
}

impl core::error::Error for NotANumber {}

/// Why a number has no sound rounding to a 64-bit float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// It would be infinite.
    Overflow,
    /// It is not zero, but would become zero.
    Underflow,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Range::Overflow => "does not fit in a 64-bit float",
            Range::Underflow => "is so small that it becomes 0 in a 64-bit float",
        })
    }
}

impl core::error::Error for Range {}

impl Decimal {
    /// The number with the fewest digits that reads back as `x`, so that the float 0.1 means one tenth; `None` for NaN
    /// and the infinities.
    #[must_use]
    pub fn from_f64_shortest(x: f64) -> Option<Self> {
        format!("{x:e}").parse().ok()
    }

    /// The number that `x` is, to its last binary digit; `None` for NaN and the infinities.
    #[must_use]
    pub fn from_f64_exact(x: f64) -> Option<Self> {
        // No float has more than 767 significant decimal digits.
        format!("{x:.766e}").parse().ok()
    }

    /// Whether this is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether this is less than zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// This times `10^decades`, exactly.
    #[must_use]
    pub fn shifted(&self, decades: i32) -> Self {
        let exponent = self.exponent.saturating_add(i64::from(decades));
        Self::new(self.negative, self.digits.clone(), exponent)
    }

    /// The nearest 64-bit float, ties to even.
    ///
    /// # Errors
    /// [`Range`] when that is infinite, or zero for a number that is not.
    pub fn to_f64(&self) -> Result<f64, Range> {
        self.to_f64_scaled(0)
    }

    /// This times `10^(half_decades / 2)`, rounded once to the nearest 64-bit float, ties to even.
    ///
    /// An even count is a power of ten and the result is the correctly rounded one. An odd count brings in the square
    /// root of ten, of which 70 digits are used.
    ///
    /// # Errors
    /// [`Range`] when the result is infinite, or zero for a number that is not.
    pub fn to_f64_scaled(&self, half_decades: i32) -> Result<f64, Range> {
        if half_decades % 2 != 0 {
            return self.times_sqrt_10().to_f64_scaled(2 * half_decades.div_euclid(2));
        }
        if self.is_zero() {
            return Ok(0.0);
        }
        let exponent = self.exponent + i64::from(half_decades / 2);
        if exponent > 310 {
            return Err(Range::Overflow);
        }
        if exponent < -330 {
            return Err(Range::Underflow);
        }
        let digits: String = self.digits.iter().map(|&d| char::from(b'0' + d)).collect();
        let sign = if self.negative { "-" } else { "" };
        // The parser of the standard library rounds correctly, whatever the number of digits.
        let value: f64 = format!("{sign}0.{digits}e{}", exponent + 1)
            .parse()
            .expect("digits, point and exponent are a float");
        if value.is_infinite() {
            Err(Range::Overflow)
        } else if value == 0.0 {
            Err(Range::Underflow)
        } else {
            Ok(value)
        }
    }

    /// From digits that may have zeros at the ends; `exponent` belongs to the first of them.
    fn new(negative: bool, mut digits: Vec<u8>, exponent: i64) -> Self {
        let Some(leading) = digits.iter().position(|&d| d != 0) else {
            return Self::default();
        };
        while digits.last() == Some(&0) {
            digits.pop();
        }
        digits.drain(..leading);
        let leading = i64::try_from(leading).unwrap_or(MAX_EXPONENT);
        Self {
            negative,
            digits,
            exponent: exponent.saturating_sub(leading).clamp(-MAX_EXPONENT, MAX_EXPONENT),
        }
    }

    fn times_sqrt_10(&self) -> Self {
        let mut sums = vec![0u32; self.digits.len() + SQRT_10.len()];
        for (i, &a) in self.digits.iter().enumerate() {
            for (sum, &b) in sums[i + 1..].iter_mut().zip(SQRT_10) {
                *sum += u32::from(a) * u32::from(b - b'0');
            }
        }
        let mut carry = 0;
        let mut digits = vec![0; sums.len()];
        for (digit, sum) in digits.iter_mut().zip(&sums).rev() {
            *digit = ((sum + carry) % 10) as u8;
            carry = (sum + carry) / 10;
        }
        Self::new(self.negative, digits, self.exponent + 1)
    }
}

/// Reads `[+-] digits [. digits] [e [+-] digits]`, in linear time.
impl FromStr for Decimal {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (negative, rest) = sign(text);
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (rest, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let mut digits = digits_of(whole)?;
        let mut first = i64::try_from(digits.len()).unwrap_or(MAX_EXPONENT) - 1;
        if let Some(fraction) = fraction {
            digits.extend(digits_of(fraction)?);
        }
        if let Some(exponent) = exponent {
            let (negative, exponent) = sign(exponent);
            let mut shift = 0i64;
            for digit in digits_of(exponent)? {
                shift = (10 * shift + i64::from(digit)).min(MAX_EXPONENT);
            }
            first += if negative { -shift } else { shift };
        }
        Ok(Self::new(negative, digits, first))
    }
}

/// All digits, in plain notation between 1e-6 and 1e21 and with an exponent elsewhere.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.digits.iter().map(|&d| char::from(b'0' + d)).collect();
        let sign = if self.negative { "-" } else { "" };
        if self.is_zero() {
            return f.write_str("0");
        }
        match usize::try_from(self.exponent) {
            Ok(exponent) if exponent < 21 => {
                let (whole, fraction) = text.split_at(text.len().min(exponent + 1));
                let point = if fraction.is_empty() { "" } else { "." };
                write!(f, "{sign}{whole:0<width$}{point}{fraction}", width = exponent + 1)
            }
            Err(_) if self.exponent >= -6 => {
                let zeros = "0".repeat(self.exponent.unsigned_abs() as usize - 1);
                write!(f, "{sign}0.{zeros}{text}")
            }
            _ => {
                let (first, rest) = text.split_at(1);
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{sign}{first}{point}{rest}e{}", self.exponent)
            }
        }
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// The values of at least one digit.
fn digits_of(text: &str) -> Result<Vec<u8>, NotANumber> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotANumber);
    }
    Ok(text.bytes().map(|b| b - b'0').collect())
}

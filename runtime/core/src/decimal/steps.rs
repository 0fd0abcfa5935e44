//! How many time steps a duration is, by long division in decimal.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::Decimal;

/// Digits of a quotient looked at behind the point.
const FRACTION_DIGITS: usize = 9;

/// A number of steps must stay below this.
const STEPS_LIMIT: u128 = 1 << 63;

/// Why a duration is no number of time steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepsError {
    /// The duration lies between two steps.
    NotAMultiple {
        /// Duration over time step in decimal, such as `0.5` or `3.333333333…`.
        quotient: String,
    },
    /// The number of steps is 2^63 or more.
    TooMany,
    /// The time step is zero or negative.
    NonPositiveDt,
    /// The duration is negative.
    Negative,
}

impl StepsError {
    /// The code of the message.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "E0710",
            Self::NotAMultiple { .. } | Self::NonPositiveDt | Self::Negative => "E0603",
        }
    }
}

impl fmt::Display for StepsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepsError::NotAMultiple { quotient } => {
                write!(f, "the duration is {quotient} time steps, which is no whole number")
            }
            StepsError::TooMany => f.write_str("the duration is 2^63 time steps or more"),
            StepsError::NonPositiveDt => f.write_str("the time step must be above zero"),
            StepsError::Negative => f.write_str("the duration is negative"),
        }
    }
}

impl core::error::Error for StepsError {}

/// `duration / dt` as a whole number, both in the same unit; exact.
///
/// ```
/// use alif_core::decimal::{Decimal, steps};
/// let decimal = |x| Decimal::from_f64_shortest(x).unwrap();
/// assert_eq!(steps(&decimal(0.3), &decimal(0.1)), Ok(3));
/// ```
///
/// # Errors
/// [`StepsError`] when the quotient is not a whole number below 2^63, or one of the two is out of range. The work is
/// bounded by the digits of the two texts, whatever their exponents.
pub fn steps(duration: &Decimal, dt: &Decimal) -> Result<u64, StepsError> {
    let quotient = Quotient::of(duration, dt)?;
    if quotient.is_whole() {
        Ok(quotient.whole)
    } else {
        Err(StepsError::NotAMultiple {
            quotient: quotient.to_string(),
        })
    }
}

/// A duration rounded down to whole time steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeSteps {
    /// `floor(duration / dt + 1e-9)`.
    pub count: u64,
    /// Whether the duration is these steps, within 1e-9 of a step.
    pub is_multiple: bool,
}

/// `floor(duration / dt + 1e-9)`, both in the same unit; the count for refractory periods.
///
/// # Errors
/// [`StepsError`] as for [`steps`], but never [`StepsError::NotAMultiple`].
pub fn steps_rounded_down(duration: &Decimal, dt: &Decimal) -> Result<WholeSteps, StepsError> {
    let quotient = Quotient::of(duration, dt)?;
    let all = |digit| quotient.fraction.iter().all(|&d| d == digit);
    let just_below = quotient.fraction.len() == FRACTION_DIGITS && all(9);
    let count = quotient.whole + u64::from(just_below);
    if u128::from(count) >= STEPS_LIMIT {
        return Err(StepsError::TooMany);
    }
    Ok(WholeSteps {
        count,
        is_multiple: quotient.is_whole() || count > 0 && (just_below || all(0)),
    })
}

struct Quotient {
    whole: u64,
    /// At most [`FRACTION_DIGITS`] digits behind the point.
    fraction: Vec<u8>,
    /// No digit other than zero follows.
    is_complete: bool,
}

impl Quotient {
    fn of(duration: &Decimal, dt: &Decimal) -> Result<Self, StepsError> {
        if dt.is_zero() || dt.is_negative() {
            return Err(StepsError::NonPositiveDt);
        }
        if duration.is_negative() {
            return Err(StepsError::Negative);
        }
        if duration.is_zero() {
            return Ok(Self {
                whole: 0,
                fraction: Vec::new(),
                is_complete: true,
            });
        }
        // The power of ten of the first digit of the quotient, which may be a zero.
        let mut position = duration.exponent - dt.exponent;
        if position >= 20 {
            return Err(StepsError::TooMany);
        }
        let mut quotient = Self {
            whole: 0,
            fraction: Vec::new(),
            is_complete: false,
        };
        let gap = usize::try_from(-1 - position).unwrap_or(0);
        quotient.fraction.resize(gap.min(FRACTION_DIGITS), 0);

        // Mantissas as digits of one length: tens, units and fraction. The remainder is always below ten divisors.
        let length = duration.digits.len().max(dt.digits.len()) + 1;
        let aligned = |digits: &[u8]| {
            let mut aligned = vec![0; length];
            aligned[1..=digits.len()].copy_from_slice(digits);
            aligned
        };
        let (mut remainder, divisor) = (aligned(&duration.digits), aligned(&dt.digits));
        let mut whole = 0u128;
        while !quotient.is_complete && (position >= 0 || quotient.fraction.len() < FRACTION_DIGITS) {
            let digit = next_digit(&mut remainder, &divisor);
            if position >= 0 {
                whole = 10 * whole + u128::from(digit);
            } else {
                quotient.fraction.push(digit);
            }
            position -= 1;
            quotient.is_complete = position < 0 && remainder.iter().all(|&d| d == 0);
        }
        if whole >= STEPS_LIMIT {
            return Err(StepsError::TooMany);
        }
        quotient.whole = u64::try_from(whole).expect("below 2^63");
        Ok(quotient)
    }

    fn is_whole(&self) -> bool {
        self.is_complete && self.fraction.iter().all(|&d| d == 0)
    }
}

impl fmt::Display for Quotient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole == 0 && !self.is_complete && self.fraction.iter().all(|&d| d == 0) {
            return f.write_str("less than 1e-9");
        }
        write!(f, "{}.", self.whole)?;
        for digit in &self.fraction {
            write!(f, "{digit}")?;
        }
        f.write_str(if self.is_complete { "" } else { "…" })
    }
}

/// How often `divisor` goes into `remainder`; what is left is multiplied by ten.
fn next_digit(remainder: &mut [u8], divisor: &[u8]) -> u8 {
    let mut digit = 0;
    while *remainder >= *divisor {
        let mut borrow = 0;
        for (r, d) in remainder.iter_mut().zip(divisor).rev() {
            let taken = d + borrow;
            borrow = u8::from(*r < taken);
            *r = *r + 10 * borrow - taken;
        }
        digit += 1;
    }
    remainder.rotate_left(1);
    digit
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::super::tests::{Numbers, decimal};
    use super::*;

    #[test]
    fn durations_in_steps() {
        let shortest = |x| Decimal::from_f64_shortest(x).unwrap();
        for (duration, dt, wanted) in [
            (0.3, 0.1, 3),
            (1000.0, 0.1, 10_000),
            (0.7, 0.1, 7),
            (1.1, 0.1, 11),
            (0.0, 0.1, 0),
            (20.0, 20.0, 1),
            (2.0, 0.025, 80),
            (1e15, 1e-3, 1_000_000_000_000_000_000),
        ] {
            assert_eq!(
                steps(&shortest(duration), &shortest(dt)),
                Ok(wanted),
                "{duration} / {dt}"
            );
        }
        assert_eq!(
            steps(&decimal("9223372036854775807"), &decimal("1")),
            Ok(i64::MAX as u64)
        );
        assert_eq!(steps(&decimal("0"), &decimal("1e-300")), Ok(0));
        assert_eq!(steps(&decimal("3e300"), &decimal("1e300")), Ok(3));
        let many = |digit: &str| decimal(&format!("0.{}", digit.repeat(1000)));
        assert_eq!(steps(&many("9"), &many("3")), Ok(3));
    }

    #[test]
    fn durations_between_steps() {
        let not = |duration: &str, dt: &str| match steps(&decimal(duration), &decimal(dt)) {
            Err(StepsError::NotAMultiple { quotient }) => quotient,
            other => panic!("{duration} / {dt}: {other:?}"),
        };
        assert_eq!(not("0.05", "0.1"), "0.5");
        assert_eq!(not("1", "0.3"), "3.333333333…");
        assert_eq!(not("2.05", "0.1"), "20.5");
        assert_eq!(not("0.001", "0.1"), "0.01");
        assert_eq!(not("1e-12", "1"), "less than 1e-9");
        assert_eq!(not("1e-300", "1e300"), "less than 1e-9");
        assert_eq!(not("0.30000000000000004", "0.1"), "3.000000000…");
        assert_eq!(not("1e10", "3e-8"), "333333333333333333.333333333…");
    }

    #[test]
    fn impossible_durations() {
        let error = |duration: &str, dt: &str| steps(&decimal(duration), &decimal(dt)).unwrap_err();
        assert_eq!(error("1e300", "1e-300"), StepsError::TooMany);
        assert_eq!(error("1e999999999", "1e-999999999"), StepsError::TooMany);
        assert_eq!(error("9223372036854775808", "1"), StepsError::TooMany);
        assert_eq!(error("9223372036854775808.5", "1"), StepsError::TooMany);
        assert_eq!(error("1e20", "3"), StepsError::TooMany);
        assert_eq!(error("1", "0"), StepsError::NonPositiveDt);
        assert_eq!(error("-1", "-1"), StepsError::NonPositiveDt);
        assert_eq!(error("-1", "1"), StepsError::Negative);
    }

    #[test]
    fn division_agrees_with_integers() {
        let mut numbers = Numbers(3);
        for round in 0..20_000 {
            let dt = numbers.next() % 10u64.pow(1 + round % 12) + 1;
            let duration = numbers.next() >> (1 + round % 50);
            let scale = numbers.next() % 40;
            let texts = [duration, dt].map(|x| decimal(&format!("{x}e-{scale}")));
            let got = steps_rounded_down(&texts[0], &texts[1]).unwrap();
            let fraction = u128::from(duration % dt) * 1_000_000_000 / u128::from(dt);
            let near = u64::from(fraction == 999_999_999);
            assert_eq!(got.count, duration / dt + near, "{duration} / {dt}");
            let is_multiple = duration.is_multiple_of(dt);
            assert_eq!(
                steps(&texts[0], &texts[1]).ok(),
                is_multiple.then_some(duration / dt),
                "{duration} / {dt}"
            );
            assert_eq!(
                got.is_multiple,
                is_multiple || got.count > 0 && (fraction == 0 || near == 1)
            );
        }
    }

    #[test]
    fn refractory_periods_round_down() {
        let whole = |duration: f64, dt: f64| {
            let [duration, dt] = [duration, dt].map(|x| Decimal::from_f64_shortest(x).unwrap());
            steps_rounded_down(&duration, &dt).map(|s| (s.count, s.is_multiple))
        };
        assert_eq!(whole(2.0, 0.1), Ok((20, true)));
        assert_eq!(whole(2.05, 0.1), Ok((20, false)));
        assert_eq!(whole(0.1 + 0.2, 0.1), Ok((3, true)));
        assert_eq!(whole(0.3 - f64::EPSILON, 0.1), Ok((3, true)));
        assert_eq!(whole(0.299_999_9, 0.1), Ok((2, false)));
        assert_eq!(whole(1e-12, 0.1), Ok((0, false)));
        assert_eq!(whole(0.0, 0.1), Ok((0, true)));
        let almost_2_63 = steps_rounded_down(&decimal("9223372036854775807.9999999999"), &decimal("1"));
        assert_eq!(almost_2_63, Err(StepsError::TooMany));
    }
}

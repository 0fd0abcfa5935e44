//! Numbers from outside and for outside: between a declared unit and the coherent one.

use super::UnitValue;
use alif_core::decimal::{Decimal, Range};

/// The powers of ten that a 64-bit float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

const SQRT_10: f64 = 3.162_277_660_168_379_5;

/// A number of `unit` in coherent units.
///
/// The correctly rounded value of the float as it is, where the two units differ by a power of ten; within 2 units in the
/// last place where they differ by a root of ten. Too large gives an infinity, too small 0; NaN stays NaN.
///
/// A float that a person typed is better read as the decimal it stands for, by `Decimal::from_f64_shortest(x)` and then
/// `to_f64_scaled(unit.scale2)`: 1.001 V are 1001 mV that way, as in [`super::literal`]; here they are
/// 1000.9999999999999 mV.
#[must_use]
pub fn to_coherent(value: f64, unit: UnitValue) -> f64 {
    scaled(value, unit.scale2)
}

/// A number of coherent units in `unit`; the inverse of [`to_coherent`], rounded in the same way.
#[must_use]
pub fn from_coherent(value: f64, unit: UnitValue) -> f64 {
    scaled(value, unit.scale2.saturating_neg())
}

/// `value * 10^(half_decades / 2)`.
fn scaled(value: f64, half_decades: i32) -> f64 {
    if half_decades % 2 != 0 {
        return if half_decades > 0 {
            scaled(value * SQRT_10, half_decades - 1)
        } else {
            scaled(value / SQRT_10, half_decades + 1)
        };
    }
    let decades = half_decades / 2;
    match POWERS.get(decades.unsigned_abs() as usize) {
        Some(power) if decades >= 0 => value * power,
        Some(power) => value / power,
        None => match Decimal::from_f64_exact(value).map(|exact| exact.to_f64_scaled(half_decades)) {
            None => value,
            Some(Ok(0.0) | Err(Range::Underflow)) => 0f64.copysign(value),
            Some(Ok(scaled)) => scaled,
            Some(Err(Range::Overflow)) => f64::INFINITY.copysign(value),
        },
    }
}

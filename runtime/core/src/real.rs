//! The two precisions that kernels run in.

use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// Single or double precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

/// A floating-point type with an integer of the same width beside it, for refractory counters and masks.
pub trait Real:
    Copy
    + PartialOrd
    + fmt::Debug
    + Send
    + Sync
    + bytemuck::Pod
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Unsigned integer of the same width.
    type Bits: Copy + PartialEq + Eq + fmt::Debug + Default + Send + Sync + bytemuck::Pod;

    /// Which of the two it is.
    const PRECISION: Precision;
    /// States closer to zero than this become zero every [`crate::FLUSH_EVERY`] steps: 2⁻¹⁰⁰ in single, 2⁻⁹⁶⁰ in double
    /// precision. The distance to the denormal numbers (2⁻¹²⁶, 2⁻¹⁰²²) is more than a slow decay covers in between.
    const TINY: Self;
    /// Zero.
    const ZERO: Self;
    /// The largest count that fits the integer of the same width.
    const MAX_COUNT: i64;

    /// Rounds once, to nearest even.
    fn from_f64(value: f64) -> Self;
    /// Widens; exact.
    fn to_f64(self) -> f64;
    /// The bits of the number.
    fn bits(self) -> Self::Bits;
    /// The number of these bits.
    fn from_bits(bits: Self::Bits) -> Self;
    /// A count as bits of the same width (two's complement).
    fn count_bits(count: i64) -> Self::Bits;
    /// The count of these bits.
    fn count(bits: Self::Bits) -> i64;
    /// `self * a + b`, rounded once.
    fn fma(self, a: Self, b: Self) -> Self;
    /// Square root, correctly rounded.
    fn square_root(self) -> Self;
    /// Largest integer not above.
    fn round_down(self) -> Self;
    /// Magnitude.
    fn magnitude(self) -> Self;
}

macro_rules! real {
    ($float:ty, $bits:ty, $int:ty, $precision:expr, $tiny:expr) => {
        impl Real for $float {
            type Bits = $bits;
            const PRECISION: Precision = $precision;
            const TINY: Self = $tiny;
            const ZERO: Self = 0.0;
            const MAX_COUNT: i64 = <$int>::MAX as i64;

            fn from_f64(value: f64) -> Self {
                value as $float
            }
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            fn bits(self) -> Self::Bits {
                self.to_bits()
            }
            fn from_bits(bits: Self::Bits) -> Self {
                <$float>::from_bits(bits)
            }
            fn count_bits(count: i64) -> Self::Bits {
                count as $int as $bits
            }
            fn count(bits: Self::Bits) -> i64 {
                i64::from(bits as $int)
            }
            #[inline]
            fn fma(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }
            fn square_root(self) -> Self {
                self.sqrt()
            }
            fn round_down(self) -> Self {
                self.floor()
            }
            fn magnitude(self) -> Self {
                self.abs()
            }
        }
    };
}

// 2^-100 and 2^-960 by their bits: a biased exponent and an empty fraction.
real!(f32, u32, i32, Precision::F32, f32::from_bits((127 - 100) << 23));
real!(f64, u64, i64, Precision::F64, f64::from_bits((1023 - 960) << 52));

#[cfg(test)]
mod tests {
    use super::Real;

    #[test]
    fn tiny_is_the_power_of_two_it_says() {
        let halved = (0..100).fold(1.0f32, |x, _| x / 2.0);
        assert_eq!(<f32 as Real>::TINY, halved);
        let halved = (0..960).fold(1.0f64, |x, _| x / 2.0);
        assert_eq!(<f64 as Real>::TINY, halved);
    }
}

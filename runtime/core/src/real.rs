//! The two precisions that kernels run in.

use core::fmt;
use core::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Shl, Shr, Sub};

/// Single or double precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl Precision {
    /// The least tolerance of sub-steps that its numbers can keep: eight units in the last place of 1.
    #[must_use]
    pub fn least_tolerance(self) -> f64 {
        match self {
            Self::F32 => 8.0 * f64::from(f32::EPSILON),
            Self::F64 => 8.0 * f64::EPSILON,
        }
    }
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
    + Default
    + bytemuck::Pod
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Unsigned integer of the same width.
    type Bits: Copy
        + PartialEq
        + Eq
        + fmt::Debug
        + Default
        + Send
        + Sync
        + bytemuck::Pod
        + BitAnd<Output = Self::Bits>
        + BitOr<Output = Self::Bits>
        + BitXor<Output = Self::Bits>
        + Not<Output = Self::Bits>
        + Shl<u32, Output = Self::Bits>
        + Shr<u32, Output = Self::Bits>;

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
    /// The sum of two counts, as bits.
    fn add_counts(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// The product of two counts, as bits.
    fn multiply_counts(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// A truth value as bits: all ones or all zeros.
    fn truth(value: bool) -> Self::Bits;
    /// `self * a + b`, rounded once.
    fn fma(self, a: Self, b: Self) -> Self;
    /// Square root, correctly rounded.
    fn square_root(self) -> Self;
    /// Largest integer not above.
    fn round_down(self) -> Self;
    /// Magnitude.
    fn magnitude(self) -> Self;
}

/// The standard library's operation, which is an instruction where the machine has it.
#[cfg(feature = "std")]
macro_rules! std_or_software {
    ($std:expr, $software:expr) => {
        $std
    };
}

/// The operation in software.
#[cfg(not(feature = "std"))]
macro_rules! std_or_software {
    ($std:expr, $software:expr) => {
        $software
    };
}

macro_rules! real {
    ($float:ty, $bits:ty, $int:ty, $precision:expr, $tiny:expr, $fma:ident, $sqrt:ident, $floor:ident) => {
        impl Real for $float {
            type Bits = $bits;
            const PRECISION: Precision = $precision;
            const TINY: Self = $tiny;
            const ZERO: Self = 0.0;
            const MAX_COUNT: i64 = <$int>::MAX as i64;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn bits(self) -> Self::Bits {
                self.to_bits()
            }
            #[inline(always)]
            fn from_bits(bits: Self::Bits) -> Self {
                <$float>::from_bits(bits)
            }
            #[inline(always)]
            fn count_bits(count: i64) -> Self::Bits {
                count as $int as $bits
            }
            #[inline(always)]
            fn count(bits: Self::Bits) -> i64 {
                i64::from(bits as $int)
            }
            #[inline(always)]
            fn add_counts(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a.wrapping_add(b)
            }
            #[inline(always)]
            fn multiply_counts(a: Self::Bits, b: Self::Bits) -> Self::Bits {
                a.wrapping_mul(b)
            }
            #[inline(always)]
            fn truth(value: bool) -> Self::Bits {
                if value { <$bits>::MAX } else { 0 }
            }
            #[inline(always)]
            fn fma(self, a: Self, b: Self) -> Self {
                std_or_software!(self.mul_add(a, b), crate::software::$fma(self, a, b))
            }
            #[inline(always)]
            fn square_root(self) -> Self {
                std_or_software!(self.sqrt(), crate::software::$sqrt(self))
            }
            #[inline(always)]
            fn round_down(self) -> Self {
                std_or_software!(self.floor(), crate::software::$floor(self))
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
        }
    };
}

// 2^-100 and 2^-960 by their bits: a biased exponent and an empty fraction.
real!(
    f32,
    u32,
    i32,
    Precision::F32,
    f32::from_bits((127 - 100) << 23),
    fmaf,
    sqrtf,
    floorf
);
real!(
    f64,
    u64,
    i64,
    Precision::F64,
    f64::from_bits((1023 - 960) << 52),
    fma,
    sqrt,
    floor
);

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

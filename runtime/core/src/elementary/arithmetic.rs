//! What functions are made of.

use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Sub};

use crate::lanes::{Lanes, Mask, both, each};
use crate::real::Real;

/// Numbers to compute with: of one neuron, of several, or in the code of a kernel.
///
/// Every operation has one result, up to the payloads of NaNs. The operations on bits take a number as the integer that its bits
/// are.
pub trait Arithmetic:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The precision.
    type Real: Real;
    /// What comparisons give.
    type Truth: Copy + BitAnd<Output = Self::Truth> + BitOr<Output = Self::Truth>;

    /// A number, rounded once to the precision. What it is asked of does not matter.
    #[must_use]
    fn constant(self, value: f64) -> Self;
    /// The number of these bits, as many of the lowest as the precision has.
    #[must_use]
    fn constant_bits(self, bits: u64) -> Self;
    /// `self * factor + summand`, rounded once.
    #[must_use]
    fn fma(self, factor: Self, summand: Self) -> Self;
    /// Magnitude.
    #[must_use]
    fn magnitude(self) -> Self;
    /// Largest integer not above.
    #[must_use]
    fn round_down(self) -> Self;
    /// Square root, correctly rounded.
    #[must_use]
    fn square_root(self) -> Self;
    /// `self < other`
    fn less(self, other: Self) -> Self::Truth;
    /// `self == other`
    fn equal(self, other: Self) -> Self::Truth;
    /// `if truth { a } else { b }`
    #[must_use]
    fn select(truth: Self::Truth, a: Self, b: Self) -> Self;
    /// The sum of the bits; what is carried out of the highest is lost.
    #[must_use]
    fn add_bits(self, other: Self) -> Self;
    /// The product of the bits as integers; what is carried out of the highest is lost.
    #[must_use]
    fn multiply_bits(self, other: Self) -> Self;
    /// The bits that both have.
    #[must_use]
    fn and_bits(self, other: Self) -> Self;
    /// The bits that one of the two has.
    #[must_use]
    fn or_bits(self, other: Self) -> Self;
    /// The bits in which the two differ.
    #[must_use]
    fn exclusive_or_bits(self, other: Self) -> Self;
    /// The bits moved up; zeros come in.
    #[must_use]
    fn shift_left(self, by: u32) -> Self;
    /// The bits moved down; zeros come in.
    #[must_use]
    fn shift_right(self, by: u32) -> Self;
}

/// Operators of [`Lanes`].
macro_rules! operators {
    ($($operator:ident $name:ident)*) => {
        $(impl<T: Real, const N: usize> $operator for Lanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Lanes::$name(self, other)
            }
        })*
    };
}

operators! { Add add Sub sub Mul mul Div div }

impl<T: Real, const N: usize> Neg for Lanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lanes::neg(self)
    }
}

impl<T: Real, const N: usize> BitAnd for Mask<T, N> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<T: Real, const N: usize> BitOr for Mask<T, N> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<T: Real, const N: usize> Lanes<T, N> {
    /// `f` of the bits of each lane.
    #[inline(always)]
    fn each_bits(self, f: impl Fn(T::Bits) -> T::Bits) -> Self {
        Self(each(self.0, |a| T::from_bits(f(a.bits()))))
    }

    /// `f` of the bits of each pair of lanes.
    #[inline(always)]
    fn both_bits(self, other: Self, f: impl Fn(T::Bits, T::Bits) -> T::Bits) -> Self {
        Self(both(self.0, other.0, |a, b| T::from_bits(f(a.bits(), b.bits()))))
    }
}

impl<T: Real, const N: usize> Arithmetic for Lanes<T, N> {
    type Real = T;
    type Truth = Mask<T, N>;

    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        Self::number(value)
    }
    #[inline(always)]
    fn constant_bits(self, bits: u64) -> Self {
        Self::splat(T::from_bits(T::count_bits(bits.cast_signed())))
    }
    #[inline(always)]
    fn fma(self, factor: Self, summand: Self) -> Self {
        Lanes::fma(self, factor, summand)
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn round_down(self) -> Self {
        self.floor()
    }
    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Truth {
        self.lt(other)
    }
    #[inline(always)]
    fn equal(self, other: Self) -> Self::Truth {
        self.eq(other)
    }
    #[inline(always)]
    fn select(truth: Self::Truth, a: Self, b: Self) -> Self {
        truth.select(a, b)
    }
    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        self.both_bits(other, T::add_counts)
    }
    #[inline(always)]
    fn multiply_bits(self, other: Self) -> Self {
        self.both_bits(other, T::multiply_counts)
    }
    #[inline(always)]
    fn and_bits(self, other: Self) -> Self {
        self.both_bits(other, |a, b| a & b)
    }
    #[inline(always)]
    fn or_bits(self, other: Self) -> Self {
        self.both_bits(other, |a, b| a | b)
    }
    #[inline(always)]
    fn exclusive_or_bits(self, other: Self) -> Self {
        self.both_bits(other, |a, b| a ^ b)
    }
    #[inline(always)]
    fn shift_left(self, by: u32) -> Self {
        self.each_bits(|a| a << by)
    }
    #[inline(always)]
    fn shift_right(self, by: u32) -> Self {
        self.each_bits(|a| a >> by)
    }
}

//! A few neurons side by side: what generated steps compute with.
//!
//! [`Lanes`], [`Mask`] and [`Counts`] are arrays of fixed length with operations lane by lane, written so that the optimiser turns
//! each operation into one vector instruction where the surrounding function has vectors of that width, and into scalar code where
//! it has none. A mask is all ones or all zeros in each lane, not a `bool`: selection is then bit arithmetic, which every vector
//! unit has, while arrays of `bool` are taken apart on machines without mask registers (measured: six times slower with AVX2).
//!
//! Each operation is the one of the step program, with the same bits (NaNs as a class).

use crate::real::Real;

/// `N` real numbers.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Lanes<T, const N: usize>(pub [T; N]);

/// `N` truth values.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Mask<T: Real, const N: usize>(pub [T::Bits; N]);

/// `N` counts of steps, in two's complement.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Counts<T: Real, const N: usize>(pub [T::Bits; N]);

/// Calls `f` for each lane, written out: a step has hundreds of these, and so many loops in one function, each of which the optimiser
/// has to unroll by itself, take it time that grows with the square of their number.
#[inline(always)]
fn lanes<const N: usize>(mut f: impl FnMut(usize)) {
    const { assert!(N <= 16, "no vector is wider") };
    macro_rules! written_out {
        ($($lane:literal)*) => {
            $(if $lane < N {
                f($lane);
            })*
        };
    }
    written_out! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
}

/// `f` of each lane.
#[inline(always)]
pub(crate) fn each<A: Copy, B: Copy + Default, const N: usize>(a: [A; N], f: impl Fn(A) -> B) -> [B; N] {
    let mut result = [B::default(); N];
    lanes::<N>(|i| result[i] = f(a[i]));
    result
}

/// `f` of each pair of lanes.
#[inline(always)]
pub(crate) fn both<A: Copy, B: Copy, C: Copy + Default, const N: usize>(
    a: [A; N],
    b: [B; N],
    f: impl Fn(A, B) -> C,
) -> [C; N] {
    let mut result = [C::default(); N];
    lanes::<N>(|i| result[i] = f(a[i], b[i]));
    result
}

/// Operations of two numbers.
macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident |$a:ident, $b:ident| $value:expr;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        #[must_use]
        pub fn $name(self, other: Self) -> Self {
            Self(both(self.0, other.0, |$a, $b| $value))
        })*
    };
}

/// Comparisons; with a NaN only `ne` holds.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $op:tt;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        #[must_use]
        pub fn $name(self, other: Self) -> Mask<T, N> {
            Mask(both(self.0, other.0, |a, b| T::truth(a $op b)))
        })*
    };
}

#[expect(
    clippy::should_implement_trait,
    reason = "operations are named as the instructions of a step program are"
)]
impl<T: Real, const N: usize> Lanes<T, N> {
    /// The same number in each lane.
    #[inline(always)]
    #[must_use]
    pub fn splat(value: T) -> Self {
        Self([value; N])
    }

    /// A number, rounded once to the precision of the kernel.
    #[inline(always)]
    #[must_use]
    pub fn number(value: f64) -> Self {
        Self::splat(T::from_f64(value))
    }

    binary! {
        /// `self + other`
        add |a, b| a + b;
        /// `self - other`
        sub |a, b| a - b;
        /// `self * other`
        mul |a, b| a * b;
        /// `self / other`
        div |a, b| a / b;
    }

    comparisons! {
        /// `self < other`
        lt <;
        /// `self <= other`
        le <=;
        /// `self > other`
        gt >;
        /// `self >= other`
        ge >=;
        /// `self == other`
        eq ==;
        /// `self != other`
        ne !=;
    }

    /// `-self`
    #[inline(always)]
    #[must_use]
    pub fn neg(self) -> Self {
        Self(each(self.0, |a| -a))
    }

    /// `self * factor + summand`, rounded once.
    #[inline(always)]
    #[must_use]
    pub fn fma(self, factor: Self, summand: Self) -> Self {
        let mut result = self.0;
        lanes::<N>(|i| result[i] = result[i].fma(factor.0[i], summand.0[i]));
        Self(result)
    }

    /// Square root.
    #[inline(always)]
    #[must_use]
    pub fn sqrt(self) -> Self {
        Self(each(self.0, T::square_root))
    }

    /// Magnitude.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        Self(each(self.0, T::magnitude))
    }

    /// Largest integer not above.
    #[inline(always)]
    #[must_use]
    pub fn floor(self) -> Self {
        Self(each(self.0, T::round_down))
    }
}

impl<T: Real, const N: usize> Mask<T, N> {
    /// The same truth value in each lane.
    #[inline(always)]
    #[must_use]
    pub fn splat(value: bool) -> Self {
        Self([T::truth(value); N])
    }

    /// No lane.
    #[inline(always)]
    #[must_use]
    pub fn none() -> Self {
        Self::splat(false)
    }

    /// `not self`
    #[inline(always)]
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "named as the instruction of a step program is"
    )]
    pub fn not(self) -> Self {
        Self(each(self.0, |a| !a))
    }

    /// `self and other`
    #[inline(always)]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(both(self.0, other.0, |a, b| a & b))
    }

    /// `self or other`
    #[inline(always)]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(both(self.0, other.0, |a, b| a | b))
    }

    /// `if self { a } else { b }`
    #[inline(always)]
    #[must_use]
    pub fn select(self, a: Lanes<T, N>, b: Lanes<T, N>) -> Lanes<T, N> {
        let mut result = a;
        lanes::<N>(|i| {
            result.0[i] = T::from_bits((a.0[i].bits() & self.0[i]) | (b.0[i].bits() & !self.0[i]));
        });
        result
    }

    /// `if self { value } else { +0 }`
    #[inline(always)]
    #[must_use]
    pub fn masked(self, value: Lanes<T, N>) -> Lanes<T, N> {
        Lanes(both(self.0, value.0, |mask, value| T::from_bits(value.bits() & mask)))
    }

    /// Whether it holds in any lane.
    #[inline(always)]
    #[must_use]
    pub fn any(self) -> bool {
        let mut any = T::Bits::default();
        lanes::<N>(|i| any = any | self.0[i]);
        any != T::Bits::default()
    }

    /// The lanes as bits of a word, the first lowest.
    #[inline(always)]
    #[must_use]
    pub fn to_word(self) -> u64 {
        let mut word = 0;
        lanes::<N>(|i| word |= u64::from(T::count(self.0[i]) != 0) << i);
        word
    }
}

impl<T: Real, const N: usize> Counts<T, N> {
    /// Which counts are above zero.
    #[inline(always)]
    #[must_use]
    pub fn positive(self) -> Mask<T, N> {
        Mask(each(self.0, |count| T::truth(T::count(count) > 0)))
    }

    /// The counts less one where `mask` holds.
    #[inline(always)]
    #[must_use]
    pub fn down(self, mask: Mask<T, N>) -> Self {
        // A lane that holds is -1.
        Self(both(self.0, mask.0, T::add_counts))
    }

    /// The counts and `more` where `mask` holds.
    #[inline(always)]
    #[must_use]
    pub fn up(self, mask: Mask<T, N>, more: Self) -> Self {
        let more = both(more.0, mask.0, |more, mask| more & mask);
        Self(both(self.0, more, T::add_counts))
    }

    /// Which counts are not zero: whether something arrived.
    #[inline(always)]
    #[must_use]
    pub fn nonzero(self) -> Mask<T, N> {
        Mask(each(self.0, |count| T::truth(count != T::Bits::default())))
    }
}

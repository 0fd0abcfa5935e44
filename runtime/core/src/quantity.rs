//! Physical quantities with the dimension in the type: a time where a voltage is wanted does not compile.
//!
//! `names` has the dimensions with a name, [`units`] a function for each unit.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, Div, Mul, Neg, Sub};

mod names;
pub mod units;

pub use names::*;
pub use units::table::{UNITS, UnitRow};

/// A value in the coherent set of units: ms, mV, pA, nS, pF, GOhm, um, mM, K and their products.
///
/// The parameters are twice the exponents of m, kg, s, A, K, mol, as in [`UnitInfo`](crate::UnitInfo); types such as
/// [`Voltage`] name them. Quantities of one dimension are added, subtracted and compared. Their ratio is a plain
/// number, and plain numbers scale them. Two quantities have no product: stable Rust cannot compute its type.
///
/// ```
/// use alif_core::quantity::units::*;
/// use alif_core::quantity::Voltage;
///
/// fn threshold(at: Voltage) -> f64 {
///     at.value()
/// }
/// assert_eq!(threshold(mV(10.0) + 2.0 * uV(500.0)), 11.0);
/// assert_eq!(s(1.0) / ms(20.0), 50.0);
/// ```
///
/// Another dimension is an error of the compiler:
///
/// ```compile_fail,E0308
/// use alif_core::quantity::units::*;
/// use alif_core::quantity::Voltage;
///
/// fn threshold(at: Voltage) -> f64 {
///     at.value()
/// }
/// threshold(ms(10.0));
/// ```
#[derive(Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Quantity<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>(f64);

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>
    Quantity<M, KG, S, A, K, MOL>
{
    /// Twice the exponents of m, kg, s, A, K, mol.
    pub const DIMENSION: [i16; 6] = [M, KG, S, A, K, MOL];

    /// A quantity from its value in the coherent set: for a dimension that has no function in [`units`].
    ///
    /// ```
    /// use alif_core::quantity::{ConductanceDensity, Quantity};
    ///
    /// // 0.12 S/cm^2 are 1.2 nS/um^2.
    /// let g_na = ConductanceDensity::coherent(1.2);
    /// assert_eq!(format!("{g_na:?}"), "1.2 nS/um^2");
    /// // A dimension without a name is inferred, or written out: 0.25 mV^2.
    /// let variance: Quantity<8, 4, -12, -4, 0, 0> = Quantity::coherent(0.25);
    /// assert_eq!(variance.value(), 0.25);
    /// ```
    #[must_use]
    pub const fn coherent(value: f64) -> Self {
        Self(value)
    }

    /// The value in the coherent set.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }
}

/// The coherent units of length, mass, time, current, temperature and amount.
const BASE: [&str; 6] = ["um", "ng", "ms", "pA", "K", "amol"];

/// The value with its coherent unit: `11.0 mV`, `0.04/ms`; in base units where the dimension has no name.
impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16> fmt::Debug
    for Quantity<M, KG, S, A, K, MOL>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)?;
        match coherent_unit(Self::DIMENSION) {
            // `0.04/ms`, for a frequency.
            Some(unit) if unit.starts_with('1') => f.write_str(&unit[1..]),
            Some(unit) => write!(f, " {unit}"),
            None => BASE
                .iter()
                .zip(Self::DIMENSION)
                .try_for_each(|(unit, twice)| match twice {
                    0 => Ok(()),
                    2 => write!(f, " {unit}"),
                    _ if twice % 2 == 0 => write!(f, " {unit}^{}", twice / 2),
                    _ => write!(f, " {unit}^({twice}/2)"),
                }),
        }
    }
}

/// Implements an operator for every dimension.
macro_rules! operator {
    ($trait:ident<$right:ty>::$method:ident -> $output:ty, |$left:ident, $by:ident| $result:expr) => {
        impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16> $trait<$right>
            for Quantity<M, KG, S, A, K, MOL>
        {
            type Output = $output;

            fn $method(self, $by: $right) -> $output {
                let $left = self;
                $result
            }
        }
    };
}

operator!(Add<Self>::add -> Self, |a, b| Self(a.0 + b.0));
operator!(Sub<Self>::sub -> Self, |a, b| Self(a.0 - b.0));
operator!(Mul<f64>::mul -> Self, |a, b| Self(a.0 * b));
operator!(Div<f64>::div -> Self, |a, b| Self(a.0 / b));
operator!(Div<Self>::div -> f64, |a, b| a.0 / b.0);

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>
    Mul<Quantity<M, KG, S, A, K, MOL>> for f64
{
    type Output = Quantity<M, KG, S, A, K, MOL>;

    fn mul(self, by: Quantity<M, KG, S, A, K, MOL>) -> Self::Output {
        Quantity(self * by.0)
    }
}

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16> Neg
    for Quantity<M, KG, S, A, K, MOL>
{
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16> Sum
    for Quantity<M, KG, S, A, K, MOL>
{
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        Self(terms.map(Self::value).sum())
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::units::*;
    use super::*;

    #[test]
    fn arithmetic_keeps_the_dimension() {
        assert_eq!(mV(10.0) + mV(1.5), mV(11.5));
        assert_eq!(mV(10.0) - mV(1.5), mV(8.5));
        assert_eq!(-mV(70.0), mV(-70.0));
        assert_eq!(ms(3.0) * 2.0, 2.0 * ms(3.0));
        assert_eq!(ms(3.0) / 2.0, ms(1.5));
        assert_eq!(ms(3.0) / ms(2.0), 1.5);
        assert_eq!([pA(1.0), nA(1.0)].into_iter().sum::<Current>(), pA(1001.0));
        assert_eq!(Voltage::default(), V(0.0));
        assert!(us(999.0) < ms(1.0) && MOhm(1.0) < GOhm(1.0));
        assert_eq!(ms(f64::NAN).partial_cmp(&ms(1.0)), None);
    }

    #[test]
    fn conversions_to_the_coherent_set() {
        assert_eq!(ms(0.1).value(), 0.1);
        assert_eq!(s(1.0).value(), 1000.0);
        assert_eq!(nA(15.0).value(), 15_000.0);
        assert_eq!(us(100.0).value(), 0.1);
        assert_eq!(MOhm(1.0).value(), 0.001);
        assert_eq!(Hz(40.0).value(), 0.04);
        assert_eq!(uM(50.0).value(), 0.05);
        const TAU: Time = s(0.02);
        assert_eq!(TAU, ms(20.0));
    }

    #[test]
    fn pure_numbers_are_floats() {
        let number: Number = 0.5.into();
        assert_eq!(f64::from(number), 0.5);
        assert_eq!(ms(2.0) * f64::from(number), ms(1.0));
    }

    #[test]
    fn names_of_units_stay_free_for_variables() {
        let ms = ms(0.1);
        let per_neuron = |s: usize| self::ms(18.0 + 0.0004 * s as f64);
        assert_eq!(per_neuron(0) / ms, 180.0);
    }

    #[test]
    fn debug_text() {
        assert_eq!(format!("{:?}", mV(1.6)), "1.6 mV");
        assert_eq!(format!("{:?}", nA(15.0)), "15000.0 pA");
        assert_eq!(format!("{:.3?}", Hz(40.0)), "0.040/ms");
        assert_eq!(format!("{:?}", Number::from(2.0)), "2.0");
        assert_eq!(format!("{:?}", ConductanceDensity::coherent(1.2)), "1.2 nS/um^2");
        let odd = Quantity::<4, 0, -1, 0, 2, 0>::coherent(3.0);
        assert_eq!(format!("{odd:?}"), "3.0 um^2 ms^(-1/2) K");
    }

    #[test]
    fn names_and_units_are_unique() {
        for (i, (name, dimension)) in NAMED.iter().enumerate() {
            for (other, same) in &NAMED[..i] {
                assert!(name != other && dimension != same, "{name}, {other}");
            }
        }
        for (i, row) in UNITS.iter().enumerate() {
            assert!(UNITS[..i].iter().all(|other| other.name != row.name), "{}", row.name);
        }
    }
}

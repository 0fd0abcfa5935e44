//! A function for each unit, named as in the language: `mV(1.6)`, `nA(15.0)`. Made to be imported whole.
//!
//! They are functions and not constants (`1.6 * mV`), because a constant that is imported whole changes the meaning of
//! patterns: `let ms = 3;` would compare with it instead of naming a variable. The name of a function stays free.
//!
//! ```
//! use alif_core::quantity::units::*;
//!
//! let ms = ms(0.1);
//! assert_eq!(ms.value(), 0.1);
//! assert_eq!(s(1.0).value(), 1000.0);
//! ```
//!
//! Only ASCII spellings are here, `uM` and `MOhm`. A dimension whose units are products, such as `mS/cm^2`, has no
//! function: see [`Quantity::coherent`](super::Quantity::coherent).
#![allow(non_snake_case, reason = "units are spelt as everywhere else")]

use super::names::*;

/// From each row the function of a unit and a row of [`UNITS`](super::UNITS). A power of ten from 1 on is exact, so a
/// larger unit is multiplied, a smaller one divided, and the result is rounded once.
macro_rules! units {
    ($($quantity:ident: $($unit:ident ($operation:tt $factor:literal)),+;)+) => {
        $($(
            #[doc = concat!("`value` ", stringify!($unit), ".")]
            #[must_use]
            pub const fn $unit(value: f64) -> $quantity {
                $quantity::coherent(value $operation $factor)
            }
        )+)+

        /// Apart from the functions, so that importing these brings nothing else.
        pub(super) mod table {
            use super::super::names::*;

            /// A unit that has a function.
            #[derive(Clone, Copy, Debug)]
            pub struct UnitRow {
                /// The symbol, which is the name of the function too.
                pub name: &'static str,
                /// Twice the exponents of m, kg, s, A, K, mol.
                pub dimension: [i16; 6],
                /// A value of this unit in the coherent set.
                pub coherent: fn(f64) -> f64,
            }

            /// All units that have a function.
            pub const UNITS: &[UnitRow] = &[$($(UnitRow {
                name: stringify!($unit),
                dimension: $quantity::DIMENSION,
                coherent: |value| super::$unit(value).value(),
            }),+),+];
        }
    };
}

units! {
    Time: s (* 1e3), ms (* 1e0), us (/ 1e3), ns (/ 1e6);
    Voltage: V (* 1e3), mV (* 1e0), uV (/ 1e3), nV (/ 1e6);
    Current: A (* 1e12), mA (* 1e9), uA (* 1e6), nA (* 1e3), pA (* 1e0), fA (/ 1e3);
    Conductance: S (* 1e9), mS (* 1e6), uS (* 1e3), nS (* 1e0), pS (/ 1e3), fS (/ 1e6);
    Resistance: GOhm (* 1e0), MOhm (/ 1e3), kOhm (/ 1e6), Ohm (/ 1e9);
    Capacitance: F (* 1e12), mF (* 1e9), uF (* 1e6), nF (* 1e3), pF (* 1e0), fF (/ 1e3);
    Charge: C (* 1e15), uC (* 1e9), nC (* 1e6), pC (* 1e3), fC (* 1e0);
    Frequency: MHz (* 1e3), kHz (* 1e0), Hz (/ 1e3), mHz (/ 1e6);
    Length: m (* 1e6), cm (* 1e4), mm (* 1e3), um (* 1e0), nm (/ 1e3);
    Volume: L (* 1e15), mL (* 1e12), uL (* 1e9), nL (* 1e6), pL (* 1e3), fL (* 1e0);
    Concentration: M (* 1e3), mM (* 1e0), uM (/ 1e3), nM (/ 1e6);
    Amount: mol (* 1e18), mmol (* 1e15), umol (* 1e12), nmol (* 1e9), pmol (* 1e6), fmol (* 1e3), amol (* 1e0);
    Temperature: K (* 1e0);
}

//! The one table of functions: name, number of arguments, rule for dimensions, value in double precision, and what steps compute.
//!
//! Where parameters are bound, and where a model is simplified, a function is its value in double precision, of [`alif_core::math`]:
//! about 1 ulp from the truth at most, and for `sqrt`, `abs`, `min`, `max`, `clamp`, `floor` and `heaviside` the truth itself. In steps
//! those seven are instructions, with the same values in each precision. The others are written once over the operations of an
//! instruction set, in [`alif_core::elementary`], at most 2 ulp from the truth in both precisions: every engine follows
//! [`Function::expansion`] with its own kind of number, so all have the same bits. In double precision the last bits of the two may
//! differ; and in steps `sin`, `cos` and `tan` are NaN from 2⁵⁰ on, in single precision from 2²¹ on, for the reasons and at the price that
//! `elementary/trigonometric.rs` states.
//!
//! Derivatives are in `symbolic/differentiate.rs`, one arm a row.

use alif_core::elementary::{self, Arithmetic};
use alif_core::math;

/// How the dimensions of arguments and value hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimensionRule {
    /// Arguments and value are pure numbers.
    Pure,
    /// All arguments and the value have one dimension.
    Same,
    /// The value's dimension is the square root of the argument's.
    SquareRoot,
    /// The argument may have any dimension; the value is a pure number.
    ToPure,
    /// `pow`: as the operator `^`.
    Power,
}

macro_rules! functions {
    ($($variant:ident $name:literal $arity:literal $rule:ident |$a:ident| $value:expr $(, steps $steps:expr)?;)*) => {
        /// A built-in function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Function {
            /// Every function, in the order of the table.
            pub const ALL: &[Function] = &[$(Function::$variant),*];

            /// Its name in a model.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Function::$variant => $name),* }
            }

            /// How many arguments it takes.
            #[must_use]
            pub fn arity(self) -> usize {
                match self { $(Function::$variant => $arity),* }
            }

            /// Its rule for dimensions.
            #[must_use]
            pub fn dimensions(self) -> DimensionRule {
                match self { $(Function::$variant => DimensionRule::$rule),* }
            }

            /// Its value in double precision; `arguments` holds as many as [`Function::arity`] says.
            #[must_use]
            pub fn value(self, arguments: &[f64]) -> f64 {
                match self { $(Function::$variant => { let $a = arguments; $value })* }
            }

            /// Its value in a step, where it is not an instruction by itself; `arguments` holds as many as [`Function::arity`] says.
            #[must_use]
            pub fn expansion<N: Arithmetic>(self, arguments: &[N]) -> Option<N> {
                match self {
                    $($(Function::$variant => { let $a = arguments; Some($steps) })?)*
                    _ => None,
                }
            }
        }
    };
}

functions! {
    Exp "exp" 1 Pure |a| math::exp(a[0]), steps elementary::exp(a[0]);
    Expm1 "expm1" 1 Pure |a| math::expm1(a[0]), steps elementary::expm1(a[0]);
    Ln "ln" 1 Pure |a| math::ln(a[0]), steps elementary::ln(a[0]);
    Log10 "log10" 1 Pure |a| math::log10(a[0]), steps elementary::log10(a[0]);
    Sqrt "sqrt" 1 SquareRoot |a| math::sqrt(a[0]);
    Abs "abs" 1 Same |a| math::abs(a[0]);
    Min "min" 2 Same |a| math::min(a[0], a[1]);
    Max "max" 2 Same |a| math::max(a[0], a[1]);
    Clamp "clamp" 3 Same |a| math::clamp(a[0], a[1], a[2]);
    Floor "floor" 1 Pure |a| math::floor(a[0]);
    Sin "sin" 1 Pure |a| math::sin(a[0]), steps elementary::sin(a[0]);
    Cos "cos" 1 Pure |a| math::cos(a[0]), steps elementary::cos(a[0]);
    Tan "tan" 1 Pure |a| math::tan(a[0]), steps elementary::tan(a[0]);
    Tanh "tanh" 1 Pure |a| math::tanh(a[0]), steps elementary::tanh(a[0]);
    Sinh "sinh" 1 Pure |a| math::sinh(a[0]), steps elementary::sinh(a[0]);
    Cosh "cosh" 1 Pure |a| math::cosh(a[0]), steps elementary::cosh(a[0]);
    Exprel "exprel" 1 Pure |a| math::exprel(a[0]), steps elementary::exprel(a[0]);
    Sigmoid "sigmoid" 1 Pure |a| math::sigmoid(a[0]), steps elementary::sigmoid(a[0]);
    Heaviside "heaviside" 1 ToPure |a| math::heaviside(a[0]);
    Pow "pow" 2 Power |a| math::pow(a[0], a[1]), steps elementary::pow(a[0], a[1]);
    Detach "detach" 1 Same |a| math::detach(a[0]);
}

impl Function {
    /// The function of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.name() == name)
    }
}

/// The built-in constants by name.
#[must_use]
pub fn constant(name: &str) -> Option<f64> {
    (name == "pi").then_some(std::f64::consts::PI)
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[test]
    fn each_function_is_found_by_its_name_and_takes_its_arguments() {
        for &function in Function::ALL {
            assert_eq!(Function::named(function.name()), Some(function));
            assert!(function.value(&[0.5, 1.0, 2.0][..function.arity()]).is_finite());
        }
    }
}

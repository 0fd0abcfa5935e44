//! What stands between the typed methods that `alif_model!` writes and populations, which go by name.

mod drive;
mod generated;
mod methods;

use alloc::vec::Vec;

use alif_core::quantity::{Number, Quantity};

use crate::distribution::Distribution;
use crate::values::Values;

pub use drive::{Drive, Drives, InputsOf};

/// What a setter of a quantity takes: one value for all neurons, one a neuron, or a [`Distribution`]. Pure numbers are also given as `f64`.
pub trait Given<Q> {
    /// The values in the coherent set.
    fn values(self) -> Values;
}

macro_rules! given {
    ($([$($generics:tt)*] $quantity:ty, $element:ty => |$value:ident| $coherent:expr;)*) => {$(
        impl<$($generics)*> Given<$quantity> for $element {
            fn values(self) -> Values {
                let $value = self;
                Values::Coherent($coherent)
            }
        }

        impl<$($generics)*> Given<$quantity> for &[$element] {
            fn values(self) -> Values {
                Values::CoherentPerNeuron(self.iter().map(|&$value| $coherent).collect())
            }
        }

        impl<$($generics)*> Given<$quantity> for Vec<$element> {
            fn values(self) -> Values {
                self.as_slice().values()
            }
        }

        impl<$($generics)* const LENGTH: usize> Given<$quantity> for [$element; LENGTH] {
            fn values(self) -> Values {
                self.as_slice().values()
            }
        }
    )*};
}

given! {
    [const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16,]
        Quantity<M, KG, S, A, K, MOL>, Quantity<M, KG, S, A, K, MOL> => |value| value.value();
    [] Number, f64 => |value| value;
}

impl<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>
    Given<Quantity<M, KG, S, A, K, MOL>> for Distribution<Quantity<M, KG, S, A, K, MOL>>
{
    fn values(self) -> Values {
        Values::CoherentDrawn(self.map(Quantity::value))
    }
}

impl Given<Number> for Distribution {
    fn values(self) -> Values {
        Values::CoherentDrawn(self)
    }
}

/// Values of a quantity from the numbers of the neurons.
pub fn each<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>(
    neurons: usize,
    value: impl FnMut(usize) -> Quantity<M, KG, S, A, K, MOL>,
) -> Values {
    Values::CoherentPerNeuron((0..neurons).map(value).map(Quantity::value).collect())
}

/// Values of the coherent set as quantities.
pub fn quantities<const M: i16, const KG: i16, const S: i16, const A: i16, const K: i16, const MOL: i16>(
    values: Vec<f64>,
) -> Vec<Quantity<M, KG, S, A, K, MOL>> {
    values.into_iter().map(Quantity::coherent).collect()
}

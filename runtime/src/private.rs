//! All that code written by `alif_model!` may name. Not for people: it changes without notice.

pub use alloc::vec::Vec;
pub use core::option::Option::{None, Some};
pub use core::result::Result::{self, Ok};

pub use alif_core::adjoint::{AdjointMap, InitialGradient, ParamGradient, Rule};
pub use alif_core::generated::{Generated, Memory, NoAdjoint};
pub use alif_core::numerics::{noisy_propagator, propagator};
pub use alif_core::random::Draw;
pub use alif_core::{
    CheckInfo, CoefficientInfo, Demand, InputInfo, Lanes, Layout, Mask, ParamInfo, Port, PortInfo, Prepared, Real,
    Signature, StateInfo, SubStepsInfo, UnitInfo, elementary, math, quantity,
};

#[cfg(feature = "macros")]
pub use alif_macros::alif_model;

pub use crate::__builder_methods as builder_methods;
pub use crate::__population_methods as population_methods;
pub use crate::typed::{Drive, Drives, Given, InputsOf, each, quantities};
pub use crate::{Builder, Delay, Error, Event, Monitor, Neuron, Population, Recording, Shape, Source};

use alloc::string::String;

/// A text.
#[must_use]
pub fn text(text: &str) -> String {
    text.into()
}

/// Texts.
#[must_use]
pub fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.into()).collect()
}

/// A list.
#[must_use]
pub fn list<X, const LENGTH: usize>(elements: [X; LENGTH]) -> Vec<X> {
    elements.into()
}

//! Does a population offer what a user of BrainPy, Brian2 or NEST looks for: shapes, batches, values that are drawn, a way back to
//! the start?

mod batches;
mod between;
mod drawn;
mod looking;
mod page;
mod sources;

use alif::prelude::*;
use alif::{Builder, Error};

use crate::support;

/// An adaptive neuron with noise, a port and a refractory period: something of everything.
pub(crate) const EVERYTHING: &str = include_str!("surface/everything.alif");

#[allow(deprecated)] // the warning that events are lost to a held state
mod typed {
    alif::alif_model!(pub "surface/everything.alif");
}

/// The same population from a text, compiled and interpreted, and from a type.
pub(crate) fn ways(shape: impl Into<alif::Shape>) -> Vec<(&'static str, Builder)> {
    let (shape, model) = (shape.into(), support::model(EVERYTHING));
    vec![
        ("compiled", model.population(shape.clone()).engine(Engine::Compiled)),
        (
            "interpreter",
            model.population(shape.clone()).engine(Engine::Interpreter),
        ),
        ("type", Neuron::population(&typed::Everything, shape)),
    ]
}

/// Some events for `neurons` neurons.
pub(crate) fn events(neurons: u32) -> Vec<Event> {
    let event = |k: u32| Event {
        step: u64::from(k) * 7,
        neuron: k * 5 % neurons,
        weight: 1.5,
    };
    (0..20).map(event).collect()
}

pub(crate) fn population(builder: Builder) -> Population {
    builder.build().unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn refused<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error.to_string(),
    }
}

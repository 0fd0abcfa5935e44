//! Do closed forms come out, to the accuracy they are stated with?

mod crossings;
mod currents;
mod exponential;
mod linear;
mod noise;
mod random_systems;
mod spiking;
mod synapses;
mod time;

use alif::Model;
use alif_compiler::backend::{bind, complete};
use alif_core::Bound;

/// Binds a model's parameters, given in the coherent set, and the time step in ms.
fn prepared(model: &Model, given: &[(&str, f64)], dt: f64) -> Bound {
    let program = &model.compiled().program;
    for (name, _) in given {
        assert!(program.param_names.iter().any(|n| n == name), "no parameter {name}");
    }
    let values: Vec<Option<f64>> = program
        .param_names
        .iter()
        .map(|name| given.iter().find(|(n, _)| n == name).map(|(_, value)| *value))
        .collect();
    complete(program, &values, dt)
        .and_then(|values| bind(program, &values, dt, i64::MAX))
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// The coefficient of this name; nothing where the program does without.
fn coefficient(model: &Model, prepared: &Bound, name: &str) -> Option<f64> {
    let coefficients = &model.compiled().program.prepare.coefficients;
    let at = coefficients.iter().position(|c| c.name == name)?;
    Some(prepared.coefficients[at])
}

//! The model under measure: `models/alif.alif` with parameters at which its neurons stay active.

use alif_compiler::Compiled;
use alif_compiler::backend::{bind, complete};
use alif_compiler::ir::Program;
use alif_core::{Arrays, Place, Places, Real};

use crate::columns::{places, uniform};

/// The time step in ms.
pub const TIME_STEP: f64 = 0.1;

/// The input of all neurons. With the parameters below it keeps every neuron firing, so that no state becomes tiny.
pub(crate) const INPUT: f64 = 1.4;

/// The step program of the model.
///
/// # Panics
/// When the model is no longer the one that `columns.rs` describes.
#[must_use]
pub fn program() -> Program {
    let file = alif_grammar::parse(include_str!("../models/alif.alif")).expect("a shipped model parses");
    let Compiled { program, .. } = alif_compiler::compile(&file.models[0]).expect("it compiles");
    let is = Places::new(&program.layout, &uniform());
    assert_eq!(is, places(), "the model has changed: see `columns.rs`");
    program
}

/// The memory of `n` neurons: numbers bound, states spread over a period of firing, no events.
///
/// # Panics
/// When there is not enough memory.
#[must_use]
pub fn arrays<T: Real>(program: &Program, n: usize) -> Arrays<T> {
    let mut arrays = Arrays::<T>::new(places(), n).expect("enough memory");
    let coefficients = coefficients(program, T::MAX_COUNT);
    let uniforms = arrays.uniforms_mut();
    for (at, (value, coefficient)) in coefficients.iter().zip(&program.prepare.coefficients).enumerate() {
        uniforms[at] = if coefficient.steps {
            T::count_bits(*value as i64)
        } else {
            T::from_f64(*value).bits()
        };
    }
    set_input(&mut arrays, INPUT);
    fill(&mut arrays, 0, |i| T::from_f64(fraction(i, 0.618_033_988_749_894_9)));
    fill(&mut arrays, 1, |i| {
        T::from_f64(4.0 * fraction(i, 0.414_213_562_373_095_1))
    });
    arrays
}

/// V_th = 1 mV, beta = 0.1 mV, tau_a = 200 ms; R = 1 GOhm makes the input in pA one in mV.
fn coefficients(program: &Program, max_count: i64) -> Vec<f64> {
    let given: Vec<Option<f64>> = program
        .param_names
        .iter()
        .map(|name| match name.as_str() {
            "tau_a" => Some(200.0),
            "V_th" | "R" => Some(1.0),
            "beta" => Some(0.1),
            _ => None,
        })
        .collect();
    let params = complete(program, &given, TIME_STEP).expect("the parameters are complete");
    let bound = bind(program, &params, TIME_STEP, max_count).expect("the parameters are sound");
    bound.coefficients
}

/// Sets the input of all neurons.
///
/// # Panics
/// When the arrays are not those of [`arrays`].
pub fn set_input<T: Real>(arrays: &mut Arrays<T>, value: f64) {
    let Place::Uniform(at) = arrays.places().input(0) else {
        panic!("the input is uniform");
    };
    arrays.uniforms_mut()[at] = T::from_f64(value).bits();
}

/// Sets an array, neuron by neuron.
pub fn fill<T: Real>(arrays: &mut Arrays<T>, array: usize, of: impl FnMut(usize) -> T) {
    let values = arrays.values_mut(array).iter_mut();
    values.zip((0..).map(of)).for_each(|(x, value)| *x = value);
    arrays.pad(array);
}

/// Multiples of an irrational number are spread evenly over 0 … 1.
fn fraction(i: usize, step: f64) -> f64 {
    (i as f64 * step).fract()
}

//! Random models: their gradients against differences, and every engine against every other.

use std::sync::Arc;

use alif::{AdjointOptions, Rule};
use alif_compiler::Compiled;
use alif_compiler::adjoint::{adjoint, eligibility};
use alif_compiler::backend::{bind, complete};
use alif_compiler::ir::Program;
use alif_core::Real;

use super::check;
use crate::backends::generator::random_model;
use crate::backends::{Setting, different, step};
use crate::support::{self, Random};

/// A random model with a `learn` block, if it spikes. Some texts are no models, as where a function has no value.
fn learning(random: &mut Random, name: &str) -> alif::Model {
    let (text, model) = loop {
        let text = random_model(random, name);
        if let Ok(model) = alif::Model::from_text(&text) {
            break (text, model);
        }
    };
    let compiled = &model.compiled().model;
    if compiled.spike.is_none() || compiled.learn.as_ref().is_some_and(|learn| learn.surrogate.is_some()) {
        return model;
    }
    // `spiked` is no name of the text.
    let states: Vec<&String> = compiled
        .states
        .iter()
        .map(|state| &state.name)
        .filter(|name| *name != "spiked")
        .collect();
    let state = states[random.below(states.len())];
    let end = text.rfind('}').expect("a model ends");
    support::model(&format!(
        "{}    learn {{ surrogate sigmoid({state} - 0.5, alpha = 1.5); detach {state}; }}\n}}\n",
        &text[..end]
    ))
}

#[test]
fn gradients_of_200_random_models_are_their_differences_and_transposed_their_own() {
    let mut random = Random(101);
    let (mut worst, mut transposed) = (0.0_f64, 0.0_f64);
    let (mut compared, mut edges, mut singular, mut models) = (0, 0, 0, 0);
    for number in 0..200 {
        let model = learning(&mut random, &format!("Random{number}"));
        let points = check::points(model.compiled(), 0.1, 4, &mut random);
        let verdict = check::against_differences(model.compiled(), &points, &mut random);
        let (own, not_finite) = check::transposed(model.compiled(), &points, &mut random);
        assert!(verdict.worst <= 1e-6 && own <= 1e-12, "{number}: {verdict:?}, {own:e}");
        (worst, transposed) = (worst.max(verdict.worst), transposed.max(own));
        (compared, edges) = (compared + verdict.compared, edges + verdict.edges);
        singular += not_finite + verdict.singular;
        models += usize::from(verdict.compared > 0);
    }
    println!(
        "{worst:.1e} of {compared} gradients of {models} models, {edges} at edges; transposed {transposed:.1e}, {singular} singular"
    );
    // A point is an edge where a condition changes within the difference, and singular where, say, a root is taken of zero.
    assert!(models > 120 && compared > 3000, "{models} models, {compared} gradients");
    assert!(
        edges < compared / 20 && singular < compared / 50,
        "{edges} at edges, {singular} singular"
    );
}

/// Interpreter and compiled code on random numbers; whether there was anything to compare.
fn engines_agree<T: Real>(program: &Program, name: &str, random: &mut Random) -> bool {
    const NEURONS: usize = 70;
    let none = vec![None; program.param_names.len()];
    // Where a parameter is at an edge of what a function can take, its gradient may have no value.
    if complete(program, &none, 0.1).is_ok_and(|params| bind(program, &params, 0.1, T::MAX_COUNT).is_err()) {
        return false;
    }
    let per_neuron = random.chance(50);
    let mut setting = Setting::<T>::new(Arc::new(program.clone()), NEURONS, || per_neuron);
    setting.bind(&[vec![None; program.param_names.len()]], 0.1, |_| 0);
    for state in 0..program.layout.states {
        setting.write(setting.arrays.places().state(state), || random.between(-2.0, 2.0));
    }
    if let Some(counter) = setting.arrays.places().counter() {
        for neuron in 0..NEURONS {
            setting.arrays.bits_mut(counter)[neuron] = T::count_bits(random.below(3) as i64);
        }
        setting.arrays.pad(counter);
    }
    setting.drive(random, (-3.0, 3.0), (-1.0, 2.0));
    let (interpreter, kernel) = (setting.interpreter(), setting.kernel(true));
    let mut compiled = setting.copy();
    step(&interpreter, &mut setting.arrays);
    step(&kernel, &mut compiled);
    assert_eq!(
        different(&setting.arrays, &compiled, true),
        0,
        "{name}, {}",
        T::PRECISION
    );
    true
}

fn all_agree(compiled: &Compiled, name: &str, random: &mut Random) -> usize {
    let rule = Rule::ALL[2 * random.below(2)];
    let options = AdjointOptions {
        rule,
        ..AdjointOptions::default()
    };
    let back = adjoint(compiled, &options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let forth = eligibility(compiled, &options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut compared = 0;
    for program in [&back.program, &forth.program] {
        compared += usize::from(engines_agree::<f32>(program, name, random));
        compared += usize::from(engines_agree::<f64>(program, name, random));
    }
    compared
}

#[test]
fn adjoints_have_the_same_bits_in_every_engine() {
    let mut random = Random(77);
    let mut compared = 0;
    for (name, model) in super::learning_models() {
        compared += all_agree(model.compiled(), &name, &mut random);
    }
    for number in 0..30 {
        let model = learning(&mut random, &format!("Random{number}"));
        compared += all_agree(model.compiled(), &model.signature().name.clone(), &mut random);
    }
    println!("{compared} programs");
    assert!(compared > 120, "only {compared} programs");
}

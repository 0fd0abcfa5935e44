//! Every function that steps expand, on a million numbers in every engine, and in each place of a model where it may stand.

use std::sync::Arc;

use alif_compiler::backend::observe;
use alif_compiler::functions::Function;
use alif_compiler::ir::{Inst, Program};
use alif_core::native::{Level, NativeKernel, Vectors};
use alif_core::{Arrays, Lanes, Place, Real};

use super::{Setting, different, step};
use crate::support::{Random, model, workspace};

alif::alif_model!("backends/lanes.alif");

fn program(file: &str) -> Arc<Program> {
    let path = workspace().join("tests/backends").join(file);
    let model = alif::Model::load(path).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(model.compiled().program.clone())
}

/// Half of the numbers are any bits, the others such as functions meet them.
fn number<T: Real>(random: &mut Random) -> T {
    match random.below(8) {
        0..4 => T::from_bits(T::count_bits(random.bits().cast_signed())),
        4 => T::from_f64(random.between(-750.0, 750.0)),
        5 => T::from_f64(random.between(-100.0, 100.0)),
        6 => T::from_f64(random.between(-2.0, 2.0)),
        _ => T::from_f64(random.between(-8.0, 8.0).floor() * 0.5),
    }
}

fn setting<T: Real>(file: &str, neurons: usize, seed: u64) -> Setting<T> {
    let mut random = Random(seed);
    let mut setting = Setting::<T>::new(program(file), neurons, || true);
    for input in 0..2 {
        let Place::Array(array) = setting.arrays.places().input(input) else {
            unreachable!("inputs differ between neurons")
        };
        setting.arrays.values_mut(array).fill_with(|| number(&mut random));
        setting.arrays.pad(array);
    }
    setting
}

/// The memory as it was, for another engine.
fn again<T: Real>(setting: &Setting<T>, start: &Arrays<T>) -> Arrays<T> {
    let mut copy = setting.copy();
    super::copy_bits(start, &mut copy);
    copy
}

/// The interpreter and Cranelift; with `fma` false, where each multiply-add is the call of a function, on fewer numbers.
fn same_bits<T: Vectors>(seed: u64) {
    for (neurons, fma) in [(1 << 20, true), (1 << 14, false)] {
        let mut setting = setting::<T>("functions.alif", neurons, seed);
        let mut compiled = setting.copy();
        step(&setting.interpreter(), &mut setting.arrays);
        let spikes = setting.arrays.spikes();
        assert!(spikes.iter().all(|&word| word == u64::MAX), "every neuron computes");
        step(&setting.kernel(fma), &mut compiled);
        assert_eq!(
            different(&setting.arrays, &compiled, true),
            0,
            "{}, fma {fma}",
            T::PRECISION
        );
    }
}

/// The interpreter and what Rust makes of the same functions for each vector width.
fn same_lanes<T: Vectors>(seed: u64) {
    let mut setting = setting::<T>("lanes.alif", 1 << 18, seed);
    let start = setting.copy();
    step(&setting.interpreter(), &mut setting.arrays);
    for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
        let kernel = NativeKernel::<LanesOfFunctions, T>::at_level(level, &[], &setting.specialization);
        let mut native = again(&setting, &start);
        step(&kernel, &mut native);
        assert_eq!(
            different(&setting.arrays, &native, true),
            0,
            "{level}, {}",
            T::PRECISION
        );
        println!("{}: {level} as the interpreter", T::PRECISION);
    }
}

#[test]
fn a_quarter_of_a_million_numbers_in_every_vector_width() {
    same_lanes::<f32>(73);
    same_lanes::<f64>(74);
}

#[test]
fn a_million_numbers_in_single_precision() {
    same_bits::<f32>(70);
}

#[test]
fn a_million_numbers_in_double_precision() {
    same_bits::<f64>(71);
}

#[test]
fn the_model_has_every_function_with_an_expansion() {
    let program = program("functions.alif");
    for function in Function::ALL.iter().filter(|function| function.operations().is_some()) {
        let found = program
            .insts()
            .any(|inst| matches!(inst, Inst::Call(f, _) if f == function));
        assert!(found, "{}", function.name());
    }
}

/// A model with functions in a drive, in a block that is not affine in its weight, in a spike condition, in resets, in definitions;
/// one function of one argument is computed once.
#[test]
fn functions_stand_wherever_numbers_do() {
    let model = model(
        "model Everywhere {
            param tau = 10 ms;
            state V = 0.5;
            state w = 0.1;
            input I;
            input e : event;
            let rate = exp(V) / (1 + exp(V));
            tau * dV/dt = -V + tanh(I) + exp(I);
            tau * dw/dt = -w + sigmoid(sin(I));
            on e(x) { V += exp(-V) * x * x; }
            spike when rate > 0.7 + 0.1 * cos(w) { V = ln(1 + w ^ 2); w += 0.1 * exp(V) * pow(2 + sin(w), 1.5); }
        }",
    );
    let program = Arc::new(model.compiled().program.clone());
    let text = program.to_string();
    assert!(text.contains("= exp v") && text.contains("= pow v"), "{text}");
    let before_spike = program
        .step
        .iter()
        .filter(|inst| matches!(inst, Inst::Call(Function::Exp, _)))
        .count();
    assert_eq!(
        before_spike, 3,
        "of the input, in the block, and once in the definition:\n{text}"
    );
    let mut random = Random(72);
    let mut setting = Setting::<f64>::new(program.clone(), 130, || true);
    setting.bind(&[vec![None]], 0.1, |_| 0);
    setting.write(setting.arrays.places().state(0), || random.between(-1.0, 1.0));
    let (interpreter, kernel) = (setting.interpreter(), setting.kernel(true));
    let mut compiled = setting.copy();
    let mut spikes = 0;
    for _ in 0..200 {
        setting.drive(&mut random, (-2.0, 2.0), (0.0, 0.5));
        super::copy_bits(&setting.arrays, &mut compiled);
        step(&interpreter, &mut setting.arrays);
        step(&kernel, &mut compiled);
        assert_eq!(different(&setting.arrays, &compiled, false), 0);
        spikes += compiled.spikes().iter().map(|word| word.count_ones()).sum::<u32>();
    }
    assert!(spikes > 100, "{spikes} spikes");
    // Monitors see the same function.
    let rate = observe(&program, &setting.arrays, 0, &[0]).expect("a definition that can be observed")[0];
    let v = Lanes([setting.arrays.values(0)[0]]);
    let e = alif_core::elementary::exp(v).0[0];
    assert_eq!(rate, e / (1.0 + e));
}

/// The limit on the size of a step counts what functions expand into.
#[test]
fn functions_count_as_much_as_they_are() {
    let text = |terms: usize| {
        let sum: Vec<String> = (0..terms).map(|n| format!("tanh({n}.5 * I)")).collect();
        format!(
            "model Large {{ state V = 0; input I; 10 ms * dV/dt = -V + {}; }}",
            sum.join(" + ")
        )
    };
    let size = model(&text(20)).compiled().program.size();
    assert!(size > 20 * 30, "{size}");
    let error = alif::Model::from_text(&text(600)).expect_err("more than 20,000 operations");
    assert!(error.to_string().contains("instructions; the most is 20000"), "{error}");
}

//! Interpreter and compiled code on random models.

use std::sync::Arc;

use alif::{LoadError, Model};
use alif_compiler::ir::{Inst, Options, Program};
use alif_core::{FLUSH_EVERY, Real};
use alif_grammar::Code;

use super::generator::random_model;
use super::{Setting, different, step};
use crate::support::Random;

const MODELS: u64 = 300;
const NEURONS: usize = 130;
const STEPS: u64 = 64;

/// What random models came to, so that a generator that has gone dull is noticed.
#[derive(Debug, Default)]
struct Tried {
    spikes: u64,
    not_numbers: u64,
    non_affine: usize,
    refractory: usize,
    refused: usize,
    kinds: std::collections::BTreeSet<&'static str>,
}

fn kind(inst: &Inst) -> &'static str {
    match inst {
        Inst::Fma(..) => "fma",
        Inst::Div(..) => "div",
        Inst::Sqrt(_) => "sqrt",
        Inst::Floor(_) => "floor",
        Inst::Abs(_) => "abs",
        Inst::Neg(_) => "neg",
        Inst::Select(..) => "select",
        Inst::Masked(..) => "masked",
        Inst::Not(_) => "not",
        Inst::And(..) => "and",
        Inst::Or(..) => "or",
        Inst::Arrived(..) => "arrived",
        Inst::CountDown(..) => "count",
        Inst::Call(function, _) => function.name(),
        _ => "other",
    }
}

fn one<T: Real>(text: &str, program: &Arc<Program>, fma: bool, random: &mut Random, tried: &mut Tried) {
    // The parameters of random models are time constants and pure numbers.
    let durations: Vec<bool> = program
        .param_names
        .iter()
        .map(|name| text.contains(&format!(" {name} > 0 ms;")))
        .collect();
    let share = random.below(4) as u64 * 33;
    let mut shares = Random(random.bits());
    let mut setting = Setting::<T>::new(program.clone(), NEURONS, || shares.chance(share));
    // The defaults for the uniform coefficients, and a few sets around them.
    let mut sets: Vec<Vec<Option<f64>>> = (0..5)
        .map(|set| {
            let value = |&duration: &bool| match (set, duration) {
                (0, _) => None,
                (_, true) => Some(random.between(0.3, 50.0)),
                (_, false) => Some(random.between(-2.0, 2.0)),
            };
            durations.iter().map(value).collect()
        })
        .collect();
    // Coefficients such as sqrt(p0) are refused where they are not numbers.
    sets.retain(|set| setting.coefficients(set, 0.1).is_ok());
    if sets.is_empty() {
        tried.refused += 1;
        return;
    }
    setting.bind(&sets, 0.1, |neuron| neuron % sets.len());
    for state in 0..program.layout.states {
        setting.write(setting.arrays.places().state(state), || random.between(-2.0, 2.0));
    }
    let (interpreter, kernel) = (setting.interpreter(), setting.kernel(fma));
    let mut compiled = setting.copy();
    for at in 1..=STEPS {
        setting.drive(random, (-2.0, 2.0), (-2.0, 2.0));
        let spikes = compiled.spikes().iter().map(|w| u64::from(w.count_ones())).sum::<u64>();
        tried.spikes += spikes;
        // States and counters are equal up to the payloads of NaNs, so the whole memory can be copied.
        super::copy_bits(&setting.arrays, &mut compiled);
        step(&interpreter, &mut setting.arrays);
        step(&kernel, &mut compiled);
        if at.is_multiple_of(FLUSH_EVERY) {
            setting.arrays.flush_tiny();
            compiled.flush_tiny();
        }
        let found = different(&setting.arrays, &compiled, true);
        assert_eq!(found, 0, "step {at}, {}, fma {fma}:\n{text}\n{program}", T::PRECISION);
    }
    let first = setting.arrays.values(0);
    tried.not_numbers += first.iter().filter(|x| x.to_f64().is_nan()).count() as u64;
}

/// A random model; another one where a number that is written out is none, such as `sqrt(-1.0)` or `1.0 / 0.0`.
pub(crate) fn random_valid_model(random: &mut Random, name: &str) -> (String, Model) {
    loop {
        let text = random_model(random, name);
        match Model::from_text(&text) {
            Ok(model) => return (text, model),
            Err(LoadError::Invalid { diagnostics, .. })
                if diagnostics
                    .iter()
                    .any(|d| matches!(d.code, Code::NumberRange | Code::DivisionByZero)) => {}
            Err(error) => panic!("{error}\n{text}"),
        }
    }
}

#[test]
fn random_models_have_the_same_bits_in_both_engines() {
    let mut tried = Tried::default();
    for seed in 0..MODELS {
        let mut random = Random(1000 + seed);
        let (text, model) = random_valid_model(&mut random, "Random");
        let compiled = model.compiled();
        let slots = (0..compiled.model.ports.len()).map(|_| 1 + random.below(3)).collect();
        let program = alif_compiler::lower(&compiled.model, &compiled.update, &Options { slots });
        assert_eq!(alif_compiler::ir::verify(&program), Ok(()), "{text}");
        tried.non_affine += program.layout.ports.iter().filter(|port| port.each).count();
        tried.refractory += usize::from(program.layout.counter);
        tried.kinds.extend(program.insts().map(kind));
        let program = Arc::new(program);
        one::<f32>(&text, &program, true, &mut random, &mut tried);
        one::<f64>(&text, &program, true, &mut random, &mut tried);
        if seed % 5 == 0 {
            // What a machine without fused multiply-add computes.
            one::<f32>(&text, &program, false, &mut random, &mut tried);
            one::<f64>(&text, &program, false, &mut random, &mut tried);
        }
    }
    println!("{tried:?}");
    let total = MODELS * STEPS * NEURONS as u64;
    assert!(tried.spikes > total / 10 && tried.not_numbers < total / 10);
    assert!(tried.refused < MODELS as usize / 10);
    assert!(tried.non_affine > 20 && tried.refractory > 100);
    assert_eq!(
        tried.kinds.len(),
        14 + 13,
        "some kind of instruction was never generated: {:?}",
        tried.kinds
    );
}

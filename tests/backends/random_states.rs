//! Interpreter and compiled code on a million random states, and on a million random bit patterns.

use std::sync::Arc;

use alif_compiler::ir::Program;
use alif_core::{Place, Real};

use super::{Setting, copy_bits, different, step};
use crate::support::{Random, shipped};

const NEURONS: usize = 1 << 20;
const STEPS: usize = 20;
/// Distinct sets of parameters, where parameters differ between neurons.
const SETS: usize = 1 << 10;

fn program(file: &str) -> Arc<Program> {
    Arc::new(shipped(file).compiled().program.clone())
}

/// Parameters in the coherent set around values at which the model spikes now and then.
fn parameters(program: &Program, random: &mut Random) -> Vec<Option<f64>> {
    program
        .param_names
        .iter()
        .map(|name| {
            let (low, high) = match name.as_str() {
                "tau" => (5.0, 40.0),
                "tau_a" => (20.0, 3000.0),
                "V_rest" => (-2.0, 2.0),
                "V_th" => (8.0, 12.0),
                "R" => (0.5e-3, 2e-3),
                "beta" => (0.0, 2.0),
                "t_ref" | "tau_ref" => (0.0, 3.0),
                other => panic!("no range for parameter {other}"),
            };
            Some(random.between(low, high))
        })
        .collect()
}

/// Both engines, step by step; every bit of states, counters and spikes.
fn random_states<T: Real>(file: &str, per_neuron: bool, seed: u64) {
    let mut random = Random(seed);
    let mut setting = Setting::<T>::new(program(file), NEURONS, || per_neuron);
    let sets: Vec<Vec<Option<f64>>> = (0..if per_neuron { SETS } else { 1 })
        .map(|_| parameters(&setting.program, &mut random))
        .collect();
    let assignment: Vec<usize> = (0..NEURONS).map(|_| random.below(sets.len())).collect();
    setting.bind(&sets, 0.1, |neuron| assignment[neuron]);
    for (name, state) in setting.program.state_names.clone().iter().zip(0..) {
        let (low, high) = if name == "V" { (-20.0, 20.0) } else { (0.0, 4.0) };
        setting.write(setting.arrays.places().state(state), || random.between(low, high));
    }
    let counter = setting.arrays.places().counter().expect("a refractory period");
    for neuron in 0..NEURONS {
        setting.arrays.bits_mut(counter)[neuron] = T::count_bits(random.below(4) as i64);
    }
    let (interpreter, kernel) = (setting.interpreter(), setting.kernel(true));
    let mut compiled = setting.copy();
    let mut spikes = 0;
    for at in 0..STEPS {
        setting.drive(&mut random, (0.0, 40e3), (-2.0, 5.0));
        copy_inputs(&setting, &mut compiled);
        step(&interpreter, &mut setting.arrays);
        step(&kernel, &mut compiled);
        assert_eq!(different(&setting.arrays, &compiled, false), 0, "{file}, step {at}");
        spikes += compiled.spikes().iter().map(|w| w.count_ones() as usize).sum::<usize>();
    }
    assert!(
        spikes > NEURONS / 20,
        "only {spikes} spikes: the spike blocks were hardly tried"
    );
    println!(
        "{file} {} per neuron: {per_neuron}: 0 different bits, {spikes} spikes",
        T::PRECISION
    );
}

/// Inputs and weights of this step; states and counters stay what each engine made of them.
fn copy_inputs<T: Real>(from: &Setting<T>, to: &mut alif_core::Arrays<T>) {
    let places = from.arrays.places();
    let own = (places.states() + usize::from(places.counter().is_some())) * from.arrays.stride();
    let all = places.arrays() * from.arrays.stride();
    to.all_bits_mut()[own..all].copy_from_slice(&from.arrays.all_bits()[own..all]);
    to.uniforms_mut().copy_from_slice(from.arrays.uniforms());
}

/// One step from arrays full of random bits: infinities, NaNs, denormals, counters of any size.
fn raw_bits<T: Real>(file: &str, per_neuron: bool, seed: u64)
where
    T::Bits: FromRandom,
{
    let mut random = Random(seed);
    let mut setting = Setting::<T>::new(program(file), NEURONS, || per_neuron);
    for array in 0..setting.arrays.places().arrays() {
        setting
            .arrays
            .bits_mut(array)
            .fill_with(|| T::Bits::from_random(random.bits()));
        setting.arrays.pad(array);
    }
    if !per_neuron {
        // Uniform values of any size would make all neurons alike; these are finite.
        let set = parameters(&setting.program, &mut random);
        setting.bind(&[set], 0.1, |_| 0);
        if let Place::Uniform(index) = setting.arrays.places().input(0) {
            setting.arrays.uniforms_mut()[index] = T::from_f64(15e3).bits();
        }
    }
    let start = setting.copy();
    step(&setting.interpreter(), &mut setting.arrays);
    // The second as on a machine without fused multiply-add.
    for fma in [true, false] {
        let mut compiled = setting.copy();
        copy_bits(&start, &mut compiled);
        step(&setting.kernel(fma), &mut compiled);
        assert_eq!(different(&setting.arrays, &compiled, true), 0, "{file}, fma {fma}");
    }
}

/// Random bits of the width of a precision.
trait FromRandom {
    fn from_random(bits: u64) -> Self;
}

impl FromRandom for u32 {
    fn from_random(bits: u64) -> Self {
        (bits >> 32) as u32
    }
}

impl FromRandom for u64 {
    fn from_random(bits: u64) -> Self {
        bits
    }
}

const MODELS: [&str; 2] = ["alif.alif", "alif_bellec2020.alif"];

#[test]
fn a_million_random_states_single_precision() {
    for (seed, file) in MODELS.into_iter().enumerate() {
        random_states::<f32>(file, false, 10 + seed as u64);
        random_states::<f32>(file, true, 20 + seed as u64);
    }
}

#[test]
fn a_million_random_states_double_precision() {
    for (seed, file) in MODELS.into_iter().enumerate() {
        random_states::<f64>(file, false, 30 + seed as u64);
        random_states::<f64>(file, true, 40 + seed as u64);
    }
}

#[test]
fn a_million_random_bit_patterns() {
    for (seed, file) in MODELS.into_iter().enumerate() {
        for per_neuron in [false, true] {
            raw_bits::<f32>(file, per_neuron, 50 + seed as u64);
            raw_bits::<f64>(file, per_neuron, 60 + seed as u64);
        }
    }
}

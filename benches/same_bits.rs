//! A kernel is only worth timing if it computes what the interpreter does.

use std::sync::Arc;

use alif_compiler::backend::Interpreter;
use alif_compiler::ir::Program;
use alif_core::{Arrays, Real, StepKernel};

use crate::columns::{places, uniform};
use crate::model::fill;

const NEURONS: usize = 1_000;
const STEPS: usize = 64;
/// Where the words of a step are split into two calls.
const SPLIT: usize = 5;

/// Compares a kernel with the interpreter: all states, counters and spike bits after each of 64 steps of 1000 neurons, once from
/// random states and once from states at the threshold.
///
/// # Panics
/// At the first difference, and says where it is.
pub fn assert_same_bits<T: Real>(program: &Arc<Program>, name: &str, kernel: &dyn StepKernel<T>) {
    let interpreter = Interpreter::new(Arc::clone(program), &uniform());
    for (start, arrays) in [
        ("random states", random::<T> as fn() -> Arrays<T>),
        ("states at the threshold", at_threshold),
    ] {
        let (mut expected, mut actual) = (arrays(), arrays());
        let words = expected.words();
        let mut spikes = 0;
        for step in 1..=STEPS {
            expected.run(&interpreter, 0..words);
            actual.run(kernel, SPLIT..words);
            actual.run(kernel, 0..SPLIT);
            let place = format!("{name}, {}, from {start}, step {step}", T::PRECISION);
            compare(&expected, &actual, &place);
            spikes += expected.spikes().iter().map(|word| word.count_ones()).sum::<u32>();
        }
        assert!(
            spikes as usize > NEURONS / 10,
            "a comparison needs spikes; from {start} there were {spikes}"
        );
    }
}

fn compare<T: Real>(expected: &Arrays<T>, actual: &Arrays<T>, place: &str) {
    for (array, what) in ["V", "a", "refractory counter"].into_iter().enumerate() {
        let (is, should) = (actual.bits(array), expected.bits(array));
        if let Some(i) = (0..NEURONS).find(|&i| is[i] != should[i]) {
            let (is, should) = (is[i], should[i]);
            panic!("{place}: {what} of neuron {i} has bits {is:x?}, those of the interpreter are {should:x?}");
        }
    }
    for (at, (is, should)) in actual.spikes().iter().zip(expected.spikes()).enumerate() {
        assert_eq!(
            is, should,
            "{place}: spike bits of word {at}, left the kernel's, right the interpreter's"
        );
    }
}

/// Numbers that look random, from 0 to 1 (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Arrays with these numbers, in the order of [`crate::columns::Numbers`] without the refractory period.
fn arrays<T: Real>([offset, gain, decay_v, decay_a, threshold, beta, input]: [f64; 7]) -> Arrays<T> {
    let mut arrays = Arrays::<T>::new(places(), NEURONS).expect("enough memory");
    let real = |x: f64| T::from_f64(x).bits();
    let period = T::count_bits(20);
    arrays.uniforms_mut().copy_from_slice(&[
        real(offset),
        real(gain),
        real(decay_v),
        real(decay_a),
        real(threshold),
        real(beta),
        period,
        real(input),
        // The weight of events that do not come.
        real(-0.0),
    ]);
    arrays
}

/// States on both sides of the threshold; half of the neurons ready, the others with up to 25 steps to go.
fn random<T: Real>() -> Arrays<T> {
    let mut random = Random(1);
    let mut arrays = arrays([0.003, 0.0049, 0.995, 0.9995, 0.97, 0.103, 1.4]);
    fill(&mut arrays, 0, |_| T::from_f64(3.0 * random.next() - 1.5));
    fill(&mut arrays, 1, |_| T::from_f64(4.0 * random.next() - 1.0));
    fill(&mut arrays, 2, |_| {
        let count = (50.0 * random.next() - 25.0).max(0.0);
        T::from_bits(T::count_bits(count as i64))
    });
    arrays
}

/// States that do not move, with `V` at the threshold or the next number above: rounding that differs shows as a spike.
fn at_threshold<T: Real>() -> Arrays<T> {
    let mut random = Random(2);
    let (threshold, beta) = (0.97, 0.103);
    let mut arrays = arrays([0.0, 0.0, 1.0, 1.0, threshold, beta, 0.0]);
    let adaptation: Vec<T> = (0..NEURONS).map(|_| T::from_f64(4.0 * random.next())).collect();
    fill(&mut arrays, 0, |i| {
        let level = T::from_f64(threshold) + T::from_f64(beta) * adaptation[i];
        let bits = T::count(level.bits()) + (i % 2) as i64;
        T::from_bits(T::count_bits(bits))
    });
    fill(&mut arrays, 1, |i| adaptation[i]);
    arrays
}

//! What a step costs, in ns for each neuron, against the same update as a plain Rust loop in the same run.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;

use alif_benches::{Samples, pin, timed};
use alif_compiler::Compiled;
use alif_compiler::backend::cranelift::{JitOptions, compile};
use alif_compiler::backend::{bind, complete};
use alif_core::{Arrays, Place, Places, Real, Specialization, StepKernel};

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Neuron-updates in one sample.
const UPDATES: usize = 4_000_000;
const SAMPLES: usize = 25;

/// The drive of neuron `i`: at these parameters about 18 Hz on average over the population.
fn drive(i: usize) -> f64 {
    0.8 + 1.2 * (i as f64 * 0.618_033_988_749_894_9).fract()
}

/// The update of `models/alif.alif`, as one would write it by hand.
#[derive(Clone, Copy)]
struct Hand<T> {
    decay_v: T,
    gain: T,
    offset: T,
    decay_a: T,
    threshold: T,
    beta: T,
    refractory: i32,
}

macro_rules! hand_step {
    ($name:ident, $float:ty) => {
        #[inline(never)]
        fn $name(
            h: Hand<$float>,
            v: &mut [$float],
            a: &mut [$float],
            r: &mut [i32],
            i: &[$float],
            w: &[$float],
        ) -> usize {
            let mut spikes = 0;
            for k in 0..v.len() {
                if r[k] > 0 {
                    r[k] -= 1;
                }
                let mut x = h.decay_v * (v[k] + w[k]) + (h.gain * i[k] + h.offset);
                let mut y = h.decay_a * a[k];
                if x > h.threshold + h.beta * y && r[k] == 0 {
                    x -= h.threshold;
                    y += 1.0;
                    r[k] = h.refractory;
                    spikes += 1;
                }
                v[k] = x;
                a[k] = y;
            }
            spikes
        }
    };
}
hand_step!(hand_step_f32, f32);
hand_step!(hand_step_f64, f64);

/// A precision with its hand-written loop.
trait Measured: Real {
    fn hand(h: Hand<f64>, v: &mut [Self], a: &mut [Self], r: &mut [i32], i: &[Self], w: &[Self]) -> usize;
}
impl Measured for f32 {
    fn hand(h: Hand<f64>, v: &mut [Self], a: &mut [Self], r: &mut [i32], i: &[Self], w: &[Self]) -> usize {
        let h = Hand {
            decay_v: h.decay_v as f32,
            gain: h.gain as f32,
            offset: h.offset as f32,
            decay_a: h.decay_a as f32,
            threshold: h.threshold as f32,
            beta: h.beta as f32,
            refractory: h.refractory,
        };
        hand_step_f32(h, v, a, r, i, w)
    }
}
impl Measured for f64 {
    fn hand(h: Hand<f64>, v: &mut [Self], a: &mut [Self], r: &mut [i32], i: &[Self], w: &[Self]) -> usize {
        hand_step_f64(h, v, a, r, i, w)
    }
}

fn compiled() -> Compiled {
    let file = alif_grammar::parse(include_str!("../models/alif.alif")).expect("a shipped model parses");
    alif_compiler::compile(&file.models[0]).expect("it compiles")
}

/// The compiled model with its memory filled.
struct Jit<T: Real> {
    arrays: Arrays<T>,
    kernel: Arc<dyn StepKernel<T>>,
}

impl<T: Real> Jit<T> {
    fn new(compiled: &Compiled, coefficients: &[f64], n: usize) -> Self {
        let program = &compiled.program;
        let of = Specialization {
            coefficients: vec![false; coefficients.len()],
            inputs: vec![true],
        };
        let options = JitOptions {
            verifier: false,
            ..JitOptions::default()
        };
        let kernel = Arc::new(compile::<T>(program, &of, options).expect("this machine has a JIT"));
        let mut arrays = Arrays::<T>::new(Places::new(&program.layout, &of), n).expect("enough memory");
        for (index, value) in coefficients.iter().enumerate() {
            if let Place::Uniform(at) = arrays.places().coefficient(index) {
                let count = program.prepare.coefficients[index].steps;
                arrays.uniforms_mut()[at] = if count {
                    T::count_bits(*value as i64)
                } else {
                    T::from_f64(*value).bits()
                };
            }
        }
        if let Place::Array(input) = arrays.places().input(0) {
            for (i, x) in arrays.values_mut(input).iter_mut().enumerate() {
                *x = T::from_f64(drive(i));
            }
            arrays.pad(input);
        }
        Self { arrays, kernel }
    }

    /// Steps, with what a simulation does besides: counting spikes, flushing tiny states.
    fn run(&mut self, steps: usize) -> usize {
        self.run_flushing(steps, true)
    }

    fn run_flushing(&mut self, steps: usize, flush: bool) -> usize {
        let words = self.arrays.words();
        let mut spikes = 0;
        for step in 1..=steps {
            self.kernel.run(&mut self.arrays, 0..words);
            self.arrays.clear_padding();
            if flush && (step as u64).is_multiple_of(alif_core::FLUSH_EVERY) {
                self.arrays.flush_tiny();
            }
            spikes += self
                .arrays
                .spikes()
                .iter()
                .map(|w| w.count_ones() as usize)
                .sum::<usize>();
        }
        spikes
    }
}

/// The coefficients of the benchmark, and a way to find them by name.
fn parameters(compiled: &Compiled, max_count: i64) -> (Vec<f64>, impl Fn(&str) -> f64 + '_) {
    let program = &compiled.program;
    // V_th = 1 mV, tau_a = 200 ms, beta = 0.1 mV; R = 1 GOhm makes the drive in pA one in mV.
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
    let params = complete(program, &given, 0.1).expect("the parameters are complete");
    let bound = bind(program, &params, 0.1, max_count)
        .expect("the parameters are sound")
        .coefficients;
    let found = bound.clone();
    let of = move |name: &str| {
        let at = program.prepare.coefficients.iter().position(|c| c.name == name);
        at.map_or(0.0, |at| found[at])
    };
    (bound, of)
}

fn measure<T: Measured>(compiled: &Compiled, n: usize) {
    let (bound, of) = parameters(compiled, T::MAX_COUNT);
    let hand = Hand {
        decay_v: of("P[V,V]"),
        gain: of("Q[V,I]"),
        offset: of("Q[V,1]"),
        decay_a: of("P[a,a]"),
        threshold: of("V_th"),
        beta: of("beta"),
        refractory: 20,
    };
    let mut jit = Jit::<T>::new(compiled, &bound, n);
    let (mut v, mut a, mut r) = (vec![T::ZERO; n], vec![T::ZERO; n], vec![0; n]);
    let input: Vec<T> = (0..n).map(|i| T::from_f64(drive(i))).collect();
    let weights = vec![T::ZERO; n];
    let steps = (UPDATES / n).max(1);
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        ours.push(timed(|| jit.run(steps)).1);
        theirs.push(
            timed(|| {
                (0..steps)
                    .map(|_| T::hand(hand, &mut v, &mut a, &mut r, &input, &weights))
                    .sum::<usize>()
            })
            .1,
        );
    }
    let each = 1e9 / (steps * n) as f64;
    println!(
        "{} N = {n:>9}: kernel {:.3} ({:.3}), Rust loop {:.3} ({:.3}), ratio of medians {:.2}",
        T::PRECISION,
        ours.median() * each,
        ours.min() * each,
        theirs.median() * each,
        theirs.min() * each,
        theirs.median() / ours.median(),
    );
}

/// What silent neurons cost after their adaptation has decayed for 18.5 s (92 time constants): with the flush of tiny states that is part
/// of the meaning of a step, and without it, when the adaptation has become a denormal number.
fn measure_silence(compiled: &Compiled) {
    const N: usize = 1_000;
    const DECAY: usize = 185_000;
    let (bound, _) = parameters(compiled, <f32 as Real>::MAX_COUNT);
    let sample = |decay: usize, flush: bool| {
        let mut jit = Jit::<f32>::new(compiled, &bound, N);
        let input = jit.arrays.places().input(0);
        if let Place::Array(input) = input {
            jit.arrays.values_mut(input).fill(0.0);
            jit.arrays.pad(input);
        }
        let adaptation = jit.arrays.places().state(1);
        jit.arrays.values_mut(adaptation).fill(1.0);
        jit.arrays.pad(adaptation);
        jit.run_flushing(decay, flush);
        let mut samples = Samples::default();
        for _ in 0..SAMPLES {
            samples.push(timed(|| jit.run_flushing(500, flush)).1);
        }
        samples.median() * 1e9 / (500 * N) as f64
    };
    let (fresh, flushed, denormal) = (sample(0, true), sample(DECAY, true), sample(DECAY, false));
    println!("f32 N = {N:>9}, silent: fresh {fresh:.3}, after 18.5 s {flushed:.3}, without the flush {denormal:.3}");
}

fn main() {
    pin();
    let compiled = compiled();
    println!("models/alif.alif, ns for each neuron and step: median (minimum) of {SAMPLES} samples on one core");
    for n in SIZES {
        measure::<f32>(&compiled, n);
    }
    for n in SIZES {
        measure::<f64>(&compiled, n);
    }
    measure_silence(&compiled);
}

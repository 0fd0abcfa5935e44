//! What a step of `models/alif.alif` costs, in ns for each neuron, engine by engine in one run.
//!
//! Coefficients and input are uniform and no events come. A step is the call of the kernel alone.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;

use alif_benches::hand::{self, HandWritten};
use alif_benches::plain::Plain;
use alif_benches::race::{Engine, SAMPLES, table};
use alif_benches::same_bits::assert_same_bits;
use alif_benches::{Samples, columns, model, pin, timed};
use alif_compiler::backend::Interpreter;
use alif_compiler::backend::cranelift::{JitOptions, compile};
use alif_compiler::ir::Program;
use alif_core::native::{Level, NativeKernel, Vectors};
use alif_core::{Arrays, Real, StepKernel};

alif::alif_model!("../models/alif.alif");

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// The kernel that Cranelift compiles.
fn jit<T: Real>(program: &Program) -> Arc<dyn StepKernel<T>> {
    let options = JitOptions {
        verifier: false,
        ..JitOptions::default()
    };
    Arc::new(compile::<T>(program, &columns::uniform(), options).expect("this machine has a JIT"))
}

/// What is compared, a row each.
fn engines<T: HandWritten + Vectors>(program: &Arc<Program>) -> Vec<Engine<T>>
where
    Plain: StepKernel<T>,
{
    let interpreter = Interpreter::new(Arc::clone(program), &columns::uniform());
    let mut engines = vec![
        Engine {
            slow: true,
            ..Engine::new("interpreter", None, Arc::new(interpreter))
        },
        Engine {
            exact: false,
            ..Engine::new("plain Rust loop", None, Arc::new(Plain))
        },
        Engine::new("Cranelift", Some(128), jit(program)),
    ];
    for (level, bits) in [(Level::Baseline, 128), (Level::Avx2, 256), (Level::Avx512, 512)] {
        // Without FMA the baseline of x86-64 calls a function for each multiply-add: nobody's yardstick.
        let slow = level == Level::Baseline && cfg!(target_arch = "x86_64");
        if level.is_available() {
            let kernel = NativeKernel::<Alif, T>::at_level(level, &[], &columns::uniform());
            engines.push(Engine {
                slow,
                ..Engine::new("alif_model!", Some(bits), Arc::new(kernel))
            });
        }
    }
    for kernel in hand::kernels::<T>(&columns::places()) {
        engines.push(Engine {
            yardstick: true,
            ..Engine::new("by hand", Some(kernel.bits), Arc::new(kernel))
        });
    }
    engines
}

fn measure<T: HandWritten + Vectors>(program: &Arc<Program>)
where
    Plain: StepKernel<T>,
{
    let engines = engines::<T>(program);
    for engine in engines.iter().filter(|e| e.exact) {
        assert_same_bits(program, &engine.title(), &*engine.kernel);
    }
    for n in SIZES {
        println!("{}", table(&engines, &mut model::arrays::<T>(program, n)));
    }
}

/// How often a neuron fires, in Hz: that the neurons are active is part of what was measured.
fn rate(program: &Program) -> f64 {
    const STEPS: usize = 20_000;
    let kernel = jit::<f32>(program);
    let mut arrays = model::arrays::<f32>(program, SIZES[0]);
    let words = arrays.words();
    let mut spikes = 0;
    for _ in 0..STEPS {
        arrays.run(&*kernel, 0..words);
        arrays.clear_padding();
        spikes += arrays.spikes().iter().map(|word| word.count_ones()).sum::<u32>();
    }
    f64::from(spikes) / (SIZES[0] * STEPS) as f64 / (model::TIME_STEP * 1e-3)
}

/// What silent neurons cost after their adaptation has decayed for 18.5 s (92 time constants): with the flush of tiny states
/// that is part of the meaning of a step, and without it, when the adaptation has become a denormal number.
fn measure_silence(program: &Program) {
    const N: usize = SIZES[0];
    const DECAY: usize = 185_000;
    const STEPS: usize = 500;
    let kernel = jit::<f32>(program);
    let run = |arrays: &mut Arrays<f32>, steps: usize, flush: bool| {
        let words = arrays.words();
        for step in 1..=steps {
            arrays.run(&*kernel, 0..words);
            if flush && (step as u64).is_multiple_of(alif_core::FLUSH_EVERY) {
                arrays.flush_tiny();
            }
        }
    };
    let mut cases = [(0, true), (DECAY, true), (DECAY, false)].map(|(decay, flush)| {
        let mut arrays = model::arrays::<f32>(program, N);
        model::set_input(&mut arrays, 0.0);
        model::fill(&mut arrays, 0, |_| 0.0);
        model::fill(&mut arrays, 1, |_| 1.0);
        run(&mut arrays, decay, flush);
        (arrays, flush, Samples::default())
    });
    for _ in 0..SAMPLES {
        for (arrays, flush, samples) in &mut cases {
            samples.push(timed(|| run(arrays, STEPS, *flush)).1);
        }
    }
    let [fresh, flushed, denormal] = cases.map(|case| case.2.median() * 1e9 / (STEPS * N) as f64);
    println!(
        "f32, N = {N}, Cranelift, silent neurons: fresh {fresh:.3}, after 18.5 s {flushed:.3}, without the flush {denormal:.3}"
    );
}

fn main() {
    pin();
    let program = Arc::new(model::program());
    let found = hand::features();
    println!(
        "models/alif.alif, a step in ns for each neuron: median (minimum) of {SAMPLES} samples of the wall clock, on one core"
    );
    println!("ratios to the hand-written kernels: of medians (of minima)");
    println!("neurons fire {:.1} times a second", rate(&program));
    if found.is_empty() {
        println!("no kernels were written by hand for this architecture");
    } else {
        println!("processor: {}", found.join(" "));
    }
    println!();
    measure::<f32>(&program);
    measure::<f64>(&program);
    measure_silence(&program);
}

//! Engines timed in turn on the same memory, and the table of what they took.
//!
//! The engines advance one population: each goes on where the one before stopped. So memory and caches are the same for all,
//! and since the samples are short and alternate, a busy neighbour is too. Times are those of the wall clock.

use std::fmt::Write as _;
use std::sync::Arc;

use alif_core::{Arrays, Real, StepKernel};

use crate::{Samples, timed};

/// Samples of each engine.
pub const SAMPLES: usize = 201;
/// Neuron-updates in a sample, if the population is not larger.
const UPDATES: usize = 500_000;
/// A slow engine does this part of them, and no larger population.
const SLOW: (usize, usize) = (UPDATES / 100, 10_000);

/// Something that advances the population.
pub struct Engine<T: Real> {
    /// What the table calls it.
    pub name: String,
    /// Bits of its vectors, if it has any.
    pub bits: Option<u32>,
    /// Whether the others are compared with it.
    pub yardstick: bool,
    /// Whether it takes far longer than the others.
    pub slow: bool,
    /// Whether it has the bits of the interpreter.
    pub exact: bool,
    /// What runs a step.
    pub kernel: Arc<dyn StepKernel<T>>,
}

impl<T: Real> Engine<T> {
    /// An engine like any other.
    #[must_use]
    pub fn new(name: impl Into<String>, bits: Option<u32>, kernel: Arc<dyn StepKernel<T>>) -> Self {
        Self {
            name: name.into(),
            bits,
            yardstick: false,
            slow: false,
            exact: true,
            kernel,
        }
    }

    /// Its name with its width.
    #[must_use]
    pub fn title(&self) -> String {
        match self.bits {
            Some(bits) => format!("{}, {bits} bits", self.name),
            None => self.name.clone(),
        }
    }
}

/// What an engine takes for each neuron and step, in ns.
#[derive(Clone, Copy, Debug)]
struct Taken {
    median: f64,
    min: f64,
}

impl Taken {
    /// Its ratio to another: of the medians, of the minima.
    fn over(self, other: Self) -> String {
        format!("{:.2} ({:.2})", self.median / other.median, self.min / other.min)
    }
}

/// Times the engines in turn.
fn race<T: Real>(engines: &[&Engine<T>], arrays: &mut Arrays<T>) -> Vec<Taken> {
    let (n, words) = (arrays.neurons(), arrays.words());
    let steps = |engine: &Engine<T>| ((if engine.slow { SLOW.0 } else { UPDATES }) / n).max(1);
    let mut samples: Vec<Samples> = engines.iter().map(|_| Samples::default()).collect();
    for _ in 0..SAMPLES {
        for (engine, samples) in engines.iter().zip(&mut samples) {
            // The code is in the caches when the clock starts.
            arrays.run(&*engine.kernel, 0..words);
            let run = || {
                for _ in 0..steps(engine) {
                    arrays.run(&*engine.kernel, 0..words);
                }
            };
            samples.push(timed(run).1);
        }
        // As in a simulation, but not timed.
        arrays.flush_tiny();
    }
    let taken = |(engine, samples): (&&Engine<T>, Samples)| {
        let each = 1e9 / (steps(engine) * n) as f64;
        Taken {
            median: samples.median() * each,
            min: samples.min() * each,
        }
    };
    engines.iter().zip(samples).map(taken).collect()
}

/// Times the engines on these arrays and writes a line for each: ns for each neuron and step, and the ratios to the
/// yardstick of the same width and to the widest.
#[must_use]
pub fn table<T: Real>(engines: &[Engine<T>], arrays: &mut Arrays<T>) -> String {
    let n = arrays.neurons();
    let engines: Vec<&Engine<T>> = engines.iter().filter(|e| !e.slow || n <= SLOW.1).collect();
    let taken = race(&engines, arrays);
    let rows = || engines.iter().zip(&taken);
    let yardstick = |bits: u32| rows().find(|(e, _)| e.yardstick && e.bits == Some(bits)).map(|r| *r.1);
    let widest = engines.iter().filter(|e| e.yardstick).filter_map(|e| e.bits).max();
    let mut text = format!(
        "{:36} {:>15} {:>15} {:>15}\n",
        format!("{}, N = {n}", T::PRECISION),
        "ns",
        "/ same width",
        "/ widest"
    );
    for (engine, taken) in rows() {
        let time = format!("{:.3} ({:.3})", taken.median, taken.min);
        let over = |bits: Option<u32>| bits.and_then(yardstick).map_or("-".to_owned(), |y| taken.over(y));
        let _ = writeln!(
            text,
            "  {:34} {time:>15} {:>15} {:>15}",
            engine.title(),
            over(engine.bits),
            over(widest)
        );
    }
    text
}

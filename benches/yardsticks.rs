//! What the time of a run is compared with: the plain loop and the kernels by hand for `models/alif.alif`, and memory.

use std::sync::Arc;

use alif_compiler::ir::Program;
use alif_core::{Arrays, FLUSH_EVERY, StepKernel, Steps, WORD};

use crate::hand::memory::touch;
use crate::hand::{self, Hand, HandWritten};
use crate::plain::Plain;
use crate::turns::{Runner, Walk, Yardstick};
use crate::{columns, model};

/// Words of neurons of a block that is advanced by hand.
const BLOCK: usize = 128;
/// Values of a streamed input, unless a few steps have more.
const STREAMED: usize = 1 << 25;
/// From more neurons on, only the narrowest and the widest kernels run.
const MANY: usize = 2_000_000;
/// The fewest steps with streamed input.
const FEWEST: usize = 8;

/// How many steps make a sample.
#[must_use]
pub fn steps(n: usize) -> u64 {
    (4_000_000 / n as u64).next_multiple_of(FLUSH_EVERY).max(FLUSH_EVERY)
}

/// How many steps with streamed input make a sample.
#[must_use]
pub fn streamed_steps(n: usize) -> u64 {
    steps(n).min((STREAMED / n).max(FEWEST) as u64)
}

fn count(bits: &[u64]) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// All neurons step by step.
fn sweeps<T: HandWritten>(kernel: Arc<dyn StepKernel<T>>, mut arrays: Arrays<T>) -> impl FnMut(u64) -> u64 {
    move |steps| {
        let words = arrays.words();
        let mut spikes = 0;
        for step in 1..=steps {
            arrays.run(&*kernel, 0..words);
            arrays.clear_padding();
            spikes += count(arrays.spikes());
            if step.is_multiple_of(FLUSH_EVERY) {
                arrays.flush_tiny();
            }
        }
        spikes
    }
}

/// Blocks of neurons, each some steps in a row.
fn blocks<T: HandWritten>(kernel: Arc<Hand<T>>, mut arrays: Arrays<T>) -> impl FnMut(u64) -> u64 {
    let mut bits = [0; BLOCK];
    move |steps| {
        let mut spikes = 0;
        for _ in 0..steps / FLUSH_EVERY {
            let (views, uniforms) = arrays.views(BLOCK);
            for mut view in views {
                let bits = &mut bits[..view.words()];
                for _ in 0..FLUSH_EVERY {
                    kernel.run(&mut view, Steps::one(uniforms, bits));
                    spikes += count(bits);
                }
                view.flush_tiny();
            }
        }
        spikes
    }
}

/// All neurons step by step, each with an input of its own in each step.
struct Streamed<T: HandWritten> {
    kernel: Arc<Hand<T>>,
    arrays: Arrays<T>,
    /// Rows as long as the arrays are.
    rows: Vec<T>,
}

impl<T: HandWritten> Walk for Streamed<T> {
    /// Whoever is compared with this writes its inputs before each sample too.
    fn prepare(&mut self) {
        self.rows.fill(T::from_f64(model::INPUT));
    }

    fn walk(&mut self, steps: u64) -> u64 {
        let words = self.arrays.words();
        let rows = self.rows.chunks_exact(words * WORD);
        let mut spikes = 0;
        for (row, step) in rows.zip(1..=steps) {
            let (mut view, uniforms, bits) = self.arrays.view(0..words);
            self.kernel.run_streamed(&mut view, uniforms, bits, row);
            self.arrays.clear_padding();
            spikes += count(self.arrays.spikes());
            if step.is_multiple_of(FLUSH_EVERY) {
                self.arrays.flush_tiny();
            }
        }
        spikes
    }
}

/// Memory of so many bytes that is read and written, as a runner of `n` neurons.
#[must_use]
pub fn memory(n: usize, bytes: usize) -> Runner {
    let mut numbers = vec![0_u64; bytes.div_ceil(size_of::<u64>())];
    Runner {
        name: format!("memory, {:.1} bytes read and written", bytes as f64 / n as f64),
        spikes: "-",
        input: "-",
        threads: 1,
        yardstick: Some(Yardstick::Memory),
        steps: steps(n),
        neurons: n,
        walk: Box::new(move |steps| {
            for _ in 0..steps {
                touch(std::hint::black_box(&mut numbers));
            }
            0
        }),
    }
}

/// The plain loop and the kernels that were written by hand, on `n` neurons of `models/alif.alif`.
#[must_use]
pub fn by_hand<T: HandWritten>(program: &Program, n: usize) -> Vec<Runner>
where
    Plain: StepKernel<T>,
{
    let arrays = || model::arrays::<T>(program, n);
    let runner = |name: String, yardstick: Option<Yardstick>, walk: Box<dyn Walk + Send>| Runner {
        name,
        spikes: "counted",
        input: "constant",
        threads: 1,
        yardstick,
        steps: steps(n),
        neurons: n,
        walk,
    };
    let plain = Box::new(sweeps::<T>(Arc::new(Plain), arrays()));
    let mut runners = vec![runner("ALIF, plain Rust loop".to_owned(), None, plain)];
    let kernels = hand::kernels::<T>(&columns::places());
    let widest = kernels.last().map(|kernel| kernel.bits);
    for kernel in kernels {
        // Where memory gets scarce, only those that others are compared with.
        if n > MANY && kernel.bits != 128 && Some(kernel.bits) != widest {
            continue;
        }
        let (bits, kernel) = (kernel.bits, Arc::new(kernel));
        let yardstick = Some(Yardstick::Hand(bits));
        let name = |how: &str| format!("ALIF by hand, {bits} bits, {how}");
        let walk = Box::new(sweeps(kernel.clone(), arrays()));
        runners.push(runner(name("sweeps"), yardstick, walk));
        let walk = Box::new(blocks(kernel.clone(), arrays()));
        runners.push(runner(name("blocks"), yardstick, walk));
        let steps = streamed_steps(n);
        let walk = Streamed {
            kernel,
            rows: vec![T::ZERO; steps as usize * n.next_multiple_of(WORD)],
            arrays: arrays(),
        };
        runners.push(Runner {
            input: "streamed",
            steps,
            ..runner(name("sweeps"), yardstick, Box::new(walk))
        });
    }
    runners
}

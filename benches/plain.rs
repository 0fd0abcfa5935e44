//! The update of `models/alif.alif` as one would write it in Rust without a thought for vectors.
//!
//! It multiplies and adds in two roundings, as plain Rust does, so its bits are not those of the other engines.

use alif_core::{StepKernel, Steps, View, WORD};

use crate::columns::Columns;

/// The plain loop.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

macro_rules! plain {
    ($float:ident, $count:ident) => {
        impl StepKernel<$float> for Plain {
            fn run(&self, view: &mut View<'_, $float>, steps: Steps<'_, $float>) {
                let uniforms = view.places().uniforms();
                for (uniforms, spikes) in steps.each(view.words(), uniforms) {
                    let (columns, n) = Columns::split(view, uniforms, spikes);
                    let (v, a) = (columns.v, columns.a);
                    let counter: &mut [$count] = bytemuck::cast_slice_mut(columns.counter);
                    let refractory = n.refractory.cast_signed();
                    for (word, spikes) in columns.spikes.iter_mut().enumerate() {
                        *spikes = 0;
                        for lane in 0..WORD {
                            let k = word * WORD + lane;
                            if counter[k] > 0 {
                                counter[k] -= 1;
                            }
                            let mut x = n.decay_v * v[k] + (n.gain * n.input + n.offset);
                            let mut y = n.decay_a * a[k];
                            if x > n.threshold + n.beta * y && counter[k] == 0 {
                                x -= n.threshold;
                                y += 1.0;
                                counter[k] = refractory;
                                *spikes |= 1 << lane;
                            }
                            v[k] = x;
                            a[k] = y;
                        }
                    }
                }
            }
        }
    };
}
plain!(f32, i32);
plain!(f64, i64);

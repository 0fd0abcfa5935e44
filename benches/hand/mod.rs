//! Kernels of `models/alif.alif` written by hand with vector instructions: what a compiled kernel is compared with.
//!
//! Each file is one width. The kernels do what the step program of the model does and give its bits: the bench compares them
//! with the interpreter before it times them. Coefficients are uniform, the input is so or differs from step to step and neuron to neuron,
//! and no events come.
//!
//! They use what an expert knows of this model: a refractory counter is never negative, the threshold is finite and positive,
//! and no state is -0. The unrolling and the choice between equivalent instructions were made by measuring on a Zen 5.
//!
//! On machines other than x86-64 there are none.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod memory;
#[cfg(target_arch = "x86_64")]
mod sse;

use alif_core::{Places, Real, StepKernel, Steps, View, WORD};

use crate::columns::{Columns, Numbers};

/// What a kernel of one width is called with: as many neurons in each array as the spike words have bits.
type Step<T> = unsafe fn(Columns<'_, T>, &Numbers<T>);

/// A hand-written kernel that this machine can run.
#[derive(Clone, Debug)]
pub struct Hand<T: Real> {
    /// Bits of its vectors.
    pub bits: u32,
    places: Places,
    step: Step<T>,
    streamed: Step<T>,
}

impl<T: Real> Hand<T> {
    /// A step in which each neuron has an input of its own. `input` holds as many values as the view has words for.
    ///
    /// # Panics
    /// When it does not, or the view was laid out for another kernel.
    pub fn run_streamed(&self, view: &mut View<'_, T>, uniforms: &[T::Bits], spikes: &mut [u64], input: &[T]) {
        assert_eq!(view.places(), &self.places);
        assert_eq!((spikes.len(), input.len()), (view.words(), view.words() * WORD));
        let (columns, numbers) = Columns::split(view, uniforms, spikes);
        // SAFETY: `streamed` is safe but for the instructions it needs, and `kernels` only gives out what this machine has.
        unsafe { (self.streamed)(Columns { input, ..columns }, &numbers) }
    }
}

impl<T: Real> StepKernel<T> for Hand<T> {
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>) {
        assert_eq!(view.places().arrays(), self.places.arrays());
        assert_eq!(view.places().uniforms(), self.places.uniforms());
        debug_assert_eq!(view.places(), &self.places);
        for (uniforms, spikes) in steps.each(view.words(), self.places.uniforms()) {
            let (columns, numbers) = Columns::split(view, uniforms, spikes);
            // SAFETY: `step` is safe but for the instructions it needs, and `kernels` only gives out what this machine has.
            unsafe { (self.step)(columns, &numbers) }
        }
    }
}

/// A precision that kernels were written for.
pub trait HandWritten: Real {
    /// The kernels that this machine can run: their widths in bits, and the step for one input and for one a neuron.
    fn steps() -> Vec<(u32, Step<Self>, Step<Self>)>;
}

macro_rules! hand_written {
    ($float:ident) => {
        impl HandWritten for $float {
            #[cfg(target_arch = "x86_64")]
            fn steps() -> Vec<(u32, Step<Self>, Step<Self>)> {
                let mut steps: Vec<(u32, Step<Self>, Step<Self>)> = vec![];
                if sse::found() {
                    steps.push((128, sse::$float::<false>, sse::$float::<true>));
                }
                if avx2::found() {
                    steps.push((256, avx2::$float::<false>, avx2::$float::<true>));
                }
                if avx512::found() {
                    steps.push((512, avx512::$float::<false>, avx512::$float::<true>));
                }
                steps
            }

            #[cfg(not(target_arch = "x86_64"))]
            fn steps() -> Vec<(u32, Step<Self>, Step<Self>)> {
                vec![]
            }
        }
    };
}
hand_written!(f32);
hand_written!(f64);

/// The kernels that this machine can run on arrays with these places, narrow ones first.
#[must_use]
pub fn kernels<T: HandWritten>(places: &Places) -> Vec<Hand<T>> {
    let each = |(bits, step, streamed)| Hand {
        bits,
        streamed,
        places: places.clone(),
        step,
    };
    T::steps().into_iter().map(each).collect()
}

/// The vector extensions of this machine, of those that matter here.
#[must_use]
pub fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let all = [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("avx", is_x86_feature_detected!("avx")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512dq", is_x86_feature_detected!("avx512dq")),
        ("avx512vl", is_x86_feature_detected!("avx512vl")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let all: [(&str, bool); 0] = [];
    all.into_iter().filter(|f| f.1).map(|f| f.0).collect()
}

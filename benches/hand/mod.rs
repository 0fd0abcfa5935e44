//! Kernels of `models/alif.alif` written by hand with vector instructions: what a compiled kernel is compared with.
//!
//! Each file is one width. The kernels do what the step program of the model does and give its bits: the bench compares them
//! with the interpreter before it times them. Coefficients and input are uniform, and no events come.
//!
//! They use what an expert knows of this model: a refractory counter is never negative, the threshold is finite and positive,
//! and no state is -0. The unrolling and the choice between equivalent instructions were made by measuring on a Zen 5.
//!
//! On machines other than x86-64 there are none.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod sse;

use alif_core::{Places, Real, StepKernel, Steps, View};

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
    /// The kernels that this machine can run, with their widths in bits.
    fn steps() -> Vec<(u32, Step<Self>)>;
}

macro_rules! hand_written {
    ($float:ident) => {
        impl HandWritten for $float {
            #[cfg(target_arch = "x86_64")]
            fn steps() -> Vec<(u32, Step<Self>)> {
                let mut steps: Vec<(u32, Step<Self>)> = vec![];
                if sse::found() {
                    steps.push((128, sse::$float));
                }
                if avx2::found() {
                    steps.push((256, avx2::$float));
                }
                if avx512::found() {
                    steps.push((512, avx512::$float));
                }
                steps
            }

            #[cfg(not(target_arch = "x86_64"))]
            fn steps() -> Vec<(u32, Step<Self>)> {
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
    let each = |(bits, step)| Hand {
        bits,
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

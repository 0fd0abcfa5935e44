//! BrainPy's rule for one neuron after the other, as its source and its traces have it, with each of its defects or without.
//!
//! Written from the description alone, in double precision, without anything of the compiler or the runtime.

use alif::Precision;

use super::case::{Case, Course};

/// What BrainPy does differently from the model language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Defects {
    /// The spike test is not masked by the refractory period: a V frozen above threshold fires in every step of it, and
    /// starts it anew each time.
    pub(crate) fires_while_refractory: bool,
    /// `t - t_last_spike <= tau_ref` compares rounded times: the period can be a step short or long.
    pub(crate) rounded_clock: bool,
}

impl Defects {
    pub(crate) const NONE: Self = Self {
        fires_while_refractory: false,
        rounded_clock: false,
    };
    pub(crate) const BRAINPY: Self = Self {
        fires_while_refractory: true,
        rounded_clock: true,
    };
    pub(crate) const FIRES: Self = Self {
        fires_while_refractory: true,
        rounded_clock: false,
    };
    pub(crate) const CLOCK: Self = Self {
        fires_while_refractory: false,
        rounded_clock: true,
    };
}

/// The course that a case takes under the rule.
pub(crate) fn follow(case: &Case, defects: Defects) -> Course {
    let size = case.steps * case.neurons;
    let mut course = Course {
        v: vec![0.0; size],
        a: vec![0.0; size],
        spikes: vec![false; size],
    };
    for neuron in 0..case.neurons {
        follow_one(case, neuron, defects, &mut course);
    }
    course
}

fn follow_one(case: &Case, neuron: usize, defects: Defects, course: &mut Course) {
    let rounded = |x: f64| match case.precision {
        Precision::F32 => f64::from(x as f32),
        Precision::F64 => x,
    };
    let param = |name| rounded(case.param(name, neuron));
    let (v_rest, v_th, r, beta) = (param("V_rest"), param("V_th"), param("R"), param("beta"));
    let (tau, tau_a) = (param("tau"), param("tau_a"));
    let period = case.param("tau_ref", neuron);
    let period_steps = (period / case.dt + 1e-9).floor() as usize;
    let frozen_at = |step: usize, last: Option<usize>| {
        last.is_some_and(|last| {
            if defects.rounded_clock {
                within(step, last, case.dt, period, case.precision)
            } else {
                step - last <= period_steps
            }
        })
    };
    let (mut v, mut a) = (rounded(case.v0[neuron]), rounded(case.a0[neuron]));
    let mut last = None;
    for step in 0..case.steps {
        let input = rounded(case.input(step, neuron));
        let change = libm::expm1(-case.dt / tau);
        let frozen = frozen_at(step, last);
        let next = if frozen {
            v
        } else {
            v + (v - v_rest - r * input) * change
        };
        // Without the defect, the test is back in the last step of the period: the first one after which V moves again.
        let tested = defects.fires_while_refractory || !frozen || !frozen_at(step + 1, last);
        let spike = tested && next >= v_th + beta * a;
        a += a * libm::expm1(-case.dt / tau_a);
        v = next;
        if spike {
            v -= v_th;
            a += 1.0;
            last = Some(step);
        }
        let at = step * case.neurons + neuron;
        course.v[at] = v;
        course.a[at] = a;
        course.spikes[at] = spike;
    }
}

/// `t - t_last <= tau_ref` with t = step · dt, all rounded as the run's precision rounds.
fn within(step: usize, last: usize, dt: f64, period: f64, precision: Precision) -> bool {
    match precision {
        Precision::F32 => {
            let t = |step: usize| step as f32 * dt as f32;
            t(step) - t(last) <= period as f32
        }
        Precision::F64 => {
            let t = |step: usize| step as f64 * dt;
            t(step) - t(last) <= period
        }
    }
}

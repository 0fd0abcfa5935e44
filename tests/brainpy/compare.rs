//! Two courses of a case, value by value and spike by spike.

use alif::Precision;

use super::case::{Case, Course};
use crate::support;

/// Largest errors, relative as `tests/reference/README.md` says, and spikes that flipped at the threshold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Worst {
    pub(super) v: f64,
    pub(super) a: f64,
    pub(super) flips: usize,
}

/// Compares two courses up to a step for each neuron.
pub(super) fn compare(case: &Case, found: &Course, wanted: &Course, until: &[usize]) -> Result<Worst, String> {
    let mut worst = Worst::default();
    for (neuron, &until) in until.iter().enumerate() {
        let one = compare_neuron(case, neuron, found, wanted, until).map_err(|e| format!("neuron {neuron}, {e}"))?;
        worst.v = worst.v.max(one.v);
        worst.a = worst.a.max(one.a);
        worst.flips += one.flips;
    }
    Ok(worst)
}

fn compare_neuron(case: &Case, neuron: usize, found: &Course, wanted: &Course, until: usize) -> Result<Worst, String> {
    let param = |name| case.param(name, neuron);
    let (v_th, beta) = (param("V_th"), param("beta"));
    let scale = param("V_rest").abs().max(v_th.abs());
    let allowed = |tau: f64| match case.precision {
        Precision::F64 => 1e-10,
        // In single precision exp(-dt/tau) is off by up to 6e-8, and 1 - exp(-dt/tau) with it, in BrainPy as in our kernels.
        Precision::F32 => (2.4e-7 * tau / case.dt).clamp(1e-4, 1e-3),
    };
    let (allowed_v, allowed_a) = (allowed(param("tau")), allowed(param("tau_a")));
    let mut worst = Worst::default();
    let mut before = (case.a0[neuron], 0.0);
    for step in 0..until {
        let at = step * case.neurons + neuron;
        let reset = |course: &Course| course.v[at] + if course.spikes[at] { v_th } else { 0.0 };
        if found.spikes[at] != wanted.spikes[at] {
            let (a, off_a) = before;
            let margin = (reset(wanted) - v_th - beta * a).abs();
            let (x, y) = (reset(found), reset(wanted));
            let off = (x - y).abs() + beta.abs() * off_a;
            let near = support::relative(x, y, scale) <= allowed_v && margin <= (1e-5 * scale).max(2.0 * off);
            if case.precision == Precision::F32 && near {
                worst.flips += 1;
                return Ok(worst); // from here on they are two different courses
            }
            let smallest = case.min_margin;
            return Err(format!(
                "step {step}: spikes differ {margin:e} from the threshold (closest: {smallest:e})"
            ));
        }
        let v = support::relative(found.v[at], wanted.v[at], scale);
        let a = support::relative(found.a[at], wanted.a[at], 1.0);
        if v > allowed_v || a > allowed_a {
            let (x, y) = ((found.v[at], found.a[at]), (wanted.v[at], wanted.a[at]));
            return Err(format!(
                "step {step}: V and a are {x:?}, not {y:?}: errors {v:e} and {a:e}"
            ));
        }
        worst.v = worst.v.max(v);
        worst.a = worst.a.max(a);
        before = (wanted.a[at], (found.a[at] - wanted.a[at]).abs());
    }
    Ok(worst)
}

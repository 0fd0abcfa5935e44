//! Cases recorded from NEST and JAX: read, run by a layer, compared. The layout of a folder is told in `tests/reference/README.md`.
#![allow(dead_code, reason = "each program uses a part")]

mod files;
pub(crate) mod gradients;
pub(crate) mod trials;

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) use files::Folder;

/// What is wrong with a case.
#[derive(Debug)]
pub(crate) struct CaseError(pub(crate) String);

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CaseError {}

impl From<alif::learn::LearnError> for CaseError {
    fn from(error: alif::learn::LearnError) -> Self {
        Self(error.to_string())
    }
}

impl From<alif::LoadError> for CaseError {
    fn from(error: alif::LoadError) -> Self {
        Self(error.to_string())
    }
}

pub(crate) fn problem(path: &std::path::Path, reason: impl fmt::Display) -> CaseError {
    CaseError(format!("{}: {reason}", path.display()))
}

/// How a program ends that says whether a case is as recorded.
#[allow(clippy::print_stderr, reason = "says what went wrong")]
pub(crate) fn end(as_recorded: Result<bool, CaseError>) -> ExitCode {
    match as_recorded {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that is the one argument of a program.
pub(crate) fn folder_argument(program: &str) -> Result<PathBuf, CaseError> {
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(folder), None) => Ok(folder.into()),
        _ => Err(CaseError(format!("usage: {program} FOLDER"))),
    }
}

/// The largest difference of two arrays, relative to the largest magnitude of `wanted`; infinite when the lengths differ.
pub(crate) fn deviation(found: &[f64], wanted: &[f64]) -> f64 {
    if found.len() != wanted.len() {
        return f64::INFINITY;
    }
    let most = wanted.iter().fold(f64::MIN_POSITIVE, |most, w| most.max(w.abs()));
    let differences = found.iter().zip(wanted).map(|(f, w)| (f - w).abs() / most);
    // A NaN is no small difference.
    differences.fold(0.0, |worst, d| if d <= worst { worst } else { d })
}

/// A surrogate as a `learn` block has it, for psi(x) of height `height` and width `width`, where x is the potential less its threshold.
pub(crate) fn surrogate(name: &str, height: f64, width: f64, x: &str) -> Result<String, CaseError> {
    let (area, steepness) = (height * width, 1.0 / (height * width));
    Ok(match name {
        "piecewise_linear" => format!("surrogate relu_grad(({x}) / {width:?}, alpha = {area:?}, width = 1);"),
        "exponential" => format!("surrogate slayer_grad({height:?} * ({x}), alpha = {steepness:?});"),
        "fast_sigmoid_derivative" => format!("surrogate inv_square_grad({height:?} * ({x}), alpha = {steepness:?});"),
        "arctan_derivative" => {
            // Its height and width are tied in our table: alpha/2 / (1 + (pi/2 alpha y)^2).
            let tied = height * width * std::f64::consts::PI;
            if (tied - 1.0).abs() > 1e-12 {
                return Err(CaseError(format!(
                    "an arctan derivative of height {height} and width {width} is none of our surrogates: pi * height * width is {tied}, not 1"
                )));
            }
            format!("surrogate arctan(({x}), alpha = {:?});", 2.0 * height)
        }
        _ => return Err(CaseError(format!("there is no surrogate `{name}`"))),
    })
}

/// The neuron of the cases: spikes arrive at `syn` undivided, at `I` as a current, which is what NEST's `regular_spike_arrival` chooses.
pub(crate) fn model_text(surrogate: &str) -> String {
    format!(
        "model EpropIafAdapt {{
             param tau_m = 20 ms where tau_m > 0 ms;
             param tau_a = 2000 ms where tau_a > 0 ms;
             param beta = 0;
             param V_th = 0.6 where V_th > 0;
             param t_ref = 5 ms where t_ref >= 0 ms;
             state v = 0;
             state a = 0;
             input I;
             input syn : event;
             tau_m * dv/dt = -v + I;
             tau_a * da/dt = -a;
             on syn(w) after {{ v += w; }}
             spike when v >= V_th + beta * a delayed {{ v -= V_th; a += 1; }}
             refractory t_ref;
             learn {{ {surrogate} detach v; }}
         }}"
    )
}

//! What a solver that takes sub-steps needs besides equations: a tolerance, and a state that counts them.

use alif_core::Precision;
use alif_core::decimal::Decimal;
use alif_grammar::{Code, Diagnostic};

use crate::ids::StateId;
use crate::model::{Model, State, Unit};
use crate::solver::Solver;
use crate::update::{Approximate, SubSteps};

use super::Options;

/// The tolerance where nobody chooses.
pub const TOLERANCE: f64 = 1e-6;

/// The state that counts sub-steps.
const NAME: &str = "sub_steps";

/// Adds the state that counts sub-steps, where the solver takes any.
///
/// # Errors
/// A tolerance that is none, or that nobody asks for.
pub(crate) fn declare(model: &mut Model, options: &Options) -> Result<(), Vec<Diagnostic>> {
    let adaptive = options.solver.is_some_and(Solver::is_adaptive);
    if let Some(tolerance) = options.tolerance {
        let refused = |message: String| Err(vec![Diagnostic::new(Code::BadTolerance, model.span, message)]);
        if !adaptive {
            let message = match options.solver {
                Some(solver) => {
                    format!("a tolerance is given, but the solver `{solver}` takes steps of a fixed length")
                }
                None => "a tolerance is given, but no solver that keeps one".to_owned(),
            };
            let diagnostic = Diagnostic::new(Code::BadTolerance, model.span, message);
            return Err(vec![
                diagnostic.help(format!("the solver `{}` keeps a tolerance", Solver::Rk45)),
            ]);
        }
        if !(tolerance >= Precision::F64.least_tolerance() && tolerance < 1.0) {
            let least = Precision::F64.least_tolerance();
            return refused(format!(
                "the tolerance is {tolerance:?}, but it must be below 1 and, for double precision to keep it, at least {least:.1e}"
            ));
        }
    }
    // Models without equations have nothing to be made in sub-steps.
    if !adaptive || model.states.iter().all(|state| state.equation.is_none()) {
        return Ok(());
    }
    let id = StateId::new(model.states.len());
    model.states.push(State {
        name: free_name(model),
        docs: vec!["sub-steps of the last step, those that were tried in vain included".to_owned()],
        span: model.span,
        unit: Unit::one(),
        initial: None,
        initial_text: None,
        equation: None,
    });
    model.state_order.push(id);
    model.sub_steps = Some(id);
    Ok(())
}

/// A name that the model has not taken.
fn free_name(model: &Model) -> String {
    let params = model.params.iter().map(|p| &p.name);
    let lets = model.lets.iter().map(|l| &l.name);
    let states = model.states.iter().map(|s| &s.name);
    let inputs = model.inputs.iter().map(|i| &i.name);
    let ports = model.ports.iter().map(|p| &p.name);
    let noises = model.noises.iter().map(|n| &n.name);
    let taken: Vec<&String> = params
        .chain(lets)
        .chain(states)
        .chain(inputs)
        .chain(ports)
        .chain(noises)
        .collect();
    let mut name = NAME.to_owned();
    let mut number = 0;
    while taken.contains(&&name) {
        number += 1;
        name = format!("{NAME}_{number}");
    }
    name
}

/// What the sub-steps of these equations keep to.
pub(super) fn wanted(model: &Model, options: &Options, counter: StateId, equations: &[Approximate]) -> SubSteps {
    let one: Decimal = "1".parse().unwrap_or_default();
    let unit = |equation: &Approximate| {
        let unit = &model.states[equation.state.index()].unit;
        one.to_f64_scaled(unit.half_decades).unwrap_or(1.0)
    };
    SubSteps {
        tolerance: options.tolerance.unwrap_or(TOLERANCE),
        units: equations.iter().map(unit).collect(),
        counter,
    }
}

/// Equations with noise: nothing about its path is known within a step, and the error of a sub-step would be that of the noise.
pub(super) fn refused(model: &Model, equations: &[Approximate]) -> Vec<Diagnostic> {
    let noisy = equations.iter().filter(|equation| !equation.noise.is_empty());
    noisy
        .filter_map(|equation| {
            let state = &model.states[equation.state.index()];
            let written = state.equation.as_ref()?;
            let solver = equation.solver;
            let message = format!("the equation of `{}` has noise, of which `{solver}` has no error to keep small", state.name);
            Some(
                Diagnostic::new(Code::NoisySubSteps, written.span, message)
                    .help("solvers with steps of a fixed length take noise; without any named, linear equations get its exact law"),
            )
        })
        .collect()
}

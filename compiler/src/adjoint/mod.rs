//! The adjoint of a step, as a step program of its own.
//!
//! ```text
//! (model, update) ─trace─▶ Traced ─forward─▶ what the step computed ─reverse─▶ gradients ─prune─▶ ir::Program
//! ```
//!
//! The program computes the step again from the states before it, then walks it backwards: `v̄ = dL/dv` of each value is the sum of what
//! the values made of it hand back. Comparisons have no derivative, so that choices are as they were in the step, with one exception: the
//! derivative of the spike is the surrogate of the `learn` block, where the neuron was not refractory. What random numbers add is as it was.
//! Coefficients depend on parameters, and their derivatives are coefficients too: symbolic ones, and for propagators those of a system of twice
//! the size. So the program is like any other, and every engine runs it to the same bits.
//!
//! `alif_core::adjoint` tells what its states and inputs are.
//!
//! In the unselected branch of an `if`, and where a state runs away to a spike, a factor may be infinite or NaN while what it multiplies is
//! exactly zero. Where a factor can be so, the product is masked by `v̄ != 0`; and where `v̄` can then be infinite, by the next factor.

mod eligibility;
mod forward;
mod parameters;
mod prune;
mod request;
mod reverse;
mod rules;
mod signature;

pub use alif_core::adjoint::{AdjointMap, AdjointOptions, Rule, SurrogateChoice, Wanted};
use alif_grammar::{Code, Diagnostic};

use crate::Compiled;
use crate::ir::{Options, Program, trace, verify};

use forward::{Forward, Leaf};
use request::Request;

pub use eligibility::Eligibility;
pub use signature::{eligibility_signature, signature};

/// The most instructions of an adjoint, those of functions included.
const MAX_INSTRUCTIONS: usize = 100_000;

/// The adjoint of a step.
#[derive(Clone, Debug)]
pub struct Adjoint {
    /// The program.
    pub program: Program,
    /// Where it has what.
    pub map: AdjointMap,
}

/// Derives the adjoint of a model's step.
///
/// # Errors
/// A model that has no gradient, or options that do not fit it (E0605).
pub fn adjoint(compiled: &Compiled, options: &AdjointOptions) -> Result<Adjoint, Vec<Diagnostic>> {
    derive(compiled, options, false)
}

/// The adjoint of [`soft`], whose derivatives are no surrogates but true: what gradient checks compare with differences.
///
/// # Errors
/// As [`adjoint`].
pub fn soft_adjoint(compiled: &Compiled, options: &AdjointOptions) -> Result<Adjoint, Vec<Diagnostic>> {
    derive(compiled, options, true)
}

/// The step with the softer spike `S` of the surrogate in the place of 0 and 1: statements of the spike block are weighted with it, and a
/// `delayed` block remembers it. The spikes it reports, and refractoriness, go by the condition as before. A model that spikes has one more
/// state, behind its own: the softer spike of the step.
///
/// # Errors
/// As [`adjoint`].
pub fn soft(compiled: &Compiled, surrogate: Option<&SurrogateChoice>) -> Result<Program, Vec<Diagnostic>> {
    let options = AdjointOptions {
        surrogate: surrogate.cloned(),
        ..AdjointOptions::default()
    };
    let request = Request::new(compiled, &options)?;
    let traced = trace(&compiled.model, &compiled.update, &Options::default());
    let mut forward = Forward::new(&request, &traced, true, |leaf| leaf);
    forward.run();
    let program = forward.soft_program();
    debug_assert_eq!(verify(&program), Ok(()));
    Ok(program)
}

/// The program that has the derivatives of a step which carry eligibility traces: online e-prop.
///
/// # Errors
/// As [`adjoint`].
pub fn eligibility(compiled: &Compiled, options: &AdjointOptions) -> Result<Eligibility, Vec<Diagnostic>> {
    let options = AdjointOptions {
        params: Wanted::None,
        ..options.clone()
    };
    let request = Request::new(compiled, &options)?;
    let lowering = Options {
        slots: options.slots.clone(),
    };
    let traced = trace(&compiled.model, &compiled.update, &lowering);
    let states = compiled.model.states.len();
    let forward = Forward::new(&request, &traced, false, |leaf| match leaf {
        Leaf::State(state) => Leaf::Input(state),
        Leaf::Input(input) => Leaf::Input(states + input),
    });
    let found = eligibility::eligibility(forward);
    debug_assert_eq!(verify(&found.program), Ok(()));
    check_size(compiled, &found.program)?;
    Ok(found)
}

fn derive(compiled: &Compiled, options: &AdjointOptions, soft: bool) -> Result<Adjoint, Vec<Diagnostic>> {
    let request = Request::new(compiled, options)?;
    let lowering = Options {
        slots: options.slots.clone(),
    };
    let traced = trace(&compiled.model, &compiled.update, &lowering);
    let (states, inputs) = (compiled.model.states.len(), compiled.model.inputs.len());
    let spikes = usize::from(traced.program.layout.spikes);
    let forward = Forward::new(&request, &traced, soft, |leaf| match leaf {
        Leaf::State(state) => Leaf::Input(state),
        // Times and keys stand behind everything else, as in every layout.
        Leaf::Input(input) if input >= inputs => Leaf::Input(2 * states + spikes + input),
        Leaf::Input(input) => Leaf::Input(states + input),
    });
    let adjoint = reverse::adjoint(forward);
    debug_assert_eq!(verify(&adjoint.program), Ok(()));
    check_size(compiled, &adjoint.program)?;
    request.check_found(&adjoint.map)?;
    Ok(adjoint)
}

fn check_size(compiled: &Compiled, program: &Program) -> Result<(), Vec<Diagnostic>> {
    let instructions = program.size();
    if instructions <= MAX_INSTRUCTIONS {
        return Ok(());
    }
    let model = &compiled.model;
    let message = format!(
        "the gradients of a step of model `{}` come to {instructions} instructions; the most is {MAX_INSTRUCTIONS}",
        model.name
    );
    Err(vec![Diagnostic::new(Code::TooManyNodes, model.span, message)])
}

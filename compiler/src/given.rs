//! Noise that is given: its normal numbers come from an input instead of being drawn.
//!
//! A run of another simulator can so be followed to the bit of its random numbers, and a course of noise can be shown to several models. One
//! number a step and neuron must be all that a noise comes to. So it is where the equations that read it are approximated, and in an
//! exact block of one state that nothing else disturbs; the exact law of several states needs as many numbers a step.

use alif_grammar::{Code, Diagnostic};

use crate::ids::InputId;
use crate::model::{Input, Model, Unit};
use crate::update::Update;

/// Makes an input of each noise that is given, behind the inputs of the text, in the order of the noises.
///
/// # Errors
/// Names that no noise has.
pub(crate) fn declare(model: &mut Model, names: &[String]) -> Result<(), Vec<Diagnostic>> {
    let unknown = names
        .iter()
        .filter(|name| model.noises.iter().all(|n| n.name != **name));
    let unknown: Vec<Diagnostic> = unknown.map(|name| no_such_noise(model, name)).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    for noise in model.noises.iter_mut().filter(|noise| names.contains(&noise.name)) {
        noise.given = Some(InputId::new(model.inputs.len()));
        model.inputs.push(Input {
            name: noise.name.clone(),
            docs: vec!["the normal numbers of the noise".to_owned()],
            span: noise.span,
            unit: Unit::one(),
        });
    }
    Ok(())
}

fn no_such_noise(model: &Model, name: &str) -> Diagnostic {
    let message = format!(
        "model `{}` has no noise `{name}` whose numbers could be given",
        model.name
    );
    let names: Vec<String> = model.noises.iter().map(|noise| format!("`{}`", noise.name)).collect();
    let help = if names.is_empty() {
        "it has no noise at all".to_owned()
    } else {
        format!("its noises are {}", names.join(", "))
    };
    Diagnostic::new(Code::NoiseGiven, model.span, message).help(help)
}

/// Whether one number a step is all that each given noise comes to.
///
/// # Errors
/// Noises of which an exact block needs several numbers, or a number together with those of other noises.
pub(crate) fn check(model: &Model, update: &Update) -> Result<(), Vec<Diagnostic>> {
    let mut refused = Vec::new();
    for block in &update.blocks {
        let numbers = block.noisy.iter().filter(|noisy| **noisy).count();
        let given = block.noises.iter().map(|noise| &model.noises[noise.index()]);
        for noise in given.filter(|noise| noise.given.is_some()) {
            let why = if block.noises.len() > 1 {
                "other noises enter the same exact update, which draws for all of them together"
            } else if numbers > 1 {
                "it reaches several states, whose exact update needs a number for each of them"
            } else {
                continue;
            };
            let message = format!("the numbers of the noise `{}` cannot be given: {why}", noise.name);
            refused.push(
                Diagnostic::new(Code::NoiseGiven, noise.span, message)
                    .help("with a solver such as exponential_euler one number a step is enough"),
            );
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

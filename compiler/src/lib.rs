//! The alif compiler.
//!
//! ```text
//! text ─parse─▶ ast::Model ─check─▶ model::Model ─derive─▶ update::Update ─lower─▶ ir::Program
//!               syntax tree         checked model          derived update          step program
//! ```
//!
//! Each stage is one noun and one verb, a pure function that leaves its input as it was and gives its result or everything
//! it has to say against it. After `check`, names are ids, all numbers are in one coherent set of units (ms, mV, pA, nS, pF,
//! GOhm), and dimensions agree and are gone. After `derive`, every state has a rule that gets it from t to t + h. After
//! `lower`, all that is left is straight-line code, which every [`backend`] follows to the bit.
//!
//! [`compile`] is all of it at once. Nothing here reads files, clocks or terminals.

#![deny(unsafe_code)]

pub mod adjoint;
pub mod backend;
pub mod check;
mod derivative;
pub mod derive;
pub mod dimension;
pub mod explain;
pub mod functions;
mod given;
pub mod ids;
pub mod ir;
pub mod model;
mod signature;
pub mod solver;
pub mod surrogate;
pub mod symbolic;
pub mod units;
pub mod update;

use alif_grammar::{Diagnostic, ast};

pub use alif_grammar as grammar;
pub use check::check;
pub use derivative::derivative;
pub use derive::derive;
pub use explain::Explanation;
pub use ir::lower;
pub use signature::signature;
pub use solver::Solver;

/// A model with everything that was derived from it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The checked model.
    pub model: model::Model,
    /// The derived update.
    pub update: update::Update,
    /// The step program.
    pub program: ir::Program,
    /// Warnings of all stages.
    pub warnings: Vec<Diagnostic>,
}

/// Models of one file that have the same name.
#[must_use]
pub fn duplicate_models(file: &ast::File) -> Vec<Diagnostic> {
    let mut first: std::collections::BTreeMap<&str, grammar::Span> = std::collections::BTreeMap::new();
    let mut found = Vec::new();
    for model in &file.models {
        let name = &model.name;
        match first.get(name.name.as_str()) {
            Some(&span) => {
                let message = format!("there are two models `{}`", name.name);
                found.push(
                    Diagnostic::new(grammar::Code::DeclaredTwice, name.span, message).also(span, "the first one"),
                );
            }
            None => {
                first.insert(&name.name, name.span);
            }
        }
    }
    found
}

/// Checks a model, derives its update and lowers it to a step program.
///
/// # Errors
/// Everything that is wrong with the model, in the order of the text.
pub fn compile(source: &ast::Model) -> Result<Compiled, Vec<Diagnostic>> {
    compile_with(source, &derive::Options::default())
}

/// As [`compile`], with a say in how equations are solved.
///
/// # Errors
/// As [`compile`], and what a solver cannot treat.
pub fn compile_with(source: &ast::Model, options: &derive::Options) -> Result<Compiled, Vec<Diagnostic>> {
    compile_given(source, options, &[])
}

/// As [`compile_with`], with noises whose numbers are given: each becomes an input of its name, a pure number behind the inputs of the
/// text, which is a standard normal number for each step and neuron instead of one that is drawn.
///
/// # Errors
/// As [`compile_with`], names that no noise has, and noises of which a step needs several numbers.
pub fn compile_given(
    source: &ast::Model,
    options: &derive::Options,
    noises: &[String],
) -> Result<Compiled, Vec<Diagnostic>> {
    compile_watched(source, options, noises, |_| {})
}

/// A stage of [`compile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// From the syntax tree to the checked model.
    Check,
    /// From the checked model to the update of each state.
    Derive,
    /// From the update to the step program.
    Lower,
}

/// As [`compile_given`]; `done` is told of each stage when it is over, so that who has a clock can time it.
///
/// # Errors
/// As [`compile_given`].
pub fn compile_watched(
    source: &ast::Model,
    options: &derive::Options,
    noises: &[String],
    mut done: impl FnMut(Stage),
) -> Result<Compiled, Vec<Diagnostic>> {
    let mut model = check::check_with(source, &options.limits)?;
    given::declare(&mut model, noises)?;
    derive::declare_sub_steps(&mut model, options)?;
    done(Stage::Check);
    let (update, mut warnings) = derive(&model, options)?;
    given::check(&model, &update)?;
    done(Stage::Derive);
    let program = lower(&model, &update, &ir::Options::default());
    debug_assert_eq!(ir::verify(&program), Ok(()));
    done(Stage::Lower);
    let instructions = program.size();
    // Coupled states cost their square: 128 of them would come to 66,000.
    if instructions > options.limits.instructions {
        let message = format!(
            "a step of model `{}` comes to {instructions} instructions; the most is {}",
            model.name, options.limits.instructions
        );
        let help = grammar::Limits::help("instructions", instructions);
        return Err(vec![
            Diagnostic::new(grammar::Code::TooManyInstructions, model.span, message).help(help),
        ]);
    }
    let observed: usize = program.observe.iter().map(ir::Observe::size).sum();
    if observed > options.limits.expressions {
        let message = format!(
            "the definitions of model `{}`, each written out to be recorded, come to {observed} instructions; the most is {}",
            model.name, options.limits.expressions
        );
        let help = grammar::Limits::help("expressions", observed);
        return Err(vec![
            Diagnostic::new(grammar::Code::TooManyInstructions, model.span, message).help(help),
        ]);
    }
    warnings.extend(model.warnings.iter().cloned());
    Ok(Compiled {
        model,
        update,
        program,
        warnings: grammar::in_order(warnings),
    })
}

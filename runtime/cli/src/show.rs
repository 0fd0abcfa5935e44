//! `alif show`: a model at a stage of its compilation.

mod model;
mod rust;
mod update;

use alif::{AdjointOptions, Precision};
use alif_compiler::adjoint::adjoint;
use alif_compiler::backend::cranelift::clif;
use alif_core::Specialization;
use alif_grammar::Code;

use crate::args::{ShowArgs, Stage};
use crate::source::Source;
use crate::terminal::{Failure, results};

/// Prints a stage.
pub(crate) fn show(args: &ShowArgs) -> Result<(), Failure> {
    let source = Source::open(&args.file)?;
    if args.stage == Stage::Ast {
        let file = source.parse()?;
        let model = source.choose(&file, args.model.as_deref())?;
        return results(&format!("{model:#?}\n"));
    }
    let compiled = source.compile(args.model.as_deref(), &args.solving.options())?;
    let text = match args.stage {
        Stage::Ast | Stage::Model => model::listing(&compiled.model),
        Stage::Update => update::listing(&compiled.model, &compiled.update),
        Stage::Rust => rust::listing(&compiled)?,
        Stage::Program => compiled.program.to_string(),
        Stage::Adjoint => {
            let options = AdjointOptions {
                rule: args.rule,
                ..AdjointOptions::default()
            };
            adjoint(&compiled, &options)
                .map_err(|faults| source.refuse(&faults))?
                .program
                .to_string()
        }
        Stage::Clif => {
            let layout = &compiled.program.layout;
            // As for a population with one value for all neurons everywhere.
            let uniform = Specialization::uniform(layout);
            let code = match args.precision.into() {
                Precision::F32 => clif::<f32>(&compiled.program, &uniform),
                Precision::F64 => clif::<f64>(&compiled.program, &uniform),
            };
            code.map_err(|error| Failure::new(Code::NoKernel, error))?
        }
    };
    results(&text)
}

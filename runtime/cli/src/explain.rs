//! `alif explain`: how each state is advanced, and why so.

use alif::{BindError, Model};
use alif_compiler::explain::Options;
use alif_grammar::{Code, Diagnostic};

use crate::args::{ExplainArgs, ExplainFormat};
use crate::plan;
use crate::settings;
use crate::source::Source;
use crate::terminal::{Failure, code, results};
use crate::values::refused;

/// Explains a model, or says what a code is about.
pub(crate) fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let code = args
        .file
        .to_str()
        .and_then(|text| Code::from_text(&text.to_uppercase()));
    if let Some(code) = code.filter(|_| !args.file.exists()) {
        return results(code.page());
    }
    if args.file.to_str().is_some_and(looks_like_a_code) && !args.file.exists() {
        return Err(Failure::new(
            Code::FileAccess,
            format_args!("there is no code `{}`, and no file of this name", args.file.display()),
        ));
    }
    let source = Source::open(&args.file)?;
    let model = source.model(args.model.as_deref(), &args.solving.options())?;
    let (text, rounded) = explanation(args, &source, &model)?;
    let warnings = model.warnings().iter().cloned().chain(rounded);
    source.tell(&warnings.collect::<Vec<_>>());
    results(&text)
}

/// `E0302`, `w0701`.
fn looks_like_a_code(text: &str) -> bool {
    let digits = text.strip_prefix(['E', 'W', 'e', 'w']);
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The text, and a warning of a refractory period that is rounded.
fn explanation(args: &ExplainArgs, source: &Source, model: &Model) -> Result<(String, Option<Diagnostic>), Failure> {
    if let Some(given) = args.set.iter().find(|given| given.file().is_some()) {
        return Err(refused(
            Code::OptionValue,
            "--set",
            given,
            "an explanation takes one value, not an array",
        ));
    }
    let params = plan::params(&args.set, model.signature(), 1, None)?;
    let dt = args.dt.ms();
    // A population checks the values and says best what is wrong with them.
    let mut builder = model
        .population(1)
        .dt(dt)
        .precision(alif::Precision::F64)
        .engine(alif::Engine::Interpreter);
    for (info, given) in model.signature().params.iter().zip(&params) {
        if let Some(given) = given {
            builder = builder.set(&info.name, given.values());
        }
    }
    builder.build().map_err(|e| {
        let given: Vec<String> = args.set.iter().map(|given| format!("--set {given}")).collect();
        match given.as_slice() {
            [] => Failure::of(&e),
            given => Failure::of(&e).prefixed(&given.join(" ")),
        }
    })?;
    let given = settings::of_neuron(model, &params, 0);
    let options = Options {
        dt,
        precision: args.precision.into(),
        inputs: inputs(args, model)?,
    };
    let failed = |error: BindError| Failure::new(code(error.code()), error.message(model.signature()));
    let explanation = model.explain_with(&given, &options).map_err(failed)?;
    let explanation = explanation.located(&source.name, &source.text);
    let text = match args.format {
        ExplainFormat::Text => explanation.text(),
        ExplainFormat::Latex => explanation.latex(),
        ExplainFormat::Json => explanation.json(),
    };
    let rounded = settings::refractory_warning(model, &params, 1, dt);
    Ok((text.trim_end().to_owned() + "\n", rounded))
}

/// The inputs in the coherent set, where any was given; the others are 0.
fn inputs(args: &ExplainArgs, model: &Model) -> Result<Option<Vec<f64>>, Failure> {
    if args.input.is_empty() {
        return Ok(None);
    }
    if let Some(given) = args.input.iter().find(|given| given.file().is_some()) {
        return Err(refused(
            Code::OptionValue,
            "--input",
            given,
            "an explanation takes one value, not an array",
        ));
    }
    let signature = model.signature();
    let given = plan::inputs(&[("--input", &args.input)], signature, 1, 1, None)?;
    let values = given.iter().zip(&signature.inputs);
    Ok(Some(
        values
            .map(|(given, info)| given.as_ref().map_or(0.0, |given| given.coherent(0, &info.unit)))
            .collect(),
    ))
}

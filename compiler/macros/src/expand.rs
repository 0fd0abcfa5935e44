//! One invocation, from its tokens to the generated types.

use std::collections::BTreeSet;

use alif_compiler::adjoint::{Adjoint, AdjointOptions, Rule, adjoint};
use alif_compiler::backend::rust::{Naming, emit};
use alif_compiler::{Compiled, compile_with, duplicate_models};
use alif_grammar::{Diagnostic, ast};
use proc_macro2::TokenStream;

use crate::invocation::{Invocation, read};
use crate::options::Options;
use crate::origin::Origin;
use crate::report;

/// The types of the models that are well, the errors of the others, and the warnings.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let invocation = match read(input) {
        Ok(invocation) => invocation,
        Err(error) => return error.into_compile_error(),
    };
    let Invocation {
        alif,
        origin,
        options,
        tracking,
        mut errors,
    } = invocation;
    let mut out = tracking;
    match alif_grammar::parse(origin.text()) {
        Ok(file) => models(&alif, &origin, &options, &file, &mut out, &mut errors),
        Err(diagnostics) => errors.extend(diagnostics.iter().map(|d| report::error(&origin, d))),
    }
    out.extend(report::all(errors));
    out
}

/// Compiles each model. One that is wrong does not take the others with it, so that code which uses them draws no errors.
fn models(
    alif: &TokenStream,
    origin: &Origin,
    options: &Options,
    file: &ast::File,
    out: &mut TokenStream,
    errors: &mut Vec<syn::Error>,
) {
    let mut diagnostics = duplicate_models(file);
    let mut seen = BTreeSet::new();
    for model in &file.models {
        match compile_with(model, &options.derive) {
            Ok(compiled) => {
                out.extend(compiled.warnings.iter().map(|w| report::warning(origin, w)));
                if seen.insert(&model.name.name) {
                    let naming = Naming {
                        alif: alif.clone(),
                        vis: origin.visibility(model),
                        name: origin.ends(model.name.span).0,
                    };
                    match gradients(&compiled, options.gradients) {
                        Ok(found) => {
                            let found = found.as_ref().map(|(rule, adjoint)| (*rule, adjoint));
                            out.extend(emit(&compiled, &naming, found));
                        }
                        Err(faults) => diagnostics.extend(faults),
                    }
                }
            }
            Err(faults) => diagnostics.extend(faults),
        }
    }
    diagnostics.sort_by_key(Diagnostic::span);
    errors.extend(diagnostics.iter().map(|d| report::error(origin, d)));
}

/// The adjoint by the rule that was asked for, if one was.
fn gradients(compiled: &Compiled, rule: Option<Rule>) -> Result<Option<(Rule, Adjoint)>, Vec<Diagnostic>> {
    let Some(rule) = rule else {
        return Ok(None);
    };
    let options = AdjointOptions {
        rule,
        ..AdjointOptions::default()
    };
    Ok(Some((rule, adjoint(compiled, &options)?)))
}

//! Documentation of generated types: the model's own words, its equations, its parameters with units and defaults.

use alif_core::{Signature, UnitInfo};
use proc_macro2::TokenStream;
use quote::quote;

use crate::Compiled;
use crate::update::Rule;

/// `#[doc = …]` attributes, one a line.
pub(super) fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote! { #(#[doc = #lines])* }
}

/// The documentation of the model's type.
pub(super) fn of_model(compiled: &Compiled, signature: &Signature) -> Vec<String> {
    let mut lines = signature.docs.clone();
    if lines.is_empty() {
        lines.push(format!("The neuron model `{}`.", signature.name));
    }
    section(&mut lines, "Equations");
    lines.push("```text".to_owned());
    lines.extend(equations(compiled));
    lines.push("```".to_owned());
    if !signature.states.is_empty() {
        section(&mut lines, "States");
        lines.extend(["| name | unit | update | |".to_owned(), "|---|---|---|---|".to_owned()]);
        for (state, rule) in signature.states.iter().zip(&compiled.update.states) {
            let update = match rule {
                Rule::Constant => "only in events",
                Rule::Exact { .. } => "exact",
            };
            lines.push(row(&[
                &code(&state.name),
                &unit_text(&state.unit),
                update,
                &state.docs.join(" "),
            ]));
        }
    }
    if !signature.params.is_empty() {
        section(&mut lines, "Parameters");
        lines.extend([
            "| name | unit | default | condition | |".to_owned(),
            "|---|---|---|---|---|".to_owned(),
        ]);
        for param in &signature.params {
            let (default, condition) = (param.default.as_deref(), param.condition.as_deref());
            lines.push(row(&[
                &code(&param.name),
                &unit_text(&param.unit),
                &default.map_or_else(|| "none: needs a value".to_owned(), code),
                &condition.map_or_else(String::new, code),
                &param.docs.join(" "),
            ]));
        }
    }
    let inputs = signature.inputs.iter().map(|i| (&i.name, &i.unit, "continuous"));
    let ports = signature.ports.iter().map(|p| (&p.name, &p.unit, "weighted events"));
    let entries: Vec<_> = inputs.chain(ports).collect();
    if !entries.is_empty() {
        section(&mut lines, "Inputs");
        lines.extend(["| name | unit | |".to_owned(), "|---|---|---|".to_owned()]);
        lines.extend(
            entries
                .iter()
                .map(|(name, unit, kind)| row(&[&code(name), &unit_text(unit), kind])),
        );
    }
    lines
}

fn section(lines: &mut Vec<String>, title: &str) {
    lines.extend([String::new(), format!("# {title}"), String::new()]);
}

/// A row of a table.
fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A unit for people: nothing for a pure number.
pub(super) fn unit_text(unit: &UnitInfo) -> String {
    if unit.text == "1" {
        "a number".to_owned()
    } else {
        unit.text.clone()
    }
}

/// Equations, events, spike and refractory period as the model writes them.
fn equations(compiled: &Compiled) -> Vec<String> {
    let model = &compiled.model;
    let mut lines: Vec<String> = model
        .states
        .iter()
        .filter_map(|state| state.equation.as_ref().map(|equation| equation.text.clone()))
        .collect();
    let body = |assigns: &[crate::model::Assign]| {
        let texts: Vec<String> = assigns
            .iter()
            .map(|assign| format!("{};", assign.text.trim_end_matches(';')))
            .collect();
        texts.join(" ")
    };
    for on in &model.on_blocks {
        let after = if on.after { " after" } else { "" };
        let port = &model.ports[on.port.index()].name;
        lines.push(format!("on {port}(w){after} {{ {} }}", body(&on.body)));
    }
    if let Some(spike) = &model.spike {
        lines.push(format!("spike when {} {{ {} }}", spike.text, body(&spike.body)));
    }
    if let Some(refractory) = &model.refractory {
        lines.push(refractory.text.clone());
    }
    lines
}

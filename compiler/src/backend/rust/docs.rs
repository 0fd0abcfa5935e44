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
    let states = signature.states.iter().zip(&compiled.update.states);
    let states = states.map(|(state, rule)| {
        let update = match rule {
            Rule::Constant => "only in events",
            Rule::SubSteps => "counted",
            Rule::Exact { .. } => "exact",
            Rule::Approximate { equation } => compiled.update.approximate[*equation].solver.name(),
        };
        [
            code(&state.name),
            unit_text(&state.unit),
            update.to_owned(),
            state.docs.join(" "),
        ]
    });
    table(&mut lines, "States", ["name", "unit", "update", "meaning"], states);
    let params = signature.params.iter().map(|param| {
        let (default, condition) = (param.default.as_deref(), param.condition.as_deref());
        [
            code(&param.name),
            unit_text(&param.unit),
            default.map_or_else(|| "none: needs a value".to_owned(), code),
            condition.map_or_else(String::new, code),
            param.docs.join(" "),
        ]
    });
    let titles = ["name", "unit", "default", "condition", "meaning"];
    table(&mut lines, "Parameters", titles, params);
    let inputs = signature.inputs.iter().map(|i| (&i.name, &i.unit, "continuous"));
    let ports = signature.ports.iter().map(|p| (&p.name, &p.unit, "weighted events"));
    let inputs = inputs.chain(ports);
    let inputs = inputs.map(|(name, unit, kind)| [code(name), unit_text(unit), kind.to_owned()]);
    table(&mut lines, "Inputs", ["name", "unit", "kind"], inputs);
    lines
}

fn section(lines: &mut Vec<String>, title: &str) {
    lines.extend([String::new(), format!("# {title}"), String::new()]);
}

/// A section that is a table, if there is anything in it; columns without content are left out.
fn table<const COLUMNS: usize>(
    lines: &mut Vec<String>,
    title: &str,
    titles: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) {
    let rows: Vec<[String; COLUMNS]> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let columns: Vec<usize> = (0..COLUMNS)
        .filter(|&column| rows.iter().any(|row| !row[column].is_empty()))
        .collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = columns.iter().map(|&column| cell(column)).collect();
        format!("| {} |", cells.join(" | "))
    };
    section(lines, title);
    lines.push(line(&|column| titles[column].to_owned()));
    lines.push(line(&|_| "---".to_owned()));
    lines.extend(rows.iter().map(|row| line(&|column| row[column].replace('|', "\\|"))));
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

/// Definitions, equations, events, spike and refractory period as the model writes them.
fn equations(compiled: &Compiled) -> Vec<String> {
    let model = &compiled.model;
    let definitions = model.lets.iter().map(|l| format!("let {} = {}", l.name, l.text));
    let equations = model.states.iter().filter_map(|state| state.equation.as_ref());
    let mut lines: Vec<String> = definitions
        .chain(equations.map(|equation| equation.text.clone()))
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
        lines.push(format!("on {port}({}){after} {{ {} }}", on.weight, body(&on.body)));
    }
    if let Some(spike) = &model.spike {
        lines.push(format!("spike {} {{ {} }}", spike.head(), body(&spike.body)));
    }
    if let Some(refractory) = &model.refractory {
        lines.push(refractory.text.clone());
    }
    for event in &model.events {
        lines.push(format!("event {} {{ {} }}", event.head(), body(&event.body)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::of_model;

    #[test]
    fn documentation_says_what_the_model_says() {
        let text = "/// Leaky.
            model Leaky {
                /// how it leaks, |V| at most
                param tau = 20 ms where tau > 0 ms;
                param R : MOhm;
                let drive = R * I;
                state V = 0 mV;
                input I : nA;
                input syn : event(mV);
                tau * dV/dt = -V + drive;
                on syn(weight) after { V += weight; }
                spike when V > 15 mV { V = 0 mV; }
                refractory 2 ms;
            }";
        let file = alif_grammar::parse(text).expect("a model");
        let compiled = crate::compile(&file.models[0]).expect("a correct model");
        let wanted = "Leaky.

# Equations

```text
let drive = R * I
tau * dV/dt = -V + drive
on syn(weight) after { V += weight; }
spike when V > 15 mV { V = 0 mV; }
refractory 2 ms
```

# States

| name | unit | update |
| --- | --- | --- |
| `V` | mV | exact |

# Parameters

| name | unit | default | condition | meaning |
| --- | --- | --- | --- | --- |
| `tau` | ms | `20 ms` | `tau > 0 ms` | how it leaks, \\|V\\| at most |
| `R` | MOhm | none: needs a value |  |  |

# Inputs

| name | unit | kind |
| --- | --- | --- |
| `I` | nA | continuous |
| `syn` | mV | weighted events |";
        assert_eq!(of_model(&compiled, &crate::signature(&compiled)).join("\n"), wanted);
    }
}

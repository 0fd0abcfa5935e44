//! The table of `models/README.md`, from what the compiler says of the files.

use alif::Model;
use alif_compiler::backend::complete;
use alif_compiler::explain::{Explanation, explain};

/// What stands around the table in the page.
const BEGIN: &str = "<!-- The table is written by the example `gallery`. -->\n";
const END: &str = "<!-- End of the table. -->\n";

/// A page with the table in its place. None if it has no such place.
pub(crate) fn with_table(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", table()))
}

fn table() -> String {
    let head = "| model | file | class | solver | source | |\n|---|---|---|---|---|---|\n";
    super::names()
        .iter()
        .fold(head.to_owned(), |table, name| table + &row(name, &super::load(name)))
}

fn row(name: &str, model: &Model) -> String {
    let explanation = explanation(model);
    format!(
        "| {} | [`{name}.alif`]({name}.alif) | {} | {} | {} | <img src=\"pictures/{name}.svg\" width=\"240\" alt=\"\"> |\n",
        title(model),
        class(&explanation),
        solver(&explanation),
        sources(&explanation.docs).join("<br>"),
    )
}

/// The first line of the documentation.
pub(crate) fn title(model: &Model) -> String {
    let docs = &model.compiled().model.docs;
    let first = docs.first().map_or("", |line| line.trim());
    first.trim_end_matches('.').to_owned()
}

/// What was derived at the defaults and 0.1 ms.
pub(crate) fn explanation(model: &Model) -> Explanation {
    let given = vec![None; model.signature().params.len()];
    let values = complete(&model.compiled().program, &given, 0.1).expect("values for all parameters");
    explain(model.compiled(), &values, 0.1).expect("an explanation")
}

/// `linear` where everything is exact, `conditionally linear` where each approximated equation is linear in its own state.
pub(crate) fn class(explanation: &Explanation) -> &'static str {
    let is = |method: &str| explanation.states.iter().any(|state| state.method == method);
    match (is("rosenbrock2"), is("exponential_midpoint")) {
        (true, _) => "nonlinear",
        (false, true) => "conditionally linear",
        (false, false) => "linear",
    }
}

/// `exact`, or each method with its states.
fn solver(explanation: &Explanation) -> String {
    let mut methods: Vec<(&str, Vec<&str>)> = Vec::new();
    for state in explanation.states.iter().filter(|state| state.method != "constant") {
        match methods.iter_mut().find(|(method, _)| *method == state.method) {
            Some((_, states)) => states.push(&state.name),
            None => methods.push((state.method, vec![&state.name])),
        }
    }
    let several = methods.len() > 1;
    let words = methods.iter().map(|(method, states)| {
        if several {
            format!("{method}: `{}`", states.join("`, `"))
        } else {
            (*method).to_owned()
        }
    });
    words.collect::<Vec<_>>().join("<br>")
}

/// The papers that the documentation names with their DOI, as links.
pub(crate) fn sources(docs: &[String]) -> Vec<String> {
    docs.iter().filter_map(|line| source(line)).collect()
}

fn source(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("doi:")?;
    let doi = rest.split([';', ' ']).next()?.trim_end_matches(['.', ',']);
    // `Brunel (2000), …` or `Traub & Miles (1991), …`
    let (name, _) = line.split_once(')')?;
    Some(format!("[{})](https://doi.org/{doi})", name.trim()))
}

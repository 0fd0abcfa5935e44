//! Does the page of each code show a model that draws the code, and a twin that draws nothing?

use alif_grammar::Code;

use crate::diagnostics::diagnostics;

/// Codes that no short text at its defaults draws: of limits, of options, and of what is not there yet.
const WITHOUT_EXAMPLE: &[&str] = &[
    "E0407", "E0603", "E0701", "E0702", "E0703", "E0704", "E0705", "E0706", "E0707", "W0704",
];

/// The code blocks of a page that hold models.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```alif\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect()
}

/// Codes of all that is said about a text, also when its parameters are bound.
fn drawn(text: &str) -> Vec<String> {
    let mut codes: Vec<String> = diagnostics(text).iter().map(|d| d.code.as_str().to_owned()).collect();
    if codes.is_empty() {
        let model = alif::Model::from_text(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        if let Err(error) = model.population(1).build() {
            codes.extend(error.to_string().split(':').next().map(str::to_owned));
        }
    }
    codes
}

#[test]
fn each_code_has_a_page_whose_examples_are_what_they_say() {
    let mut failures = String::new();
    for &code in Code::ALL {
        let (name, page) = (code.as_str(), code.page());
        assert!(
            page.starts_with(&format!("# {name}: {}\n", code.title())),
            "the heading of {name}"
        );
        let shown: Vec<Vec<String>> = examples(page).into_iter().map(drawn).collect();
        let wanted: &[Vec<String>] = if WITHOUT_EXAMPLE.contains(&name) {
            &[]
        } else {
            &[vec![name.to_owned()], vec![]]
        };
        if shown != wanted {
            failures += &format!("{name}: {shown:?}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

//! Does the page of each code show something that draws the code, and a twin that draws nothing?

use alif_grammar::Code;
use ndarray::{Array2, arr1};
use ndarray_npy::write_npy;

use crate::cli::{Folder, shell};
use crate::diagnostics::diagnostics;
use crate::support::workspace;

/// Codes that nothing on this machine draws.
const WITHOUT_EXAMPLE: &[&str] = &["E0801", "E0815"];

/// The code blocks of a page in a language.
fn examples<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let start = format!("```{language}\n");
    let blocks = page.split(start.as_str()).skip(1);
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
            codes.push(error.code().to_owned());
        }
    }
    codes
}

/// Codes of all that commands say; the last of them fails with an error, and only then.
fn said(folder: &Folder, commands: &str) -> Vec<String> {
    let ran = shell(commands, folder);
    let marks = ["error[", "warning["]
        .iter()
        .flat_map(|word| ran.err.match_indices(word));
    let codes: Vec<String> = marks
        .map(|(at, word)| ran.err[at + word.len()..].chars().take(5).collect())
        .collect();
    let refused = codes.iter().any(|code| code.starts_with('E'));
    assert_eq!(ran.status, Some(i32::from(refused)), "{commands}\n{}", ran.err);
    codes
}

/// A folder with the models of the repository and the arrays that pages speak of.
fn folder() -> Folder {
    let folder = Folder::new("pages");
    std::os::unix::fs::symlink(workspace().join("models"), folder.file("models")).expect("a link to the models");
    write_npy(folder.file("three.npy"), &arr1(&[10.0, 15.0, 20.0])).expect("an array");
    let course = Array2::from_shape_fn((100, 1), |(step, _)| if step == 17 { f64::NAN } else { 15.0 });
    write_npy(folder.file("nan.npy"), &course).expect("an array");
    folder
}

#[test]
fn each_code_has_a_page_whose_examples_are_what_they_say() {
    let folder = folder();
    let mut failures = String::new();
    for &code in Code::ALL {
        let (name, page) = (code.as_str(), code.page());
        assert!(
            page.starts_with(&format!("# {name}: {}\n", code.title())),
            "the heading of {name}"
        );
        if WITHOUT_EXAMPLE.contains(&name) {
            continue;
        }
        let models = examples(page, "alif").into_iter().map(drawn);
        let commands = examples(page, "sh").into_iter().map(|commands| said(&folder, commands));
        let shown: Vec<Vec<String>> = models.chain(commands).collect();
        if shown != [vec![name.to_owned()], vec![]] {
            failures += &format!("{name}: {shown:?}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

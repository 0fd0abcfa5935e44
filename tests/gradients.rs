//! Are the gradients those of the model?

mod brainpy;
mod check;
mod course;
mod eligibility;
mod generated;
mod random;
mod rig;
mod surrogates;

use std::fs;

use crate::support::{self, Random};

/// The shipped models whose text has a `learn` block, and those that never spike.
fn learning_models() -> Vec<(String, alif::Model)> {
    let mut files: Vec<_> = fs::read_dir(support::workspace().join("models"))
        .expect("the folder of models")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "alif"))
        .collect();
    files.sort();
    let models = files.into_iter().filter_map(|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let model = support::shipped(&name);
        let learns = model.compiled().model.learn.is_some() || model.compiled().model.spike.is_none();
        learns.then_some((name, model))
    });
    models.collect()
}

#[test]
fn gradients_of_shipped_models_are_their_differences_and_transposed_their_own() {
    let mut random = Random(11);
    let models = learning_models();
    assert!(models.len() >= 5, "only {} models learn", models.len());
    for (name, model) in models {
        let points = check::points(model.compiled(), 0.1, 20, &mut random);
        let verdict = check::against_differences(model.compiled(), &points, &mut random);
        let (transposed, singular) = check::transposed(model.compiled(), &points, &mut random);
        println!(
            "{name:32} {:.1e} of {} gradients, {} at edges; transposed {transposed:.1e}",
            verdict.worst, verdict.compared, verdict.edges
        );
        assert!(verdict.worst <= 1e-6, "{name}: {verdict:?}");
        assert!(
            verdict.compared > 4 * verdict.edges && verdict.singular == 0,
            "{name}: {verdict:?}"
        );
        assert!(
            transposed <= 1e-12 && singular == 0,
            "{name}: {transposed:e}, {singular} singular"
        );
    }
}

//! Do the shipped models and the test models print to a text that means the same?

use std::path::PathBuf;

use crate::support::workspace;

/// Every model file that parses: the shipped ones and those of the diagnostics whose faults come after parsing.
fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["models", "tests/diagnostics"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(workspace().join(folder)).expect("a folder of models"))
        .map(|entry| entry.expect("an entry of a folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "alif"))
        .collect();
    files.sort();
    files
}

#[test]
fn models_print_to_the_same_tree_and_printing_again_changes_nothing() {
    let (mut shipped, mut others) = (0, 0);
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a text");
        let Ok(tree) = alif_grammar::parse(&text) else {
            assert!(
                !path.starts_with(workspace().join("models")),
                "{} does not parse",
                path.display()
            );
            continue;
        };
        if path.starts_with(workspace().join("models")) {
            shipped += 1;
        } else {
            others += 1;
        }
        let printed = alif_grammar::print(&tree, &text);
        let again =
            alif_grammar::parse(&printed).unwrap_or_else(|error| panic!("{}: {error:?}\n{printed}", path.display()));
        assert!(alif_grammar::same_tree(&tree, &again), "{}:\n{printed}", path.display());
        assert_eq!(alif_grammar::print(&again, &printed), printed, "{}", path.display());
    }
    assert!(shipped >= 2 && others >= 7, "{shipped} shipped models, {others} others");
}

/// The comparison of trees can tell models apart.
#[test]
fn other_trees_are_not_the_same() {
    let tree = |text| alif_grammar::parse(text).expect("a model");
    let a = tree("model M { state x = 1; dx/dt = -x / 1 ms; }");
    for other in [
        "model M { state x = 2; dx/dt = -x / 1 ms; }",
        "model M { state x = 1; dx/dt = x / 1 ms; }",
        "model M { state x = 1; dx/dt = -x / 1 s; }",
        "model N { state x = 1; dx/dt = -x / 1 ms; }",
    ] {
        assert!(!alif_grammar::same_tree(&a, &tree(other)), "{other}");
    }
}

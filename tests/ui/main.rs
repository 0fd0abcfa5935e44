//! Does `alif_model!` take what it should, and do mistakes draw their errors at the user's own words?

use std::path::Path;

#[path = "pass/files.rs"]
mod files;
#[path = "pass/in_macros.rs"]
mod in_macros;
#[path = "pass/keywords.rs"]
mod keywords;
#[path = "pass/several.rs"]
mod several;
#[path = "pass/warnings.rs"]
mod warnings;

/// Puts the files that cases name to where cargo builds the cases.
fn copy_models() {
    let builds = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild");
    let models = builds.join(env!("CARGO_PKG_NAME")).join("models");
    std::fs::create_dir_all(&models).expect("a folder for models");
    for entry in std::fs::read_dir("models").expect("the folder of models") {
        let entry = entry.expect("an entry of a folder");
        std::fs::copy(entry.path(), models.join(entry.file_name())).expect("a copy of a model");
    }
}

/// The cases that pass are modules above: here they would cost a build each.
#[test]
fn mistakes_are_told_at_their_place() {
    copy_models();
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

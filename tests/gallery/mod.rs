//! The gallery of `models/`: its table, which is derived from the files, and a picture of each model.
//!
//! This file is part of the example that draws the pictures and writes the table, and of the tests that compare them.

pub(crate) mod stimulus;
pub(crate) mod table;

use std::path::PathBuf;

/// The folder of models.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"))
}

/// The model files in the order of their names, without the extension.
pub(crate) fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("the folder of models");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut names: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|e| e == "alif"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// A model of the folder.
pub(crate) fn load(name: &str) -> alif::Model {
    let path = folder().join(name).with_extension("alif");
    alif::Model::load(path).unwrap_or_else(|error| panic!("{error}"))
}

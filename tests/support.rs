//! What several questions need: reference data, numbers from JSON, random numbers, distances between numbers.

mod fixed;
mod random;
mod types;

use std::path::{Path, PathBuf};

use alif::Model;
use ndarray::ArrayD;
use ndarray_npy::read_npy;
use serde_json::Value;

pub(crate) use fixed::{Fixed, exponential, product};
pub(crate) use random::Random;
pub(crate) use types::AlifBellec2020;

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests are a folder of the workspace")
}

/// A shipped model.
pub(crate) fn shipped(name: &str) -> Model {
    let path = workspace().join("models").join(name);
    Model::load(path).unwrap_or_else(|error| panic!("{error}"))
}

/// A model from its text.
pub(crate) fn model(text: &str) -> Model {
    Model::from_text(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The folder of reference data; the environment variable `ALIF_REFERENCE` replaces it.
pub(crate) fn reference() -> PathBuf {
    replaced_reference().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("reference"))
}

/// The folder that stands in for the one beside these tests; a relative path starts at the root of the workspace.
pub(crate) fn replaced_reference() -> Option<PathBuf> {
    std::env::var_os("ALIF_REFERENCE").map(|path| workspace().join(path))
}

/// A JSON file of the reference data.
pub(crate) fn json(file: &str) -> Value {
    let path = reference().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers of an array file of the reference data, of any of the three types in use.
pub(crate) fn npy(file: &str) -> Vec<f64> {
    let path = reference().join(file);
    if let Ok(array) = read_npy::<_, ArrayD<f64>>(&path) {
        return array.iter().copied().collect();
    }
    if let Ok(array) = read_npy::<_, ArrayD<f32>>(&path) {
        return array.iter().map(|&x| f64::from(x)).collect();
    }
    let array: ArrayD<u8> = read_npy(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    array.iter().map(|&x| f64::from(x)).collect()
}

/// The elements of a JSON array.
pub(crate) fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("an array is wanted: {value}"))
}

/// A number, a text that is one, or a result `{"dec", "f64", "hex"}`: its nearest double.
pub(crate) fn number(value: &Value) -> f64 {
    let found = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        Value::Object(result) => result.get("f64").map(number),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("a number is wanted: {value}"))
}

/// A whole number.
pub(crate) fn whole(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("a whole number is wanted: {value}"))
}

/// The numbers of nested arrays, row by row.
pub(crate) fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        single => vec![number(single)],
    }
}

/// How many doubles lie between two of one sign.
pub(crate) fn ulps(a: f64, b: f64) -> u64 {
    if a == b {
        return 0;
    }
    assert!(
        a.is_finite() && b.is_finite() && a.signum() == b.signum(),
        "{a} and {b} have no common scale"
    );
    a.to_bits().abs_diff(b.to_bits())
}

/// |a - b| relative to |b| or, where that is more, to `scale`.
pub(crate) fn relative(a: f64, b: f64, scale: f64) -> f64 {
    if a == b {
        return 0.0;
    }
    let error = (a - b).abs() / b.abs().max(scale);
    if error.is_nan() { f64::INFINITY } else { error }
}

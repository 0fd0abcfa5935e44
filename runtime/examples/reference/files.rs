//! Files of a case.

use std::path::{Path, PathBuf};

use ndarray::ArrayD;
use ndarray_npy::read_npy;
use serde_json::Value;

use super::{CaseError, problem};

/// A folder and its `case.json`.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    case: Value,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, CaseError> {
        let file = path.join("case.json");
        let text = std::fs::read_to_string(&file).map_err(|error| problem(&file, error))?;
        Ok(Self {
            path: path.to_owned(),
            case: serde_json::from_str(&text).map_err(|error| problem(&file, error))?,
        })
    }

    fn value(&self, keys: &[&str]) -> Result<&Value, CaseError> {
        let found = keys.iter().try_fold(&self.case, |value, key| value.get(key));
        found.ok_or_else(|| problem(&self.path, format!("case.json has no `{}`", keys.join("."))))
    }

    pub(crate) fn number(&self, keys: &[&str]) -> Result<f64, CaseError> {
        let value = self.value(keys)?;
        value
            .as_f64()
            .ok_or_else(|| problem(&self.path, format!("`{}` is no number", keys.join("."))))
    }

    /// The number, or `default` where there is none.
    pub(crate) fn number_or(&self, keys: &[&str], default: f64) -> Result<f64, CaseError> {
        if self.value(keys).is_err() {
            return Ok(default);
        }
        self.number(keys)
    }

    pub(crate) fn count(&self, keys: &[&str]) -> Result<usize, CaseError> {
        let value = self.value(keys)?;
        let count = value
            .as_u64()
            .ok_or_else(|| problem(&self.path, format!("`{}` is no count", keys.join("."))))?;
        Ok(count as usize)
    }

    pub(crate) fn truth(&self, keys: &[&str]) -> Result<bool, CaseError> {
        let value = self.value(keys)?;
        value
            .as_bool()
            .ok_or_else(|| problem(&self.path, format!("`{}` is not true or false", keys.join("."))))
    }

    pub(crate) fn text(&self, keys: &[&str]) -> Result<&str, CaseError> {
        let value = self.value(keys)?;
        value
            .as_str()
            .ok_or_else(|| problem(&self.path, format!("`{}` is no text", keys.join("."))))
    }

    /// The values of an array of a known number of elements, if the number is given.
    pub(crate) fn array(&self, name: &str, elements: Option<usize>) -> Result<Vec<f64>, CaseError> {
        let path = self.path.join(format!("{name}.npy"));
        let values = read(&path)?;
        match elements {
            Some(wanted) if values.len() != wanted => Err(problem(
                &path,
                format!("it has {} elements, not {wanted}", values.len()),
            )),
            _ => Ok(values),
        }
    }

    /// Rows of three indices.
    pub(crate) fn triples(&self, name: &str) -> Result<Vec<[usize; 3]>, CaseError> {
        let values = self.array(name, None)?;
        let rows = values.as_chunks::<3>().0;
        Ok(rows.iter().map(|row| row.map(|index| index as usize)).collect())
    }

    /// A column of `losses.csv`.
    pub(crate) fn losses(&self, column: usize) -> Result<Vec<f64>, CaseError> {
        let path = self.path.join("losses.csv");
        let text = std::fs::read_to_string(&path).map_err(|error| problem(&path, error))?;
        let rows = text.lines().skip(1).filter(|line| !line.trim().is_empty());
        rows.map(|row| {
            let cell = row.split(',').nth(column).unwrap_or("");
            cell.trim()
                .parse()
                .map_err(|error| problem(&path, format!("`{cell}`: {error}")))
        })
        .collect()
    }
}

fn read(path: &Path) -> Result<Vec<f64>, CaseError> {
    macro_rules! of_type {
        ($($element:ty),*) => {
            $(if let Ok(array) = read_npy::<_, ArrayD<$element>>(path) {
                return Ok(array.iter().map(|&value| value as f64).collect());
            })*
        };
    }
    of_type!(f64, f32, i64, i32, i16, u8);
    if let Ok(array) = read_npy::<_, ArrayD<bool>>(path) {
        return Ok(array.iter().map(|&value| f64::from(u8::from(value))).collect());
    }
    match read_npy::<_, ArrayD<f64>>(path) {
        Err(error) => Err(problem(path, error)),
        Ok(array) => Ok(array.into_iter().collect()),
    }
}

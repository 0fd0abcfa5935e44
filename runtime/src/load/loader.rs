//! Loading with options.

use std::path::Path;
use std::sync::Arc;

use alif_compiler::derive::Options;
use alif_compiler::{Solver, compile_with, duplicate_models};
use alif_grammar::ast;

use super::loaded::Loaded;
use super::{LoadError, Model, read};

/// How a model is read and compiled; made by [`Model::loader`].
///
/// ```
/// use alif::prelude::*;
///
/// let text = "model Decay { state V = 1; 10 ms * dV/dt = -V; }";
/// let model = Model::loader().solver(Solver::Rk4).text(text)?;
/// assert_eq!(model.compiled().update.approximate[0].solver, Solver::Rk4);
/// # Ok::<(), alif::LoadError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Loader {
    model: Option<String>,
    file: Option<String>,
    options: Options,
}

impl Loader {
    /// The model of this name, where the text holds several.
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.model = Some(name.into());
        self
    }

    /// The name that stands for the text in messages.
    pub fn name_of_text(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Solves all equations in this way. Without it, linear ones are solved exactly and the others to order 2.
    pub fn solver(mut self, solver: Solver) -> Self {
        self.options.solver = Some(solver);
        self
    }

    /// Reads a file and compiles its model.
    ///
    /// # Errors
    /// When the file cannot be read or has no such model, and everything that is wrong with its text.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Model, LoadError> {
        let path = path.as_ref();
        let text = read(path)?;
        let named = self.file.is_some();
        let loader = if named {
            self
        } else {
            self.name_of_text(path.display().to_string())
        };
        loader.text(&text)
    }

    /// Compiles the model of a text.
    ///
    /// # Errors
    /// When there is no such model, and everything that is wrong with the text.
    pub fn text(self, text: &str) -> Result<Model, LoadError> {
        let file = self.file.unwrap_or_else(|| "model text".to_owned());
        let invalid = |diagnostics| LoadError::Invalid {
            file: file.clone(),
            text: text.to_owned(),
            diagnostics,
        };
        let parsed = alif_grammar::parse(text).map_err(invalid)?;
        let duplicates = duplicate_models(&parsed);
        if !duplicates.is_empty() {
            return Err(invalid(duplicates));
        }
        let source = choose(&parsed, self.model.as_deref()).ok_or_else(|| LoadError::WhichModel {
            file: file.clone(),
            wanted: self.model.clone(),
            names: parsed.models.iter().map(|m| m.name.name.clone()).collect(),
        })?;
        let compiled = compile_with(source, &self.options).map_err(invalid)?;
        Ok(Model {
            loaded: Arc::new(Loaded::new(compiled, Some((file, text.to_owned())))),
        })
    }
}

fn choose<'a>(file: &'a ast::File, name: Option<&str>) -> Option<&'a ast::Model> {
    match (name, &file.models[..]) {
        (Some(name), models) => models.iter().find(|m| m.name.name == name),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

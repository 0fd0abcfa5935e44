//! Loading with options.

use std::path::Path;
use std::sync::Arc;

use alif_compiler::derive::Options;
use alif_compiler::{Solver, compile_given, duplicate_models};
use alif_grammar::{Limits, ast};

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
    given: Vec<String>,
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

    /// How large the text and the model may be.
    ///
    /// ```
    /// use alif::prelude::*;
    /// use alif::Limits;
    ///
    /// let limits = Limits { states: 1, ..Limits::default() };
    /// let text = "model Two { state x = 1; state y = 1; 5 ms * dx/dt = -x; 5 ms * dy/dt = x - y; }";
    /// let error = Model::loader().limits(limits).text(text).unwrap_err();
    /// assert!(error.to_string().contains("E0704"));
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.options.limits = limits;
        self
    }

    /// The tolerance of a solver that takes sub-steps, [`Solver::Rk45`]; without it 1e-6. The error of each sub-step is at most the
    /// tolerance times the state or, where that is more, times one unit of the state as the model declares it.
    ///
    /// ```
    /// use alif::prelude::*;
    ///
    /// let text = "model Decay { state V = 1; 10 ms * dV/dt = -V^3; }";
    /// let model = Model::loader().solver(Solver::Rk45).tolerance(1e-10).text(text)?;
    /// let mut population = model.population(1).dt(5.0).precision(Precision::F64).build()?;
    /// population.run(1)?;
    /// assert!((population.state("V")?[0] - 0.5_f64.sqrt()).abs() < 1e-9);
    /// assert!(population.state("sub_steps")?[0] > 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// When the model is compiled, a tolerance that cannot be kept, or that the solver does not ask for, is refused (E0606).
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.options.tolerance = Some(tolerance);
        self
    }

    /// Takes the numbers of a noise from outside: it becomes an input of its name, a standard normal number for each step and neuron, and
    /// nothing is drawn for it. An input that is not connected is 0, and so is then the noise.
    ///
    /// ```
    /// use alif::prelude::*;
    ///
    /// let text = "model Walk { state x = 0; noise xi; dx/dt = xi / sqrt(1 ms); }";
    /// let model = Model::loader().noise_from_input("xi").text(text)?;
    /// let numbers = vec![1.0, -2.0, 0.5, 0.0]; // two steps of two neurons
    /// let mut population = model.population(2).dt(1.0).input("xi", Source::Stream(numbers)).build()?;
    /// population.run(2)?;
    /// assert_eq!(population.state("x")?, [1.5, -2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// When the model is compiled, a noise that it does not have, or of which a step needs several numbers, is refused (E0407).
    pub fn noise_from_input(mut self, noise: impl Into<String>) -> Self {
        self.given.push(noise.into());
        self
    }

    /// Reads a file and compiles its model.
    ///
    /// # Errors
    /// When the file cannot be read or has no such model, and everything that is wrong with its text.
    pub fn file(self, path: impl AsRef<Path>) -> Result<Model, LoadError> {
        let path = path.as_ref();
        let text = read(path, &self.options.limits)?;
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
        let parsed = alif_grammar::parse_with(text, &self.options.limits).map_err(invalid)?;
        let duplicates = duplicate_models(&parsed);
        if !duplicates.is_empty() {
            return Err(invalid(duplicates));
        }
        let source = choose(&parsed, self.model.as_deref()).ok_or_else(|| LoadError::WhichModel {
            file: file.clone(),
            wanted: self.model.clone(),
            names: parsed.models.iter().map(|m| m.name.name.clone()).collect(),
        })?;
        let compiled = compile_given(source, &self.options, &self.given).map_err(invalid)?;
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

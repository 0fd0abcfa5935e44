//! Models from text at run time.

mod clock;
#[cfg(feature = "jit")]
mod kernels;
mod loaded;
mod loader;
mod programmed;
mod quantity;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alif_compiler::Compiled;
use alif_compiler::backend::complete;
use alif_compiler::explain::{Explanation, Options as ExplainOptions, explain_with};
use alif_compiler::symbolic::{Environment, Graph, Node};
use alif_core::{BindError, Signature};
use alif_grammar::{Code, Diagnostic, Limits};
use thiserror::Error;

use loaded::Loaded;

use crate::neuron::Neuron;
use crate::population::Builder;
use crate::shape::Shape;

pub use clock::KernelClock;
pub use loader::Loader;
pub use quantity::{QuantityError, duration, quantity};

/// Why a model text could not be loaded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The text is no valid model.
    #[error("{}", rendered(file, text, diagnostics))]
    Invalid {
        /// The name of the file, for messages.
        file: String,
        /// The text.
        text: String,
        /// Everything that is wrong with it; warnings are among it.
        diagnostics: Vec<Diagnostic>,
    },
    /// The file holds several models and none was named, or none of this name.
    #[error("{file}: {}", which(.wanted, .names))]
    WhichModel {
        /// The name of the file.
        file: String,
        /// The name that was asked for.
        wanted: Option<String>,
        /// The models in it.
        names: Vec<String>,
    },
}

fn which(wanted: &Option<String>, names: &[String]) -> String {
    let names = names.join(", ");
    match wanted {
        Some(wanted) => format!("there is no model `{wanted}`; there is {names}"),
        None => format!("there are the models {names}; say which one"),
    }
}

fn rendered(file: &str, text: &str, diagnostics: &[Diagnostic]) -> String {
    let texts: Vec<String> = diagnostics
        .iter()
        .map(|d| alif_grammar::render(d, file, text))
        .collect();
    texts.join("\n")
}

/// A model that was read from text and compiled. Cloning is cheap; clones share their kernels.
#[derive(Clone, Debug)]
pub struct Model {
    loaded: Arc<Loaded>,
}

impl Model {
    /// Compiles the one model of a text.
    ///
    /// # Errors
    /// Everything that is wrong with the text.
    pub fn from_text(text: &str) -> Result<Self, LoadError> {
        Self::named_from_text(text, None, "model text")
    }

    /// Reads a file and compiles its one model.
    ///
    /// # Errors
    /// When the file cannot be read, and everything that is wrong with its text.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::load_named(path, None)
    }

    /// Reads a file and compiles the model of this name.
    ///
    /// # Errors
    /// When the file cannot be read or has no such model, and everything that is wrong with its text.
    pub fn load_named(path: impl AsRef<Path>, name: Option<&str>) -> Result<Self, LoadError> {
        let loader = Self::loader();
        match name {
            Some(name) => loader.model(name).file(path),
            None => loader.file(path),
        }
    }

    /// Compiles the model of this name; `file` stands in messages.
    ///
    /// # Errors
    /// When there is no such model, and everything that is wrong with the text.
    pub fn named_from_text(text: &str, name: Option<&str>, file: &str) -> Result<Self, LoadError> {
        let loader = Self::loader().name_of_text(file);
        match name {
            Some(name) => loader.model(name).text(text),
            None => loader.text(text),
        }
    }

    /// Loading with options, such as the solver.
    pub fn loader() -> Loader {
        Loader::default()
    }

    /// A model that was compiled already.
    #[must_use]
    pub fn new(compiled: Compiled) -> Self {
        Self {
            loaded: Arc::new(Loaded::new(compiled, None)),
        }
    }

    /// A model that was compiled already, and a clock that tells what its kernels take. A kernel that is measured takes some 50 ns longer
    /// for each block of neurons and up to 64 steps.
    #[must_use]
    pub fn timed(compiled: Compiled) -> (Self, Arc<KernelClock>) {
        let clock = Arc::new(KernelClock::default());
        let mut loaded = Loaded::new(compiled, None);
        loaded.clock = Some(Arc::clone(&clock));
        let model = Self {
            loaded: Arc::new(loaded),
        };
        (model, clock)
    }

    /// The stages of its compilation.
    #[must_use]
    pub fn compiled(&self) -> &Compiled {
        &self.loaded.compiled
    }

    /// Names and units.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.loaded.signature
    }

    /// What the compiler warns of.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.loaded.compiled.warnings
    }

    /// What was derived from the model and what was measured of it, at the defaults of its parameters and a time step of 0.1 ms.
    ///
    /// ```
    /// use alif::prelude::*;
    ///
    /// let model = Model::from_text("model Decay { state V = 1; 10 ms * dV/dt = -V; }")?;
    /// let explanation = model.explain().expect("every parameter has a default");
    /// assert_eq!(explanation.states[0].class.name(), "exact");
    /// assert!(explanation.certificate.exact[0].holds());
    /// println!("{}", explanation.text());
    /// # Ok::<(), alif::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// A parameter without default, or defaults that cannot be bound; [`BindError::message`] names them.
    pub fn explain(&self) -> Result<Explanation, BindError> {
        self.explain_with(&vec![None; self.signature().params.len()], &ExplainOptions::default())
    }

    /// As [`Model::explain`], for parameters in the coherent set, where `None` stands for the default, and for another time step,
    /// precision or input.
    ///
    /// # Errors
    /// Parameters that cannot be bound.
    ///
    /// # Panics
    /// When there are more or fewer parameters or inputs than the model has.
    pub fn explain_with(&self, params: &[Option<f64>], options: &ExplainOptions) -> Result<Explanation, BindError> {
        assert_eq!(
            params.len(),
            self.signature().params.len(),
            "one value for each parameter"
        );
        let compiled = self.compiled();
        let params = complete(&compiled.program, params, options.dt)?;
        let explanation = explain_with(compiled, &params, options)?;
        Ok(match &self.loaded.source {
            Some((file, text)) => explanation.located(file, text),
            None => explanation,
        })
    }

    /// The refractory period for one set of parameters in the coherent set (as `backend::complete` gives them) and a time step
    /// in ms; nothing for a model without one.
    #[must_use]
    pub fn refractory_period(&self, params: &[f64], dt: f64) -> Option<RefractoryPeriod> {
        let model = &self.compiled().model;
        let refractory = model.refractory.as_ref()?;
        let mut graph = Graph::new();
        let environment = Environment::start_of_step(&mut graph, model.states.len());
        let duration = graph.build(model, refractory.duration, &environment);
        let numbers: Vec<_> = params.iter().map(|&value| graph.number(value)).collect();
        let dt_node = graph.number(dt);
        let duration = graph.substitute(duration, |leaf| match leaf {
            Node::Param(p) => numbers.get(p.index()).copied(),
            Node::Dt => Some(dt_node),
            _ => None,
        });
        let duration = graph.number_of(duration)?;
        let steps = (duration / dt + 1e-9).floor();
        Some(RefractoryPeriod {
            duration,
            steps: steps as u64,
            is_multiple: (duration / dt - steps).abs() <= 1e-9,
        })
    }

    /// A population of this model, to be set up and built, of as many neurons or in this shape: [`Neuron::population`] without the import.
    pub fn population(&self, shape: impl Into<Shape>) -> Builder {
        Neuron::population(self, shape)
    }
}

/// A refractory period as a run counts it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefractoryPeriod {
    /// The duration in ms.
    pub duration: f64,
    /// The whole steps in it, within 1e-9 of a step: what a run uses.
    pub steps: u64,
    /// Whether these steps are the duration.
    pub is_multiple: bool,
}

/// Reads a model text from a file.
///
/// # Errors
/// When it cannot be read, is no text, or larger than the limit.
pub fn read(path: &Path, limits: &Limits) -> Result<String, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    // What is larger, or has no end as a device, is not read to its end.
    let mut bytes = Vec::new();
    file.take(limits.most_read() as u64)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    alif_grammar::decode_file(&bytes, size, limits).map_err(|diagnostic| LoadError::Invalid {
        file: path.display().to_string(),
        text: match diagnostic.code {
            Code::FileTooLarge => String::new(),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        },
        diagnostics: vec![diagnostic],
    })
}

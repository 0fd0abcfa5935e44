//! Models from text at run time.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use alif_compiler::backend::{self, Interpreter};
use alif_compiler::ids::ParamId;
use alif_compiler::ir::{Options, Program};
use alif_compiler::symbolic::{Environment, Graph, Node};
use alif_compiler::{Compiled, units};
use alif_core::decimal::Decimal;
use alif_core::{Arrays, Layout, Precision, Real, Signature, Specialization, StepKernel, UnitInfo};
use alif_grammar::{Code, Diagnostic, Severity, Span, ast};
use thiserror::Error;

use crate::error::Error;
use crate::neuron::{BindError, Bound, Engine, Neuron};
use crate::population::Builder;

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

/// Kernels by what they are specialised for.
type Kernels<T> = Mutex<HashMap<(Vec<usize>, Specialization, Engine), Arc<dyn StepKernel<T>>>>;

/// A model that was read from text and compiled. Cloning is cheap; clones share their kernels.
#[derive(Clone, Debug)]
pub struct Model {
    loaded: Arc<Loaded>,
}

/// The shared part of a [`Model`].
struct Loaded {
    compiled: Compiled,
    signature: Signature,
    /// Programs for other numbers of event slots than one.
    programs: Mutex<HashMap<Vec<usize>, Arc<Program>>>,
    kernels_f32: Kernels<f32>,
    kernels_f64: Kernels<f64>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("name", &self.signature.name)
            .finish_non_exhaustive()
    }
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
        let path = path.as_ref();
        let text = read(path)?;
        Self::named_from_text(&text, name, &path.display().to_string())
    }

    /// Compiles the model of this name; `file` stands in messages.
    ///
    /// # Errors
    /// When there is no such model, and everything that is wrong with the text.
    pub fn named_from_text(text: &str, name: Option<&str>, file: &str) -> Result<Self, LoadError> {
        let invalid = |diagnostics| LoadError::Invalid {
            file: file.to_owned(),
            text: text.to_owned(),
            diagnostics,
        };
        let parsed = alif_grammar::parse(text).map_err(invalid)?;
        let duplicates = alif_compiler::duplicate_models(&parsed);
        if !duplicates.is_empty() {
            return Err(invalid(duplicates));
        }
        let source = choose(&parsed, name).ok_or_else(|| LoadError::WhichModel {
            file: file.to_owned(),
            wanted: name.map(str::to_owned),
            names: parsed.models.iter().map(|m| m.name.name.clone()).collect(),
        })?;
        Ok(Self::new(alif_compiler::compile(source).map_err(invalid)?))
    }

    /// A model that was compiled already.
    #[must_use]
    pub fn new(compiled: Compiled) -> Self {
        let signature = alif_compiler::signature(&compiled);
        Self {
            loaded: Arc::new(Loaded {
                compiled,
                signature,
                programs: Mutex::default(),
                kernels_f32: Mutex::default(),
                kernels_f64: Mutex::default(),
            }),
        }
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

    /// A population of `neurons` neurons of this model, to be set up and built.
    pub fn population(&self, neurons: usize) -> Builder {
        Builder::new(self.loaded.clone(), neurons)
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

/// Bytes of the mark that some editors write at the start of a text.
const BYTE_ORDER_MARK: u64 = 3;

/// Reads a model text from a file.
///
/// # Errors
/// When it cannot be read or is no text.
pub fn read(path: &Path) -> Result<String, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let invalid = |text, diagnostic| LoadError::Invalid {
        file: path.display().to_string(),
        text,
        diagnostics: vec![diagnostic],
    };
    let file = File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    // What is larger, or has no end as a device, is not read to its end.
    let most = alif_grammar::MAX_FILE_SIZE as u64 + BYTE_ORDER_MARK;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > most {
        let size = if size > most {
            size.to_string()
        } else {
            format!("more than {most}")
        };
        let message = format!(
            "the file has {size} bytes; at most {} (1 MiB) are read",
            alif_grammar::MAX_FILE_SIZE
        );
        let diagnostic = Diagnostic::new(Code::FileTooLarge, Span::at(0), message);
        return Err(invalid(String::new(), diagnostic));
    }
    alif_grammar::decode(&bytes).map_err(|diagnostic| invalid(String::from_utf8_lossy(&bytes).into_owned(), diagnostic))
}

fn choose<'a>(file: &'a ast::File, name: Option<&str>) -> Option<&'a ast::Model> {
    match (name, &file.models[..]) {
        (Some(name), models) => models.iter().find(|m| m.name.name == name),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// A quantity given as text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}`: {reason}")]
pub struct QuantityError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads `15nA`, `-3 mV` or `0.5` as a value of the coherent set. A number without a unit is in `unit`, the unit that the
/// model declares; a unit must have its dimension. The text is rounded to a double once.
///
/// # Errors
/// Text that is no quantity, a unit of another dimension, a value beyond the range of a double.
pub fn quantity(text: &str, unit: &UnitInfo) -> Result<f64, QuantityError> {
    let refused = |reason: String| QuantityError {
        text: text.to_owned(),
        reason,
    };
    let (number, given) = decimal_and_unit(text)?;
    let half_decades = match given {
        None => unit.half_decades,
        Some(given) => {
            if given.dimension.twice_exponents() != unit.dimension {
                return Err(refused(format!(
                    "this is {}, but {} is wanted",
                    units::name_of(given.dimension),
                    unit.text
                )));
            }
            given.scale2
        }
    };
    number
        .to_f64_scaled(half_decades)
        .map_err(|_| refused("the number does not fit in a 64-bit float".to_owned()))
}

/// Reads a duration such as `0.1ms` or `1 s` as an exact number of ms; a number without a unit is in ms.
///
/// # Errors
/// Text that is no time.
pub fn duration(text: &str) -> Result<Decimal, QuantityError> {
    let refused = |reason: String| QuantityError {
        text: text.to_owned(),
        reason,
    };
    let (number, given) = decimal_and_unit(text)?;
    match given {
        None => Ok(number),
        Some(unit) if unit.dimension == alif_compiler::dimension::Dimension::TIME => unit
            .exact(&number)
            .ok_or_else(|| refused("this unit of time is no power of ten of 1 ms".to_owned())),
        Some(unit) => Err(refused(format!(
            "a time is wanted, but this is {}",
            units::name_of(unit.dimension)
        ))),
    }
}

fn decimal_and_unit(text: &str) -> Result<(Decimal, Option<units::UnitValue>), QuantityError> {
    let refused = |reason: String| QuantityError {
        text: text.to_owned(),
        reason,
    };
    let value = alif_grammar::parse_value(text).map_err(|d| refused(d.message))?;
    let sign = if value.negative { "-" } else { "" };
    let number: Decimal = format!("{sign}{}", value.digits)
        .parse()
        .map_err(|_| refused("this is no number".to_owned()))?;
    let unit = value
        .unit
        .map(|unit| {
            let factors: Vec<(&str, i32, i32)> = unit
                .factors
                .iter()
                .map(|f| (f.name.name.as_str(), f.numerator, f.denominator))
                .collect();
            units::combine(&factors).map_err(|e| refused(e.to_string()))
        })
        .transpose()?;
    Ok((number, unit))
}

impl Loaded {
    fn program(&self, slots: &[usize]) -> Arc<Program> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        programs
            .entry(slots.to_vec())
            .or_insert_with(|| {
                Arc::new(if slots.iter().all(|&s| s <= 1) {
                    self.compiled.program.clone()
                } else {
                    let options = Options { slots: slots.to_vec() };
                    alif_compiler::lower(&self.compiled.model, &self.compiled.update, &options)
                })
            })
            .clone()
    }

    fn kernel<T: Real>(
        &self,
        cache: &Kernels<T>,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<T>>, Error> {
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (slots.to_vec(), of.clone(), engine);
        if let Some(kernel) = cache.get(&key) {
            return Ok(kernel.clone());
        }
        let program = self.program(slots);
        let kernel: Arc<dyn StepKernel<T>> = match engine {
            Engine::Interpreter => Arc::new(Interpreter::new(program, of)),
            Engine::Jit => jit(&program, of)?,
        };
        cache.insert(key, kernel.clone());
        Ok(kernel)
    }
}

#[cfg(feature = "jit")]
fn jit<T: Real>(program: &Program, of: &Specialization) -> Result<Arc<dyn StepKernel<T>>, Error> {
    use alif_compiler::backend::cranelift::{JitOptions, compile};
    let kernel = compile::<T>(program, of, JitOptions::default()).map_err(|e| Error::Kernel(e.to_string()))?;
    Ok(Arc::new(kernel))
}

#[cfg(not(feature = "jit"))]
fn jit<T: Real>(_: &Program, _: &Specialization) -> Result<Arc<dyn StepKernel<T>>, Error> {
    Err(Error::Kernel(
        "this build has no compiler for kernels: enable the feature `jit`, or use the interpreter".to_owned(),
    ))
}

impl Neuron for Loaded {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn layout(&self, slots: &[usize]) -> Layout {
        self.program(slots).layout.clone()
    }

    fn coefficient_name(&self, coefficient: usize) -> String {
        self.compiled.program.prepare.coefficients[coefficient].name.clone()
    }

    fn coefficient_params(&self, coefficient: usize) -> Vec<usize> {
        indices(&self.compiled.program.prepare.coefficients[coefficient].params)
    }

    fn coefficient_is_count(&self, coefficient: usize) -> bool {
        self.compiled.program.prepare.coefficients[coefficient].steps
    }

    fn default_params(&self, param: usize) -> Vec<usize> {
        let default = self.compiled.program.defaults.iter().find(|d| d.param.index() == param);
        default.map_or_else(Vec::new, |d| indices(&d.params))
    }

    fn complete(&self, given: &[Option<f64>], dt: f64) -> Result<Vec<f64>, BindError> {
        backend::complete(&self.compiled.program, given, dt).map_err(|e| self.bind_error(e))
    }

    fn bind(&self, params: &[f64], dt: f64, max_count: i64) -> Result<Bound, BindError> {
        let prepared = backend::bind(&self.compiled.program, params, dt, max_count).map_err(|e| self.bind_error(e))?;
        Ok(Bound {
            coefficients: prepared.coefficients,
            initial: prepared.initial,
        })
    }

    fn kernel_f32(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f32>>, Error> {
        self.kernel(&self.kernels_f32, slots, of, engine)
    }

    fn kernel_f64(
        &self,
        slots: &[usize],
        of: &Specialization,
        engine: Engine,
    ) -> Result<Arc<dyn StepKernel<f64>>, Error> {
        self.kernel(&self.kernels_f64, slots, of, engine)
    }

    fn observable(&self, definition: usize) -> bool {
        self.compiled.program.observe[definition].value.is_some()
    }

    fn observe_f32(&self, definition: usize, arrays: &Arrays<f32>, neurons: &[u32]) -> Vec<f32> {
        backend::observe(&self.compiled.program, arrays, definition, neurons).unwrap_or_default()
    }

    fn observe_f64(&self, definition: usize, arrays: &Arrays<f64>, neurons: &[u32]) -> Vec<f64> {
        backend::observe(&self.compiled.program, arrays, definition, neurons).unwrap_or_default()
    }
}

impl Loaded {
    fn bind_error(&self, error: backend::BindError) -> BindError {
        let refused = |code, message, params: &[ParamId]| BindError::Refused {
            code,
            message,
            params: indices(params),
        };
        let message = error.to_string();
        match error {
            backend::BindError::Missing { param, .. } => BindError::Missing(param.index()),
            backend::BindError::NotFinite { param, .. } => refused("E0604", message, &[param]),
            backend::BindError::Check { check, .. } => {
                let check = &self.compiled.program.prepare.checks[check];
                refused("E0604", message, &check.params)
            }
            backend::BindError::Coefficient { params, .. } => refused("E0602", message, &params),
            backend::BindError::Steps { params, .. } => refused("E0604", message, &params),
            backend::BindError::Initial { .. } => refused("E0604", message, &[]),
        }
    }
}

fn indices(params: &[ParamId]) -> Vec<usize> {
    params.iter().map(|p| p.index()).collect()
}

/// Whether any of these refuses the model.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity() == Severity::Error)
}

/// The precisions by name.
#[must_use]
pub fn precision_named(name: &str) -> Option<Precision> {
    [Precision::F32, Precision::F64]
        .into_iter()
        .find(|p| p.to_string() == name)
}

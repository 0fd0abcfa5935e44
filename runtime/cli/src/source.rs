//! Model files, and the model that is meant.

use std::path::Path;
use std::time::Instant;

use alif::{LoadError, Model};
use alif_compiler::derive::Options;
use alif_compiler::{Compiled, Stage};
use alif_grammar::{Code, Diagnostic, ast};

use crate::diagnostics;
use crate::limits::limits;
use crate::terminal::{Failure, fancy, is_told, raw_message};
use crate::timings::Timings;

/// A model file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its name, for messages.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// Why a file could not be read as a text.
pub(crate) enum Unreadable {
    /// The system refused.
    Io(String),
    /// It is no text, or too large; spans refer to the text.
    Text(Source, Vec<Diagnostic>),
}

impl Source {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Unreadable> {
        let name = path.display().to_string();
        match alif::load::read(path, &limits()) {
            Ok(text) => Ok(Self { name, text }),
            Err(LoadError::Invalid { text, diagnostics, .. }) => {
                Err(Unreadable::Text(Self { name, text }, diagnostics))
            }
            Err(LoadError::Io { source, .. }) => Err(Unreadable::Io(format!("cannot read `{name}`: {source}"))),
            Err(other) => Err(Unreadable::Io(other.to_string())),
        }
    }

    /// Reads a file; what is wrong with it is told.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::read(path).map_err(|unreadable| match unreadable {
            Unreadable::Io(message) => Failure::new(Code::FileAccess, message),
            Unreadable::Text(source, faults) => source.refuse(&faults),
        })
    }

    /// The syntax tree; what is wrong with it is told.
    pub(crate) fn parse(&self) -> Result<ast::File, Failure> {
        self.tree().map_err(|faults| self.refuse(&faults))
    }

    /// The syntax tree, in which each model has a name of its own.
    pub(crate) fn tree(&self) -> Result<ast::File, Vec<Diagnostic>> {
        let file = alif_grammar::parse_with(&self.text, &limits())?;
        let duplicates = alif_compiler::duplicate_models(&file);
        if duplicates.is_empty() {
            Ok(file)
        } else {
            Err(duplicates)
        }
    }

    /// Compiles the model of this name, or the only one; what is wrong with it is told.
    pub(crate) fn compile(&self, model: Option<&str>, options: &Options) -> Result<Compiled, Failure> {
        self.compile_given(model, options, &[], &mut Timings::since(Instant::now()))
    }

    /// As [`Source::compile`], with noises whose numbers are given; `timings` learns what each stage took.
    pub(crate) fn compile_given(
        &self,
        model: Option<&str>,
        options: &Options,
        noises: &[String],
        timings: &mut Timings,
    ) -> Result<Compiled, Failure> {
        let file = self.parse()?;
        let model = self.choose(&file, model)?;
        timings.over("parse");
        let done = |stage| {
            timings.over(match stage {
                Stage::Check => "check",
                Stage::Derive => "derive",
                Stage::Lower => "lower",
            });
        };
        alif_compiler::compile_watched(model, options, noises, done).map_err(|faults| self.refuse(&faults))
    }

    /// As [`Source::compile`], ready for populations.
    pub(crate) fn model(&self, model: Option<&str>, options: &Options) -> Result<Model, Failure> {
        self.compile(model, options).map(Model::new)
    }

    /// The model of this name, or the only one.
    pub(crate) fn choose<'a>(&self, file: &'a ast::File, wanted: Option<&str>) -> Result<&'a ast::Model, Failure> {
        let names: Vec<&str> = file.models.iter().map(|m| m.name.name.as_str()).collect();
        let names = names.join(", ");
        match (wanted, file.models.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(Failure::new(
                Code::WhichModel,
                format_args!("`{}` holds several models: {names}", self.name),
            )
            .help("say which with --model NAME")),
            (Some(wanted), models) => {
                let found = models.iter().find(|m| m.name.name == wanted);
                found.ok_or_else(|| {
                    Failure::new(
                        Code::WhichModel,
                        format_args!("--model {wanted}: `{}` has no such model; it holds {names}", self.name),
                    )
                })
            }
        }
    }

    /// Tells what the compiler has to say.
    pub(crate) fn tell(&self, diagnostics: &[Diagnostic]) {
        let fancy = fancy();
        let texts: Vec<String> = diagnostics
            .iter()
            .filter(|d| is_told(d.code))
            .map(|d| diagnostics::render(self, d, fancy))
            .collect();
        raw_message(&texts.concat());
    }

    /// Tells what is wrong.
    pub(crate) fn refuse(&self, faults: &[Diagnostic]) -> Failure {
        self.tell(faults);
        Failure::Told
    }
}

//! Inputs from files: NumPy arrays and lists of events.

mod events;
mod npy;

use std::io;
use std::path::{Path, PathBuf};

use alif_grammar::Code;

pub(crate) use events::{When, read_events_csv};
pub(crate) use npy::{Array, read_npy};

/// Why a file cannot serve as an input.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The system refused.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file does not hold an array that can be used.
    #[error("cannot use `{}`: {reason}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A line of the file is not an event.
    #[error("cannot use `{}`, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}

impl InputError {
    /// The code of the message.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Io { .. } => Code::FileAccess,
            Self::Array { .. } | Self::Line { .. } => Code::FileContent,
        }
    }

    fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

//! Where results and messages go.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::sync::OnceLock;

use alif_grammar::diagnostic::escape_control;
use alif_grammar::{Code, Severity};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// All was said already.
    Told,
    /// One sentence says it.
    Message {
        /// Its code.
        code: Code,
        /// The sentence.
        message: String,
        /// What to do instead, where that is evident.
        help: Option<String>,
    },
}

impl Failure {
    /// A failure that one sentence describes.
    pub(crate) fn new(code: Code, message: impl Display) -> Self {
        Self::Message {
            code,
            message: message.to_string(),
            help: None,
        }
    }

    /// A failure of the library.
    pub(crate) fn of(error: &alif::Error) -> Self {
        let text = error.to_string();
        let message = text.strip_prefix(error.code()).and_then(|rest| rest.strip_prefix(": "));
        Self::new(code(error.code()), message.unwrap_or(&text))
    }

    /// Puts the options that led to it before the sentence.
    pub(crate) fn prefixed(self, options: &str) -> Self {
        match self {
            Self::Told => Self::Told,
            Self::Message { code, message, help } => Self::Message {
                code,
                message: format!("{options}: {message}"),
                help,
            },
        }
    }

    /// Adds what to do instead.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Told => Self::Told,
            Self::Message { code, message, .. } => Self::Message {
                code,
                message,
                help: Some(help.into()),
            },
        }
    }
}

/// The code of this text.
pub(crate) fn code(text: &str) -> Code {
    Code::from_text(text).unwrap_or(Code::OptionValue)
}

/// Writes results to the standard output. A reader that has gone away, as `head` does, is no failure.
///
/// # Errors
/// When the system refuses for another reason.
pub(crate) fn results(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Code::FileAccess,
            format_args!("cannot write to the standard output: {error}"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes text that is safe for a terminal to the standard error.
pub(crate) fn raw_message(text: &str) {
    // Nobody is left to be told of a failure.
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// Warnings that nobody wants to hear of.
static ALLOWED: OnceLock<Vec<Code>> = OnceLock::new();

/// Says nothing of these warnings from now on.
pub(crate) fn allow(codes: &[Code]) {
    // Nothing was set before: this is called once, at the start.
    let _ = ALLOWED.set(codes.to_vec());
}

/// Whether something of this code is to be told.
pub(crate) fn is_told(code: Code) -> bool {
    ALLOWED.get().is_none_or(|allowed| !allowed.contains(&code))
}

/// Tells of an error, or of something that the user may want to look at.
pub(crate) fn tell(code: Code, message: &str, help: Option<&str>) {
    if !is_told(code) {
        return;
    }
    let word = match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = format!("{word}[{}]: {}\n", code.as_str(), safe(message));
    if let Some(help) = help {
        text += &format!("  help: {}\n", safe(help));
    }
    raw_message(&text);
}

/// Escapes what could drive a terminal; line ends stay.
pub(crate) fn safe(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape_control).collect();
    lines.join("\n")
}

/// Whether messages may have colours and other than ASCII lines.
pub(crate) fn fancy() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stderr().is_terminal() && !unwanted && !dumb
}

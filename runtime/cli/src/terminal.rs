//! Where results and messages go.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use alif_grammar::diagnostic::escape_control;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// All was said already.
    Told,
    /// One sentence says it.
    Message {
        /// The sentence.
        message: String,
        /// What to do instead, where that is evident.
        help: Option<String>,
    },
}

impl Failure {
    /// A failure that one sentence describes.
    pub(crate) fn new(message: impl Display) -> Self {
        Self::Message {
            message: message.to_string(),
            help: None,
        }
    }

    /// Adds what to do instead.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Told => Self::Told,
            Self::Message { message, .. } => Self::Message {
                message,
                help: Some(help.into()),
            },
        }
    }
}

/// Writes results to the standard output. A reader that has gone away, as `head` does, is no failure.
///
/// # Errors
/// When the system refuses for another reason.
pub(crate) fn results(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(format_args!(
            "cannot write to the standard output: {error}"
        ))),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes text that is safe for a terminal to the standard error.
pub(crate) fn raw_message(text: &str) {
    // Nobody is left to be told of a failure.
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// Tells of an error.
pub(crate) fn error(message: &str, help: Option<&str>) {
    sentence("error", message, help);
}

/// Tells of something that the user may want to look at.
pub(crate) fn warning(message: &str, help: Option<&str>) {
    sentence("warning", message, help);
}

fn sentence(word: &str, message: &str, help: Option<&str>) {
    let mut text = format!("{word}: {}\n", safe(message));
    if let Some(help) = help {
        text += &format!("  help: {}\n", safe(help));
    }
    raw_message(&text);
}

/// Escapes what could drive a terminal; line ends stay.
fn safe(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape_control).collect();
    lines.join("\n")
}

/// Whether messages may have colours and other than ASCII lines.
pub(crate) fn fancy() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stderr().is_terminal() && !unwanted && !dumb
}

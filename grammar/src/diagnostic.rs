//! What the compiler has to say about a text: data first, one renderer to plain text at the end.

use std::fmt::Write as _;

use crate::codes::Code;
use crate::span::{LineIndex, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The model is refused.
    Error,
    /// The model is accepted; the user may want to look.
    Warning,
}

/// A place in the text and what is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty on the first label, the caret says enough then.
    pub message: String,
}

/// One thing to say about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its stable code, which also gives the severity.
    pub code: Code,
    /// One sentence with the user's own names and numbers.
    pub message: String,
    /// The places involved; the first is the cause.
    pub labels: Vec<Label>,
    /// What to write instead, where that is evident.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic at `span`.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            labels: vec![Label {
                span,
                message: String::new(),
            }],
            help: None,
        }
    }

    /// Says something at the cause itself.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.labels[0].message = message.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Error or warning.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The place of the cause.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
}

/// Puts diagnostics in the order of the text and keeps the first twenty; where there are more, errors are kept
/// before warnings.
#[must_use]
pub fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|d| (d.severity(), d.span(), d.code));
    diagnostics.dedup();
    diagnostics.truncate(MAX_DIAGNOSTICS);
    diagnostics.sort_by_key(|d| (d.span(), d.code));
    diagnostics
}

/// The most diagnostics that one pass reports.
pub const MAX_DIAGNOSTICS: usize = 20;

/// Longest part of a source line that is quoted, in characters.
const MAX_QUOTED_COLUMNS: usize = 200;

/// Writes a control character as its code point, so that no message can drive a terminal.
#[must_use]
pub fn escape_control(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            out.push(' ');
        } else if c.is_control() || is_bidi_control(c) {
            let _ = write!(out, "\\u{{{:04x}}}", c as u32);
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that reorder text on a screen (Trojan Source, CVE-2021-42574).
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The plain text of one diagnostic: `file:line:column`, the line, a caret under the cause, the help.
#[must_use]
pub fn render(diagnostic: &Diagnostic, file: &str, text: &str) -> String {
    let index = LineIndex::new(text);
    let (line, column) = index.line_column(text, diagnostic.span().start);
    let word = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = format!(
        "{word}[{}]: {}\n --> {}:{line}:{column}\n",
        diagnostic.code.as_str(),
        escape_control(&diagnostic.message),
        escape_control(file),
    );
    for label in &diagnostic.labels {
        quote(&mut out, &index, text, label);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  = help: {}", escape_control(help));
    }
    out
}

/// Quotes the line of a label with carets under it; of a long line the part around the label.
fn quote(out: &mut String, index: &LineIndex, text: &str, label: &Label) {
    let (line, column) = index.line_column(text, label.span.start);
    let range = index.line_range(text, line);
    let skipped = if column <= MAX_QUOTED_COLUMNS {
        0
    } else {
        column - MAX_QUOTED_COLUMNS / 2
    };
    let window = || text[range.clone()].chars().skip(skipped);
    let quoted: String = window().take(MAX_QUOTED_COLUMNS).collect();
    let before: String = window().take(column - 1 - skipped).collect();
    let gutter = line.to_string();
    let pad = " ".repeat(gutter.len());
    let end = (label.span.end as usize).clamp(label.span.start as usize, range.end.max(label.span.start as usize));
    let room = MAX_QUOTED_COLUMNS + 1 - before.chars().count();
    let width = text
        .get(label.span.start as usize..end)
        .map_or(1, |marked| escape_control(marked).chars().count())
        .clamp(1, room);
    let cut = if skipped > 0 { "… " } else { "" };
    let _ = writeln!(out, " {pad} |");
    let _ = writeln!(out, " {gutter} | {cut}{}", escape_control(&quoted));
    let caret = format!(
        " {pad} | {}{}{} {}",
        " ".repeat(cut.chars().count()),
        " ".repeat(escape_control(&before).chars().count()),
        "^".repeat(width),
        escape_control(&label.message)
    );
    let _ = writeln!(out, "{}", caret.trim_end());
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, render};
    use crate::codes::Code;
    use crate::span::Span;

    #[test]
    fn a_long_line_is_quoted_around_the_fault() {
        let text = format!("{}fault{}", "a ".repeat(500), " b".repeat(500));
        let diagnostic = Diagnostic::new(Code::UnknownName, Span::new(1000, 1005), "what");
        let rendered = render(&diagnostic, "m", &text);
        let lines: Vec<&str> = rendered.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 210), "{rendered}");
        let column = |line: &str, what: &str| line.find(what).map(|at| line[..at].chars().count());
        assert_eq!(column(lines[3], "fault"), column(lines[4], "^^^^^"));
    }
}

//! Diagnostics as one JSON document.

use alif_grammar::{Diagnostic, LineIndex, Severity};
use serde_json::{Value, json};

use crate::source::Source;

/// What was found in one file.
pub(crate) struct FileReport {
    /// The file as it was named.
    pub(crate) file: String,
    /// Its models.
    pub(crate) models: Vec<String>,
    /// Why it could not be read.
    pub(crate) error: Option<String>,
    /// Its text, and everything there is to say about it.
    pub(crate) found: Option<(Source, Vec<Diagnostic>)>,
}

impl FileReport {
    /// How many of this severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        let unread = usize::from(self.error.is_some() && severity == Severity::Error);
        let found = self.found.iter().flat_map(|(_, diagnostics)| diagnostics);
        unread + found.filter(|d| d.severity() == severity).count()
    }
}

/// One JSON document on all files. Fields may be added, but do not change their meaning while `version` is 1:
///
/// ```json
/// {
///   "version": 1,
///   "errors": 1,
///   "warnings": 0,
///   "files": [
///     {
///       "file": "models/lif.alif",
///       "models": ["Lif"],
///       "error": null,
///       "diagnostics": [
///         {
///           "code": "E0201",
///           "severity": "error",
///           "title": "unknown name",
///           "message": "unknown name `W`",
///           "help": "did you mean `V`?",
///           "labels": [
///             { "message": "", "start": { "line": 3, "column": 9, "byte": 52 }, "end": { "line": 3, "column": 10, "byte": 53 } }
///           ]
///         }
///       ]
///     }
///   ]
/// }
/// ```
///
/// `error` says why a file could not be read. `help` may be null. The first label is the cause. Lines and columns count from
/// 1, columns in characters; `byte` counts from 0, `end` is one past the last. `models` is empty where the text could not be
/// read as models.
pub(crate) fn json_document(files: &[FileReport]) -> String {
    let count = |severity| files.iter().map(|f| f.count(severity)).sum::<usize>();
    let document = json!({
        "version": 1,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "files": files.iter().map(file).collect::<Vec<Value>>(),
    });
    format!("{document:#}\n")
}

fn file(report: &FileReport) -> Value {
    let diagnostics: Vec<Value> = report.found.as_ref().map_or_else(Vec::new, |(source, found)| {
        let index = LineIndex::new(&source.text);
        found.iter().map(|d| diagnostic(d, &source.text, &index)).collect()
    });
    json!({
        "file": report.file,
        "models": report.models,
        "error": report.error,
        "diagnostics": diagnostics,
    })
}

fn diagnostic(diagnostic: &Diagnostic, text: &str, index: &LineIndex) -> Value {
    let place = |at: u32| {
        let (line, column) = index.line_column(text, at);
        json!({ "line": line, "column": column, "byte": at })
    };
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            json!({
                "message": label.message,
                "start": place(label.span.start),
                "end": place(label.span.end),
            })
        })
        .collect();
    json!({
        "code": diagnostic.code.as_str(),
        "severity": match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "title": diagnostic.code.title(),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "labels": labels,
    })
}

//! `alif check`: what is wrong with models.

use std::path::Path;

use alif_grammar::{Code, Severity, in_order};

use crate::args::{CheckArgs, ReportFormat};
use crate::report::{FileReport, json_document};
use crate::source::{Source, Unreadable};
use crate::terminal::{self, Failure, is_told, results};

/// Checks files; fails when there are errors.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let reports = args
        .files
        .iter()
        .map(|path| report(path, args))
        .collect::<Result<Vec<FileReport>, Failure>>()?;
    let errors: usize = reports.iter().map(|r| r.count(Severity::Error)).sum();
    match args.format {
        ReportFormat::Json => results(&json_document(&reports))?,
        ReportFormat::Text => tell(&reports, errors)?,
    }
    if errors > 0 { Err(Failure::Told) } else { Ok(()) }
}

fn tell(reports: &[FileReport], errors: usize) -> Result<(), Failure> {
    for report in reports {
        if let Some(error) = &report.error {
            terminal::tell(Code::FileAccess, error, None);
        }
        if let Some((source, diagnostics)) = &report.found {
            source.tell(diagnostics);
        }
    }
    if errors > 0 {
        let warnings = reports.iter().map(|r| r.count(Severity::Warning)).sum();
        let files = number(reports.len(), "file");
        terminal::raw_message(&format!("{} in {files}\n", counts(errors, warnings)));
        return Ok(());
    }
    let lines: Vec<String> = reports
        .iter()
        .map(|report| {
            let warnings = match report.count(Severity::Warning) {
                0 => String::new(),
                some => format!(", {}", number(some, "warning")),
            };
            format!("{}: {} ok{warnings}\n", report.file, report.models.join(", "))
        })
        .collect();
    results(&lines.concat())
}

fn counts(errors: usize, warnings: usize) -> String {
    match warnings {
        0 => number(errors, "error"),
        some => format!("{} and {}", number(errors, "error"), number(some, "warning")),
    }
}

fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// All that is to be said of a file; it fails only when there is no model of the name that was asked for.
fn report(path: &Path, args: &CheckArgs) -> Result<FileReport, Failure> {
    let mut report = FileReport {
        file: path.display().to_string(),
        models: vec![],
        error: None,
        found: None,
    };
    let source = match Source::read(path) {
        Ok(source) => source,
        Err(Unreadable::Io(message)) => {
            report.error = Some(message);
            return Ok(report);
        }
        Err(Unreadable::Text(source, faults)) => {
            report.found = Some((source, faults));
            return Ok(report);
        }
    };
    let found = match source.tree() {
        Err(faults) => faults,
        Ok(file) => {
            let chosen: Vec<_> = match &args.model {
                Some(_) => vec![source.choose(&file, args.model.as_deref())?],
                None => file.models.iter().collect(),
            };
            report.models = chosen.iter().map(|m| m.name.name.clone()).collect();
            let options = args.solving.options();
            let found = chosen
                .into_iter()
                .flat_map(|model| match alif_compiler::compile_with(model, &options) {
                    Ok(compiled) => compiled.warnings,
                    Err(faults) => faults,
                });
            in_order(found.filter(|d| is_told(d.code)).collect())
        }
    };
    report.found = Some((source, found));
    Ok(report)
}

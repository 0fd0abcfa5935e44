//! Diagnostics as people see them: the lines of the text with marks under the places involved.

use std::fmt;
use std::ops::Range;

use alif_grammar::diagnostic::escape_control;
use alif_grammar::{Diagnostic, LineIndex, Severity, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::source::Source;

/// Longest part of a line that is quoted, in characters.
const COLUMNS: usize = 200;
/// Characters shown before a mark that would otherwise be cut off.
const BEFORE_MARK: usize = 100;
/// The most lines of one mark; of a longer one only the first line is marked.
const MARKED_LINES: usize = 8;
/// Stands where a line was cut.
const CUT: &str = "...";

/// The text of one diagnostic; `fancy` with colours and drawn lines, otherwise in plain ASCII.
pub(crate) fn render(source: &Source, diagnostic: &Diagnostic, fancy: bool) -> String {
    let theme = if fancy {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme {
            characters: ThemeCharacters::ascii(),
            styles: ThemeStyles::none(),
        }
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .without_syntax_highlighting();
    let report = Report::new(source, diagnostic);
    let mut text = String::new();
    match handler.render_report(&mut text, &report) {
        Ok(()) => text + "\n",
        Err(fmt::Error) => alif_grammar::render(diagnostic, &source.name, &source.text),
    }
}

/// A diagnostic in the form that the renderer takes.
#[derive(Debug)]
struct Report {
    code: String,
    message: String,
    help: Option<String>,
    severity: Severity,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl Report {
    fn new(source: &Source, diagnostic: &Diagnostic) -> Self {
        let (excerpt, spans) = Excerpt::new(source, diagnostic);
        let labels = diagnostic.labels.iter().zip(spans).enumerate();
        let word = match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        Self {
            code: format!("{word}[{}]", diagnostic.code.as_str()),
            message: escape_control(&diagnostic.message),
            help: diagnostic.help.as_deref().map(escape_control),
            severity: diagnostic.severity(),
            labels: labels
                .map(|(index, (label, span))| {
                    let message = escape_control(&label.message);
                    let message = (!message.is_empty()).then_some(message);
                    if index == 0 {
                        LabeledSpan::new_primary_with_span(message, span)
                    } else {
                        LabeledSpan::new_with_span(message, span)
                    }
                })
                .collect(),
            excerpt,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// The lines around the marks, cut and escaped so that they can be shown on a terminal.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    /// Lines of the file before the first one here.
    lines_before: usize,
    /// The column of the cause in the file, from 0.
    column: usize,
}

/// A line of the file and what is shown of it.
struct Line {
    /// Its bytes in the file.
    range: Range<usize>,
    /// Where it starts in the excerpt.
    start: usize,
    /// Characters that are not shown at its start.
    skipped: usize,
}

impl Excerpt {
    /// The excerpt, and where the labels are in it.
    fn new(source: &Source, diagnostic: &Diagnostic) -> (Self, Vec<SourceSpan>) {
        let text = &source.text;
        let index = LineIndex::new(text);
        let last_line = index.line_column(text, text.len() as u32).0;
        let line_of = |at: u32| index.line_column(text, at).0;
        let spans: Vec<Span> = diagnostic
            .labels
            .iter()
            .map(|label| {
                let span = label.span;
                let first = line_of(span.start);
                if line_of(span.end).saturating_sub(first) < MARKED_LINES {
                    span
                } else {
                    Span::new(span.start as usize, index.line_range(text, first).end)
                }
            })
            .collect();
        let ends = spans.iter().flat_map(|s| [s.start, s.end]).map(line_of);
        let (first, last) = ends.fold((last_line, 1), |(a, b), l| (a.min(l), b.max(l)));
        let (first, last) = (first.saturating_sub(1).max(1), (last + 1).min(last_line));
        let (cause, column) = index.line_column(text, diagnostic.span().start);

        let mut excerpt = String::new();
        let mut lines = Vec::new();
        for number in first..=last {
            let range = index.line_range(text, number);
            let hidden = number == cause && column > COLUMNS - BEFORE_MARK / 2;
            let skipped = if hidden { column - BEFORE_MARK } else { 0 };
            let start = excerpt.len();
            let mut rest = text[range.clone()].chars().skip(skipped);
            if skipped > 0 {
                excerpt += CUT;
            }
            let shown: String = rest.by_ref().take(COLUMNS).collect();
            excerpt += &escape_control(&shown);
            if rest.next().is_some() {
                excerpt += CUT;
            }
            excerpt.push('\n');
            lines.push(Line { range, start, skipped });
        }
        let place = |at: u32| {
            let line = &lines[(line_of(at) - first).min(lines.len() - 1)];
            let end = (at as usize).clamp(line.range.start, line.range.end);
            let before = text.get(line.range.start..end).unwrap_or_default();
            let before = before.chars().skip(line.skipped).take(COLUMNS);
            let cut = if line.skipped > 0 { CUT.len() } else { 0 };
            line.start + cut + escape_control(&before.collect::<String>()).len()
        };
        let spans = spans
            .iter()
            .map(|span| {
                let start = place(span.start);
                SourceSpan::from(start..place(span.end).max(start))
            })
            .collect();
        let excerpt = Self {
            file: escape_control(&source.name),
            text: excerpt,
            lines_before: first - 1,
            column: column - 1,
        };
        (excerpt, spans)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.read_span(span, lines_before, lines_after)?;
        // Only the place of the cause is read without lines around it, for `file:line:column`.
        let column = if lines_before == 0 {
            self.column
        } else {
            contents.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.lines_before,
            column,
            contents.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alif_grammar::Code;

    fn rendered(text: &str, part: &str) -> String {
        let start = text.find(part).expect("the part is in the text");
        let span = Span::new(start, start + part.len());
        let source = Source {
            name: "dir/m.alif".to_owned(),
            text: text.to_owned(),
        };
        let diagnostic = Diagnostic::new(Code::UnknownName, span, "unknown name").label("here");
        render(&source, &diagnostic, false)
    }

    #[test]
    fn place_and_mark_are_those_of_the_file() {
        let text = rendered("a\nb\nc µ bad;\nd\n", "bad");
        assert!(text.contains("error[E0201]"), "{text}");
        assert!(text.contains("[dir/m.alif:3:5]"), "{text}");
        assert!(text.contains(" 3 | c µ bad;"), "{text}");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let long = format!("{}bad{}", "x".repeat(5000), "y".repeat(5000));
        let text = rendered(&long, "bad");
        assert!(text.contains("m.alif:1:5001]") && text.contains("xbady"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 230), "{text}");
    }

    #[test]
    fn control_characters_are_escaped() {
        let text = rendered("a\u{1b}[31m bad \u{202e}\n", "bad");
        assert!(text.contains("\\u{001b}[31m bad \\u{202e}"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn marks_at_the_end_and_over_many_lines() {
        let many = format!("first\n{}", "line\n".repeat(50));
        let text = rendered(&many, &many);
        assert!(text.lines().count() < 12, "{text}");
        let source = Source {
            name: "m".to_owned(),
            text: String::new(),
        };
        let diagnostic = Diagnostic::new(Code::UnexpectedToken, Span::at(0), "empty");
        assert!(render(&source, &diagnostic, false).contains("m:1:1"));
    }
}

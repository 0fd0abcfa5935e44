//! Comments and documentation.

use super::{Kind, Scanner, too_deep};
use crate::ast::Comment;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

impl Scanner<'_> {
    /// The end of the line that `self.at` is in.
    pub(super) fn line_end(&self) -> usize {
        self.bytes[self.at..]
            .iter()
            .position(|&b| b == b'\n' || b == b'\r')
            .map_or(self.bytes.len(), |length| self.at + length)
    }

    pub(super) fn line_comment(&mut self) {
        let end = self.line_end();
        self.characters_of_comment(self.at, end);
        let line = &self.text[self.at..end];
        if line.starts_with("///") && !line.starts_with("////") {
            self.token(Kind::Doc, end);
        } else {
            self.out.comments.push(Comment {
                text: line.trim_end().to_owned(),
                span: Span::new(self.at, self.at + line.trim_end().len()),
            });
        }
        self.at = end;
    }

    pub(super) fn block_comment(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        let mut depth = 0;
        let mut at = start;
        loop {
            match self.bytes.get(at..at + 2) {
                Some(b"/*") => {
                    depth += 1;
                    if depth > self.limits.deepest() {
                        return Err(too_deep(at, self.limits.deepest()));
                    }
                    at += 2;
                }
                Some(b"*/") => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                Some(_) => at += 1,
                None => {
                    let span = Span::new(start, start + 2);
                    self.fault(
                        Diagnostic::new(Code::UnexpectedToken, span, "this comment is never closed")
                            .help("a comment that starts with `/*` ends with `*/`; comments nest"),
                    );
                    self.out.broken = true;
                    self.at = self.bytes.len();
                    return Ok(());
                }
            }
        }
        self.characters_of_comment(start, at);
        self.out.comments.push(Comment {
            text: self.text[start..at].to_owned(),
            span: Span::new(start, at),
        });
        self.at = at;
        Ok(())
    }

    pub(super) fn hash(&mut self) {
        let span = Span::new(self.at, self.at + 1);
        let end = self.line_end();
        self.out.fault_places.push(span.start);
        self.characters_of_comment(self.at, end);
        if !self.hash_was_reported {
            self.hash_was_reported = true;
            self.out.faults.push(
                Diagnostic::new(Code::HashComment, span, "a comment starts with `//`, not with `#`")
                    .help("write `//` for a comment, `///` for documentation"),
            );
        }
        self.at = end;
    }
}

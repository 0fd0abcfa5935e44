//! Where comments go when a text is printed anew, and which blank lines stay.

use crate::ast::{Comment, Doc};
use crate::span::Span;

/// A text that grows by lines, taking the comments of its source along.
///
/// A comment before a line stays before it, one behind a line stays behind it, and one inside of a line moves before
/// it. Each is written once.
pub(crate) struct Lines<'a> {
    out: String,
    text: &'a str,
    all: &'a [Comment],
    /// How many comments are written.
    written: usize,
    indent: usize,
    /// Where in the source the line written last ends.
    source_end: usize,
    /// Nothing was written since a `{`, or at all.
    fresh: bool,
    /// The next line has a blank line before it in any case.
    apart: bool,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str, comments: &'a [Comment]) -> Self {
        Self {
            out: String::with_capacity(text.len() + text.len() / 8),
            text,
            all: comments,
            written: 0,
            indent: 0,
            source_end: 0,
            fresh: true,
            apart: false,
        }
    }

    /// Asks for a blank line before the next line.
    pub(crate) fn apart(&mut self) {
        self.apart = true;
    }

    /// Writes the comments before the source position `at`, each on a line.
    pub(crate) fn comments_before(&mut self, at: usize) {
        while let Some(comment) = self.next_before(at) {
            self.start_line(comment.span.start as usize);
            self.end_line(&comment.text, comment.span.end as usize);
        }
    }

    /// Writes documentation.
    pub(crate) fn docs(&mut self, docs: &[Doc]) {
        for doc in docs {
            let at = doc.span.start as usize;
            self.comments_before(at);
            self.start_line(at);
            self.end_line(&format!("///{}", doc.text), doc.span.end as usize);
        }
    }

    /// Writes `line` for the source `span`; comments inside of the span go before the line.
    pub(crate) fn line(&mut self, line: &str, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        self.comments_before(start);
        while let Some(comment) = self.next_before(end) {
            self.start_line(start);
            // What follows continues the same line of the source: no blank line between.
            self.end_line(&comment.text, usize::MAX);
        }
        self.start_line(start);
        self.out.push_str(line);
        self.finish_line(end);
    }

    /// Writes `line`, which ends in `{` and stands for the source from `start` to the brace before `inner`.
    pub(crate) fn open(&mut self, line: &str, start: usize, inner: usize) {
        let brace = self.brace_before(inner);
        self.line(line, Span::new(start, brace.max(start)));
        self.indent += 1;
        self.fresh = true;
    }

    /// Writes the `}` that ends at `end`.
    pub(crate) fn close(&mut self, end: usize) {
        self.comments_before(end);
        self.indent -= 1;
        self.fresh = true;
        self.start_line(end);
        self.out.push('}');
        self.finish_line(end);
    }

    /// Whether a comment stands between the brace before `inner` and `end`.
    pub(crate) fn block_has_comments(&self, inner: usize, end: usize) -> bool {
        let brace = self.brace_before(inner);
        self.all[self.written..]
            .iter()
            .any(|comment| (brace..end).contains(&(comment.span.start as usize)))
    }

    /// The whole text, with the comments that remain.
    pub(crate) fn finish(mut self) -> String {
        self.comments_before(usize::MAX);
        self.out
    }

    fn next_before(&mut self, at: usize) -> Option<&'a Comment> {
        let comment = self.all.get(self.written)?;
        let before = (comment.span.start as usize) < at;
        self.written += usize::from(before);
        before.then_some(comment)
    }

    /// Begins a line for what stands at `at` in the source.
    fn start_line(&mut self, at: usize) {
        let gap = self.text.get(self.source_end..at).unwrap_or_default();
        let blank = gap.trim().is_empty() && line_ends(gap) > 1;
        if self.apart || blank && !self.fresh {
            self.out.push('\n');
        }
        self.apart = false;
        self.fresh = false;
        self.out.extend(std::iter::repeat_n("    ", self.indent));
    }

    fn end_line(&mut self, line: &str, source_end: usize) {
        self.out.push_str(line);
        self.out.push('\n');
        self.source_end = source_end;
    }

    /// Ends a line whose source ends at `end`, with the comments that stand behind it.
    fn finish_line(&mut self, end: usize) {
        self.source_end = end;
        while self.is_behind(self.source_end) {
            let comment = &self.all[self.written];
            self.written += 1;
            self.out.push(' ');
            self.out.push_str(&comment.text);
            self.source_end = comment.span.end as usize;
        }
        self.out.push('\n');
    }

    /// Whether the next comments stand behind `end`, on its line, with nothing behind them.
    fn is_behind(&self, end: usize) -> bool {
        let mut end = end;
        for comment in &self.all[self.written..] {
            let gap = self.text.get(end..comment.span.start as usize).unwrap_or("\n");
            if !gap.trim().is_empty() || line_ends(gap) > 0 {
                return false;
            }
            end = comment.span.end as usize;
            let rest = self.text.get(end..).unwrap_or_default();
            let rest = rest.trim_start_matches([' ', '\t']);
            if rest.is_empty() || rest.starts_with(['\n', '\r']) {
                return true;
            }
        }
        false
    }

    /// One past the `{` before `inner`, from which only blanks and comments separate it.
    fn brace_before(&self, inner: usize) -> usize {
        let mut at = inner.min(self.text.len());
        loop {
            at = self.text.get(..at).map_or(0, |before| before.trim_end().len());
            let place = self.all.partition_point(|comment| (comment.span.end as usize) < at);
            match self.all.get(place) {
                Some(comment) if comment.span.end as usize == at && at > 0 => at = comment.span.start as usize,
                _ => return at,
            }
        }
    }
}

fn line_ends(gap: &str) -> usize {
    let returns = gap.matches('\r').count() - gap.matches("\r\n").count();
    gap.matches('\n').count() + returns
}

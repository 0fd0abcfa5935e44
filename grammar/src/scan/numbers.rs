//! Numbers, and the ways of writing them that other languages have.

use super::{Kind, Scanner};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

impl Scanner<'_> {
    fn digits_end(&self, from: usize) -> usize {
        self.bytes[from..]
            .iter()
            .position(|b| !b.is_ascii_digit())
            .map_or(self.bytes.len(), |length| from + length)
    }

    fn digit_at(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_digit)
    }

    /// Reads a number that starts with a digit or with a point.
    pub(super) fn number(&mut self) {
        let start = self.at;
        let mut end = self.digits_end(start);
        if self.bytes.get(end) == Some(&b'.') && self.digit_at(end + 1) {
            end = self.digits_end(end + 1);
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            if self.digit_at(end + 1 + sign) {
                end = self.digits_end(end + 1 + sign);
            }
        }
        let (end, help) = self.malformed(start, end);
        if let Some(help) = help {
            let number = &self.text[start..end];
            self.fault(
                Diagnostic::new(
                    Code::NumberForm,
                    Span::new(start, end),
                    format!("`{number}` is not a number"),
                )
                .help(help),
            );
        }
        self.token(Kind::Number, end);
    }

    /// Where the number from `start` really ends, when `end` is not its end, and what to write instead.
    fn malformed(&self, start: usize, end: usize) -> (usize, Option<String>) {
        let number = &self.text[start..end];
        if self.bytes.get(end) == Some(&b'.') {
            let long = self.bytes[end..]
                .iter()
                .position(|b| !(b.is_ascii_digit() || *b == b'.'))
                .map_or(self.bytes.len(), |length| end + length);
            let help = if number.contains('.') || number.contains(['e', 'E']) || long > end + 1 {
                "a number has one decimal point".to_owned()
            } else {
                format!("write `{number}.0` or `{number}`")
            };
            return (long, Some(help));
        }
        if number.starts_with('.') {
            return (
                end,
                Some(format!("write `0{number}`: digits stand on both sides of the point")),
            );
        }
        if !self
            .bytes
            .get(end)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        {
            return (end, None);
        }
        let word_end = self.word_end(end);
        let word = &self.text[end..word_end];
        if word == "e" || word == "E" {
            let sign = usize::from(matches!(self.bytes.get(word_end), Some(b'+' | b'-')));
            return (
                word_end + sign,
                Some("digits are missing after the `e` of the exponent".to_owned()),
            );
        }
        if word.starts_with('_') {
            return (word_end, Some("digits are not grouped with `_`".to_owned()));
        }
        let radix = word.starts_with(['x', 'X', 'b', 'B', 'o', 'O']);
        if number == "0" && radix && word[1..].starts_with(|c: char| c.is_ascii_hexdigit()) {
            return (word_end, Some("numbers are decimal".to_owned()));
        }
        (end, None)
    }

    /// Reads a comma; refuses `0,07`, but in a call a comma separates arguments.
    pub(super) fn comma(&mut self) {
        let glued = self.digit_at(self.at + 1)
            && self
                .out
                .tokens
                .last()
                .is_some_and(|before| before.kind == Kind::Number && before.span.end as usize == self.at);
        if !glued || self.brackets.in_call() {
            return self.symbol(1);
        }
        let end = self.digits_end(self.at + 1);
        let start = self
            .out
            .tokens
            .last()
            .map_or(self.at, |before| before.span.start as usize);
        let number = &self.text[start..end];
        self.fault(
            Diagnostic::new(
                Code::NumberForm,
                Span::new(start, end),
                format!("`{number}` is not a number"),
            )
            .help(format!("the decimal mark is a point: `{}`", number.replace(',', "."))),
        );
        self.at = end;
    }
}

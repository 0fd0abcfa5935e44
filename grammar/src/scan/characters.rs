//! Characters that no model text has, and what to write instead of them.

use super::{Kind, Scanner};
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, is_bidi_control};
use crate::span::Span;

/// U+00B7 and U+0387 (its twin), which Unicode lets stand inside of words.
pub(super) fn is_middle_dot(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{387}')
}

/// The refusal of `R·I`, which is one word to Unicode.
pub(super) fn middle_dot(text: &str, start: usize, end: usize, dot: usize) -> Diagnostic {
    let parts: Vec<&str> = text[start..end].split(is_middle_dot).collect();
    let width = text[dot..].chars().next().map_or(1, char::len_utf8);
    Diagnostic::new(
        Code::SymbolInName,
        Span::new(dot, dot + width),
        "a middle dot (U+00B7) is not a multiplication sign",
    )
    .help(format!("write `{}`", parts.join(" * ")))
}

/// What to write instead of a character from a word processor.
fn instead(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2212}' | '\u{2013}' | '\u{2014}' => "write `-`",
        '\u{d7}' | '\u{22c5}' | '\u{2217}' | '\u{2219}' | '\u{b7}' => "write `*`",
        '\u{f7}' | '\u{2215}' | '\u{2044}' => "write `/`",
        '\u{2264}' => "write `<=`",
        '\u{2265}' => "write `>=`",
        '\u{2260}' => "write `!=`",
        '\u{b2}' => "write `^2`",
        '\u{b3}' => "write `^3`",
        '\u{b0}' => "temperatures are in K",
        '\u{2227}' => "write `and`",
        '\u{2228}' => "write `or`",
        '\u{ac}' | '~' => "write `not`",
        '\u{221a}' => "write `sqrt(…)`",
        '%' => "there is no remainder and no percent sign",
        '\\' => "line ends mean nothing: a statement goes on to its `;`",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => "write an ordinary space",
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "write an ordinary line end",
        _ => return None,
    })
}

/// Characters that cannot be seen.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || is_bidi_control(c)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The refusal of `c` at `at`.
fn unexpected(c: char, at: usize) -> Diagnostic {
    let span = Span::new(at, at + c.len_utf8());
    let message = if is_invisible(c) {
        format!("unexpected character U+{:04X}", c as u32)
    } else if c.is_ascii() {
        format!("unexpected character `{c}`")
    } else {
        format!("unexpected character `{c}` (U+{:04X})", c as u32)
    };
    let diagnostic = Diagnostic::new(Code::SymbolInName, span, message);
    match instead(c) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

impl Scanner<'_> {
    /// Refuses characters in comments that hide text: control characters and those that reorder what is shown.
    pub(super) fn characters_of_comment(&mut self, start: usize, end: usize) {
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r') || !(c.is_control() || is_bidi_control(c));
        let found = self.text[start..end].char_indices().find(|&(_, c)| !allowed(c));
        if let Some((offset, c)) = found {
            self.fault(unexpected(c, start + offset));
        }
    }

    /// Refuses `c`, which starts no token.
    pub(super) fn strange(&mut self, c: char) {
        let start = self.at;
        let span = Span::new(start, start + c.len_utf8());
        let fault = |message: &str| Diagnostic::new(Code::UnexpectedToken, span, message);
        let mut end = start + c.len_utf8();
        let diagnostic = match c {
            '\'' | '\u{2032}' | '\u{2019}' if self.touches_word() => {
                end += self.text[end..]
                    .find(|next| !matches!(next, '\'' | '\u{2032}' | '\u{2019}'))
                    .unwrap_or(self.text.len() - end);
                self.prime(Span::new(start, end))
            }
            '?' => fault("`? :` is not part of the language").help("write `if … { … } else { … }`"),
            '&' | '|' => {
                let doubled = self.text[end..].starts_with(c);
                end += usize::from(doubled);
                let word = if c == '&' { "and" } else { "or" };
                let operator = &self.text[start..end];
                Diagnostic::new(
                    Code::UnexpectedToken,
                    Span::new(start, end),
                    format!("`{operator}` is not an operator of the language"),
                )
                .help(format!("write `{word}`"))
            }
            '!' => fault("`!` is not an operator of the language").help("write `not`"),
            '"' | '\u{201c}' | '\u{201d}' => {
                let line = &self.text[end..self.line_end()];
                end += line.find(['"', '\u{201d}']).map_or(line.len(), |quote| {
                    quote + line[quote..].chars().next().map_or(0, char::len_utf8)
                });
                fault("the language has no strings")
            }
            '.' => fault("unexpected `.`"),
            _ => unexpected(c, start),
        };
        self.fault(diagnostic);
        self.at = end;
    }

    /// Whether a word ends right here.
    fn touches_word(&self) -> bool {
        self.out
            .tokens
            .last()
            .is_some_and(|token| token.kind == Kind::Word && token.span.end as usize == self.at)
    }

    /// The refusal of `V'`.
    fn prime(&self, span: Span) -> Diagnostic {
        let name = self.last().unwrap_or_default();
        let diagnostic = Diagnostic::new(Code::PrimeDerivative, span, "a derivative is not written with a prime");
        if span.end - span.start == 1 {
            diagnostic.help(format!("write `d{name}/dt = …;`"))
        } else {
            diagnostic.help(format!(
                "write `d{name}/dt = …;`, and one more state for a second derivative"
            ))
        }
    }
}

//! Brackets that do not close, close nothing, or nest too deeply.

use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// An open bracket.
#[derive(Debug)]
struct Open {
    at: usize,
    symbol: u8,
    /// `if`s behind it whose `{` has not come yet; the grammar recurses into their conditions.
    waiting_ifs: usize,
    /// The `(` of a call, inside which a comma separates arguments.
    call: bool,
}

/// The brackets open at some place of the text.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    /// How deep they may nest.
    deepest: usize,
    open: Vec<Open>,
    /// `if`s outside of all brackets.
    waiting_ifs: usize,
    /// Sum of all `waiting_ifs`.
    all_waiting_ifs: usize,
    /// Braces that closed, as (opened, closed).
    pairs: Vec<(usize, usize)>,
    /// The first item that starts inside the block of another, and that block's brace.
    item_in_block: Option<(usize, Span)>,
    /// A `}` closed nothing.
    pub(super) closed_too_much: bool,
}

impl Brackets {
    pub(super) fn new(deepest: usize) -> Self {
        Self {
            deepest,
            ..Self::default()
        }
    }

    /// Whether a comma here separates arguments.
    pub(super) fn in_call(&self) -> bool {
        self.open.last().is_some_and(|open| open.call)
    }

    /// Notes an `if`, into whose condition the grammar recurses.
    pub(super) fn opened_if(&mut self, at: usize) -> Result<(), Diagnostic> {
        *self.waiting() += 1;
        self.all_waiting_ifs += 1;
        self.is_bounded(at)
    }

    fn is_bounded(&self, at: usize) -> Result<(), Diagnostic> {
        if self.open.len() + self.all_waiting_ifs > self.deepest {
            Err(too_deep(at, self.deepest))
        } else {
            Ok(())
        }
    }

    fn waiting(&mut self) -> &mut usize {
        match self.open.last_mut() {
            Some(open) => &mut open.waiting_ifs,
            None => &mut self.waiting_ifs,
        }
    }

    /// Notes an item keyword at the start of a statement.
    pub(super) fn item_starts(&mut self, keyword: Span) {
        if let [_, .., block] = self.open.as_slice()
            && block.symbol == b'{'
            && self.item_in_block.is_none()
        {
            self.item_in_block = Some((block.at, keyword));
        }
    }

    /// Opens a bracket; tells of those that should have closed before.
    pub(super) fn open(
        &mut self,
        at: usize,
        symbol: u8,
        after_name: bool,
        after_else: bool,
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let mut faults = Vec::new();
        if symbol == b'{' && !after_else {
            if *self.waiting() > 0 {
                *self.waiting() -= 1;
                self.all_waiting_ifs -= 1;
            } else {
                faults = self.drop_unclosed(at, symbol);
            }
        }
        self.open.push(Open {
            at,
            symbol,
            waiting_ifs: 0,
            call: symbol == b'(' && after_name,
        });
        self.is_bounded(at)?;
        Ok(faults)
    }

    /// Closes a bracket, or ends a statement with `;`.
    pub(super) fn close(&mut self, at: usize, symbol: u8) -> Vec<Diagnostic> {
        let opener = match symbol {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let mut faults = Vec::new();
        if matches!(symbol, b'}' | b';') {
            faults = self.drop_unclosed(at, symbol);
        }
        if symbol == b';' {
            self.all_waiting_ifs -= std::mem::take(self.waiting());
            return faults;
        }
        match self.open.last() {
            Some(open) if open.symbol == opener => {
                if symbol == b'}' {
                    self.pairs.push((open.at, at));
                }
                self.pop();
            }
            Some(open) if matches!((open.symbol, symbol), (b'(', b']') | (b'[', b')')) => {
                faults.push(
                    Diagnostic::new(
                        Code::UnexpectedToken,
                        Span::new(at, at + 1),
                        format!("`{}` cannot close `{}`", symbol as char, open.symbol as char),
                    )
                    .also(Span::new(open.at, open.at + 1), "opened here"),
                );
                self.pop();
            }
            _ => {
                self.closed_too_much |= symbol == b'}';
                faults.push(Diagnostic::new(
                    Code::UnexpectedToken,
                    Span::new(at, at + 1),
                    format!("this `{}` closes nothing", symbol as char),
                ));
            }
        }
        faults
    }

    fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.all_waiting_ifs -= open.waiting_ifs;
        }
    }

    /// Drops `(` and `[` that `symbol` at `at` shows to be unclosed.
    fn drop_unclosed(&mut self, at: usize, symbol: u8) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        while let Some(open) = self.open.last()
            && open.symbol != b'{'
        {
            let (wrong, right) = (open.symbol as char, if open.symbol == b'(' { ')' } else { ']' });
            faults.push(
                Diagnostic::new(
                    Code::UnexpectedToken,
                    Span::new(open.at, open.at + 1),
                    format!("this `{wrong}` is never closed"),
                )
                .also(
                    Span::new(at, at + 1),
                    format!("`{right}` is missing before this `{}`", symbol as char),
                ),
            );
            self.pop();
        }
        faults
    }

    /// Tells, at the end of the text, of what is still open.
    pub(super) fn finish(&self, text: &str) -> Option<Diagnostic> {
        let last = self.open.last()?;
        let say = |at: usize| {
            let symbol = &text[at..=at];
            Diagnostic::new(
                Code::UnexpectedToken,
                Span::new(at, at + 1),
                format!("this `{symbol}` is never closed"),
            )
        };
        if let Some((at, keyword)) = self.item_in_block {
            let word = &text[keyword.range()];
            return Some(say(at).also(keyword, format!("`{word}` starts a new item inside of it")));
        }
        let mut fault = say(last.at);
        if let [first, .., _] = self.open.as_slice() {
            fault = fault.also(Span::new(first.at, first.at + 1), "nor is this one");
        }
        let strange = self.pairs.iter().find(|&&(opened, closed)| {
            let (opener, closer) = (indent(text, opened), indent(text, closed));
            text[closer.0..closed].trim().is_empty() && opener != closer && opener.1 != closer.1
        });
        if let Some(&(opened, closed)) = strange {
            fault = fault
                .also(
                    Span::new(opened, opened + 1),
                    "the indentation suggests that this one was meant",
                )
                .also(Span::new(closed, closed + 1), "which closed here");
        }
        Some(fault)
    }
}

/// Where the line of `at` starts, and how far it is indented.
fn indent(text: &str, at: usize) -> (usize, usize) {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
    let line = &text[start..];
    (start, line.len() - line.trim_start_matches([' ', '\t']).len())
}

/// The refusal of the bracket at `at`.
pub(crate) fn too_deep(at: usize, deepest: usize) -> Diagnostic {
    Diagnostic::new(
        Code::NestedTooDeep,
        Span::new(at, at + 1),
        format!("nested deeper than {deepest}"),
    )
    .help("name a part of it with `let`")
}

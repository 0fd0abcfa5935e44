//! Reading on after an error: each item alone, so that each has its own diagnostic.

use std::ops::Range;

use pest::Parser as _;

use crate::codes::Code;
use crate::diagnostic::{Diagnostic, MAX_DIAGNOSTICS};
use crate::equations::DeclaredStates;
use crate::explain::{explain, found_words, keyword_as_name};
use crate::grammar::{Grammar, Rule};
use crate::parser::Reader;
use crate::scan::{ITEM_KEYWORDS, Kind, Token, is_keyword};
use crate::span::Span;

/// What is wrong with a text whose brackets close; items at `fault_places` were told of before.
pub(crate) fn recover(text: &str, tokens: &[Token], states: &DeclaredStates, fault_places: &[u32]) -> Vec<Diagnostic> {
    let mut recovery = Recovery {
        text,
        tokens,
        states,
        fault_places,
        diagnostics: Vec::new(),
    };
    recovery.file();
    if recovery.diagnostics.is_empty() && fault_places.is_empty() {
        // Every item is well alone, and yet the whole is not.
        if let Err(error) = Grammar::parse(Rule::file, text) {
            recovery
                .diagnostics
                .push(explain(text, 0, &error, tokens, 0..tokens.len()));
        }
    }
    recovery.diagnostics
}

struct Recovery<'t> {
    text: &'t str,
    tokens: &'t [Token],
    states: &'t DeclaredStates,
    fault_places: &'t [u32],
    diagnostics: Vec<Diagnostic>,
}

impl Recovery<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    /// The first token from `at` that is no documentation.
    fn after_docs(&self, at: usize) -> usize {
        let docs = self.tokens[at..]
            .iter()
            .take_while(|token| token.kind == Kind::Doc)
            .count();
        at + docs
    }

    /// Whether something between two tokens was told of before.
    fn is_faulty(&self, range: Range<usize>) -> bool {
        let Some(tokens) = self.tokens.get(range).filter(|tokens| !tokens.is_empty()) else {
            return false;
        };
        let (start, end) = (tokens[0].span.start, tokens[tokens.len() - 1].span.end);
        let place = self.fault_places.partition_point(|&place| place < start);
        self.fault_places.get(place).is_some_and(|&place| place < end)
    }

    /// Tells of what is wrong at the token `at`, unless the tokens since `since` were told of before.
    fn tell(&mut self, since: usize, at: usize, message: String, help: &str) {
        if !self.is_faulty(since..at + 1) {
            let span = self.tokens.get(at).map_or_else(
                || Span::at(self.tokens.last().map_or(0, |token| token.span.end as usize)),
                |token| token.span,
            );
            self.diagnostics
                .push(Diagnostic::new(Code::UnexpectedToken, span, message).help(help));
        }
    }

    /// Whether more diagnostics would not be shown.
    fn is_full(&self) -> bool {
        self.diagnostics.len() >= MAX_DIAGNOSTICS
    }

    fn file(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() && !self.is_full() {
            let start = self.after_docs(at);
            if start == self.tokens.len() {
                self.docs_of_nothing(at);
                return;
            }
            at = if self.word(start) == "model" {
                self.model(start)
            } else {
                self.outside(start)
            };
        }
    }

    /// Something other than a model; gives where to go on.
    fn outside(&mut self, start: usize) -> usize {
        let mut end = start;
        let mut depth = 0_usize;
        while end < self.tokens.len() {
            match self.word(end) {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "model" if depth == 0 => break,
                _ => {}
            }
            end += 1;
        }
        let found = found_words(self.text, self.tokens.get(start));
        let help = if ITEM_KEYWORDS.contains(&self.word(start)) {
            "items stand between the braces of a model: `model Name { … }`"
        } else {
            "a text is a list of `model Name { … }`"
        };
        if !self.is_faulty(start..end) {
            self.tell(start, start, format!("expected `model`, found {found}"), help);
        }
        end
    }

    /// Reads `model Name { … }`; gives where to go on.
    fn model(&mut self, start: usize) -> usize {
        let mut open = start + 1;
        while open < self.tokens.len() && !matches!(self.word(open), "{" | "}" | "model") {
            open += 1;
        }
        self.model_header(start, open);
        if self.word(open) != "{" {
            return open.max(start + 1);
        }
        let close = self.matching_brace(open);
        let end = self
            .tokens
            .get(close)
            .map_or(self.text.len(), |token| token.span.end as usize);
        let model = self.tokens[start].span.start..end as u32;
        self.items(open + 1..close, &model);
        close + 1
    }

    fn model_header(&mut self, start: usize, open: usize) {
        let name = start + 1;
        let found = |at| found_words(self.text, self.tokens.get(at));
        match self.tokens.get(name) {
            Some(token) if token.kind == Kind::Word && is_keyword(token.text(self.text)) => {
                if !self.is_faulty(start..open) {
                    self.diagnostics.push(keyword_as_name(self.text, token, "a model"));
                }
            }
            Some(token) if token.kind == Kind::Word => {
                if self.word(name + 1) != "{" {
                    let message = format!("expected `{{` after the name of the model, found {}", found(name + 1));
                    self.tell(start, name + 1, message, "a model is `model Name { … }`");
                }
            }
            _ => {
                let message = format!("expected a name after `model`, found {}", found(name));
                self.tell(start, name, message, "a model is `model Name { … }`");
            }
        }
    }

    /// The `}` that closes the `{` at `open`, or the end.
    fn matching_brace(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            match self.word(at) {
                "{" => depth += 1,
                "}" if depth == 1 => return at,
                "}" => depth -= 1,
                _ => {}
            }
        }
        self.tokens.len()
    }

    fn items(&mut self, range: Range<usize>, model: &Range<u32>) {
        let mut at = range.start;
        while at < range.end && !self.is_full() {
            let start = self.after_docs(at);
            if start >= range.end {
                self.docs_of_nothing(at);
                return;
            }
            let end = self.item_end(start, range.end);
            at = if self.is_faulty(at..end) {
                end
            } else {
                self.item(at..end, model)
            };
        }
    }

    /// Reads one item; gives where to go on.
    fn item(&mut self, range: Range<usize>, model: &Range<u32>) -> usize {
        let bytes = self.tokens[range.start]
            .span
            .to(self.tokens[range.end - 1].span)
            .range();
        let base = bytes.start;
        match Grammar::parse(Rule::one_item, &self.text[bytes]) {
            Ok(pairs) => {
                let mut reader = Reader::new(self.text, self.tokens, self.states).within(base, model.clone());
                for pair in pairs.filter(|pair| pair.as_rule() == Rule::item) {
                    reader.item(pair);
                }
                self.diagnostics.append(&mut reader.diagnostics);
                range.end
            }
            Err(error) => {
                let fault = explain(self.text, base, &error, self.tokens, range.clone());
                let place = fault.span().start;
                let has_block = self.word(range.end - 1) == "}";
                let goes_on = fault.code == Code::MissingSemicolon && !has_block;
                self.diagnostics.push(fault);
                if goes_on {
                    let next = self.tokens.partition_point(|token| token.span.start < place);
                    next.clamp(range.start + 1, range.end)
                } else {
                    range.end
                }
            }
        }
    }

    /// One past the last token of the item that starts at `start`: its `;`, the end of its block, or whatever shows
    /// that both are missing. Parentheses do not count: they may be what is wrong.
    fn item_end(&self, start: usize, limit: usize) -> usize {
        let mut braces = 0_usize;
        let mut waiting_ifs = 0_usize;
        for at in start..limit {
            match self.word(at) {
                ";" if braces == 0 => return at + 1,
                "if" => waiting_ifs += 1,
                "{" if at > start && self.word(at - 1) == "else" => braces += 1,
                "{" if waiting_ifs > 0 => {
                    waiting_ifs -= 1;
                    braces += 1;
                }
                // The block of an item, or one that should not be there.
                "{" if braces == 0 => return (self.matching_brace(at) + 1).min(limit),
                "{" => braces += 1,
                "}" => braces = braces.saturating_sub(1),
                word if braces == 0 && at > start && ITEM_KEYWORDS.contains(&word) && self.ends_operand(at - 1) => {
                    return at;
                }
                _ => {}
            }
        }
        limit
    }

    /// Whether an expression may end with the token `at`.
    fn ends_operand(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let word = token.text(self.text);
        match token.kind {
            Kind::Number | Kind::Doc => true,
            Kind::Word => !is_keyword(word),
            Kind::Symbol => matches!(word, ")" | "]" | "}"),
        }
    }

    /// Refuses documentation behind which nothing stands.
    fn docs_of_nothing(&mut self, at: usize) {
        let message = "`///` documents the item after it, and nothing stands after this one".to_owned();
        self.tell(at, at, message, "write `//` for a comment");
    }
}

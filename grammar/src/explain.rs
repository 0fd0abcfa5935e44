//! Why the grammar refuses an item, in the user's words.
//!
//! The grammar says how far it came and which rules it tried there; the tokens around that place say what was meant.

use std::ops::Range;

use pest::error::{Error, ErrorVariant, InputLocation};

use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::limits::Limits;
use crate::scan::{ITEM_KEYWORDS, Kind, Token, is_keyword, too_deep};
use crate::span::Span;

mod words;

pub(crate) use words::{found_words, keyword_as_name};
use words::{in_words, intended, is_assignment, shortened};

/// Tells why the tokens `item` are refused; `error` counts bytes from `base`.
pub(crate) fn explain(
    text: &str,
    base: usize,
    error: &Error<Rule>,
    tokens: &[Token],
    item: Range<usize>,
) -> Diagnostic {
    let at = base
        + match error.location {
            InputLocation::Pos(at) => at,
            InputLocation::Span((at, _)) => at,
        };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        // Only the guard of the stack speaks so, on threads with very little of it.
        ErrorVariant::CustomError { .. } => return too_deep(at, Limits::DEEPEST),
    };
    let found = tokens.partition_point(|token| (token.span.end as usize) <= at);
    let first = (item.start..item.end)
        .find(|&at| tokens[at].kind != Kind::Doc)
        .unwrap_or(item.start);
    let refusal = Refusal {
        text,
        tokens,
        item,
        first,
        found,
        expected,
    };
    refusal
        .unknown_item()
        .or_else(|| refusal.rising_rate())
        .or_else(|| refusal.misplaced_doc())
        .or_else(|| refusal.keyword_as_name())
        .or_else(|| refusal.missing_else())
        .or_else(|| refusal.equals_in_condition())
        .or_else(|| refusal.missing_semicolon())
        .or_else(|| refusal.bare_unit())
        .unwrap_or_else(|| refusal.unexpected())
}

/// One refusal of the grammar.
struct Refusal<'a> {
    text: &'a str,
    tokens: &'a [Token],
    item: Range<usize>,
    /// The first token of the item that is no documentation.
    first: usize,
    /// The token that was refused; it may stand behind the item.
    found: usize,
    expected: &'a [Rule],
}

impl Refusal<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == Kind::Word && !is_keyword(token.text(self.text)))
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    /// The token before the refused one, if it belongs to the item.
    fn before(&self) -> Option<&Token> {
        let before = self.found.checked_sub(1).filter(|&at| at >= self.item.start)?;
        self.tokens.get(before)
    }

    /// Right behind the token before the refused one.
    fn behind(&self) -> Span {
        Span::at(self.before().map_or(0, |token| token.span.end as usize))
    }

    /// The refused token, or the end of what stands before it.
    fn place(&self) -> Span {
        self.tokens
            .get(self.found)
            .map_or_else(|| self.behind(), |token| token.span)
    }

    /// Whether the tokens `a` and `b` stand on different lines.
    fn on_two_lines(&self, a: &Token, b: &Token) -> bool {
        self.text
            .get(a.span.end as usize..b.span.start as usize)
            .is_some_and(|gap| gap.contains(['\n', '\r']))
    }

    /// `parameter tau = …`: a word that starts nothing.
    fn unknown_item(&self) -> Option<Diagnostic> {
        let starts = self.is_name(self.first)
            && matches!(self.tokens.get(self.first + 1), Some(next) if next.kind == Kind::Word || next.text(self.text) == "{")
            && self.found <= self.first + 1
            && self.item.end <= self.tokens.len()
            && self.expects(Rule::equals);
        if !starts {
            return None;
        }
        let word = self.word(self.first);
        let diagnostic = Diagnostic::new(
            Code::UnexpectedToken,
            self.tokens[self.first].span,
            format!("`{}` starts no item", shortened(word)),
        );
        Some(
            diagnostic.help(match intended(word) {
                Some(keyword) => format!("did you mean `{keyword}`?"),
                None => {
                    "items start with `param`, `let`, `state`, `input`, `on`, `spike`, … or are equations `dX/dt = …;`"
                        .to_owned()
                }
            }),
        )
    }

    /// `spike rate rising …`: chance has no crossing.
    fn rising_rate(&self) -> Option<Diagnostic> {
        let after_rate = self
            .found
            .checked_sub(1)
            .is_some_and(|before| self.word(before) == "rate");
        if self.word(self.found) != "rising" || !after_rate || self.word(self.first) != "spike" {
            return None;
        }
        let message = "`rising` asks for the crossing of a condition, and a rate has its spikes by chance";
        let diagnostic = Diagnostic::new(Code::RisingRandom, self.place(), message);
        Some(diagnostic.help("leave `rising` out: `spike rate lambda { … }`"))
    }

    fn misplaced_doc(&self) -> Option<Diagnostic> {
        let token = self.tokens.get(self.found).filter(|token| token.kind == Kind::Doc)?;
        if self.found >= self.item.end {
            return None;
        }
        Some(
            Diagnostic::new(
                Code::UnexpectedToken,
                token.span,
                "`///` documents an item and stands before it",
            )
            .help("write `//` for a comment"),
        )
    }

    fn keyword_as_name(&self) -> Option<Diagnostic> {
        let token = self.tokens.get(self.found)?;
        let needs_name = (self.expects(Rule::name) || self.expects(Rule::argument) || self.expects(Rule::parameter))
            && !self.expects(Rule::expression);
        let is_keyword = token.kind == Kind::Word && is_keyword(token.text(self.text));
        // `hold` and `;` on the next line: rather the name is missing.
        let declares = self.found == self.first + 1;
        if !(needs_name && is_keyword) || (ITEM_KEYWORDS.contains(&token.text(self.text)) && !declares) {
            return None;
        }
        let what = match self.word(self.first) {
            "param" if declares => "a parameter",
            "let" if declares => "a definition",
            "state" if declares => "a state",
            "input" if declares => "an input",
            "kernel" if declares => "a kernel",
            "noise" if declares => "a noise",
            "fn" if declares => "a function",
            "event" if declares => "an event",
            _ => "anything",
        };
        Some(keyword_as_name(self.text, token, what))
    }

    fn missing_else(&self) -> Option<Diagnostic> {
        if !self.expects(Rule::kw_else) {
            return None;
        }
        let behind = self.behind();
        Some(
            Diagnostic::new(Code::MissingElse, behind, "this `if` has no `else`")
                .help("an `if` is a value and needs both branches: `if … { … } else { … }`"),
        )
    }

    /// `spike when V = V_th`
    fn equals_in_condition(&self) -> Option<Diagnostic> {
        if self.word(self.found) != "=" || !self.expects(Rule::infix) {
            return None;
        }
        let condition = match self.word(self.first) {
            "spike" | "event" => !self.words_before(&["{"]) || self.words_before(&["if"]),
            "assert" => true,
            "param" => self.words_before(&["where"]),
            _ => false,
        };
        let in_if = self.in_if_condition();
        if !(condition || in_if) {
            return None;
        }
        Some(
            Diagnostic::new(Code::UnexpectedToken, self.place(), "`=` does not compare")
                .help("a condition compares with `>`, `>=`, `<` or `<=`; the equality `==` of two floats rarely holds"),
        )
    }

    /// Whether one of `words` stands in the item before the refused token.
    fn words_before(&self, words: &[&str]) -> bool {
        (self.first..self.found).any(|at| words.contains(&self.word(at)))
    }

    /// Whether the refused token stands between an `if` and its `{`.
    fn in_if_condition(&self) -> bool {
        (self.first..self.found)
            .rev()
            .find(|&at| matches!(self.word(at), "if" | "{" | "}" | ";"))
            .is_some_and(|at| self.word(at) == "if")
    }

    fn missing_semicolon(&self) -> Option<Diagnostic> {
        let before = self.before()?;
        if !self.expects(Rule::semicolon) {
            return None;
        }
        let found = self
            .tokens
            .get(self.found)
            .filter(|token| token.kind != Kind::Symbol || token.text(self.text) == "}");
        let mut place = self.behind();
        let starts_anew = match self.tokens.get(self.found) {
            None => true,
            Some(_) if self.found >= self.item.end => true,
            Some(token) if token.text(self.text) == "}" || token.kind == Kind::Doc => true,
            Some(token) if self.in_block() && is_assignment(token.text(self.text)) && self.is_name(self.found - 1) => {
                // `V -= 1 a += 1;` reads `1 a` as a number with its unit.
                let end = self.tokens.get(self.found.checked_sub(2)?)?.span.end;
                place = Span::at(end as usize);
                self.word(self.found - 2) != ";"
            }
            Some(token) if token.text(self.text) == "=" => {
                // The equation on the line of this `=` was taken for a part of the item before.
                let line = (self.first + 1..self.found)
                    .rev()
                    .find(|&at| self.on_two_lines(&self.tokens[at - 1], &self.tokens[at]))?;
                place = Span::at(self.tokens[line - 1].span.end as usize);
                true
            }
            Some(token) if token.kind == Kind::Word && found.is_some() => {
                let assigns = is_assignment(self.word(self.found + 1));
                assigns || self.on_two_lines(before, token) || ITEM_KEYWORDS.contains(&token.text(self.text))
            }
            Some(_) => false,
        };
        if !starts_anew {
            return None;
        }
        let subject = self.subject();
        Some(
            Diagnostic::new(Code::MissingSemicolon, place, format!("expected `;` after {subject}"))
                .help("statements end in `;`"),
        )
    }

    /// Whether the refused token stands in a block of statements.
    fn in_block(&self) -> bool {
        matches!(self.word(self.first), "on" | "spike" | "event") && self.words_before(&["{"])
    }

    /// What the statement around the refused token is called.
    fn subject(&self) -> String {
        let name = shortened(self.word(self.first + 1));
        let start = (self.first..self.found)
            .rev()
            .find(|&at| matches!(self.word(at), ";" | "{"))
            .map_or(self.first, |at| at + 1);
        match self.word(self.first) {
            "param" => format!("parameter `{name}`"),
            "let" => format!("definition `{name}`"),
            "state" => format!("state `{name}`"),
            "input" => format!("input `{name}`"),
            "kernel" => format!("kernel `{name}`"),
            "noise" => format!("noise `{name}`"),
            "refractory" => "the refractory period".to_owned(),
            "assert" => "the assertion".to_owned(),
            "learn" => "the statement".to_owned(),
            "on" | "spike" | "event" => {
                format!("the assignment to `{}`", shortened(self.word(start)))
            }
            _ => "the equation".to_owned(),
        }
    }

    /// `param tau = [ms];`
    fn bare_unit(&self) -> Option<Diagnostic> {
        if self.word(self.found) != "[" || self.expects(Rule::unit) || self.expects(Rule::number_unit) {
            return None;
        }
        Some(
            Diagnostic::new(
                Code::UnitWithoutNumber,
                self.place(),
                "a unit stands after a number, and here is none",
            )
            .help("write a number before it, such as `1 [1/ms]`"),
        )
    }

    /// Everything else.
    fn unexpected(&self) -> Diagnostic {
        let found = found_words(self.text, self.tokens.get(self.found));
        let expected = self.expected_words();
        let after = match self.before() {
            Some(before) if before.kind != Kind::Doc => {
                format!(" after `{}`", shortened(before.text(self.text)))
            }
            _ => String::new(),
        };
        let message = if expected.is_empty() {
            format!("unexpected {}", found.trim_start_matches("the "))
        } else {
            format!("expected {expected}{after}, found {found}")
        };
        let diagnostic = Diagnostic::new(Code::UnexpectedToken, self.place(), message);
        match self.help() {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// Advice for common slips.
    fn help(&self) -> Option<String> {
        let before = self.before();
        let found = self.tokens.get(self.found);
        let word = self.word(self.found);
        if word == ";" && self.found == self.first {
            return Some("no `;` follows a block".to_owned());
        }
        if word == "=" && before.is_some_and(|token| token.text(self.text) == ":") {
            return Some("a value stands after `=` alone".to_owned());
        }
        if word == "hold" && self.expects(Rule::semicolon) {
            return Some("`hold` stands before `accept`".to_owned());
        }
        if word == ";" && (self.expects(Rule::block) || self.expects(Rule::open_brace)) {
            return Some("what is done then stands in braces, which may be empty: `{ }`".to_owned());
        }
        if self.expects(Rule::kw_when) && self.expects(Rule::kw_rate) {
            return Some("write `spike when V > V_th { … }`".to_owned());
        }
        if self.expects(Rule::branch) && found.is_some() {
            return Some("write `if … { … } else { … }`".to_owned());
        }
        if let Some(odd) = before
            .map(|token| token.text(self.text))
            .filter(|word| matches!(*word, "nan" | "inf"))
        {
            return Some(format!("`{odd}` is no number of the language: numbers are finite"));
        }
        if word == "," && self.found == self.first + 2 && ITEM_KEYWORDS.contains(&self.word(self.first)) {
            return Some("each item declares one name".to_owned());
        }
        let multiplies = self.expects(Rule::infix)
            && found.is_some_and(|token| token.kind != Kind::Symbol || word == "(")
            && !is_keyword(word)
            && before.is_some_and(|token| token.kind != Kind::Symbol || token.text(self.text) == ")");
        if multiplies {
            let behind_unit = self.found >= 2 && self.tokens[self.found - 2].kind == Kind::Number;
            return Some(if behind_unit && found.is_some_and(|token| token.kind == Kind::Word) {
                "a product is written with `*`; a unit of several symbols stands in brackets: `[mV*ms]`".to_owned()
            } else {
                "a product is written with `*`".to_owned()
            });
        }
        None
    }

    /// What may stand at the place, in words: `a`, `b` or `c`.
    fn expected_words(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for word in self.expected.iter().filter_map(|&rule| in_words(rule)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if words.len() > 1 {
            words.retain(|&word| word != "a unit" && word != "the end of the text");
        }
        if words.contains(&"an operator") {
            words.retain(|&word| word != "`(`");
        }
        if words.contains(&"an expression") {
            words.retain(|&word| !matches!(word, "a name" | "a number" | "`if`" | "`(`"));
        }
        if words.len() > 4 {
            words.retain(|&word| word.starts_with('`') == (word == "`;`" || word == "`{`" || word == "`)`"));
        }
        match words.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [start @ .., last] => format!("{} or {last}", start.join(", ")),
        }
    }
}

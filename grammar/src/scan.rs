//! The first look at a text, before the grammar: words, comments, brackets.
//!
//! Refuses what is too large or nested too deeply for a recursive parser, and characters and habits of other languages
//! that deserve their own words (`#`, `V'`, `.5`, `&&`). What it leaves is cut into [`Token`]s, by which the parser finds
//! the ends of items after an error.

use crate::ast::Comment;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::Limits;
use crate::span::Span;

mod brackets;
mod characters;
mod comments;
mod numbers;

use brackets::Brackets;
pub(crate) use brackets::too_deep;

/// Words that start an item.
pub(crate) const ITEM_KEYWORDS: [&str; 14] = [
    "param",
    "let",
    "state",
    "input",
    "kernel",
    "noise",
    "fn",
    "on",
    "spike",
    "event",
    "refractory",
    "learn",
    "assert",
    "model",
];

/// The other words that cannot be names.
pub(crate) const OTHER_KEYWORDS: [&str; 13] = [
    "and", "or", "not", "if", "else", "when", "where", "hold", "accept", "after", "delayed", "drives", "rising",
];

/// Whether `word` cannot be a name.
pub(crate) fn is_keyword(word: &str) -> bool {
    OTHER_KEYWORDS.contains(&word) || ITEM_KEYWORDS.contains(&word)
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// Digits, without a unit.
    Number,
    /// An operator or a bracket.
    Symbol,
    /// A line `/// …`.
    Doc,
}

/// One word of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

impl Token {
    /// The token as written.
    pub(crate) fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.span.range()]
    }
}

/// What the first look found.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
    /// What is wrong with the text already.
    pub(crate) faults: Vec<Diagnostic>,
    /// Where, in order: an item that holds one of these is not read further.
    pub(crate) fault_places: Vec<u32>,
    /// Braces or comments do not close, so that nobody can tell where items end.
    pub(crate) broken: bool,
}

/// Looks through `text`.
///
/// # Errors
/// One diagnostic, when the text exceeds a limit.
pub(crate) fn scan(text: &str, limits: &Limits) -> Result<Scan, Diagnostic> {
    if text.len() > limits.longest() {
        return Err(too_large(text.len(), limits));
    }
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        out: Scan {
            tokens: Vec::with_capacity((text.len() / 4).min(limits.tokens)),
            comments: Vec::new(),
            faults: Vec::new(),
            fault_places: Vec::new(),
            broken: false,
        },
        limits,
        brackets: Brackets::new(limits.deepest()),
        statement_is_faulty: false,
        hash_was_reported: false,
    };
    while scanner.at < scanner.bytes.len() {
        scanner.step()?;
        if scanner.out.tokens.len() > limits.tokens {
            let span = scanner.out.tokens[limits.tokens].span;
            return Err(Diagnostic::new(
                Code::TooManyTokens,
                span,
                format!("more than {} words and symbols in one text", limits.tokens),
            )
            .help(Limits::help("tokens", text.len())));
        }
    }
    scanner.finish();
    Ok(scanner.out)
}

/// The refusal of a text of `size` bytes.
pub(crate) fn too_large(size: usize, limits: &Limits) -> Diagnostic {
    Diagnostic::new(
        Code::FileTooLarge,
        Span::at(0),
        format!("the text has {size} bytes; at most {} are read", limits.longest()),
    )
    .help(Limits::help("file", size))
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    limits: &'t Limits,
    at: usize,
    out: Scan,
    brackets: Brackets,
    /// Only the first fault of a statement is told.
    statement_is_faulty: bool,
    /// Only the first `#` of a text is told.
    hash_was_reported: bool,
}

impl Scanner<'_> {
    /// Reads one token, comment or blank.
    fn step(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        match self.bytes[start] {
            b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
            b'0'..=b'9' => self.number(),
            b'.' if self.bytes.get(start + 1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => return self.word(),
            b'/' if self.bytes.get(start + 1) == Some(&b'/') => self.line_comment(),
            b'/' if self.bytes.get(start + 1) == Some(&b'*') => self.block_comment()?,
            b'#' => self.hash(),
            b'(' | b'[' | b'{' | b')' | b']' | b'}' | b';' => return self.bracket(),
            b',' => self.comma(),
            b':' => self.symbol(1),
            b'+' | b'=' | b'<' | b'>' | b'^' => self.symbol(1 + usize::from(self.follows(b'='))),
            b'*' => self.symbol(1 + usize::from(self.follows(b'=') || self.follows(b'*'))),
            b'/' => self.symbol(1 + usize::from(self.follows(b'='))),
            b'-' => self.symbol(1 + usize::from(self.follows(b'=') || self.follows(b'>'))),
            b'!' if self.follows(b'=') => self.symbol(2),
            _ => match self.text[start..].chars().next() {
                Some(c) if unicode_ident::is_xid_start(c) => return self.word(),
                Some(c) => self.strange(c),
                None => self.at += 1,
            },
        }
        Ok(())
    }

    fn follows(&self, byte: u8) -> bool {
        self.bytes.get(self.at + 1) == Some(&byte)
    }

    /// Takes a token up to `end`.
    fn token(&mut self, kind: Kind, end: usize) {
        let span = Span::new(self.at, end);
        self.out.tokens.push(Token { kind, span });
        self.at = end;
    }

    fn symbol(&mut self, length: usize) {
        self.token(Kind::Symbol, self.at + length);
    }

    /// The token read last.
    fn last(&self) -> Option<&str> {
        self.out.tokens.last().map(|token| token.text(self.text))
    }

    /// The end of the word that starts at `from`.
    fn word_end(&self, from: usize) -> usize {
        let ascii = self.bytes[from..]
            .iter()
            .position(|&b| !(b.is_ascii_alphanumeric() || b == b'_'))
            .map_or(self.bytes.len(), |length| from + length);
        if self.bytes.get(ascii).is_none_or(u8::is_ascii) {
            return ascii;
        }
        self.text[ascii..]
            .char_indices()
            .find(|&(_, c)| !unicode_ident::is_xid_continue(c))
            .map_or(self.text.len(), |(length, _)| ascii + length)
    }

    fn word(&mut self) -> Result<(), Diagnostic> {
        let (start, end) = (self.at, self.word_end(self.at));
        let word = &self.text[start..end];
        if let Some(dot) = word.find(characters::is_middle_dot) {
            self.fault(characters::middle_dot(self.text, start, end, start + dot));
        } else if word == "_" {
            let span = Span::new(start, end);
            self.fault(Diagnostic::new(Code::SymbolInName, span, "`_` alone is not a name"));
        } else if word == "if" {
            self.brackets.opened_if(start)?;
        } else if ITEM_KEYWORDS.contains(&word) && matches!(self.last(), Some(";" | "{" | "}")) {
            self.brackets.item_starts(Span::new(start, end));
        }
        self.token(Kind::Word, end);
        Ok(())
    }

    fn bracket(&mut self) -> Result<(), Diagnostic> {
        let at = self.at;
        // `f(` and `on syn(` may hold commas between numbers; `(` after an operator may not.
        let after_name = self
            .out
            .tokens
            .last()
            .is_some_and(|t| t.kind == Kind::Word && !is_keyword(t.text(self.text)));
        let after_else = self.last() == Some("else");
        let faults = match self.bytes[at] {
            open @ (b'(' | b'[' | b'{') => self.brackets.open(at, open, after_name, after_else)?,
            close => self.brackets.close(at, close),
        };
        for fault in faults {
            let (here, at_cause) = (at as u32, fault.span().start);
            self.fault(fault);
            self.out.fault_places.extend([here, at_cause]);
        }
        if matches!(self.bytes[at], b'{' | b'}' | b';') {
            self.statement_is_faulty = false;
        }
        self.symbol(1);
        Ok(())
    }

    /// Notes that something is wrong at the place of `diagnostic`; tells it, if it is the first of its statement.
    fn fault(&mut self, diagnostic: Diagnostic) {
        self.out.fault_places.push(diagnostic.span().start);
        if !self.statement_is_faulty {
            self.out.faults.push(diagnostic);
        }
        self.statement_is_faulty = true;
    }

    fn finish(&mut self) {
        if self.out.broken {
            return;
        }
        if let Some(fault) = self.brackets.finish(self.text) {
            self.out.faults.push(fault);
            self.out.broken = true;
        }
        self.out.broken |= self.brackets.closed_too_much;
        self.out.fault_places.sort_unstable();
    }
}

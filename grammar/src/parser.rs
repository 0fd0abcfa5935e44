//! Text to syntax tree: the entrances, and the reader of what the grammar recognised.

use std::iter::{Filter, Peekable};
use std::ops::Range;

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::ast::{Expr, File, Ident};
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, in_order};
use crate::equations::DeclaredStates;
use crate::explain::explain;
use crate::grammar::{Grammar, Rule};
use crate::limits::Limits;
use crate::recover::recover;
use crate::scan::{Token, scan};
use crate::span::Span;

/// Reads a text.
///
/// # Errors
/// Everything that is wrong with the text, in its order, at most [`crate::MAX_DIAGNOSTICS`].
pub fn parse(text: &str) -> Result<File, Vec<Diagnostic>> {
    parse_with(text, &Limits::default())
}

/// As [`parse`], with a say in how large a text may be.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(text: &str, limits: &Limits) -> Result<File, Vec<Diagnostic>> {
    let scan = scan(text, limits).map_err(|limit| vec![limit])?;
    let mut faults = scan.faults;
    if scan.broken {
        return Err(in_order(faults));
    }
    if scan.tokens.is_empty() {
        faults.push(
            Diagnostic::new(Code::UnexpectedToken, Span::at(0), "the file contains no model")
                .help("a model is `model Name { … }`"),
        );
        return Err(in_order(faults));
    }
    let states = DeclaredStates::new(text, &scan.tokens);
    let mut reader = Reader::new(text, &scan.tokens, &states);
    reader.deepest = limits.deepest();
    if scan.fault_places.is_empty()
        && let Ok(pairs) = Grammar::parse(Rule::file, &text[reader.base..])
    {
        let models = pairs
            .filter(|pair| pair.as_rule() == Rule::model)
            .map(|pair| reader.model(pair))
            .collect();
        return if reader.diagnostics.is_empty() {
            Ok(File {
                models,
                comments: scan.comments,
            })
        } else {
            Err(in_order(reader.diagnostics))
        };
    }
    faults.extend(recover(text, &scan.tokens, &states, &scan.fault_places));
    Err(in_order(faults))
}

/// Reads one expression, such as a value asked for in a session.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_expression(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    alone(text, Rule::one_expression, |reader, mut pairs| {
        let pair = pairs.next().expect("the grammar puts an expression here");
        reader.expression(pair)
    })
}

/// Reads a text that is one `rule` alone.
pub(crate) fn alone<T>(
    text: &str,
    rule: Rule,
    build: impl FnOnce(&mut Reader<'_>, Pairs<'_, Rule>) -> T,
) -> Result<T, Vec<Diagnostic>> {
    let scan = scan(text, &Limits::default()).map_err(|limit| vec![limit])?;
    if !scan.faults.is_empty() || !scan.fault_places.is_empty() {
        return Err(in_order(scan.faults));
    }
    let states = DeclaredStates::new(text, &scan.tokens);
    let mut reader = Reader::new(text, &scan.tokens, &states);
    let pairs = Grammar::parse(rule, &text[reader.base..])
        .map_err(|error| vec![explain(text, reader.base, &error, &scan.tokens, 0..scan.tokens.len())])?;
    let value = build(&mut reader, pairs);
    if reader.diagnostics.is_empty() {
        Ok(value)
    } else {
        Err(in_order(reader.diagnostics))
    }
}

/// Turns what the grammar recognised into the tree.
pub(crate) struct Reader<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: &'t [Token],
    pub(crate) states: &'t DeclaredStates,
    /// Where in the text the recognised part starts.
    pub(crate) base: usize,
    /// The bytes of the model that is read.
    pub(crate) model: Range<u32>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How deep expressions may nest.
    pub(crate) deepest: usize,
}

/// The parts of a rule that carry meaning.
pub(crate) type Parts<'i> = Peekable<Filter<Pairs<'i, Rule>, fn(&Pair<'i, Rule>) -> bool>>;

/// The parts of `pair` without punctuation and without the keywords that only introduce.
pub(crate) fn parts<'i>(pair: Pair<'i, Rule>) -> Parts<'i> {
    let carries_meaning: fn(&Pair<'i, Rule>) -> bool = |part| {
        !matches!(
            part.as_rule(),
            Rule::kw_model
                | Rule::kw_param
                | Rule::kw_let
                | Rule::kw_state
                | Rule::kw_input
                | Rule::kw_kernel
                | Rule::kw_noise
                | Rule::kw_fn
                | Rule::kw_on
                | Rule::kw_spike
                | Rule::kw_event
                | Rule::kw_refractory
                | Rule::kw_learn
                | Rule::kw_assert
                | Rule::kw_where
                | Rule::kw_drives
                | Rule::kw_hold
                | Rule::kw_accept
                | Rule::kw_if
                | Rule::kw_else
                | Rule::kw_surrogate
                | Rule::kw_detach
                | Rule::semicolon
                | Rule::colon
                | Rule::comma
                | Rule::equals
                | Rule::arrow
                | Rule::open_brace
                | Rule::close_brace
                | Rule::open_paren
                | Rule::close_paren
                | Rule::close_bracket
        )
    };
    pair.into_inner().filter(carries_meaning).peekable()
}

/// The part that the grammar always puts here.
pub(crate) fn take<'i>(parts: &mut impl Iterator<Item = Pair<'i, Rule>>) -> Pair<'i, Rule> {
    parts.next().expect("the grammar puts a part here")
}

/// The next part, if it is a `rule`.
pub(crate) fn maybe<'i>(parts: &mut Parts<'i>, rule: Rule) -> Option<Pair<'i, Rule>> {
    parts.next_if(|part| part.as_rule() == rule)
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str, tokens: &'t [Token], states: &'t DeclaredStates) -> Self {
        Self {
            text,
            tokens,
            states,
            base: if text.starts_with('\u{feff}') { 3 } else { 0 },
            model: 0..text.len() as u32,
            diagnostics: Vec::new(),
            deepest: Limits::DEEPEST,
        }
    }

    /// The reader of the part of `model` that starts at `base`.
    pub(crate) fn within(self, base: usize, model: Range<u32>) -> Self {
        Self { base, model, ..self }
    }

    pub(crate) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    pub(crate) fn ident(&self, pair: &Pair<'_, Rule>) -> Ident {
        Ident {
            name: normal(pair.as_str()),
            span: self.span(pair),
        }
    }
}

/// A word as names are compared: in NFC.
pub(crate) fn normal(word: &str) -> String {
    if word.is_ascii() || is_nfc(word) {
        word.to_owned()
    } else {
        word.nfc().collect()
    }
}

//! A model text rebuilt from tokens, and the way back from its bytes to them.

use alif_grammar::diagnostic::escape_control;
use alif_grammar::{Span, ast};
use proc_macro2::TokenStream;

use crate::layout::gap;
use crate::pieces::{Kind, Pieces};
use crate::report::Ends;

/// Longest part of the text that a message quotes, in characters.
const MAX_QUOTED: usize = 60;

/// A text and the token that each of its words came from.
pub(crate) struct Source {
    /// The text, to which spans refer.
    pub(crate) text: String,
    /// The words, in order.
    words: Vec<Word>,
    /// Each visibility, and the first byte behind it.
    visibilities: Vec<(u32, TokenStream)>,
}

/// The bytes of a word, and its token.
struct Word {
    span: Span,
    token: proc_macro2::Span,
    is_doc: bool,
}

impl Source {
    /// Writes the words as a text.
    pub(crate) fn new(pieces: Pieces) -> Self {
        let Pieces { list, visibilities, .. } = pieces;
        let mut text = String::new();
        let mut words: Vec<Word> = Vec::with_capacity(list.len());
        for (at, piece) in list.iter().enumerate() {
            if let Some(before) = at.checked_sub(1) {
                text += gap(&list[before], piece);
            }
            let start = text.len();
            text += &piece.text;
            words.push(Word {
                span: Span::new(start, text.len()),
                token: piece.span,
                is_doc: piece.kind == Kind::Doc,
            });
        }
        let end = text.len() as u32;
        let visibilities = visibilities
            .into_iter()
            .map(|(at, tokens)| (words.get(at).map_or(end, |word| word.span.start), tokens))
            .collect();
        Self {
            text,
            words,
            visibilities,
        }
    }

    /// The words of a part of the text. An empty part is right behind a word, or between two.
    fn words_of(&self, span: Span) -> &[Word] {
        let start = self.words.partition_point(|word| word.span.end <= span.start);
        let end = self.words.partition_point(|word| word.span.start < span.end);
        if start < end {
            &self.words[start..end]
        } else {
            &self.words[end.saturating_sub(1)..end.max(1).min(self.words.len())]
        }
    }

    /// The first and the last token of a part of the text. Tokens of different places have nothing between them, so that of
    /// those only the first counts.
    pub(crate) fn ends(&self, span: Span) -> Ends {
        match self.words_of(span) {
            [] => (proc_macro2::Span::call_site(), proc_macro2::Span::call_site()),
            [first, .., last] if in_order(first.token, last.token) => (first.token, last.token),
            [first, ..] => (first.token, first.token),
        }
    }

    /// The line of the user's program where a part of the text starts.
    pub(crate) fn line(&self, span: Span) -> usize {
        self.ends(span).0.start().line
    }

    /// A part of the text on one line, shortened.
    pub(crate) fn words(&self, span: Span) -> String {
        let undocumented = self.words_of(span).iter().filter(|word| !word.is_doc);
        let start = undocumented.map(|word| word.span.start).next();
        let part = start.and_then(|start| self.text.get(start.max(span.start) as usize..span.end as usize));
        let part: Vec<&str> = part.unwrap_or_default().split_whitespace().collect();
        let part = escape_control(&part.join(" "));
        if part.chars().count() <= MAX_QUOTED {
            part
        } else {
            part.chars().take(MAX_QUOTED - 1).chain(['…']).collect()
        }
    }

    /// Who may name the type of a model.
    pub(crate) fn visibility(&self, model: &ast::Model) -> TokenStream {
        let before = self.visibilities.iter().filter(|(at, _)| *at == model.span.start);
        before.map(|(_, tokens)| tokens.clone()).next().unwrap_or_default()
    }
}

/// Whether two tokens stand in one file, one after the other.
fn in_order(first: proc_macro2::Span, last: proc_macro2::Span) -> bool {
    first.start() <= last.start() && first.file() == last.file()
}

//! Tokens to the words of a model text, without a recursion over what the user wrote.
//!
//! What a macro fragment brings along stands in invisible brackets, which vanish; but a fragment that is a sum, say,
//! stays one operand and gets round brackets where its neighbours could tear it apart.

use std::vec::IntoIter;

use proc_macro2::{Delimiter, Group, LineColumn, Spacing, Span, TokenStream, TokenTree};

use crate::attribute::{Attribute, attribute};
use crate::fragment::is_torn;
use crate::invocation::{is_word, visibility};

/// What a piece is, as far as blanks are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a literal.
    Word,
    /// One character of an operator; whether rustc saw the next one right behind it.
    Symbol(Spacing),
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A line of documentation.
    Doc,
}

/// A word of the text to be.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) span: Span,
    /// Where it starts and ends in the user's program, if it stands there.
    pub(crate) place: Option<(LineColumn, LineColumn)>,
    /// Whether it stands between the brackets that hold it, as anything does that no macro put there.
    pub(crate) at_home: bool,
}

/// The words of an invocation.
#[derive(Default)]
pub(crate) struct Pieces {
    /// The words, in order.
    pub(crate) list: Vec<Piece>,
    /// Each visibility, and which word comes behind it.
    pub(crate) visibilities: Vec<(usize, TokenStream)>,
    /// What is no part of a model text and cannot be read as such: where, and what to say.
    pub(crate) faults: Vec<(Span, String)>,
}

/// Takes tokens apart.
pub(crate) fn pieces(trees: Vec<TokenTree>) -> Pieces {
    let mut taking = Taking {
        open: vec![Level {
            rest: trees.into_iter(),
            close: None,
            range: None,
            in_brackets: false,
        }],
        out: Pieces::default(),
    };
    while let Some(level) = taking.open.last_mut() {
        match level.rest.next() {
            Some(tree) => taking.tree(tree),
            None => taking.close(),
        }
    }
    taking.out
}

/// The inside of a bracket, visible or not.
struct Level {
    rest: IntoIter<TokenTree>,
    /// What closes it.
    close: Option<Piece>,
    /// From the opening to the closing bracket of the innermost visible one.
    range: Option<(LineColumn, LineColumn)>,
    /// Whether it is inside of a visible one.
    in_brackets: bool,
}

struct Taking {
    open: Vec<Level>,
    out: Pieces,
}

impl Taking {
    fn tree(&mut self, tree: TokenTree) {
        match tree {
            TokenTree::Ident(word) if word == "pub" && !self.level().in_brackets => self.visibility(word.into()),
            TokenTree::Ident(word) => {
                let text = word.to_string();
                // A raw name is the way of Rust to write a word that the model language leaves free.
                let name = text.strip_prefix("r#").unwrap_or(&text);
                self.push(Kind::Word, name.to_owned(), word.span());
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string().replace(['\n', '\r'], " ");
                self.push(Kind::Word, text, literal.span());
            }
            TokenTree::Punct(symbol) => {
                if symbol.as_char() == '#' && self.attribute() {
                    return;
                }
                let text = symbol.as_char().to_string();
                self.push(Kind::Symbol(symbol.spacing()), text, symbol.span());
            }
            TokenTree::Group(group) => self.group(&group),
        }
    }

    fn level(&mut self) -> &mut Level {
        self.open.last_mut().expect("a tree is taken from an open level")
    }

    fn push(&mut self, kind: Kind, text: String, span: Span) {
        let piece = self.piece(kind, text, span);
        self.out.list.push(piece);
    }

    fn piece(&mut self, kind: Kind, text: String, span: Span) -> Piece {
        let place = (span.start(), span.end());
        let at_home = self
            .level()
            .range
            .is_none_or(|(start, end)| start <= place.0 && place.1 <= end);
        Piece {
            kind,
            text,
            span,
            // Outside of rustc, a token that was not read from a text is nowhere.
            place: (place.0 < place.1).then_some(place),
            at_home,
        }
    }

    fn group(&mut self, group: &Group) {
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => return self.fragment(inside),
        };
        let (start, end) = (group.span_open(), group.span_close());
        self.push(Kind::Open, open.to_owned(), start);
        let close = self.piece(Kind::Close, close.to_owned(), end);
        self.open.push(Level {
            rest: inside.into_iter(),
            close: Some(close),
            range: Some((start.start(), end.end())),
            in_brackets: true,
        });
    }

    /// What a macro fragment brings along.
    fn fragment(&mut self, inside: Vec<TokenTree>) {
        let range = self.level().range;
        let in_brackets = self.level().in_brackets;
        let torn = in_brackets && is_torn(&inside, &self.out.list, self.next());
        let mut close = None;
        if let (true, Some(first), Some(last)) = (torn, inside.first(), inside.last()) {
            let bracket = |kind, text: &str, span| Piece {
                kind,
                text: text.to_owned(),
                span,
                place: None,
                at_home: false,
            };
            self.out.list.push(bracket(Kind::Open, "(", first.span()));
            close = Some(bracket(Kind::Close, ")", last.span()));
        }
        self.open.push(Level {
            rest: inside.into_iter(),
            close,
            range,
            in_brackets,
        });
    }

    fn close(&mut self) {
        if let Some(close) = self.open.pop().and_then(|level| level.close) {
            self.out.list.push(close);
        }
    }

    /// The trees behind the one that was taken last, up to the end of the bracket.
    fn next(&self) -> &[TokenTree] {
        for level in self.open.iter().rev() {
            if !level.rest.as_slice().is_empty() || level.close.is_some() {
                return level.rest.as_slice();
            }
        }
        &[]
    }

    /// Takes the visibility that starts with `public`.
    fn visibility(&mut self, public: TokenTree) {
        let span = public.span();
        let mut trees = vec![public];
        trees.extend(self.level().rest.as_slice().first().cloned());
        let length = visibility(&trees);
        trees.truncate(length);
        if length == 2 {
            self.level().rest.next();
        }
        if self.next().first().is_some_and(|next| is_word(next, "model")) {
            let at = self.out.list.len();
            self.out.visibilities.push((at, trees.into_iter().collect()));
        } else {
            let message = "a visibility stands right before `model`";
            self.out.faults.push((span, message.to_owned()));
        }
    }

    /// Takes the attribute whose `#` was taken, if it is one.
    fn attribute(&mut self) -> bool {
        let inner = match self.level().rest.as_slice() {
            [TokenTree::Punct(symbol), ..] if symbol.as_char() == '!' => 1,
            _ => 0,
        };
        let Some(TokenTree::Group(group)) = self.level().rest.as_slice().get(inner) else {
            return false;
        };
        if group.delimiter() != Delimiter::Bracket {
            return false;
        }
        let group = group.clone();
        self.level().rest.nth(inner);
        match attribute(&group, inner == 1) {
            Attribute::Doc(lines) => {
                for line in lines {
                    // Four strokes would be a comment.
                    let blank = if line.starts_with('/') { " " } else { "" };
                    self.push(Kind::Doc, format!("///{blank}{line}"), group.span());
                }
            }
            Attribute::Comment => {}
            Attribute::Refused(message) => self.out.faults.push((group.span(), message)),
        }
        true
    }
}

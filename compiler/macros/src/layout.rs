//! Blanks and line ends between words. They mean nothing to the grammar, but its advice looks at line ends, and the words of
//! a diagnostic should look as the user wrote them.

use proc_macro2::Spacing;

use crate::pieces::{Kind, Piece};

/// What stands between two words.
pub(crate) fn gap(before: &Piece, after: &Piece) -> &'static str {
    if before.kind == Kind::Doc || after.kind == Kind::Doc {
        return "\n";
    }
    match as_written(before, after) {
        Some("") if would_merge(before, after) => " ",
        Some(gap) => gap,
        None => usual(before, after),
    }
}

/// What stood between two words in the user's program, if nothing else stood there.
fn as_written(before: &Piece, after: &Piece) -> Option<&'static str> {
    // An opening bracket is always before its inside.
    let neighbours = match (before.kind, after.kind) {
        (Kind::Open, Kind::Close) => true,
        (Kind::Open, _) => after.at_home,
        (_, Kind::Close) => before.at_home,
        _ => before.at_home == after.at_home,
    };
    let ((_, end), (start, _)) = (before.place?, after.place?);
    if !neighbours || start < end {
        None
    } else if start.line > end.line {
        Some("\n")
    } else if start.column > end.column {
        Some(" ")
    } else {
        Some("")
    }
}

/// Whether two words would be read as another one, were there nothing between them.
fn would_merge(before: &Piece, after: &Piece) -> bool {
    match (before.kind, after.kind) {
        (Kind::Word, Kind::Word) => true,
        (Kind::Symbol(spacing), Kind::Symbol(_)) => spacing != Spacing::Joint || is_comment(before, after),
        _ => false,
    }
}

/// Whether two symbols start a comment.
fn is_comment(before: &Piece, after: &Piece) -> bool {
    before.text == "/" && matches!(after.text.as_str(), "/" | "*")
}

/// The usual blanks, where words of different places meet.
fn usual(before: &Piece, after: &Piece) -> &'static str {
    match (before.kind, after.kind) {
        (Kind::Symbol(Spacing::Joint), Kind::Symbol(_)) if !is_comment(before, after) => "",
        (Kind::Symbol(Spacing::Joint), Kind::Word) => "",
        (Kind::Open, _) if before.text != "{" => "",
        (_, Kind::Close) if after.text != "}" => "",
        (Kind::Word, Kind::Open) if after.text == "(" => "",
        _ => match (before.text.as_str(), after.text.as_str()) {
            (_, ";" | ",") => "",
            ("}", "else") => " ",
            (";" | "}", _) => "\n",
            _ => " ",
        },
    }
}

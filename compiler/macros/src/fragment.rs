//! Macro fragments that must stay one operand.

use proc_macro2::{Spacing, TokenTree};

use crate::pieces::{Kind, Piece};

/// Whether the operators of a fragment could bind to its neighbours: `a + b` in `2 * $x`, but not in `= $x;`.
pub(crate) fn is_torn(inside: &[TokenTree], before: &[Piece], behind: &[TokenTree]) -> bool {
    match inside {
        // `-70`, which may be meant to take a unit: only a power would tear it.
        [TokenTree::Punct(minus), TokenTree::Literal(_)] if minus.as_char() == '-' => is_power(behind),
        // `dV/dt`
        [TokenTree::Ident(_), TokenTree::Punct(over), TokenTree::Ident(dt)] if over.as_char() == '/' && dt == "dt" => {
            false
        }
        _ => is_operation(inside) && !(starts_operand(before) && ends_operand(behind)),
    }
}

/// Whether trees are operands and operators, and no statement or list.
fn is_operation(trees: &[TokenTree]) -> bool {
    let mut operators = false;
    let mut in_operator = false;
    for tree in trees {
        let TokenTree::Punct(symbol) = tree else {
            in_operator = false;
            continue;
        };
        let joint = symbol.spacing() == Spacing::Joint;
        match symbol.as_char() {
            '+' | '-' | '*' | '/' | '^' | '<' | '>' | '!' | '&' | '|' => operators = true,
            '=' if in_operator || joint => operators = true,
            _ => return false,
        }
        in_operator = joint;
    }
    operators && trees.len() > 1
}

fn is_power(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Punct(a), TokenTree::Punct(b), ..] if a.as_char() == '*' => {
            a.spacing() == Spacing::Joint && b.as_char() == '*'
        }
        [TokenTree::Punct(a), ..] => a.as_char() == '^',
        _ => false,
    }
}

/// Whether what comes next is a whole operand up to its own end: behind `(`, `,`, or the `=` of a statement.
fn starts_operand(before: &[Piece]) -> bool {
    let Some((last, before)) = before.split_last() else {
        return false;
    };
    let compares = before.last().is_some_and(|piece| {
        piece.kind == Kind::Symbol(Spacing::Joint) && matches!(piece.text.as_str(), "=" | "<" | ">" | "!")
    });
    match last.text.as_str() {
        "(" | "[" | "{" | "," => true,
        "=" => !compares,
        _ => false,
    }
}

/// Whether an operand ends here.
fn ends_operand(behind: &[TokenTree]) -> bool {
    match behind.first() {
        None => true,
        Some(TokenTree::Punct(symbol)) => matches!(symbol.as_char(), ';' | ','),
        Some(_) => false,
    }
}

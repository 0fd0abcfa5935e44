//! Expressions and units to text. Parentheses are added where a tree that no text gave needs them.

use std::fmt::Write as _;

use crate::ast::{Expr, ExprKind, ProductOp, SumOp, Unit};

/// The text of an expression: `V_th + beta * a`.
#[must_use]
pub fn print_expr(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr, OR);
    out
}

/// The text of a unit, without brackets: `mV`, `1/(mV*ms)`, `ms^(1/2)`, `1`.
#[must_use]
pub fn print_unit(unit: &Unit) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(factor) = unit.factors.get(at) {
        if factor.numerator >= 0 {
            out.push_str(if at > 0 { "*" } else { "" });
            write_power(&mut out, &factor.name.name, factor.numerator, factor.denominator);
            at += 1;
            continue;
        }
        let below = &unit.factors[at..];
        let length = below.iter().take_while(|factor| factor.numerator < 0).count();
        out.push_str(match (at, length) {
            (0, 1) => "1/",
            (0, _) => "1/(",
            (_, 1) => "/",
            (_, _) => "/(",
        });
        for (place, factor) in below[..length].iter().enumerate() {
            out.push_str(if place > 0 { "*" } else { "" });
            write_power(&mut out, &factor.name.name, -factor.numerator, factor.denominator);
        }
        out.push_str(if length > 1 { ")" } else { "" });
        at += length;
    }
    if out.is_empty() {
        out.push('1');
    }
    out
}

fn write_power(out: &mut String, name: &str, numerator: i32, denominator: i32) {
    out.push_str(name);
    if denominator != 1 {
        let _ = write!(out, "^({numerator}/{denominator})");
    } else if numerator != 1 {
        let _ = write!(out, "^{numerator}");
    }
}

/// `*` or `/`
pub(crate) fn product_symbol(op: ProductOp) -> &'static str {
    match op {
        ProductOp::Mul => "*",
        ProductOp::Div => "/",
    }
}

// How tightly a kind of expression holds together.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
/// Unary minus: the loosest thing that may be a factor.
pub(crate) const SIGN: u8 = 7;
const POWER: u8 = 8;
const ATOM: u8 = 9;

fn tightness(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Or(_) => OR,
        ExprKind::And(_) => AND,
        ExprKind::Not(_) => NOT,
        ExprKind::Compare { .. } => COMPARE,
        ExprKind::Sum { .. } => SUM,
        ExprKind::Product { .. } => PRODUCT,
        ExprKind::Neg(_) => SIGN,
        ExprKind::Power { .. } => POWER,
        // `2 mV^2` would be read in two ways.
        ExprKind::Number { unit: Some(_), .. } => POWER,
        ExprKind::Number { unit: None, .. }
        | ExprKind::Name(_)
        | ExprKind::Call { .. }
        | ExprKind::Paren(_)
        | ExprKind::If { .. } => ATOM,
    }
}

/// Writes `expr` where only what holds at least as tightly as `place` can stand bare.
pub(crate) fn write_expr(out: &mut String, expr: &Expr, place: u8) {
    if tightness(&expr.kind) < place {
        out.push('(');
        write_expr(out, expr, OR);
        out.push(')');
        return;
    }
    match &expr.kind {
        ExprKind::Number { text, unit } => {
            out.push_str(text);
            if let Some(unit) = unit {
                let simple = matches!(unit.factors.as_slice(), [one] if one.numerator == 1 && one.denominator == 1);
                let unit = print_unit(unit);
                let _ = if simple {
                    write!(out, " {unit}")
                } else {
                    write!(out, " [{unit}]")
                };
            }
        }
        ExprKind::Name(name) => out.push_str(name),
        ExprKind::Call { function, arguments } => {
            out.push_str(&function.name);
            write_arguments(out, arguments);
        }
        ExprKind::Paren(inner) => {
            out.push('(');
            write_expr(out, inner, OR);
            out.push(')');
        }
        ExprKind::Neg(inner) => {
            out.push('-');
            write_expr(out, inner, SIGN);
        }
        ExprKind::Not(inner) => {
            out.push_str("not ");
            write_expr(out, inner, NOT);
        }
        ExprKind::Power { base, exponent } => {
            write_expr(out, base, ATOM);
            out.push('^');
            write_expr(out, exponent, SIGN);
        }
        ExprKind::Sum { first, rest } => {
            write_expr(out, first, PRODUCT);
            for (op, term) in rest {
                out.push_str(match op {
                    SumOp::Add => " + ",
                    SumOp::Sub => " - ",
                });
                write_expr(out, term, PRODUCT);
            }
        }
        ExprKind::Product { first, rest } => {
            write_expr(out, first, SIGN);
            for (op, factor) in rest {
                let _ = write!(out, " {} ", product_symbol(*op));
                write_expr(out, factor, SIGN);
            }
        }
        ExprKind::Compare { first, rest } => {
            write_expr(out, first, SUM);
            for (op, operand) in rest {
                let _ = write!(out, " {} ", op.symbol());
                write_expr(out, operand, SUM);
            }
        }
        ExprKind::And(list) => write_list(out, list, " and ", NOT),
        ExprKind::Or(list) => write_list(out, list, " or ", AND),
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            out.push_str("if ");
            write_expr(out, condition, OR);
            out.push_str(" { ");
            write_expr(out, then, OR);
            out.push_str(" } else ");
            if matches!(otherwise.kind, ExprKind::If { .. }) {
                write_expr(out, otherwise, ATOM);
            } else {
                out.push_str("{ ");
                write_expr(out, otherwise, OR);
                out.push_str(" }");
            }
        }
    }
}

/// Writes `(a, b)`.
pub(crate) fn write_arguments(out: &mut String, arguments: &[Expr]) {
    out.push('(');
    write_list(out, arguments, ", ", OR);
    out.push(')');
}

fn write_list(out: &mut String, list: &[Expr], separator: &str, place: u8) {
    for (at, expr) in list.iter().enumerate() {
        out.push_str(if at > 0 { separator } else { "" });
        write_expr(out, expr, place);
    }
}

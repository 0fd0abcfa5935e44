//! The tree as text, in the one canonical form: four spaces, one item a line, comments where they were.

use std::fmt::Write as _;

use crate::ast::{
    Assign, AssignOp, Expr, File, Ident, InputKind, Item, ItemKind, LearnKind, LearnStatement, Model, ProductOp,
    SpikeTrigger, Unit,
};
use crate::comments::Lines;
use crate::print_expr::{SIGN, print_expr, print_unit, product_symbol, write_arguments, write_expr};
use crate::span::Span;

/// Prints a file; `text` is what it was read from and says where blank lines were.
///
/// Printing is idempotent: what it gives reads as the same tree and prints as itself.
#[must_use]
pub fn print(file: &File, text: &str) -> String {
    let mut lines = Lines::new(text, &file.comments);
    for (at, model) in file.models.iter().enumerate() {
        if at > 0 {
            lines.apart();
        }
        write_model(&mut lines, model);
    }
    lines.finish()
}

fn write_model(lines: &mut Lines<'_>, model: &Model) {
    let end = model.span.end as usize;
    lines.docs(&model.docs);
    let inner = model.items.first().map_or(end.saturating_sub(1), |item| {
        item.docs.first().map_or(item.span, |doc| doc.span).start as usize
    });
    lines.open(
        &format!("model {} {{", model.name.name),
        model.span.start as usize,
        inner,
    );
    for item in &model.items {
        lines.docs(&item.docs);
        write_item(lines, item);
    }
    lines.close(end);
}

fn write_item(lines: &mut Lines<'_>, item: &Item) {
    match &item.kind {
        ItemKind::On { body, .. } | ItemKind::Spike { body, .. } | ItemKind::Event { body, .. } => {
            let statements: Vec<(String, Span)> = body.iter().map(|assign| (assignment(assign), assign.span)).collect();
            write_block(lines, &header(&item.kind), item.span, &statements, 1);
        }
        ItemKind::Learn { statements } => {
            let statements: Vec<(String, Span)> = statements
                .iter()
                .map(|statement| (learn_statement(statement), statement.span))
                .collect();
            write_block(lines, "learn", item.span, &statements, 0);
        }
        kind => lines.line(&header(kind), item.span),
    }
}

/// Writes `header { … }`, on one line if there are at most `short` statements and no comments.
fn write_block(lines: &mut Lines<'_>, header: &str, span: Span, statements: &[(String, Span)], short: usize) {
    let end = span.end as usize;
    let inner = statements
        .first()
        .map_or(end.saturating_sub(1), |(_, span)| span.start as usize);
    if statements.len() <= short && !lines.block_has_comments(inner, end) {
        let statement = statements.first().map_or("", |(text, _)| text);
        let gap = if statement.is_empty() { "" } else { " " };
        lines.line(&format!("{header} {{{gap}{statement} }}"), span);
        return;
    }
    lines.open(&format!("{header} {{"), span.start as usize, inner);
    for (text, span) in statements {
        lines.line(text, *span);
    }
    lines.close(end);
}

/// The text of an item, up to the `{` of a block of statements.
fn header(kind: &ItemKind) -> String {
    match kind {
        ItemKind::Param {
            name,
            unit,
            value,
            condition,
        } => {
            let condition = condition
                .as_ref()
                .map_or_else(String::new, |condition| format!(" where {}", print_expr(condition)));
            format!(
                "param {}{}{condition};",
                annotated(name, unit.as_ref()),
                initial(value.as_ref())
            )
        }
        ItemKind::Let { name, unit, value } => {
            format!("let {}{};", annotated(name, unit.as_ref()), initial(Some(value)))
        }
        ItemKind::State { name, unit, value } => {
            format!("state {}{};", annotated(name, unit.as_ref()), initial(value.as_ref()))
        }
        ItemKind::Input { name, kind } => match kind {
            InputKind::Continuous(unit) => format!("input {};", annotated(name, unit.as_ref())),
            InputKind::Event(None) => format!("input {} : event;", name.name),
            InputKind::Event(Some(unit)) => {
                format!("input {} : event({});", name.name, print_unit(unit))
            }
        },
        ItemKind::Kernel {
            name,
            shape,
            arguments,
            port,
        } => {
            let mut out = format!("kernel {} = {}", name.name, shape.name);
            if !arguments.is_empty() {
                write_arguments(&mut out, arguments);
            }
            let _ = write!(out, " drives {};", port.name);
            out
        }
        ItemKind::Noise { name } => format!("noise {};", name.name),
        ItemKind::Fn {
            name,
            parameters,
            unit,
            body,
        } => function(name, parameters, unit.as_ref(), body),
        ItemKind::Equation {
            before,
            state,
            after,
            rhs,
            derivative: _,
        } => equation(before, state, after, rhs),
        ItemKind::On {
            port,
            weight,
            after,
            body: _,
        } => {
            let after = if *after { " after" } else { "" };
            format!("on {}({}){after}", port.name, weight.name)
        }
        ItemKind::Spike {
            trigger,
            delayed,
            body: _,
        } => {
            let delayed = if *delayed { " delayed" } else { "" };
            match trigger {
                SpikeTrigger::When { rising, condition } => {
                    format!("spike {}{delayed}", when(*rising, condition))
                }
                SpikeTrigger::Rate(intensity) => {
                    format!("spike rate {}{delayed}", print_expr(intensity))
                }
            }
        }
        ItemKind::Event {
            name,
            rising,
            condition,
            body: _,
        } => format!("event {} {}", name.name, when(*rising, condition)),
        ItemKind::Refractory { duration, hold, accept } => {
            format!(
                "refractory {}{}{};",
                print_expr(duration),
                names(" hold ", hold),
                names(" accept ", accept)
            )
        }
        ItemKind::Learn { statements: _ } => "learn".to_owned(),
        ItemKind::Assert { condition } => format!("assert {};", print_expr(condition)),
    }
}

fn annotated(name: &Ident, unit: Option<&Unit>) -> String {
    unit.map_or_else(
        || name.name.clone(),
        |unit| format!("{} : {}", name.name, print_unit(unit)),
    )
}

fn initial(value: Option<&Expr>) -> String {
    value.map_or_else(String::new, |value| format!(" = {}", print_expr(value)))
}

fn when(rising: bool, condition: &Expr) -> String {
    let rising = if rising { "rising " } else { "" };
    format!("when {rising}{}", print_expr(condition))
}

fn names(word: &str, names: &[Ident]) -> String {
    let mut out = String::new();
    for (at, name) in names.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { word });
        out.push_str(&name.name);
    }
    out
}

fn function(name: &Ident, parameters: &[(Ident, Option<Unit>)], unit: Option<&Unit>, body: &Expr) -> String {
    let mut out = format!("fn {}(", name.name);
    for (at, (parameter, unit)) in parameters.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        out.push_str(&parameter.name);
        if let Some(unit) = unit {
            let _ = write!(out, ": {}", print_unit(unit));
        }
    }
    out.push(')');
    if let Some(unit) = unit {
        let _ = write!(out, " -> {}", print_unit(unit));
    }
    let _ = write!(out, " {{ {} }}", print_expr(body));
    out
}

fn equation(before: &[(ProductOp, Expr)], state: &Ident, after: &[(ProductOp, Expr)], rhs: &Expr) -> String {
    let mut out = String::new();
    for (at, (op, factor)) in before.iter().enumerate() {
        if at > 0 {
            let _ = write!(out, " {} ", product_symbol(*op));
        }
        write_expr(&mut out, factor, SIGN);
    }
    if !before.is_empty() {
        out.push_str(" * ");
    }
    let _ = write!(out, "d{}/dt", state.name);
    for (op, factor) in after {
        let _ = write!(out, " {} ", product_symbol(*op));
        write_expr(&mut out, factor, SIGN);
    }
    let _ = write!(out, " = {};", print_expr(rhs));
    out
}

fn assignment(assign: &Assign) -> String {
    let op = match assign.op {
        AssignOp::Set => "=",
        AssignOp::Add => "+=",
        AssignOp::Sub => "-=",
        AssignOp::Mul => "*=",
        AssignOp::Div => "/=",
    };
    format!("{} {op} {};", assign.target.name, print_expr(&assign.value))
}

fn learn_statement(statement: &LearnStatement) -> String {
    match &statement.kind {
        LearnKind::Detach { state } => format!("detach {};", state.name),
        LearnKind::Surrogate { function, arguments } => {
            let mut out = format!("surrogate {}(", function.name);
            for (at, argument) in arguments.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                if let Some(name) = &argument.name {
                    let _ = write!(out, "{} = ", name.name);
                }
                out.push_str(&print_expr(&argument.value));
            }
            out.push_str(");");
            out
        }
    }
}

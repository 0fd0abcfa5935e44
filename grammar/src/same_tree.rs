//! Trees compared by what they say, not by where it stands.

use crate::ast::{
    Assign, Doc, Expr, ExprKind, File, Ident, InputKind, Item, ItemKind, LearnKind, Model, SpikeTrigger, Unit,
};
use crate::span::Span;

/// Whether two files say the same, whatever their spans and comments.
#[must_use]
pub fn same_tree(a: &File, b: &File) -> bool {
    without_places(a) == without_places(b)
}

fn without_places(file: &File) -> Vec<Model> {
    let mut models = file.models.clone();
    models.iter_mut().for_each(model);
    models
}

fn model(model: &mut Model) {
    model.span = Span::default();
    docs(&mut model.docs);
    ident(&mut model.name);
    model.items.iter_mut().for_each(item);
}

fn docs(docs: &mut [Doc]) {
    for doc in docs {
        doc.span = Span::default();
    }
}

fn ident(ident: &mut Ident) {
    ident.span = Span::default();
}

fn unit(unit: &mut Unit) {
    unit.span = Span::default();
    for factor in &mut unit.factors {
        ident(&mut factor.name);
    }
}

fn block(body: &mut [Assign]) {
    for assign in body {
        assign.span = Span::default();
        ident(&mut assign.target);
        expr(&mut assign.value);
    }
}

fn item(item: &mut Item) {
    item.span = Span::default();
    docs(&mut item.docs);
    match &mut item.kind {
        ItemKind::Param {
            name,
            unit: annotation,
            value,
            condition,
        } => {
            ident(name);
            annotation.iter_mut().for_each(unit);
            value.iter_mut().chain(condition).for_each(expr);
        }
        ItemKind::Let {
            name,
            unit: annotation,
            value,
        } => {
            ident(name);
            annotation.iter_mut().for_each(unit);
            expr(value);
        }
        ItemKind::State {
            name,
            unit: annotation,
            value,
        } => {
            ident(name);
            annotation.iter_mut().for_each(unit);
            value.iter_mut().for_each(expr);
        }
        ItemKind::Input { name, kind } => {
            ident(name);
            match kind {
                InputKind::Continuous(carried) | InputKind::Event(carried) => carried.iter_mut().for_each(unit),
            }
        }
        ItemKind::Kernel {
            name,
            shape,
            arguments,
            port,
        } => {
            [name, shape, port].into_iter().for_each(ident);
            arguments.iter_mut().for_each(expr);
        }
        ItemKind::Noise { name } => ident(name),
        ItemKind::Fn {
            name,
            parameters,
            unit: value,
            body,
        } => {
            ident(name);
            for (parameter, carried) in parameters {
                ident(parameter);
                carried.iter_mut().for_each(unit);
            }
            value.iter_mut().for_each(unit);
            expr(body);
        }
        ItemKind::Equation {
            before,
            state,
            derivative,
            after,
            rhs,
        } => {
            before.iter_mut().chain(after).for_each(|(_, factor)| expr(factor));
            ident(state);
            *derivative = Span::default();
            expr(rhs);
        }
        ItemKind::On {
            port,
            weight,
            after: _,
            body,
        } => {
            ident(port);
            ident(weight);
            block(body);
        }
        ItemKind::Spike {
            trigger,
            delayed: _,
            body,
        } => {
            match trigger {
                SpikeTrigger::When { rising: _, condition } => expr(condition),
                SpikeTrigger::Rate(intensity) => expr(intensity),
            }
            block(body);
        }
        ItemKind::Event {
            name,
            rising: _,
            condition,
            body,
        } => {
            ident(name);
            expr(condition);
            block(body);
        }
        ItemKind::Refractory { duration, hold, accept } => {
            expr(duration);
            hold.iter_mut().chain(accept).for_each(ident);
        }
        ItemKind::Learn { statements } => {
            for statement in statements {
                statement.span = Span::default();
                match &mut statement.kind {
                    LearnKind::Detach { state } => ident(state),
                    LearnKind::Surrogate { function, arguments } => {
                        ident(function);
                        for argument in arguments {
                            argument.name.iter_mut().for_each(ident);
                            expr(&mut argument.value);
                        }
                    }
                }
            }
        }
        ItemKind::Assert { condition } => expr(condition),
    }
}

fn expr(node: &mut Expr) {
    node.span = Span::default();
    match &mut node.kind {
        ExprKind::Number { text: _, unit: carried } => carried.iter_mut().for_each(unit),
        ExprKind::Name(_) => {}
        ExprKind::Call { function, arguments } => {
            ident(function);
            arguments.iter_mut().for_each(expr);
        }
        ExprKind::Paren(inner) | ExprKind::Neg(inner) | ExprKind::Not(inner) => expr(inner),
        ExprKind::Sum { first, rest } => {
            expr(first);
            rest.iter_mut().for_each(|(_, term)| expr(term));
        }
        ExprKind::Product { first, rest } => {
            expr(first);
            rest.iter_mut().for_each(|(_, factor)| expr(factor));
        }
        ExprKind::Compare { first, rest } => {
            expr(first);
            rest.iter_mut().for_each(|(_, operand)| expr(operand));
        }
        ExprKind::Power { base, exponent } => {
            expr(base);
            expr(exponent);
        }
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => [condition, then, otherwise].into_iter().for_each(|part| expr(part)),
        ExprKind::And(list) | ExprKind::Or(list) => list.iter_mut().for_each(expr),
    }
}

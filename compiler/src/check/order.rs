//! The order in which definitions can be read, and the cycles that forbid one.

use alif_grammar::{Code, Diagnostic, ast};
use ast::{Expr, ExprKind, ItemKind};

use super::Checker;

/// A definition of the model: index of its item.
pub(super) type ItemIndex = usize;

impl Checker<'_> {
    /// The items that define a parameter, definition or state, each after those whose names it reads. Definitions that
    /// need each other are reported and come in the order of the text.
    pub(super) fn definition_order(&mut self) -> Vec<ItemIndex> {
        let source = self.source;
        let mut item_of = std::collections::BTreeMap::new();
        for (index, item) in source.items.iter().enumerate() {
            if let Some((name, _)) = definition(&item.kind)
                && self.names.by_name.get(&name.name).map(|found| found.1) == Some(name.span)
            {
                item_of.insert(name.name.as_str(), index);
            }
        }
        let needs: Vec<Vec<(ItemIndex, &ast::Ident)>> = source
            .items
            .iter()
            .map(|item| {
                let mut names = Vec::new();
                if let Some((own, Some(value))) = definition(&item.kind) {
                    names_in(value, &mut names);
                    names
                        .into_iter()
                        .filter(|name| !is_argument(&item.kind, name))
                        .filter_map(|name| item_of.get(name).map(|&i| (i, own)))
                        .collect()
                } else {
                    vec![]
                }
            })
            .collect();

        let mut order = Vec::new();
        let mut state = vec![Mark::New; source.items.len()];
        for start in 0..source.items.len() {
            if definition(&source.items[start].kind).is_some() && state[start] == Mark::New {
                self.visit(start, &needs, &mut state, &mut order);
            }
        }
        order
    }

    /// Depth-first, with its own stack: a chain of definitions may be as long as the text.
    fn visit(
        &mut self,
        start: ItemIndex,
        needs: &[Vec<(ItemIndex, &ast::Ident)>],
        state: &mut [Mark],
        order: &mut Vec<ItemIndex>,
    ) {
        let mut path = vec![(start, 0)];
        state[start] = Mark::Open;
        while let Some(&mut (item, ref mut next)) = path.last_mut() {
            if let Some(&(needed, _)) = needs[item].get(*next) {
                *next += 1;
                match state[needed] {
                    Mark::New => {
                        state[needed] = Mark::Open;
                        path.push((needed, 0));
                    }
                    Mark::Open => {
                        let from = path.iter().position(|p| p.0 == needed).unwrap_or(0);
                        let cycle: Vec<ItemIndex> = path[from..].iter().map(|p| p.0).collect();
                        self.cycle(&cycle);
                    }
                    Mark::Done => {}
                }
            } else {
                state[item] = Mark::Done;
                order.push(item);
                path.pop();
            }
        }
    }

    fn cycle(&mut self, cycle: &[ItemIndex]) {
        let source = self.source;
        let names: Vec<&ast::Ident> = cycle
            .iter()
            .filter_map(|&item| definition(&source.items[item].kind).map(|d| d.0))
            .collect();
        let Some(&first) = names.iter().min_by_key(|name| name.span) else {
            return;
        };
        let shift = names.iter().position(|n| n.span == first.span).unwrap_or(0);
        let round: Vec<&str> = (0..=names.len())
            .map(|i| names[(shift + i) % names.len()].name.as_str())
            .collect();
        let all_functions = cycle
            .iter()
            .all(|&item| matches!(source.items[item].kind, ItemKind::Fn { .. }));
        let mut diagnostic = Diagnostic::new(
            Code::DefinitionCycle,
            first.span,
            match (names.len(), all_functions) {
                (1, false) => format!("`{}` is defined by itself", first.name),
                (1, true) => format!("`{}` calls itself", first.name),
                (_, false) => format!("these definitions need each other: {}", round.join(" -> ")),
                (_, true) => format!("these functions call each other: {}", round.join(" -> ")),
            },
        );
        if names.len() > 1 {
            diagnostic = diagnostic.label(format!("`{}` needs `{}`", round[0], round[1]));
            for i in 1..names.len() {
                let name = names[(shift + i) % names.len()];
                diagnostic = diagnostic.also(name.span, format!("`{}` needs `{}`", round[i], round[i + 1]));
            }
        }
        if all_functions {
            diagnostic = diagnostic.help("a call stands for the body of the function, which has to end");
        }
        self.report(diagnostic);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// The name and the expression of an item that defines something by an expression.
fn definition(kind: &ItemKind) -> Option<(&ast::Ident, Option<&Expr>)> {
    match kind {
        ItemKind::Param { name, value, .. } | ItemKind::State { name, value, .. } => Some((name, value.as_ref())),
        ItemKind::Let { name, value, .. } => Some((name, Some(value))),
        ItemKind::Fn { name, body, .. } => Some((name, Some(body))),
        _ => None,
    }
}

/// Whether a name stands for an argument inside of a function.
fn is_argument(kind: &ItemKind, name: &str) -> bool {
    match kind {
        ItemKind::Fn { parameters, .. } => parameters.iter().any(|(own, _)| own.name == name),
        _ => false,
    }
}

/// Every name an expression reads, and every function it calls.
pub(super) fn names_in<'a>(expr: &'a Expr, names: &mut Vec<&'a str>) {
    let mut stack = vec![expr];
    while let Some(expr) = stack.pop() {
        match &expr.kind {
            ExprKind::Number { .. } => {}
            ExprKind::Name(name) => names.push(name),
            ExprKind::Call { function, arguments } => {
                names.push(&function.name);
                stack.extend(arguments);
            }
            ExprKind::Paren(a) | ExprKind::Neg(a) | ExprKind::Not(a) => stack.push(a),
            ExprKind::Sum { first, rest } => {
                stack.push(first);
                stack.extend(rest.iter().map(|r| &r.1));
            }
            ExprKind::Product { first, rest } => {
                stack.push(first);
                stack.extend(rest.iter().map(|r| &r.1));
            }
            ExprKind::Compare { first, rest } => {
                stack.push(first);
                stack.extend(rest.iter().map(|r| &r.1));
            }
            ExprKind::Power { base, exponent } => stack.extend([&**base, &**exponent]),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => stack.extend([&**condition, &**then, &**otherwise]),
            ExprKind::And(all) | ExprKind::Or(all) => stack.extend(all),
        }
    }
}

//! Models and their items.

use pest::iterators::Pair;

use crate::ast::{
    Argument, Assign, AssignOp, Doc, Expr, Ident, InputKind, Item, ItemKind, LearnKind, LearnStatement, Model,
    SpikeTrigger, Unit,
};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::parser::{Parts, Reader, maybe, parts, take};
use crate::span::Span;

impl Reader<'_> {
    /// A name that is declared here.
    fn declared(&mut self, pair: &Pair<'_, Rule>) -> Ident {
        let ident = self.ident(pair);
        let meaning = match ident.name.as_str() {
            "dt" => "the time step",
            "t" => "the time",
            _ => return ident,
        };
        self.diagnostics.push(
            Diagnostic::new(
                Code::ReservedName,
                ident.span,
                format!("`{}` is reserved: it is {meaning} of the simulation", ident.name),
            )
            .help("choose another name"),
        );
        ident
    }

    fn docs(&self, parts: &mut Parts<'_>) -> Vec<Doc> {
        let mut docs = Vec::new();
        while let Some(pair) = maybe(parts, Rule::doc) {
            let line = pair.as_str();
            let span = self.span(&pair);
            docs.push(Doc {
                text: line[3..].trim_end().to_owned(),
                span: Span::new(span.start as usize, span.start as usize + line.trim_end().len()),
            });
        }
        docs
    }

    pub(crate) fn model(&mut self, pair: Pair<'_, Rule>) -> Model {
        let whole = self.span(&pair);
        self.model = whole.start..whole.end;
        // `model` itself is the first part that is no documentation.
        let start = pair
            .clone()
            .into_inner()
            .find(|part| part.as_rule() == Rule::kw_model)
            .map_or(whole, |part| self.span(&part));
        let mut parts = parts(pair);
        let docs = self.docs(&mut parts);
        let name = self.ident(&take(&mut parts));
        let items = parts.map(|item| self.item(item)).collect();
        let span = start.to(whole);
        Model {
            docs,
            name,
            items,
            span: Span {
                start: start.start,
                ..span
            },
        }
    }

    /// Reads an `item`.
    pub(crate) fn item(&mut self, pair: Pair<'_, Rule>) -> Item {
        let mut parts = parts(pair);
        let docs = self.docs(&mut parts);
        let pair = take(&mut parts);
        Item {
            docs,
            span: self.span(&pair),
            kind: self.item_kind(pair),
        }
    }

    fn item_kind(&mut self, pair: Pair<'_, Rule>) -> ItemKind {
        let rule = pair.as_rule();
        if rule == Rule::equation {
            return self.equation(pair);
        }
        let mut parts = parts(pair);
        match rule {
            Rule::param => ItemKind::Param {
                name: self.declared(&take(&mut parts)),
                unit: self.annotation(&mut parts),
                value: self.initial(&mut parts),
                condition: parts.next().map(|condition| self.expression(condition)),
            },
            Rule::definition => ItemKind::Let {
                name: self.declared(&take(&mut parts)),
                unit: self.annotation(&mut parts),
                value: self.inner_expression(take(&mut parts)),
            },
            Rule::state => ItemKind::State {
                name: self.declared(&take(&mut parts)),
                unit: self.annotation(&mut parts),
                value: self.initial(&mut parts),
            },
            Rule::input => ItemKind::Input {
                name: self.declared(&take(&mut parts)),
                kind: match parts.next() {
                    Some(event) if event.as_rule() == Rule::event_type => {
                        let unit = event.into_inner().find(|part| part.as_rule() == Rule::unit);
                        InputKind::Event(unit.map(|unit| self.unit(unit)))
                    }
                    unit => InputKind::Continuous(unit.map(|unit| self.unit(unit))),
                },
            },
            Rule::kernel => ItemKind::Kernel {
                name: self.declared(&take(&mut parts)),
                shape: self.ident(&take(&mut parts)),
                arguments: maybe(&mut parts, Rule::arguments).map_or_else(Vec::new, |pair| self.expressions(pair)),
                port: self.ident(&take(&mut parts)),
            },
            Rule::noise => ItemKind::Noise {
                name: self.declared(&take(&mut parts)),
            },
            Rule::function => self.function(parts),
            Rule::on => ItemKind::On {
                port: self.ident(&take(&mut parts)),
                weight: self.declared(&take(&mut parts)),
                after: maybe(&mut parts, Rule::kw_after).is_some(),
                body: self.block(take(&mut parts)),
            },
            Rule::spike => {
                let by_rate = take(&mut parts).as_rule() == Rule::kw_rate;
                let rising = maybe(&mut parts, Rule::kw_rising).is_some();
                let condition = self.expression(take(&mut parts));
                ItemKind::Spike {
                    trigger: if by_rate {
                        SpikeTrigger::Rate(condition)
                    } else {
                        SpikeTrigger::When { rising, condition }
                    },
                    delayed: maybe(&mut parts, Rule::kw_delayed).is_some(),
                    body: self.block(take(&mut parts)),
                }
            }
            Rule::event => ItemKind::Event {
                name: self.declared(&take(&mut parts)),
                rising: {
                    take(&mut parts);
                    maybe(&mut parts, Rule::kw_rising).is_some()
                },
                condition: self.expression(take(&mut parts)),
                body: self.block(take(&mut parts)),
            },
            Rule::refractory => ItemKind::Refractory {
                duration: self.expression(take(&mut parts)),
                hold: self.names(maybe(&mut parts, Rule::hold)),
                accept: self.names(maybe(&mut parts, Rule::accept)),
            },
            Rule::learn => ItemKind::Learn {
                statements: parts.map(|statement| self.learn_statement(statement)).collect(),
            },
            // The last kind of item.
            _ => ItemKind::Assert {
                condition: self.expression(take(&mut parts)),
            },
        }
    }

    fn function(&mut self, mut parts: Parts<'_>) -> ItemKind {
        let name = self.declared(&take(&mut parts));
        let mut parameters = Vec::new();
        while let Some(parameter) = maybe(&mut parts, Rule::parameter) {
            let mut parameter = self::parts(parameter);
            parameters.push((self.declared(&take(&mut parameter)), self.annotation(&mut parameter)));
        }
        ItemKind::Fn {
            name,
            parameters,
            unit: maybe(&mut parts, Rule::unit).map(|unit| self.unit(unit)),
            body: self.expression(take(&mut parts)),
        }
    }

    fn learn_statement(&mut self, pair: Pair<'_, Rule>) -> LearnStatement {
        let span = self.span(&pair);
        let is_detach = pair.as_rule() == Rule::detach;
        let mut parts = parts(pair);
        let name = self.ident(&take(&mut parts));
        let kind = if is_detach {
            LearnKind::Detach { state: name }
        } else {
            let argument = |pair| {
                let mut parts = self::parts(pair);
                Argument {
                    name: maybe(&mut parts, Rule::name).map(|name| self.ident(&name)),
                    value: self.expression(take(&mut parts)),
                }
            };
            LearnKind::Surrogate {
                function: name,
                arguments: parts.map(argument).collect(),
            }
        };
        LearnStatement { kind, span }
    }

    fn names(&self, list: Option<Pair<'_, Rule>>) -> Vec<Ident> {
        list.map_or_else(Vec::new, |list| parts(list).map(|name| self.ident(&name)).collect())
    }

    fn annotation(&mut self, from: &mut Parts<'_>) -> Option<Unit> {
        let annotation = maybe(from, Rule::annotation)?;
        Some(self.unit(take(&mut parts(annotation))))
    }

    fn initial(&mut self, from: &mut Parts<'_>) -> Option<Expr> {
        maybe(from, Rule::initial).map(|initial| self.inner_expression(initial))
    }

    /// The expression inside of `pair`.
    fn inner_expression(&mut self, pair: Pair<'_, Rule>) -> Expr {
        self.expression(take(&mut parts(pair)))
    }

    fn block(&mut self, pair: Pair<'_, Rule>) -> Vec<Assign> {
        let assignment = |pair| {
            let span = self.span(&pair);
            let mut parts = self::parts(pair);
            Assign {
                target: self.ident(&take(&mut parts)),
                op: match take(&mut parts).as_str() {
                    "+=" => AssignOp::Add,
                    "-=" => AssignOp::Sub,
                    "*=" => AssignOp::Mul,
                    "/=" => AssignOp::Div,
                    _ => AssignOp::Set,
                },
                value: self.expression(take(&mut parts)),
                span,
            }
        };
        parts(pair).map(assignment).collect()
    }
}

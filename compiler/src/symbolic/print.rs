//! Nodes as text, for listings and messages.

use std::collections::HashMap;

use alif_core::number_text;

use crate::ids::NodeId;
use crate::model::Model;

use super::expr::{Graph, Node};

/// How tightly a text binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Choice,
    Comparison,
    Sum,
    Product,
    Negation,
    Power,
    Atom,
}

/// The longest text of a node, in bytes; longer ones are cut.
const MAX_TEXT: usize = 400;

impl Graph {
    /// A node in the names of a model.
    #[must_use]
    pub fn text(&self, root: NodeId, model: &Model) -> String {
        let mut texts: HashMap<NodeId, (String, Level)> = HashMap::new();
        for id in self.reachable(&[root]) {
            let (mut text, mut level) = self.text_of(id, model, &texts);
            if text.len() > MAX_TEXT {
                // Written out, a graph can be exponentially larger than it is.
                text = format!("{}…", text.chars().take(MAX_TEXT / 4).collect::<String>());
                level = Level::Atom;
            }
            texts.insert(id, (text, level));
        }
        texts.remove(&root).map(|t| t.0).unwrap_or_default()
    }

    fn text_of(&self, id: NodeId, model: &Model, texts: &HashMap<NodeId, (String, Level)>) -> (String, Level) {
        let at = |node: &NodeId, level: Level| {
            let (text, own) = &texts[node];
            if *own >= level {
                text.clone()
            } else {
                format!("({text})")
            }
        };
        let above = |node: &NodeId, level: Level| {
            let (text, own) = &texts[node];
            if *own > level {
                text.clone()
            } else {
                format!("({text})")
            }
        };
        match self.node(id) {
            Node::Number(bits) => {
                let value = f64::from_bits(*bits);
                let level = if value.is_sign_negative() {
                    Level::Negation
                } else {
                    Level::Atom
                };
                (number_text(value), level)
            }
            Node::Truth(value) => (value.to_string(), Level::Atom),
            Node::Param(p) => (model.params[p.index()].name.clone(), Level::Atom),
            Node::Dt => ("h".to_owned(), Level::Atom),
            Node::State(s) => (model.states[s.index()].name.clone(), Level::Atom),
            Node::Input(i) => (model.inputs[i.index()].name.clone(), Level::Atom),
            Node::Time(_) => ("t".to_owned(), Level::Atom),
            Node::Noise(x) => (model.noises[x.index()].name.clone(), Level::Atom),
            Node::Uniform => ("chance".to_owned(), Level::Atom),
            Node::Weight => ("w".to_owned(), Level::Atom),
            Node::Slot(k) => (format!("s{k}"), Level::Atom),
            Node::Neg(a) => (format!("-{}", at(a, Level::Negation)), Level::Negation),
            Node::Add(a, b) => (format!("{} + {}", at(a, Level::Sum), above(b, Level::Sum)), Level::Sum),
            Node::Sub(a, b) => (format!("{} - {}", at(a, Level::Sum), above(b, Level::Sum)), Level::Sum),
            Node::Mul(a, b) => (
                format!("{} * {}", at(a, Level::Product), above(b, Level::Product)),
                Level::Product,
            ),
            Node::Div(a, b) => (
                format!("{} / {}", at(a, Level::Product), above(b, Level::Product)),
                Level::Product,
            ),
            Node::Power(a, n) => (format!("{}^{n}", at(a, Level::Atom)), Level::Power),
            Node::Call(f, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|a| at(a, Level::Choice)).collect();
                (format!("{}({})", f.name(), arguments.join(", ")), Level::Atom)
            }
            Node::Compare(op, a, b) => {
                let op = op.symbol();
                (
                    format!("{} {op} {}", at(a, Level::Sum), at(b, Level::Sum)),
                    Level::Comparison,
                )
            }
            Node::Not(a) => (format!("not {}", at(a, Level::Atom)), Level::Negation),
            Node::And(a, b) => (
                format!("{} and {}", at(a, Level::Comparison), at(b, Level::Comparison)),
                Level::Choice,
            ),
            Node::Or(a, b) => (
                format!("{} or {}", at(a, Level::Comparison), at(b, Level::Comparison)),
                Level::Choice,
            ),
            Node::If(c, a, b) => {
                let (c, a, b) = (at(c, Level::Choice), at(a, Level::Choice), at(b, Level::Choice));
                (format!("if {c} {{ {a} }} else {{ {b} }}"), Level::Atom)
            }
        }
    }
}

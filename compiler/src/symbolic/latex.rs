//! Nodes as LaTeX.

use std::collections::HashMap;

use crate::functions::Function;
use crate::ids::NodeId;
use crate::model::{CompareOp, Model};

use super::expr::{Graph, Node};

const GREEK: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho",
    "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi",
    "Omega",
];

/// A name: Greek letters by their command, everything after the first `_` as a subscript.
#[must_use]
pub(crate) fn latex_name(name: &str) -> String {
    let (head, tail) = name.split_once('_').unwrap_or((name, ""));
    let word = |word: &str| {
        if GREEK.contains(&word) {
            format!("\\{word}")
        } else if word.chars().count() == 1 || word.parse::<f64>().is_ok() {
            word.to_owned()
        } else {
            format!("\\mathrm{{{}}}", word.replace('_', "\\_"))
        }
    };
    if tail.is_empty() {
        word(head)
    } else {
        format!("{}_{{{}}}", word(head), word(tail))
    }
}

/// How tightly a piece of LaTeX binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Loose,
    Sum,
    Product,
    Atom,
}

/// The longest LaTeX of a node, in bytes; longer ones become dots.
const MAX_LATEX: usize = 2000;

impl Graph {
    /// A node as LaTeX.
    #[must_use]
    pub(crate) fn latex(&self, root: NodeId, model: &Model) -> String {
        self.latex_level(root, model).0
    }

    /// A node as LaTeX, in parentheses if it is a sum.
    #[must_use]
    pub(crate) fn latex_factor(&self, root: NodeId, model: &Model) -> String {
        let (text, level) = self.latex_level(root, model);
        if level >= Level::Product {
            text
        } else {
            format!("\\left({text}\\right)")
        }
    }

    fn latex_level(&self, root: NodeId, model: &Model) -> (String, Level) {
        let mut texts: HashMap<NodeId, (String, Level)> = HashMap::new();
        for id in self.reachable(&[root]) {
            let (mut text, mut level) = self.latex_of(id, model, &texts);
            if text.len() > MAX_LATEX {
                text = "\\cdots".to_owned();
                level = Level::Atom;
            }
            texts.insert(id, (text, level));
        }
        texts.remove(&root).unwrap_or((String::new(), Level::Atom))
    }

    fn latex_of(&self, id: NodeId, model: &Model, texts: &HashMap<NodeId, (String, Level)>) -> (String, Level) {
        let at = |node: &NodeId, level: Level| {
            let (text, own) = &texts[node];
            if *own >= level {
                text.clone()
            } else {
                format!("\\left({text}\\right)")
            }
        };
        let raw = |node: &NodeId| texts[node].0.clone();
        match self.node(id) {
            Node::Number(bits) => {
                let value = f64::from_bits(*bits);
                (value.to_string(), if value < 0.0 { Level::Sum } else { Level::Atom })
            }
            Node::Truth(value) => (format!("\\mathrm{{{value}}}"), Level::Atom),
            Node::Param(p) => (latex_name(&model.params[p.index()].name), Level::Atom),
            Node::Dt => ("h".to_owned(), Level::Atom),
            Node::State(s) => (latex_name(&model.states[s.index()].name), Level::Atom),
            Node::Input(i) => (latex_name(&model.inputs[i.index()].name), Level::Atom),
            Node::Time(_) => ("t".to_owned(), Level::Atom),
            Node::Noise(x) => (latex_name(&model.noises[x.index()].name), Level::Atom),
            Node::Uniform => ("u".to_owned(), Level::Atom),
            Node::Weight => ("w".to_owned(), Level::Atom),
            Node::Slot(k) => (format!("s_{{{k}}}"), Level::Atom),
            Node::Neg(a) => (format!("-{}", at(a, Level::Product)), Level::Sum),
            Node::Add(a, b) => (format!("{} + {}", at(a, Level::Sum), at(b, Level::Product)), Level::Sum),
            Node::Sub(a, b) => (format!("{} - {}", at(a, Level::Sum), at(b, Level::Product)), Level::Sum),
            Node::Mul(a, b) => (
                format!("{}\\,{}", at(a, Level::Product), at(b, Level::Product)),
                Level::Product,
            ),
            Node::Div(a, b) => (format!("\\frac{{{}}}{{{}}}", raw(a), raw(b)), Level::Product),
            Node::Power(a, n) => (format!("{}^{{{n}}}", at(a, Level::Atom)), Level::Product),
            Node::Call(Function::Sqrt, arguments) => (format!("\\sqrt{{{}}}", raw(&arguments[0])), Level::Atom),
            Node::Call(function, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(raw).collect();
                let name = match function {
                    Function::Exp
                    | Function::Ln
                    | Function::Sin
                    | Function::Cos
                    | Function::Tan
                    | Function::Min
                    | Function::Max
                    | Function::Tanh
                    | Function::Sinh
                    | Function::Cosh => format!("\\{}", function.name()),
                    other => format!("\\operatorname{{{}}}", other.name()),
                };
                (format!("{name}\\left({}\\right)", arguments.join(", ")), Level::Atom)
            }
            Node::Compare(op, a, b) => {
                let sign = match op {
                    CompareOp::Lt => "<",
                    CompareOp::Le => "\\le",
                    CompareOp::Gt => ">",
                    CompareOp::Ge => "\\ge",
                    CompareOp::Eq => "=",
                    CompareOp::Ne => "\\ne",
                };
                (
                    format!("{} {sign} {}", at(a, Level::Sum), at(b, Level::Sum)),
                    Level::Loose,
                )
            }
            Node::Not(a) => (format!("\\lnot {}", at(a, Level::Atom)), Level::Loose),
            Node::And(a, b) => (
                format!("{} \\land {}", at(a, Level::Atom), at(b, Level::Atom)),
                Level::Loose,
            ),
            Node::Or(a, b) => (
                format!("{} \\lor {}", at(a, Level::Atom), at(b, Level::Atom)),
                Level::Loose,
            ),
            Node::If(c, a, b) => (
                format!(
                    "\\begin{{cases}} {} & \\text{{if }} {} \\\\ {} & \\text{{otherwise}} \\end{{cases}}",
                    raw(a),
                    raw(c),
                    raw(b)
                ),
                Level::Loose,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::latex_name;

    #[test]
    fn names_get_greek_letters_and_subscripts() {
        assert_eq!(latex_name("tau_a"), "\\tau_{a}");
        assert_eq!(latex_name("V_th"), "V_{\\mathrm{th}}");
        assert_eq!(latex_name("V"), "V");
    }
}

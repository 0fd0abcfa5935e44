//! The hash-consed expression graph.
//!
//! Building a node first looks whether it is there already, so equality of expressions is equality of ids, and an operand
//! always has a smaller id than what it is an operand of: every walk is a loop over ids. Building also folds constants and
//! removes neutral elements; it does not reorder what the user wrote.

use std::collections::HashMap;

use alif_grammar::Limits;

use crate::functions::Function;
use crate::ids::{InputId, NodeId, NoiseId, ParamId, StateId};
use crate::model::CompareOp;

/// A node. Numbers are compared by their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A number, as bits of its double.
    Number(u64),
    /// A truth value.
    Truth(bool),
    /// A parameter.
    Param(ParamId),
    /// The time step.
    Dt,
    /// A state at the start of the step.
    State(StateId),
    /// A continuous input.
    Input(InputId),
    /// The time in ms at the start of the step or, with `true`, at its end.
    Time(bool),
    /// A white noise.
    Noise(NoiseId),
    /// The number between 0 and 1 that decides whether a rate has its spike in this step.
    Uniform,
    /// The weight of an event.
    Weight,
    /// A value that is computed elsewhere and known here only by its number.
    Slot(u32),
    /// `-a`
    Neg(NodeId),
    /// `a + b`
    Add(NodeId, NodeId),
    /// `a - b`
    Sub(NodeId, NodeId),
    /// `a * b`
    Mul(NodeId, NodeId),
    /// `a / b`
    Div(NodeId, NodeId),
    /// `a ^ n`
    Power(NodeId, i32),
    /// `f(a, …)`
    Call(Function, Vec<NodeId>),
    /// `a < b` and its kin
    Compare(CompareOp, NodeId, NodeId),
    /// `not a`
    Not(NodeId),
    /// `a and b`
    And(NodeId, NodeId),
    /// `a or b`
    Or(NodeId, NodeId),
    /// `if c { a } else { b }`
    If(NodeId, NodeId, NodeId),
}

impl Node {
    /// The nodes it is made of.
    #[must_use]
    pub fn operands(&self) -> Vec<NodeId> {
        match self {
            Self::Number(_)
            | Self::Truth(_)
            | Self::Param(_)
            | Self::Dt
            | Self::State(_)
            | Self::Input(_)
            | Self::Time(_)
            | Self::Noise(_)
            | Self::Uniform
            | Self::Weight
            | Self::Slot(_) => vec![],
            Self::Neg(a) | Self::Power(a, _) | Self::Not(a) => vec![*a],
            Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Div(a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b) => vec![*a, *b],
            Self::Call(_, arguments) => arguments.clone(),
            Self::If(c, a, b) => vec![*c, *a, *b],
        }
    }
}

/// What a node depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Uses {
    /// Any state.
    pub states: bool,
    /// Any continuous input, the time, or chance.
    pub inputs: bool,
    /// The weight of an event.
    pub weight: bool,
    /// A value computed elsewhere.
    pub slots: bool,
    /// A parameter or the time step.
    pub parameters: bool,
}

impl Uses {
    /// Whether the value is known once parameters and time step are.
    #[must_use]
    pub fn is_constant(self) -> bool {
        !(self.states || self.inputs || self.weight || self.slots)
    }

    fn or(self, other: Self) -> Self {
        Self {
            states: self.states || other.states,
            inputs: self.inputs || other.inputs,
            weight: self.weight || other.weight,
            slots: self.slots || other.slots,
            parameters: self.parameters || other.parameters,
        }
    }
}

/// A graph of expressions.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    uses: Vec<Uses>,
    // Only ever looked up, never walked: its order reaches no output.
    ids: HashMap<Node, NodeId>,
    full: bool,
    /// The most nodes.
    limit: usize,
    /// Whether `detach` stays, for gradients; its value is that of its argument.
    pub(crate) keeps_detach: bool,
}

impl Default for Graph {
    fn default() -> Self {
        Self::with_limit(Limits::default().expressions)
    }
}

impl Graph {
    /// An empty graph.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty graph of at most so many nodes; beyond it is [`Graph::full`].
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            nodes: vec![],
            uses: vec![],
            ids: HashMap::new(),
            full: false,
            limit: limit.clamp(1, u32::MAX as usize),
            keeps_detach: false,
        }
    }

    /// The most nodes there can be.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether the limit on nodes was reached; what was built since means nothing.
    #[must_use]
    pub fn full(&self) -> bool {
        self.full
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of an id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// What a node depends on.
    #[must_use]
    pub fn uses(&self, id: NodeId) -> Uses {
        self.uses[id.index()]
    }

    /// The value of a node that is a number.
    #[must_use]
    pub fn number_of(&self, id: NodeId) -> Option<f64> {
        match self.node(id) {
            Node::Number(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// All nodes that `roots` are made of, operands first.
    #[must_use]
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = roots.to_vec();
        let mut found = Vec::new();
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut seen[id.index()], true) {
                found.push(id);
                stack.extend(self.node(id).operands());
            }
        }
        found.sort_unstable();
        found
    }

    /// Whether `leaf` occurs in `root`.
    #[must_use]
    pub fn contains(&self, root: NodeId, leaf: &Node) -> bool {
        self.ids
            .get(leaf)
            .is_some_and(|leaf| self.reachable(&[root]).binary_search(leaf).is_ok())
    }

    /// Adds a node as it is, or finds it.
    pub fn add_node(&mut self, node: Node) -> NodeId {
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        if self.nodes.len() >= self.limit {
            self.full = true;
            return NodeId(0);
        }
        let mut uses = match &node {
            Node::State(_) => Uses {
                states: true,
                ..Uses::default()
            },
            Node::Input(_) | Node::Time(_) | Node::Noise(_) | Node::Uniform => Uses {
                inputs: true,
                ..Uses::default()
            },
            Node::Weight => Uses {
                weight: true,
                ..Uses::default()
            },
            Node::Slot(_) => Uses {
                slots: true,
                ..Uses::default()
            },
            Node::Param(_) | Node::Dt => Uses {
                parameters: true,
                ..Uses::default()
            },
            _ => Uses::default(),
        };
        for operand in node.operands() {
            uses = uses.or(self.uses(operand));
        }
        let id = NodeId::new(self.nodes.len());
        self.nodes.push(node.clone());
        self.uses.push(uses);
        self.ids.insert(node, id);
        id
    }

    /// A number.
    pub fn number(&mut self, value: f64) -> NodeId {
        self.add_node(Node::Number(value.to_bits()))
    }

    /// A truth value.
    pub fn truth(&mut self, value: bool) -> NodeId {
        self.add_node(Node::Truth(value))
    }

    /// `-a`
    pub fn neg(&mut self, a: NodeId) -> NodeId {
        match self.node(a) {
            Node::Number(bits) => {
                // Subtracting from +0 keeps a zero positive, so that there is one zero to look for.
                let value = 0.0 - f64::from_bits(*bits);
                self.number(value)
            }
            Node::Neg(inner) => *inner,
            _ => self.add_node(Node::Neg(a)),
        }
    }

    /// `a + b`
    pub fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.number_of(a), self.number_of(b)) {
            (Some(x), Some(y)) => self.number(x + y),
            (Some(0.0), None) => b,
            (None, Some(0.0)) => a,
            _ => match self.node(b) {
                Node::Neg(negated) => {
                    let negated = *negated;
                    self.sub(a, negated)
                }
                _ => self.add_node(Node::Add(a, b)),
            },
        }
    }

    /// `a - b`
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if a == b {
            return self.number(0.0);
        }
        match (self.number_of(a), self.number_of(b)) {
            (Some(x), Some(y)) => self.number(x - y),
            (Some(0.0), None) => self.neg(b),
            (None, Some(0.0)) => a,
            _ => match self.node(b) {
                Node::Neg(negated) => {
                    let negated = *negated;
                    self.add(a, negated)
                }
                _ => self.add_node(Node::Sub(a, b)),
            },
        }
    }

    /// `a * b`
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.number_of(a), self.number_of(b)) {
            (Some(x), Some(y)) => return self.number(x * y),
            (Some(0.0), None) | (None, Some(0.0)) => return self.number(0.0),
            (Some(1.0), None) => return b,
            (None, Some(1.0)) => return a,
            (Some(-1.0), None) => return self.neg(b),
            (None, Some(-1.0)) => return self.neg(a),
            _ => {}
        }
        match (self.node(a).clone(), self.node(b).clone()) {
            (Node::Neg(x), Node::Neg(y)) => self.mul(x, y),
            (Node::Neg(x), _) => {
                let product = self.mul(x, b);
                self.neg(product)
            }
            (_, Node::Neg(y)) => {
                let product = self.mul(a, y);
                self.neg(product)
            }
            _ => self.add_node(Node::Mul(a, b)),
        }
    }

    /// `a / b`
    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.number_of(a), self.number_of(b)) {
            (Some(x), Some(y)) if y != 0.0 => return self.number(x / y),
            (Some(0.0), None) => return a,
            (None, Some(1.0)) => return a,
            (None, Some(-1.0)) => return self.neg(a),
            _ => {}
        }
        match (self.node(a).clone(), self.node(b).clone()) {
            (Node::Neg(x), Node::Neg(y)) => self.div(x, y),
            (Node::Neg(x), _) => {
                let quotient = self.div(x, b);
                self.neg(quotient)
            }
            (_, Node::Neg(y)) => {
                let quotient = self.div(a, y);
                self.neg(quotient)
            }
            _ => self.add_node(Node::Div(a, b)),
        }
    }

    /// `a ^ n`
    pub fn power(&mut self, a: NodeId, exponent: i32) -> NodeId {
        match (self.number_of(a), exponent) {
            (_, 0) => self.number(1.0),
            (_, 1) => a,
            (Some(x), _) => self.number(integer_power(x, exponent)),
            _ => self.add_node(Node::Power(a, exponent)),
        }
    }

    /// `f(a, …)`
    pub fn call(&mut self, function: Function, arguments: Vec<NodeId>) -> NodeId {
        if function == Function::Detach && !self.keeps_detach {
            return arguments[0];
        }
        let numbers: Option<Vec<f64>> = arguments.iter().map(|&a| self.number_of(a)).collect();
        match numbers {
            Some(numbers) => self.number(function.value(&numbers)),
            None => self.add_node(Node::Call(function, arguments)),
        }
    }

    /// `a < b` and its kin
    pub fn compare(&mut self, op: CompareOp, a: NodeId, b: NodeId) -> NodeId {
        match (self.number_of(a), self.number_of(b)) {
            (Some(x), Some(y)) => self.truth(holds(op, x, y)),
            _ => self.add_node(Node::Compare(op, a, b)),
        }
    }

    /// `not a`
    pub fn not(&mut self, a: NodeId) -> NodeId {
        match self.node(a) {
            Node::Truth(value) => {
                let value = !value;
                self.truth(value)
            }
            Node::Not(inner) => *inner,
            _ => self.add_node(Node::Not(a)),
        }
    }

    /// `a and b`
    pub fn and(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.node(a), self.node(b)) {
            (Node::Truth(true), _) => b,
            (_, Node::Truth(true)) => a,
            (Node::Truth(false), _) | (_, Node::Truth(false)) => self.truth(false),
            _ if a == b => a,
            _ => self.add_node(Node::And(a, b)),
        }
    }

    /// `a or b`
    pub fn or(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.node(a), self.node(b)) {
            (Node::Truth(false), _) => b,
            (_, Node::Truth(false)) => a,
            (Node::Truth(true), _) | (_, Node::Truth(true)) => self.truth(true),
            _ if a == b => a,
            _ => self.add_node(Node::Or(a, b)),
        }
    }

    /// `if c { a } else { b }`
    pub fn select(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> NodeId {
        match self.node(condition) {
            Node::Truth(true) => a,
            Node::Truth(false) => b,
            _ if a == b => a,
            _ => self.add_node(Node::If(condition, a, b)),
        }
    }

    /// Builds a node of the same kind from other operands.
    pub fn rebuild(&mut self, node: &Node, operands: &[NodeId]) -> NodeId {
        match node {
            Node::Neg(_) => self.neg(operands[0]),
            Node::Add(..) => self.add(operands[0], operands[1]),
            Node::Sub(..) => self.sub(operands[0], operands[1]),
            Node::Mul(..) => self.mul(operands[0], operands[1]),
            Node::Div(..) => self.div(operands[0], operands[1]),
            Node::Power(_, exponent) => self.power(operands[0], *exponent),
            Node::Call(function, _) => self.call(*function, operands.to_vec()),
            Node::Compare(op, ..) => self.compare(*op, operands[0], operands[1]),
            Node::Not(_) => self.not(operands[0]),
            Node::And(..) => self.and(operands[0], operands[1]),
            Node::Or(..) => self.or(operands[0], operands[1]),
            Node::If(..) => self.select(operands[0], operands[1], operands[2]),
            Node::Number(_)
            | Node::Truth(_)
            | Node::Param(_)
            | Node::Dt
            | Node::State(_)
            | Node::Input(_)
            | Node::Time(_)
            | Node::Noise(_)
            | Node::Uniform
            | Node::Weight
            | Node::Slot(_) => self.add_node(node.clone()),
        }
    }

    /// `root` with leaves replaced by what `replacement` gives for them.
    pub fn substitute(&mut self, root: NodeId, mut replacement: impl FnMut(&Node) -> Option<NodeId>) -> NodeId {
        let order = self.reachable(&[root]);
        let mut new: HashMap<NodeId, NodeId> = HashMap::with_capacity(order.len());
        for id in order {
            let node = self.node(id).clone();
            let replaced = replacement(&node).unwrap_or_else(|| {
                let operands: Vec<NodeId> = node.operands().iter().map(|o| new[o]).collect();
                self.rebuild(&node, &operands)
            });
            new.insert(id, replaced);
        }
        new[&root]
    }
}

/// `x ^ n` by repeated squaring from the lowest bit: the order of multiplications that every engine follows.
pub(crate) fn integer_power(x: f64, exponent: i32) -> f64 {
    let mut result = 1.0;
    let mut square = x;
    let mut rest = exponent.unsigned_abs();
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    if exponent < 0 { 1.0 / result } else { result }
}

/// Whether a comparison of two numbers holds; with a NaN only `!=` does.
pub(crate) fn holds<T: PartialOrd>(op: CompareOp, a: T, b: T) -> bool {
    match op {
        CompareOp::Lt => a < b,
        CompareOp::Le => a <= b,
        CompareOp::Gt => a > b,
        CompareOp::Ge => a >= b,
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
    }
}

#[cfg(test)]
mod tests {
    use super::{Graph, Node, integer_power};
    use crate::ids::StateId;

    #[test]
    fn equal_expressions_are_one_node_and_neutral_elements_vanish() {
        let mut g = Graph::new();
        let x = g.add_node(Node::State(StateId(0)));
        let (zero, one) = (g.number(0.0), g.number(1.0));
        let sum = g.add(x, zero);
        assert_eq!(g.mul(one, sum), x);
        let (a, b) = (g.mul(x, x), g.mul(x, x));
        assert_eq!(a, b);
        assert_eq!(g.sub(a, b), zero);
    }

    #[test]
    fn powers_are_right_for_both_signs() {
        assert_eq!(integer_power(2.0, 10), 1024.0);
        assert_eq!(integer_power(2.0, -2), 0.25);
    }
}

//! From nodes of the symbolic graph to instructions, each node once.

use std::collections::HashMap;

use crate::functions::Function;
use crate::ids::{NodeId, Value};
use crate::ir::{Inst, Type};
use crate::model::CompareOp;
use crate::symbolic::{Graph, Node};

/// A section in the making. Equal instructions are one value.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) insts: Vec<Inst>,
    // Only looked up, never walked.
    values: HashMap<Inst, Value>,
    nodes: HashMap<NodeId, Value>,
    /// What `detach` stands for, where gradients are to know.
    pub(super) detached: Option<Vec<Value>>,
}

/// What a section does with the leaves of the graph.
pub(crate) trait Leaves {
    /// The instruction of a leaf, or of any node that the section reads as a whole (a coefficient); `None` to go on with
    /// its operands.
    fn leaf(&mut self, graph: &Graph, id: NodeId) -> Option<Leaf>;
}

/// What a leaf becomes.
pub(crate) enum Leaf {
    /// A new instruction.
    Inst(Inst),
    /// A value of this section.
    Value(Value),
}

impl Section {
    /// An empty section, in which `detach` is a value of its own or not.
    pub(crate) fn new(detaches: bool) -> Self {
        Self {
            detached: detaches.then(Vec::new),
            ..Self::default()
        }
    }

    /// Adds an instruction, or finds it.
    pub(crate) fn push(&mut self, inst: Inst) -> Value {
        if let Some(&value) = self.values.get(&inst) {
            return value;
        }
        let value = Value::new(self.insts.len());
        self.insts.push(inst.clone());
        self.values.insert(inst, value);
        value
    }

    /// Adds an instruction, also where it is there already.
    pub(crate) fn push_anew(&mut self, inst: Inst) -> Value {
        let value = Value::new(self.insts.len());
        self.insts.push(inst);
        value
    }

    /// Adds a copy of a value, never one that is there already.
    pub(crate) fn copy(&mut self, value: Value) -> Value {
        self.push_anew(Inst::Copy(value))
    }

    /// Says which value a node is.
    pub(crate) fn bind(&mut self, node: NodeId, value: Value) {
        self.nodes.insert(node, value);
    }

    /// Adds what a loop carries from this value on, never one that is there already.
    pub(super) fn carry(&mut self, initial: Value) -> Value {
        let value = Value::new(self.insts.len());
        self.insts.push(Inst::Carry(initial));
        value
    }

    /// Finds none of the values from this one on any more: what a pass of a loop computes is of use to nobody outside.
    pub(super) fn forget(&mut self, from: usize) {
        self.values.retain(|_, value| value.index() < from);
        self.nodes.retain(|_, value| value.index() < from);
    }

    /// The value of a node.
    pub(crate) fn lower(&mut self, graph: &Graph, root: NodeId, leaves: &mut impl Leaves) -> Value {
        // Depth first with an explicit stack, not descending below what the section reads as a whole.
        let mut stack = vec![(root, false)];
        while let Some((id, operands_done)) = stack.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            if operands_done {
                let value = self.operation(graph, id);
                self.nodes.insert(id, value);
                continue;
            }
            match leaves.leaf(graph, id) {
                Some(Leaf::Inst(inst)) => {
                    let value = self.push(inst);
                    self.nodes.insert(id, value);
                }
                Some(Leaf::Value(value)) => {
                    self.nodes.insert(id, value);
                }
                None => {
                    stack.push((id, true));
                    let operands = graph.node(id).operands();
                    stack.extend(operands.into_iter().rev().map(|o| (o, false)));
                }
            }
        }
        self.nodes[&root]
    }

    fn operation(&mut self, graph: &Graph, id: NodeId) -> Value {
        let of = |node: &NodeId| self.nodes[node];
        let inst = match graph.node(id) {
            Node::Number(bits) => Inst::Number(*bits),
            Node::Truth(value) => Inst::Truth(*value),
            Node::Neg(a) => Inst::Neg(of(a)),
            Node::Add(a, b) => Inst::Add(of(a), of(b)),
            Node::Sub(a, b) => Inst::Sub(of(a), of(b)),
            Node::Mul(a, b) => Inst::Mul(of(a), of(b)),
            Node::Div(a, b) => Inst::Div(of(a), of(b)),
            Node::Compare(op, a, b) => Inst::Compare(*op, of(a), of(b)),
            Node::Not(a) => Inst::Not(of(a)),
            Node::And(a, b) => Inst::And(of(a), of(b)),
            Node::Or(a, b) => Inst::Or(of(a), of(b)),
            Node::If(c, a, b) => {
                let (c, a, b) = (of(c), of(a), of(b));
                if self.insts[a.index()].result() == Type::Truth {
                    return self.pick_truth(c, a, b);
                }
                Inst::Select(c, a, b)
            }
            Node::Power(a, n) => {
                let base = of(a);
                return self.integer_power(base, *n);
            }
            Node::Call(f, arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(of).collect();
                return self.function(*f, &arguments);
            }
            Node::Param(_)
            | Node::Dt
            | Node::State(_)
            | Node::Input(_)
            | Node::Time(_)
            | Node::Noise(_)
            | Node::Uniform
            | Node::Weight
            | Node::Slot(_) => {
                unreachable!("leaves are given by the section")
            }
        };
        self.push(inst)
    }

    /// `if c { a } else { b }` of truth values.
    fn pick_truth(&mut self, c: Value, a: Value, b: Value) -> Value {
        let not_c = self.push(Inst::Not(c));
        let (first, second) = (self.push(Inst::And(c, a)), self.push(Inst::And(not_c, b)));
        self.push(Inst::Or(first, second))
    }

    /// Repeated squaring from the lowest bit, as `symbolic::integer_power` does with numbers.
    fn integer_power(&mut self, base: Value, exponent: i32) -> Value {
        let mut result: Option<Value> = None;
        let mut square = base;
        let mut rest = exponent.unsigned_abs();
        while rest > 0 {
            if rest & 1 == 1 {
                result = Some(match result {
                    None => square,
                    Some(r) => self.push(Inst::Mul(r, square)),
                });
            }
            rest >>= 1;
            if rest > 0 {
                square = self.push(Inst::Mul(square, square));
            }
        }
        let one = Inst::number(1.0);
        match (result, exponent < 0) {
            (None, _) => self.push(one),
            (Some(r), false) => r,
            (Some(r), true) => {
                let one = self.push(one);
                self.push(Inst::Div(one, r))
            }
        }
    }

    /// Some functions are instructions, or two or three; the others stay calls.
    fn function(&mut self, function: Function, a: &[Value]) -> Value {
        match function {
            Function::Sqrt => self.push(Inst::Sqrt(a[0])),
            Function::Abs => self.push(Inst::Abs(a[0])),
            Function::Floor => self.push(Inst::Floor(a[0])),
            Function::Min => self.pick(CompareOp::Lt, a[0], a[1]),
            Function::Max => self.pick(CompareOp::Gt, a[0], a[1]),
            Function::Clamp => {
                let raised = self.pick(CompareOp::Gt, a[0], a[1]);
                self.pick(CompareOp::Lt, raised, a[2])
            }
            Function::Heaviside => {
                let (zero, one) = (self.push(Inst::number(0.0)), self.push(Inst::number(1.0)));
                let above = self.push(Inst::Compare(CompareOp::Ge, a[0], zero));
                self.push(Inst::Masked(above, one))
            }
            Function::Detach => {
                if self.detached.is_none() {
                    return a[0];
                }
                let copy = self.copy(a[0]);
                self.detached.iter_mut().for_each(|found| found.push(copy));
                copy
            }
            other => self.push(Inst::Call(other, a.to_vec())),
        }
    }

    /// `if a op b { a } else { b }`: with a NaN, `b`.
    fn pick(&mut self, op: CompareOp, a: Value, b: Value) -> Value {
        let first = self.push(Inst::Compare(op, a, b));
        self.push(Inst::Select(first, a, b))
    }
}

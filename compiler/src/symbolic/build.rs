//! From the expressions of a model to nodes.

use std::collections::HashMap;

use crate::ids::{ExprId, NodeId, StateId};
use crate::model::{ExprKind, Model};

use super::expr::{Graph, Node};

/// What the names of an expression stand for where it is evaluated.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Each state as it is now.
    pub states: Vec<NodeId>,
    /// Each state as it was at the start of the step.
    pub previous: Vec<NodeId>,
    /// The weight of the event.
    pub weight: NodeId,
    /// The time.
    pub time: NodeId,
}

impl Environment {
    /// Every state is its value at the start of the step.
    pub fn start_of_step(graph: &mut Graph, states: usize) -> Self {
        let states: Vec<NodeId> = (0..states)
            .map(|s| graph.add_node(Node::State(StateId::new(s))))
            .collect();
        Self {
            previous: states.clone(),
            states,
            weight: graph.add_node(Node::Weight),
            time: graph.add_node(Node::Time(false)),
        }
    }
}

impl Graph {
    /// The node of an expression in an environment; definitions are replaced by what they stand for.
    pub fn build(&mut self, model: &Model, root: ExprId, environment: &Environment) -> NodeId {
        // Operands before what they are operands of. A definition's body may come later in the list of expressions than
        // its use, so this order is found by a walk (with its own stack) and not by counting up.
        let mut order = Vec::new();
        let mut state: HashMap<ExprId, bool> = HashMap::new();
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            match state.get(&id) {
                None => {
                    state.insert(id, false);
                    stack.extend(children(model, id));
                }
                Some(done) => {
                    if !done {
                        state.insert(id, true);
                        order.push(id);
                    }
                    stack.pop();
                }
            }
        }
        let mut nodes: HashMap<ExprId, NodeId> = HashMap::with_capacity(order.len());
        for id in order {
            let node = self.build_one(model, id, environment, &nodes);
            nodes.insert(id, node);
        }
        nodes[&root]
    }

    fn build_one(
        &mut self,
        model: &Model,
        id: ExprId,
        environment: &Environment,
        nodes: &HashMap<ExprId, NodeId>,
    ) -> NodeId {
        let of = |e: &ExprId| nodes[e];
        match &model.expr(id).kind {
            ExprKind::Number(value) => self.number(*value),
            ExprKind::Param(p) => self.add_node(Node::Param(*p)),
            ExprKind::Let(l) => nodes[&model.lets[l.index()].value],
            ExprKind::State(s) => environment.states[s.index()],
            ExprKind::Prev(s) => environment.previous[s.index()],
            ExprKind::Input(i) => self.add_node(Node::Input(*i)),
            ExprKind::Weight => environment.weight,
            ExprKind::Dt => self.add_node(Node::Dt),
            ExprKind::Time => environment.time,
            ExprKind::Noise(x) => self.add_node(Node::Noise(*x)),
            ExprKind::Uniform => self.add_node(Node::Uniform),
            ExprKind::Neg(a) => self.neg(of(a)),
            ExprKind::Add(a, b) => self.add(of(a), of(b)),
            ExprKind::Sub(a, b) => self.sub(of(a), of(b)),
            ExprKind::Mul(a, b) => self.mul(of(a), of(b)),
            ExprKind::Div(a, b) => {
                let (a, b) = (of(a), of(b));
                self.repaired(a, b).map_or_else(|| self.div(a, b), |found| found.1)
            }
            ExprKind::Power(a, n) => self.power(of(a), *n),
            ExprKind::Call(f, arguments) => {
                let arguments = arguments.iter().map(of).collect();
                self.call(*f, arguments)
            }
            ExprKind::Compare(op, a, b) => self.compare(*op, of(a), of(b)),
            ExprKind::Not(a) => self.not(of(a)),
            ExprKind::And(a, b) => self.and(of(a), of(b)),
            ExprKind::Or(a, b) => self.or(of(a), of(b)),
            ExprKind::If(c, a, b) => self.select(of(c), of(a), of(b)),
        }
    }
}

/// Operands of an expression; for a definition its body.
fn children(model: &Model, id: ExprId) -> Vec<ExprId> {
    match &model.expr(id).kind {
        ExprKind::Let(l) => vec![model.lets[l.index()].value],
        kind => kind.operands(),
    }
}

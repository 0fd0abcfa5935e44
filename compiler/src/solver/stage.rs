//! What all solvers share: values of states within a step, and slopes at them.

use crate::functions::Function;
use crate::ids::{NodeId, StateId};
use crate::symbolic::{Graph, Node};
use crate::update::{Approximate, Update};

/// A fraction of a step: numerator and denominator.
pub(super) type Fraction = (i32, i32);

/// What a solver starts from; nodes by the number of the state.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Each state at the start of the integration.
    pub now: &'a [NodeId],
    /// Half a step later, for states that the solver does not advance; for the others whatever it is.
    pub half: &'a [NodeId],
    /// Where the node is true, these states keep their values.
    pub held: Option<(NodeId, &'a [StateId])>,
}

/// The expansion of one step.
pub(super) struct Stages<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) equations: &'a [Approximate],
    pub(super) start: &'a Start<'a>,
    /// The state that stages do not see beyond its threshold, and how far they see it.
    limit: Option<(StateId, NodeId)>,
}

impl<'a> Stages<'a> {
    pub(super) fn new(graph: &'a mut Graph, update: &'a Update, start: &'a Start<'a>) -> Self {
        let mut stages = Self {
            graph,
            equations: &update.approximate,
            start,
            limit: None,
        };
        if let Some(limit) = &update.limit {
            let threshold = stages.at(limit.threshold, start.now, (0, 1));
            // A state that is beyond its threshold already is seen as it is.
            let bound = stages
                .graph
                .call(Function::Max, vec![threshold, start.now[limit.state.index()]]);
            stages.limit = Some((limit.state, bound));
        }
        stages
    }

    /// A node with these values of the states, and the time after this fraction of the step.
    pub(super) fn at(&mut self, node: NodeId, values: &[NodeId], elapsed: Fraction) -> NodeId {
        let time = self.time(elapsed);
        self.at_time(node, values, time)
    }

    /// A node with these values of the states and the time.
    fn at_time(&mut self, node: NodeId, values: &[NodeId], time: NodeId) -> NodeId {
        self.graph.substitute(node, |leaf| match leaf {
            Node::State(s) => values.get(s.index()).copied(),
            Node::Time(_) => Some(time),
            _ => None,
        })
    }

    /// The right-hand side of an equation with these values of the states, and the time after this fraction of the step.
    pub(super) fn rhs(&mut self, equation: usize, values: &[NodeId], elapsed: Fraction) -> NodeId {
        self.at(self.equations[equation].rhs, values, elapsed)
    }

    /// The right-hand side of an equation with these values of the states, at this time.
    pub(super) fn rhs_at(&mut self, equation: usize, values: &[NodeId], time: NodeId) -> NodeId {
        self.at_time(self.equations[equation].rhs, values, time)
    }

    /// The time after a fraction of the step: at its ends the product that it is there, in between the start and what has elapsed.
    pub(super) fn time(&mut self, (numerator, denominator): Fraction) -> NodeId {
        if numerator == 0 || numerator == denominator {
            return self.graph.add_node(Node::Time(numerator != 0));
        }
        let start = self.graph.add_node(Node::Time(false));
        let dt = self.graph.add_node(Node::Dt);
        let fraction = self.graph.number(f64::from(numerator) / f64::from(denominator));
        let elapsed = self.graph.mul(fraction, dt);
        self.graph.add(start, elapsed)
    }

    /// A fraction of the step over the factor of the derivative: a coefficient.
    pub(super) fn h(&mut self, equation: usize, fraction: f64) -> NodeId {
        let dt = self.graph.add_node(Node::Dt);
        let fraction = self.graph.number(fraction);
        let h = self.graph.mul(fraction, dt);
        match self.equations[equation].left {
            Some(left) => self.graph.div(h, left),
            None => h,
        }
    }

    /// The state of an equation at the start of the integration.
    pub(super) fn own(&self, equation: usize) -> NodeId {
        self.start.now[self.equations[equation].state.index()]
    }

    /// A value of a state within the step, as equations see it: held states stay, and what runs away to a spike is seen up to its
    /// threshold.
    pub(super) fn seen(&mut self, equation: usize, value: NodeId) -> NodeId {
        let value = match self.limit {
            Some((state, bound)) if state == self.equations[equation].state => {
                self.graph.call(Function::Min, vec![value, bound])
            }
            _ => value,
        };
        self.reached(equation, value)
    }

    /// The value of a state at the end of the step.
    pub(super) fn reached(&mut self, equation: usize, value: NodeId) -> NodeId {
        let state = self.equations[equation].state;
        match self.start.held {
            Some((held, states)) if states.contains(&state) => {
                let old = self.start.now[state.index()];
                self.graph.select(held, old, value)
            }
            _ => value,
        }
    }

    /// A change of a state, or none where the state is held.
    pub(super) fn unless_held(&mut self, equation: usize, change: NodeId) -> NodeId {
        match self.start.held {
            Some((held, states)) if states.contains(&self.equations[equation].state) => {
                let nothing = self.graph.number(0.0);
                self.graph.select(held, nothing, change)
            }
            _ => change,
        }
    }
}

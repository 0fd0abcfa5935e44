//! The loop over the sub-steps of a step.

use std::collections::HashSet;

use crate::ids::{NodeId, Value};
use crate::solver::{Start, count, sub_step, sub_steps};
use crate::symbolic::Node;
use crate::update::SubSteps;

use super::Loop;
use super::step::StepLowering;

impl StepLowering<'_> {
    /// All equations in sub-steps: a loop.
    pub(super) fn in_sub_steps(&mut self, wanted: &SubSteps, new: &mut [NodeId]) {
        let (model, update) = (self.model, self.update);
        let now = self.now();
        let held = self.held.zip(model.refractory.as_ref().map(|r| r.hold.as_slice()));
        let start = Start {
            now: &now,
            half: &now,
            held,
        };
        for equation in &update.approximate {
            self.note_equation(equation.state);
        }
        let first = sub_steps(&mut self.graph, update, &start);
        let initial: Vec<Value> = first.list().into_iter().map(|node| self.value(node)).collect();
        // The slots of what passes carry have their values when the loop begins.
        let inside: Vec<NodeId> = initial.iter().map(|&value| self.slot(value)).collect();
        let carried = first.with(&inside);
        let (to, again) = sub_step(&mut self.graph, update, &start, wanted, &carried);
        let after = to.list();
        let roots: Vec<NodeId> = after.iter().copied().chain([again]).collect();
        self.before_loop(&roots, &inside);
        self.note("a sub-step".to_owned());
        let begin = self.section.insts.len();
        for (&slot, &initial) in inside.iter().zip(&initial) {
            let Node::Slot(slot) = self.graph.node(slot) else {
                unreachable!("what is carried is a slot");
            };
            self.leaves.slots[*slot as usize] = self.section.carry(initial);
        }
        let mut after: Vec<Value> = after.into_iter().map(|node| self.value(node)).collect();
        for value in after.iter_mut().filter(|value| value.index() < begin) {
            *value = self.section.copy(*value);
        }
        let again = self.value(again);
        let end = self.section.insts.len();
        self.section.forget(begin);
        self.loops.push(Loop {
            start: begin,
            end,
            after: after.clone(),
            again,
        });
        let after: Vec<NodeId> = after.into_iter().map(|value| self.slot(value)).collect();
        let reached = carried.with(&after);
        for (equation, &value) in update.approximate.iter().zip(&reached.values) {
            new[equation.state.index()] = value;
        }
        self.note("the number of sub-steps".to_owned());
        let before = now[wanted.counter.index()];
        let count = count(&mut self.graph, before, &reached);
        let count = self.value(count);
        new[wanted.counter.index()] = self.slot(count);
    }

    /// Computes what the nodes of a loop need and what is the same in all of its passes.
    fn before_loop(&mut self, roots: &[NodeId], inside: &[NodeId]) {
        let reachable = self.graph.reachable(roots);
        let mut varies = HashSet::new();
        for &id in &reachable {
            let operands = self.graph.node(id).operands();
            if inside.contains(&id) || operands.iter().any(|operand| varies.contains(operand)) {
                varies.insert(id);
            }
        }
        let mut stack: Vec<NodeId> = roots.iter().rev().copied().collect();
        let mut seen = HashSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            if varies.contains(&id) {
                stack.extend(self.graph.node(id).operands().into_iter().rev());
            } else {
                self.section.lower(&self.graph, id, &mut self.leaves);
            }
        }
    }
}

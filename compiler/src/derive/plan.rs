//! Which equation gets which solver.
//!
//! An equation is exact when it is affine in the states and the time, with coefficients that depend on parameters alone, and reads no
//! state that is approximated. Every other one is approximated: by the exponential midpoint rule where it is affine in its own state, by
//! `rosenbrock2` where it is not. A solver that was asked for replaces all of this, for linear equations too, so that the whole model is one system
//! to it.

use alif_grammar::Diagnostic;

use crate::ids::{ExprId, NodeId, NoiseId, StateId};
use crate::ir::spike_comparison;
use crate::model::{Equation, Model};
use crate::solver::Solver;
use crate::symbolic::{Environment, Graph, Node, NotLinear};
use crate::update::{Approximate, Limit, Reason};

use super::blame;
use super::components::components;
use super::exact::Linear;
use super::noise;

/// The solver of each equation.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) exact: Vec<Linear>,
    pub(super) approximate: Vec<Approximate>,
}

/// Plans; what cannot be done as asked comes with it.
pub(super) fn plan(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    asked: Option<Solver>,
) -> (Plan, Vec<Diagnostic>) {
    let mut work = Planner {
        model,
        graph,
        environment,
        plan: Plan::default(),
        diagnostics: vec![],
    };
    match asked {
        None => work.choose(),
        Some(Solver::Exact) => work.all_exact(),
        Some(solver) => work.all(solver),
    }
    work.in_order();
    (work.plan, work.diagnostics)
}

struct Planner<'a> {
    model: &'a Model,
    graph: &'a mut Graph,
    environment: &'a Environment,
    plan: Plan,
    diagnostics: Vec<Diagnostic>,
}

/// An equation as nodes.
struct Candidate<'a> {
    state: StateId,
    equation: &'a Equation,
    left: Option<NodeId>,
    /// Without noise.
    rhs: NodeId,
    noise: Vec<(NoiseId, NodeId)>,
}

impl<'a> Planner<'a> {
    fn candidates(&mut self) -> Vec<Candidate<'a>> {
        let model = self.model;
        let mut found = Vec::new();
        for (index, state) in model.states.iter().enumerate() {
            let Some(equation) = &state.equation else {
                continue;
            };
            let left = equation.left;
            let left = left.map(|left| self.graph.build(model, left, self.environment));
            let rhs = self.graph.build(model, equation.rhs, self.environment);
            match noise::split(model, self.graph, &state.name, equation, rhs) {
                Ok(split) => found.push(Candidate {
                    state: StateId::new(index),
                    equation,
                    left,
                    rhs: split.drift,
                    noise: split.noise,
                }),
                Err(fault) => self.diagnostics.push(fault),
            }
        }
        found
    }

    /// Every equation has to be linear.
    fn all_exact(&mut self) {
        for c in self.candidates() {
            match self.graph.linear_form(c.rhs, self.model.states.len()) {
                Ok(form) => self.plan.exact.push(Linear {
                    state: c.state,
                    left: c.left,
                    form,
                    noise: c.noise,
                }),
                Err(reason) => {
                    let fault = blame::not_exact(self.model, self.graph, self.environment, c.state, c.equation, reason);
                    self.diagnostics.push(fault);
                }
            }
        }
    }

    /// Every equation gets the same approximation.
    fn all(&mut self, solver: Solver) {
        for c in self.candidates() {
            let own = self.graph.add_node(Node::State(c.state));
            if solver == Solver::ExponentialMidpoint && !self.graph.is_affine_in(c.rhs, own) {
                let fault = blame::not_affine(self.model, self.graph, self.environment, c.state, c.equation);
                self.diagnostics.push(fault);
                continue;
            }
            let reason = Reason {
                text: "it was asked for".to_owned(),
                term: None,
            };
            self.approximate(&c, solver, reason);
        }
    }

    /// What is linear stays exact, unless it reads what is not.
    fn choose(&mut self) {
        let n = self.model.states.len();
        let mut reasons: Vec<Option<Reason>> = vec![None; n];
        let mut linear: Vec<Option<Linear>> = (0..n).map(|_| None).collect();
        let candidates = self.candidates();
        for c in &candidates {
            match self.graph.linear_form(c.rhs, n) {
                Ok(form) => {
                    linear[c.state.index()] = Some(Linear {
                        state: c.state,
                        left: c.left,
                        form,
                        noise: c.noise.clone(),
                    });
                }
                Err(reason) => reasons[c.state.index()] = Some(self.not_linear(c, reason)),
            }
        }
        // Each round finds at least one more, so there are at most n of them.
        while let Some((state, by, noise)) = linear.iter().flatten().find_map(|l| {
            let approximated = |state: StateId| reasons[state.index()].is_some();
            if let Some(by) = l.form.states.iter().find(|s| approximated(s.0)) {
                return Some((l.state, by.0, None));
            }
            let shares = |c: &&Candidate<'_>| approximated(c.state) && c.noise.iter().any(|x| reads_noise(l, x.0));
            let by = candidates.iter().find(shares)?;
            let noise = by.noise.iter().find(|x| reads_noise(l, x.0))?.0;
            Some((l.state, by.state, Some(noise)))
        }) {
            linear[state.index()] = None;
            let model = self.model;
            let name = &model.states[by.index()].name;
            let text = match noise {
                None => format!("it reads `{name}`, which is not solved exactly"),
                Some(noise) => format!(
                    "it has the noise `{}` in common with `{name}`, which is not solved exactly",
                    model.noises[noise.index()].name
                ),
            };
            let leaf = match noise {
                None => Node::State(by),
                Some(noise) => Node::Noise(noise),
            };
            let reader = candidates.iter().find(|c| c.state == state);
            let term = reader.map(|c| blame::reading_term(model, self.graph, self.environment, c.equation.rhs, &leaf));
            let term = term.map(|term| self.term(term));
            reasons[state.index()] = Some(Reason { text, term });
        }
        self.plan.exact = linear.into_iter().flatten().collect();
        for c in candidates {
            let Some(reason) = reasons[c.state.index()].take() else {
                continue;
            };
            let own = self.graph.add_node(Node::State(c.state));
            if self.graph.is_affine_in(c.rhs, own) {
                self.approximate(&c, Solver::ExponentialMidpoint, reason);
                continue;
            }
            let name = &self.model.states[c.state.index()].name;
            let term = blame::not_affine_term(self.model, self.graph, self.environment, c.equation.rhs, c.state);
            let reason = Reason {
                text: format!("it is not affine in `{name}` itself"),
                term: Some(self.term(term)),
            };
            self.approximate(&c, Solver::Rosenbrock2, reason);
        }
    }

    fn not_linear(&mut self, c: &Candidate<'_>, reason: NotLinear) -> Reason {
        let term = blame::not_linear_term(self.model, self.graph, self.environment, c.equation.rhs);
        Reason {
            text: blame::because(self.model, reason),
            term: Some(self.term(term)),
        }
    }

    fn term(&mut self, term: ExprId) -> (String, alif_grammar::Span) {
        let node = self.graph.build(self.model, term, self.environment);
        (self.graph.text(node, self.model), self.model.expr(term).span)
    }

    fn approximate(&mut self, c: &Candidate<'_>, solver: Solver, reason: Reason) {
        self.plan.approximate.push(Approximate {
            state: c.state,
            left: c.left,
            rhs: c.rhs,
            noise: c.noise.clone(),
            solver,
            reason,
            component: vec![],
        });
    }

    /// Puts approximated equations in topological order, and finds out which depend on each other.
    fn in_order(&mut self) {
        let mut edges = Vec::new();
        for equation in &self.plan.approximate {
            for node in self.graph.reachable(&[equation.rhs]) {
                if let Node::State(from) = self.graph.node(node) {
                    edges.push((from.index(), equation.state.index()));
                }
            }
        }
        let mut rank = vec![0; self.model.states.len()];
        let mut next = 0;
        for component in components(self.model.states.len(), &edges) {
            for &state in &component {
                rank[state] = next;
                next += 1;
            }
            for equation in &mut self.plan.approximate {
                if component.contains(&equation.state.index()) {
                    equation.component = component.iter().map(|&s| StateId::new(s)).collect();
                }
            }
        }
        self.plan
            .approximate
            .sort_by_key(|equation| rank[equation.state.index()]);
    }
}

fn reads_noise(linear: &Linear, noise: NoiseId) -> bool {
    linear.noise.iter().any(|found| found.0 == noise)
}

/// The state that may run away to a spike within a step: the spike condition compares it with a threshold, the spike sets it to something
/// that does not depend on what it was, and its equation is not affine in it.
pub(super) fn limit(
    model: &Model,
    graph: &mut Graph,
    environment: &Environment,
    approximate: &[Approximate],
) -> Option<Limit> {
    let (state, threshold) = spike_comparison(model)?;
    let equation = approximate.iter().find(|equation| equation.state == state)?;
    let own = graph.add_node(Node::State(state));
    if graph.is_affine_in(equation.rhs, own) {
        return None;
    }
    let mut after = environment.clone();
    for assign in &model.spike.as_ref()?.body {
        after.states[assign.target.index()] = graph.build(model, assign.value, &after);
    }
    let threshold = graph.build(model, threshold, environment);
    let leaf = Node::State(state);
    let resets = !graph.contains(after.states[state.index()], &leaf);
    (resets && !graph.contains(threshold, &leaf)).then_some(Limit { state, threshold })
}

//! The step once more, as the first part of another program.

use std::collections::BTreeSet;

use alif_core::Layout;

use crate::Compiled;
use crate::ids::{CoefId, InputId, NodeId, StateId, Value};
use crate::ir::{self, Inst, Leaves, Lowered, Note, Program, Section, Source, Trace, Traced, lower_prepare};
use crate::surrogate::SurrogateInfo;
use crate::symbolic::{Graph, Node};

use super::prune::Parts;
use super::request::Request;

/// The first number of slots of the graph that stand for values of the program in the making.
const FIRST_SLOT: u32 = 1 << 31;

/// A state or an input of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    State(usize),
    Input(usize),
}

/// The spike as what statements are multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spike {
    /// It happens or not.
    Truth(Value),
    /// A number.
    Soft(Value),
}

/// Which spike a truth value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// That of this step.
    Now,
    /// That of the step before, which a state remembers.
    Before(StateId),
}

/// A program in the making, with all values of a traced one in it.
pub(super) struct Forward<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) traced: &'a Traced,
    /// The instructions of the traced program.
    pub(super) insts: Vec<Inst>,
    pub(super) graph: Graph,
    /// Where the coefficients come from, and whether they may be NaN.
    pub(super) sources: Vec<(Source, bool)>,
    pub(super) section: Section,
    pub(super) notes: Vec<Note>,
    /// Which traced values the step itself needs, and not the surrogate alone.
    decides: Vec<bool>,
    /// For each traced value, that of this program.
    pub(super) values: Vec<Value>,
    /// Products with factors that may be infinite.
    pub(super) infinite: BTreeSet<Value>,
    /// For the values so far, whether one of those is in them.
    pub(super) wild: Vec<bool>,
    leaves: Box<dyn Fn(Leaf) -> Leaf + 'a>,
    soft: bool,
    soft_spike: Option<Value>,
    slots: u32,
}

/// Nothing but numbers and what was bound beforehand.
struct Bound;

impl Leaves for Bound {
    fn leaf(&mut self, _: &Graph, _: NodeId) -> Option<ir::Leaf> {
        None
    }
}

impl<'a> Forward<'a> {
    /// A program whose leaves are found in other places than in the traced one; with `soft`, the spike is a number.
    pub(super) fn new(
        request: &'a Request<'a>,
        traced: &'a Traced,
        soft: bool,
        leaves: impl Fn(Leaf) -> Leaf + 'a,
    ) -> Self {
        let coefficients = &traced.program.prepare.coefficients;
        Self {
            request,
            traced,
            insts: traced.program.insts().cloned().collect(),
            decides: decides(&traced.program),
            graph: traced.graph.clone(),
            sources: traced
                .sources
                .iter()
                .zip(coefficients)
                .map(|(source, coefficient)| (source.clone(), coefficient.may_be_nan))
                .collect(),
            section: Section::default(),
            notes: vec![],
            values: vec![],
            infinite: BTreeSet::new(),
            wild: vec![],
            leaves: Box::new(leaves),
            soft,
            soft_spike: None,
            slots: FIRST_SLOT,
        }
    }

    pub(super) fn trace(&self) -> &'a Trace {
        &self.traced.trace
    }

    /// Goes through all instructions.
    pub(super) fn run(&mut self) {
        for at in 0..self.insts.len() {
            let notes = &self.traced.program.notes;
            let here = notes.iter().filter(|note| note.at == at);
            self.notes.extend(here.map(|note| Note {
                at: self.section.insts.len(),
                text: note.text.clone(),
            }));
            let value = match self.insts[at] {
                // What the surrogate alone reads decides on nothing, so that its last bit is free.
                Inst::Div(a, b) if !self.decides[at] => self.quotient(a, b),
                _ => self.one(&self.insts[at].clone()),
            };
            self.values.push(value);
        }
    }

    /// `a / b`, where b is a coefficient by its reciprocal.
    fn quotient(&mut self, a: Value, b: Value) -> Value {
        let (dividend, divisor) = (self.values[a.index()], self.values[b.index()]);
        match self.insts[b.index()] {
            Inst::Coefficient(c) => self.over_coefficient(dividend, c.index(), divisor),
            _ => self.section.push(Inst::Div(dividend, divisor)),
        }
    }

    fn one(&mut self, inst: &Inst) -> Value {
        let of = |value: &Value, values: &[Value]| values[value.index()];
        let inst = match inst {
            Inst::State(state) => self.leaf(Leaf::State(state.index())),
            Inst::Input(input) => self.leaf(Leaf::Input(input.index())),
            Inst::Copy(a) => return of(a, &self.values),
            Inst::Masked(c, a) => {
                let a = of(a, &self.values);
                return match self.spike(*c) {
                    Some(spike) => self.times(spike, a),
                    None => self.section.push(Inst::Masked(of(c, &self.values), a)),
                };
            }
            Inst::Select(c, a, b) => {
                let (a, b) = (of(a, &self.values), of(b, &self.values));
                if let Some(Spike::Soft(spike)) = self.spike(*c) {
                    let change = self.section.push(Inst::Sub(a, b));
                    return self.section.push(Inst::Fma(spike, change, b));
                }
                Inst::Select(of(c, &self.values), a, b)
            }
            other => other.renamed(|value| self.values[value.index()]),
        };
        self.section.push(inst)
    }

    fn leaf(&self, leaf: Leaf) -> Inst {
        match (self.leaves)(leaf) {
            Leaf::State(state) => Inst::State(StateId::new(state)),
            Leaf::Input(input) => Inst::Input(InputId::new(input)),
        }
    }

    /// The spike that a traced truth value is, if it is one.
    pub(super) fn which(&self, condition: Value) -> Option<Which> {
        if self.traced.program.spikes == Some(condition) && self.trace().argument.is_some() {
            return Some(Which::Now);
        }
        match self.trace().delayed {
            Some((delayed, state)) if delayed == condition => Some(Which::Before(state)),
            _ => None,
        }
    }

    /// The same in this program.
    pub(super) fn spike(&mut self, condition: Value) -> Option<Spike> {
        let which = self.which(condition)?;
        if !self.soft {
            return Some(Spike::Truth(self.values[condition.index()]));
        }
        Some(Spike::Soft(match which {
            Which::Now => self.soft_spike(),
            Which::Before(state) => {
                let state = self.leaf(Leaf::State(state.index()));
                self.section.push(state)
            }
        }))
    }

    /// `spike × a`
    pub(super) fn times(&mut self, spike: Spike, a: Value) -> Value {
        match spike {
            Spike::Truth(spikes) => self.masked(spikes, a),
            Spike::Soft(spike) => self.mul(spike, a),
        }
    }

    /// The softer spike, where it may happen.
    fn soft_spike(&mut self) -> Value {
        if let Some(value) = self.soft_spike {
            return value;
        }
        let soft = self.surrogate(|row, graph, x, settings| row.integral(graph, x, settings));
        let soft = soft.unwrap_or_else(|| self.number(0.0));
        let soft = self.gated(soft);
        self.soft_spike = Some(soft);
        soft
    }

    /// A value where the spike may happen at all, else zero.
    pub(super) fn gated(&mut self, mut value: Value) -> Value {
        for gate in &self.trace().gates {
            value = self.masked(self.values[gate.index()], value);
        }
        value
    }

    /// Something of the surrogate at its argument.
    pub(super) fn surrogate(
        &mut self,
        build: impl FnOnce(&SurrogateInfo, &mut Graph, NodeId, &[f64]) -> NodeId,
    ) -> Option<Value> {
        let argument = self.values[self.trace().argument?.index()];
        let (row, settings) = self.request.surrogate.as_ref()?;
        let x = self.slot(argument);
        let node = build(row, &mut self.graph, x, settings);
        Some(self.lower(node))
    }

    /// A node that stands for a value.
    pub(super) fn slot(&mut self, value: Value) -> NodeId {
        let node = self.graph.add_node(Node::Slot(self.slots));
        self.slots += 1;
        self.section.bind(node, value);
        node
    }

    /// The value of a node of numbers and slots.
    pub(super) fn lower(&mut self, node: NodeId) -> Value {
        self.section.lower(&self.graph, node, &mut Bound)
    }

    /// The number of a coefficient.
    pub(super) fn coefficient(&mut self, source: Source, may_be_nan: bool) -> Inst {
        let known = self.sources.iter().position(|(known, _)| *known == source);
        let id = known.unwrap_or_else(|| {
            self.sources.push((source, may_be_nan));
            self.sources.len() - 1
        });
        Inst::Coefficient(CoefId::new(id))
    }

    /// The program of these results. With `zeros`, so many initial values are zero; else they are the model's.
    pub(super) fn finish(self, results: Results, zeros: Option<usize>, kept: Vec<usize>) -> (Program, Vec<usize>) {
        let Results {
            states,
            counter,
            spikes,
        } = results;
        let mut parts = Parts {
            insts: self.section.insts,
            notes: self.notes,
            sources: self.sources,
            kept,
        };
        let mut all: Vec<Value> = states.iter().copied().chain(counter).chain(spikes).collect();
        parts.prune(&mut all);
        let mut all = all.into_iter();
        let states: Vec<Value> = all.by_ref().take(states.len()).collect();
        let counter = counter.and_then(|_| all.next());
        let spikes = spikes.and_then(|_| all.next());
        let sources: Vec<Source> = parts.sources.iter().map(|source| source.0.clone()).collect();
        let Compiled { model, update, .. } = self.request.compiled;
        let mut graph = self.graph;
        let Lowered { defaults, mut prepare } = lower_prepare(model, update, &mut graph, &sources, zeros);
        for (coefficient, source) in prepare.coefficients.iter_mut().zip(&parts.sources) {
            coefficient.may_be_nan = source.1;
        }
        let traced = &self.traced.program;
        let program = Program {
            defaults,
            layout: Layout {
                states: states.len(),
                coefficients: prepare.coefficients.len(),
                spikes: spikes.is_some(),
                ..traced.layout.clone()
            },
            prepare,
            step: parts.insts,
            spike: vec![],
            // There is no spike section that could change them.
            before: states.clone(),
            states,
            counter,
            spikes,
            observe: vec![],
            repeats: vec![],
            notes: parts.notes,
            ..traced.clone()
        };
        (program, parts.kept)
    }

    /// The program with the same states and inputs as the traced one and, where it spikes, one more state: the softer spike.
    pub(super) fn soft_program(mut self) -> Program {
        let spike = self.trace().argument.map(|_| self.soft_spike());
        let of = |value: Value| self.values[value.index()];
        let traced = &self.traced.program;
        let results = Results {
            states: traced.states.iter().map(|value| of(*value)).chain(spike).collect(),
            counter: traced.counter.map(of),
            spikes: traced.spikes.map(of),
        };
        let (mut program, _) = self.finish(results, None, vec![]);
        program.name = format!("{} with a softer spike", program.name);
        if spike.is_some() {
            let zero = Value::new(program.prepare.insts.len());
            program.prepare.insts.push(Inst::number(0.0));
            program.prepare.initial.push(zero);
            program.state_names.push("softer spike".to_owned());
        }
        program
    }
}

/// Which values the results of a step need.
fn decides(program: &Program) -> Vec<bool> {
    let mut needed = vec![false; program.step.len() + program.spike.len()];
    let results = program.states.iter().chain(&program.counter).chain(&program.spikes);
    results.for_each(|value| needed[value.index()] = true);
    for at in (0..needed.len()).rev() {
        if needed[at] {
            let operands = program.inst(Value::new(at)).operands();
            operands.iter().for_each(|operand| needed[operand.index()] = true);
        }
    }
    needed
}

/// What a step leaves behind.
pub(super) struct Results {
    pub(super) states: Vec<Value>,
    pub(super) counter: Option<Value>,
    pub(super) spikes: Option<Value>,
}

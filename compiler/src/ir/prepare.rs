//! The sections that run when parameters are bound.

use crate::ids::{NodeId, ParamId, Value};
use crate::model::Model;
use crate::symbolic::{Environment, Graph, Node};
use crate::update::{Block, Update};

use super::builder::{Leaf, Leaves, Section};
use super::lower::params_of;
use super::{Check, Coefficient, Default, Inst, Prepare, PropagatorInputs, Variant};

/// Where a coefficient comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// An expression of parameters.
    Node(NodeId),
    /// An expression that counts steps.
    Steps(NodeId),
    /// An entry of a propagator.
    Entry {
        block: usize,
        /// With the held states frozen.
        held: bool,
        /// Over half a step.
        half: bool,
        /// `P` or else `Q`.
        p: bool,
        row: usize,
        column: usize,
    },
    /// An entry of the factor of a block's covariance.
    Noise {
        block: usize,
        /// With the held states frozen.
        held: bool,
        row: usize,
        column: usize,
    },
}

impl Source {
    /// Entries of the propagator of a block.
    pub(super) fn block(block: usize, held: bool, half: bool) -> impl Fn(bool, usize, usize) -> Self {
        move |p, row, column| Self::Entry {
            block,
            held,
            half,
            p,
            row,
            column,
        }
    }
}

/// The propagator of a block, with the held states frozen or not, over half a step or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Which {
    block: usize,
    held: bool,
    half: bool,
}

struct Parameters;

impl Leaves for Parameters {
    fn leaf(&mut self, graph: &Graph, id: NodeId) -> Option<Leaf> {
        match graph.node(id) {
            Node::Param(p) => Some(Leaf::Inst(Inst::Param(*p))),
            Node::Dt => Some(Leaf::Inst(Inst::Dt)),
            _ => None,
        }
    }
}

/// The name of the time among states; no state can have it.
pub(crate) const TIME: &str = "t";

/// A square matrix, row by row, with one more column behind it.
fn with_column(a: &[Option<Value>], column: &[Option<Value>]) -> Vec<Option<Value>> {
    let n = column.len();
    (0..n)
        .flat_map(|row| a[row * n..(row + 1) * n].iter().chain(&column[row..=row]))
        .copied()
        .collect()
}

/// Lowers the defaults of parameters, and `prepare` with the coefficients that the steps asked for.
pub(super) fn lower_prepare(
    model: &Model,
    update: &Update,
    mut graph: Graph,
    sources: &[Source],
) -> (Vec<Default>, Prepare) {
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    let defaults = model
        .param_order
        .iter()
        .filter_map(|&param| {
            let node = graph.build(model, model.params[param.index()].default?, &environment);
            let mut section = Section::default();
            let value = section.lower(&graph, node, &mut Parameters);
            Some(Default {
                param,
                params: params_of(&graph, node),
                insts: section.insts,
                value,
            })
        })
        .collect();

    let mut work = Lowering {
        model,
        update,
        section: Section::default(),
        blocks: vec![],
        propagators: vec![],
    };
    let coefficients = sources.iter().map(|source| work.coefficient(&graph, source)).collect();
    let mut initial_nodes = environment.clone();
    for &state in &model.state_order {
        let node = match model.states[state.index()].initial {
            Some(initial) => graph.build(model, initial, &initial_nodes),
            None => graph.number(0.0),
        };
        initial_nodes.states[state.index()] = node;
    }
    let initial = initial_nodes
        .states
        .iter()
        .map(|node| work.section.lower(&graph, *node, &mut Parameters))
        .collect();
    let mut checks = Vec::new();
    for (index, param) in model.params.iter().enumerate() {
        if let (Some(condition), Some(text)) = (param.condition, &param.condition_text) {
            let node = graph.build(model, condition, &environment);
            checks.push(Check {
                value: work.section.lower(&graph, node, &mut Parameters),
                text: text.clone(),
                param: Some(ParamId::new(index)),
                span: model.expr(condition).span,
                params: params_of(&graph, node),
            });
        }
    }
    for assertion in &model.asserts {
        let node = graph.build(model, assertion.condition, &environment);
        checks.push(Check {
            value: work.section.lower(&graph, node, &mut Parameters),
            text: assertion.text.clone(),
            param: None,
            span: assertion.span,
            params: params_of(&graph, node),
        });
    }
    let prepare = Prepare {
        insts: work.section.insts,
        blocks: work.blocks,
        coefficients,
        initial,
        checks,
    };
    (defaults, prepare)
}

struct Lowering<'a> {
    model: &'a Model,
    update: &'a Update,
    section: Section,
    blocks: Vec<PropagatorInputs>,
    /// The value and the parameters of each propagator that was asked for.
    propagators: Vec<(Which, Value, Vec<ParamId>)>,
}

impl Lowering<'_> {
    fn coefficient(&mut self, graph: &Graph, source: &Source) -> Coefficient {
        match source {
            Source::Node(node) | Source::Steps(node) => Coefficient {
                name: graph.text(*node, self.model),
                value: self.section.lower(graph, *node, &mut Parameters),
                steps: matches!(source, Source::Steps(_)),
                may_be_nan: false,
                params: params_of(graph, *node),
            },
            &Source::Entry {
                block,
                held,
                half,
                p,
                row,
                column,
            } => {
                let which = Which { block, held, half };
                let (of, params) = self.propagator(graph, which);
                let at = (row as u32, column as u32);
                let inst = if p { Inst::P { of, at } } else { Inst::Q { of, at } };
                Coefficient {
                    name: self.entry_name(graph, which, p, (row, column)),
                    value: self.section.push(inst),
                    steps: false,
                    may_be_nan: false,
                    params,
                }
            }
            &Source::Noise {
                block,
                held,
                row,
                column,
            } => {
                let which = Which {
                    block,
                    held,
                    half: false,
                };
                let (of, params) = self.propagator(graph, which);
                let at = (row as u32, column as u32);
                let state = |i: usize| &self.model.states[self.update.blocks[block].states[i].index()].name;
                let held = if held { " held" } else { "" };
                Coefficient {
                    name: format!("L[{},{}]{held}", state(row), state(column)),
                    value: self.section.push(Inst::L { of, at }),
                    steps: false,
                    may_be_nan: false,
                    params,
                }
            }
        }
    }

    /// `P[V,I]`, `Q[V,1]`; with `held` where states are frozen, with `half` over half a step.
    fn entry_name(
        &self,
        graph: &Graph,
        Which { block, held, half }: Which,
        p: bool,
        (row, column): (usize, usize),
    ) -> String {
        let block = &self.update.blocks[block];
        let state = |i: usize| self.model.states[block.states[i].index()].name.clone();
        let column = if p && column == block.n() {
            TIME.to_owned()
        } else if p {
            state(column)
        } else {
            graph.text(block.forcings[column], self.model)
        };
        let letter = if p { "P" } else { "Q" };
        let held = if held { " held" } else { "" };
        let half = if half { " half" } else { "" };
        format!("{letter}[{},{column}]{half}{held}", state(row))
    }

    fn propagator(&mut self, graph: &Graph, which: Which) -> (Value, Vec<ParamId>) {
        let Which { block, held, half } = which;
        if let Some((_, value, params)) = self.propagators.iter().find(|p| p.0 == which) {
            return (*value, params.clone());
        }
        let block: Block = if held {
            let frozen = self.model.refractory.as_ref().map_or(vec![], |r| r.hold.clone());
            self.update.blocks[block].with_frozen(&frozen)
        } else {
            self.update.blocks[block].clone()
        };
        let mut params = Vec::new();
        let mut lowered = |nodes: &[Option<NodeId>]| -> Vec<Option<Value>> {
            nodes
                .iter()
                .map(|node| {
                    let node = (*node)?;
                    params.extend(params_of(graph, node));
                    Some(self.section.lower(graph, node, &mut Parameters))
                })
                .collect()
        };
        let (mut left, mut a, mut f) = (lowered(&block.left), lowered(&block.a), lowered(&block.f));
        let ramp = lowered(&block.ramp);
        // Half a step is taken without noise.
        let (k, mut g) = if half {
            (0, vec![])
        } else {
            (block.noises.len(), lowered(&block.g))
        };
        let names = block.states.iter().map(|s| self.model.states[s.index()].name.clone());
        let mut names: Vec<String> = names.collect();
        if block.reads_time() {
            // One more state, of slope 1.
            names.push(TIME.to_owned());
            left.push(None);
            a = with_column(&a, &ramp);
            a.resize(names.len() * names.len(), None);
            f.resize(names.len() * block.m(), None);
            if let Some(offset) = f.last_mut() {
                *offset = Some(self.section.push(Inst::number(1.0)));
            }
            g.resize(names.len() * k, None);
        }
        if half {
            // Half a step is a whole one of a system that is half as fast.
            let two = self.section.push(Inst::number(2.0));
            for left in &mut left {
                *left = Some(left.map_or(two, |left| self.section.push(Inst::Mul(left, two))));
            }
        }
        params.sort_unstable();
        params.dedup();
        self.blocks.push(PropagatorInputs {
            states: names,
            variant: Variant { held, half },
            m: block.m(),
            left,
            a,
            f,
            k,
            g,
        });
        let value = self.section.push(Inst::Propagator(self.blocks.len() as u32 - 1));
        self.propagators.push((which, value, params.clone()));
        (value, params)
    }
}

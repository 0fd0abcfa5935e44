//! How coefficients and initial values change with parameters.

use crate::ids::{NodeId, ParamId, Value};
use crate::ir::{Inst, Source, initial_values};
use crate::model::Model;
use crate::symbolic::{Graph, Node};
use crate::update::Block;

use super::forward::{Forward, Spike};

impl Forward<'_> {
    /// The derivative of a coefficient by a parameter; nothing where it is zero whatever the parameters are.
    pub(super) fn slope(&mut self, coefficient: usize, param: ParamId) -> Option<Value> {
        let (source, may_be_nan) = self.sources[coefficient].clone();
        let inst = match &source {
            Source::Node(node) => {
                let variable = self.graph.add_node(Node::Param(param));
                let slope = self.graph.derivative(*node, variable);
                match self.graph.number_of(slope) {
                    Some(0.0) => return None,
                    Some(number) => Inst::number(number),
                    None => self.coefficient(Source::Node(slope), may_be_nan),
                }
            }
            // They change by jumps.
            Source::Steps(_) => return None,
            Source::Slope { .. } => return None,
            Source::Entry { .. } | Source::Noise { .. } => {
                if !self.entry_depends(&source, param) {
                    return None;
                }
                let of = Box::new(source);
                self.coefficient(Source::Slope { of, param }, may_be_nan)
            }
        };
        Some(self.section.push(inst))
    }

    /// Whether an entry of a propagator changes with a parameter: whether that stands in a rate, or in the factor of a forcing term or noise,
    /// on a way from the column to the row.
    fn entry_depends(&mut self, source: &Source, param: ParamId) -> bool {
        let compiled = self.request.compiled;
        let (index, held, row, column) = match *source {
            Source::Entry { block, held, row, .. } | Source::Noise { block, held, row, .. } => {
                let column = match *source {
                    Source::Entry { p, column, .. } => Some((p, column)),
                    _ => None,
                };
                (block, held, row, column)
            }
            _ => return false,
        };
        let mut block = compiled.update.blocks[index].clone();
        if held {
            block = block.with_frozen(frozen(&compiled.model));
        }
        let (n, m, k) = (block.n(), block.m(), block.noises.len());
        let mut changes = Changes {
            graph: &mut self.graph,
            block: &block,
            param,
        };
        let above: Vec<usize> = (0..n).filter(|i| block.reach[row * n + i]).collect();
        // Where what acts on a state comes from the column.
        let comes_from = |state: usize| match column {
            Some((true, column)) if column == n => block.ramped[state],
            Some((true, column)) => block.reach[state * n + column],
            Some((false, column)) => block.forced[state * m + column],
            None => block.noisy[state],
        };
        above.iter().any(|&i| {
            let rates = (0..n).any(|j| comes_from(j) && changes.entry(i, block.a[i * n + j]));
            let ramp = match column {
                Some((true, column)) => column == n,
                Some((false, column)) => column + 1 == m,
                None => false,
            };
            let forcing = match column {
                Some((false, column)) => changes.entry(i, block.f[i * m + column]),
                Some((true, _)) => false,
                None => (0..k).any(|noise| changes.entry(i, block.g[i * k + noise])),
            };
            rates || forcing || (ramp && changes.entry(i, block.ramp[i]))
        })
    }

    /// Parameters, states and coefficients: the derivatives of initial values by parameters that are not zero.
    pub(super) fn initial_slopes(&mut self, params: &[ParamId]) -> Vec<(ParamId, usize, usize)> {
        let nodes = initial_values(&self.request.compiled.model, &mut self.graph);
        let mut found = Vec::new();
        for &param in params {
            let variable = self.graph.add_node(Node::Param(param));
            for (state, &node) in nodes.iter().enumerate() {
                let slope = self.graph.derivative(node, variable);
                if self.graph.number_of(slope) == Some(0.0) {
                    continue;
                }
                if let Inst::Coefficient(id) = self.coefficient(Source::Node(slope), false) {
                    found.push((param, state, id.index()));
                }
            }
        }
        found
    }

    /// `a / c` for a coefficient: times its reciprocal, where it is an expression.
    pub(super) fn over_coefficient(&mut self, a: Value, coefficient: usize, value: Value) -> Value {
        let (source, may_be_nan) = self.sources[coefficient].clone();
        let Source::Node(node) = source else {
            return self.section.push(Inst::Div(a, value));
        };
        let one = self.graph.number(1.0);
        let reciprocal = self.graph.div(one, node);
        let reciprocal = self.coefficient(Source::Node(reciprocal), may_be_nan);
        let reciprocal = self.section.push(reciprocal);
        self.mul(a, reciprocal)
    }

    /// `(1 - spike) × a`, where `part` is `spike × a`.
    pub(super) fn rest(&mut self, spike: Spike, a: Value, part: Value) -> Value {
        match spike {
            Spike::Truth(spikes) => {
                let other = self.section.push(Inst::Not(spikes));
                self.masked(other, a)
            }
            Spike::Soft(_) => self.sub(a, part),
        }
    }
}

fn frozen(model: &Model) -> &[crate::ids::StateId] {
    model.refractory.as_ref().map_or(&[], |refractory| &refractory.hold)
}

/// Which numbers of a block change with a parameter.
struct Changes<'a> {
    graph: &'a mut Graph,
    block: &'a Block,
    param: ParamId,
}

impl Changes<'_> {
    /// Whether an entry of a row changes, itself or through what divides it.
    fn entry(&mut self, row: usize, entry: Option<NodeId>) -> bool {
        let param = Node::Param(self.param);
        let Some(entry) = entry else {
            return false;
        };
        let mut parts = std::iter::once(entry).chain(self.block.left[row]);
        parts.any(|node| self.graph.contains(node, &param))
    }
}

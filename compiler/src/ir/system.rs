//! A linear block as the system that its propagator is computed from, with its derivatives by a parameter where they are wanted.

use crate::ids::{NodeId, ParamId};
use crate::symbolic::Graph;
use crate::update::Block;

/// `left_i dx_i/dt = Σⱼ a_ij x_j + Σₖ f_ik g_k + noise`, the time being one more state of slope 1 where the block reads it.
pub(super) struct System {
    pub(super) left: Vec<Option<NodeId>>,
    pub(super) a: Vec<Option<NodeId>>,
    pub(super) f: Vec<Option<NodeId>>,
    pub(super) g: Vec<Option<NodeId>>,
    /// Number of noises.
    pub(super) k: usize,
}

impl System {
    /// The system of a block, with or without its noise.
    pub(super) fn new(graph: &mut Graph, block: &Block, noisy: bool) -> Self {
        let mut system = Self {
            left: block.left.clone(),
            a: block.a.clone(),
            f: block.f.clone(),
            g: if noisy { block.g.clone() } else { vec![] },
            k: if noisy { block.noises.len() } else { 0 },
        };
        if block.reads_time() {
            let n = block.n() + 1;
            system.left.push(None);
            system.a = with_column(&block.a, &block.ramp);
            system.a.resize(n * n, None);
            system.f.resize(n * block.m(), None);
            if let Some(offset) = system.f.last_mut() {
                *offset = Some(graph.number(1.0));
            }
            system.g.resize(n * system.k, None);
        }
        system
    }

    /// The system with the derivatives of its states behind them: `d/dt ∂x = A ∂x + ∂A x + ∂F g`. They are divided by `left` as the states
    /// are, so that an entry `e` comes with `∂e - e ∂left / left`.
    pub(super) fn with_slopes(&self, graph: &mut Graph, param: ParamId) -> Self {
        let n = self.left.len();
        let variable = graph.add_node(crate::symbolic::Node::Param(param));
        let mut slopes = |values: &[Option<NodeId>]| -> Vec<Option<NodeId>> {
            let columns = values.len() / n.max(1);
            let slope = |(at, value): (usize, &Option<NodeId>)| {
                let value = (*value)?;
                let mut slope = graph.derivative(value, variable);
                if let Some(left) = self.left[at / columns] {
                    let change = graph.derivative(left, variable);
                    let ratio = graph.div(change, left);
                    let product = graph.mul(value, ratio);
                    slope = graph.sub(slope, product);
                }
                (graph.number_of(slope) != Some(0.0)).then_some(slope)
            };
            values.iter().enumerate().map(slope).collect()
        };
        let (a, f, g) = (slopes(&self.a), slopes(&self.f), slopes(&self.g));
        let row = |values: &[Option<NodeId>], row: usize| values[row * n..(row + 1) * n].to_vec();
        let nothing = vec![None; n];
        let above = (0..n).flat_map(|i| [row(&self.a, i), nothing.clone()]);
        let below = (0..n).flat_map(|i| [row(&a, i), row(&self.a, i)]);
        Self {
            left: [&self.left[..], &self.left[..]].concat(),
            a: above.chain(below).flatten().collect(),
            f: [&self.f[..], &f[..]].concat(),
            g: [&self.g[..], &g[..]].concat(),
            k: self.k,
        }
    }
}

/// A square matrix, row by row, with one more column behind it.
fn with_column(a: &[Option<NodeId>], column: &[Option<NodeId>]) -> Vec<Option<NodeId>> {
    let n = column.len();
    (0..n)
        .flat_map(|row| a[row * n..(row + 1) * n].iter().chain(&column[row..=row]))
        .copied()
        .collect()
}

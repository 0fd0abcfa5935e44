//! Blocks of linear equations with constant coefficients.

use crate::ids::{NodeId, NoiseId, StateId};
use crate::symbolic::LinearForm;
use crate::update::{Block, Rule, Update};

/// An equation that was found to be linear.
pub(super) struct Linear {
    pub(super) state: StateId,
    pub(super) left: Option<NodeId>,
    pub(super) form: LinearForm,
    /// Noises with their factors.
    pub(super) noise: Vec<(NoiseId, NodeId)>,
}

/// Couplings: `(from, to)` when the equation of `to` reads `from`.
pub(super) fn edges(linear: &[Linear]) -> Vec<(usize, usize)> {
    linear
        .iter()
        .flat_map(|l| l.form.states.iter().map(|(from, _)| (from.index(), l.state.index())))
        .collect()
}

/// Pairs of states that read the same noise, and are solved together for it.
pub(super) fn sharing(linear: &[Linear]) -> Vec<(usize, usize)> {
    let mut first: std::collections::BTreeMap<NoiseId, usize> = std::collections::BTreeMap::new();
    let mut pairs = Vec::new();
    for l in linear {
        for (noise, _) in &l.noise {
            pairs.push((*first.entry(*noise).or_insert(l.state.index()), l.state.index()));
        }
    }
    pairs
}

/// Joins states to a block.
pub(super) fn add_block(update: &mut Update, linear: &[Linear], states: &[StateId]) {
    let n = states.len();
    let graph = &mut update.graph;
    let zero = graph.number(0.0);
    let one = graph.number(1.0);
    let of = |state: &StateId| linear.iter().find(|l| l.state == *state);
    let mut forcings: Vec<NodeId> = Vec::new();
    for state in states {
        for (forcing, _) in of(state).map_or(&[][..], |l| &l.form.forcings) {
            if !forcings.contains(forcing) {
                forcings.push(*forcing);
            }
        }
    }
    // With the time goes an offset, for what becomes of it during the step.
    if states
        .iter()
        .any(|s| of(s).is_some_and(|l| l.form.offset != zero || l.form.ramp.is_some()))
    {
        forcings.push(one);
    }
    let mut noises: Vec<NoiseId> = states
        .iter()
        .filter_map(of)
        .flat_map(|l| l.noise.iter().map(|(noise, _)| *noise))
        .collect();
    noises.sort_unstable();
    noises.dedup();
    let (m, k) = (forcings.len(), noises.len());
    let mut block = Block {
        states: states.to_vec(),
        left: vec![None; n],
        a: vec![None; n * n],
        forcings,
        f: vec![None; n * m],
        ramp: vec![None; n],
        noises,
        g: vec![None; n * k],
        reach: vec![],
        forced: vec![],
        ramped: vec![],
        noisy: vec![],
    };
    for (row, state) in states.iter().enumerate() {
        update.states[state.index()] = Rule::Exact {
            block: update.blocks.len(),
            row,
        };
        let Some(l) = of(state) else {
            continue;
        };
        block.left[row] = l.left;
        block.ramp[row] = l.form.ramp;
        for (source, coefficient) in &l.form.states {
            if let Some(column) = states.iter().position(|s| s == source) {
                block.a[row * n + column] = Some(*coefficient);
            }
        }
        for (column, forcing) in block.forcings.iter().enumerate() {
            let coefficient = if *forcing == one {
                (l.form.offset != zero).then_some(l.form.offset)
            } else {
                l.form.forcings.iter().find(|f| f.0 == *forcing).map(|f| f.1)
            };
            block.f[row * m + column] = coefficient.filter(|c| *c != zero);
        }
        for (column, noise) in block.noises.iter().enumerate() {
            block.g[row * k + column] = l.noise.iter().find(|found| found.0 == *noise).map(|found| found.1);
        }
    }
    update.blocks.push(block.with_structure());
}

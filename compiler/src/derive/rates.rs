//! Warnings that need the rates of linear blocks, at the defaults.

use alif_grammar::{Code, Diagnostic};

use super::defaults::{Defaults, USUAL_TIME_STEP};
use super::lints::{Crossing, rounded};
use crate::ids::{NodeId, StateId};
use crate::model::Model;
use crate::symbolic::{Environment, Graph, Node};
use crate::update::{Block, Rule, Update};

/// Relative changes in a step that single precision cannot see: 1 less this is 1.
const LOST: f64 = 1.0 / (1_u32 << 25) as f64;
/// States closer to zero than this become zero in single precision.
const VANISHES: f64 = 1.0 / (1_u128 << 100) as f64;
/// Squarings after which growth that is no exponential has vanished.
const SQUARINGS: i32 = 40;
/// A rate of growth this small, relative to the largest rate, may be rounding.
const NEGLIGIBLE: f64 = 1e-9;

/// Unstable blocks, thresholds out of reach, and what single precision cannot hold.
pub(super) fn lints(model: &Model, update: &mut Update) -> Vec<Diagnostic> {
    let defaults = Defaults::of(model, &mut update.graph, Some(USUAL_TIME_STEP));
    let mut found = Vec::new();
    let blocks = std::mem::take(&mut update.blocks);
    for block in &blocks {
        if let Some(rates) = rates(&mut update.graph, &defaults, block) {
            found.extend(unstable(model, block, &rates));
            found.extend(lost_changes(model, block, &rates));
        }
    }
    update.blocks = blocks;
    found.extend(initial_values(model, update, &defaults));
    found.extend(out_of_reach(model, update, &defaults));
    found
}

fn number(graph: &mut Graph, defaults: &Defaults, node: Option<NodeId>, otherwise: f64) -> Option<f64> {
    node.map_or(Some(otherwise), |node| defaults.number_of(graph, node))
}

/// The couplings over the factors of the derivatives, n × n in 1/ms, if the defaults make them finite numbers.
fn rates(graph: &mut Graph, defaults: &Defaults, block: &Block) -> Option<Vec<f64>> {
    let n = block.n();
    let mut rates = Vec::with_capacity(n * n);
    for row in 0..n {
        let left = number(graph, defaults, block.left[row], 1.0)?;
        for column in 0..n {
            let rate = number(graph, defaults, block.a[row * n + column], 0.0)? / left;
            rates.push(Some(rate).filter(|rate| rate.is_finite())?);
        }
    }
    Some(rates)
}

fn unstable(model: &Model, block: &Block, rates: &[f64]) -> Option<Diagnostic> {
    let n = block.n();
    let growth = growth(rates, n)?;
    // The first state that pushes itself away, else the first of those that do so together.
    let own = (0..n).find(|&row| rates[row * n + row] > 0.0);
    let feeds_back = |row: &usize| (0..n).any(|j| j != *row && block.reach[j * n + row] && block.reach[row * n + j]);
    let row = own.or_else(|| (0..n).find(feeds_back))?;
    let state = &model.states[block.states[row].index()];
    let message = format!(
        "at the defaults `{}` grows without bound: by a factor of e every {} ms",
        state.name,
        rounded(1.0 / growth, 1e-6 / growth)
    );
    let span = state.equation.as_ref().map_or(state.span, |equation| equation.span);
    Some(Diagnostic::new(Code::UnstableBlock, span, message).help("is a minus missing, as in `tau * dV/dt = -V + …`?"))
}

/// The largest real part of the eigenvalues in 1/ms, if it is above zero: from powers of exp(A / |A|).
fn growth(rates: &[f64], n: usize) -> Option<f64> {
    let norm = (0..n)
        .map(|row| rates[row * n..(row + 1) * n].iter().map(|rate| rate.abs()).sum())
        .fold(0.0, f64::max);
    if norm == 0.0 || !f64::is_finite(norm) {
        return None;
    }
    let scaled: Vec<f64> = rates.iter().map(|rate| rate / norm).collect();
    let mut power = identity(n);
    let mut term = identity(n);
    for k in 1..=20 {
        term = product(&term, &scaled, n);
        for (x, t) in power.iter_mut().zip(&mut term) {
            *t /= f64::from(k);
            *x += *t;
        }
    }
    // The logarithm to base 2 of what was divided out.
    let mut logarithm = 0.0;
    for _ in 0..SQUARINGS {
        power = product(&power, &power, n);
        let largest = power.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        if !largest.is_normal() {
            return None;
        }
        let exponent = ((largest.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        let scale = f64::from_bits(((1023 - exponent) as u64) << 52);
        power.iter_mut().for_each(|x| *x *= scale);
        logarithm = 2.0 * logarithm + f64::from(exponent);
    }
    let relative = logarithm / (1_u64 << SQUARINGS) as f64 * std::f64::consts::LN_2;
    (relative > NEGLIGIBLE).then_some(relative * norm)
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|at| if at / n == at % n { 1.0 } else { 0.0 }).collect()
}

fn product(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for (row, out) in out.chunks_exact_mut(n.max(1)).enumerate() {
        for (k, b) in b.chunks_exact(n.max(1)).enumerate() {
            let factor = a[row * n + k];
            if factor != 0.0 {
                out.iter_mut().zip(b).for_each(|(out, b)| *out += factor * b);
            }
        }
    }
    out
}

/// Decays so slow that a step of single precision leaves the state as it was.
fn lost_changes(model: &Model, block: &Block, rates: &[f64]) -> Vec<Diagnostic> {
    let n = block.n();
    let mut found = Vec::new();
    for (row, state) in block.states.iter().enumerate() {
        let change = rates[row * n + row].abs() * USUAL_TIME_STEP;
        if change == 0.0 || change >= LOST {
            continue;
        }
        let state = &model.states[state.index()];
        let message = format!(
            "in single precision `{}` would not change by itself: in a step of {USUAL_TIME_STEP} ms by {:.1e} of its value",
            state.name, change
        );
        let span = state.equation.as_ref().map_or(state.span, |equation| equation.span);
        found.push(
            Diagnostic::new(Code::DynamicRange, span, message).help(
                "use double precision (`--precision f64`), or an infinite time constant to keep the state as it is",
            ),
        );
    }
    found
}

/// Initial values that single precision does not have.
fn initial_values(model: &Model, update: &mut Update, defaults: &Defaults) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, state) in model.states.iter().enumerate() {
        let value = defaults
            .states
            .get(&StateId::new(index))
            .and_then(|node| update.graph.number_of(*node));
        let Some((value, initial)) = value.filter(|value| value.is_finite()).zip(state.initial) else {
            continue;
        };
        let size = value.abs();
        if size <= f64::from(f32::MAX) && (size == 0.0 || size >= VANISHES) {
            continue;
        }
        let message = format!(
            "in single precision the initial value of `{}`, {value:e} in the coherent unit, would be {}",
            state.name,
            if size > 1.0 { "infinite" } else { "zero" }
        );
        let span = model.expr(initial).span;
        found.push(
            Diagnostic::new(Code::DynamicRange, span, message)
                .help("use double precision (`--precision f64`), or another unit"),
        );
    }
    found
}

/// A threshold that the tested state never comes to, since nothing from outside reaches it and it moves in one direction alone.
fn out_of_reach(model: &Model, update: &mut Update, defaults: &Defaults) -> Option<Diagnostic> {
    let spike = model.spike.as_ref().filter(|spike| !spike.by_rate)?;
    let Crossing {
        state,
        threshold,
        upwards,
        equal,
    } = Crossing::of(model)?;
    let blocks = model.on_blocks.iter().map(|on| &on.body);
    let mut blocks = blocks.chain(model.events.iter().map(|event| &event.body));
    if blocks.any(|body| body.iter().any(|assign| assign.target == state)) {
        return None;
    }
    let (rate, constant) = match update.states[state.index()] {
        Rule::Constant => (0.0, 0.0),
        Rule::Exact { block, row } => alone(&mut update.graph, defaults, &update.blocks[block], row)?,
        _ => return None,
    };
    let graph = &mut update.graph;
    let environment = Environment::start_of_step(graph, model.states.len());
    let threshold = graph.build(model, threshold, &environment);
    let uses = graph.uses(threshold);
    if uses.states || uses.inputs {
        return None;
    }
    let threshold = defaults.number_of(graph, threshold)?;
    let start = graph.number_of(*defaults.states.get(&state)?)?;
    let end = if rate < 0.0 {
        -constant / rate
    } else {
        let slope = rate * start + constant;
        if slope == 0.0 {
            start
        } else {
            f64::INFINITY.copysign(slope)
        }
    };
    let (furthest, reached) = if upwards {
        (start.max(end), start.max(end) > threshold)
    } else {
        (start.min(end), start.min(end) < threshold)
    };
    if reached || !furthest.is_finite() || (equal && start == threshold) {
        return None;
    }
    let state = &model.states[state.index()];
    let side = if upwards { "above" } else { "below" };
    let message = format!(
        "at the defaults the threshold is out of reach: by itself `{}` does not get {side} {}, and nothing from outside moves it; \
         the threshold is {}",
        state.name,
        state
            .unit
            .show(rounded(furthest, 1e-9 * furthest.abs().max(f64::MIN_POSITIVE))),
        state.unit.show(threshold)
    );
    Some(
        Diagnostic::new(Code::ThresholdOutOfReach, spike.span, message)
            .help("let an input, an event or a noise drive it"),
    )
}

/// The rate and the constant of a row that nothing else enters: `dx/dt = rate x + constant`.
fn alone(graph: &mut Graph, defaults: &Defaults, block: &Block, row: usize) -> Option<(f64, f64)> {
    let (n, m, k) = (block.n(), block.m(), block.noises.len());
    let others = (0..n).any(|column| column != row && block.a[row * n + column].is_some());
    let noisy = block.g[row * k..(row + 1) * k].iter().any(Option::is_some);
    if others || noisy || block.ramp[row].is_some() {
        return None;
    }
    let mut constant = 0.0;
    for (at, &forcing) in block.forcings.iter().enumerate() {
        let Some(factor) = block.f[row * m + at] else {
            continue;
        };
        if *graph.node(forcing) != Node::Number(1.0_f64.to_bits()) {
            return None;
        }
        constant += defaults.number_of(graph, factor)?;
    }
    let left = number(graph, defaults, block.left[row], 1.0)?;
    let rate = number(graph, defaults, block.a[row * n + row], 0.0)? / left;
    let constant = constant / left;
    (rate.is_finite() && constant.is_finite()).then_some((rate, constant))
}

#[cfg(test)]
mod tests {
    use super::growth;

    #[test]
    fn growth_is_the_largest_real_part() {
        assert_eq!(growth(&[-0.1], 1), None);
        assert_eq!(growth(&[0.0], 1), None);
        assert!((growth(&[0.1], 1).unwrap_or_default() - 0.1).abs() < 1e-9);
        // Undamped and damped rotation, a chain of integrators, and a saddle.
        assert_eq!(growth(&[0.0, 1.0, -1.0, 0.0], 2), None);
        assert_eq!(growth(&[-0.01, 1.0, -1.0, -0.01], 2), None);
        assert_eq!(growth(&[0.0, 0.0, 5.0, 0.0], 2), None);
        let saddle = growth(&[0.0, 4.0, 1.0, 0.0], 2).unwrap_or_default();
        assert!((saddle - 2.0).abs() < 1e-6, "{saddle}");
        let rotation = growth(&[0.05, 3.0, -3.0, 0.05], 2).unwrap_or_default();
        assert!((rotation - 0.05).abs() < 1e-6, "{rotation}");
    }
}

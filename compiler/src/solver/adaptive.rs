//! Steps of a method's own inside a step: Dormand and Prince's pair of orders 5 and 4, with a tolerance.
//!
//! A step is made in sub-steps, each of which is tried: the two methods of the pair share their slopes, and what they differ by is the
//! error of the one of order 4. Where it is within the tolerance, the sub-step counts and goes on with order 5 (Dormand & Prince
//! 1980, doi:10.1016/0771-050X(80)90013-3; the pair DOPRI5 of Hairer, Nørsett & Wanner 1993, table II.5.2). Else it is tried again, shorter. The
//! first one of a step is the whole step, so nothing of a step depends on the steps before it but through the states.
//!
//! Neurons side by side need different numbers of sub-steps. A pass of the loop changes nothing of a neuron that has arrived, so that its
//! result is its own whoever its neighbours are.

use crate::functions::Function;
use crate::ids::NodeId;
use crate::model::CompareOp;
use crate::symbolic::{Graph, Node};
use crate::update::{SubSteps, Update};

use super::stage::{Fraction, Stages, Start};

/// Row j holds the weights with which slopes 0 … j make the values at which slope j + 1 is taken. The last row is the method of order 5, so
/// that its last slope is the first one of the next sub-step.
const A: [&[Fraction]; 6] = [
    &[(1, 5)],
    &[(3, 40), (9, 40)],
    &[(44, 45), (-56, 15), (32, 9)],
    &[(19372, 6561), (-25360, 2187), (64448, 6561), (-212, 729)],
    &[(9017, 3168), (-355, 33), (46732, 5247), (49, 176), (-5103, 18656)],
    &[(35, 384), (0, 1), (500, 1113), (125, 192), (-2187, 6784), (11, 84)],
];

/// The part of the sub-step after which slopes 1 … 6 are taken.
const C: [Fraction; 6] = [(1, 5), (3, 10), (4, 5), (8, 9), (1, 1), (1, 1)];

/// The weights of order 5 less those of order 4.
const E: [Fraction; 7] = [
    (71, 57600),
    (0, 1),
    (-71, 16695),
    (71, 1920),
    (-17253, 339_200),
    (22, 525),
    (-1, 40),
];

/// The most sub-steps of a step, those that were tried in vain included.
pub const MOST_SUB_STEPS: u32 = 10_000;

/// A sub-step of this part of a step that still gives no finite number will give none when it is shorter.
const HOPELESS: f64 = 1.0 / (1 << 30) as f64;

/// The next sub-step is this part of the one that would just be within the tolerance …
const SAFETY: f64 = 0.9;
/// … and not less or more than this times the last one.
const SHRINK: f64 = 0.2;
const GROW: f64 = 5.0;

/// What passes of the loop hand on, as nodes.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The approximated states, in the order of [`Update::approximate`].
    pub values: Vec<NodeId>,
    /// Their slopes, times the step.
    slopes: Vec<NodeId>,
    /// The part of the step that is done, from 0 to 1.
    done: NodeId,
    /// The part of the step that is tried next.
    size: NodeId,
    /// The sub-steps so far.
    tried: NodeId,
}

impl Carried {
    /// All of them, in an order of their own.
    #[must_use]
    pub fn list(&self) -> Vec<NodeId> {
        let rest = [self.done, self.size, self.tried];
        self.values.iter().chain(&self.slopes).copied().chain(rest).collect()
    }

    /// Others, in the order of [`Carried::list`].
    ///
    /// # Panics
    /// When there are more or fewer.
    #[must_use]
    pub fn with(&self, list: &[NodeId]) -> Self {
        let n = self.values.len();
        let [values @ .., done, size, tried] = list else {
            panic!("three of them are no states");
        };
        assert_eq!(values.len(), 2 * n);
        Self {
            values: values[..n].to_vec(),
            slopes: values[n..].to_vec(),
            done: *done,
            size: *size,
            tried: *tried,
        }
    }
}

/// What the first pass is given.
#[must_use]
pub fn sub_steps(graph: &mut Graph, update: &Update, start: &Start<'_>) -> Carried {
    let mut stages = Stages::new(graph, update, start);
    let n = stages.equations.len();
    let time = stages.time((0, 1));
    let slopes = (0..n).map(|i| slope(&mut stages, i, start.now, time)).collect();
    Carried {
        values: (0..n).map(|i| stages.own(i)).collect(),
        slopes,
        done: graph.number(0.0),
        size: graph.number(1.0),
        tried: graph.number(0.0),
    }
}

/// One pass: what it hands on, and whether another one is needed.
#[must_use]
pub fn sub_step(
    graph: &mut Graph,
    update: &Update,
    start: &Start<'_>,
    wanted: &SubSteps,
    from: &Carried,
) -> (Carried, NodeId) {
    let mut stages = Stages::new(graph, update, start);
    let running = runs(stages.graph, from);
    let g = &mut *stages.graph;
    let one = g.number(1.0);
    let rest = g.sub(one, from.done);
    let last = g.compare(CompareOp::Ge, from.size, rest);
    let size = g.select(last, rest, from.size);
    let (reached, slopes, error) = trial(&mut stages, from, wanted, size);

    let g = &mut *stages.graph;
    let accepted = g.compare(CompareOp::Le, error, one);
    let accepted = g.and(running, accepted);
    let moved = g.add(from.done, size);
    let moved = g.select(last, one, moved);
    let factor = factor(g, error);
    let next = g.mul(size, factor);
    // A NaN is not below infinity either.
    let infinity = g.number(f64::INFINITY);
    let finite = g.compare(CompareOp::Lt, error, infinity);
    let no_number = g.not(finite);
    let (hopeless, one_more, most) = (
        g.number(HOPELESS),
        g.add(from.tried, one),
        g.number(MOST_SUB_STEPS.into()),
    );
    let shortest = g.compare(CompareOp::Lt, size, hopeless);
    let lost = g.and(no_number, shortest);
    let tried = g.select(lost, most, one_more);
    let mut pick = |condition, new: &[NodeId], old: &[NodeId]| -> Vec<NodeId> {
        let pairs = new.iter().zip(old);
        pairs.map(|(&new, &old)| g.select(condition, new, old)).collect()
    };
    let values = pick(accepted, &reached, &from.values);
    let slopes = pick(accepted, &slopes, &from.slopes);
    let to = Carried {
        values,
        slopes,
        done: g.select(accepted, moved, from.done),
        size: g.select(running, next, from.size),
        tried: g.select(running, tried, from.tried),
    };
    let again = runs(g, &to);
    (to, again)
}

/// The sub-steps that a step took; below zero where they did not reach its end: -1 in this step, and one less in each step after it.
#[must_use]
pub fn count(graph: &mut Graph, before: NodeId, end: &Carried) -> NodeId {
    let (zero, one, minus_one) = (graph.number(0.0), graph.number(1.0), graph.number(-1.0));
    let arrived = graph.compare(CompareOp::Ge, end.done, one);
    let now = graph.select(arrived, end.tried, minus_one);
    let failed = graph.compare(CompareOp::Lt, before, zero);
    let later = graph.sub(before, one);
    graph.select(failed, later, now)
}

/// Whether the step is not done and may be gone on with.
fn runs(graph: &mut Graph, of: &Carried) -> NodeId {
    let (one, most) = (graph.number(1.0), graph.number(MOST_SUB_STEPS.into()));
    let unfinished = graph.compare(CompareOp::Lt, of.done, one);
    let allowed = graph.compare(CompareOp::Lt, of.tried, most);
    graph.and(unfinished, allowed)
}

/// A sub-step: the values that it reaches, the slopes there, and its error, squared and in units of the tolerance.
fn trial(
    stages: &mut Stages<'_>,
    from: &Carried,
    wanted: &SubSteps,
    size: NodeId,
) -> (Vec<NodeId>, Vec<NodeId>, NodeId) {
    let n = stages.equations.len();
    let start = stages.time((0, 1));
    let mut values = stages.start.now.to_vec();
    let mut slopes = vec![from.slopes.clone()];
    let mut reached = vec![];
    for (row, (numerator, denominator)) in A.iter().zip(C) {
        reached = (0..n)
            .map(|i| {
                let change = weighted(stages.graph, row, &slopes, i);
                let change = stages.graph.mul(size, change);
                stages.graph.add(from.values[i], change)
            })
            .collect();
        for (i, &value) in reached.iter().enumerate() {
            values[stages.equations[i].state.index()] = stages.seen(i, value);
        }
        let g = &mut *stages.graph;
        let part = g.number(f64::from(numerator) / f64::from(denominator));
        let part = g.mul(part, size);
        let part = g.add(from.done, part);
        let dt = g.add_node(Node::Dt);
        let elapsed = g.mul(part, dt);
        let time = g.add(start, elapsed);
        slopes.push((0..n).map(|i| slope(stages, i, &values, time)).collect());
    }
    let g = &mut *stages.graph;
    let mut error: Option<NodeId> = None;
    for (i, &value) in reached.iter().enumerate() {
        let difference = weighted(g, &E, &slopes, i);
        let difference = g.mul(size, difference);
        let [old, new] = [from.values[i], value].map(|value| g.call(Function::Abs, vec![value]));
        let larger = g.call(Function::Max, vec![old, new]);
        let unit = g.number(wanted.units[i]);
        let scale = g.call(Function::Max, vec![larger, unit]);
        let tolerance = g.number(wanted.tolerance);
        let allowed = g.mul(tolerance, scale);
        let ratio = g.div(difference, allowed);
        let square = g.mul(ratio, ratio);
        error = Some(match error {
            Some(sum) => g.add(sum, square),
            None => square,
        });
    }
    let error = error.unwrap_or_else(|| g.number(0.0));
    let last = slopes.pop().unwrap_or_default();
    (reached, last, error)
}

/// What a whole step with this slope would change; nothing where the state is held.
fn slope(stages: &mut Stages<'_>, equation: usize, values: &[NodeId], time: NodeId) -> NodeId {
    let rhs = stages.rhs_at(equation, values, time);
    let h = stages.h(equation, 1.0);
    let change = stages.graph.mul(h, rhs);
    stages.unless_held(equation, change)
}

/// The weighted sum of the slopes of one equation, the first slope first.
fn weighted(graph: &mut Graph, weights: &[Fraction], slopes: &[Vec<NodeId>], equation: usize) -> NodeId {
    let mut sum: Option<NodeId> = None;
    for (&(numerator, denominator), slope) in weights.iter().zip(slopes) {
        if numerator != 0 {
            let weight = graph.number(f64::from(numerator) / f64::from(denominator));
            let term = graph.mul(weight, slope[equation]);
            sum = Some(match sum {
                Some(sum) => graph.add(sum, term),
                None => term,
            });
        }
    }
    sum.unwrap_or_else(|| graph.number(0.0))
}

/// How much longer the next sub-step is, from the square q of the error: 0.9 q^(-3/32) within bounds. The error goes with the fifth power of the
/// sub-step, so the exponent of the error should be 1/5; 3/16 takes nothing but square roots.
fn factor(graph: &mut Graph, error: NodeId) -> NodeId {
    let mut root = error;
    let mut roots = Vec::new();
    for _ in 0..5 {
        root = graph.call(Function::Sqrt, vec![root]);
        roots.push(root);
    }
    let power = graph.mul(roots[3], roots[4]);
    let [safety, shrink, grow] = [SAFETY, SHRINK, GROW].map(|number| graph.number(number));
    let factor = graph.div(safety, power);
    // In this order: of a NaN comes the smallest.
    let factor = graph.call(Function::Max, vec![factor, shrink]);
    graph.call(Function::Min, vec![factor, grow])
}

#[cfg(test)]
mod tests {
    use super::{A, C, E, Fraction};

    fn of(&(numerator, denominator): &Fraction) -> f64 {
        f64::from(numerator) / f64::from(denominator)
    }

    /// The sums of weights times products of the parts of rooted trees, up to this order, less what they should be (Hairer, Nørsett &
    /// Wanner 1993, table II.2.1, and the nine trees of order 5).
    fn residuals(b: &[f64]) -> Vec<(u32, f64)> {
        let a = |i: usize, j: usize| if i == 0 { 0.0 } else { A[i - 1].get(j).map_or(0.0, of) };
        let s = b.len();
        let c: Vec<f64> = (0..s).map(|i| (0..s).map(|j| a(i, j)).sum()).collect();
        let apply = |v: &[f64]| -> Vec<f64> { (0..s).map(|i| (0..s).map(|j| a(i, j) * v[j]).sum()).collect() };
        let times = |v: &[f64], w: &[f64]| -> Vec<f64> { v.iter().zip(w).map(|(x, y)| x * y).collect() };
        let (c2, one) = (times(&c, &c), vec![1.0; s]);
        let c3 = times(&c2, &c);
        let (ac, ac2, ac3) = (apply(&c), apply(&c2), apply(&c3));
        let (aac, aac2) = (apply(&ac), apply(&ac2));
        let acac = apply(&times(&c, &ac));
        let trees = [
            (1, one, 1.0),
            (2, c.clone(), 2.0),
            (3, c2.clone(), 3.0),
            (3, ac.clone(), 6.0),
            (4, c3.clone(), 4.0),
            (4, times(&c, &ac), 8.0),
            (4, ac2.clone(), 12.0),
            (4, aac.clone(), 24.0),
            (5, times(&c3, &c), 5.0),
            (5, times(&c2, &ac), 10.0),
            (5, times(&c, &ac2), 15.0),
            (5, times(&c, &aac), 30.0),
            (5, times(&ac, &ac), 20.0),
            (5, ac3, 20.0),
            (5, acac, 40.0),
            (5, aac2, 60.0),
            (5, apply(&aac), 120.0),
        ];
        let sum = |v: &[f64]| b.iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
        trees.iter().map(|(order, v, d)| (*order, sum(v) - 1.0 / d)).collect()
    }

    #[test]
    fn the_pair_has_orders_five_and_four() {
        let fifth: Vec<f64> = A[5].iter().map(of).chain([0.0]).collect();
        let fourth: Vec<f64> = fifth.iter().zip(&E).map(|(b, e)| b - of(e)).collect();
        assert!(
            residuals(&fifth).iter().all(|(_, x)| x.abs() < 1e-15),
            "{:?}",
            residuals(&fifth)
        );
        let (up_to_four, five): (Vec<_>, Vec<_>) = residuals(&fourth).into_iter().partition(|(order, _)| *order < 5);
        assert!(up_to_four.iter().all(|(_, x)| x.abs() < 1e-15), "{up_to_four:?}");
        assert!(five.iter().any(|(_, x)| x.abs() > 1e-4), "{five:?}");
        for (row, c) in A.iter().zip(&C) {
            assert!((row.iter().map(of).sum::<f64>() - of(c)).abs() < 1e-14);
        }
    }
}

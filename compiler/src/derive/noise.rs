//! White noise in equations: every right-hand side is a drift, free of noise, and noises with constant factors.
//!
//! A factor may depend on parameters alone. Then the law of a linear block is known exactly, and where an equation is approximated
//! Itô's and Stratonovich's reading are the same. What depends on a state or an input is refused.

use alif_grammar::{Code, Diagnostic};

use crate::ids::{NodeId, NoiseId};
use crate::model::{Equation, Model};
use crate::symbolic::{Graph, Node};

/// A right-hand side apart.
pub(super) struct Split {
    /// What is left without noise.
    pub(super) drift: NodeId,
    /// Noises with their factors, none of them zero.
    pub(super) noise: Vec<(NoiseId, NodeId)>,
}

/// Takes the noises out of a right-hand side.
///
/// # Errors
/// A noise that does not enter linearly, or whose factor changes in the course of time.
pub(super) fn split(
    model: &Model,
    graph: &mut Graph,
    name: &str,
    equation: &Equation,
    rhs: NodeId,
) -> Result<Split, Diagnostic> {
    let leaves: Vec<(NoiseId, NodeId)> = graph
        .reachable(&[rhs])
        .into_iter()
        .filter_map(|id| match graph.node(id) {
            Node::Noise(noise) => Some((*noise, id)),
            _ => None,
        })
        .collect();
    if leaves.is_empty() {
        return Ok(Split {
            drift: rhs,
            noise: vec![],
        });
    }
    let refused = |noise: NoiseId, why: &str| {
        let message = format!(
            "in the equation of `{name}` the noise `{}` {why}",
            model.noises[noise.index()].name
        );
        Diagnostic::new(Code::NoiseFactor, equation.span, message)
            .help("a noise is multiplied with parameters alone: `tau * dV/dt = -V + sigma * sqrt(2 * tau) * xi;`")
    };
    match not_linear(graph, rhs) {
        Some((noise, true)) => {
            let mut fault = refused(noise, "stands in a condition");
            fault.code = Code::NoiseInCondition;
            return Err(fault);
        }
        Some((noise, false)) => return Err(refused(noise, "stands where it is not a term of a sum")),
        None => {}
    }
    let mut noise = Vec::new();
    for (id, leaf) in leaves {
        let factor = graph.derivative(rhs, leaf);
        if !graph.uses(factor).is_constant() {
            return Err(refused(
                id,
                "is multiplied with something that changes in the course of time",
            ));
        }
        if graph.number_of(factor) != Some(0.0) {
            noise.push((id, factor));
        }
    }
    noise.sort_unstable_by_key(|found| found.0);
    let zero = graph.number(0.0);
    let drift = graph.substitute(rhs, |node| matches!(node, Node::Noise(_)).then_some(zero));
    Ok(Split { drift, noise })
}

/// A noise that goes through anything but sums, products with what is free of noise, and the branches of an `if`; and whether it goes
/// through a condition.
fn not_linear(graph: &Graph, root: NodeId) -> Option<(NoiseId, bool)> {
    let order = graph.reachable(&[root]);
    // The first noise in each node, operands first; by position in `order`.
    let mut inside: Vec<Option<NoiseId>> = Vec::with_capacity(order.len());
    for (at, &id) in order.iter().enumerate() {
        let of = |node: &NodeId| order[..at].binary_search(node).ok().and_then(|found| inside[found]);
        let node = graph.node(id);
        let found = match node {
            Node::Noise(noise) => Some(*noise),
            _ => node.operands().iter().find_map(of),
        };
        if let Some(noise) = found {
            let linear = match node {
                Node::Noise(_) | Node::Neg(_) | Node::Add(..) | Node::Sub(..) => true,
                Node::Mul(a, b) => of(a).is_none() || of(b).is_none(),
                Node::Div(_, b) => of(b).is_none(),
                Node::If(condition, ..) => of(condition).is_none(),
                _ => false,
            };
            if !linear {
                let in_condition = matches!(node, Node::Compare(..) | Node::If(..));
                return Some((noise, in_condition));
            }
        }
        inside.push(found);
    }
    None
}

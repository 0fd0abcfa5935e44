//! Sums of products: the form in which equal polynomials look equal.
//!
//! Only used where the expression as written does not show that it is linear, such as `(V + 1)^2 - V^2`.

use std::collections::BTreeMap;

use crate::ids::NodeId;

use super::expr::{Graph, Node};

/// The most terms of an expanded expression.
const MAX_TERMS: usize = 2048;

/// Powers of nodes that are no sums or products, sorted.
pub(super) type Monomial = Vec<(NodeId, i32)>;

/// A sum of products with numeric factors.
type Polynomial = BTreeMap<Monomial, f64>;

impl Graph {
    /// `root` as a list of products with their numeric factors; `None` when that would be too long.
    pub(super) fn expand(&self, root: NodeId) -> Option<Vec<(Monomial, f64)>> {
        let mut known: BTreeMap<NodeId, Polynomial> = BTreeMap::new();
        for id in self.reachable(&[root]) {
            let polynomial = match self.node(id) {
                Node::Number(bits) => constant(f64::from_bits(*bits)),
                Node::Neg(a) => scaled(&known[a], -1.0),
                Node::Add(a, b) => sum(&known[a], &known[b], 1.0),
                Node::Sub(a, b) => sum(&known[a], &known[b], -1.0),
                Node::Mul(a, b) => product(&known[a], &known[b])?,
                Node::Div(a, b) => match reciprocal(&known[b]) {
                    Some(inverse) => product(&known[a], &inverse)?,
                    None => product(&known[a], &atom(*b, -1))?,
                },
                Node::Power(a, n) if (1..=8).contains(n) => {
                    let mut result = constant(1.0);
                    for _ in 0..*n {
                        result = product(&result, &known[a])?;
                    }
                    result
                }
                Node::Power(a, n) => atom(*a, *n),
                _ => atom(id, 1),
            };
            if polynomial.len() > MAX_TERMS {
                return None;
            }
            known.insert(id, polynomial);
        }
        Some(known.remove(&root)?.into_iter().collect())
    }

    /// The node of a product with a numeric factor.
    pub(super) fn collect(&mut self, factors: &[(NodeId, i32)], scale: f64) -> NodeId {
        let mut node = self.number(scale);
        for &(factor, power) in factors.iter().filter(|f| f.1 > 0) {
            let powered = self.power(factor, power);
            node = self.mul(node, powered);
        }
        for &(factor, power) in factors.iter().filter(|f| f.1 < 0) {
            let powered = self.power(factor, -power);
            node = self.div(node, powered);
        }
        node
    }
}

fn constant(value: f64) -> Polynomial {
    let mut p = Polynomial::new();
    if value != 0.0 {
        p.insert(vec![], value);
    }
    p
}

fn atom(id: NodeId, power: i32) -> Polynomial {
    Polynomial::from([(vec![(id, power)], 1.0)])
}

fn scaled(a: &Polynomial, scale: f64) -> Polynomial {
    a.iter().map(|(m, c)| (m.clone(), c * scale)).collect()
}

fn sum(a: &Polynomial, b: &Polynomial, sign: f64) -> Polynomial {
    let mut result = a.clone();
    for (monomial, coefficient) in b {
        insert(&mut result, monomial.clone(), coefficient * sign);
    }
    result
}

fn insert(p: &mut Polynomial, monomial: Monomial, coefficient: f64) {
    let entry = p.entry(monomial);
    match entry {
        std::collections::btree_map::Entry::Vacant(slot) => {
            slot.insert(coefficient);
        }
        std::collections::btree_map::Entry::Occupied(mut slot) => {
            *slot.get_mut() += coefficient;
            if *slot.get() == 0.0 {
                slot.remove();
            }
        }
    }
}

fn product(a: &Polynomial, b: &Polynomial) -> Option<Polynomial> {
    if a.len().saturating_mul(b.len()) > MAX_TERMS {
        return None;
    }
    let mut result = Polynomial::new();
    for (left, x) in a {
        for (right, y) in b {
            insert(&mut result, joined(left, right)?, x * y);
        }
    }
    Some(result)
}

/// The product of two monomials.
pub(super) fn joined(a: &Monomial, b: &Monomial) -> Option<Monomial> {
    let mut powers: BTreeMap<NodeId, i32> = a.iter().copied().collect();
    for &(id, power) in b {
        let entry = powers.entry(id).or_insert(0);
        *entry = entry.checked_add(power)?;
    }
    Some(powers.into_iter().filter(|f| f.1 != 0).collect())
}

/// One over a polynomial of a single term.
fn reciprocal(p: &Polynomial) -> Option<Polynomial> {
    let (monomial, coefficient) = p.first_key_value().filter(|_| p.len() == 1)?;
    let inverse = monomial.iter().map(|&(id, power)| (id, -power)).collect();
    Some(Polynomial::from([(inverse, 1.0 / coefficient)]))
}

//! Removable singularities of rate functions: `U / (exp(U) - 1)` is 0/0 at U = 0, where its limit is 1.
//!
//! It is built as `1 / exprel(U)`, with `exprel(U) = (exp(U) - 1) / U` and `exprel(0) = 1`, which is the same number everywhere else and
//! does not cancel close to 0. A factor may stand before it, as in `0.1 * (V + 40) / (1 - exp(-(V + 40) / 10))`.

use crate::functions::Function;
use crate::ids::NodeId;

use super::expr::{Graph, Node};

/// Numerators of more terms are left as they are.
const MAX_TERMS: usize = 16;

impl Graph {
    /// `n / d` without its removable singularity, where it has one: what is zero there, and the quotient.
    pub(crate) fn repaired(&mut self, n: NodeId, d: NodeId) -> Option<(NodeId, NodeId)> {
        let (zero, negative) = self.exp_minus_one(d)?;
        if self.number_of(zero).is_some() {
            return None;
        }
        let ratio = self.ratio_of_product(n, zero, if negative { -1.0 } else { 1.0 })?;
        let exprel = self.call(Function::Exprel, vec![zero]);
        Some((zero, self.div(ratio, exprel)))
    }

    /// The `U` of `exp(U) - 1`, or of `1 - exp(U)`, which is its negative.
    fn exp_minus_one(&self, node: NodeId) -> Option<(NodeId, bool)> {
        let exp = |id: NodeId| match self.node(id) {
            Node::Call(Function::Exp, arguments) => Some(arguments[0]),
            _ => None,
        };
        let is = |id: NodeId, value: f64| self.number_of(id) == Some(value);
        match self.node(node) {
            Node::Call(Function::Expm1, arguments) => Some((arguments[0], false)),
            Node::Sub(a, b) if is(*b, 1.0) => Some((exp(*a)?, false)),
            Node::Sub(a, b) if is(*a, 1.0) => Some((exp(*b)?, true)),
            Node::Add(a, b) if is(*b, -1.0) => Some((exp(*a)?, false)),
            Node::Add(a, b) if is(*a, -1.0) => Some((exp(*b)?, false)),
            _ => None,
        }
    }

    /// `sign n / u` for an `n` that is a multiple of `u`, or a product one of whose factors is.
    fn ratio_of_product(&mut self, n: NodeId, u: NodeId, sign: f64) -> Option<NodeId> {
        // Factors and divisors that were passed on the way down, the outermost first.
        let mut passed = Vec::new();
        let mut at = n;
        let mut found = loop {
            if let Some(ratio) = self.ratio(at, u, sign) {
                break ratio;
            }
            match *self.node(at) {
                Node::Mul(a, b) => {
                    if let Some(ratio) = self.ratio(b, u, sign) {
                        break self.mul(a, ratio);
                    }
                    passed.push((b, false));
                    at = a;
                }
                Node::Div(a, b) => {
                    passed.push((b, true));
                    at = a;
                }
                _ => return None,
            }
        };
        for (factor, divides) in passed.into_iter().rev() {
            found = if divides {
                self.div(found, factor)
            } else {
                self.mul(found, factor)
            };
        }
        Some(found)
    }

    /// `sign n / u` where both are the same sum but for one product.
    fn ratio(&mut self, n: NodeId, u: NodeId, sign: f64) -> Option<NodeId> {
        let (n, u) = (self.expand(n)?, self.expand(u)?);
        if n.len() != u.len() || n.len() > MAX_TERMS {
            return None;
        }
        let (first, scale) = n.first()?;
        // A single product is zero where one of its factors is, which must be a factor of both.
        if let ([(numerator, _)], [(argument, _)]) = (&n[..], &u[..]) {
            let constant = |id: NodeId| self.uses(id).is_constant();
            let only_constants = argument.iter().all(|&(id, power)| power < 0 || constant(id));
            let shared = argument.iter().any(|&(id, power)| {
                let vanishes = power > 0 && (only_constants || !constant(id));
                vanishes && numerator.iter().any(|&(other, its)| other == id && its >= power)
            });
            if !shared {
                return None;
            }
        }
        for (candidate, of) in &u {
            let inverse: Vec<(NodeId, i32)> = candidate.iter().map(|&(id, power)| (id, -power)).collect();
            let Some(ratio) = super::expand::joined(first, &inverse) else {
                continue;
            };
            let factor = scale / of;
            let matches = u.iter().all(|(monomial, c)| {
                let wanted = super::expand::joined(monomial, &ratio);
                n.iter().any(|(found, value)| {
                    // Coefficients such as 40/10 and 0.1 · 40 differ by their roundings.
                    Some(found) == wanted.as_ref() && (value - c * factor).abs() <= 1e-14 * value.abs()
                })
            });
            if matches {
                return Some(self.collect(&ratio, sign * factor));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::Function;
    use crate::ids::{NodeId, ParamId, StateId};
    use crate::symbolic::{Graph, Node};

    struct Terms {
        g: Graph,
        v: NodeId,
        k: NodeId,
        a: NodeId,
    }

    fn terms() -> Terms {
        let mut g = Graph::new();
        let v = g.add_node(Node::State(StateId(0)));
        let k = g.add_node(Node::Param(ParamId(0)));
        let a = g.add_node(Node::Param(ParamId(1)));
        Terms { g, v, k, a }
    }

    /// The quotient at V, k and a.
    fn at(g: &mut Graph, node: NodeId, [v, k, a]: [f64; 3]) -> f64 {
        let [v, k, a] = [v, k, a].map(|x| g.number(x));
        let folded = g.substitute(node, |leaf| match leaf {
            Node::State(_) => Some(v),
            Node::Param(ParamId(0)) => Some(k),
            Node::Param(_) => Some(a),
            _ => None,
        });
        g.number_of(folded).unwrap()
    }

    /// a (V + 40) / (1 - exp(-(V + 40) / k)) and relatives, as papers write them.
    #[test]
    fn rates_have_their_limit_at_the_singularity_and_their_value_elsewhere() {
        for form in 0..6 {
            let Terms { mut g, v, k, a } = terms();
            let (forty, one) = (g.number(40.0), g.number(1.0));
            let u = g.add(v, forty);
            let over = g.div(u, k);
            let minus = g.neg(over);
            let (up, down) = (g.call(Function::Exp, vec![over]), g.call(Function::Exp, vec![minus]));
            let (left, right) = (g.mul(a, u), g.mul(u, a));
            let half = g.div(right, k);
            let two = g.add(a, one);
            let (n, d) = match form {
                0 => (left, g.sub(one, down)),
                1 => (right, g.sub(up, one)),
                2 => (half, g.sub(one, up)),
                3 => (left, g.call(Function::Expm1, vec![over])),
                4 => (u, g.sub(up, one)),
                // A factor that is a sum itself.
                _ => (g.mul(two, u), g.sub(up, one)),
            };
            let (zero, repaired) = g.repaired(n, d).unwrap();
            assert!(at(&mut g, zero, [-40.0, 8.0, 3.0]).abs() == 0.0);
            let limit = [24.0, 24.0, -3.0, 24.0, 8.0, 32.0][form];
            let found = at(&mut g, repaired, [-40.0, 8.0, 3.0]);
            assert!((found - limit).abs() < 1e-12, "{form}: {found}");
            let quotient = g.div(n, d);
            for v in [-70.0, -41.0, -39.5, 20.0] {
                let (x, y) = (at(&mut g, repaired, [v, 8.0, 3.0]), at(&mut g, quotient, [v, 8.0, 3.0]));
                assert!((x - y).abs() < 1e-13 * y.abs(), "{form}, {v}: {x}, {y}");
            }
        }
    }

    #[test]
    fn what_is_no_removable_singularity_stays() {
        let Terms { mut g, v, k, a } = terms();
        let one = g.number(1.0);
        let shifted = g.add(v, a);
        let (over, other) = (g.div(v, k), g.mul(v, v));
        let exp = g.call(Function::Exp, vec![over]);
        let (d, plus) = (g.sub(exp, one), g.add(exp, one));
        assert_eq!(g.repaired(shifted, d), None);
        assert_eq!(g.repaired(one, d), None);
        assert_eq!(g.repaired(v, plus), None);
        let square = g.repaired(other, d).map(|r| r.1);
        let expected = at(&mut g, square.unwrap(), [0.0, 8.0, 3.0]);
        assert_eq!(expected, 0.0);
    }
}

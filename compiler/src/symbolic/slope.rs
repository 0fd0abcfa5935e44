//! The slope of an expression in one variable, and whether it is straight.

use crate::ids::NodeId;

use super::expr::Graph;

impl Graph {
    /// The derivative of `root` with respect to the leaf `variable`, as a constant where expanding it shows that it is one.
    pub fn slope(&mut self, root: NodeId, variable: NodeId) -> NodeId {
        let slope = self.derivative(root, variable);
        self.constant_form(slope).unwrap_or(slope)
    }

    /// Whether `root` is affine in the leaf `variable`: its slope does not contain it, as it stands or expanded.
    pub fn is_affine_in(&mut self, root: NodeId, variable: NodeId) -> bool {
        let slope = self.slope(root, variable);
        let leaf = self.node(variable).clone();
        if !self.contains(slope, &leaf) {
            return true;
        }
        self.expand(slope).is_some_and(|terms| {
            let mut factors = terms.iter().flat_map(|(monomial, _)| monomial);
            factors.all(|&(factor, _)| !self.contains(factor, &leaf))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::ids::StateId;
    use crate::symbolic::{Graph, Node};

    #[test]
    fn a_product_of_two_states_is_affine_in_each_and_a_square_that_cancels_too() {
        let mut g = Graph::new();
        let [x, y] = [0, 1].map(|s| g.add_node(Node::State(StateId(s))));
        let product = g.mul(x, y);
        assert!(g.is_affine_in(product, x) && g.is_affine_in(product, y));
        let square = g.mul(x, x);
        assert!(!g.is_affine_in(square, x) && g.is_affine_in(square, y));
        // (x + y)^2 - x^2
        let sum = g.add(x, y);
        let other = g.mul(sum, sum);
        let rest = g.sub(other, square);
        assert!(g.is_affine_in(rest, x) && !g.is_affine_in(rest, y));
    }
}

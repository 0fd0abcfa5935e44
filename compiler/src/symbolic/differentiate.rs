//! Derivatives.

use std::collections::HashMap;

use crate::functions::Function;
use crate::ids::NodeId;
use crate::model::CompareOp;

use super::expr::{Graph, Node};

impl Graph {
    /// The derivative of `root` with respect to the leaf `variable`.
    ///
    /// Comparisons have derivative zero, so `if`, `min`, `max`, `abs` and `clamp` are differentiated branch by branch;
    /// `floor` and `heaviside` are constant almost everywhere.
    pub fn derivative(&mut self, root: NodeId, variable: NodeId) -> NodeId {
        let mut derivatives: HashMap<NodeId, NodeId> = HashMap::new();
        for id in self.reachable(&[root]) {
            let node = self.node(id).clone();
            let derivative = if id == variable {
                self.number(1.0)
            } else {
                self.chain_rule(id, &node, &derivatives)
            };
            derivatives.insert(id, derivative);
        }
        derivatives[&root]
    }

    fn chain_rule(&mut self, id: NodeId, node: &Node, d: &HashMap<NodeId, NodeId>) -> NodeId {
        match node {
            Node::Neg(a) => self.neg(d[a]),
            Node::Add(a, b) => self.add(d[a], d[b]),
            Node::Sub(a, b) => self.sub(d[a], d[b]),
            Node::Mul(a, b) => {
                let left = self.mul(d[a], *b);
                let right = self.mul(*a, d[b]);
                self.add(left, right)
            }
            Node::Div(a, b) => {
                // (a' - (a/b) b') / b
                let change = self.mul(id, d[b]);
                let numerator = self.sub(d[a], change);
                self.div(numerator, *b)
            }
            Node::Power(a, n) => {
                let factor = self.number(f64::from(*n));
                let lower = self.power(*a, n - 1);
                let outer = self.mul(factor, lower);
                self.mul(outer, d[a])
            }
            Node::Call(function, arguments) => {
                let partials = self.partial_derivatives(id, *function, arguments);
                let mut sum = self.number(0.0);
                for (partial, argument) in partials.into_iter().zip(arguments) {
                    let term = self.mul(partial, d[argument]);
                    sum = self.add(sum, term);
                }
                sum
            }
            Node::If(c, a, b) => self.select(*c, d[a], d[b]),
            Node::Number(_)
            | Node::Truth(_)
            | Node::Param(_)
            | Node::Dt
            | Node::State(_)
            | Node::Input(_)
            | Node::Time(_)
            | Node::Noise(_)
            | Node::Uniform
            | Node::Weight
            | Node::Slot(_)
            | Node::Compare(..)
            | Node::Not(_)
            | Node::And(..)
            | Node::Or(..) => self.number(0.0),
        }
    }

    /// The derivatives of `id = function(arguments)` with respect to each argument: one arm for each row of the table.
    pub(crate) fn partial_derivatives(&mut self, id: NodeId, function: Function, arguments: &[NodeId]) -> Vec<NodeId> {
        let x = arguments[0];
        let (zero, one, two) = (self.number(0.0), self.number(1.0), self.number(2.0));
        match function {
            Function::Exp => vec![id],
            Function::Expm1 => vec![self.add(id, one)],
            Function::Ln => vec![self.div(one, x)],
            Function::Log10 => {
                let scale = self.number(std::f64::consts::LOG10_E);
                vec![self.div(scale, x)]
            }
            Function::Sqrt => {
                let double = self.mul(two, id);
                vec![self.div(one, double)]
            }
            Function::Abs => {
                let minus = self.number(-1.0);
                let negative = self.compare(CompareOp::Lt, x, zero);
                vec![self.select(negative, minus, one)]
            }
            Function::Min | Function::Max => {
                let op = if function == Function::Min {
                    CompareOp::Lt
                } else {
                    CompareOp::Gt
                };
                let first = self.compare(op, x, arguments[1]);
                vec![self.select(first, one, zero), self.select(first, zero, one)]
            }
            Function::Clamp => {
                let (low, high) = (arguments[1], arguments[2]);
                let above_low = self.compare(CompareOp::Gt, x, low);
                let raised = self.select(above_low, x, low);
                let below_high = self.compare(CompareOp::Lt, raised, high);
                let from_x = self.select(above_low, one, zero);
                let from_low = self.select(above_low, zero, one);
                vec![
                    self.select(below_high, from_x, zero),
                    self.select(below_high, from_low, zero),
                    self.select(below_high, zero, one),
                ]
            }
            Function::Floor | Function::Heaviside => vec![zero],
            Function::Sin => vec![self.call(Function::Cos, vec![x])],
            Function::Cos => {
                let sine = self.call(Function::Sin, vec![x]);
                vec![self.neg(sine)]
            }
            Function::Tan => {
                let square = self.mul(id, id);
                vec![self.add(one, square)]
            }
            Function::Tanh => {
                let square = self.mul(id, id);
                vec![self.sub(one, square)]
            }
            Function::Sinh => vec![self.call(Function::Cosh, vec![x])],
            Function::Cosh => vec![self.call(Function::Sinh, vec![x])],
            Function::Exprel => vec![self.exprel_slope(x, id)],
            Function::Sigmoid => {
                let other = self.sub(one, id);
                vec![self.mul(id, other)]
            }
            Function::Pow => {
                let y = arguments[1];
                let lower = self.sub(y, one);
                let power = self.call(Function::Pow, vec![x, lower]);
                let by_base = self.mul(y, power);
                let logarithm = self.call(Function::Ln, vec![x]);
                let by_exponent = self.mul(id, logarithm);
                vec![by_base, by_exponent]
            }
            Function::Detach => vec![zero],
        }
    }

    /// The derivative of `exprel`, of which `exprel` is the value at `x`: `(e^x - exprel(x)) / x` and, where that cancels, its series
    /// `Σ xⁿ / (n! (n + 2))`.
    fn exprel_slope(&mut self, x: NodeId, exprel: NodeId) -> NodeId {
        let exp = self.call(Function::Exp, vec![x]);
        let difference = self.sub(exp, exprel);
        let quotient = self.div(difference, x);
        let mut series = self.number(0.0);
        for &coefficient in EXPREL_SLOPE.iter().rev() {
            let term = self.mul(series, x);
            let coefficient = self.number(coefficient);
            series = self.add(coefficient, term);
        }
        let size = self.call(Function::Abs, vec![x]);
        let bound = self.number(EXPREL_SERIES);
        let near = self.compare(CompareOp::Lt, size, bound);
        self.select(near, series, quotient)
    }
}

/// Below this the derivative of `exprel` is its series.
const EXPREL_SERIES: f64 = 0.5;

/// The coefficients 1 / (n! (n + 2)) of that series: as many as double precision can tell.
const EXPREL_SLOPE: [f64; 14] = {
    let mut coefficients = [0.0; 14];
    let (mut n, mut factorial) = (0, 1.0);
    while n < 14 {
        coefficients[n] = 1.0 / (factorial * (n as f64 + 2.0));
        n += 1;
        factorial *= n as f64;
    }
    coefficients
};

#[cfg(test)]
mod tests {
    use crate::functions::Function;
    use crate::ids::{NodeId, ParamId};
    use crate::symbolic::{Graph, Node};

    /// The value of a node at x for the parameter 0.
    fn value(g: &mut Graph, root: NodeId, x: f64) -> f64 {
        let at = g.number(x);
        let folded = g.substitute(root, |node| matches!(node, Node::Param(_)).then_some(at));
        g.number_of(folded).unwrap()
    }

    #[test]
    fn derivatives_of_all_functions_agree_with_differences() {
        for &function in Function::ALL {
            let mut g = Graph::new();
            let x = g.add_node(Node::Param(ParamId(0)));
            let (low, high) = (g.number(0.25), g.number(1.75));
            let others = [low, high];
            let arguments: Vec<NodeId> = std::iter::once(x).chain(others).take(function.arity()).collect();
            let f = g.call(function, arguments);
            let derivative = g.derivative(f, x);
            for at in [0.3, 0.7, 1.3] {
                let h = 1e-6;
                let difference = (value(&mut g, f, at + h) - value(&mut g, f, at - h)) / (2.0 * h);
                let symbolic = value(&mut g, derivative, at);
                assert!(
                    (difference - symbolic).abs() <= 1e-8 * (1.0 + symbolic.abs()),
                    "{} at {at}: {symbolic} against {difference}",
                    function.name()
                );
            }
        }
    }
}

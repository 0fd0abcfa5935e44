//! Whether a right-hand side is affine in the states, and its coefficients.

use std::collections::BTreeMap;

use crate::ids::{NodeId, StateId};

use super::expr::{Graph, Node};

/// `Σ a_j x_j + Σ f_k g_k + b`, with states `x`, forcing terms `g` that are constant during a step, and coefficients that
/// depend on parameters alone.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearForm {
    /// States with their coefficients; no coefficient is zero.
    pub states: Vec<(StateId, NodeId)>,
    /// Forcing terms with their coefficients.
    pub forcings: Vec<(NodeId, NodeId)>,
    /// What is left.
    pub offset: NodeId,
}

/// Why a right-hand side is not affine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLinear {
    /// The coefficient of this state depends on a state.
    InState(StateId),
    /// The coefficient of this state depends on an input: constant during a step, but not from step to step.
    InputCoefficient(StateId),
    /// The expression is too large to decide.
    TooLarge,
}

impl Graph {
    /// Reads `rhs` as an affine function of the states 0 … `n_states`.
    ///
    /// Affine is what has constant derivatives. A derivative that is not seen to be constant as it stands is expanded into
    /// a sum of products before it is given up.
    ///
    /// # Errors
    /// [`NotLinear`] with the first state whose coefficient is not constant.
    pub fn linear_form(&mut self, rhs: NodeId, n_states: usize) -> Result<LinearForm, NotLinear> {
        let mut states = Vec::new();
        let leaves: Vec<StateId> = self
            .reachable(&[rhs])
            .into_iter()
            .filter_map(|id| match self.node(id) {
                Node::State(s) if s.index() < n_states => Some(*s),
                _ => None,
            })
            .collect();
        for state in leaves {
            let leaf = self.add_node(Node::State(state));
            let derivative = self.derivative(rhs, leaf);
            let coefficient = self.constant_form(derivative).map_err(|uses| match uses {
                Varying::WithState => NotLinear::InState(state),
                Varying::WithInput => NotLinear::InputCoefficient(state),
                Varying::TooLarge => NotLinear::TooLarge,
            })?;
            if self.number_of(coefficient) != Some(0.0) {
                states.push((state, coefficient));
            }
        }
        states.sort_by_key(|s| s.0);
        let zero = self.number(0.0);
        let rest = self.substitute(rhs, |node| matches!(node, Node::State(_)).then_some(zero));
        let (forcings, offset) = self.forcings(rest)?;
        Ok(LinearForm {
            states,
            forcings,
            offset,
        })
    }

    /// A constant expression equal to `node`.
    pub(super) fn constant_form(&mut self, node: NodeId) -> Result<NodeId, Varying> {
        if self.uses(node).is_constant() {
            return Ok(node);
        }
        let terms = self.expand(node).ok_or(Varying::TooLarge)?;
        let mut sum = self.number(0.0);
        let mut varying = None;
        for (monomial, scale) in terms {
            for &(factor, _) in &monomial {
                let uses = self.uses(factor);
                if uses.states {
                    return Err(Varying::WithState);
                }
                if !uses.is_constant() {
                    varying = Some(Varying::WithInput);
                }
            }
            let term = self.collect(&monomial, scale);
            sum = self.add(sum, term);
        }
        varying.map_or(Ok(sum), Err)
    }

    /// Splits what is free of states into forcing terms with constant coefficients, and an offset.
    fn forcings(&mut self, rest: NodeId) -> Result<(Vec<(NodeId, NodeId)>, NodeId), NotLinear> {
        // Linear in each input as it stands: keep the coefficients as written.
        let inputs: Vec<NodeId> = self
            .reachable(&[rest])
            .into_iter()
            .filter(|&id| matches!(self.node(id), Node::Input(_)))
            .collect();
        let mut forcings = Vec::new();
        for &input in &inputs {
            let coefficient = self.derivative(rest, input);
            if !self.uses(coefficient).is_constant() {
                return self.expanded_forcings(rest);
            }
            forcings.push((input, coefficient));
        }
        let zero = self.number(0.0);
        let offset = self.substitute(rest, |node| matches!(node, Node::Input(_)).then_some(zero));
        Ok((forcings, offset))
    }

    fn expanded_forcings(&mut self, rest: NodeId) -> Result<(Vec<(NodeId, NodeId)>, NodeId), NotLinear> {
        let terms = self.expand(rest).ok_or(NotLinear::TooLarge)?;
        let mut coefficients: BTreeMap<NodeId, NodeId> = BTreeMap::new();
        let mut offset = self.number(0.0);
        for (monomial, scale) in terms {
            let (fixed, varying): (Vec<_>, Vec<_>) = monomial
                .into_iter()
                .partition(|&(factor, _)| self.uses(factor).is_constant());
            let coefficient = self.collect(&fixed, scale);
            if varying.is_empty() {
                offset = self.add(offset, coefficient);
                continue;
            }
            let forcing = self.collect(&varying, 1.0);
            let zero = self.number(0.0);
            let sum = coefficients.get(&forcing).copied().unwrap_or(zero);
            let sum = self.add(sum, coefficient);
            coefficients.insert(forcing, sum);
        }
        Ok((coefficients.into_iter().collect(), offset))
    }
}

/// What a coefficient that ought to be constant varies with.
pub(super) enum Varying {
    WithState,
    WithInput,
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::NotLinear;
    use crate::ids::{InputId, ParamId, StateId};
    use crate::symbolic::{Graph, Node};

    #[test]
    fn a_square_that_cancels_is_linear() {
        let mut g = Graph::new();
        let v = g.add_node(Node::State(StateId(0)));
        let one = g.number(1.0);
        let up = g.add(v, one);
        let (a, b) = (g.mul(up, up), g.mul(v, v));
        let rhs = g.sub(a, b);
        let form = g.linear_form(rhs, 1).unwrap();
        assert_eq!(g.number_of(form.states[0].1), Some(2.0));
        assert_eq!(g.number_of(form.offset), Some(1.0));
    }

    #[test]
    fn a_square_is_not() {
        let mut g = Graph::new();
        let v = g.add_node(Node::State(StateId(0)));
        let rhs = g.mul(v, v);
        assert_eq!(g.linear_form(rhs, 1), Err(NotLinear::InState(StateId(0))));
    }

    #[test]
    fn products_of_inputs_are_forcing_terms() {
        let mut g = Graph::new();
        let i = g.add_node(Node::Input(InputId(0)));
        let r = g.add_node(Node::Param(ParamId(0)));
        let square = g.mul(i, i);
        let rhs = g.mul(r, square);
        let form = g.linear_form(rhs, 0).unwrap();
        let expected = g.power(i, 2);
        assert_eq!(form.forcings, [(expected, r)]);
    }
}

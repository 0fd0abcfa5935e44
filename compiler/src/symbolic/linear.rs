//! Whether a right-hand side is affine in the states, and its coefficients.

use std::collections::BTreeMap;

use crate::functions::Function;
use crate::ids::{NodeId, StateId};

use super::expr::{Graph, Node};

/// `Σ a_j x_j + Σ f_k g_k + c t + b`, with states `x`, forcing terms `g` that are constant during a step, the time `t`, and
/// coefficients that depend on parameters alone.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearForm {
    /// States with their coefficients; no coefficient is zero.
    pub states: Vec<(StateId, NodeId)>,
    /// Forcing terms with their coefficients.
    pub forcings: Vec<(NodeId, NodeId)>,
    /// The coefficient of the time t at which the states are, where it is not zero.
    pub ramp: Option<NodeId>,
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
    /// The coefficient of this state depends on the time.
    TimeCoefficient(StateId),
    /// It depends on the time otherwise than as a ramp does.
    InTime,
    /// The expression is too large to decide.
    TooLarge,
}

impl Graph {
    /// Reads `rhs` as an affine function of the states 0 … `n_states` and of the time.
    ///
    /// Affine is what has constant derivatives and no jumps: `floor` has a derivative of zero, and is not affine. A derivative that
    /// is not seen to be constant as it stands is expanded into a sum of products before it is given up.
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
            if self.jumps(rhs, leaf) {
                return Err(NotLinear::InState(state));
            }
            let derivative = self.derivative(rhs, leaf);
            let coefficient = self.constant_form(derivative).map_err(|uses| match uses {
                Varying::WithState => NotLinear::InState(state),
                Varying::WithInput => NotLinear::InputCoefficient(state),
                Varying::WithTime => NotLinear::TimeCoefficient(state),
                Varying::TooLarge => NotLinear::TooLarge,
            })?;
            if self.number_of(coefficient) != Some(0.0) {
                states.push((state, coefficient));
            }
        }
        states.sort_by_key(|s| s.0);
        let ramp = self.ramp(rhs)?;
        let zero = self.number(0.0);
        let rest = self.substitute(rhs, |node| {
            matches!(node, Node::State(_) | Node::Time(_)).then_some(zero)
        });
        let (forcings, offset) = self.forcings(rest)?;
        Ok(LinearForm {
            states,
            forcings,
            ramp,
            offset,
        })
    }

    /// The slope in the time, where it is not zero.
    fn ramp(&mut self, rhs: NodeId) -> Result<Option<NodeId>, NotLinear> {
        let time = Node::Time(false);
        if !self.contains(rhs, &time) {
            return Ok(None);
        }
        let leaf = self.add_node(time);
        if self.jumps(rhs, leaf) {
            return Err(NotLinear::InTime);
        }
        let slope = self.derivative(rhs, leaf);
        let slope = self.constant_form(slope).map_err(|varying| match varying {
            Varying::WithState | Varying::WithInput | Varying::WithTime => NotLinear::InTime,
            Varying::TooLarge => NotLinear::TooLarge,
        })?;
        Ok((self.number_of(slope) != Some(0.0)).then_some(slope))
    }

    /// Whether `root` may jump where `leaf` changes: a condition depends on it, or what is rounded does. `abs`, `min` and their kin
    /// bend, which their derivatives show.
    pub(crate) fn jumps(&self, root: NodeId, leaf: NodeId) -> bool {
        let mut reads = vec![false; self.len()];
        // Operands come before what they are operands of.
        for id in self.reachable(&[root]) {
            let node = self.node(id);
            reads[id.index()] = id == leaf || node.operands().iter().any(|operand| reads[operand.index()]);
            let decides = match node {
                Node::If(condition, ..) => Some(*condition),
                Node::Call(Function::Floor | Function::Heaviside, arguments) => Some(arguments[0]),
                _ => None,
            };
            if decides.is_some_and(|by| reads[by.index()]) {
                return true;
            }
        }
        false
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
                if varying.is_none() && !uses.is_constant() {
                    let time = self.contains(factor, &Node::Time(false));
                    varying = Some(if time { Varying::WithTime } else { Varying::WithInput });
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
            if !self.uses(coefficient).is_constant() || self.jumps(rest, input) {
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
    WithTime,
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::NotLinear;
    use crate::functions::Function;
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
    fn what_jumps_is_not_linear_though_its_derivative_is_zero() {
        let mut g = Graph::new();
        let v = g.add_node(Node::State(StateId(0)));
        let (one, two) = (g.number(1.0), g.number(2.0));
        let floor = g.call(Function::Floor, vec![v]);
        assert_eq!(g.linear_form(floor, 1), Err(NotLinear::InState(StateId(0))));
        let above = g.compare(crate::model::CompareOp::Gt, v, one);
        let step = g.select(above, one, two);
        assert_eq!(g.linear_form(step, 1), Err(NotLinear::InState(StateId(0))));
        // An input is constant during a step, so what rounds it is a forcing term.
        let input = g.add_node(Node::Input(InputId(0)));
        let floor = g.call(Function::Floor, vec![input]);
        let form = g.linear_form(floor, 0).unwrap();
        assert_eq!(
            (form.forcings, g.number_of(form.offset)),
            (vec![(floor, one)], Some(0.0))
        );
    }

    #[test]
    fn a_ramp_is_linear_and_any_other_course_in_time_is_not() {
        let mut g = Graph::new();
        let t = g.add_node(Node::Time(false));
        let v = g.add_node(Node::State(StateId(0)));
        let r = g.add_node(Node::Param(ParamId(0)));
        let product = g.mul(r, t);
        let rhs = g.sub(product, v);
        let form = g.linear_form(rhs, 1).unwrap();
        assert_eq!((form.ramp, g.number_of(form.offset)), (Some(r), Some(0.0)));
        let (sine, floor) = (g.call(Function::Sin, vec![t]), g.call(Function::Floor, vec![t]));
        for course in [sine, floor, g.power(t, 2)] {
            assert_eq!(g.linear_form(course, 1), Err(NotLinear::InTime));
        }
        let gain = g.mul(t, v);
        assert_eq!(g.linear_form(gain, 1), Err(NotLinear::TimeCoefficient(StateId(0))));
        let input = g.add_node(Node::Input(InputId(0)));
        let gain = g.mul(t, input);
        assert_eq!(g.linear_form(gain, 1), Err(NotLinear::InTime));
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

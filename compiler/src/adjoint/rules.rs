//! What each instruction hands back to its operands: one arm a kind.

use crate::functions::Function;
use crate::ids::Value;
use crate::ir::Inst;
use crate::model::CompareOp;
use crate::symbolic::Node;

use super::forward::{Forward, Which};
use super::reverse::Reverse;

impl Reverse<'_, '_> {
    /// Hands back what hangs on a traced value.
    pub(super) fn one(&mut self, value: Value) {
        let inst = self.forward.insts[value.index()].clone();
        if let Inst::Compare(..) = inst
            && self.forward.which(value).is_some_and(|which| which != Which::Now)
        {
            return self.remembered(&inst);
        }
        let whole = self.adjoints[value.index()];
        if let Inst::Masked(c, a) = inst {
            return self.masked(value, c, a);
        }
        let Some(hanging) = whole else {
            return;
        };
        if !self.active[value.index()] {
            return;
        }
        match inst {
            Inst::Copy(a) => self.add(a, hanging),
            Inst::Neg(a) => self.subtract(a, hanging),
            Inst::Add(a, b) => {
                self.add(a, hanging);
                self.add(b, hanging);
            }
            Inst::Sub(a, b) => {
                self.add(a, hanging);
                if self.is_cut(value) {
                    let minus = self.forward.neg(hanging);
                    let sum = self.cut[b.index()].map_or(minus, |sum| self.forward.add(sum, minus));
                    self.cut[b.index()] = Some(sum);
                } else {
                    self.subtract(b, hanging);
                }
            }
            Inst::Mul(a, b) => {
                self.add_product(a, hanging, b);
                self.add_product(b, hanging, a);
            }
            Inst::Fma(a, b, c) => {
                self.add_product(a, hanging, b);
                self.add_product(b, hanging, a);
                self.add(c, hanging);
            }
            Inst::Div(a, b) => self.quotient(value, a, b, hanging),
            Inst::Sqrt(a) => {
                // 1 / (2 √a)
                let root = self.forward.values[value.index()];
                let double = self.forward.add(root, root);
                let quotient = self.forward.section.push(Inst::Div(hanging, double));
                let quotient = self.forward.where_not_zero(hanging, quotient);
                self.add(a, quotient);
            }
            Inst::Abs(a) => {
                let zero = self.forward.number(0.0);
                let of = self.forward.values[a.index()];
                let negative = self.forward.section.push(Inst::Compare(CompareOp::Lt, of, zero));
                let minus = self.forward.neg(hanging);
                let signed = self.forward.section.push(Inst::Select(negative, minus, hanging));
                self.add(a, signed);
            }
            Inst::Select(c, a, b) => self.select(value, c, a, b, hanging),
            Inst::Call(function, arguments) => self.call(value, function, &arguments, hanging),
            Inst::Masked(..) => unreachable!("`masked` has those"),
            Inst::Carry(_) => unreachable!("`Request` refuses steps with loops"),
            // Leaves.
            Inst::Number(_)
            | Inst::Truth(_)
            | Inst::Param(_)
            | Inst::Dt
            | Inst::Coefficient(_)
            | Inst::Steps(_)
            | Inst::State(_)
            | Inst::Input(_)
            | Inst::Weight(..)
            | Inst::Arrived(..)
            | Inst::Counter
            // Of `prepare` only.
            | Inst::Propagator(_)
            | Inst::P { .. }
            | Inst::Q { .. }
            | Inst::L { .. }
            // Random numbers are as they were.
            | Inst::Random(..)
            // What changes by jumps.
            | Inst::Floor(_)
            | Inst::Compare(..)
            | Inst::Not(_)
            | Inst::And(..)
            | Inst::Or(..)
            | Inst::Positive(_)
            | Inst::CountDown(..)
            | Inst::CountUp(..) => {}
        }
    }

    /// Whether a value is an effect of the spike that passes no gradient to it.
    fn is_cut(&self, value: Value) -> bool {
        let state = self.forward.trace().effect_on(value);
        state.is_some_and(|state| self.forward.request.detached.contains(&state)) && self.by_spike(value)
    }

    /// Whether an effect has the spike as its condition, and not another event.
    fn by_spike(&self, value: Value) -> bool {
        let insts = &self.forward.insts;
        match &insts[value.index()] {
            Inst::Select(c, ..) => self.forward.which(*c).is_some(),
            Inst::Sub(_, b) => match &insts[b.index()] {
                Inst::Masked(c, _) => self.forward.which(*c).is_some(),
                _ => false,
            },
            _ => false,
        }
    }

    /// `condition ? a : 0`, where the condition may be the spike.
    fn masked(&mut self, value: Value, condition: Value, a: Value) {
        let (free, cut) = (self.adjoints[value.index()], self.cut[value.index()]);
        let whole = match (free, cut) {
            (None, None) => return,
            (Some(one), None) | (None, Some(one)) => one,
            (Some(free), Some(cut)) => self.forward.add(free, cut),
        };
        let Some(spike) = self.forward.spike(condition) else {
            if self.active[a.index()] {
                let masked = self.forward.masked(self.forward.values[condition.index()], whole);
                self.add(a, masked);
            }
            return;
        };
        if self.active[a.index()] {
            let part = self.forward.times(spike, whole);
            self.add(a, part);
        }
        if let Some(free) = free {
            let amount = self.forward.values[a.index()];
            self.add_to_spike(condition, free, amount, self.tame[a.index()]);
        }
    }

    /// `condition ? a : b`, where the condition may be the spike.
    fn select(&mut self, value: Value, condition: Value, a: Value, b: Value, hanging: Value) {
        let Some(spike) = self.forward.spike(condition) else {
            let c = self.forward.values[condition.index()];
            if self.active[a.index()] {
                let masked = self.forward.masked(c, hanging);
                self.add(a, masked);
            }
            if self.active[b.index()] {
                let other = self.forward.section.push(Inst::Not(c));
                let masked = self.forward.masked(other, hanging);
                self.add(b, masked);
            }
            return;
        };
        let part = self.forward.times(spike, hanging);
        if self.active[a.index()] {
            self.add(a, part);
        }
        if self.active[b.index()] {
            let rest = self.forward.rest(spike, hanging, part);
            self.add(b, rest);
        }
        if !self.is_cut(value) {
            let (new, old) = (self.forward.values[a.index()], self.forward.values[b.index()]);
            let change = self.forward.sub(new, old);
            let tame = self.tame[a.index()] && self.tame[b.index()];
            self.add_to_spike(condition, hanging, change, tame);
        }
    }

    /// The state that remembers a spike gets what hangs on that spike.
    fn remembered(&mut self, inst: &Inst) {
        if let (Inst::Compare(_, state, _), Some(hanging)) = (inst, self.spikes[1]) {
            self.add(*state, hanging);
        }
    }

    fn quotient(&mut self, value: Value, a: Value, b: Value, hanging: Value) {
        let forward = &mut *self.forward;
        let (divisor, result) = (forward.values[b.index()], forward.values[value.index()]);
        let plain = match &forward.insts[b.index()] {
            Inst::Coefficient(c) => !forward.sources[c.index()].1,
            Inst::Number(_) => true,
            _ => false,
        };
        let mut part = match forward.insts[b.index()] {
            Inst::Coefficient(c) => forward.over_coefficient(hanging, c.index(), divisor),
            _ => forward.section.push(Inst::Div(hanging, divisor)),
        };
        if !plain {
            part = forward.where_not_zero(hanging, part);
        }
        self.add(a, part);
        if self.active[b.index()] {
            let minus = self.forward.neg(part);
            if self.tame[value.index()] {
                self.add_product_value(b, minus, result);
            } else {
                let product = self.forward.mul(minus, result);
                let product = self.forward.where_not_zero(hanging, product);
                self.add(b, product);
            }
        }
    }

    /// The rule of a function, from the table of derivatives.
    fn call(&mut self, value: Value, function: Function, arguments: &[Value], hanging: Value) {
        let forward = &mut *self.forward;
        let slots: Vec<_> = arguments
            .iter()
            .map(|argument| forward.slot(forward.values[argument.index()]))
            .collect();
        let node = forward.graph.add_node(Node::Call(function, slots.clone()));
        forward.section.bind(node, forward.values[value.index()]);
        let partials = forward.graph.partial_derivatives(node, function, &slots);
        let bounded = matches!(
            function,
            Function::Tanh | Function::Sigmoid | Function::Sin | Function::Cos
        );
        for (partial, argument) in partials.into_iter().zip(arguments) {
            if !self.active[argument.index()] || self.forward.graph.number_of(partial) == Some(0.0) {
                continue;
            }
            let partial = self.forward.lower(partial);
            if bounded {
                self.add_product_value(*argument, hanging, partial);
                continue;
            }
            let mut product = self.forward.mul(hanging, partial);
            if self.forward.is_wild(hanging) {
                product = self.forward.where_not_zero(partial, product);
            }
            let product = self.forward.where_not_zero(hanging, product);
            self.add(*argument, product);
        }
    }

    fn add_to_spike(&mut self, condition: Value, hanging: Value, amount: Value, tame: bool) {
        let at = match self.forward.which(condition) {
            Some(Which::Now) => 0,
            Some(Which::Before(_)) => 1,
            None => return,
        };
        self.wild_spike |= !tame;
        let sum = self.spikes[at];
        self.spikes[at] = Some(if tame {
            self.forward.product_and(hanging, amount, sum)
        } else {
            let product = self.forward.mul(hanging, amount);
            let product = self.forward.where_not_zero(hanging, product);
            sum.map_or(product, |sum| self.forward.add(sum, product))
        });
    }

    /// `of += hanging`
    pub(super) fn add(&mut self, of: Value, hanging: Value) {
        if !self.active[of.index()] {
            return;
        }
        let sum = self.adjoints[of.index()].map_or(hanging, |sum| self.forward.add(sum, hanging));
        self.adjoints[of.index()] = Some(sum);
    }

    /// `of -= hanging`
    fn subtract(&mut self, of: Value, hanging: Value) {
        if !self.active[of.index()] {
            return;
        }
        self.adjoints[of.index()] = Some(match self.adjoints[of.index()] {
            None => self.forward.neg(hanging),
            Some(sum) => self.forward.sub(sum, hanging),
        });
    }

    /// `of += hanging × factor`, the factor being a traced value.
    fn add_product(&mut self, of: Value, hanging: Value, factor: Value) {
        let value = self.forward.values[factor.index()];
        if self.tame[factor.index()] {
            return self.add_product_value(of, hanging, value);
        }
        if self.active[of.index()] {
            let mut product = self.forward.mul(hanging, value);
            if self.forward.is_wild(hanging) {
                product = self.forward.where_not_zero(value, product);
            }
            let product = self.forward.where_not_zero(hanging, product);
            self.add(of, product);
        }
    }

    fn add_product_value(&mut self, of: Value, hanging: Value, factor: Value) {
        if self.active[of.index()] && self.forward.is_wild(hanging) {
            let product = self.forward.mul(hanging, factor);
            let product = self.forward.where_not_zero(factor, product);
            self.add(of, product);
        } else if self.active[of.index()] {
            let sum = self.adjoints[of.index()];
            self.adjoints[of.index()] = Some(self.forward.product_and(hanging, factor, sum));
        }
    }

    /// What hangs on each coefficient, in the order of the coefficients.
    pub(super) fn of_coefficients(&self) -> Vec<(usize, Value)> {
        let found = self.forward.insts.iter().zip(&self.adjoints);
        let mut found: Vec<(usize, Value)> = found
            .filter_map(|(inst, hanging)| match inst {
                Inst::Coefficient(c) => Some((c.index(), (*hanging)?)),
                _ => None,
            })
            .collect();
        found.sort_unstable_by_key(|found| found.0);
        found
    }
}

/// Arithmetic that leaves out what numbers make trivial.
impl Forward<'_> {
    pub(super) fn number(&mut self, value: f64) -> Value {
        self.section.push(Inst::number(value))
    }

    fn number_of(&self, value: Value) -> Option<f64> {
        match self.section.insts[value.index()] {
            Inst::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    pub(super) fn neg(&mut self, a: Value) -> Value {
        match self.section.insts[a.index()] {
            Inst::Number(bits) => self.number(-f64::from_bits(bits)),
            Inst::Neg(inner) => inner,
            _ => self.section.push(Inst::Neg(a)),
        }
    }

    pub(super) fn add(&mut self, a: Value, b: Value) -> Value {
        match (self.number_of(a), self.number_of(b)) {
            (Some(a), Some(b)) => self.number(a + b),
            (Some(0.0), None) => b,
            (None, Some(0.0)) => a,
            _ => match self.section.insts[b.index()] {
                Inst::Neg(b) => self.section.push(Inst::Sub(a, b)),
                _ => self.section.push(Inst::Add(a, b)),
            },
        }
    }

    pub(super) fn sub(&mut self, a: Value, b: Value) -> Value {
        match (self.number_of(a), self.number_of(b)) {
            (Some(a), Some(b)) => self.number(a - b),
            (Some(0.0), None) => self.neg(b),
            (None, Some(0.0)) => a,
            _ => self.section.push(Inst::Sub(a, b)),
        }
    }

    pub(super) fn mul(&mut self, a: Value, b: Value) -> Value {
        match (self.number_of(a), self.number_of(b)) {
            (Some(a), Some(b)) => self.number(a * b),
            (Some(1.0), None) => b,
            (None, Some(1.0)) => a,
            (Some(-1.0), None) => self.neg(b),
            (None, Some(-1.0)) => self.neg(a),
            _ => self.section.push(Inst::Mul(a, b)),
        }
    }

    pub(super) fn fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        let trivial = |value| matches!(self.number_of(value), Some(1.0 | -1.0));
        if trivial(a) || trivial(b) || self.number_of(c) == Some(0.0) {
            let product = self.mul(a, b);
            return self.add(c, product);
        }
        self.section.push(Inst::Fma(a, b, c))
    }

    /// `a × b`, and the sum so far.
    fn product_and(&mut self, a: Value, b: Value, sum: Option<Value>) -> Value {
        match sum {
            None => self.mul(a, b),
            Some(sum) => self.fma(a, b, sum),
        }
    }

    /// `condition ? a : 0`
    pub(super) fn masked(&mut self, condition: Value, a: Value) -> Value {
        match self.number_of(a) {
            Some(0.0) => a,
            _ => self.section.push(Inst::Masked(condition, a)),
        }
    }

    /// `product` where what it is a multiple of is not zero, else zero: the factor may be anything there.
    pub(super) fn where_not_zero(&mut self, hanging: Value, product: Value) -> Value {
        if self.number_of(hanging).is_some_and(|hanging| hanging != 0.0) {
            return product;
        }
        let zero = self.number(0.0);
        let some = self.section.push(Inst::Compare(CompareOp::Ne, hanging, zero));
        let masked = self.masked(some, product);
        self.infinite.insert(masked);
        masked
    }

    /// Whether what hangs on a value may be infinite: whether a factor in it may. What it meets may then be zero, as in the derivative of
    /// `sqrt(a * x)` where a is.
    fn is_wild(&mut self, hanging: Value) -> bool {
        for at in self.wild.len()..self.section.insts.len() {
            let value = Value::new(at);
            let operands = self.section.insts[at].operands();
            let wild = self.infinite.contains(&value) || operands.iter().any(|operand| self.wild[operand.index()]);
            self.wild.push(wild);
        }
        self.wild[hanging.index()]
    }
}

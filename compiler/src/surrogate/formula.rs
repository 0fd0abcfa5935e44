//! Formulas in few words.

use crate::functions::Function;
use crate::ids::NodeId;
use crate::model::CompareOp;
use crate::symbolic::Graph;

/// A graph to which formulas are added.
pub(super) struct Formula<'a>(pub(super) &'a mut Graph);

impl Formula<'_> {
    pub(super) fn number(&mut self, value: f64) -> NodeId {
        self.0.number(value)
    }
    pub(super) fn neg(&mut self, a: NodeId) -> NodeId {
        self.0.neg(a)
    }
    pub(super) fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.0.add(a, b)
    }
    pub(super) fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.0.sub(a, b)
    }
    pub(super) fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.0.mul(a, b)
    }
    pub(super) fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.0.div(a, b)
    }
    fn call(&mut self, function: Function, a: NodeId) -> NodeId {
        self.0.call(function, vec![a])
    }
    pub(super) fn abs(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Abs, a)
    }
    pub(super) fn exp(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Exp, a)
    }
    pub(super) fn ln(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Ln, a)
    }
    pub(super) fn sin(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Sin, a)
    }
    pub(super) fn cos(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Cos, a)
    }
    pub(super) fn sigmoid(&mut self, a: NodeId) -> NodeId {
        self.call(Function::Sigmoid, a)
    }

    /// `c + a`
    pub(super) fn plus(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.number(c);
        self.add(c, a)
    }

    /// `c * a`
    pub(super) fn scaled(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.number(c);
        self.mul(c, a)
    }

    /// `c / a`
    pub(super) fn over(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.number(c);
        self.div(c, a)
    }

    /// `max(a, c)`
    pub(super) fn max(&mut self, a: NodeId, c: f64) -> NodeId {
        let c = self.number(c);
        self.0.call(Function::Max, vec![a, c])
    }

    /// `clamp(a, low, high)`
    pub(super) fn clamp(&mut self, a: NodeId, low: f64, high: f64) -> NodeId {
        let (low, high) = (self.number(low), self.number(high));
        self.0.call(Function::Clamp, vec![a, low, high])
    }

    /// `a ^ c`
    pub(super) fn power(&mut self, a: NodeId, c: f64) -> NodeId {
        if c.fract() == 0.0 && c.abs() <= 16.0 {
            return self.0.power(a, c as i32);
        }
        let c = self.number(c);
        self.0.call(Function::Pow, vec![a, c])
    }

    /// `if x > bound { a } else { b }`
    pub(super) fn if_above(&mut self, x: NodeId, bound: f64, a: NodeId, b: NodeId) -> NodeId {
        let bound = self.number(bound);
        let above = self.0.compare(CompareOp::Gt, x, bound);
        self.0.select(above, a, b)
    }

    /// `if x < 0 { a } else { b }`
    pub(super) fn if_negative(&mut self, x: NodeId, a: NodeId, b: NodeId) -> NodeId {
        let zero = self.number(0.0);
        let negative = self.0.compare(CompareOp::Lt, x, zero);
        self.0.select(negative, a, b)
    }

    /// `a`, or `-a` where x is negative.
    pub(super) fn with_sign_of(&mut self, x: NodeId, a: NodeId) -> NodeId {
        let minus = self.neg(a);
        self.if_negative(x, minus, a)
    }

    /// `1 + |c x|` for a positive c.
    pub(super) fn one_plus_size(&mut self, c: f64, x: NodeId) -> NodeId {
        let size = self.abs(x);
        let scaled = self.scaled(c, size);
        self.plus(1.0, scaled)
    }

    /// `exp(-c |x|)`
    pub(super) fn decay(&mut self, c: f64, x: NodeId) -> NodeId {
        let size = self.abs(x);
        let exponent = self.scaled(-c, size);
        self.exp(exponent)
    }

    /// `1/2 + sign(x) top (1 - exp(-c |x|))`
    pub(super) fn risen(&mut self, c: f64, top: f64, x: NodeId) -> NodeId {
        let decay = self.decay(c, x);
        let one = self.number(1.0);
        let rest = self.sub(one, decay);
        let size = self.scaled(top, rest);
        let signed = self.with_sign_of(x, size);
        self.plus(0.5, signed)
    }

    /// `c s (1 - s)` with the sigmoid `s` of `c x`.
    pub(super) fn bell(&mut self, c: f64, x: NodeId) -> NodeId {
        let x = self.scaled(c, x);
        let s = self.sigmoid(x);
        let one = self.number(1.0);
        let rest = self.sub(one, s);
        let product = self.mul(s, rest);
        self.scaled(c, product)
    }

    /// The density of a normal distribution, times a number.
    pub(super) fn normal(&mut self, times: f64, mean: f64, deviation: f64, x: NodeId) -> NodeId {
        let x = self.plus(-mean, x);
        let square = self.mul(x, x);
        let exponent = self.scaled(-0.5 / (deviation * deviation), square);
        let bell = self.exp(exponent);
        self.scaled(times / ((2.0 * std::f64::consts::PI).sqrt() * deviation), bell)
    }

    /// The sum of a term for each odd multiple of the angle `2 pi x / period`.
    pub(super) fn waves(
        &mut self,
        n: u32,
        period: f64,
        x: NodeId,
        term: fn(&mut Self, f64, NodeId) -> NodeId,
    ) -> NodeId {
        let mut sum = self.number(0.0);
        for i in 1..=n {
            let odd = f64::from(2 * i - 1);
            let angle = self.scaled(odd * 2.0 * std::f64::consts::PI / period, x);
            let term = term(self, odd, angle);
            sum = self.add(sum, term);
        }
        sum
    }
}

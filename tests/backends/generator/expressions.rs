//! Numbers and conditions with everything that kernels can compute.

use super::Generator;

/// What an expression may read.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) states: bool,
    pub(super) inputs: bool,
    pub(super) previous: bool,
    pub(super) weight: bool,
    pub(super) time: bool,
    /// How many definitions.
    pub(super) lets: usize,
}

impl Generator<'_> {
    fn leaf(&mut self, scope: Scope) -> String {
        match self.random.below(9) {
            0 | 1 if scope.states => self.state(),
            2 if scope.previous => format!("prev({})", self.state()),
            3 if scope.inputs && !self.names.inputs.is_empty() => {
                self.names.inputs[self.random.below(self.names.inputs.len())].clone()
            }
            4 if scope.weight => "w".to_owned(),
            5 if scope.lets > 0 => self.names.lets[self.random.below(scope.lets)].clone(),
            6 => self.param(),
            7 if scope.time && self.random.chance(60) => "(t / 1 ms - 3.0)".to_owned(),
            7 if self.random.chance(30) => self.pick(&["pi", "(dt / 1 ms)"]),
            _ => self.number(),
        }
    }

    /// A number, `depth` operations deep.
    pub(super) fn value(&mut self, depth: usize, scope: Scope) -> String {
        if depth == 0 {
            return self.leaf(scope);
        }
        let a = self.value(depth - 1, scope);
        let b = self.value(depth - 1, scope);
        match self.random.below(18) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} / {b})"),
            4 => format!("min({a}, {b})"),
            5 => format!("max({a}, {b})"),
            6 => format!("clamp({a}, {b}, {})", self.leaf(scope)),
            7 => format!("sqrt(abs({a}))"),
            8 => format!("sqrt({a})"), // a NaN now and then
            9 => format!("floor({a})"),
            10 => format!("abs({a})"),
            11 => format!("heaviside({a} - {b})"),
            16 => format!("mix({a}, {b})"),
            12 => format!("({a})^{}", self.pick(&["2", "3", "(-1)"])),
            13 | 14 => {
                let functions = [
                    "exp", "expm1", "exprel", "sigmoid", "ln", "log10", "sinh", "cosh", "tanh", "sin", "cos", "tan",
                ];
                format!("{}({a})", self.pick(&functions))
            }
            15 => format!("pow(abs({a}), {b})"),
            _ => {
                let condition = self.condition(depth - 1, scope);
                format!("(if {condition} {{ {a} }} else {{ {b} }})")
            }
        }
    }

    /// A condition.
    pub(super) fn condition(&mut self, depth: usize, scope: Scope) -> String {
        let depth_below = depth.saturating_sub(1);
        let (a, b) = (self.value(depth_below, scope), self.value(depth_below, scope));
        let op = self.pick(&["<", "<=", ">", ">=", "!=", "=="]);
        match self.random.below(if depth == 0 { 2 } else { 5 }) {
            0 => format!("{a} {op} {b}"),
            1 => format!("{a} < {} <= {b}", self.leaf(scope)),
            2 if self.random.chance(50) => format!("{a} >= {} > {b}", self.leaf(scope)),
            2 => format!("not ({})", self.condition(depth_below, scope)),
            3 => format!("({}) and {a} {op} {b}", self.condition(depth_below, scope)),
            _ => format!("({}) or {a} {op} {b}", self.condition(depth_below, scope)),
        }
    }
}

//! The table of surrogate derivatives: names, settings with their defaults, and formulas.
//!
//! A spike is a step function, whose derivative is of no use; gradients take that of a softer one instead, `psi`. The names are those of
//! braintools' `surrogate` module, which BrainPy 2.8 uses, and so are the values. `psi` is built as an expression, so every engine computes
//! it as it computes all others.
//!
//! The softer function itself, `S` with `S' = psi` and `S(0) = 1/2`, takes the place of the spike where gradients are compared with
//! differences. Where it needs functions that models do not have, it is a quadrature: see `surrogate/integral.rs`.

mod formula;
mod integral;

use crate::ids::NodeId;
use crate::symbolic::Graph;

use formula::Formula;

/// `psi` or `S` at a value, with settings in the order of the table.
type Build = fn(&mut Formula<'_>, NodeId, &[f64]) -> NodeId;

/// What settings must meet, and in words.
type Demand = (fn(&[f64]) -> bool, &'static str);

/// A surrogate derivative of the spike.
#[derive(Clone, Copy, Debug)]
pub struct SurrogateInfo {
    /// Its name in a `learn` block.
    pub name: &'static str,
    /// Its settings with their defaults.
    pub settings: &'static [(&'static str, f64)],
    /// `psi(x)` as people write it.
    pub text: &'static str,
    /// What the settings must meet besides being finite.
    pub demand: Option<Demand>,
    derivative: Build,
    integral: Build,
}

impl SurrogateInfo {
    /// `psi` at `x`, with settings in the order of the table.
    pub fn derivative(&self, graph: &mut Graph, x: NodeId, settings: &[f64]) -> NodeId {
        (self.derivative)(&mut Formula(graph), x, settings)
    }

    /// `S` at `x`.
    pub fn integral(&self, graph: &mut Graph, x: NodeId, settings: &[f64]) -> NodeId {
        (self.integral)(&mut Formula(graph), x, settings)
    }

    /// The settings by name in the order of the table, defaults where none is given.
    ///
    /// # Errors
    /// A name that it does not have, or values that it cannot take, in a sentence.
    pub fn settings(&self, given: &[(String, f64)]) -> Result<Vec<f64>, String> {
        let known: Vec<&str> = self.settings.iter().map(|setting| setting.0).collect();
        if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(format!(
                "`{}` has no setting `{name}`; it has {}",
                self.name,
                known.join(", ")
            ));
        }
        let value = |&(name, default): &(&str, f64)| given.iter().find(|g| g.0 == name).map_or(default, |g| g.1);
        let values: Vec<f64> = self.settings.iter().map(value).collect();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(format!("`{}` of `{}` is not finite", known[at], self.name));
        }
        match self.demand {
            Some((holds, text)) if !holds(&values) => Err(format!("`{}` needs {text}", self.name)),
            _ => Ok(values),
        }
    }
}

const POSITIVE: Option<Demand> = Some((|p| p[0] > 0.0, "alpha > 0"));

/// Every surrogate.
pub const SURROGATES: &[SurrogateInfo] = &[
    SurrogateInfo {
        name: "relu_grad",
        settings: &[("alpha", 0.3), ("width", 1.0)],
        text: "max(alpha * width - alpha * |x|, 0)",
        demand: Some((|p| p[1] > 0.0, "width > 0")),
        derivative: |f, x, p| {
            let size = f.abs(x);
            let slope = f.scaled(p[0], size);
            let top = f.number(p[0] * p[1]);
            let rest = f.sub(top, slope);
            f.max(rest, 0.0)
        },
        integral: |f, x, p| {
            // alpha (w u - u |u| / 2) with u = x between -w and w
            let u = f.clamp(x, -p[1], p[1]);
            let size = f.abs(u);
            let square = f.mul(u, size);
            let half = f.scaled(0.5 * p[0], square);
            let linear = f.scaled(p[0] * p[1], u);
            let sum = f.sub(linear, half);
            f.plus(0.5, sum)
        },
    },
    SurrogateInfo {
        name: "sigmoid",
        settings: &[("alpha", 4.0)],
        text: "alpha * s * (1 - s) with s = sigmoid(alpha * x)",
        demand: None,
        derivative: |f, x, p| f.bell(p[0], x),
        integral: |f, x, p| {
            let x = f.scaled(p[0], x);
            f.sigmoid(x)
        },
    },
    SurrogateInfo {
        name: "piecewise_quadratic",
        settings: &[("alpha", 1.0)],
        text: "if |x| > 1 / alpha { 0 } else { alpha - alpha^2 * |x| }",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let size = f.abs(x);
            let slope = f.scaled(p[0] * p[0], size);
            let top = f.number(p[0]);
            let inside = f.sub(top, slope);
            let zero = f.number(0.0);
            f.if_above(size, 1.0 / p[0], zero, inside)
        },
        integral: |f, x, p| {
            let u = f.clamp(x, -1.0 / p[0], 1.0 / p[0]);
            let size = f.abs(u);
            let square = f.mul(u, size);
            let half = f.scaled(0.5 * p[0] * p[0], square);
            let linear = f.scaled(p[0], u);
            let sum = f.sub(linear, half);
            f.plus(0.5, sum)
        },
    },
    SurrogateInfo {
        name: "piecewise_exp",
        settings: &[("alpha", 1.0)],
        text: "alpha / 2 * exp(-alpha * |x|)",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let decay = f.decay(p[0], x);
            f.scaled(0.5 * p[0], decay)
        },
        integral: |f, x, p| f.risen(p[0], 0.5, x),
    },
    SurrogateInfo {
        name: "soft_sign",
        settings: &[("alpha", 1.0)],
        text: "alpha / 2 / (1 + |alpha * x|)^2",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let base = f.one_plus_size(p[0], x);
            let square = f.mul(base, base);
            f.over(0.5 * p[0], square)
        },
        integral: |f, x, p| {
            let base = f.one_plus_size(p[0], x);
            let x = f.scaled(0.5 * p[0], x);
            let quotient = f.div(x, base);
            f.plus(0.5, quotient)
        },
    },
    SurrogateInfo {
        name: "arctan",
        settings: &[("alpha", 1.0)],
        text: "alpha / 2 / (1 + (pi / 2 * alpha * x)^2)",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let y = f.scaled(std::f64::consts::FRAC_PI_2 * p[0], x);
            let square = f.mul(y, y);
            let base = f.plus(1.0, square);
            f.over(0.5 * p[0], base)
        },
        integral: |f, x, p| {
            let y = f.scaled(std::f64::consts::FRAC_PI_2 * p[0], x);
            let angle = f.arctan(y);
            let part = f.scaled(std::f64::consts::FRAC_1_PI, angle);
            f.plus(0.5, part)
        },
    },
    SurrogateInfo {
        name: "nonzero_sign_log",
        settings: &[("alpha", 1.0)],
        text: "1 / (1 / alpha + |x|)",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let size = f.abs(x);
            let base = f.plus(1.0 / p[0], size);
            f.over(1.0, base)
        },
        integral: |f, x, p| {
            let base = f.one_plus_size(p[0], x);
            let logarithm = f.ln(base);
            let signed = f.with_sign_of(x, logarithm);
            f.plus(0.5, signed)
        },
    },
    SurrogateInfo {
        name: "erf",
        settings: &[("alpha", 1.0)],
        text: "alpha / sqrt(pi) * exp(-(alpha * x)^2)",
        demand: POSITIVE,
        derivative: erf,
        integral: |f, x, p| integral::from_zero(f, x, 6.5 / p[0], |f, x| erf(f, x, p)),
    },
    SurrogateInfo {
        name: "piecewise_leaky_relu",
        settings: &[("c", 0.01), ("w", 1.0)],
        text: "if |x| > w { c } else { 1 / (2 * w) }",
        demand: Some((|p| p[1] > 0.0, "w > 0")),
        derivative: |f, x, p| {
            let size = f.abs(x);
            let (c, inside) = (f.number(p[0]), f.number(0.5 / p[1]));
            f.if_above(size, p[1], c, inside)
        },
        integral: |f, x, p| {
            let u = f.clamp(x, -p[1], p[1]);
            let inside = f.scaled(0.5 / p[1], u);
            let beyond = f.sub(x, u);
            let outside = f.scaled(p[0], beyond);
            let sum = f.add(inside, outside);
            f.plus(0.5, sum)
        },
    },
    SurrogateInfo {
        name: "squarewave_fourier_series",
        settings: &[("n", 2.0), ("t_period", 8.0)],
        text: "4 / t_period * sum of cos((2 i - 1) * 2 pi x / t_period) for i from 1 to n",
        demand: Some((
            |p| p[0].fract() == 0.0 && (1.0..=64.0).contains(&p[0]) && p[1] > 0.0,
            "a whole n from 1 to 64, and t_period > 0",
        )),
        derivative: |f, x, p| {
            let sum = f.waves(p[0] as u32, p[1], x, |f, _, angle| f.cos(angle));
            f.scaled(4.0 / p[1], sum)
        },
        integral: |f, x, p| {
            let sum = f.waves(p[0] as u32, p[1], x, |f, odd, angle| {
                let sine = f.sin(angle);
                f.scaled(1.0 / odd, sine)
            });
            let part = f.scaled(2.0 * std::f64::consts::FRAC_1_PI, sum);
            f.plus(0.5, part)
        },
    },
    SurrogateInfo {
        name: "s2nn",
        settings: &[("alpha", 4.0), ("beta", 1.0), ("epsilon", 1e-8)],
        text: "if x < 0 { alpha * s * (1 - s) } else { beta / (x + 1) } with s = sigmoid(alpha * x)",
        demand: None,
        derivative: |f, x, p| {
            let below = f.bell(p[0], x);
            let base = f.plus(1.0, x);
            let above = f.over(p[1], base);
            f.if_negative(x, below, above)
        },
        integral: |f, x, p| {
            let scaled = f.scaled(p[0], x);
            let below = f.sigmoid(scaled);
            let right = f.max(x, 0.0);
            let base = f.plus(1.0, right);
            let logarithm = f.ln(base);
            let above = f.scaled(p[1], logarithm);
            let above = f.plus(0.5, above);
            f.if_negative(x, below, above)
        },
    },
    SurrogateInfo {
        name: "q_pseudo_spike",
        settings: &[("alpha", 2.0)],
        text: "(1 + 2 / (alpha + 1) * |x|)^(-alpha)",
        demand: Some((|p| p[0] > -1.0, "alpha > -1")),
        derivative: |f, x, p| {
            let base = f.one_plus_size(2.0 / (p[0] + 1.0), x);
            f.power(base, -p[0])
        },
        integral: |f, x, p| {
            let c = 2.0 / (p[0] + 1.0);
            let base = f.one_plus_size(c, x);
            let size = if p[0] == 1.0 {
                let logarithm = f.ln(base);
                f.scaled(1.0 / c, logarithm)
            } else {
                let power = f.power(base, 1.0 - p[0]);
                let change = f.plus(-1.0, power);
                f.scaled(1.0 / (c * (1.0 - p[0])), change)
            };
            let signed = f.with_sign_of(x, size);
            f.plus(0.5, signed)
        },
    },
    SurrogateInfo {
        name: "leaky_relu",
        settings: &[("alpha", 0.1), ("beta", 1.0)],
        text: "if x < 0 { alpha } else { beta }",
        demand: None,
        derivative: |f, x, p| {
            let (below, above) = (f.number(p[0]), f.number(p[1]));
            f.if_negative(x, below, above)
        },
        integral: |f, x, p| {
            let (below, above) = (f.scaled(p[0], x), f.scaled(p[1], x));
            let line = f.if_negative(x, below, above);
            f.plus(0.5, line)
        },
    },
    SurrogateInfo {
        name: "log_tailed_relu",
        settings: &[("alpha", 0.0)],
        text: "if x > 1 { 1 / x } else if x > 0 { 1 } else { alpha }",
        demand: None,
        derivative: |f, x, p| {
            let right = f.max(x, 1.0);
            let tail = f.over(1.0, right);
            let (one, below) = (f.number(1.0), f.number(p[0]));
            let inner = f.if_above(x, 0.0, one, below);
            f.if_above(x, 1.0, tail, inner)
        },
        integral: |f, x, p| {
            let right = f.max(x, 1.0);
            let logarithm = f.ln(right);
            let tail = f.plus(1.0, logarithm);
            let below = f.scaled(p[0], x);
            let inner = f.if_above(x, 0.0, x, below);
            let line = f.if_above(x, 1.0, tail, inner);
            f.plus(0.5, line)
        },
    },
    SurrogateInfo {
        name: "gaussian_grad",
        settings: &[("sigma", 0.5), ("alpha", 0.5)],
        text: "alpha * exp(-x^2 / (2 * sigma^2)) / (sqrt(2 * pi) * sigma)",
        demand: Some((|p| p[0] > 0.0, "sigma > 0")),
        derivative: |f, x, p| f.normal(p[1], 0.0, p[0], x),
        integral: |f, x, p| integral::from_zero(f, x, 9.0 * p[0], |f, x| f.normal(p[1], 0.0, p[0], x)),
    },
    SurrogateInfo {
        name: "multi_gaussian_grad",
        settings: &[("h", 0.15), ("s", 6.0), ("sigma", 0.5), ("scale", 0.5)],
        text: "scale * ((1 + h) * N(x, 0, sigma) - h * N(x, sigma, s * sigma) - h * N(x, -sigma, s * sigma))",
        demand: Some((|p| p[1] > 0.0 && p[2] > 0.0, "s > 0 and sigma > 0")),
        derivative: multi_gaussian,
        integral: |f, x, p| {
            // The narrow and the wide bells each over their own width.
            let centre = integral::from_zero(f, x, 9.0 * p[2], |f, x| f.normal(p[3] * (1.0 + p[0]), 0.0, p[2], x));
            let width = p[2] * (1.0 + 9.0 * p[1]);
            let sides = integral::from_zero(f, x, width, |f, x| multi_gaussian_sides(f, x, p));
            let sides = f.plus(-0.5, sides);
            f.sub(centre, sides)
        },
    },
    SurrogateInfo {
        name: "inv_square_grad",
        settings: &[("alpha", 100.0)],
        text: "1 / (alpha * |x| + 1)^2",
        demand: POSITIVE,
        derivative: |f, x, p| {
            let base = f.one_plus_size(p[0], x);
            let square = f.mul(base, base);
            f.over(1.0, square)
        },
        integral: |f, x, p| {
            let base = f.one_plus_size(p[0], x);
            let quotient = f.div(x, base);
            f.plus(0.5, quotient)
        },
    },
    SurrogateInfo {
        name: "slayer_grad",
        settings: &[("alpha", 1.0)],
        text: "exp(-alpha * |x|)",
        demand: POSITIVE,
        derivative: |f, x, p| f.decay(p[0], x),
        integral: |f, x, p| f.risen(p[0], 1.0 / p[0], x),
    },
];

fn erf(f: &mut Formula<'_>, x: NodeId, p: &[f64]) -> NodeId {
    let y = f.scaled(p[0], x);
    let square = f.mul(y, y);
    let minus = f.neg(square);
    let bell = f.exp(minus);
    f.scaled(p[0] * 0.5 * std::f64::consts::FRAC_2_SQRT_PI, bell)
}

fn multi_gaussian(f: &mut Formula<'_>, x: NodeId, p: &[f64]) -> NodeId {
    let centre = f.normal(p[3] * (1.0 + p[0]), 0.0, p[2], x);
    let sides = multi_gaussian_sides(f, x, p);
    f.sub(centre, sides)
}

fn multi_gaussian_sides(f: &mut Formula<'_>, x: NodeId, p: &[f64]) -> NodeId {
    let right = f.normal(p[3] * p[0], p[2], p[1] * p[2], x);
    let left = f.normal(p[3] * p[0], -p[2], p[1] * p[2], x);
    f.add(right, left)
}

/// The surrogate of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static SurrogateInfo> {
    SURROGATES.iter().find(|s| s.name == name)
}

#[cfg(test)]
mod tests {
    use super::SURROGATES;
    use crate::ids::{NodeId, StateId};
    use crate::symbolic::{Graph, Node};

    fn at(graph: &mut Graph, node: NodeId, x: f64) -> f64 {
        let x = graph.number(x);
        let folded = graph.substitute(node, |leaf| matches!(leaf, Node::State(_)).then_some(x));
        graph.number_of(folded).unwrap()
    }

    #[test]
    fn the_softer_spike_has_the_surrogate_as_its_slope_and_is_one_half_at_zero() {
        for row in SURROGATES {
            let settings = row.settings(&[]).unwrap();
            let mut graph = Graph::new();
            let x = graph.add_node(Node::State(StateId(0)));
            let psi = row.derivative(&mut graph, x, &settings);
            let soft = row.integral(&mut graph, x, &settings);
            let middle = at(&mut graph, soft, 0.0);
            assert!((middle - 0.5).abs() < 1e-15, "{}: {middle}", row.name);
            for x in [-8.3, -2.71, -0.93, -0.41, -0.007, 0.013, 0.29, 0.88, 1.37, 3.1, 11.7] {
                let h = 1e-6;
                let difference = (at(&mut graph, soft, x + h) - at(&mut graph, soft, x - h)) / (2.0 * h);
                let slope = at(&mut graph, psi, x);
                let error = (difference - slope).abs();
                assert!(error <= 2e-9, "{} at {x}: {slope} against {difference}", row.name);
            }
        }
    }

    #[test]
    fn settings_are_checked() {
        let row = super::named("squarewave_fourier_series").unwrap();
        let set = |name: &str, value: f64| row.settings(&[(name.to_owned(), value)]);
        assert!(set("n", 2.5).is_err() && set("n", 0.0).is_err() && set("t_period", f64::NAN).is_err());
        assert_eq!(set("n", 3.0), Ok(vec![3.0, 8.0]));
        assert!(set("width", 1.0).unwrap_err().contains("it has n, t_period"));
    }
}

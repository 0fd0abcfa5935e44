//! Integrals of surrogates that no function of a model is: a quadrature, and the arc tangent.
//!
//! They serve gradient checks alone, so they are made to be accurate and not to be fast.

use crate::ids::NodeId;

use super::formula::Formula;

/// Points of the quadrature on each part of the interval.
const POINTS: usize = 16;
/// Parts of the interval.
const PARTS: usize = 4;

impl Formula<'_> {
    /// `arctan(y)`: the angle is halved three times by `y / (1 + √(1 + y²))`, then its series is summed.
    pub(super) fn arctan(&mut self, y: NodeId) -> NodeId {
        let mut y = y;
        for _ in 0..3 {
            let square = self.mul(y, y);
            let sum = self.plus(1.0, square);
            let root = self.0.call(crate::functions::Function::Sqrt, vec![sum]);
            let base = self.plus(1.0, root);
            y = self.div(y, base);
        }
        let square = self.mul(y, y);
        let mut series = self.number(0.0);
        for k in (0..13).rev() {
            let term = self.mul(series, square);
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            series = self.plus(sign / f64::from(2 * k + 1), term);
        }
        let angle = self.mul(series, y);
        self.scaled(8.0, angle)
    }
}

/// `1/2 + ∫₀ˣ psi`, for a `psi` that is nothing beyond `reach`: Gauss-Legendre quadrature, to about 1e-13.
pub(super) fn from_zero(
    f: &mut Formula<'_>,
    x: NodeId,
    reach: f64,
    psi: impl Fn(&mut Formula<'_>, NodeId) -> NodeId,
) -> NodeId {
    let x = f.clamp(x, -reach, reach);
    let mut sum = f.number(0.0);
    for part in 0..PARTS {
        for (point, weight) in gauss_legendre() {
            let at = (part as f64 + 0.5 * (1.0 + point)) / PARTS as f64;
            let at = f.scaled(at, x);
            let value = psi(f, at);
            let term = f.scaled(0.5 * weight / PARTS as f64, value);
            sum = f.add(sum, term);
        }
    }
    let area = f.mul(sum, x);
    f.plus(0.5, area)
}

/// Points and weights on [-1, 1]: the zeros of the Legendre polynomial of degree [`POINTS`], found by Newton's method.
fn gauss_legendre() -> [(f64, f64); POINTS] {
    let n = POINTS as f64;
    std::array::from_fn(|i| {
        let guess = std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5);
        let mut x = alif_core::math::cos(guess);
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=POINTS {
                let k = k as f64;
                let next = ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k;
                (before, value) = (value, next);
            }
            slope = n * (before - x * value) / (1.0 - x * x);
            x -= value / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

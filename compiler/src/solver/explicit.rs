//! Explicit Runge–Kutta methods: a tableau each, one expansion for all.

use crate::ids::NodeId;

use super::stage::{Fraction, Stages};

/// A Butcher tableau. Row j holds the weights with which slopes 0 … j make the values at which slope j + 1 is taken; `b` those which
/// make the new values; `c` is the part of the step after which each slope is taken.
pub(super) struct Tableau {
    a: &'static [&'static [Fraction]],
    b: &'static [Fraction],
    c: &'static [Fraction],
}

/// Euler (1768).
pub(super) const EULER: Tableau = Tableau {
    a: &[],
    b: &[(1, 1)],
    c: &[(0, 1)],
};

/// The explicit midpoint rule (Runge 1895, doi:10.1007/BF01446807).
pub(super) const MIDPOINT: Tableau = Tableau {
    a: &[&[(1, 2)]],
    b: &[(0, 1), (1, 1)],
    c: &[(0, 1), (1, 2)],
};

/// The explicit trapezoidal rule (Heun 1900).
pub(super) const HEUN: Tableau = Tableau {
    a: &[&[(1, 1)]],
    b: &[(1, 2), (1, 2)],
    c: &[(0, 1), (1, 1)],
};

/// The method of two slopes with the smallest bound on its error (Ralston 1962, doi:10.1090/S0025-5718-1962-0150954-0).
pub(super) const RALSTON: Tableau = Tableau {
    a: &[&[(2, 3)]],
    b: &[(1, 4), (3, 4)],
    c: &[(0, 1), (2, 3)],
};

/// Order 3 (Heun 1900).
pub(super) const HEUN3: Tableau = Tableau {
    a: &[&[(1, 3)], &[(0, 1), (2, 3)]],
    b: &[(1, 4), (0, 1), (3, 4)],
    c: &[(0, 1), (1, 3), (2, 3)],
};

/// The classical method of order 4 (Kutta 1901).
pub(super) const RK4: Tableau = Tableau {
    a: &[&[(1, 2)], &[(0, 1), (1, 2)], &[(0, 1), (0, 1), (1, 1)]],
    b: &[(1, 6), (1, 3), (1, 3), (1, 6)],
    c: &[(0, 1), (1, 2), (1, 2), (1, 1)],
};

/// The values that a method reaches.
pub(super) fn advance(stages: &mut Stages<'_>, tableau: &Tableau) -> Vec<NodeId> {
    let n = stages.equations.len();
    let mut values = stages.start.now.to_vec();
    let mut slopes: Vec<Vec<NodeId>> = Vec::new();
    for (row, &elapsed) in tableau.a.iter().zip(tableau.c) {
        slopes.push((0..n).map(|i| stages.rhs(i, &values, elapsed)).collect());
        for i in 0..n {
            let value = moved(stages, i, row, &slopes);
            values[stages.equations[i].state.index()] = stages.seen(i, value);
        }
    }
    let elapsed = tableau.c[tableau.a.len()];
    slopes.push((0..n).map(|i| stages.rhs(i, &values, elapsed)).collect());
    (0..n)
        .map(|i| {
            let value = moved(stages, i, tableau.b, &slopes);
            stages.reached(i, value)
        })
        .collect()
}

/// The start plus weighted slopes, the first slope first.
fn moved(stages: &mut Stages<'_>, equation: usize, weights: &[Fraction], slopes: &[Vec<NodeId>]) -> NodeId {
    let mut value = stages.own(equation);
    for (&(numerator, denominator), slope) in weights.iter().zip(slopes) {
        if numerator != 0 {
            let h = stages.h(equation, f64::from(numerator) / f64::from(denominator));
            let change = stages.graph.mul(h, slope[equation]);
            value = stages.graph.add(value, change);
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{EULER, Fraction, HEUN, HEUN3, MIDPOINT, RALSTON, RK4, Tableau};

    /// The conditions for order 1 to 4 (Hairer, Nørsett & Wanner 1993, Solving Ordinary Differential Equations I, table II.2.1).
    fn order(t: &Tableau) -> u32 {
        let of = |&(p, q): &(i32, i32)| f64::from(p) / f64::from(q);
        let s = t.b.len();
        let b: Vec<f64> = t.b.iter().map(of).collect();
        let a = |i: usize, j: usize| if i == 0 { 0.0 } else { t.a[i - 1].get(j).map_or(0.0, of) };
        let c: Vec<f64> = (0..s).map(|i| (0..s).map(|j| a(i, j)).sum()).collect();
        let sum = |f: &dyn Fn(usize) -> f64| (0..s).map(f).sum::<f64>();
        let ac = |i: usize, p: i32| {
            (0..s)
                .map(|j| a(i, j) * if p == 1 { c[j] } else { c[j] * c[j] })
                .sum::<f64>()
        };
        let aac = |i: usize| (0..s).map(|j| a(i, j) * ac(j, 1)).sum::<f64>();
        let conditions: [Vec<(f64, f64)>; 4] = [
            vec![(sum(&|i| b[i]), 1.0)],
            vec![(sum(&|i| b[i] * c[i]), 1.0 / 2.0)],
            vec![
                (sum(&|i| b[i] * c[i] * c[i]), 1.0 / 3.0),
                (sum(&|i| b[i] * ac(i, 1)), 1.0 / 6.0),
            ],
            vec![
                (sum(&|i| b[i] * c[i] * c[i] * c[i]), 1.0 / 4.0),
                (sum(&|i| b[i] * c[i] * ac(i, 1)), 1.0 / 8.0),
                (sum(&|i| b[i] * ac(i, 2)), 1.0 / 12.0),
                (sum(&|i| b[i] * aac(i)), 1.0 / 24.0),
            ],
        ];
        let met = |all: &Vec<(f64, f64)>| all.iter().all(|(x, wanted)| (x - wanted).abs() < 1e-15);
        conditions.iter().take_while(|all| met(all)).count() as u32
    }

    #[test]
    fn tableaus_have_the_orders_of_their_methods() {
        let orders = [&EULER, &MIDPOINT, &HEUN, &RALSTON, &HEUN3, &RK4].map(order);
        assert_eq!(orders, [1, 2, 2, 2, 3, 4]);
        for tableau in [&EULER, &MIDPOINT, &HEUN, &RALSTON, &HEUN3, &RK4] {
            assert_eq!(tableau.a.len() + 1, tableau.b.len());
            let of = |&(p, q): &Fraction| f64::from(p) / f64::from(q);
            let sums = tableau.a.iter().map(|row| row.iter().map(of).sum());
            let sums: Vec<f64> = std::iter::once(0.0).chain(sums).collect();
            assert_eq!(tableau.c.iter().map(of).collect::<Vec<_>>(), sums);
        }
    }
}

//! Ten thousand random linear systems against integer arithmetic: are propagators right, whatever the eigenvalues?

use alif_core::numerics::propagator;

use super::linear::System;
use crate::support::{Fixed, Random, exponential, json, list, number, product};

const SYSTEMS: usize = 10_000;
/// Every so many of them are also written as a model, compiled and bound.
const EVERY: usize = 25;
/// Errors of `P` and `Q` in the norm of the largest sum of a row, relative to that of the truth.
const TOLERANCE: f64 = 1e-13;
/// Norms below this are not told from it.
const NOTHING: f64 = 1e-60;

/// A matrix, row by row.
struct Matrix {
    n: usize,
    entries: Vec<f64>,
}

impl Matrix {
    fn zero(n: usize) -> Self {
        Self {
            n,
            entries: vec![0.0; n * n],
        }
    }

    fn at(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.entries[row * self.n + column]
    }

    /// U A U⁻¹ with a U that adds rows to rows. It is exact where entries are multiples of 1/64 and not too large, so that equal
    /// eigenvalues stay equal.
    fn sheared(mut self, random: &mut Random, times: usize) -> Self {
        let n = self.n;
        for _ in 0..if n > 1 { times } else { 0 } {
            let (from, to) = (random.below(n), random.below(n));
            let factor = if random.chance(50) { 1.0 } else { -1.0 };
            if from != to {
                for k in 0..n {
                    *self.at(to, k) += factor * self.entries[from * n + k];
                }
                for k in 0..n {
                    *self.at(k, from) -= factor * self.entries[k * n + to];
                }
            }
        }
        self
    }
}

/// A multiple of 1/64.
fn dyadic(random: &mut Random, low: f64, high: f64) -> f64 {
    (64.0 * random.between(low, high)).round() / 64.0
}

/// A power of ten.
fn magnitude(random: &mut Random, low: f64, high: f64) -> f64 {
    libm::exp10(random.between(low, high))
}

/// A kind of system: its name, and one with n states.
type Kind = (&'static str, fn(&mut Random, usize) -> Matrix);

const KINDS: [Kind; 10] = [
    ("dense", dense),
    ("equal eigenvalues", equal),
    ("clustered eigenvalues", clustered),
    ("defective", defective),
    ("singular", singular),
    ("nilpotent", nilpotent),
    ("stiff", stiff),
    ("complex pairs", complex),
    ("equal complex pairs", equal_complex),
    ("unstable", unstable),
];

fn dense(random: &mut Random, n: usize) -> Matrix {
    let scale = magnitude(random, -2.0, 0.5);
    let mut a = Matrix::zero(n);
    a.entries.fill_with(|| scale * random.between(-1.0, 1.0));
    a
}

/// A triangle with one number in the whole diagonal.
fn equal(random: &mut Random, n: usize) -> Matrix {
    let (mut a, rate) = (Matrix::zero(n), dyadic(random, -4.0, 0.25));
    for i in 0..n {
        *a.at(i, i) = rate;
        for j in 0..i {
            *a.at(i, j) = dyadic(random, -1.0, 1.0);
        }
    }
    a.sheared(random, 3)
}

/// Rates that differ in their last bits, or by 10⁻¹² to 10⁻³.
fn clustered(random: &mut Random, n: usize) -> Matrix {
    let (mut a, rate) = (Matrix::zero(n), random.between(-3.0, -0.1));
    let width = if random.chance(30) {
        4.0 * f64::EPSILON
    } else {
        magnitude(random, -12.0, -3.0)
    };
    for i in 0..n {
        *a.at(i, i) = rate * (1.0 + width * random.between(-1.0, 1.0));
        for j in 0..i {
            *a.at(i, j) = random.between(-1.0, 1.0);
        }
    }
    let shears = random.below(3);
    a.sheared(random, shears)
}

/// Blocks of Jordan, some of which have the same eigenvalue.
fn defective(random: &mut Random, n: usize) -> Matrix {
    let mut a = Matrix::zero(n);
    let mut rate = dyadic(random, -3.0, 0.25);
    for i in 0..n {
        if i > 0 && random.chance(70) {
            *a.at(i - 1, i) = 1.0;
        } else if random.chance(50) {
            rate = dyadic(random, -3.0, 0.25);
        }
        *a.at(i, i) = rate;
    }
    a.sheared(random, 4)
}

/// The product of a tall and a wide matrix, of rank n − 1 at most.
fn singular(random: &mut Random, n: usize) -> Matrix {
    let (mut a, rank) = (Matrix::zero(n), random.below(n));
    for _ in 0..rank {
        let mut sparse = || -> Vec<f64> {
            (0..n)
                .map(|_| {
                    if random.chance(60) {
                        dyadic(random, -1.0, 1.0)
                    } else {
                        0.0
                    }
                })
                .collect()
        };
        let (column, row) = (sparse(), sparse());
        for (i, x) in column.iter().enumerate() {
            for (j, y) in row.iter().enumerate() {
                *a.at(i, j) += x * y;
            }
        }
    }
    a
}

fn nilpotent(random: &mut Random, n: usize) -> Matrix {
    let mut a = Matrix::zero(n);
    for i in 0..n {
        for j in 0..i {
            *a.at(i, j) = if random.chance(60) {
                dyadic(random, -2.0, 2.0)
            } else {
                0.0
            };
        }
    }
    a.sheared(random, 4)
}

/// Rates over seven orders of magnitude, coupled as far as they stay stable.
fn stiff(random: &mut Random, n: usize) -> Matrix {
    let rates: Vec<f64> = (0..n).map(|_| magnitude(random, -3.0, 4.0)).collect();
    let mut a = Matrix::zero(n);
    for i in 0..n {
        for j in 0..n {
            let coupling = 0.9 / n as f64 * (rates[i] * rates[j]).sqrt();
            *a.at(i, j) = if i == j {
                -rates[i]
            } else if random.chance(60) {
                coupling * random.between(-1.0, 1.0)
            } else {
                0.0
            };
        }
    }
    a
}

fn complex(random: &mut Random, n: usize) -> Matrix {
    let mut a = Matrix::zero(n);
    for i in (0..n).step_by(2) {
        let rate = dyadic(random, -1.0, 0.125);
        circle(&mut a, i, rate, dyadic(random, 0.25, 8.0));
    }
    a.sheared(random, 4)
}

/// A circle in the plane of a state and the next one.
fn circle(a: &mut Matrix, at: usize, rate: f64, frequency: f64) {
    *a.at(at, at) = rate;
    if at + 1 < a.n {
        *a.at(at + 1, at + 1) = rate;
        *a.at(at, at + 1) = frequency;
        *a.at(at + 1, at) = -frequency;
    }
}

/// Circles of one frequency, each driving the next one in resonance.
fn equal_complex(random: &mut Random, n: usize) -> Matrix {
    let (rate, frequency) = (dyadic(random, -1.0, 0.125), dyadic(random, 0.25, 4.0));
    let mut a = Matrix::zero(n);
    for i in (0..n).step_by(2) {
        circle(&mut a, i, rate, frequency);
        if i >= 2 {
            *a.at(i - 2, i) = 1.0;
            if i + 1 < n {
                *a.at(i - 1, i + 1) = 1.0;
            }
        }
    }
    a.sheared(random, 3)
}

/// It grows up to e³⁰-fold in a step of 1.
fn unstable(random: &mut Random, n: usize) -> Matrix {
    let mut a = dense(random, n);
    let row = |row: &[f64]| row.iter().map(|x| x.abs()).sum::<f64>();
    let norm = a.entries.chunks(n).map(row).fold(0.0, f64::max);
    let wanted = random.between(1.0, 30.0);
    for x in &mut a.entries {
        *x *= wanted / norm;
    }
    for i in 0..n {
        *a.at(i, i) = a.at(i, i).abs();
    }
    a
}

/// `P` and, behind the entries of each row, `q`: what is left of exp([A b; 0 0] h).
fn truth(a: &[f64], b: &[f64], h: f64) -> Vec<Fixed> {
    let n = b.len();
    let h = Fixed::from_f64(h);
    let mut whole = vec![Fixed::default(); (n + 1) * (n + 1)];
    for i in 0..n {
        for j in 0..n {
            whole[i * (n + 1) + j] = Fixed::from_f64(a[i * n + j]).times(h);
        }
        whole[i * (n + 1) + n] = Fixed::from_f64(b[i]).times(h);
    }
    let mut e = exponential(&whole, n + 1);
    e.truncate(n * (n + 1));
    e
}

/// The largest sum of a row of magnitudes, relative to that of the truth, of `P` and of `q`.
fn errors(p: &[f64], q: &[f64], truth: &[Fixed]) -> [f64; 2] {
    let n = q.len();
    let (mut off, mut size) = ([0.0_f64; 2], [NOTHING; 2]);
    for (i, row) in truth.chunks(n + 1).enumerate() {
        let found = p[i * n..][..n].iter().chain(&q[i..=i]);
        let (mut off_of_row, mut size_of_row) = ([0.0; 2], [0.0; 2]);
        for (column, (found, wanted)) in found.zip(row).enumerate() {
            let which = usize::from(column == n);
            let difference = if found.is_finite() {
                Fixed::from_f64(*found).minus(*wanted).to_f64().abs()
            } else {
                f64::INFINITY
            };
            off_of_row[which] += difference;
            size_of_row[which] += wanted.to_f64().abs();
        }
        for which in 0..2 {
            off[which] = off[which].max(off_of_row[which]);
            size[which] = size[which].max(size_of_row[which]);
        }
    }
    [off[0] / size[0], off[1] / size[1]]
}

#[test]
fn propagators_of_ten_thousand_systems() {
    let mut random = Random(20);
    let mut worst = [[0.0_f64; 4]; KINDS.len()];
    let mut compiled = 0;
    for index in 0..SYSTEMS {
        let kind = index % KINDS.len();
        let (name, make) = KINDS[kind];
        let n = 1 + random.below(8);
        let a = make(&mut random, n).entries;
        let b: Vec<f64> = (0..n).map(|_| random.between(-1.0, 1.0)).collect();
        let h = if name == "unstable" {
            1.0
        } else {
            magnitude(&mut random, -2.0, 0.7)
        };
        let truth = truth(&a, &b, h);

        let given = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let direct = propagator(&vec![None; n], &given(&a), &given(&b), 1, h);
        let mut found = errors(&direct.p, &direct.q, &truth).to_vec();
        if (index / KINDS.len()).is_multiple_of(EVERY) {
            let system = System::of(name, a.clone(), b.clone());
            let (p, q) = system.bound((index / KINDS.len()).is_multiple_of(2), h);
            found.extend(errors(&p, &q, &truth));
            compiled += 1;
        }
        for (worst, error) in worst[kind].iter_mut().zip(found) {
            assert!(
                error <= TOLERANCE,
                "{name}, system {index}: {error:e}\n{a:?}\n{b:?}\n{h}"
            );
            *worst = worst.max(error);
        }
    }
    for ((name, _), [p, q, model_p, model_q]) in KINDS.iter().zip(worst) {
        println!("{name:22} P {p:.1e}, q {q:.1e}; through models P {model_p:.1e}, q {model_q:.1e}");
    }
    assert!(compiled >= 300, "{compiled} models");
}

/// The truth itself, against 40 digits of another arithmetic and against what exponentials obey.
#[test]
fn the_truth_is_true() {
    for system in list(&json("analytic/linear_systems.json")) {
        let numbers = |name: &str| crate::support::flat(&system[name]);
        let b = numbers("b");
        let e = truth(&numbers("A"), &b, number(&system["dt"]));
        let n = b.len();
        for (i, row) in e.chunks(n + 1).enumerate() {
            let wanted = list(&system["P"][i]).iter().chain([&system["q"][i]]);
            for (found, wanted) in row.iter().zip(wanted) {
                let digits = wanted["dec"].as_str().expect("digits");
                let error = found.minus(decimal(digits)).to_f64().abs();
                // Forty digits, and the error of reading them.
                assert!(
                    error <= 1e-38 * number(wanted).abs().max(1.0),
                    "{}: {digits}, by {error:e}",
                    system["name"]
                );
            }
        }
    }
    let mut random = Random(3);
    for (name, make) in KINDS {
        let n = 1 + random.below(5);
        let a: Vec<Fixed> = make(&mut random, n).entries.into_iter().map(Fixed::from_f64).collect();
        let half: Vec<Fixed> = a.iter().map(|x| x.halved(1)).collect();
        let (whole, half) = (exponential(&a, n), exponential(&half, n));
        for (one, two) in whole.iter().zip(product(&half, &half, n)) {
            let error = one.minus(two).to_f64().abs();
            assert!(error <= 1e-60 * one.to_f64().abs().max(1.0), "{name}: {error:e}");
        }
    }
}

/// A decimal number with digits on both sides of its point, and perhaps an exponent.
fn decimal(text: &str) -> Fixed {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, digits) = digits.strip_prefix('-').map_or((1.0, digits), |rest| (-1.0, rest));
    let (before, after) = digits.split_once('.').expect("a point");
    let ten = Fixed::whole(10);
    let digit = |c: char| Fixed::whole(u64::from(c.to_digit(10).expect("a digit")));
    let mut value = Fixed::default();
    for c in after.chars().rev() {
        value = value.plus(digit(c)).divided(10);
    }
    let mut whole = Fixed::default();
    for c in before.chars() {
        whole = whole.times(ten).plus(digit(c));
    }
    value = value.plus(whole);
    let exponent: i32 = exponent.parse().expect("an exponent");
    for _ in 0..exponent.unsigned_abs() {
        value = if exponent < 0 {
            value.divided(10)
        } else {
            value.times(ten)
        };
    }
    value.times(Fixed::from_f64(sign))
}

//! Errors over the whole range of arguments.
#![allow(clippy::print_stdout, reason = "the largest errors, shown by `--nocapture`")]

use std::vec::Vec;

use super::{ROWS, Random, Row, Wide, all, error, reference, values};
use crate::elementary::pow;
use crate::lanes::Lanes;
use crate::math;
use crate::real::Precision;

/// The largest error that the functions are allowed.
const ALLOWED: f64 = 2.0;

/// The worst of some errors.
struct Worst {
    error: f64,
    at: (f64, f64),
}

impl Worst {
    fn new() -> Self {
        Self {
            error: 0.0,
            at: (0.0, 0.0),
        }
    }

    fn see(&mut self, error: f64, at: (f64, f64)) {
        if error > self.error || error.is_nan() {
            *self = Self { error, at };
        }
    }

    fn tell(&self, name: &str, what: &str) {
        std::println!(
            "{name:8} {what}: {:.3} ulp at {:e} {:e}",
            self.error,
            self.at.0,
            self.at.1
        );
        assert!(self.error <= ALLOWED, "{name}: {} ulp at {:?}", self.error, self.at);
    }
}

/// The distance of `y` from a double that is as good as the truth: its own error is 2⁻²⁸ of a unit.
fn single_error(y: f32, near: f64) -> f64 {
    let beyond = libm::exp2(128.0);
    let within = |x: f64| x.clamp(-beyond, beyond);
    let binade = (near.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    let unit = f64::from_bits(((binade.clamp(-126, 127) - 23 + 1023) as u64) << 52);
    (within(f64::from(y)) - within(near)).abs() / unit
}

fn single(row: &Row, stride: usize) {
    let mut worst = Worst::new();
    let mut arguments = Vec::with_capacity(1 << 16);
    let mut patterns = (0..=u32::MAX).step_by(stride).peekable();
    while patterns.peek().is_some() {
        arguments.clear();
        let numbers = patterns.by_ref().take(1 << 16).map(f32::from_bits);
        arguments.extend(numbers.filter(|&x| x.is_finite() && (row.domain)(f64::from(x), Precision::F32)));
        for (&x, y) in arguments.iter().zip(all(row.single, &arguments)) {
            worst.see(single_error(y, (row.near)(f64::from(x))), (f64::from(x), 0.0));
        }
    }
    worst.tell(row.name, "f32");
}

fn double(row: &Row) {
    let mut random = Random(1);
    let mut arguments: Vec<f64> = Vec::new();
    let mut take = |x: f64| {
        if (row.domain)(x, Precision::F64) {
            arguments.push(x);
        }
    };
    for _ in 0..30_000 {
        take(random.number());
        take(random.between(row.usual.0, row.usual.1));
        // Where exponentials are neither zero nor infinite, evenly and by exponents.
        take(random.between(-750.0, 750.0));
        let exponent = random.between(-60.0, 10.0) as i32;
        take(libm::ldexp(random.between(-2.0, 2.0), exponent));
    }
    let mut worst = Worst::new();
    for (&x, y) in arguments.iter().zip(all(row.double, &arguments)) {
        worst.see(error(y, (row.reference)(x)), (x, 0.0));
    }
    worst.tell(row.name, "f64");
}

#[test]
fn single_precision_over_all_exponents() {
    // An odd stride of about 2⁸, so that the last bits vary as well.
    ROWS.iter().for_each(|row| single(row, 257));
}

#[test]
#[ignore = "every number of single precision: minutes with optimisation"]
fn single_precision_without_exception() {
    ROWS.iter().for_each(|row| single(row, 1));
}

#[test]
fn double_precision_over_all_exponents() {
    ROWS.iter().for_each(double);
}

/// Pairs whose power is often neither zero nor infinite.
fn pairs(random: &mut Random) -> [(f64, f64); 4] {
    let base = random.number().abs();
    let exponent = random.between(-1100.0, 1100.0) / libm::log2(base);
    let near_one = 1.0 + libm::ldexp(random.between(-1.0, 1.0), -(random.between(1.0, 50.0) as i32));
    [
        (base, exponent),
        (base, random.number()),
        (near_one, random.between(-750.0, 750.0) / libm::log(near_one)),
        (random.between(0.0, 10.0), random.between(-10.0, 10.0)),
    ]
}

#[test]
fn powers_in_double_precision() {
    let (mut random, mut worst) = (Random(2), Worst::new());
    for (x, y) in (0..50_000).flat_map(|_| pairs(&mut random)) {
        if x > 0.0 && x.is_finite() && y.is_finite() {
            let value = pow(Lanes([x]), Lanes([y])).0[0];
            worst.see(error(value, reference::pow(x, y)), (x, y));
        }
    }
    worst.tell("pow", "f64");
}

#[test]
fn powers_in_single_precision() {
    let (mut random, mut worst) = (Random(3), Worst::new());
    for _ in 0..500_000 {
        let base = random.single().abs();
        let exponent = random.between(-150.0, 150.0) / libm::log2(f64::from(base));
        let near_one = 1.0 + libm::ldexp(random.between(-1.0, 1.0), -(random.between(1.0, 22.0) as i32));
        let tried = [
            (base, exponent as f32),
            (base, random.single()),
            (
                near_one as f32,
                (random.between(-100.0, 100.0) / libm::log(near_one)) as f32,
            ),
            (random.between(0.0, 10.0) as f32, random.between(-10.0, 10.0) as f32),
        ];
        for (x, y) in tried {
            if x > 0.0 && y.is_finite() {
                let value = pow(Lanes([x]), Lanes([y])).0[0];
                let near = math::pow(f64::from(x), f64::from(y));
                worst.see(single_error(value, near), (x.into(), y.into()));
            }
        }
    }
    worst.tell("pow", "f32");
}

/// Lines `function arguments value rest`, all as the bits of doubles in hexadecimal.
fn table() -> Vec<(&'static str, Vec<f64>)> {
    values::TABLE
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default();
            let number = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("hexadecimal digits"));
            (name, words.map(number).collect())
        })
        .collect()
}

#[test]
fn the_hardest_arguments_and_values_of_eighty_digits() {
    let mut worst: Vec<(&str, Worst, f64)> = Vec::new();
    for (name, numbers) in table() {
        let (arguments, truth) = numbers.split_at(numbers.len() - 3);
        let truth = reference::Scaled {
            value: crate::numerics::DoubleDouble {
                hi: truth[0],
                lo: truth[1],
            },
            exponent: truth[2] as i32,
        };
        let (value, of_reference) = match arguments {
            [x] => {
                let row = super::row(name);
                ((row.double)(Wide::splat(*x)).0[0], (row.reference)(*x))
            }
            [x, y] => (pow(Lanes([*x]), Lanes([*y])).0[0], reference::pow(*x, *y)),
            _ => panic!("{name} takes one or two numbers"),
        };
        let at = (arguments[0], arguments.last().copied().unwrap_or_default());
        if !worst.iter().any(|(known, ..)| *known == name) {
            worst.push((name, Worst::new(), 0.0));
        }
        let row = worst.iter_mut().find(|row| row.0 == name).expect("added above");
        row.1.see(error(value, truth), at);
        // The other reference is tried too: relative to the truth.
        let scale = libm::exp2(f64::from(of_reference.exponent - truth.exponent));
        let difference = of_reference.value.scale(scale) - truth.value;
        row.2 = row.2.max((difference.hi / truth.value.hi).abs());
    }
    assert_eq!(worst.len(), ROWS.len() + 1, "every function has lines");
    for (name, worst, of_reference) in worst {
        let what = std::format!("f64, table (reference {of_reference:.1e})");
        worst.tell(name, &what);
        assert!(of_reference < 1e-24, "{name}: the reference is off by {of_reference:e}");
    }
}

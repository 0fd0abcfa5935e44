//! Are random numbers uniform, normal and independent of each other? Every bound is five standard deviations of what chance would give,
//! and everything is a function of counters, so a test that passes once always does.

use std::vec;
use std::vec::Vec;

use crate::elementary::random::tail_quantile;
use crate::elementary::{normal, uniform};
use crate::lanes::Lanes;
use crate::random::{Draw, keys};
use crate::real::Real;

/// How many deviations chance is given.
const DEVIATIONS: f64 = 5.0;

/// Some neurons in some steps.
struct Field {
    seed: u64,
    draw: Draw,
    neurons: u32,
    steps: u64,
}

const DRAW: Draw = Draw { stream: 0, number: 0 };

impl Field {
    fn new(neurons: u32, steps: u64) -> Self {
        Self {
            seed: 1,
            draw: DRAW,
            neurons,
            steps,
        }
    }

    fn values<T: Real>(&self, of: impl Fn([Lanes<T, 1>; 3]) -> Lanes<T, 1>) -> Vec<f64> {
        let bits = |bits: u64| Lanes([T::from_bits(T::count_bits(bits.cast_signed()))]);
        let mut found = Vec::new();
        for step in 0..self.steps {
            let [key, other] = keys(self.seed, self.draw, step).map(bits);
            found.extend((0..self.neurons).map(|neuron| of([bits(u64::from(neuron)), key, other]).0[0].to_f64()));
        }
        found
    }

    fn normals<T: Real>(&self) -> Vec<f64> {
        self.values(|[neuron, key, other]: [Lanes<T, 1>; 3]| normal(neuron, key, other))
    }

    fn uniforms<T: Real>(&self) -> Vec<f64> {
        self.values(|[neuron, key, other]: [Lanes<T, 1>; 3]| uniform(neuron, key, other))
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

/// The probability that a normal number exceeds `x`, which is not negative, to about 14 digits.
fn tail(x: f64) -> f64 {
    let density = libm::exp(-0.5 * x * x) / (2.0 * core::f64::consts::PI).square_root();
    if x < 2.0 {
        // 1/2 less the density times x + x³/3 + x⁵/(3·5) + …
        let (mut term, mut sum, mut k) = (x, x, 1.0);
        while term > 1e-18 {
            k += 2.0;
            term *= x * x / k;
            sum += term;
        }
        0.5 - density * sum
    } else {
        // The continued fraction x + 1/(x + 2/(x + 3/…)).
        density / (1..200).rev().fold(x, |below, k| x + f64::from(k) / below)
    }
}

fn uniform_numbers_are_uniform<T: Real>() {
    const BINS: usize = 1024;
    // Neighbours in space, in time, and pairs of both.
    for (neurons, steps) in [(1 << 18, 1), (1, 1 << 18), (1 << 9, 1 << 9)] {
        let values = Field::new(neurons, steps).uniforms::<T>();
        assert!(values.iter().all(|&u| u > 0.0 && u < 1.0));
        let n = values.len() as f64;
        // The leading bits, and those after them.
        for scale in [1.0, 64.0, 4096.0] {
            let mut counts = vec![0.0; BINS];
            for u in &values {
                let part = u * scale;
                counts[((part - part.floor()) * BINS as f64) as usize] += 1.0;
            }
            let expected = n / BINS as f64;
            let chi: f64 = counts
                .iter()
                .map(|c: &f64| (c - expected) * (c - expected) / expected)
                .sum();
            let freedom = BINS as f64 - 1.0;
            let deviation = (chi - freedom) / (2.0 * freedom).square_root();
            assert!(
                deviation.abs() < DEVIATIONS,
                "{neurons} x {steps}, scale {scale}: {deviation}"
            );
        }
    }
}

#[test]
fn uniform_numbers_are_uniform_in_space_and_time() {
    uniform_numbers_are_uniform::<f32>();
    uniform_numbers_are_uniform::<f64>();
}

fn moments<T: Real>() {
    let values = Field::new(1 << 10, 1 << 11).normals::<T>();
    let n = values.len() as f64;
    // Means of powers, what they should be, and the variance of one of them: (2k-1)!! for each k-th even moment.
    for (power, expected, variance) in [
        (1, 0.0, 1.0),
        (2, 1.0, 2.0),
        (3, 0.0, 15.0),
        (4, 3.0, 96.0),
        (6, 15.0, 10_170.0),
    ] {
        let found = mean(values.iter().map(|x| (0..power).map(|_| x).product::<f64>()));
        let deviation = (found - expected) / (variance / n).square_root();
        assert!(
            deviation.abs() < DEVIATIONS,
            "moment {power}: {found}, {deviation} deviations"
        );
    }
    // Both tails, to five standard deviations, where 0.6 of 2 million are expected on each side.
    for threshold in [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0] {
        let p = tail(threshold);
        for sign in [1.0, -1.0] {
            let beyond = values.iter().filter(|&&x| sign * x > threshold).count() as f64;
            let deviation = (beyond - n * p) / (n * p * (1.0 - p)).square_root();
            assert!(
                deviation.abs() < DEVIATIONS,
                "beyond {threshold}: {beyond} of {}",
                n * p
            );
        }
    }
}

#[test]
fn normal_numbers_have_their_moments_and_tails() {
    moments::<f32>();
    moments::<f64>();
}

/// Correlations of numbers and of their squares.
fn uncorrelated(what: &str, a: &[f64], b: &[f64]) {
    let n = a.len() as f64;
    let both = || a.iter().zip(b);
    let plain = mean(both().map(|(x, y)| x * y)) * n.square_root();
    let squares = mean(both().map(|(x, y)| (x * x - 1.0) * (y * y - 1.0))) * n.square_root() / 2.0;
    assert!(plain.abs() < DEVIATIONS, "{what}: {plain} deviations");
    assert!(squares.abs() < DEVIATIONS, "{what}: {squares} deviations of squares");
}

fn neighbours<T: Real>() {
    const WIDTH: usize = 1 << 10;
    let field = |seed, stream, number| Field {
        seed,
        draw: Draw { stream, number },
        ..Field::new(WIDTH as u32, 1 << 9)
    };
    let base = field(1, 0, 0).normals::<T>();
    for lag in [1, 2, 3, 4, 8, 16, 64, 256, WIDTH, WIDTH + 1, 2 * WIDTH, 64 * WIDTH] {
        uncorrelated("lag", &base[lag..], &base[..base.len() - lag]);
    }
    for (seed, stream, number) in [
        (2, 0, 0),
        (0, 0, 0),
        (1 << 32, 0, 0),
        (1, 1, 0),
        (1, 2, 0),
        (1, 0, 1),
        (1, 1, 1),
        (u64::MAX, 0, 0),
    ] {
        let other = field(seed, stream, number).normals::<T>();
        uncorrelated("another seed, stream or draw", &base, &other);
        uncorrelated("shifted", &base[1..], &other[..other.len() - 1]);
    }
}

#[test]
fn neighbouring_counters_give_independent_numbers() {
    neighbours::<f32>();
    neighbours::<f64>();
}

#[test]
fn each_bit_of_the_counter_changes_half_of_the_numbers_bits() {
    // 23 bits of uniform numbers in single precision, from counters that differ in one bit.
    let leading = |neuron: u32, step: u64, seed: u64| {
        let bits = |bits: u64| Lanes([f32::from_bits(bits as u32)]);
        let [key, other] = keys(seed, DRAW, step).map(bits);
        (f64::from(uniform(bits(u64::from(neuron)), key, other).0[0]) * f64::from(1 << 23)) as u32
    };
    let samples = 4096_u32;
    let check = |what: &str, bit: u32, other: &dyn Fn(u32) -> u32| {
        let mut flips = [0_u32; 23];
        for sample in 0..samples {
            let changed = leading(sample * 977, u64::from(sample), 5) ^ other(sample);
            for (at, flips) in flips.iter_mut().enumerate() {
                *flips += changed >> at & 1;
            }
        }
        for (at, &flips) in flips.iter().enumerate() {
            let deviation = (f64::from(flips) - f64::from(samples) / 2.0) / (f64::from(samples) / 4.0).square_root();
            assert!(
                deviation.abs() < DEVIATIONS,
                "{what} bit {bit} to bit {at}: {deviation}"
            );
        }
    };
    for bit in 0..32 {
        check("neuron", bit, &|s| leading((s * 977) ^ (1 << bit), u64::from(s), 5));
    }
    for bit in 0..64 {
        check("step", bit, &|s| leading(s * 977, u64::from(s) ^ (1 << bit), 5));
        check("seed", bit, &|s| leading(s * 977, u64::from(s), 5 ^ (1 << bit)));
    }
}

#[test]
fn quantiles_are_what_is_exceeded_with_their_probability() {
    let mut worst = [0.0_f64; 2];
    for at in 1..4000 {
        // From 1/2 down to 2^-65.
        let p = libm::exp2(-1.0 - 64.0 * f64::from(at) / 4000.0);
        let x = tail_quantile(Lanes([p])).0[0];
        // What the difference of the probabilities is as one of the numbers.
        let slope = libm::exp(-0.5 * x * x) / (2.0 * core::f64::consts::PI).square_root();
        worst[1] = worst[1].max((tail(x) - p).abs() / slope);
        if p >= libm::exp2(-33.0) {
            let single = tail_quantile(Lanes([p as f32])).0[0];
            let true_single = tail_quantile(Lanes([f64::from(p as f32)])).0[0];
            worst[0] = worst[0].max((f64::from(single) - true_single).abs());
        }
    }
    assert!(worst[0] < 2e-6 && worst[1] < 4e-15 * 9.1, "{worst:?}");
}

#[test]
fn numbers_are_the_ones_they_have_always_been() {
    let draw = Draw { stream: 3, number: 1 };
    let [key, other] = keys(42, draw, 1_000_000_007);
    assert_eq!([key, other], [4_860_147_062_920_745_703, 5_734_295_563_544_497_232]);
    let single = |bits: u64| Lanes([f32::from_bits(bits as u32)]);
    let double = |bits: u64| Lanes([f64::from_bits(bits)]);
    let found = [
        f64::from(uniform(single(17), single(key), single(other)).0[0]),
        f64::from(normal(single(17), single(key), single(other)).0[0]),
        uniform(double(17), double(key), double(other)).0[0],
        normal(double(17), double(key), double(other)).0[0],
    ];
    assert_eq!(
        found,
        [
            0.907_049_357_891_082_8,
            -0.235_141_739_249_229_43,
            0.804_579_562_045_353,
            -0.511_274_120_173_572_8
        ]
    );
}

//! How far from the truth, in units of the last place?

mod accuracy;
mod lanes;
mod random;
mod reference;
mod special;
mod values;

use std::vec::Vec;

use crate::lanes::Lanes;
use crate::math;
use crate::real::{Precision, Real};
use reference::Scaled;

/// How many at a time.
const WIDE: usize = 8;
type Wide<T> = Lanes<T, WIDE>;

/// A function of one number.
struct Row {
    name: &'static str,
    single: fn(Wide<f32>) -> Wide<f32>,
    double: fn(Wide<f64>) -> Wide<f64>,
    /// To 30 digits.
    reference: fn(f64) -> Scaled,
    /// To 15 digits, and fast.
    near: fn(f64) -> f64,
    /// Where it is a number.
    domain: fn(f64, Precision) -> bool,
    /// Where it does what it is used for.
    usual: (f64, f64),
}

fn everywhere(_: f64, _: Precision) -> bool {
    true
}

fn positive(x: f64, _: Precision) -> bool {
    x > 0.0
}

fn few_turns(x: f64, precision: Precision) -> bool {
    x.abs()
        < match precision {
            Precision::F32 => 2_097_152.0,
            Precision::F64 => 1_125_899_906_842_624.0,
        }
}

macro_rules! rows {
    ($($name:ident $domain:ident $usual:expr;)*) => {
        const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            single: super::$name::<Wide<f32>>,
            double: super::$name::<Wide<f64>>,
            reference: reference::$name,
            near: math::$name,
            domain: $domain,
            usual: $usual,
        }),*];
    };
}

rows! {
    exp everywhere (-90.0, 90.0);
    expm1 everywhere (-2.0, 2.0);
    exprel everywhere (-3.0, 3.0);
    sigmoid everywhere (-20.0, 20.0);
    ln positive (0.4, 2.5);
    log10 positive (0.4, 2.5);
    sinh everywhere (-3.0, 3.0);
    cosh everywhere (-3.0, 3.0);
    tanh everywhere (-3.0, 3.0);
    sin few_turns (-10.0, 10.0);
    cos few_turns (-10.0, 10.0);
    tan few_turns (-10.0, 10.0);
}

fn row(name: &str) -> &'static Row {
    ROWS.iter()
        .find(|row| row.name == name)
        .expect("a function of the table")
}

/// The distance of `y` from the truth in units of the last place that numbers of the precision have there. Beyond the largest number
/// there are the infinities, which stand for the next power of two.
fn error<T: Real>(y: T, truth: Scaled) -> f64 {
    let (fraction, lowest, highest) = match T::PRECISION {
        Precision::F32 => (23, -126, 128),
        Precision::F64 => (52, -1022, 1024),
    };
    let y = y.to_f64();
    if truth.value.is_zero() {
        return if y == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let binade = truth.binade();
    if y.is_infinite() && binade >= highest && (y > 0.0) == (truth.value.hi > 0.0) {
        return 0.0;
    }
    let y = if y.is_infinite() {
        Scaled::from_f64(y.signum()).at(highest)
    } else {
        Scaled::from_f64(y)
    };
    // Far apart they are anyway.
    let shift = (y.exponent - truth.exponent).clamp(-1000, 1000);
    let difference = y.value.scale(libm::exp2(f64::from(shift))) - truth.value;
    let unit = binade.max(lowest) - fraction - truth.exponent;
    libm::ldexp(difference.abs().hi, -unit)
}

impl Scaled {
    /// Moved up by a power of two.
    pub(super) fn at(self, exponent: i32) -> Self {
        Self {
            exponent: self.exponent + exponent,
            ..self
        }
    }
}

/// The functions by lanes, as if they took one number.
fn all<T: Real>(function: fn(Wide<T>) -> Wide<T>, arguments: &[T]) -> Vec<T> {
    let mut values = Vec::with_capacity(arguments.len());
    for chunk in arguments.chunks(WIDE) {
        let mut lanes = [T::ZERO; WIDE];
        lanes[..chunk.len()].copy_from_slice(chunk);
        values.extend_from_slice(&function(Lanes(lanes)).0[..chunk.len()]);
    }
    values
}

/// A sequence of random bits: SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A finite number of any exponent.
    fn number(&mut self) -> f64 {
        loop {
            let x = f64::from_bits(self.bits());
            if x.is_finite() {
                return x;
            }
        }
    }

    /// A finite number of any exponent.
    fn single(&mut self) -> f32 {
        loop {
            let x = f32::from_bits(self.bits() as u32);
            if x.is_finite() {
                return x;
            }
        }
    }
}

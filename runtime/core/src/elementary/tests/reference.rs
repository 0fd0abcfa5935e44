//! The functions to about 30 digits, by the shortest ways there are: Taylor series in two parts.

use crate::numerics::DoubleDouble as D;

/// `value * 2^exponent`, so that nothing is lost beyond the range of doubles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled {
    pub(super) value: D,
    pub(super) exponent: i32,
}

impl Scaled {
    fn new(value: D, exponent: i32) -> Self {
        Self { value, exponent }
    }

    /// A number with its exponent taken out.
    pub(super) fn from_f64(x: f64) -> Self {
        let (mantissa, exponent) = libm::frexp(x);
        Self::new(D::from(mantissa), exponent)
    }

    /// ⌊log₂⌋ of the magnitude.
    pub(super) fn binade(self) -> i32 {
        libm::ilogb(self.value.hi) + self.exponent
    }
}

const LN_2: D = D {
    hi: core::f64::consts::LN_2,
    lo: 2.319_046_813_846_299_6e-17,
};
const LN_10: D = D {
    hi: core::f64::consts::LN_10,
    lo: -2.170_756_223_382_249e-16,
};
/// π/2 in four parts.
const HALF_PI: [f64; 4] = [
    core::f64::consts::FRAC_PI_2,
    6.123_233_995_736_766e-17,
    -1.497_384_904_859_169_8e-33,
    5.562_271_104_316_826e-50,
];

/// Below this the first term of a series is all there is.
const TINY: f64 = 1e-60;

/// `Σ_{k ≥ 1} x^k / k!`
fn series(x: D) -> D {
    let mut term = x;
    let mut sum = x;
    for k in 2..32 {
        term = (term * x).div_f64(f64::from(k));
        sum += term;
    }
    sum
}

/// `e^x`
fn exponential(x: D) -> Scaled {
    let x = if x.hi.abs() > 3000.0 {
        D::from(x.hi.signum() * 3000.0)
    } else {
        x
    };
    let n = libm::round(x.hi * core::f64::consts::LOG2_E);
    Scaled::new(series(x - LN_2.mul_f64(n)) + D::ONE, n as i32)
}

pub(super) fn exp(x: f64) -> Scaled {
    exponential(D::from(x))
}

pub(super) fn expm1(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::from_f64(x);
    }
    if x.abs() < 0.4 {
        return Scaled::new(series(D::from(x)), 0);
    }
    let e = exp(x);
    match e.exponent {
        200.. => e,
        n => Scaled::new(e.value.scale(libm::exp2(f64::from(n))) - D::ONE, 0),
    }
}

pub(super) fn exprel(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::new(D::ONE, 0);
    }
    let e = expm1(x);
    let x = Scaled::from_f64(x);
    Scaled::new(e.value / x.value, e.exponent - x.exponent)
}

pub(super) fn sigmoid(x: f64) -> Scaled {
    let e = exp(-x.abs());
    let below = D::ONE + e.value.scale(libm::exp2(f64::from(e.exponent)));
    if x < 0.0 {
        Scaled::new(e.value / below, e.exponent)
    } else {
        Scaled::new(D::ONE / below, 0)
    }
}

/// `ln x`, by one step of Halley from the logarithm in double precision.
fn logarithm(x: f64) -> D {
    let (mut m, mut k) = libm::frexp(x);
    if m < core::f64::consts::FRAC_1_SQRT_2 {
        (m, k) = (2.0 * m, k - 1);
    }
    let near = libm::log(m);
    let above = series(D::from(near));
    let m = D::from(m - 1.0);
    let step = (m - above).scale(2.0) / (m + above + D::from(2.0));
    LN_2.mul_f64(f64::from(k)) + (D::from(near) + step)
}

pub(super) fn ln(x: f64) -> Scaled {
    Scaled::new(logarithm(x), 0)
}

pub(super) fn log10(x: f64) -> Scaled {
    Scaled::new(logarithm(x) / LN_10, 0)
}

pub(super) fn pow(x: f64, y: f64) -> Scaled {
    let (logarithm, y) = (logarithm(x), y.clamp(-1e25, 1e25));
    exponential(logarithm.mul_f64(y))
}

/// `(e^x ± e^-x) / 2` for `x` away from zero.
fn half_of_both(x: f64, sign: f64) -> Scaled {
    let e = exp(x.abs());
    let other = (D::ONE / e.value).scale(libm::exp2(-2.0 * f64::from(e.exponent)));
    Scaled::new((e.value + other.scale(sign)).scale(0.5), e.exponent)
}

pub(super) fn cosh(x: f64) -> Scaled {
    half_of_both(x, 1.0)
}

pub(super) fn sinh(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::from_f64(x);
    }
    if x.abs() < 0.4 {
        let e = expm1(x).value;
        return Scaled::new((e + e / (D::ONE + e)).scale(0.5), 0);
    }
    let value = half_of_both(x, -1.0);
    Scaled::new(value.value.scale(x.signum()), value.exponent)
}

pub(super) fn tanh(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::from_f64(x);
    }
    let e = expm1(2.0 * x.clamp(-60.0, 60.0)).value;
    Scaled::new(e / (e + D::from(2.0)), 0)
}

/// The quarter turns in `x`, the sine and the cosine of the rest.
fn turned(x: f64) -> (i64, D, D) {
    let n = libm::rint(x * core::f64::consts::FRAC_2_PI);
    let r = HALF_PI
        .iter()
        .fold(D::from(x), |rest, part| rest - D::two_prod(n, *part));
    let z = -(r * r);
    let (mut sin, mut cos) = (r, D::ONE);
    let (mut odd, mut even) = (r, D::ONE);
    for k in 1..16 {
        let k = 2.0 * f64::from(k);
        even = (even * z).div_f64((k - 1.0) * k);
        odd = (odd * z).div_f64(k * (k + 1.0));
        cos += even;
        sin += odd;
    }
    (n as i64, sin, cos)
}

/// The sine of an angle that is some quarter turns further on.
fn sine(x: f64, further: i64) -> D {
    let (n, sin, cos) = turned(x);
    match (n + further) & 3 {
        0 => sin,
        1 => cos,
        2 => -sin,
        _ => -cos,
    }
}

pub(super) fn sin(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::from_f64(x);
    }
    Scaled::new(sine(x, 0), 0)
}

pub(super) fn cos(x: f64) -> Scaled {
    Scaled::new(sine(x, 1), 0)
}

pub(super) fn tan(x: f64) -> Scaled {
    if x.abs() < TINY {
        return Scaled::from_f64(x);
    }
    Scaled::new(sine(x, 0) / sine(x, 1), 0)
}

//! Infinities, zeros and NaNs.

use crate::elementary::{cos, cosh, exp, expm1, exprel, ln, log10, pow, sigmoid, sin, sinh, tan, tanh};
use crate::lanes::Lanes;
use crate::real::Real;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Equal, with signs of zeros; all NaNs are one.
fn same<T: Real>(found: T, wanted: f64) -> bool {
    let found = found.to_f64();
    found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan())
}

/// Each function at -∞, -0, +0, +∞; at NaN it is NaN.
fn at_the_ends<T: Real>() {
    type F<T> = fn(Lanes<T, 1>) -> Lanes<T, 1>;
    let table: [(&str, F<T>, [f64; 4]); 12] = [
        ("exp", exp, [0.0, 1.0, 1.0, INF]),
        ("expm1", expm1, [-1.0, -0.0, 0.0, INF]),
        ("exprel", exprel, [0.0, 1.0, 1.0, INF]),
        ("sigmoid", sigmoid, [0.0, 0.5, 0.5, 1.0]),
        ("ln", ln, [NAN, -INF, -INF, INF]),
        ("log10", log10, [NAN, -INF, -INF, INF]),
        ("sinh", sinh, [-INF, -0.0, 0.0, INF]),
        ("cosh", cosh, [INF, 1.0, 1.0, INF]),
        ("tanh", tanh, [-1.0, -0.0, 0.0, 1.0]),
        ("sin", sin, [NAN, -0.0, 0.0, NAN]),
        ("cos", cos, [NAN, 1.0, 1.0, NAN]),
        ("tan", tan, [NAN, -0.0, 0.0, NAN]),
    ];
    for (name, function, wanted) in table {
        for (x, wanted) in [-INF, -0.0, 0.0, INF].into_iter().zip(wanted) {
            let found = function(Lanes([T::from_f64(x)])).0[0];
            assert!(
                same(found, wanted),
                "{name}({x}) is {found:?}, not {wanted}, in {}",
                T::PRECISION
            );
        }
        assert!(function(Lanes([T::from_f64(NAN)])).0[0].to_f64().is_nan(), "{name}");
    }
    for negative in [-1.0, -1e-30] {
        assert!(ln(Lanes([T::from_f64(negative)])).0[0].to_f64().is_nan());
        assert!(log10(Lanes([T::from_f64(negative)])).0[0].to_f64().is_nan());
    }
    assert!(same(ln(Lanes([T::from_f64(1.0)])).0[0], 0.0) && same(log10(Lanes([T::from_f64(1.0)])).0[0], 0.0));
    for far in [1e16, -1e30, T::PRECISION.largest()] {
        assert!(sin(Lanes([T::from_f64(far)])).0[0].to_f64().is_nan());
    }
}

impl crate::Precision {
    fn largest(self) -> f64 {
        match self {
            Self::F32 => f64::from(f32::MAX),
            Self::F64 => f64::MAX,
        }
    }
}

/// `pow` as `pow` of C99, annex F.9.4.4.
fn powers<T: Real>() {
    let largest = T::PRECISION.largest();
    let table = [
        (0.0, 3.0, 0.0),
        (-0.0, 3.0, -0.0),
        (0.0, 2.5, 0.0),
        (-0.0, 2.5, 0.0),
        (-0.0, 2.0, 0.0),
        (0.0, -3.0, INF),
        (-0.0, -3.0, -INF),
        (0.0, -2.0, INF),
        (-0.0, -2.0, INF),
        (-0.0, -2.5, INF),
        (0.0, -INF, INF),
        (-0.0, INF, 0.0),
        (-1.0, INF, 1.0),
        (-1.0, -INF, 1.0),
        (1.0, NAN, 1.0),
        (1.0, INF, 1.0),
        (NAN, 0.0, 1.0),
        (NAN, -0.0, 1.0),
        (INF, 0.0, 1.0),
        (-INF, -0.0, 1.0),
        (0.0, 0.0, 1.0),
        (-2.0, 3.0, -8.0),
        (-2.0, 4.0, 16.0),
        (-2.0, -1.0, -0.5),
        (-2.0, 0.5, NAN),
        (-2.0, 1e30, INF),
        (-0.5, 1e30, 0.0),
        (0.5, -INF, INF),
        (-0.5, -INF, INF),
        (2.0, -INF, 0.0),
        (-2.0, -INF, 0.0),
        (0.5, INF, 0.0),
        (2.0, INF, INF),
        (-2.0, INF, INF),
        (-INF, -3.0, -0.0),
        (-INF, -2.0, 0.0),
        (-INF, -2.5, 0.0),
        (-INF, 3.0, -INF),
        (-INF, 2.0, INF),
        (-INF, 2.5, INF),
        (INF, -1.5, 0.0),
        (INF, 0.25, INF),
        (INF, INF, INF),
        (-INF, -INF, 0.0),
        (NAN, 1.0, NAN),
        (2.0, NAN, NAN),
        (-1.0, largest, 1.0),
        (2.0, 10.0, 1024.0),
        (largest, 1.0, largest),
        (largest, 2.0, INF),
        (-largest, 3.0, -INF),
        (largest, -2.0, 0.0),
    ];
    for (x, y, wanted) in table {
        let found = pow(Lanes([T::from_f64(x)]), Lanes([T::from_f64(y)])).0[0];
        assert!(
            same(found, wanted),
            "pow({x}, {y}) is {found:?}, not {wanted}, in {}",
            T::PRECISION
        );
    }
}

#[test]
fn functions_at_the_ends_of_their_ranges() {
    at_the_ends::<f32>();
    at_the_ends::<f64>();
}

#[test]
fn powers_in_every_special_case() {
    powers::<f32>();
    powers::<f64>();
}

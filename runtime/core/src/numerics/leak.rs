//! The propagator of one state: by far the most frequent one, and with time constants of their own one for each neuron.

use alloc::vec;
use alloc::vec::Vec;

use crate::numerics::double_double::DoubleDouble;
use crate::numerics::propagator::{Propagator, SERIES_NORM};
use crate::real::Real;

/// Coefficients 1/(j + 1)! of the series, with what rounding left out of each.
const COEFFICIENTS: [(f64, f64); 22] = [
    (1.0, 0.0),
    (0.5, 0.0),
    (0.16666666666666666, 9.25185853854297e-18),
    (0.041666666666666664, 2.3129646346357427e-18),
    (0.008333333333333333, 1.1564823173178714e-19),
    (0.001388888888888889, -5.300543954373577e-20),
    (0.0001984126984126984, 1.7209558293420705e-22),
    (2.48015873015873e-05, 2.1511947866775882e-23),
    (2.7557319223985893e-06, -1.858393274046472e-22),
    (2.755731922398589e-07, 2.3767714622250297e-23),
    (2.505210838544172e-08, -1.448814070935912e-24),
    (2.08767569878681e-09, -1.20734505911326e-25),
    (1.6059043836821613e-10, 1.2585294588752098e-26),
    (1.1470745597729725e-11, 2.0655512752830745e-28),
    (7.647163731819816e-13, 7.03872877733453e-30),
    (4.779477332387385e-14, 4.399205485834081e-31),
    (2.8114572543455206e-15, 1.6508842730861433e-31),
    (1.5619206968586225e-16, 1.1910679660273754e-32),
    (8.22063524662433e-18, 2.2141894119604265e-34),
    (4.110317623312165e-19, 1.4412973378659527e-36),
    (1.9572941063391263e-20, -1.3643503830087908e-36),
    (8.896791392450574e-22, -7.911402614872376e-38),
];

/// For |z| up to a bound: from which term on double precision is enough, since the terms are below 2⁻⁵⁶, and the last term that is not
/// below 2⁻¹¹⁰.
const TERMS: [(f64, usize, usize); 3] = [(1.0 / 256.0, 6, 11), (1.0 / 32.0, 8, 14), (SERIES_NORM, 12, 21)];

/// The update of `dx/dt = a x + Σ fₖ uₖ` from `z = a h` and the `fₖ h`: `P = 1 + z φ` and `Qₖ = fₖ h φ` with `φ = (e^z - 1)/z`, summed as a
/// series. Nothing where that converges slowly or a number is not finite.
pub(super) fn leak(z: DoubleDouble, forcings: impl ExactSizeIterator<Item = DoubleDouble>) -> Option<Propagator> {
    let size = z.hi.abs();
    let &(_, double, last) = TERMS.iter().find(|terms| size <= terms.0)?;
    if !z.is_finite() {
        return None;
    }
    let tail = COEFFICIENTS[double..=last].iter().rev();
    let tail = tail.fold(0.0_f64, |sum, &(hi, _)| Real::fma(sum, z.hi, hi));
    let head = COEFFICIENTS[..double].iter().rev();
    let mean = head.fold(DoubleDouble::from(tail), |sum, &(hi, lo)| next(sum, z, hi, lo));
    let m = forcings.len();
    let mut q = Vec::with_capacity(m);
    for forcing in forcings {
        if !forcing.is_finite() {
            return None;
        }
        q.push((forcing * mean).hi + 0.0); // -0 becomes 0
    }
    Some(Propagator {
        n: 1,
        m,
        p: vec![(DoubleDouble::ONE + z * mean).hi],
        q,
        l: vec![],
    })
}

/// `sum · z + (hi + lo)`, where the product is the smaller summand: the sum of the high parts needs no look at which is larger.
#[inline]
fn next(sum: DoubleDouble, z: DoubleDouble, hi: f64, lo: f64) -> DoubleDouble {
    let product = DoubleDouble::two_prod(sum.hi, z.hi);
    let cross = Real::fma(sum.hi, z.lo, sum.lo * z.hi);
    let high = DoubleDouble::fast_two_sum(hi, product.hi);
    DoubleDouble::fast_two_sum(high.hi, high.lo + (product.lo + cross + lo))
}

#[cfg(test)]
mod tests {
    use super::leak;
    use crate::numerics::double_double::DoubleDouble;
    use crate::numerics::propagator::general;

    /// The same bits as with the path that is for every matrix, at all sizes and both signs.
    #[test]
    fn one_state_has_the_bits_of_the_general_path() {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for _ in 0..20_000 {
            let size = 0.25 * libm::exp(-12.0 * next());
            let z = DoubleDouble::quotient(if next() < 0.8 { -size } else { size }, 1.0 + next());
            let forcings = [DoubleDouble::quotient(next() - 0.5, 3.0), DoubleDouble::ZERO];
            let found = leak(z, forcings.into_iter()).expect("z is small");
            assert_eq!(found, general(alloc::vec![z], forcings.to_vec(), 1, 2), "{z:?}");
        }
    }

    #[test]
    fn what_is_not_small_or_finite_is_left_to_the_general_path() {
        for z in [0.3, -0.26, f64::NAN, f64::INFINITY] {
            assert_eq!(leak(DoubleDouble::from(z), core::iter::empty()), None);
        }
        let infinite = [DoubleDouble::from(f64::INFINITY)];
        assert_eq!(leak(DoubleDouble::from(-0.1), infinite.into_iter()), None);
    }
}

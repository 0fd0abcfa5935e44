//! Does it matter how many numbers are computed at a time?

use std::vec::Vec;

use super::{ROWS, Random, Wide, all};
use crate::elementary::pow;
use crate::lanes::Lanes;
use crate::real::Real;

const NUMBERS: usize = 1 << 16;

/// The bits, with one NaN for all.
fn bits<T: Real>(values: &[T]) -> Vec<Option<T::Bits>> {
    let bits = |value: &T| (!value.to_f64().is_nan()).then(|| value.bits());
    values.iter().map(bits).collect()
}

/// Half of the numbers are any bits.
fn numbers<T: Real>(random: &mut Random) -> Vec<T> {
    let mut number = |n: usize| {
        let any = random.bits();
        match n % 4 {
            0 | 1 => T::from_bits(T::count_bits(any.cast_signed())),
            2 => T::from_f64(random.between(-750.0, 750.0)),
            _ => T::from_f64(random.between(-2.0, 2.0)),
        }
    };
    (0..NUMBERS).map(&mut number).collect()
}

#[test]
fn a_number_has_the_same_bits_alone_and_beside_others() {
    let mut random = Random(4);
    let (single, double) = (numbers::<f32>(&mut random), numbers::<f64>(&mut random));
    for row in ROWS {
        let alone: Vec<f32> = single.iter().map(|&x| (row.single)(Wide::splat(x)).0[0]).collect();
        assert_eq!(bits(&alone), bits(&all(row.single, &single)), "{}", row.name);
        let alone: Vec<f64> = double.iter().map(|&x| (row.double)(Wide::splat(x)).0[0]).collect();
        assert_eq!(bits(&alone), bits(&all(row.double, &double)), "{}", row.name);
    }
    for pair in double.chunks_exact(2) {
        let one = pow(Lanes([pair[0]]), Lanes([pair[1]])).0;
        let two = pow(Lanes([pair[0], pair[1]]), Lanes([pair[1], pair[0]])).0;
        assert_eq!(bits(&one), bits(&two[..1]));
    }
}

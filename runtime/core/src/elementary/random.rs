//! Random numbers that are functions: of the neuron and of two keys, see [`crate::random`], and of nothing else.
//!
//! The number of the neuron goes through a permutation of all numbers of its width that the keys choose: keyed additions between rounds
//! of multiplication and shifted exclusive or. In single precision they are three rounds with the constants of C. Wellons' `triple32`
//! (github.com/skeeto/hash-prospector), in double precision those of J. Maiga's `mx3` (github.com/jonmaiga/mx3): both let every bit of a
//! counter reach every bit of the result. Philox, which others take, multiplies to twice the width; vectors of 128 bits cannot, and its
//! ten rounds would take longer than a step.
//!
//! Uniform numbers use all bits of the word, so that small ones are as fine as large ones: the smallest is 2⁻³³, in double precision
//! 2⁻⁶⁵. Normal numbers are the inverse of the distribution function, one word a number, and reach 6.3 and 9.1 standard deviations:
//! Wichura (1988), Appl. Statist. 37:477–484, doi:10.2307/2347330, algorithms PPND7 in single and PPND16 in double precision.

use super::Arithmetic;
use super::format::{flip_sign, format, of};
use super::logarithm::plain_logarithm;

/// Shifts and multipliers of the rounds, and the last shift.
type Rounds = ([(u32, u64); 3], u32);

const SINGLE: Rounds = ([(17, 0xed5a_d4bb), (11, 0xac4c_1b51), (15, 0x3184_8bab)], 14);
const MX3: u64 = 0xbea2_25f9_eb34_556d;
const DOUBLE: Rounds = ([(32, MX3), (29, MX3), (32, MX3)], 29);

/// A random word.
#[inline(always)]
fn word<N: Arithmetic>(neuron: N, keys: [N; 2]) -> N {
    let (rounds, last) = of(neuron, SINGLE, DOUBLE);
    let mixed = |x: N, shift: u32| x.exclusive_or_bits(x.shift_right(shift));
    let mut x = neuron.add_bits(keys[0]);
    for (round, (shift, multiplier)) in rounds.into_iter().enumerate() {
        x = mixed(x, shift);
        if round == 1 {
            x = x.add_bits(keys[1]);
        }
        x = x.multiply_bits(x.constant_bits(multiplier));
    }
    mixed(x, last)
}

/// A word as a number: that of its bits and half a one more, over two to the number of bits.
#[inline(always)]
fn fraction<N: Arithmetic>(word: N) -> N {
    let format = format(word);
    let half = format.width / 2;
    // Half of the bits at a time become the last bits of 2^fraction.
    let large = word.constant(((1_u64) << format.fraction) as f64);
    let high = word.shift_right(half).or_bits(large) - large;
    let low = word.and_bits(word.constant_bits((1 << half) - 1)).or_bits(large) - large;
    let unit = of(word, 1.0 / 65_536.0, 1.0 / 4_294_967_296.0);
    let low = (low + word.constant(0.5)) * word.constant(unit * unit);
    high.fma(word.constant(unit), low)
}

/// A number between 0 and 1, both excluded, all of them equally likely.
#[inline(always)]
#[must_use]
pub fn uniform<N: Arithmetic>(neuron: N, key: N, other_key: N) -> N {
    let x = fraction(word(neuron, [key, other_key]));
    // Rounding may have made it 1.
    let below_one = x.constant(of(x, 1.0 - f64::from(f32::EPSILON) / 2.0, 1.0 - f64::EPSILON / 2.0));
    N::select(x.less(below_one), x, below_one)
}

/// A quotient of two polynomials, the lowest coefficient first.
type Quotient = [&'static [f64]; 2];

/// For probabilities within 0.425 of 1/2, in `0.425² - q²`; and in `√-ln p - 1.6`.
const NEAR_SINGLE: Quotient = [
    &[3.387_132_717_9, 50.434_271_938, 159.291_132_02, 59.109_374_72],
    &[1.0, 17.895_169_469, 78.757_757_664, 67.187_563_6],
];
const FAR_SINGLE: Quotient = [
    &[1.423_437_277_7, 2.756_815_39, 1.306_728_481_6, 0.170_238_211_03],
    &[1.0, 0.737_001_642_5, 0.120_211_329_75, 0.0],
];
const NEAR: Quotient = [
    &[
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    &[
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const FAR: Quotient = [
    &[
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    &[
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
/// In `√-ln p - 5`, where that is above zero: only double precision gets there.
const FARTHEST: Quotient = [
    &[
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288e-7,
    ],
    &[
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// A number of the normal distribution with mean 0 and variance 1.
#[inline(always)]
#[must_use]
pub fn normal<N: Arithmetic>(neuron: N, key: N, other_key: N) -> N {
    let word = word(neuron, [key, other_key]);
    // The highest bit is the sign; the others are a probability below 1/2.
    let sign = word.constant_bits(format(word).sign);
    let magnitude = word.and_bits(word.constant_bits(format(word).sign - 1));
    flip_sign(tail_quantile(fraction(magnitude)), word.and_bits(sign))
}

/// What a normal number exceeds with this probability, at most 1/2.
#[inline(always)]
pub(super) fn tail_quantile<N: Arithmetic>(p: N) -> N {
    let q = p.constant(0.5) - p;
    let near = q.less(p.constant(0.425));
    let r = (-plain_logarithm(p)).square_root();
    let farthest = p.constant(5.0).less(r);
    let shift = N::select(farthest, p.constant(5.0), p.constant(1.6));
    let x = N::select(near, (-q).fma(q, p.constant(0.180_625)), r - shift);
    let polynomial = |part: usize| {
        let [near_terms, far_terms] = of(p, [NEAR_SINGLE, FAR_SINGLE], [NEAR, FAR]).map(|quotient| quotient[part]);
        let mut sum: Option<N> = None;
        for at in (0..near_terms.len()).rev() {
            let far = of(
                p,
                p.constant(far_terms[at]),
                N::select(farthest, p.constant(FARTHEST[part][at]), p.constant(far_terms[at])),
            );
            let term = N::select(near, p.constant(near_terms[at]), far);
            sum = Some(sum.map_or(term, |sum| sum.fma(x, term)));
        }
        sum.unwrap_or(x)
    };
    let value = polynomial(0) / polynomial(1);
    N::select(near, q * value, value)
}

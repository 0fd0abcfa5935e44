use super::{floor, floorf, fma, fmaf, sqrt, sqrtf};

/// A fixed sequence of numbers without pattern.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

/// Numbers of a precision, many of them with few bits set or few bits clear.
macro_rules! numbers {
    ($name:ident, $float:ty, $bits:ty) => {
        /// A number with this biased exponent.
        fn $name(numbers: &mut Numbers, exponent: $bits) -> $float {
            const FRACTION: u32 = <$float>::MANTISSA_DIGITS - 1;
            let one = |at: u64| (1 as $bits) << (at as u32 % FRACTION);
            let fraction = match numbers.next() % 4 {
                0 => numbers.next() as $bits,
                1 => one(numbers.next()),
                2 => <$bits>::MAX ^ one(numbers.next()),
                _ => one(numbers.next()) | one(numbers.next()),
            };
            let sign = (numbers.next() & 1) as $bits;
            let largest = (1 << (<$bits>::BITS - 1 - FRACTION)) - 1;
            let exponent = exponent.min(largest) << FRACTION;
            <$float>::from_bits(sign << (<$bits>::BITS - 1) | exponent | fraction & ((1 << FRACTION) - 1))
        }
    };
}
numbers!(single, f32, u32);
numbers!(double, f64, u64);

/// Compares with the standard library, on a machine where that rounds correctly: any numbers, sums that nearly cancel, sums
/// near a tie, and results among the denormal and the largest numbers.
macro_rules! compare {
    ($name:ident, $float:ty, $bits:ty, $make:ident, $fma:path, $sqrt:path, $floor:path) => {
        #[test]
        fn $name() {
            const FRACTION: u32 = <$float>::MANTISSA_DIGITS - 1;
            const BIAS: i64 = <$float>::MAX_EXP as i64 - 1;
            let same = |a: $float, b: $float| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            let mut numbers = Numbers(88_172_645_463_325_252);
            for round in 0..600_000 {
                let numbers = &mut numbers;
                let mut below = |n: i64| (numbers.next() % n as u64) as i64;
                let digits = i64::from(FRACTION);
                let span = 3 * digits;
                // Exponents of the first factor, the product and the summand.
                let a = below(2 * BIAS + 2);
                let (product, c) = match round % 4 {
                    0 => (below(4 * BIAS) - BIAS, below(2 * BIAS + 2)),
                    1 => (below(digits + 8) - digits - 4, below(4)),
                    2 => (2 * BIAS + 2 - below(span), 2 * BIAS + 1 - below(span)),
                    _ => {
                        let product = below(2 * BIAS);
                        (product, product + below(2 * span) - span)
                    }
                };
                let [a, mut b, c] = [a, product + BIAS - a, c].map(|e| $make(numbers, e.max(0) as $bits));
                if numbers.next() % 2 == 0 {
                    // The product is almost a power of two.
                    let fraction = (1 << FRACTION) - 1;
                    let unit = <$float>::from_bits(a.to_bits() & fraction | (BIAS as $bits) << FRACTION);
                    b = <$float>::from_bits(b.to_bits() & !fraction | (1.0 / unit).to_bits() & fraction);
                }
                let cancelling = <$float>::from_bits((-(a * b)).to_bits().wrapping_add(numbers.next() as $bits % 5));
                for c in [c, cancelling, <$float>::from_bits(numbers.next() as $bits)] {
                    let (found, wanted) = ($fma(a, b, c), a.mul_add(b, c));
                    assert!(
                        same(found, wanted),
                        "{a:e} * {b:e} + {c:e} = {wanted:e}, not {found:e}"
                    );
                }
                for x in [a, b, c, -(1.0 + a.fract()), a.trunc()] {
                    assert!(same($sqrt(x), x.sqrt()), "root of {x:e}");
                    assert!(same($floor(x), x.floor()), "floor of {x:e}");
                }
            }
        }
    };
}
compare!(singles_have_the_same_bits, f32, u32, single, fmaf, sqrtf, floorf);
compare!(doubles_have_the_same_bits, f64, u64, double, fma, sqrt, floor);

#[test]
fn sums_just_beside_a_tie_are_rounded_once() {
    let power = |exponent: u32| f32::from_bits((exponent + 127) << 23);
    let small = f32::from_bits((127 - 75) << 23);
    let (a, b) = ((1.0 + 1.0 / power(20)) * small, (1.0 - 1.0 / power(20)) * small);
    let c = f32::from_bits(0x0040_0001);
    assert_eq!(fmaf(a, b, c), c); // the product is less than half of the smallest number
    assert_eq!(fmaf(-a, b, -c), -c);
    assert_eq!(fmaf(small, small, c), f32::from_bits(0x0040_0002)); // half of it: a tie

    // The product is a little more than half of the last bit of the summand.
    let [a, b, c] = [0xab40_0000_4000_0000, 0x117f_ffff_8000_0200, 0x0022_0000_0020_0000].map(f64::from_bits);
    for scale in [1.0, f64::from_bits(0x7fc0_0000_0000_0000)] {
        let wanted = f64::from_bits((c * scale).to_bits() - 1);
        assert_eq!(fma(a * scale, b, c * scale), wanted);
        assert_eq!(fma(a * scale, -b, -c * scale), -wanted);
    }
}

#[test]
fn infinities_and_zeros() {
    for (a, b, c) in [
        (f32::INFINITY, 1.0, 1.0),
        (f32::MAX, f32::MAX, -1.0),
        (1.0, 1.0, f32::INFINITY),
    ] {
        assert_eq!([fmaf(a, b, c), fmaf(-a, b, -c)], [f32::INFINITY, f32::NEG_INFINITY]);
    }
    assert_eq!(fma(f64::MAX, 2.0, f64::NEG_INFINITY), f64::NEG_INFINITY);
    assert_eq!(fma(f64::MAX, 2.0, -f64::MAX), f64::MAX);
    assert!(fmaf(f32::INFINITY, 0.0, 1.0).is_nan() && fmaf(f32::INFINITY, 1.0, f32::NEG_INFINITY).is_nan());
    for (a, c) in [(0.0f32, 0.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)] {
        assert_eq!(fmaf(a, 1.0, c).to_bits(), (a + c).to_bits());
        let (a, c) = (f64::from(a), f64::from(c));
        assert_eq!(fma(a, 1.0, c).to_bits(), (a + c).to_bits());
    }
}

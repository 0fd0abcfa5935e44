//! Floating-point numbers of 256 bits, for references: nothing in them is shared with the double-double arithmetic that they judge.
//!
//! Results are cut off, not rounded: each operation is within 2⁻²⁵⁴ of the larger operand or of the result. Exponents do not overflow
//! in anything that is done here.

/// Limbs of 64 bits.
const LIMBS: usize = 4;
/// Bits of a number.
const BITS: i64 = 64 * LIMBS as i64;

/// ± m · 2^exponent with ½ ≤ m < 1, or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Long {
    negative: bool,
    exponent: i64,
    /// The bits of m, the highest in the last one; all zero for 0.
    limbs: [u64; LIMBS],
}

impl Long {
    pub(super) const ZERO: Self = Self {
        negative: false,
        exponent: 0,
        limbs: [0; LIMBS],
    };

    /// 2^e with the sign +.
    pub(super) fn power_of_two(e: i64) -> Self {
        let mut limbs = [0; LIMBS];
        limbs[LIMBS - 1] = 1 << 63;
        Self {
            negative: false,
            exponent: e + 1,
            limbs,
        }
    }

    pub(super) fn one() -> Self {
        Self::power_of_two(0)
    }

    /// A finite number, without error.
    pub(super) fn from_f64(x: f64) -> Self {
        let (mantissa, exponent) = parts(x);
        if mantissa == 0 {
            return Self::ZERO;
        }
        let zeros = mantissa.leading_zeros();
        let mut limbs = [0; LIMBS];
        limbs[LIMBS - 1] = mantissa << zeros;
        Self {
            negative: x < 0.0,
            exponent: exponent + 64 - i64::from(zeros),
            limbs,
        }
    }

    /// `a / b` for finite numbers, b not 0.
    pub(super) fn quotient(a: f64, b: f64) -> Self {
        let (mantissa, exponent) = parts(b);
        let mut found = Self::from_f64(a).div(mantissa);
        if !found.is_zero() {
            found.exponent -= exponent;
            found.negative ^= b < 0.0;
        }
        found
    }

    pub(super) fn is_zero(&self) -> bool {
        self.limbs[LIMBS - 1] == 0
    }

    /// e with 2^(e-1) ≤ |self| < 2^e; far below everything for 0.
    pub(super) fn exponent(&self) -> i64 {
        if self.is_zero() { i64::MIN / 4 } else { self.exponent }
    }

    pub(super) fn abs(mut self) -> Self {
        self.negative = false;
        self
    }

    pub(super) fn neg(mut self) -> Self {
        self.negative = !self.negative && !self.is_zero();
        self
    }

    /// `self · 2^e`
    pub(super) fn scale(mut self, e: i64) -> Self {
        if !self.is_zero() {
            self.exponent += e;
        }
        self
    }

    /// The nearest `f64`, to within a unit in its last place; 0 and infinity beyond its range.
    pub(super) fn to_f64(self) -> f64 {
        let top = self.limbs[LIMBS - 1] as f64;
        let sign = if self.negative { -1.0 } else { 1.0 };
        let e = (self.exponent() - 64).clamp(-4000, 4000) as i32;
        // In steps, so that no factor leaves the range before the result does.
        let mut value = sign * top;
        let mut left = e;
        while left != 0 {
            let now = left.clamp(-1000, 1000);
            value *= f64::from_bits(((now + 1023) as u64) << 52);
            left -= now;
        }
        value
    }

    pub(super) fn add(self, other: Self) -> Self {
        let (large, small) = if self.at_least(&other) {
            (self, other)
        } else {
            (other, self)
        };
        let shift = large.exponent() - small.exponent();
        if small.is_zero() || shift >= BITS {
            return large;
        }
        let shifted = shifted_right(small.limbs, shift as usize);
        if large.negative == small.negative {
            let (mut limbs, carry) = sum(large.limbs, shifted);
            let mut exponent = large.exponent;
            if carry {
                limbs = shifted_right(limbs, 1);
                limbs[LIMBS - 1] |= 1 << 63;
                exponent += 1;
            }
            Self {
                negative: large.negative,
                exponent,
                limbs,
            }
        } else {
            normal(large.negative, large.exponent, &difference(large.limbs, shifted))
        }
    }

    pub(super) fn sub(self, other: Self) -> Self {
        self.add(other.neg())
    }

    pub(super) fn mul(self, other: Self) -> Self {
        let mut product = [0_u64; 2 * LIMBS];
        for (i, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0_u128;
            for (j, &b) in other.limbs.iter().enumerate() {
                let at = u128::from(a) * u128::from(b) + u128::from(product[i + j]) + carry;
                product[i + j] = at as u64;
                carry = at >> 64;
            }
            product[i + LIMBS] = carry as u64;
        }
        normal(
            self.negative != other.negative,
            self.exponent + other.exponent,
            &product,
        )
    }

    /// `self / divisor`
    pub(super) fn div(self, divisor: u64) -> Self {
        let mut quotient = [0_u64; LIMBS + 1];
        let mut rest = 0_u128;
        for at in (0..=LIMBS).rev() {
            let limb = if at == 0 { 0 } else { self.limbs[at - 1] };
            let dividend = rest << 64 | u128::from(limb);
            quotient[at] = (dividend / u128::from(divisor)) as u64;
            rest = dividend % u128::from(divisor);
        }
        normal(self.negative, self.exponent, &quotient)
    }

    /// Whether |self| ≥ |other|.
    pub(super) fn at_least(&self, other: &Self) -> bool {
        let key = |x: &Self| (x.exponent(), x.limbs[3], x.limbs[2], x.limbs[1], x.limbs[0]);
        key(self) >= key(other)
    }
}

/// A finite number as an integer times a power of two.
fn parts(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i64);
    match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    }
}

/// The number with these bits behind the point, the highest limb last, times 2^exponent.
fn normal(negative: bool, exponent: i64, limbs: &[u64]) -> Long {
    let Some(top) = limbs.iter().rposition(|&limb| limb != 0) else {
        return Long::ZERO;
    };
    let zeros = limbs[top].leading_zeros();
    let mut found = [0; LIMBS];
    for (back, limb) in found.iter_mut().rev().enumerate() {
        let of = |at: Option<usize>| at.map_or(0, |at| limbs[at]);
        let (high, low) = (of(top.checked_sub(back)), of(top.checked_sub(back + 1)));
        *limb = if zeros == 0 {
            high
        } else {
            high << zeros | low >> (64 - zeros)
        };
    }
    let dropped = 64 * (limbs.len() - 1 - top) as i64 + i64::from(zeros);
    Long {
        negative,
        exponent: exponent - dropped,
        limbs: found,
    }
}

fn shifted_right(limbs: [u64; LIMBS], by: usize) -> [u64; LIMBS] {
    let (whole, bits) = (by / 64, by % 64);
    std::array::from_fn(|at| {
        let of = |at: usize| limbs.get(at).copied().unwrap_or(0);
        let (low, high) = (of(at + whole), of(at + whole + 1));
        if bits == 0 {
            low
        } else {
            low >> bits | high << (64 - bits)
        }
    })
}

fn sum(a: [u64; LIMBS], b: [u64; LIMBS]) -> ([u64; LIMBS], bool) {
    let mut carry = false;
    let limbs = std::array::from_fn(|at| {
        let (partial, first) = a[at].overflowing_add(b[at]);
        let (limb, second) = partial.overflowing_add(u64::from(carry));
        carry = first | second;
        limb
    });
    (limbs, carry)
}

/// `a - b` for a ≥ b.
fn difference(a: [u64; LIMBS], b: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut borrow = false;
    std::array::from_fn(|at| {
        let (partial, first) = a[at].overflowing_sub(b[at]);
        let (limb, second) = partial.overflowing_sub(u64::from(borrow));
        borrow = first | second;
        limb
    })
}

#[cfg(test)]
mod tests {
    use super::Long;

    #[test]
    fn numbers_come_back() {
        for x in [0.0, 1.0, -0.1, 3e300, -5e-324, 1e-310, 2.5e-308, f64::MAX] {
            assert_eq!(Long::from_f64(x).to_f64().to_bits(), x.to_bits(), "{x}");
        }
    }

    #[test]
    fn arithmetic_is_that_of_rationals() {
        let third = Long::quotient(-1.0, 3.0);
        let rest = third.mul(Long::from_f64(3.0)).add(Long::one());
        assert!(rest.exponent() < -250, "{rest:?}");
        // 1/7 + 1/9 = 16/63
        let sum = Long::quotient(1.0, 7.0).add(Long::one().div(9));
        assert!(sum.sub(Long::quotient(16.0, 63.0)).exponent() < -250);
        // (1 + 2⁻²⁰⁰)² - 1 - 2⁻¹⁹⁹ = 2⁻⁴⁰⁰, of which 256 bits see nothing.
        let near = Long::one().add(Long::power_of_two(-200));
        let square = near.mul(near).sub(Long::one());
        assert_eq!(square, Long::power_of_two(-199));
        assert_eq!(near.sub(near), Long::ZERO);
        assert_eq!(Long::from_f64(-6.0).div(4).to_f64(), -1.5);
        assert_eq!(Long::from_f64(3.0).scale(-1074 + 1).to_f64(), 3e-323);
    }

    #[test]
    fn e_has_its_known_digits() {
        let (mut term, mut e) = (Long::one(), Long::one());
        for j in 1..100 {
            term = term.div(j);
            e = e.add(term);
        }
        let high = Long::from_f64(std::f64::consts::E);
        let low = Long::from_f64(1.4456468917292502e-16);
        let left = e.sub(high).sub(low).to_f64();
        assert!((left - -2.1277171080381768e-33).abs() < 1e-48, "{left:e}");
    }
}

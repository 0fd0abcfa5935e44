//! Numbers with 128 bits before and 320 behind the binary point, for references that must not share a rounding with what they test.

/// 64-bit digits behind the point.
const FRACTION: usize = 5;
/// 64-bit digits.
const DIGITS: usize = 7;

/// Sign and magnitude; digits from the least on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fixed {
    negative: bool,
    digits: [u64; DIGITS],
}

impl Fixed {
    /// A whole number.
    pub(crate) fn whole(number: u64) -> Self {
        let mut digits = [0; DIGITS];
        digits[FRACTION] = number;
        Self {
            negative: false,
            digits,
        }
    }

    /// The exact value; what is below 2⁻³²⁰ is cut off.
    pub(crate) fn from_f64(x: f64) -> Self {
        let bits = x.abs().to_bits();
        let biased = (bits >> 52) as i64;
        assert!(biased < 2047, "{x} is not finite");
        let mantissa = if biased == 0 {
            bits
        } else {
            (bits & ((1 << 52) - 1)) | (1 << 52)
        };
        // x = mantissa · 2^(place − 320)
        let place = biased.max(1) - 1075 + 64 * FRACTION as i64;
        let mut digits = [0; DIGITS];
        let shifted = |by: i64| -> u128 { u128::from(mantissa) << by };
        if place >= 0 {
            let at = (place / 64) as usize;
            let wide = shifted(place % 64);
            assert!(at + 1 < DIGITS, "{x} is too large");
            digits[at] = wide as u64;
            digits[at + 1] = (wide >> 64) as u64;
        } else if place > -64 {
            digits[0] = mantissa >> -place;
        }
        Self {
            negative: x < 0.0,
            digits,
        }
    }

    /// The nearest double, but for the last bit.
    pub(crate) fn to_f64(self) -> f64 {
        let digits = self.digits.iter().enumerate().rev();
        let magnitude: f64 = digits
            .map(|(at, digit)| *digit as f64 * libm::ldexp(1.0, 64 * (at as i32 - FRACTION as i32)))
            .sum();
        if self.negative { -magnitude } else { magnitude }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits == [0; DIGITS]
    }

    /// Divided by 2^`by`.
    pub(crate) fn halved(self, by: u32) -> Self {
        let (whole, bits) = ((by / 64) as usize, by % 64);
        let digit = |at: usize| self.digits.get(at).copied().unwrap_or(0);
        let digits = std::array::from_fn(|at| {
            let wide = u128::from(digit(at + whole)) | (u128::from(digit(at + whole + 1)) << 64);
            (wide >> bits) as u64
        });
        Self { digits, ..self }
    }

    /// Divided by a small number.
    pub(crate) fn divided(self, by: u64) -> Self {
        let mut digits = [0; DIGITS];
        let mut rest: u128 = 0;
        for at in (0..DIGITS).rev() {
            let wide = (rest << 64) | u128::from(self.digits[at]);
            digits[at] = (wide / u128::from(by)) as u64;
            rest = wide % u128::from(by);
        }
        Self { digits, ..self }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        if self.negative == other.negative {
            let (digits, carry) = sum(&self.digits, &other.digits);
            assert!(!carry, "a sum is too large");
            return Self { digits, ..self };
        }
        let larger_first = self.digits.iter().rev().ge(other.digits.iter().rev());
        let (larger, smaller) = if larger_first { (self, other) } else { (other, self) };
        Self {
            digits: difference(&larger.digits, &smaller.digits),
            ..larger
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self {
            negative: !other.negative,
            ..other
        })
    }

    /// The product; what is below 2⁻³²⁰ is cut off.
    pub(crate) fn times(self, other: Self) -> Self {
        let mut product = [0_u64; 2 * DIGITS];
        for (at, x) in self.digits.iter().enumerate().filter(|(_, x)| **x != 0) {
            let mut carry = 0_u128;
            for (y, place) in other.digits.iter().zip(&mut product[at..]) {
                carry += u128::from(*x) * u128::from(*y) + u128::from(*place);
                *place = carry as u64;
                carry >>= 64;
            }
            product[at + DIGITS] = carry as u64;
        }
        let (kept, above) = product[FRACTION..].split_at(DIGITS);
        assert!(above.iter().all(|digit| *digit == 0), "a product is too large");
        Self {
            negative: self.negative != other.negative,
            digits: kept.try_into().expect("as many digits"),
        }
    }
}

fn sum(a: &[u64; DIGITS], b: &[u64; DIGITS]) -> ([u64; DIGITS], bool) {
    let mut carry = false;
    let digits = std::array::from_fn(|at| {
        let (first, over) = a[at].overflowing_add(b[at]);
        let (second, over_too) = first.overflowing_add(u64::from(carry));
        carry = over || over_too;
        second
    });
    (digits, carry)
}

/// `a - b` for b of at most the magnitude of a.
fn difference(a: &[u64; DIGITS], b: &[u64; DIGITS]) -> [u64; DIGITS] {
    let mut borrow = false;
    std::array::from_fn(|at| {
        let (first, under) = a[at].overflowing_sub(b[at]);
        let (second, under_too) = first.overflowing_sub(u64::from(borrow));
        borrow = under || under_too;
        second
    })
}

/// exp(B) for a matrix with `n` rows: a Taylor series of B / 2ˢ with a norm below 1/64, squared s times.
pub(crate) fn exponential(b: &[Fixed], n: usize) -> Vec<Fixed> {
    let norm = b
        .chunks(n)
        .map(|row| row.iter().map(|x| x.to_f64().abs()).sum::<f64>())
        .fold(0.0, f64::max);
    let squarings = if norm > 0.0 {
        (libm::ilogb(norm) + 7).max(0) as u32
    } else {
        0
    };
    let small: Vec<Fixed> = b.iter().map(|x| x.halved(squarings)).collect();
    let mut term = identity(n);
    let mut e = term.clone();
    for k in 1_u64.. {
        term = product(&term, &small, n).into_iter().map(|x| x.divided(k)).collect();
        if term.iter().all(Fixed::is_zero) {
            break;
        }
        for (total, x) in e.iter_mut().zip(&term) {
            *total = total.plus(*x);
        }
    }
    for _ in 0..squarings {
        e = product(&e, &e, n);
    }
    e
}

pub(crate) fn identity(n: usize) -> Vec<Fixed> {
    let entry = |at: usize| Fixed::whole(u64::from(at / n == at % n));
    (0..n * n).map(entry).collect()
}

pub(crate) fn product(a: &[Fixed], b: &[Fixed], n: usize) -> Vec<Fixed> {
    let mut product = vec![Fixed::default(); n * n];
    for (i, row) in product.chunks_mut(n).enumerate() {
        for k in (0..n).filter(|k| !a[i * n + k].is_zero()) {
            for (x, y) in row.iter_mut().zip(&b[k * n..]).filter(|(_, y)| !y.is_zero()) {
                *x = x.plus(a[i * n + k].times(*y));
            }
        }
    }
    product
}

use std::string::ToString;

use super::*;

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A fixed sequence of numbers without pattern.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[test]
fn equal_numbers_are_equal_values() {
    for texts in [
        &["0.1", "1e-1", "0.10", "00.1", "+0.1", "100E-3", "0.00001e+4"][..],
        &["20", "2e1", "20.0", "0.2e2", "020"],
        &["0", "-0", "0.000", "0e999999999999999999999", "-0.0e-5"],
        &["-12.5", "-125e-1", "-0.125e2"],
    ] {
        for text in texts {
            assert_eq!(decimal(text), decimal(texts[0]), "{text}");
        }
    }
    assert_ne!(decimal("1"), decimal("-1"));
}

#[test]
fn other_texts_are_refused() {
    let refused = [
        "", "-", "+", ".", ".5", "5.", "1e", "1e+", "e5", "1.5.1", "20.5.1", "0,07", "nan", "inf", "NaN", "infinity",
        "1_000", "0x10", " 1", "1 ", "--1", "+-1", "1e5.0", "1e5e5", "1e--5", "٣", "1f", "−1", "-.5", "1.-5",
    ];
    for text in refused {
        assert_eq!(text.parse::<Decimal>(), Err(NotANumber), "{text}");
    }
}

#[test]
fn rounding_is_that_of_the_standard_library() {
    let mut numbers = Numbers(1);
    for _ in 0..20_000 {
        let x = f64::from_bits(numbers.next());
        if !x.is_finite() {
            continue;
        }
        let shortest = Decimal::from_f64_shortest(x).unwrap();
        let exact = Decimal::from_f64_exact(x).unwrap();
        assert_eq!(shortest.to_f64().unwrap().to_bits(), x.to_bits());
        assert_eq!(exact.to_f64().unwrap().to_bits(), x.to_bits());
        assert_eq!(shortest.to_string().parse(), Ok(shortest));

        let text = format!("{}.{}e{}", numbers.next(), numbers.next(), numbers.next() % 700);
        let negative = format!("{}.{}e-{}", numbers.next(), numbers.next(), numbers.next() % 700);
        for text in [text, negative] {
            let wanted: f64 = text.parse().unwrap();
            let got = match decimal(&text).to_f64() {
                Ok(x) => x,
                Err(Range::Overflow) => f64::INFINITY,
                Err(Range::Underflow) => 0.0,
            };
            assert_eq!(got.to_bits(), wanted.to_bits(), "{text}");
        }
    }
}

#[test]
fn edges_of_the_range() {
    assert_eq!(decimal("1.7976931348623157e308").to_f64(), Ok(f64::MAX));
    assert_eq!(decimal("1.7976931348623159e308").to_f64(), Err(Range::Overflow));
    assert_eq!(decimal("4.9e-324").to_f64(), Ok(f64::from_bits(1)));
    assert_eq!(decimal("-2.4703282292062328e-324").to_f64(), Ok(-f64::from_bits(1)));
    assert_eq!(decimal("2.4703282292062327e-324").to_f64(), Err(Range::Underflow));
    assert_eq!(decimal("0.0").to_f64(), Ok(0.0));
    assert_eq!(decimal("1e999").to_f64(), Err(Range::Overflow));
    assert_eq!(decimal("-1e999").to_f64(), Err(Range::Overflow));
    assert_eq!(decimal("1e-999").to_f64(), Err(Range::Underflow));
    assert_eq!(decimal("1e999999999").to_f64(), Err(Range::Overflow));
    assert_eq!(decimal("1e-999999999").to_f64(), Err(Range::Underflow));
    assert_eq!(decimal("1e99999999999999999999999").to_f64(), Err(Range::Overflow));
    assert_eq!(
        decimal("1e-99999999999999999999999").to_f64_scaled(i32::MAX),
        Err(Range::Underflow)
    );
    assert_eq!(decimal("1e400").to_f64_scaled(-800), Ok(1.0));
    assert_eq!(decimal("1e-2000000").shifted(2_000_000).to_f64(), Ok(1.0));
    assert_eq!(Decimal::from_f64_shortest(f64::NAN), None);
    assert_eq!(Decimal::from_f64_exact(f64::NEG_INFINITY), None);
}

#[test]
fn ties_go_to_even() {
    let two_53 = 9_007_199_254_740_992.0;
    assert_eq!(decimal("9007199254740993").to_f64(), Ok(two_53));
    assert_eq!(decimal("9007199254740995").to_f64(), Ok(two_53 + 4.0));
    assert_eq!(decimal("9.007199254740993").to_f64_scaled(30), Ok(two_53));
    let above = format!("9007199254740993.{}1", "0".repeat(2000));
    assert_eq!(decimal(&above).to_f64(), Ok(two_53 + 2.0));
}

#[test]
fn half_decades_multiply_by_a_root_of_ten() {
    assert_eq!(decimal("1").to_f64_scaled(1), Ok(3.162_277_660_168_379_5));
    assert_eq!(decimal("1").to_f64_scaled(-1), Ok(0.316_227_766_016_837_94));
    assert_eq!(decimal("-2").to_f64_scaled(3), Ok(-63.245_553_203_367_585));
    assert_eq!(decimal("0").to_f64_scaled(-3), Ok(0.0));
    assert_eq!(decimal("1").to_f64_scaled(i32::MAX), Err(Range::Overflow));
    assert_eq!(decimal("1").to_f64_scaled(i32::MIN + 1), Err(Range::Underflow));
    // The nearest float to the root of x/10 is the square root of the nearest float, for numbers without rounding.
    let mut numbers = Numbers(2);
    for _ in 0..1000 {
        let root = numbers.next() % 30_000_000;
        let text = root.to_string();
        assert_eq!(
            decimal(&text).to_f64_scaled(1),
            Ok(((root * root * 10) as f64).sqrt()),
            "{text}"
        );
    }
}

/// As many digits as a text may have. Work that grew with the square of their number would be seen by who waits.
#[test]
fn many_digits() {
    for text in [
        format!("0.{}", "1".repeat(100_000)),
        format!("{}e-100000", "7".repeat(100_000)),
        format!("0.{}5", "0".repeat(100_000)),
        format!("1{}e-100000", "0".repeat(100_000)),
    ] {
        let number = decimal(&text);
        let value = number.to_f64_scaled(6);
        let wanted: f64 = format!("{}e3", text.split('e').next().unwrap()).parse().unwrap();
        match value {
            Ok(value) if !text.contains('e') => assert_eq!(value, wanted),
            Ok(value) => assert!((value - 1e3).abs() < 1e-9 || (value - 777.7).abs() < 0.1),
            Err(range) => assert_eq!((range, wanted), (Range::Underflow, 0.0)),
        }
        assert!(number.to_f64_scaled(7).is_ok() || wanted == 0.0);
        let _ = steps(&number, &decimal(&format!("0.{}", "3".repeat(99_999))));
        let _ = steps(&decimal("12345"), &number);
    }
}

#[test]
fn text_of_a_number() {
    for text in [
        "0",
        "20",
        "-0.1",
        "12.5",
        "1e21",
        "100000000000000000000",
        "0.000001",
        "1e-7",
        "-1.25e-30",
        "3.5e300",
    ] {
        assert_eq!(decimal(text).to_string(), text);
    }
    assert_eq!(decimal("1e-2").to_string(), "0.01");
    assert_eq!(decimal("123.40").to_string(), "123.4");
}

use std::collections::HashMap;

use super::*;

/// `20 ms`, `0.5 mV ms^-1/2`: a number, then powers of units between blanks.
pub(super) fn quantity(text: &str) -> (&str, UnitValue) {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    (number, parse(unit))
}

/// The value of a quantity in coherent units.
pub(super) fn value(text: &str) -> f64 {
    let (number, unit) = quantity(text);
    literal(number, unit).unwrap()
}

/// `mV^2 ms^-1/2`.
pub(super) fn parse(unit: &str) -> UnitValue {
    let factors: Vec<_> = unit
        .split_whitespace()
        .map(|factor| {
            let (symbol, power) = factor.split_once('^').unwrap_or((factor, "1"));
            let (numerator, denominator) = power.split_once('/').unwrap_or((power, "1"));
            (symbol, numerator.parse().unwrap(), denominator.parse().unwrap())
        })
        .collect();
    combine(&factors).unwrap_or_else(|error| panic!("{unit}: {error}"))
}

/// The pairs of a table `left = right, left = right`.
pub(super) fn pairs(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let entries = table.split(',').map(str::trim);
    entries.map(|entry| entry.split_once(" = ").expect("a pair"))
}

/// The right-hand sides are coherent, so that their numbers are the values.
#[test]
fn known_conversions() {
    let table = "
        1 nA = 1000 pA, 1 uA = 1e6 pA, 1 V = 1000 mV, -70 mV = -70 mV, -0.07 V = -70 mV,
        1 MOhm = 0.001 GOhm, 100 MOhm = 0.1 GOhm, 1 GOhm = 1 GOhm, 1 s = 1000 ms,
        100 us = 0.1 ms, 1 mV ms^-1 = 1 mV ms^-1, 1 V s^-1 = 1 mV ms^-1, 1 Hz = 0.001 ms^-1,
        40 kHz = 40 ms^-1, 1 S = 1e9 nS, 1 mS = 1e6 nS, 1 uS = 1000 nS, 1 nS mV = 1 pA,
        1 pF mV ms^-1 = 1 pA, 1 MOhm nA = 1 mV, 1 GOhm pA = 1 mV, 1 MOhm nF = 1 ms,
        1 GOhm pF = 1 ms, 1 nS^-1 = 1 GOhm, 1 uF = 1e6 pF, 250 pF = 250 pF,
        1 uF cm^-2 = 0.01 pF um^-2, 120 mS cm^-2 = 1.2 nS um^-2, 10 uA cm^-2 = 0.1 pA um^-2,
        35.4 Ohm cm = 0.000354 GOhm um, 1 M = 1000 mol m^-3, 1 M = 1000 mM, 1 mM = 1 amol um^-3,
        100 nM = 0.0001 mM, 1 mol L^-1 = 1000 mM, 1 L = 1e15 um^3, 1 uL = 1e9 um^3, 1 m = 1e6 um,
        1 cm = 10000 um, 1 kg = 1e12 ng, 1 g = 1e9 ng, 1 N = 1e12 pN, 1 J = 1e18 aJ,
        1 W = 1e15 fW, 1 Pa = 1 Pa, 1 kPa = 1000 Pa, 1 hPa = 100 Pa, 1 C = 1e15 fC,
        1 pA ms = 1 fC, 96485.33212 C mol^-1 = 96.48533212 fC amol^-1,
        8.314462618 J mol^-1 K^-1 = 8.314462618 aJ amol^-1 K^-1, 309.15 K = 309.15 K,
        0.04 mV^-1 ms^-1 = 0.04 mV^-1 ms^-1, 1 mV ms^-1/2 = 1 mV ms^-1/2,
        1 pA ms^1/2 = 1 pA ms^1/2, 1 s^-1/2 = 0.03162277660168379 ms^-1/2,
        1 mV s^-1/2 = 0.03162277660168379 mV ms^-1/2, 1 kHz^1/2 = 1 ms^-1/2, 1 L^1/3 = 100000 um,
        0.5 = 0.5
    ";
    for (left, right) in pairs(table) {
        let (wanted, coherent) = quantity(right);
        assert_eq!(coherent.scale2, 0, "{right} is coherent");
        assert_eq!(quantity(left).1.dimension, coherent.dimension, "{left} and {right}");
        let wanted: f64 = wanted.parse().unwrap();
        assert_eq!(value(left).to_bits(), wanted.to_bits(), "{left} and {right}");
    }
}

#[test]
fn one_value_in_two_units_has_the_same_bits() {
    let table = "
        0.02 s = 20 ms, 0.02 s = 20000 us, 0.02 s = 2e7 ns, 0.1 ms = 100 us, 0.1 ms = 1e-4 s,
        0.07 V = 70 mV, 0.3 nA = 300 pA, 0.3 nA = 3e-10 A, 0.3 uS = 0.3 µS, 0.3 uS = 0.3 μS,
        0.3 uS = 300 nS, 0.3 uS = 0.3 MOhm^-1, 1.1 MOhm = 1.1 MΩ, 1.1 MOhm = 1.1 M\u{2126},
        1.1 MOhm = 1.1 Mohm, 1.1 MOhm = 0.0011 GOhm, 0.7 Hz = 0.0007 kHz, 0.7 Hz = 7e-4 ms^-1,
        0.7 s^-1/2 = 0.7 Hz^1/2, 0.7 s^-1/2 = 0.0007 MHz^1/2, 0.7 s^-1/2 = 7 cm s^-1/2 dm^-1
    ";
    for (left, right) in pairs(table) {
        assert_eq!(value(left).to_bits(), value(right).to_bits(), "{left} and {right}");
    }
}

/// Prefixes and symbols written down a second time, as powers of ten against the coherent units.
#[test]
fn every_symbol_takes_every_prefix() {
    let prefixes = "
        1 = 0, a = -18, f = -15, p = -12, n = -9, u = -6, µ = -6, μ = -6, m = -3, c = -2, d = -1,
        h = 2, k = 3, M = 6, G = 9, T = 12
    ";
    let symbols = "
        m = 6 length, g = 9 mass, s = 3 time, A = 12 current, K = 0 temperature, mol = 18 amount,
        V = 3 voltage, Ohm = -9 resistance, ohm = -9 resistance, Ω = -9 resistance,
        \u{2126} = -9 resistance, S = 9 conductance, F = 12 capacitance, Hz = -3 rate,
        C = 15 charge, N = 12 force, J = 18 energy, W = 15 power, Pa = 0 pressure, L = 15 volume,
        M = 3 concentration
    ";
    let mut readings: HashMap<String, Vec<(&str, &str)>> = HashMap::new();
    for (prefix, decades) in pairs(prefixes) {
        for (symbol, coherent) in pairs(symbols) {
            let (coherent, name) = coherent.split_once(' ').unwrap();
            let decades = decades.parse::<i32>().unwrap() + coherent.parse::<i32>().unwrap();
            let text = format!("{}{symbol}", prefix.trim_matches('1'));
            let unit = lookup(&text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(unit.scale2, 2 * decades, "{text}");
            let quantity = quantity_name(unit.dimension).unwrap();
            assert_eq!(quantity.split(' ').nth(1), Some(name), "{text}");

            // One number in this unit and in coherent units, there and back.
            let wanted: f64 = format!("1.1e{decades}").parse().unwrap();
            assert_eq!(value(&format!("1.1 {text}")).to_bits(), wanted.to_bits(), "{text}");
            let back = from_coherent(to_coherent(1.1, unit), unit);
            assert!((back - 1.1).abs() <= 1.1 * f64::EPSILON, "{text}: {back}");
            readings.entry(text).or_default().push((prefix, symbol));
        }
    }
    for (text, readings) in &readings {
        assert_eq!(readings.len(), 1, "`{text}` can be read as {readings:?}");
    }
    // The test knows the whole table.
    let symbols = SYMBOLS.iter().flat_map(|row| row.spellings).count();
    let prefixes = PREFIXES.iter().flat_map(|row| row.spellings).count();
    assert_eq!(readings.len(), symbols * (prefixes + 1));
}

#[test]
fn easily_confused_symbols() {
    let table = "
        m = a length, M = a concentration, mm = a length, mM = a concentration, Mm = a length,
        MM = a concentration, ms = a time, mS = a conductance, Pa = a pressure, pA = a current,
        mol = an amount of substance, mmol = an amount of substance, cm = a length, as = a time,
        kg = a mass, fF = a capacitance, hPa = a pressure, mPa = a pressure, dL = a volume
    ";
    for (symbol, name) in pairs(table) {
        assert_eq!(quantity_name(parse(symbol).dimension), Some(name), "{symbol}");
    }
}

#[test]
fn faults_of_a_product() {
    let unknown = combine(&[("mV", 1, 1), ("msec", -1, 1)]).unwrap_err();
    assert!(matches!(&unknown, UnitError::Unknown { factor: 1, .. }));
    assert_eq!(unknown.to_string(), "unknown unit `msec`");
    assert_eq!(combine(&[("mV", 1, 3)]), Err(UnitError::Exponent { factor: 0 }));
    assert_eq!(combine(&[("dL", 1, 3)]), Err(UnitError::Exponent { factor: 0 }));
    assert_eq!(
        combine(&[("ms", 1, 1), ("ms", 1, 0)]),
        Err(UnitError::Exponent { factor: 1 })
    );
    assert_eq!(combine(&[("V", 1_000_000, 1)]), Err(UnitError::Exponent { factor: 0 }));
    assert_eq!(combine(&[("V", i32::MIN, -1)]), Err(UnitError::Exponent { factor: 0 }));
    assert_eq!(
        combine(&[("s", 16000, 1), ("s", 16000, 1)]),
        Err(UnitError::Exponent { factor: 1 })
    );
    assert_eq!(combine(&[]), Ok(UnitValue::ONE));
    assert_eq!(
        combine(&[("mV", 1, 2), ("mV", 1, 2), ("mV", -1, 1)]),
        Ok(UnitValue::ONE)
    );
}

#[test]
fn faults_of_a_literal() {
    let volt = lookup("V").unwrap();
    assert_eq!(literal("1e999", volt), Err(LiteralError::Overflow));
    assert_eq!(literal("1e-999", volt), Err(LiteralError::Underflow));
    assert_eq!(literal("1e306", volt), Err(LiteralError::Overflow));
    assert_eq!(literal("0e999", volt), Ok(0.0));
    assert_eq!(literal("nan", volt), Err(LiteralError::NotANumber));
    assert_eq!(literal("20.5.1", volt), Err(LiteralError::NotANumber));
    assert_eq!(literal("1e-326", volt), Ok(1e-323));
}

#[test]
fn exact_durations() {
    let tenth = "0.0001".parse().unwrap();
    assert_eq!(parse("s").exact(&tenth), Some("0.1".parse().unwrap()));
    assert_eq!(parse("s^1/2 ms^1/2").exact(&tenth), None);
}

#[test]
fn floats_in_and_out() {
    assert_eq!(from_coherent(600.0, parse("nA")), 0.6);
    assert_eq!(to_coherent(0.6, parse("nA")), 600.0);
    assert_eq!(from_coherent(1e-3, parse("MOhm")), 1.0);
    assert_eq!(to_coherent(1.001, parse("V")), 1_000.999_999_999_999_9);
    assert_eq!(value("1.001 V"), 1001.0);
    // The same operation in exact arithmetic, for every scale.
    for scale2 in (-800..=800).step_by(2) {
        let unit = UnitValue {
            dimension: Dimension::DIMENSIONLESS,
            scale2,
        };
        for x in [0.1, -70.0, 1.0 / 3.0, 5e-324, f64::MAX] {
            let wanted = match Decimal::from_f64_exact(x).unwrap().to_f64_scaled(scale2) {
                Ok(x) => x,
                Err(Range::Overflow) => f64::INFINITY.copysign(x),
                Err(Range::Underflow) => 0f64.copysign(x),
            };
            assert_eq!(to_coherent(x, unit).to_bits(), wanted.to_bits(), "{x} at {scale2}");
        }
        for x in [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(to_coherent(x, unit).to_bits(), x.to_bits());
        }
        assert!(to_coherent(f64::NAN, unit).is_nan());
    }
    for scale2 in [-45, -7, -3, -1, 1, 3, 5, 41, 47, 101] {
        let unit = UnitValue {
            dimension: Dimension::DIMENSIONLESS,
            scale2,
        };
        let wanted = Decimal::from_f64_exact(0.3).unwrap().to_f64_scaled(scale2).unwrap();
        for got in [
            to_coherent(0.3, unit),
            from_coherent(
                0.3,
                UnitValue {
                    scale2: -scale2,
                    ..unit
                },
            ),
        ] {
            assert!((got - wanted).abs() <= 2.0 * f64::EPSILON * wanted, "{got} {wanted}");
        }
    }
}

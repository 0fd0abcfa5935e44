//! Dimensions in the words and units of the trade, for messages.

use super::{UnitValue, combine, from_coherent, lookup};
use crate::dimension::{Dimension, product};
use alif_core::decimal::Decimal;
use alif_core::number_text;

/// Powers of units, as [`combine`] takes them.
type Powers = &'static [(&'static str, i32, i32)];

/// Dimensions with a name, as powers of units; each is the coherent unit of its dimension.
const NAMED: &[(Powers, &str)] = &[
    (&[], "a plain number"),
    (&[("ms", 1, 1)], "a time"),
    (&[("mV", 1, 1)], "a voltage"),
    (&[("pA", 1, 1)], "a current"),
    (&[("nS", 1, 1)], "a conductance"),
    (&[("GOhm", 1, 1)], "a resistance"),
    (&[("pF", 1, 1)], "a capacitance"),
    (&[("fC", 1, 1)], "a charge"),
    (&[("ms", -1, 1)], "a rate"),
    (&[("mV", 1, 1), ("ms", -1, 1)], "a voltage per time"),
    (&[("pA", 1, 1), ("ms", -1, 1)], "a current per time"),
    (&[("nS", 1, 1), ("ms", -1, 1)], "a conductance per time"),
    (&[("nS", 1, 1), ("mV", -1, 1)], "a conductance per voltage"),
    (&[("mV", -1, 1), ("ms", -1, 1)], "a rate per voltage"),
    (&[("ms", -1, 2)], "a white noise"),
    (&[("mV", 1, 1), ("ms", -1, 2)], "a white noise of voltage"),
    (&[("pA", 1, 1), ("um", -2, 1)], "a current per area"),
    (&[("nS", 1, 1), ("um", -2, 1)], "a conductance per area"),
    (&[("pF", 1, 1), ("um", -2, 1)], "a capacitance per area"),
    (&[("um", 1, 1)], "a length"),
    (&[("um", 2, 1)], "an area"),
    (&[("um", 3, 1)], "a volume"),
    (&[("um", 1, 1), ("ms", -1, 1)], "a speed"),
    (&[("mM", 1, 1)], "a concentration"),
    (&[("mM", 1, 1), ("ms", -1, 1)], "a concentration per time"),
    (&[("amol", 1, 1)], "an amount of substance"),
    (&[("fC", 1, 1), ("amol", -1, 1)], "a charge per amount of substance"),
    (
        &[("aJ", 1, 1), ("amol", -1, 1), ("K", -1, 1)],
        "an energy per amount of substance and temperature",
    ),
    (&[("K", 1, 1)], "a temperature"),
    (&[("ng", 1, 1)], "a mass"),
    (&[("pN", 1, 1)], "a force"),
    (&[("aJ", 1, 1)], "an energy"),
    (&[("fW", 1, 1)], "a power"),
    (&[("Pa", 1, 1)], "a pressure"),
];

/// Units that shorten a product of mV, pA, µm, mM, K and ms.
const SHORTCUTS: &[&str] = &["nS", "GOhm", "pF"];

/// The coherent unit of a dimension as people write it: `mV`, `mV/ms`, `nS/um^2`, `mV^2*ms`, `1` for plain numbers.
#[must_use]
pub fn name_of(dimension: Dimension) -> String {
    product(&coherent_powers(dimension))
}

/// Units whose product has the dimension and the scale one, with twice their exponents; as few as possible.
fn coherent_powers(dimension: Dimension) -> Vec<(&'static str, i32)> {
    if let Some((powers, _)) = named(dimension) {
        return powers.iter().map(|&(unit, n, d)| (unit, 2 * n / d)).collect();
    }
    let exponents = dimension.twice_exponents().map(i32::from);
    let mut best = basis_powers(exponents, "mM");
    for amount in ["mM", "amol"] {
        for &shortcut in SHORTCUTS {
            let Ok(unit) = lookup(shortcut) else {
                continue;
            };
            for power in -4..=4 {
                let mut rest = exponents;
                for (exponent, by) in rest.iter_mut().zip(unit.dimension.twice_exponents()) {
                    *exponent -= power * i32::from(by);
                }
                let mut powers = vec![(shortcut, 2 * power)];
                powers.extend(basis_powers(rest, amount));
                if length(&powers) < length(&best) {
                    best = powers;
                }
            }
        }
    }
    best
}

/// What a dimension is, with its article: `a voltage`, `a time`; `None` where there is no short name.
#[must_use]
pub fn quantity_name(dimension: Dimension) -> Option<&'static str> {
    named(dimension).map(|(_, name)| *name)
}

/// A number of coherent units in `unit`, which is written `text`, in digits that read back the same: `20 ms`, `0.5`.
#[must_use]
pub fn show(value: f64, unit: UnitValue, text: &str) -> String {
    let number = number_text(as_written(value, unit));
    if text == "1" {
        return number;
    }
    match text.strip_prefix("1/") {
        Some(below) => format!("{number}/{below}"),
        None => format!("{number} {text}"),
    }
}

/// The number of fewest digits that is `value` in coherent units: 0.07 for the 70 mV that were written as 0.07 V.
fn as_written(value: f64, unit: UnitValue) -> f64 {
    let converted = from_coherent(value, unit);
    let shortened = (14..17).filter_map(|digits| format!("{converted:.digits$e}").parse::<f64>().ok());
    let reads_back = |number: &f64| {
        let decimal = Decimal::from_f64_shortest(*number);
        decimal.is_some_and(|decimal| decimal.to_f64_scaled(unit.scale2) == Ok(value))
    };
    shortened.into_iter().find(reads_back).unwrap_or(converted)
}

fn named(dimension: Dimension) -> Option<&'static (Powers, &'static str)> {
    let unit = UnitValue::coherent(dimension);
    NAMED.iter().find(|(powers, _)| combine(powers).as_ref() == Ok(&unit))
}

/// The one way to write a dimension in mV, pA, µm, K, ms and `amount`, mM or amol. Exponents are doubled, in and out.
fn basis_powers([m, kg, s, a, k, mol]: [i32; 6], amount: &'static str) -> Vec<(&'static str, i32)> {
    // Only mV = µm² ng / (ms³ pA) has a mass in it, and only mM = amol/µm³ an amount.
    let per_volume = if amount == "mM" { mol } else { 0 };
    vec![
        ("mV", kg),
        ("pA", a + kg),
        ("um", m - 2 * kg + 3 * per_volume),
        (amount, mol),
        ("K", k),
        ("ms", s + 3 * kg),
    ]
}

/// How long a product is, and how much of it stands below the line.
fn length(powers: &[(&str, i32)]) -> (i32, i32) {
    let sum = |part: fn(i32) -> i32| powers.iter().map(|&(_, twice)| part(twice)).sum();
    (sum(i32::abs), sum(|twice| -twice.min(0)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{pairs, parse, quantity, value};
    use super::*;

    #[test]
    fn names_of_dimensions() {
        let table = "
            s = ms, V = mV, A = pA, S = nS, Ohm = GOhm, F = pF, Hz = 1/ms, mV s^-1 = mV/ms, C = fC,
            M = mM, mV^2 s = mV^2*ms, mV ms^-1/2 = mV/sqrt(ms), pA ms^1/2 = pA*sqrt(ms),
            ms^-1/2 = 1/sqrt(ms), mV^-1 ms^-1 = 1/(mV*ms), S cm^-2 = nS/um^2, uF cm^-2 = pF/um^2,
            uA cm^-2 = pA/um^2, Ohm cm = GOhm*um, mV^2 = mV^2, nS^2 ms = nS^2*ms, V^-1 = 1/mV,
            S V^-1 = nS/mV, pF^-1 = 1/pF, pA^2 ms = pA^2*ms, K = K, m^2 s^-1 = um^2/ms,
            J mol^-1 K^-1 = aJ/(amol*K), C mol^-1 = fC/amol, M s^-1 = mM/ms, mM um ms^-1 = um*mM/ms,
            pA mV^-2 ms^-1 = nS/(mV*ms), V s^-3/2 = mV/ms^(3/2), nS ms^-1/2 = nS/sqrt(ms), kg = ng,
            mM^-4 ms^-1 = 1/(mM^4*ms), V m^-1 = mV/um, m^3 s^-1 = um^3/ms,
            m^2 s^-1/2 = um^2/sqrt(ms), mol s^-1 = amol/ms, mol m^-2 s^-1 = um*mM/ms,
            W m^-2 = mV*pA/um^2
        ";
        for (unit, name) in pairs(table) {
            assert_eq!(name_of(parse(unit).dimension), name, "{unit}");
        }
        assert_eq!(name_of(Dimension::DIMENSIONLESS), "1");
        assert_eq!(quantity_name(parse("mV^2 s").dimension), None);
        assert_eq!(quantity_name(Dimension::DIMENSIONLESS), Some("a plain number"));
    }

    #[test]
    fn units_of_messages_are_known() {
        for (powers, name) in NAMED {
            let unit = combine(powers).unwrap();
            assert_eq!(unit.scale2, 0, "{name}");
            assert_eq!(quantity_name(unit.dimension), Some(*name));
        }
        let basis = ["mV", "pA", "um", "mM", "amol", "K", "ms"];
        for unit in SHORTCUTS.iter().chain(&basis) {
            assert_eq!(lookup(unit).unwrap().scale2, 0, "{unit}");
        }
    }

    #[test]
    fn values_for_messages() {
        let coherent = "
            0.02 s = 20 ms, 0.6 nA = 600 pA, 0.5 = 0.5, 40 Hz = 0.04/ms, -70 mV = -70 mV,
            0.04 mV^-1 ms^-1 = 0.04/(mV*ms), 1 mV ms^-1 = 1 mV/ms, 1e30 V = 1e33 mV,
            1 pS = 0.001 nS, 1e-6 ms = 1e-6 ms, 0 ms = 0 ms
        ";
        for (left, text) in pairs(coherent) {
            let dimension = quantity(left).1.dimension;
            let shown = show(value(left), UnitValue::coherent(dimension), &name_of(dimension));
            assert_eq!(shown, text);
        }
        let declared = [
            ("-1", "MOhm"),
            ("0.07", "V"),
            ("1.001", "V"),
            ("0.3", "nA"),
            ("40", "Hz"),
            ("0.1", "S"),
            ("1e300", "uS"),
        ];
        for (number, unit) in declared {
            let coherent = value(&format!("{number} {unit}"));
            assert_eq!(show(coherent, parse(unit), unit), format!("{number} {unit}"));
        }
        assert_eq!(show(f64::NAN, parse("mV"), "mV"), "NaN mV");
        assert_eq!(show(f64::INFINITY, UnitValue::ONE, "1"), "inf");
    }

    #[test]
    fn powers_make_up_the_dimension() {
        let units = ["mV", "pA", "ms", "um", "mM", "K", "ng", "V"];
        for (i, a) in units.iter().enumerate() {
            for b in &units[i + 1..] {
                for (n, m) in [(1, 1), (1, -1), (-2, 1), (3, -2), (4, 4), (2, -5), (-1, -1), (60, 1)] {
                    for halves in [1, 2] {
                        let dimension = combine(&[(a, n, 1), (b, m, halves)]).unwrap().dimension;
                        let powers: Vec<_> = coherent_powers(dimension)
                            .into_iter()
                            .map(|(unit, twice)| (unit, twice, 2))
                            .collect();
                        assert_eq!(combine(&powers), Ok(UnitValue::coherent(dimension)), "{powers:?}");
                    }
                }
            }
        }
    }
}

//! Did you mean: a known unit near an unknown symbol.

use strsim::osa_distance;

use super::find;
use super::table::{FAMILIAR, PREFIXES, SYMBOLS, WORDS};

/// No unit comes near anything longer, and the work stays bounded.
const MAX_CHARS: usize = 32;

/// The unit, or the power of a unit, that `symbol` was probably meant to be, and how to write what is no such slip.
pub(super) fn advice(symbol: &str) -> (Option<String>, Option<&'static str>) {
    if symbol.chars().count() > MAX_CHARS {
        return (None, None);
    }
    let evident = glued_power(symbol).or_else(|| written_out(symbol));
    if evident.is_none() && symbol.strip_suffix('s').and_then(find).is_some() {
        let reason = "units have no plural, and a product is written with `*`, as in `mV*s`";
        return (None, Some(reason));
    }
    (evident.or_else(|| nearest(symbol)), None)
}

/// `cm2` for `cm^2`.
fn glued_power(symbol: &str) -> Option<String> {
    let unit = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    let power = &symbol[unit.len()..];
    (!power.is_empty() && !power.starts_with('0') && find(unit).is_some()).then(|| format!("{unit}^{power}"))
}

/// `millivolt`, `msec` and `Volts`.
fn written_out(symbol: &str) -> Option<String> {
    let lower = symbol.to_ascii_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    WORDS.iter().find_map(|&(word, unit)| {
        let head = lower.strip_suffix(word).or_else(|| singular.strip_suffix(word))?;
        // Nobody means the megasecond with `Msec` or `MSEC`.
        let as_written = if unit == "s" { head } else { &symbol[..head.len()] };
        let prefix = PREFIXES
            .iter()
            .find(|row| row.word == head || row.word.strip_suffix('a') == Some(head))
            .map_or(as_written, |row| row.spellings[0]);
        [prefix, head]
            .map(|prefix| format!("{prefix}{unit}"))
            .into_iter()
            .find(|candidate| find(candidate).is_some())
    })
}

/// The unit that differs in the case of its letters, or the familiar one that differs in a letter or two.
fn nearest(symbol: &str) -> Option<String> {
    let lower = symbol.to_lowercase();
    let most = match symbol.chars().count() {
        ..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let rank = |unit: &String| {
        let letters = osa_distance(&lower, &unit.to_lowercase());
        let familiarity = FAMILIAR.iter().position(|f| f == unit);
        (
            letters,
            osa_distance(symbol, unit),
            familiarity.unwrap_or(FAMILIAR.len()),
        )
    };
    let prefixes = std::iter::once("").chain(PREFIXES.iter().map(|row| row.spellings[0]));
    prefixes
        .flat_map(|prefix| SYMBOLS.iter().map(move |row| format!("{prefix}{}", row.spellings[0])))
        .map(|unit| (rank(&unit), unit))
        .filter(|((letters, _, familiarity), _)| *letters == 0 || *letters <= most && *familiarity < FAMILIAR.len())
        .min()
        .map(|(_, unit)| unit)
}

#[cfg(test)]
mod tests {
    use super::super::lookup;
    use super::super::table::REFUSED;
    use super::super::tests::pairs;
    use super::*;

    #[test]
    fn refused_symbols_say_why() {
        let symbols = "eV meV keV degC min h d day cd rad T mT H bar mmHg Å kcal mVs Gy";
        for symbol in symbols.split(' ') {
            let unknown = lookup(symbol).unwrap_err();
            assert!(unknown.reason.is_some(), "{unknown:?}");
            assert_eq!(unknown.suggestion, None, "{unknown:?}");
        }
        for spelling in REFUSED.iter().flat_map(|row| row.spellings) {
            assert!(find(spelling).is_none(), "{spelling} is a unit");
        }
        assert!(lookup("eV").unwrap_err().reason.unwrap().contains("write joules"));
    }

    #[test]
    fn did_you_mean() {
        let table = "
            msec = ms, sec = s, secs = s, usec = us, mv = mV, MSEC = ms, Msec = ms, MegaOhm = MOhm,
            millivolt = mV, millivolts = mV, Volt = V, milliseconds = ms, nanoamps = nA, namp = nA,
            megohm = MOhm, megaohm = MOhm, MOHM = MOhm, GOhms = GOhm, kohms = kOhm, microfarad = uF,
            nanosiemens = nS, pS_ = pS, hz = Hz, khz = kHz, Mhz = MHz, pf = pF, na = nA, PA = pA,
            PF = pF, v = V, a = A, k = K, l = L, cm2 = cm^2, um2 = um^2, millimolar = mM,
            micron = um, micrometer = um, kilogram = kg, nmho = nS, mOmh = MOhm, Kg = kg,
            moles = mol
        ";
        for (written, meant) in pairs(table) {
            let unknown = lookup(written).unwrap_err();
            assert_eq!(unknown.suggestion.as_deref(), Some(meant), "{written}");
        }
        let long = "m".repeat(100_000);
        for written in ["ms2x", "foo", "xyz", "banana", "q", "", "°", "1", "2", &long] {
            let unknown = lookup(written).unwrap_err();
            assert_eq!((unknown.suggestion, unknown.reason), (None, None), "{written}");
        }
    }

    #[test]
    fn suggested_units_are_known() {
        let words = WORDS.iter().map(|(_, unit)| unit);
        for unit in FAMILIAR.iter().chain(words) {
            assert!(lookup(unit).is_ok(), "{unit}");
        }
    }
}

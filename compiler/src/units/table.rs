//! The one table of units. A new unit is one row; the first spelling is the one that messages use.

/// A symbol that may stand after a number.
pub(super) struct Symbol {
    /// All ways to write it.
    pub(super) spellings: &'static [&'static str],
    /// Power of ten against the SI unit of its dimension.
    pub(super) decades: i32,
    /// Exponents of m, kg, s, A, K, mol.
    pub(super) exponents: [i8; 6],
}

const fn row(spellings: &'static [&'static str], decades: i32, exponents: [i8; 6]) -> Symbol {
    Symbol {
        spellings,
        decades,
        exponents,
    }
}

pub(super) const SYMBOLS: &[Symbol] = &[
    row(&["s"], 0, [0, 0, 1, 0, 0, 0]),
    row(&["V"], 0, [2, 1, -3, -1, 0, 0]),
    row(&["A"], 0, [0, 0, 0, 1, 0, 0]),
    row(&["S"], 0, [-2, -1, 3, 2, 0, 0]),
    // Greek capital omega, and the ohm sign of Unicode.
    row(&["Ohm", "ohm", "\u{3a9}", "\u{2126}"], 0, [2, 1, -3, -2, 0, 0]),
    row(&["F"], 0, [-2, -1, 4, 2, 0, 0]),
    row(&["C"], 0, [0, 0, 1, 1, 0, 0]),
    row(&["Hz"], 0, [0, 0, -1, 0, 0, 0]),
    row(&["m"], 0, [1, 0, 0, 0, 0, 0]),
    row(&["g"], -3, [0, 1, 0, 0, 0, 0]),
    row(&["K"], 0, [0, 0, 0, 0, 1, 0]),
    row(&["mol"], 0, [0, 0, 0, 0, 0, 1]),
    row(&["M"], 3, [-3, 0, 0, 0, 0, 1]),
    row(&["L"], -3, [3, 0, 0, 0, 0, 0]),
    row(&["N"], 0, [1, 1, -2, 0, 0, 0]),
    row(&["J"], 0, [2, 1, -2, 0, 0, 0]),
    row(&["W"], 0, [2, 1, -3, 0, 0, 0]),
    row(&["Pa"], 0, [-1, 1, -2, 0, 0, 0]),
];

/// A power of ten before a symbol.
pub(super) struct Prefix {
    /// All ways to write it.
    pub(super) spellings: &'static [&'static str],
    /// Its name when units are written out, as in `millivolt`.
    pub(super) word: &'static str,
    /// The power of ten.
    pub(super) decades: i32,
}

const fn prefix(spellings: &'static [&'static str], word: &'static str, decades: i32) -> Prefix {
    Prefix {
        spellings,
        word,
        decades,
    }
}

/// Peta and beyond are left out: `PA`, `PS` and `PF` are slips for `pA`, `pS` and `pF`.
pub(super) const PREFIXES: &[Prefix] = &[
    prefix(&["m"], "milli", -3),
    // The letter u, the micro sign and Greek mu.
    prefix(&["u", "\u{b5}", "\u{3bc}"], "micro", -6),
    prefix(&["n"], "nano", -9),
    prefix(&["p"], "pico", -12),
    prefix(&["k"], "kilo", 3),
    prefix(&["M"], "mega", 6),
    prefix(&["G"], "giga", 9),
    prefix(&["c"], "centi", -2),
    prefix(&["f"], "femto", -15),
    prefix(&["a"], "atto", -18),
    prefix(&["d"], "deci", -1),
    prefix(&["h"], "hecto", 2),
    prefix(&["T"], "tera", 12),
];

/// Symbols that people may expect, with what to write instead.
pub(super) struct Refused {
    pub(super) spellings: &'static [&'static str],
    pub(super) takes_prefix: bool,
    pub(super) reason: &'static str,
}

const fn refused(spellings: &'static [&'static str], takes_prefix: bool, reason: &'static str) -> Refused {
    Refused {
        spellings,
        takes_prefix,
        reason,
    }
}

pub(super) const REFUSED: &[Refused] = &[
    refused(
        &["eV"],
        true,
        "electronvolts are not supported; write joules: 1 eV is 1.602176634e-19 J",
    ),
    refused(
        &["degC", "celsius", "Celsius", "\u{2103}", "degF"],
        false,
        "only kelvin are supported; 0 degC is 273.15 K",
    ),
    refused(
        &["min", "mins", "minute", "minutes"],
        false,
        "minutes are not supported; write seconds: 1 min is 60 s",
    ),
    refused(
        &["h", "hr", "hrs", "hour", "hours"],
        false,
        "hours are not supported; write seconds: 1 h is 3600 s",
    ),
    refused(
        &["d", "day", "days"],
        false,
        "days are not supported; write seconds: a day is 86400 s",
    ),
    refused(
        &["week", "weeks", "year", "years", "yr"],
        false,
        "calendar units are not supported; write seconds",
    ),
    refused(
        &["rad", "deg", "sr"],
        false,
        "angles are plain numbers; write radians without a unit",
    ),
    refused(
        &["cd", "lm", "lx"],
        true,
        "units of light are not supported; use a plain number",
    ),
    refused(&["T"], true, "the tesla is not supported; write V*s/m^2"),
    refused(&["Wb"], true, "the weber is not supported; write V*s"),
    refused(&["H"], true, "the henry is not supported; write Ohm*s"),
    refused(&["Bq", "Gy", "Sv"], true, "units of radiation are not supported"),
    refused(
        &["bar", "atm", "mmHg", "Torr", "psi"],
        true,
        "write pressures in pascal: 1 bar is 100000 Pa, 1 mmHg is 133.322 Pa",
    ),
    refused(&["cal", "erg"], true, "write energies in joules: 1 cal is 4.184 J"),
    refused(
        &["\u{c5}", "\u{212b}", "angstrom"],
        false,
        "the angstrom is not supported; it is 0.1 nm",
    ),
];

/// Units written out, in lower case, with their symbols.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("second", "s"),
    ("sec", "s"),
    ("volt", "V"),
    ("ampere", "A"),
    ("amp", "A"),
    ("siemens", "S"),
    ("siemen", "S"),
    ("mho", "S"),
    ("ohm", "Ohm"),
    ("farad", "F"),
    ("coulomb", "C"),
    ("hertz", "Hz"),
    ("metre", "m"),
    ("meter", "m"),
    ("micron", "um"),
    ("gram", "g"),
    ("kelvin", "K"),
    ("mole", "mol"),
    ("molar", "M"),
    ("litre", "L"),
    ("liter", "L"),
    ("newton", "N"),
    ("joule", "J"),
    ("watt", "W"),
    ("pascal", "Pa"),
];

/// Units that models use most, for ties between suggestions.
pub(super) const FAMILIAR: &[&str] = &[
    "ms", "mV", "pA", "nA", "nS", "pF", "MOhm", "GOhm", "s", "Hz", "mM", "uM", "um", "uA", "mS", "uF", "nF", "uS",
    "pS", "cm", "V", "A", "S", "F", "kHz", "kOhm", "Ohm", "us", "mA", "mol", "K", "L",
];

//! Values of options that can be judged without a model.

use std::path::{Path, PathBuf};

use alif::decimal::Decimal;
use alif::plot::Format;
use alif::{Rule, Solver};
use alif_grammar::{Code, Limits, Severity};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A time as it was given, and exactly, in ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    /// The text.
    pub(crate) text: String,
    /// The number of ms.
    pub(crate) exact: Decimal,
}

impl Time {
    /// The nearest float, in ms.
    pub(crate) fn ms(&self) -> f64 {
        self.exact.to_f64().unwrap_or(f64::NAN)
    }
}

/// A time such as `1s`; a plain number is in ms.
pub(crate) fn time(text: &str) -> Result<Time, String> {
    let exact = alif::load::duration(text).map_err(|e| format!("{}: {}", e.code.as_str(), e.reason))?;
    exact.to_f64().map_err(|e| format!("the time {e}"))?;
    Ok(Time {
        text: text.trim().to_owned(),
        exact,
    })
}

/// A time above zero.
pub(crate) fn time_step(text: &str) -> Result<Time, String> {
    let time = time(text)?;
    if time.exact.is_zero() || time.exact.is_negative() {
        return Err("E0603: the time step must be above 0 ms".to_owned());
    }
    Ok(time)
}

/// A solver by its name.
pub(crate) fn solver() -> impl TypedValueParser<Value = Solver> {
    let names = Solver::ALL
        .iter()
        .map(|s| PossibleValue::new(s.name()).help(s.summary()));
    PossibleValuesParser::new(names).try_map(|name| Solver::named(&name).ok_or("no solver has this name"))
}

/// A rule for gradients by its name.
pub(crate) fn rule() -> impl TypedValueParser<Value = Rule> {
    let names = Rule::ALL
        .iter()
        .map(|rule| PossibleValue::new(rule.name()).help(rule.summary()));
    PossibleValuesParser::new(names).try_map(|name| Rule::named(&name).ok_or("no rule has this name"))
}

/// A number of neurons.
pub(crate) fn neurons(text: &str) -> Result<u64, String> {
    // Whether so many fit into memory is another question, which has an answer of its own.
    match text.trim().parse() {
        Ok(0) | Err(_) => Err(format!("a population has from 1 to {} neurons", u32::MAX)),
        Ok(n) => Ok(n),
    }
}

/// The code of a warning.
pub(crate) fn warning(text: &str) -> Result<Code, String> {
    let code = Code::from_text(&text.trim().to_uppercase());
    code.filter(|code| code.severity() == Severity::Warning)
        .ok_or_else(|| "this is no code of a warning, such as W0701".to_owned())
}

/// `states=1000`, `memory=4GiB`
pub(crate) fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, most) = text
        .split_once('=')
        .ok_or("write the name of a limit, `=` and a number, such as states=1000")?;
    let (name, most) = (name.trim(), most.trim());
    if name != "memory" && !Limits::NAMES.contains(&name) {
        return Err(format!(
            "there is no limit `{name}`; there are {} and memory",
            Limits::NAMES.join(", ")
        ));
    }
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let bytes = matches!(name, "memory" | "file");
    let unit = units
        .iter()
        .filter(|_| bytes)
        .find_map(|(unit, shift)| Some((most.strip_suffix(unit)?, *shift)));
    let (digits, shift) = unit.unwrap_or((most, 0));
    let number = digits
        .trim()
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(1 << shift));
    let number = number.ok_or_else(|| {
        format!(
            "`{most}` is no whole number{}",
            if bytes { ", with KiB, MiB or GiB behind it" } else { "" }
        )
    })?;
    if name == "nesting" && number > Limits::DEEPEST as u64 {
        return Err(format!(
            "the most that every stack is sure to hold is {}",
            Limits::DEEPEST
        ));
    }
    Ok((name.to_owned(), number))
}

/// A count that starts at 1.
pub(crate) fn at_least_one(text: &str) -> Result<u64, String> {
    match text.trim().parse::<u64>() {
        Ok(count) if count > 0 && count < 1 << 63 => Ok(count),
        Ok(_) | Err(_) => Err("a whole number from 1 to 2^63 - 1 is wanted".to_owned()),
    }
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    let refused = |_| format!("a seed is a whole number from 0 to {}", u64::MAX);
    text.trim().parse().map_err(refused)
}

/// `NAME=V`: what the value means depends on what the name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The name.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: String,
}

impl std::fmt::Display for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl Assignment {
    /// The file of a value that starts with `@`.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.value.strip_prefix('@').map(Path::new)
    }
}

/// `NAME=V`
pub(crate) fn assignment(text: &str) -> Result<Assignment, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write a name, `=` and a value, such as tau=20ms")?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        return Err("there is no name before `=`".to_owned());
    }
    if value.is_empty() || value == "@" {
        return Err(format!("there is no value for `{name}` behind `=`"));
    }
    Ok(Assignment {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

/// Neurons by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranges {
    /// The text.
    pub(crate) text: String,
    /// Half-open ranges in the order they were given.
    ranges: Vec<(u32, u32)>,
}

impl Ranges {
    /// The neurons, each once, all below `n`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn neurons(&self, n: usize) -> Result<Vec<u32>, String> {
        if let Some(&(_, end)) = self.ranges.iter().find(|&&(_, end)| end as usize > n) {
            return Err(format!(
                "there is no neuron {}; the population has {n}, numbered from 0",
                end - 1
            ));
        }
        let mut seen = vec![false; n];
        let mut neurons = Vec::new();
        for neuron in self.ranges.iter().flat_map(|&(start, end)| start..end) {
            if std::mem::replace(&mut seen[neuron as usize], true) {
                return Err(format!("neuron {neuron} stands in it twice"));
            }
            neurons.push(neuron);
        }
        Ok(neurons)
    }
}

/// `0:5,17`: neurons 0 to 4, and 17.
pub(crate) fn ranges(text: &str) -> Result<Ranges, String> {
    let form = |part: &str| format!("`{part}` is no neuron such as 17 or range such as 0:5");
    let mut ranges = Vec::new();
    for part in text.split(',').map(str::trim) {
        let number = |digits: &str| -> Result<u32, String> {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let number = plain.then(|| digits.parse().ok()).flatten();
            number
                .filter(|&number: &u32| number < u32::MAX)
                .ok_or_else(|| form(part))
        };
        let (start, end) = match part.split_once(':') {
            Some((start, end)) => (number(start.trim())?, number(end.trim())?),
            None => (number(part)?, number(part)? + 1),
        };
        if start >= end {
            return Err(format!("the range `{part}` is empty; its end is left out"));
        }
        ranges.push((start, end));
    }
    Ok(Ranges {
        text: text.to_owned(),
        ranges,
    })
}

/// The formats of recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Arrays for NumPy.
    Npz,
    /// A table.
    Csv,
}

impl OutputFormat {
    /// The format that the end of a name asks for.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "npz" => Some(Self::Npz),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// A file to record into.
pub(crate) fn output(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match OutputFormat::of(&path) {
        Some(_) => Ok(path),
        None => Err("a recording ends in .npz or .csv".to_owned()),
    }
}

/// A file to draw into.
pub(crate) fn picture(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match Format::of(&path) {
        Ok(_) => Ok(path),
        Err(_) => Err("a plot ends in .png or .svg".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open_and_keep_their_order() {
        let neurons = |text: &str, n| ranges(text).and_then(|r| r.neurons(n));
        assert_eq!(neurons("17,0:3", 18), Ok(vec![17, 0, 1, 2]));
        assert_eq!(neurons(" 4 : 6 ", 6), Ok(vec![4, 5]));
        let refused = [
            ("", "is no neuron"),
            ("5:5", "is empty"),
            ("5:2", "is empty"),
            ("-1", "is no neuron"),
            ("0:4294967296", "is no neuron"),
            ("1:2:3", "is no neuron"),
            ("0:7", "there is no neuron 6; the population has 6"),
            ("0:2,1", "neuron 1 stands in it twice"),
        ];
        for (text, reason) in refused {
            let found = neurons(text, 6).expect_err(text);
            assert!(found.contains(reason), "{text}: {found}");
        }
    }

    #[test]
    fn times_are_exact() {
        assert_eq!(time("1s"), time("1000 ms").map(|t| Time { text: "1s".into(), ..t }));
        assert!(time("1mV").expect_err("a voltage").contains("a time is wanted"));
        assert!(time("").is_err() && time("nan").is_err() && time("1e999 s").is_err());
        for text in ["0ms", "-0.1ms", "0"] {
            assert!(time_step(text).expect_err(text).contains("above 0 ms"));
        }
    }

    #[test]
    fn counts_have_bounds() {
        assert_eq!(neurons("1000"), Ok(1000));
        for text in ["0", "-5", "1e3", "18446744073709551616", ""] {
            assert!(neurons(text).is_err(), "{text}");
        }
        assert!(at_least_one("0").is_err() && at_least_one("9223372036854775808").is_err());
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("-1").is_err() && seed("1e30").is_err());
    }

    #[test]
    fn limits_have_names_and_units() {
        assert_eq!(limit("states=1000"), Ok(("states".to_owned(), 1000)));
        assert_eq!(limit(" memory = 4 GiB "), Ok(("memory".to_owned(), 4 << 30)));
        for text in [
            "states",
            "state=3",
            "states=3KiB",
            "states=-3",
            "nesting=129",
            "memory=99999999TiB",
        ] {
            assert!(limit(text).is_err(), "{text}");
        }
        assert_eq!(warning("w0701"), Ok(Code::StillTrueAfterReset));
        assert!(warning("E0201").is_err() && warning("W9999").is_err());
    }

    #[test]
    fn assignments_have_two_sides() {
        let found = assignment("tau = 20 ms").expect("an assignment");
        assert_eq!((found.name.as_str(), found.value.as_str()), ("tau", "20 ms"));
        assert_eq!(
            assignment("I=@a=b.npy").expect("a file").file(),
            Some(Path::new("a=b.npy"))
        );
        for text in ["tau", "=1", "tau=", "tau=@"] {
            assert!(assignment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn formats_are_told_by_the_end_of_the_name() {
        assert!(output("a.NPZ").is_ok() && output("x/a.csv").is_ok());
        assert!(output("a.txt").is_err() && output("npz").is_err());
        assert!(picture("a.png").is_ok() && picture("a.pdf").is_err());
    }
}

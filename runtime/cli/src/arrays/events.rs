//! Lists of events in CSV files.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::InputError;

/// The longest text of a number: more digits than any f64 has.
const MAX_DIGITS: usize = 800;
/// The largest power of ten, up or down, that a time may be written with.
const MAX_EXPONENT: i32 = 400;

/// When an event arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At the begin of this step, counted from 0.
    Step(u64),
    /// At this time in ms: a decimal number that is not negative, as written, such as `12.3` or `1e-1`.
    Time(String),
}

/// An event for an input port.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// When it arrives.
    pub(crate) when: When,
    /// The neuron it arrives at.
    pub(crate) neuron: u32,
    /// Its weight in the unit of the port; finite, negative ones inhibit.
    pub(crate) weight: f64,
    /// The line of the file it stands on, counted from 1.
    pub(crate) line: u64,
}

/// Reads a list of events, in the order of the file.
///
/// The first line is `t,neuron,weight` (times in ms) or `step,neuron,weight`. The column of weights may be missing, they are 1
/// then. Spaces around fields, empty lines and lines that begin with `#` mean nothing.
///
/// # Errors
/// [`InputError`], with the line and what stands there: a field that is missing or too many, a time that is negative or not
/// a decimal number, a step or neuron that is not a whole number, a weight that is not finite.
pub(crate) fn read_events_csv(path: &Path) -> Result<Vec<Event>, InputError> {
    let file = File::open(path).map_err(|error| InputError::io(path, error))?;
    parse(BufReader::new(file)).map_err(|problem| match problem {
        Problem::Io(error) => InputError::io(path, error),
        Problem::Line(line, reason) => InputError::Line {
            path: path.to_owned(),
            line,
            reason,
        },
    })
}

/// What is wrong, and on which line.
#[derive(Debug)]
enum Problem {
    Io(std::io::Error),
    Line(u64, String),
}

/// What the header line names.
#[derive(Clone, Copy)]
struct Columns {
    steps: bool,
    weights: bool,
}

fn parse(mut file: impl BufRead) -> Result<Vec<Event>, Problem> {
    let mut columns = None;
    let mut events = Vec::new();
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        if file.read_until(b'\n', &mut bytes).map_err(Problem::Io)? == 0 {
            break;
        }
        number += 1;
        let problem = |reason| Problem::Line(number, reason);
        let line = std::str::from_utf8(&bytes).map_err(|_| problem("this is not UTF-8 text".to_owned()))?;
        let line = if number == 1 {
            line.trim_start_matches('\u{feff}')
        } else {
            line
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match columns {
            None => columns = Some(header(line).map_err(problem)?),
            Some(columns) => events.push(event(line, columns, number).map_err(problem)?),
        }
    }
    match columns {
        Some(_) => Ok(events),
        None => Err(Problem::Line(number.max(1), no_header("the end of the file"))),
    }
}

fn header(line: &str) -> Result<Columns, String> {
    let names: Vec<&str> = line.split(',').map(str::trim).collect();
    let (steps, weights) = match names.as_slice() {
        ["t", "neuron"] => (false, false),
        ["t", "neuron", "weight"] => (false, true),
        ["step", "neuron"] => (true, false),
        ["step", "neuron", "weight"] => (true, true),
        _ => return Err(no_header(&shown(line))),
    };
    Ok(Columns { steps, weights })
}

fn no_header(found: &str) -> String {
    format!("the first line is `t,neuron,weight` (t in ms) or `step,neuron,weight`; here is {found}")
}

fn event(line: &str, columns: Columns, number: u64) -> Result<Event, String> {
    let mut fields = line.split(',').map(str::trim);
    let expected = if columns.weights { 3 } else { 2 };
    let found = line.split(',').count();
    if found != expected {
        return Err(format!(
            "{expected} fields are needed, here are {found}: {}",
            shown(line)
        ));
    }
    let mut next = || fields.next().unwrap_or_default();
    let (when, neuron) = (next(), next());
    let when = if columns.steps {
        When::Step(whole(when, "step", u64::MAX)?)
    } else {
        When::Time(time(when)?)
    };
    let neuron = whole(neuron, "neuron", u64::from(u32::MAX))? as u32;
    let weight = if columns.weights { weight(next())? } else { 1.0 };
    Ok(Event {
        when,
        neuron,
        weight,
        line: number,
    })
}

/// A whole number of at most `most`.
fn whole(text: &str, what: &str, most: u64) -> Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(format!("the {what} is a whole number from 0 on, not {}", shown(text)));
    }
    let value = text.parse().ok().filter(|value| *value <= most);
    value.ok_or_else(|| format!("the {what} {} is larger than {most}", shown(text)))
}

/// The text of a decimal number that is not negative, without a plus sign, short enough to be converted exactly.
fn time(text: &str) -> Result<String, String> {
    let refused = |why: &str| Err(format!("the time {} is {why}", shown(text)));
    let number = text.strip_prefix('+').unwrap_or(text);
    let value = number.parse::<f64>().unwrap_or(f64::NAN);
    if number.starts_with('-') && !value.is_nan() {
        return refused("negative");
    }
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()),
        None => (number, Some(0)),
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain || value.is_nan() {
        return refused("not a decimal number in ms");
    }
    let small = exponent.is_some_and(|exponent| exponent.abs() <= MAX_EXPONENT);
    if !small || number.len() > MAX_DIGITS || value.is_infinite() {
        return refused("out of range");
    }
    Ok(number.to_owned())
}

fn weight(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(weight) if weight.is_finite() => Ok(weight),
        Ok(_) => Err(format!("the weight {} is not finite", shown(text))),
        Err(_) => Err(format!("the weight is a number, not {}", shown(text))),
    }
}

/// What stands in the file, shortened and in quotes.
fn shown(text: &str) -> String {
    if text.chars().count() > 60 {
        let start: String = text.chars().take(60).collect();
        format!("`{}…`", start.escape_debug())
    } else {
        format!("`{}`", text.escape_debug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &[u8]) -> String {
        match parse(text) {
            Err(Problem::Line(line, reason)) => format!("{line}: {reason}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn times_and_steps() {
        let text = "\u{feff}# made by hand\r\n\r\n t , neuron, weight \r\n 12.30 , 4 , -1.5e0\n#\n+1e-1,0,.5";
        let events = parse(text.as_bytes()).expect("well-formed");
        let event = |when: &str, neuron, weight, line| Event {
            when: When::Time(when.to_owned()),
            neuron,
            weight,
            line,
        };
        assert_eq!(events, [event("12.30", 4, -1.5, 4), event("1e-1", 0, 0.5, 6)]);
        let events = parse(&b"step,neuron\n18446744073709551615,4294967295\n0,0"[..]);
        let events = events.expect("well-formed");
        assert_eq!(events[0].when, When::Step(u64::MAX));
        assert_eq!((events[0].neuron, events[0].weight), (u32::MAX, 1.0));
        assert_eq!(events.len(), 2);
        assert!(parse(&b"step,neuron,weight"[..]).expect("empty").is_empty());
    }

    #[test]
    fn header_is_required() {
        for text in [
            "",
            "# only this\n",
            "1.0,2,3\n",
            "neuron,t\n",
            "t,neuron,weight,more\n",
            "t_ms,neuron",
        ] {
            let message = message(text.as_bytes());
            assert!(message.contains("the first line is `t,neuron,weight`"), "{message}");
        }
    }

    #[test]
    fn rows_name_line_and_value() {
        for (row, expected) in [
            ("1,2", "3 fields are needed, here are 2: `1,2`"),
            ("1,2,3,4", "3 fields are needed, here are 4"),
            ("-1,2,3", "the time `-1` is negative"),
            ("-0,2,3", "the time `-0` is negative"),
            ("nan,2,3", "the time `nan` is not a decimal number"),
            ("inf,2,3", "the time `inf` is not a decimal number"),
            ("-inf,2,3", "the time `-inf` is negative"),
            ("++1,2,3", "the time `++1` is not a decimal number"),
            (".,2,3", "the time `.` is not a decimal number"),
            (",2,3", "the time `` is not a decimal number"),
            ("1e999,2,3", "the time `1e999` is out of range"),
            ("0e-999999999,2,3", "the time `0e-999999999` is out of range"),
            ("1e99999999999,2,3", "the time `1e99999999999` is out of range"),
            ("0x10,2,3", "the time `0x10` is not a decimal number"),
            ("1,-2,3", "the neuron is a whole number from 0 on, not `-2`"),
            ("1,2.0,3", "the neuron is a whole number from 0 on, not `2.0`"),
            ("1,4294967296,3", "the neuron `4294967296` is larger than 4294967295"),
            ("1,2,nan", "the weight `nan` is not finite"),
            ("1,2,-1e400", "the weight `-1e400` is not finite"),
            ("1,2,3 mV", "the weight is a number, not `3 mV`"),
            ("1,2,", "the weight is a number, not ``"),
        ] {
            let message = message(format!("t,neuron,weight\n1,2,3\n{row}\n").as_bytes());
            assert!(message.starts_with(&format!("3: {expected}")), "{message}");
        }
        let message = message(b"step,neuron\n18446744073709551616,0");
        assert!(message.contains("is larger than 18446744073709551615"), "{message}");
    }

    #[test]
    fn odd_bytes() {
        assert_eq!(message(b"t,neuron\n1,\xff"), "2: this is not UTF-8 text");
        let long = [b"t,neuron\n".as_slice(), &[b'7'; 100_000], b",0"].concat();
        let message = message(&long);
        assert!(message.contains("is out of range") && message.len() < 200, "{message}");
    }

    #[test]
    fn missing_files_are_named() {
        let error = read_events_csv(Path::new("no/such.csv")).expect_err("missing");
        assert!(error.to_string().starts_with("cannot read `no/such.csv`: "), "{error}");
    }
}

//! A certificate for a terminal.

use std::fmt::Write as _;

use alif_core::{Precision, number_text};

use crate::explain::Explanation;

use super::approximate::{ROUNDING, TARGET};
use super::{Certificate, ExactBlock, LocalError, LocalErrors, TimeStep};

/// Writes the certificate of an explanation.
pub(in crate::explain) fn certificate(out: &mut String, certificate: &Certificate, of: &Explanation) {
    if certificate.exact.is_empty() && certificate.local.is_none() {
        return;
    }
    out.push_str("certificate\n");
    if !certificate.exact.is_empty() {
        exact(out, certificate);
    }
    if let Some(local) = &certificate.local {
        approximate(out, local, of);
    }
}

fn exact(out: &mut String, certificate: &Certificate) {
    let precision = match certificate.precision {
        Precision::F32 => "single",
        Precision::F64 => "double",
    };
    let _ = writeln!(
        out,
        "  exact: P and Q in {precision} precision against a reference of 256 bits, the largest deviations"
    );
    let mut rows = vec![
        [
            "",
            "numbers",
            "ulp",
            "relative",
            "P(h)P(h) = P(2h)",
            "P'(0) = A",
            "L L' = C",
        ]
        .map(str::to_owned),
    ];
    rows.extend(certificate.exact.iter().map(row));
    // A column for noise only where there is noise.
    let columns = if certificate.exact.iter().any(|block| block.covariance.is_some()) {
        7
    } else {
        6
    };
    table(out, &rows, columns);
    for block in certificate.exact.iter().filter(|block| !block.holds()) {
        let bounds = [
            ("ulp", Some(block.units)),
            ("P(h)P(h) = P(2h)", Some(block.semigroup)),
            ("P'(0) = A", Some(block.slope)),
            ("L L' = C", block.covariance),
        ];
        for (name, bound) in bounds {
            if let Some(bound) = bound.filter(|bound| !bound.holds()) {
                let (measured, limit) = (short(bound.measured), short(bound.limit));
                let _ = writeln!(
                    out,
                    "    beyond its limit: {name} of {}: {measured}, not {limit}",
                    title(block)
                );
            }
        }
    }
}

/// The states of a block, with what is special about it.
fn title(block: &ExactBlock) -> String {
    let mut title = match &block.states[..] {
        [first, second, .., last] if block.states.len() > 6 => {
            format!("{first}, {second}, … {last} ({} states)", block.states.len())
        }
        states => states.join(", "),
    };
    if block.half {
        title.push_str(", half a step");
    }
    if block.held {
        title.push_str(", while held");
    }
    title
}

fn row(block: &ExactBlock) -> [String; 7] {
    let compared = match block.compared {
        all if all >= block.numbers => block.numbers.to_string(),
        some => format!("{some} of {}", block.numbers),
    };
    let found = |value: f64| {
        if block.compared == 0 {
            "-".to_owned()
        } else {
            short(value)
        }
    };
    [
        title(block),
        compared,
        found(block.units.measured),
        found(block.relative),
        short(block.semigroup.measured),
        short(block.slope.measured),
        block
            .covariance
            .map_or_else(|| "-".to_owned(), |bound| short(bound.measured)),
    ]
}

fn approximate(out: &mut String, local: &LocalErrors, of: &Explanation) {
    let h = number_text(of.dt);
    let _ = writeln!(
        out,
        "  approximated: errors of steps of {h} ms in double precision against eight shorter ones, relative to the range of the state"
    );
    let spikes = match local.spikes {
        1 => "1 spike".to_owned(),
        n => format!("{n} spikes"),
    };
    let _ = writeln!(
        out,
        "    from the initial state for {} ms with {}: {spikes}, {} of {} steps measured",
        digits(local.duration),
        local.stimuli.join(", and with "),
        local.measured,
        local.steps
    );
    if let Some(name) = &local.runaway {
        let _ = writeln!(
            out,
            "    without the last millisecond before a spike, to which {name} runs away"
        );
    }
    if local.without_noise {
        out.push_str("    without noise\n");
    }
    if let Some(when) = local.diverged {
        let what = match local.tolerance {
            Some(_) => "the sub-steps do not reach the end of the step",
            None => "a state is no longer finite: the time step is too long for this solver",
        };
        let _ = writeln!(out, "    at {} ms {what}", digits(when));
        return;
    }
    let mut rows = vec![["", "range", "largest", "at", "median", "dt for 1e-6", "error there"].map(str::to_owned)];
    rows.extend(local.states.iter().map(|state| error_row(state, of)));
    table(out, &rows, 7);
    let mut remarks: Vec<(&str, Vec<&str>)> = Vec::new();
    for state in &local.states {
        let Some(remark) = remark(state, local) else { continue };
        match remarks.iter_mut().find(|found| found.0 == remark) {
            Some((_, names)) => names.push(&state.name),
            None => remarks.push((remark, vec![&state.name])),
        }
    }
    for (remark, names) in remarks {
        let _ = writeln!(out, "    {remark}: {}", names.join(", "));
    }
}

/// What a row without all of its numbers means.
fn remark(state: &LocalError, local: &LocalErrors) -> Option<&'static str> {
    match &state.error {
        _ if state.range == 0.0 => Some("did not move, so nothing is known of the error"),
        None => Some("could not be measured in any step"),
        Some(error) if error.largest < ROUNDING => Some("no error but rounding"),
        Some(_) if local.tolerance.is_some() => Some("no time step, since sub-steps keep to a tolerance"),
        Some(error) if error.dt.is_none() => Some("no time step, since the search would take too long"),
        Some(_) => None,
    }
}

fn error_row(state: &LocalError, of: &Explanation) -> [String; 7] {
    let nothing = || "-".to_owned();
    let unit = of
        .states
        .get(state.state.index())
        .map_or("1", |state| state.unit.as_str());
    let range = if unit == "1" {
        digits(state.range)
    } else {
        format!("{} {unit}", digits(state.range))
    };
    let Some(error) = &state.error else {
        return [
            state.name.clone(),
            range,
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
        ];
    };
    [
        state.name.clone(),
        range,
        short(error.largest),
        format!("{} ms", digits(error.when)),
        short(error.median),
        error.dt.map_or_else(nothing, time_step),
        error.dt.map_or_else(nothing, |found| short(found.measured)),
    ]
}

/// A time step; where the target is out of reach, in which direction it lies.
fn time_step(found: TimeStep) -> String {
    let direction = match found.measured / TARGET {
        ratio if ratio < 0.5 => "> ",
        ratio if ratio <= 2.0 => "",
        _ => "< ",
    };
    format!("{direction}{} ms", digits(found.dt))
}

/// Writes columns under their heads, the first one to the left, the others to the right.
fn table(out: &mut String, rows: &[[String; 7]], columns: usize) {
    let length = |text: &String| text.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| length(&row[column])).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::new();
        for (column, (text, width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - length(text));
            match column {
                0 => line.push_str(&format!("{text}{pad}")),
                _ => line.push_str(&format!("  {pad}{text}")),
            }
        }
        let _ = writeln!(out, "    {}", line.trim_end());
    }
}

/// A small number in two digits.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        magnitude if (0.01..100.0).contains(&magnitude) => format!("{value:.2}"),
        _ => format!("{value:.1e}"),
    }
}

/// Any number in three digits.
fn digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    number_text(rounded)
}

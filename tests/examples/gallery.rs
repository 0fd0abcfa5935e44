//! Draws the pictures of `models/pictures/` and writes the table of `models/README.md`:
//!
//! ```sh
//! cargo run --release -p alif-tests --example gallery
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "says what it wrote, and what went wrong"
)]

#[path = "../gallery/mod.rs"]
mod gallery;

use std::error::Error;
use std::process::ExitCode;

use alif::plot::{Chart, Curve, Style, draw_chart};
use alif::{Model, Recording};

use gallery::stimulus::{Stimulus, shown};
use gallery::table::with_table;

/// A course is drawn as the first, the least, the largest and the last value of this many stretches.
const STRETCHES: usize = 250;

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<(), Box<dyn Error>> {
    let folder = gallery::folder();
    for name in gallery::names() {
        let stimulus = Stimulus::of(&name).ok_or_else(|| format!("`{name}` has no stimulus"))?;
        let path = folder.join("pictures").join(&name).with_extension("svg");
        draw_chart(&chart(stimulus, &gallery::load(&name)), &path)?;
        println!("{name}: {} bytes", std::fs::metadata(&path)?.len());
    }
    let page = folder.join("README.md");
    let text = with_table(&std::fs::read_to_string(&page)?).ok_or("models/README.md has no place for the table")?;
    std::fs::write(&page, text)?;
    Ok(())
}

fn chart(stimulus: &Stimulus, model: &Model) -> Chart {
    let recordings = stimulus.run(model);
    let [potential, threshold] = shown(model);
    let line = |name: &String| Curve {
        label: name.clone(),
        points: reduced(&course(&recordings, name)),
        style: Style::Line,
    };
    let mut curves: Vec<Curve> = potential.iter().chain(&threshold).map(line).collect();
    // A threshold that stays where it is tells nothing that the spikes do not.
    curves.retain(|curve| curve.points.iter().any(|(_, y)| *y != curve.points[0].1));
    let values = curves.iter().flat_map(|curve| curve.points.iter().map(|(_, y)| *y));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    let spikes = recordings
        .iter()
        .flat_map(|r| r.spikes.iter().map(|spike| r.time(spike.step)));
    let marks: Vec<(f64, f64)> = spikes.map(|time| (time, high + 0.06 * (high - low))).collect();
    if !marks.is_empty() {
        curves.push(Curve {
            label: "spikes".into(),
            points: marks,
            style: Style::Marks,
        });
    }
    let input = &model.signature().inputs[0];
    let with_unit = |text: String, unit: &str| match unit {
        "" | "1" => text,
        unit => format!("{text} {unit}"),
    };
    let unit = recordings[0].traces.first().map_or("", |trace| trace.unit.as_str());
    let potential = potential.unwrap_or_default();
    Chart {
        title: format!(
            "{} for {}",
            model.compiled().model.name,
            with_unit(format!("{} = {}", input.name, stimulus.height), &input.unit.text)
        ),
        x: "time [ms]".into(),
        y: match unit {
            "" | "1" => potential,
            unit => format!("{potential} [{unit}]"),
        },
        curves,
    }
}

/// Times and values of a quantity.
fn course(recordings: &[Recording; 2], name: &str) -> Vec<(f64, f64)> {
    let traces = recordings.iter().filter_map(|r| Some((r, r.trace(name)?)));
    traces
        .flat_map(|(r, trace)| {
            trace
                .steps
                .iter()
                .map(|&step| r.time(step))
                .zip(trace.values.iter().copied())
        })
        .collect()
}

/// The points that a picture of moderate size needs.
fn reduced(course: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let stretch = course.len().div_ceil(STRETCHES).max(1);
    let mut points = Vec::new();
    for part in course.chunks(stretch) {
        let order = |a: &usize, b: &usize| part[*a].1.total_cmp(&part[*b].1);
        let least = (0..part.len()).min_by(order).unwrap_or_default();
        let largest = (0..part.len()).max_by(order).unwrap_or_default();
        let mut kept = vec![0, least, largest, part.len() - 1];
        kept.sort_unstable();
        kept.dedup();
        points.extend(kept.into_iter().map(|at| part[at]));
    }
    points
}

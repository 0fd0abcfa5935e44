//! The membrane potential of a few neurons, with threshold and spikes, one strip for each.

use plotters::prelude::{DrawingBackend, RGBAColor};

use super::axis::{Axis, Frame, Tick, is_drawn, span, ticks};
use super::canvas::{Anchor, CURVES, Canvas, GREY, INK, Point, SMALL, Text};
use super::{Figure, PlotError, font};
use crate::record::{Recording, Trace};

/// The most points of a curve.
pub(super) const POINTS: usize = 3000;

/// What the strips show.
pub(super) struct Curves<'a> {
    potential: &'a Trace,
    threshold: Option<&'a Trace>,
    /// The neurons, with where each is among those of the two traces.
    pub(super) neurons: Vec<(u32, usize, Option<usize>)>,
}

/// The curves of a figure; none without a potential that has values.
pub(super) fn curves<'a>(figure: &Figure<'a>) -> Option<Curves<'a>> {
    let potential = figure.potential.filter(|trace| !trace.values.is_empty())?;
    let threshold = figure.threshold;
    let among = |neuron| threshold.and_then(|t| t.neurons.iter().position(|n| *n == neuron));
    let shown = potential.neurons.iter().take(CURVES.len());
    let neurons: Vec<_> = shown
        .enumerate()
        .map(|(index, neuron)| (*neuron, index, among(*neuron)))
        .collect();
    (!neurons.is_empty()).then_some(Curves {
        potential,
        threshold,
        neurons,
    })
}

/// The axis that all strips share, with room on top for the ticks of spikes.
pub(super) fn axis(curves: &Curves<'_>, height: f64) -> Axis {
    let values = curves.neurons.iter().flat_map(|(_, index, limit)| {
        let limit = curves.threshold.zip(*limit);
        let limit = limit.into_iter().flat_map(|(trace, at)| trace.course(at));
        curves.potential.course(*index).chain(limit)
    });
    let (low, high) = span(values);
    let (low, high) = (low - 0.06 * (high - low), high + 0.06 * (high - low));
    // Ten units in any case.
    let high = high + (high - low) * 10.0 / (height - 10.0).max(10.0);
    let unit = &curves.potential.unit;
    let name = &curves.potential.name;
    let label = if unit.is_empty() || unit == "1" {
        name.clone()
    } else {
        format!("{name} [{unit}]")
    };
    Axis {
        label,
        low,
        high,
        ticks: at_least_two(low, high, (height / 30.0).clamp(2.0, 8.0) as usize),
    }
}

/// About `most` ticks, and more where that leaves a single one: one number on an axis gives no scale.
fn at_least_two(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let few = ticks(low, high, most);
    if few.len() < 2 { ticks(low, high, 2 * most) } else { few }
}

/// Draws one strip for each neuron. `factor` brings ms onto the time axis.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<'_, DB>,
    frames: &[Frame<'_>],
    recording: &Recording,
    curves: &Curves<'_>,
    factor: f64,
) -> Result<(), PlotError> {
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else {
        return Ok(());
    };
    let legend = legend(canvas, first, curves, !recording.spikes.is_empty())?;
    let name = &curves.potential.name;
    let all = curves.potential.neurons.len();
    let title = if all > frames.len() {
        format!("{name} of {} of the {all} recorded neurons", frames.len())
    } else if all == 1 {
        format!("{name} of the recorded neuron")
    } else {
        format!("{name} of the recorded neurons")
    };
    first.title(canvas, &title, legend - first.left - 20.0)?;
    first.value_label(canvas, last)?;

    for ((frame, (neuron, index, limit)), color) in frames.iter().zip(&curves.neurons).zip(CURVES) {
        frame.grid(canvas)?;
        if let Some((trace, at)) = curves.threshold.zip(*limit) {
            for piece in pieces(frame, recording, trace, at, factor) {
                canvas.dashed(&piece, lighter(color), 1.5)?;
            }
        }
        let lines = pieces(frame, recording, curves.potential, *index, factor);
        for piece in &lines {
            canvas.line(piece, color, 1.25)?;
        }
        if lines.is_empty() {
            frame.remark(canvas, "no finite values")?;
        }
        let mut before = f64::NEG_INFINITY;
        for spike in recording.spikes.iter().filter(|s| s.neuron == *neuron) {
            let x = frame.x(recording.time(spike.step) * factor);
            // Ticks that would fall onto the same pixel are one tick.
            if x - before >= 0.5 && (frame.left..=frame.right + 0.5).contains(&x) {
                canvas.line(&[(x, frame.top), (x, frame.top + 8.0)], color, 1.25)?;
                before = x;
            }
        }
        frame.axes(canvas)?;
        let (x, y) = (frame.right + 10.0, frame.centre().1);
        canvas.text("neuron", (x, y - 8.0), &Text::new(SMALL, color))?;
        canvas.text(&neuron.to_string(), (x, y + 8.0), &Text::new(SMALL, color))?;
    }
    Ok(())
}

/// The same colour on its way to white.
fn lighter(color: RGBAColor) -> RGBAColor {
    let mix = |channel: u8| (0.6 * f64::from(channel) + 0.4 * 255.0).round() as u8;
    RGBAColor(mix(color.0), mix(color.1), mix(color.2), 1.0)
}

/// What the kinds of lines mean, above the first strip at its right; gives where it starts.
fn legend<DB: DrawingBackend>(
    canvas: &mut Canvas<'_, DB>,
    frame: &Frame<'_>,
    curves: &Curves<'_>,
    spikes: bool,
) -> Result<f64, PlotError> {
    let y = frame.top - 12.0;
    let mut x = frame.right;
    let style = || Text::new(SMALL, INK).anchored(Anchor::End);
    if spikes {
        canvas.text("spike", (x, y), &style())?;
        x -= font::width("spike", SMALL) + 9.0;
        canvas.line(&[(x, y - 4.5), (x, y + 4.5)], INK, 1.25)?;
        x -= 22.0;
    }
    let limited = curves.neurons.iter().any(|(_, _, limit)| limit.is_some());
    if let Some(trace) = curves.threshold.filter(|_| limited) {
        let name = font::fit(&trace.name, SMALL, 200.0);
        canvas.text(&name, (x, y), &style())?;
        x -= font::width(&name, SMALL) + 8.0;
        canvas.dashed(&[(x - 30.0, y), (x, y)], lighter(INK), 1.5)?;
        x -= 52.0;
    }
    let name = font::fit(&curves.potential.name, SMALL, 200.0);
    canvas.text(&name, (x, y), &style())?;
    x -= font::width(&name, SMALL) + 8.0;
    canvas.line(&[(x - 30.0, y), (x, y)], GREY, 1.5)?;
    Ok(x - 30.0)
}

/// The course of one neuron as lines on the page, broken where a value is not finite.
fn pieces(frame: &Frame<'_>, recording: &Recording, trace: &Trace, index: usize, factor: f64) -> Vec<Vec<Point>> {
    let times = trace.steps.iter().map(|step| recording.time(*step) * factor);
    let points = times
        .zip(trace.course(index))
        .map(|(time, value)| (frame.x(time), frame.y(value)))
        .map(|(x, y)| {
            let inside = (frame.left - 0.5..=frame.right + 0.5).contains(&x);
            (x, if inside { y } else { f64::NAN })
        });
    reduce(points, trace.steps.len(), POINTS)
}

/// Joins points to lines of at most `most` points in all: of each stretch of equal length the least and the largest value stay,
/// in their order. Points that are not finite are left out, and the line breaks there.
pub(super) fn reduce(points: impl Iterator<Item = Point>, count: usize, most: usize) -> Vec<Vec<Point>> {
    let stretch = if count <= most { 1 } else { count.div_ceil(most / 2) };
    let mut lines = Vec::new();
    let mut line: Vec<Point> = Vec::new();
    let mut points = points.peekable();
    while points.peek().is_some() {
        let (mut low, mut high): (Option<Point>, Option<Point>) = (None, None);
        let mut broken = false;
        for point in points.by_ref().take(stretch) {
            if !is_drawn(point.1) {
                broken = true;
                continue;
            }
            if low.is_none_or(|low| point.1 < low.1) {
                low = Some(point);
            }
            if high.is_none_or(|high| point.1 > high.1) {
                high = Some(point);
            }
        }
        if let (Some(low), Some(high)) = (low, high) {
            match low.0.total_cmp(&high.0) {
                std::cmp::Ordering::Less => line.extend([low, high]),
                std::cmp::Ordering::Equal => line.push(low),
                std::cmp::Ordering::Greater => line.extend([high, low]),
            }
        }
        if broken && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> impl Iterator<Item = Point> {
        values.iter().enumerate().map(|(x, y)| (x as f64, *y))
    }

    #[test]
    fn short_courses_stay_as_they_are() {
        let lines = reduce(points(&[1.0, 3.0, 2.0]), 3, 3000);
        assert_eq!(lines, [vec![(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)]]);
        assert!(reduce(points(&[]), 0, 3000).is_empty());
    }

    #[test]
    fn lines_break_at_what_is_not_finite() {
        let values = [f64::NAN, 1.0, f64::INFINITY, 2.0, 3.0, f64::NAN];
        let lines = reduce(points(&values), values.len(), 3000);
        assert_eq!(lines, [vec![(1.0, 1.0)], vec![(3.0, 2.0), (4.0, 3.0)]]);
    }

    #[test]
    fn long_courses_keep_their_peaks() {
        let mut values: Vec<f64> = (0..1_000_003).map(|k| f64::from(k % 7)).collect();
        values[123_456] = 100.0;
        values[654_321] = -100.0;
        let lines = reduce(points(&values), values.len(), 3000);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].len() <= 3000 && lines[0].len() > 2000);
        assert!(lines[0].contains(&(123_456.0, 100.0)));
        assert!(lines[0].contains(&(654_321.0, -100.0)));
        assert!(lines[0].is_sorted_by_key(|point| point.0));
    }
}

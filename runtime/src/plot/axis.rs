//! Axes: ranges, ticks, the frame of a panel.

use plotters::prelude::DrawingBackend;

use super::PlotError;
use super::canvas::{Anchor, Canvas, GREY, GRID, INK, NORMAL, Point, SMALL, Text};
use super::font;
use crate::record::Recording;

/// A labelled place on an axis.
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// An axis in units of the data.
pub(super) struct Axis {
    pub(super) label: String,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<Tick>,
}

/// The time axis of a run, and what a time in ms is multiplied with to come onto it: ms, or s for more than two seconds.
pub(super) fn time(recording: &Recording) -> (Axis, f64) {
    let duration = recording.steps as f64 * recording.dt;
    let (unit, factor) = if duration > 2000.0 { ("s", 1e-3) } else { ("ms", 1.0) };
    let low = recording.first_step as f64 * recording.dt * factor;
    let (low, high) = widened(low, low + duration * factor);
    let axis = Axis {
        label: format!("time [{unit}]"),
        low,
        high,
        ticks: ticks(low, high, 12),
    };
    (axis, factor)
}

/// The least and the largest finite value, a little apart when they are equal; 0 and 1 when there is none. Values beyond
/// 1e300 count as infinite, so that no difference overflows.
pub(super) fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| is_drawn(*value))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    if high - low > 1e-9 * low.abs().max(high.abs()) {
        return (low, high);
    }
    let margin = if low == 0.0 { 1.0 } else { 0.05 * low.abs() };
    (low - margin, high + margin)
}

/// Whether a value can be drawn.
pub(super) fn is_drawn(value: f64) -> bool {
    value.abs() <= 1e300
}

/// A range of at least some width.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if !(is_drawn(low) && is_drawn(high)) {
        (0.0, 1.0)
    } else if high - low > 1e-12 * low.abs().max(high.abs()) {
        (low, high)
    } else {
        (low, low + low.abs().max(1.0))
    }
}

/// At most `most` ticks at multiples of 1, 2 or 5 times a power of ten.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let rough = (high - low) / most.max(1) as f64;
    let power = libm::log10(rough).floor();
    let magnitude = libm::pow(10.0, power);
    let multiple = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|multiple| multiple * magnitude >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    let step = multiple * magnitude;
    if !(step > 0.0 && step.is_finite()) {
        return Vec::new();
    }
    // A hair of room, for ends that are multiples but for rounding.
    let first = (low / step - 1e-6).ceil();
    let last = (high / step + 1e-6).floor();
    let decimals = if multiple == 10.0 { -power - 1.0 } else { -power };
    let largest = low.abs().max(high.abs());
    (0..=most)
        .map(|index| first + index as f64)
        .take_while(|index| *index <= last)
        .map(|index| {
            let value = index * step;
            let label = label(value, decimals, largest / step);
            Tick { value, label }
        })
        .collect()
}

/// `value` with so many decimals, or with an exponent where that were long; `steps` is how many ticks the largest value is
/// away from zero, hence how many digits tell ticks apart.
fn label(value: f64, decimals: f64, steps: f64) -> String {
    let text = if decimals.abs() > 5.0 {
        let digits = libm::log10(steps).ceil().clamp(0.0, 15.0) as usize;
        let text = format!("{value:.digits$e}");
        match text.split_once('e') {
            Some((mantissa, exponent)) if mantissa.contains('.') => {
                let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
                format!("{mantissa}e{exponent}")
            }
            Some(_) | None => text,
        }
    } else if decimals > 0.0 {
        format!("{value:.*}", decimals as usize)
    } else {
        let whole = value.abs().round();
        let sign = if value < -0.5 { "-" } else { "" };
        if whole < 1e15 {
            format!("{sign}{}", group(whole as u64))
        } else {
            format!("{value:e}")
        }
    };
    let zero = text
        .strip_prefix('-')
        .filter(|rest| rest.chars().all(|c| matches!(c, '0' | '.')));
    zero.map_or_else(|| text.replace('-', "−"), str::to_owned)
}

/// A whole number in groups of three digits from 10 000 on.
pub(super) fn group(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            // A narrow space that no line breaks at.
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// The place of a panel on the page, with its axes.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) horizontal: &'a Axis,
    pub(super) values: &'a Axis,
}

impl Frame<'_> {
    /// Where a value of the horizontal axis stands.
    pub(super) fn x(&self, value: f64) -> f64 {
        let axis = self.horizontal;
        self.left + (self.right - self.left) * (value - axis.low) / (axis.high - axis.low)
    }

    /// Where a value of the vertical axis stands.
    pub(super) fn y(&self, value: f64) -> f64 {
        let axis = self.values;
        self.bottom - (self.bottom - self.top) * (value - axis.low) / (axis.high - axis.low)
    }

    pub(super) fn centre(&self) -> Point {
        (0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom))
    }

    /// The line above the panel, at most `room` wide.
    pub(super) fn title<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<'_, DB>,
        text: &str,
        room: f64,
    ) -> Result<(), PlotError> {
        let text = font::fit(text, NORMAL, room);
        canvas.text(&text, (self.left, self.top - 12.0), &Text::new(NORMAL, INK))
    }

    /// Grid lines, behind the data.
    pub(super) fn grid<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError> {
        for tick in &self.horizontal.ticks {
            let x = self.x(tick.value);
            canvas.line(&[(x, self.top), (x, self.bottom)], GRID, 1.0)?;
        }
        for tick in &self.values.ticks {
            let y = self.y(tick.value);
            canvas.line(&[(self.left, y), (self.right, y)], GRID, 1.0)?;
        }
        Ok(())
    }

    /// The axes with their ticks and the tick labels of the vertical one, before the data.
    pub(super) fn axes<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError> {
        let (left, top, right, bottom) = (self.left, self.top, self.right, self.bottom);
        canvas.line(&[(left, top), (left, bottom)], INK, 1.0)?;
        canvas.line(&[(left, bottom), (right, bottom)], INK, 1.0)?;
        for tick in &self.horizontal.ticks {
            let x = self.x(tick.value);
            canvas.line(&[(x, bottom), (x, bottom + 4.0)], INK, 1.0)?;
        }
        let style = Text::new(SMALL, INK).anchored(Anchor::End);
        for tick in &self.values.ticks {
            let y = self.y(tick.value);
            canvas.line(&[(left - 4.0, y), (left, y)], INK, 1.0)?;
            canvas.text(&tick.label, (left - 8.0, y), &style)?;
        }
        Ok(())
    }

    /// What the values are, beside the panels from here down to `last`.
    pub(super) fn value_label<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<'_, DB>,
        last: &Self,
    ) -> Result<(), PlotError> {
        let middle = 0.5 * (self.top + last.bottom);
        let room = (last.bottom - self.top).max(80.0);
        let text = font::fit(&self.values.label, NORMAL, room);
        let style = Text::new(NORMAL, INK).anchored(Anchor::Middle).upwards();
        canvas.text(&text, (24.0, middle), &style)
    }

    /// The labels of the horizontal axis, below the last panel.
    pub(super) fn horizontal_labels<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError> {
        let style = Text::new(SMALL, INK).anchored(Anchor::Middle);
        for tick in &self.horizontal.ticks {
            let at = (self.x(tick.value), self.bottom + 15.0);
            canvas.text(&tick.label, at, &style)?;
        }
        let at = (self.centre().0, self.bottom + 37.0);
        let style = Text::new(NORMAL, INK).anchored(Anchor::Middle);
        canvas.text(&self.horizontal.label, at, &style)
    }

    /// A line in the middle of a panel that has nothing to show.
    pub(super) fn remark<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>, text: &str) -> Result<(), PlotError> {
        let style = Text::new(NORMAL, GREY).anchored(Anchor::Middle);
        canvas.text(text, self.centre(), &style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        let ticks = ticks(low, high, most);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 1000.0, 5), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(labels(-70.2, -49.0, 3), ["−70", "−60", "−50"]);
        assert_eq!(labels(-0.5, 1.0, 3), ["−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 20_000.0, 2), ["0", "10\u{202f}000", "20\u{202f}000"]);
        assert_eq!(labels(0.0, 0.5, 5), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(0.0, 2e-9, 2), ["0e0", "1e−9", "2e−9"]);
        assert_eq!(labels(0.0, 4e12, 2), ["0e0", "2e12", "4e12"]);
    }

    #[test]
    fn ticks_of_odd_ranges() {
        for (low, high) in [(1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (2.0, 1.0)] {
            assert!(ticks(low, high, 5).is_empty(), "{low} {high}");
        }
        for (low, high) in [(1e15, 1e15 + 1.0), (-1e300, 1e300), (0.0, 5e-324), (1e9, 1e9 + 1e-3)] {
            assert!(ticks(low, high, 5).len() <= 6, "{low} {high}");
        }
    }

    #[test]
    fn spans_have_a_width() {
        assert_eq!(span([].into_iter()), (0.0, 1.0));
        assert_eq!(span([f64::NAN, 2.0, f64::INFINITY, 3.0].into_iter()), (2.0, 3.0));
        assert_eq!(span([-70.0; 3].into_iter()), (-73.5, -66.5));
        assert_eq!(span([0.0].into_iter()), (-1.0, 1.0));
    }

    #[test]
    fn groups_of_three_digits() {
        assert_eq!(group(0), "0");
        assert_eq!(group(1234), "1234");
        assert_eq!(group(1_234_567), "1\u{202f}234\u{202f}567");
    }
}

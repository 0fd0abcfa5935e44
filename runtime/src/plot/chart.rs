//! Curves y(x) over one pair of axes, with a legend at their right.

use std::path::Path;

use plotters::prelude::{DrawingBackend, RGBAColor};

use super::axis::{Axis, Frame, is_drawn, span, ticks};
use super::canvas::{CURVES, Canvas, GREY, INK, Point, SMALL, Text};
use super::potential::{POINTS, reduce};
use super::{Picture, PlotError, font, write};

/// Height of a row of the legend.
const ROW: f64 = 22.0;
/// Width of a sample in the legend.
const SAMPLE: f64 = 26.0;

/// Curves to be drawn over the same axes.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// The line on top.
    pub title: String,
    /// What the horizontal axis shows, with its unit: `input current [nA]`.
    pub x: String,
    /// What the vertical axis shows, with its unit.
    pub y: String,
    /// The curves; later ones lie above, and the legend has them in this order.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name in the legend; an empty one is left out.
    pub label: String,
    /// Its points (x, y), in the order of x.
    pub points: Vec<(f64, f64)>,
    /// How it looks.
    pub style: Style,
}

/// How a curve looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A line, broken where a value is not finite. Four colours are taken in turn, after them dashed lines.
    Line,
    /// A dark mark at each point, for values to compare with.
    Marks,
}

/// Draws a chart into a file, which appears whole or not at all.
///
/// ```no_run
/// # fn main() -> Result<(), alif::plot::PlotError> {
/// use alif::plot::{Chart, Curve, Style, draw_chart};
///
/// let square = Curve {
///     label: "square".into(),
///     points: (0..=20).map(|x| f64::from(x)).map(|x| (x, x * x)).collect(),
///     style: Style::Line,
/// };
/// let chart = Chart {
///     title: "A curve".into(),
///     x: "x".into(),
///     y: "y".into(),
///     curves: vec![square],
/// };
/// draw_chart(&chart, "square.png".as_ref())
/// # }
/// ```
///
/// Points that are not finite are left out. Long lines keep the least and the largest value of every stretch.
///
/// # Errors
/// [`PlotError`]: unknown format, no way to write the file.
pub fn draw_chart(chart: &Chart, path: &Path) -> Result<(), PlotError> {
    write(chart, path)
}

impl Picture for Chart {
    const SIZE: (u32, u32) = (960, 540);

    fn paint<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError> {
        let (width, height) = (f64::from(Self::SIZE.0), f64::from(Self::SIZE.1));
        let points = || self.curves.iter().flat_map(|curve| curve.points.iter().copied());
        let points = || points().filter(|(x, y)| is_drawn(*x) && is_drawn(*y));
        let (top, bottom) = (58.0, height - 58.0);
        let values = axis(&self.y, points().map(|(_, y)| y), ((bottom - top) / 45.0) as usize);
        let widest = values.ticks.iter().map(|tick| font::width(&tick.label, SMALL));
        let left = 56.0 + widest.fold(0.0, f64::max);

        let legend = Legend::new(&self.curves, bottom - top);
        let right = width - 34.0 - legend.width();
        let horizontal = axis(&self.x, points().map(|(x, _)| x), ((right - left) / 70.0) as usize);
        let frame = Frame {
            left,
            right,
            top,
            bottom,
            horizontal: &horizontal,
            values: &values,
        };

        canvas.clear()?;
        let title = font::fit(&self.title, 19.0, width - left - 24.0);
        canvas.text(&title, (left, 30.0), &Text::new(19.0, INK))?;
        frame.grid(canvas)?;
        frame.axes(canvas)?;
        frame.value_label(canvas, &frame)?;
        frame.horizontal_labels(canvas)?;
        if points().next().is_none() {
            frame.remark(canvas, "no finite values")?;
        }
        for (curve, look) in self.curves.iter().zip(looks(&self.curves)) {
            let places = curve.points.iter().map(|(x, y)| {
                let drawn = is_drawn(*x) && is_drawn(*y);
                (frame.x(*x), if drawn { frame.y(*y) } else { f64::NAN })
            });
            match look {
                Look::Line(..) => {
                    for piece in reduce(places, curve.points.len(), POINTS) {
                        look.draw(canvas, &piece)?;
                    }
                }
                Look::Marks => {
                    let places: Vec<Point> = places.filter(|(_, y)| !y.is_nan()).collect();
                    look.draw(canvas, &places)?;
                }
            }
        }
        legend.draw(canvas, (right + 24.0, top + 0.5 * ROW))
    }
}

/// An axis over all values with a little room at its ends, except at an end that is zero.
fn axis(label: &str, values: impl Iterator<Item = f64>, most: usize) -> Axis {
    let (low, high) = span(values);
    let room = 0.04 * (high - low);
    let low = if low == 0.0 { 0.0 } else { low - room };
    let high = if high == 0.0 { 0.0 } else { high + room };
    Axis {
        label: label.to_owned(),
        low,
        high,
        ticks: ticks(low, high, most),
    }
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// A line of this colour, dashed or not.
    Line(RGBAColor, bool),
    Marks,
}

/// The looks of all curves.
fn looks(curves: &[Curve]) -> impl Iterator<Item = Look> {
    let mut lines = 0;
    curves.iter().map(move |curve| match curve.style {
        Style::Line => {
            lines += 1;
            let color = CURVES[(lines - 1) % CURVES.len()];
            Look::Line(color, (lines - 1) / CURVES.len() % 2 == 1)
        }
        Style::Marks => Look::Marks,
    })
}

impl Look {
    fn draw<DB: DrawingBackend>(self, canvas: &mut Canvas<'_, DB>, points: &[Point]) -> Result<(), PlotError> {
        match self {
            Self::Line(color, false) => canvas.line(points, color, 2.0),
            Self::Line(color, true) => canvas.dashed(points, color, 2.0),
            Self::Marks => points.iter().try_for_each(|at| canvas.dot(*at, (4.0, 4.0), INK)),
        }
    }
}

/// What the curves mean.
struct Legend {
    rows: Vec<(Look, String)>,
    /// How many more there are than fit.
    more: usize,
}

impl Legend {
    fn new(curves: &[Curve], height: f64) -> Self {
        let named = curves
            .iter()
            .zip(looks(curves))
            .filter(|(curve, _)| !curve.label.is_empty());
        let mut rows: Vec<_> = named
            .map(|(curve, look)| (look, font::fit(&curve.label, SMALL, 220.0)))
            .collect();
        let fit = (height / ROW) as usize;
        let more = if rows.len() > fit { rows.len() - (fit - 1) } else { 0 };
        rows.truncate(rows.len() - more);
        Self { rows, more }
    }

    /// The room it takes at the right of the panel.
    fn width(&self) -> f64 {
        let labels = self.rows.iter().map(|(_, label)| font::width(label, SMALL));
        match labels.reduce(f64::max) {
            Some(widest) => 24.0 + SAMPLE + 8.0 + widest.max(60.0),
            None => 0.0,
        }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>, at: Point) -> Result<(), PlotError> {
        let (x, mut y) = at;
        for (look, label) in &self.rows {
            match look {
                Look::Line(..) => look.draw(canvas, &[(x, y), (x + SAMPLE, y)])?,
                Look::Marks => look.draw(canvas, &[(x + 5.0, y), (x + SAMPLE - 5.0, y)])?,
            }
            canvas.text(label, (x + SAMPLE + 8.0, y), &Text::new(SMALL, INK))?;
            y += ROW;
        }
        if self.more > 0 {
            let text = format!("and {} more", self.more);
            canvas.text(&text, (x + SAMPLE + 8.0, y), &Text::new(SMALL, GREY))?;
        }
        Ok(())
    }
}

//! Pictures: of a run, with spikes on top, the mean rate, and the membrane potential of a few neurons below; and of curves.
//!
//! A run is drawn on 1200 × 900 units, curves on 960 × 540. A PNG has two pixels a unit; an SVG keeps its text as text.

mod axis;
mod canvas;
mod chart;
mod font;
mod potential;
mod raster;
mod rate;

use std::io;
use std::path::{Path, PathBuf};

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};

use crate::atomic::{WriteError, write_atomically};
use crate::record::{Recording, Trace};
use axis::{Frame, group};
use canvas::{Canvas, INK, Output, Text};

pub use chart::{Chart, Curve, Style, draw_chart};

/// Pixels a unit in a PNG.
const DENSITY: u32 = 2;
/// Points drawn for each pixel of a PNG and then averaged, along each side: what makes its lines and text smooth.
const SAMPLES: u32 = 2;
/// Coordinates a unit in an SVG, whose backend knows integers only.
const SVG_GRID: u32 = 10;
/// The most spikes a PNG shows.
const DOTS_PNG: usize = 400_000;
/// The most spikes an SVG shows, where each is an element of its own.
const DOTS_SVG: usize = 100_000;

/// What to draw.
#[derive(Clone, Debug)]
pub struct Figure<'a> {
    /// The line on top.
    pub title: String,
    /// The run; its spikes make the raster and the rate.
    pub recording: &'a Recording,
    /// The membrane potential; its first four neurons are drawn. Without it there is no such panel.
    pub potential: Option<&'a Trace>,
    /// The threshold of the same neurons, at the same steps and in the same unit.
    pub threshold: Option<&'a Trace>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The name of the file does not end in a known format.
    #[error("cannot tell the format of `{}`: a plot ends in .png or .svg", path.display())]
    UnknownFormat {
        /// The path as given.
        path: PathBuf,
    },
    /// The drawing failed.
    #[error("cannot draw the plot: {reason}")]
    Draw {
        /// What the drawing library said.
        reason: String,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The format of a picture, told by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Pixels, two a unit.
    Png,
    /// Shapes and text.
    Svg,
}

impl Format {
    /// The format that `path` asks for; upper and lower case count the same.
    ///
    /// # Errors
    /// [`PlotError::UnknownFormat`], which names the known ones.
    pub fn of(path: &Path) -> Result<Self, PlotError> {
        let extension = path.extension().map(|e| e.to_ascii_lowercase());
        match extension.as_ref().and_then(|e| e.to_str()) {
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            Some(_) | None => Err(PlotError::UnknownFormat { path: path.to_owned() }),
        }
    }
}

/// Draws a figure into a file, which appears whole or not at all.
///
/// Values that are not finite are left out. A raster of more than 400 000 spikes (PNG; 100 000 in an SVG) is thinned, the same
/// way each time, and says so. Long courses keep the least and the largest value of every stretch.
///
/// # Errors
/// [`PlotError`]: unknown format, no way to write the file.
pub fn draw(figure: &Figure<'_>, path: &Path) -> Result<(), PlotError> {
    write(figure, path)
}

/// What can be drawn on either backend.
trait Picture {
    /// Width and height in units of the layout.
    const SIZE: (u32, u32);

    /// Draws it.
    fn paint<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError>;
}

/// Draws a picture into a file, in the format that the name asks for.
fn write<P: Picture>(picture: &P, path: &Path) -> Result<(), PlotError> {
    let bytes = match Format::of(path)? {
        Format::Png => png(picture)?,
        Format::Svg => svg(picture)?.into_bytes(),
    };
    write_atomically(path, |sink| sink.write_all(&bytes))?;
    Ok(())
}

fn png<P: Picture>(picture: &P) -> Result<Vec<u8>, PlotError> {
    let grid = DENSITY * SAMPLES;
    let fine = (P::SIZE.0 * grid, P::SIZE.1 * grid);
    let mut pixels = vec![0; fine.0 as usize * fine.1 as usize * 3];
    {
        let mut backend = BitMapBackend::with_buffer(&mut pixels, fine);
        let output = Output::Pixels { samples: SAMPLES };
        picture.paint(&mut Canvas::new(&mut backend, grid, output))?;
    }
    let pixels = canvas::average(&pixels, fine.0 as usize, SAMPLES as usize);
    canvas::encode(&pixels, (P::SIZE.0 * DENSITY, P::SIZE.1 * DENSITY), DENSITY)
        .map_err(|error: io::Error| draw_error(&error))
}

fn svg<P: Picture>(picture: &P) -> Result<String, PlotError> {
    let fine = (P::SIZE.0 * SVG_GRID, P::SIZE.1 * SVG_GRID);
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, fine);
        picture.paint(&mut Canvas::new(&mut backend, SVG_GRID, Output::Shapes))?;
        backend.present().map_err(|error| draw_error(&error))?;
    }
    // The fine grid is one of coordinates; the picture itself has the size of the layout.
    let of_grid = format!("width=\"{}\" height=\"{}\"", fine.0, fine.1);
    let of_layout = format!("width=\"{}\" height=\"{}\"", P::SIZE.0, P::SIZE.1);
    Ok(text.replacen(&of_grid, &of_layout, 1))
}

fn draw_error(error: &impl std::fmt::Display) -> PlotError {
    PlotError::Draw {
        reason: error.to_string(),
    }
}

/// All panels, one below the other over one time axis.
impl Picture for Figure<'_> {
    const SIZE: (u32, u32) = (1200, 900);

    fn paint<DB: DrawingBackend>(&self, canvas: &mut Canvas<'_, DB>) -> Result<(), PlotError> {
        let max_dots = match canvas.output() {
            Output::Pixels { .. } => DOTS_PNG,
            Output::Shapes => DOTS_SVG,
        };
        let recording = self.recording;
        let curves = potential::curves(self);
        let strips = curves.as_ref().map_or(0, |c| c.neurons.len());

        // Heights: what titles, gaps and the time axis leave is shared out by weight.
        let (width, height) = (f64::from(Self::SIZE.0), f64::from(Self::SIZE.1));
        let (head, title, foot, gap) = (50.0, 32.0, 58.0, 8.0);
        let raster = (0.5 + 0.3 * recording.neurons as f64).min(4.0);
        let weights = match strips {
            0 => [raster, 1.6, 0.0],
            1 => [raster, 1.6, 3.0],
            _ => [raster, 1.5, 1.2 * strips as f64 + 0.6],
        };
        let panels = if strips == 0 { 2.0 } else { 3.0 };
        let gaps = strips.saturating_sub(1) as f64 * gap;
        let free = height - head - foot - panels * title - gaps;
        let share = |weight: f64| free * weight / weights.iter().sum::<f64>();

        let (time, factor) = axis::time(recording);
        let raster_axis = raster::axis(recording, share(weights[0]));
        let bins = rate::bins(recording);
        let rate_axis = rate::axis(&bins, share(weights[1]));
        let strip = share(weights[2]) / strips.max(1) as f64;
        let curve_axis = curves.as_ref().map(|c| potential::axis(c, strip));

        let axes = [Some(&raster_axis), Some(&rate_axis), curve_axis.as_ref()];
        let labels = axes.iter().flatten().flat_map(|axis| &axis.ticks);
        let widest = labels
            .map(|tick| font::width(&tick.label, canvas::SMALL))
            .fold(0.0, f64::max);
        let left = 56.0 + widest;
        let right = width - if strips > 0 { 92.0 } else { 34.0 };

        canvas.clear()?;
        canvas.text(
            &font::fit(&self.title, 19.0, width - left - 24.0),
            (left, 30.0),
            &Text::new(19.0, INK),
        )?;

        let mut top = head;
        let mut place = |values, header: f64, height: f64| {
            top += header + height;
            Frame {
                left,
                right,
                top: top - height,
                bottom: top,
                horizontal: &time,
                values,
            }
        };
        let raster_frame = place(&raster_axis, title, share(weights[0]));
        let rate_frame = place(&rate_axis, title, share(weights[1]));
        raster::draw(canvas, &raster_frame, recording, factor, max_dots)?;
        rate::draw(canvas, &rate_frame, recording, &bins, factor)?;
        let mut last = rate_frame;
        if let (Some(curves), Some(axis)) = (&curves, &curve_axis) {
            let frames: Vec<Frame<'_>> = (0..strips)
                .map(|index| place(axis, if index == 0 { title } else { gap }, strip))
                .collect();
            potential::draw(canvas, &frames, recording, curves, factor)?;
            if let Some(frame) = frames.last() {
                last = frame.clone();
            }
        }
        last.horizontal_labels(canvas)
    }
}

/// `count` and its noun, `1 neuron` or `2 neurons`.
fn count_of(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", group(count))
}

#[cfg(test)]
mod tests;

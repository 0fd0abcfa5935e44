//! Lines, rectangles and text in units of the layout, on either backend.

use std::io;

use plotters::prelude::{DrawingBackend, FontFamily, IntoTextStyle, RGBAColor, ShapeStyle};
use plotters::style::FontTransform;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{PlotError, draw_error, font};

/// Axes, titles.
pub(super) const INK: RGBAColor = RGBAColor(34, 34, 34, 1.0);
/// What is said beside.
pub(super) const GREY: RGBAColor = RGBAColor(110, 110, 110, 1.0);
/// Grid lines.
pub(super) const GRID: RGBAColor = RGBAColor(230, 230, 230, 1.0);
/// Colours that stay apart for all kinds of colour vision: Okabe & Ito (2008), Color Universal Design.
pub(super) const CURVES: [RGBAColor; 4] = [
    RGBAColor(0, 114, 178, 1.0),
    RGBAColor(213, 94, 0, 1.0),
    RGBAColor(0, 138, 100, 1.0),
    RGBAColor(170, 85, 140, 1.0),
];
/// Size of tick labels.
pub(super) const SMALL: f64 = 12.5;
/// Size of axis labels and panel titles.
pub(super) const NORMAL: f64 = 14.0;

/// A point of the layout, in units, y downwards.
pub(super) type Point = (f64, f64);

/// What a backend makes of shapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// Pixels, of which `samples` × `samples` are averaged later.
    Pixels { samples: u32 },
    /// Shapes and text, drawn by whoever opens the file.
    Shapes,
}

/// Which part of a text stands at its position.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
pub(super) struct Text {
    size: f64,
    color: RGBAColor,
    anchor: Anchor,
    upwards: bool,
}

impl Text {
    /// Text that starts at its position.
    pub(super) fn new(size: f64, color: RGBAColor) -> Self {
        Self {
            size,
            color,
            anchor: Anchor::Start,
            upwards: false,
        }
    }

    pub(super) fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// Turned by a quarter, to be read from below.
    pub(super) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }
}

/// A backend seen in units of the layout.
pub(super) struct Canvas<'a, DB: DrawingBackend> {
    backend: &'a mut DB,
    grid: f64,
    output: Output,
}

impl<'a, DB: DrawingBackend> Canvas<'a, DB> {
    /// `grid` coordinates of the backend make one unit.
    pub(super) fn new(backend: &'a mut DB, grid: u32, output: Output) -> Self {
        Self {
            backend,
            grid: f64::from(grid),
            output,
        }
    }

    /// What the backend makes of shapes.
    pub(super) fn output(&self) -> Output {
        self.output
    }

    /// A white page.
    pub(super) fn clear(&mut self) -> Result<(), PlotError> {
        let (width, height) = self.backend.get_size();
        let white = ShapeStyle::from(RGBAColor(255, 255, 255, 1.0)).filled();
        self.backend
            .draw_rect((0, 0), (width as i32, height as i32), &white, true)
            .map_err(|error| draw_error(&error))
    }

    fn place(&self, (x, y): Point) -> (i32, i32) {
        // Far outside the page is far enough, and leaves the backends room to subtract.
        let place = |value: f64| (value * self.grid).round().clamp(-1e5, 1e5) as i32;
        (place(x), place(y))
    }

    /// A filled rectangle.
    pub(super) fn rect(&mut self, from: Point, to: Point, color: RGBAColor) -> Result<(), PlotError> {
        let (from, to) = (self.place(from), self.place(to));
        let style = ShapeStyle::from(color).filled();
        self.backend
            .draw_rect(from, to, &style, true)
            .map_err(|error| draw_error(&error))
    }

    /// A filled rectangle around `centre`, as large everywhere: at least one pixel, and on the grid of pixels.
    pub(super) fn dot(&mut self, centre: Point, size: Point, color: RGBAColor) -> Result<(), PlotError> {
        let pixel = match self.output {
            Output::Pixels { samples } => f64::from(samples),
            Output::Shapes => 1.0,
        };
        let side = |size: f64| ((size * self.grid / pixel).round().max(1.0) * pixel) as i32;
        let (width, height) = (side(size.0), side(size.1));
        let corner = |centre: f64, side: i32| {
            let corner = centre * self.grid - f64::from(side) / 2.0;
            ((corner / pixel).round() * pixel) as i32
        };
        let (x, y) = (corner(centre.0, width), corner(centre.1, height));
        let style = ShapeStyle::from(color).filled();
        self.backend
            .draw_rect((x, y), (x + width, y + height), &style, true)
            .map_err(|error| draw_error(&error))
    }

    /// A line through `points`; a single point becomes a dot.
    pub(super) fn line(&mut self, points: &[Point], color: RGBAColor, width: f64) -> Result<(), PlotError> {
        if let [point] = points {
            return self.dot(*point, (3.0 * width, 3.0 * width), color);
        }
        let stroke = (width * self.grid).round().max(1.0) as u32;
        let style = ShapeStyle::from(color).stroke_width(stroke);
        let mut places: Vec<(i32, i32)> = points.iter().map(|point| self.place(*point)).collect();
        places.dedup();
        match self.output {
            Output::Shapes => self.backend.draw_path(places, &style),
            // The bitmap backend fills the outline of a thick path as one polygon, which fails where the path meets itself.
            Output::Pixels { .. } => places
                .windows(2)
                .try_for_each(|pair| self.backend.draw_line(pair[0], pair[1], &style)),
        }
        .map_err(|error| draw_error(&error))
    }

    /// A dashed line through `points`.
    pub(super) fn dashed(&mut self, points: &[Point], color: RGBAColor, width: f64) -> Result<(), PlotError> {
        for dash in dashes(points, 5.0, 3.5) {
            self.line(&dash, color, width)?;
        }
        Ok(())
    }

    /// A line of text; its capitals and digits are centred on the height of `at`.
    pub(super) fn text(&mut self, text: &str, at: Point, style: &Text) -> Result<(), PlotError> {
        let (size, color) = (style.size * self.grid, style.color);
        let (x, y) = (at.0 * self.grid, at.1 * self.grid);
        // Capitals of the font are 0.73 em high.
        let drop = 0.365 * size;
        match self.output {
            Output::Shapes => {
                let h_pos = match style.anchor {
                    Anchor::Start => HPos::Left,
                    Anchor::Middle => HPos::Center,
                    Anchor::End => HPos::Right,
                };
                // This anchor lifts the base line by half an `ex` (0.547 em), and the backend divides the size by 1.24.
                let drop = drop + 0.5 * 0.547 * size;
                let at = if style.upwards { (x + drop, y) } else { (x, y + drop) };
                let turn = if style.upwards {
                    FontTransform::Rotate270
                } else {
                    FontTransform::None
                };
                let family = FontFamily::Name(font::FAMILIES);
                let style = (family, size * 1.24)
                    .into_text_style(&(1, 1))
                    .color(&color)
                    .pos(Pos::new(h_pos, VPos::Bottom))
                    .transform(turn);
                self.backend
                    .draw_text(text, &style, (at.0.round() as i32, at.1.round() as i32))
            }
            Output::Pixels { .. } => {
                let shift = match style.anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => -0.5 * font::width(text, size),
                    Anchor::End => -font::width(text, size),
                };
                let (shift, drop) = (shift.round() as i32, drop.round() as i32);
                let (x, y) = (x.round() as i32, y.round() as i32);
                let mut result = Ok(());
                font::rasterize(text, size, |dx, dy, coverage| {
                    let (dx, dy) = (dx + shift, dy + drop);
                    let place = if style.upwards {
                        (x + dy, y - dx)
                    } else {
                        (x + dx, y + dy)
                    };
                    let color = plotters::style::Color::mix(&color, coverage);
                    let color = plotters::style::Color::to_backend_color(&color);
                    if result.is_ok() && coverage > 0.0 {
                        result = self.backend.draw_pixel(place, color);
                    }
                });
                result
            }
        }
        .map_err(|error| draw_error(&error))
    }
}

/// Cuts a line into dashes: `on` units drawn, `off` units left out, measured along the line.
fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let Some(first) = points.first() else {
        return Vec::new();
    };
    let mut dashes = Vec::new();
    let mut dash = vec![*first];
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let part = done / length;
            let point = (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
            if drawing {
                dash.push(point);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![point];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length - done;
        if drawing {
            dash.push(to);
        }
    }
    if drawing {
        dashes.push(dash);
    }
    dashes
}

/// Averages squares of `samples` × `samples` pixels; `width` is that of the fine picture, three bytes a pixel.
pub(super) fn average(pixels: &[u8], width: usize, samples: usize) -> Vec<u8> {
    let row = width * 3;
    let count = (samples * samples) as u32;
    let mut averaged = Vec::with_capacity(pixels.len() / (samples * samples));
    for rows in pixels.chunks_exact(row * samples) {
        for x in (0..row).step_by(3 * samples) {
            for channel in 0..3 {
                let mut sum = count / 2;
                for line in rows.chunks_exact(row) {
                    for sample in 0..samples {
                        sum += u32::from(line[x + 3 * sample + channel]);
                    }
                }
                averaged.push((sum / count) as u8);
            }
        }
    }
    averaged
}

/// A PNG of three bytes a pixel, which says that `density` pixels are 1/96 inch.
pub(super) fn encode(pixels: &[u8], size: (u32, u32), density: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (f64::from(density) * 96.0 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

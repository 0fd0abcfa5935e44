//! Text as pixels and the room it takes, from the font that comes with the library.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

/// What an SVG asks for: the embedded font where the reader has it, else one that is as wide.
pub(super) const FAMILIES: &str = "DejaVu Sans, Verdana, Bitstream Vera Sans, Arial, sans-serif";

fn font() -> Option<&'static FontRef<'static>> {
    static FONT: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    FONT.get_or_init(|| FontRef::try_from_slice(include_bytes!("../../fonts/DejaVuSans.ttf")).ok())
        .as_ref()
}

/// The scale at which one em is `size`.
fn scale(font: &FontRef<'_>, size: f64) -> PxScale {
    let em = f64::from(font.units_per_em().unwrap_or(2048.0));
    PxScale::from((size * f64::from(font.height_unscaled()) / em) as f32)
}

/// The width of a line of text, in the unit of `size` (the em).
pub(super) fn width(text: &str, size: f64) -> f64 {
    let Some(font) = font() else { return 0.0 };
    let font = font.as_scaled(scale(font, size));
    let mut width = 0.0;
    let mut before = None;
    for glyph in text.chars().map(|c| font.glyph_id(c)) {
        width += before.map_or(0.0, |before| font.kern(before, glyph)) + font.h_advance(glyph);
        before = Some(glyph);
    }
    f64::from(width)
}

/// `text` in one line without control characters, shortened with `…` when it is wider than `room`.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    // More than this fits into no line.
    let mut chars: Vec<char> = text
        .chars()
        .take(500)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let whole: String = chars.iter().collect();
    if chars.len() == text.chars().count() && width(&whole, size) <= room {
        return whole;
    }
    loop {
        let shortened: String = chars.iter().chain(&['…']).collect();
        if chars.pop().is_none() || width(&shortened, size) <= room {
            return shortened;
        }
    }
}

/// Calls `pixel(x, y, coverage)` for each pixel of a line of text that starts at (0, 0), its base line along x, y downwards.
pub(super) fn rasterize(text: &str, size: f64, mut pixel: impl FnMut(i32, i32, f64)) {
    let Some(font) = font() else { return };
    let scale = scale(font, size);
    let scaled = font.as_scaled(scale);
    let mut x = 0.0;
    let mut before = None;
    for id in text.chars().map(|c| scaled.glyph_id(c)) {
        x += before.map_or(0.0, |before| scaled.kern(before, id));
        let glyph = id.with_scale_and_position(scale, point(x, 0.0));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                let (x, y) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
                pixel(x, y, f64::from(coverage.clamp(0.0, 1.0)));
            });
        }
        x += scaled.h_advance(id);
        before = Some(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_the_labels_need() {
        let font = font().expect("the embedded font is well-formed");
        for c in "0123456789−−[]µΩτ·…\u{202f}".chars() {
            assert_ne!(font.glyph_id(c).0, 0, "no glyph for {c:?}");
        }
        assert!(width("mm", 13.0) > 1.9 * width("m", 13.0));
    }

    #[test]
    fn long_lines_are_shortened() {
        assert_eq!(fit("short", 13.0, 500.0), "short");
        assert_eq!(fit("two\nlines\u{0}", 13.0, 500.0), "two lines ");
        let long = fit(&"word ".repeat(100_000), 13.0, 200.0);
        assert!(long.ends_with('…') && width(&long, 13.0) <= 200.0);
        assert_eq!(fit("nothing fits", 13.0, 0.0), "…");
    }

    #[test]
    fn pixels_stay_in_the_width() {
        let mut right = i32::MIN;
        rasterize("V [mV]", 40.0, |x, _, _| right = right.max(x));
        assert!(f64::from(right) <= width("V [mV]", 40.0));
        assert!(f64::from(right) > 0.9 * width("V [mV]", 40.0));
    }
}

//! The raster: one mark for each spike.

use plotters::prelude::{DrawingBackend, RGBAColor};

use super::axis::{Axis, Frame, Tick, group, ticks};
use super::canvas::Canvas;
use super::{PlotError, count_of};
use crate::record::{Recording, Spike};

/// The axis of neurons, each a row of its own.
pub(super) fn axis(recording: &Recording, height: f64) -> Axis {
    let high = recording.neurons.max(1) as f64 - 0.5;
    let most = (height / 34.0).clamp(1.0, 10.0) as usize;
    // Numbers of neurons are whole, and so are the places of their labels.
    let whole: Vec<Tick> = ticks(-0.5, high, most.min(recording.neurons.max(1)))
        .into_iter()
        .filter(|tick| tick.value.fract() == 0.0)
        .map(|tick| Tick {
            label: group(tick.value as u64),
            ..tick
        })
        .collect();
    Axis {
        label: "neuron".to_owned(),
        low: -0.5,
        high,
        ticks: whole,
    }
}

/// Draws the spikes, at most about `max_dots` of them. `factor` brings ms onto the time axis.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<'_, DB>,
    frame: &Frame<'_>,
    recording: &Recording,
    factor: f64,
    max_dots: usize,
) -> Result<(), PlotError> {
    let spikes = &recording.spikes;
    let thinning = Thinning::new(spikes.len(), max_dots);
    let drawn = spikes.iter().filter(|spike| thinning.keeps(spike)).count();

    let mut title = format!(
        "{} of {}, mean rate {} Hz",
        count_of(recording.spike_count, "spike"),
        count_of(recording.neurons as u64, "neuron"),
        short(recording.mean_rate()),
    );
    if drawn < spikes.len() {
        title += &format!(
            " (a random {} % of the spikes are drawn, {})",
            short(100.0 * drawn as f64 / spikes.len() as f64),
            group(drawn as u64)
        );
    }
    frame.title(canvas, &title, frame.right - frame.left)?;
    frame.axes(canvas)?;
    frame.value_label(canvas, frame)?;
    if spikes.is_empty() {
        let text = if recording.spike_count == 0 {
            "no spikes"
        } else {
            "spikes were counted, not recorded"
        };
        return frame.remark(canvas, text);
    }

    let (size, alpha) = mark(frame, recording.neurons, drawn);
    let color = RGBAColor(20, 40, 70, alpha);
    for spike in spikes.iter().filter(|spike| thinning.keeps(spike)) {
        let x = frame.x(recording.time(spike.step) * factor);
        let y = frame.y(f64::from(spike.neuron));
        if (frame.left - 0.5..=frame.right + 0.5).contains(&x) && y >= frame.top {
            canvas.dot((x, y), size, color)?;
        }
    }
    Ok(())
}

/// The size of a mark in units and its opacity, so that neither a few spikes are lost nor many become one spot.
fn mark(frame: &Frame<'_>, neurons: usize, spikes: usize) -> ((f64, f64), f64) {
    let (width, height) = (frame.right - frame.left, frame.bottom - frame.top);
    let row = height / neurons.max(1) as f64;
    // Rows that are high enough hold upright strokes, others dots.
    let tall = (0.7 * row).clamp(0.5, 24.0);
    let wide = if row > 8.0 { 1.5 } else { (0.9 * row).clamp(0.5, 3.0) };
    let side = |size: f64| {
        // Dots that would cover the panel shrink first, down to one pixel.
        let room = (0.25 * width * height / spikes.max(1) as f64).sqrt();
        size.min(room.max(0.5))
    };
    let size = if row > 8.0 {
        (side(wide).max(1.0), tall)
    } else {
        let side = side(wide.max(1.0).min(tall.max(1.0)));
        (side, side)
    };
    let covered = spikes as f64 * size.0 * size.1 / (width * height);
    let alpha = (0.35 / covered.max(1e-9)).sqrt().clamp(0.25, 0.9);
    (size, alpha)
}

/// Which spikes are drawn when there are too many: by a hash of each, so that no pattern of the spikes is favoured.
struct Thinning {
    below: u64,
}

impl Thinning {
    fn new(spikes: usize, most: usize) -> Self {
        let below = if spikes <= most {
            u64::MAX
        } else {
            (most as f64 / spikes as f64 * u64::MAX as f64) as u64
        };
        Self { below }
    }

    fn keeps(&self, spike: &Spike) -> bool {
        // The finaliser of SplitMix64: Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
        let mut hash = spike.step ^ (u64::from(spike.neuron) << 40) ^ u64::from(spike.neuron);
        hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31) <= self.below
    }
}

/// A number with three digits.
fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let decimals = (2.0 - libm::log10(value.abs()).floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_a_like_part_of_every_neuron() {
        let thinning = Thinning::new(1_000_000, 100_000);
        let mut kept = [0; 10];
        for step in 0..100_000 {
            for neuron in 0..10 {
                kept[neuron as usize] += i32::from(thinning.keeps(&Spike { step, neuron }));
            }
        }
        assert!(kept.iter().all(|kept| (9_500..10_500).contains(kept)), "{kept:?}");
        let all = Thinning::new(10, 10);
        assert!((0..10).all(|step| all.keeps(&Spike { step, neuron: 0 })));
    }

    #[test]
    fn numbers_with_three_digits() {
        let texts = [0.0, 0.012345, 1.0, 12.345, 1234.5].map(short);
        assert_eq!(texts, ["0", "0.0123", "1", "12.3", "1234"]);
    }

    #[test]
    fn neurons_have_whole_numbers() {
        let recording = |neurons| Recording {
            dt: 0.1,
            first_step: 0,
            steps: 10,
            neurons,
            shape: neurons.into(),
            spike_count: 0,
            spikes: Vec::new(),
            traces: Vec::new(),
        };
        for neurons in [0, 1, 2, 3, 7, 1000, 1_000_000] {
            let axis = axis(&recording(neurons), 300.0);
            assert!(!axis.ticks.is_empty(), "{neurons}");
            assert!(axis.ticks.iter().all(|t| t.value.fract() == 0.0));
            assert_eq!(axis.ticks[0].label, "0", "{neurons}");
        }
    }
}

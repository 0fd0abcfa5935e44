//! The mean rate of all neurons over time.

use plotters::prelude::{DrawingBackend, RGBAColor};

use super::PlotError;
use super::axis::{Axis, Frame, ticks};
use super::canvas::{CURVES, Canvas};
use crate::record::Recording;

/// Below the rate.
const FILL: RGBAColor = RGBAColor(205, 226, 239, 1.0);

/// The rate in bins of equal width; the last one may be shorter.
pub(super) struct Bins {
    /// Steps a bin.
    width: u64,
    /// The label of the width in ms.
    label: String,
    /// Hz, one a bin.
    rates: Vec<f64>,
}

/// Counts spikes in bins of 1, 2 or 5 times a power of ten steps: at least 100 of them when there are enough spikes, at least 50
/// otherwise, and one a step in shorter runs.
pub(super) fn bins(recording: &Recording) -> Bins {
    let wanted = if recording.spikes.len() > 2000 { 100 } else { 50 };
    let mut width = 1_u64;
    for factor in [2, 5, 10].into_iter().cycle() {
        // `factor` counts from the power of ten below.
        let power = 10_u64.pow(width.ilog10());
        let next = power.saturating_mul(factor);
        if next <= width || recording.steps / next < wanted {
            break;
        }
        width = next;
    }
    let count = recording.steps.div_ceil(width);
    let mut spikes = vec![0_u64; count as usize];
    for spike in &recording.spikes {
        let bin = spike.step.checked_sub(recording.first_step);
        if let Some(bin) = bin.and_then(|step| spikes.get_mut((step / width) as usize)) {
            *bin += 1;
        }
    }
    let rates = spikes.iter().zip(0_u64..).map(|(spikes, bin)| {
        let steps = width.min(recording.steps - bin * width);
        let seconds = steps as f64 * recording.dt / 1000.0;
        *spikes as f64 / recording.neurons.max(1) as f64 / seconds
    });
    let rates = rates.collect();
    let milliseconds = width as f64 * recording.dt;
    // Twelve digits hide that 0.1 ms is not exact.
    let label = format!("{milliseconds:.11e}")
        .parse::<f64>()
        .unwrap_or(milliseconds)
        .to_string();
    Bins { width, label, rates }
}

/// The axis of rates, from zero on.
pub(super) fn axis(bins: &Bins, height: f64) -> Axis {
    let finite = bins.rates.iter().copied().filter(|rate| rate.is_finite());
    let largest = finite.fold(0.0, f64::max);
    let high = if largest > 0.0 { 1.08 * largest } else { 1.0 };
    Axis {
        label: "rate [Hz]".to_owned(),
        low: 0.0,
        high,
        ticks: ticks(0.0, high, (height / 30.0).clamp(1.0, 6.0) as usize),
    }
}

/// Draws the rate as steps. `factor` brings ms onto the time axis.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<'_, DB>,
    frame: &Frame<'_>,
    recording: &Recording,
    bins: &Bins,
    factor: f64,
) -> Result<(), PlotError> {
    let title = format!("mean rate in bins of {} ms", bins.label);
    frame.title(canvas, &title, frame.right - frame.left)?;
    frame.grid(canvas)?;
    frame.value_label(canvas, frame)?;
    if recording.spikes.is_empty() && recording.spike_count > 0 {
        frame.remark(canvas, "spikes were counted, not recorded")?;
        return frame.axes(canvas);
    }
    let mut outline = Vec::with_capacity(2 * bins.rates.len());
    let mut from = frame.left;
    for (rate, bin) in bins.rates.iter().zip(1_u64..) {
        let step = (bin * bins.width).min(recording.steps);
        let end = (recording.first_step + step) as f64 * recording.dt * factor;
        let (to, y) = (frame.x(end).max(from).min(frame.right), frame.y(*rate));
        if rate.is_finite() {
            // A little over the edge, lest a seam shows where two bins meet; the outline covers it.
            let over = (to + 0.4).min(frame.right);
            canvas.rect((from, y), (over, frame.bottom), FILL)?;
            outline.extend([(from, y), (to, y)]);
        }
        from = to;
    }
    frame.axes(canvas)?;
    if outline.is_empty() {
        return Ok(());
    }
    canvas.line(&outline, CURVES[0], 1.25)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Spike;

    fn recording(first_step: u64, steps: u64, spikes: Vec<Spike>) -> Recording {
        Recording {
            dt: 0.1,
            first_step,
            steps,
            neurons: 2,
            shape: 2.into(),
            spike_count: spikes.len() as u64,
            spikes,
            traces: Vec::new(),
        }
    }

    #[test]
    fn widths_are_round_and_bins_enough() {
        for (steps, width) in [(0, 1), (1, 1), (49, 1), (99, 1), (100, 2), (10_000, 200)] {
            assert_eq!(bins(&recording(0, steps, Vec::new())).width, width, "{steps}");
        }
        let long = bins(&recording(0, u64::MAX / 2, Vec::new()));
        assert!(long.rates.len() >= 50 && long.rates.len() <= 126);
        assert_eq!(bins(&recording(0, 150, Vec::new())).label, "0.2");
    }

    #[test]
    fn rates_are_in_hertz() {
        let spike = |step| Spike { step, neuron: 1 };
        let spikes = vec![spike(1000), spike(1001), spike(1004), spike(9999)];
        let bins = bins(&recording(1000, 101, spikes));
        // Two steps of 0.1 ms and two neurons; the last bin has one step.
        assert_eq!((bins.width, bins.rates.len()), (2, 51));
        assert!((bins.rates[0] - 5000.0).abs() < 1e-9);
        assert_eq!(bins.rates[1], 0.0);
        assert!((bins.rates[2] - 2500.0).abs() < 1e-9);
        assert_eq!(bins.rates[50], 0.0);
    }
}

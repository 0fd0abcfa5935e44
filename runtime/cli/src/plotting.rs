//! What a plot needs of a run, and drawing it.

use std::path::Path;

use alif::plot::{Figure, draw};
use alif::{Model, Monitor, Recording};
use alif_compiler::ir::{THRESHOLD, spike_comparison};
use alif_compiler::model::ExprKind;
use alif_grammar::Code;

use crate::plan::Plan;
use crate::terminal::Failure;

/// The most neurons whose membrane potential is drawn.
const COURSES: usize = 4;
/// The most points of a course that are worth recording for a picture.
const POINTS: u64 = 100_000;

/// The quantities that a plot shows besides spikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panels {
    potential: Option<String>,
    threshold: Option<String>,
    neurons: Vec<u32>,
    every: u64,
}

impl Panels {
    /// The state that the spike condition compares, and what with, for neurons spread over those recorded or all.
    pub(crate) fn new(model: &Model, plan: &Plan, n: usize) -> Self {
        let checked = &model.compiled().model;
        let comparison = spike_comparison(checked);
        let first = || checked.states.first().map(|s| s.name.clone());
        let potential = match comparison {
            Some((state, _)) => Some(checked.states[state.index()].name.clone()),
            None => first(),
        };
        let threshold = comparison.and_then(|(_, threshold)| match checked.expr(threshold).kind {
            ExprKind::Let(definition) => Some(checked.lets[definition.index()].name.clone()),
            _ => {
                let taken = checked.lets.iter().any(|l| l.name == THRESHOLD)
                    || checked.states.iter().any(|s| s.name == THRESHOLD);
                (!taken).then(|| THRESHOLD.to_owned())
            }
        });
        let recordable = |name: &String| {
            let observe = &model.compiled().program.observe;
            observe.iter().any(|o| o.name == *name && o.value.is_some())
        };
        Self {
            potential,
            threshold: threshold.filter(recordable),
            neurons: spread(plan.neurons.as_deref(), n),
            every: plan.steps.div_ceil(POINTS).max(1),
        }
    }

    /// The monitors; their traces come last in the recording.
    pub(crate) fn monitors(&self) -> Vec<Monitor> {
        let names = self.potential.iter().chain(&self.threshold);
        names
            .map(|name| {
                Monitor::of(name)
                    .neurons(self.neurons.iter().copied())
                    .every(self.every)
            })
            .collect()
    }

    /// Draws a recording; `traces` are those of [`Panels::monitors`].
    pub(crate) fn draw(
        &self,
        title: String,
        recording: &Recording,
        traces: &[alif::Trace],
        path: &Path,
    ) -> Result<(), Failure> {
        let figure = Figure {
            title,
            recording,
            potential: traces.first(),
            threshold: traces.get(1),
        };
        draw(&figure, path).map_err(|e| Failure::new(Code::FileAccess, format_args!("--plot: {e}")))
    }
}

/// At most [`COURSES`] neurons, evenly spread.
fn spread(recorded: Option<&[u32]>, n: usize) -> Vec<u32> {
    let all = recorded.map_or(n, <[u32]>::len);
    let courses = all.min(COURSES);
    (0..courses)
        .map(|course| {
            let at = if courses > 1 {
                course * (all - 1) / (courses - 1)
            } else {
                0
            };
            recorded.map_or(at as u32, |neurons| neurons[at])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn neurons_of_a_plot_exist() {
        assert_eq!(spread(None, 1), [0]);
        assert_eq!(spread(None, 3), [0, 1, 2]);
        assert_eq!(spread(None, 1000), [0, 333, 666, 999]);
        assert_eq!(spread(Some(&[7, 2]), 9), [7, 2]);
    }
}

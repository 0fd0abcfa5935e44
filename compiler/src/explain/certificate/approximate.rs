//! The local error of approximated equations, and the time step at which it would be small.
//!
//! Along trajectories that the model itself takes, each step of the integration is done again in eight parts from the same values. What
//! they differ by, times 8ᵖ / (8ᵖ - 1) for a solver of order p, is the error of the step. Steps in which anything else happened (spikes,
//! events, a held state) are left out: with the integration alone they would have ended elsewhere. Where a state runs away to its
//! spike, so is the last millisecond before it: no step follows that, and its error is that of the time of the spike.
//!
//! An error of order p + 1 says at which step it would be 1e-6. There it is measured again, where it was largest before, and the
//! step corrected by what is found.

use alif_core::{BindError, math};

use crate::Compiled;
use crate::explain::declared;
use crate::ids::StateId;
use crate::update::Approximate;

use super::steps::{Measured, PARTS, Stepper, Trajectory};
use super::stimulus;
use super::walk::{Programs, Walker};

/// The local error that a time step is sought for.
pub const TARGET: f64 = 1e-6;
/// An error below this is nothing but rounding, of which no time step can be made.
pub(super) const ROUNDING: f64 = 1e-14;
/// Steps with the largest error, from which it is measured again with other steps.
const WORST: usize = 4;
/// How often the time step is corrected.
const CORRECTIONS: usize = 5;
/// The measured error is near enough to the target within this factor.
const NEAR: f64 = 1.25;
/// Time steps that are looked at, relative to the one of the model.
const SHORTEST: f64 = 1e-3;
const LONGEST: f64 = 16.0;

/// The local errors of the approximated equations of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalErrors {
    /// What drove the neuron, as what follows "with", on each trajectory.
    pub stimuli: Vec<String>,
    /// The length of each trajectory in ms.
    pub duration: f64,
    /// The steps of all trajectories.
    pub steps: usize,
    /// The steps whose error was measured.
    pub measured: usize,
    /// Spikes on the way.
    pub spikes: usize,
    /// The state that runs away to its spike, before which the last millisecond is left out.
    pub runaway: Option<String>,
    /// When a state was no longer finite, or the sub-steps did not reach the end of a step, in ms: no errors are given.
    pub diverged: Option<f64>,
    /// The tolerance of sub-steps, where the solver takes any: no time step is sought, since the error is that of the tolerance.
    pub tolerance: Option<f64>,
    /// Whether the model has noise, which is left out.
    pub without_noise: bool,
    /// Each approximated state, in the order of the model.
    pub states: Vec<LocalError>,
}

/// The local error of a state, relative to its range on the trajectories.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalError {
    /// The state.
    pub state: StateId,
    /// Its name.
    pub name: String,
    /// The order of its solver.
    pub order: u32,
    /// The largest minus the smallest value on the trajectories, in the unit of the state; 0 where it did not move.
    pub range: f64,
    /// The errors; nothing where the state did not move, in no step anything could be measured, or values did not stay finite.
    pub error: Option<StepError>,
}

/// The error of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepError {
    /// The largest one.
    pub largest: f64,
    /// The trajectory on which it was found.
    pub along: usize,
    /// When that step began, in ms.
    pub when: f64,
    /// The median.
    pub median: f64,
    /// The time step that brings the largest error to [`TARGET`]; nothing where there is nothing but rounding, where sub-steps keep to a
    /// tolerance, or where the search would take too long.
    pub dt: Option<TimeStep>,
}

/// A time step that was looked for, from a thousandth of the model's to sixteen times as much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeStep {
    /// The step in ms.
    pub dt: f64,
    /// The largest error that was measured with it, where it was largest before. Near to [`TARGET`], unless that is out of reach.
    pub measured: f64,
}

/// Measures the approximated equations of a model with inputs as they are given, or else with stimuli that make it spike.
///
/// # Errors
/// Parameters that cannot be bound.
pub(super) fn measure(
    compiled: &Compiled,
    params: &[f64],
    dt: f64,
    given: Option<&[f64]>,
) -> Result<Option<LocalErrors>, BindError> {
    let (model, update) = (&compiled.model, &compiled.update);
    if update.approximate.is_empty() {
        return Ok(None);
    }
    let programs = Programs::new(compiled);
    let mut whole = Walker::new(&programs.whole, model.inputs.len(), params, dt)?;
    let stimuli = match given {
        Some(given) => vec![stimulus::given(model, given)],
        None => stimulus::choose(model, &mut whole, dt),
    };
    let mut stepper = Stepper::new(compiled, programs.integration, params, dt);
    let trajectories: Vec<Trajectory> = stimuli
        .into_iter()
        .map(|stimulus| stepper.trajectory(&mut whole, stimulus))
        .collect();
    let counter = update.sub_steps.as_ref().map(|wanted| wanted.counter.index());
    let diverged = trajectories.iter().filter_map(|found| found.diverged(counter)).min();
    let mut measured = Vec::new();
    for (along, trajectory) in trajectories.iter().enumerate().filter(|_| diverged.is_none()) {
        measured.extend(stepper.along(trajectory, along)?);
    }
    let mut approximated: Vec<&Approximate> = update.approximate.iter().collect();
    approximated.sort_by_key(|equation| equation.state);
    let mut states = Vec::new();
    for equation in approximated {
        let state = &model.states[equation.state.index()];
        let range = range(&trajectories, equation.state);
        let order = equation.solver.order().unwrap_or(1);
        let moved = range > 0.0 && range.is_finite() && !measured.is_empty();
        let sought = Sought {
            stepper: &mut stepper,
            trajectories: &trajectories,
            state: equation.state.index(),
            order,
            range,
            sub_steps: update.sub_steps.is_some(),
        };
        states.push(LocalError {
            state: equation.state,
            name: state.name.clone(),
            order,
            range: declared(range, &state.unit),
            error: if moved { Some(sought.error(&measured)?) } else { None },
        });
    }
    let spikes = |trajectory: &Trajectory| trajectory.spikes.iter().filter(|spike| **spike).count();
    Ok(Some(LocalErrors {
        duration: trajectories.first().map_or(0.0, |first| first.steps() as f64 * dt),
        steps: trajectories.iter().map(Trajectory::steps).sum(),
        measured: measured.len(),
        spikes: trajectories.iter().map(spikes).sum(),
        stimuli: trajectories.into_iter().map(|found| found.stimulus.text).collect(),
        runaway: update.limit.map(|limit| model.states[limit.state.index()].name.clone()),
        diverged: diverged.map(|number| number as f64 * dt),
        tolerance: update.sub_steps.as_ref().map(|wanted| wanted.tolerance),
        without_noise: !model.noises.is_empty(),
        states,
    }))
}

fn range(trajectories: &[Trajectory], state: StateId) -> f64 {
    let values = trajectories.iter().flat_map(|trajectory| &trajectory.values);
    let (low, high) = values
        .map(|values| values[state.index()])
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        });
    high - low
}

/// The state whose error is sought.
struct Sought<'s, 'a> {
    stepper: &'s mut Stepper<'a>,
    trajectories: &'s [Trajectory],
    state: usize,
    order: u32,
    range: f64,
    /// Whether there are sub-steps, so that the error does not follow the time step.
    sub_steps: bool,
}

impl Sought<'_, '_> {
    /// A difference between a step and its parts as an error: the parts have one too.
    fn scaled(&self, difference: f64) -> f64 {
        let factor = PARTS.pow(self.order) as f64;
        difference * (factor / (factor - 1.0)) / self.range
    }

    fn error(mut self, measured: &[Measured]) -> Result<StepError, BindError> {
        let mut all: Vec<&Measured> = measured.iter().collect();
        all.sort_by(|a, b| b.difference[self.state].total_cmp(&a.difference[self.state]));
        let of = |found: &Measured| self.scaled(found.difference[self.state]);
        let (largest, median) = (of(all[0]), of(all[all.len() / 2]));
        let worst: Vec<(usize, usize)> = all
            .iter()
            .take(WORST)
            .map(|found| (found.along, found.number))
            .collect();
        Ok(StepError {
            largest,
            along: all[0].along,
            when: all[0].number as f64 * self.stepper.dt,
            median,
            dt: self.time_step(&worst, largest)?,
        })
    }

    /// Looks for the time step that brings the largest error to [`TARGET`].
    fn time_step(&mut self, worst: &[(usize, usize)], largest: f64) -> Result<Option<TimeStep>, BindError> {
        if largest < ROUNDING || self.sub_steps {
            return Ok(None);
        }
        let h = self.stepper.dt;
        let order = f64::from(self.order + 1);
        let (mut old, mut power) = ((h, largest), order);
        let mut best: Option<TimeStep> = None;
        let distance = |x: f64| math::abs(math::ln(x / TARGET));
        for _ in 0..CORRECTIONS {
            let wanted = old.0 * math::pow(TARGET / old.1, 1.0 / power);
            let dt = wanted.clamp(h * SHORTEST, h * LONGEST);
            let found = self.stepper.largest(self.trajectories, worst, self.state, dt)?;
            let Some(measured) = found.map(|difference| self.scaled(difference)) else {
                break;
            };
            if best.is_none_or(|best| distance(measured) < distance(best.measured)) {
                best = Some(TimeStep { dt, measured });
            }
            let out_of_reach = dt != wanted && dt == old.0;
            if distance(measured) <= math::ln(NEAR) || out_of_reach || !(measured > 0.0 && measured.is_finite()) {
                break;
            }
            let seen = math::ln(measured / old.1) / math::ln(dt / old.0);
            if seen.is_finite() {
                power = seen.clamp(1.0, order + 1.0);
            }
            old = (dt, measured);
        }
        Ok(best)
    }
}

//! Trajectories of a model, and steps of its integration beside shorter ones.

use std::sync::Arc;

use alif_core::BindError;

use crate::Compiled;
use crate::ir::Program;

use super::stimulus::Stimulus;
use super::walk::Walker;

/// Parts of a step that serve as its reference.
pub(super) const PARTS: u64 = 8;
/// How long a trajectory is, in ms, and in steps at most.
const DURATION: f64 = 200.0;
const MOST_STEPS: usize = 20_000;
/// Steps whose error is measured at most, evenly along the trajectory.
const MOST_MEASURED: usize = 2000;
/// What is left out before the spike of a state that runs away, in ms.
const BEFORE_SPIKE: f64 = 1.0;
/// The sub-steps that a step is supposed to have, where there are any.
const SUB_STEPS: u64 = 4;
/// Instructions that may be interpreted, so that the whole takes about a second.
const BUDGET: u64 = 160_000_000;

/// The course of a neuron under a stimulus.
pub(super) struct Trajectory {
    pub(super) stimulus: Stimulus,
    /// The values at the start of each step, and at the end of the last.
    pub(super) values: Vec<Vec<f64>>,
    /// In which steps there was a spike.
    pub(super) spikes: Vec<bool>,
}

impl Trajectory {
    pub(super) fn steps(&self) -> usize {
        self.spikes.len()
    }

    /// The first step whose start is not finite, or before which sub-steps, counted by this state, did not reach the end of a step.
    pub(super) fn diverged(&self, counter: Option<usize>) -> Option<usize> {
        self.values.iter().position(|values| {
            let unfinished = counter.is_some_and(|counter| values[counter] < 0.0);
            unfinished || values.iter().any(|x| !x.is_finite())
        })
    }
}

/// A step whose error was measured.
pub(super) struct Measured {
    /// The trajectory.
    pub(super) along: usize,
    /// The number of the step.
    pub(super) number: usize,
    /// What the step and its parts differ by, in each state.
    pub(super) difference: Vec<f64>,
}

/// Takes steps as long as there is budget.
pub(super) struct Stepper<'a> {
    compiled: &'a Compiled,
    integration: Arc<Program>,
    params: &'a [f64],
    pub(super) dt: f64,
    /// Instructions of a step.
    cost: u64,
    budget: u64,
}

/// Instructions of a step.
fn cost(compiled: &Compiled) -> u64 {
    let passes = match compiled.update.sub_steps {
        Some(_) => SUB_STEPS,
        None => 1,
    };
    passes * compiled.program.size().max(1) as u64
}

/// A step and its parts.
struct Pair {
    coarse: Walker,
    fine: Walker,
    dt: f64,
}

impl Pair {
    /// The end of a step from these values, and that of its parts.
    fn step(&mut self, from: &[f64], time: f64) -> (Vec<f64>, Vec<f64>) {
        self.coarse.set_states(from);
        self.coarse.step(time, 0);
        self.fine.set_states(from);
        for part in 0..PARTS {
            self.fine.step(time + part as f64 * (self.dt / PARTS as f64), 0);
        }
        (self.coarse.states(), self.fine.states())
    }
}

impl<'a> Stepper<'a> {
    pub(super) fn new(compiled: &'a Compiled, integration: Arc<Program>, params: &'a [f64], dt: f64) -> Self {
        Self {
            compiled,
            integration,
            params,
            dt,
            cost: cost(compiled),
            budget: BUDGET,
        }
    }

    /// Whether there is budget left after so many steps more.
    fn spend(&mut self, steps: u64) -> bool {
        self.budget = self.budget.saturating_sub(steps.saturating_mul(self.cost));
        self.budget > 0
    }

    /// The course of a neuron from its initial values.
    pub(super) fn trajectory(&mut self, walker: &mut Walker, stimulus: Stimulus) -> Trajectory {
        walker.restart();
        walker.set_inputs(&stimulus.inputs);
        let wanted = ((DURATION / self.dt) as usize).clamp(1, MOST_STEPS);
        let steps = wanted.min((self.budget / 8 / self.cost) as usize).max(1);
        self.spend(steps as u64);
        let mut values = vec![walker.states()];
        let mut spikes = vec![];
        for number in 0..steps as u64 {
            stimulus.apply(walker, number);
            spikes.push(walker.step(number as f64 * self.dt, number));
            values.push(walker.states());
        }
        stimulus.end(walker);
        Trajectory {
            stimulus,
            values,
            spikes,
        }
    }

    fn pair(&self, stimulus: &Stimulus, dt: f64) -> Result<Pair, BindError> {
        let inputs = self.compiled.model.inputs.len();
        let walker = |dt: f64| {
            let mut walker = Walker::new(&self.integration, inputs, self.params, dt)?;
            walker.set_inputs(&stimulus.inputs);
            Ok(walker)
        };
        Ok(Pair {
            coarse: walker(dt)?,
            fine: walker(dt / PARTS as f64)?,
            dt,
        })
    }

    /// The errors along a trajectory, which is the one of this number.
    pub(super) fn along(&mut self, trajectory: &Trajectory, along: usize) -> Result<Vec<Measured>, BindError> {
        let mut pair = self.pair(&trajectory.stimulus, self.dt)?;
        let steps = trajectory.steps();
        let affordable = (self.budget / 4 / (self.cost * (PARTS + 1))) as usize;
        let stride = steps.div_ceil(MOST_MEASURED.min(affordable).max(1));
        // Steps that are left out before a spike, with its own.
        let before = match self.compiled.update.limit {
            Some(_) => (BEFORE_SPIKE / self.dt).min(steps as f64) as usize + 1,
            None => 0,
        };
        let mut found = Vec::new();
        for number in (0..steps).step_by(stride) {
            // Nobody knows what comes after the end.
            let ahead = trajectory.spikes.get(number..number + before);
            if ahead.is_none_or(|spikes| spikes.contains(&true)) {
                continue;
            }
            self.spend(PARTS + 1);
            let (coarse, fine) = pair.step(&trajectory.values[number], number as f64 * self.dt);
            // Where the integration alone ends elsewhere, something else happened in this step.
            if coarse != trajectory.values[number + 1] {
                continue;
            }
            let difference: Vec<f64> = coarse.iter().zip(&fine).map(|(a, b)| (a - b).abs()).collect();
            if difference.iter().all(|x| x.is_finite()) {
                found.push(Measured {
                    along,
                    number,
                    difference,
                });
            }
        }
        Ok(found)
    }

    /// The largest difference in a state with another time step, from the start of each of the steps `from` for as long as it takes;
    /// nothing when the budget is used up.
    pub(super) fn largest(
        &mut self,
        trajectories: &[Trajectory],
        from: &[(usize, usize)],
        state: usize,
        dt: f64,
    ) -> Result<Option<f64>, BindError> {
        let mut largest: f64 = 0.0;
        let steps = (self.dt / dt + 0.5).max(1.0) as usize;
        for &(along, number) in from {
            let trajectory = &trajectories[along];
            let mut pair = self.pair(&trajectory.stimulus, dt)?;
            let mut values = trajectory.values[number].clone();
            for step in 0..steps {
                if !self.spend(PARTS + 1) {
                    return Ok(None);
                }
                let time = number as f64 * self.dt + step as f64 * dt;
                let (coarse, fine) = pair.step(&values, time);
                let error = (coarse[state] - fine[state]).abs();
                largest = if error.is_finite() {
                    largest.max(error)
                } else {
                    f64::INFINITY
                };
                values = fine;
            }
        }
        Ok(Some(largest))
    }
}

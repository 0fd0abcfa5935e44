//! A recurrent layer and its gradient.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use alif_core::native::Level;
use alif_core::{Place, Signature, math};

use super::back::{Back, Demand};
use super::builder::{LayerBuilder, parameter};
use super::group::{Group, Job, Return, Synapses};
use super::program::{Program, Source};
use super::rates::Over;
use super::{Feedback, Float, LearnError, Objective, Raster, Rates, Readout, Tape, Targets, Weights};
use crate::AdjointOptions;
use crate::neuron::{Engine, Neuron};
#[cfg(feature = "threads")]
use crate::simulation::Team;
use crate::values::{Coherent, Values};

/// Trials of a group, unless there are so few groups or so many that it is worth more or less.
const TOGETHER: usize = 8;
/// The most groups.
const GROUPS: usize = 16;

/// Weights and what they drive.
#[derive(Debug)]
pub(super) struct Connection<T> {
    /// Whether an event port is driven, not a continuous input.
    pub(super) port: bool,
    /// Its number.
    pub(super) index: usize,
    /// What a weight is multiplied with to come into the coherent set of units.
    pub(super) factor: T,
    pub(super) weights: Weights<T>,
}

impl<T> Connection<T> {
    fn target(&self) -> (bool, usize) {
        (self.port, self.index)
    }
}

/// What a layer is made of.
#[derive(Debug)]
pub(super) struct Parts<T: Float> {
    pub(super) neuron: Arc<dyn Neuron>,
    pub(super) signature: Signature,
    pub(super) neurons: usize,
    pub(super) dt: f64,
    pub(super) seed: u64,
    pub(super) engine: Engine,
    pub(super) threads: usize,
    pub(super) params: Vec<Option<Coherent>>,
    pub(super) input: Connection<T>,
    pub(super) recurrent: Option<Connection<T>>,
    pub(super) delay: usize,
    pub(super) readout: Readout<T>,
    pub(super) feedback: Feedback<T>,
    pub(super) adjoint: AdjointOptions,
    /// Whether derivatives flow back from neuron to neuron.
    pub(super) transmits: bool,
    pub(super) objective: Option<Objective>,
    pub(super) rates: Option<Rates>,
    pub(super) tape: Tape,
}

/// A batch of trials, which all have the same number of steps.
#[derive(Clone, Copy, Debug)]
pub struct Trials<'a> {
    /// The spikes of the inputs in each trial.
    pub inputs: &'a [Raster],
    /// What the outputs should be.
    pub targets: Targets<'a>,
    /// What the random numbers of a model with noise depend on.
    pub seed: u64,
}

/// What a layer did in some trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<T> {
    /// The outputs of each trial: steps × outputs, row by row.
    pub outputs: Vec<Vec<T>>,
    /// The spikes of the neurons in each trial.
    pub spikes: Vec<Raster>,
}

/// The gradient of the mean loss over trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient<T> {
    /// The loss of each trial, without the term of [`Rates`].
    pub losses: Vec<f64>,
    /// With respect to the weights from inputs.
    pub input: Weights<T>,
    /// With respect to the recurrent weights; the diagonal is zero.
    pub recurrent: Option<Weights<T>>,
    /// With respect to the weights of the readout.
    pub readout: Weights<T>,
    /// With respect to the parameters of the model that [`LayerBuilder::params`] asked for, in the units that it declares: for each that
    /// has a derivative, its name and one value a neuron. For a parameter that is one for all neurons it is the sum: see
    /// [`Gradient::param`].
    pub params: Vec<(String, Vec<f64>)>,
}

impl<T> Gradient<T> {
    /// The mean loss over trials.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len() as f64
    }

    /// The derivative with respect to a parameter that is one for all neurons.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<f64> {
        let of_neurons = self.params.iter().find(|(param, _)| param == name);
        of_neurons.map(|(_, values)| values.iter().sum())
    }
}

/// A recurrent layer of spiking neurons with a readout.
pub struct Layer<T: Float> {
    parts: Parts<T>,
    level: Level,
    /// The arrays that spikes drive, and which input or port each is.
    drives: Vec<(bool, usize)>,
    program: Program<T>,
    /// The adjoint, where there is an objective.
    back: Option<Back<T>>,
    groups: Vec<Group<T>>,
    #[cfg(feature = "threads")]
    team: Option<Team>,
}

impl<T: Float> fmt::Debug for Layer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

impl<T: Float> Layer<T> {
    /// A layer of `neurons` neurons of a model.
    pub fn builder(neuron: impl Neuron + 'static, neurons: usize) -> LayerBuilder<T> {
        LayerBuilder::new(Arc::new(neuron), neurons)
    }

    pub(super) fn new(parts: Parts<T>) -> Result<Self, LearnError> {
        let mut drives = vec![parts.input.target()];
        let recurrent = parts.recurrent.as_ref().map(Connection::target);
        drives.extend(recurrent.filter(|target| *target != parts.input.target()));
        let (program, back) = Self::programs(&parts, &drives)?;
        Ok(Self {
            level: Level::of_this_machine(),
            drives,
            program,
            back,
            groups: Vec::new(),
            #[cfg(feature = "threads")]
            team: crate::population::team(parts.threads)?,
            parts,
        })
    }

    /// The model and its adjoint under the present parameters.
    fn programs(parts: &Parts<T>, drives: &[(bool, usize)]) -> Result<(Program<T>, Option<Back<T>>), LearnError> {
        let numbers = |port: bool| -> Vec<usize> {
            let of_kind = drives.iter().filter(|(kind, _)| *kind == port);
            of_kind.map(|(_, index)| *index).collect()
        };
        let program = Program::new(&Source {
            neuron: &*parts.neuron,
            neurons: parts.neurons,
            dt: parts.dt,
            engine: parts.engine,
            params: &parts.params,
            inputs: &numbers(false),
            ports: &numbers(true),
        })?;
        for &(port, index) in drives {
            if port && program.layout.ports[index].arrival {
                let name = &parts.signature.ports[index].name;
                return Err(LearnError::Unsupported(format!(
                    "the blocks of event port `{name}` do something at weight zero, which dense weights cannot say"
                )));
            }
        }
        let back = match parts.objective {
            None => None,
            Some(_) => Some(Back::new(&Demand {
                neuron: &*parts.neuron,
                neurons: parts.neurons,
                dt: parts.dt,
                engine: parts.engine,
                params: &parts.params,
                options: &parts.adjoint,
                drives,
                spikes: true,
                losses: &vec![false; program.layout.states],
            })?),
        };
        Ok((program, back))
    }

    /// The number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.parts.neurons
    }

    /// The weights from inputs.
    #[must_use]
    pub fn input_weights(&self) -> &Weights<T> {
        &self.parts.input.weights
    }

    /// The weights from neuron to neuron.
    #[must_use]
    pub fn recurrent_weights(&self) -> Option<&Weights<T>> {
        self.parts.recurrent.as_ref().map(|connection| &connection.weights)
    }

    /// The weights of the readout.
    #[must_use]
    pub fn readout_weights(&self) -> &Weights<T> {
        &self.parts.readout.weights
    }

    /// Bytes of everything that was kept for the last batch.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.groups.iter().map(Group::bytes).sum()
    }

    /// Changes a parameter: one value, or one a neuron, in the unit that the model declares.
    ///
    /// # Errors
    /// An unknown name, or values that cannot be used; the layer is then unchanged.
    pub fn set(&mut self, name: &str, values: impl Into<Values>) -> Result<(), LearnError> {
        let parts = &self.parts;
        let (at, values) = parameter(&parts.signature, parts.neurons, parts.seed, name, &values.into())?;
        let old = self.parts.params[at].replace(values);
        match Self::programs(&self.parts, &self.drives) {
            Ok((program, back)) => {
                (self.program, self.back) = (program, back);
                self.groups.clear();
                Ok(())
            }
            Err(error) => {
                self.parts.params[at] = old;
                Err(error)
            }
        }
    }

    /// Runs trials forward.
    ///
    /// # Errors
    /// Trials that do not fit the layer.
    pub fn run(&mut self, inputs: &[Raster], seed: u64) -> Result<Outcome<T>, LearnError> {
        self.check(inputs)?;
        let trials = Trials {
            inputs,
            targets: Targets::Classes(&[]),
            seed,
        };
        self.with_groups(&trials, false, |layer, groups, job| {
            layer.each(groups, |group| group.run_forward(job));
            Ok(())
        })?;
        Ok(self.outcome())
    }

    /// The gradient of the mean loss over trials.
    ///
    /// # Errors
    /// Trials or targets that do not fit the layer, a layer without objective, a loss or gradient that is not finite.
    pub fn gradient(&mut self, trials: &Trials<'_>) -> Result<Gradient<T>, LearnError> {
        let objective = self.parts.objective.ok_or(LearnError::Missing("objective"))?;
        let steps = self.check(trials.inputs)?;
        let outputs = self.parts.readout.weights.post();
        objective.check(&trials.targets, trials.inputs.len(), steps, outputs)?;
        self.with_groups(trials, true, |layer, groups, job| {
            layer.each(groups, |group| group.run_forward(job));
            let mut back = layer.way_back(trials, objective)?;
            back.means = layer.means(groups, job);
            layer.each(groups, |group| group.run_back(job, &back));
            Ok(())
        })?;
        self.sum(trials.inputs.len())
    }

    /// The same gradient by e-prop while the trials run: by eligibility traces, without a way back and without gradients of parameters. It
    /// differs from that of [`Layer::gradient`] by rounding alone.
    ///
    /// It keeps one trace a presynaptic neuron for the components of the state whose course does not depend on the postsynaptic one, and
    /// one a synapse for each of the others, whatever the number of steps; [`Layer::gradient`] takes less time.
    ///
    /// # Errors
    /// As [`Layer::gradient`]; a rule under which derivatives go back from neuron to neuron, or a loss that is known only at the end.
    pub fn gradient_online(&mut self, trials: &Trials<'_>) -> Result<Gradient<T>, LearnError> {
        let objective = self.parts.objective.ok_or(LearnError::Missing("objective"))?;
        if self.parts.transmits && self.parts.recurrent.is_some() {
            return Err(LearnError::Unsupported(
                "traces within a neuron know nothing of other neurons: choose the rule `Eprop`, or `without_transmission`".into(),
            ));
        }
        if !objective.is_online() {
            return Err(LearnError::Unsupported(
                "the cross-entropy of a mean over time is known only at the end of a trial".into(),
            ));
        }
        let steps = self.check(trials.inputs)?;
        objective.check(
            &trials.targets,
            trials.inputs.len(),
            steps,
            self.parts.readout.weights.post(),
        )?;
        self.with_groups(trials, true, |layer, groups, job| {
            let mut back = layer.way_back(trials, objective)?;
            layer.each(groups, |group| group.run_online(job, &back));
            back.means = layer.means(groups, job);
            layer.each(groups, |group| group.sum_online(job, &back));
            Ok(())
        })?;
        self.sum(trials.inputs.len())
    }

    /// What the layer did in the trials of the last [`Layer::gradient`] or [`Layer::run`].
    #[must_use]
    pub fn outcome(&self) -> Outcome<T> {
        let width = self.parts.readout.weights.post();
        let mut outcome = Outcome {
            outputs: Vec::new(),
            spikes: Vec::new(),
        };
        for group in &self.groups {
            let trials = group.trials.len();
            for trial in 0..trials {
                let rows = group.outputs.chunks_exact(width.max(1)).skip(trial).step_by(trials);
                outcome.outputs.push(rows.flatten().copied().collect());
                outcome.spikes.push(group.trains.raster(trial, self.parts.neurons));
            }
        }
        outcome
    }

    /// Checks the inputs of trials; gives the number of steps.
    fn check(&self, inputs: &[Raster]) -> Result<usize, LearnError> {
        let steps = inputs.first().map_or(0, Raster::steps);
        if steps == 0 {
            return Err(LearnError::NoTrials);
        }
        let wanted = self.parts.input.weights.pre();
        for (trial, raster) in inputs.iter().enumerate() {
            let reason = if raster.neurons() != wanted {
                format!("it has {} inputs, and the layer {wanted}", raster.neurons())
            } else if raster.steps() != steps {
                format!("it has {} steps, and the first trial {steps}", raster.steps())
            } else {
                continue;
            };
            return Err(LearnError::Trial { trial, reason });
        }
        Ok(steps)
    }

    /// Lets the groups of a batch do something.
    fn with_groups(
        &mut self,
        trials: &Trials<'_>,
        taped: bool,
        does: impl FnOnce(&Self, &mut [Group<T>], &Job<'_, T>) -> Result<(), LearnError>,
    ) -> Result<(), LearnError> {
        let mut groups = core::mem::take(&mut self.groups);
        let arrays = self.arrays();
        let job = self.job(trials, taped, &arrays);
        if groups.last().map(|group| group.trials.end) != Some(trials.inputs.len()) {
            groups = ranges(trials.inputs.len())
                .map(|range| Group::new(range, &job, self.back.as_ref()))
                .collect::<Result<_, _>>()?;
        }
        let result = does(self, &mut groups, &job);
        self.groups = groups;
        result
    }

    fn way_back<'a>(&'a self, trials: &Trials<'a>, objective: Objective) -> Result<Return<'a, T>, LearnError> {
        let parts = &self.parts;
        let recurrent = parts.recurrent.as_ref().filter(|_| parts.transmits);
        Ok(Return {
            program: self.back.as_ref().ok_or(LearnError::Missing("objective"))?,
            objective,
            targets: trials.targets,
            rates: parts.rates,
            means: Vec::new(),
            feedback: match &parts.feedback {
                Feedback::Symmetric => parts.readout.weights.transposed(),
                Feedback::Fixed(weights) | Feedback::Adaptive { weights, .. } => weights.transposed(),
            },
            recurrent: recurrent.map(|connection| connection.weights.clone().scaled(connection.factor).transposed()),
        })
    }

    /// The mean number of spikes of each neuron in a trial, where it is needed.
    fn means(&self, groups: &[Group<T>], job: &Job<'_, T>) -> Vec<f64> {
        match self.parts.rates {
            Some(Rates { over: Over::Batch, .. }) => means(groups, job),
            _ => Vec::new(),
        }
    }

    /// The arrays that spikes drive.
    fn arrays(&self) -> Vec<usize> {
        let place = |&(port, index): &(bool, usize)| {
            if port {
                self.program.places.weight(index, 0)
            } else {
                self.program.places.input(index)
            }
        };
        let array = |place| match place {
            Place::Array(array) => array,
            Place::Uniform(_) => unreachable!("what spikes drive is laid out with one value a neuron"),
        };
        self.drives.iter().map(place).map(array).collect()
    }

    fn job<'a>(&'a self, trials: &Trials<'a>, taped: bool, drives: &'a [usize]) -> Job<'a, T> {
        let parts = &self.parts;
        let synapses = |connection: &Connection<T>| Synapses {
            drive: self.drives.iter().position(|d| *d == connection.target()).unwrap_or(0),
            weights: connection.weights.clone().scaled(connection.factor).into_values(),
        };
        let kappa = math::exp(-parts.dt / parts.readout.tau);
        Job {
            level: self.level,
            neurons: parts.neurons,
            outputs: parts.readout.weights.post(),
            steps: trials.inputs[0].steps(),
            delay: parts.delay,
            seed: trials.seed,
            forward: &self.program,
            drives,
            input: synapses(&parts.input),
            recurrent: parts.recurrent.as_ref().map(synapses),
            readout: parts.readout.weights.values(),
            kappa: T::from_f64(kappa),
            gain: T::from_f64(parts.readout.gain.factor(parts.dt, parts.readout.tau)),
            rasters: trials.inputs,
            tape: taped.then_some(parts.tape),
        }
    }

    /// Does something with each group, on the threads that there are.
    fn each(&self, groups: &mut [Group<T>], does: impl Fn(&mut Group<T>) + Sync) {
        #[cfg(feature = "threads")]
        if let Some(team) = &self.team {
            team.each(groups.iter_mut(), |group, _| does(group));
            return;
        }
        groups.iter_mut().for_each(does);
    }

    /// The sums over groups, in their order, as means over trials.
    fn sum(&self, trials: usize) -> Result<Gradient<T>, LearnError> {
        let parts = &self.parts;
        let mean = |of: &dyn Fn(&Group<T>) -> &[T], like: &Weights<T>, factor: T| {
            let mut sum = Weights::zeros(like.post(), like.pre());
            for group in &self.groups {
                for (sum, &value) in sum.values_mut().iter_mut().zip(of(group)) {
                    *sum = *sum + value;
                }
            }
            let count = T::from_f64(trials as f64);
            for value in sum.values_mut() {
                *value = *value * factor / count;
            }
            sum
        };
        let one = T::from_f64(1.0);
        // Traces give none.
        let known = self.groups.iter().any(|group| !group.sums.params.is_empty());
        let params = self
            .back
            .as_ref()
            .filter(|_| known)
            .map_or(&[][..], |back| &back.params);
        let mut gradient = Gradient {
            losses: self
                .groups
                .iter()
                .flat_map(|group| group.losses.iter().copied())
                .collect(),
            input: mean(&|group| &group.sums.input, &parts.input.weights, parts.input.factor),
            recurrent: parts
                .recurrent
                .as_ref()
                .map(|connection| mean(&|group| &group.sums.recurrent, &connection.weights, connection.factor)),
            readout: mean(&|group| &group.sums.readout, &parts.readout.weights, one),
            params: params
                .iter()
                .map(|(param, _)| (parts.signature.params[*param].name.clone(), vec![0.0; parts.neurons]))
                .collect(),
        };
        if let Some(recurrent) = &mut gradient.recurrent {
            recurrent.clear_diagonal();
        }
        for (at, (_, sums)) in gradient.params.iter_mut().enumerate() {
            for group in &self.groups {
                let values = group.sums.params.get(at).map_or(&[][..], Vec::as_slice);
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += value;
                }
            }
            let unit = parts.signature.params[params[at].0].unit.coherent(1.0);
            for sum in sums {
                *sum = *sum * unit / trials as f64;
            }
        }
        if let Some(trial) = gradient.losses.iter().position(|loss| !loss.is_finite()) {
            return Err(LearnError::NotFinite { what: "loss", trial });
        }
        let finite = gradient.input.is_finite()
            && gradient.readout.is_finite()
            && gradient.recurrent.as_ref().is_none_or(Weights::is_finite);
        if finite {
            Ok(gradient)
        } else {
            Err(LearnError::NotFinite {
                what: "gradient",
                trial: 0,
            })
        }
    }

    /// Arrays that are trained, with their gradients.
    pub(super) fn trained<'a>(&'a mut self, gradient: &'a Gradient<T>) -> Vec<(&'a mut [T], &'a [T])> {
        let parts = &mut self.parts;
        let mut arrays = vec![(parts.input.weights.values_mut(), gradient.input.values())];
        if let (Some(connection), Some(gradient)) = (&mut parts.recurrent, &gradient.recurrent) {
            arrays.push((connection.weights.values_mut(), gradient.values()));
        }
        arrays.push((parts.readout.weights.values_mut(), gradient.readout.values()));
        if let Feedback::Adaptive { weights, .. } = &mut parts.feedback {
            arrays.push((weights.values_mut(), gradient.readout.values()));
        }
        arrays
    }

    /// What follows an update of weights.
    pub(super) fn after_update(&mut self) {
        if let Feedback::Adaptive { weights, decay } = &mut self.parts.feedback {
            let factor = T::from_f64(1.0 - *decay);
            for weight in weights.values_mut() {
                *weight = factor * *weight;
            }
        }
    }
}

/// Trials in groups of nearly one size.
fn ranges(trials: usize) -> impl Iterator<Item = core::ops::Range<usize>> {
    let together = TOGETHER.max(trials.div_ceil(GROUPS));
    let groups = trials.div_ceil(together);
    (0..groups).map(move |g| g * trials / groups..(g + 1) * trials / groups)
}

/// The mean number of spikes of each neuron in a trial.
fn means<T: Float>(groups: &[Group<T>], job: &Job<'_, T>) -> Vec<f64> {
    let mut sums = vec![0_u64; job.neurons];
    let mut trials = 0;
    for group in groups {
        for counts in group.counts(job).chunks_exact(job.neurons) {
            trials += 1;
            for (sum, &count) in sums.iter_mut().zip(counts) {
                *sum += u64::from(count);
            }
        }
    }
    sums.into_iter().map(|sum| sum as f64 / f64::from(trials)).collect()
}

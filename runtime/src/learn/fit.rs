//! Parameters that follow the recorded course of a state.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use alif_core::{Arrays, FLUSH_EVERY, Place, Signature, Steps};

use super::back::{Back, Demand};
use super::builder::parameter;
use super::program::{Program, Source};
use super::tape::{Reel, Tape};
use super::{Float, LearnError};
use crate::error::Error;
use crate::neuron::{Engine, Neuron};
use crate::population::index_of;
use crate::values::{Coherent, Values};
use crate::{AdjointOptions, Rule, SurrogateChoice, Wanted};

/// A table of steps × neurons, in the unit that the model declares.
#[derive(Clone, Debug)]
struct Table {
    name: String,
    values: Vec<f64>,
}

/// A [`Fit`] in the making.
#[derive(Debug)]
#[must_use = "nothing happens before `build`"]
pub struct FitBuilder {
    neuron: Arc<dyn Neuron>,
    neurons: usize,
    dt: f64,
    seed: u64,
    engine: Option<Engine>,
    set: Vec<(String, Values)>,
    inputs: Vec<Table>,
    recorded: Option<Table>,
    adjoint: AdjointOptions,
    tape: Tape,
}

impl FitBuilder {
    /// The time step in ms; 0.1 unless set.
    pub fn dt(mut self, dt: f64) -> Self {
        self.dt = dt;
        self
    }

    /// What drawn values of parameters depend on; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What runs the steps; compiled code unless set, where there is a compiler.
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// Sets a parameter: one value, or one a neuron, in the unit that the model declares.
    pub fn set(mut self, name: impl Into<String>, values: impl Into<Values>) -> Self {
        self.set.push((name.into(), values.into()));
        self
    }

    /// The values of a continuous input: steps × neurons, row by row. Inputs that are not given are 0.
    pub fn input(mut self, name: impl Into<String>, values: Vec<f64>) -> Self {
        let name = name.into();
        self.inputs.push(Table { name, values });
        self
    }

    /// The recorded values of a state after each step: steps × neurons, row by row. A NaN stands for no value.
    pub fn recorded(mut self, state: impl Into<String>, values: Vec<f64>) -> Self {
        let name = state.into();
        self.recorded = Some(Table { name, values });
        self
    }

    /// The parameters to be fitted; all that have a derivative unless set.
    pub fn params(mut self, wanted: Wanted) -> Self {
        self.adjoint.params = wanted;
        self
    }

    /// Which paths the gradient follows; [`Rule::Bptt`] unless set.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.adjoint.rule = rule;
        self
    }

    /// A surrogate in the place of the model's own.
    pub fn surrogate(mut self, surrogate: SurrogateChoice) -> Self {
        self.adjoint.surrogate = Some(surrogate);
        self
    }

    /// How much of the way forward is kept for the way back.
    pub fn tape(mut self, tape: Tape) -> Self {
        self.tape = tape;
        self
    }

    /// Builds it: looks names up, compiles the model and its adjoint.
    ///
    /// # Errors
    /// Unknown names, tables of another size, values that cannot be used, a model that has no adjoint.
    pub fn build<T: Float>(self) -> Result<Fit<T>, LearnError> {
        let n = self.neurons;
        if n == 0 || u32::try_from(n).is_err() {
            return Err(Error::Neurons.into());
        }
        if !(self.dt > 0.0 && self.dt.is_finite()) {
            return Err(Error::TimeStep(self.dt).into());
        }
        let signature = self.neuron.signature();
        let mut params: Vec<Option<Coherent>> = vec![None; signature.params.len()];
        for (name, values) in &self.set {
            let (at, values) = parameter(&signature, n, self.seed, name, values)?;
            params[at] = Some(values);
        }
        let recorded = self.recorded.ok_or(LearnError::Missing("recorded state"))?;
        let names = signature.states.iter().map(|state| &state.name);
        let state = index_of(&signature, "state", &recorded.name, names)?;
        let steps = recorded.values.len() / n;
        if steps == 0 {
            return Err(LearnError::NoTrials);
        }
        let fits = |table: &Table| {
            if table.values.len() == steps * n {
                return Ok(());
            }
            Err(LearnError::Targets(format!(
                "`{}` has {} values for {steps} steps of {n} neurons",
                table.name,
                table.values.len()
            )))
        };
        fits(&recorded)?;
        let unit = &signature.states[state].unit;
        let target: Vec<f64> = recorded.values.iter().map(|&value| unit.coherent(value)).collect();
        let mut inputs = Vec::new();
        for table in &self.inputs {
            fits(table)?;
            let names = signature.inputs.iter().map(|input| &input.name);
            let at = index_of(&signature, "input", &table.name, names)?;
            let unit = &signature.inputs[at].unit;
            let values: Vec<T> = table
                .values
                .iter()
                .map(|&value| T::from_f64(unit.coherent(value)))
                .collect();
            if let Some(at) = values.iter().position(|value| !value.to_f64().is_finite()) {
                return Err(Error::InputNotFinite {
                    name: table.name.clone(),
                    value: table.values[at],
                    step: (at / n) as u64,
                    neuron: Some(at % n),
                }
                .into());
            }
            inputs.push((at, values));
        }
        let engine = self.engine.unwrap_or_else(|| self.neuron.default_engine());
        let scale = 1.0 / target.iter().filter(|value| !value.is_nan()).count().max(1) as f64;
        let setup = Setup {
            neuron: self.neuron,
            signature,
            neurons: n,
            dt: self.dt,
            seed: self.seed,
            engine,
            params,
            adjoint: self.adjoint,
            tape: self.tape,
            drives: inputs.iter().map(|(input, _)| (false, *input)).collect(),
            inputs: inputs.into_iter().map(|(_, values)| values).collect(),
            state,
            steps,
            target,
            scale,
        };
        let bound = Bound::new(&setup)?;
        Ok(Fit { setup, bound })
    }
}

/// What stays when parameters change.
#[derive(Debug)]
struct Setup<T: Float> {
    neuron: Arc<dyn Neuron>,
    signature: Signature,
    neurons: usize,
    dt: f64,
    seed: u64,
    engine: Engine,
    params: Vec<Option<Coherent>>,
    adjoint: AdjointOptions,
    tape: Tape,
    drives: Vec<(bool, usize)>,
    /// For each drive, steps × neurons.
    inputs: Vec<Vec<T>>,
    state: usize,
    steps: usize,
    /// Steps × neurons, in the coherent set of units.
    target: Vec<f64>,
    /// One over the number of recorded values.
    scale: f64,
}

/// The model and its adjoint under some parameters.
struct Bound<T: Float> {
    forward: Program<T>,
    back: Back<T>,
}

impl<T: Float> Bound<T> {
    fn new(setup: &Setup<T>) -> Result<Self, LearnError> {
        let inputs: Vec<usize> = setup.drives.iter().map(|(_, input)| *input).collect();
        let forward = Program::new(&Source {
            neuron: &*setup.neuron,
            neurons: setup.neurons,
            dt: setup.dt,
            engine: setup.engine,
            params: &setup.params,
            inputs: &inputs,
            ports: &[],
        })?;
        let mut losses = vec![false; forward.layout.states];
        losses[setup.state] = true;
        let back = Back::new(&Demand {
            neuron: &*setup.neuron,
            neurons: setup.neurons,
            dt: setup.dt,
            engine: setup.engine,
            params: &setup.params,
            options: &setup.adjoint,
            drives: &setup.drives,
            spikes: false,
            losses: &losses,
        })?;
        Ok(Self { forward, back })
    }
}

/// A loss and its gradient by parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct FitGradient {
    /// Half the mean of (x − x*)² over the recorded values, in the square of the unit that the model declares.
    pub loss: f64,
    /// For each parameter that has a derivative, its name and one value a neuron, in the units that the model declares. For a
    /// parameter that is one for all neurons it is the sum: see [`FitGradient::param`].
    pub params: Vec<(String, Vec<f64>)>,
    /// The state after each step: steps × neurons, row by row.
    pub course: Vec<f64>,
}

impl FitGradient {
    /// The derivative with respect to a parameter that is one for all neurons.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<f64> {
        let of_neurons = self.params.iter().find(|(param, _)| param == name);
        of_neurons.map(|(_, values)| values.iter().sum())
    }
}

/// Neurons with given inputs, whose parameters are to make a state follow a recording: half the mean squared difference, and its gradient by
/// backpropagation through time.
pub struct Fit<T: Float> {
    setup: Setup<T>,
    bound: Bound<T>,
}

impl<T: Float> fmt::Debug for Fit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("setup", &self.setup)
            .finish_non_exhaustive()
    }
}

impl Fit<f64> {
    /// A fit of `neurons` neurons of a model.
    pub fn builder(neuron: impl Neuron + 'static, neurons: usize) -> FitBuilder {
        FitBuilder {
            neuron: Arc::new(neuron),
            neurons,
            dt: 0.1,
            seed: 0,
            engine: None,
            set: Vec::new(),
            inputs: Vec::new(),
            recorded: None,
            adjoint: AdjointOptions::default(),
            tape: Tape::Auto,
        }
    }
}

impl<T: Float> Fit<T> {
    /// Changes a parameter: one value, or one a neuron, in the unit that the model declares.
    ///
    /// # Errors
    /// An unknown name, or values that cannot be used; nothing is then changed.
    pub fn set(&mut self, name: &str, values: impl Into<Values>) -> Result<(), LearnError> {
        let setup = &self.setup;
        let (at, values) = parameter(&setup.signature, setup.neurons, setup.seed, name, &values.into())?;
        let old = self.setup.params[at].replace(values);
        match Bound::new(&self.setup) {
            Ok(bound) => {
                self.bound = bound;
                Ok(())
            }
            Err(error) => {
                self.setup.params[at] = old;
                Err(error)
            }
        }
    }

    /// The loss and its gradient under the present parameters. `seed` is what the random numbers of a model with noise depend on.
    ///
    /// # Errors
    /// A loss or gradient that is not finite, memory that cannot be had.
    pub fn gradient(&self, seed: u64) -> Result<FitGradient, LearnError> {
        let Self { setup, bound } = self;
        let Bound { forward, back } = bound;
        let array = |&(_, input): &(bool, usize)| match forward.places.input(input) {
            Place::Array(array) => array,
            Place::Uniform(_) => unreachable!("inputs are laid out with one value a neuron"),
        };
        let drives: Vec<usize> = setup.drives.iter().map(array).collect();
        let mut arrays = forward.arrays(0, 1)?;
        let mut reel = Reel::default();
        reel.wind(&arrays, &drives, setup.steps, setup.tape);
        forward.begin(&mut arrays);
        let mut course = Vec::with_capacity(setup.target.len());
        for step in 0..setup.steps {
            reel.mark(&arrays, step);
            self.advance(&mut arrays, &mut reel, &drives, seed, step, false);
            let values = arrays.values(forward.places.state(setup.state));
            course.extend(values.iter().map(|value| value.to_f64()));
        }
        let difference = |at: usize| {
            let difference = course[at] - setup.target[at];
            if setup.target[at].is_nan() { 0.0 } else { difference }
        };
        let loss = (0..course.len())
            .map(|at| 0.5 * difference(at) * difference(at))
            .sum::<f64>()
            * setup.scale;

        let mut adjoint = back.program.arrays(0, 1)?;
        back.begin(&mut adjoint);
        for (segment, again) in reel.segments() {
            if again {
                reel.rewind(&mut arrays, segment.start);
                for step in segment.clone() {
                    self.advance(&mut arrays, &mut reel, &drives, seed, step, true);
                }
            }
            for step in segment.rev() {
                if let Some(array) = back.losses[setup.state] {
                    for (neuron, value) in adjoint.values_mut(array).iter_mut().enumerate() {
                        *value = T::from_f64(difference(step * setup.neurons + neuron) * setup.scale);
                    }
                    adjoint.pad(array);
                }
                back.step(&mut adjoint, &reel, seed, step);
            }
        }
        let unit = &setup.signature.states[setup.state].unit;
        let of_loss = unit.declared(1.0) * unit.declared(1.0);
        let sums = back.params(&adjoint, setup.neurons);
        let params = back.params.iter().zip(sums).map(|((param, _), values)| {
            let info = &setup.signature.params[*param];
            let factor = info.unit.coherent(1.0) * of_loss;
            (
                info.name.clone(),
                values.into_iter().map(|value| value * factor).collect(),
            )
        });
        let gradient = FitGradient {
            loss: loss * of_loss,
            params: params.collect(),
            course: course.iter().map(|&value| unit.declared(value)).collect(),
        };
        let what = if !gradient.loss.is_finite() {
            "loss"
        } else if gradient
            .params
            .iter()
            .flat_map(|(_, values)| values)
            .any(|value| !value.is_finite())
        {
            "gradient"
        } else {
            return Ok(gradient);
        };
        Err(LearnError::NotFinite { what, trial: 0 })
    }

    fn advance(
        &self,
        arrays: &mut Arrays<T>,
        reel: &mut Reel<T>,
        drives: &[usize],
        seed: u64,
        step: usize,
        again: bool,
    ) {
        let forward = &self.bound.forward;
        for (&array, values) in drives.iter().zip(&self.setup.inputs) {
            let row = &values[step * self.setup.neurons..][..self.setup.neurons];
            arrays.values_mut(array).copy_from_slice(row);
            arrays.pad(array);
        }
        reel.keep(arrays, step, again);
        forward.write_step(arrays, seed, step as u64);
        let words = arrays.words();
        let (mut view, uniforms, spikes) = arrays.view(0..words);
        forward.kernel.run(&mut view, Steps::one(uniforms, spikes));
        if (step as u64 + 1).is_multiple_of(FLUSH_EVERY) {
            arrays.flush_tiny();
        }
    }
}

//! Populations: many neurons of one model, advanced together.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use alif_core::decimal::{Decimal, StepsError, steps};
use alif_core::{Precision, Signature, UnitInfo};

use crate::between::{Asked, Between};
use crate::delay::Delay;
use crate::distribution::Recipient;
use crate::error::Error;
use crate::event::{Event, Queue};
use crate::input::{Input, Source};
use crate::monitor::{Monitor, Quantity, Recorder};
use crate::neuron::{Engine, Neuron};
use crate::parts::Part;
use crate::record::{Batch, Recording};
use crate::shape::Shape;
#[cfg(feature = "threads")]
use crate::simulation::Team;
use crate::simulation::{AnySimulation, Setup, Watch};
use crate::typed::Drives;
use crate::values::{Axes, Coherent, Initial, Values, Whose};

/// A population in the making.
///
/// Names are looked up when it is built, so that everything can be set in any order.
#[derive(Debug)]
#[must_use = "nothing happens before `build`"]
pub struct Builder {
    neuron: Arc<dyn Neuron>,
    shape: Shape,
    batch: Option<usize>,
    dt: f64,
    seed: u64,
    precision: Precision,
    engine: Option<Engine>,
    block: Option<usize>,
    chunk: Option<usize>,
    #[cfg(feature = "threads")]
    threads: usize,
    params: Vec<(String, Values)>,
    initial: Vec<(String, Values)>,
    inputs: Vec<(String, Source)>,
    asked: Asked,
    events: Vec<(String, Vec<Event>)>,
    monitors: Vec<Monitor>,
    record_spikes: bool,
}

impl Builder {
    /// A population of a compiled model: as many neurons, or neurons in this shape.
    pub fn new(neuron: Arc<dyn Neuron>, shape: impl Into<Shape>) -> Self {
        Self {
            neuron,
            shape: shape.into(),
            batch: None,
            dt: 0.1,
            seed: 0,
            precision: Precision::F32,
            engine: None,
            block: None,
            chunk: None,
            #[cfg(feature = "threads")]
            threads: 1,
            params: vec![],
            initial: vec![],
            inputs: vec![],
            asked: Asked::default(),
            events: vec![],
            monitors: vec![],
            record_spikes: false,
        }
    }

    /// The number of neurons; in batches, of each member.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.shape.neurons()
    }

    /// Makes a batch of `members` populations, which run side by side and share the parameters, each with states and inputs of its own.
    ///
    /// Neuron i of member b has the number b · n + i, where n is the number of neurons of a member: in states, inputs, events and
    /// spikes, and for what it draws. Values for n neurons serve all members; those for all neurons come member by member. Recordings
    /// have the shape (members, neurons of a member).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # let model = Model::from_text("model M { state V = 0; input I; 10 ms * dV/dt = -V + I; }")?;
    /// let mut population = model.population(2).batch(3).input("I", [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]).build()?;
    /// population.run(10)?;
    /// assert_eq!(population.shape(), &[3, 2].into());
    /// let v = population.state("V")?;
    /// assert!(v[0] < v[2] && v[2] < v[4] && v[4] == v[5]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch(mut self, members: usize) -> Self {
        self.batch = Some(members);
        self
    }

    /// The time step in ms; 0.1 unless set.
    pub fn dt(mut self, dt: f64) -> Self {
        self.dt = dt;
        self
    }

    /// What random numbers depend on besides the neuron and the step; 0 unless set. The same seed gives the same numbers, whatever runs
    /// the steps and however many neurons it takes at once.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The precision of states and steps; single unless set.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// What runs the steps; compiled code unless set, where there is a compiler.
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// How many neurons are advanced together (rounded up to a multiple of 64); chosen by the size of caches unless set. The results are
    /// the same for every choice.
    pub fn block(mut self, neurons: usize) -> Self {
        self.block = Some(neurons);
        self
    }

    /// How many steps a block of neurons makes before the next block makes them; chosen by the number of neurons unless set. It makes
    /// fewer where something concerns all neurons: a monitor looks, a function writes inputs. The results are the same for every choice.
    pub fn chunk(mut self, steps: usize) -> Self {
        self.chunk = Some(steps);
        self
    }

    /// How many threads share the blocks of neurons; 0 means one for each processor that the system offers. The results are the same for
    /// every choice.
    ///
    /// One unless set: a program that runs many populations at once knows better than this one how to use its processors.
    #[cfg(feature = "threads")]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Sets a parameter: one value, one a neuron, or a [`Distribution`](crate::Distribution), in the unit that the model declares.
    pub fn set(mut self, name: impl Into<String>, values: impl Into<Values>) -> Self {
        self.params.push((name.into(), values.into()));
        self
    }

    /// As [`Builder::set`], from the number of the neuron.
    pub fn set_with(self, name: impl Into<String>, value: impl FnMut(usize) -> f64) -> Self {
        let values: Vec<f64> = (0..self.neurons()).map(value).collect();
        self.set(name, values)
    }

    /// Sets the initial value of a state: one value, one a neuron, or a [`Distribution`](crate::Distribution).
    pub fn init(mut self, name: impl Into<String>, values: impl Into<Values>) -> Self {
        self.initial.push((name.into(), values.into()));
        self
    }

    /// As [`Builder::init`], from the number of the neuron.
    pub fn init_with(self, name: impl Into<String>, value: impl FnMut(usize) -> f64) -> Self {
        let values: Vec<f64> = (0..self.neurons()).map(value).collect();
        self.init(name, values)
    }

    /// Connects a continuous input; one that is not connected is 0.
    pub fn input(mut self, name: impl Into<String>, source: impl Into<Source>) -> Self {
        self.inputs.push((name.into(), source.into()));
        self
    }

    /// Adds a source of this label to an input or an event port, see [`Population::add_input`].
    pub fn add_input(mut self, name: impl Into<String>, label: impl Into<String>, source: impl Into<Source>) -> Self {
        self.asked.sources.push((name.into(), label.into(), source.into()));
        self
    }

    /// Remembers a state, a definition or `spike` for this long, see [`Population::delayed`].
    pub fn delay(mut self, name: impl Into<String>, longest: impl Into<Delay>) -> Self {
        self.asked.delays.push((name.into(), longest.into()));
        self
    }

    /// Sends events to an event port.
    pub fn events(mut self, port: impl Into<String>, events: Vec<Event>) -> Self {
        self.events.push((port.into(), events));
        self
    }

    /// Records a state or definition.
    pub fn record(mut self, monitor: Monitor) -> Self {
        self.monitors.push(monitor);
        self
    }

    /// Records the spikes of all neurons; without it they are only counted.
    pub fn record_spikes(mut self) -> Self {
        self.record_spikes = true;
        self
    }

    /// Builds the population: binds parameters, lays out memory, compiles the kernel.
    ///
    /// # Errors
    /// Unknown names, values that cannot be used, arrays of a wrong length, memory that cannot be had.
    pub fn build(self) -> Result<Population, Error> {
        let axes = Axes {
            members: self.batch.unwrap_or(1),
            each: self.shape.neurons(),
        };
        let n = axes.neurons();
        if n == 0 || u32::try_from(n).is_err() {
            return Err(Error::Neurons);
        }
        if !(self.dt > 0.0 && self.dt.is_finite()) {
            return Err(Error::TimeStep(self.dt));
        }
        let signature = self.neuron.signature();
        let whose = |of| whose(&signature, axes, self.seed, of);
        let mut params: Vec<Option<Coherent>> = vec![None; signature.params.len()];
        for (name, values) in &self.params {
            let at = param_index(&signature, name)?;
            params[at] = Some(values.parameter(whose(Recipient::Parameter(at)))?);
        }
        let mut initial: Vec<Initial> = vec![Initial::OfModel; signature.states.len()];
        for (name, values) in &self.initial {
            let at = state_index(&signature, name)?;
            initial[at] = values.initial(whose(Recipient::State(at)))?;
        }
        let mut inputs: Vec<Input> = signature.inputs.iter().map(|_| Input::none()).collect();
        for (name, source) in self.inputs {
            let at = input_index(&signature, &name)?;
            inputs[at] = Input::new(source, whose(Recipient::Input(at)))?;
        }
        let mut queues: Vec<Queue> = signature.ports.iter().map(|_| Queue::default()).collect();
        for (name, events) in self.events {
            let at = port_index(&signature, &name)?;
            queues[at] = Queue::new(events, &name, &signature.ports[at].unit, n)?;
        }
        let recorders = self
            .monitors
            .iter()
            .map(|monitor| recorder(&signature, monitor, &self.shape, self.batch))
            .collect::<Result<Vec<_>, Error>>()?;
        let engine = self.engine.unwrap_or_else(|| self.neuron.default_engine());
        let setup = Setup {
            neuron: self.neuron,
            signature,
            shape: self.shape.behind(self.batch),
            batch: self.batch,
            axes,
            neurons: n,
            dt: self.dt,
            seed: self.seed,
            engine,
            block: self.block,
            chunk: self.chunk,
            #[cfg(feature = "threads")]
            team: team(self.threads)?,
            params,
            initial,
            inputs,
            queues,
            recorders,
            record_spikes: self.record_spikes,
        };
        let mut population = Population {
            simulation: AnySimulation::new(setup, self.precision)?,
            between: Between::default(),
        };
        self.asked.of(&mut population)?;
        Ok(population)
    }
}

/// Many neurons of one model, advanced together.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use alif::prelude::*;
///
/// let model = Model::from_text(
///     "model Lif {
///          param tau = 20 ms where tau > 0 ms;
///          param V_th = 15 mV;
///          state V = 0 mV;
///          input I : mV;
///          tau * dV/dt = -V + I;
///          spike when V > V_th { V = 0 mV; }
///      }",
/// )?;
/// let mut population = model.population(100).dt(0.1).input("I", 20.0).record_spikes().build()?;
/// let recording = population.run(1000)?;
/// assert_eq!(recording.spike_count, 300);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Population {
    pub(crate) simulation: AnySimulation,
    pub(crate) between: Between,
}

impl Population {
    /// Names and units of the model.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.setup().signature
    }

    /// The number of neurons; in batches, of all members.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.setup().neurons
    }

    /// How the neurons are arranged; in batches behind an axis of members.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.setup().shape
    }

    /// The number of members, for a population in batches.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        self.setup().batch
    }

    /// The time step in ms.
    #[must_use]
    pub fn dt(&self) -> f64 {
        self.setup().dt
    }

    /// How many steps were made since the population was built.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.simulation.step()
    }

    /// Bytes of the arrays that steps work on.
    ///
    /// In single precision each neuron has 4 bytes for each state and for the refractory counter, one bit for its spike, and 4 bytes for
    /// each coefficient and input that differs between neurons; a model with noise has 4 bytes for its number. A port has 4 bytes, or 8
    /// where the model asks whether events arrived, only if there are events for it. In double precision all but the bit takes twice as
    /// much. An adaptive neuron with two states takes 12 bytes and 1 bit. Parameters with one value a neuron are kept besides, in double
    /// precision, for [`Population::set`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.simulation.bytes()
    }

    fn setup(&self) -> &Setup {
        self.simulation.setup()
    }

    /// Makes `steps` steps, from where the last run ended, and returns what was recorded meanwhile.
    ///
    /// # Errors
    /// An input that ends before the run or is not finite, or too many events in one step.
    pub fn run(&mut self, steps: u64) -> Result<Recording, Error> {
        self.go(steps, None, Watch::Nobody)
    }

    /// As [`Population::run`], but asks after each step, with the number of steps made in this run, whether to go on. Asking takes time:
    /// where it need not be after each step, [`Population::run_into`] is faster.
    ///
    /// # Errors
    /// As [`Population::run`].
    pub fn run_while(&mut self, steps: u64, mut go_on: impl FnMut(u64) -> ControlFlow<()>) -> Result<Recording, Error> {
        self.go(steps, None, Watch::EachStep(&mut go_on))
    }

    /// As [`Population::run`], but hands the spikes over while the population runs, so that they need not fit into memory: some steps at
    /// a time, in the order of (step, neuron), also where there were none. The recording then has none. `sink` says whether to go on.
    ///
    /// How many steps come at a time depends on the size of the population, [`Builder::chunk`] and the monitors.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # use std::ops::ControlFlow;
    /// # let model = Model::from_text(
    /// #     "model M { state V = 0; input I; param tau = 10 ms; tau * dV/dt = -V + I; spike when V > 1 { V = 0; } }")?;
    /// let mut population = model.population(10).input("I", 2.0).record_spikes().build()?;
    /// let mut last = None;
    /// let recording = population.run_into(1000, |batch| {
    ///     last = batch.spikes.last().copied().or(last);
    ///     ControlFlow::Continue(())
    /// })?;
    /// assert!(last.is_some() && recording.spikes.is_empty() && recording.spike_count > 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Population::run`].
    pub fn run_into(
        &mut self,
        steps: u64,
        mut sink: impl FnMut(Batch<'_>) -> ControlFlow<()>,
    ) -> Result<Recording, Error> {
        self.go(steps, None, Watch::Batches(&mut sink))
    }

    /// As [`Population::run`], but `drive` writes the inputs before each step; what it does not write stays as it was.
    #[doc(hidden)]
    pub fn run_driven(&mut self, steps: u64, mut drive: impl FnMut(u64, Drives<'_>)) -> Result<Recording, Error> {
        self.go(steps, Some(&mut drive), Watch::Nobody)
    }

    /// Runs for a duration in ms, which must be a whole number of steps; the shortest decimals that give the two numbers are
    /// divided exactly, so 1000 ms are 10000 steps of 0.1 ms.
    ///
    /// # Errors
    /// A duration that is no whole number of steps, and as [`Population::run`].
    pub fn run_for(&mut self, duration: f64) -> Result<Recording, Error> {
        let steps = steps_in(duration, self.dt())?;
        self.run(steps)
    }

    /// The values of a state, one a neuron, in the unit that the model declares.
    ///
    /// # Errors
    /// An unknown name.
    pub fn state(&self, name: &str) -> Result<Vec<f64>, Error> {
        let signature = self.signature();
        let at = state_index(signature, name)?;
        let unit = &signature.states[at].unit;
        let values = self.simulation.state(at).into_iter();
        Ok(values.map(|v| unit.declared(v)).collect())
    }

    /// The values of a state in the coherent set; none for an unknown one.
    #[doc(hidden)]
    #[must_use]
    pub fn coherent_state(&self, name: &str) -> Vec<f64> {
        let at = self.signature().states.iter().position(|s| s.name == name);
        at.map_or_else(Vec::new, |at| self.simulation.state(at))
    }

    /// Sets a state: one value, or one a neuron.
    ///
    /// # Errors
    /// An unknown name, a wrong number of values, values that are not finite.
    pub fn set_state(&mut self, name: &str, values: impl Into<Values>) -> Result<(), Error> {
        let at = state_index(self.signature(), name)?;
        let values = values.into().coherent(self.whose(Recipient::State(at)))?;
        self.simulation.set_state(at, &values)
    }

    /// Sets what [`Population::reset`] gives a state.
    ///
    /// # Errors
    /// As for [`Population::set_state`].
    pub fn set_initial(&mut self, name: &str, values: impl Into<Values>) -> Result<(), Error> {
        let at = state_index(self.signature(), name)?;
        let initial = values.into().initial(self.whose(Recipient::State(at)))?;
        self.simulation.setup_mut().initial[at] = initial;
        Ok(())
    }

    /// Goes back to step 0: states to their initial values, computed from the parameters as they are now, no neuron refractory, inputs
    /// and events from their start, and the same random numbers again. Parameters and what is connected stay.
    ///
    /// # Errors
    /// Initial values that the precision cannot hold; the population is then unchanged.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.simulation.reset(self.batch())
    }

    /// As [`Population::reset`], with `members` members from now on. Drawn initial values are drawn anew for each of them.
    ///
    /// # Errors
    /// Values that were given for all neurons and differ between members, inputs with one value a step and neuron, and events for
    /// neurons that are no more: set them to something else before. The population is then unchanged.
    pub fn reset_batch(&mut self, members: usize) -> Result<(), Error> {
        self.simulation.reset(Some(members))
    }

    /// Changes a parameter between runs. States, counters and the step stay as they are, and nothing is compiled anew. Only where a
    /// coefficient that was the same for all neurons differs between them for the first time, another kernel is needed; from then on it
    /// has an array.
    ///
    /// # Errors
    /// As for [`Builder::build`]; the population is then unchanged.
    pub fn set(&mut self, name: &str, values: impl Into<Values>) -> Result<(), Error> {
        let at = param_index(self.signature(), name)?;
        let values = values.into().parameter(self.whose(Recipient::Parameter(at)))?;
        self.simulation.set_param(at, values)
    }

    /// Connects another source to a continuous input, in place of the one that was connected so before; those with a label stay.
    ///
    /// # Errors
    /// An unknown name, or values that cannot be used.
    pub fn set_input(&mut self, name: &str, source: impl Into<Source>) -> Result<(), Error> {
        let at = input_index(self.signature(), name)?;
        let whose = self.whose(Recipient::Input(at));
        if !self.setup().inputs[at].parts.is_empty() {
            let part = Part::new(None, source.into(), whose)?;
            return self.simulation.set_part(at, part);
        }
        let input = Input::new(source.into(), whose)?;
        self.simulation.set_input(at, input)
    }

    /// Replaces the events of a port; sources with a label stay.
    ///
    /// # Errors
    /// An unknown name, or events that cannot be delivered.
    pub fn set_events(&mut self, port: &str, events: Vec<Event>) -> Result<(), Error> {
        let signature = self.signature();
        let at = port_index(signature, port)?;
        let queue = Queue::new(events, port, &signature.ports[at].unit, self.neurons())?;
        self.simulation.set_queue(at, queue)
    }
}

/// The whole number of steps of `dt` ms in `duration` ms.
///
/// # Errors
/// A duration that is negative or no whole number of steps.
pub fn steps_in(duration: f64, dt: f64) -> Result<u64, Error> {
    let refused = |reason: String| Error::Duration {
        duration: duration.to_string(),
        dt: dt.to_string(),
        reason,
    };
    let (Some(exact), Some(step)) = (Decimal::from_f64_shortest(duration), Decimal::from_f64_shortest(dt)) else {
        return Err(refused("both must be finite".to_owned()));
    };
    steps(&exact, &step).map_err(|e: StepsError| refused(e.to_string()))
}

/// The index of a name among `names`, which are all there are of a `kind`; for programs that take names from people.
///
/// # Errors
/// [`Error::UnknownName`], with a name that was perhaps meant.
pub fn index_of<'a>(
    signature: &Signature,
    kind: &'static str,
    name: &str,
    names: impl Iterator<Item = &'a String> + Clone,
) -> Result<usize, Error> {
    names.clone().position(|n| n == name).ok_or_else(|| Error::UnknownName {
        model: signature.name.clone(),
        kind,
        name: name.to_owned(),
        suggestion: alif_core::nearest(name, names.map(String::as_str)).map(str::to_owned),
    })
}

#[cfg(feature = "threads")]
pub(crate) fn team(threads: usize) -> Result<Option<Team>, Error> {
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, core::num::NonZero::get),
        threads => threads,
    };
    if threads == 1 {
        Ok(None)
    } else {
        Team::new(threads).map(Some)
    }
}

/// Whose values they are.
pub(crate) fn whose(signature: &Signature, axes: Axes, seed: u64, of: Recipient) -> Whose<'_> {
    let (name, unit) = match of {
        Recipient::Parameter(at) => (&signature.params[at].name, &signature.params[at].unit),
        Recipient::State(at) => (&signature.states[at].name, &signature.states[at].unit),
        Recipient::Input(at) => (&signature.inputs[at].name, &signature.inputs[at].unit),
    };
    Whose {
        name,
        unit,
        axes,
        seed,
        of,
    }
}

pub(crate) fn state_index(signature: &Signature, name: &str) -> Result<usize, Error> {
    index_of(signature, "state", name, signature.states.iter().map(|s| &s.name))
}

fn param_index(signature: &Signature, name: &str) -> Result<usize, Error> {
    index_of(signature, "parameter", name, signature.params.iter().map(|p| &p.name))
}

pub(crate) fn input_index(signature: &Signature, name: &str) -> Result<usize, Error> {
    index_of(signature, "input", name, signature.inputs.iter().map(|i| &i.name))
}

pub(crate) fn port_index(signature: &Signature, name: &str) -> Result<usize, Error> {
    index_of(signature, "event port", name, signature.ports.iter().map(|p| &p.name))
}

fn recorder(signature: &Signature, monitor: &Monitor, shape: &Shape, batch: Option<usize>) -> Result<Recorder, Error> {
    let (quantity, unit) = quantity_of(signature, &monitor.name)?;
    let quantity = match quantity {
        Quantity::State(state) if monitor.before_reset => Quantity::BeforeReset(state),
        _ if monitor.before_reset => {
            return Err(Error::Monitor {
                name: monitor.name.clone(),
                reason: "only a state has a value before the reset".to_owned(),
            });
        }
        other => other,
    };
    Recorder::new(monitor, quantity, &unit.text, shape, batch)
}

/// The state or definition of this name, and its unit.
pub(crate) fn quantity_of<'a>(signature: &'a Signature, name: &str) -> Result<(Quantity, &'a UnitInfo), Error> {
    let names = signature.states.iter().chain(&signature.lets).map(|s| &s.name);
    let at = index_of(signature, "state or definition", name, names)?;
    match at.checked_sub(signature.states.len()) {
        None => Ok((Quantity::State(at), &signature.states[at].unit)),
        Some(definition) if signature.lets[definition].observable => {
            Ok((Quantity::Definition(definition), &signature.lets[definition].unit))
        }
        Some(_) => Err(Error::Monitor {
            name: name.to_owned(),
            reason: "it reads `prev`, or is a condition, and has no value after the step".to_owned(),
        }),
    }
}

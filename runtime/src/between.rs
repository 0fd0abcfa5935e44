//! What a program does with a population between its steps: sources of inputs by label, delays, functions before and after each step.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use crate::delay::Delay;
use crate::distribution::Recipient;
use crate::error::Error;
use crate::hooks::{Hook, Hooks};
use crate::input::Source;
use crate::parts::Part;
use crate::population::{Population, input_index, port_index, quantity_of, state_index, whose};
use crate::record::{Batch, Recording};
use crate::simulation::{Delayed, Watch};
use crate::typed::Drives;
use crate::values::{Values, Whose};

/// The name under which delays remember spikes; no model can have a state of this name.
const SPIKE: &str = "spike";

/// The functions that are called between steps.
#[derive(Debug, Default)]
pub(crate) struct Between {
    before: Hooks,
    after: Hooks,
    /// Whether one of them is being called.
    within: bool,
}

/// When a hook is called.
const BEFORE: &str = "before each step";
const AFTER: &str = "after each step";

/// What writes the inputs of a step.
type Drive<'a> = &'a mut dyn FnMut(u64, Drives<'_>);

impl Population {
    /// Adds a source to an input: in each step the input is the sum of its sources, added in double precision in the order in which
    /// they were connected, and rounded once. What [`Population::set_input`] connects has no label and comes first.
    ///
    /// A source that is added to an *event port* gives weights: in each step one event for each neuron whose weight is not 0, behind
    /// those of the list that [`Population::set_events`] sets. `dV += w` in each step is so a port with `on port(w) { V += w; }`.
    ///
    /// Constants are summed once; where another source is among them, steps are made one by one.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # let model = Model::from_text("model M { state V = 0; input I; input w : event; 10 ms * dV/dt = -V + I; on w(x) { V += x; } }")?;
    /// let mut population = model.population(2).build()?;
    /// population.add_input("I", "background", 1.0)?;
    /// population.add_input("I", "ramp", Source::Callback(Box::new(|step, values| values.fill(0.1 * step as f64))))?;
    /// population.add_input("w", "kick", [0.5, 0.0])?;
    /// population.run(10)?;
    /// population.remove_input("I", "ramp")?;
    /// assert_eq!(population.input_labels("I")?, ["background"]);
    /// population.clear_input("I")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An unknown name, a label that is taken, values that cannot be used, or an input whose source without a label is one value a step
    /// and neuron.
    pub fn add_input(&mut self, name: &str, label: &str, source: impl Into<Source>) -> Result<(), Error> {
        match self.input_or_port(name)? {
            Ending::Input(input) => {
                let part = Part::new(Some(label), source.into(), self.whose(Recipient::Input(input)))?;
                self.simulation.add_part(input, part)
            }
            Ending::Port(port) => {
                let part = Part::new(Some(label), source.into(), self.whose_port(port))?;
                self.simulation
                    .change_port(port, |queue, name| queue.parts.add(part, name))
            }
        }
    }

    /// Removes the source of this label from an input or port.
    ///
    /// # Errors
    /// An unknown name or label.
    pub fn remove_input(&mut self, name: &str, label: &str) -> Result<(), Error> {
        match self.input_or_port(name)? {
            Ending::Input(input) => self.simulation.remove_part(input, label),
            Ending::Port(port) => self
                .simulation
                .change_port(port, |queue, name| queue.parts.remove(label, name).map(drop)),
        }
    }

    /// The labels of the sources of an input or port, in the order in which they are added.
    ///
    /// # Errors
    /// An unknown name.
    pub fn input_labels(&self, name: &str) -> Result<Vec<&str>, Error> {
        let setup = self.simulation.setup();
        Ok(match self.input_or_port(name)? {
            Ending::Input(input) => setup.inputs[input].parts.labels().collect(),
            Ending::Port(port) => setup.queues[port].parts.labels().collect(),
        })
    }

    /// Disconnects an input, which is then 0, or silences a port: all sources go, with and without label, and all events.
    ///
    /// # Errors
    /// An unknown name.
    pub fn clear_input(&mut self, name: &str) -> Result<(), Error> {
        match self.input_or_port(name)? {
            Ending::Input(input) => self.simulation.set_input(input, crate::input::Input::none()),
            Ending::Port(port) => self.simulation.change_port(port, |queue, _| {
                *queue = crate::event::Queue::default();
                Ok(())
            }),
        }
    }

    /// Adds to what an input is in the next step, or to the weights that arrive at a port in it; after that step it is gone. What is
    /// accumulated several times is summed.
    ///
    /// # Errors
    /// As for [`Population::add_input`].
    pub fn accumulate(&mut self, name: &str, values: impl Into<Values>) -> Result<(), Error> {
        let neurons = self.neurons();
        match self.input_or_port(name)? {
            Ending::Input(input) => {
                let values = values.into().coherent(self.whose(Recipient::Input(input)))?;
                self.simulation.accumulate(input, &values)
            }
            Ending::Port(port) => {
                let values = values.into().coherent(self.whose_port(port))?;
                self.simulation.change_port(port, |queue, _| {
                    queue.parts.accumulate(&values, neurons);
                    Ok(())
                })
            }
        }
    }

    fn input_or_port(&self, name: &str) -> Result<Ending, Error> {
        let signature = self.signature();
        match input_index(signature, name) {
            Ok(input) => Ok(Ending::Input(input)),
            Err(unknown) => port_index(signature, name).map(Ending::Port).map_err(|other| {
                // The one that says what was perhaps meant.
                if matches!(
                    &other,
                    Error::UnknownName {
                        suggestion: Some(_),
                        ..
                    }
                ) {
                    other
                } else {
                    unknown
                }
            }),
        }
    }

    /// Whose weights they are; those that are drawn come from the streams behind the inputs.
    fn whose_port(&self, port: usize) -> Whose<'_> {
        let setup = self.simulation.setup();
        let info = &setup.signature.ports[port];
        let of = Recipient::Input(setup.signature.inputs.len() + port);
        Whose {
            name: &info.name,
            unit: &info.unit,
            axes: setup.axes,
            seed: setup.seed,
            of,
        }
    }

    /// Remembers a state, a definition or `spike` for this long from now on, so that [`Population::delayed`] can tell it. Every way of
    /// making steps moves it on; steps are then made one by one.
    ///
    /// # Errors
    /// An unknown name, a time that is no whole number of steps, memory that cannot be had.
    pub fn delay(&mut self, name: &str, longest: impl Into<Delay>) -> Result<(), Error> {
        let of = self.delayed_quantity(name)?;
        let steps = longest.into().in_steps(self.dt())?;
        self.simulation.add_delay(of, steps)
    }

    /// What a state or definition was some steps ago, in the unit that the model declares, or 1 for each neuron that spiked then, else 0.
    ///
    /// 0 steps ago is the last step that was made, and k steps ago the one k before it; each value is what a monitor would have recorded. What lies before the first step, or
    /// before the delay was asked for, counts as having been as it was then, without spikes.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # let model = Model::from_text("model M { state V = 1; 10 ms * dV/dt = -V; }")?;
    /// let mut population = model.population(1).dt(0.1).delay("V", Delay::ms(0.3)).build()?;
    /// population.run(2)?;
    /// let v = |ago| population.delayed("V", Delay::steps(ago)).map(|values| values[0]);
    /// assert_eq!((v(0)?, v(2)?, v(3)?), (population.state("V")?[0], 1.0, 1.0));
    /// assert!(v(0)? < v(1)? && v(4).is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An unknown name, a time that is no whole number of steps, or more steps than were asked for by [`Population::delay`].
    pub fn delayed(&self, name: &str, ago: impl Into<Delay>) -> Result<Vec<f64>, Error> {
        let of = self.delayed_quantity(name)?;
        let steps = ago.into().in_steps(self.dt())?;
        let values = self.simulation.delayed(of, steps).ok_or_else(|| Error::Delay {
            name: name.to_owned(),
            steps,
            most: match self.simulation.longest_delay(of) {
                Some(longest) => format!("{longest} are"),
                None => "none are".to_owned(),
            },
        })?;
        Ok(match of {
            Delayed::Spikes => values,
            Delayed::Quantity(_) => {
                let (_, unit) = quantity_of(self.signature(), name)?;
                values.into_iter().map(|value| unit.declared(value)).collect()
            }
        })
    }

    fn delayed_quantity(&self, name: &str) -> Result<Delayed, Error> {
        let signature = self.signature();
        if name != SPIKE {
            return quantity_of(signature, name).map(|(quantity, _)| Delayed::Quantity(quantity));
        }
        if signature.spikes {
            return Ok(Delayed::Spikes);
        }
        Err(Error::Monitor {
            name: name.to_owned(),
            reason: "the model has no spike condition".to_owned(),
        })
    }

    /// A state or definition as it is now, in the unit that the model declares: what a monitor records.
    ///
    /// # Errors
    /// An unknown name, or a definition that has no value after a step.
    pub fn value(&self, name: &str) -> Result<Vec<f64>, Error> {
        let (quantity, unit) = quantity_of(self.signature(), name)?;
        let values = self.simulation.quantity(quantity).into_iter();
        Ok(values.map(|value| unit.declared(value)).collect())
    }

    /// The right-hand side of a state's equation over the factor of its derivative, at the states, parameters and inputs of now, in the
    /// unit that the model declares for the state, per ms. It is computed in double precision, without noise and whether a neuron is
    /// refractory or not: to be looked at, while steps use what was derived from it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # let model = Model::from_text("model M { param tau = 10 ms; state V = 1 mV; input I : mV; tau * dV/dt = -V + I; }")?;
    /// let population = model.population(1).set("tau", 20.0).input("I", 5.0).build()?;
    /// assert_eq!(population.derivative("V")?, [(5.0 - 1.0) / 20.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// An unknown name, a state without equation, and types of `alif_model!`, which keep no equations.
    pub fn derivative(&self, state: &str) -> Result<Vec<f64>, Error> {
        let at = state_index(self.signature(), state)?;
        let unit = &self.signature().states[at].unit;
        let values = self.simulation.derivative(at)?.into_iter();
        Ok(values.map(|value| unit.declared(value)).collect())
    }

    /// The neurons that spiked in the last step, in order; none before the first.
    #[must_use]
    pub fn spiked(&self) -> Vec<u32> {
        self.simulation.spiked()
    }

    /// Has a function called before each step, after those that were added earlier. It may read and change all of the population but
    /// what is called. Without such functions steps cost nothing more; with them they are made one by one, with the same results.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use alif::prelude::*;
    /// # let model = Model::from_text("model M { state V = 0; input I; 10 ms * dV/dt = -V + I; }")?;
    /// let mut population = model.population(2).delay("V", Delay::ms(1.0)).build()?;
    /// // Each neuron gets what it was 1 ms ago, and a little more.
    /// population.before_step("feedback", |population| {
    ///     let before = population.delayed("V", Delay::ms(1.0))?;
    ///     population.accumulate("I", before)?;
    ///     population.accumulate("I", 0.5)
    /// })?;
    /// population.run_for(20.0)?;
    /// population.remove_before_step("feedback")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A name that is taken, and in a function that is called between steps.
    pub fn before_step(
        &mut self,
        name: &str,
        hook: impl FnMut(&mut Self) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let hook: Hook = Box::new(hook);
        self.changeable()?.before.add(name, hook, BEFORE)
    }

    /// Has a function called after each step, see [`Population::before_step`]. Monitors and delays have seen the step before it.
    ///
    /// # Errors
    /// As for [`Population::before_step`].
    pub fn after_step(
        &mut self,
        name: &str,
        hook: impl FnMut(&mut Self) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let hook: Hook = Box::new(hook);
        self.changeable()?.after.add(name, hook, AFTER)
    }

    /// Removes a function that is called before each step.
    ///
    /// # Errors
    /// An unknown name, and in a function that is called between steps.
    pub fn remove_before_step(&mut self, name: &str) -> Result<(), Error> {
        self.changeable()?.before.remove(name, BEFORE)
    }

    /// Removes a function that is called after each step.
    ///
    /// # Errors
    /// As for [`Population::remove_before_step`].
    pub fn remove_after_step(&mut self, name: &str) -> Result<(), Error> {
        self.changeable()?.after.remove(name, AFTER)
    }

    /// The names of the functions that are called before each step, in order.
    #[must_use]
    pub fn before_steps(&self) -> Vec<&str> {
        self.between.before.names().collect()
    }

    /// The names of the functions that are called after each step, in order.
    #[must_use]
    pub fn after_steps(&self) -> Vec<&str> {
        self.between.after.names().collect()
    }

    fn changeable(&mut self) -> Result<&mut Between, Error> {
        if self.between.within {
            return Err(Error::Within {
                what: "change what is called",
            });
        }
        Ok(&mut self.between)
    }

    /// Makes steps, in one run where nothing is called or remembered between them.
    pub(crate) fn go(&mut self, steps: u64, drive: Option<Drive<'_>>, watch: Watch<'_>) -> Result<Recording, Error> {
        if self.between.within {
            return Err(Error::Within {
                what: "run the population",
            });
        }
        if steps == 0
            || (self.between.before.is_empty() && self.between.after.is_empty() && !self.simulation.has_delays())
        {
            return self.simulation.run(steps, drive, watch);
        }
        self.step_by_step(steps, drive, watch)
    }

    /// Makes steps one by one, each a run of its own.
    fn step_by_step(
        &mut self,
        steps: u64,
        mut drive: Option<Drive<'_>>,
        mut watch: Watch<'_>,
    ) -> Result<Recording, Error> {
        self.simulation.inputs_last(steps)?;
        let mut all: Option<Recording> = None;
        for made in 1..=steps {
            self.call(|between| &mut between.before)?;
            let mut flow = ControlFlow::Continue(());
            let drive = drive.as_mut().map(|drive| &mut **drive as Drive<'_>);
            let one = match &mut watch {
                Watch::Batches(sink) => {
                    let mut told = |batch: Batch<'_>| {
                        flow = sink(batch);
                        flow
                    };
                    self.simulation.run(1, drive, Watch::Batches(&mut told))?
                }
                _ => self.simulation.run(1, drive, Watch::Nobody)?,
            };
            match &mut all {
                None => all = Some(one),
                Some(all) => all.append(one),
            }
            self.simulation.remember();
            self.call(|between| &mut between.after)?;
            if let Watch::EachStep(go_on) = &mut watch {
                flow = go_on(made);
            }
            if flow.is_break() {
                break;
            }
        }
        Ok(all.expect("at least one step was made"))
    }

    /// Calls hooks, which meanwhile cannot be changed.
    fn call(&mut self, which: impl Fn(&mut Between) -> &mut Hooks) -> Result<(), Error> {
        if which(&mut self.between).is_empty() {
            return Ok(());
        }
        let mut hooks = core::mem::take(which(&mut self.between));
        self.between.within = true;
        let called = hooks.call(self);
        self.between.within = false;
        *which(&mut self.between) = hooks;
        called
    }

    pub(crate) fn whose(&self, of: Recipient) -> Whose<'_> {
        let setup = self.simulation.setup();
        whose(&setup.signature, setup.axes, setup.seed, of)
    }
}

/// Where a source leads to.
enum Ending {
    Input(usize),
    Port(usize),
}

impl Recording {
    /// Puts the steps that came next behind these.
    fn append(&mut self, next: Self) {
        self.steps += next.steps;
        self.spike_count += next.spike_count;
        self.spikes.extend(next.spikes);
        for (trace, next) in self.traces.iter_mut().zip(next.traces) {
            trace.steps.extend(next.steps);
            trace.values.extend(next.values);
        }
    }
}

/// What a builder was asked to do between steps.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) sources: Vec<(String, String, Source)>,
    pub(crate) delays: Vec<(String, Delay)>,
}

impl Asked {
    /// Does it.
    pub(crate) fn of(self, population: &mut Population) -> Result<(), Error> {
        for (name, label, source) in self.sources {
            population.add_input(&name, &label, source)?;
        }
        for (name, longest) in self.delays {
            population.delay(&name, longest)?;
        }
        Ok(())
    }
}

//! A layer in the making.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use alif_core::{Signature, UnitInfo};

use super::layer::{Connection, Parts};
use super::{Feedback, Float, Gain, Layer, LearnError, Objective, Rates, Readout, Tape, Weights};
use crate::distribution::Recipient;
use crate::error::Error;
use crate::neuron::{Engine, Neuron};
use crate::population::index_of;
use crate::values::{Axes, Coherent, Values, Whose};
use crate::{AdjointOptions, Rule, SurrogateChoice, Wanted};

/// A layer in the making; names are looked up when it is built.
#[derive(Debug)]
#[must_use = "nothing happens before `build`"]
pub struct LayerBuilder<T: Float> {
    neuron: Arc<dyn Neuron>,
    neurons: usize,
    dt: f64,
    seed: u64,
    engine: Option<Engine>,
    threads: usize,
    set: Vec<(String, Values)>,
    input: Option<(String, Weights<T>)>,
    recurrent: Option<(String, Weights<T>)>,
    delay: usize,
    readout: Option<Readout<T>>,
    feedback: Feedback<T>,
    adjoint: AdjointOptions,
    transmits: bool,
    objective: Option<Objective>,
    rates: Option<Rates>,
    tape: Tape,
}

impl<T: Float> LayerBuilder<T> {
    pub(super) fn new(neuron: Arc<dyn Neuron>, neurons: usize) -> Self {
        Self {
            neuron,
            neurons,
            dt: 1.0,
            seed: 0,
            engine: None,
            threads: 1,
            set: Vec::new(),
            input: None,
            recurrent: None,
            delay: 1,
            readout: None,
            feedback: Feedback::Symmetric,
            adjoint: AdjointOptions {
                params: Wanted::None,
                ..AdjointOptions::default()
            },
            transmits: true,
            objective: None,
            rates: None,
            tape: Tape::Auto,
        }
    }

    /// The time step in ms; 1 unless set.
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

    /// How many threads share the trials of a batch; 0 means one for each processor. The results are the same for every choice.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Sets a parameter: one value, one a neuron, or a [`Distribution`](crate::Distribution), in the unit that the model declares.
    pub fn set(mut self, name: impl Into<String>, values: impl Into<Values>) -> Self {
        self.set.push((name.into(), values.into()));
        self
    }

    /// The weights from inputs, neurons × inputs: what a spike adds to the continuous input or event port of this name, in its unit.
    pub fn inputs(mut self, name: impl Into<String>, weights: Weights<T>) -> Self {
        self.input = Some((name.into(), weights));
        self
    }

    /// The weights from neuron to neuron, neurons × neurons; nobody drives himself, so the diagonal becomes zero and stays so.
    pub fn recurrent(mut self, name: impl Into<String>, weights: Weights<T>) -> Self {
        self.recurrent = Some((name.into(), weights));
        self
    }

    /// How many steps after a spike the other neurons receive it; 1 unless set, which is the least.
    pub fn delay(mut self, steps: usize) -> Self {
        self.delay = steps;
        self
    }

    /// The readout.
    pub fn readout(mut self, readout: Readout<T>) -> Self {
        self.readout = Some(readout);
        self
    }

    /// The weights by which errors reach the neurons; [`Feedback::Symmetric`] unless set.
    pub fn feedback(mut self, feedback: Feedback<T>) -> Self {
        self.feedback = feedback;
        self
    }

    /// How the gradient is found; [`Rule::Bptt`] unless set. With [`Rule::Eprop`] nothing goes back from neuron to neuron, and what
    /// reaches a neuron through the [`Feedback`] is its learning signal.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.adjoint.rule = rule;
        self
    }

    /// No derivatives flow back through recurrent weights, whatever the rule.
    pub fn without_transmission(mut self) -> Self {
        self.transmits = false;
        self
    }

    /// A surrogate in the place of the model's own.
    pub fn surrogate(mut self, surrogate: SurrogateChoice) -> Self {
        self.adjoint.surrogate = Some(surrogate);
        self
    }

    /// Parameters of the model whose gradients are computed besides those of weights; none unless set.
    pub fn params(mut self, wanted: Wanted) -> Self {
        self.adjoint.params = wanted;
        self
    }

    /// What is to become small.
    pub fn objective(mut self, objective: Objective) -> Self {
        self.objective = Some(objective);
        self
    }

    /// Draws firing rates to a target.
    pub fn rates(mut self, rates: Rates) -> Self {
        self.rates = Some(rates);
        self
    }

    /// How much of the way forward is kept for the way back.
    pub fn tape(mut self, tape: Tape) -> Self {
        self.tape = tape;
        self
    }

    /// Builds the layer: checks shapes, binds parameters, compiles the model and its adjoint.
    ///
    /// # Errors
    /// Unknown names, weights of another shape, values that cannot be used, a model that has no adjoint.
    pub fn build(self) -> Result<Layer<T>, LearnError> {
        let n = self.neurons;
        if n == 0 || u32::try_from(n).is_err() {
            return Err(Error::Neurons.into());
        }
        if !(self.dt > 0.0 && self.dt.is_finite()) {
            return Err(Error::TimeStep(self.dt).into());
        }
        if self.delay == 0 {
            return Err(LearnError::Value {
                what: "the delay of recurrent spikes".into(),
                value: 0.0,
                wanted: "at least 1 step",
            });
        }
        let signature = self.neuron.signature();
        if !signature.spikes {
            let model = &signature.name;
            return Err(LearnError::Unsupported(format!("model `{model}` does not spike")));
        }
        let mut params: Vec<Option<Coherent>> = vec![None; signature.params.len()];
        for (name, values) in &self.set {
            let (at, values) = parameter(&signature, n, self.seed, name, values)?;
            params[at] = Some(values);
        }
        let (input, weights) = self.input.ok_or(LearnError::Missing("input weights"))?;
        check(&weights, "input", n, weights.pre())?;
        let input = connection(&signature, &input, weights)?;
        let recurrent = match self.recurrent {
            None => None,
            Some((name, mut weights)) => {
                check(&weights, "recurrent", n, n)?;
                weights.clear_diagonal();
                Some(connection(&signature, &name, weights)?)
            }
        };
        let readout = self.readout.ok_or(LearnError::Missing("readout"))?;
        check(&readout.weights, "readout", readout.weights.post(), n)?;
        positive("the time constant of the readout", readout.tau)?;
        match &self.feedback {
            Feedback::Symmetric => {}
            Feedback::Fixed(weights) => check(weights, "feedback", readout.weights.post(), n)?,
            Feedback::Adaptive { weights, decay } => {
                check(weights, "feedback", readout.weights.post(), n)?;
                if !(0.0..=1.0).contains(decay) {
                    return Err(LearnError::Value {
                        what: "the decay of the feedback".into(),
                        value: *decay,
                        wanted: "from 0 to 1",
                    });
                }
            }
        }
        if let Some(rates) = self.rates
            && !(rates.strength.is_finite() && rates.target.is_finite())
        {
            return Err(LearnError::Value {
                what: "the strength or target of the rates".into(),
                value: rates.strength + rates.target,
                wanted: "finite",
            });
        }
        let engine = self.engine.unwrap_or_else(|| self.neuron.default_engine());
        Layer::new(Parts {
            neuron: self.neuron,
            signature,
            neurons: n,
            dt: self.dt,
            seed: self.seed,
            engine,
            threads: self.threads,
            params,
            input,
            recurrent,
            delay: self.delay,
            readout,
            feedback: self.feedback,
            transmits: self.transmits && self.adjoint.rule != Rule::Eprop,
            adjoint: self.adjoint,
            objective: self.objective,
            rates: self.rates,
            tape: self.tape,
        })
    }
}

fn positive(what: &str, value: f64) -> Result<(), LearnError> {
    if value > 0.0 {
        return Ok(());
    }
    Err(LearnError::Value {
        what: what.into(),
        value,
        wanted: "positive",
    })
}

fn check<T: Float>(weights: &Weights<T>, what: &'static str, post: usize, pre: usize) -> Result<(), LearnError> {
    if (weights.post(), weights.pre()) != (post, pre) {
        return Err(LearnError::Weights {
            what,
            found_post: weights.post(),
            found_pre: weights.pre(),
            post,
            pre,
        });
    }
    if weights.is_finite() {
        return Ok(());
    }
    Err(LearnError::Value {
        what: format!("one of the {what} weights"),
        value: f64::NAN,
        wanted: "finite",
    })
}

/// A parameter, by its number, with its values in the coherent set.
pub(super) fn parameter(
    signature: &Signature,
    neurons: usize,
    seed: u64,
    name: &str,
    values: &Values,
) -> Result<(usize, Coherent), Error> {
    let at = index_of(signature, "parameter", name, signature.params.iter().map(|p| &p.name))?;
    let values = values.parameter(Whose {
        name,
        unit: &signature.params[at].unit,
        axes: Axes {
            members: 1,
            each: neurons,
        },
        seed,
        of: Recipient::Parameter(at),
    })?;
    Ok((at, values))
}

/// Finds what weights drive.
fn connection<T: Float>(signature: &Signature, name: &str, weights: Weights<T>) -> Result<Connection<T>, LearnError> {
    let names = signature.inputs.iter().map(|i| &i.name);
    let names = names.chain(signature.ports.iter().map(|p| &p.name));
    let at = index_of(signature, "input or event port", name, names)?;
    let factor = |unit: &UnitInfo| T::from_f64(unit.coherent(1.0));
    let (port, index, factor) = match at.checked_sub(signature.inputs.len()) {
        None => (false, at, factor(&signature.inputs[at].unit)),
        Some(port) => {
            let info = &signature.ports[port];
            if info.each {
                return Err(LearnError::Unsupported(format!(
                    "the blocks of event port `{name}` are not affine in the weight, so a step's weights cannot be summed"
                )));
            }
            (true, port, factor(&info.unit))
        }
    };
    Ok(Connection {
        port,
        index,
        factor,
        weights,
    })
}

impl Gain {
    /// The factor g.
    pub(super) fn factor(self, dt: f64, tau: f64) -> f64 {
        match self {
            Self::Normalised => -alif_core::math::expm1(-dt / tau),
            Self::One => 1.0,
        }
    }
}

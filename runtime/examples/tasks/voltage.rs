//! A fit to a recorded potential.

use std::error::Error;

use alif::Wanted;
use alif::learn::{Fit, Method, Optimiser, Weights};
use alif::{Model, SurrogateChoice};
use alif_core::math;

pub(crate) const NAMES: [&str; 3] = ["tau", "tau_a", "beta"];
/// The parameters that the recording is made with.
pub(crate) const TRUE: [f64; 3] = [20.0, 200.0, 1.6];
/// The parameters that fits begin with.
pub(crate) const STARTS: [[f64; 3]; 2] = [[30.0, 100.0, 0.8], [12.0, 400.0, 3.0]];

const STEPS: usize = 400;
const NEURONS: usize = 20;

const TEXT: &str = "model Alif {
    param tau = 20 ms where tau > 0 ms;
    param tau_a = 200 ms where tau_a > 0 ms;
    param beta = 1.6 mV;
    param V_th = 10 mV;
    state V = 0 mV;
    state a = 0;
    input I : mV;
    tau * dV/dt = -V + I;
    tau_a * da/dt = -a;
    spike when V > V_th + beta * a { V -= V_th; a += 1; }
    learn { surrogate relu_grad((V - V_th - beta * a) / 3 mV); }
}";

/// A fit under way: it follows the gradient by the logarithms of the parameters.
pub(crate) struct Voltage {
    fit: Fit<f64>,
    optimiser: Optimiser<f64>,
    logarithms: [f64; 3],
    recorded: Vec<f64>,
}

fn fit(recorded: Vec<f64>, values: [f64; 3]) -> Result<Fit<f64>, Box<dyn Error>> {
    let mut builder = Fit::builder(Model::from_text(TEXT)?, NEURONS).dt(1.0);
    for (name, value) in NAMES.iter().zip(values) {
        builder = builder.set(*name, value);
    }
    let builder = builder
        .input("I", currents())
        .recorded("V", recorded)
        .params(Wanted::Named(NAMES.map(String::from).to_vec()))
        .surrogate(SurrogateChoice {
            name: "relu_grad".into(),
            settings: vec![("alpha".into(), 0.3), ("width".into(), 1.0)],
        });
    Ok(builder.build()?)
}

impl Voltage {
    pub(crate) fn new(start: [f64; 3]) -> Result<Self, Box<dyn Error>> {
        // What the true parameters do, whatever was recorded.
        let recorded = fit(vec![0.0; STEPS * NEURONS], TRUE)?.gradient(0)?.course;
        Ok(Self {
            fit: fit(recorded.clone(), start)?,
            optimiser: Optimiser::new(Method::adam(0.03)),
            logarithms: start.map(math::ln),
            recorded,
        })
    }

    /// The parameters.
    pub(crate) fn values(&self) -> [f64; 3] {
        self.logarithms.map(math::exp)
    }

    /// One iteration, at this part of the course; gives the loss before it.
    pub(crate) fn learn(&mut self, part: f64) -> Result<f64, Box<dyn Error>> {
        for (name, value) in NAMES.iter().zip(self.values()) {
            self.fit.set(name, value)?;
        }
        let gradient = self.fit.gradient(0)?;
        let values = self.values();
        let mut slopes = [0.0; 3];
        for ((slope, name), value) in slopes.iter_mut().zip(NAMES).zip(values) {
            *slope = gradient.param(name).ok_or("a parameter has no derivative")? * value;
        }
        self.optimiser.set_rate(0.03 * (1.0 - 0.9 * part));
        self.optimiser.update(&mut [(&mut self.logarithms, &slopes)]);
        Ok(gradient.loss)
    }

    /// The potential of the first neuron under the present parameters.
    pub(crate) fn potential(&self) -> Result<Vec<f64>, Box<dyn Error>> {
        Ok(self.fit.gradient(0)?.course.iter().step_by(NEURONS).copied().collect())
    }

    /// The recorded potential of the first neuron.
    pub(crate) fn recorded(&self) -> Vec<f64> {
        self.recorded.iter().step_by(NEURONS).copied().collect()
    }
}

/// Currents that fluctuate around 14 mV by 8 mV with a correlation time of 20 ms: steps × neurons.
fn currents() -> Vec<f64> {
    let noise = Weights::<f64>::normal(STEPS, NEURONS, 8.0 * math::sqrt(-math::expm1(-0.1)), 1);
    let decay = math::exp(-0.05);
    let mut now = [0.0; NEURONS];
    let mut currents = Vec::with_capacity(STEPS * NEURONS);
    for step in 0..STEPS {
        for (neuron, value) in now.iter_mut().enumerate() {
            *value = decay * *value + noise.get(step, neuron);
            currents.push(14.0 + *value);
        }
    }
    currents
}

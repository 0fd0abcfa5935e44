//! Pattern generation.

use alif::learn::{
    Feedback, Gain, Layer, LearnError, Loss, Method, Objective, Optimiser, Over, Raster, Rates, Readout, Targets,
    Trials, Weights,
};
use alif::{Model, Rule};
use alif_core::math;

/// Steps of 1 ms.
const STEPS: usize = 1000;
const INPUTS: usize = 100;
const NEURONS: usize = 100;

const TEXT: &str = "model Lif {
    param tau = 30 ms where tau > 0 ms;
    param v_th = 0.03 where v_th > 0;
    state v = 0;
    input I;
    tau * dv/dt = -v + I;
    spike when v >= v_th delayed { v -= v_th; }
    learn { surrogate relu_grad((v - v_th) / v_th, alpha = 0.3, width = 1); detach v; }
}";

/// The weights through which learning signals come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Symmetric,
    Random,
}

/// A layer that learns a pattern.
pub(crate) struct Pattern {
    layer: Layer<f32>,
    optimiser: Optimiser<f32>,
    input: [Raster; 1],
    /// The pattern.
    pub(crate) target: Vec<f64>,
    power: f64,
}

impl Pattern {
    pub(crate) fn new(way: Way, seed: u64) -> Result<Self, Box<dyn std::error::Error>> {
        let normal = |post: usize, pre: usize, stream: u64| {
            Weights::normal(post, pre, 1.0 / math::sqrt(pre.max(post) as f64), 10 * seed + stream)
        };
        let layer = Layer::builder(Model::from_text(TEXT)?, NEURONS)
            .inputs("I", normal(NEURONS, INPUTS, 0))
            .recurrent("I", normal(NEURONS, NEURONS, 1))
            .readout(Readout {
                tau: 30.0,
                gain: Gain::Normalised,
                weights: normal(1, NEURONS, 2),
            })
            .feedback(match way {
                Way::Symmetric => Feedback::Symmetric,
                Way::Random => Feedback::Fixed(normal(1, NEURONS, 3)),
            })
            .rule(Rule::Eprop)
            .objective(Objective::new(Loss::SquaredError))
            .rates(Rates {
                strength: 300.0,
                target: 0.01,
                over: Over::Trial,
            })
            .build()?;
        let target = sines(seed);
        Ok(Self {
            layer,
            optimiser: Optimiser::new(Method::adam(3e-3)),
            input: [Raster::random(STEPS, INPUTS, 10 * seed + 4, |_, _| 0.05)],
            power: target.iter().map(|y| 0.5 * y * y).sum(),
            target,
        })
    }

    /// One iteration; gives the squared error before it, relative to the power of the pattern.
    pub(crate) fn learn(&mut self) -> Result<f64, LearnError> {
        let gradient = self.layer.gradient(&Trials {
            inputs: &self.input,
            targets: Targets::Values(&self.target),
            seed: 0,
        })?;
        self.optimiser.step(&mut self.layer, &gradient);
        Ok(gradient.loss() / self.power)
    }

    /// The readout in the last iteration.
    pub(crate) fn outputs(&self) -> Vec<f64> {
        let outcome = self.layer.outcome();
        outcome.outputs[0].iter().map(|&y| f64::from(y)).collect()
    }
}

/// Four sines with periods of 1000, 500, 333 and 200 ms, random amplitudes and phases, and together a mean of 0 and a peak of 1.
fn sines(seed: u64) -> Vec<f64> {
    let chance = Weights::<f64>::normal(2, 4, 1.0, 10 * seed + 5);
    let sines: Vec<(f64, f64, f64)> = [1000.0, 500.0, 333.0, 200.0]
        .iter()
        .enumerate()
        .map(|(k, period)| {
            (
                2.0 * std::f64::consts::PI / period,
                0.5 + chance.get(0, k).abs(),
                3.0 * chance.get(1, k),
            )
        })
        .collect();
    let value = |step: usize| {
        let terms = sines
            .iter()
            .map(|(w, amplitude, phase)| amplitude * math::sin(w * step as f64 + phase));
        terms.sum::<f64>()
    };
    let mut values: Vec<f64> = (0..STEPS).map(value).collect();
    let mean = values.iter().sum::<f64>() / STEPS as f64;
    let peak = values.iter().fold(0.0, |peak: f64, y| peak.max((y - mean).abs()));
    for y in &mut values {
        *y = (*y - mean) / peak;
    }
    values
}

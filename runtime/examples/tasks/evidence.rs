//! Evidence accumulation: on which side did more cues come, five of them, before a delay?

use alif::learn::{
    Feedback, Gain, Layer, LearnError, Loss, Method, Objective, Optimiser, Over, Raster, Rates, Readout, Targets,
    Trials, Weights,
};
use alif::{Model, Rule};
use alif_core::math;

/// Steps of 1 ms: five cues of 50 with pauses of 25, a delay of 200, and 60 in which to answer.
const CUES: usize = 5;
const CUE: usize = 50;
const PERIOD: usize = 75;
const RECALL: usize = 60;
const STEPS: usize = CUES * PERIOD + 200 + RECALL;
/// Ten inputs each for cues at the left and at the right, for the time to answer, and for noise.
const GROUP: usize = 10;
const INPUTS: usize = 4 * GROUP;
const NEURONS: usize = 100;
const BATCH: usize = 32;
/// The iterations that it takes to learn.
pub(crate) const ITERATIONS: usize = 250;
/// The learning rate at the start.
const RATE: f64 = 5e-3;

const TEXT: &str = "model Alif {
    param tau = 20 ms where tau > 0 ms;
    param tau_a = 800 ms where tau_a > 0 ms;
    param beta = 0;
    param v_th = 0.6 where v_th > 0;
    state v = 0;
    state a = 0;
    input syn : event;
    tau * dv/dt = -v;
    tau_a * da/dt = -a;
    on syn(w) after { v += w; }
    spike when v >= v_th + beta * a delayed { v -= v_th; a += 1; }
    refractory 5 ms;
    learn { surrogate relu_grad((v - v_th - beta * a) / v_th, alpha = 0.3, width = 1); detach v; }
}";

/// A layer that learns to weigh evidence.
pub(crate) struct Evidence {
    layer: Layer<f32>,
    optimiser: Optimiser<f32>,
    seed: u64,
    iteration: u64,
}

/// One iteration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// The mean of the cross-entropy over trials and steps.
    pub(crate) loss: f64,
    /// The part of trials whose answer was wrong.
    pub(crate) errors: f64,
    /// The mean rate in Hz.
    pub(crate) rate: f64,
}

impl Evidence {
    /// 100 neurons, the second half of which adapts if `adaptive`.
    pub(crate) fn new(adaptive: bool, seed: u64, threads: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let normal = |post: usize, pre: usize, deviation: f64, stream: u64| {
            Weights::normal(post, pre, deviation, 100 * seed + stream)
        };
        let scale = |pre: usize| 1.0 / math::sqrt(pre as f64);
        let beta = 1.7 * -math::expm1(-1.0 / 800.0) / -math::expm1(-1.0 / 20.0);
        let betas: Vec<f64> = (0..NEURONS)
            .map(|n| if adaptive && n >= NEURONS / 2 { beta } else { 0.0 })
            .collect();
        let layer = Layer::builder(Model::from_text(TEXT)?, NEURONS)
            .set("beta", betas)
            .inputs("syn", normal(NEURONS, INPUTS, scale(INPUTS), 0))
            .recurrent("syn", normal(NEURONS, NEURONS, scale(NEURONS), 1))
            .readout(Readout {
                tau: 20.0,
                gain: Gain::Normalised,
                weights: normal(2, NEURONS, scale(NEURONS), 2),
            })
            .feedback(Feedback::Fixed(normal(2, NEURONS, 1.0, 3)))
            .rule(Rule::Eprop)
            .objective(Objective::new(Loss::CrossEntropy).window(RECALL).average())
            .rates(Rates {
                strength: 30.0,
                target: 0.01,
                over: Over::Batch,
            })
            .threads(threads)
            .build()?;
        Ok(Self {
            layer,
            optimiser: Optimiser::new(Method::adam(RATE)),
            seed,
            iteration: 0,
        })
    }

    /// The inputs of a batch, and the side on which most cues came.
    fn batch(&self) -> (Vec<Raster>, Vec<usize>) {
        let first = (self.seed << 32) + self.iteration * BATCH as u64;
        let trial = |trial: u64| {
            let seed = first + trial;
            // A trial prefers a side, and each cue is there with a probability of 0.7.
            let chance = Weights::<f64>::normal(1, CUES + 1, 1.0, seed);
            let preferred = usize::from(chance.get(0, CUES) > 0.0);
            let side = |cue: usize| {
                // 0.7 of normal numbers are above -0.5244.
                if chance.get(0, cue) > -0.524_400_512_708_041 {
                    preferred
                } else {
                    1 - preferred
                }
            };
            let raster = Raster::random(STEPS, INPUTS, seed, |step, input| match input / GROUP {
                group @ (0 | 1) => {
                    let cue = step / PERIOD;
                    if cue < CUES && step % PERIOD < CUE && side(cue) == group {
                        0.08
                    } else {
                        0.0
                    }
                }
                2 if step >= STEPS - RECALL => 0.08,
                2 => 0.0,
                _ => 0.01,
            });
            let most = usize::from((0..CUES).map(side).sum::<usize>() > CUES / 2);
            (raster, most)
        };
        (0..BATCH as u64).map(trial).unzip()
    }

    /// One iteration.
    pub(crate) fn learn(&mut self) -> Result<Progress, LearnError> {
        let (inputs, classes) = self.batch();
        let gradient = self.layer.gradient(&Trials {
            inputs: &inputs,
            targets: Targets::Classes(&classes),
            seed: 0,
        })?;
        self.optimiser.step(&mut self.layer, &gradient);
        self.iteration += 1;
        // The rate falls to a tenth.
        let part = math::min(self.iteration as f64 / ITERATIONS as f64, 1.0);
        self.optimiser.set_rate(RATE * (1.0 - 0.9 * part));
        let outcome = self.layer.outcome();
        let wrong = outcome.outputs.iter().zip(&classes).filter(|(outputs, class)| {
            // The side on which the readout is higher on average while the answer is asked for.
            let answer = &outputs[2 * (STEPS - RECALL)..];
            let difference: f32 = answer.as_chunks::<2>().0.iter().map(|y| y[1] - y[0]).sum();
            usize::from(difference > 0.0) != **class
        });
        let spikes: usize = outcome.spikes.iter().map(Raster::count).sum();
        Ok(Progress {
            loss: gradient.loss(),
            errors: wrong.count() as f64 / BATCH as f64,
            rate: spikes as f64 / (BATCH * NEURONS * STEPS) as f64 * 1000.0,
        })
    }
}

/// The mean of the errors of ten iterations up to this one, counted from 1.
pub(crate) fn recent(course: &[Progress], iteration: usize) -> f64 {
    let last = &course[iteration.saturating_sub(10)..iteration];
    last.iter().map(|progress| progress.errors).sum::<f64>() / last.len() as f64
}

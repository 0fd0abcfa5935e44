//! Cases of layout A, B, C: some trials of training, recorded from NEST.

use alif::learn::{
    Feedback, Gain, Layer, Loss, Method, Objective, Optimiser, Over, Raster, Rates, Readout, Targets, Trials, Weights,
};
use alif::{Engine, Model, Rule};

use super::{CaseError, Folder, deviation, model_text, surrogate};

/// A case.
#[derive(Debug)]
pub(crate) struct Case {
    folder: Folder,
    inputs: usize,
    neurons: usize,
    outputs: usize,
    steps: usize,
    trials: usize,
    batch: usize,
    window: usize,
    classification: bool,
}

/// What a run of a case gave, and how far it is from what was recorded.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The loss of each trial.
    pub(crate) losses: Vec<f64>,
    /// The loss that NEST reports.
    pub(crate) recorded: Vec<f64>,
    /// Trials whose spikes are not those recorded.
    pub(crate) spikes_differ: Vec<usize>,
    /// The number of spikes of all trials.
    pub(crate) spikes: usize,
    /// Largest relative difference of a loss.
    pub(crate) loss: f64,
    /// Largest differences, relative to the largest element: the outputs of the first trials; gradients of the first trial; final weights.
    pub(crate) readout: f64,
    pub(crate) gradients: [f64; 3],
    pub(crate) weights: [f64; 3],
}

impl Verdict {
    /// Whether everything is as recorded: losses, gradients and weights within 1e-9, each spike.
    pub(crate) fn holds(&self) -> bool {
        let numbers = [self.loss, self.readout]
            .into_iter()
            .chain(self.gradients)
            .chain(self.weights);
        self.spikes_differ.is_empty() && numbers.into_iter().all(|d| d <= 1e-9)
    }
}

impl Case {
    pub(crate) fn open(path: &std::path::Path) -> Result<Self, CaseError> {
        let folder = Folder::open(path)?;
        let kind = folder.text(&["kind"])?;
        let classification = match kind {
            "reg" => false,
            "cls" => true,
            _ => return Err(super::problem(path, format!("`{kind}` is neither reg nor cls"))),
        };
        Ok(Self {
            inputs: folder.count(&["n_in"])?,
            neurons: folder.count(&["n_rec"])?,
            outputs: folder.count(&["n_out"])?,
            steps: folder.count(&["T"])?,
            trials: folder.count(&["trials"])?,
            batch: folder.count(&["batch"])?,
            window: folder.count(&["learning_window"])?,
            classification,
            folder,
        })
    }

    fn weights(&self, name: &str, post: usize, pre: usize) -> Result<Weights<f64>, CaseError> {
        Ok(Weights::from_matrix(
            post,
            pre,
            &self.folder.array(name, Some(post * pre))?,
        ))
    }

    /// The layer before the first trial.
    pub(crate) fn layer(&self, engine: Engine) -> Result<Layer<f64>, CaseError> {
        let param = |name: &str| self.folder.number(&["params", name]);
        let truth = |name: &str| self.folder.truth(&["params", name]);
        let (n, outputs) = (self.neurons, self.outputs);
        let psi = surrogate(
            self.folder.text(&["params", "sg"])?,
            param("sg_h")?,
            param("sg_w")?,
            "v - V_th - beta * a",
        )?;
        let model = Model::from_text(&model_text(&psi))?;
        let regular = self.folder.count(&["n_reg"])?;
        let strength = param("beta_alif")?;
        let beta: Vec<f64> = (0..n).map(|i| if i < regular { 0.0 } else { strength }).collect();
        let arrival = if truth("regular")? { "syn" } else { "I" };
        // B is neurons x outputs.
        let feedback = self.folder.array("B", Some(n * outputs))?;
        let objective = Objective {
            loss: if self.classification {
                Loss::CrossEntropy
            } else {
                Loss::SquaredError
            },
            window: Some(self.window),
            average: truth("avg")?,
        };
        let layer = Layer::builder(model, n)
            .dt(1.0)
            .engine(engine)
            .set("tau_m", param("tau_m")?)
            .set("tau_a", self.folder.number_or(&["params", "tau_a"], 1.0)?)
            .set("beta", beta)
            .set("V_th", param("V_th")?)
            .set("t_ref", param("t_ref")?)
            .inputs(arrival, self.weights("W_in", n, self.inputs)?)
            .recurrent(arrival, self.weights("W_rec", n, n)?)
            .readout(Readout {
                tau: param("tau_out")?,
                gain: if truth("regular_out")? {
                    Gain::One
                } else {
                    Gain::Normalised
                },
                weights: self.weights("W_out", outputs, n)?,
            })
            .feedback(Feedback::Fixed(Weights::from_fn(outputs, n, |k, j| {
                feedback[j * outputs + k]
            })))
            .rule(Rule::Eprop)
            .objective(objective)
            .rates(Rates {
                strength: param("c_reg")?,
                target: param("f_target")? / 1000.0,
                over: Over::Trial,
            })
            .build()?;
        Ok(layer)
    }

    fn method(&self) -> Result<Method, CaseError> {
        let param = |name: &str| self.folder.number(&["params", name]);
        Ok(match self.folder.text(&["params", "opt"])? {
            "gd" => Method::GradientDescent { rate: param("eta")? },
            "adam" => Method::Adam {
                rate: param("eta")?,
                first: param("b1")?,
                second: param("b2")?,
                epsilon: param("eps")?,
            },
            other => return Err(CaseError(format!("there is no optimiser `{other}`"))),
        })
    }

    /// The input of each trial; one that was recorded stands for all.
    pub(crate) fn rasters(&self) -> Result<Vec<Raster>, CaseError> {
        let rows = self.folder.triples("in_spikes")?;
        let recorded = rows.iter().map(|row| row[0] + 1).max().unwrap_or(1);
        let raster = |trial: usize| {
            let own = rows.iter().filter(|row| row[0] == trial).map(|row| (row[1], row[2]));
            Raster::from_events(self.steps, self.inputs, own)
        };
        let all: Vec<Raster> = (0..recorded).map(raster).collect();
        Ok((0..self.trials)
            .map(|trial| all[if recorded > 1 { trial } else { 0 }].clone())
            .collect())
    }

    /// The loss as NEST reports it.
    fn reported(&self, loss: f64, average: bool) -> f64 {
        let sum = if average { loss * self.window as f64 } else { loss };
        sum / if self.classification { self.window } else { self.outputs } as f64
    }

    /// Trains, and compares.
    pub(crate) fn run(&self, engine: Engine) -> Result<Verdict, CaseError> {
        let mut layer = self.layer(engine)?;
        let mut optimiser = Optimiser::new(self.method()?);
        let average = self.folder.truth(&["params", "avg"])?;
        let rasters = self.rasters()?;
        let target = self.folder.array("target", None)?;
        let classes: Vec<usize> = target.iter().map(|&class| class as usize).collect();
        let values = target.repeat(self.batch);
        let recorded_spikes = self.folder.triples("rec_spikes")?;
        let readout = self.folder.array("readout", None)?;
        let row = self.steps * self.outputs;
        let mut verdict = Verdict {
            losses: vec![],
            recorded: self.folder.losses(1)?,
            spikes_differ: vec![],
            spikes: 0,
            loss: 0.0,
            readout: 0.0,
            gradients: [0.0; 3],
            weights: [0.0; 3],
        };
        let targets = |trials: std::ops::Range<usize>| {
            if self.classification {
                Targets::Classes(&classes[trials])
            } else {
                Targets::Values(&values[..trials.len() * row])
            }
        };
        let first = layer.gradient(&Trials {
            inputs: &rasters[..1],
            targets: targets(0..1),
            seed: 0,
        })?;
        let recurrent = first.recurrent.as_ref().map(Weights::to_matrix).unwrap_or_default();
        let found = [first.input.to_matrix(), recurrent, first.readout.to_matrix()];
        for ((found, name), worst) in found.iter().zip(["in", "rec", "out"]).zip(&mut verdict.gradients) {
            *worst = deviation(found, &self.folder.array(&format!("grad0_W_{name}"), None)?);
        }
        for start in (0..self.trials).step_by(self.batch) {
            let trials = start..(start + self.batch).min(self.trials);
            let gradient = layer.gradient(&Trials {
                inputs: &rasters[trials.clone()],
                targets: targets(trials.clone()),
                seed: 0,
            })?;
            let outcome = layer.outcome();
            for (at, trial) in trials.enumerate() {
                verdict.losses.push(self.reported(gradient.losses[at], average));
                let spikes: Vec<(usize, usize)> = outcome.spikes[at].events().collect();
                let wanted = recorded_spikes
                    .iter()
                    .filter(|row| row[0] == trial)
                    .map(|row| (row[1], row[2]));
                verdict.spikes += spikes.len();
                if !wanted.eq(spikes) {
                    verdict.spikes_differ.push(trial);
                }
                if let Some(wanted) = readout.get(trial * row..(trial + 1) * row) {
                    let found = self.shown(&outcome.outputs[at]);
                    verdict.readout = verdict.readout.max(deviation(&found, wanted));
                }
            }
            optimiser.step(&mut layer, &gradient);
        }
        let recurrent = layer.recurrent_weights().map(Weights::to_matrix).unwrap_or_default();
        let found = [
            layer.input_weights().to_matrix(),
            recurrent,
            layer.readout_weights().to_matrix(),
        ];
        for ((found, name), worst) in found.iter().zip(["in", "rec", "out"]).zip(&mut verdict.weights) {
            *worst = deviation(found, &self.folder.array(&format!("final_W_{name}"), None)?);
        }
        let pairs = verdict.losses.iter().zip(&verdict.recorded);
        verdict.loss = pairs.fold(0.0, |worst, (found, wanted)| worst.max((found / wanted - 1.0).abs()));
        if verdict.losses.len() != verdict.recorded.len() {
            verdict.loss = f64::INFINITY;
        }
        Ok(verdict)
    }

    /// Outputs as recorded: themselves, or their softmax.
    #[allow(
        clippy::disallowed_methods,
        reason = "what a last bit of `exp` changes is within the tolerance"
    )]
    fn shown(&self, outputs: &[f64]) -> Vec<f64> {
        if !self.classification {
            return outputs.to_vec();
        }
        let softmax = |y: &[f64]| {
            let exps: Vec<f64> = y.iter().map(|y| y.exp()).collect();
            let sum: f64 = exps.iter().sum();
            exps.into_iter().map(move |e| e / sum).collect::<Vec<f64>>()
        };
        outputs.chunks_exact(self.outputs).flat_map(softmax).collect()
    }
}

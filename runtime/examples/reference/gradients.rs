//! Cases of layout D: gradients of one trial by several rules, recorded from JAX.

use alif::learn::{Feedback, Gain, Layer, LayerBuilder, Loss, Objective, Raster, Readout, Targets, Trials, Weights};
use alif::{Engine, Model, Rule, Wanted};

use super::{CaseError, Folder, deviation, model_text, surrogate};

/// Which edges a set of gradients cuts.
#[derive(Clone, Copy, Debug)]
struct Cut {
    set: &'static str,
    rule: Rule,
    transmits: bool,
    random: bool,
}

const SETS: [Cut; 5] = [
    cut("eprop_sym", Rule::Eprop, false, false),
    cut("eprop_sym_resetgrad", Rule::Bptt, false, false),
    cut("eprop_random", Rule::Eprop, false, true),
    cut("bptt_full", Rule::Bptt, true, false),
    cut("bptt_stopreset", Rule::BpttDetached, true, false),
];

const fn cut(set: &'static str, rule: Rule, transmits: bool, random: bool) -> Cut {
    Cut {
        set,
        rule,
        transmits,
        random,
    }
}

/// What is differentiated by.
const PARAMS: [&str; 4] = ["V_th", "tau_m", "tau_a", "beta"];

/// The largest difference of one quantity, relative to its largest element.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) set: String,
    pub(crate) quantity: String,
    pub(crate) deviation: f64,
}

/// All that was compared.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) rows: Vec<Row>,
    /// Whether every spike is as recorded.
    pub(crate) spikes: bool,
}

impl Comparison {
    /// Whether everything is within 1e-9, and each spike as recorded.
    pub(crate) fn holds(&self) -> bool {
        self.spikes && !self.rows.is_empty() && self.rows.iter().all(|row| row.deviation <= 1e-9)
    }

    fn add(&mut self, set: &str, quantity: &str, found: &[f64], wanted: &[f64]) {
        self.rows.push(Row {
            set: set.to_owned(),
            quantity: quantity.to_owned(),
            deviation: deviation(found, wanted),
        });
    }
}

/// A case.
#[derive(Debug)]
pub(crate) struct Case {
    folder: Folder,
    inputs: usize,
    lif: usize,
    neurons: usize,
    outputs: usize,
    steps: usize,
}

impl Case {
    pub(crate) fn open(path: &std::path::Path) -> Result<Self, CaseError> {
        let folder = Folder::open(path)?;
        let lif = folder.count(&["n_lif"])?;
        Ok(Self {
            inputs: folder.count(&["n_in"])?,
            neurons: lif + folder.count(&["n_alif"])?,
            outputs: folder.count(&["n_out"])?,
            steps: folder.count(&["T"])?,
            lif,
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

    /// The layer of the case, without a rule.
    pub(crate) fn layer(&self, engine: Engine) -> Result<LayerBuilder<f64>, CaseError> {
        let number = |name: &str| self.folder.number(&[name]);
        let psi = surrogate("piecewise_linear", number("H")?, number("W")?, "v - V_th - beta * a")?;
        let model = Model::from_text(&model_text(&psi))?;
        let n = self.neurons;
        let beta = number("beta")?;
        let betas: Vec<f64> = (0..n).map(|i| if i < self.lif { 0.0 } else { beta }).collect();
        Ok(Layer::builder(model, n)
            .dt(1.0)
            .engine(engine)
            .set("tau_m", number("tau_m")?)
            .set("tau_a", number("tau_a")?)
            .set("beta", betas)
            .set("V_th", number("V_th")?)
            .set("t_ref", number("t_ref")?)
            .inputs("syn", self.weights("W_in", n, self.inputs)?)
            .recurrent("syn", self.weights("W_rec", n, n)?)
            .readout(Readout {
                tau: number("tau_out")?,
                gain: Gain::Normalised,
                weights: self.weights("W_out", self.outputs, n)?,
            })
            .objective(Objective::new(Loss::SquaredError)))
    }

    /// The input.
    pub(crate) fn raster(&self) -> Result<Raster, CaseError> {
        let x = self.folder.array("X", Some(self.steps * self.inputs))?;
        if x.iter().any(|&x| x != 0.0 && x != 1.0) {
            return Err(CaseError(
                "X is no raster: it has values that are neither 0 nor 1".into(),
            ));
        }
        let table: Vec<bool> = x.iter().map(|&x| x != 0.0).collect();
        Ok(Raster::from_table(self.inputs, &table))
    }

    /// The target: steps × outputs.
    pub(crate) fn target(&self) -> Result<Vec<f64>, CaseError> {
        self.folder.array("target", Some(self.steps * self.outputs))
    }

    /// Every set of gradients.
    pub(crate) fn run(&self, engine: Engine) -> Result<Comparison, CaseError> {
        let mut comparison = Comparison::default();
        let raster = [self.raster()?];
        let target = self.target()?;
        let trials = Trials {
            inputs: &raster,
            targets: Targets::Values(&target),
            seed: 0,
        };
        let z = self.folder.array("fwd_z", Some(self.steps * self.neurons))?;
        let recorded: Vec<bool> = z.iter().map(|&z| z != 0.0).collect();
        let recorded = Raster::from_table(self.neurons, &recorded);
        for Cut {
            set,
            rule,
            transmits,
            random,
        } in SETS
        {
            let mut layer = self.layer(engine)?.rule(rule).params(Wanted::All);
            if !transmits {
                layer = layer.without_transmission();
            }
            if random {
                // B is neurons x outputs.
                let b = self.folder.array("B", Some(self.neurons * self.outputs))?;
                let weights = Weights::from_fn(self.outputs, self.neurons, |k, j| b[j * self.outputs + k]);
                layer = layer.feedback(Feedback::Fixed(weights));
            }
            let mut layer = layer.build()?;
            let gradient = layer.gradient(&trials)?;
            let outcome = layer.outcome();
            comparison.spikes = outcome.spikes[0] == recorded;
            if !comparison.spikes {
                return Ok(comparison);
            }
            if comparison.rows.is_empty() {
                comparison.add("forward", "loss", &[gradient.loss()], &[self.folder.number(&["loss"])?]);
                comparison.add("forward", "y", &outcome.outputs[0], &self.folder.array("fwd_y", None)?);
            }
            let recurrent = gradient.recurrent.as_ref().map(Weights::to_matrix).unwrap_or_default();
            let mut found = vec![("W_in", gradient.input.to_matrix()), ("W_rec", recurrent)];
            if !random {
                found.push(("W_out", gradient.readout.to_matrix()));
            }
            for (name, found) in found {
                let wanted = self.folder.array(&format!("{set}_{name}"), None)?;
                comparison.add(set, name, &found, &wanted);
            }
            if random {
                continue;
            }
            for name in PARAMS {
                let of_neurons = gradient.params.iter().find(|(param, _)| param == name);
                // Only the adaptive neurons have the beta that is differentiated by.
                let first = if name == "beta" { self.lif } else { 0 };
                let found = of_neurons.map_or(f64::NAN, |(_, values)| values[first..].iter().sum());
                comparison.add(set, name, &[found], &[self.folder.number(&[set, name])?]);
            }
        }
        Ok(comparison)
    }
}

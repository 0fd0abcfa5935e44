//! A case of the index: parameters, inputs and traces, whatever their shapes.

use std::sync::Arc;

use alif::prelude::*;
use alif::{Builder, Shape, Values};
use serde_json::Value;

use crate::support;

/// The class defaults of `ALIFBellec2020`; an absent refractory period is none.
const DEFAULTS: [(&str, f64); 7] = [
    ("V_rest", -70.0),
    ("V_th", -60.0),
    ("R", 1.0),
    ("beta", 1.6),
    ("tau", 20.0),
    ("tau_a", 2000.0),
    ("tau_ref", 0.0),
];

/// What a run leaves behind: steps × neurons, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Course {
    pub(crate) v: Vec<f64>,
    pub(crate) a: Vec<f64>,
    pub(crate) spikes: Vec<bool>,
}

/// What drives a case.
#[derive(Clone, Debug)]
pub(crate) enum Drive {
    /// The same in every step: one value, or one a neuron.
    Constant(Vec<f64>),
    /// Steps × neurons.
    Stream(Vec<f64>),
}

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) precision: Precision,
    pub(crate) dt: f64,
    pub(crate) steps: usize,
    /// The shape of the state without its axis of batches.
    pub(crate) shape: Shape,
    /// The members of a batch, where there are batches.
    pub(crate) batch: Option<usize>,
    /// Neurons: the product of the state's shape. A batch of B × N is B · N neurons.
    pub(crate) neurons: usize,
    /// Parameters that the case sets: one value, or one a neuron.
    pub(crate) set: Vec<(String, Vec<f64>)>,
    pub(crate) v0: Vec<f64>,
    pub(crate) a0: Vec<f64>,
    pub(crate) drive: Drive,
    /// What BrainPy recorded.
    pub(crate) recorded: Course,
    /// The smallest distance to the threshold that BrainPy's trace comes to.
    pub(crate) min_margin: f64,
}

/// Every non-training case of the class that was integrated by `exp_auto`.
pub(crate) fn cases() -> Vec<Case> {
    let index = support::json("brainpy/index.json");
    support::list(&index["cases"])
        .iter()
        .filter(|case| {
            case["cls"] == "brainpy.neurons.ALIFBellec2020"
                && case["method"] == "exp_auto"
                && case["mode"]["kind"] != "training"
        })
        .map(Case::new)
        .collect()
}

impl Case {
    pub(super) fn new(case: &Value) -> Self {
        let single = case["dtype"] == "float32";
        let shape: Vec<usize> = support::flat(&case["state_shape"])
            .iter()
            .map(|&n| n as usize)
            .collect();
        let neurons = shape.iter().product();
        let batch = (case["mode"]["kind"] != "nonbatching").then(|| shape[0]);
        let set = case["params"].as_object().expect("parameters by name");
        let set = set
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let mut values = spread(support::flat(value), neurons);
                if name == "tau_ref" {
                    // A negative period is none at all, as 0 is.
                    values.iter_mut().for_each(|t| *t = t.max(0.0));
                }
                (name.clone(), values)
            })
            .collect();
        let steps = support::whole(&case["n_steps"]) as usize;
        let recorded = |key: &str| array(&case["files"][key], steps * neurons);
        let drive = match case["input"].get("file") {
            Some(file) => Drive::Stream(array(file, steps * neurons)),
            None => Drive::Constant(spread(support::flat(&case["input"]["value"]), neurons)),
        };
        let keeps_input = case["input_var"] == true && case["clear_input"] == false;
        Self {
            name: format!(
                "{}.{}",
                case["name"].as_str().unwrap_or_default(),
                if single { "f32" } else { "f64" }
            ),
            precision: if single { Precision::F32 } else { Precision::F64 },
            dt: support::number(&case["dt"]),
            steps,
            shape: shape[usize::from(batch.is_some())..].into(),
            batch,
            neurons,
            set,
            v0: each(spread(support::flat(&case["init_state"]["V"]), neurons), neurons),
            a0: each(spread(support::flat(&case["init_state"]["a"]), neurons), neurons),
            drive: if keeps_input {
                accumulated(&drive, steps, neurons, single)
            } else {
                drive
            },
            recorded: Course {
                v: recorded("V"),
                a: recorded("a"),
                spikes: recorded("spike").iter().map(|&s| s > 0.0).collect(),
            },
            min_margin: case["min_margin"].as_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// A parameter of a neuron, set or default.
    pub(crate) fn param(&self, name: &str, neuron: usize) -> f64 {
        let set = self.set.iter().find(|(n, _)| n == name);
        let default = DEFAULTS.iter().find(|(n, _)| *n == name);
        match set {
            Some((_, values)) if values.len() == 1 => values[0],
            Some((_, values)) => values[neuron],
            None => default.expect("a parameter of the class").1,
        }
    }

    /// The input of a neuron in a step.
    pub(crate) fn input(&self, step: usize, neuron: usize) -> f64 {
        match &self.drive {
            Drive::Constant(values) if values.len() == 1 => values[0],
            Drive::Constant(values) => values[neuron],
            Drive::Stream(values) => values[step * self.neurons + neuron],
        }
    }

    /// The same case as a population of the shipped model, whoever compiled it. Defaults are left to the model.
    pub(crate) fn population(&self, neuron: &Arc<dyn Neuron>) -> Builder {
        let builder = Builder::new(neuron.clone(), self.shape.clone());
        let mut builder = match self.batch {
            Some(members) => builder.batch(members),
            None => builder,
        }
        .dt(self.dt)
        .precision(self.precision)
        .init("V", self.v0.clone())
        .init("a", self.a0.clone())
        .record(Monitor::of("V"))
        .record(Monitor::of("a"))
        .record_spikes();
        for (name, values) in &self.set {
            builder = builder.set(name, one_or_each(values));
        }
        match &self.drive {
            Drive::Constant(values) => builder.input("I", one_or_each(values)),
            Drive::Stream(values) => builder.input("I", Source::Stream(values.clone())),
        }
    }

    /// Runs it.
    pub(crate) fn run(&self, neuron: &Arc<dyn Neuron>, engine: Engine) -> Course {
        let recording = self
            .population(neuron)
            .engine(engine)
            .build()
            .and_then(|mut population| population.run(self.steps as u64))
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let axes: Vec<usize> = self.batch.into_iter().chain(self.shape.lengths().to_vec()).collect();
        assert_eq!(recording.traces[0].shape, axes.into(), "{}", self.name);
        course(&recording)
    }
}

/// The traces of V and a, and the spikes, of a recording of all neurons.
pub(crate) fn course(recording: &Recording) -> Course {
    let trace = |name| recording.trace(name).expect("it was asked for").values.clone();
    let mut spikes = vec![false; recording.steps as usize * recording.neurons];
    for spike in &recording.spikes {
        spikes[spike.step as usize * recording.neurons + spike.neuron as usize] = true;
    }
    Course {
        v: trace("V"),
        a: trace("a"),
        spikes,
    }
}

fn one_or_each(values: &[f64]) -> Values {
    match values {
        [one] => Values::from(*one),
        each => Values::from(each),
    }
}

/// One value stays one; those of one member of a batch serve all members.
fn spread(values: Vec<f64>, neurons: usize) -> Vec<f64> {
    match values.len() {
        1 => values,
        n if neurons.is_multiple_of(n) => values.iter().copied().cycle().take(neurons).collect(),
        n => panic!("{n} values for {neurons} neurons"),
    }
}

fn each(values: Vec<f64>, neurons: usize) -> Vec<f64> {
    if values.len() == 1 {
        vec![values[0]; neurons]
    } else {
        values
    }
}

/// Where the caller never clears BrainPy's input variable, every step adds to it. In our models an input is an argument of
/// the step, so the sums are the course to feed, added in the precision of the run.
fn accumulated(drive: &Drive, steps: usize, neurons: usize, single: bool) -> Drive {
    let mut sums = vec![0.0; neurons];
    let mut all = Vec::with_capacity(steps * neurons);
    for step in 0..steps {
        for (neuron, sum) in sums.iter_mut().enumerate() {
            let next = match drive {
                Drive::Constant(values) if values.len() == 1 => values[0],
                Drive::Constant(values) => values[neuron],
                Drive::Stream(values) => values[step * neurons + neuron],
            };
            *sum = if single {
                f64::from(*sum as f32 + next as f32)
            } else {
                *sum + next
            };
        }
        all.extend_from_slice(&sums);
    }
    Drive::Stream(all)
}

/// The numbers of an array file.
pub(super) fn array(file: &Value, wanted: usize) -> Vec<f64> {
    let name = file.as_str().expect("the name of a file");
    let values = support::npy(&format!("brainpy/{name}"));
    assert_eq!(values.len(), wanted, "{name}");
    values
}

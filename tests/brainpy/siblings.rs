//! BrainPy's other neuron classes by `exponential_euler`, which is its `exp_auto`, and its adaptive neuron by explicit methods.
//!
//! `siblings.alif` holds each class under its name. Every recorded case in double precision runs on both engines; states agree to
//! 1e-10, spikes in each step, up to where BrainPy's rounded clock makes a refractory period one step shorter or longer than it is.

use alif::prelude::*;
use alif::{Values, load};
use serde_json::Value;

use crate::support;

/// What is common to all cases of a class.
const TOLERANCE: f64 = 1e-10;

/// A case of the index.
struct Case<'a> {
    json: &'a Value,
    name: &'a str,
    steps: usize,
    neurons: usize,
}

impl<'a> Case<'a> {
    fn new(json: &'a Value) -> Self {
        let shape = support::flat(&json["state_shape"]);
        Self {
            json,
            name: json["name"].as_str().unwrap_or_default(),
            steps: support::whole(&json["n_steps"]) as usize,
            neurons: shape.iter().product::<f64>() as usize,
        }
    }

    /// One value of a parameter, an initial value or an input stays one.
    fn values(value: &Value) -> Values {
        match &support::flat(value)[..] {
            [one] => Values::from(*one),
            each => Values::from(each),
        }
    }

    fn array(&self, file: &Value) -> Vec<f64> {
        let name = file.as_str().expect("the name of a file");
        let values = support::npy(&format!("brainpy/{name}"));
        assert_eq!(values.len(), self.steps * self.neurons, "{name}");
        values
    }

    fn run(&self, model: &Model, engine: Engine) -> Recording {
        let mut builder = model
            .population(self.neurons)
            .dt(support::number(&self.json["dt"]))
            .precision(Precision::F64)
            .engine(engine)
            .record_spikes();
        for (name, value) in self.json["params"].as_object().expect("parameters by name") {
            if !value.is_null() {
                builder = builder.set(name, Self::values(value));
            }
        }
        for (name, value) in self.json["init_state"].as_object().expect("states by name") {
            builder = builder.init(name, Self::values(value)).record(Monitor::of(name));
        }
        let input = &self.json["input"];
        builder = match input.get("file") {
            Some(file) => builder.input("I", Source::Stream(self.array(file))),
            None => builder.input("I", Self::values(&input["value"])),
        };
        builder
            .build()
            .and_then(|mut population| population.run(self.steps as u64))
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// The step before which a neuron's trace does not depend on how BrainPy's comparison of rounded times,
    /// `t - t_last_spike <= tau_ref`, comes out.
    fn end(&self, neuron: usize, spikes: &[f64]) -> usize {
        let dt = support::number(&self.json["dt"]);
        let period = match self.json["params"].get("tau_ref") {
            Some(value) if !value.is_null() => support::flat(value),
            _ => return self.steps,
        };
        let period = if period.len() == 1 { period[0] } else { period[neuron] };
        let steps = (period / dt + 1e-9).floor() as usize;
        let fired = (0..self.steps).filter(|step| spikes[step * self.neurons + neuron] > 0.0);
        let differs = |last: usize, step: usize| {
            let rounded = step as f64 * dt - last as f64 * dt <= period;
            rounded != (step - last <= steps)
        };
        fired
            .flat_map(|last| (last + 1..last + steps + 2).filter(move |&step| differs(last, step)))
            .min()
            .unwrap_or(self.steps)
            .min(self.steps)
    }

    /// Compares a recording with the case: the largest error of each state.
    fn compare(&self, recording: &Recording) -> Result<Vec<(String, f64)>, String> {
        let mut spikes = vec![0.0; self.steps * self.neurons];
        for spike in &recording.spikes {
            spikes[spike.step as usize * self.neurons + spike.neuron as usize] = 1.0;
        }
        let recorded = self.array(&self.json["files"]["spike"]);
        let ends: Vec<usize> = (0..self.neurons).map(|neuron| self.end(neuron, &recorded)).collect();
        let counts = |at: &usize| at / self.neurons < ends[at % self.neurons];
        let compared: Vec<usize> = (0..spikes.len()).filter(counts).collect();
        if !compared.iter().any(|&at| recorded[at] > 0.0) {
            return Err("no spike before BrainPy's clock goes wrong".to_owned());
        }
        if let Some(&at) = compared.iter().find(|&&at| spikes[at] != recorded[at]) {
            let (step, neuron) = (at / self.neurons, at % self.neurons);
            return Err(format!("step {step}, neuron {neuron}: a spike too few or too many"));
        }
        let mut errors = Vec::new();
        for trace in &recording.traces {
            let wanted = self.array(&self.json["files"][&trace.name]);
            let errors_of = compared
                .iter()
                .map(|&at| support::relative(trace.values[at], wanted[at], 1.0));
            let worst = errors_of.fold(0.0, f64::max);
            if worst > TOLERANCE {
                return Err(format!("{} is off by {worst:.1e}", trace.name));
            }
            errors.push((trace.name.clone(), worst));
        }
        Ok(errors)
    }
}

/// Runs the cases that a model and a solver are found for.
fn check(model_of: impl Fn(&Value) -> Option<Model>) -> Vec<String> {
    let index = support::json("brainpy/index.json");
    let mut failures = Vec::new();
    let mut tried = Vec::new();
    for json in support::list(&index["cases"]) {
        if json["dtype"] != "float64" || json["mode"]["kind"] == "training" {
            continue;
        }
        let Some(model) = model_of(json) else { continue };
        let case = Case::new(json);
        let compiled = case.run(&model, Engine::Compiled);
        let interpreted = case.run(&model, Engine::Interpreter);
        let bits = |r: &Recording| -> Vec<Vec<u64>> {
            let of = |t: &alif::Trace| t.values.iter().map(|v| v.to_bits()).collect();
            r.traces.iter().map(of).collect()
        };
        assert!(
            bits(&compiled) == bits(&interpreted) && compiled.spikes == interpreted.spikes,
            "{}: interpreter and compiled code differ",
            case.name
        );
        match case.compare(&compiled) {
            Ok(errors) => println!("{:28} {:5} spikes  {errors:?}", case.name, compiled.spikes.len()),
            Err(reason) => failures.push(format!("{}: {reason}", case.name)),
        }
        tried.push(case.name.to_owned());
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        tried.len(),
        failures.join("\n")
    );
    tried
}

#[test]
fn other_classes_have_brainpys_traces() {
    let path = support::workspace().join("tests/brainpy/siblings.alif");
    let text = load::read(&path, &alif::Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    let tried = check(|case| {
        let class = case["cls"].as_str()?.strip_prefix("brainpy.neurons.")?;
        let loader = Model::loader().model(class).solver(Solver::ExponentialEuler);
        (class != "ALIFBellec2020").then(|| loader.text(&text).unwrap_or_else(|error| panic!("{error}")))
    });
    assert!(support::replaced_reference().is_some() || tried.len() > 12, "{tried:?}");
}

#[test]
fn explicit_methods_have_brainpys_traces() {
    let path = support::workspace().join("models/alif_bellec2020.alif");
    let tried = check(|case| {
        let method = match case["method"].as_str()? {
            "exp_auto" => return None,
            method => Solver::named(method).unwrap_or_else(|| panic!("{method} is no solver")),
        };
        Some(
            Model::loader()
                .solver(method)
                .file(&path)
                .unwrap_or_else(|error| panic!("{error}")),
        )
    });
    assert!(support::replaced_reference().is_some() || tried.len() == 5, "{tried:?}");
}

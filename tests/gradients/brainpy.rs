//! The gradients that BrainPy computes by automatic differentiation, and its courses in training mode.
//!
//! In training mode BrainPy divides what it compares by V_th, so that a negative threshold turns the test around. It freezes V for `tau_ref`
//! and tests nevertheless, and its surrogate counts there too. The model here does the same, with a state for the frozen steps instead
//! of a refractory period; where there is none, the shipped model has the same gradients.

use alif::{AdjointOptions, Engine, Model, Rule, SurrogateChoice};
use serde_json::Value;

use super::course::{Course, backwards, forwards};
use crate::support;

/// `ALIFBellec2020` in training mode.
const TRAINING: &str = "model Training {
    param tau = 20 ms where tau > 0 ms;
    param tau_a = 2000 ms where tau_a > 0 ms;
    param V_rest = -70;
    param V_th = -60;
    param R = 1;
    param beta = 1.6;
    param frozen_steps = 0;
    state V = -70;
    state a = 0;
    state left = 0;
    input I;
    tau * dV/dt = if left > 0 { 0 } else { V_rest - V + R * I };
    tau_a * da/dt = -a;
    spike when (V - V_th - beta * prev(a)) / V_th >= 0 {
        V -= V_th;
        a += 1;
        left = frozen_steps + 1;
    }
    event passes when left > 0 { left -= 1; }
    learn {
        surrogate relu_grad((V - V_th - beta * prev(a)) / V_th);
        detach V;
    }
}";

/// The parameters of a case for one neuron of its batch, in the order of the model.
fn params(case: &Value, neuron: usize, model: &Model) -> Vec<f64> {
    let value = |name: &str, default: f64| match &case["params"][name] {
        Value::Null => default,
        Value::Array(values) => support::number(&values[neuron % values.len()]),
        single => support::number(single),
    };
    model
        .signature()
        .params
        .iter()
        .map(|param| match param.name.as_str() {
            "tau" => value("tau", 20.0),
            "tau_a" => value("tau_a", 2000.0),
            "V_rest" => value("V_rest", -70.0),
            "V_th" => value("V_th", -60.0),
            "R" => value("R", 1.0),
            "beta" => value("beta", 1.6),
            "tau_ref" => 0.0,
            "frozen_steps" => (value("tau_ref", 0.0) / support::number(&case["dt"])).floor(),
            other => panic!("no value for {other}"),
        })
        .enumerate()
        .map(|(at, value)| model.signature().params[at].unit.coherent(value))
        .collect()
}

/// One column of an array (steps, neurons), or the constant that stands for it.
fn column(case: &Value, what: &Value, neuron: usize, neurons: usize) -> Vec<f64> {
    let steps = support::whole(&case["n_steps"]) as usize;
    match what {
        Value::String(file) => {
            let all = support::npy(&format!("brainpy/{file}"));
            (0..steps).map(|step| all[step * neurons + neuron]).collect()
        }
        number => vec![support::number(number); steps],
    }
}

fn neurons(case: &Value) -> usize {
    support::flat(&case["state_shape"])
        .iter()
        .map(|&n| n as usize)
        .product()
}

/// The choice of surrogate of a case.
fn surrogate(case: &Value) -> SurrogateChoice {
    let of = &case["spike_fun"];
    let class = of["cls"].as_str().unwrap_or("ReluGrad");
    let settings = of
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| value.as_object());
    let settings = settings
        .flatten()
        .map(|(name, value)| (name.clone(), support::number(value)));
    SurrogateChoice {
        name: super::surrogates::named(class).name.to_owned(),
        settings: settings.collect(),
    }
}

/// The largest difference of a gradient, relative to the largest entry of its kind.
fn worst(found: &[f64], wanted: &[f64]) -> f64 {
    let scale = wanted.iter().fold(1e-300_f64, |scale, value| scale.max(value.abs()));
    let errors = found.iter().zip(wanted).map(|(a, b)| (a - b).abs() / scale);
    errors.fold(0.0, |worst, error| {
        if error.is_nan() {
            f64::INFINITY
        } else {
            worst.max(error)
        }
    })
}

/// Compares one case; gives the largest error.
fn compare(case: &Value, model: &Model, engine: Engine) -> f64 {
    let (n, steps) = (neurons(case), support::whole(&case["n_steps"]) as usize);
    let files = &case["files"];
    let options = AdjointOptions {
        rule: if case["eprop"] == true { Rule::Eprop } else { Rule::Bptt },
        surrogate: Some(surrogate(case)),
        ..AdjointOptions::default()
    };
    let input_unit = &model.signature().inputs[0].unit;
    let width = model.signature().states.len();
    let state = |name: &str| {
        model
            .signature()
            .states
            .iter()
            .position(|s| s.name == name)
            .expect("a state")
    };
    let (v_at, a_at) = (state("V"), state("a"));
    let array = |name: &str| support::npy(&format!("brainpy/{}", files[name].as_str().expect("a file")));
    let (v0, a0) = (array("V0"), array("a0"));
    let (mut inputs, mut starts) = (vec![0.0; n * steps], [vec![0.0; n], vec![0.0; n]]);
    let size = support::whole(&case["size"]) as usize;
    let mut by_params = vec![vec![0.0; size]; model.signature().params.len()];
    let mut courses = 0.0_f64;
    for neuron in 0..n {
        let mut start = vec![0.0; width];
        (start[v_at], start[a_at]) = (v0[neuron], a0[neuron]);
        let drive = column(case, &files["input"], neuron, n);
        let course = Course {
            params: params(case, neuron, model),
            dt: support::number(&case["dt"]),
            start,
            inputs: drive.iter().map(|&value| vec![input_unit.coherent(value)]).collect(),
        };
        let trace = forwards(model, &course, engine);
        let spikes = column(case, &files["spike"], neuron, n);
        assert!(
            trace.spikes.iter().zip(&spikes).all(|(a, b)| *a == (*b > 0.5)),
            "{}",
            case["name"]
        );
        for (name, at) in [("V", v_at), ("a", a_at)] {
            let found: Vec<f64> = trace.after.iter().map(|states| states[at]).collect();
            courses = courses.max(worst(&found, &column(case, &files[name], neuron, n)));
        }
        let [cs, cv, ca] = ["cs", "cv", "ca"].map(|name| column(case, &files[name], neuron, n));
        let loss = |step: usize| {
            let mut states = vec![0.0; width];
            (states[v_at], states[a_at]) = (cv[step], ca[step]);
            (states, cs[step])
        };
        let gradients = backwards(model, &options, &course, &trace, loss, engine);
        for (step, found) in gradients.inputs.iter().enumerate() {
            // dL/dI of the unit is dL/dI of the coherent unit times what one unit has of those.
            inputs[step * n + neuron] = input_unit.coherent(found[0]);
        }
        (starts[0][neuron], starts[1][neuron]) = (gradients.start[v_at], gradients.start[a_at]);
        for (param, gradient) in gradients.params {
            let unit = &model.signature().params[param].unit;
            by_params[param][neuron % size] += unit.coherent(gradient);
        }
    }
    assert!(courses <= 1e-10, "{}: the courses differ by {courses:e}", case["name"]);
    let mut error = worst(&inputs, &array("grad_input"));
    error = error
        .max(worst(&starts[0], &array("grad_V0")))
        .max(worst(&starts[1], &array("grad_a0")));
    for (name, wanted) in case["param_grads"].as_object().expect("gradients by name") {
        let param = model
            .signature()
            .params
            .iter()
            .position(|p| p.name == *name)
            .expect("a parameter");
        error = error.max(worst(&by_params[param], &support::flat(wanted)));
    }
    error
}

#[test]
fn gradients_are_those_of_brainpy() {
    let index = support::json("brainpy/index.json");
    let training = support::model(TRAINING);
    let shipped = support::shipped("alif_bellec2020.alif");
    let cases: Vec<&Value> = support::list(&index["grads"])
        .iter()
        .filter(|case| case["dtype"] == "float64")
        .collect();
    assert!(cases.len() >= 6);
    for case in cases {
        for engine in [Engine::Interpreter, Engine::Compiled] {
            let error = compare(case, &training, engine);
            println!("{}, {engine}: {error:.1e}", case["name"]);
            assert!(error <= 1e-9, "{}: {error:e}", case["name"]);
        }
        if case["params"]["tau_ref"].is_null() {
            let error = compare(case, &shipped, Engine::Compiled);
            println!("{} of the shipped model: {error:.1e}", case["name"]);
            assert!(error <= 1e-9, "{}: {error:e}", case["name"]);
        }
    }
}

#[test]
fn courses_in_training_mode_are_those_of_brainpy() {
    let index = support::json("brainpy/index.json");
    let model = support::model(TRAINING);
    let mut seen = 0;
    for case in support::list(&index["cases"]) {
        let class = case["cls"] == "brainpy.neurons.ALIFBellec2020" && case["mode"]["kind"] == "training";
        if !class || case["dtype"] != "float64" {
            continue;
        }
        seen += 1;
        let (n, files) = (neurons(case), &case["files"]);
        let start = |name: &str| support::flat(&case["init_state"][name]);
        let (v0, a0) = (start("V"), start("a"));
        let mut error = 0.0_f64;
        for neuron in 0..n {
            let drive = match &files["input"] {
                Value::Null => column(case, &case["input"]["value"], neuron, n),
                file => column(case, file, neuron, n),
            };
            let course = Course {
                params: params(case, neuron, &model),
                dt: support::number(&case["dt"]),
                start: vec![v0[neuron % v0.len()], a0[neuron % a0.len()], 0.0],
                inputs: drive.into_iter().map(|value| vec![value]).collect(),
            };
            let trace = forwards(&model, &course, Engine::Compiled);
            let spikes = column(case, &files["spike"], neuron, n);
            assert!(
                trace.spikes.iter().zip(&spikes).all(|(a, b)| *a == (*b > 0.5)),
                "{}",
                case["name"]
            );
            for (at, name) in ["V", "a"].into_iter().enumerate() {
                let found: Vec<f64> = trace.after.iter().map(|states| states[at]).collect();
                error = error.max(worst(&found, &column(case, &files[name], neuron, n)));
            }
        }
        println!("{}: {error:.1e}", case["name"]);
        assert!(error <= 1e-10, "{}: {error:e}", case["name"]);
    }
    assert!(seen >= 4, "only {seen} cases");
}

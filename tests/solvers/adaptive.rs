//! Sub-steps: do they keep to their tolerance, whatever the step, and say so where they cannot?

use alif::prelude::*;
use alif::{Builder, Error};

use crate::support::workspace;

/// A model of a text with sub-steps of this tolerance.
fn adaptive(text: &str, tolerance: f64) -> Model {
    let loader = Model::loader().solver(Solver::Rk45).tolerance(tolerance);
    loader.text(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of a model of the repository.
fn text(file: &str) -> String {
    std::fs::read_to_string(workspace().join("models").join(file)).expect("a model")
}

/// The states of one neuron in double precision after a time in ms, under a constant current.
fn end(model: &Model, current: Option<f64>, dt: f64, steps: u64, states: &[&str]) -> Vec<f64> {
    let mut builder = model.population(1).dt(dt).precision(Precision::F64);
    if let Some(current) = current {
        builder = builder.input("I", current);
    }
    let mut population = builder.build().unwrap_or_else(|error| panic!("{error}"));
    let recording = population.run(steps).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(recording.spike_count, 0, "the end is compared before a spike");
    let value = |name: &&str| population.state(name).expect("a state")[0];
    states.iter().map(value).collect()
}

/// A problem: a text, its current, how long it goes on, and the states that are looked at, with units in which 1 is little.
struct Problem {
    name: &'static str,
    text: String,
    current: Option<f64>,
    duration: f64,
    states: &'static [&'static str],
}

fn problems() -> Vec<Problem> {
    vec![
        Problem {
            name: "Hodgkin-Huxley",
            text: text("hodgkin_huxley.alif").replace("spike when", "event up when"),
            current: Some(300.0),
            duration: 16.0,
            states: &["V", "m", "h", "n"],
        },
        Problem {
            name: "AdEx",
            text: text("adex.alif"),
            current: Some(700.0),
            duration: 8.0,
            states: &["V", "w"],
        },
        // V is at 1 after a thousandth of the time, and slopes are a hundred thousand times those that are left.
        Problem {
            name: "stiff",
            text: "model Stiff { state V = 3; 1 ms * dV/dt = -200 * V^2 * (V - cos(t / 4 ms)); }".to_owned(),
            current: None,
            duration: 4.0,
            states: &["V"],
        },
    ]
}

#[test]
fn sub_steps_keep_to_their_tolerance_whatever_the_step() {
    let mut failures = Vec::new();
    for problem in problems() {
        let Problem { duration, states, .. } = problem;
        let at = |tolerance: f64, steps: u64| {
            let model = adaptive(&problem.text, tolerance);
            end(&model, problem.current, duration / steps as f64, steps, states)
        };
        let fixed = Model::loader()
            .solver(Solver::Rk4)
            .text(&problem.text)
            .expect("a model");
        let steps = 1 << 17;
        let truth = end(&fixed, problem.current, duration / steps as f64, steps, states);
        for tolerance in [1e-3, 1e-5, 1e-7, 1e-9, 1e-11] {
            for steps in [1, 8, 160] {
                let found = at(tolerance, steps);
                let error = |(x, y): (&f64, &f64)| (x - y).abs() / y.abs().max(1.0);
                let worst = found.iter().zip(&truth).map(error).fold(0.0, f64::max);
                println!("{:14} {tolerance:5.0e} {steps:4} steps {worst:8.1e}", problem.name);
                // Order 5 goes on, and what is held to the tolerance is the error of order 4.
                let kept = worst < tolerance.max(1e-11);
                if !kept {
                    failures.push(format!("{} {tolerance:e} in {steps}: {worst:e}", problem.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Currents that differ so much that some neurons take one sub-step where others take dozens.
fn population(model: &Model, neurons: usize, first: usize, engine: Engine, precision: Precision) -> Builder {
    let current = |i: usize| 100.0 + 7.0 * (first + i) as f64;
    let currents: Vec<f64> = (0..neurons).map(current).collect();
    model
        .population(neurons)
        .dt(0.5)
        .engine(engine)
        .precision(precision)
        .input("I", currents)
        .record_spikes()
        .record(Monitor::of("V"))
        .record(Monitor::of("sub_steps"))
}

fn run(builder: Builder) -> Recording {
    let population = builder.build();
    population
        .and_then(|mut population| population.run(200))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_sub_steps_of_a_neuron_are_its_own() {
    let model = adaptive(&text("adex.alif"), 1e-5);
    for precision in [Precision::F32, Precision::F64] {
        let all = run(population(&model, 150, 0, Engine::Compiled, precision));
        assert!(all.spike_count > 200, "{} spikes", all.spike_count);
        let counts = &all.traces[1].values;
        let most = counts.iter().copied().fold(0.0, f64::max);
        assert!(counts.contains(&1.0) && most > 20.0, "1 to {most} sub-steps");
        let others = [
            run(population(&model, 150, 0, Engine::Interpreter, precision)),
            run(population(&model, 150, 0, Engine::Compiled, precision)
                .block(64)
                .chunk(7)
                .threads(2)),
        ];
        for other in others {
            assert_eq!(
                (&all.spikes, &all.traces),
                (&other.spikes, &other.traces),
                "{precision}"
            );
        }
        for neuron in [0, 77, 149] {
            let alone = run(population(&model, 1, neuron, Engine::Compiled, precision));
            for (among, alone) in all.traces.iter().zip(&alone.traces) {
                let own: Vec<f64> = among.values.iter().copied().skip(neuron).step_by(150).collect();
                assert_eq!(own, alone.values, "{precision}, neuron {neuron}");
            }
        }
    }
}

/// Nobody but the neurons with a large enough `a` runs away, at t = 1 / a.
const BLOW_UP: &str = "model BlowUp {
    param a = 0;
    state V = 1;
    1 ms * dV/dt = a * V^2;
}";

#[test]
fn a_step_that_does_not_end_is_an_error_that_names_neuron_and_time() {
    let model = adaptive(BLOW_UP, 1e-6);
    for engine in [Engine::Compiled, Engine::Interpreter] {
        // Neuron 3 runs away in step 125, neurons 90 and 66 together in step 62; in one chunk the later ones are found, too.
        let mut a = vec![0.0; 100];
        (a[3], a[66], a[90]) = (1.0 / 12.55, 1.0 / 6.25, 1.0 / 6.25);
        let builder = model.population(100).dt(0.1).set("a", a).engine(engine);
        let mut population = builder.precision(Precision::F64).block(64).build().expect("it builds");
        let error = population.run(1000).expect_err("neurons run away");
        let Error::SubSteps { neuron, step, time, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((neuron, step), (66, 62));
        assert!((time - 6.2).abs() < 1e-12, "{time}");
        let message = error.to_string();
        let wanted = "E0810: neuron 66 did not reach the end of step 62, which begins at 6.2 ms, in 10000 sub-steps of tolerance 1e-6";
        assert!(message.starts_with(wanted), "{message}");
        // Whoever changes what was wrong can go on.
        population.set("a", 0.0).expect("a parameter");
        population.set_state("V", 1.0).expect("a state");
        let recording = population.run(64).expect("nothing runs away");
        assert_eq!(recording.steps, 64);
    }
}

#[test]
fn what_has_no_number_ends_soon() {
    let text = "model Root { state V = -1; state W = 0; 1 ms * dV/dt = sqrt(V); 1 ms * dW/dt = 1; }";
    let model = adaptive(text, 1e-6);
    let mut population = model.population(1).build().expect("it builds");
    let error = population.run(1).expect_err("a NaN");
    assert!(matches!(error, Error::SubSteps { neuron: 0, step: 0, .. }), "{error}");
}

#[test]
fn tolerances_that_nobody_keeps_are_refused() {
    let refused = |solver: Option<Solver>, tolerance: f64| {
        let mut loader = Model::loader().tolerance(tolerance);
        if let Some(solver) = solver {
            loader = loader.solver(solver);
        }
        loader.text(BLOW_UP).expect_err("no such tolerance").to_string()
    };
    assert!(refused(None, 1e-6).contains("[E0606]: a tolerance is given, but no solver that keeps one"));
    let fixed = refused(Some(Solver::Rk4), 1e-6);
    assert!(
        fixed.contains("but the solver `rk4` takes steps of a fixed length"),
        "{fixed}"
    );
    for tolerance in [0.0, -1.0, 1.0, 1e-16, f64::NAN, f64::INFINITY] {
        let message = refused(Some(Solver::Rk45), tolerance);
        assert!(message.contains("[E0606]: the tolerance is"), "{message}");
    }
    let model = adaptive(BLOW_UP, 1e-8);
    let error = model.population(1).build().expect_err("single precision").to_string();
    assert_eq!(error, "E0606: f32 cannot keep a tolerance of 1e-8; the least is 9.5e-7");
    assert!(model.population(1).precision(Precision::F64).build().is_ok());
}

#[test]
fn noise_is_refused_where_equations_read_it() {
    let text = |equation: &str| {
        format!("model Noisy {{ state V = 0; noise xi; 10 ms * dV/dt = {equation}; spike rate 1 [1/s] {{ V += 1; }} }}")
    };
    let loader = || Model::loader().solver(Solver::Rk45);
    let error = loader()
        .text(&text("-V + sqrt(10 ms) * xi"))
        .expect_err("noise")
        .to_string();
    assert!(error.contains("[E0607]: the equation of `V` has noise"), "{error}");
    assert!(
        loader()
            .noise_from_input("xi")
            .text(&text("-V + sqrt(10 ms) * xi"))
            .is_err()
    );
    assert!(loader().text(&text("-V")).is_ok(), "chance decides of spikes alone");
}

#[test]
fn the_count_takes_a_name_that_is_free() {
    let model = adaptive(
        "model M { state sub_steps = 1; 1 ms * dsub_steps/dt = -sub_steps; }",
        1e-6,
    );
    let names: Vec<&str> = model.signature().states.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["sub_steps", "sub_steps_1"]);
    let still = adaptive(
        "model Still { state n = 0; input syn : event; on syn(w) { n += w; } }",
        1e-6,
    );
    assert_eq!(still.signature().states.len(), 1, "nothing is made in sub-steps");
}

/// Whatever a step is in the certificate, its sub-steps are not to be made shorter.
#[test]
fn a_certificate_has_errors_but_no_time_step() {
    let model = adaptive(&text("fitzhugh_nagumo.alif"), 1e-7);
    let explanation = model.explain().expect("it can be explained");
    let local = explanation.certificate.local.as_ref().expect("approximated states");
    assert_eq!(local.tolerance, Some(1e-7));
    for state in &local.states {
        let error = state.error.expect("an error");
        assert!(error.largest < 1e-6 && error.dt.is_none(), "{}: {error:?}", state.name);
    }
    let reason = &explanation.states[0].reason;
    assert!(
        reason.contains("order 5, explicit") && reason.contains("tolerance 1e-7"),
        "{reason}"
    );
    let text = explanation.text();
    for wanted in [
        "sub-steps keep to a tolerance: V, w",
        "counts the sub-steps of each step",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

//! Is what an explanation says of accuracy true?

use alif::explain::{Class, Explanation, Options};
use alif::prelude::*;

use crate::gallery;
use crate::support::{model, shipped, workspace};

/// The class that the table of the gallery gives a model.
fn class_in_gallery(page: &str, name: &str) -> String {
    let row = page
        .lines()
        .find(|line| line.contains(&format!("[`{name}.alif`]")))
        .unwrap_or_else(|| panic!("{name} has no row"));
    row.split('|').nth(3).expect("a class").trim().to_owned()
}

fn is_exact(explanation: &Explanation) -> bool {
    let exact = |class| matches!(class, Class::Exact | Class::Constant);
    explanation.states.iter().all(|state| exact(state.class))
}

#[test]
fn every_model_has_the_class_of_the_gallery_and_numbers_within_their_limits() {
    let page = std::fs::read_to_string(workspace().join("models/README.md")).unwrap();
    for name in gallery::names() {
        for precision in [Precision::F32, Precision::F64] {
            let model = gallery::load(&name);
            let options = Options {
                precision,
                ..Options::default()
            };
            let given = vec![None; model.signature().params.len()];
            let explanation = model.explain_with(&given, &options).unwrap();
            let has = |class| explanation.states.iter().any(|state| state.class == class);
            let class = match (has(Class::Approximate), has(Class::ConditionallyLinear)) {
                (true, _) => "nonlinear",
                (false, true) => "conditionally linear",
                (false, false) => "linear",
            };
            assert_eq!(class, class_in_gallery(&page, &name), "{name}");
            assert_eq!(class == "linear", is_exact(&explanation), "{name}");
            let certificate = &explanation.certificate;
            for block in &certificate.exact {
                assert!(block.holds(), "{name} {precision}: {block:#?}");
                assert!(
                    block.compared >= block.numbers && block.numbers > 0,
                    "{name}: {block:#?}"
                );
                assert!(
                    block.units.measured <= 0.51 && block.semigroup.measured < 2e-7,
                    "{name}"
                );
            }
            assert_eq!(certificate.local.is_none(), class == "linear", "{name}");
            for state in &explanation.states {
                let decided = matches!(state.class, Class::ConditionallyLinear | Class::Approximate);
                assert_eq!(state.term.is_some(), decided, "{name}: {}", state.name);
                assert!(
                    state.term.iter().all(|term| term.place.is_some()),
                    "{name}: {}",
                    state.name
                );
            }
            if let Some(local) = &certificate.local {
                assert!(local.diverged.is_none() && local.spikes > 0, "{name}: {local:#?}");
                for state in &local.states {
                    let error = state.error.unwrap_or_else(|| panic!("{name}: {local:#?}"));
                    let found = error.dt.unwrap_or_else(|| panic!("{name}: {local:#?}"));
                    assert!(
                        error.median <= error.largest && error.largest < 0.5,
                        "{name}: {local:#?}"
                    );
                    assert!((3e-7..3e-6).contains(&found.measured), "{name}: {local:#?}");
                }
            }
        }
    }
}

#[test]
fn equal_time_constants_are_as_exact_as_others() {
    for name in ["lif_exp", "lif_alpha", "lif_biexp"] {
        let model = gallery::load(name);
        let params = &model.signature().params;
        let is_time = |name: &str| name.starts_with("tau");
        let given: Vec<Option<f64>> = params.iter().map(|p| is_time(&p.name).then_some(7.0)).collect();
        assert!(given.iter().flatten().count() >= 3, "{name}");
        let explanation = model.explain_with(&given, &Options::default()).unwrap();
        assert!(is_exact(&explanation), "{name}");
        for block in &explanation.certificate.exact {
            assert!(block.holds() && block.compared >= block.numbers, "{name}: {block:#?}");
        }
    }
}

#[test]
fn noise_is_measured_by_its_covariance() {
    let text = "model Noisy {
        state V = 0;
        state n = 0;
        noise xi;
        5 ms * dn/dt = -n + sqrt(10 ms) * xi;
        20 ms * dV/dt = -V + n;
    }";
    let explanation = model(text).explain().unwrap();
    let [block] = &explanation.certificate.exact[..] else {
        panic!("{:#?}", explanation.certificate);
    };
    let covariance = block.covariance.expect("there is noise");
    assert!(covariance.holds() && covariance.measured > 0.0, "{block:#?}");
    assert!(explanation.text().contains("L L' = C"), "{}", explanation.text());
    let euler = Model::loader()
        .solver(Solver::Euler)
        .text(text)
        .unwrap()
        .explain()
        .unwrap();
    let local = euler.certificate.local.expect("nothing is exact");
    assert!(
        local.without_noise && local.states.iter().all(|state| state.error.is_none()),
        "{local:#?}"
    );
}

#[test]
fn what_does_not_move_or_does_not_stay_finite_is_said() {
    let still = model("model Still { state V = 0; 1 ms * dV/dt = -V^3; }")
        .explain()
        .unwrap();
    assert_eq!(still.certificate.local.as_ref().unwrap().states[0].error, None);
    assert!(still.text().contains("did not move"), "{}", still.text());
    let text = "model Away { state V = 1; 1 ms * dV/dt = -100 * V^3 + V; }";
    let away = Model::loader()
        .solver(Solver::Euler)
        .text(text)
        .unwrap()
        .explain()
        .unwrap();
    assert!(away.certificate.local.as_ref().unwrap().diverged.is_some(), "{away:#?}");
    assert!(away.text().contains("no longer finite"), "{}", away.text());
}

/// The error of each step of `model` in `V` along its own trajectory, against 64 steps of a method of order 4. Every sample is a
/// neuron of a population of its own. Steps with spikes, and what begins `before` ms before
/// one, are left out where that is asked for.
fn measured(name: &str, input: f64, dt: f64, duration: f64, before: Option<f64>) -> f64 {
    const PARTS: u64 = 64;
    let model = shipped(name);
    let path = workspace().join("models").join(name);
    let reference = Model::loader().solver(Solver::Rk4).file(path).unwrap();
    let states: Vec<String> = model.signature().states.iter().map(|s| s.name.clone()).collect();
    let mut population = model
        .population(1)
        .dt(dt)
        .precision(Precision::F64)
        .input("I", input)
        .record_spikes();
    for state in &states {
        population = population.record(Monitor::of(state));
    }
    let steps = (duration / dt) as u64;
    let recording = population.build().unwrap().run(steps).unwrap();
    let traces: Vec<Vec<f64>> = states
        .iter()
        .map(|s| recording.trace(s).unwrap().values.to_vec())
        .collect();
    let spikes: Vec<u64> = recording.spikes.iter().map(|spike| spike.step).collect();
    let width = before.map_or(0, |before| (before / dt) as u64 + 1);
    // Values after step n are those at the start of step n + 1.
    let samples: Vec<usize> = (0..traces[0].len() - 1 - width as usize)
        .filter(|&n| {
            !spikes
                .iter()
                .any(|&spike| (n as u64 + 1..n as u64 + 1 + width).contains(&spike))
        })
        .collect();
    let end = |model: &Model, parts: u64| {
        let mut builder = model
            .population(samples.len())
            .dt(dt / parts as f64)
            .precision(Precision::F64)
            .input("I", input);
        for (state, trace) in states.iter().zip(&traces) {
            let start: Vec<f64> = samples.iter().map(|&n| trace[n]).collect();
            builder = builder.init(state, start);
        }
        let mut population = builder.build().unwrap();
        population.run(parts).unwrap();
        population.state("V").unwrap()
    };
    let (once, exact) = (end(&model, 1), end(&reference, PARTS));
    let errors = once.iter().zip(&exact).map(|(a, b)| (a - b).abs());
    errors.fold(0.0, f64::max)
}

#[test]
fn local_errors_and_time_steps_are_those_that_are_measured_otherwise() {
    for (name, input, duration, before) in [
        ("hodgkin_huxley.alif", 1000.0, 40.0, None),
        ("adex.alif", 1000.0, 60.0, Some(1.0)),
    ] {
        let model = shipped(name);
        let options = Options {
            inputs: Some(vec![input]),
            ..Options::default()
        };
        let given = vec![None; model.signature().params.len()];
        let explanation = model.explain_with(&given, &options).unwrap();
        let local = explanation.certificate.local.unwrap();
        let membrane = local.states.iter().find(|state| state.name == "V").unwrap();
        let (error, range) = (membrane.error.unwrap(), membrane.range);
        assert!(error.when < duration, "{name}: {local:#?}");
        let largest = measured(name, input, options.dt, duration, before) / range;
        println!("{name}: {:.3e} at 0.1 ms, otherwise {largest:.3e}", error.largest);
        assert!(
            (largest / error.largest - 1.0).abs() < 0.1,
            "{name}: {largest:e}, {error:?}"
        );
        let dt = error.dt.unwrap().dt;
        let there = measured(name, input, dt, duration, before) / range;
        println!("{name}: {there:.3e} at {dt} ms");
        assert!((1e-6 / 3.0..3e-6).contains(&there), "{name}: {there:e} at {dt} ms");
    }
}

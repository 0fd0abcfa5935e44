//! BrainPy's adaptive neuron with noise, under the normal numbers that BrainPy drew.

use std::sync::Arc;

use alif::prelude::*;

use super::case::{Case, array, course};
use super::compare::compare;
use crate::support;

/// BrainPy adds sigma · √dt · xi to V behind the drift and before the test.
const NOISY: &str = "model Noisy {
    param tau = 20 ms;
    param tau_a = 2000 ms;
    param V_rest = -70 mV;
    param V_th = -60 mV;
    param R = 1 MOhm;
    param beta = 1.6 mV;
    param sigma : mV/ms^0.5;
    state V = -70 mV;
    state a = 0;
    input I : nA;
    noise xi;
    tau * dV/dt = -(V - V_rest) + R * I + tau * sigma * xi;
    tau_a * da/dt = -a;
    spike when V >= V_th + beta * prev(a) {
        V -= V_th;
        a += 1;
    }
}";

#[test]
fn traces_under_the_numbers_that_brainpy_drew_are_its_own() {
    let model = Model::loader()
        .solver(Solver::ExponentialEuler)
        .noise_from_input("xi")
        .text(NOISY)
        .unwrap_or_else(|error| panic!("{error}"));
    let neuron: Arc<dyn Neuron> = Arc::new(model);
    let index = support::json("brainpy/index.json");
    let mut precisions = Vec::new();
    for json in support::list(&index["noise"]) {
        let mut case = Case::new(json);
        for (name, _) in &mut case.set {
            if name == "noise" {
                *name = "sigma".to_owned();
            }
        }
        let numbers = array(&json["files"]["xi"], case.steps * case.neurons);
        let courses = [Engine::Interpreter, Engine::Compiled].map(|engine| {
            let builder = case
                .population(&neuron)
                .engine(engine)
                .input("xi", Source::Stream(numbers.clone()));
            let recording = builder.build().and_then(|mut p| p.run(case.steps as u64));
            course(&recording.unwrap_or_else(|error| panic!("{}: {error}", case.name)))
        });
        assert_eq!(courses[0], courses[1], "{}", case.name);
        let all = vec![case.steps; case.neurons];
        let worst = compare(&case, &courses[1], &case.recorded, &all).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let spikes = courses[1].spikes.iter().filter(|&&spike| spike).count() as u64;
        println!("{}: {spikes} spikes, V {:.1e}, a {:.1e}", case.name, worst.v, worst.a);
        assert_eq!(
            (spikes, worst.flips),
            (support::whole(&json["n_spikes"]), 0),
            "{}",
            case.name
        );
        precisions.push(case.precision);
    }
    assert!(precisions.contains(&Precision::F32) && precisions.contains(&Precision::F64));
}

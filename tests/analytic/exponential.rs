//! The exponential integrate-and-fire neuron: where it begins to fire, its course, and when it fires.

use alif::prelude::*;
use serde_json::Value;

use crate::support::{json, list, number, relative};

const EXPONENTIAL: &str = "model ExpIf {
    param tau : ms;
    param E_L : mV;
    param V_T : mV;
    param Delta_T : mV;
    param V_reset : mV;
    param V_peak : mV;
    param R : GOhm;
    state V = V_reset;
    input I : pA;
    tau * dV/dt = -(V - E_L) + Delta_T * exp((V - V_T) / Delta_T) + R * I;
    spike when V > V_peak { V = V_reset; }
}";

const PARAMS: [&str; 7] = ["tau", "E_L", "V_T", "Delta_T", "V_reset", "V_peak", "R"];

fn solved(solver: Option<Solver>) -> Model {
    let loader = match solver {
        Some(solver) => Model::loader().solver(solver),
        None => Model::loader(),
    };
    loader.text(EXPONENTIAL).unwrap_or_else(|error| panic!("{error}"))
}

fn population(model: &Model, set: &Value, current: f64, dt: f64) -> Population {
    let builder = model
        .population(1)
        .dt(dt)
        .precision(Precision::F64)
        .input("I", current)
        .record_spikes();
    let builder = PARAMS.iter().fold(builder, |builder, name| {
        builder.set(*name, number(&set["params"][*name]))
    });
    builder.build().unwrap_or_else(|error| panic!("{error}"))
}

/// V after a time, in steps of at most `dt`.
fn course(model: &Model, set: &Value, current: f64, time: f64, dt: f64) -> f64 {
    let steps = (time / dt).ceil();
    let mut population = population(model, set, current, time / steps);
    assert_eq!(population.run(steps as u64).expect("a run").spike_count, 0);
    population.state("V").expect("V")[0]
}

/// Calls `each` with every set and every one of its points that spikes.
fn spiking(mut each: impl FnMut(&Value, &Value, f64)) {
    let mut points = 0;
    for set in list(&json("analytic/expif.json")) {
        for point in list(&set["points"]).iter().filter(|point| point["spikes"] == true) {
            each(set, point, number(&point["I"]));
            points += 1;
        }
    }
    assert!(points > 5, "{points} points");
}

#[test]
fn courses_are_those_of_the_quadrature() {
    let (by_itself, of_order_4) = (solved(None), solved(Some(Solver::Rk4)));
    let (mut worst, mut worst_of_order_4): (f64, f64) = (0.0, 0.0);
    spiking(|set, point, current| {
        let dt = 1e-3 * number(&set["params"]["tau"]);
        for at in list(&point["trace"]) {
            let (time, wanted) = (number(&at["t"]), number(&at["V"]));
            let error = |model| relative(course(model, set, current, time, dt), wanted, 0.0);
            worst = worst.max(error(&by_itself));
            worst_of_order_4 = worst_of_order_4.max(error(&of_order_4));
        }
    });
    println!("courses: {worst:.1e} by rosenbrock2, {worst_of_order_4:.1e} by rk4");
    assert!(
        worst < 1e-6 && worst_of_order_4 < 1e-11,
        "{worst:e}, {worst_of_order_4:e}"
    );
}

#[test]
fn courses_converge_with_the_order_of_their_method() {
    for (solver, order) in [(None, 2.0), (Some(Solver::Midpoint), 2.0), (Some(Solver::Rk4), 4.0)] {
        let model = solved(solver);
        let mut orders = Vec::new();
        spiking(|set, point, current| {
            let at = list(&point["trace"]).last().expect("a point of the course");
            let (time, wanted) = (number(&at["t"]), number(&at["V"]));
            let steps = (40.0 * time / number(&set["params"]["tau"])).ceil();
            let error = |steps: f64| (course(&model, set, current, time, time / steps) - wanted).abs();
            orders.push(libm::log2(error(steps) / error(2.0 * steps)));
        });
        orders.sort_by(f64::total_cmp);
        println!("{solver:?}: {orders:.2?}");
        // Where two terms of the error nearly cancel, a single one may be anything.
        assert!(
            (orders[orders.len() / 2] - order).abs() < 0.15,
            "{solver:?}: {orders:?}"
        );
        assert!(orders[1] > order - 0.4, "{solver:?}: {orders:?}");
    }
}

/// A spike is at the end of the first step that reaches the peak, so it is late by a step at most, by what is left of the error, and by one
/// more step where the last of them begins with a slope that grows e-fold within a small part of it.
#[test]
fn spikes_are_at_the_end_of_the_step_that_reaches_the_peak() {
    for solver in [None, Some(Solver::Rk4)] {
        let model = solved(solver);
        spiking(|set, point, current| {
            let exact = number(&point["isi_to_V_peak"]);
            let tau = number(&set["params"]["tau"]);
            for dt in [tau / 64.0, tau / 512.0] {
                let mut population = population(&model, set, current, dt);
                let steps = 3.0 * exact / dt;
                let recording = population.run(steps as u64 + 10).expect("a run");
                let steps: Vec<u64> = recording.spikes.iter().map(|spike| spike.step + 1).collect();
                let late = steps[0] as f64 * dt - exact;
                // The methods are of order 2 at least, and the error goes with the duration.
                let slack = (dt / tau) * (dt / tau) * exact;
                assert!(
                    (-slack..=2.0 * dt + slack).contains(&late),
                    "{solver:?}, I = {current}, dt = {dt}: {late} ms late"
                );
                assert_eq!(steps[1], 2 * steps[0], "the same course after a reset");
            }
        });
    }
}

#[test]
fn below_rheobase_it_rests() {
    let model = solved(None);
    for set in list(&json("analytic/expif.json")) {
        let of = |name: &str| number(&set["params"][name]);
        let rheobase = (of("V_T") - of("E_L") - of("Delta_T")) / of("R");
        assert!(relative(rheobase, number(&set["rheobase_I"]), 0.0) < 1e-14);
        for point in list(&set["points"]).iter().filter(|point| point["spikes"] == false) {
            let current = number(&point["I"]);
            assert!(current <= rheobase);
            let mut population = population(&model, set, current, of("tau") / 100.0);
            let recording = population.run(100_000).expect("a run");
            let rest = population.state("V").expect("V")[0];
            assert_eq!(recording.spike_count, 0, "I = {current}");
            // At rheobase itself it comes as close to the saddle as 2 Δ τ / t.
            assert!(rest < number(&set["V_at_saddle"]), "I = {current}: {rest}");
            let drift = of("E_L") - rest + of("Delta_T") * libm::exp((rest - of("V_T")) / of("Delta_T"));
            let drift = drift + of("R") * current;
            let slow = if current == rheobase { 1e-5 } else { 1e-9 };
            assert!(drift.abs() < slow, "I = {current}: V still moves by {drift}");
        }
    }
}

//! Spiking neurons: the leaky one between its exact spike times and on grids, the adaptive one on grids.

use alif::Values;
use alif::prelude::*;
use serde_json::Value;

use crate::support::{json, list, model, number, relative, whole};

/// Everything in coherent units, so that no number is scaled on its way.
const LIF: &str = "model Lif {
    param tau : ms where tau > 0 ms;
    param R : GOhm;
    param V_rest : mV;
    param V_th : mV;
    param V_reset : mV;
    param t_ref : ms;
    state V = V_rest;
    input I : pA;
    tau * dV/dt = -(V - V_rest) + R * I;
    spike when V > V_th { V = V_reset; }
    refractory t_ref hold V;
}";

const ALIF: &str = "model Alif {
    param tau : ms;
    param tau_a : ms;
    param R : GOhm;
    param V_rest : mV;
    param V_th : mV;
    param beta : mV;
    state V = V_rest;
    state a = 0;
    input I : pA;
    tau * dV/dt = -(V - V_rest) + R * I;
    tau_a * da/dt = -a;
    spike when V > V_th + beta * a { V -= V_th; a += 1; }
}";

/// A population of neurons in double precision with the parameters of a JSON object.
fn population(model: &Model, params: &Value, names: &[&str], neurons: usize, dt: f64) -> alif::Builder {
    names.iter().fold(
        model.population(neurons).dt(dt).precision(Precision::F64),
        |builder, name| builder.set(*name, number(&params[*name])),
    )
}

const LIF_PARAMS: [&str; 6] = ["tau", "R", "V_rest", "V_th", "V_reset", "t_ref"];

/// Spike steps of each neuron, counted from 1.
fn spike_steps(recording: &alif::Recording) -> Vec<Vec<u64>> {
    let mut steps = vec![Vec::new(); recording.neurons];
    for spike in &recording.spikes {
        steps[spike.neuron as usize].push(spike.step + 1);
    }
    steps
}

#[test]
fn leaky_neurons_spike_at_the_steps_of_the_closed_form() {
    let model = model(LIF);
    for (number_of_set, set) in list(&json("analytic/lif_fi.json")).iter().enumerate() {
        let points = list(&set["points"]);
        let currents: Vec<f64> = points.iter().map(|p| number(&p["I"])).collect();
        let grids: Vec<&Value> = points.iter().flat_map(|p| p["grid"].as_array()).flatten().collect();
        let mut steps: Vec<f64> = grids.iter().map(|g| number(&g["dt"])).collect();
        steps.sort_by(f64::total_cmp);
        steps.dedup();
        for dt in steps {
            // What is wanted: the first three spikes of the points that spike on this grid, and none of the silent ones.
            let wanted: Vec<Option<Vec<u64>>> = points.iter().map(|p| three_spikes(p, dt)).collect();
            let longest = wanted.iter().flatten().map(|w| w[2]).max().unwrap_or(0);
            let run = |engine| {
                population(&model, &set["params"], &LIF_PARAMS, points.len(), dt)
                    .engine(engine)
                    .input("I", currents.clone())
                    .record_spikes()
                    .build()
                    .and_then(|mut population| population.run(longest))
                    .unwrap_or_else(|error| panic!("{error}"))
            };
            let recording = run(Engine::Compiled);
            if longest < 5000 {
                assert_eq!(run(Engine::Interpreter).spikes, recording.spikes);
            }
            for ((found, wanted), point) in spike_steps(&recording).iter().zip(wanted).zip(points) {
                let what = format!("set {number_of_set}, I = {}, dt = {dt}", point["I"]);
                match wanted {
                    Some(wanted) => assert_eq!(found.get(..3), Some(&wanted[..]), "{what}"),
                    None if at_rheobase(point, set) => {} // decided by the last bit of exp(-dt/tau)
                    None if point["spikes"] == false => assert!(found.is_empty(), "{what}: {found:?}"),
                    None => {}
                }
            }
        }
    }
}

/// The steps of the first three spikes, where the point spikes and has this grid.
fn three_spikes(point: &Value, dt: f64) -> Option<Vec<u64>> {
    let grid = point["grid"].as_array()?.iter().find(|g| number(&g["dt"]) == dt)?;
    let first = whole(&grid["first_spike_step"]);
    let ratio = grid["t_ref_steps_exact_rational"].as_str().expect("a fraction");
    let interval = whole(&grid["isi_steps_without_refractory"]) + super::time::floor_of(ratio);
    if let Some(listed) = grid["isi_steps"].as_u64() {
        assert_eq!(interval, listed);
    }
    Some(vec![first, first + interval, first + 2 * interval])
}

/// Whether V tends to the threshold itself, up to rounding.
fn at_rheobase(point: &Value, set: &Value) -> bool {
    relative(number(&point["I"]), number(&set["rheobase_I"]), 0.0) < 1e-15
}

/// One step as long as the exact time to the threshold ends on the threshold.
#[test]
fn a_step_of_the_exact_interval_ends_on_the_threshold() {
    let model = model(LIF);
    let mut worst: f64 = 0.0;
    for set in list(&json("analytic/lif_fi.json")) {
        let params = &set["params"];
        let [v_rest, v_th, v_reset, t_ref] = ["V_rest", "V_th", "V_reset", "t_ref"].map(|n| number(&params[n]));
        for point in list(&set["points"]).iter().filter(|p| p["spikes"] == true) {
            let current = number(&point["I"]);
            let times = [
                (number(&point["t_first_from_rest"]), v_rest),
                (number(&point["isi"]) - t_ref, v_reset),
            ];
            for (time, start) in times {
                let mut population = population(&model, params, &LIF_PARAMS[..3], 1, time)
                    .set("V_th", 1e6) // so that nothing resets V
                    .set("V_reset", 0.0)
                    .set("t_ref", 0.0)
                    .init("V", start)
                    .input("I", current)
                    .build()
                    .unwrap();
                population.run(1).unwrap();
                // V moves from `start` towards `target`; errors are relative to that swing.
                let target = v_rest + number(&params["R"]) * current;
                let error = (population.state("V").unwrap()[0] - v_th).abs() / (target - start).abs().max(v_th.abs());
                worst = worst.max(error);
            }
        }
        let rheobase = (v_th - v_rest) / number(&params["R"]);
        assert!(relative(rheobase, number(&set["rheobase_I"]), 0.0) <= 1e-14);
    }
    println!("leaky neuron at its exact spike times: {worst:.1e}");
    assert!(worst <= 1e-13, "{worst:e}");
}

#[test]
fn adaptive_neurons_spike_at_the_steps_of_the_80_digit_run() {
    let model = model(ALIF);
    let mut worst: f64 = 0.0;
    for set in list(&json("analytic/alif_grid.json")) {
        let cycle: Vec<f64> = list(&set["I_cycle"]).iter().map(number).collect();
        let steps = whole(&set["steps"]);
        let course: Vec<f64> = cycle.iter().copied().cycle().take(steps as usize).collect();
        let wanted: Vec<u64> = list(&set["spike_steps"]).iter().map(whole).collect();
        for engine in [Engine::Compiled, Engine::Interpreter] {
            let params = &set["params"];
            let names = ["tau", "tau_a", "R", "V_rest", "V_th", "beta"];
            let mut population = population(&model, params, &names, 1, number(&params["dt"]))
                .engine(engine)
                .init("V", Values::from(number(&params["V0"])))
                .init("a", Values::from(number(&params["a0"])))
                .input("I", Source::Course(course.clone()))
                .record_spikes()
                .build()
                .unwrap();
            let recording = population.run(steps).unwrap();
            assert_eq!(spike_steps(&recording)[0], wanted);
            for (state, wanted) in [("V", &set["final"]["V"]), ("a", &set["final"]["a"])] {
                worst = worst.max(relative(population.state(state).unwrap()[0], number(wanted), 0.0));
            }
        }
    }
    println!("adaptive neuron, final state: {worst:.1e}");
    assert!(worst <= 1e-11, "{worst:e}");
}

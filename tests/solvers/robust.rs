//! Spikes, events and held states between the stages of a step.

use alif::prelude::*;

use super::{after, solved, trace, trace_in};

/// An exponential upstroke, of which a slow quantity takes part.
const ADEX: &str = "model AdEx {
    state V = -70 mV;
    state w = 0 pA;
    200 pF * dV/dt = -10 nS * (V + 70 mV) + 20 pS_mV - w + 700 pA;
    100 ms * dw/dt = 4 nS * (V + 70 mV) - w;
    spike when V > 20 mV { V = -58 mV; w += 60 pA; }
}";

fn adex() -> String {
    // The exponential current, g ΔT exp((V - V_T) / ΔT).
    ADEX.replace("20 pS_mV", "10 nS * 2 mV * exp((V + 50 mV) / 2 mV)")
}

#[test]
fn what_runs_away_to_a_spike_takes_nothing_with_it() {
    for &solver in Solver::ALL
        .iter()
        .filter(|s| s.order().is_some() && **s != Solver::ExponentialMidpoint)
    {
        let model = solved(&adex(), Some(solver));
        for (precision, dt) in [0.05, 0.5, 1.0]
            .into_iter()
            .flat_map(|dt| [(Precision::F32, dt), (Precision::F64, dt)])
        {
            let recording = trace_in(precision, &model, &["V", "w"], dt, (500.0 / dt) as u64);
            let spikes = recording.spikes.len();
            assert!(spikes > 3, "{solver} at {dt} ms, {precision}: {spikes} spikes");
            let all = |i: usize, low: f64, high: f64| recording.traces[i].values.iter().all(|&x| x > low && x <= high);
            assert!(
                all(0, -120.0, 20.0) && all(1, -50.0, 1000.0),
                "{solver} at {dt} ms, {precision}"
            );
        }
    }
}

#[test]
fn a_held_state_is_a_constant_to_the_others_in_every_stage() {
    let text = "model Held {
        state V = 1;
        state w = 0;
        state x = 0;
        state s = 1;
        1 ms * dV/dt = V^2 + 1 + s;
        1 ms * dw/dt = V * (1 - w);
        1 ms * dx/dt = x * x + V;
        2 ms * ds/dt = -s;
        spike when V > 2 { V = 0.5; w = 0; x = 0; }
        refractory 100 ms hold V;
    }";
    for &solver in Solver::ALL
        .iter()
        .filter(|s| s.order().is_some() && **s != Solver::ExponentialMidpoint)
    {
        let model = solved(text, Some(solver));
        // Later x runs away to infinity.
        let recording = trace(&model, &["V", "w", "x"], 0.01, 200);
        let spike = recording.spikes[0].step as usize;
        let [v, w, x] = [0, 1, 2].map(|i| &recording.traces[i].values[spike..]);
        assert!(v.iter().all(|&v| v == 0.5), "{solver}: V moves");
        // w = 1 - exp(-V t), x = sqrt(V) tan(sqrt(V) t)
        let t = 1.0;
        let tolerance = if solver.order() == Some(1) { 0.01 } else { 1e-4 };
        let exact = [
            1.0 - libm::exp(-0.5 * t),
            libm::sqrt(0.5) * libm::tan(libm::sqrt(0.5) * t),
        ];
        for (found, exact) in [w[100], x[100]].into_iter().zip(exact) {
            assert!((found - exact).abs() < tolerance, "{solver}: {found} for {exact}");
        }
    }
}

#[test]
fn a_jump_before_the_step_is_where_the_step_starts() {
    let text = "model Jump {
        state V = 1;
        input syn : event;
        1 ms * dV/dt = -V^3;
        on syn(w) { V += w; }
    }";
    for &solver in Solver::ALL
        .iter()
        .filter(|s| s.order().is_some() && **s != Solver::ExponentialMidpoint)
    {
        let model = solved(text, Some(solver));
        let jump = Event {
            step: 0,
            neuron: 0,
            weight: 2.0,
        };
        let mut population = model
            .population(1)
            .dt(0.1)
            .precision(Precision::F64)
            .events("syn", vec![jump])
            .record(Monitor::of("V"))
            .build()
            .unwrap_or_else(|error| panic!("{error}"));
        let with_event = population.run(5).unwrap_or_else(|error| panic!("{error}")).traces[0]
            .values
            .clone();
        let from_three = text.replace("state V = 1", "state V = 3");
        assert_eq!(
            with_event[4].to_bits(),
            after(&solved(&from_three, Some(solver)), "V", 0.1, 5).to_bits(),
            "{solver}"
        );
    }
}

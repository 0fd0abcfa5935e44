//! Equations that read the time: each solver treats it as a state of slope 1, and every engine computes the same.

use alif::prelude::*;
use alif_compiler::explain::explain;
use alif_compiler::update::Rule;

use super::{after, solved, trace};

/// A ramp and a wave drive a membrane that is not linear, with a current that is.
const WAVE: &str = "model Wave {
    param w = 1.3;
    state V = -1;
    state a = 1;
    let wave = sin(w * CLOCK) + CLOCK / 10;
    1 ms * dV/dt = V - V^3 / 3.0 - a + wave;
    12.5 ms * da/dt = V + 0.7 - 0.8 * a;
}";

/// The same with equations that are affine in their own states, one of them with a slope that changes in time.
const AFFINE: &str = "model Affine {
    state V = -1;
    state g = 1;
    2 ms * dV/dt = -V * (1 + g * cos(CLOCK) / 2) + sin(1.3 * CLOCK);
    5 ms * dg/dt = V / 2 - g + cos(CLOCK / 7);
}";

/// Linear equations, spikes, a held state, a kernel and noise, with a ramp; a clock of steps of 0.5 ms has no rounding.
const RAMP: &str = "model Ramp {
    param r = 0.3;
    state V = 0.5;
    state a = 0;
    noise xi;
    input syn : event;
    kernel I = alpha(2 ms) drives syn;
    let ramp = r * CLOCK - 2;
    5 ms * dV/dt = -V - a / 4 + I + ramp + 0.2 * sqrt(5 ms) * xi;
    20 ms * da/dt = V - a + CLOCK / 40;
    spike when V > 1 { V = 0; a += 0.1; }
    refractory 1.5 ms hold V;
}";

/// The course in the time itself, and in a state that is one.
fn both(text: &str) -> [String; 2] {
    let autonomous = text.replace("CLOCK", "clock");
    let clock = "state clock = 0; 1 ms * dclock/dt = 1;";
    let at = autonomous.find("state").expect("a state");
    [
        text.replace("CLOCK", "(t / 1 ms)"),
        format!("{}{clock}{}", &autonomous[..at], &autonomous[at..]),
    ]
}

fn close(a: &[f64], b: &[f64], what: &str) {
    assert_eq!(a.len(), b.len());
    let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-11 && a.iter().all(|x| x.is_finite()), "{what}: {worst:e}");
}

#[test]
fn to_every_solver_the_time_is_a_state_of_slope_one() {
    for &solver in Solver::ALL {
        let (text, states) = match solver {
            Solver::Exact => (RAMP, ["V", "a"]),
            Solver::ExponentialMidpoint => (AFFINE, ["V", "g"]),
            _ => (WAVE, ["V", "a"]),
        };
        let [driven, autonomous] = both(text).map(|text| trace(&solved(&text, Some(solver)), &states, 0.25, 400));
        for (a, b) in driven.traces.iter().zip(&autonomous.traces) {
            close(&a.values, &b.values, solver.name());
        }
    }
}

#[test]
fn every_solver_has_its_order_where_the_time_drives() {
    let mut failures = Vec::new();
    for &solver in Solver::ALL.iter().filter(|solver| !solver.is_adaptive()) {
        let Some(nominal) = solver.order() else { continue };
        let text = if solver == Solver::ExponentialMidpoint {
            AFFINE
        } else {
            WAVE
        };
        let [text, _] = both(text);
        let steps = 1 << 16;
        let truth = after(
            &solved(&text, Some(Solver::Rk4)),
            "V",
            8.0 / f64::from(steps),
            u64::from(steps as u32),
        );
        let model = solved(&text, Some(solver));
        let errors = [512, 1024].map(|n| (after(&model, "V", 8.0 / n as f64, n) - truth).abs());
        let found = libm::log2(errors[0] / errors[1]);
        println!("{:22} {found:6.3}", solver.name());
        if (found - f64::from(nominal)).abs() > 0.15 {
            failures.push(format!("{solver}: {found}, {errors:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
}

/// Steps as long as the time constant make no difference: V' = (-V + r t) / τ has V = r (t - τ + τ exp(-t/τ)).
#[test]
fn a_ramp_is_exact_at_any_step() {
    let model = solved(
        "model Ramp { state V = 0; 5 ms * dV/dt = -V + 0.3 * t / 1 ms; }",
        Some(Solver::Exact),
    );
    for (dt, steps) in [(0.01, 4000), (0.5, 80), (5.0, 8), (40.0, 1)] {
        let truth = 0.3 * (40.0 - 5.0 + 5.0 * libm::exp(-40.0 / 5.0));
        let found = after(&model, "V", dt, steps);
        assert!((found - truth).abs() < 1e-12 * truth, "{dt} ms: {found}, {truth}");
    }
}

/// Spikes, held states, kernels and the noise of the same seed are those of the system with a state for the time.
#[test]
fn a_ramp_goes_with_spikes_held_states_kernels_and_noise() {
    let courses = both(RAMP).map(|text| {
        let model = solved(&text, None);
        let events = (0..40)
            .map(|k| Event {
                step: 5 * k,
                neuron: 0,
                weight: 0.4,
            })
            .collect();
        let builder = model.population(1).dt(0.5).precision(Precision::F64).record_spikes();
        let builder = builder
            .record(Monitor::of("V"))
            .record(Monitor::of("a"))
            .seed(7)
            .events("syn", events);
        builder
            .build()
            .and_then(|mut p| p.run(300))
            .unwrap_or_else(|error| panic!("{error}"))
    });
    let [driven, autonomous] = &courses;
    assert_eq!(driven.spikes, autonomous.spikes);
    assert!(driven.spike_count > 10, "{} spikes", driven.spike_count);
    for (a, b) in driven.traces.iter().zip(&autonomous.traces) {
        close(&a.values, &b.values, "a ramp with noise");
    }
}

/// A membrane that is approximated reads a ramp that is exact, half a step on.
#[test]
fn an_exact_ramp_is_read_in_the_middle_of_the_step() {
    let text = "model Half {
        state s = 1;
        state V = 0;
        3 ms * ds/dt = -s + t / 2 ms;
        1 ms * dV/dt = -V^3 + s;
    }";
    let model = solved(text, None);
    assert!(matches!(
        model.compiled().update.states[..],
        [Rule::Exact { .. }, Rule::Approximate { .. }]
    ));
    let truth = after(&solved(text, Some(Solver::Rk4)), "V", 8.0 / 65536.0, 65536);
    let errors = [256, 512].map(|n| (after(&model, "V", 8.0 / n as f64, n) - truth).abs());
    let found = libm::log2(errors[0] / errors[1]);
    assert!((found - 2.0).abs() < 0.1, "{found}");
}

#[test]
fn the_plan_is_exact_for_ramps_alone() {
    let rule = |term: &str| {
        let text = format!("model M {{ input I; state V = 0; 5 ms * dV/dt = -V + {term}; }}");
        match solved(&text, None).compiled().update.states[0] {
            Rule::Approximate { .. } => solved(&text, None).compiled().update.approximate[0].reason.text.clone(),
            Rule::Exact { .. } | Rule::Constant | Rule::SubSteps => "exact".to_owned(),
        }
    };
    assert_eq!(rule("t / 1 ms"), "exact");
    assert_eq!(rule("(1 + t / 1 ms)^2 - (t / 1 ms)^2 + I * I"), "exact");
    let ramp = "it depends on the time `t`, and not as a ramp does";
    for term in [
        "sin(t / 1 ms)",
        "floor(t / 5 ms)",
        "(if t > 5 ms { 1 } else { 2 })",
        "I * t / 1 ms",
    ] {
        assert_eq!(rule(term), ramp, "{term}");
    }
    assert_eq!(rule("V * t / 1 ms"), "its slope in `V` depends on the time");
    let refused = Model::loader()
        .solver(Solver::Exact)
        .text("model M { state V = 0; 5 ms * dV/dt = -V + cos(t / 1 ms); }")
        .expect_err("a wave is no ramp")
        .to_string();
    assert!(refused.contains("E0601") && refused.contains(ramp), "{refused}");
}

/// What jumps has a derivative of zero nearly everywhere, and is not linear for that.
#[test]
fn what_jumps_reaches_the_state() {
    let text = "model Jumps {
        state V = 0; state U = 0; state n = 0; input I;
        10 ms * dV/dt = if V > 1 { 0 } else { 2 };
        10 ms * dU/dt = floor(I);
        10 ms * dn/dt = floor(t / 5 ms);
    }";
    let builder = solved(text, None)
        .population(1)
        .dt(0.5)
        .precision(Precision::F64)
        .input("I", 3.5);
    let builder = ["V", "U", "n"]
        .iter()
        .fold(builder, |b, name| b.record(Monitor::of(*name)));
    let recording = builder
        .build()
        .and_then(|mut p| p.run(40))
        .unwrap_or_else(|error| panic!("{error}"));
    let end = |at: usize| recording.traces[at].values[39];
    assert!((end(0) - 1.1).abs() < 1e-12, "{}", end(0));
    assert!((end(1) - 6.0).abs() < 1e-12, "{}", end(1));
    // 5 ms each of 0, 1, 2 and 3.
    assert!((end(2) - 3.0).abs() < 1e-12, "{}", end(2));
}

/// The terms that an explanation lists come to the step.
#[test]
fn an_explanation_has_the_term_of_the_time() {
    let text = "model M { param r = 0.25; param E = 1; state V = 3; 5 ms * dV/dt = -(V - E) + r * t / 1 ms; }";
    let model = solved(text, None);
    let explanation = explain(model.compiled(), &[0.25, 1.0], 0.5).expect("parameters");
    let state = &explanation.states[0];
    assert!(
        state.reason.contains("affine in the states and the time"),
        "{}",
        state.reason
    );
    let names: Vec<_> = state.terms.iter().map(|term| term.coefficient.as_deref()).collect();
    assert_eq!(names, [Some("P[V,V]"), Some("Q[V,1]"), Some("P[V,t]")]);
    // Q[V,1] is more than the offset has: no formula would be right.
    assert_eq!(state.terms[1].formula, None);
    let steps = trace(&model, &["V"], 0.5, 8).traces[0].values.clone();
    for (n, pair) in steps.windows(2).enumerate() {
        let time = (n + 1) as f64 * 0.5;
        let sum = state.terms[0].value * pair[0] + state.terms[1].value + state.terms[2].value * time;
        assert!((sum - pair[1]).abs() < 1e-14, "step {n}: {sum}, {}", pair[1]);
    }
}

#[test]
fn engines_have_the_same_bits_late_in_a_run() {
    for text in [WAVE, AFFINE, RAMP] {
        let model = solved(&both(text)[0], None);
        for precision in [Precision::F32, Precision::F64] {
            let [a, b] = [Engine::Compiled, Engine::Interpreter].map(|engine| {
                let builder = model.population(70).dt(0.1).precision(precision).engine(engine).seed(3);
                let mut population = builder.record(Monitor::of("V")).build().expect("it builds");
                population.run(3000).expect("it runs");
                population.run(20).expect("it goes on").traces.remove(0).values
            });
            assert!(a.iter().all(|x| x.is_finite()));
            assert_eq!(a, b, "{precision}");
        }
    }
}

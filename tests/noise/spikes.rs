//! Escape noise: does a rate have its spikes?

use alif::prelude::*;

use super::DEVIATIONS;
use crate::support::model;

#[test]
fn a_rate_has_its_spikes_at_any_step() {
    let text = "model Poisson {
        param rate0 = 0.2 [1/ms];
        state n = 0;
        spike rate rate0 { n += 1; }
    }";
    let poisson = model(text);
    let neurons = 5_000;
    for (dt, rate) in [(0.1, 0.2), (1.0, 0.2), (10.0, 0.2), (0.1, 1e-3), (1.0, 5.0)] {
        for precision in [Precision::F32, Precision::F64] {
            let mut population = poisson
                .population(neurons)
                .dt(dt)
                .precision(precision)
                .set("rate0", rate)
                .build()
                .expect("it builds");
            let recording = population.run(100).expect("it runs");
            let tests = (100 * neurons) as f64;
            let p = -libm::expm1(-rate * dt);
            let off = (recording.spike_count as f64 - tests * p) / (tests * p * (1.0 - p)).sqrt();
            assert!(
                off.abs() < DEVIATIONS,
                "dt {dt}, rate {rate}, {precision}: {off} deviations"
            );
            let counted: f64 = population.state("n").expect("n").iter().sum();
            assert_eq!(counted, recording.spike_count as f64);
        }
    }
}

#[test]
fn a_rate_that_depends_on_the_potential_follows_it() {
    // The rate is zero, negative, not a number and infinite in turn.
    let text = "model Escape {
        param r : 1/ms = 0 [1/ms];
        state V = 0;
        1 ms * dV/dt = -V;
        spike rate r * exp(V) { V = 0; }
    }";
    let escape = model(text);
    for (rate, wanted) in [(0.0, 0), (-3.0, 0), (1e30, 640)] {
        let mut population = escape.population(64).set("r", rate).build().expect("it builds");
        assert_eq!(population.run(10).expect("it runs").spike_count, wanted, "rate {rate}");
    }
}

#[test]
fn a_refractory_period_stops_the_clock_of_a_rate() {
    let text = "model Dead {
        state n = 0;
        spike rate 2 [1/ms] { n += 1; }
        refractory 2 ms;
    }";
    let mut population = model(text)
        .population(2_000)
        .dt(0.1)
        .record_spikes()
        .build()
        .expect("it builds");
    let recording = population.run(1_000).expect("it runs");
    let mut last = vec![None; 2_000];
    let (mut sum, mut square, mut count) = (0.0, 0.0, 0.0);
    for spike in &recording.spikes {
        let neuron = spike.neuron as usize;
        if let Some(before) = last[neuron].replace(spike.step) {
            let interval = (spike.step - before) as f64;
            assert!(interval >= 20.0);
            sum += interval;
            square += interval * interval;
            count += 1.0;
        }
    }
    // Twenty steps, and then the number of the first success.
    let p = -libm::expm1(-0.2);
    let (mean, variance) = (19.0 + 1.0 / p, (1.0 - p) / (p * p));
    let off = (sum / count - mean) / (variance / count).sqrt();
    assert!(off.abs() < DEVIATIONS, "intervals: {off} deviations");
    let found = square / count - (sum / count) * (sum / count);
    assert!((found / variance - 1.0).abs() < 0.02, "{found}, {variance}");
}

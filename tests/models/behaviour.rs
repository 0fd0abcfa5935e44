//! Do the integrate-and-fire models behave as they are known to?

use alif::prelude::*;

use crate::gallery::load;
use crate::support::relative;

/// The times of spikes in ms, in double precision with steps of 0.05 ms. Values are in the units of the model.
pub(super) fn spikes(name: &str, params: &[(&str, f64)], input: f64, duration: f64) -> Vec<f64> {
    let model = load(name);
    let mut builder = model
        .population(1)
        .dt(0.05)
        .precision(Precision::F64)
        .input(&model.signature().inputs[0].name, input)
        .record_spikes();
    for (param, value) in params {
        builder = builder.set(*param, *value);
    }
    let recording = builder.build().expect("a population").run_for(duration).expect("a run");
    recording
        .spikes
        .iter()
        .map(|spike| recording.time(spike.step))
        .collect()
}

/// The intervals between spikes.
pub(super) fn intervals(times: &[f64]) -> Vec<f64> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The longest over the shortest interval.
pub(super) fn spread(times: &[f64]) -> f64 {
    let intervals = intervals(times);
    assert!(intervals.len() > 3, "too few spikes: {times:?}");
    let longest = intervals.iter().fold(0.0, |a: f64, b| a.max(*b));
    longest / intervals.iter().fold(f64::INFINITY, |a: f64, b| a.min(*b))
}

/// Intervals become longer and never shorter, but for the grid of time steps.
fn slows_down(times: &[f64]) -> bool {
    let intervals = intervals(times);
    spread(times) > 1.3 && intervals.windows(2).all(|pair| pair[1] > pair[0] - 0.11)
}

/// The interval of a leaky integrate-and-fire neuron that is reset to rest, rounded up to whole steps.
fn of_leaky(tau: f64, drive: f64, threshold: f64, refractory: f64) -> f64 {
    refractory + (tau * libm::log(drive / (drive - threshold)) / 0.05).ceil() * 0.05
}

#[test]
fn leaky_neurons_fire_at_the_rate_of_the_closed_form() {
    for name in ["lif_exp", "lif_alpha", "lif_biexp"] {
        // 15 mV of 250 pF / 10 ms
        assert_eq!(spikes(name, &[], 374.9, 1000.0), [0.0; 0], "{name}");
        let wanted = of_leaky(10.0, 400.0 / 25.0, 15.0, 2.0);
        for interval in intervals(&spikes(name, &[], 400.0, 500.0)) {
            assert!(
                relative(interval, wanted, 0.0) < 1e-9,
                "{name}: {interval}, not {wanted}"
            );
        }
    }
    let wanted = of_leaky(58.72 / 9.43, 300.0 / 9.43, -51.68 + 78.85, 3.75);
    let found = intervals(&spikes("glif1", &[], 300.0, 300.0));
    assert!(
        found.len() > 5 && found.iter().all(|x| relative(*x, wanted, 0.0) < 1e-9),
        "{found:?}"
    );
}

#[test]
fn adaptive_neurons_slow_down() {
    for (name, input) in [
        ("lif_sfa", 800.0),
        ("adex", 800.0),
        ("izhikevich", 10.0),
        ("glif2", 300.0),
        ("glif5", 500.0),
    ] {
        let times = spikes(name, &[], input, 500.0);
        let intervals = intervals(&times);
        assert!(
            intervals.len() > 3 && intervals.last() > intervals.first(),
            "{name}: {intervals:?}"
        );
    }
    assert!(slows_down(&spikes("gif_mihalas_niebur", &[("a", 0.005)], 2.0, 200.0)));
}

#[test]
fn the_exponential_and_the_quadratic_neuron_begin_to_fire_where_their_resting_point_vanishes() {
    // V_T − V_rest − delta_T, and a (V_c − V_rest)² / 4, over 100 MOhm
    for (name, onset) in [
        ("exp_if", (5.1 - 3.48) / 100.0),
        ("quadratic_if", 0.07 * 15.0 * 15.0 / 400.0),
    ] {
        assert_eq!(spikes(name, &[], 0.99 * onset, 2000.0), [0.0; 0], "{name}");
        let slow = intervals(&spikes(name, &[], 1.01 * onset, 2000.0));
        assert!(slow.iter().any(|x| *x > 100.0), "{name}: {slow:?}");
        let fast = intervals(&spikes(name, &[], 5.0 * onset, 2000.0));
        assert!(fast.iter().all(|x| *x < 40.0) && !fast.is_empty(), "{name}: {fast:?}");
    }
}

#[test]
fn the_neuron_of_mihalas_and_niebur_changes_its_behaviour_with_its_parameters() {
    let tonic = spikes("gif_mihalas_niebur", &[], 1.5, 200.0);
    assert!(tonic.len() > 3 && spread(&tonic) < 1.2, "{tonic:?}");
    // Some spikes at first, and no more.
    let phasic = spikes("gif_mihalas_niebur", &[("a", 0.005)], 1.5, 5000.0);
    assert!(
        !phasic.is_empty() && phasic.iter().all(|time| *time < 250.0),
        "{phasic:?}"
    );
    let bursting = [("a", 0.005), ("A_1", 10.0), ("A_2", -0.6)];
    let bursting = spikes("gif_mihalas_niebur", &bursting, 2.0, 500.0);
    assert!(spread(&bursting) > 5.0, "{bursting:?}");
}

#[test]
fn the_neuron_of_izhikevich_changes_its_behaviour_with_its_parameters() {
    let regular = spikes("izhikevich", &[], 10.0, 1000.0);
    let fast = spikes("izhikevich", &[("a", 0.1), ("d", 2.0)], 10.0, 1000.0);
    let chattering = spikes("izhikevich", &[("c", -50.0), ("d", 2.0)], 10.0, 1000.0);
    assert!(
        fast.len() > 2 * regular.len(),
        "{} and {} spikes",
        fast.len(),
        regular.len()
    );
    assert!(spread(&chattering) > 5.0, "{chattering:?}");
    // Three and more spikes follow each other closely, over and over.
    let bursts = intervals(&chattering)
        .split(|x| *x > 10.0)
        .filter(|burst| burst.len() >= 2)
        .count();
    assert!(bursts > 5, "{chattering:?}");
}

#[test]
fn neurons_with_thresholds_of_two_time_scales_differ_in_their_rates() {
    let regular = spikes("mat2", &[], 600.0, 500.0);
    assert!(intervals(&regular).len() > 3 && spread(&regular) > 1.3, "{regular:?}");
    let fast = [("alpha_1", 10.0), ("alpha_2", 0.002), ("omega", -59.0)];
    let fast = spikes("mat2", &fast, 600.0, 500.0);
    assert!(
        fast.len() > 3 * regular.len(),
        "{} and {} spikes",
        fast.len(),
        regular.len()
    );
}

/// y is ∫ s exp(−s/τ_v) V'(t − s) ds, here of V' = A/τ exp(−t/τ) after a step of the current, with τ = 10 ms and τ_v = 5 ms:
/// the convolution of two exponentials, one with the factor s.
#[test]
fn the_threshold_of_the_augmented_neuron_follows_the_slope_of_its_potential() {
    let model = load("amat2");
    let mut population = model
        .population(1)
        .precision(Precision::F64)
        .input("I", 50.0)
        .record(Monitor::of("y"))
        .build()
        .expect("a population");
    let recording = population.run_for(50.0).expect("a run");
    let trace = recording.trace("y").expect("a trace");
    // 50 pA · 10 ms / 200 pF, over 10 ms
    let slope = 0.25;
    let (k, mut largest) = (1.0 / 10.0 - 1.0 / 5.0, 0.0_f64);
    for (step, found) in trace.steps.iter().zip(&trace.values) {
        let t = recording.time(*step);
        // ∫₀ᵗ s exp(k s) ds exp(−t/τ)
        let integral = (libm::exp(k * t) * (k * t - 1.0) + 1.0) / (k * k);
        let wanted = slope * libm::exp(-t / 10.0) * integral;
        assert!((found - wanted).abs() < 1e-11, "{found}, not {wanted}, at {t} ms");
        largest = largest.max(wanted);
    }
    assert!(largest > 1.0, "{largest}");
}

#[test]
fn resonators_ring_and_prefer_a_rhythm() {
    let model = load("lif_resonator");
    let mut population = model
        .population(1)
        .input("I", 500.0)
        .record(Monitor::of("V"))
        .build()
        .expect("a population");
    let recording = population.run_for(500.0).expect("a run");
    let potential = &recording.trace("V").expect("a trace").values;
    let (largest, last) = (
        potential.iter().fold(0.0, |a: f64, b| a.max(*b)),
        potential[potential.len() - 1],
    );
    assert!(
        recording.spike_count == 0 && largest > 1.5 * last && last > 0.0,
        "{largest} and {last}"
    );

    let model = load("resonate_and_fire");
    let period = 2.0 * std::f64::consts::PI;
    let fires = |interval: f64| {
        let events = Event::train(0, &[1.0, 1.0 + interval], 0.9, 0.05).expect("times");
        let mut population = model
            .population(1)
            .dt(0.05)
            .events("syn", events)
            .build()
            .expect("a population");
        population.run_for(30.0).expect("a run").spike_count > 0
    };
    assert!(fires(period) && !fires(period / 2.0) && !fires(1.5 * period));
}

/// v ← α v + (1 − α) R I − z v_th and a ← ρ a + z, with the spike z of the step before.
#[test]
fn the_discrete_neurons_follow_their_recurrences() {
    let (alpha, rho) = (libm::exp(-1.0 / 20.0), libm::exp(-1.0 / 2000.0));
    for (name, beta) in [("lif_bellec_discrete", 0.0), ("alif_bellec_discrete", 0.0174)] {
        let model = load(name);
        let mut population = model
            .population(1)
            .dt(1.0)
            .precision(Precision::F64)
            .input("I", 1.0)
            .record_spikes()
            .record(Monitor::of("v"))
            .build()
            .expect("a population");
        let recording = population.run(500).expect("a run");
        let (mut v, mut a, mut z, mut rest, mut spikes) = (0.0, 0.0, 0.0, 0, 0);
        for (step, found) in recording.trace("v").expect("a trace").values.iter().enumerate() {
            v = alpha * v + (1.0 - alpha) - z * 0.6;
            a = rho * a + z;
            // The refractory period is 5 steps, and the test is allowed again in the last of them.
            let fires = v > 0.6 + beta * a && rest == 0;
            rest = if fires { 4 } else { i32::max(rest - 1, 0) };
            z = f64::from(u8::from(fires));
            assert!((v - found).abs() < 1e-12, "{name}, step {step}: {found}, not {v}");
            assert_eq!(
                fires,
                recording.spikes.iter().any(|s| s.step == step as u64),
                "{name}, step {step}"
            );
            spikes += i32::from(fires);
        }
        assert!(spikes > 10, "{name}: {spikes} spikes");
    }
}

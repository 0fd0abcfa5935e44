//! Do the neurons with gates, and the oscillators, behave as they are known to?

use alif::prelude::*;

use crate::gallery::load;

use super::behaviour::{intervals, spikes, spread};

/// The rate in Hz over the second half of a run.
fn rate(name: &str, params: &[(&str, f64)], input: f64) -> f64 {
    let times = spikes(name, params, input, 2000.0);
    times.iter().filter(|time| **time > 1000.0).count() as f64
}

/// At 10 µA/cm² the squid axon fires about 70 times a second; it rests at −65 mV.
#[test]
fn the_squid_axon_rests_and_fires() {
    assert_eq!(spikes("hodgkin_huxley", &[], 0.0, 500.0), [0.0; 0]);
    let mut population = load("hodgkin_huxley").population(1).build().expect("a population");
    population.run_for(500.0).expect("a run");
    let rest = population.state("V").expect("a state")[0];
    assert!((rest + 65.0).abs() < 0.05, "{rest}");
    // A current that does not suffice brings about a single spike.
    assert_eq!(spikes("hodgkin_huxley", &[], 400.0, 500.0).len(), 1);
    let rate = rate("hodgkin_huxley", &[], 1000.0);
    assert!((66.0..72.0).contains(&rate), "{rate} Hz");
}

/// At the parameters of the benchmark it never rests; a leak that pulls further down makes it do so.
#[test]
fn the_neuron_of_traub_and_miles_fires_faster_with_more_current() {
    assert_eq!(spikes("traub_miles", &[("E_L", -65.0)], 0.0, 500.0), [0.0; 0]);
    let rates = [0.0, 200.0, 400.0, 800.0].map(|input| rate("traub_miles", &[], input));
    assert!(
        rates[0] > 10.0 && rates.is_sorted() && rates[3] > 3.0 * rates[0],
        "{rates:?}"
    );
}

/// The paper's neuron begins at about 0.16 µA/cm² with a rate of zero, and reaches about 60 Hz at 1 µA/cm².
#[test]
fn the_interneuron_fires_at_any_rate() {
    assert_eq!(rate("wang_buzsaki", &[], 0.15), 0.0);
    let slow = rate("wang_buzsaki", &[], 0.165);
    assert!((1.0..12.0).contains(&slow), "{slow} Hz");
    let rates = [0.2, 0.5, 1.0, 2.0].map(|input| rate("wang_buzsaki", &[], input));
    assert!(rates.is_sorted() && (50.0..75.0).contains(&rates[2]), "{rates:?}");
}

/// The second class jumps to a rate, the first begins at zero.
#[test]
fn the_muscle_fibre_has_two_classes() {
    let lowest = |params: &[(&str, f64)], currents: [f64; 2]| {
        let [low, high] = currents;
        assert_eq!(rate("morris_lecar", params, low), 0.0, "{low}");
        let found = rate("morris_lecar", params, high);
        assert!(found > 0.0, "{high}");
        found
    };
    let first = [("g_Ca", 4.0), ("V_3", 12.0), ("V_4", 17.4), ("phi", 0.0667)];
    let (first, second) = (lowest(&first, [39.5, 40.2]), lowest(&[], [85.0, 95.0]));
    assert!(first < 4.0 && second > 1.5 * first, "{first} and {second} Hz");
}

#[test]
fn the_oscillator_of_fitzhugh_and_nagumo_oscillates_in_its_range() {
    for (input, oscillates) in [
        (0.0, false),
        (0.3, false),
        (0.35, true),
        (1.0, true),
        (1.4, true),
        (1.45, false),
    ] {
        let model = load("fitzhugh_nagumo");
        let mut population = model
            .population(1)
            .precision(Precision::F64)
            .input("I", input)
            .record(Monitor::of("V"))
            .build()
            .expect("a population");
        population.run_for(2000.0).expect("a run");
        let recording = population.run_for(200.0).expect("a run");
        let values = &recording.trace("V").expect("a trace").values;
        let low = values.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        let high = values.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        assert_eq!(high - low > 0.5, oscillates, "I = {input}: from {low} to {high}");
    }
}

#[test]
fn the_neuron_of_hindmarsh_and_rose_bursts() {
    let times = spikes("hindmarsh_rose", &[], 2.0, 8000.0);
    assert!(spread(&times) > 5.0, "{times:?}");
    let bursts = intervals(&times)
        .split(|x| *x > 200.0)
        .filter(|burst| burst.len() >= 4)
        .count();
    assert!(bursts > 5, "{times:?}");
    // More current, and the bursts run together.
    let times = spikes("hindmarsh_rose", &[], 4.0, 8000.0);
    let late: Vec<f64> = times.into_iter().filter(|time| *time > 6000.0).collect();
    assert!(spread(&late) < 1.2, "{late:?}");
}

//! Values that are drawn.

use alif::Recipient;
use alif::prelude::*;

use super::{EVERYTHING, population, refused, ways};
use crate::support;

#[test]
fn drawn_values_are_the_same_for_every_way_to_run() {
    let draw = |builder: alif::Builder| {
        builder
            .seed(11)
            .set("tau", Distribution::normal(20.0, 1.0))
            .init("V", Distribution::uniform(-5.0, 5.0))
            .input("I", Distribution::normal(14.0, 1.0))
    };
    let mut spikes = Vec::new();
    for (way, builder) in ways(100) {
        let drawn = population(draw(builder).record_spikes()).run(1000).unwrap();
        spikes.push((way, drawn.spikes));
    }
    let (_, builder) = ways(100).remove(0);
    // The same values as arrays, in blocks, on threads.
    let values = |distribution: Distribution, of| distribution.values(11, of, 100);
    let builder = builder
        .seed(11)
        .set("tau", values(Distribution::normal(20.0, 1.0), Recipient::Parameter(0)))
        .init("V", values(Distribution::uniform(-5.0, 5.0), Recipient::State(0)))
        .input("I", values(Distribution::normal(14.0, 1.0), Recipient::Input(0)));
    let given = population(builder.record_spikes().block(64).threads(2))
        .run(1000)
        .unwrap();
    assert!(given.spike_count > 100, "{}", given.spike_count);
    for (way, spikes) in spikes {
        assert_eq!(spikes, given.spikes, "{way}");
    }
    // Another seed draws others; a larger population begins with the same.
    let v = |seed, neurons| {
        let builder = support::model(EVERYTHING).population(neurons).seed(seed);
        population(builder.init("V", Distribution::normal(0.0, 1.0)))
            .state("V")
            .unwrap()
    };
    assert_eq!(v(1, 10), v(1, 1000)[..10]);
    assert_ne!(v(1, 10), v(2, 10));
}

#[test]
fn members_share_drawn_parameters_and_draw_states_of_their_own() {
    let builder = support::model(EVERYTHING).population(3).batch(2);
    let builder = builder
        .set("start", Distribution::normal(0.0, 1.0))
        .init("a", Distribution::normal(0.0, 1.0));
    let population = population(builder);
    let (v, a) = (population.state("V").unwrap(), population.state("a").unwrap());
    assert_eq!(v[..3], v[3..]);
    assert_ne!(a[..3], a[3..]);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let model = support::model(EVERYTHING);
    let refusal = |name: &str, distribution| refused(model.population(1000).set(name, distribution).build());
    let message = refusal("tau", Distribution::normal(1.0, 1.0));
    assert!(
        message.starts_with("E0604: `tau > 0 ms` does not hold for tau = -"),
        "{message}"
    );
    assert!(message.contains("(neuron "), "{message}");
    let message = refusal("tau", Distribution::uniform(3.0, 1.0));
    assert_eq!(
        message,
        "E0604: `tau` cannot be drawn: its lower bound is above the upper one"
    );
    let message = refused(model.population(1).init("V", Distribution::normal(0.0, -1.0)).build());
    assert_eq!(
        message,
        "E0604: `V` cannot be drawn: its standard deviation is below zero"
    );
    let mut population = population(model.population(2));
    assert!(
        population
            .set_input("I", Distribution::uniform(0.0, f64::INFINITY))
            .is_err()
    );
    population.set("tau", Distribution::uniform(10.0, 20.0)).unwrap();
}

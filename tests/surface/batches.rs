//! Shapes, batches, and the way back to the start.

use alif::Shape;
use alif::prelude::*;

use super::{EVERYTHING, events, population, refused, typed, ways};
use crate::support;

#[test]
fn a_shape_is_kept_in_states_traces_and_values() {
    for (way, builder) in ways((2, 3)) {
        let mut population = population(
            builder
                .init_with("V", |n| n as f64)
                .record(Monitor::of("V"))
                .record(Monitor::of("a").neurons([4, 1])),
        );
        assert_eq!(
            (population.neurons(), population.shape()),
            (6, &Shape::from((2, 3))),
            "{way}"
        );
        let (shape, v) = (population.shape().clone(), population.state("V").unwrap());
        assert_eq!(v[shape.index(&[1, 2]).unwrap()], 5.0);
        let recording = population.run(2).unwrap();
        assert_eq!(recording.shape, shape);
        assert_eq!(recording.trace("V").unwrap().shape, (2, 3).into());
        assert_eq!(recording.trace("a").unwrap().shape, 2.into());
    }
    let model = support::model(EVERYTHING);
    for shape in [vec![0], vec![3, 0], vec![1 << 20, 1 << 20], vec![usize::MAX, 2]] {
        let message = refused(model.population(shape.clone()).build());
        assert!(message.contains("at least 1 neuron"), "{shape:?}: {message}");
    }
    // No axes at all is one neuron, as in NumPy.
    assert_eq!(population(model.population([])).neurons(), 1);
}

#[test]
fn members_of_a_batch_are_populations_of_their_own() {
    let inputs: Vec<f64> = (0..12).map(|n| 8.0 + n as f64).collect();
    let start: Vec<f64> = (0..4).map(|n| n as f64).collect();
    let run = |builder: alif::Builder| {
        let builder = builder
            .seed(3)
            .dt(0.5)
            .init("V", start.clone())
            .set("tau", [10.0, 15.0, 20.0, 25.0]);
        let monitor = Monitor::of("V").neurons([3, 0]).every(5);
        let mut population = population(builder.record_spikes().record(monitor));
        population.run(200).unwrap()
    };
    for ((way, batched), (_, flat)) in ways(4).into_iter().zip(ways(12)) {
        let recording = run(batched.batch(3).input("I", inputs.clone()).events("syn", events(12)));
        let like = {
            let builder = flat
                .seed(3)
                .dt(0.5)
                .init("V", start.repeat(3))
                .input("I", inputs.clone());
            let builder = builder
                .set("tau", [10.0, 15.0, 20.0, 25.0].repeat(3))
                .events("syn", events(12));
            let monitor = Monitor::of("V").neurons([3, 0, 7, 4, 11, 8]).every(5);
            population(builder.record_spikes().record(monitor)).run(200).unwrap()
        };
        assert!(recording.spike_count > 20, "{way}: {}", recording.spike_count);
        assert_eq!(recording.spikes, like.spikes, "{way}");
        assert_eq!(recording.traces[0].values, like.traces[0].values, "{way}");
        assert_eq!(recording.traces[0].neurons, like.traces[0].neurons, "{way}");
        assert_eq!(recording.traces[0].shape, (3, 2).into(), "{way}");
        assert_eq!(recording.shape, (3, 4).into(), "{way}");
    }
    for (_, builder) in ways(4) {
        let message = refused(builder.batch(3).init("V", [0.0; 8]).build());
        assert!(message.contains("`V` has 8 values for 4 neurons"), "{message}");
    }
    assert!(refused(support::model(EVERYTHING).population(4).batch(0).build()).contains("at least 1 neuron"));
}

#[test]
fn reset_goes_back_to_the_start() {
    for (way, builder) in ways(70) {
        let builder = builder
            .seed(9)
            .dt(0.5)
            .input("I", Source::Course(vec![15.0; 200]))
            .events("syn", events(70));
        let builder = builder
            .init("a", Distribution::uniform(0.0, 1.0))
            .record_spikes()
            .record(Monitor::of("V").every(7));
        let mut population = population(builder);
        let first = population.run(100).unwrap();
        let rest = population.run(50).unwrap();
        assert!(first.spike_count > 50 && rest.first_step == 100, "{way}");
        population.reset().unwrap();
        assert_eq!(population.step(), 0, "{way}");
        assert_eq!(population.run(100).unwrap(), first, "{way}");
        assert_eq!(population.run(50).unwrap(), rest, "{way}");
        // Parameters stay, and so does what was set for the start; the initial value of V is the parameter's as it is now.
        population.set("start", 4.0).unwrap();
        population.set_initial("a", 0.5).unwrap();
        population.reset().unwrap();
        assert_eq!(
            (population.state("V").unwrap()[7], population.state("a").unwrap()[7]),
            (4.0, 0.5),
            "{way}"
        );
        assert_ne!(population.run(100).unwrap().spikes, first.spikes, "{way}");
    }
}

#[test]
fn reset_takes_another_number_of_members() {
    for (way, builder) in ways(5) {
        let builder = builder
            .seed(4)
            .dt(0.5)
            .set("tau", Distribution::normal(20.0, 2.0))
            .input("I", 14.0);
        let builder = builder
            .init("V", Distribution::uniform(0.0, 9.0))
            .record_spikes()
            .record(Monitor::of("V"));
        let fresh = |members| {
            let (_, other) = ways(5).into_iter().find(|(other, _)| *other == way).unwrap();
            let other = other
                .seed(4)
                .dt(0.5)
                .set("tau", Distribution::normal(20.0, 2.0))
                .input("I", 14.0);
            let other = other
                .init("V", Distribution::uniform(0.0, 9.0))
                .record_spikes()
                .record(Monitor::of("V"));
            population(other.batch(members)).run(100).unwrap()
        };
        let mut population = population(builder);
        population.run(30).unwrap();
        for members in [3, 1, 4] {
            population.reset_batch(members).unwrap();
            assert_eq!(population.batch(), Some(members));
            assert_eq!(population.shape(), &(members, 5).into());
            assert_eq!(population.run(100).unwrap(), fresh(members), "{way}, {members}");
        }
        // What differs between members cannot serve others; the population stays as it is.
        let before = population.state("V").unwrap();
        population
            .set_input("I", (0..20).map(f64::from).collect::<Vec<_>>())
            .unwrap();
        let message = refused(population.reset_batch(2));
        assert!(
            message.contains("`I` has values of its own for each of 4 members"),
            "{message}"
        );
        population.set_input("I", [1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        population
            .set_events(
                "syn",
                vec![Event {
                    step: 0,
                    neuron: 19,
                    weight: 1.0,
                }],
            )
            .unwrap();
        let message = refused(population.reset_batch(2));
        assert!(message.contains("there is no neuron 19; there are 10"), "{message}");
        population.set_input("I", Source::Stream(vec![0.0; 40])).unwrap();
        assert!(refused(population.reset_batch(5)).contains("connect something else"));
        assert_eq!(
            (population.batch(), population.state("V").unwrap()),
            (Some(4), before),
            "{way}"
        );
        assert!(refused(population.reset_batch(0)).contains("at least 1 neuron"));
    }
}

#[test]
fn types_have_shapes_batches_and_draws_too() {
    let mut population = typed::Everything::population((2, 2))
        .batch(3)
        .seed(1)
        .tau(Distribution::normal(ms(20.0), ms(1.0)))
        .initial_V(Distribution::uniform(mV(-1.0), mV(1.0)))
        .initial_a(Distribution::uniform(0.0, 0.5))
        .I(mV(15.0))
        .build::<f64>()
        .unwrap();
    assert_eq!(population.shape(), &[3, 2, 2].into());
    let by_name = |name| population.state(name).unwrap();
    let wanted = |distribution: Distribution, of| distribution.values(1, of, 12);
    assert_eq!(
        by_name("V"),
        wanted(Distribution::uniform(-1.0, 1.0), alif::Recipient::State(0))
    );
    assert_eq!(
        by_name("a"),
        wanted(Distribution::uniform(0.0, 0.5), alif::Recipient::State(1))
    );
    population.set_V(Distribution::normal(mV(0.0), mV(0.0))).unwrap();
    assert_eq!(population.V(), [mV(0.0); 12]);
    population.run(10).unwrap();
}

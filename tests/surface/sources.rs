//! Several sources for one input or port.

use alif::Builder;
use alif::prelude::*;

use super::{events, population, refused, typed, ways};

fn callback(values: impl Fn(u64, usize) -> f64 + Send + 'static) -> Source {
    Source::Callback(Box::new(move |step, row| {
        row.iter_mut().enumerate().for_each(|(n, to)| *to = values(step, n));
    }))
}

fn recorded(builder: Builder) -> Builder {
    builder
        .seed(2)
        .dt(0.5)
        .record_spikes()
        .record(Monitor::of("V").every(3))
}

#[test]
fn an_input_is_the_sum_of_its_sources() {
    let stream: Vec<f64> = (0..60 * 5).map(|k| f64::from(k % 7)).collect();
    let course: Vec<f64> = (0..60).map(|k| f64::from(k % 3)).collect();
    let each = [0.5, 1.5, 2.5, 3.5, 4.5];
    for ((way, several), (_, one)) in ways(5).into_iter().zip(ways(5)) {
        let several = recorded(several)
            .input("I", 8.0)
            .add_input("I", "each", each)
            .add_input("I", "course", Source::Course(course.clone()))
            .add_input("I", "stream", Source::Stream(stream.clone()))
            .add_input("I", "function", callback(|step, n| step as f64 / 8.0 + n as f64));
        let (course, stream) = (course.clone(), stream.clone());
        let sum = move |step: u64, n: usize| {
            let at = step as usize;
            8.0 + each[n] + course[at] + stream[at * 5 + n] + (step as f64 / 8.0 + n as f64)
        };
        let mut found = population(several);
        let recording = found.run(60).unwrap();
        assert!(recording.spike_count > 5, "{way}: {}", recording.spike_count);
        assert_eq!(
            recording,
            population(recorded(one).input("I", callback(sum))).run(60).unwrap(),
            "{way}"
        );
        assert_eq!(
            found.input_labels("I").unwrap(),
            ["each", "course", "stream", "function"]
        );
        assert!(refused(found.run(1)).contains("has 60 steps"), "{way}");
    }
}

#[test]
fn constants_are_summed_once_and_sources_come_and_go() {
    for ((way, several), (_, one)) in ways(3).into_iter().zip(ways(3)) {
        let (mut several, mut one) = (population(recorded(several)), population(recorded(one)));
        let mut same = |several: &mut Population, sum: [f64; 3]| {
            one.set_input("I", sum).unwrap();
            assert_eq!(several.run(40).unwrap(), one.run(40).unwrap(), "{way} {sum:?}");
        };
        several.set_input("I", 10.0).unwrap();
        several
            .add_input("I", "drawn", Distribution::uniform(0.0, 0.0))
            .unwrap();
        several.add_input("I", "one", [1.0, 2.0, 3.0]).unwrap();
        same(&mut several, [11.0, 12.0, 13.0]);
        several.add_input("I", "two", 4.0).unwrap();
        same(&mut several, [15.0, 16.0, 17.0]);
        several.remove_input("I", "one").unwrap();
        same(&mut several, [14.0; 3]);
        several.set_input("I", 12.0).unwrap();
        same(&mut several, [16.0; 3]);
        several
            .set_input("I", Source::Stream((0..3 * 5000).map(|_| 9.0).collect()))
            .unwrap();
        same(&mut several, [13.0; 3]);
        several.clear_input("I").unwrap();
        assert!(several.input_labels("I").unwrap().is_empty());
        same(&mut several, [0.0; 3]);
    }
}

#[test]
fn a_port_takes_weights_from_its_list_and_its_sources() {
    for ((way, several), (_, one)) in ways(6).into_iter().zip(ways(6)) {
        let mut several = population(
            recorded(several)
                .input("I", 8.0)
                .events("syn", events(6))
                .add_input("syn", "steady", [0.25, 0.0, 0.5, 0.0, 0.0, 1.0])
                .add_input(
                    "syn",
                    "rare",
                    callback(|step, n| if step % 10 == n as u64 { 2.0 } else { 0.0 }),
                ),
        );
        let mut all = events(6);
        for step in 0..100 {
            for (neuron, weight) in [(0, 0.25), (2, 0.5), (5, 1.0)] {
                let sum = weight + if step % 10 == u64::from(neuron) { 2.0 } else { 0.0 };
                all.push(Event {
                    step,
                    neuron,
                    weight: sum,
                });
            }
            let neuron = (step % 10) as u32;
            if [1, 3, 4].contains(&neuron) {
                all.push(Event {
                    step,
                    neuron,
                    weight: 2.0,
                });
            }
        }
        let mut one = population(recorded(one).input("I", 8.0).events("syn", all));
        let (found, wanted) = (several.run(100).unwrap(), one.run(100).unwrap());
        assert!(found.spike_count > 5, "{way}");
        assert_eq!(found, wanted, "{way}");
        // Without list and sources nothing arrives any more.
        several.clear_input("syn").unwrap();
        one.set_events("syn", vec![]).unwrap();
        assert_eq!(several.run(50).unwrap(), one.run(50).unwrap(), "{way}");
    }
}

#[test]
fn what_is_accumulated_acts_in_one_step() {
    for ((way, builder), (_, other)) in ways(2).into_iter().zip(ways(2)) {
        let (mut found, mut wanted) = (population(recorded(builder)), population(recorded(other)));
        for step in 0..30 {
            found.accumulate("I", [step as f64, 1.0]).unwrap();
            found.accumulate("I", 2.0).unwrap();
            found.accumulate("syn", [0.0, 0.5]).unwrap();
            wanted.set_input("I", [step as f64 + 2.0, 3.0]).unwrap();
            wanted
                .set_events(
                    "syn",
                    vec![Event {
                        step: found.step(),
                        neuron: 1,
                        weight: 0.5,
                    }],
                )
                .unwrap();
            assert_eq!(found.run(1).unwrap(), wanted.run(1).unwrap(), "{way}, step {step}");
            // The next one gets nothing.
            wanted.set_input("I", 0.0).unwrap();
            assert_eq!(found.run(1).unwrap(), wanted.run(1).unwrap(), "{way}, step {step}");
        }
        found.accumulate("I", 100.0).unwrap();
        found.reset().unwrap();
        wanted.reset().unwrap();
        assert_eq!(found.run(1).unwrap(), wanted.run(1).unwrap(), "{way}");
    }
}

#[test]
fn sources_of_batches_and_of_types() {
    let mut typed = typed::Everything::population(2)
        .batch(2)
        .I(mV(3.0))
        .build::<f64>()
        .unwrap();
    typed.add_input("I", "members", [1.0, 2.0, 3.0, 4.0]).unwrap();
    typed.add_input("syn", "one", [0.5, 0.0]).unwrap();
    typed.run(5).unwrap();
    let message = refused(typed.reset_batch(3));
    assert!(
        message.contains("`I` has values of its own for each of 2 members"),
        "{message}"
    );
    typed.remove_input("I", "members").unwrap();
    typed.accumulate("I", 1.0).unwrap();
    typed.reset_batch(3).unwrap();
    typed.run(5).unwrap();
    assert_eq!(typed.V().len(), 6);
    // A closure writes inputs whose sources stay the same; others it cannot.
    typed.run_with(3, |_, input| input.I.fill(mV(1.0))).unwrap_err();
    typed.clear_input("I").unwrap();
    typed.run_with(3, |_, input| input.I.fill(mV(1.0))).unwrap();
}

#[test]
fn what_cannot_be_added_is_refused() {
    let (_, builder) = ways(2).remove(0);
    let mut population = population(builder.input("I", Source::Stream(vec![0.0; 20])));
    let message = refused(population.add_input("I", "other", 1.0));
    assert_eq!(
        message,
        "E0805: input `I` has a source of one value a step and neuron; connect it by `add_input` under a label, so that others can be added to it"
    );
    population.clear_input("I").unwrap();
    population.add_input("I", "other", 1.0).unwrap();
    assert_eq!(
        refused(population.add_input("I", "other", 1.0)),
        "E0805: `I` has already a source or function of the name `other`"
    );
    assert_eq!(
        refused(population.remove_input("I", "none")),
        "E0805: `I` has no source or function of the name `none`"
    );
    assert!(refused(population.add_input("sin", "x", 1.0)).contains("no event port `sin`; did you mean `syn`?"));
    assert!(refused(population.add_input("I", "x", f64::NAN)).contains("`I` is NaN"));
    assert!(refused(population.add_input("I", "x", [1.0; 3])).contains("3 values for 2 neurons"));
    population
        .add_input(
            "I",
            "late",
            callback(|step, _| if step == 3 { f64::INFINITY } else { 0.0 }),
        )
        .unwrap();
    let message = refused(population.run(10));
    assert!(
        message.contains("E0803: input `I` is inf at step 3 (neuron 0)"),
        "{message}"
    );
    assert_eq!(population.input_labels("I").unwrap(), ["other", "late"]);
}

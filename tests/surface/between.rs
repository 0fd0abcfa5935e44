//! Delays, and functions that are called between steps.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use alif::prelude::*;
use alif::{Builder, Error};

use super::{events, population, refused, typed, ways};

fn driven(builder: Builder, neurons: u32) -> Builder {
    let builder = builder.seed(2).dt(0.5).input("I", 14.0).events("syn", events(neurons));
    let builder = builder.init("V", Distribution::uniform(0.0, 9.0)).record_spikes();
    builder
        .record(Monitor::of("V"))
        .record(Monitor::of("gap").every(7).neurons([3, 1]))
}

#[test]
fn delays_remember_what_monitors_record() {
    for ((way, builder), (_, plain)) in ways(70).into_iter().zip(ways(70)) {
        let plain = population(driven(plain, 70)).run(100).unwrap();
        let builder = driven(builder, 70)
            .delay("V", Delay::steps(5))
            .delay("gap", Delay::ms(1.5));
        let mut delayed = population(builder.delay("spike", Delay::steps(9)).delay("V", ms(2.0)));
        let start = delayed.state("V").unwrap();
        let gap = delayed.value("gap").unwrap();
        let mut made = 0_usize;
        let check = |population: &Population, made: usize| {
            for ago in 0..=5 {
                let found = population.delayed("V", Delay::steps(ago as u64)).unwrap();
                let wanted = match (made).checked_sub(ago + 1) {
                    Some(step) => &plain.traces[0].values[step * 70..(step + 1) * 70],
                    None => &start,
                };
                assert_eq!(found, wanted, "{way}: V {ago} steps before {made}");
            }
            if made <= 3 {
                assert_eq!(population.delayed("gap", Delay::ms(1.5)).unwrap(), gap, "{way}");
            }
            assert_eq!(
                population.delayed("gap", Delay::steps(0)).unwrap(),
                population.value("gap").unwrap(),
                "{way}"
            );
            for ago in 0..=9 {
                let found = population.delayed("spike", Delay::steps(ago as u64)).unwrap();
                let mut wanted = vec![0.0; 70];
                let step = made.checked_sub(ago + 1);
                for spike in plain.spikes.iter().filter(|s| Some(s.step as usize) == step) {
                    wanted[spike.neuron as usize] = 1.0;
                }
                assert_eq!(found, wanted, "{way}: spikes {ago} steps before {made}");
            }
            let spiking = plain
                .spikes
                .iter()
                .filter(|s| s.step as usize + 1 == made)
                .map(|s| s.neuron);
            assert_eq!(population.spiked(), spiking.collect::<Vec<_>>(), "{way}");
        };
        check(&delayed, made);
        // Every way of making steps moves the delays on.
        let mut spikes = Vec::new();
        for round in 0..10 {
            let recording = match round % 5 {
                0 => delayed.run(9),
                1 => delayed.run_for(4.5),
                2 => delayed.run_into(9, |batch| {
                    spikes.extend_from_slice(batch.spikes);
                    ControlFlow::Continue(())
                }),
                3 => delayed.run_while(1000, |made| {
                    if made < 9 {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                }),
                _ => (0..8)
                    .try_for_each(|_| delayed.run(1).map(|one| spikes.extend(one.spikes)))
                    .and_then(|()| delayed.run(1)),
            };
            let recording = recording.unwrap();
            assert_eq!(
                recording.steps,
                if round % 5 == 4 { 1 } else { 9 },
                "{way}, round {round}"
            );
            spikes.extend(recording.spikes);
            made += 9;
            check(&delayed, made);
        }
        assert_eq!(
            spikes,
            plain.spikes.iter().copied().filter(|s| s.step < 90).collect::<Vec<_>>(),
            "{way}"
        );
        delayed.reset().unwrap();
        check(&delayed, 0);
        assert_eq!(delayed.run(100).unwrap(), plain, "{way}");
    }
}

#[test]
fn delays_move_on_where_a_closure_writes_inputs_and_grow() {
    let mut population = typed::Everything::population(3).dt(ms(0.5)).build::<f32>().unwrap();
    population.delay("V", Delay::steps(2)).unwrap();
    population
        .run_with(4, |step, input| input.I.fill(mV(step as f64)))
        .unwrap();
    let two_ago = population.delayed("V", ms(1.0)).unwrap();
    population.delay("V", Delay::steps(6)).unwrap();
    assert_eq!(population.delayed("V", Delay::steps(2)).unwrap(), two_ago);
    population.run_with(3, |_, input| input.I.fill(mV(5.0))).unwrap();
    assert_eq!(population.delayed("V", Delay::steps(5)).unwrap(), two_ago);
}

#[test]
fn times_of_delays_are_whole_steps() {
    let (_, builder) = ways(1).remove(0);
    let refusal = |longest| {
        let (_, builder) = ways(1).remove(0);
        refused(builder.dt(0.1).delay("V", longest).build())
    };
    let message = refusal(Delay::ms(0.25));
    assert!(
        message.starts_with("E0603: 0.25 ms is no whole number of steps of 0.1 ms"),
        "{message}"
    );
    assert!(refusal(Delay::ms(-1.0)).starts_with("E0603"));
    assert!(refusal(Delay::steps(u64::MAX)).contains("bytes, which could not be had"));
    let mut population = population(builder.dt(0.1).delay("V", Delay::ms(0.3)));
    population.run(1).unwrap();
    assert!(population.delayed("V", Delay::steps(3)).is_ok());
    assert_eq!(
        refused(population.delayed("V", Delay::ms(0.4))),
        "E0809: `V` is not remembered for 4 steps: 3 are; ask for it by `delay`"
    );
    assert!(refused(population.delayed("a", Delay::steps(0))).contains("none are"));
    assert!(refused(population.delay("W", Delay::steps(1))).contains("no state or definition `W`"));
}

#[test]
fn hooks_are_called_in_order_and_change_nothing_by_themselves() {
    for ((way, builder), (_, plain)) in ways(20).into_iter().zip(ways(20)) {
        let plain = population(driven(plain, 20)).run(60).unwrap();
        let mut hooked = population(driven(builder, 20));
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let note = |text: &'static str| {
            let log = log.clone();
            move |population: &mut Population| {
                log.lock().unwrap().push(format!("{text}{}", population.step()));
                Ok(())
            }
        };
        hooked.before_step("b", note("b")).unwrap();
        hooked.before_step("a", note("a")).unwrap();
        hooked.after_step("b", note("c")).unwrap();
        assert_eq!(
            (hooked.before_steps(), hooked.after_steps()),
            (vec!["b", "a"], vec!["b"])
        );
        let recording = hooked.run(60).unwrap();
        assert_eq!(recording, plain, "{way}");
        assert_eq!(log.lock().unwrap()[..7], ["b0", "a0", "c1", "b1", "a1", "c2", "b2"]);
        assert_eq!(log.lock().unwrap().len(), 180);
        hooked.remove_before_step("b").unwrap();
        hooked.remove_after_step("b").unwrap();
        hooked.remove_before_step("a").unwrap();
        hooked.run(5).unwrap();
        assert_eq!(log.lock().unwrap().len(), 180);
    }
}

#[test]
fn hooks_may_change_the_population() {
    for ((way, builder), (_, other)) in ways(4).into_iter().zip(ways(4)) {
        let mut hooked = population(driven(builder, 4).delay("V", Delay::steps(4)));
        hooked
            .before_step("feedback", |population| {
                let before = population.delayed("V", Delay::steps(4))?;
                population.accumulate("I", before)?;
                if population.step() == 20 {
                    population.set("V_th", 8.0)?;
                    population.set_state("a", 0.0)?;
                }
                Ok(())
            })
            .unwrap();
        // By hand.
        let mut other = population(driven(other, 4));
        let mut past = vec![other.state("V").unwrap(); 5];
        for step in 0..60 {
            if step == 20 {
                other.set("V_th", 8.0).unwrap();
                other.set_state("a", 0.0).unwrap();
            }
            let input: Vec<f64> = past[0].iter().map(|v| 14.0 + v).collect();
            other.set_input("I", input).unwrap();
            let (found, wanted) = (hooked.run(1).unwrap(), other.run(1).unwrap());
            assert_eq!(found, wanted, "{way}, step {step}");
            past.remove(0);
            past.push(other.state("V").unwrap());
        }
    }
}

#[test]
fn what_hooks_cannot_do_is_refused() {
    let (_, builder) = ways(1).remove(0);
    let mut population = population(builder);
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let inside = seen.clone();
    population
        .after_step("all", move |population| {
            let mut seen = inside.lock().unwrap();
            seen.push(refused(population.run(1)));
            seen.push(refused(population.before_step("x", |_| Ok(()))));
            seen.push(refused(population.remove_after_step("all")));
            Ok(())
        })
        .unwrap();
    population.run(1).unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "E0805: a function that is called between two steps of a run cannot run the population",
            "E0805: a function that is called between two steps of a run cannot change what is called",
            "E0805: a function that is called between two steps of a run cannot change what is called",
        ]
    );
    assert_eq!(
        refused(population.after_step("all", |_| Ok(()))),
        "E0805: `after each step` has already a source or function of the name `all`"
    );
    population.remove_after_step("all").unwrap();
    assert!(population.remove_after_step("all").is_err());
    // An error ends the run; the steps before it were made.
    population
        .before_step("stop", |population| match population.step() {
            5 => Err(Error::TimeStep(0.0)),
            _ => Ok(()),
        })
        .unwrap();
    assert_eq!(population.run(10), Err(Error::TimeStep(0.0)));
    assert_eq!(population.step(), 5);
}

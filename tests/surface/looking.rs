//! What can be looked at: states before their reset, right-hand sides, names.

use alif::prelude::*;

use super::{EVERYTHING, events, population, refused, typed, ways};
use crate::support;

fn stream(neurons: usize, steps: usize) -> Source {
    Source::Stream((0..steps * neurons).map(|k| 10.0 + (k % 11) as f64).collect())
}

#[test]
fn a_monitor_sees_a_state_before_its_reset() {
    for precision in [Precision::F32, Precision::F64] {
        let mut seen = Vec::new();
        for ((way, builder), (_, plain)) in ways(70).into_iter().zip(ways(70)) {
            let set = |builder: alif::Builder| {
                let builder = builder.precision(precision).seed(5).dt(0.5).events("syn", events(70));
                builder
                    .input("I", stream(70, 150))
                    .record_spikes()
                    .record(Monitor::of("V"))
            };
            let plain = population(set(plain)).run(150).unwrap();
            let looking = set(builder)
                .record(Monitor::of("V").before_reset())
                .record(Monitor::of("a").before_reset().every(7).neurons([69, 3]))
                .chunk(20);
            let recording = population(looking).run(150).unwrap();
            assert_eq!(
                (&recording.spikes, &recording.traces[0]),
                (&plain.spikes, &plain.traces[0]),
                "{way}"
            );
            let (after, before) = (&recording.traces[0], &recording.traces[1]);
            assert_eq!(before.name, "V_before_reset");
            let mut spiked = vec![false; after.values.len()];
            for spike in &recording.spikes {
                spiked[spike.step as usize * 70 + spike.neuron as usize] = true;
            }
            assert!(spiked.iter().filter(|spiked| **spiked).count() > 100, "{way}");
            for (at, spiked) in spiked.into_iter().enumerate() {
                let (after, before) = (after.values[at], before.values[at]);
                let reset = match precision {
                    Precision::F32 => f64::from(before as f32 - 10.0),
                    Precision::F64 => before - 10.0,
                };
                assert_eq!(after, if spiked { reset } else { before }, "{way} {at}");
                assert!(!spiked || before > 10.0, "{way}: {before}");
            }
            assert_eq!(
                (recording.traces[2].steps.len(), recording.traces[2].neurons.len()),
                (21, 2)
            );
            seen.push((way, recording.traces));
        }
        for (way, traces) in &seen {
            assert_eq!(traces, &seen[0].1, "{way}");
        }
    }
    let model = support::model(EVERYTHING);
    let message = refused(model.population(1).record(Monitor::of("gap").before_reset()).build());
    assert_eq!(
        message,
        "E0809: cannot record `gap`: only a state has a value before the reset"
    );
}

const SLOTS: &str = "model Slots {
    state x = 1;
    state n = 0;
    input p : event;
    20 ms * dx/dt = -x;
    on p(w) { x = x * w + 1; }
    spike when x > 3 delayed { x -= 2; }
    event big when x > 2.5 { n += x; x = 0.5; }
}";

mod slots {
    #[allow(deprecated)] // the warning that a block runs once an event
    mod typed {
        alif::alif_model! {
            pub model Slots {
                state x = 1;
                state n = 0;
                input p : event;
                20 ms * dx/dt = -x;
                on p(w) { x = x * w + 1; }
                spike when x > 3 delayed { x -= 2; }
                event big when x > 2.5 { n += x; x = 0.5; }
            }
        }
    }
    pub(super) use typed::Slots;
}

#[test]
fn what_is_seen_before_other_events_and_with_several_weights_is_the_same_of_types() {
    let weights = |step: u64| {
        (0..step % 4).map(move |k| Event {
            step,
            neuron: 0,
            weight: 1.1 + 0.2 * k as f64,
        })
    };
    let all: Vec<Event> = (0..40).flat_map(weights).collect();
    let run = |builder: alif::Builder| {
        let builder = builder.events("p", all.clone()).record(Monitor::of("x").before_reset());
        let builder = builder
            .record(Monitor::of("n").before_reset())
            .record(Monitor::of("n"))
            .record(Monitor::of("x"));
        population(builder).run(40).unwrap()
    };
    let model = support::model(SLOTS);
    let compiled = run(model.population(1));
    assert_eq!(run(model.population(1).engine(Engine::Interpreter)), compiled);
    assert_eq!(run(Neuron::population(&slots::Slots, 1)), compiled);
    let [x, n, n_after, x_after] = [0, 1, 2, 3].map(|trace| &compiled.traces[trace].values);
    let mut happened = 0;
    for step in 0..40 {
        let big = x[step] > 2.5;
        happened += usize::from(big);
        assert_eq!(x_after[step], if big { 0.5 } else { x[step] });
        let before = if step == 0 { 0.0 } else { n_after[step - 1] };
        assert_eq!(n[step], before);
    }
    assert!(happened > 3, "{happened}");
}

#[test]
fn right_hand_sides_are_those_of_the_text() {
    let model = support::model(EVERYTHING);
    let builder = model
        .population(3)
        .precision(Precision::F64)
        .init("V", [1.0, 2.0, 3.0])
        .init("a", 0.5);
    let population = population(builder.set("tau", [10.0, 20.0, 40.0]).input("I", 7.0));
    assert_eq!(
        population.derivative("V").unwrap(),
        [6.0 / 10.0, 5.0 / 20.0, 4.0 / 40.0]
    );
    assert_eq!(population.derivative("a").unwrap(), [-0.005; 3]);
    assert!(refused(population.derivative("b")).starts_with("E0201"));
    // For small steps they are what steps do.
    for name in [
        "adex.alif",
        "hodgkin_huxley.alif",
        "izhikevich.alif",
        "alif_bellec2020.alif",
    ] {
        let model = support::shipped(name);
        let mut population = super::population(model.population(1).precision(Precision::F64).dt(1e-6));
        for state in model.signature().states.iter().map(|s| s.name.as_str()) {
            let Ok(slope) = population.derivative(state) else {
                continue;
            };
            population.reset().unwrap();
            let before = population.state(state).unwrap()[0];
            population.run(1).unwrap();
            let found = (population.state(state).unwrap()[0] - before) / 1e-6;
            assert!(
                (found - slope[0]).abs() <= 1e-4 * slope[0].abs().max(1e-2),
                "{name} {state}: {found} {slope:?}"
            );
            population.reset().unwrap();
        }
    }
    let typed = typed::Everything::population(1).build::<f32>().unwrap();
    assert_eq!(
        refused(typed.derivative("V")),
        "E0809: cannot record `dV/dt`: a model of `alif_model!` keeps no equations, only what solves them; load its text with `Model`"
    );
    let model = support::model("model M { state V = 0; state n = 0; 1 ms * dV/dt = -V; spike when V > 1 { n += 1; } }");
    let message = refused(super::population(model.population(1)).derivative("n"));
    assert_eq!(message, "E0809: cannot record `dn/dt`: the model has no equation of it");
}

#[test]
fn names_units_defaults_and_documentation_can_be_read() {
    for (way, builder) in ways(2) {
        let population = population(builder);
        let signature = population.signature();
        let [v, a] = &signature.states[..] else {
            panic!("two states")
        };
        assert_eq!(
            (v.docs[0].as_str(), v.unit.text.as_str(), v.initial.as_deref()),
            ("membrane potential", "mV", Some("start"))
        );
        assert_eq!(
            (a.docs[0].as_str(), a.initial.as_deref()),
            ("adaptation", Some("0")),
            "{way}"
        );
        assert_eq!(
            (
                signature.inputs[0].docs[0].as_str(),
                signature.inputs[0].unit.text.as_str()
            ),
            ("injected current", "mV")
        );
        assert_eq!(signature.ports[0].docs, ["excitation"], "{way}");
        let tau = &signature.params[0];
        assert_eq!(
            (tau.default.as_deref(), tau.condition.as_deref()),
            (Some("20 ms"), Some("tau > 0 ms"))
        );
        let trainable: Vec<&str> = signature
            .trainable()
            .map(|p| signature.params[p].name.as_str())
            .collect();
        // `start` acts on the initial value alone, `t_ref` on a number of steps.
        assert_eq!(trainable, ["tau", "tau_a", "V_th"], "{way}");
        assert!(signature.spikes && signature.lets.iter().any(|l| l.name == "threshold"));
    }
}

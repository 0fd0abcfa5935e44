//! Do the parts of the language mean what its page says, in every engine?

use alif::prelude::*;

use crate::support::model;

/// Names of recorded quantities with their values, and the steps of spikes.
type Course = (Vec<Vec<f64>>, Vec<u64>);

/// One neuron for `steps` steps of 0.5 ms in all engines and precisions; the bits of a precision are the same everywhere.
fn course(text: &str, steps: u64, names: &[&str], setting: impl Fn(alif::Builder) -> alif::Builder) -> Course {
    let model = model(text);
    let run = |precision, engine| {
        let builder = model.population(1).dt(0.5).precision(precision).engine(engine);
        let builder = names
            .iter()
            .fold(setting(builder), |b, name| b.record(Monitor::of(*name)));
        let recording = builder.record_spikes().build().and_then(|mut p| p.run(steps));
        let recording = recording.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let traces: Vec<Vec<f64>> = recording.traces.into_iter().map(|trace| trace.values).collect();
        (
            traces,
            recording.spikes.into_iter().map(|s| s.step).collect::<Vec<u64>>(),
        )
    };
    let single = run(Precision::F32, Engine::Compiled);
    assert_eq!(single, run(Precision::F32, Engine::Interpreter), "{text}");
    let double = run(Precision::F64, Engine::Compiled);
    assert_eq!(double, run(Precision::F64, Engine::Interpreter), "{text}");
    double
}

/// Events of weight 1 at these steps.
fn events(steps: &[u64]) -> Vec<Event> {
    let event = |&step| Event {
        step,
        neuron: 0,
        weight: 1.0,
    };
    steps.iter().map(event).collect()
}

/// Two texts that mean the same have the same courses.
fn same(texts: [&str; 2], names: &[&str]) -> Course {
    let drive = |builder: alif::Builder| builder.events("p", events(&[3, 4, 20, 50])).input("I", 1.5);
    let [a, b] = texts.map(|text| course(text, 200, names, drive));
    assert_eq!(a, b, "{}\n{}", texts[0], texts[1]);
    assert!(a.1.len() > 3, "a neuron that hardly spikes shows little: {}", texts[0]);
    a
}

#[test]
fn a_call_is_the_body_with_the_arguments_in_place() {
    let calls = "model Calls { param tau = 10 ms; param E = 0.25; state V = 0; input I; input p : event;
        fn leak(v) { -(v - E) }
        fn twice(x) { x + x }
        fn larger(a, b) { if a > b { a } else { twice(b) } }
        tau * dV/dt = leak(V) + larger(I, 1 - I);
        on p(w) { V += twice(twice(w) * 0.125); }
        spike when twice(V) > twice(1) { V = larger(V - 1, 0 * three()); }
        fn three() { 3 } }";
    let written = "model Written { param tau = 10 ms; param E = 0.25; state V = 0; input I; input p : event;
        tau * dV/dt = -(V - E) + (if I > 1 - I { I } else { (1 - I) + (1 - I) });
        on p(w) { V += w * 0.125 + w * 0.125 + (w * 0.125 + w * 0.125); }
        spike when V + V > 1 + 1 { V = if V - 1 > 0 * 3 { V - 1 } else { 0 * 3 + 0 * 3 }; } }";
    same([calls, written], &["V"]);
}

/// Every call stands for its body, so that a hundred in one another are a hundred bodies, not 2^100.
#[test]
fn arguments_are_computed_once() {
    let nested = (0..100).fold("V".to_owned(), |inner, _| format!("d({inner})"));
    let text =
        format!("model Nested {{ state V = 1; fn d(x) {{ x / 2 + x / 2 }} let y = {nested}; 10 ms * dV/dt = -V; }}");
    let (traces, _) = course(&text, 3, &["V", "y"], |builder| builder);
    assert_eq!(traces[0], traces[1]);
}

#[test]
fn kernels_are_their_states_equations_and_blocks() {
    let kernels = "model Kernels { param tau = 10 ms; param r = 1 ms; param d = 5 ms;
        state V = 0; input I; input p : event;
        kernel A = alpha(d) drives p;
        kernel B = biexp(r, d) drives p;
        kernel X = exp(d / 2) drives p;
        kernel J = delta drives p;
        tau * dV/dt = -V + I + A + B + 2 * X + tau * J / 4;
        spike when V > 1 { V -= 1; } }";
    let written = "model Written { param tau = 10 ms; param r = 1 ms; param d = 5 ms;
        state V = 0; input I; input p : event;
        state A = 0; state A_rise = 0; state B = 0; state B_rise = 0; state X = 0;
        let scale = exp(1 / exprel(ln(r / d)));
        d * dA/dt = A_rise - A;
        d * dA_rise/dt = -A_rise;
        d * dB/dt = B_rise - B;
        r * dB_rise/dt = -B_rise;
        (d / 2) * dX/dt = -X;
        tau * dV/dt = -V + I + A + B + 2 * X;
        on p(w) { A_rise += 2.718281828459045 * w; }
        on p(w) { B_rise += scale * w; }
        on p(w) { X += w; }
        on p(w) { V += w / 4; }
        spike when V > 1 { V -= 1; } }";
    same([kernels, written], &["V", "A", "B", "X", "A_rise", "B_rise"]);
}

/// A pulse makes every state that reads it jump, by its factors over those of the derivative.
#[test]
fn pulses_of_delta_kernels_are_jumps() {
    let pulses = "model Pulses { param tau = 8 ms; param C = 2; state V = 0; state W = 0; input I; input p : event;
        input q : event;
        kernel J = delta drives p; kernel K = delta drives q;
        fn both(x) { (J - K) * x }
        C * dV/dt * tau = -V + 2 * I - -(both(tau) / 2) + 4 ms * K;
        dW/dt = -W / tau + J / 4 - K;
        spike when V > 1 { V -= 1; } }";
    let jumps = "model Jumps { param tau = 8 ms; param C = 2; state V = 0; state W = 0; input I; input p : event;
        input q : event;
        C * dV/dt * tau = -V + 2 * I;
        dW/dt = -W / tau;
        on p(w) { V += 0.25 * w; W += 0.25 * w; }
        on q(w) { V += 0 * w; W -= w; }
        spike when V > 1 { V -= 1; } }";
    let (traces, _) = same([pulses, jumps], &["V", "W"]);
    assert!(traces[1].iter().any(|&w| w > 0.2), "the pulses arrive");
    // A factor over itself is 1, whatever it is.
    let texts = [("J", "V += w"), ("-J", "V -= w"), ("2 * J", "V += tau * 2 / tau * w")];
    for (pulse, wanted) in texts {
        let text = format!(
            "model Whole {{ param tau = 8 ms; state V = 0; input p : event; kernel J = delta drives p;
            tau * dV/dt = -V + tau * ({pulse}); }}"
        );
        let model = model(&text);
        assert_eq!(model.compiled().model.on_blocks[0].body[0].text, wanted);
        let still = (wanted != texts[2].1).then(|| model.population(1).set("tau", f64::INFINITY).build());
        assert!(still.is_none_or(|population| population.is_ok()));
    }
}

/// Time constants must be above zero when parameters are bound, and may be infinite where the shape then has a height.
#[test]
fn time_constants_of_kernels_are_above_zero() {
    let text = "model Kernels { param tau = 5 ms; state V = 0; input p : event; kernel A = exp(tau) drives p;
        10 ms * dV/dt = -V + A; }";
    let model = model(text);
    let build = |tau: f64| model.population(1).set("tau", tau).build();
    for tau in [0.0, -1.0] {
        let error = build(tau)
            .expect_err("a time constant that is not above zero")
            .to_string();
        assert!(error.contains("tau > 0 ms"), "{error}");
    }
    assert!(build(f64::INFINITY).is_ok());
}

/// The new value of V, without blocks, where V follows I = 2 with a time constant of 10 ms in steps of 0.5 ms.
fn integrated(v: f64) -> f64 {
    2.0 + (v - 2.0) * libm::exp(-0.05)
}

const CLOSE: f64 = 1e-13;

fn assert_close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len());
    for (step, (f, w)) in found.iter().zip(wanted).enumerate() {
        assert!((f - w).abs() <= CLOSE, "step {step}: {f} for {w}");
    }
}

/// False before the step and true after it: one spike each time the threshold is crossed upwards, though V stays above it.
#[test]
fn rising_conditions_hold_in_the_step_in_which_they_come_true() {
    let text = "model Rising { state V = 0; state n = 0; input I; input p : event;
        10 ms * dV/dt = -V + I;
        on p(w) { V -= w; }
        spike when rising V > 1 { n += 1; } }";
    // At step 60 an event takes V below the threshold and integration does not bring it back; at step 90 it does.
    let drive = |builder: alif::Builder| builder.input("I", 2.0).events("p", events(&[60, 90]));
    let (traces, spikes) = course(text, 120, &["V", "n"], drive);
    let (mut v, mut wanted, mut n) = (0.0, vec![], 0.0);
    for step in 0..120 {
        let before = v;
        v = integrated(if step == 60 || step == 90 { v - 1.0 } else { v });
        if v > 1.0 && before <= 1.0 {
            wanted.push(step);
            n += 1.0;
        }
    }
    assert!(wanted.len() >= 2 && wanted.len() <= 3, "{wanted:?}");
    assert_eq!(spikes, wanted);
    assert_eq!(traces[1].last(), Some(&n));
    // Where the condition holds from the start, it does not rise.
    let (_, spikes) = course(text, 40, &["V"], |b| b.input("I", 2.0).init("V", 1.5));
    assert_eq!(spikes, [0; 0]);
}

/// Bellec's discrete neuron: v = alpha v + (1 - alpha) I - V_th z, a = rho a + z, with z of the step before.
#[test]
fn delayed_blocks_run_after_the_integration_of_the_next_step() {
    let text = "model Delayed { state V = 0; state a = 0; input I; input p : event;
        10 ms * dV/dt = -V + I;
        100 ms * da/dt = -a;
        on p(w) after { V = V * w; }
        spike when V > 0.5 + 0.3 * a delayed { V -= 0.5; a += 1; }
        refractory 1 ms hold V; }";
    let (traces, spikes) = course(text, 200, &["V", "a", "spiked"], |b| b.input("I", 2.0));
    let (alpha, rho) = (libm::exp(-0.05), libm::exp(-0.005));
    let (mut v, mut a, mut z, mut rest) = (0.0, 0.0, 0.0, 0);
    let (mut vs, mut zs, mut wanted) = (vec![], vec![], vec![]);
    for step in 0..200 {
        // The state is held for two steps after a spike, but the block of the spike writes it.
        let held = rest > 0;
        v = if held { v } else { alpha * v - libm::expm1(-0.05) * 2.0 } - 0.5 * z;
        a = rho * a + z;
        rest -= i32::from(held);
        z = f64::from(u8::from(rest == 0 && v > 0.5 + 0.3 * a));
        if z == 1.0 {
            rest = 2;
            wanted.push(step);
        }
        vs.push(v);
        zs.push(z);
    }
    assert_eq!(spikes, wanted);
    assert!(spikes.len() > 5, "{spikes:?}");
    assert_close(&traces[0], &vs);
    assert_eq!(traces[2], zs);
}

/// After the spike block, in the order of the text, also while the neuron is refractory.
#[test]
fn events_come_after_the_spike_and_see_what_those_before_them_did() {
    let text = "model Events { state V = 0; state n = 0; state m = 0; state k = 0; input I; input p : event;
        10 ms * dV/dt = -V + I;
        on p(w) { V += 0 * w; }
        event first when V > 1.2 { V -= 0.25; n += 1; }
        spike when V > 1 { V -= 0.125; m += 1; }
        event second when n > 2 { n = 0; m += 10; }
        event third when rising n > 0 { k += 1; }
        refractory 5 ms; }";
    let (traces, spikes) = course(text, 200, &["V", "n", "m", "k"], |b| b.input("I", 2.0));
    let (mut v, mut n, mut m, mut k, mut rest) = (0.0, 0.0, 0.0, 0.0, 0);
    let (mut vs, mut ns, mut ms, mut ks, mut wanted) = (vec![], vec![], vec![], vec![], vec![]);
    for step in 0..200 {
        let before = n;
        v = integrated(v);
        rest -= i32::from(rest > 0);
        if rest == 0 && v > 1.0 {
            (v, m, rest) = (v - 0.125, m + 1.0, 10);
            wanted.push(step);
        }
        if v > 1.2 {
            (v, n) = (v - 0.25, n + 1.0);
        }
        if n > 2.0 {
            (n, m) = (0.0, m + 10.0);
        }
        k += f64::from(u8::from(n > 0.0 && before <= 0.0));
        vs.push(v);
        ns.push(n);
        ms.push(m);
        ks.push(k);
    }
    assert_eq!(spikes, wanted);
    assert!(m > 20.0 && k > 2.0, "{m}, {k}");
    assert_close(&traces[0], &vs);
    assert_eq!(traces[1..], [ns, ms, ks]);
    // A model that does not spike can have events.
    let text = "model NoSpike { state V = 0; input I; 10 ms * dV/dt = -V + I; event top when V > 1 { V = 0; } }";
    let (traces, spikes) = course(text, 50, &["V"], |b| b.input("I", 2.0));
    assert_eq!((traces[0][12] > 0.9, traces[0][13], spikes.len()), (true, 0.0, 0));
}

/// n h before integration, (n + 1) h after it and where monitors look: products, also late in a run.
#[test]
fn the_time_is_that_of_the_start_of_the_step_before_integration_and_of_its_end_after_it() {
    let text = "model Times { state V = 0; state early = 0; state late = 0; state last = 0; input I; input p : event;
        let now = t / 1 ms;
        let since = t - last * 1 ms;
        10 ms * dV/dt = -V + I;
        on p(w) { early = now * w; }
        on p(w) after { late = now * w; }
        spike when since > 5 ms or t > 20 ms { last = now; }
        event rise when rising t > 2 ms { V = 100; } }";
    let names = ["now", "early", "late", "since", "V"];
    let drive = |b: alif::Builder| b.input("I", 2.0).events("p", events(&[7]));
    let (traces, spikes) = course(text, 50, &names, drive);
    let now: Vec<f64> = (1..=50).map(|n| f64::from(n) * 0.5).collect();
    assert_eq!(traces[0], now);
    assert_eq!((traces[1][7], traces[2][7]), (3.5, 4.0));
    let wanted: Vec<u64> = [10, 21, 32].into_iter().chain(40..50).collect();
    assert_eq!(spikes, wanted);
    assert_eq!(traces[3][..11], [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 0.0]);
    assert_eq!(traces[4].iter().position(|&v| v == 100.0), Some(4));
    // 0.1 ms summed up 12345 times is another number.
    let model = model("model Clock { state V = 0; let now = t; 1 ms * dV/dt = -V; }");
    for engine in [Engine::Compiled, Engine::Interpreter] {
        let builder = model.population(70).dt(0.1).precision(Precision::F64).engine(engine);
        let mut population = builder.record(Monitor::of("now")).build().expect("it builds");
        population.run(12344).expect("it runs");
        let values = population.run(1).expect("it goes on").traces.remove(0).values;
        assert_eq!(values, [12345.0 * 0.1; 70]);
    }
}

mod generated {
    alif::alif_model! {
        pub model Whole {
            param tau = 10 ms where tau > 0 ms;
            param d = 5 ms;
            state V = 0;
            state n = 0;
            input I;
            input p : event;
            kernel A = biexp(1 ms, d) drives p;
            kernel J = delta drives p;
            fn leak(v) { -v }
            let late = if t > 30 ms { 0.5 } else { 0 };
            tau * dV/dt = leak(V) + I + A + tau * J / 4 + t / 400 ms;
            on p(w) after { n += t / 1 ms * w; }
            spike when V > 0.75 + late delayed { V -= 1; }
            refractory 1 ms;
            event top when rising n > 20 { n -= 20; }
        }
    }
}

/// The same text as `generated::Whole`.
const WHOLE: &str =
    "model Whole { param tau = 10 ms where tau > 0 ms; param d = 5 ms; state V = 0; state n = 0; input I;
    input p : event; kernel A = biexp(1 ms, d) drives p; kernel J = delta drives p; fn leak(v) { -v }
    let late = if t > 30 ms { 0.5 } else { 0 };
    tau * dV/dt = leak(V) + I + A + tau * J / 4 + t / 400 ms;
    on p(w) after { n += t / 1 ms * w; }
    spike when V > 0.75 + late delayed { V -= 1; }
    refractory 1 ms;
    event top when rising n > 20 { n -= 20; } }";

/// Everything of this page in one model, as Rust code.
#[test]
fn generated_code_has_the_same_bits() {
    let names = ["V", "n", "A", "A_rise", "spiked", "late"];
    for precision in [Precision::F32, Precision::F64] {
        let set = |builder: alif::Builder| {
            let builder = names.iter().fold(builder, |b, name| b.record(Monitor::of(*name)));
            let builder = builder.dt(0.5).precision(precision).input("I", 1.5).record_spikes();
            builder.events("p", events(&[3, 4, 20, 50]))
        };
        let run = |builder: alif::Builder| set(builder).build().and_then(|mut p| p.run(200)).expect("it runs");
        let generated = generated::Whole::population(3).untyped(set);
        let mut generated = match precision {
            Precision::F32 => generated.build::<f32>(),
            Precision::F64 => generated.build::<f64>(),
        }
        .expect("it builds");
        let generated = generated.run(200).expect("it runs");
        let interpreted = run(model(WHOLE).population(3).engine(Engine::Interpreter));
        let compiled = run(model(WHOLE).population(3));
        assert!(generated.spike_count > 10 && generated.traces[1].values.iter().any(|&n| n > 10.0));
        assert_eq!(
            (&generated.traces, &generated.spikes),
            (&interpreted.traces, &interpreted.spikes)
        );
        assert_eq!(
            (&generated.traces, &generated.spikes),
            (&compiled.traces, &compiled.spikes)
        );
    }
}

/// At the singularity of a rate function its limit is used: here 1/ms at -40 mV.
#[test]
fn removable_singularities_have_their_limit() {
    let text = "model Rates { param v = -40 mV; state V = 1;
        fn rate(v: mV) -> 1/ms { 0.1 [1/(mV*ms)] * (v + 40 mV) / (1 - exp(-(v + 40 mV) / 10 mV)) }
        let at = rate(v);
        dV/dt = -V * rate(v); }";
    for (v, wanted) in [
        (-40.0, 1.0),
        (-40.0 + 1e-9, 1.0 + 5e-11),
        (-50.0, 1.0 / (libm::exp(1.0) - 1.0)),
    ] {
        let (traces, _) = course(text, 2, &["at", "V"], |b| b.set("v", v));
        assert!((traces[0][0] - wanted).abs() < 1e-13, "{v}: {}", traces[0][0]);
        let decayed = libm::exp(-wanted);
        assert!((traces[1][1] - decayed).abs() < 1e-13, "{v}: {}", traces[1][1]);
    }
}

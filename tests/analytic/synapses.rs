//! Synaptic currents into a membrane, their time constants equal, nearly equal and apart.

use alif::Model;
use alif::prelude::*;
use serde_json::Value;

use super::{coefficient, prepared};
use crate::support::{json, list, model, number, relative, ulps};

const EXPONENTIAL: &str = "model Exponential {
    param tau_m : ms;
    param tau_s : ms;
    param R : GOhm;
    state V = 0 mV;
    state I = 0 pA;
    tau_m * dV/dt = -V + R * I;
    tau_s * dI/dt = -I;
}";

/// The two ways to write the chain: rates as quotients, or everything times tau_s.
const ALPHA: [&str; 2] = [
    "model Alpha {
        param tau_m : ms;
        param tau_s : ms;
        param R : GOhm;
        state V = 0 mV;
        state I = 0 pA;
        state y : pA/ms = 0 [pA/ms];
        tau_m * dV/dt = -V + R * I;
        dI/dt = y - I / tau_s;
        dy/dt = -y / tau_s;
    }",
    "model Alpha {
        param tau_m : ms;
        param tau_s : ms;
        param R : GOhm;
        state V = 0 mV;
        state I = 0 pA;
        state y : pA/ms = 0 [pA/ms];
        tau_m * dV/dt = -V + R * I;
        tau_s * dI/dt = tau_s * y - I;
        tau_s * dy/dt = -y;
    }",
];

/// What a case is compared for: a propagator of a model and its value.
fn entries(case: &Value) -> [(&'static str, &'static str, f64); 5] {
    let (exponential, alpha) = (&case["exp"], &case["alpha"]);
    [
        ("exp", "P[V,I]", number(&exponential["P_VI_step"])),
        ("exp", "P[V,V]", number(&exponential["P_VV_step"])),
        ("exp", "P[I,I]", number(&exponential["P_II_step"])),
        ("alpha", "P[V,y]", number(&alpha["P_V_y1_step"])),
        ("alpha", "P[V,I]", number(&alpha["P_V_I_step"])),
    ]
}

/// Cases with what they have in common.
struct Set {
    tau_m: f64,
    r: f64,
    w: f64,
    dt: f64,
    cases: Vec<Value>,
}

impl Set {
    /// The parameters of a case.
    fn given(&self, case: &Value) -> [(&'static str, f64); 3] {
        [("tau_m", self.tau_m), ("R", self.r), ("tau_s", number(&case["tau_s"]))]
    }
}

fn sets() -> Vec<Set> {
    list(&json("analytic/psc_singular.json"))
        .iter()
        .map(|set| {
            let of = |name: &str| number(&set["params"][name]);
            Set {
                tau_m: of("tau_m"),
                r: of("R"),
                w: of("w"),
                dt: of("dt"),
                cases: list(&set["cases"]).to_vec(),
            }
        })
        .collect()
}

#[test]
fn propagators_of_synapses_are_within_4_ulp() {
    let models = [
        ("exp", model(EXPONENTIAL)),
        ("alpha", model(ALPHA[0])),
        ("alpha", model(ALPHA[1])),
    ];
    let mut worst = 0;
    for set in sets() {
        for case in &set.cases {
            let given = set.given(case);
            for (kind, model) in &models {
                let bound = prepared(model, &given, set.dt);
                for (_, name, wanted) in entries(case).iter().filter(|e| e.0 == *kind) {
                    let found = coefficient(model, &bound, name).expect("a propagator of this name");
                    let error = ulps(found, *wanted);
                    worst = worst.max(error);
                    assert!(
                        error <= 4,
                        "{kind}, {}, {name}: {found} is {error} ulp from {wanted}",
                        case["case"]
                    );
                }
            }
        }
    }
    println!("propagators of synapses: at most {worst} ulp");
}

/// V after a step of `t`, or after `steps` steps.
fn voltage(model: &Model, given: &[(&str, f64)], start: (&str, f64), dt: f64, steps: u64) -> f64 {
    let builder = model
        .population(1)
        .dt(dt)
        .precision(Precision::F64)
        .init(start.0, start.1);
    let builder = given
        .iter()
        .fold(builder, |builder, (name, value)| builder.set(*name, *value));
    let mut population = builder.build().unwrap();
    population.run(steps).unwrap();
    population.state("V").unwrap()[0]
}

#[test]
fn postsynaptic_potentials_have_their_height_at_every_time() {
    let (exponential, alpha) = (model(EXPONENTIAL), model(ALPHA[1]));
    let (mut worst, mut worst_stepped): (f64, f64) = (0.0, 0.0);
    for set in sets() {
        for case in &set.cases {
            let given = set.given(case);
            // w exp(-t/tau_s), and w (e/tau_s) t exp(-t/tau_s), whose y starts at w e/tau_s.
            let kinds = [
                (&exponential, ("I", set.w), &case["exp"]),
                (
                    &alpha,
                    ("y", set.w * std::f64::consts::E / number(&case["tau_s"])),
                    &case["alpha"],
                ),
            ];
            for (model, start, wanted) in kinds {
                let mut points: Vec<(f64, f64)> = list(&wanted["V_at"])
                    .iter()
                    .map(|p| (number(&p["t"]), number(&p["V"])))
                    .collect();
                points.push((number(&wanted["t_peak"]), number(&wanted["V_peak"])));
                for (t, wanted) in points {
                    worst = worst.max(relative(voltage(model, &given, start, t, 1), wanted, 0.0));
                    if let Ok(steps) = alif::steps_in(t, set.dt) {
                        let found = voltage(model, &given, start, set.dt, steps);
                        let error = relative(found, wanted, 0.0);
                        // P is rounded once, and that error comes back in every step.
                        assert!(
                            error <= 1e-12_f64.max(steps as f64 * f64::EPSILON),
                            "{t} ms, {}: {error:e}",
                            case["case"]
                        );
                        worst_stepped = worst_stepped.max(error);
                    }
                }
            }
        }
    }
    println!("potentials: in one step {worst:.1e}, in steps of dt {worst_stepped:.1e}");
    assert!(worst <= 1e-13, "{worst:e}");
}

/// The membranes above with kernels in the place of their currents, and one event of weight w.
const KERNELS: [(&str, &str); 3] = [
    ("exp", "exp(tau_s)"),
    ("alpha", "alpha(tau_s)"),
    ("alpha", "biexp(tau_s, tau_s)"),
];

#[test]
fn kernels_drive_the_membrane_as_the_closed_forms_say() {
    let mut worst: f64 = 0.0;
    for (kind, shape) in KERNELS {
        let text = format!(
            "model Kernel {{
                param tau_m : ms; param tau_s : ms; param R : GOhm;
                state V = 0 mV;
                input exc : event(pA);
                kernel I = {shape} drives exc;
                tau_m * dV/dt = -V + R * I;
            }}"
        );
        let model = model(&text);
        for set in sets() {
            for case in &set.cases {
                let given = set.given(case);
                let wanted = &case[kind];
                let points = list(&wanted["V_at"]).iter().map(|p| (number(&p["t"]), number(&p["V"])));
                let peak = (number(&wanted["t_peak"]), number(&wanted["V_peak"]));
                for (t, wanted) in points.chain([peak]) {
                    let event = Event {
                        step: 0,
                        neuron: 0,
                        weight: set.w,
                    };
                    let builder = model.population(1).dt(t).precision(Precision::F64);
                    let builder = given
                        .iter()
                        .fold(builder.events("exc", vec![event]), |b, (name, value)| {
                            b.set(*name, *value)
                        });
                    let mut population = builder.build().unwrap();
                    population.run(1).unwrap();
                    let found = population.state("V").unwrap()[0];
                    worst = worst.max(relative(found, wanted, 0.0));
                }
            }
        }
    }
    println!("potentials of kernels: {worst:.1e}");
    assert!(worst <= 1e-13, "{worst:e}");
}

/// A kernel alone after an event of weight 1: its value at each step of 1/64 ms.
fn course(shape: &str, steps: u64) -> Vec<f64> {
    let text = format!(
        "model Kernel {{ input exc : event; kernel I = {shape} drives exc; state V = 0; 10 ms * dV/dt = -V + I; }}"
    );
    let event = Event {
        step: 0,
        neuron: 0,
        weight: 1.0,
    };
    let builder = model(&text)
        .population(1)
        .dt(1.0 / 64.0)
        .precision(Precision::F64)
        .events("exc", vec![event]);
    let mut population = builder.record(Monitor::of("I")).build().unwrap();
    population.run(steps).unwrap().traces.remove(0).values
}

/// The difference of exponentials is divided by its height, which is found here by looking for it.
#[test]
fn kernels_have_the_height_of_the_weight_in_either_order_of_time_constants() {
    for (rise, decay) in [(0.5_f64, 5.0_f64), (2.0, 10.0), (5.0, 0.5), (0.125, 100.0)] {
        let shape = |t: f64| (libm::exp(-t / decay) - libm::exp(-t / rise)) / (decay - rise);
        let mut height: f64 = 0.0;
        let mut t = 0.0;
        while t < 60.0 {
            height = height.max(shape(t));
            t += 1e-4;
        }
        for (step, found) in course(&format!("biexp({rise} ms, {decay} ms)"), 3840)
            .into_iter()
            .enumerate()
        {
            let wanted = shape((step + 1) as f64 / 64.0) / height;
            assert!(
                (found - wanted).abs() < 2e-7,
                "{rise}, {decay}, {step}: {found}, {wanted}"
            );
        }
    }
    // t/tau exp(1 - t/tau), also for time constants that are nearly equal.
    for tau in ["alpha(4 ms)", "biexp(4 ms, 4 ms)", "biexp(4 ms, 4.0000000000001 ms)"] {
        for (step, found) in course(tau, 2000).into_iter().enumerate() {
            let x = (step + 1) as f64 / 256.0;
            let wanted = x * libm::exp(1.0 - x);
            assert!((found - wanted).abs() < 1e-12, "{tau}, {step}: {found}, {wanted}");
        }
    }
    let peak = course("alpha(4 ms)", 512).into_iter().fold(0.0, f64::max);
    assert!((peak - 1.0).abs() < 1e-13, "{peak}");
    let first = course("exp(4 ms)", 1)[0];
    assert!((first - libm::exp(-1.0 / 256.0)).abs() < 1e-15, "{first}");
}

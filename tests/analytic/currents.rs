//! Propagators of synaptic currents over steps of any length, to 20 digits.

use super::{coefficient, prepared};
use crate::support::{model, reference, relative, ulps};

/// Everything times its time constant. A propagator is then as accurate as it can be, whatever the step.
const TIMES: [&str; 2] = [
    "model Exponential {
        param tau_m : ms; param tau_s : ms; param C : pF;
        state V = 0 mV;
        state I = 0 pA;
        tau_m * dV/dt = -V + I * tau_m / C;
        tau_s * dI/dt = -I;
    }",
    "model Alpha {
        param tau_m : ms; param tau_s : ms; param C : pF;
        state V = 0 mV;
        state I = 0 pA;
        state y : pA/ms = 0 [pA/ms];
        tau_m * dV/dt = -V + I * tau_m / C;
        tau_s * dI/dt = tau_s * y - I;
        tau_s * dy/dt = -y;
    }",
];

/// Rates as quotients, which are rounded: exp(−h/τ) is then off by h/τ units in the last place.
const QUOTIENTS: [&str; 2] = [
    "model Exponential {
        param tau_m : ms; param tau_s : ms; param C : pF;
        state V = 0 mV;
        state I = 0 pA;
        dV/dt = -V / tau_m + I / C;
        dI/dt = -I / tau_s;
    }",
    "model Alpha {
        param tau_m : ms; param tau_s : ms; param C : pF;
        state V = 0 mV;
        state I = 0 pA;
        state y : pA/ms = 0 [pA/ms];
        dV/dt = -V / tau_m + I / C;
        dI/dt = y - I / tau_s;
        dy/dt = -y / tau_s;
    }",
];

#[test]
fn propagators_over_short_and_long_steps_are_those_of_twenty_digits() {
    let text = std::fs::read_to_string(reference().join("numerics/psc_propagators.csv")).expect("the reference");
    let [times, quotients] = [TIMES, QUOTIENTS].map(|texts| texts.map(model));
    let (mut rows, mut worst, mut worst_of_quotients) = (0, 0, 0.0_f64);
    for line in text.lines().skip(1) {
        let of: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        let [tau_m, tau_s, c, h, exponential, alpha] = of[..] else {
            panic!("six columns: {line}");
        };
        let given = [("tau_m", tau_m), ("tau_s", tau_s), ("C", c)];
        for (which, (name, wanted)) in [("P[V,I]", exponential), ("P[V,y]", alpha)].into_iter().enumerate() {
            let of = |model| coefficient(model, &prepared(model, &given, h), name).expect("a propagator of this name");
            let found = of(&times[which]);
            let error = ulps(found, wanted);
            assert!(error <= 4, "{name}: {found} is {error} ulp from {wanted}: {line}");
            worst = worst.max(error);

            let error = relative(of(&quotients[which]), wanted, 0.0) / f64::max(1.0, h / tau_m.min(tau_s));
            assert!(error <= 1e-14, "{name} by quotients: {error:e}: {line}");
            worst_of_quotients = worst_of_quotients.max(error);
        }
        rows += 1;
    }
    println!("{rows} rows: at most {worst} ulp; by quotients {worst_of_quotients:.1e} of h/tau");
    assert!(rows > 100, "{rows} rows");
}

//! The error against the step size gives the order.

use alif::prelude::*;

use super::{after, solved};

/// FitzHugh and Nagumo's equations: a limit cycle, of which the end is taken while the membrane is on its way down.
const FHN: &str = "model Fhn {
    state V = -1;
    state w = 1;
    1 ms * dV/dt = V - V^3 / 3.0 - w + 0.5;
    12.5 ms * dw/dt = V + 0.7 - 0.8 * w;
}";

/// V' = V² + 1, which is tan(t + atan V₀) until the spike.
const QIF: &str = "model Qif {
    state V = -2;
    1 ms * dV/dt = V^2 + 1;
    spike when V > 1000 { V = -1000; }
}";

/// A quantity that falls fast at first and slowly at the end, without coupling.
const CUBIC: &str = "model Cubic {
    state V = 2;
    1 ms * dV/dt = -5 * (V^3 - V / 2);
}";

/// A synapse, which is exact, drives a membrane that is not, which drives a quantity that is linear by itself.
const CHAIN: &str = "model Chain {
    state s = 3;
    state V = 0;
    state c = 1;
    2 ms * ds/dt = -s;
    5 ms * dV/dt = V * (V - 2) / 4 + s;
    3 ms * dc/dt = V - c;
}";

/// The state of conductances multiplies the state they act on.
const GATED: &str = "model Gated {
    state g = 1;
    state V = 0;
    4 ms * dg/dt = V * (1 - g) - g;
    1 ms * dV/dt = -V + g * (3 - V);
}";

/// The order at the finest of three step sizes.
fn order(text: &str, solver: Option<Solver>, state: &str, duration: f64, steps: u64, truth: f64) -> f64 {
    let model = solved(text, solver);
    let errors = [steps, 2 * steps].map(|n| (after(&model, state, duration / n as f64, n) - truth).abs());
    libm::log2(errors[0] / errors[1])
}

/// Nearly the truth: order 4 with steps so small that what is left is below any error measured here.
fn truth(text: &str, state: &str, duration: f64) -> f64 {
    let steps = 1 << 17;
    after(&solved(text, Some(Solver::Rk4)), state, duration / steps as f64, steps)
}

#[test]
fn every_solver_has_its_order() {
    let tan = libm::tan(2.4 - libm::atan(2.0));
    let problems = [
        ("FHN", FHN, "V", 12.0, 1 << 9, truth(FHN, "V", 12.0)),
        ("QIF", QIF, "V", 2.4, 1 << 9, tan),
        ("cubic", CUBIC, "V", 1.0, 1 << 10, truth(CUBIC, "V", 1.0)),
    ];
    let mut failures = Vec::new();
    for &solver in Solver::ALL {
        let Some(nominal) = solver.order() else { continue };
        if solver == Solver::ExponentialMidpoint {
            continue; // it refuses these
        }
        for (name, text, state, duration, steps, truth) in problems {
            let found = order(text, Some(solver), state, duration, steps, truth);
            // With nothing to couple to, exponential Euler is the Rosenbrock method.
            let alone = solver == Solver::ExponentialEuler && name != "FHN";
            let nominal = if alone { 2 } else { nominal };
            println!("{:22} {name:6} {found:6.3}", solver.name());
            if (found - f64::from(nominal)).abs() > 0.1 {
                failures.push(format!("{solver}, {name}: {found}"));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn the_plan_is_of_order_two_where_exact_and_approximated_states_are_coupled() {
    let mut failures = Vec::new();
    for (text, states) in [
        (CHAIN, &["V", "c"][..]),
        (GATED, &["g", "V"][..]),
        (FHN, &["V", "w"][..]),
    ] {
        for state in states {
            let found = order(text, None, state, 8.0, 1 << 8, truth(text, state, 8.0));
            println!("plan {state} {found:6.3}");
            if (found - 2.0).abs() > 0.1 {
                failures.push(format!("{state}: {found} in\n{text}"));
            }
        }
    }
    let found = order(
        GATED,
        Some(Solver::ExponentialMidpoint),
        "V",
        8.0,
        1 << 8,
        truth(GATED, "V", 8.0),
    );
    assert!((found - 2.0).abs() < 0.1, "exponential_midpoint: {found}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Twenty time constants in a step: explicit methods are far outside their region of stability, exponential ones are not.
#[test]
fn exponential_methods_are_stable_where_an_equation_is_stiff() {
    let text = "model Stiff {
        state V = 3;
        1 ms * dV/dt = -100 * V^2 * (V - 1);
    }";
    for solver in [Solver::ExponentialEuler, Solver::Rosenbrock2] {
        let end = after(&solved(text, Some(solver)), "V", 0.2, 100);
        assert!((end - 1.0).abs() < 1e-12, "{solver}: {end}");
    }
    let end = after(&solved(text, Some(Solver::Heun)), "V", 0.02, 1);
    assert!((end - 1.0).abs() > 10.0, "this problem is not stiff: {end}");
}

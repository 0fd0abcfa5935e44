//! The error against the step size gives the order.

use alif::prelude::*;

use super::{after, solved};
use crate::support::workspace;

/// FitzHugh and Nagumo's equations: a limit cycle, of which the end is taken while the membrane is on its way down.
const FHN: &str = "model Fhn {
    state V = -1;
    state w = 1;
    1 ms * dV/dt = V - V^3 / 3.0 - w + 0.5;
    12.5 ms * dw/dt = V + 0.7 - 0.8 * w;
}";

/// The slope of V in itself is about -60 per ms at the end and -100 at the start, and time moves what V tends to.
const STIFF: &str = "model Stiff {
    state V = 2;
    1 ms * dV/dt = -40 * V * (V - cos(t / 1 ms) - 1.5);
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

/// The order that two step sizes show.
fn order(text: &str, solver: Option<Solver>, state: &str, duration: f64, steps: u64, truth: f64) -> f64 {
    order_of(
        &solved(text, solver),
        &|model, n| after(model, state, duration / n as f64, n),
        steps,
        truth,
    )
}

/// The order that two step sizes show of what comes out after a number of steps.
fn order_of(model: &Model, end: &dyn Fn(&Model, u64) -> f64, steps: u64, truth: f64) -> f64 {
    let errors = [steps, 2 * steps].map(|n| (end(model, n) - truth).abs());
    libm::log2(errors[0] / errors[1])
}

/// Nearly the truth: order 4 with steps so small that what is left is below any error measured here.
fn truth(text: &str, state: &str, duration: f64) -> f64 {
    let steps = 1 << 17;
    after(&solved(text, Some(Solver::Rk4)), state, duration / steps as f64, steps)
}

/// A model of the repository under a current, and one that is stiff: with the duration, and for each order a number of steps at which
/// errors are far above rounding and the next term of the series is below a tenth.
struct Problem {
    name: &'static str,
    text: String,
    current: Option<f64>,
    duration: f64,
    steps: [u64; 4],
}

impl Problem {
    fn end(&self, model: &Model, steps: u64) -> f64 {
        let mut builder = model
            .population(1)
            .dt(self.duration / steps as f64)
            .precision(Precision::F64);
        if let Some(current) = self.current {
            builder = builder.input("I", current);
        }
        let mut population = builder.build().unwrap_or_else(|error| panic!("{error}"));
        population.run(steps).unwrap_or_else(|error| panic!("{error}"));
        population.state("V").expect("a state")[0]
    }
}

#[test]
fn every_solver_has_its_order() {
    let text = |file: &str| std::fs::read_to_string(workspace().join("models").join(file)).expect("a model");
    let problems = [
        // A spike and the way up to the next one: nothing is reset.
        Problem {
            name: "Hodgkin-Huxley",
            text: text("hodgkin_huxley.alif"),
            current: Some(300.0),
            duration: 10.0,
            steps: [1 << 13, 1 << 12, 1 << 10, 1 << 10],
        },
        // From rest to where the exponential has set in, before a spike.
        Problem {
            name: "AdEx",
            text: text("adex.alif"),
            current: Some(700.0),
            duration: 8.0,
            steps: [1 << 10, 1 << 8, 1 << 7, 1 << 6],
        },
        Problem {
            name: "stiff",
            text: STIFF.to_owned(),
            current: None,
            duration: 2.0,
            steps: [1 << 11, 1 << 11, 1 << 10, 1 << 10],
        },
    ];
    let mut failures = Vec::new();
    for problem in &problems {
        let fixed = |solver| solved(&problem.text, Some(solver));
        let truth = problem.end(&fixed(Solver::Rk4), 1 << 15);
        for &solver in Solver::ALL {
            // The error of sub-steps is that of their tolerance.
            let Some(nominal) = solver.order().filter(|_| !solver.is_adaptive()) else {
                continue;
            };
            if solver == Solver::ExponentialMidpoint && problem.name != "Hodgkin-Huxley" {
                continue; // it refuses these
            }
            let steps = problem.steps[nominal as usize - 1];
            let found = order_of(&fixed(solver), &|model, n| problem.end(model, n), steps, truth);
            println!("{:22} {:14} {found:6.3}", solver.name(), problem.name);
            let nominally = (found - f64::from(nominal)).abs() <= 0.1;
            if !nominally {
                failures.push(format!("{solver}, {}: {found}", problem.name));
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

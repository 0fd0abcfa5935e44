//! Which equation gets which solver, and why.

use alif::prelude::*;
use alif_compiler::update::Rule;

use super::solved;

/// The name of the solver of each state.
fn solvers(text: &str, solver: Option<Solver>) -> Vec<String> {
    let model = solved(text, solver);
    let update = &model.compiled().update;
    let name = |rule: &Rule| match *rule {
        Rule::Exact { .. } => "exact".to_owned(),
        Rule::Approximate { equation } => update.approximate[equation].solver.to_string(),
        Rule::Constant => "constant".to_owned(),
        Rule::SubSteps => "counted".to_owned(),
    };
    update.states.iter().map(name).collect()
}

const MIXED: &str = "model Mixed {
    state s = 1;
    state g = 1;
    state V = 0;
    state c = 0;
    state n = 0;
    input I;
    2 ms * ds/dt = -s;
    4 ms * dg/dt = s * (1 - g) - g;
    1 ms * dV/dt = V^2 - g * V + I;
    3 ms * dc/dt = V - c;
    spike when V > 10 { V = -1; n += 1; }
}";

#[test]
fn linear_equations_stay_exact_unless_they_read_what_is_not() {
    let found = solvers(MIXED, None);
    assert_eq!(
        found,
        [
            "exact",
            "exponential_midpoint",
            "rosenbrock2",
            "exponential_midpoint",
            "constant"
        ]
    );
    let explanation = alif_compiler::explain::explain(solved(MIXED, None).compiled(), &[], 0.1).expect("no parameters");
    let reason = |state: usize| explanation.states[state].reason.as_str();
    assert!(
        reason(1).ends_with("its slope in `s` depends on the state"),
        "{}",
        reason(1)
    );
    assert!(
        reason(2).contains("it is not affine in `V` itself") && reason(2).contains("up to its threshold"),
        "{}",
        reason(2)
    );
    assert!(
        reason(3).ends_with("it reads `V`, which is not solved exactly"),
        "{}",
        reason(3)
    );
    let terms: Vec<Option<&str>> = explanation
        .states
        .iter()
        .map(|state| state.term.as_ref().map(|term| &MIXED[term.span.range()]))
        .collect();
    assert_eq!(terms, [None, Some("s * (1 - g)"), Some("V^2"), Some("V"), None]);
}

#[test]
fn a_solver_that_is_asked_for_takes_the_whole_model() {
    assert_eq!(
        solvers(MIXED, Some(Solver::Heun3)),
        ["heun3", "heun3", "heun3", "heun3", "constant"]
    );
    let linear = "model Linear { state V = 1; state u = 0; 1 ms * dV/dt = -V; 1 ms * du/dt = V - u; }";
    assert_eq!(solvers(linear, None), ["exact", "exact"]);
    assert_eq!(solvers(linear, Some(Solver::Exact)), ["exact", "exact"]);
    assert_eq!(
        solvers(linear, Some(Solver::ExponentialMidpoint)),
        ["exponential_midpoint"; 2]
    );
}

#[test]
fn what_a_solver_cannot_treat_is_refused_at_the_term() {
    let refused = |solver, place: &str, message: &str| {
        let error = Model::loader()
            .solver(solver)
            .text(MIXED)
            .expect_err("it cannot be treated");
        let text = error.to_string();
        assert!(
            text.contains("[E0601]") && text.contains(place) && text.contains(message),
            "{text}"
        );
    };
    refused(
        Solver::Exact,
        ":9:20",
        "the equation of `g` has no exact update: its slope in `s` depends on the state",
    );
    refused(
        Solver::Exact,
        ":10:20",
        "the equation of `V` has no exact update: its slope in `g` depends on the state",
    );
    refused(Solver::ExponentialMidpoint, ":10:20", "and that of `V` is not");
}

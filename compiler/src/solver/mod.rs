//! Solvers: how equations get from t to t + h.
//!
//! The names and orders stand in one table. What has no exact update is expanded here into expressions of the symbolic graph, with `h`
//! and all that depends on parameters alone as coefficients; every engine follows what comes out of it.
//!
//! All states that are approximated advance together, each from the values that all states have at the start of the integration.
//! States that are advanced exactly are read where a solver needs them: at the start, and half a step later.

mod adaptive;
mod explicit;
mod exponential;
mod stage;

pub use adaptive::{Carried, MOST_SUB_STEPS, count, sub_step, sub_steps};
pub use stage::Start;

use crate::ids::NodeId;
use crate::symbolic::Graph;
use crate::update::Update;

use stage::Stages;

macro_rules! solvers {
    ($($(#[$doc:meta])* $variant:ident $name:literal $order:literal $what:literal;)*) => {
        /// A solver.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Solver {
            $($(#[$doc])* $variant,)*
        }

        impl Solver {
            /// Every solver, in the order of the table.
            pub const ALL: &[Solver] = &[$(Solver::$variant),*];

            /// Its name in options.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Solver::$variant => $name),* }
            }

            /// Its order of convergence; nothing where there is no error to converge.
            #[must_use]
            pub fn order(self) -> Option<u32> {
                match self { $(Solver::$variant => match $order { 0 => None, order => Some(order) }),* }
            }

            /// What it does, in a few words.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Solver::$variant => $what),* }
            }
        }
    };
}

solvers! {
    /// Propagators of linear systems with constant coefficients.
    Exact "exact" 0 "the exact solution of linear systems with constant coefficients";
    /// `x + h φ(h ∂f/∂x) f`, φ(z) = (eᶻ − 1)/z, each state by itself.
    ExponentialEuler "exponential_euler" 1 "exponential Euler, each state by its own slope, the others as they start";
    /// Exponential Euler with the coefficients in the middle of the step.
    ExponentialMidpoint "exponential_midpoint" 2 "exact for each state by itself, with the others as they are in the middle of the step";
    /// As the exponential midpoint rule, for equations that are nonlinear in their own state.
    Rosenbrock2 "rosenbrock2" 2 "exponential Rosenbrock: each state linearised where it starts, the others as they are in the middle of the step";
    /// One slope.
    Euler "euler" 1 "explicit, one slope a step";
    /// The slope in the middle.
    Midpoint "midpoint" 2 "explicit, the slope in the middle of the step";
    /// The mean of the slopes at both ends.
    Heun "heun" 2 "explicit, the mean of the slopes at both ends";
    /// Ralston's choice of two slopes.
    Rk2 "rk2" 2 "explicit, two slopes a step, by Ralston";
    /// Three slopes.
    Heun3 "heun3" 3 "explicit, three slopes a step, by Heun";
    /// Four slopes.
    Rk4 "rk4" 4 "explicit, four slopes a step, by Runge and Kutta";
    /// Dormand and Prince's pair, in as many sub-steps as the tolerance asks for.
    Rk45 "rk45" 5 "explicit, in sub-steps as short as a tolerance asks for, by Dormand and Prince";
}

impl Solver {
    /// The solver of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == name)
    }

    /// Whether it takes sub-steps of its own: its error is then that of its tolerance, whatever the step.
    #[must_use]
    pub fn is_adaptive(self) -> bool {
        self == Self::Rk45
    }
}

impl std::fmt::Display for Solver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The new values of the approximated states, in the order of [`Update::approximate`]; of solvers that take no sub-steps.
///
/// Equations of one update have one solver, or some the exponential midpoint rule and the others its nonlinear form.
#[must_use]
pub fn advance(graph: &mut Graph, update: &Update, start: &Start<'_>) -> Vec<NodeId> {
    let Some(first) = update.approximate.first() else {
        return vec![];
    };
    let solver = first.solver;
    let mut stages = Stages::new(graph, update, start);
    match solver {
        // Exact equations are blocks, never approximated.
        Solver::Exact => vec![],
        // Sub-steps are a loop: see `sub_steps`.
        Solver::Rk45 => vec![],
        Solver::ExponentialEuler => exponential::euler(&mut stages),
        Solver::ExponentialMidpoint | Solver::Rosenbrock2 => exponential::midpoint(&mut stages),
        Solver::Euler => explicit::advance(&mut stages, &explicit::EULER),
        Solver::Midpoint => explicit::advance(&mut stages, &explicit::MIDPOINT),
        Solver::Heun => explicit::advance(&mut stages, &explicit::HEUN),
        Solver::Rk2 => explicit::advance(&mut stages, &explicit::RALSTON),
        Solver::Heun3 => explicit::advance(&mut stages, &explicit::HEUN3),
        Solver::Rk4 => explicit::advance(&mut stages, &explicit::RK4),
    }
}

#[cfg(test)]
mod tests {
    use super::Solver;

    #[test]
    fn each_solver_is_found_by_its_name() {
        for &solver in Solver::ALL {
            assert_eq!(Solver::named(solver.name()), Some(solver));
        }
        assert_eq!(Solver::named("Euler"), None);
    }
}

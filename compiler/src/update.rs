//! The derived update: how each state gets from t to t + h.

use alif_grammar::Span;

use crate::ids::{NodeId, NoiseId, StateId};
use crate::solver::Solver;
use crate::symbolic::Graph;

/// How the states of a model are advanced by one step.
#[derive(Clone, Debug)]
pub struct Update {
    /// The graph that all nodes below belong to.
    pub graph: Graph,
    /// Linear systems that are advanced exactly, upstream ones first.
    pub blocks: Vec<Block>,
    /// Equations that are approximated, all of them together, upstream ones first.
    pub approximate: Vec<Approximate>,
    /// What runs away to a spike within a step.
    pub limit: Option<Limit>,
    /// The sub-steps of a step, where the solver takes any.
    pub sub_steps: Option<SubSteps>,
    /// The rule of each state.
    pub states: Vec<Rule>,
}

/// How one state is advanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Row `row` of an exact block.
    Exact {
        /// Index into [`Update::blocks`].
        block: usize,
        /// Row of the block.
        row: usize,
    },
    /// Equation of [`Update::approximate`].
    Approximate {
        /// Index of the equation.
        equation: usize,
    },
    /// Nothing but events changes it.
    Constant,
    /// It counts the sub-steps of each step: see [`Update::sub_steps`].
    SubSteps,
}

/// How a step is made in sub-steps.
///
/// The error of each of them is at most `tolerance * max(|x|, u)`, with `u` one unit of the state: relative to large values, absolute for
/// small ones. It is the root of the sum of all states' squares that is held to that.
#[derive(Clone, Debug, PartialEq)]
pub struct SubSteps {
    /// The tolerance.
    pub tolerance: f64,
    /// One unit of each approximated state as the model declares it, in the coherent set.
    pub units: Vec<f64>,
    /// The state that counts them: see [`crate::model::Model::sub_steps`].
    pub counter: StateId,
}

/// An equation `left dx/dt = rhs` that a solver approximates.
#[derive(Clone, Debug, PartialEq)]
pub struct Approximate {
    /// The state.
    pub state: StateId,
    /// What divides the right-hand side, a constant; nothing means 1.
    pub left: Option<NodeId>,
    /// The right-hand side; states in it are as they are where it is evaluated.
    pub rhs: NodeId,
    /// Noises with their constant factors: each adds its factor over that of the derivative, times √h and a normal number.
    pub noise: Vec<(NoiseId, NodeId)>,
    /// The solver.
    pub solver: Solver,
    /// Why it is that solver.
    pub reason: Reason,
    /// The states that depend on each other in a circle with this one, itself among them.
    pub component: Vec<StateId>,
}

/// Why an equation has its solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A clause without its full stop.
    pub text: String,
    /// The term that decides, and where it stands.
    pub term: Option<(String, Span)>,
}

/// A state that the spike resets whatever it is then, and whose own equation is not linear: between two steps it may be gone to
/// infinity, as in quadratic and exponential integrate-and-fire models. What depends on it sees it up to its threshold within a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The state.
    pub state: StateId,
    /// The threshold, from states at the start of the step.
    pub threshold: NodeId,
}

/// A linear system `left_i dx_i/dt = Σ_j a_ij x_j + Σ_k f_ik g_k + r_i t` with constant coefficients, forcing terms `g` that
/// are constant during a step, and the time `t`.
///
/// Its exact update is `x(t + h) = P x(t) + Q g` with `P = exp(A h)`, `Q = ∫₀ʰ exp(A s) ds F`, `A = a / left`, `F = f / left`
/// (Rotter & Diesmann 1999, Biol. Cybern. 81:381–402, doi:10.1007/s004220050570). The time is one more state with `dt/dt = 1`, behind
/// the others: `P` then has a column for the time at the start of the step, and the last column of `Q`, that of the number 1, has
/// besides the offset what the ramp adds during the step.
///
/// White noise with constant factors, `left_i dx_i = … + Σ_k g_ik dW_k`, adds a normal vector of mean 0 and covariance
/// `∫₀ʰ exp(A s) G Gᵀ exp(A s)ᵀ ds = L Lᵀ` with `G = g / left`: `L z`, with one normal number `z_j` for each state that noise reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its states, each after those it depends on where that is possible.
    pub states: Vec<StateId>,
    /// What divides each row; nothing means 1.
    pub left: Vec<Option<NodeId>>,
    /// Couplings, n × n, row by row; nothing means 0.
    pub a: Vec<Option<NodeId>>,
    /// Forcing terms, m of them; the number 1 where the offset stands.
    pub forcings: Vec<NodeId>,
    /// Their coefficients, n × m, row by row.
    pub f: Vec<Option<NodeId>>,
    /// The coefficient of the time in each row; nothing means 0. Where there is any, the last forcing term is the number 1.
    pub ramp: Vec<Option<NodeId>>,
    /// The noises that act on it.
    pub noises: Vec<NoiseId>,
    /// Their factors, n × the number of noises, row by row; nothing means 0.
    pub g: Vec<Option<NodeId>>,
    /// Which states reach which (n × n, row by row, the diagonal included): where `P` is not structurally zero.
    pub reach: Vec<bool>,
    /// Which forcing terms reach which states (n × m, row by row): where `Q` is not structurally zero.
    pub forced: Vec<bool>,
    /// Which states the time reaches (n): where its column of `P` is not structurally zero.
    pub ramped: Vec<bool>,
    /// Which states noise reaches (n): where rows of `L` are not structurally zero.
    pub noisy: Vec<bool>,
}

impl Block {
    /// Number of states.
    #[must_use]
    pub fn n(&self) -> usize {
        self.states.len()
    }

    /// Number of forcing terms.
    #[must_use]
    pub fn m(&self) -> usize {
        self.forcings.len()
    }

    /// Whether the time is a state of the system.
    #[must_use]
    pub fn reads_time(&self) -> bool {
        self.ramp.iter().any(Option::is_some)
    }

    /// The same system with some states frozen: their rows are zero.
    #[must_use]
    pub fn with_frozen(&self, frozen: &[StateId]) -> Self {
        let mut block = self.clone();
        let (n, m, k) = (self.n(), self.m(), self.noises.len());
        for (row, state) in self.states.iter().enumerate() {
            if frozen.contains(state) {
                block.a[row * n..(row + 1) * n].fill(None);
                block.f[row * m..(row + 1) * m].fill(None);
                block.g[row * k..(row + 1) * k].fill(None);
                block.ramp[row] = None;
            }
        }
        block.with_structure()
    }

    /// Finds out again which entries of `P`, `Q` and `L` are structurally zero.
    #[must_use]
    pub fn with_structure(mut self) -> Self {
        let (n, m) = (self.n(), self.m());
        let pattern: Vec<bool> = self.a.iter().map(Option::is_some).collect();
        self.reach = alif_core::numerics::reachability(&pattern, n);
        self.ramped = (0..n)
            .map(|row| (0..n).any(|j| self.reach[row * n + j] && self.ramp[j].is_some()))
            .collect();
        self.forced = (0..n * m)
            .map(|at| {
                let (row, forcing) = (at / m, at % m);
                let offset_of_time = forcing + 1 == m && self.ramped[row];
                offset_of_time || (0..n).any(|j| self.reach[row * n + j] && self.f[j * m + forcing].is_some())
            })
            .collect();
        let k = self.noises.len();
        self.noisy = (0..n)
            .map(|row| (0..n * k).any(|at| self.reach[row * n + at / k] && self.g[at].is_some()))
            .collect();
        self
    }

    /// Whether `P` of a row is 1 on the diagonal: nothing in the block makes the state depend on itself.
    #[must_use]
    pub fn stays(&self, row: usize) -> bool {
        let n = self.n();
        (0..n).all(|j| self.a[row * n + j].is_none() || (j != row && !self.reach[j * n + row]))
    }
}

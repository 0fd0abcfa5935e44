//! What kind of update each state has, and the term that decides.

use alif_grammar::{LineIndex, Span};

use crate::solver::Solver;
use crate::symbolic::{Graph, Node};
use crate::update::{Rule, Update};

use super::Explanation;

/// What kind of update a state has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It has no equation.
    Constant,
    /// The exact solution of a linear equation.
    Exact,
    /// Exact for the state by itself, while the others stand still in the middle of the step.
    ConditionallyLinear,
    /// An approximation in the state itself.
    Approximate,
}

impl Class {
    /// As text and JSON name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Exact => "exact",
            Self::ConditionallyLinear => "conditionally linear",
            Self::Approximate => "approximate",
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A term that keeps an equation from being exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidingTerm {
    /// The term as the compiler writes it.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The same for people, where the source text is at hand: see [`Explanation::located`].
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What stands there, on one line.
    pub quoted: String,
}

impl Explanation {
    /// With the places of deciding terms in the text that the model was compiled from.
    #[must_use]
    pub fn located(mut self, file: &str, text: &str) -> Self {
        let index = LineIndex::new(text);
        for term in self.states.iter_mut().filter_map(|state| state.term.as_mut()) {
            let Some(quoted) = text.get(term.span.range()) else {
                continue;
            };
            let (line, column) = index.line_column(text, term.span.start);
            let words: Vec<&str> = quoted.split_whitespace().collect();
            term.place = Some(Place {
                file: file.to_owned(),
                line,
                column,
                quoted: words.join(" "),
            });
        }
        self
    }
}

pub(super) fn class(graph: &mut Graph, update: &Update, rule: Rule) -> Class {
    match rule {
        Rule::Constant | Rule::SubSteps => Class::Constant,
        Rule::Exact { .. } => Class::Exact,
        Rule::Approximate { equation } => {
            let equation = &update.approximate[equation];
            let own = graph.add_node(Node::State(equation.state));
            let exponential = match equation.solver {
                Solver::Exact | Solver::ExponentialEuler | Solver::ExponentialMidpoint | Solver::Rosenbrock2 => true,
                Solver::Euler
                | Solver::Midpoint
                | Solver::Heun
                | Solver::Rk2
                | Solver::Heun3
                | Solver::Rk4
                | Solver::Rk45 => false,
            };
            if exponential && graph.is_affine_in(equation.rhs, own) {
                Class::ConditionallyLinear
            } else {
                Class::Approximate
            }
        }
    }
}

pub(super) fn deciding_term(update: &Update, rule: Rule) -> Option<DecidingTerm> {
    let Rule::Approximate { equation } = rule else {
        return None;
    };
    let (text, span) = update.approximate[equation].reason.term.clone()?;
    Some(DecidingTerm {
        text,
        span,
        place: None,
    })
}

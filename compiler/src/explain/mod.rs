//! What was derived, in words, formulas and numbers, and what was measured of it.

pub mod certificate;
mod class;
#[cfg(feature = "json")]
mod json;
mod latex;
mod text;

use alif_core::{BindError, Precision};

use crate::Compiled;
use crate::backend::bind;
use crate::ids::{NodeId, StateId};
use crate::ir::{Inst, Matrix, Operations, TIME};
use crate::model::{Model, Unit};
use crate::symbolic::{Environment, Graph};
use crate::units::{self, UnitValue};
use crate::update::{Block, Rule, Update};

pub use certificate::Certificate;
pub use class::{Class, DecidingTerm, Place};

/// What was derived from a model, for one set of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The model's name.
    pub model: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// The time step in ms.
    pub dt: f64,
    /// Parameters with their values.
    pub params: Vec<Quantity>,
    /// Each state.
    pub states: Vec<StateUpdate>,
    /// What happens besides integration.
    pub events: Vec<String>,
    /// The refractory period in steps.
    pub refractory_steps: Option<f64>,
    /// How often each instruction stands in a step, most frequent first; loads of states, inputs and coefficients are left out.
    pub operations: Vec<(&'static str, usize)>,
    /// What was measured of the update.
    pub certificate: Certificate,
}

/// What an explanation is for, besides the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The time step in ms.
    pub dt: f64,
    /// The precision of the numbers of exact blocks, as the certificate measures them.
    pub precision: Precision,
    /// Each input in the coherent set, for the trajectory on which local errors are measured. Without them, and without events,
    /// a stimulus is chosen that makes the neuron spike.
    pub inputs: Option<Vec<f64>>,
}

impl Default for Options {
    /// Steps of 0.1 ms in single precision, as a population has them.
    fn default() -> Self {
        Self {
            dt: 0.1,
            precision: Precision::F32,
            inputs: None,
        }
    }
}

/// A value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// The value in `unit`.
    pub value: f64,
    /// The unit that the model declares; `1` for a pure number.
    pub unit: String,
}

/// How one state is advanced.
#[derive(Clone, Debug, PartialEq)]
pub struct StateUpdate {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Its equation as written.
    pub equation: Option<String>,
    /// Its equation as a LaTeX fragment.
    pub equation_latex: Option<String>,
    /// `constant`, or the name of the solver.
    pub method: &'static str,
    /// What kind of update it is.
    pub class: Class,
    /// Why.
    pub reason: String,
    /// The term of the equation that keeps it from being exact; nothing where it is, or where the solver was asked for.
    pub term: Option<DecidingTerm>,
    /// The terms of x(t + h), in the order in which they are added.
    pub terms: Vec<Term>,
}

/// One term of an update: a number times a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The name of the number, such as `P[V,V]`; nothing where it is 1 by structure.
    pub coefficient: Option<String>,
    /// The number as a formula, where it has a short one.
    pub formula: Option<String>,
    /// Its value, in the unit of the state over the unit of the factor.
    pub value: f64,
    /// What it is multiplied with; nothing for an offset.
    pub factor: Option<String>,
    /// The factor as a LaTeX fragment.
    pub factor_latex: Option<String>,
}

/// Explains a model for parameters in the coherent set (as [`crate::backend::complete`] gives them) and a time step in ms.
///
/// # Errors
/// Parameters that cannot be bound.
pub fn explain(compiled: &Compiled, params: &[f64], dt: f64) -> Result<Explanation, BindError> {
    let options = Options {
        dt,
        ..Options::default()
    };
    explain_with(compiled, params, &options)
}

/// As [`explain`], with a say in what is measured.
///
/// # Errors
/// As [`explain`].
///
/// # Panics
/// When the options have another number of inputs than the model.
pub fn explain_with(compiled: &Compiled, params: &[f64], options: &Options) -> Result<Explanation, BindError> {
    let dt = options.dt;
    let inputs = options.inputs.as_deref();
    assert!(
        inputs.is_none_or(|inputs| inputs.len() == compiled.model.inputs.len()),
        "one value for each input"
    );
    let Compiled {
        model, update, program, ..
    } = compiled;
    let bound = bind(program, params, dt, i64::MAX)?;
    let entry = |states: &[String], matrix: Matrix, row: usize, column: usize| {
        let at = program.prepare.entry(states, matrix, row, column)?;
        Some((program.prepare.coefficients[at].name.clone(), bound.coefficients[at]))
    };
    let mut graph = update.graph.clone();
    let environment = Environment::start_of_step(&mut graph, model.states.len());
    let states = model
        .states
        .iter()
        .enumerate()
        .map(|(index, state)| {
            let rule = update.states[index];
            let terms = match rule {
                Rule::Constant | Rule::SubSteps | Rule::Approximate { .. } => vec![],
                Rule::Exact { block, row } => Terms {
                    model,
                    graph: &graph,
                    block: &update.blocks[block],
                    row,
                    entry: &entry,
                }
                .all(),
            };
            let latex = state.equation.as_ref().map(|equation| {
                let rhs = graph.build(model, equation.rhs, &environment);
                let left = equation.left.map(|left| graph.build(model, left, &environment));
                let left = left.map_or_else(String::new, |left| format!("{}\\,", graph.latex_factor(left, model)));
                let name = crate::symbolic::latex_name(&state.name);
                format!(
                    "{left}\\frac{{\\mathrm{{d}}{name}}}{{\\mathrm{{d}}t}} = {}",
                    graph.latex(rhs, model)
                )
            });
            StateUpdate {
                name: state.name.clone(),
                unit: state.unit.text.clone(),
                equation: state.equation.as_ref().map(|e| e.text.clone()),
                equation_latex: latex,
                method: match rule {
                    Rule::Exact { .. } => "exact",
                    Rule::Approximate { equation } => update.approximate[equation].solver.name(),
                    Rule::Constant => "constant",
                    Rule::SubSteps => "counted",
                },
                class: class::class(&mut graph, update, rule),
                reason: reason(model, update, rule),
                term: class::deciding_term(update, rule),
                terms,
            }
        })
        .collect();
    let steps = program.prepare.coefficients.iter().position(|c| c.steps);
    Ok(Explanation {
        model: model.name.clone(),
        docs: model.docs.clone(),
        dt,
        params: model
            .params
            .iter()
            .zip(params)
            .map(|(p, &value)| Quantity {
                name: p.name.clone(),
                value: declared(value, &p.unit),
                unit: p.unit.text.clone(),
            })
            .collect(),
        states,
        events: events(model),
        refractory_steps: steps.map(|at| bound.coefficients[at]),
        operations: operations(program.insts()),
        certificate: certificate::certify(compiled, params, dt, options.precision, inputs)?,
    })
}

/// A value of the coherent set in a declared unit.
fn declared(value: f64, unit: &Unit) -> f64 {
    match unit.known {
        Some(dimension) => units::from_coherent(
            value,
            UnitValue {
                dimension,
                scale2: unit.half_decades,
            },
        ),
        None => value,
    }
}

fn reason(model: &Model, update: &Update, rule: Rule) -> String {
    match rule {
        Rule::Constant => "it has no equation: nothing but events changes it".to_owned(),
        Rule::SubSteps => format!(
            "it counts the sub-steps of each step, those that were tried in vain included; {} are the most",
            crate::solver::MOST_SUB_STEPS
        ),
        Rule::Exact { block, row } => reason_of_exact(model, &update.blocks[block], row),
        Rule::Approximate { equation } => reason_of_approximation(model, update, equation),
    }
}

fn reason_of_exact(model: &Model, block: &Block, row: usize) -> String {
    let others: Vec<&str> = (0..block.n())
        .filter(|&j| j != row && block.reach[row * block.n() + j])
        .map(|j| model.states[block.states[j].index()].name.as_str())
        .collect();
    let and_time = if block.ramped[row] { " and the time" } else { "" };
    let own =
        format!("its equation is affine in the states{and_time}, with coefficients that depend on parameters alone");
    let noise = if block.noisy[row] {
        "; the noise of a step has its exact covariance, with z normal numbers"
    } else {
        ""
    };
    if others.is_empty() {
        format!("{own}{noise}")
    } else {
        format!(
            "{own}; it depends on {} and is solved together with it{noise}",
            others.join(", ")
        )
    }
}

fn reason_of_approximation(model: &Model, update: &Update, equation: usize) -> String {
    let equation = &update.approximate[equation];
    let order = equation
        .solver
        .order()
        .map_or_else(String::new, |n| format!("order {n}, "));
    let tolerance = match &update.sub_steps {
        Some(wanted) => format!("; tolerance {:?}", wanted.tolerance),
        None => String::new(),
    };
    let mut text = format!(
        "{order}{}{tolerance}; {}",
        equation.solver.summary(),
        equation.reason.text
    );
    let name = |state: StateId| model.states[state.index()].name.as_str();
    let others: Vec<&str> = equation
        .component
        .iter()
        .filter(|&&s| s != equation.state)
        .map(|&s| name(s))
        .collect();
    if !others.is_empty() {
        text.push_str(&format!("; it depends on {} and they on it", others.join(", ")));
    }
    if !equation.noise.is_empty() {
        text.push_str("; noise is added behind the drift, times the root of the step: order 1");
    }
    if update.limit.is_some_and(|limit| limit.state == equation.state) {
        text.push_str("; within a step others see it up to its threshold at most");
    }
    text
}

/// What collects the terms of one row.
struct Terms<'a, F: Fn(&[String], Matrix, usize, usize) -> Option<(String, f64)>> {
    model: &'a Model,
    graph: &'a Graph,
    block: &'a Block,
    row: usize,
    entry: &'a F,
}

impl<F: Fn(&[String], Matrix, usize, usize) -> Option<(String, f64)>> Terms<'_, F> {
    fn all(&self) -> Vec<Term> {
        let (n, m, row) = (self.block.n(), self.block.m(), self.row);
        let (reach, forced) = (&self.block.reach, &self.block.forced);
        let mut terms = Vec::new();
        let own = std::iter::once(row).chain((0..n).filter(|&j| j != row && reach[row * n + j]));
        for column in own {
            terms.push(self.state_term(column));
        }
        for column in (0..m).filter(|&k| forced[row * m + k]) {
            terms.push(self.forcing_term(column));
        }
        if self.block.ramped[row] {
            terms.push(self.time_term());
        }
        let noisy = &self.block.noisy;
        for column in (0..=row).filter(|&j| noisy[row] && noisy[j]) {
            terms.push(self.noise_term(column));
        }
        terms
    }

    /// The name and the value of an entry of a matrix in this row.
    fn coefficient(&self, matrix: Matrix, column: usize) -> Option<(String, f64)> {
        let mut states: Vec<String> = (0..self.block.n()).map(|i| self.name(i).to_owned()).collect();
        if self.block.reads_time() {
            states.push(TIME.to_owned());
        }
        (self.entry)(&states, matrix, self.row, column)
    }

    fn state(&self, at: usize) -> StateId {
        self.block.states[at]
    }

    fn name(&self, at: usize) -> &str {
        &self.model.states[self.state(at).index()].name
    }

    fn scale(&self, at: usize) -> f64 {
        declared(1.0, &self.model.states[self.state(at).index()].unit)
    }

    fn state_term(&self, column: usize) -> Term {
        let coefficient = self.coefficient(Matrix::P, column);
        let latex = crate::symbolic::latex_name(self.name(column));
        Term {
            formula: coefficient.as_ref().and_then(|_| self.decay_formula(column)),
            value: coefficient.as_ref().map_or(1.0, |c| c.1) * self.scale(self.row) / self.scale(column),
            coefficient: coefficient.map(|c| c.0),
            factor: Some(self.name(column).to_owned()),
            factor_latex: Some(latex),
        }
    }

    /// `exp(-h / tau)` for a state that is alone in its block.
    fn decay_formula(&self, column: usize) -> Option<String> {
        let rate = self.rate_text(column)?;
        Some(format!("exp({rate})"))
    }

    /// The rate of a lone state times the step, as text.
    fn rate_text(&self, column: usize) -> Option<String> {
        if self.block.n() != 1 || column != self.row {
            return None;
        }
        let a = self.graph.text(self.block.a[0]?, self.model);
        let left = self.block.left[0].map(|left| self.graph.text(left, self.model));
        let simple = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let a = match a.as_str() {
            "-1" => "-h".to_owned(),
            "1" => "h".to_owned(),
            a if simple(a.trim_start_matches('-')) => format!("{a} * h"),
            a => format!("({a}) * h"),
        };
        Some(match left {
            None => a,
            Some(left) if simple(&left) => format!("{a} / {left}"),
            Some(left) => format!("{a} / ({left})"),
        })
    }

    fn forcing_term(&self, column: usize) -> Term {
        let forcing = self.block.forcings[column];
        let constant = self.graph.number_of(forcing) == Some(1.0);
        let text = self.graph.text(forcing, self.model);
        let coefficient = self.coefficient(Matrix::Q, column);
        Term {
            formula: self.forcing_formula(column),
            value: coefficient.as_ref().map_or(f64::NAN, |c| c.1) * self.scale(self.row) / self.input_scale(forcing),
            coefficient: coefficient.map(|c| c.0),
            factor: (!constant).then_some(text),
            factor_latex: (!constant).then(|| self.graph.latex(forcing, self.model)),
        }
    }

    /// The time at the start of the step, in ms.
    fn time_term(&self) -> Term {
        let coefficient = self.coefficient(Matrix::P, self.block.n());
        Term {
            formula: None,
            value: coefficient.as_ref().map_or(f64::NAN, |c| c.1) * self.scale(self.row),
            coefficient: coefficient.map(|c| c.0),
            factor: Some(TIME.to_owned()),
            factor_latex: Some(TIME.to_owned()),
        }
    }

    /// A normal number, which has the name of the state that it belongs to.
    fn noise_term(&self, column: usize) -> Term {
        let coefficient = self.coefficient(Matrix::L, column);
        let name = self.name(column);
        Term {
            formula: None,
            value: coefficient.as_ref().map_or(f64::NAN, |c| c.1) * self.scale(self.row),
            coefficient: coefficient.map(|c| c.0),
            factor: Some(format!("z[{name}]")),
            factor_latex: Some(format!("z_{{{}}}", crate::symbolic::latex_name(name))),
        }
    }

    /// One unit of an input in its declared unit; other forcing terms stay in the coherent set.
    fn input_scale(&self, forcing: NodeId) -> f64 {
        match self.graph.node(forcing) {
            crate::symbolic::Node::Input(i) => declared(1.0, &self.model.inputs[i.index()].unit),
            _ => 1.0,
        }
    }

    /// `R * (1 - exp(-h / tau))` for a state that decays alone.
    fn forcing_formula(&self, column: usize) -> Option<String> {
        let rate = self.rate_text(self.row)?;
        // The last column has what the ramp adds during the step, too.
        if self.block.ramped[self.row] && column + 1 == self.block.m() {
            return None;
        }
        if self.graph.number_of(self.block.a[0]?) != Some(-1.0) {
            return None;
        }
        let f = self.graph.text(self.block.f[column]?, self.model);
        let decay = format!("(1 - exp({rate}))");
        Some(match f.as_str() {
            "1" => decay,
            f if f.contains(' ') => format!("({f}) * {decay}"),
            f => format!("{f} * {decay}"),
        })
    }
}

fn events(model: &Model) -> Vec<String> {
    let body = |assigns: &[crate::model::Assign]| {
        let texts: Vec<&str> = assigns.iter().map(|a| a.text.as_str()).collect();
        if texts.is_empty() {
            "nothing".to_owned()
        } else {
            texts.join("; ")
        }
    };
    let mut events = Vec::new();
    for on in &model.on_blocks {
        let when = if on.after { "after" } else { "before" };
        let port = &model.ports[on.port.index()].name;
        events.push(format!("events of {port}, {when} integration: {}", body(&on.body)));
    }
    if let Some(spike) = &model.spike {
        events.push(match spike.delayed {
            None => format!("spike {}: {}", spike.head(), body(&spike.body)),
            Some(_) => format!(
                "spike {}, after the next integration: {}",
                spike.head(),
                body(&spike.body)
            ),
        });
    }
    if let Some(refractory) = &model.refractory {
        let hold: Vec<&str> = refractory
            .hold
            .iter()
            .map(|s| model.states[s.index()].name.as_str())
            .collect();
        events.push(if hold.is_empty() {
            "while refractory: no spikes".to_owned()
        } else {
            format!("while refractory: no spikes, {} held", hold.join(", "))
        });
    }
    for event in &model.events {
        events.push(format!("event {}: {}", event.head(), body(&event.body)));
    }
    events
}

/// How often each operation stands in a step, the most frequent first.
fn operations<'a>(insts: impl Iterator<Item = &'a Inst>) -> Vec<(&'static str, usize)> {
    let mut counts = Operations::default();
    for (operation, more) in insts.flat_map(|inst| inst.operations().iter().collect::<Vec<_>>()) {
        counts.add(operation, more);
    }
    let mut counts: Vec<_> = counts.iter().map(|(operation, n)| (operation.name(), n)).collect();
    counts.sort_by_key(|c| std::cmp::Reverse(c.1));
    counts
}

//! The sections that run when parameters are bound.

use crate::ids::{NodeId, ParamId, Value};
use crate::model::{CompareOp, Model};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::{Block, Update};

use super::builder::{Leaf, Leaves, Section};
use super::lower::params_of;
use super::system::System;
use super::{Check, Coefficient, Default, Inst, Prepare, PropagatorInputs, Variant};

/// Where a coefficient comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// An expression of parameters.
    Node(NodeId),
    /// An expression that counts steps.
    Steps(NodeId),
    /// An entry of a propagator.
    Entry {
        block: usize,
        /// With the held states frozen.
        held: bool,
        /// Over half a step.
        half: bool,
        /// `P` or else `Q`.
        p: bool,
        row: usize,
        column: usize,
    },
    /// An entry of the factor of a block's covariance.
    Noise {
        block: usize,
        /// With the held states frozen.
        held: bool,
        row: usize,
        column: usize,
    },
    /// The derivative of such an entry with respect to a parameter.
    Slope {
        /// An [`Source::Entry`] or [`Source::Noise`].
        of: Box<Source>,
        param: ParamId,
    },
}

impl Source {
    /// Entries of the propagator of a block.
    pub(super) fn block(block: usize, held: bool, half: bool) -> impl Fn(bool, usize, usize) -> Self {
        move |p, row, column| Self::Entry {
            block,
            held,
            half,
            p,
            row,
            column,
        }
    }
}

/// The propagator of a block, with the held states frozen or not, over half a step or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Which {
    block: usize,
    held: bool,
    half: bool,
    /// With the derivatives by this parameter as states behind the others.
    by: Option<ParamId>,
}

pub(super) struct Parameters;

impl Leaves for Parameters {
    fn leaf(&mut self, graph: &Graph, id: NodeId) -> Option<Leaf> {
        match graph.node(id) {
            Node::Param(p) => Some(Leaf::Inst(Inst::Param(*p))),
            Node::Dt => Some(Leaf::Inst(Inst::Dt)),
            _ => None,
        }
    }
}

/// The name of the time among states; no state can have it.
pub(crate) const TIME: &str = "t";

/// What [`lower_prepare`] gives.
pub(crate) struct Lowered {
    pub(crate) defaults: Vec<Default>,
    pub(crate) prepare: Prepare,
}

/// Lowers the defaults of parameters, and `prepare` with the coefficients that the steps asked for. The initial values are those of the
/// model, or this many zeros.
pub(crate) fn lower_prepare(
    model: &Model,
    update: &Update,
    graph: &mut Graph,
    sources: &[Source],
    zeros: Option<usize>,
) -> Lowered {
    let environment = Environment::start_of_step(graph, model.states.len());
    let defaults = model
        .param_order
        .iter()
        .filter_map(|&param| {
            let node = graph.build(model, model.params[param.index()].default?, &environment);
            let mut section = Section::default();
            let value = section.lower(graph, node, &mut Parameters);
            Some(Default {
                param,
                params: params_of(graph, node),
                insts: section.insts,
                value,
            })
        })
        .collect();

    let mut work = Lowering {
        model,
        update,
        section: Section::default(),
        blocks: vec![],
        propagators: vec![],
    };
    let coefficients = sources.iter().map(|source| work.coefficient(graph, source)).collect();
    let nodes = match zeros {
        Some(count) => vec![graph.number(0.0); count],
        None => initial_values(model, graph),
    };
    let initial = nodes
        .iter()
        .map(|node| work.section.lower(graph, *node, &mut Parameters))
        .collect();
    let mut checks = Vec::new();
    for (index, param) in model.params.iter().enumerate() {
        if let (Some(condition), Some(text)) = (param.condition, &param.condition_text) {
            let node = graph.build(model, condition, &environment);
            checks.push(Check {
                value: work.section.lower(graph, node, &mut Parameters),
                text: text.clone(),
                param: Some(ParamId::new(index)),
                span: model.expr(condition).span,
                params: params_of(graph, node),
            });
        }
    }
    for assertion in &model.asserts {
        let node = graph.build(model, assertion.condition, &environment);
        checks.push(Check {
            value: work.section.lower(graph, node, &mut Parameters),
            text: assertion.text.clone(),
            param: None,
            span: assertion.span,
            params: params_of(graph, node),
        });
    }
    let prepare = Prepare {
        insts: work.section.insts,
        blocks: work.blocks,
        coefficients,
        initial,
        checks,
    };
    Lowered { defaults, prepare }
}

/// The initial value of each state, of parameters alone.
pub(crate) fn initial_values(model: &Model, graph: &mut Graph) -> Vec<NodeId> {
    let mut environment = Environment::start_of_step(graph, model.states.len());
    for &state in &model.state_order {
        let node = match model.states[state.index()].initial {
            Some(initial) => graph.build(model, initial, &environment),
            None => graph.number(0.0),
        };
        environment.states[state.index()] = node;
    }
    environment.states
}

struct Lowering<'a> {
    model: &'a Model,
    update: &'a Update,
    section: Section,
    blocks: Vec<PropagatorInputs>,
    /// The value and the parameters of each propagator that was asked for.
    propagators: Vec<(Which, Value, Vec<ParamId>)>,
}

impl Lowering<'_> {
    fn coefficient(&mut self, graph: &mut Graph, source: &Source) -> Coefficient {
        match source {
            Source::Node(node) | Source::Steps(node) => Coefficient {
                name: graph.text(*node, self.model),
                value: self.section.lower(graph, *node, &mut Parameters),
                steps: matches!(source, Source::Steps(_)),
                may_be_nan: false,
                params: params_of(graph, *node),
            },
            Source::Entry { .. } | Source::Noise { .. } => {
                let (name, value, params) = self.entry(graph, source, None);
                Coefficient {
                    name,
                    value,
                    steps: false,
                    may_be_nan: false,
                    params,
                }
            }
            Source::Slope { of, param } => self.slope(graph, of, *param),
        }
    }

    /// `L[V,V]`; with `held` where states are frozen.
    fn noise_name(&self, block: usize, held: bool, (row, column): (usize, usize)) -> String {
        let state = |i: usize| &self.model.states[self.update.blocks[block].states[i].index()].name;
        let held = if held { " held" } else { "" };
        format!("L[{},{}]{held}", state(row), state(column))
    }

    /// The derivative of an entry of a propagator by a parameter.
    fn slope(&mut self, graph: &mut Graph, of: &Source, param: ParamId) -> Coefficient {
        let (name, value, params) = self.entry(graph, of, Some(param));
        Coefficient {
            name: format!("d {name} / d {}", self.model.params[param.index()].name),
            value,
            steps: false,
            may_be_nan: false,
            params,
        }
    }

    /// An entry of a propagator, or its derivative by a parameter: its name, its value, and the parameters it depends on. The derivatives of
    /// the states, `d/dt ∂x = A ∂x + ∂A x + ∂F g`, stand behind the states themselves in one system of twice the size, whose propagator has those
    /// of `P` and `Q` in its lower rows.
    fn entry(&mut self, graph: &mut Graph, of: &Source, by: Option<ParamId>) -> (String, Value, Vec<ParamId>) {
        match *of {
            Source::Entry {
                block,
                held,
                half,
                p,
                row,
                column,
            } => {
                let which = Which { block, held, half, by };
                let (of, params) = self.propagator(graph, which);
                let behind = by.map_or(0, |_| self.size(block, held));
                let at = (behind + row as u32, column as u32);
                let inst = if p { Inst::P { of, at } } else { Inst::Q { of, at } };
                let name = self.entry_name(graph, which, p, (row, column));
                (name, self.section.push(inst), params)
            }
            Source::Noise {
                block,
                held,
                row,
                column,
            } => {
                let half = false;
                let (of, params) = self.propagator(graph, Which { block, held, half, by });
                let at = (row as u32, column as u32);
                let value = match by {
                    None => self.section.push(Inst::L { of, at }),
                    Some(_) => {
                        let noisy = self.block(block, held).noisy;
                        let noisy: Vec<u32> = (0..=at.0).filter(|&i| noisy[i as usize]).collect();
                        self.factor_slope(of, self.size(block, held), &noisy, at)
                    }
                };
                (self.noise_name(block, held, (row, column)), value, params)
            }
            Source::Node(_) | Source::Steps(_) | Source::Slope { .. } => {
                unreachable!("derivatives of expressions are expressions")
            }
        }
    }

    /// How many states the system of a block has, the time among them where it reads it.
    fn size(&self, block: usize, held: bool) -> u32 {
        let block = self.block(block, held);
        (block.n() + usize::from(block.reads_time())) as u32
    }

    /// A block, with the held states frozen or not.
    fn block(&self, block: usize, held: bool) -> Block {
        let block = &self.update.blocks[block];
        match &self.model.refractory {
            Some(refractory) if held => block.with_frozen(&refractory.hold),
            _ => block.clone(),
        }
    }

    /// The derivative of an entry of the factor `L` of a covariance `C = L Lᵀ`: `L Φ(B + Bᵀ)` with `B = L⁻¹ M`, where `M Lᵀ` is the covariance of
    /// the derivatives of the states with the states and `Φ` takes the lower triangle with half of the diagonal (Murray 2016,
    /// arXiv:1602.07527). `M` stands below `L` in the factor of the system of twice the size.
    fn factor_slope(&mut self, of: Value, size: u32, noisy: &[u32], (row, column): (u32, u32)) -> Value {
        let n = noisy.len();
        let mut b: Vec<Vec<Value>> = Vec::with_capacity(n);
        let zero = self.section.push(Inst::number(0.0));
        for (i, &state) in noisy.iter().enumerate() {
            let pivot = self.section.push(Inst::L { of, at: (state, state) });
            let mut line = Vec::with_capacity(n);
            for (j, &other) in noisy.iter().enumerate() {
                let at = (size + state, other);
                let mut rest = self.section.push(Inst::L { of, at });
                for (k, &between) in noisy[..i].iter().enumerate() {
                    let at = (state, between);
                    let l = self.section.push(Inst::L { of, at });
                    let product = self.section.push(Inst::Mul(l, b[k][j]));
                    rest = self.section.push(Inst::Sub(rest, product));
                }
                // A state that is a combination of those before it has nothing of its own.
                let quotient = self.section.push(Inst::Div(rest, pivot));
                let some = self.section.push(Inst::Compare(CompareOp::Gt, pivot, zero));
                line.push(self.section.push(Inst::Masked(some, quotient)));
            }
            b.push(line);
        }
        let at = |wanted: u32| noisy.iter().position(|&state| state == wanted).unwrap_or_default();
        let (row, column) = (at(row), at(column));
        let mut sum = zero;
        for k in column..=row {
            let at = (noisy[row], noisy[k]);
            let l = self.section.push(Inst::L { of, at });
            let mut phi = b[k][column];
            if k > column {
                phi = self.section.push(Inst::Add(phi, b[column][k]));
            }
            let product = self.section.push(Inst::Mul(l, phi));
            sum = self.section.push(Inst::Add(sum, product));
        }
        sum
    }

    /// `P[V,I]`, `Q[V,1]`; with `held` where states are frozen, with `half` over half a step.
    fn entry_name(
        &self,
        graph: &Graph,
        Which { block, held, half, .. }: Which,
        p: bool,
        (row, column): (usize, usize),
    ) -> String {
        let block = &self.update.blocks[block];
        let state = |i: usize| self.model.states[block.states[i].index()].name.clone();
        let column = if p && column == block.n() {
            TIME.to_owned()
        } else if p {
            state(column)
        } else {
            graph.text(block.forcings[column], self.model)
        };
        let letter = if p { "P" } else { "Q" };
        let held = if held { " held" } else { "" };
        let half = if half { " half" } else { "" };
        format!("{letter}[{},{column}]{half}{held}", state(row))
    }

    fn propagator(&mut self, graph: &mut Graph, which: Which) -> (Value, Vec<ParamId>) {
        let Which { block, held, half, by } = which;
        if let Some((_, value, params)) = self.propagators.iter().find(|p| p.0 == which) {
            return (*value, params.clone());
        }
        let block = self.block(block, held);
        // Half a step is taken without noise.
        let mut system = System::new(graph, &block, !half);
        if let Some(param) = by {
            system = system.with_slopes(graph, param);
        }
        let k = system.k;
        let mut params = Vec::new();
        let mut lowered = |nodes: &[Option<NodeId>]| -> Vec<Option<Value>> {
            nodes
                .iter()
                .map(|node| {
                    let node = (*node)?;
                    params.extend(params_of(graph, node));
                    Some(self.section.lower(graph, node, &mut Parameters))
                })
                .collect()
        };
        let (mut left, a, f) = (lowered(&system.left), lowered(&system.a), lowered(&system.f));
        let g = lowered(&system.g);
        let names = block.states.iter().map(|s| self.model.states[s.index()].name.clone());
        let mut names: Vec<String> = names.collect();
        if block.reads_time() {
            names.push(TIME.to_owned());
        }
        if let Some(param) = by {
            let param = &self.model.params[param.index()].name;
            let slopes: Vec<String> = names.iter().map(|name| format!("d {name} / d {param}")).collect();
            names.extend(slopes);
        }
        if half {
            // Half a step is a whole one of a system that is half as fast.
            let two = self.section.push(Inst::number(2.0));
            for left in &mut left {
                *left = Some(left.map_or(two, |left| self.section.push(Inst::Mul(left, two))));
            }
        }
        params.sort_unstable();
        params.dedup();
        self.blocks.push(PropagatorInputs {
            states: names,
            variant: Variant { held, half },
            m: block.m(),
            left,
            a,
            f,
            k,
            g,
        });
        let value = self.section.push(Inst::Propagator(self.blocks.len() as u32 - 1));
        self.propagators.push((which, value, params.clone()));
        (value, params)
    }
}

//! The `step` and `spike` sections, and what monitors observe.

use std::collections::{HashMap, HashSet};

use alif_core::Port;
use alif_core::random::Draw;

use crate::functions::Function;
use crate::ids::{CoefId, ExprId, InputId, NodeId, PortId, StateId, Value};
use crate::model::{Assign, CompareOp, Model, Spike};
use crate::solver::{Start, advance};
use crate::symbolic::{Environment, Graph, Node};
use crate::update::{Approximate, Block, Rule, Update};

use super::builder::{Leaf, Leaves, Section};
use super::lower::{THRESHOLD, spike_comparison};
use super::prepare::Source;
use super::trace::{Effect, Trace};
use super::{Distribution, Inst, Loop, Note, Observe, Repeat};

/// How nodes become values of a step: what depends on parameters alone is a coefficient.
#[derive(Default)]
pub(super) struct StepLeaves {
    pub(super) sources: Vec<Source>,
    /// The number of the model's inputs; behind them are the times at the start and the end of the step.
    pub(super) inputs: usize,
    // Only looked up, never walked.
    by_source: HashMap<Source, CoefId>,
    pub(super) slots: Vec<Value>,
    /// What decides whether a rate has its spike.
    uniform: Option<Value>,
    /// Nodes that are needed whatever the conditions are. Only looked up, never walked.
    needed: HashSet<NodeId>,
}

impl StepLeaves {
    pub(super) fn new(inputs: usize) -> Self {
        Self {
            inputs,
            ..Self::default()
        }
    }

    /// Whether a coefficient may be NaN or infinite: nothing needs it but branches of `if`.
    pub(super) fn may_be_nan(&self, source: &Source) -> bool {
        matches!(source, Source::Node(node) if !self.needed.contains(node))
    }

    fn coefficient(&mut self, source: Source) -> CoefId {
        if let Some(&id) = self.by_source.get(&source) {
            return id;
        }
        let id = CoefId::new(self.sources.len());
        self.sources.push(source.clone());
        self.by_source.insert(source, id);
        id
    }
}

impl Leaves for StepLeaves {
    fn leaf(&mut self, graph: &Graph, id: NodeId) -> Option<Leaf> {
        match graph.node(id) {
            Node::Number(_) | Node::Truth(_) => None,
            Node::State(s) => Some(Leaf::Inst(Inst::State(*s))),
            Node::Input(i) => Some(Leaf::Inst(Inst::Input(*i))),
            Node::Time(end) => Some(Leaf::Inst(Inst::Input(InputId::new(self.inputs + usize::from(*end))))),
            Node::Slot(k) => Some(Leaf::Value(self.slots[*k as usize])),
            Node::Uniform => self.uniform.map(Leaf::Value),
            // A condition on parameters is compared in the kernel, from coefficients.
            Node::Compare(..) | Node::Not(_) | Node::And(..) | Node::Or(..) => None,
            Node::If(_, a, _) if is_truth(graph, *a) => None,
            _ if graph.uses(id).is_constant() => {
                Some(Leaf::Inst(Inst::Coefficient(self.coefficient(Source::Node(id)))))
            }
            _ => None,
        }
    }
}

fn is_truth(graph: &Graph, mut id: NodeId) -> bool {
    loop {
        match graph.node(id) {
            Node::Truth(_) | Node::Compare(..) | Node::Not(_) | Node::And(..) | Node::Or(..) => return true,
            Node::If(_, a, _) => id = *a,
            _ => return false,
        }
    }
}

/// What a step comes to.
pub(super) struct StepResult {
    pub(super) boundary: usize,
    pub(super) states: Vec<Value>,
    /// The states before the spike section.
    pub(super) before: Vec<Value>,
    pub(super) counter: Option<Value>,
    pub(super) spikes: Option<Value>,
    pub(super) repeats: Vec<Repeat>,
    pub(super) loops: Vec<Loop>,
    pub(super) notes: Vec<Note>,
}

pub(super) struct StepLowering<'a> {
    pub(super) model: &'a Model,
    pub(super) update: &'a Update,
    pub(super) graph: Graph,
    pub(super) section: Section,
    pub(super) leaves: StepLeaves,
    pub(super) environment: Environment,
    pub(super) ports: Vec<Port>,
    /// For each `on` block, whether it is affine in its weight.
    pub(super) affine: Vec<bool>,
    /// Whether the neuron is refractory in this step, as a node.
    pub(super) held: Option<NodeId>,
    pub(super) repeats: Vec<Repeat>,
    pub(super) loops: Vec<Loop>,
    pub(super) notes: Vec<Note>,
    /// The random numbers of a step.
    pub(super) draws: Vec<Draw>,
    /// What gradients need to know, if anybody asks.
    pub(super) trace: Option<Trace>,
}

impl StepLowering<'_> {
    pub(super) fn run(&mut self) -> StepResult {
        let model = self.model;
        let counter = model.refractory.as_ref().map(|_| {
            let counter = self.section.push(Inst::Counter);
            let held = self.section.push(Inst::Positive(counter));
            self.held = Some(self.slot(held));
            self.section.push(Inst::CountDown(counter, held))
        });
        self.events(false);
        self.integrate();
        self.environment.time = self.graph.add_node(Node::Time(true));
        self.delayed();
        self.events(true);
        let spikes = model.spike.as_ref().map(|spike| {
            self.note(format!("spike {}", spike.head()));
            if spike.by_rate {
                // Behind the streams of all noises.
                let draw = Draw {
                    stream: model.noises.len() as u32,
                    number: 0,
                };
                self.leaves.uniform = Some(self.draw(Distribution::Uniform, draw));
            }
            let condition = self.condition(spike.condition, spike.rising);
            let ready = counter.map(|counter| {
                let running = self.section.push(Inst::Positive(counter));
                self.section.push(Inst::Not(running))
            });
            let spikes = match ready {
                None => condition,
                Some(ready) => self.section.push(Inst::And(condition, ready)),
            };
            self.surrogate(spike, ready);
            spikes
        });
        // Values that the step hands over are computed before the spike section begins.
        let nodes = self.environment.states.clone();
        let before = nodes.into_iter().map(|node| self.value(node)).collect();
        let boundary = self.section.insts.len();
        let mut counter = counter;
        if let (Some(spike), Some(spikes)) = (&model.spike, spikes) {
            if let Some(state) = spike.delayed {
                self.note("the block runs in the next step".to_owned());
                let one = self.section.push(Inst::number(1.0));
                let spiked = self.section.push(Inst::Masked(spikes, one));
                self.environment.states[state.index()] = self.slot(spiked);
            } else {
                self.block(&spike.body, spikes);
            }
            if let (Some(refractory), Some(down)) = (&model.refractory, counter) {
                let duration = self.graph.build(model, refractory.duration, &self.environment);
                self.note("refractory period".to_owned());
                let steps = self.steps(duration);
                // Who may spike has counted down to zero.
                counter = Some(self.section.push(Inst::CountUp(down, spikes, steps)));
            }
        }
        for event in &model.events {
            self.note(format!("event {}", event.head()));
            let happens = self.condition(event.condition, event.rising);
            self.block(&event.body, happens);
        }
        let nodes = self.environment.states.clone();
        let states = nodes.into_iter().map(|node| self.value(node)).collect();
        StepResult {
            boundary,
            states,
            before,
            counter,
            spikes,
            repeats: std::mem::take(&mut self.repeats),
            loops: std::mem::take(&mut self.loops),
            notes: std::mem::take(&mut self.notes),
        }
    }

    /// Whether a condition holds now and, where it must rise, did not hold before the step.
    fn condition(&mut self, condition: ExprId, rising: bool) -> Value {
        let mut now = self.graph.build(self.model, condition, &self.environment);
        if rising {
            let not_before = self.not_before(condition);
            now = self.graph.and(now, not_before);
        }
        self.value(now)
    }

    /// Whether a condition did not hold before the step.
    fn not_before(&mut self, condition: ExprId) -> NodeId {
        let before = Environment::start_of_step(&mut self.graph, self.model.states.len());
        let before = self.graph.build(self.model, condition, &before);
        self.graph.not(before)
    }

    /// What the surrogate of the spike is a function of and where it counts, for whoever traces.
    fn surrogate(&mut self, spike: &Spike, ready: Option<Value>) {
        if self.trace.is_none() {
            return;
        }
        let surrogate = self.model.learn.as_ref().and_then(|learn| learn.surrogate.as_ref());
        let argument = surrogate.map(|surrogate| {
            let node = self.graph.build(self.model, surrogate.argument, &self.environment);
            self.value(node)
        });
        let risen = spike.rising.then(|| {
            let node = self.not_before(spike.condition);
            self.value(node)
        });
        if let Some(trace) = &mut self.trace {
            trace.argument = argument;
            trace.gates = ready.into_iter().chain(risen).collect();
        }
    }

    /// The block of the spike of the step before, where it is delayed.
    fn delayed(&mut self) {
        let Some((spike, state)) = self.model.spike.as_ref().and_then(|s| Some((s, s.delayed?))) else {
            return;
        };
        self.note(format!("spike {}, in the step before", spike.head()));
        let zero = self.graph.number(0.0);
        let spiked = self.environment.states[state.index()];
        let spiked = self.graph.compare(CompareOp::Gt, spiked, zero);
        let spiked = self.value(spiked);
        if let Some(trace) = &mut self.trace {
            trace.delayed = Some((spiked, state));
        }
        self.block(&spike.body, spiked);
    }

    /// The statements of a block, where `happens` holds.
    fn block(&mut self, body: &[Assign], happens: Value) {
        for assign in body {
            self.note(assign.text.clone());
            self.reset(assign, happens);
        }
    }

    /// What follows comes from this line of the model.
    pub(super) fn note(&mut self, text: String) {
        let at = self.section.insts.len();
        self.notes.push(Note { at, text });
    }

    pub(super) fn value(&mut self, node: NodeId) -> Value {
        self.note_needed(node);
        self.section.lower(&self.graph, node, &mut self.leaves)
    }

    /// Notes which coefficients a node needs whatever the conditions in it are. One that stands only in a branch of an `if` may be
    /// NaN, as in `if p > 0 { sqrt(p) * V } else { 0 }`: it reaches no state unless the branch is taken.
    fn note_needed(&mut self, root: NodeId) {
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if !self.leaves.needed.insert(id) {
                continue;
            }
            match self.graph.node(id) {
                // The selections that events and held states bring with them are no branches of the user's.
                Node::If(condition, _, _) if !matches!(self.graph.node(*condition), Node::Slot(_)) => {
                    stack.push(*condition);
                }
                node => stack.extend(node.operands()),
            }
        }
    }

    /// A node that stands for a value.
    pub(super) fn slot(&mut self, value: Value) -> NodeId {
        let node = self.graph.add_node(Node::Slot(self.leaves.slots.len() as u32));
        self.leaves.slots.push(value);
        node
    }

    /// The number of steps in a duration: floor(duration / h + 1e-9), as BrainPy and Brian2 count.
    fn steps(&mut self, duration: NodeId) -> Value {
        let g = &mut self.graph;
        let (dt, guard) = (g.add_node(Node::Dt), g.number(1e-9));
        let ratio = g.div(duration, dt);
        let guarded = g.add(ratio, guard);
        let steps = g.call(Function::Floor, vec![guarded]);
        let id = self.leaves.coefficient(Source::Steps(steps));
        self.section.push(Inst::Steps(id))
    }

    /// A random number of this step, or the one that is given in its place.
    fn draw(&mut self, distribution: Distribution, draw: Draw) -> Value {
        // The stream behind those of the noises is that of the spikes.
        if let Some(input) = self
            .model
            .noises
            .get(draw.stream as usize)
            .and_then(|noise| noise.given)
        {
            return self.section.push(Inst::Input(input));
        }
        let at = self.draws.iter().position(|known| *known == draw).unwrap_or_else(|| {
            self.draws.push(draw);
            self.draws.len() - 1
        });
        let first = self.model.inputs.len() + if self.model.reads_time() { 2 } else { 0 };
        let arguments =
            [0, 1 + 2 * at, 2 + 2 * at].map(|input| self.section.push(Inst::Input(InputId::new(first + input))));
        self.section.push(Inst::Random(distribution, arguments))
    }

    fn holds(&self, state: StateId) -> bool {
        self.model.refractory.as_ref().is_some_and(|r| r.hold.contains(&state))
    }

    /// Runs the `on` blocks before (or after) integration, in the order of the text.
    fn events(&mut self, after: bool) {
        let model = self.model;
        for (index, on) in model.on_blocks.iter().enumerate().filter(|(_, on)| on.after == after) {
            let layout = self.ports[on.port.index()].clone();
            let one_by_one = !self.affine[index];
            let slots = if one_by_one {
                usize::from(layout.sum)..layout.slots
            } else {
                0..1
            };
            let name = &model.ports[on.port.index()].name;
            let texts: Vec<&str> = on.body.iter().map(|assign| assign.text.as_str()).collect();
            self.note(format!("on {name}: {}", texts.join("; ")));
            let mut before = if one_by_one { self.cut(&on.body) } else { vec![] };
            for slot in slots.clone() {
                let weight = self.section.push(Inst::Weight(on.port, slot as u32));
                self.environment.weight = self.slot(weight);
                let arrived = layout.arrival.then(|| {
                    let arrived = self.section.push(Inst::Arrived(on.port, slot as u32));
                    self.slot(arrived)
                });
                for assign in &on.body {
                    self.event(assign, on.port, arrived);
                }
                if one_by_one {
                    let after = self.cut(&on.body);
                    let carried = std::mem::replace(&mut before, after.clone());
                    if slot == slots.start {
                        self.repeats.push(Repeat {
                            port: on.port,
                            slot: slot as u32,
                            carried: carried.into_iter().zip(after).collect(),
                        });
                    }
                }
            }
        }
    }

    /// Computes the states that a block writes, so that nothing is simplified across its borders and each event goes through the
    /// same instructions.
    fn cut(&mut self, body: &[Assign]) -> Vec<Value> {
        let mut targets: Vec<StateId> = body.iter().map(|assign| assign.target).collect();
        targets.sort_unstable();
        targets.dedup();
        let mut copies = Vec::with_capacity(targets.len());
        for target in targets {
            let value = self.value(self.environment.states[target.index()]);
            let copy = self.section.copy(value);
            self.environment.states[target.index()] = self.slot(copy);
            copies.push(copy);
        }
        copies
    }

    fn event(&mut self, assign: &Assign, port: PortId, arrived: Option<NodeId>) {
        let old = self.environment.states[assign.target.index()];
        let mut new = self.graph.build(self.model, assign.value, &self.environment);
        if let Some(arrived) = arrived {
            new = self.graph.select(arrived, new, old);
        }
        let accepted = self.model.refractory.as_ref().is_some_and(|r| r.accept.contains(&port));
        if let Some(held) = self.held
            && self.holds(assign.target)
            && !accepted
        {
            new = self.graph.select(held, old, new);
        }
        self.environment.states[assign.target.index()] = new;
    }

    fn integrate(&mut self) {
        let update = self.update;
        let mut new = self.environment.states.clone();
        for block in 0..update.blocks.len() {
            for (row, &state) in update.blocks[block].states.iter().enumerate() {
                self.note_equation(state);
                new[state.index()] = self.exact(block, row, false);
            }
        }
        match &update.sub_steps {
            Some(sub_steps) => self.in_sub_steps(sub_steps, &mut new),
            None => {
                for (equation, node) in update.approximate.iter().zip(self.approximate()) {
                    self.note_equation(equation.state);
                    let value = self.value(node);
                    new[equation.state.index()] = self.slot(value);
                }
            }
        }
        debug_assert!(
            update
                .states
                .iter()
                .zip(&new)
                .zip(&self.environment.states)
                .all(|((rule, new), old)| *rule != Rule::Constant || new == old)
        );
        self.environment.states = new;
    }

    pub(super) fn note_equation(&mut self, state: StateId) {
        if let Some(equation) = &self.model.states[state.index()].equation {
            self.note(equation.text.clone());
        }
    }

    /// A row of an exact block a step later, or half a step; a held state keeps its value, and whoever reads it reads a constant.
    fn exact(&mut self, index: usize, row: usize, half: bool) -> NodeId {
        let update = self.update;
        let block = &update.blocks[index];
        let state = block.states[row];
        let noise = if half { vec![] } else { self.noise(index, false, row) };
        let value = self.row(block, Source::block(index, false, half), row, &noise);
        let node = self.slot(value);
        let (Some(held), Some(refractory)) = (self.held, &self.model.refractory) else {
            return node;
        };
        let frozen = &refractory.hold;
        if frozen.contains(&state) {
            let old = self.environment.states[state.index()];
            return self.graph.select(held, old, node);
        }
        let touched = (0..block.n()).any(|j| block.reach[row * block.n() + j] && frozen.contains(&block.states[j]));
        if !touched {
            return node;
        }
        let noise = if half { vec![] } else { self.noise(index, true, row) };
        let value = self.row(
            &block.with_frozen(frozen),
            Source::block(index, true, half),
            row,
            &noise,
        );
        let while_held = self.slot(value);
        self.graph.select(held, while_held, node)
    }

    /// What noise adds to a row of an exact block: coefficients and normal numbers, one for each state up to this one that noise reaches.
    fn noise(&mut self, index: usize, held: bool, row: usize) -> Vec<(Value, Value)> {
        let block = &self.update.blocks[index];
        if !block.noisy[row] {
            return vec![];
        }
        let stream = block.noises.first().map_or(0, |noise| noise.0);
        let columns: Vec<usize> = (0..=row).filter(|&column| block.noisy[column]).collect();
        let term = |(number, column): (usize, usize)| {
            let source = Source::Noise {
                block: index,
                held,
                row,
                column,
            };
            let coefficient = self.leaves.coefficient(source);
            let number = number as u32;
            let normal = self.draw(Distribution::Normal, Draw { stream, number });
            (self.section.push(Inst::Coefficient(coefficient)), normal)
        };
        columns.into_iter().enumerate().map(term).collect()
    }

    /// The states as the integration finds them.
    pub(super) fn now(&mut self) -> Vec<NodeId> {
        // Values of their own: what events made of a state is not simplified into its equation.
        let nodes = self.environment.states.clone().into_iter();
        nodes
            .map(|node| match self.graph.node(node) {
                Node::State(_) => node,
                _ => {
                    let value = self.value(node);
                    self.slot(value)
                }
            })
            .collect()
    }

    /// The new values of the approximated states, in the order of [`Update::approximate`].
    fn approximate(&mut self) -> Vec<NodeId> {
        let update = self.update;
        let now = self.now();
        let mut half = now.clone();
        let reads: Vec<NodeId> = update.approximate.iter().map(|equation| equation.rhs).collect();
        for (index, rule) in update.states.iter().enumerate() {
            if let &Rule::Exact { block, row } = rule
                && reads
                    .iter()
                    .any(|&rhs| self.graph.contains(rhs, &Node::State(StateId::new(index))))
            {
                half[index] = self.exact(block, row, true);
            }
        }
        let model = self.model;
        let held = self.held.zip(model.refractory.as_ref().map(|r| r.hold.as_slice()));
        let start = Start {
            now: &now,
            half: &half,
            held,
        };
        let new = advance(&mut self.graph, update, &start);
        new.into_iter()
            .zip(&update.approximate)
            .map(|(node, equation)| self.with_noise(node, equation, &now))
            .collect()
    }

    /// An approximated state with its noises: each adds its factor times √h and a normal number, however the drift is solved.
    fn with_noise(&mut self, drift: NodeId, equation: &Approximate, now: &[NodeId]) -> NodeId {
        let mut value = drift;
        for &(noise, factor) in &equation.noise {
            let draw = Draw {
                stream: noise.0,
                number: 0,
            };
            let normal = self.draw(Distribution::Normal, draw);
            let normal = self.slot(normal);
            let g = &mut self.graph;
            let dt = g.add_node(Node::Dt);
            let root = g.call(Function::Sqrt, vec![dt]);
            let factor = equation.left.map_or(factor, |left| g.div(factor, left));
            let deviation = g.mul(factor, root);
            let change = g.mul(deviation, normal);
            value = g.add(value, change);
        }
        match self.held {
            Some(held) if value != drift && self.holds(equation.state) => {
                self.graph.select(held, now[equation.state.index()], value)
            }
            _ => value,
        }
    }

    /// `Σ L_ij z_j + Σ Q_ik g_k + P_it t + Σ P_ij x_j` with the noise, the offset and the time first and the state itself last: each term
    /// one multiply-add.
    fn row(
        &mut self,
        block: &Block,
        source: impl Fn(bool, usize, usize) -> Source,
        row: usize,
        noise: &[(Value, Value)],
    ) -> Value {
        let (n, m) = (block.n(), block.m());
        let mut sum: Option<Value> = None;
        for &(coefficient, normal) in noise {
            sum = Some(self.multiply_add(coefficient, normal, sum));
        }
        // The offset is the last forcing term, the number 1; its coefficient needs no multiplication.
        for column in (0..m).rev().filter(|k| block.forced[row * m + k]) {
            let coefficient = self.leaves.coefficient(source(false, row, column));
            let coefficient = self.section.push(Inst::Coefficient(coefficient));
            let forcing = block.forcings[column];
            sum = Some(if self.graph.number_of(forcing) == Some(1.0) {
                match sum {
                    None => coefficient,
                    Some(sum) => self.section.push(Inst::Add(sum, coefficient)),
                }
            } else {
                let forcing = self.value(forcing);
                self.multiply_add(coefficient, forcing, sum)
            });
            // Next to the offset, which may be as large and of the other sign.
            if column + 1 == m && block.ramped[row] {
                let coefficient = self.leaves.coefficient(source(true, row, n));
                let coefficient = self.section.push(Inst::Coefficient(coefficient));
                let time = self.graph.add_node(Node::Time(false));
                let time = self.value(time);
                sum = Some(self.multiply_add(coefficient, time, sum));
            }
        }
        let others = (0..n).filter(|&j| j != row && block.reach[row * n + j]);
        for column in others {
            let coefficient = self.leaves.coefficient(source(true, row, column));
            let coefficient = self.section.push(Inst::Coefficient(coefficient));
            let x = self.value(self.environment.states[block.states[column].index()]);
            sum = Some(self.multiply_add(coefficient, x, sum));
        }
        let own = self.value(self.environment.states[block.states[row].index()]);
        if block.stays(row) {
            return match sum {
                None => own,
                Some(sum) => self.section.push(Inst::Add(own, sum)),
            };
        }
        let coefficient = self.leaves.coefficient(source(true, row, row));
        let coefficient = self.section.push(Inst::Coefficient(coefficient));
        self.multiply_add(coefficient, own, sum)
    }

    /// The coefficient comes second: kernels overwrite the first factor, and a coefficient is needed again.
    fn multiply_add(&mut self, coefficient: Value, factor: Value, sum: Option<Value>) -> Value {
        self.section.push(match sum {
            None => Inst::Mul(factor, coefficient),
            Some(sum) => Inst::Fma(factor, coefficient, sum),
        })
    }

    /// A statement of a spike or event block, where its condition holds.
    ///
    /// `x -= e` is `x - (spike ? e : +0)` and `x += e` is `x - (spike ? -e : +0)`: subtracting +0 leaves every number as it
    /// is, -0 included, and a masked subtraction is cheaper than a selection.
    fn reset(&mut self, assign: &Assign, spikes: Value) {
        let old = self.environment.states[assign.target.index()];
        let new = self.graph.build(self.model, assign.value, &self.environment);
        if new == old {
            return;
        }
        let change = match self.graph.node(new) {
            Node::Sub(a, b) if *a == old => Some(*b),
            Node::Add(a, b) if *a == old => {
                let b = *b;
                Some(self.graph.neg(b))
            }
            _ => None,
        };
        let old = self.value(old);
        let inst = match change {
            Some(change) => {
                let change = self.value(change);
                let masked = self.section.push(Inst::Masked(spikes, change));
                Inst::Sub(old, masked)
            }
            None => {
                let new = self.value(new);
                Inst::Select(spikes, new, old)
            }
        };
        let value = self.effect(inst, assign.target);
        self.environment.states[assign.target.index()] = self.slot(value);
    }

    /// What a statement makes of a state; for whoever traces, never the same value for two states.
    fn effect(&mut self, inst: Inst, state: StateId) -> Value {
        let mut value = self.section.push(inst.clone());
        if let Some(trace) = &mut self.trace {
            if trace.effect_on(value).is_some_and(|other| other != state) {
                value = self.section.push_anew(inst);
            }
            trace.effects.push(Effect { value, state });
        }
        value
    }

    /// Definitions as monitors see them, and the spike threshold.
    pub(super) fn observe(&mut self) -> Vec<Observe> {
        let model = self.model;
        let mut environment = Environment::start_of_step(&mut self.graph, model.states.len());
        environment.time = self.graph.add_node(Node::Time(true));
        let gone = self.graph.add_node(Node::Slot(u32::MAX));
        let mut found = Vec::new();
        for definition in &model.lets {
            environment.previous = vec![gone; model.states.len()];
            let node = self.graph.build(model, definition.value, &environment);
            found.push(self.observe_node(definition.name.clone(), node, gone));
        }
        if let Some(threshold) = spike_comparison(model).map(|c| c.1)
            && !found.iter().any(|o| o.name == THRESHOLD)
            && !model.states.iter().any(|s| s.name == THRESHOLD)
        {
            // What the next test compares with: `prev` is then the state as it is now.
            environment.previous = environment.states.clone();
            let node = self.graph.build(model, threshold, &environment);
            found.push(self.observe_node(THRESHOLD.to_owned(), node, gone));
        }
        found
    }

    fn observe_node(&mut self, name: String, node: NodeId, gone: NodeId) -> Observe {
        let chance = |id: &NodeId| matches!(self.graph.node(*id), Node::Noise(_) | Node::Uniform);
        if self.graph.contains(node, &self.graph.node(gone).clone())
            || is_truth(&self.graph, node)
            || self.graph.reachable(&[node]).iter().any(chance)
        {
            return Observe {
                name,
                insts: vec![],
                value: None,
            };
        }
        self.note_needed(node);
        let mut section = Section::default();
        let value = section.lower(&self.graph, node, &mut self.leaves);
        Observe {
            name,
            insts: section.insts,
            value: Some(value),
        }
    }
}

//! From what hangs on the results of a step to what hangs on everything that went into it.

use alif_core::adjoint::{AdjointMap, InitialGradient, ParamGradient};

use crate::ids::{InputId, ParamId, PortId, StateId, Value};
use crate::ir::{Inst, Note, Program, Type};

use super::Adjoint;
use super::forward::{Forward, Results};

/// One walk back through a step.
pub(super) struct Reverse<'f, 'a> {
    pub(super) forward: &'f mut Forward<'a>,
    /// Which traced values depend on what gradients are wanted of.
    pub(super) active: Vec<bool>,
    /// Which traced values are finite wherever states and inputs are.
    pub(super) tame: Vec<bool>,
    /// For each traced value, what hangs on it.
    pub(super) adjoints: Vec<Option<Value>>,
    /// The part of it that passes nothing on to the spike, for effects that are cut off.
    pub(super) cut: Vec<Option<Value>>,
    /// What hangs on the spike of this step and of the one before.
    pub(super) spikes: [Option<Value>; 2],
    /// Whether what hangs on the spike of this step may be infinite, as where a state has run away to it.
    pub(super) wild_spike: bool,
}

impl<'f, 'a> Reverse<'f, 'a> {
    /// A walk for the gradients by states, inputs and weights and, with `params`, by parameters.
    pub(super) fn new(forward: &'f mut Forward<'a>, params: bool) -> Self {
        let count = forward.insts.len();
        let mut reverse = Self {
            forward,
            active: vec![false; count],
            tame: vec![false; count],
            adjoints: vec![None; count],
            cut: vec![None; count],
            spikes: [None; 2],
            wild_spike: false,
        };
        for at in 0..count {
            reverse.active[at] = reverse.is_active(at, params);
            reverse.tame[at] = reverse.is_tame(at);
        }
        reverse
    }

    /// Walks back from these traced values, with what hangs on each, and from the spike.
    pub(super) fn run(&mut self, seeds: &[(Value, Value)], spike: Option<Value>) {
        for &(value, seed) in seeds {
            self.add(value, seed);
        }
        self.spikes[0] = spike;
        let trace = self.forward.trace();
        // All that the spike does comes after both, and nothing else reads them as numbers.
        let spike = self.forward.traced.program.spikes;
        let test = trace.argument.zip(spike).map(|(argument, spike)| argument.max(spike));
        for at in (0..self.forward.insts.len()).rev() {
            if test.is_some_and(|test| test.index() == at) {
                self.test();
            }
            self.one(Value::new(at));
            let notes = &self.forward.traced.program.notes;
            if let Some(note) = notes.iter().rev().find(|note| note.at == at) {
                let text = note.text.clone();
                self.note(text);
            }
        }
        self.note("the start of the step".to_owned());
        if let Some(last) = self.forward.notes.last_mut() {
            last.text = "results".to_owned();
        }
    }

    /// The instructions since the last note belong to this line, as far as there are any.
    fn note(&mut self, text: String) {
        let forward = &mut *self.forward;
        let from = forward.notes.last().map_or(0, |note| note.at);
        if forward.section.insts.len() > from
            && let Some(last) = forward.notes.last_mut().filter(|note| note.text == PENDING)
        {
            last.text = format!("back through {text}");
            self.begin();
        }
    }

    /// What follows belongs to a line that is known when the walk reaches it.
    pub(super) fn begin(&mut self) {
        self.forward.notes.push(Note {
            at: self.forward.section.insts.len(),
            text: PENDING.to_owned(),
        });
    }

    fn test(&mut self) {
        let (Some(spike), Some(argument)) = (self.spikes[0], self.forward.trace().argument) else {
            return;
        };
        if !self.active[argument.index()] {
            return;
        }
        let psi = self
            .forward
            .surrogate(|row, graph, x, settings| row.derivative(graph, x, settings));
        if let Some(psi) = psi {
            let mut product = self.forward.mul(psi, spike);
            if self.wild_spike {
                product = self.forward.where_not_zero(psi, product);
            }
            let gated = self.forward.gated(product);
            self.add(argument, gated);
        }
    }

    fn is_active(&self, at: usize, params: bool) -> bool {
        let forward = &*self.forward;
        let value = Value::new(at);
        let inst = &forward.insts[at];
        let is = |value: &Value| self.active[value.index()];
        if forward.traced.detached.contains(&value) || inst.result() != Type::Real {
            return false;
        }
        match inst {
            Inst::State(_) | Inst::Weight(..) => true,
            Inst::Input(input) => input.index() < forward.request.compiled.model.inputs.len(),
            Inst::Coefficient(_) => params,
            Inst::Masked(c, _) | Inst::Select(c, ..) if forward.which(*c).is_some() => true,
            other => other.operands().iter().any(is),
        }
    }

    fn is_tame(&self, at: usize) -> bool {
        use crate::functions::Function::{Cos, Sigmoid, Sin, Tanh};
        let forward = &*self.forward;
        let is = |value: &Value| self.tame[value.index()];
        let plain = |coefficient: usize| !forward.sources[coefficient].1;
        match &forward.insts[at] {
            Inst::Coefficient(c) => plain(c.index()),
            Inst::Number(bits) => f64::from_bits(*bits).is_finite(),
            Inst::Div(a, b) => match &forward.insts[b.index()] {
                Inst::Coefficient(c) => plain(c.index()) && is(a),
                Inst::Number(_) => is(a),
                _ => false,
            },
            Inst::Call(Tanh | Sigmoid | Sin | Cos, _) => true,
            Inst::Call(..) => false,
            Inst::Select(_, a, b) => is(a) && is(b),
            Inst::Masked(_, a) => is(a),
            other => other.operands().iter().all(is),
        }
    }

    /// What hangs on a leaf of the step.
    fn of_leaf(&self, leaf: &Inst) -> Option<Value> {
        let at = self.forward.insts.iter().position(|inst| inst == leaf)?;
        self.adjoints[at]
    }

    pub(super) fn of_state(&self, state: usize) -> Option<Value> {
        self.of_leaf(&Inst::State(StateId::new(state)))
    }

    pub(super) fn of_input(&self, input: usize) -> Option<Value> {
        self.of_leaf(&Inst::Input(InputId::new(input)))
    }

    pub(super) fn of_weight(&self, port: usize, slot: usize) -> Option<Value> {
        self.of_leaf(&Inst::Weight(PortId::new(port), slot as u32))
    }
}

/// The text of a note until its line is known.
const PENDING: &str = "";

/// The adjoint program of a step that is there forwards.
pub(super) fn adjoint(mut forward: Forward<'_>) -> Adjoint {
    forward.run();
    let model = &forward.request.compiled.model;
    let traced = &forward.traced.program;
    let (d, m, spikes) = (model.states.len(), model.inputs.len(), traced.layout.spikes);
    let slots: Vec<usize> = traced.layout.ports.iter().map(|port| port.slots).collect();
    let mut map = AdjointMap {
        states: (0..d).collect(),
        inputs: (d..d + m).collect(),
        before: (0..d).collect(),
        drives: (d..d + m).collect(),
        loss: (d + m..d + m + d).collect(),
        loss_spike: spikes.then_some(2 * d + m),
        ..AdjointMap::default()
    };
    let mut next = d + m;
    map.weights = slots
        .iter()
        .map(|&slots| {
            next += slots;
            (next - slots..next).collect()
        })
        .collect();

    let seeds: Vec<(Value, Value)> = (0..d)
        .map(|state| {
            let after = forward.section.push(Inst::State(StateId::new(state)));
            let loss = forward.section.push(Inst::Input(InputId::new(map.loss[state])));
            (traced.states[state], forward.add(after, loss))
        })
        .collect();
    let spike = map
        .loss_spike
        .map(|input| forward.section.push(Inst::Input(InputId::new(input))));
    let wanted = forward.request.params.clone();
    let mut reverse = Reverse::new(&mut forward, !wanted.is_empty());
    reverse.begin();
    reverse.run(&seeds, spike);
    let mut found: Vec<Option<Value>> = (0..d).map(|state| reverse.of_state(state)).collect();
    found.extend((0..m).map(|input| reverse.of_input(input)));
    for (port, &slots) in slots.iter().enumerate() {
        found.extend((0..slots).map(|slot| reverse.of_weight(port, slot)));
    }
    let hanging = reverse.of_coefficients();
    let initial = forward.initial_slopes(&wanted);
    for param in wanted {
        let parts = forward.slopes(&hanging, param);
        if parts.is_empty() && initial.iter().all(|part| part.0 != param) {
            continue;
        }
        map.params.push(ParamGradient {
            param: param.index(),
            state: next,
        });
        let sum = forward.section.push(Inst::State(StateId::new(next)));
        let sum = parts
            .into_iter()
            .fold(sum, |sum, (hanging, slope)| forward.fma(hanging, slope, sum));
        found.push(Some(sum));
        next += 1;
    }
    let states: Vec<Value> = found
        .into_iter()
        .map(|value| value.unwrap_or_else(|| forward.number(0.0)))
        .collect();
    let counter = traced.layout.counter.then(|| forward.section.push(Inst::Counter));
    let kept: Vec<usize> = initial.iter().map(|part| part.2).collect();
    let results = Results {
        states,
        counter,
        spikes: None,
    };
    let (mut program, kept) = forward.finish(results, Some(next), kept);
    map.initial = initial
        .iter()
        .zip(kept)
        .map(|(part, coefficient)| InitialGradient {
            param: part.0.index(),
            state: part.1,
            coefficient,
        })
        .collect();
    name_all(&mut program, &map);
    (map.reads, map.reads_weights, map.reads_counter) = read(&program);
    Adjoint { program, map }
}

/// Names of states and inputs.
fn name_all(program: &mut Program, map: &AdjointMap) {
    let gradients = |names: &[String]| -> Vec<String> { names.iter().map(|name| format!("dL/d{name}")).collect() };
    let model_inputs = map.inputs.len();
    let (states, inputs) = (program.state_names.clone(), program.input_names.clone());
    program.name = format!("{} adjoint", program.name);
    program.state_names = gradients(&states);
    program.state_names.extend(gradients(&inputs[..model_inputs]));
    for (port, slots) in map.weights.iter().enumerate() {
        for slot in 0..slots.len() {
            let slot = if slot == 0 { String::new() } else { format!(" {slot}") };
            let name = format!("dL/d{}{slot}", program.port_names[port]);
            program.state_names.push(name);
        }
    }
    for gradient in &map.params {
        let name = format!("dL/d{}", program.param_names[gradient.param]);
        program.state_names.push(name);
    }
    program.input_names = states.iter().chain(&inputs[..model_inputs]).cloned().collect();
    program
        .input_names
        .extend(states.iter().map(|name| format!("loss by {name}")));
    if map.loss_spike.is_some() {
        program.input_names.push("loss by spike".to_owned());
    }
    program.input_names.extend_from_slice(&inputs[model_inputs..]);
    program.layout.inputs = program.input_names.len();
}

/// What a program reads: which inputs, which slots of its ports, and whether the refractory counter.
pub(super) fn read(program: &Program) -> (Vec<bool>, Vec<Vec<bool>>, bool) {
    let layout = &program.layout;
    let mut inputs = vec![false; layout.inputs];
    let mut weights: Vec<Vec<bool>> = layout.ports.iter().map(|port| vec![false; port.slots]).collect();
    let mut counter = false;
    for inst in &program.step {
        match inst {
            Inst::Input(input) => inputs[input.index()] = true,
            Inst::Weight(port, slot) | Inst::Arrived(port, slot) => weights[port.index()][*slot as usize] = true,
            // That it is handed through is no reading.
            other => {
                let operands = other.operands();
                counter |= operands.iter().any(|o| program.step[o.index()] == Inst::Counter);
            }
        }
    }
    (inputs, weights, counter)
}

impl Forward<'_> {
    /// The parts of a parameter's gradient: what hangs on a coefficient, and the derivative of that coefficient.
    fn slopes(&mut self, hanging: &[(usize, Value)], param: ParamId) -> Vec<(Value, Value)> {
        let slope = |&(coefficient, hanging): &(usize, Value)| Some((hanging, self.slope(coefficient, param)?));
        hanging.iter().filter_map(slope).collect()
    }
}

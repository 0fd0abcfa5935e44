//! What carries eligibility traces from step to step, as a step program of its own.
//!
//! A trace is what a state depends on a synapse's weight, `ε_i = dx_i/dW`, and goes forwards: `ε ← J ε + U s` with the Jacobian `J` of the
//! states after a step by those before it, the derivatives `U` by what the synapse feeds, and the presynaptic signal `s`. The spike of a step depends on
//! the weight by `q ε + r s`, with the trace before the step. `J` and `q` have the effects of spikes in them, but for those that the rule cuts
//! off. Every row is one walk back from a result, in one program in which they share what they have in common.

use alif_core::adjoint::{Column, EligibilityMap, Entry};

use crate::ids::Value;
use crate::ir::{Inst, Program};

use super::forward::{Forward, Results};
use super::reverse::{Reverse, read};

/// The program of all entries.
#[derive(Clone, Debug)]
pub struct Eligibility {
    /// The program.
    pub program: Program,
    /// Where it has what.
    pub map: EligibilityMap,
}

pub(super) fn eligibility(mut forward: Forward<'_>) -> Eligibility {
    forward.run();
    let model = &forward.request.compiled.model;
    let traced = &forward.traced.program;
    let (d, m, spikes) = (model.states.len(), model.inputs.len(), traced.layout.spikes);
    let slots: Vec<usize> = traced.layout.ports.iter().map(|port| port.slots).collect();
    let one = forward.number(1.0);
    let mut rows: Vec<Vec<Option<Value>>> = Vec::new();
    for row in 0..d + usize::from(spikes) {
        let mut reverse = Reverse::new(&mut forward, false);
        reverse.begin();
        match traced.states.get(row) {
            Some(&state) => reverse.run(&[(state, one)], None),
            None => reverse.run(&[], Some(one)),
        }
        let mut found: Vec<Option<Value>> = (0..d).map(|state| reverse.of_state(state)).collect();
        found.extend((0..m).map(|input| reverse.of_input(input)));
        for (port, &slots) in slots.iter().enumerate() {
            found.extend((0..slots).map(|slot| reverse.of_weight(port, slot)));
        }
        rows.push(found);
    }
    let constant = constants(&forward.section.insts);
    let mut results = Vec::new();
    let mut entry = |value: &Option<Value>| {
        let value = (*value)?;
        if forward.section.insts[value.index()] == Inst::number(0.0) {
            return None;
        }
        results.push(value);
        Some(Entry {
            state: results.len() - 1,
            constant: constant[value.index()],
        })
    };
    let entries: Vec<Vec<Option<Entry>>> = rows.iter().map(|row| row.iter().map(&mut entry).collect()).collect();
    let mut map = EligibilityMap {
        states: d,
        slots,
        before: (0..d).collect(),
        drives: (d..d + m).collect(),
        entries,
        ..EligibilityMap::default()
    };
    let counter = traced.layout.counter.then(|| forward.section.push(Inst::Counter));
    let count = results.len();
    let results = Results {
        states: results,
        counter,
        spikes: None,
    };
    let (mut program, _) = forward.finish(results, Some(count), vec![]);
    name_all(&mut program, &map);
    (map.reads, map.reads_weights, map.reads_counter) = read(&program);
    Eligibility { program, map }
}

/// Which values are known once parameters are.
fn constants(insts: &[Inst]) -> Vec<bool> {
    let mut constant = Vec::with_capacity(insts.len());
    for inst in insts {
        let is = |value: &Value| constant[value.index()];
        constant.push(match inst {
            Inst::Coefficient(_) | Inst::Steps(_) | Inst::Number(_) | Inst::Truth(_) => true,
            Inst::State(_) | Inst::Input(_) | Inst::Weight(..) | Inst::Arrived(..) | Inst::Counter => false,
            other => other.operands().iter().all(is),
        });
    }
    constant
}

/// Names of states and inputs.
fn name_all(program: &mut Program, map: &EligibilityMap) {
    let (d, m) = (map.before.len(), map.drives.len());
    let (states, inputs) = (program.state_names.clone(), program.input_names.clone());
    let columns: Vec<String> = map
        .columns()
        .map(|column| match column {
            Column::State(state) => states[state].clone(),
            Column::Input(input) => inputs[input].clone(),
            Column::Weight(port, 0) => program.port_names[port].clone(),
            Column::Weight(port, slot) => format!("{} {slot}", program.port_names[port]),
        })
        .collect();
    let row_name = |row: usize| states.get(row).map_or("spike", String::as_str);
    let mut names = vec![String::new(); program.layout.states];
    for (row, entries) in map.entries.iter().enumerate() {
        for (entry, column) in entries.iter().zip(&columns) {
            if let Some(entry) = entry {
                names[entry.state] = format!("d{}/d{column}", row_name(row));
            }
        }
    }
    program.name = format!("{} eligibility", program.name);
    program.state_names = names;
    program.input_names = states[..d].iter().chain(&inputs[..m]).cloned().collect();
    program.input_names.extend_from_slice(&inputs[m..]);
    program.layout.inputs = program.input_names.len();
}

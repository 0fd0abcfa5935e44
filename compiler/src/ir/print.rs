//! The text form of a program.

use std::fmt;

use crate::ids::Value;

use super::{Inst, Loop, Note, Program, Type};

/// What stands between instructions.
#[derive(Clone, Copy, Default)]
struct Marks<'a> {
    notes: &'a [Note],
    loops: &'a [Loop],
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "program {}", self.name)?;
        for default in &self.defaults {
            writeln!(f, "\ndefault {}:", self.param_names[default.param.index()])?;
            self.section(f, &default.insts, 0, Marks::default())?;
            writeln!(f, "    -> {}", name(default.value))?;
        }
        writeln!(f, "\nprepare:")?;
        self.section(f, &self.prepare.insts, 0, Marks::default())?;
        for (id, coefficient) in self.prepare.coefficients.iter().enumerate() {
            let kind = if coefficient.steps { "steps" } else { "coefficient" };
            writeln!(
                f,
                "    -> {kind} c{id} = {}    ; {}",
                name(coefficient.value),
                coefficient.name
            )?;
        }
        for (state, value) in self.state_names.iter().zip(&self.prepare.initial) {
            writeln!(f, "    -> initial {state} = {}", name(*value))?;
        }
        for check in &self.prepare.checks {
            writeln!(f, "    -> check {}    ; {}", name(check.value), check.text)?;
        }
        let marks = Marks {
            notes: &self.notes,
            loops: &self.loops,
        };
        writeln!(f, "\nstep:")?;
        self.section(f, &self.step, 0, marks)?;
        if let Some(spikes) = self.spikes {
            writeln!(f, "    -> spikes = {}", name(spikes))?;
        }
        if !self.spike.is_empty() {
            writeln!(f, "\nspike:")?;
            self.section(f, &self.spike, self.step.len(), marks)?;
        }
        for (state, value) in self.state_names.iter().zip(&self.states) {
            writeln!(f, "    -> {state} = {}", name(*value))?;
        }
        if let Some(counter) = self.counter {
            writeln!(f, "    -> refractory = {}", name(counter))?;
        }
        for observe in &self.observe {
            writeln!(f, "\nobserve {}:", observe.name)?;
            match observe.value {
                Some(value) => {
                    self.section(f, &observe.insts, 0, Marks::default())?;
                    writeln!(f, "    -> {}", name(value))?;
                }
                None => writeln!(f, "    ; not a number after the step, cannot be recorded")?,
            }
        }
        Ok(())
    }
}

fn name(value: Value) -> String {
    format!("v{}", value.0)
}

impl Program {
    fn section(&self, f: &mut fmt::Formatter<'_>, insts: &[Inst], first: usize, marks: Marks<'_>) -> fmt::Result {
        for (at, inst) in insts.iter().enumerate() {
            for note in marks.notes.iter().filter(|note| note.at == first + at) {
                writeln!(f, "    ; {}", note.text)?;
            }
            if marks.loops.iter().any(|of| of.start == first + at) {
                writeln!(f, "    loop:")?;
            }
            let kind = match inst.result() {
                Type::Real => "real",
                Type::Count => "count",
                Type::Truth => "truth",
            };
            let inside = marks.loops.iter().find(|of| (of.start..of.end).contains(&(first + at)));
            let indent = if inside.is_some() { "        " } else { "    " };
            writeln!(f, "{indent}v{}: {kind} = {}", first + at, self.inst_text(inst))?;
            if let Some(of) = inside.filter(|of| of.end == first + at + 1) {
                for (carried, after) in of.carried().zip(&of.after) {
                    writeln!(f, "        -> v{carried} = {}", name(*after))?;
                }
                writeln!(f, "        -> again {}", name(of.again))?;
            }
        }
        Ok(())
    }

    /// One instruction as text, with the model's names where it reads something by name.
    #[must_use]
    pub fn inst_text(&self, inst: &Inst) -> String {
        let operands: Vec<String> = inst.operands().into_iter().map(name).collect();
        let operands = operands.join(", ");
        let word = match inst {
            Inst::Number(bits) => return format!("number {:?}", f64::from_bits(*bits)),
            Inst::Truth(value) => return value.to_string(),
            Inst::Param(p) => return format!("param {}", self.param_names[p.index()]),
            Inst::Dt => return "dt".to_owned(),
            Inst::Propagator(block) => return self.propagator_text(*block as usize),
            Inst::P { at, .. } => return format!("p {operands} [{}, {}]", at.0, at.1),
            Inst::Q { at, .. } => return format!("q {operands} [{}, {}]", at.0, at.1),
            Inst::L { at, .. } => return format!("l {operands} [{}, {}]", at.0, at.1),
            Inst::Call(function, _) => function.name(),
            Inst::Random(distribution, _) => distribution.name(),
            Inst::Coefficient(c) => {
                return format!(
                    "coefficient c{}    ; {}",
                    c.0,
                    self.prepare.coefficients[c.index()].name
                );
            }
            Inst::Steps(c) => return format!("steps c{}    ; {}", c.0, self.prepare.coefficients[c.index()].name),
            Inst::State(s) => return format!("state {}", self.state_names[s.index()]),
            Inst::Input(i) => return format!("input {}", self.input_names[i.index()]),
            Inst::Weight(p, slot) => return format!("weight {} {slot}", self.port_names[p.index()]),
            Inst::Arrived(p, slot) => return format!("arrived {} {slot}", self.port_names[p.index()]),
            Inst::Counter => "counter",
            Inst::Copy(_) => "copy",
            Inst::Carry(_) => "carry",
            Inst::Neg(_) => "neg",
            Inst::Add(..) => "add",
            Inst::Sub(..) => "sub",
            Inst::Mul(..) => "mul",
            Inst::Div(..) => "div",
            Inst::Fma(..) => "fma",
            Inst::Sqrt(_) => "sqrt",
            Inst::Abs(_) => "abs",
            Inst::Floor(_) => "floor",
            Inst::Compare(op, a, b) => return format!("{} {} {}", name(*a), op.symbol(), name(*b)),
            Inst::Not(_) => "not",
            Inst::And(..) => "and",
            Inst::Or(..) => "or",
            Inst::Select(..) => "select",
            Inst::Masked(..) => "masked",
            Inst::Positive(_) => "positive",
            Inst::CountDown(..) => "count_down",
            Inst::CountUp(..) => "count_up",
        };
        format!("{word} {operands}").trim_end().to_owned()
    }

    fn propagator_text(&self, index: usize) -> String {
        let block = &self.prepare.blocks[index];
        let list = |values: &[Option<Value>]| {
            let texts: Vec<String> = values.iter().map(|v| v.map_or_else(|| "0".to_owned(), name)).collect();
            texts.join(", ")
        };
        let left: Vec<String> = block
            .left
            .iter()
            .map(|v| v.map_or_else(|| "1".to_owned(), name))
            .collect();
        let noise = if block.k == 0 {
            String::new()
        } else {
            format!(" g [{}]", list(&block.g))
        };
        format!(
            "propagator [{}] left [{}] a [{}] f [{}]{noise}",
            block.states.join(", "),
            left.join(", "),
            list(&block.a),
            list(&block.f)
        )
    }
}

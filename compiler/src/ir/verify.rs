//! What every engine may rely on.

use thiserror::Error;

use crate::ids::Value;

use super::{Inst, Program, Type};

/// A program that breaks a rule: a bug of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{section}: value {value}: {rule}")]
pub struct Invalid {
    /// Where.
    pub section: String,
    /// The value at fault.
    pub value: usize,
    /// The rule.
    pub rule: &'static str,
}

/// Which instructions a section may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Defaults,
    Prepare,
    Step,
    Observe,
}

/// Checks that values are defined before they are used and have the types their users want, that each section holds only
/// its own instructions, and that every id is within the layout.
///
/// # Errors
/// The first rule that is broken.
pub fn verify(program: &Program) -> Result<(), Invalid> {
    for default in &program.defaults {
        section(program, "defaults", Kind::Defaults, &default.insts)?;
        result("defaults", &default.insts, default.value, Type::Real)?;
    }
    let prepare = &program.prepare;
    section(program, "prepare", Kind::Prepare, &prepare.insts)?;
    for coefficient in &prepare.coefficients {
        result("prepare", &prepare.insts, coefficient.value, Type::Real)?;
    }
    for &value in &prepare.initial {
        result("prepare", &prepare.insts, value, Type::Real)?;
    }
    for check in &prepare.checks {
        result("prepare", &prepare.insts, check.value, Type::Truth)?;
    }
    let step: Vec<Inst> = program.insts().cloned().collect();
    section(program, "step", Kind::Step, &step)?;
    loops(program, &step)?;
    for &value in &program.states {
        result("step", &step, value, Type::Real)?;
    }
    for &value in &program.before {
        result("step", &program.step, value, Type::Real)?;
    }
    if let Some(value) = program.counter {
        result("step", &step, value, Type::Count)?;
    }
    if let Some(value) = program.spikes {
        result("step", &step, value, Type::Truth)?;
        if value.index() >= program.step.len() {
            return Err(broken(
                "step",
                value.index(),
                "the spike condition belongs to the step section",
            ));
        }
    }
    let layout = &program.layout;
    if program.states.len() != layout.states
        || program.counter.is_some() != layout.counter
        || program.spikes.is_some() != layout.spikes
        || prepare.coefficients.len() != layout.coefficients
        || prepare.initial.len() != layout.states
    {
        return Err(broken("step", 0, "the results agree with the layout"));
    }
    for observe in &program.observe {
        section(program, "observe", Kind::Observe, &observe.insts)?;
        if let Some(value) = observe.value {
            result("observe", &observe.insts, value, Type::Real)?;
        }
    }
    Ok(())
}

/// Loops follow each other in the step section, begin with what they carry, and nothing but that is read behind them.
fn loops(program: &Program, insts: &[Inst]) -> Result<(), Invalid> {
    let mut free = 0;
    for of in &program.loops {
        let fault = |rule| Err(broken("step", of.start, rule));
        if of.start < free || of.carried().end > of.end || of.end > program.step.len() {
            return fault("loops follow each other in the step section");
        }
        if insts[free..of.start].iter().any(|inst| matches!(inst, Inst::Carry(_))) {
            return fault("nothing is carried outside of loops");
        }
        for (at, inst) in insts.iter().enumerate().take(of.end).skip(of.start) {
            let carries = matches!(inst, Inst::Carry(initial) if initial.index() < of.start);
            if carries != of.carried().contains(&at) {
                return fault("a loop begins with what it carries, from values before it");
            }
        }
        let within = |value: &Value, wanted| {
            (of.start..of.end).contains(&value.index()) && insts[value.index()].result() == wanted
        };
        if !of.after.iter().all(|value| within(value, Type::Real)) || !within(&of.again, Type::Truth) {
            return fault("what a loop leaves behind is of a pass: reals, and whether there is another one");
        }
        let behind = insts[of.end..].iter().flat_map(Inst::operands);
        let results = program.states.iter().chain(&program.counter).chain(&program.spikes);
        let mut read = behind.chain(results.copied());
        if read.any(|value| (of.start..of.end).contains(&value.index()) && !of.after.contains(&value)) {
            return fault("only what a loop leaves behind is read after it");
        }
        free = of.end;
    }
    if insts[free..].iter().any(|inst| matches!(inst, Inst::Carry(_))) {
        return Err(broken("step", free, "nothing is carried outside of loops"));
    }
    Ok(())
}

fn broken(section: &str, value: usize, rule: &'static str) -> Invalid {
    Invalid {
        section: section.to_owned(),
        value,
        rule,
    }
}

fn result(name: &str, insts: &[Inst], value: Value, wanted: Type) -> Result<(), Invalid> {
    match insts.get(value.index()) {
        Some(inst) if inst.result() == wanted => Ok(()),
        Some(_) => Err(broken(
            name,
            value.index(),
            "a result has the type that is wanted of it",
        )),
        None => Err(broken(name, value.index(), "a result is a value of its section")),
    }
}

fn section(program: &Program, name: &str, kind: Kind, insts: &[Inst]) -> Result<(), Invalid> {
    for (at, inst) in insts.iter().enumerate() {
        let wanted = operand_types(inst);
        for (operand, wanted) in inst.operands().into_iter().zip(wanted) {
            if operand.index() >= at {
                return Err(broken(name, at, "a value is defined before it is used"));
            }
            if insts[operand.index()].result() != wanted {
                return Err(broken(name, at, "an operand has the type that the instruction wants"));
            }
        }
        if !belongs(inst, kind) {
            return Err(broken(name, at, "an instruction stands in a section that may hold it"));
        }
        if !ids_exist(program, inst, at, insts) {
            return Err(broken(
                name,
                at,
                "an id is within the layout, and a function has its arguments",
            ));
        }
    }
    Ok(())
}

fn operand_types(inst: &Inst) -> Vec<Type> {
    match inst {
        Inst::Not(_) | Inst::And(..) | Inst::Or(..) => vec![Type::Truth; 2],
        Inst::Select(..) | Inst::Masked(..) => vec![Type::Truth, Type::Real, Type::Real],
        Inst::CountUp(..) => vec![Type::Count, Type::Truth, Type::Count],
        Inst::Positive(_) => vec![Type::Count],
        Inst::CountDown(..) => vec![Type::Count, Type::Truth],
        other => vec![Type::Real; other.operands().len()],
    }
}

fn belongs(inst: &Inst, kind: Kind) -> bool {
    match inst {
        Inst::Param(_) | Inst::Dt => matches!(kind, Kind::Defaults | Kind::Prepare),
        Inst::Call(function, _) => matches!(kind, Kind::Defaults | Kind::Prepare) || function.operations().is_some(),
        Inst::Propagator(_) | Inst::P { .. } | Inst::Q { .. } | Inst::L { .. } => kind == Kind::Prepare,
        Inst::Coefficient(_) | Inst::State(_) | Inst::Input(_) => matches!(kind, Kind::Step | Kind::Observe),
        Inst::Steps(_)
        | Inst::Weight(..)
        | Inst::Arrived(..)
        | Inst::Counter
        | Inst::CountDown(..)
        | Inst::CountUp(..)
        | Inst::Positive(_)
        | Inst::Random(..)
        | Inst::Copy(_)
        | Inst::Carry(_) => kind == Kind::Step,
        Inst::Fma(..) => matches!(kind, Kind::Step),
        _ => true,
    }
}

fn ids_exist(program: &Program, inst: &Inst, at: usize, insts: &[Inst]) -> bool {
    let layout = &program.layout;
    let coefficients = &program.prepare.coefficients;
    match inst {
        Inst::Param(p) => p.index() < program.param_names.len(),
        Inst::Call(function, arguments) => arguments.len() == function.arity(),
        Inst::Coefficient(c) => coefficients.get(c.index()).is_some_and(|c| !c.steps),
        Inst::Steps(c) => coefficients.get(c.index()).is_some_and(|c| c.steps),
        Inst::State(s) => s.index() < layout.states,
        Inst::Input(i) => i.index() < layout.inputs,
        Inst::Weight(p, slot) => layout.ports.get(p.index()).is_some_and(|p| (*slot as usize) < p.slots),
        Inst::Arrived(p, slot) => layout
            .ports
            .get(p.index())
            .is_some_and(|p| p.arrival && (*slot as usize) < p.slots),
        Inst::Counter => layout.counter,
        Inst::Propagator(block) => program.prepare.blocks.get(*block as usize).is_some_and(|block| {
            let values = block
                .left
                .iter()
                .chain(&block.a)
                .chain(&block.f)
                .chain(&block.g)
                .flatten();
            values
                .into_iter()
                .all(|v| v.index() < at && insts[v.index()].result() == Type::Real)
        }),
        Inst::P { of, at } | Inst::L { of, at } => {
            propagator(program, insts, *of).is_some_and(|(n, _)| at.0.max(at.1) < n)
        }
        Inst::Q { of, at } => propagator(program, insts, *of).is_some_and(|(n, m)| at.0 < n && at.1 < m),
        _ => true,
    }
}

/// Numbers of states and of forcing terms of the propagator that a value is.
fn propagator(program: &Program, insts: &[Inst], of: Value) -> Option<(u32, u32)> {
    let Inst::Propagator(block) = insts.get(of.index())? else {
        return None;
    };
    let block = program.prepare.blocks.get(*block as usize)?;
    Some((block.left.len() as u32, block.m as u32))
}

//! Whether a run fits into memory: better said before than found out by being killed.

use alif::Precision;
use alif_compiler::ir::Program;
use alif_grammar::Code;

use crate::args::RunArgs;
use crate::limits;
use crate::plan::Plan;
use crate::terminal::Failure;
use crate::values::Given;

/// Refuses a population whose states alone do not fit, before files are read for it.
pub(crate) fn check_neurons(args: &RunArgs, program: &Program) -> Result<(), Failure> {
    let bytes = u128::from(args.n) * per_neuron(args, program, 0, false);
    population_fits(args, bytes)?;
    countable(args.n).map(|_| ())
}

/// A number of neurons that a population can have.
pub(crate) fn countable(n: u64) -> Result<usize, Failure> {
    match u32::try_from(n) {
        Ok(n) => Ok(n as usize),
        Err(_) => {
            let message = format!("--n {n}: a population has from 1 to {} neurons", u32::MAX);
            Err(Failure::new(Code::OptionValue, message))
        }
    }
}

/// Refuses a run whose arrays and recordings do not fit into the memory that is free, where the system tells, or into the limit.
pub(crate) fn check(args: &RunArgs, plan: &Plan, program: &Program) -> Result<(), Failure> {
    let n = u128::from(args.n);
    let arrays = |given: &[Option<Given>]| {
        let differs = |g: &&Option<Given>| g.as_ref().is_some_and(Given::differs);
        given.iter().filter(differs).count()
    };
    let state = n * per_neuron(args, program, arrays(&plan.inputs), arrays(&plan.params) > 0);
    population_fits(args, state)?;
    let neurons = plan.neurons.as_ref().map_or(n, |neurons| neurons.len() as u128);
    let numbers = u128::from(plan.steps / args.every) * neurons;
    let recorded = numbers.saturating_mul(plan.record.len() as u128 * 8);
    let Some((most, but)) = most().filter(|(most, _)| state.saturating_add(recorded) > *most) else {
        return Ok(());
    };
    let message = format!(
        "--record {}: recording {neurons} neurons at {} steps needs {}, {but} {}",
        args.record.join(","),
        plan.steps / args.every,
        bytes(recorded),
        bytes(most)
    );
    Err(Failure::new(Code::NotEnoughMemory, message)
        .help("record fewer neurons with --record-neurons, or fewer steps with --every"))
}

fn population_fits(args: &RunArgs, needed: u128) -> Result<(), Failure> {
    let Some((most, but)) = most().filter(|(most, _)| needed > *most) else {
        return Ok(());
    };
    let message = format!(
        "--n {}: this many neurons need {}, {but} {}",
        args.n,
        bytes(needed),
        bytes(most)
    );
    Err(Failure::new(Code::NotEnoughMemory, message))
}

/// Bytes for each neuron: its place in the arrays of the kernel, and what building them takes for a while.
fn per_neuron(args: &RunArgs, program: &Program, inputs: usize, coefficients: bool) -> u128 {
    let layout = &program.layout;
    let coefficients = if coefficients { layout.coefficients } else { 0 };
    let ports: usize = layout
        .ports
        .iter()
        .map(|p| p.slots * if p.arrival { 2 } else { 1 })
        .sum();
    let count = layout.states + usize::from(layout.counter) + coefficients + inputs + ports;
    let size = match args.precision.into() {
        Precision::F32 => 4,
        Precision::F64 => 8,
    };
    (count * size + 16) as u128
}

/// The most bytes that a run may take, and how to say so.
fn most() -> Option<(u128, &'static str)> {
    let free = free().map(|free| (free, "and what is free of memory is"));
    let limit = limits::memory().map(|limit| (u128::from(limit), "and the limit is"));
    limit.or(free)
}

/// The memory that is free, in bytes.
fn free() -> Option<u128> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u128 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn bytes(count: u128) -> String {
    let gigabytes = count as f64 / 1e9;
    if gigabytes >= 1000.0 {
        format!("{:.1} TB", gigabytes / 1000.0)
    } else if gigabytes >= 0.1 {
        format!("{gigabytes:.1} GB")
    } else {
        format!("{:.1} MB", count as f64 / 1e6)
    }
}

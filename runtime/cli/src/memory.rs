//! Whether a run fits into memory: better said before than found out by being killed.

use alif::Precision;
use alif_compiler::ir::Program;
use alif_grammar::Code;

use crate::args::RunArgs;
use crate::plan::Plan;
use crate::terminal::Failure;
use crate::values::Given;

/// Refuses a run whose arrays and recordings do not fit into the memory that is free, where the system tells.
pub(crate) fn check(args: &RunArgs, plan: &Plan, program: &Program) -> Result<(), Failure> {
    let Some(free) = free() else { return Ok(()) };
    let n = args.n as u128;
    let state = n * per_neuron(args, plan, program);
    let neurons = plan.neurons.as_ref().map_or(n, |neurons| neurons.len() as u128);
    let recorded = u128::from(plan.steps / args.every) * neurons * plan.record.len() as u128 * 8;
    if state > free {
        return Err(Failure::new(
            Code::NotEnoughMemory,
            format_args!(
                "--n {n}: this many neurons need {}, but {} of memory are free",
                bytes(state),
                bytes(free)
            ),
        ));
    }
    if state + recorded > free {
        return Err(Failure::new(
            Code::NotEnoughMemory,
            format_args!(
                "--record {}: recording {neurons} neurons at {} steps needs {}, but {} of memory are free",
                args.record.join(","),
                plan.steps / args.every,
                bytes(recorded),
                bytes(free)
            ),
        )
        .help("record fewer neurons with --record-neurons, or fewer steps with --every"));
    }
    Ok(())
}

/// Bytes for each neuron: its place in the arrays of the kernel, and what building them takes for a while.
fn per_neuron(args: &RunArgs, plan: &Plan, program: &Program) -> u128 {
    let layout = &program.layout;
    let arrays = |given: &[Option<Given>]| {
        let differs = |g: &&Option<Given>| g.as_ref().is_some_and(Given::differs);
        given.iter().filter(differs).count()
    };
    let coefficients = if arrays(&plan.params) == 0 {
        0
    } else {
        layout.coefficients
    };
    let ports: usize = layout
        .ports
        .iter()
        .map(|p| p.slots * if p.arrival { 2 } else { 1 })
        .sum();
    let count = layout.states + usize::from(layout.counter) + coefficients + arrays(&plan.inputs) + ports;
    let size = match args.precision.into() {
        Precision::F32 => 4,
        Precision::F64 => 8,
    };
    (count * size + 16) as u128
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

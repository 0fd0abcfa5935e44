//! `alif run`: a population of neurons of a model.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use alif::atomic::check_writable;
use alif::{Population, Recording, Spike};
use alif_grammar::Code;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::RunArgs;
use crate::memory;
use crate::meta;
use crate::output::{write_csv, write_npz};
use crate::parse::OutputFormat;
use crate::plan::{Plan, blame};
use crate::plotting::Panels;
use crate::settings;
use crate::source::Source;
use crate::terminal::{self, Failure, results};

/// Runs a population, writes what was asked for, and prints a table.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let source = Source::open(&args.file)?;
    let noises: Vec<String> = args.noise.iter().map(|given| given.name.clone()).collect();
    let model = source.model_given(args.model.as_deref(), &args.solving.options(), &noises)?;
    memory::check_neurons(args, &model.compiled().program)?;
    let mut plan = Plan::new(args, model.signature())?;
    for (option, path) in [("--out", &args.out), ("--plot", &args.plot)] {
        if let Some(path) = path {
            check_writable(path).map_err(|e| Failure::new(Code::FileAccess, format_args!("{option}: {e}")))?;
        }
    }
    memory::check(args, &plan, &model.compiled().program)?;

    let panels = args.plot.as_ref().map(|_| Panels::new(&model, &plan, args.neurons()));
    let mut builder = plan.builder(args, &model);
    for monitor in panels.iter().flat_map(Panels::monitors) {
        builder = builder.record(monitor);
    }
    if args.out.is_some() || args.plot.is_some() {
        builder = builder.record_spikes();
    }
    let mut population = builder.build().map_err(|e| blame(&e, args))?;
    if !args.quiet {
        let rounded = settings::refractory_warning(&model, &plan.params, args.neurons(), args.dt.ms());
        let warnings = model.warnings().iter().cloned().chain(rounded);
        source.tell(&warnings.collect::<Vec<_>>());
        warn_of_options(args, &model, &plan);
    }

    let start = Instant::now();
    let mut recording = simulate(&mut population, plan.steps, args.quiet).map_err(|e| blame(&e, args))?;
    let wall = start.elapsed();

    let for_plot = recording.traces.split_off(plan.record.len());
    if let Some(path) = &args.out {
        write(path, &recording, &meta::json_text(args, &model, &plan, &recording))?;
    }
    if let (Some(path), Some(panels)) = (&args.plot, &panels) {
        panels.draw(settings::title(args, &model, &plan), &recording, &for_plot, path)?;
    }
    if args.quiet {
        return Ok(());
    }
    results(&meta::table(args, &model, &plan, &recording, wall))
}

/// What was asked for but comes to nothing.
fn warn_of_options(args: &RunArgs, model: &alif::Model, plan: &Plan) {
    if !plan.record.is_empty() && args.out.is_none() {
        let message = format!("--record {}: nothing is kept without --out", args.record.join(","));
        terminal::tell(Code::IdleOption, &message, None);
    }
    if args.record_neurons.is_some() && plan.record.is_empty() && args.plot.is_none() {
        terminal::tell(
            Code::IdleOption,
            "--record-neurons: nothing is recorded without --record",
            None,
        );
    }
    for (info, given) in model.signature().inputs.iter().zip(&plan.inputs) {
        if given.is_none() {
            let message = format!("input `{}` is not connected and stays 0", info.name);
            let help = format!("connect it with --input {}=V", info.name);
            terminal::tell(Code::InputNotConnected, &message, Some(&help));
        }
    }
}

/// Makes the steps, with a progress bar on a terminal.
fn simulate(population: &mut Population, steps: u64, quiet: bool) -> Result<Recording, alif::Error> {
    if quiet || !std::io::stderr().is_terminal() {
        return population.run(steps);
    }
    let bar = ProgressBar::new(steps);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}% {eta}") {
        bar.set_style(style);
    }
    let mut spikes: Vec<Spike> = Vec::new();
    let mut full = None;
    let recording = population.run_into(steps, |batch| {
        bar.inc(batch.steps);
        let bytes = (spikes.len() + batch.spikes.len()).saturating_mul(size_of::<Spike>());
        if spikes.try_reserve(batch.spikes.len()).is_err() {
            full = Some((batch.first_step, bytes));
            return ControlFlow::Break(());
        }
        spikes.extend_from_slice(batch.spikes);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    match full {
        Some((step, bytes)) => Err(alif::Error::Recording { step, bytes }),
        None => recording.map(|recording| Recording { spikes, ..recording }),
    }
}

fn write(path: &Path, recording: &Recording, meta: &str) -> Result<(), Failure> {
    let written = match OutputFormat::of(path) {
        Some(OutputFormat::Npz) => write_npz(path, recording, meta),
        Some(OutputFormat::Csv) => write_csv(path, recording),
        // The option was refused when it was read.
        None => {
            let message = format!("--out {}: a recording ends in .npz or .csv", path.display());
            return Err(Failure::new(Code::OptionValue, message));
        }
    };
    written.map_err(|e| Failure::new(Code::FileAccess, format_args!("--out: {e}")))
}

//! `alif run`: a population of neurons of a model.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use alif::atomic::check_writable;
use alif::{Batch, Model, Population, Recording, Spike};
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
use crate::spool::Spool;
use crate::terminal::{self, Failure, results};
use crate::timings::Timings;

/// Runs a population, writes what was asked for, and prints a table.
///
/// `start` is when the program began.
pub(crate) fn run(args: &RunArgs, start: Instant) -> Result<(), Failure> {
    let mut timings = Timings::since(start);
    timings.over("arguments");
    let source = Source::open(&args.file)?;
    timings.over("read");
    let noises: Vec<String> = args.noise.iter().map(|given| given.name.clone()).collect();
    let compiled = source.compile_given(args.model.as_deref(), &args.solving.options(), &noises, &mut timings)?;
    let (model, clock) = if args.timings {
        let (model, clock) = Model::timed(compiled);
        (model, Some(clock))
    } else {
        (Model::new(compiled), None)
    };
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
    timings.over("values");
    let mut population = builder.build().map_err(|e| blame(&e, args))?;
    timings.over_but_for(
        "compile",
        clock.as_ref().map_or(Duration::ZERO, |c| c.compiling()),
        "bind",
    );
    if !args.quiet {
        let rounded = settings::refractory_warning(&model, &plan.params, args.neurons(), args.dt.ms());
        let warnings = model.warnings().iter().cloned().chain(rounded);
        source.tell(&warnings.collect::<Vec<_>>());
        warn_of_options(args, &model, &plan);
    }

    let mut kept = Kept::new(args)?;
    timings.over("messages");
    let mut recording = simulate(&mut population, plan.steps, &mut kept, args)?;
    timings.over("run");

    let for_plot = recording.traces.split_off(plan.record.len());
    if let (Some(path), Some(spool)) = (&args.out, &mut kept.spool) {
        write(
            path,
            &recording,
            spool,
            &meta::json_text(args, &model, &plan, &recording),
        )?;
    }
    recording.spikes = kept.spikes;
    if let (Some(path), Some(panels)) = (&args.plot, &panels) {
        panels.draw(settings::title(args, &model, &plan), &recording, &for_plot, path)?;
    }
    timings.over("write");
    if args.quiet {
        return Ok(());
    }
    let lines = clock.map_or_else(Vec::new, |clock| timings.lines(clock.running()));
    results(&meta::table(args, &model, &plan, &recording, timings.of("run"), lines))
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

/// Where the spikes of a run go.
struct Kept {
    /// For `--out`: outside of memory, however many there are.
    spool: Option<Spool>,
    /// For `--plot`, if it asks for them.
    spikes: Vec<Spike>,
    plot: bool,
}

impl Kept {
    fn new(args: &RunArgs) -> Result<Self, Failure> {
        let spool = args.out.as_deref().map(Spool::beside).transpose();
        Ok(Self {
            spool: spool.map_err(|e| not_kept(&e))?,
            spikes: vec![],
            plot: args.plot.is_some(),
        })
    }

    fn extend(&mut self, batch: &Batch<'_>) -> Result<(), Failure> {
        if let Some(spool) = &mut self.spool {
            spool.extend(batch.spikes).map_err(|e| not_kept(&e))?;
        }
        if self.plot {
            let bytes = (self.spikes.len() + batch.spikes.len()).saturating_mul(size_of::<Spike>());
            let full = |_| {
                Failure::of(&alif::Error::Recording {
                    step: batch.first_step,
                    bytes,
                })
            };
            self.spikes.try_reserve(batch.spikes.len()).map_err(full)?;
            self.spikes.extend_from_slice(batch.spikes);
        }
        Ok(())
    }
}

fn not_kept(error: &io::Error) -> Failure {
    Failure::new(
        Code::FileAccess,
        format_args!("--out: cannot keep the spikes in a temporary file: {error}"),
    )
}

/// Makes the steps, with a progress bar on a terminal; the spikes go where they are kept while the population runs.
fn simulate(population: &mut Population, steps: u64, kept: &mut Kept, args: &RunArgs) -> Result<Recording, Failure> {
    let bar = if args.quiet || !io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(steps)
    };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}% {eta}") {
        bar.set_style(style);
    }
    let mut failure = None;
    let recording = population.run_into(steps, |batch| {
        bar.inc(batch.steps);
        match kept.extend(&batch) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    bar.finish_and_clear();
    match failure {
        Some(failure) => Err(failure),
        None => recording.map_err(|e| blame(&e, args)),
    }
}

fn write(path: &Path, recording: &Recording, spool: &mut Spool, meta: &str) -> Result<(), Failure> {
    let written = match OutputFormat::of(path) {
        Some(OutputFormat::Npz) => write_npz(path, recording, spool, meta),
        Some(OutputFormat::Csv) => write_csv(path, recording, spool),
        // The option was refused when it was read.
        None => {
            let message = format!("--out {}: a recording ends in .npz or .csv", path.display());
            return Err(Failure::new(Code::OptionValue, message));
        }
    };
    written.map_err(|e| Failure::new(Code::FileAccess, format_args!("--out: {e}")))
}

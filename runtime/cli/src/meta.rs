//! What is said of a run: as JSON beside its arrays, and as a table on the terminal.

use std::time::Duration;

use alif::{Model, Recording};
use serde_json::{Map, Value, json};

use crate::args::RunArgs;
use crate::plan::Plan;
use crate::settings::{self, Setting, number, quantity};

/// The `meta` text of an `.npz` file. Values are in the units that `units` names; one that differs between neurons or steps is
/// described in words.
pub(crate) fn json_text(args: &RunArgs, model: &Model, plan: &Plan, recording: &Recording) -> String {
    let parameters = settings::parameters(model, &plan.params, args.dt.ms());
    let (initial, inputs) = (settings::initial(model, plan), settings::inputs(model, plan));
    let mut units = Map::new();
    for setting in parameters.iter().chain(&initial).chain(&inputs) {
        units.insert(setting.name.clone(), json!(setting.unit));
    }
    for trace in &recording.traces {
        units.insert(trace.name.clone(), json!(trace.unit));
    }
    let neurons = plan
        .neurons
        .as_ref()
        .map_or_else(|| json!("all"), |neurons| json!(neurons));
    json!({
        "model": model.signature().name,
        "file": args.file.display().to_string(),
        "parameters": values(&parameters),
        "initial": values(&initial),
        "inputs": values(&inputs),
        "units": units,
        "dt": args.dt.ms(),
        "steps": plan.steps,
        "n": args.n,
        "seed": args.seed,
        "precision": alif::Precision::from(args.precision).to_string(),
        "engine": args.engine.name(),
        "solver": args.solving.solver.map(alif::Solver::name),
        "tolerance": model.signature().sub_steps.map(|wanted| wanted.tolerance),
        "record": plan.record,
        "record_neurons": neurons,
        "every": args.every,
        "spikes": recording.spike_count,
        "version": env!("CARGO_PKG_VERSION"),
    })
    .to_string()
}

fn threads(threads: usize) -> String {
    match threads {
        0 => "one for each processor".to_owned(),
        threads => threads.to_string(),
    }
}

fn values(settings: &[Setting]) -> Map<String, Value> {
    let value = |s: &Setting| s.value.map_or_else(|| json!(s.note), |value| json!(value));
    settings.iter().map(|s| (s.name.clone(), value(s))).collect()
}

/// The table at the end of a run.
pub(crate) fn table(
    args: &RunArgs,
    model: &Model,
    plan: &Plan,
    recording: &Recording,
    wall: Duration,
    timings: Vec<String>,
) -> String {
    let updates = plan.steps as f64 * args.n as f64;
    let simulated = plan.steps as f64 * args.dt.ms();
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, text: String| rows.push((name.to_owned(), text));
    if model.signature().spikes {
        row("spikes", recording.spike_count.to_string());
        row("mean rate", format!("{} Hz", short(recording.mean_rate())));
    } else {
        row("spikes", "none: the model has no spike condition".to_owned());
    }
    row("wall time", format!("{} s", short(wall.as_secs_f64())));
    row(
        "per neuron-update",
        format!("{} ns", short(wall.as_secs_f64() * 1e9 / updates)),
    );
    row("", String::new());
    row("model", format!("{} ({})", model.signature().name, args.file.display()));
    row("neurons", args.n.to_string());
    let dt = number(args.dt.ms());
    row(
        "steps",
        format!("{} of {dt} ms, {} in all", plan.steps, duration(simulated)),
    );
    row("precision", alif::Precision::from(args.precision).to_string());
    row("engine", args.engine.name().to_owned());
    if let Some(solver) = args.solving.solver {
        let tolerance = model.signature().sub_steps.map(|wanted| wanted.tolerance);
        let tolerance = tolerance.map_or_else(String::new, |tolerance| format!(", tolerance {tolerance:?}"));
        row("solver", format!("{solver}{tolerance}"));
    }
    if args.threads != 1 {
        row("threads", threads(args.threads));
    }
    row("seed", args.seed.to_string());
    let groups = [
        ("parameters", settings::parameters(model, &plan.params, args.dt.ms())),
        ("initial values", settings::initial(model, plan)),
        ("inputs", settings::inputs(model, plan)),
    ];
    for (title, settings) in &groups {
        for (index, setting) in settings.iter().enumerate() {
            let title = if index == 0 { title } else { "" };
            row(title, format!("{} = {}", setting.name, setting.text()));
        }
    }
    for path in args.out.iter().chain(&args.plot) {
        row("written", path.display().to_string());
    }
    for (index, line) in timings.into_iter().enumerate() {
        row(if index == 0 { "timings" } else { "" }, line);
    }
    let width = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
    let lines = rows.into_iter().map(|(name, text)| {
        let line = format!("{name:width$}  {}", alif_grammar::diagnostic::escape_control(&text));
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

/// Four digits are enough for what was measured.
fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    number(rounded)
}

fn duration(ms: f64) -> String {
    if ms >= 1000.0 {
        quantity(ms / 1000.0, "s")
    } else {
        quantity(ms, "ms")
    }
}

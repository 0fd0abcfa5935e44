//! Things that make steps, timed in turn, and what they took.
//!
//! They take turns, so what slows the machine down slows all of them. What one thread does is timed by the time that the system gave this
//! thread, where it tells: while others have the processor, that clock stands still. What several threads do is timed by the wall clock.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{Samples, cpu_timed, timed};

/// Something that makes steps.
pub trait Walk {
    /// What has to be done before each sample, which is not timed.
    fn prepare(&mut self) {}

    /// Makes steps and gives the number of spikes.
    fn walk(&mut self, steps: u64) -> u64;
}

impl<F: FnMut(u64) -> u64> Walk for F {
    fn walk(&mut self, steps: u64) -> u64 {
        self(steps)
    }
}

/// What others are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yardstick {
    /// A kernel written by hand with vectors of so many bits.
    Hand(u32),
    /// Memory that is read and written.
    Memory,
}

/// Something that takes its turns.
pub struct Runner {
    /// What the table calls it.
    pub name: String,
    /// Whether spikes are `recorded` or `counted`.
    pub spikes: &'static str,
    /// Whether the input is `constant` or `streamed`: one a step and neuron.
    pub input: &'static str,
    /// How many threads share the work.
    pub threads: usize,
    /// Whether others are compared with it.
    pub yardstick: Option<Yardstick>,
    /// The steps of a sample.
    pub steps: u64,
    /// The neurons that make them.
    pub neurons: usize,
    /// What makes them.
    pub walk: Box<dyn Walk + Send>,
}

/// What a runner took for each neuron and step.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name of the runner.
    pub name: String,
    spikes: &'static str,
    input: &'static str,
    threads: usize,
    /// The shortest time, in ns.
    pub ns: f64,
    median: f64,
    /// Spikes for each neuron and step.
    rate: f64,
    /// Ratios of the shortest times: to a kernel of 128 bits by hand, to the widest by hand, to memory.
    over: [Option<f64>; 3],
}

/// Times runners in turn, `rounds` times.
pub fn take_turns(runners: &mut [Runner], rounds: usize) -> Vec<Row> {
    let mut samples: Vec<Samples> = runners.iter().map(|_| Samples::default()).collect();
    let mut spikes = vec![0; runners.len()];
    for runner in &mut *runners {
        runner.walk.prepare();
        runner.walk.walk(runner.steps);
    }
    for _ in 0..rounds {
        for ((runner, samples), spikes) in runners.iter_mut().zip(&mut samples).zip(&mut spikes) {
            runner.walk.prepare();
            let steps = || runner.walk.walk(runner.steps);
            let (count, duration) = if runner.threads == 1 {
                cpu_timed(steps)
            } else {
                timed(steps)
            };
            samples.push(duration);
            *spikes += count;
        }
    }
    let updates = |runner: &Runner| runner.steps as f64 * runner.neurons as f64;
    let least: Vec<f64> = runners
        .iter()
        .zip(&samples)
        .map(|(r, s)| s.min() * 1e9 / updates(r))
        .collect();
    let best = |input: &str, of: &dyn Fn(Yardstick) -> bool| {
        let own = runners.iter().zip(&least);
        let own = own.filter(|(r, _)| {
            r.yardstick.is_some_and(of) && (r.input == input || r.yardstick == Some(Yardstick::Memory))
        });
        own.map(|(_, ns)| *ns).reduce(f64::min)
    };
    let widest = runners.iter().filter_map(|r| match r.yardstick {
        Some(Yardstick::Hand(bits)) => Some(bits),
        _ => None,
    });
    let widest = widest.max().unwrap_or(0);
    let rows = runners.iter().zip(&samples).zip(&least).zip(&spikes);
    rows.map(|(((runner, samples), &ns), &spikes)| {
        let over = |of: &dyn Fn(Yardstick) -> bool| best(runner.input, of).map(|yardstick| ns / yardstick);
        Row {
            name: runner.name.clone(),
            spikes: runner.spikes,
            input: runner.input,
            threads: runner.threads,
            ns,
            median: samples.median() * 1e9 / updates(runner),
            rate: spikes as f64 / (rounds as f64 * updates(runner)),
            over: [
                over(&|y| y == Yardstick::Hand(128)),
                over(&|y| y == Yardstick::Hand(widest)),
                over(&|y| y == Yardstick::Memory),
            ],
        }
    })
    .collect()
}

/// A table of rows: ns for each neuron and step, and ratios. `dt` is the time step in ms.
#[must_use]
pub fn table(title: &str, rows: &[Row], dt: f64) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0) + 2;
    let width = width.max(title.chars().count());
    let mut text = format!(
        "{title:width$} {:>8} {:>8} {:>7} {:>9} {:>9} {:>6} {:>6} {:>6} {:>7}\n",
        "spikes", "input", "threads", "ns", "median", "/ 128", "/ wide", "/ mem", "Hz"
    );
    for row in rows {
        let [narrow, wide, memory] = row
            .over
            .map(|over| over.map_or("-".to_owned(), |over| format!("{over:.2}")));
        let _ = writeln!(
            text,
            "  {:w$} {:>8} {:>8} {:>7} {:>9.4} {:>9.4} {narrow:>6} {wide:>6} {memory:>6} {:>7.2}",
            row.name,
            row.spikes,
            row.input,
            row.threads,
            row.ns,
            row.median,
            row.rate / (dt * 1e-3),
            w = width - 2,
        );
    }
    text
}

/// The same rows for programs. Ratios are null where there is no yardstick.
#[must_use]
pub fn json(precision: &str, neurons: usize, rows: &[Row], dt: f64) -> Vec<Value> {
    let row = |row: &Row| {
        json!({
            "precision": precision,
            "neurons": neurons,
            "name": row.name,
            "spikes": row.spikes,
            "input": row.input,
            "threads": row.threads,
            "ns": row.ns,
            "median_ns": row.median,
            "over_hand_128": row.over[0],
            "over_hand_widest": row.over[1],
            "over_memory": row.over[2],
            "rate_hz": row.rate / (dt * 1e-3),
        })
    };
    rows.iter().map(row).collect()
}

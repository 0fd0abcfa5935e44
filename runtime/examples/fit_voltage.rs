//! Finds the parameters of adaptive neurons from a recorded membrane potential, by its gradient through 400 steps and their spikes.
//!
//! The recording is made with known parameters: 20 neurons with currents that fluctuate. From wrong ones, twice, the time constants of membrane
//! and adaptation and the strength of adaptation are found again. It prints their course and draws loss and potential into `fit_voltage.png`,
//! or the picture named by its argument:
//!
//! ```sh
//! cargo run --release -p alif --features learn,jit,plot,threads --example fit_voltage
//! ```
//!
//! A spike that comes at another step changes the potential by a jump, so the loss has many minima; a narrow surrogate leads past them.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "prints a table, and what went wrong"
)]

mod picture;
mod tasks;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use alif::plot::{Chart, Curve, Style, draw_chart};
use tasks::voltage::{NAMES, STARTS, TRUE, Voltage};

const ITERATIONS: usize = 300;
const SHOWN: [usize; 7] = [0, 25, 50, 100, 150, 200, 300];

fn main() -> ExitCode {
    picture::main("fit_voltage", run)
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    let (mut losses, mut potentials) = (vec![], vec![]);
    for (start, values) in STARTS.iter().enumerate() {
        let mut voltage = Voltage::new(*values)?;
        if start == 0 {
            potentials.push(curve("before", voltage.potential()?));
        }
        println!(
            "from start {}:\n{:>9}{:>14}{:>12}{:>12}{:>12}",
            start + 1,
            "iteration",
            "loss [mV^2]",
            NAMES[0],
            NAMES[1],
            NAMES[2]
        );
        let mut course = vec![];
        for iteration in 0..=ITERATIONS {
            let values = voltage.values();
            let loss = voltage.learn(iteration as f64 / ITERATIONS as f64)?;
            if SHOWN.contains(&iteration) {
                println!(
                    "{iteration:9}{loss:14.5}{:12.3}{:12.2}{:12.4}",
                    values[0], values[1], values[2]
                );
            }
            course.push((iteration as f64, loss));
        }
        println!(
            "{:>23}{:12.3}{:12.2}{:12.4}\n",
            "recorded with", TRUE[0], TRUE[1], TRUE[2]
        );
        losses.push(Curve {
            label: format!("start {}", start + 1),
            points: course,
            style: Style::Line,
        });
        if start == 0 {
            potentials.push(curve("after", voltage.potential()?));
            let mut recorded = curve("recorded", voltage.recorded());
            recorded.points = recorded.points.into_iter().step_by(5).collect();
            recorded.style = Style::Marks;
            potentials.push(recorded);
        }
    }
    let chart = |title: &str, x: &str, y: &str, curves| Chart {
        title: title.into(),
        x: x.into(),
        y: y.into(),
        curves,
    };
    let charts = [
        chart(
            "Fit to a recorded potential: loss",
            "iteration",
            "half the mean squared difference [mV²]",
            losses,
        ),
        chart(
            "Fit to a recorded potential: one neuron",
            "time [ms]",
            "V [mV]",
            potentials,
        ),
    ];
    for (chart, path) in charts.iter().zip(picture::two(path)) {
        draw_chart(chart, &path)?;
        println!("{}", path.display());
    }
    Ok(())
}

fn curve(label: &str, values: Vec<f64>) -> Curve {
    Curve {
        label: label.into(),
        points: values
            .into_iter()
            .enumerate()
            .map(|(step, v)| (step as f64, v))
            .collect(),
        style: Style::Line,
    }
}

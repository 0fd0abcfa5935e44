//! A recurrent layer learns to generate a pattern: its readout follows four sines for a second, from input that is noise, the same each time.
//!
//! It learns by e-prop, with learning signals through the transpose of the readout's weights, and through random ones. It prints the
//! error as training goes on and draws it with the result into `pattern_generation.png`, or the picture named by its argument:
//!
//! ```sh
//! cargo run --release -p alif --features learn,jit,plot,threads --example pattern_generation
//! ```
//!
//! The task is that of Bellec et al. (2020), Nat. Commun. 11:3625, doi:10.1038/s41467-020-17236-y, with 100 neurons; Adam, learning rate 0.003.
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
use tasks::pattern::{Pattern, Way};

/// Iterations at which the error is printed.
const SHOWN: [usize; 6] = [1, 10, 25, 50, 100, 200];
const SEEDS: u64 = 3;

fn main() -> ExitCode {
    picture::main("pattern_generation", run)
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    println!("Squared error of the readout relative to the power of the pattern, by iteration:\n");
    print!("{:24}", "feedback, seed");
    SHOWN.iter().for_each(|iteration| print!("{iteration:>9}"));
    println!();
    let (mut errors, mut outputs) = (vec![], vec![]);
    for (name, way) in [("symmetric", Way::Symmetric), ("random", Way::Random)] {
        for seed in 1..=SEEDS {
            let mut pattern = Pattern::new(way, seed)?;
            let course = (0..SHOWN[5])
                .map(|_| pattern.learn())
                .collect::<Result<Vec<f64>, _>>()?;
            print!("{:24}", format!("{name}, {seed}"));
            SHOWN
                .iter()
                .for_each(|&iteration| print!("{:9.4}", course[iteration - 1]));
            println!();
            if seed == 1 {
                errors.push(Curve {
                    label: format!("{name} feedback"),
                    points: course.iter().enumerate().map(|(k, &e)| (k as f64 + 1.0, e)).collect(),
                    style: Style::Line,
                });
                let steps = pattern.outputs().into_iter().enumerate();
                outputs.push(Curve {
                    label: format!("{name} feedback"),
                    points: steps.map(|(step, y)| (step as f64, y)).collect(),
                    style: Style::Line,
                });
                if outputs.len() == 1 {
                    let steps = pattern.target.iter().enumerate().step_by(10);
                    outputs.push(Curve {
                        label: "pattern".into(),
                        points: steps.map(|(step, &y)| (step as f64, y)).collect(),
                        style: Style::Marks,
                    });
                }
            }
        }
    }
    let charts = [
        Chart {
            title: "Pattern generation with e-prop: error".into(),
            x: "iteration".into(),
            y: "squared error / power".into(),
            curves: errors,
        },
        Chart {
            title: format!("Pattern generation with e-prop: readout after {} iterations", SHOWN[5]),
            x: "time [ms]".into(),
            y: "y".into(),
            curves: outputs,
        },
    ];
    for (chart, path) in charts.iter().zip(picture::two(path)) {
        draw_chart(chart, &path)?;
        println!("{}", path.display());
    }
    Ok(())
}

//! A recurrent layer learns to weigh evidence, which takes a memory of hundreds of milliseconds: neurons that adapt have one.
//!
//! Five cues come from the left or right; after a delay the readout is to say on which side there were more. The layer learns by e-prop
//! with random feedback: once with 50 neurons that adapt among 100, once with none. It prints the part of wrong decisions and the firing
//! rate as training goes on, and draws them into `evidence_accumulation.png`, or the picture named by its argument:
//!
//! ```sh
//! cargo run --release -p alif --features learn,jit,plot,threads --example evidence_accumulation
//! ```
//!
//! The task is that of Bellec et al. (2020), Nat. Commun. 11:3625, doi:10.1038/s41467-020-17236-y, with five cues in place of seven and a
//! shorter delay.
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
use tasks::evidence::{Evidence, ITERATIONS, Progress, recent};

const SHOWN: [usize; 6] = [10, 50, 100, 150, 200, 250];
const SEEDS: u64 = 3;

fn main() -> ExitCode {
    picture::main("evidence_accumulation", run)
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    println!("Wrong decisions, the mean of ten iterations of 32 trials, by iteration; and the final rate in Hz:\n");
    print!("{:24}", "neurons, seed");
    SHOWN.iter().for_each(|iteration| print!("{iteration:>9}"));
    println!("{:>9}", "rate");
    let (mut losses, mut errors) = (vec![], vec![]);
    for (name, adaptive) in [("50 LIF, 50 ALIF", true), ("100 LIF", false)] {
        for seed in 1..=SEEDS {
            let mut evidence = Evidence::new(adaptive, seed, 0)?;
            let course = (0..ITERATIONS)
                .map(|_| evidence.learn())
                .collect::<Result<Vec<Progress>, _>>()?;
            print!("{:24}", format!("{name}, {seed}"));
            SHOWN
                .iter()
                .for_each(|&iteration| print!("{:9.3}", recent(&course, iteration)));
            println!("{:9.1}", course[ITERATIONS - 1].rate);
            if seed == 1 {
                let points = |of: &dyn Fn(usize) -> f64| (1..=ITERATIONS).map(|k| (k as f64, of(k))).collect();
                let curve = |points| Curve {
                    label: name.into(),
                    points,
                    style: Style::Line,
                };
                losses.push(curve(points(&|k| course[k - 1].loss)));
                errors.push(curve(points(&|k| recent(&course, k))));
            }
        }
    }
    let chart = |title: &str, y: &str, curves| Chart {
        title: title.into(),
        x: "iteration".into(),
        y: y.into(),
        curves,
    };
    let charts = [
        chart("Evidence accumulation with e-prop: loss", "cross-entropy", losses),
        chart(
            "Evidence accumulation with e-prop: wrong decisions",
            "part of trials (mean of ten iterations)",
            errors,
        ),
    ];
    for (chart, path) in charts.iter().zip(picture::two(path)) {
        draw_chart(chart, &path)?;
        println!("{}", path.display());
    }
    Ok(())
}

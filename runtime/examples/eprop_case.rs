//! Trains a layer as NEST did in a recorded case, and compares: losses, every spike, gradients, weights.
//!
//! ```sh
//! cargo run --release -p alif --features learn,jit --example eprop_case -- tests/reference/eprop/C_regression_mixed_clean
//! ```
//!
//! The layout of such a folder is told in `tests/reference/README.md`. The case runs in double precision, compiled and interpreted.
#![allow(clippy::print_stdout, reason = "prints a table")]

mod reference;

use std::process::ExitCode;

use alif::Engine;

use reference::trials::Case;
use reference::{CaseError, folder_argument};

fn main() -> ExitCode {
    reference::end(run())
}

fn run() -> Result<bool, CaseError> {
    let case = Case::open(&folder_argument("eprop_case")?)?;
    let mut holds = true;
    for engine in [Engine::Compiled, Engine::Interpreter] {
        let verdict = case.run(engine)?;
        println!("{engine}:");
        println!("  {:>5}  {:>20}  {:>20}", "trial", "loss", "NEST");
        for (trial, (found, wanted)) in verdict.losses.iter().zip(&verdict.recorded).enumerate() {
            println!("  {trial:5}  {found:20.15}  {wanted:20.15}");
        }
        let spikes = match verdict.spikes_differ.as_slice() {
            [] => format!("all {} as recorded", verdict.spikes),
            trials => format!("not as recorded in trials {trials:?}"),
        };
        println!("  spikes                                    {spikes}");
        println!("  largest difference of a loss (relative)   {:.1e}", verdict.loss);
        println!("  largest differences relative to the largest element:");
        println!("    outputs                                 {:.1e}", verdict.readout);
        let three = |d: [f64; 3]| format!("W_in {:.1e}, W_rec {:.1e}, W_out {:.1e}", d[0], d[1], d[2]);
        println!(
            "    gradients of the first trial            {}",
            three(verdict.gradients)
        );
        println!("    weights after the last trial            {}", three(verdict.weights));
        println!(
            "  {}",
            if verdict.holds() {
                "as recorded"
            } else {
                "NOT as recorded: more than 1e-9"
            }
        );
        holds &= verdict.holds();
    }
    Ok(holds)
}

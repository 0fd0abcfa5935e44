//! Compares gradients of a layer with those that JAX found: backpropagation through time and e-prop, with respect to weights and parameters.
//!
//! ```sh
//! cargo run --release -p alif --features learn,jit --example gradcheck -- tests/reference/eprop/D_gradcheck
//! ```
//!
//! The layout of such a folder is told in `tests/reference/README.md`. The case runs in double precision, compiled and interpreted.
#![allow(clippy::print_stdout, reason = "prints a table")]

mod reference;

use std::process::ExitCode;

use alif::Engine;

use reference::gradients::Case;
use reference::{CaseError, folder_argument};

fn main() -> ExitCode {
    reference::end(run())
}

fn run() -> Result<bool, CaseError> {
    let case = Case::open(&folder_argument("gradcheck")?)?;
    let mut holds = true;
    for engine in [Engine::Compiled, Engine::Interpreter] {
        let comparison = case.run(engine)?;
        println!("{engine}: largest differences, relative to the largest element");
        for row in &comparison.rows {
            println!("  {:20} {:6} {:8.1e}", row.set, row.quantity, row.deviation);
        }
        println!(
            "  spikes: {}",
            if comparison.spikes {
                "all as recorded"
            } else {
                "NOT as recorded"
            }
        );
        println!(
            "  {}",
            if comparison.holds() {
                "as recorded"
            } else {
                "NOT as recorded: more than 1e-9"
            }
        );
        holds &= comparison.holds();
    }
    Ok(holds)
}

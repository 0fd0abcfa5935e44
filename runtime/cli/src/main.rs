//! The command line of alif: check, explain, show, run and format neuron models.
//!
//! Results go to the standard output, everything that is said about them to the standard error. The exit status is 0 on
//! success, 1 when a model, a value or a file cannot be used, and 2 when the command line itself is not understood.

#![forbid(unsafe_code)]

mod args;
mod arrays;
mod bench;
mod check;
mod diagnostics;
mod draws;
mod explain;
mod fmt;
mod limits;
mod memory;
mod meta;
mod output;
mod parse;
mod plan;
mod plotting;
mod report;
mod run;
mod settings;
mod show;
mod source;
mod spool;
mod terminal;
mod timings;
mod values;

use std::process::ExitCode;
use std::time::Instant;

use alif_grammar::Code;
use clap::Parser;
use clap::error::ErrorKind;

use args::{Cli, Command};
use terminal::Failure;

fn main() -> ExitCode {
    let start = Instant::now();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    terminal::allow(&cli.allow);
    limits::set(&cli.limit);
    let done = match &cli.command {
        Command::Check(args) => check::check(args),
        Command::Explain(args) => explain::explain(args),
        Command::Show(args) => show::show(args),
        Command::Run(args) => run::run(args, start),
        Command::Bench(args) => bench::bench(args),
        Command::Fmt(args) => fmt::fmt(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Failure::Message { code, message, help } = failure {
                terminal::tell(code, &message, help.as_deref());
            }
            ExitCode::FAILURE
        }
    }
}

/// Says why the command line cannot be followed, or gives the help that was asked for.
fn not_understood(error: &clap::Error) -> ExitCode {
    match error.kind() {
        // The command is clear, but a value cannot be used.
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::ArgumentConflict => {
            let text = error.render().to_string();
            let named = Code::ALL
                .iter()
                .find(|code| text.contains(&format!("{}: ", code.as_str())));
            let code = named.copied().unwrap_or(Code::OptionValue).as_str();
            let text = text.replacen(&format!("{code}: "), "", 1);
            let text = text.replacen("error:", &format!("error[{code}]:"), 1);
            terminal::raw_message(&format!("{}\n", terminal::safe(&text)));
            ExitCode::FAILURE
        }
        kind => {
            // Nothing can be done when the message cannot be written.
            let _ = error.print();
            match kind {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(2),
            }
        }
    }
}

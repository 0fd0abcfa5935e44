//! One binary, a module per question.
#![allow(
    clippy::print_stdout,
    reason = "tables of errors and verdicts, shown by `--nocapture`"
)]

mod analytic;
mod backends;
mod bad_models;
mod brainpy;
mod certificate;
mod cli;
mod diagnostics;
mod events;
mod footprint;
mod gallery;
mod generated;
mod gradients;
mod language;
mod learn;
mod macros;
mod memory;
mod methods;
mod models;
mod mutations;
mod noise;
mod pages;
mod parse;
mod quantities;
mod schedules;
mod solvers;
mod support;
mod surface;

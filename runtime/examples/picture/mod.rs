//! What examples with pictures share.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs an example whose one argument may name its picture.
pub(crate) fn main(name: &str, run: impl Fn(&Path) -> Result<(), Box<dyn Error>>) -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments
        .next()
        .map_or_else(|| format!("{name}.png").into(), PathBuf::from);
    if arguments.next().is_some() {
        eprintln!("usage: {name} [PICTURE], where PICTURE ends in .png or .svg");
        return ExitCode::FAILURE;
    }
    match run(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The picture of the course of learning, and that of its result: `NAME_loss.EXTENSION` and `NAME.EXTENSION`.
pub(crate) fn two(path: &Path) -> [PathBuf; 2] {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    [path.with_file_name(format!("{stem}_loss.{extension}")), path.to_owned()]
}

//! Crates of models, written at test time and built in one go.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::workspace;

/// A crate that prints the courses of its models.
pub(super) struct Package {
    pub(super) name: &'static str,
    /// The optimisation level of its code.
    pub(super) optimised: u8,
    /// The source of its models.
    pub(super) models: String,
    /// The names of their types with the seeds of their courses.
    pub(super) types: Vec<(String, u64)>,
}

/// Where the crates and what they are built into stand; a second run finds what the first one left.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated")
}

/// Builds the crates, and gives what each of them prints.
pub(super) fn build_and_run(packages: &[Package]) -> Vec<String> {
    write_workspace(packages);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--offline", "--quiet", "--target-dir", "target"])
        .current_dir(folder())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "in {}:\n{}",
        folder().display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let run = |package: &Package| {
        let program = format!("{}{}", package.name, std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(folder().join("target/debug").join(program));
        command.stdout(Stdio::piped()).spawn().expect("the program runs")
    };
    let running: Vec<_> = packages.iter().map(run).collect();
    let printed = |(child, package): (std::process::Child, &Package)| {
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success(), "{} failed", package.name);
        String::from_utf8(output.stdout).expect("text")
    };
    running.into_iter().zip(packages).map(printed).collect()
}

/// A workspace of its own, with the versions of this one. What is used by all crates is optimised once.
fn write_workspace(packages: &[Package]) {
    let names: Vec<&str> = packages.iter().map(|package| package.name).collect();
    let mut manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {names:?}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n\
         [profile.dev.package.\"*\"]\nopt-level = 1\n"
    );
    for package in packages {
        let (name, level) = (package.name, package.optimised);
        write!(manifest, "\n[profile.dev.package.{name}]\nopt-level = {level}\n").expect("text");
        write(&format!("{name}/Cargo.toml"), &package_manifest(name));
        write(&format!("{name}/src/main.rs"), &main(package));
        write(&format!("{name}/src/models.rs"), &package.models);
        for file in shipped_files() {
            let text = std::fs::read_to_string(workspace().join("models").join(&file)).expect("a model");
            write(&format!("{name}/models/{file}"), &text);
        }
    }
    write("Cargo.toml", &manifest);
    // Cargo takes out what these crates do not need.
    std::fs::copy(workspace().join("Cargo.lock"), folder().join("Cargo.lock")).expect("the versions of this workspace");
}

/// The files of `models/`.
pub(super) fn shipped_files() -> Vec<String> {
    let entries = std::fs::read_dir(workspace().join("models")).expect("a folder of models");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut files: Vec<String> = names.filter(|name| name.ends_with(".alif")).collect();
    files.sort();
    files
}

fn package_manifest(name: &str) -> String {
    let path = |folder: &str| toml_text(&workspace().join(folder));
    format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         alif = {{ path = {}, default-features = false, features = [\"std\", \"macros\"] }}\n\
         alif-core = {{ path = {}, features = [\"std\"] }}\n",
        path("runtime"),
        path("runtime/core")
    )
}

/// The program of a crate: the courses of its models in both precisions, with vectors of every level of this machine.
fn main(package: &Package) -> String {
    let path = |file: &str| toml_text(&workspace().join("tests").join(file));
    let mut calls = String::new();
    for (name, seed) in &package.types {
        writeln!(calls, "    print::<models::{name}>({name:?}, {seed});").expect("text");
    }
    format!(
        "#![allow(warnings)]
mod support {{
    #[path = {random}]
    mod random;
    pub(crate) use random::Random;
}}
#[path = {course}]
mod course;
#[path = {levels}]
mod levels;
mod models;

fn main() {{
{calls}}}

fn print<M: alif_core::generated::Generated + Default>(name: &str, seed: u64) {{
    for (level, neuron) in levels::levels::<M>() {{
        for precision in [alif::Precision::F32, alif::Precision::F64] {{
            println!(\"# {{name}} {{precision}} {{level}}\");
            print!(\"{{}}\", course::course(&neuron, alif::Engine::Compiled, precision, seed));
        }}
    }}
}}
",
        random = path("support/random.rs"),
        course = path("generated/course.rs"),
        levels = path("generated/levels.rs"),
    )
}

/// A path as a text of TOML and of Rust.
fn toml_text(path: &Path) -> String {
    format!("{:?}", path.to_str().expect("a path of letters"))
}

/// Writes a file, unless it is there as it should be: cargo builds again what is younger than its result.
fn write(file: &str, text: &str) {
    let path = folder().join(file);
    if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return;
    }
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, text).expect("a file");
}

//! What do users of the macro compile and link: no compiler of models, no C, and, where there is none, no standard library?

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::workspace;

#[path = "no_std/model.rs"]
mod model;

/// Cargo, without the network and with what `Cargo.lock` says.
fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(folder)
        .output();
    output.expect("cargo runs")
}

/// The packages that are linked into a program which depends on `alif` with these features.
fn linked(features: &[&str]) -> BTreeSet<String> {
    let tree = ["tree", "-p", "alif", "-e", "normal,no-proc-macro", "--prefix", "none"];
    let output = cargo(workspace(), &[&tree, features].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names of packages are text");
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// Name, version and checksum of each package of a `Cargo.lock`.
fn locked(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).expect("a text");
    let packages = text.split("[[package]]").skip(1);
    packages
        .map(|package| {
            let identity = package.lines().filter(|line| {
                let key = line.split(" = ").next();
                key.is_some_and(|key| ["name", "version", "checksum"].contains(&key))
            });
            identity.collect::<Vec<_>>().join(", ")
        })
        .collect()
}

fn has_package(names: &BTreeSet<String>, part: &str) -> bool {
    names.iter().any(|name| name.contains(part))
}

#[test]
fn compilers_of_models_are_linked_only_where_asked_for() {
    let compilers = ["alif-compiler", "alif-grammar", "cranelift", "pest"];
    for features in [&[][..], &["--no-default-features"], &["--features", "plot"]] {
        let linked = linked(features);
        assert!(linked.contains("alif-core"), "{linked:?}");
        let too_many: Vec<_> = compilers.iter().filter(|part| has_package(&linked, part)).collect();
        assert!(too_many.is_empty(), "with {features:?}: {too_many:?} of {linked:?}");
    }
    let load = linked(&["--features", "load"]);
    assert!(
        has_package(&load, "alif-compiler") && has_package(&load, "pest"),
        "{load:?}"
    );
    assert!(!has_package(&load, "cranelift"), "{load:?}");
    assert!(has_package(&linked(&["--features", "jit"]), "cranelift-jit"));
}

/// `Cargo.lock` names what any platform and any feature may need.
#[test]
fn no_package_compiles_c() {
    let packages = locked(&workspace().join("Cargo.lock"));
    assert!(has_package(&packages, "name = \"libm\""), "{packages:?}");
    for builder in ["cc", "cmake", "bindgen", "pkg-config", "vcpkg"] {
        assert!(!has_package(&packages, &format!("name = \"{builder}\"")), "{builder}");
    }
}

fn no_std() -> std::path::PathBuf {
    workspace().join("tests/no_std")
}

/// Otherwise cargo would have to fetch what only this program needs.
#[test]
fn the_program_without_std_has_the_packages_of_the_workspace() {
    let workspace = locked(&workspace().join("Cargo.lock"));
    let own = locked(&no_std().join("Cargo.lock"));
    let further: Vec<_> = own.difference(&workspace).collect();
    assert_eq!(further, ["name = \"alif-no-std\", version = \"0.0.0\""]);
}

/// Builds the program of `no_std`, for which there is a C library to start it on these systems.
#[cfg(unix)]
#[test]
fn a_program_without_std_gives_the_same_bits() {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/no_std");
    let build = ["build", "--release", "--target-dir", target];
    let built = cargo(&no_std(), &build);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let program = Path::new(target).join("release/alif-no-std");
    let ran = Command::new(program).output().expect("the program starts");
    assert!(ran.status.success(), "{:?}", ran.status);
    let without = String::from_utf8(ran.stdout).expect("numbers are text");

    let mut with = Vec::new();
    model::outcome(|number| with.push(format!("{number:016x}"))).expect("a run");
    assert!(with.len() > 1000, "{}", with.len());
    assert!(without.lines().eq(with), "other numbers than with the standard library");

    let refused = cargo(&no_std(), &[&build[..], &["--features", "std"]].concat());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("`panic_impl`"), "{said}");
}

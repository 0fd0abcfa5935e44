//! Does compiled code go away with its owner, and is memory never writable and executable at once?
//!
//! Other tests of this binary take and give back memory meanwhile, so each question runs in a process of its own: the test
//! starts this binary again for the one ignored test that does the work. Linux only, where `/proc` tells.

#![cfg(target_os = "linux")]

use std::process::Command;

use alif::prelude::*;

use crate::support::{model, workspace};

/// Cycles before memory is looked at for the first time, and from then on.
const WARM_UP: usize = 100;
const CYCLES: usize = 1000;
/// Growth allowed over all cycles.
const ALLOWED: usize = 1 << 20;

/// Runs an ignored test of this binary alone in a process.
fn alone(test: &str) {
    let output = Command::new(std::env::current_exe().expect("the path of these tests"))
        .args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect("the tests run again");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .filter(|line| line.starts_with("  "))
        .for_each(|line| println!("{}", line.trim()));
}

#[test]
fn a_thousand_compilations_leave_no_memory_behind() {
    alone("memory::compile_and_drop");
}

#[test]
fn no_memory_is_writable_and_executable() {
    alone("memory::scan_mappings");
}

/// A text of a shipped model.
fn text(file: &str) -> String {
    std::fs::read_to_string(workspace().join("models").join(file)).expect("a model")
}

const FILES: [&str; 2] = ["alif.alif", "alif_bellec2020.alif"];

/// From text to kernel to a few steps, and all of it dropped again.
fn cycle(texts: &[String], at: usize) {
    let model = model(&texts[at % texts.len()]);
    let precision = if at % 4 < 2 { Precision::F32 } else { Precision::F64 };
    let mut population = model
        .population(64)
        .precision(precision)
        .input("I", 20.0)
        .build()
        .expect("a population");
    population.run(3).expect("a run");
}

/// Bytes in memory, and bytes of address space.
fn memory() -> (usize, usize) {
    let text = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages: Vec<usize> = text
        .split_whitespace()
        .take(2)
        .map(|n| n.parse().expect("a number"))
        .collect();
    // At least: pages may be larger.
    (pages[1] * 4096, pages[0] * 4096)
}

#[test]
#[ignore = "run alone by `a_thousand_compilations_leave_no_memory_behind`"]
fn compile_and_drop() {
    let texts = FILES.map(text);
    (0..WARM_UP).for_each(|at| cycle(&texts, at));
    let before = memory();
    (0..CYCLES).for_each(|at| cycle(&texts, at));
    let after = memory();
    let grown = [after.0.saturating_sub(before.0), after.1.saturating_sub(before.1)];
    println!(
        "\n  {CYCLES} cycles: {} bytes more in memory, {} more of address space",
        grown[0], grown[1]
    );
    assert!(grown.iter().all(|&bytes| bytes < ALLOWED), "{grown:?}");
}

/// How many of the mappings are executable, or the first one that is writable too.
fn executable(maps: &str) -> Result<usize, String> {
    let permissions = |line: &str| line.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let both = |line: &&str| permissions(line).contains('w') && permissions(line).contains('x');
    match maps.lines().find(both) {
        Some(line) => Err(line.to_owned()),
        None => Ok(maps.lines().filter(|line| permissions(line).contains('x')).count()),
    }
}

#[test]
fn a_mapping_that_is_both_would_be_seen() {
    let code = "7f00-7f01 r-xp 00000000 00:00 0\n7f01-7f02 rw-p 00000000 00:00 0";
    assert_eq!(executable(code), Ok(1));
    assert!(executable(&format!("{code}\n7f02-7f03 rwxp 00000000 00:00 0")).is_err());
}

/// The executable mappings of this process.
fn executable_mappings(when: &str) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux tells");
    executable(&maps).unwrap_or_else(|line| panic!("writable and executable {when}: {line}"))
}

#[test]
#[ignore = "run alone by `no_memory_is_writable_and_executable`"]
fn scan_mappings() {
    let none = executable_mappings("at the start");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // One thread looks all the time while the other compiles, runs and drops.
        let watcher = scope.spawn(|| {
            let mut looks = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                executable_mappings("meanwhile");
                looks += 1;
            }
            looks
        });
        let mut most = 0;
        for file in FILES {
            let model = model(&text(file));
            executable_mappings("compiled");
            let populations = [Precision::F32, Precision::F64].map(|precision| {
                let mut population = model
                    .population(100)
                    .precision(precision)
                    .input("I", 20.0)
                    .build()
                    .expect("a population");
                most = most.max(executable_mappings("built"));
                population.run(10).expect("a run");
                executable_mappings("run");
                population
            });
            drop(populations);
            executable_mappings("populations dropped");
        }
        let texts = FILES.map(text);
        (0..50).for_each(|at| cycle(&texts, at));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        let looks = watcher.join().expect("no mapping was both");
        assert!(most > none, "no kernel was ever mapped: {none} and {most}");
        assert_eq!(executable_mappings("at the end"), none, "code was left behind");
        println!(
            "\n  {looks} looks at the mappings; at most {} more executable ones than without kernels",
            most - none
        );
    });
}

//! The surrogates against BrainPy's tables, as steps compute them: the gradient of a spike by what its surrogate is a function of.

use std::sync::Arc;

use alif::{AdjointOptions, SurrogateChoice};
use alif_compiler::adjoint::adjoint;
use alif_compiler::backend::cranelift::{JitOptions, compile};
use alif_compiler::surrogate::{SURROGATES, SurrogateInfo};
use alif_core::Real;

use super::rig::Rig;
use crate::support;

/// The surrogate of a class of BrainPy.
pub(crate) fn named(class: &str) -> &'static SurrogateInfo {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let found = SURROGATES.iter().find(|row| plain(row.name) == plain(class));
    found.unwrap_or_else(|| panic!("no surrogate `{class}`"))
}

/// A column such as `GaussianGrad_alpha=0.8_sigma=0.3`.
fn choice(column: &str) -> SurrogateChoice {
    let mut parts = column.split('_').peekable();
    let class = parts.next().expect("a class");
    let mut settings: Vec<(String, f64)> = Vec::new();
    let mut name = String::new();
    for part in parts {
        // Names of settings have underscores too.
        name = if name.is_empty() {
            part.to_owned()
        } else {
            format!("{name}_{part}")
        };
        if let Some((setting, value)) = name.clone().split_once('=') {
            settings.push((setting.to_owned(), value.parse().expect("a number")));
            name.clear();
        }
    }
    SurrogateChoice {
        name: named(class).name.to_owned(),
        settings,
    }
}

/// The surrogate at some values, by the interpreter and by compiled code, which agree to the bit.
fn values<T: Real>(choice: SurrogateChoice, at: &[f64]) -> Vec<f64> {
    let model = support::model(
        "model Test { state n = 0; input x; spike when x >= 0 { n += 1; } learn { surrogate relu_grad(x); } }",
    );
    let options = AdjointOptions {
        surrogate: Some(choice),
        ..AdjointOptions::default()
    };
    let found = adjoint(model.compiled(), &options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut interpreted = Rig::<T>::new(&found.program);
    let mut compiled = Rig::<T>::new(&found.program).with_kernel(|program, specialization| {
        Arc::new(compile::<T>(program, specialization, JitOptions::default()).unwrap_or_else(|error| panic!("{error}")))
    });
    let one = |x: f64, rig: &mut Rig<T>| {
        rig.set_state(0, 0.0);
        rig.set_input(found.map.drives[0], x);
        rig.set_input(found.map.loss_spike.expect("a spike"), 1.0);
        rig.step();
        rig.state(found.map.inputs[0])
    };
    at.iter()
        .map(|&x| {
            let (a, b) = (one(x, &mut interpreted), one(x, &mut compiled));
            assert_eq!(a.to_bits(), b.to_bits());
            a
        })
        .collect()
}

fn compare<T: Real>(file: &str, tolerance: f64) -> usize {
    let text = std::fs::read_to_string(support::reference().join("brainpy").join(file)).expect("a table");
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let rows: Vec<Vec<f64>> = lines
        .map(|line| line.split(',').map(|cell| cell.parse().expect("a number")).collect())
        .collect();
    let at: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let mut columns = 0;
    for (column, name) in head.iter().enumerate() {
        let Some(name) = name.strip_suffix(":grad") else {
            continue;
        };
        columns += 1;
        let found = values::<T>(choice(name), &at);
        for ((x, found), row) in at.iter().zip(found).zip(&rows) {
            let wanted = row[column];
            let error = (found - wanted).abs() / wanted.abs().max(1.0);
            assert!(error <= tolerance, "{name} at {x}: {found} and not {wanted}");
        }
    }
    columns
}

#[test]
fn surrogates_are_those_of_brainpy() {
    let found = compare::<f64>("surrogates_default.f64.csv", 1e-14) + compare::<f64>("surrogates_alt.f64.csv", 1e-14);
    println!("{found} columns");
    assert!(found >= SURROGATES.len());
    // Jumps between two single numbers are where their doubles are not.
    assert!(compare::<f32>("surrogates_alt.f64.csv", 2e-6) > 0);
}

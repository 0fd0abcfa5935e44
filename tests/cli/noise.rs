//! Noise whose numbers are given on the command line.

use ndarray::Array2;
use ndarray_npy::write_npy;

use super::{Folder, run};

/// A run of a model with noise; what it recorded, as text.
fn recorded(folder: &Folder, options: &[&str]) -> String {
    let out = folder.file("out.csv");
    let all = [
        "run",
        "models/lif_ou.alif",
        "--solver",
        "exponential_euler",
        "--steps",
        "40",
        "--n",
        "3",
    ];
    let rest = ["--record", "V,I_n", "--input", "I=500pA", "--out", &out];
    run(&[&all[..], &rest, options].concat()).good();
    std::fs::read_to_string(&out).expect("a recording")
}

#[test]
fn noise_is_taken_from_outside() {
    let folder = Folder::new("noise");
    let silent = recorded(&folder, &["--set", "sigma=0pA"]);
    assert_eq!(recorded(&folder, &["--noise", "xi=0"]), silent);
    let file = folder.file("xi.npy");
    let numbers = Array2::from_shape_fn((40, 3), |(step, neuron)| (step as f64 - 20.0) / (4.0 + neuron as f64));
    write_npy(&file, &numbers).expect("a file");
    let given = format!("xi=@{file}");
    let [one, other] = ["1", "2"].map(|seed| recorded(&folder, &["--noise", &given, "--seed", seed]));
    assert!(
        one == other && one != silent,
        "numbers that are given depend on no seed"
    );
}

#[test]
fn noise_that_cannot_be_given_is_refused() {
    run(&["run", "models/lif_ou.alif", "--noise", "xi=0"]).refused(&[
        "E0407",
        "`xi`",
        "several states",
        "exponential_euler",
    ]);
    run(&["run", "models/lif_ou.alif", "--noise", "eta=0"]).refused(&["E0407", "no noise `eta`", "`xi`"]);
    let euler = ["run", "models/lif_ou.alif", "--solver", "euler", "--steps", "5"];
    run(&[&euler[..], &["--noise", "xi=3mV"]].concat()).refused(&["--noise xi=3mV"]);
    run(&[&euler[..], &["--noise", "xi=0", "--noise", "xi=1"]].concat()).refused(&["--noise xi=1", "was given before"]);
    run(&[&euler[..], &["--input", "xi=0"]].concat()).refused(&["--input xi=0"]);
}

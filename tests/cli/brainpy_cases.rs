//! Three of BrainPy's cases through the binary.

use ndarray::{Array1, Array2};
use ndarray_npy::write_npy;

use super::{Folder, recordings::course_of, run};
use crate::brainpy::{Case, Drive, judge_course, three_cases};

/// A value as an option: a number, or a file with one value a neuron.
fn value(folder: &Folder, name: &str, values: &[f64]) -> String {
    if let [one] = values {
        return format!("{name}={one}");
    }
    let file = folder.file(&format!("{name}.npy"));
    write_npy(&file, &Array1::from(values.to_vec())).expect("a file");
    format!("{name}=@{file}")
}

fn arguments(case: &Case, folder: &Folder, out: &str) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "run",
        "models/alif_bellec2020.alif",
        "--precision",
        "f64",
        "--record",
        "V,a",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut option = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    option("--n", case.neurons.to_string());
    option("--dt", format!("{}ms", case.dt));
    option("--steps", case.steps.to_string());
    option("--out", out.to_owned());
    for (name, values) in &case.set {
        option("--set", value(folder, name, values));
    }
    for (name, values) in [("V", &case.v0), ("a", &case.a0)] {
        option("--init", value(folder, name, values));
    }
    match &case.drive {
        Drive::Constant(values) => option("--input", value(folder, "I", values)),
        Drive::Stream(values) => {
            let file = folder.file("I.npy");
            let array = Array2::from_shape_vec((case.steps, case.neurons), values.clone()).expect("steps × neurons");
            write_npy(&file, &array).expect("a file");
            option("--input", format!("I=@{file}"));
        }
    }
    arguments
}

#[test]
fn three_cases_of_brainpy_through_the_binary() {
    let cases = three_cases();
    assert_eq!(cases.len(), 3, "three cases in double precision are wanted");
    for case in cases {
        let folder = Folder::new(&case.name);
        let out = folder.file("out.npz");
        let arguments = arguments(&case, &folder, &out);
        run(&arguments.iter().map(String::as_str).collect::<Vec<&str>>()).good();
        let course = course_of(&out, case.steps, case.neurons);
        match judge_course(&case, &course) {
            Ok(verdict) => println!("{} through the binary: {}", case.name, verdict.text()),
            Err(reason) => panic!("{}: {reason}", case.name),
        }
    }
}

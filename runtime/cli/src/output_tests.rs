//! Files are read back and compared.

use super::*;
use ndarray::Array1;
use ndarray_npy::NpzReader;
use std::fs::{self, File};
use std::path::PathBuf;

fn recording(every: usize) -> Recording {
    let steps: Vec<u64> = (0..6).skip(every - 1).step_by(every).collect();
    let trace = |name: &str, unit: &str, offset: f64| Trace {
        name: name.to_owned(),
        unit: unit.to_owned(),
        neurons: vec![2, 0],
        shape: 2.into(),
        steps: steps.clone(),
        values: (0..2 * steps.len()).map(|k| offset + k as f64 / 4.0).collect(),
    };
    let spike = |step, neuron| Spike { step, neuron };
    Recording {
        dt: 0.1,
        first_step: 0,
        steps: 6,
        neurons: 3,
        shape: 3.into(),
        spike_count: 5,
        spikes: vec![spike(0, 1), spike(0, 2), spike(2, 0), spike(3, 2), spike(5, 0)],
        traces: vec![trace("V", "mV", -70.0), trace("a", "1", 0.0)],
    }
}

/// The spikes of a recording as a run keeps them.
fn spool(recording: &Recording) -> Spool {
    let mut spool = Spool::beside(&std::env::temp_dir().join("result")).expect("a temporary file");
    spool.extend(&recording.spikes).expect("written");
    spool
}

/// A path of this test's own; the file is removed with it, unless `ALIF_TEST_FILES` names a folder to keep files in.
struct TestFile(PathBuf);

impl TestFile {
    fn new(name: &str) -> Self {
        match std::env::var_os("ALIF_TEST_FILES") {
            Some(folder) => Self(PathBuf::from(folder).join(name)),
            None => {
                let name = format!("alif-output-{}-{name}", std::process::id());
                Self(std::env::temp_dir().join(name))
            }
        }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).expect("written")
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        if std::env::var_os("ALIF_TEST_FILES").is_none() {
            let _ = fs::remove_file(&self.0);
        }
    }
}

#[test]
fn npz_holds_all_arrays() {
    let file = TestFile::new("all.npz");
    let mut recording = recording(2);
    recording.traces[1].name = "t".to_owned();
    write_npz(
        &file.0,
        &recording,
        &mut spool(&recording),
        r#"{"model": "ALIF", "τ": "µs 🙂"}"#,
    )
    .expect("writes");
    let mut npz = NpzReader::new(File::open(&file.0).expect("written")).expect("a zip archive");
    let names = ["spike_step", "spike_neuron", "spike_t", "t", "V", "t_1", "meta"];
    assert_eq!(npz.names().expect("names"), names);
    let steps: Array1<u64> = npz.by_name("spike_step").expect("u64");
    assert_eq!(steps.to_vec(), [0, 0, 2, 3, 5]);
    let neurons: Array1<u32> = npz.by_name("spike_neuron").expect("u32");
    assert_eq!(neurons.to_vec(), [1, 2, 0, 2, 0]);
    let t: Array1<f64> = npz.by_name("spike_t").expect("f64");
    assert_eq!(t.to_vec(), [0.1, 0.1, 3.0 * 0.1, 0.4, 6.0 * 0.1]);
    let t: Array1<f64> = npz.by_name("t").expect("f64");
    assert_eq!(t.to_vec(), [0.2, 0.4, 6.0 * 0.1]);
    let values: ndarray::Array2<f64> = npz.by_name("V").expect("f64");
    assert_eq!(
        values,
        ndarray::array![[-70.0, -69.75], [-69.5, -69.25], [-69.0, -68.75]]
    );
}

#[test]
fn npz_of_nothing() {
    let file = TestFile::new("nothing.npz");
    let mut recording = recording(1);
    recording.spikes.clear();
    recording.traces.clear();
    write_npz(&file.0, &recording, &mut spool(&recording), "").expect("writes");
    let mut npz = NpzReader::new(File::open(&file.0).expect("written")).expect("a zip archive");
    let t: Array1<f64> = npz.by_name("t").expect("f64");
    assert!(t.is_empty());
}

#[test]
fn headers_are_aligned() {
    for length in 0..200 {
        let text = "x".repeat(length);
        let mut bytes = Vec::new();
        Unicode(&text).write_npy(&mut bytes).expect("writes");
        let end = bytes.iter().position(|b| *b == b'\n').expect("a line end");
        assert_eq!((end + 1) % 64, 0);
        assert_eq!(bytes.len() - end - 1, 4 * length.max(1));
    }
}

#[test]
fn csv_of_spikes() {
    let file = TestFile::new("spikes.csv");
    let mut recording = recording(1);
    recording.traces.clear();
    write_csv(&file.0, &recording, &mut spool(&recording)).expect("writes");
    assert_eq!(
        file.text(),
        "t_ms,step,neuron\n0.1,0,1\n0.1,0,2\n0.3,2,0\n0.4,3,2\n0.6,5,0\n"
    );
}

#[test]
fn csv_of_traces() {
    let file = TestFile::new("traces.csv");
    let mut every_step = recording(1);
    every_step.traces[0].values[1] = f64::NAN;
    every_step.traces[1].values[1] = 1e-300;
    write_csv(&file.0, &every_step, &mut spool(&every_step)).expect("writes");
    let text = file.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "t_ms,step,neuron,V [mV],a,spike");
    assert_eq!(lines[1], "0.1,0,2,-70,0,1");
    assert_eq!(lines[2], "0.1,0,0,nan,1e-300,0");
    assert_eq!(lines[12], "0.6,5,0,-67.25,2.75,1");
    assert_eq!(lines.len(), 13);

    let third = recording(3);
    write_csv(&file.0, &third, &mut spool(&third)).expect("writes");
    let expected = "t_ms,step,neuron,V [mV],a,spike\n\
        0.3,2,2,-70,0,1\n0.3,2,0,-69.75,0.25,1\n0.6,5,2,-69.5,0.5,1\n0.6,5,0,-69.25,0.75,1\n";
    assert_eq!(file.text(), expected);
}

#[test]
fn traces_that_do_not_fit_are_refused() {
    let file = TestFile::new("refused");
    let mut other = recording(1);
    other.traces[1].steps.pop();
    let spikes = &mut spool(&other);
    for result in [
        write_npz(&file.0, &other, spikes, ""),
        write_csv(&file.0, &other, spikes),
    ] {
        let message = result.expect_err("other steps").to_string();
        assert!(
            message.contains("`V` and `a` were not recorded for the same steps"),
            "{message}"
        );
    }
    let mut short = recording(1);
    short.traces[1].values.pop();
    let spikes = &mut spool(&short);
    for result in [
        write_npz(&file.0, &short, spikes, ""),
        write_csv(&file.0, &short, spikes),
    ] {
        let message = result.expect_err("a value is missing").to_string();
        assert!(
            message.contains("`a` has 11 values for 6 steps of 2 neurons"),
            "{message}"
        );
    }
    assert!(!file.0.exists());
}

#[test]
fn values_read_back() {
    for value in [0.0, -0.0, 1.0 / 3.0, f64::MAX, 5e-324, 1e17, -1e-5, f64::INFINITY] {
        let mut text = String::new();
        push_value(&mut text, value);
        assert!(text.len() < 26, "{text}");
        assert_eq!(text.parse::<f64>().expect("a number").to_bits(), value.to_bits());
    }
    assert_eq!(readable(3.0 * 0.1), "0.3");
    assert_eq!(quoted("a,b \"c\""), "\"a,b \"\"c\"\"\"");
}

//! Recordings of the binary against those of the library.

use std::fs::File;

use alif::prelude::*;
use ndarray::{Array1, Array2};
use ndarray_npy::{NpzReader, write_npy};

use super::{Folder, run};
use crate::brainpy::Course;
use crate::support::{Random, shipped};

/// The course in an archive of all neurons and steps.
pub(super) fn course_of(file: &str, steps: usize, neurons: usize) -> Course {
    let mut archive = NpzReader::new(File::open(file).expect("an archive")).expect("an archive of arrays");
    let step: Array1<u64> = archive.by_name("spike_step").expect("spike_step");
    let neuron: Array1<u32> = archive.by_name("spike_neuron").expect("spike_neuron");
    let mut spikes = vec![false; steps * neurons];
    for (step, neuron) in step.iter().zip(&neuron) {
        spikes[*step as usize * neurons + *neuron as usize] = true;
    }
    let mut trace = |name: &str| {
        let array: Array2<f64> = archive.by_name(name).expect("a trace");
        assert_eq!(array.dim(), (steps, neurons));
        array.iter().copied().collect()
    };
    Course {
        v: trace("V"),
        a: trace("a"),
        spikes,
    }
}

#[test]
fn archives_hold_what_the_library_records() {
    let folder = Folder::new("archive");
    let (n, steps) = (7, 400);
    let mut random = Random(3);
    let input: Vec<f64> = (0..n * steps).map(|_| random.between(0.0, 40.0)).collect();
    let tau: Vec<f64> = (0..n).map(|_| random.between(10.0, 30.0)).collect();
    let (input_file, tau_file, out) = (folder.file("I.npy"), folder.file("tau.npy"), folder.file("out.npz"));
    write_npy(&input_file, &Array2::from_shape_vec((steps, n), input.clone()).unwrap()).unwrap();
    write_npy(&tau_file, &Array1::from(tau.clone())).unwrap();
    for (precision, engine) in [
        (Precision::F32, Engine::Compiled),
        (Precision::F64, Engine::Interpreter),
    ] {
        let mut population = shipped("alif.alif")
            .population(n)
            .precision(precision)
            .engine(engine)
            .set("tau", tau.clone())
            .set("beta", 0.5)
            .init("V", 3.0)
            .input("I", Source::Stream(input.clone()))
            .record(Monitor::of("V").neurons([0, 1, 5]).every(3))
            .record(Monitor::of("threshold").neurons([0, 1, 5]).every(3))
            .record_spikes()
            .build()
            .unwrap();
        let wanted = population.run(steps as u64).unwrap();
        assert!(wanted.spikes.len() > 10);

        let (input, tau) = (format!("I=@{input_file}"), format!("tau=@{tau_file}"));
        let engine = match engine {
            Engine::Compiled => "jit",
            Engine::Interpreter => "interpreter",
        };
        let precision = precision.to_string();
        run(&[
            "run",
            "models/alif.alif",
            "--n",
            "7",
            "--dt",
            "0.1ms",
            "--steps",
            "400",
            "--set",
            &tau,
            "--set",
            "beta=0.5mV",
            "--init",
            "V=3 mV",
            "--input",
            &input,
            "--record",
            "V,threshold",
            "--record-neurons",
            "0:2,5",
            "--every",
            "3",
            "--precision",
            &precision,
            "--engine",
            engine,
            "--out",
            &out,
            "--quiet",
        ])
        .good();

        let mut archive = NpzReader::new(File::open(&out).unwrap()).unwrap();
        let step: Array1<u64> = archive.by_name("spike_step").unwrap();
        let neuron: Array1<u32> = archive.by_name("spike_neuron").unwrap();
        let spikes: Vec<Spike> = step
            .iter()
            .zip(&neuron)
            .map(|(&step, &neuron)| Spike { step, neuron })
            .collect();
        assert_eq!(spikes, wanted.spikes);
        let times: Array1<f64> = archive.by_name("spike_t").unwrap();
        assert_eq!(
            times.to_vec(),
            wanted.spikes.iter().map(|s| wanted.time(s.step)).collect::<Vec<f64>>()
        );
        let t: Array1<f64> = archive.by_name("t").unwrap();
        for trace in &wanted.traces {
            let found: Array2<f64> = archive.by_name(&trace.name).unwrap();
            assert_eq!(found.dim(), (133, 3));
            assert_eq!(
                found.iter().copied().collect::<Vec<f64>>(),
                trace.values,
                "{}",
                trace.name
            );
            assert_eq!(
                t.to_vec(),
                trace.steps.iter().map(|&s| wanted.time(s)).collect::<Vec<f64>>()
            );
        }
    }
}

#[test]
fn a_course_and_a_number_with_a_unit_are_inputs_too() {
    let folder = Folder::new("course");
    let (file, out, other) = (folder.file("I.npy"), folder.file("a.npz"), folder.file("b.npz"));
    write_npy(&file, &Array2::from_elem((300, 1), 25.0)).unwrap();
    let course = format!("I=@{file}");
    let base = [
        "run",
        "models/alif.alif",
        "--n",
        "2",
        "--quiet",
        "--record",
        "V,a",
        "--precision",
        "f64",
    ];
    run(&[&base[..], &["--steps", "300", "--input", &course, "--out", &out]].concat()).good();
    run(&[
        &base[..],
        &["--duration", "30ms", "--input", "I=25000 pA", "--out", &other],
    ]
    .concat())
    .good();
    let courses = [&out, &other].map(|file| course_of(file, 300, 2));
    assert_eq!(courses[0], courses[1]);
    assert!(courses[0].spikes.contains(&true));
}

#[test]
fn tables_have_a_row_a_spike() {
    let folder = Folder::new("table");
    let out = folder.file("out.csv");
    run(&[
        "run",
        "models/alif.alif",
        "--duration",
        "100ms",
        "--input",
        "I=25nA",
        "--out",
        &out,
        "--quiet",
    ])
    .good();
    let mut population = shipped("alif.alif")
        .population(1)
        .input("I", 25.0)
        .record_spikes()
        .build()
        .unwrap();
    let spikes = population.run(1000).unwrap().spikes;
    let text = std::fs::read_to_string(&out).unwrap();
    let steps: Vec<u64> = text
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    assert_eq!(steps, spikes.iter().map(|s| s.step).collect::<Vec<u64>>());
    assert!(!steps.is_empty());
}

//! Are the shipped models what their pages say, and do they run with nothing set?

mod behaviour;
mod conductances;
mod engines;
mod page;
mod random;

use alif::prelude::*;
use alif_compiler::ir::{Inst, Program};
use alif_grammar::Code;

use crate::gallery;
use crate::support::{relative, shipped};

fn all() -> Vec<(String, Model)> {
    gallery::names()
        .into_iter()
        .map(|name| (name.clone(), gallery::load(&name)))
        .collect()
}

#[test]
fn every_model_runs_at_its_defaults_and_stays_finite() {
    for (file, model) in all() {
        for precision in [Precision::F32, Precision::F64] {
            let mut population = model.population(10).precision(precision).build().expect(&file);
            population.run(10_000).expect(&file);
            for state in &model.signature().states {
                let values = population.state(&state.name).unwrap();
                assert!(values.iter().all(|x| x.is_finite()), "{file}: {}", state.name);
            }
        }
    }
}

#[test]
fn without_input_the_adaptive_neuron_rests_and_with_it_slows_down() {
    let model = shipped("alif.alif");
    let mut population = model
        .population(2)
        .input("I", [0.0, 15.0])
        .record_spikes()
        .record(Monitor::of("threshold").neurons([1]))
        .build()
        .unwrap();
    let recording = population.run_for(1000.0).unwrap();
    let times: Vec<u64> = recording.spikes.iter().map(|s| s.step).collect();
    assert!(
        recording.spikes.iter().all(|s| s.neuron == 1),
        "a neuron fires without input"
    );
    assert!(times.len() > 3, "{} spikes", times.len());
    let intervals: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(intervals.last() > intervals.first(), "no adaptation: {intervals:?}");
    assert!(
        intervals.iter().all(|&interval| interval >= 20),
        "closer than the refractory period"
    );
    let threshold = recording.trace("threshold").unwrap();
    assert!(threshold.values.iter().all(|&x| x >= 10.0) && threshold.values.iter().any(|&x| x > 11.0));
    assert_eq!(threshold.unit, "mV");
}

/// At BrainPy's defaults the first spike lifts V by 60 mV, and the neuron fires ever after.
#[test]
fn the_twin_runs_away_at_its_defaults_as_brainpy_does() {
    let mut population = shipped("alif_bellec2020.alif")
        .population(1)
        .input("I", 20.0)
        .record_spikes()
        .build()
        .unwrap();
    let recording = population.run(400).unwrap();
    let steps: Vec<u64> = recording.spikes.iter().map(|s| s.step).collect();
    assert_eq!(steps, (138..400).collect::<Vec<u64>>());
    assert!(relative(population.state("V").unwrap()[0], 8731.0, 0.0) < 1e-3);
}

#[test]
fn the_compiler_warns_of_the_twin_and_of_lost_events_alone() {
    for (name, model) in all() {
        let codes: Vec<Code> = model.warnings().iter().map(|w| w.code).collect();
        match name.as_str() {
            "alif_bellec2020" => assert_eq!(codes, [Code::StillTrueAfterReset]),
            // As published: what arrives in the refractory period is lost.
            "lif_delta" => assert_eq!(codes, [Code::DiscardedEvent]),
            _ => assert_eq!(codes, [], "{name}"),
        }
    }
}

fn count(program: &Program, is: impl Fn(&Inst) -> bool) -> usize {
    program.insts().filter(|inst| is(inst)).count()
}

/// Two multiply-adds for V, one multiply for a; the threshold is a third multiply-add at most.
#[test]
fn the_adaptive_update_is_two_multiply_adds_and_a_multiply() {
    for file in ["alif.alif", "alif_bellec2020.alif"] {
        let model = shipped(file);
        let program = &model.compiled().program;
        let coefficients: Vec<&str> = program.prepare.coefficients.iter().map(|c| c.name.as_str()).collect();
        let propagators: Vec<&&str> = coefficients.iter().filter(|c| c.starts_with(['P', 'Q'])).collect();
        assert_eq!(propagators.len(), 4, "{file}: {coefficients:?}");
        for name in ["P[V,V]", "Q[V,I]", "Q[V,1]", "P[a,a]"] {
            assert!(coefficients.contains(&name), "{file}: {coefficients:?}");
        }
        let is_multiply_add = |inst: &Inst| matches!(inst, Inst::Fma(..));
        let is_multiply = |inst: &Inst| matches!(inst, Inst::Mul(..));
        assert_eq!(count(program, is_multiply_add), 2, "{file}:\n{program}");
        // One for a, one for beta * a in the threshold.
        assert_eq!(count(program, is_multiply), 2, "{file}:\n{program}");
        assert_eq!(
            count(program, |inst| matches!(inst, Inst::Div(..) | Inst::Sqrt(_))),
            0,
            "{file}:\n{program}"
        );
    }
}

#[test]
fn defaults_are_the_ones_documented() {
    let model = shipped("alif_bellec2020.alif");
    let defaults: Vec<(&str, Option<&str>)> = model
        .signature()
        .params
        .iter()
        .map(|p| (p.name.as_str(), p.default.as_deref()))
        .collect();
    let wanted = [
        ("tau", "20 ms"),
        ("tau_a", "2000 ms"),
        ("V_rest", "-70 mV"),
        ("V_th", "-60 mV"),
        ("R", "1 MOhm"),
        ("beta", "1.6 mV"),
        ("tau_ref", "0 ms"),
    ];
    assert_eq!(defaults, wanted.map(|(name, value)| (name, Some(value))));
}

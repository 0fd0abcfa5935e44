//! Does `models/alif_bellec2020.alif` do what BrainPy 2.8.2 does?
//!
//! Every recorded case runs through the library: the text on both engines, and the type of `alif_model!` with vectors of each width,
//! which all give the same course. BrainPy has two defects that are not copied. For each case
//! the test follows BrainPy's rule with both, either and none of them: where all courses are one, ours must be BrainPy's
//! trace; where they part and ours is not BrainPy's trace, the parting shows which defect acts. Ours must then be the course
//! without it, BrainPy's trace the course with it, and the two one up to the step in which it first acts: so the defect is all
//! that differs.

mod case;
mod compare;
mod given_noise;
mod rule;
mod siblings;

use std::sync::Arc;

use alif::prelude::*;

use case::cases;
pub(crate) use case::{Case, Course, Drive};
use compare::{Worst, compare};
use rule::{Defects, follow};

use crate::generated::levels::levels;
use crate::support;

/// Cases beside these tests in which a defect of BrainPy acts, and why.
const DEFECTS: [(&str, Difference); 3] = [
    ("alif_spike_in_refractory.f32", Difference::FiresWhileRefractory),
    ("alif_spike_in_refractory.f64", Difference::FiresWhileRefractory),
    // 2 ms / 0.1 ms is 20 steps; in double precision BrainPy's comparison makes it 19 after some spikes. (In single precision
    // it does the same for other periods; here it happens to come out right.)
    ("alif_tau_ref_dt01.f64", Difference::RoundedClock),
];

/// Why BrainPy's trace is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    /// BrainPy also tests while the neuron is refractory, so a V frozen above threshold fires in every step.
    FiresWhileRefractory,
    /// BrainPy's `t - t_last_spike <= tau_ref` compares rounded times, so the period has not always the same number of steps.
    RoundedClock,
    /// Both at once.
    Both,
}

/// What a case came to.
pub(crate) struct Verdict {
    worst: Worst,
    difference: Option<Difference>,
}

impl Verdict {
    /// A row of the table.
    pub(crate) fn text(&self) -> String {
        let Worst { v, a, flips } = self.worst;
        let verdict = match self.difference {
            None => "as BrainPy".to_owned(),
            Some(difference) => format!("BrainPy differs: {}", reason(difference)),
        };
        let flips = if flips > 0 {
            format!("; {flips} spikes flip at the threshold")
        } else {
            String::new()
        };
        format!("{v:9.1e} {a:9.1e}  {verdict}{flips}")
    }
}

#[test]
fn traces_are_those_of_brainpy_but_for_its_two_defects() {
    let ways = ways();
    let cases = cases();
    assert!(!cases.is_empty(), "no cases in {}", support::reference().display());
    println!(
        "{:32} {:>7}  {:>9} {:>9}  verdict",
        "case", "spikes", "error V", "error a"
    );
    let mut failures = Vec::new();
    for case in &cases {
        let spikes = case.recorded.spikes.iter().filter(|&&s| s).count();
        match judge(case, &ways) {
            Ok(verdict) => println!("{:32} {spikes:7}  {}", case.name, verdict.text()),
            Err(reason) => failures.push(format!("{}: {reason}", case.name)),
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

#[test]
fn the_cases_with_a_defect_are_the_ones_listed() {
    if support::replaced_reference().is_some() {
        return; // the list is of the cases beside these tests
    }
    let ways = ways();
    let found: Vec<(String, Difference)> = cases()
        .iter()
        .filter_map(|case| {
            let verdict = judge(case, &ways).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
            Some((case.name.clone(), verdict.difference?))
        })
        .collect();
    let mut listed = DEFECTS.map(|(name, why)| (name.to_owned(), why)).to_vec();
    listed.sort_by_key(|d| found.iter().position(|f| f.0 == d.0));
    assert_eq!(found, listed);
}

fn reason(difference: Difference) -> &'static str {
    match difference {
        Difference::FiresWhileRefractory => "it fires while refractory",
        Difference::RoundedClock => "its clock is rounded",
        Difference::Both => "it fires while refractory, and its clock is rounded",
    }
}

/// Which defect makes BrainPy's rule part from ours in a case.
fn difference(case: &Case) -> Option<Difference> {
    let [none, brainpy, fires, clock] =
        [Defects::NONE, Defects::BRAINPY, Defects::FIRES, Defects::CLOCK].map(|d| follow(case, d));
    if none == brainpy {
        None
    } else if fires == brainpy {
        Some(Difference::FiresWhileRefractory)
    } else if clock == brainpy {
        Some(Difference::RoundedClock)
    } else {
        Some(Difference::Both)
    }
}

/// Cases of different kinds, for what takes longer: constant input, most parameters per neuron, input from a file.
pub(crate) fn three_cases() -> Vec<Case> {
    let mut left: Vec<Case> = cases().into_iter().filter(|c| c.precision == Precision::F64).collect();
    let mut chosen = Vec::new();
    let per_neuron = |case: &Case| case.set.iter().filter(|(_, values)| values.len() > 1).count();
    let kinds: [&dyn Fn(&Case) -> usize; 3] = [
        &|case| usize::from(matches!(case.drive, Drive::Constant(_))),
        &per_neuron,
        &|case| usize::from(matches!(case.drive, Drive::Stream(_))) * case.neurons,
    ];
    for kind in kinds {
        if let Some(at) = (0..left.len()).max_by_key(|&at| (kind(&left[at]), left.len() - at)) {
            chosen.push(left.remove(at));
        }
    }
    chosen
}

/// A way to run the shipped model: its name, the model, the engine.
type Way = (String, Arc<dyn Neuron>, Engine);

/// All ways.
fn ways() -> Vec<Way> {
    let model: Arc<dyn Neuron> = Arc::new(support::shipped("alif_bellec2020.alif"));
    let mut ways: Vec<Way> = [Engine::Interpreter, Engine::Compiled]
        .map(|engine| (format!("text, {engine}"), model.clone(), engine))
        .into();
    let own = support::AlifBellec2020;
    ways.push(("macro".to_owned(), Arc::new(own), own.default_engine()));
    for (level, neuron) in levels::<support::AlifBellec2020>() {
        ways.push((format!("macro, {level}"), neuron, Engine::Compiled));
    }
    ways
}

fn judge(case: &Case, ways: &[Way]) -> Result<Verdict, String> {
    let mut courses = ways
        .iter()
        .map(|(name, neuron, engine)| (name, case.run(neuron, *engine)));
    let (first, ours) = courses.next().expect("a way to run it");
    for (name, course) in courses {
        if course != ours {
            return Err(format!("`{first}` and `{name}` differ"));
        }
    }
    judge_course(case, &ours)
}

/// Compares our course of a case with BrainPy's, but for the defects.
pub(crate) fn judge_course(case: &Case, ours: &Course) -> Result<Verdict, String> {
    let all = vec![case.steps; case.neurons];
    let brainpy = follow(case, Defects::BRAINPY);
    compare(case, &brainpy, &case.recorded, &all).map_err(|e| format!("BrainPy's rule is not its trace: {e}"))?;
    let direct = compare(case, ours, &case.recorded, &all);
    let (None, Some(difference)) = (direct.as_ref().ok(), difference(case)) else {
        // BrainPy's own course; or another one, and no defect explains it.
        return direct.map(|worst| Verdict {
            worst,
            difference: None,
        });
    };
    let without = follow(case, Defects::NONE);
    let worst = compare(case, ours, &without, &all).map_err(|e| format!("against the rule without defects: {e}"))?;
    let until = parting(case, &without, &brainpy);
    compare(case, ours, &case.recorded, &until).map_err(|e| format!("before the defect acts: {e}"))?;
    Ok(Verdict {
        worst,
        difference: Some(difference),
    })
}

/// The step in which two courses part, for each neuron.
fn parting(case: &Case, one: &Course, other: &Course) -> Vec<usize> {
    (0..case.neurons)
        .map(|neuron| {
            let same = |step: &usize| {
                let at = step * case.neurons + neuron;
                one.spikes[at] == other.spikes[at] && one.v[at] == other.v[at] && one.a[at] == other.a[at]
            };
            (0..case.steps).take_while(same).count()
        })
        .collect()
}

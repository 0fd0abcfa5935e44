//! What each model is shown: a step of its input, and spikes at its ports.

use alif::{Event, Model, Monitor, Population, Precision, Recording};
use alif_compiler::ir::{THRESHOLD, spike_comparison};
use alif_compiler::model::ExprKind;

/// What a model is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stimulus {
    /// The file, without its extension.
    pub(crate) model: &'static str,
    /// Time step in ms.
    pub(crate) dt: f64,
    /// Duration in ms.
    pub(crate) duration: f64,
    /// The height of the step in the unit of the first input; it begins after a tenth of the duration.
    pub(crate) height: f64,
    /// For each port that gets spikes its name, their weight in its unit, and their times in ms.
    pub(crate) spikes: &'static [(&'static str, f64, &'static [f64])],
}

const fn step(model: &'static str, duration: f64, height: f64) -> Stimulus {
    Stimulus {
        model,
        dt: 0.05,
        duration,
        height,
        spikes: &[],
    }
}

const fn spikes(
    model: &'static str,
    duration: f64,
    height: f64,
    spikes: &'static [(&'static str, f64, &'static [f64])],
) -> Stimulus {
    Stimulus {
        spikes,
        ..step(model, duration, height)
    }
}

const fn discrete(model: &'static str, duration: f64, height: f64) -> Stimulus {
    Stimulus {
        dt: 1.0,
        ..step(model, duration, height)
    }
}

/// Spikes before the step begins, alone and close together.
const EXCITATION: &[f64] = &[5.0, 110.0, 112.0, 114.0, 116.0];
const INHIBITION: &[f64] = &[60.0, 150.0, 155.0];

/// All models of the folder.
pub(crate) const STIMULI: &[Stimulus] = &[
    step("adex", 500.0, 800.0),
    step("alif", 400.0, 20.0),
    step("alif_bellec2020", 20.0, 20.0),
    discrete("alif_bellec_discrete", 500.0, 1.0),
    step("amat2", 500.0, 150.0),
    spikes(
        "coba_lif",
        200.0,
        120.0,
        &[("exc", 6.0, EXCITATION), ("inh", 67.0, INHIBITION)],
    ),
    spikes("cuba_lif", 200.0, 1.2, &[("syn", 0.5, EXCITATION)]),
    step("exp_if", 200.0, 0.1),
    step("fitzhugh_nagumo", 200.0, 0.5),
    step("gif_mihalas_niebur", 200.0, 1.5),
    spikes(
        "gif_psc_exp",
        500.0,
        250.0,
        &[("exc", 30.0, EXCITATION), ("inh", -30.0, INHIBITION)],
    ),
    step("glif1", 300.0, 300.0),
    step("glif2", 300.0, 300.0),
    step("glif3", 300.0, 500.0),
    step("glif4", 300.0, 500.0),
    step("glif5", 300.0, 500.0),
    step("hindmarsh_rose", 3000.0, 2.0),
    spikes(
        "hodgkin_huxley",
        100.0,
        1000.0,
        &[("exc", 2000.0, &[2.0]), ("inh", -200.0, &[60.0])],
    ),
    step("izhikevich", 200.0, 10.0),
    step("leaky_integrator", 200.0, 10.0),
    spikes(
        "lif_alpha",
        200.0,
        400.0,
        &[("exc", 200.0, EXCITATION), ("inh", -200.0, INHIBITION)],
    ),
    discrete("lif_bellec_discrete", 200.0, 1.0),
    spikes(
        "lif_biexp",
        200.0,
        400.0,
        &[("exc", 200.0, EXCITATION), ("inh", -200.0, INHIBITION)],
    ),
    spikes("lif_delta", 200.0, 0.22, &[("syn", 3.0, EXCITATION)]),
    spikes(
        "lif_exp",
        200.0,
        400.0,
        &[("exc", 200.0, EXCITATION), ("inh", -200.0, INHIBITION)],
    ),
    step("lif_ou", 400.0, 300.0),
    step("lif_resonator", 400.0, 1000.0),
    step("lif_sfa", 500.0, 800.0),
    step("mat2", 500.0, 600.0),
    step("morris_lecar", 600.0, 100.0),
    spikes("pp_psc_delta", 400.0, 500.0, &[("syn", 3.0, EXCITATION)]),
    step("quadratic_if", 200.0, 0.2),
    step("resonate_and_fire", 100.0, 0.7),
    spikes(
        "traub_miles",
        200.0,
        300.0,
        &[("exc", 6.0, EXCITATION), ("inh", 67.0, INHIBITION)],
    ),
    step("wang_buzsaki", 200.0, 1.0),
];

impl Stimulus {
    /// What a model is shown.
    pub(crate) fn of(model: &str) -> Option<&'static Self> {
        STIMULI.iter().find(|stimulus| stimulus.model == model)
    }

    /// One neuron under the stimulus; the recordings before and after the step begins.
    pub(crate) fn run(&self, model: &Model) -> [Recording; 2] {
        let input = model.signature().inputs[0].name.clone();
        let mut population = self.population(model);
        let steps = (self.duration / self.dt).round() as u64;
        let before = population.run(steps / 10).expect("a run");
        population.set_input(&input, self.height).expect("an input");
        [before, population.run(steps - steps / 10).expect("a run")]
    }

    fn population(&self, model: &Model) -> Population {
        let mut builder = model
            .population(1)
            .dt(self.dt)
            .precision(Precision::F64)
            .record_spikes();
        for (port, weight, times) in self.spikes {
            let events = Event::train(0, times, *weight, self.dt).expect("times of spikes");
            builder = builder.events(*port, events);
        }
        let [potential, threshold] = shown(model);
        for name in potential.into_iter().chain(threshold) {
            builder = builder.record(Monitor::of(&name));
        }
        builder
            .build()
            .unwrap_or_else(|error| panic!("{}: {error}", self.model))
    }
}

/// The state that the spike condition compares, or the first one, and the threshold where it can be recorded.
pub(crate) fn shown(model: &Model) -> [Option<String>; 2] {
    let checked = &model.compiled().model;
    let comparison = spike_comparison(checked);
    let potential = match comparison {
        Some((state, _)) => checked.states.get(state.index()),
        None => checked.states.first(),
    };
    let threshold = comparison.and_then(|(_, threshold)| match checked.expr(threshold).kind {
        ExprKind::State(state) => Some(checked.states[state.index()].name.clone()),
        _ => {
            let observable = &model.compiled().program.observe;
            let found = observable.iter().find(|o| o.name == THRESHOLD && o.value.is_some());
            found.map(|o| o.name.clone())
        }
    });
    [potential.map(|state| state.name.clone()), threshold]
}

//! What drives the neuron while its local error is measured: constant inputs and trains of events, strong enough to make it spike.

use crate::model::{Model, Unit};
use crate::units::{UnitValue, to_coherent};

use super::walk::Walker;

/// How long a value of the ladder is tried, in ms; the neuron must spike twice in this time.
const TRIED: f64 = 200.0;
/// The most steps of a trial.
const MOST_STEPS: usize = 2000;
/// Time between two events of a train, in ms.
const INTERVAL: f64 = 5.0;
/// The decades of the ladder.
const DECADES: std::ops::RangeInclusive<i32> = -3..=4;

/// A stimulus.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stimulus {
    /// Each input, in the coherent set.
    pub(super) inputs: Vec<f64>,
    /// A port, the weight of an event, and the steps between two.
    pub(super) events: Option<(usize, f64, u64)>,
    /// In words, as what follows "with".
    pub(super) text: String,
}

impl Stimulus {
    /// Makes ready for a step.
    pub(super) fn apply(&self, walker: &mut Walker, number: u64) {
        if let Some((port, weight, every)) = self.events {
            let due = number.is_multiple_of(every);
            walker.deliver(port, due.then_some(weight));
        }
    }

    /// No events from here on.
    pub(super) fn end(&self, walker: &mut Walker) {
        if let Some((port, ..)) = self.events {
            walker.deliver(port, None);
        }
    }

    /// Whether the neuron spikes twice before the end of the trial.
    fn makes_it_spike(&self, walker: &mut Walker, dt: f64) -> bool {
        walker.restart();
        walker.set_inputs(&self.inputs);
        let steps = ((TRIED / dt) as usize).clamp(1, MOST_STEPS);
        let mut spikes = 0;
        for number in 0..steps as u64 {
            self.apply(walker, number);
            spikes += u32::from(walker.step(number as f64 * dt, number));
            if spikes == 2 {
                break;
            }
        }
        self.end(walker);
        spikes == 2
    }
}

/// Inputs as they are given, in the coherent set.
pub(super) fn given(model: &Model, given: &[f64]) -> Stimulus {
    let values = model.inputs.iter().zip(given);
    let texts: Vec<String> = values
        .filter(|(_, value)| **value != 0.0)
        .map(|(input, value)| format!("{} = {}", input.name, input.unit.show(*value)))
        .collect();
    let nothing = nothing(model);
    Stimulus {
        inputs: given.to_vec(),
        text: if texts.is_empty() {
            nothing.text
        } else {
            texts.join(", ")
        },
        events: None,
    }
}

/// Stimuli that make the neuron spike twice in 200 ms: the first input that can, as a constant, and the first event port, in a train of
/// an event every 5 ms. Values are 1, 2 and 5 times powers of ten in the unit of the model, about the smallest that works. Where nothing makes it spike, or nothing is needed, there is no stimulus.
pub(super) fn choose(model: &Model, walker: &mut Walker, dt: f64) -> Vec<Stimulus> {
    let nothing = nothing(model);
    if model.spike.is_none() || nothing.makes_it_spike(walker, dt) {
        return vec![nothing];
    }
    let mut ladder = |source: Source| first(model, source, &nothing, walker, dt);
    let input = (0..model.inputs.len()).map(Source::Input).find_map(&mut ladder);
    let port = (0..model.ports.len()).map(Source::Port).find_map(&mut ladder);
    let found: Vec<Stimulus> = input.into_iter().chain(port).collect();
    if found.is_empty() { vec![nothing] } else { found }
}

fn nothing(model: &Model) -> Stimulus {
    let text = match (model.inputs.is_empty(), model.ports.is_empty()) {
        (true, true) => "no input",
        (false, true) => "all inputs 0",
        (true, false) => "no events",
        (false, false) => "all inputs 0 and no events",
    };
    Stimulus {
        inputs: vec![0.0; model.inputs.len()],
        events: None,
        text: text.to_owned(),
    }
}

/// What can drive a neuron, by its number.
#[derive(Clone, Copy, Debug)]
enum Source {
    Input(usize),
    Port(usize),
}

impl Source {
    fn unit(self, model: &Model) -> &Unit {
        match self {
            Self::Input(at) => &model.inputs[at].unit,
            Self::Port(at) => &model.ports[at].unit,
        }
    }

    /// A stimulus of this value, in the coherent set.
    fn with(self, model: &Model, value: f64, nothing: &Stimulus, dt: f64) -> Stimulus {
        let mut stimulus = nothing.clone();
        let shown = self.unit(model).show(value);
        match self {
            Self::Input(at) => {
                stimulus.inputs[at] = value;
                stimulus.text = format!("{} = {shown}", model.inputs[at].name);
            }
            Self::Port(at) => {
                let every = ((INTERVAL / dt) as u64).max(1);
                let interval = alif_core::number_text(every as f64 * dt);
                stimulus.events = Some((at, value, every));
                stimulus.text = format!("an event of {shown} at {} every {interval} ms", model.ports[at].name);
            }
        }
        stimulus
    }
}

/// The first value that makes the neuron spike: by powers of ten, then within the decade before.
fn first(model: &Model, source: Source, nothing: &Stimulus, walker: &mut Walker, dt: f64) -> Option<Stimulus> {
    let unit = source.unit(model);
    let scale = UnitValue {
        dimension: unit.known?,
        scale2: unit.half_decades,
    };
    let at = |digit: u32, decade: i32| {
        let declared: f64 = format!("{digit}e{decade}").parse().unwrap_or(f64::NAN);
        source.with(model, to_coherent(declared, scale), nothing, dt)
    };
    let mut works = |stimulus: &Stimulus| stimulus.makes_it_spike(walker, dt);
    match DECADES.into_iter().find(|&decade| works(&at(1, decade))) {
        Some(decade) => {
            let before = [2, 5].map(|digit| at(digit, decade - 1));
            Some(before.into_iter().find(works).unwrap_or_else(|| at(1, decade)))
        }
        // A neuron may spike in a narrow range of currents only.
        None => DECADES
            .flat_map(|decade| [2, 5].map(|digit| at(digit, decade)))
            .find(works),
    }
}

//! What a model comes to under random parameters, inputs and events, as lines of text: one for each stage of binding and one
//! for each step.
//!
//! This file is part of the crates that the test writes too, so that both sides do the same.

use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use alif::{
    Builder, Engine, Error, Event, Monitor, Neuron, Population, Precision, Recording, Signature, Source, Values,
};

use crate::support::Random;

const NEURONS: usize = 16;
/// One more than the step at which tiny states are flushed.
const STEPS: usize = 65;
/// The dimension of potentials, as [`alif::UnitInfo`] counts exponents.
const POTENTIAL: [i16; 6] = [4, 2, -6, -2, 0, 0];

/// The course of a model. The seed says what parameters, inputs and events are.
pub(crate) fn course(neuron: &Arc<dyn Neuron>, engine: Engine, precision: Precision, seed: u64) -> String {
    let signature = neuron.signature();
    let mut random = Random(seed);
    let dt = [0.1, 0.1, 0.25, 1.0][random.below(4)];
    let slots = vec![1 + random.below(3); signature.ports.len()];
    let mut lines = String::new();
    let mut line = |name: &str, of: &dyn Debug| {
        writeln!(
            lines,
            "{name}: {:016x}",
            digest(format!("{of:?}").bytes().map(u64::from))
        )
        .expect("text");
    };
    line("signature", &signature);
    line("layout", &neuron.layout(&slots));
    let defaults = neuron.complete(&vec![None; signature.params.len()], dt);
    line("defaults", &defaults);
    let defaults = defaults.unwrap_or_default();
    line("coefficients", &neuron.bind(&defaults, dt, 1 << 24));
    let run = population(neuron, &signature, &defaults, dt, &mut random)
        .engine(engine)
        .precision(precision)
        .build()
        .and_then(|mut population| record(&mut population));
    match run {
        Ok(recording) => steps(&recording, &mut lines),
        Err(error) => writeln!(lines, "refused: {error}").expect("text"),
    }
    lines
}

/// A population with values around the defaults, in part one a neuron, and everything that can be recorded recorded.
fn population(
    neuron: &Arc<dyn Neuron>,
    signature: &Signature,
    defaults: &[f64],
    dt: f64,
    random: &mut Random,
) -> Builder {
    let mut builder = Builder::new(neuron.clone(), NEURONS).dt(dt).record_spikes();
    for (param, default) in signature.params.iter().zip(defaults) {
        // Thresholds, resets and reversal potentials stand in an order, which models may assert.
        let spread = if param.unit.dimension == POTENTIAL { 0.05 } else { 0.5 };
        let mut value = || default * random.between(1.0 - spread, 1.0 + spread);
        let (one, each) = (value(), (0..NEURONS).map(|_| value()).collect());
        match random.below(4) {
            0 => {}
            1 => builder = builder.set(&param.name, Values::Coherent(one)),
            _ => builder = builder.set(&param.name, Values::CoherentPerNeuron(each)),
        }
    }
    for input in &signature.inputs {
        // Pure numbers are those of random models; the shipped ones take currents.
        let pure = input.unit.dimension == [0; 6];
        let mut value = || {
            if pure {
                random.between(-2.0, 2.0)
            } else {
                random.between(0.0, 60.0)
            }
        };
        let (one, rows): (f64, Vec<f64>) = (value(), (0..NEURONS * STEPS).map(|_| value()).collect());
        let source = match random.below(5) {
            0 => Source::from(one),
            1 => Source::from(rows[..NEURONS].to_vec()),
            _ => Source::Stream(rows),
        };
        builder = builder.input(&input.name, source);
    }
    for port in &signature.ports {
        builder = builder.events(&port.name, events(random));
    }
    let observable = signature.lets.iter().filter(|l| l.observable);
    for quantity in signature.states.iter().chain(observable) {
        builder = builder.record(Monitor::of(&quantity.name));
    }
    builder
}

/// Events for one neuron in four, sometimes several in one step.
fn events(random: &mut Random) -> Vec<Event> {
    let mut events = Vec::new();
    for step in 0..STEPS as u64 {
        for neuron in 0..NEURONS as u32 {
            let count = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2 + random.below(3)][random.below(10)];
            for _ in 0..count {
                let weight = random.between(-2.0, 2.0);
                events.push(Event { step, neuron, weight });
            }
        }
    }
    events
}

/// Two runs, since a run must not know where the one before ended.
fn record(population: &mut Population) -> Result<[Recording; 2], Error> {
    let cut = STEPS as u64 / 3;
    Ok([population.run(cut)?, population.run(STEPS as u64 - cut)?])
}

/// A line for each step: a digest of each quantity, and the spikes.
fn steps(recordings: &[Recording; 2], lines: &mut String) {
    for recording in recordings {
        for at in 0..recording.steps {
            let step = recording.first_step + at;
            write!(lines, "step {step}:").expect("text");
            for trace in &recording.traces {
                let row = &trace.values[at as usize * NEURONS..][..NEURONS];
                // What a NaN is made of differs between machines; that it is one does not.
                let bits = row
                    .iter()
                    .map(|v| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() });
                write!(lines, " {}={:016x}", trace.name, digest(bits)).expect("text");
            }
            let spikes = recording.spikes.iter().filter(|s| s.step == step);
            let spikes = spikes.fold(0_u64, |word, spike| word | 1 << spike.neuron);
            writeln!(lines, " spikes={spikes:04x}").expect("text");
        }
    }
}

fn digest(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |digest, word| Random(digest ^ word).bits())
}

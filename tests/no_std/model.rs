//! A model and what is asked of it. `tests/footprint.rs` asks the same with the standard library.

use alif::Error;
use alif::prelude::*;

alif_model! {
    /// Leaky integrate-and-fire neuron with an adaptive threshold and a synapse.
    model Alif {
        param tau = 20 ms where tau > 0 ms;
        param tau_a = 200 ms where tau_a > 0 ms;
        param tau_s = 5 ms where tau_s > 0 ms;
        param beta = 1.6 mV;
        state V = 0 mV;
        state a = 0;
        state s = 0 mV;
        input I : mV;
        input syn : event(mV);
        tau * dV/dt = -V + I + s;
        tau_a * da/dt = -a;
        tau_s * ds/dt = -s;
        on syn(w) { s += w; }
        spike when V > 10 mV + beta * a { V -= 10 mV; a += 1; }
        refractory 2 ms;
    }
}

const NEURONS: usize = 70;

/// Runs the model in both precisions and hands out all that came of it: number of spikes, each spike, the bits of all states.
pub(crate) fn outcome(mut number: impl FnMut(u64)) -> Result<(), Error> {
    let builder = || {
        let event = Event {
            step: 40,
            neuron: 3,
            weight: 25.0,
        };
        let population = Alif::population(NEURONS).dt(ms(0.1)).syn([event]).record_spikes();
        population.tau_with(|neuron| ms(18.0 + 0.1 * neuron as f64))
    };
    for mut population in [builder().build::<f32>()?, builder().build::<f64>()?] {
        let recording = population.run_with(2000, |step, input| {
            input
                .I
                .fill_with(|neuron| mV(12.0 + 0.1 * neuron as f64 + 0.001 * step as f64));
        })?;
        number(recording.spike_count);
        for spike in recording.spikes {
            number(spike.step);
            number(spike.neuron.into());
        }
        for voltage in population.V().into_iter().chain(population.s()) {
            number(voltage.value().to_bits());
        }
        for count in population.a() {
            number(count.value().to_bits());
        }
    }
    Ok(())
}

use alif::alif_model;

alif_model! {
    model Later {
        param tau = 20 ms;
        state V = 0 mV;
        tau * dV/dt = -V * t / 1 ms;
        spike when V > 1 mV { V = 0 mV; }
    }
}

fn main() {}

use alif::alif_model;

alif_model! {
    model Lif {
        state V = 0 mV;
        20 ms * dV/dt = -V;
        spike when V = 10 mV { V = 0 mV; }
    }

    model Reset {
        state V = 0 mV;
        20 ms * dV/dt = -V;
        spike when V > 10 mV;
    }
}

fn main() {}

use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        param V_rest = -70 mV;
        state V = V_rest;
        dV/dt = -(V - V_rest);
        spike when V > tau { V = V_rest; }
    }
}

fn main() {}

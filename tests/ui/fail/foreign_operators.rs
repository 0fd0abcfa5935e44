use alif::alif_model;

alif_model! {
    model Lif {
        param on = true;
        param tau = 20 ms;
        param weight = 5 % 3;
        param name = "LIF";
        state V = 0 mV;
        tau * dV/dt = -V;
        spike when V > 10 mV && !(V > 20 mV) { V = 0 mV; }
    }
}

fn main() {}

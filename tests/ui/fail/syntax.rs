use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        let half = if tau > 1 ms { 0.5 };
        state V = 0 mV
        tau * dV/dt = -V * half;
        parameter V_th = 10 mV;
        spike when V > 10 mV { V = 0 mV; };
    }
}

fn main() {}

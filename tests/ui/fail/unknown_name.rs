use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        param V_th = 10 mV;
        state V = 0 mV;
        tau * dV/dt = -V + R;
        spike when V > V_ht { V = 0 mV; }
    }
}

fn main() {}

use alif::alif_model;

alif_model! {
    model Later {
        param tau = 20 ms;
        state V = 0 mV;
        noise xi;
        tau * dV/dt = -V;
        spike rate 3 [1/ms] { V = 0 mV; }
    }
}

fn main() {}

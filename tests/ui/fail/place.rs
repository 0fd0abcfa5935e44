use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        state V = 0 mV;
        state W = I;
        input I : mV;
        tau * dV/dt = -V + prev(V);
        tau * dW/dt = -W + I;
        assert V > 1 mV;
    }
}

fn main() {}

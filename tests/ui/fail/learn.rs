use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        state V = 0 mV;
        tau * dV/dt = -V;
        learn {
            surrogate relu_grat(V / 1 mV);
            detach tau;
        }
    }

    model Settings {
        state V = 0 mV;
        1 ms * dV/dt = -V;
        learn { surrogate relu_grad(V, gamma = 2); }
    }
}

fn main() {}

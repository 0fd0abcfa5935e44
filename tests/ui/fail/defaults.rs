use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        param R = -1 MOhm where R > 0 MOhm;
        state V = 0 mV;
        input I : nA;
        tau * dV/dt = -V + R * I;
    }

    model Stuck {
        param tau = 0 ms;
        state V = 0;
        tau * dV/dt = -V;
    }
}

fn main() {}

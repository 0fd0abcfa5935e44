use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        param R = -1 MOhm where R > 0 MOhm;
        state V = 0 mV;
        input I : nA;
        tau * dV/dt = -V + R * I;
    }

    model Reversed {
        param V_th = -0.05 V;
        param V_reset = -45 mV;
        assert V_reset < V_th;
        state V = V_reset;
        20 ms * dV/dt = -V;
        spike when V > V_th { V = V_reset; }
    }

    model Stuck {
        param tau = 0 ms;
        state V = 0;
        tau * dV/dt = -V;
    }
}

fn main() {}

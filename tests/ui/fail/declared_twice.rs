use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        state V = 0 mV;
        let tau = 10 ms;
        tau * dV/dt = -V;
        dV/dt = -V / tau;
    }

    model Same {
        state V = 0;
        1 ms * dV/dt = -V;
    }

    model Same {
        state V = 0;
        2 ms * dV/dt = -V;
    }
}

fn main() {}

use alif::alif_model;

alif_model! {
    model Hold {
        param tau = 20 ms;
        state V = 0;
        tau * dV/dt = -V;
        spike when V > 1 { V = 0; }
        refractory 2 mV hold tau;
    }

    model Never {
        state V = 0;
        1 ms * dV/dt = -V;
        refractory 2 ms;
    }
}

fn main() {}

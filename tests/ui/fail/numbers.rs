use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20. ms;
        param R = 0x10 MOhm;
        param N = 20_000;
        param E_L = -0,07 V;
        param huge = 1e400;
        state V = E_L;
        tau * dV/dt = E_L - V;
    }
}

alif_model! {
    model Ratio {
        param nothing = 1 / 0;
        state V = 1;
        1 ms * dV/dt = -V * nothing;
    }
}

fn main() {}

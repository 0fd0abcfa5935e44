use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        state V = 0 mV;
        state w = 1 mV;
        tau * dV/dt = -V + w;
    }

    model Nothing {
        param tau = 20 ms;
    }
}

fn main() {}

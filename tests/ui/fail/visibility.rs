use alif::alif_model;

alif_model! {
    pub /// after the visibility
    model Lif {
        param tau = 20 ms;
        pub state V = 0;
        tau * dV/dt = -V;
    }
}

alif_model! {
    pub(crate) param x = 1;
    model Other {
        state V = 0;
        1 ms * dV/dt = -V;
    }
}

fn main() {}

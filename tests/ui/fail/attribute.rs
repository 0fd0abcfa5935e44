use alif::alif_model;

alif_model! {
    #[derive(Clone)]
    pub model Lif {
        #[doc(hidden)]
        param tau = 20 ms;
        #[allow(unused)]
        state V = 0;
        tau * dV/dt = -V;
    }
}

fn main() {}

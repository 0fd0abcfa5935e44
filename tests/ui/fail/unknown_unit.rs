use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20msec;
        param R = 2.5 [mV/amp];
        state V : volt = 0;
        tau * dV/dt = -V;
    }
}

fn main() {}

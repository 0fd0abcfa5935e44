use alif::alif_model;

alif_model! {
    model Later {
        param tau = 20 ms;
        state V = 0 mV;
        noise xi;
        fn double(x) { 2 * x }
        tau * dV/dt = -V;
        spike when rising V > 10 mV { V = 0 mV; }
    }
}

fn main() {}

use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        let a = 2 * b;
        let b = c + 1;
        let c = a - 1;
        state V = 0;
        tau * dV/dt = -V + a;
    }
}

fn main() {}

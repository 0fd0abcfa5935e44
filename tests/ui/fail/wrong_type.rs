use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms;
        state V = 0;
        let a = tau(V);
        let b = sqrt + 1;
        let c = max(V);
        let d = if V { 1 } else { 2 };
        let e = 1 + (V > 0);
        tau * dV/dt = -V;
    }
}

fn main() {}

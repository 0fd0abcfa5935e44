use alif::alif_model;

alif_model! {
    solver = exact;
    model Quadratic {
        param tau = 20 ms;
        state V = 0;
        input I;
        tau * dV/dt = V * V - V + I;
    }
}

fn main() {}

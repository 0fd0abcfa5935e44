use alif::alif_model;

alif_model! {
    solver = rk5;
    model Quadratic {
        state V = 0;
        1 ms * dV/dt = V * V;
    }
}

fn main() {}

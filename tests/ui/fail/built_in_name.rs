use alif::alif_model;

alif_model! {
    model Lif {
        param spike = 3;
        param exp = 20 ms;
        state V = 0;
        exp * dV/dt = -V;
    }
}

alif_model! {
    model Other {
        param exp = 20 ms;
        state V = 0;
        exp * dV/dt = -V;
    }
}

fn main() {}

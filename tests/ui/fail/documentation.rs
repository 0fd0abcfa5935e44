use alif::alif_model;

alif_model! {
    model Lif {
        param tau = 20 ms; /// documents the next item
        state V = 0; /** and this one
                      * has none */
        1 ms * dV/dt = -V /// of the equation
    }
}

fn main() {}

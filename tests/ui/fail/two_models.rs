use alif::alif_model;

alif_model! {
    model First {
        param tau = 20 ms;
        state V = 0 mV;
        tau * dV/dt = -V + 1;
    }

    /// Nothing is wrong with this one.
    model Second {
        state V = 0;
        1 ms * dV/dt = -V;
    }

    model Third {
        param tau = 20 ms;
        state V = 0 mV;
        tau * dV/dt = -U;
    }
}

fn main() {
    let _: Option<Second> = None;
}

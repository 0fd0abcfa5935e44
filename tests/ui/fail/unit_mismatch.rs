use alif::alif_model;

alif_model! {
    /// A current is added to a voltage.
    pub model Lif {
        param tau = 20 ms;
        param E_L = -70 mV;
        state V = E_L;
        input I : nA;
        tau * dV/dt = (E_L - V) + I;
        spike when V > -50 mV { V = E_L; }
    }
}

fn main() {}

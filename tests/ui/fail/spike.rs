use alif::alif_model;

alif_model! {
    model Lif {
        param V_th = 10 mV;
        state V = 0 mV;
        20 ms * dV/dt = -V;
        spike when V > V_th {
            V -= 1;
            V_th += 1 mV;
        }
        spike when V < -1 mV { V = 0 mV; }
    }
}

fn main() {}

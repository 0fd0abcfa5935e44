#![deny(deprecated)]

use alif::alif_model;

alif_model! {
    pub model StillTrue {
        param V_th = -60 mV;
        param spare = 3;
        state V = -70 mV;
        20 ms * dV/dt = -V;
        spike when V > V_th { V -= V_th; }
    }
}

#[allow(deprecated)]
mod allowed {
    alif::alif_model! {
        pub model Unused {
            param spare = 3;
            state V = 0;
            1 ms * dV/dt = -V;
        }
    }
}

alif_model!("models/warning.alif");

fn main() {}

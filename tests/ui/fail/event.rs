use alif::alif_model;

alif_model! {
    model Ports {
        state V = 0 mV;
        input syn : event(nA);
        input inh : event(mV);
        20 ms * dV/dt = -V;
        on syn(w) { V += w; }
        on ihn(w) { V -= w; }
    }
}

fn main() {}

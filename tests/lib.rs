//! Tests only: see `main.rs`. Here stands what rustdoc tests: the programs that README.md shows are compiled, and run where they need
//! no files; and everything that `alif_model!` writes must have documentation.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// A model with everything that gets documentation.
#[cfg(doc)]
#[deny(missing_docs)]
pub mod documented {
    alif::alif_model! {
        /// Leaky integrate-and-fire neuron with synapses, and adaptation by a current `w` [pA].
        ///
        /// After Brette & Gerstner (2005), J. Neurophysiol. 94:3637-3642, doi:10.1152/jn.00686.2005, without the exponential term.
        pub model Adaptive {
            /// capacitance of the membrane
            param C = 200 pF where C > 0 pF;
            /// leak conductance
            param g_L = 10 nS where g_L > 0 nS;
            param E_L = -70 mV;
            param V_th = -50 mV;
            param V_reset = E_L;
            param tau_e = 5 ms where tau_e > 0 ms;
            param tau_w : ms where tau_w > 0 ms;
            /// how much a spike adds to the adaptation
            param b = 60 pA;
            param t_ref = 2 ms where t_ref >= 0 ms;
            let leak = g_L * (V - E_L);
            /// membrane potential
            state V = E_L;
            /// synaptic current
            state I_e = 0 pA;
            state w = 0 pA;
            state spikes = 0;
            input I : nA;
            input exc : event(pA);
            C * dV/dt = -leak + I_e - w + I;
            tau_e * dI_e/dt = -I_e;
            tau_w * dw/dt = -w;
            on exc(weight) { I_e += weight; }
            spike when V > V_th { V = V_reset; w += b; spikes += 1; }
            refractory t_ref hold V;
        }
    }
}

//! Several models in one invocation, each with its documentation and its visibility.

#![deny(missing_docs, unused)]
#![forbid(unsafe_code)]

mod inner {
    alif::alif_model! {
        /// Leaky integrate-and-fire.
        ///
        /// //// Strokes and "quotes" \ in the documentation are text.
        pub model Lif {
            //! An ordinary comment.
            /// membrane time constant
            param tau = 20ms where tau>0ms; // spaces do not matter
            param R = 1 MOhm;
            state V = 0 mV;
            input I : nA;
            tau * dV/dt = -V + R * I; /* nor do
                                         comments */
            spike when V >= 10 mV and not V > 1e3 mV { V -= 10 mV; }
        }

        /** A block
         *  of documentation.
         */
        pub(crate) model Iaf {
            #[doc = "membrane potential"]
            state V = 0.5;
            input syn : event;
            1.5 ms * dV/dt = -V;
            on syn(w) after { V += 2 ** 0.5 * w; }
        }

        pub(super) model Third {
            state V = 0 mV;
            2.5e-3 s * dV/dt = -V * (-1)^2;
        }

        pub(in super::super) model Fourth {
            state V = 0 mV;
            50 ms * dV/dt = -V;
        }
    }
}

use inner::{Fourth, Iaf, Lif, Third};

#[test]
fn all_can_be_named() {
    let _: (Option<Lif>, Option<Iaf>, Option<Third>, Option<Fourth>) = (None, None, None, None);
}

//! Models that draw warnings compile; an attribute on the module around them switches the warnings off.

#![deny(missing_docs, unused)]
#![forbid(unsafe_code)]

#[allow(deprecated)]
mod allowed {
    alif::alif_model! {
        /// Unread parameters.
        pub model Spare {
            param spare = 3;
            param other = 3;
            state V = 0;
            1 ms * dV/dt = -V;
        }

        /// Fires forever.
        pub model StillTrue {
            param V_th = -60 mV;
            state V = -70 mV;
            20 ms * dV/dt = -V;
            spike when V > V_th { V -= V_th; }
        }
    }

    macro_rules! unread {
        ($name:ident) => {
            alif::alif_model! {
                /// A parameter that a macro wrote.
                pub(super) model $name {
                    param spare = 3;
                    state V = 0;
                    1 ms * dV/dt = -V;
                }
            }
        };
    }

    unread!(One);
    unread!(Two);
}

#[test]
fn all_can_be_named() {
    use allowed::{One, Spare, StillTrue, Two};
    let _: Option<(One, Two, Spare, StillTrue)> = None;
}

//! Names that mean something else to Rust.

#![allow(non_camel_case_types)]

alif::alif_model! {
    pub model Keywords {
        param type = 20 ms;
        param r#match = 1;
        param self = 1;
        param Self = 1;
        param crate = 1;
        param async = 1;
        param Vec = 1;
        param Some = 1;
        param f64 = 1;
        param usize = 1;
        param V_th = 1;
        param v_th = 1;
        state V = 0;
        state loop = 0;
        input u8;
        input ref : event;
        let struct = r#match * self * Self * crate * async * Vec * Some * f64 * usize;
        type * dV/dt = -V + u8 * struct;
        r#type * dloop/dt = -loop;
        on ref(mut) { V += mut; }
        spike when V > V_th * v_th { V = 0; }
    }

    pub model Option {
        param tau = 20 ms;
        state f32 = 0;
        tau * df32/dt = -f32;
    }

    pub model r#async {
        param tau = 20 ms;
        state V = 0;
        tau * dV/dt = -V;
    }
}

#[test]
fn all_can_be_named() {
    let _: core::option::Option<(Keywords, Option, r#async)> = None;
}

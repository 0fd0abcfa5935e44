use alif::alif_model;

macro_rules! leaky {
    ($name:ident, $tau:literal, $drive:expr, $($more:tt)*) => {
        alif_model! {
            model $name {
                param tau = $tau ms;
                state V = 0 mV;
                tau * dV/dt = -V + $drive;
                $($more)*
            }
        }
    };
}

leaky!(Own, 20, 1 + 2, spike when V > V_th { V = 0 mV; });

macro_rules! broken {
    ($state:ident) => {
        alif_model! {
            model Broken {
                state $state = 0 mV;
                20 ms * dV/dt = -V + 3 ms;
            }
        }
    };
}

broken!(V);

fn main() {}

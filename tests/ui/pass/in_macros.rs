//! Models that a user's macros write.
#![allow(deprecated)] // what the compiler warns of in them is not the question here

use alif::alif_model;
use alif::alif_model as neuron;

/// Names, literals, expressions, conditions, documentation, visibility.
macro_rules! leaky {
    ($(#[$doc:meta])* $vis:vis $name:ident: $rest:literal, $factor:expr, $drive:expr, $condition:expr) => {
        alif_model! {
            $(#[$doc])*
            $vis model $name {
                param tau = 20 ms;
                param V_rest = $rest mV;
                param k = $factor;
                state V = V_rest;
                input I : mV;
                tau * dV/dt = 2 * $drive - V * $factor * k + $rest mV;
                spike when $condition and V > -40 mV { V = $rest mV; }
            }
        }
    };
}

leaky! {
    /// Documented by the user of a macro.
    pub(crate) Resting: -70, -1 + 2, I + V, V > V_rest
}
leaky!(Private: 0.5, 1, I, prev(V) < V);

/// Whole items, and the items of others.
macro_rules! with_items {
    ($name:ident { $($own:tt)* } $($items:tt)*) => {
        neuron! {
            model $name {
                $($own)*
                $($items)*
                spike when V >= V_th {
                    V -= V_th;
                    count += 1;
                }
            }
        }
    };
}

with_items! {
    Counting { param V_th = 10 mV; state count = 0; }
    state V = 0 mV;
    20 ms * dV/dt = -V;
    refractory 2 ms hold V;
}

/// A macro that calls a macro: the fragments are wrapped twice.
macro_rules! outer {
    ($state:ident, $derivative:expr, $unit:ident, $value:expr) => {
        inner! { Wrapped, $state, $derivative, $unit, $value }
    };
}
macro_rules! inner {
    ($name:ident, $state:ident, $derivative:expr, $unit:ident, $value:expr) => {
        alif_model! {
            model $name {
                param tau = $value $unit;
                state $state = 0;
                tau * $derivative = -$state;
            }
        }
    };
}
outer!(x, dx / dt, ms, 20);

/// A model without anything from outside.
macro_rules! fixed {
    () => {
        alif::alif_model! {
            model Fixed {
                state V = 0 mV;
                20 ms * dV/dt = -V;
            }
        }
    };
}
fixed!();

#[test]
fn all_can_be_named() {
    let _: Option<(Resting, Private, Counting, Wrapped, Fixed)> = None;
}

#[test]
fn models_may_stand_in_functions() {
    alif_model! {
        model Local {
            state V = 0 mV;
            20 ms * dV/dt = -V;
        }
    }
    let _: Option<Local> = None;
}

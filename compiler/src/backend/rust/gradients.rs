//! The adjoint of a step as Rust: one more implementation of the trait of generated models, and its map.

use alif_core::adjoint::{AdjointMap, Rule};
use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::implementation;
use crate::Compiled;
use crate::adjoint::{self, Adjoint};

/// What an adjoint adds to a model.
pub(super) struct Gradients {
    /// What of the trait of generated models belongs to it.
    pub(super) functions: TokenStream,
    /// Its own type.
    pub(super) items: TokenStream,
}

pub(super) fn of(compiled: &Compiled, rule: Rule, adjoint: &Adjoint) -> Gradients {
    // No model has a name that starts so.
    let name = format_ident!("__Adjoint", span = Span::mixed_site());
    let signature = adjoint::signature(compiled, adjoint);
    let implementation = implementation(&name, &adjoint.program, &signature, false, None);
    let (rule, map) = (self::rule(rule), map(&adjoint.map));
    Gradients {
        functions: quote! {
            type Adjoint = #name;
            fn adjoint() -> ::core::option::Option<(__alif::Rule, __alif::AdjointMap)> {
                __alif::Some((#rule, #map))
            }
        },
        items: quote! {
            #[doc(hidden)]
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::default::Default
            )]
            pub struct #name;

            #implementation
        },
    }
}

fn rule(rule: Rule) -> TokenStream {
    match rule {
        Rule::Bptt => quote! { __alif::Rule::Bptt },
        Rule::BpttDetached => quote! { __alif::Rule::BpttDetached },
        Rule::Eprop => quote! { __alif::Rule::Eprop },
    }
}

fn map(map: &AdjointMap) -> TokenStream {
    let number = |number: &usize| Literal::usize_unsuffixed(*number);
    let list = |numbers: &[usize]| {
        let numbers = numbers.iter().map(number);
        quote! { __alif::list([#(#numbers),*]) }
    };
    let truths = |truths: &[bool]| quote! { __alif::list([#(#truths),*]) };
    let (states, inputs, before) = (list(&map.states), list(&map.inputs), list(&map.before));
    let (drives, loss) = (list(&map.drives), list(&map.loss));
    let weights = map.weights.iter().map(|slots| list(slots));
    let loss_spike = match &map.loss_spike {
        Some(input) => {
            let input = number(input);
            quote! { __alif::Some(#input) }
        }
        None => quote! { __alif::None },
    };
    let params = map.params.iter().map(|gradient| {
        let (param, state) = (number(&gradient.param), number(&gradient.state));
        quote! { __alif::ParamGradient { param: #param, state: #state } }
    });
    let initial = map.initial.iter().map(|part| {
        let (param, state, coefficient) = (number(&part.param), number(&part.state), number(&part.coefficient));
        quote! { __alif::InitialGradient { param: #param, state: #state, coefficient: #coefficient } }
    });
    let reads = truths(&map.reads);
    let reads_weights = map.reads_weights.iter().map(|slots| truths(slots));
    let reads_counter = map.reads_counter;
    quote! {
        __alif::AdjointMap {
            states: #states,
            inputs: #inputs,
            weights: __alif::list([#(#weights),*]),
            params: __alif::list([#(#params),*]),
            initial: __alif::list([#(#initial),*]),
            before: #before,
            drives: #drives,
            loss: #loss,
            loss_spike: #loss_spike,
            reads: #reads,
            reads_weights: __alif::list([#(#reads_weights),*]),
            reads_counter: #reads_counter,
        }
    }
}

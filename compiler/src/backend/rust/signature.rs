//! Names and units as Rust.

use alif_core::{Layout, Signature, StateInfo, UnitInfo};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::step::number;

/// The functions `signature` and `layout` of the trait of generated models; without `slots`, ports that take events one by one have one.
pub(super) fn functions(signature: &Signature, layout: &Layout, slots: bool) -> TokenStream {
    let (name, docs) = (&signature.name, texts(&signature.docs));
    let params = signature.params.iter().map(|p| {
        let (name, docs, unit) = (&p.name, texts(&p.docs), unit(&p.unit));
        let (default, condition) = (option(p.default.as_deref()), option(p.condition.as_deref()));
        let default_params = indices(&p.default_params);
        quote! {
            __alif::ParamInfo {
                name: __alif::text(#name),
                docs: #docs,
                unit: #unit,
                default: #default,
                default_params: #default_params,
                condition: #condition,
            }
        }
    });
    let states = signature.states.iter().map(state);
    let lets = signature.lets.iter().map(state);
    let inputs = signature.inputs.iter().map(|i| {
        let (name, docs, unit) = (&i.name, texts(&i.docs), unit(&i.unit));
        quote! { __alif::InputInfo { name: __alif::text(#name), docs: #docs, unit: #unit } }
    });
    let ports = signature.ports.iter().map(|p| {
        let (name, docs, unit, sum, each) = (&p.name, texts(&p.docs), unit(&p.unit), p.sum, p.each);
        quote! { __alif::PortInfo { name: __alif::text(#name), docs: #docs, unit: #unit, sum: #sum, each: #each } }
    });
    let spikes = signature.spikes;
    let coefficients = signature.coefficients.iter().map(|c| {
        let (name, params, steps, may_be_nan) = (&c.name, indices(&c.params), c.steps, c.may_be_nan);
        quote! {
            __alif::CoefficientInfo {
                name: __alif::text(#name),
                params: #params,
                steps: #steps,
                may_be_nan: #may_be_nan,
            }
        }
    });
    let checks = signature.checks.iter().map(|c| {
        let (text, params) = (&c.text, indices(&c.params));
        quote! { __alif::CheckInfo { text: __alif::text(#text), params: #params } }
    });
    let sub_steps = match &signature.sub_steps {
        Some(info) => {
            let (counter, most) = (
                Literal::usize_unsuffixed(info.counter),
                Literal::u32_unsuffixed(info.most),
            );
            let tolerance = number(info.tolerance);
            quote! {
                __alif::Some(__alif::SubStepsInfo { counter: #counter, most: #most, tolerance: #tolerance })
            }
        }
        None => quote! { __alif::None },
    };
    let layout = layout_function(layout, slots);
    quote! {
        fn signature() -> __alif::Signature {
            __alif::Signature {
                name: __alif::text(#name),
                docs: #docs,
                params: __alif::list([#(#params),*]),
                states: __alif::list([#(#states),*]),
                lets: __alif::list([#(#lets),*]),
                inputs: __alif::list([#(#inputs),*]),
                ports: __alif::list([#(#ports),*]),
                spikes: #spikes,
                coefficients: __alif::list([#(#coefficients),*]),
                checks: __alif::list([#(#checks),*]),
                sub_steps: #sub_steps,
            }
        }
        #layout
    }
}

fn layout_function(layout: &Layout, slots: bool) -> TokenStream {
    // An adjoint has one slot whatever is asked for.
    let slots = (!slots).then(|| quote! { let slots: &[::core::primitive::usize] = &[]; });
    let [states, coefficients, inputs] =
        [layout.states, layout.coefficients, layout.inputs].map(Literal::usize_unsuffixed);
    let (counter, spikes) = (layout.counter, layout.spikes);
    let draws = layout.draws.iter().map(|draw| {
        let [stream, number] = [draw.stream, draw.number].map(Literal::u32_unsuffixed);
        quote! { __alif::Draw { stream: #stream, number: #number } }
    });
    let ports = layout.ports.iter().enumerate().map(|(at, port)| {
        let (at, sum, each, arrival) = (Literal::usize_unsuffixed(at), port.sum, port.each, port.arrival);
        quote! { __alif::Port::with_events(slots, #at, #sum, #each, #arrival) }
    });
    quote! {
        fn layout(slots: &[::core::primitive::usize]) -> __alif::Layout {
            let _ = slots;
            #slots
            __alif::Layout {
                states: #states,
                counter: #counter,
                coefficients: #coefficients,
                inputs: #inputs,
                draws: __alif::list([#(#draws),*]),
                ports: __alif::list([#(#ports),*]),
                spikes: #spikes,
            }
        }
    }
}

fn state(info: &StateInfo) -> TokenStream {
    let (name, docs, unit, observable) = (&info.name, texts(&info.docs), unit(&info.unit), info.observable);
    let initial = option(info.initial.as_deref());
    quote! {
        __alif::StateInfo {
            name: __alif::text(#name),
            docs: #docs,
            unit: #unit,
            initial: #initial,
            observable: #observable,
        }
    }
}

fn unit(unit: &UnitInfo) -> TokenStream {
    let (text, half_decades) = (&unit.text, signed(unit.half_decades));
    let dimension = unit.dimension.iter().map(|&twice| signed(twice.into()));
    quote! { __alif::UnitInfo::new(#text, #half_decades, [#(#dimension),*]) }
}

/// A small number with its sign.
pub(super) fn signed(value: i32) -> TokenStream {
    let magnitude = Literal::u32_unsuffixed(value.unsigned_abs());
    if value < 0 {
        quote! { -#magnitude }
    } else {
        quote! { #magnitude }
    }
}

fn texts(texts: &[String]) -> TokenStream {
    quote! { __alif::texts(&[#(#texts),*]) }
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote! { __alif::Some(__alif::text(#text)) },
        None => quote! { __alif::None },
    }
}

fn indices(indices: &[usize]) -> TokenStream {
    let indices = indices.iter().map(|&index| Literal::usize_unsuffixed(index));
    quote! { __alif::list([#(#indices),*]) }
}

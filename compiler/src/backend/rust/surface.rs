//! What users of a generated model write: a builder with one setter for each name, inputs, a population.

use std::collections::BTreeMap;

use alif_core::quantity::NAMED;
use alif_core::{ParamInfo, Signature, UnitInfo};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::docs::{attributes, unit_text};
use super::names::Namer;
use super::signature::signed;

/// Methods of `Population` that a generated population lets through, and what its traits add.
pub const POPULATION_METHODS: &[&str] = &[
    "accumulate",
    "add_input",
    "after_step",
    "after_steps",
    "batch",
    "before_step",
    "before_steps",
    "bytes",
    "clear_input",
    "delay",
    "delayed",
    "derivative",
    "deref",
    "deref_mut",
    "dt",
    "input_labels",
    "into_inner",
    "neurons",
    "remove_after_step",
    "remove_before_step",
    "remove_input",
    "reset",
    "reset_batch",
    "run",
    "run_for",
    "run_into",
    "run_while",
    "run_with",
    "set",
    "set_events",
    "set_initial",
    "set_input",
    "set_state",
    "shape",
    "signature",
    "spiked",
    "state",
    "step",
    "value",
];

/// Methods that every generated builder has.
pub const BUILDER_METHODS: &[&str] = &[
    "add_input",
    "batch",
    "block",
    "build",
    "chunk",
    "delay",
    "dt",
    "record",
    "record_spikes",
    "seed",
    "threads",
    "untyped",
];

/// Names of the generated types.
pub(super) struct Types {
    pub(super) model: Ident,
    pub(super) builder: Ident,
    pub(super) population: Ident,
    pub(super) inputs: Ident,
}

impl Types {
    pub(super) fn new(name: &str, span: Span) -> Self {
        let mut names = Namer::with(&["__alif"]);
        let mut ident = |suffix: &str| names.ident(&format!("{name}{suffix}"), span);
        Self {
            model: ident(""),
            builder: ident("Builder"),
            population: ident("Population"),
            inputs: ident("Inputs"),
        }
    }
}

/// The type of a quantity of this unit.
fn quantity(unit: &UnitInfo) -> TokenStream {
    match NAMED.iter().find(|(_, dimension)| *dimension == unit.dimension) {
        Some((name, _)) => {
            let name = format_ident!("{name}");
            quote! { __alif::quantity::#name }
        }
        None => {
            let twice = unit.dimension.iter().map(|&twice| signed(twice.into()));
            quote! { __alif::quantity::Quantity<#(#twice),*> }
        }
    }
}

/// The names of a builder or population: those of the model first, so that they stay as they are.
struct Methods {
    names: Namer,
    own: BTreeMap<String, Ident>,
}

impl Methods {
    fn new<'a>(taken: &[&str], own: impl Iterator<Item = &'a String>, prefix: &str) -> Self {
        let mut names = Namer::with(taken);
        let own = own
            .map(|name| (name.clone(), names.ident(&format!("{prefix}{name}"), Span::call_site())))
            .collect();
        Self { names, own }
    }

    fn own(&self, name: &str) -> &Ident {
        &self.own[name]
    }

    fn further(&mut self, name: &str) -> Ident {
        self.names.ident(name, Span::call_site())
    }
}

/// Builder, population and inputs.
pub(super) fn types(signature: &Signature, types: &Types) -> TokenStream {
    let (builder, population, inputs) = (
        builder(signature, types),
        population(signature, types),
        inputs(signature, types),
    );
    quote! { #builder #population #inputs }
}

fn builder(signature: &Signature, types: &Types) -> TokenStream {
    let (model, builder, population) = (&types.model, &types.builder, &types.population);
    let params = signature.params.iter().map(|p| &p.name);
    let inputs = signature.inputs.iter().map(|i| &i.name);
    let ports = signature.ports.iter().map(|p| &p.name);
    let mut methods = Methods::new(BUILDER_METHODS, params.chain(inputs).chain(ports), "");
    let mut setters = TokenStream::new();
    for param in &signature.params {
        let (name, setter, with) = (
            &param.name,
            methods.own(&param.name).clone(),
            methods.further(&format!("{}_with", param.name)),
        );
        let (docs, quantity) = (attributes(&param_docs(param)), quantity(&param.unit));
        let with_docs = format!(" As [`Self::{setter}`], from the number of the neuron.");
        setters.extend(quote! {
            #docs
            pub fn #setter(mut self, values: impl __alif::Given<#quantity>) -> Self {
                self.inner = self.inner.set(#name, values.values());
                self
            }
            #[doc = #with_docs]
            pub fn #with(mut self, value: impl ::core::ops::FnMut(::core::primitive::usize) -> #quantity) -> Self {
                let values = __alif::each(self.inner.neurons(), value);
                self.inner = self.inner.set(#name, values);
                self
            }
        });
    }
    for state in &signature.states {
        let name = &state.name;
        let (setter, with) = (
            methods.further(&format!("initial_{name}")),
            methods.further(&format!("initial_{name}_with")),
        );
        let quantity = quantity(&state.unit);
        let docs = format!(
            " Sets the initial value of `{name}` ({}): one value, or one a neuron.",
            unit_text(&state.unit)
        );
        let with_docs = format!(" As [`Self::{setter}`], from the number of the neuron.");
        setters.extend(quote! {
            #[doc = #docs]
            pub fn #setter(mut self, values: impl __alif::Given<#quantity>) -> Self {
                self.inner = self.inner.init(#name, values.values());
                self
            }
            #[doc = #with_docs]
            pub fn #with(mut self, value: impl ::core::ops::FnMut(::core::primitive::usize) -> #quantity) -> Self {
                let values = __alif::each(self.inner.neurons(), value);
                self.inner = self.inner.init(#name, values);
                self
            }
        });
    }
    for input in &signature.inputs {
        let name = &input.name;
        let (setter, from) = (methods.own(name).clone(), methods.further(&format!("{name}_from")));
        let (quantity, unit) = (quantity(&input.unit), unit_text(&input.unit));
        let docs =
            format!(" Sets input `{name}` ({unit}) to what stays the same in every step: one value, or one a neuron.");
        let from_docs =
            format!(" Connects input `{name}` to a source, whose numbers are in the unit of the model ({unit}).");
        setters.extend(quote! {
            #[doc = #docs]
            pub fn #setter(mut self, values: impl __alif::Given<#quantity>) -> Self {
                self.inner = self.inner.input(#name, values.values());
                self
            }
            #[doc = #from_docs]
            pub fn #from(mut self, source: impl ::core::convert::Into<__alif::Source>) -> Self {
                self.inner = self.inner.input(#name, source);
                self
            }
        });
    }
    for port in &signature.ports {
        let (name, setter) = (&port.name, methods.own(&port.name).clone());
        let docs = format!(
            " Sends events to port `{name}`; weights are in the unit of the model ({}).",
            unit_text(&port.unit)
        );
        setters.extend(quote! {
            #[doc = #docs]
            pub fn #setter(mut self, events: impl ::core::convert::Into<__alif::Vec<__alif::Event>>) -> Self {
                self.inner = self.inner.events(#name, events.into());
                self
            }
        });
    }
    let docs = format!(" A population of [`{model}`] in the making: a setter for each name of the model.");
    quote! {
        impl #model {
            /// A population, to be set up and built: as many neurons, or neurons in this shape.
            pub fn population(shape: impl ::core::convert::Into<__alif::Shape>) -> #builder {
                #builder {
                    inner: __alif::Neuron::population(&#model, shape),
                }
            }
        }

        #[doc = #docs]
        #[derive(::core::fmt::Debug)]
        #[must_use = "nothing happens before `build`"]
        pub struct #builder {
            inner: __alif::Builder,
        }

        impl #builder {
            #setters
        }

        __alif::builder_methods! { #builder #population }
    }
}

fn param_docs(param: &ParamInfo) -> Vec<String> {
    let mut lines = param.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let unit = unit_text(&param.unit);
    let default = match &param.default {
        Some(default) => format!("`{default}` unless set"),
        None => "without default, so it must be set".to_owned(),
    };
    let condition = param
        .condition
        .as_ref()
        .map_or_else(String::new, |condition| format!("; `{condition}` must hold"));
    lines.push(format!(
        "Sets parameter `{}` ({unit}): one value, or one a neuron; {default}{condition}.",
        param.name
    ));
    lines
}

fn population(signature: &Signature, types: &Types) -> TokenStream {
    let (model, population, inputs) = (&types.model, &types.population, &types.inputs);
    let states = signature.states.iter().map(|s| &s.name);
    let mut methods = Methods::new(POPULATION_METHODS, states, "");
    let mut functions = TokenStream::new();
    for state in &signature.states {
        let name = &state.name;
        let (getter, setter) = (methods.own(name).clone(), methods.further(&format!("set_{name}")));
        let (quantity, unit) = (quantity(&state.unit), unit_text(&state.unit));
        let mut docs = state.docs.clone();
        if !docs.is_empty() {
            docs.push(String::new());
        }
        docs.push(format!("State `{name}` ({unit}) as it is now, one value a neuron."));
        let docs = attributes(&docs);
        let setter_docs = format!(" Sets state `{name}` ({unit}): one value, or one a neuron.");
        functions.extend(quote! {
            #docs
            #[must_use]
            pub fn #getter(&self) -> __alif::Vec<#quantity> {
                __alif::quantities(self.inner.coherent_state(#name))
            }
            #[doc = #setter_docs]
            ///
            /// # Errors
            /// A wrong number of values, or values that are not finite.
            pub fn #setter(&mut self, values: impl __alif::Given<#quantity>) -> __alif::Result<(), __alif::Error> {
                self.inner.set_state(#name, values.values())
            }
        });
    }
    for param in &signature.params {
        let name = &param.name;
        let (setter, quantity) = (methods.further(&format!("set_{name}")), quantity(&param.unit));
        let docs = format!(
            " Changes parameter `{name}` ({}) between runs; states stay as they are.",
            unit_text(&param.unit)
        );
        functions.extend(quote! {
            #[doc = #docs]
            ///
            /// # Errors
            /// A wrong number of values, or values that cannot be used; the population is then unchanged.
            pub fn #setter(&mut self, values: impl __alif::Given<#quantity>) -> __alif::Result<(), __alif::Error> {
                self.inner.set(#name, values.values())
            }
        });
    }
    for input in &signature.inputs {
        let name = &input.name;
        let (setter, quantity) = (methods.further(&format!("set_{name}")), quantity(&input.unit));
        let docs = format!(
            " Sets input `{name}` ({}) to what stays the same in every step.",
            unit_text(&input.unit)
        );
        functions.extend(quote! {
            #[doc = #docs]
            ///
            /// # Errors
            /// A wrong number of values, or values that are not finite.
            pub fn #setter(&mut self, values: impl __alif::Given<#quantity>) -> __alif::Result<(), __alif::Error> {
                self.inner.set_input(#name, values.values())
            }
        });
    }
    for port in &signature.ports {
        let (name, setter) = (&port.name, methods.further(&format!("set_{}", port.name)));
        let docs = format!(
            " Replaces the events of port `{name}`; weights are in the unit of the model ({}).",
            unit_text(&port.unit)
        );
        functions.extend(quote! {
            #[doc = #docs]
            ///
            /// # Errors
            /// Events that cannot be delivered.
            pub fn #setter(
                &mut self,
                events: impl ::core::convert::Into<__alif::Vec<__alif::Event>>,
            ) -> __alif::Result<(), __alif::Error> {
                self.inner.set_events(#name, events.into())
            }
        });
    }
    let docs = format!(" Many neurons of [`{model}`], advanced together; all that `alif::Population` can do, it can.");
    quote! {
        #[doc = #docs]
        #[derive(::core::fmt::Debug)]
        pub struct #population {
            inner: __alif::Population,
        }

        impl #population {
            #functions
        }

        __alif::population_methods! { #population #inputs }
    }
}

fn inputs(signature: &Signature, types: &Types) -> TokenStream {
    let (model, inputs) = (&types.model, &types.inputs);
    let mut names = Namer::with(&["__alif"]);
    let fields: Vec<Ident> = signature
        .inputs
        .iter()
        .map(|i| names.ident(&i.name, Span::call_site()))
        .collect();
    let docs = signature
        .inputs
        .iter()
        .map(|i| format!(" Input `{}` ({}), one value a neuron.", i.name, unit_text(&i.unit)));
    let quantities: Vec<TokenStream> = signature.inputs.iter().map(|i| quantity(&i.unit)).collect();
    let type_docs = format!(" The inputs of a population of [`{model}`] in one step.");
    quote! {
        #[doc = #type_docs]
        #[derive(::core::fmt::Debug)]
        pub struct #inputs<'a> {
            #(#[doc = #docs] pub #fields: __alif::Drive<'a, #quantities>,)*
            __alif: ::core::marker::PhantomData<&'a ()>,
        }

        #[doc(hidden)]
        impl<'a> __alif::InputsOf<'a> for #inputs<'a> {
            fn of(drives: &mut __alif::Drives<'a>) -> Self {
                let _ = &drives;
                Self {
                    #(#fields: drives.take(),)*
                    __alif: ::core::marker::PhantomData,
                }
            }
        }
    }
}

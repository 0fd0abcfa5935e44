//! The step program as Rust: what `alif_model!` puts in the place of a model.
//!
//! The type of a model implements the trait of generated models of `alif_core`: a step in terms of lanes, which the runtime runs with
//! the widest vectors of the machine, and straight-line code for what belongs to parameters. A builder, a population and its inputs with
//! typed methods stand beside it. Nothing here holds `unsafe`, and all paths begin with that of the `alif` crate or with `::core`, since
//! the names of a model may be those of anything.
//!
//! Comments would be lost in a token stream, so lines of the model are written as documentation of the statements that follow.

mod docs;
mod gradients;
mod names;
mod prepare;
mod signature;
mod step;
mod surface;

use alif_core::Signature;
use alif_core::adjoint::Rule;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

pub use surface::{BUILDER_METHODS, POPULATION_METHODS};

use crate::Compiled;
use crate::adjoint::Adjoint;
use crate::ir::Program;

/// What generated code needs to know of where it stands.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Path of the `alif` crate.
    pub alif: TokenStream,
    /// Visibility of the types.
    pub vis: TokenStream,
    /// Where the model's name stands.
    pub name: Span,
}

/// An adjoint with the rule that it was derived by.
pub type Gradients<'a> = (Rule, &'a Adjoint);

/// The items that a model becomes.
///
/// The program must be lowered for one event a step ([`crate::ir::Options::default`]), which is what [`crate::compile`] does; further
/// events are counted at run time.
#[must_use]
pub fn emit(compiled: &Compiled, naming: &Naming, gradients: Option<Gradients<'_>>) -> TokenStream {
    let signature = crate::signature(compiled);
    let program = &compiled.program;
    let types = surface::Types::new(&signature.name, naming.name);
    let (model, builder, population, inputs) = (&types.model, &types.builder, &types.population, &types.inputs);
    let module = format_ident!("__alif_{}", signature.name, span = naming.name);
    let (alif, vis) = (&naming.alif, &naming.vis);
    let docs = docs::attributes(&docs::of_model(compiled, &signature));
    let adjoint = gradients.map(|(rule, adjoint)| gradients::of(compiled, rule, adjoint));
    let implementation = implementation(
        model,
        program,
        &signature,
        true,
        adjoint.as_ref().map(|found| &found.functions),
    );
    let adjoint = adjoint.map(|found| found.items);
    let surface = surface::types(&signature, &types);
    quote! {
        #[allow(
            non_snake_case,
            non_camel_case_types,
            unreachable_pub,
            unused_doc_comments,
            unused_variables,
            unused_mut,
            clippy::all,
            clippy::pedantic,
            clippy::nursery
        )]
        mod #module {
            use #alif::private as __alif;

            #docs
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::default::Default,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq
            )]
            pub struct #model;

            #implementation
            #adjoint

            #surface
        }
        #[allow(unreachable_pub, unused_imports)]
        #vis use #module::{#model, #builder, #population, #inputs};
    }
}

/// The implementation of the trait of generated models; `slots` says whether its ports have as many as is asked for, or one.
fn implementation(
    model: &Ident,
    program: &Program,
    signature: &Signature,
    slots: bool,
    adjoint: Option<&TokenStream>,
) -> TokenStream {
    let layout = &program.layout;
    let [states, coefficients, input_count, ports] =
        [layout.states, layout.coefficients, layout.inputs, layout.ports.len()].map(Literal::usize_unsuffixed);
    let instructions = Literal::usize_unsuffixed(program.size());
    let names = signature::functions(signature, layout, slots);
    let prepare = prepare::functions(program);
    let step = step::functions(program);
    let without = quote! { type Adjoint = __alif::NoAdjoint; };
    let adjoint = adjoint.unwrap_or(&without);
    quote! {
        #[doc(hidden)]
        impl __alif::Generated for #model {
            type States<X> = [X; #states];
            type Coefficients<X> = [X; #coefficients];
            type Inputs<X> = [X; #input_count];
            type Ports<X> = [X; #ports];
            #adjoint

            const INSTRUCTIONS: ::core::primitive::usize = #instructions;
            #step
            #prepare
            #names
        }
    }
}

//! The macro `alif_model!`: a neuron model as a Rust type.
//!
//! The crate `alif` wraps it and is what users name. An invocation goes this way:
//!
//! ```text
//! tokens ─invocation─▶ text or file ─parse, compile─▶ diagnostics ─report─▶ the user's own words
//!                                                     models ─────emit────▶ Rust types
//! ```
//!
//! Model text between braces is written out again from its tokens (`source.rs`), so there is one parser for both forms.
//! Whatever can be wrong with a model is found by the library crates; here it only gets its place in the user's program.

#![forbid(unsafe_code)]

mod attribute;
mod expand;
mod file;
mod fragment;
mod invocation;
mod layout;
mod options;
mod origin;
mod pieces;
mod report;
mod source;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes types of models. Called by the macro of the same name in the crate `alif`, which puts `($crate)` first.
#[proc_macro]
pub fn alif_model(input: TokenStream) -> TokenStream {
    expand::expand(input.into()).into()
}

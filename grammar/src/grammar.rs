//! The parser that is generated from `model.pest`.

// The generated `Rule` and its documentation come from the grammar.
#![allow(missing_docs, unreachable_pub)]

/// Recognises model texts; the tree is built in [`crate::parser`].
#[derive(pest_derive::Parser)]
#[grammar = "model.pest"]
pub(crate) struct Grammar;

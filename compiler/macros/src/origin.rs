//! Where a model text came from: tokens between braces, or a file.

use alif_grammar::{Span, ast};
use proc_macro2::TokenStream;

use crate::file::ModelFile;
use crate::report::Ends;
use crate::source::Source;

/// A model text and the way back to the user's tokens.
pub(crate) enum Origin {
    /// Written between the braces of the macro.
    Tokens(Source),
    /// Read from a file.
    File(ModelFile),
}

impl Origin {
    /// The text, to which all spans of the compiler refer.
    pub(crate) fn text(&self) -> &str {
        match self {
            Origin::Tokens(source) => &source.text,
            Origin::File(file) => &file.text,
        }
    }

    /// The user's tokens for a part of the text; of a file there is only its name.
    pub(crate) fn ends(&self, span: Span) -> Ends {
        match self {
            Origin::Tokens(source) => source.ends(span),
            Origin::File(file) => (file.literal, file.literal),
        }
    }

    /// Who may name the type of a model.
    pub(crate) fn visibility(&self, model: &ast::Model) -> TokenStream {
        match self {
            Origin::Tokens(source) => source.visibility(model),
            Origin::File(file) => file.visibility.clone(),
        }
    }
}

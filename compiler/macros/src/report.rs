//! What the compiler says, as tokens: errors that stop rustc, and warnings that do not.

use alif_grammar::Diagnostic;
use alif_grammar::diagnostic::escape_control;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::origin::Origin;

/// The first and the last token of what is wrong.
pub(crate) type Ends = (Span, Span);

/// An error that underlines everything from the first to the last token.
pub(crate) fn error_at((first, last): Ends, message: &str) -> syn::Error {
    let (first, last) = (Ident::new("_", first), Ident::new("_", last));
    syn::Error::new_spanned(quote!(#first #last), message)
}

/// All errors together, each a `compile_error!` of its own.
pub(crate) fn all(errors: Vec<syn::Error>) -> TokenStream {
    let combined = errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    });
    combined.map(syn::Error::into_compile_error).unwrap_or_default()
}

/// The error that refuses a model.
pub(crate) fn error(origin: &Origin, diagnostic: &Diagnostic) -> syn::Error {
    error_at(origin.ends(diagnostic.span()), &message(origin, diagnostic))
}

/// A warning: on stable Rust a macro can only warn by a use of something deprecated, whose note says it.
///
/// rustc prints the path of a deprecated item, but of a deprecated macro the name alone. The name is at the user's word,
/// since what stands nowhere in the user's program draws no warnings.
pub(crate) fn warning(origin: &Origin, diagnostic: &Diagnostic) -> TokenStream {
    let note = message(origin, diagnostic);
    let (word, _) = origin.ends(diagnostic.span());
    let name = Ident::new("alif_warning", word);
    quote! {
        const _: () = {
            #[deprecated(note = #note)]
            macro_rules! alif_warning { () => {}; }
            #name! {}
        };
    }
}

/// Code and sentence; what is to be said of other places, since an error has one place; help.
fn message(origin: &Origin, diagnostic: &Diagnostic) -> String {
    let source = match origin {
        Origin::Tokens(source) => source,
        Origin::File(file) => return file.render(diagnostic),
    };
    let mut out = format!("[{}] {}", diagnostic.code.as_str(), escape_control(&diagnostic.message));
    let own_line = source.line(diagnostic.span());
    for label in diagnostic.labels.iter().filter(|label| !label.message.is_empty()) {
        out += &format!("\n  = {}", escape_control(&label.message));
        let line = source.line(label.span);
        if line != own_line {
            out += &format!(" (line {line})");
        }
        let words = source.words(label.span);
        if !words.is_empty() {
            out += &format!(": `{words}`");
        }
    }
    if let Some(help) = &diagnostic.help {
        out += &format!("\n  = help: {}", escape_control(help));
    }
    out
}

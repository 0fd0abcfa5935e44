//! The form with a path: `alif_model!(pub "models/alif.alif")`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use alif_grammar::{Code, Diagnostic, Limits, decode_file, render};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

/// A file of models.
pub(crate) struct ModelFile {
    /// Its path, as the user wrote it.
    pub(crate) path: String,
    /// The path's token.
    pub(crate) literal: Span,
    /// Its text.
    pub(crate) text: String,
    /// The visibility of all its types.
    pub(crate) visibility: TokenStream,
}

impl ModelFile {
    /// The message that quotes the file, since rustc can only quote its path.
    pub(crate) fn render(&self, diagnostic: &Diagnostic) -> String {
        message(diagnostic, &self.path, &self.text)
    }
}

/// Reads the file at `path`, which starts at the root of the crate that is compiled; gives it and an item that names it to
/// cargo.
pub(crate) fn load(path: &LitStr, visibility: TokenStream) -> Result<(ModelFile, TokenStream), syn::Error> {
    let error = |message: String| syn::Error::new(path.span(), message);
    let written = path.value();
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let full = root.join(&written);
    let (bytes, size) = bytes(&full).map_err(|reason| {
        error(format!(
            "cannot read `{written}`: {reason}\n  = help: a path starts where the `Cargo.toml` of the crate stands"
        ))
    })?;
    let text = decode_file(&bytes, size, &Limits::default()).map_err(|fault| {
        let text = match fault.code {
            Code::FileTooLarge => String::new(),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        };
        error(message(&fault, &written, &text))
    })?;
    let Some(full) = full.to_str() else {
        return Err(error(format!(
            "the path of `{written}`, {}, is no text",
            full.display()
        )));
    };
    let tracking = quote! { const _: &[u8] = ::core::include_bytes!(#full); };
    let file = ModelFile {
        path: written,
        literal: path.span(),
        text,
        visibility,
    };
    Ok((file, tracking))
}

/// The first bytes of a file, and how many it has.
fn bytes(path: &Path) -> std::io::Result<(Vec<u8>, u64)> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.take(Limits::default().most_read() as u64)
        .read_to_end(&mut bytes)?;
    Ok((bytes, size))
}

/// A rendered diagnostic without the word `error`, which rustc writes itself.
fn message(diagnostic: &Diagnostic, path: &str, text: &str) -> String {
    let rendered = render(diagnostic, path, text);
    let code = diagnostic.code.as_str();
    match rendered.split_once(": ") {
        Some((_, rest)) => format!("[{code}] {}", rest.trim_end()),
        None => rendered,
    }
}

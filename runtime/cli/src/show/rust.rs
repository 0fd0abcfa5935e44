//! What `alif_model!` writes for a model, for reading.

use alif_compiler::Compiled;
use alif_compiler::backend::rust::{Naming, emit};
use alif_grammar::Code;
use proc_macro2::Span;
use quote::quote;

use crate::terminal::Failure;

/// The items that a model becomes.
pub(crate) fn listing(compiled: &Compiled) -> Result<String, Failure> {
    let naming = Naming {
        alif: quote! { ::alif },
        vis: quote! { pub },
        name: Span::call_site(),
    };
    let items = syn::parse2(emit(compiled, &naming, None)).map_err(|error| Failure::new(Code::NoKernel, error))?;
    Ok(spaced(&comments(&prettyplease::unparse(&items))))
}

/// Turns the documentation of statements back into the comments that they stand for.
fn comments(code: &str) -> String {
    let lines: Vec<&str> = code.lines().collect();
    let mut text = String::with_capacity(code.len());
    for (at, line) in lines.iter().enumerate() {
        let documented = lines[at..]
            .iter()
            .map(|line| line.trim_start())
            .find(|line| !line.starts_with("///"));
        let statement =
            documented.is_some_and(|line| line.starts_with("let ") || line.starts_with(|c: char| c.is_ascii_digit()));
        if statement && line.trim_start().starts_with("///") {
            text.push_str(&line.replacen("///", "//", 1));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// Puts a blank line between items, whose end is `}` or `;`.
fn spaced(code: &str) -> String {
    let starts = ["///", "#[", "fn ", "impl", "pub ", "mod ", "__alif::"];
    let mut text = String::with_capacity(code.len());
    let mut before = "";
    for line in code.lines() {
        let is_item = starts.iter().any(|start| line.trim_start().starts_with(start));
        if is_item && (before.trim_start() == "}" || before.ends_with(';')) {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        before = line;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{comments, spaced};

    #[test]
    fn items_have_a_blank_line_between_them() {
        let code = "use a::b;\n/// A model.\npub struct A;\nimpl A {\n    fn f() {\n        let v = 0;\n    }\n    fn g() {}\n}\n";
        let wanted = "use a::b;\n\n/// A model.\npub struct A;\n\nimpl A {\n    fn f() {\n        let v = 0;\n    }\n\n    fn g() {}\n}\n";
        assert_eq!(spaced(code), wanted);
    }

    #[test]
    fn statements_have_comments_and_items_documentation() {
        let code = "/// A model.\npub struct A;\nfn f() {\n    /// V -= V_th\n    let v1 = 0;\n}\n";
        let wanted = "/// A model.\npub struct A;\nfn f() {\n    // V -= V_th\n    let v1 = 0;\n}\n";
        assert_eq!(comments(code), wanted);
    }
}

//! The grammar of the `alif` model language: text to syntax tree, tree to text, and what to say when a text is wrong.
//!
//! [`parse`] reads a text in two looks. The first cuts it into words, counts what could exhaust the parser, and refuses
//! characters and habits of other languages. The second is the grammar, `model.pest`, whose words become the tree of
//! [`ast`]. When the grammar refuses a text, its items are read one by one, so that each wrong item has its own
//! [`Diagnostic`]. Nothing here knows what a name or a unit means.
//!
//! ```
//! let text = "model Lif { param tau = 20 ms; state v = 0; tau*dv/dt = -v; }";
//! let file = alif_grammar::parse(text).unwrap();
//! assert_eq!(file.models[0].name.name, "Lif");
//! assert!(alif_grammar::print(&file, text).contains("    tau * dv/dt = -v;\n"));
//! ```

#![forbid(unsafe_code)]

pub mod ast;
pub mod codes;
mod comments;
mod decode;
pub mod diagnostic;
mod equations;
mod explain;
mod expressions;
mod grammar;
mod items;
mod limits;
mod parser;
mod print;
mod print_expr;
mod recover;
mod same_tree;
mod scan;
pub mod span;
#[cfg(test)]
mod tests;
mod units;
mod value;

pub use codes::Code;
pub use decode::{decode, decode_file, parse_bytes};
pub use diagnostic::{Diagnostic, Label, MAX_DIAGNOSTICS, Severity, in_order, render};
pub use limits::Limits;
pub use parser::{parse, parse_expression, parse_with};
pub use print::print;
pub use print_expr::{print_expr, print_unit};
pub use same_tree::same_tree;
pub use span::{LineIndex, Span};
pub use value::{Value, parse_value};

//! Expressions as a graph in which equal things are one node, and what calculus does with them.

mod build;
mod differentiate;
mod expand;
mod expr;
mod linear;
mod print;

pub use build::Environment;
pub use expr::{Graph, Node, Uses};
pub use linear::{LinearForm, NotLinear};
pub(crate) use print::comparison;
pub(crate) use expr::holds;

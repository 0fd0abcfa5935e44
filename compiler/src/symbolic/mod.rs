//! Expressions as a graph in which equal things are one node, and what calculus does with them.

mod build;
mod differentiate;
mod expand;
mod expr;
mod latex;
mod linear;
mod print;
mod repair;
mod slope;

pub use build::Environment;
pub use expr::{Graph, Node, Uses};
pub(crate) use expr::{holds, integer_power};
pub(crate) use latex::latex_name;
pub use linear::{LinearForm, NotLinear};

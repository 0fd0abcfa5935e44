//! Does `alif_model!` take what it should in a crate of this edition? `ui` asks the same in the edition before, and what is
//! said of mistakes.

#[path = "ui/pass/in_macros.rs"]
mod in_macros;
#[path = "ui/pass/keywords.rs"]
mod keywords;
#[path = "ui/pass/several.rs"]
mod several;
#[path = "ui/pass/warnings.rs"]
mod warnings;

use alif::alif_model;

alif_model!(pub(crate) "models/wrong.alif");

fn main() {}

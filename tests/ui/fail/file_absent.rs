use alif::alif_model;

alif_model!(pub "models/absent.alif");

fn main() {}

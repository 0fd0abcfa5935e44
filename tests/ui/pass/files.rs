//! Models of files, whose paths start at the root of this crate.

alif::alif_model!("../../models/alif.alif");

/// A path may come from a macro.
macro_rules! file {
    ($vis:vis, $path:literal) => {
        alif::alif_model! { $vis $path, }
    };
}
#[allow(deprecated)]
mod listed {
    file!(pub(super), "models/warning.alif");
}

#[test]
fn all_can_be_named() {
    let _: Option<(Alif, listed::Spare)> = None;
}

//! The shipped models as types.
#![allow(deprecated, reason = "that is how `alif_model!` warns, here of BrainPy's defaults")]

alif::alif_model!(pub "../models/alif_bellec2020.alif");

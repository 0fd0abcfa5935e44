//! Tasks that layers learn, for examples and tests.
#![allow(dead_code, reason = "each program uses a part")]

pub(crate) mod evidence;
pub(crate) mod pattern;
pub(crate) mod voltage;

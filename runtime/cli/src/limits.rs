//! The limits of this command, which `--limit` sets once for all that it does.

use std::sync::OnceLock;

use alif_grammar::Limits;

static SET: OnceLock<(Limits, Option<u64>)> = OnceLock::new();

/// Takes the limits from the command line.
pub(crate) fn set(given: &[(String, u64)]) {
    let mut limits = Limits::default();
    let mut memory = None;
    for (name, most) in given {
        // A number beyond what the machine can count is no limit at all.
        if !limits.set(name, usize::try_from(*most).unwrap_or(usize::MAX)) {
            memory = Some(*most);
        }
    }
    // Nothing was set before: this is called once, at the start.
    let _ = SET.set((limits, memory));
}

/// How large texts and models may be.
pub(crate) fn limits() -> Limits {
    SET.get().map_or_else(Limits::default, |set| set.0)
}

/// The bytes that a run may take, if that was said.
pub(crate) fn memory() -> Option<u64> {
    SET.get().and_then(|set| set.1)
}

//! "Did you mean …?"

use alloc::borrow::ToOwned;

/// The name nearest to `wanted`, when it is near enough to be a slip of the finger. Without the feature `std` there is none.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match wanted.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    names
        .into_iter()
        .filter_map(|name| Some((distance(wanted, name)?, name)))
        // A one-letter name is one edit away from every other.
        .filter(|(distance, name)| *distance <= limit && *distance < name.chars().count().max(wanted.chars().count()))
        .min_by_key(|(distance, name)| (*distance, (*name).to_owned()))
        .map(|(_, name)| name)
}

/// How many edits lie between two names; none when they differ in case alone.
#[cfg(feature = "std")]
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let same_but_case = name.to_lowercase() == wanted.to_lowercase();
    Some(if same_but_case {
        0
    } else {
        strsim::osa_distance(wanted, name)
    })
}

/// Nothing here counts edits.
#[cfg(not(feature = "std"))]
fn distance(_wanted: &str, _name: &str) -> Option<usize> {
    None
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        assert_eq!(nearest("V_ht", ["V_th", "tau"]), Some("V_th"));
        assert_eq!(nearest("Tau", ["tau", "tau_a"]), Some("tau"));
        assert_eq!(nearest("Iext", ["I", "V"]), None);
        assert_eq!(nearest("x", ["V", "a"]), None);
    }
}

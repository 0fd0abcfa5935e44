//! "Did you mean …?" for names given by a program.

/// A name that differs from `wanted` by case alone or by one or two edits.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = if wanted.chars().count() < 3 { 1 } else { 2 };
    names
        .map(|name| {
            let same_but_case = name.to_lowercase() == wanted.to_lowercase();
            let distance = if same_but_case {
                0
            } else {
                strsim::osa_distance(wanted, name)
            };
            (distance, name)
        })
        .filter(|(distance, name)| *distance <= limit && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name.to_owned())
}

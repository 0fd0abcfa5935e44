//! Numbers as people read them.

use alloc::format;
use alloc::string::{String, ToString};

/// The shortest digits that give the number back, with an exponent where it is very small or very large.
#[must_use]
pub fn number_text(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() || (1e-5..1e15).contains(&magnitude) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn odd_sizes_get_an_exponent() {
        assert_eq!(number_text(0.005), "0.005");
        assert_eq!(number_text(-70.0), "-70");
        assert_eq!(number_text(1e300), "1e300");
        assert_eq!(number_text(3.5e-44), "3.5e-44");
    }
}

//! Bytes to text.

use crate::ast::File;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::Limits;
use crate::parser::parse;
use crate::scan::too_large;
use crate::span::{LineIndex, Span};

/// Reads bytes as UTF-8, without the byte order mark that some editors write.
///
/// # Errors
/// A file that is too large or not in UTF-8; the position then counts the bytes of the file.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<String, Diagnostic> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.len() > limits.longest() {
        return Err(too_large(bytes.len(), limits));
    }
    if looks_like_utf16(bytes) {
        let message = "the file looks like UTF-16; a model is a text in UTF-8";
        return Err(Diagnostic::new(Code::NotText, Span::at(0), message).help("save the file in the encoding UTF-8"));
    }
    match std::str::from_utf8(text) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = bytes.len() - text.len() + error.valid_up_to();
            let before = String::from_utf8_lossy(&bytes[..at]);
            let (line, _) = LineIndex::new(&before).line_column(&before, before.len() as u32);
            Err(Diagnostic::new(
                Code::NotText,
                Span::at(at),
                format!("invalid UTF-8 at byte {} (line {line})", at + 1),
            ))
        }
    }
}

/// Reads the text of a file of `size` bytes, of which `bytes` are the first, at most [`Limits::most_read`]. A device has no size.
///
/// # Errors
/// As [`decode`].
pub fn decode_file(bytes: &[u8], size: u64, limits: &Limits) -> Result<String, Diagnostic> {
    if bytes.len() < limits.most_read() {
        return decode(bytes, limits);
    }
    let most = limits.most_read() as u64 - 1;
    let shown = if size > most {
        size.to_string()
    } else {
        format!("more than {most}")
    };
    let message = format!("the file has {shown} bytes; at most {} are read", limits.longest());
    let needed = usize::try_from(size.max(most + 1)).unwrap_or(usize::MAX);
    Err(Diagnostic::new(Code::FileTooLarge, Span::at(0), message).help(Limits::help("file", needed)))
}

/// Reads the bytes of a file: its text, to which all spans refer, and its tree.
///
/// # Errors
/// As [`decode`] and [`parse`].
pub fn parse_bytes(bytes: &[u8]) -> Result<(String, File), Vec<Diagnostic>> {
    let text = decode(bytes, &Limits::default()).map_err(|fault| vec![fault])?;
    let file = parse(&text)?;
    Ok((text, file))
}

/// A UTF-16 byte order mark, or every other byte of the start zero.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64) & !1];
    let zeros = |odd: usize| start.len() >= 4 && start.iter().skip(odd).step_by(2).all(|&byte| byte == 0);
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || zeros(0) != zeros(1)
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_file};
    use crate::limits::Limits;

    const MAX_READ: usize = (1 << 20) + 4;

    fn message(bytes: &[u8]) -> String {
        decode(bytes, &Limits::default()).unwrap_or_else(|fault| fault.message)
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        assert_eq!(message(b"\xef\xbb\xbfmodel"), "model");
        assert_eq!(
            message(b"model m { param tau = 20 \xff\xfe ms; }"),
            "invalid UTF-8 at byte 26 (line 1)"
        );
        assert_eq!(message(b"a\nb\rc\r\n\xc3"), "invalid UTF-8 at byte 8 (line 4)");
        for utf16 in [&b"\xff\xfem\0o\0"[..], b"m\0o\0d\0e\0", b"\0m\0o\0d\0e"] {
            assert!(message(utf16).contains("UTF-16"));
        }
    }

    #[test]
    fn files_are_read_up_to_the_limit() {
        let read = |bytes: &[u8], size| {
            decode_file(bytes, size, &Limits::default())
                .map(|text| text.len())
                .map_err(|fault| fault.message)
        };
        let refused = |size: &str| Err(format!("the file has {size} bytes; at most 1048576 are read"));
        let blanks = vec![b' '; MAX_READ];
        assert_eq!(read(&blanks[..10], 10), Ok(10));
        assert_eq!(read(&blanks, 2_000_000), refused("2000000"));
        assert_eq!(read(&blanks, 0), refused("more than 1048579"));
    }
}

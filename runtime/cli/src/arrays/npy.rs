//! NumPy's `.npy` format, version 1.0 to 3.0, for all that has a value in f64.
//!
//! The format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::InputError;

/// The longest header that is read; NumPy's own have some hundred bytes.
const MAX_HEADER: usize = 1 << 16;

/// Numbers read from a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    /// The length of each dimension; none for a single number.
    pub(crate) shape: Vec<usize>,
    /// The values, the last index running fastest.
    pub(crate) values: Vec<f64>,
}

/// Reads a `.npy` file: `f4`, `f8`, `i1` … `i8`, `u1` … `u8` or booleans (0 and 1), of either byte order and memory order.
/// Values that are not finite pass.
///
/// # Errors
/// [`InputError`]: no such file, another type of values, an integer that f64 does not hold (with its index), a damaged file.
pub(crate) fn read_npy(path: &Path) -> Result<Array, InputError> {
    let file = File::open(path).map_err(|error| InputError::io(path, error))?;
    let metadata = file.metadata().map_err(|error| InputError::io(path, error))?;
    let problem = |reason| InputError::Array {
        path: path.to_owned(),
        reason,
    };
    if !metadata.is_file() {
        return Err(problem("it is not a regular file".to_owned()));
    }
    parse(BufReader::new(file), metadata.len()).map_err(problem)
}

/// Reads a file of `size` bytes. No more memory is asked for than the file has values.
fn parse(mut file: impl Read, size: u64) -> Result<Array, String> {
    let mut start = [0; 8];
    let read = file.read_exact(&mut start);
    if read.is_err() || &start[..6] != b"\x93NUMPY" {
        return Err("it is not a .npy file".to_owned());
    }
    let (length_bytes, header_length) = match start[6] {
        1 => {
            let mut length = [0; 2];
            exact(&mut file, &mut length)?;
            (2, usize::from(u16::from_le_bytes(length)))
        }
        2 | 3 => {
            let mut length = [0; 4];
            exact(&mut file, &mut length)?;
            (4, u32::from_le_bytes(length) as usize)
        }
        version => return Err(format!("version {version} of the .npy format is not known")),
    };
    if header_length > MAX_HEADER {
        return Err(format!("its header of {header_length} bytes is damaged"));
    }
    let mut header = vec![0; header_length];
    exact(&mut file, &mut header)?;
    let header = std::str::from_utf8(&header).map_err(|_| "its header is damaged".to_owned())?;
    let header = Header::parse(header)?;
    let kind = Kind::of(&header.descr)?;

    let data = size.saturating_sub(8 + length_bytes + header_length as u64);
    let count = count(&header.shape).ok_or("its shape is too large")?;
    let expected = (count as u64).checked_mul(kind.size as u64);
    if expected != Some(data) {
        let shape = shape_text(&header.shape);
        let expected = expected.map_or_else(|| "too many".to_owned(), |bytes| bytes.to_string());
        return Err(format!(
            "it is damaged: shape {shape} of `{}` takes {expected} bytes, {data} are there",
            header.descr
        ));
    }

    let mut values = Vec::with_capacity(count);
    let mut bytes = [0; 8];
    let bytes = &mut bytes[..kind.size];
    for position in 0..count {
        exact(&mut file, bytes)?;
        let value = kind.value(bytes).map_err(|number| {
            let index = index_of(position, &header.shape, header.fortran_order);
            format!(
                "{number} at {} is an integer that f64 does not hold",
                shape_text(&index)
            )
        })?;
        values.push(value);
    }
    if header.fortran_order && header.shape.len() > 1 {
        values = row_major(&values, &header.shape);
    }
    Ok(Array {
        shape: header.shape,
        values,
    })
}

fn exact(file: &mut impl Read, bytes: &mut [u8]) -> Result<(), String> {
    file.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "the file ends too early".to_owned(),
        _ => error.to_string(),
    })
}

/// The number of elements, if it can be counted.
fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_usize, |n, length| n.checked_mul(*length))
}

/// The index of the element at a position in the file.
fn index_of(mut position: usize, shape: &[usize], fortran_order: bool) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    let mut split = |dimension: usize| {
        index[dimension] = position % shape[dimension];
        position /= shape[dimension];
    };
    if fortran_order {
        (0..shape.len()).for_each(&mut split);
    } else {
        (0..shape.len()).rev().for_each(&mut split);
    }
    index
}

/// Brings values whose first index runs fastest into the order in which the last one does.
fn row_major(values: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for length in shape {
        strides.push(stride);
        stride *= length;
    }
    let mut index = vec![0; shape.len()];
    let mut place = 0;
    let mut ordered = Vec::with_capacity(values.len());
    for _ in values {
        ordered.push(values[place]);
        for dimension in (0..shape.len()).rev() {
            index[dimension] += 1;
            place += strides[dimension];
            if index[dimension] < shape[dimension] {
                break;
            }
            place -= strides[dimension] * shape[dimension];
            index[dimension] = 0;
        }
    }
    ordered
}

/// A shape or an index as Python writes it.
fn shape_text(shape: &[usize]) -> String {
    match shape {
        [length] => format!("({length},)"),
        lengths => {
            let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
            format!("({})", lengths.join(", "))
        }
    }
}

/// How a value is stored.
struct Kind {
    letter: char,
    size: usize,
    big_endian: bool,
}

impl Kind {
    fn of(descr: &str) -> Result<Self, String> {
        let order = descr.chars().next().unwrap_or(' ');
        let kind = descr.trim_start_matches(['<', '>', '|', '=']);
        let refused = |what: &str| {
            Err(format!(
                "its values are {what} (dtype `{descr}`); floats (f4, f8), integers and booleans can be used"
            ))
        };
        let (letter, size) = match kind {
            "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8" | "b1" => {
                let digit = kind.as_bytes()[1] - b'0';
                (char::from(kind.as_bytes()[0]), usize::from(digit))
            }
            _ => {
                return refused(match kind.chars().next() {
                    Some('c') => "complex",
                    Some('O') => "Python objects",
                    Some('U' | 'S' | 'a') => "strings",
                    Some('M' | 'm') => "dates or durations",
                    Some('V' | '[') => "records",
                    Some('f') => "floats of another size",
                    Some(_) | None => "of another type",
                });
            }
        };
        let big_endian = order == '>' || (order == '=' && cfg!(target_endian = "big"));
        Ok(Self {
            letter,
            size,
            big_endian,
        })
    }

    /// The value of `bytes`, of which there are as many as the kind has; an integer is given back when f64 does not hold it.
    fn value(&self, bytes: &[u8]) -> Result<f64, i128> {
        let mut raw = [0; 8];
        for (index, byte) in bytes.iter().enumerate() {
            let place = if self.big_endian {
                bytes.len() - 1 - index
            } else {
                index
            };
            raw[place] = *byte;
        }
        let bits = u64::from_le_bytes(raw);
        let unused = 64 - 8 * self.size as u32;
        let integer = match self.letter {
            'f' if self.size == 4 => return Ok(f64::from(f32::from_bits(bits as u32))),
            'f' => return Ok(f64::from_bits(bits)),
            'b' => i128::from(bits != 0),
            // Shifted up and down again, which repeats the sign.
            'i' => i128::from(((bits << unused) as i64) >> unused),
            _ => i128::from(bits),
        };
        let value = integer as f64;
        if value as i128 == integer {
            Ok(value)
        } else {
            Err(integer)
        }
    }
}

/// What the header says.
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    /// Reads the three entries of a header such as `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, in any order.
    fn parse(text: &str) -> Result<Self, String> {
        Self::entries(text).ok_or_else(|| "its header is damaged".to_owned())
    }

    fn entries(text: &str) -> Option<Self> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let mut rest = text.trim().strip_prefix('{')?.trim_start();
        while !rest.starts_with('}') {
            let (key, after) = quoted(rest)?;
            rest = after.trim_start().strip_prefix(':')?.trim_start();
            match key {
                "descr" if rest.starts_with('[') => {
                    // A list of the fields of a record; what they are matters no more.
                    descr = Some("[…]".to_owned());
                    rest = &rest[list_length(rest)?..];
                }
                "descr" => {
                    let (value, after) = quoted(rest)?;
                    descr = Some(value.to_owned());
                    rest = after;
                }
                "fortran_order" => {
                    let (value, word) = if rest.starts_with("True") {
                        (true, "True")
                    } else {
                        (false, "False")
                    };
                    rest = rest.strip_prefix(word)?;
                    fortran_order = Some(value);
                }
                "shape" => {
                    let (lengths, after) = rest.strip_prefix('(')?.split_once(')')?;
                    shape = Some(tuple(lengths)?);
                    rest = after;
                }
                _ => return None,
            }
            rest = rest.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if rest.starts_with('}') => rest,
                None => return None,
            };
        }
        if rest != "}" {
            return None;
        }
        Some(Self {
            descr: descr?,
            fortran_order: fortran_order?,
            shape: shape?,
        })
    }
}

/// The text in quotes at the start, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// The length of the list at the start, brackets in it included.
fn list_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (position, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(position + 1);
        }
    }
    None
}

/// The lengths in `3, 4`, `3,` or nothing. Python 2 wrote `3L`.
fn tuple(text: &str) -> Option<Vec<usize>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let lengths = text.strip_suffix(',').unwrap_or(text).split(',');
    let lengths: Vec<usize> = lengths
        .map(|length| {
            let length = length.trim();
            length.strip_suffix('L').unwrap_or(length).parse().ok()
        })
        .collect::<Option<_>>()?;
    // As many as NumPy knows.
    (lengths.len() <= 64).then_some(lengths)
}

#[cfg(test)]
#[path = "npy_tests.rs"]
mod tests;

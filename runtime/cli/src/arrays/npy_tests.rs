//! Files made here byte by byte; the same bytes as NumPy's, see `headers_of_numpy`.

use super::*;

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn array(descr: &str, order: &str, shape: &str, data: &[u8]) -> Result<Array, String> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}  \n");
    let bytes = file(&header, data);
    parse(bytes.as_slice(), bytes.len() as u64)
}

fn values(descr: &str, data: &[u8]) -> Vec<f64> {
    let size: usize = descr[2..].parse().expect("a size");
    let shape = format!("({},)", data.len() / size);
    array(descr, "False", &shape, data).expect("well-formed").values
}

#[test]
fn kinds() {
    assert_eq!(values("<f8", &1.5_f64.to_le_bytes()), [1.5]);
    assert_eq!(values(">f8", &1.5_f64.to_be_bytes()), [1.5]);
    assert_eq!(values("=f4", &0.1_f32.to_ne_bytes()), [f64::from(0.1_f32)]);
    assert!(values("<f4", &f32::NAN.to_le_bytes())[0].is_nan());
    assert_eq!(values("|i1", &[0x80, 0x7f, 0xff]), [-128.0, 127.0, -1.0]);
    assert_eq!(values("|u1", &[0x80, 0xff]), [128.0, 255.0]);
    assert_eq!(values("<i2", &(-2_i16).to_le_bytes()), [-2.0]);
    assert_eq!(values(">i4", &(-3_i32).to_be_bytes()), [-3.0]);
    assert_eq!(values("<u4", &u32::MAX.to_le_bytes()), [4_294_967_295.0]);
    assert_eq!(values("<i8", &i64::MIN.to_le_bytes()), [-9_223_372_036_854_775_808.0]);
    assert_eq!(values("|b1", &[0, 1]), [0.0, 1.0]);
}

#[test]
fn integers_that_f64_does_not_hold() {
    let odd = (1_u64 << 53) + 1;
    let mut data = [0; 6 * 8];
    data[8..16].copy_from_slice(&odd.to_le_bytes());
    let reason = array("<u8", "False", "(2, 3)", &data).expect_err("refused");
    assert_eq!(
        reason,
        "9007199254740993 at (0, 1) is an integer that f64 does not hold"
    );
    let reason = array("<i8", "True", "(2, 3)", &data).expect_err("refused");
    assert_eq!(
        reason,
        "9007199254740993 at (1, 0) is an integer that f64 does not hold"
    );
    let reason = array("<u8", "False", "(1,)", &[0xff; 8]).expect_err("refused");
    assert!(reason.starts_with("18446744073709551615 at (0,)"), "{reason}");
}

#[test]
fn shapes_and_orders() {
    let data: Vec<u8> = (0..24).collect();
    let c = array("|u1", "False", "(2, 3, 4)", &data).expect("well-formed");
    let expected: Vec<f64> = (0..24).map(f64::from).collect();
    assert_eq!((c.shape.as_slice(), c.values), ([2, 3, 4].as_slice(), expected));
    let f = array("|u1", "True", "(2, 3)", &[0, 3, 1, 4, 2, 5]).expect("well-formed");
    assert_eq!(f.values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let f = array("|u1", "True", "(2, 3, 4)", &data).expect("well-formed");
    for (position, value) in f.values.iter().enumerate() {
        let (i, j, k) = (position / 12, position / 4 % 3, position % 4);
        assert_eq!(*value, (i + 2 * j + 6 * k) as f64);
    }
    let scalar = array("|u1", "False", "()", &[7]).expect("well-formed");
    assert_eq!((scalar.shape.len(), scalar.values), (0, vec![7.0]));
    let empty = array("<f8", "True", "(0, 1152921504606846976, 64)", &[]).expect("well-formed");
    assert!(empty.values.is_empty());
}

#[test]
fn refused_types_are_named() {
    for (descr, what) in [
        ("<c16", "complex (dtype `<c16`)"),
        ("|O", "Python objects (dtype `|O`)"),
        ("<U5", "strings"),
        ("|S5", "strings"),
        ("<M8[ns]", "dates"),
        ("|V8", "records"),
        ("<f2", "floats of another size (dtype `<f2`)"),
        ("<f16", "floats of another size"),
        ("", "of another type"),
    ] {
        let reason = array(descr, "False", "(1,)", &[0; 16]).expect_err("refused");
        assert!(reason.contains(what), "{reason}");
    }
    let header = "{'descr': [('a', '<f8', (2,)), ('b', [('c', '|u1')])], 'fortran_order': False, 'shape': (1,)}";
    let bytes = file(header, &[0; 17]);
    let reason = parse(bytes.as_slice(), bytes.len() as u64).expect_err("refused");
    assert!(reason.contains("records"), "{reason}");
}

#[test]
fn damaged_files_are_refused_without_memory() {
    let reason = array("<f8", "False", "(1000000000000,)", &[0; 8]).expect_err("short");
    assert!(reason.contains("takes 8000000000000 bytes, 8 are there"), "{reason}");
    for shape in [
        "(18446744073709551615,)",
        "(4294967296, 4294967296)",
        "(2,)",
        "()x",
        "(-1,)",
        "(1,,)",
        "3",
    ] {
        assert!(array("<f8", "False", shape, &[0; 8]).is_err(), "{shape}");
    }
    let mut whole = file("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", &[1; 16]);
    assert!(parse(whole.as_slice(), whole.len() as u64).is_ok());
    for end in 0..whole.len() {
        assert!(parse(&whole[..end], end as u64).is_err(), "{end}");
        // A file that shrinks while it is read.
        assert!(parse(&whole[..end], whole.len() as u64).is_err(), "{end}");
    }
    for position in 0..whole.len() {
        let byte = whole[position];
        for other in 0..=255 {
            whole[position] = other;
            let _ = parse(whole.as_slice(), whole.len() as u64);
        }
        whole[position] = byte;
    }
    let huge = b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}";
    assert!(parse(huge.as_slice(), huge.len() as u64).is_err());
    let long = file(&format!("{{'descr': {}", "[".repeat(60_000)), &[]);
    assert!(parse(long.as_slice(), long.len() as u64).is_err());
}

#[test]
fn headers_of_numpy() {
    for header in [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }    \n",
        "{'shape': (3L, 4L), 'fortran_order': False, 'descr': \"<f8\"}",
    ] {
        let header = Header::parse(header).expect("well-formed");
        assert_eq!((header.descr.as_str(), header.shape), ("<f8", vec![3, 4]));
    }
    let mut third = b"\x93NUMPY\x03\x00".to_vec();
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}";
    third.extend((header.len() as u32).to_le_bytes());
    third.extend(header.as_bytes());
    third.push(1);
    assert_eq!(
        parse(third.as_slice(), third.len() as u64).expect("version 3").values,
        [1.0]
    );
}

#[test]
fn missing_files_are_named() {
    let error = read_npy(Path::new("no/such.npy")).expect_err("missing");
    assert!(error.to_string().starts_with("cannot read `no/such.npy`: "), "{error}");
    let error = read_npy(Path::new(".")).expect_err("a folder");
    assert!(error.to_string().contains("`.`"), "{error}");
}

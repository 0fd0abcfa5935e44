//! Are the quantities of the runtime worth what the compiler's units are worth?

use alif::Model;
use alif_compiler::dimension::Dimension;
use alif_compiler::units::{UnitValue, lookup, name_of, to_coherent};
use alif_core::UnitInfo;
use alif_core::quantity::{NAMED, UNITS, coherent_unit};

use crate::support::model;

/// Numbers of all magnitudes and both signs, with zero and what is not finite.
fn values() -> impl Iterator<Item = f64> {
    let mantissas = [
        1.0,
        0.1,
        1.001,
        1.6,
        -70.0,
        1.0 / 3.0,
        std::f64::consts::PI,
        2.999_999_99,
    ];
    let decades = (-320..=308).step_by(10);
    let finite = decades.flat_map(move |e| mantissas.map(|x| x * format!("1e{e}").parse::<f64>().unwrap()));
    let special = [
        0.0,
        -0.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    finite.chain(special)
}

fn dimension_of(unit: UnitValue) -> [i16; 6] {
    unit.dimension.twice_exponents()
}

/// A model with a parameter in each unit.
fn with_every_unit() -> Model {
    let params = UNITS.iter().enumerate();
    let params: String = params
        .map(|(i, row)| format!("param p{i} = 1 {};\n", row.name))
        .collect();
    model(&format!("model Units {{\n{params}state x = 0; dx/dt = -x / 1 ms;\n}}"))
}

#[test]
fn functions_of_units_agree_with_the_language() {
    assert!(values().count() > 300);
    let model = with_every_unit();
    assert_eq!(model.signature().params.len(), UNITS.len());
    for (row, param) in UNITS.iter().zip(&model.signature().params) {
        let name = row.name;
        let unit = lookup(name).unwrap_or_else(|error| panic!("{error}"));
        let info: &UnitInfo = &param.unit;
        assert_eq!(info.text, name);
        assert_eq!(row.dimension, dimension_of(unit), "{name}");
        assert_eq!(row.dimension, info.dimension, "{name}");
        for x in values() {
            let found = (row.coherent)(x);
            for wanted in [info.coherent(x), to_coherent(x, unit)] {
                assert!(
                    found.to_bits() == wanted.to_bits() || found.is_nan() && wanted.is_nan(),
                    "{x:?} {name}: {found:?}, but {wanted:?}"
                );
            }
        }
    }
}

#[test]
fn usual_units_have_a_function() {
    let small = ["", "m", "u", "n"].as_slice();
    let tiny = ["", "m", "u", "n", "p", "f"].as_slice();
    let usual = [
        ("s", small),
        ("V", small),
        ("A", tiny),
        ("S", tiny),
        ("F", tiny),
        ("Ohm", &["", "k", "M", "G"]),
        ("Hz", &["m", "", "k", "M"]),
    ];
    for (symbol, prefixes) in usual {
        for prefix in prefixes {
            let unit = format!("{prefix}{symbol}");
            assert!(lookup(&unit).is_ok(), "{unit}");
            assert!(UNITS.iter().any(|row| row.name == unit), "{unit} has no function");
        }
    }
}

#[test]
fn named_dimensions_agree_with_the_language() {
    for &(name, exponents) in NAMED {
        // With these exponents undoubled, it is the square of the dimension.
        let doubled = exponents.map(|twice| i8::try_from(twice).expect("a small exponent"));
        let dimension = Dimension::from_exponents(doubled)
            .sqrt()
            .expect("a whole number is halved");
        assert_eq!(dimension.twice_exponents(), exponents, "{name}");
        assert_eq!(coherent_unit(exponents), Some(name_of(dimension).as_str()), "{name}");
    }
    for row in UNITS {
        assert!(
            coherent_unit(row.dimension).is_some(),
            "the dimension of {} has no name",
            row.name
        );
    }
}

//! Values that each neuron draws: `normal(20ms, 1ms)`, `uniform(-70mV, -50mV)`.

use alif::Distribution;
use alif_grammar::Code;

use crate::values::Wanted;

/// A name with arguments in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
}

/// Reads a value as a call; nothing where it is none.
pub(crate) fn call(value: &str) -> Option<Call<'_>> {
    let (name, rest) = value.split_once('(')?;
    let name = name.trim();
    // A number before a bracket has a compound unit: `0.04 [1/(mV*ms)]`.
    let plain = name.starts_with(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let inside = rest.trim_end().strip_suffix(')')?;
    plain.then(|| Call {
        name,
        arguments: inside.split(',').map(str::trim).collect(),
    })
}

/// The values of all neurons, in the coherent set.
pub(crate) fn read(call: &Call<'_>, wanted: &Wanted<'_>) -> Result<Vec<f64>, (Code, String)> {
    let refused = |reason: String| (Code::OptionValue, reason);
    let Some((seed, recipient)) = wanted.draw else {
        return Err(refused(
            "one value is wanted here, and what is drawn differs between neurons".to_owned(),
        ));
    };
    let (of, form) = match call.name {
        "normal" => (Distribution::normal as fn(f64, f64) -> Distribution, "normal(mean,sd)"),
        "uniform" => (
            Distribution::uniform as fn(f64, f64) -> Distribution,
            "uniform(low,high)",
        ),
        name => {
            return Err(refused(format!(
                "there is no distribution `{name}`; there are normal(mean,sd) and uniform(low,high)"
            )));
        }
    };
    let &[first, second] = call.arguments.as_slice() else {
        return Err(refused(format!("write {form}, with two values")));
    };
    let value = |text: &str| alif::load::quantity(text, wanted.unit).map_err(|e| (e.code, e.to_string()));
    let distribution = of(value(first)?, value(second)?);
    match distribution.flaw() {
        None => Ok(distribution.values(seed, recipient, wanted.n)),
        Some(reason) => Err((Code::ParameterRange, format!("{form}: {reason}"))),
    }
}

#[cfg(test)]
mod tests {
    use alif::{Recipient, UnitInfo};

    use super::{call, read};
    use crate::values::Wanted;

    #[test]
    fn what_is_drawn_is_what_the_library_draws() {
        let unit = UnitInfo::new("s", 6, [0, 0, 2, 0, 0, 0]);
        let wanted = |draw| Wanted {
            option: "--set",
            unit: &unit,
            n: 3,
            steps: None,
            draw,
        };
        let draw = Some((5, Recipient::Parameter(2)));
        let found = |text: &str| read(&call(text).expect("a call"), &wanted(draw));
        let library = alif::Distribution::normal(20.0, 1.0).values(5, Recipient::Parameter(2), 3);
        for text in ["normal(20ms,1ms)", "normal( 0.02 , 1 ms )", "normal (20 ms, 0.001s)"] {
            assert_eq!(found(text), Ok(library.clone()), "{text}");
        }
        for (text, part) in [
            ("gauss(1,2)", "there is no distribution `gauss`"),
            ("normal(1)", "normal(mean,sd), with two values"),
            ("normal(1mV,2)", "mV"),
            ("normal(1,-2)", "below zero"),
            ("uniform(2,1)", "above the upper one"),
            ("uniform(0,inf)", "finite"),
        ] {
            let (_, message) = found(text).expect_err(text);
            assert!(message.contains(part), "{text}: {message}");
        }
        assert!(read(&call("normal(1,2)").expect("a call"), &wanted(None)).is_err());
        for text in ["15nA", "0.04 [1/(mV*ms)]", "@a(b).npy", "(1)", "normal(1,2"] {
            assert_eq!(call(text), None, "{text}");
        }
    }
}

//! Values of options whose meaning the model gives: parameters, initial values, inputs, events.

use alif::decimal::{Decimal, steps_rounded_down};
use alif::{Event, Recipient, Source, UnitInfo, Values};
use alif_grammar::Code;

use crate::arrays::{self, When, read_events_csv, read_npy};
use crate::draws;
use crate::parse::{Assignment, Time};
use crate::terminal::Failure;

/// A value as an option gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// One for all neurons, in the coherent set of units.
    One(f64),
    /// One a neuron, in the unit of the model.
    PerNeuron(Vec<f64>),
    /// One a neuron, drawn in the coherent set of units, as this text says.
    Drawn(String, Vec<f64>),
    /// One a step, for all neurons, in the unit of the model.
    Course(Vec<f64>),
    /// One a step and neuron, in the unit of the model.
    Stream(Vec<f64>),
}

impl Given {
    /// For parameters and initial values.
    pub(crate) fn values(&self) -> Values {
        match self {
            Self::One(value) => Values::Coherent(*value),
            Self::Drawn(_, values) => Values::CoherentPerNeuron(values.clone()),
            Self::PerNeuron(values) | Self::Course(values) | Self::Stream(values) => Values::PerNeuron(values.clone()),
        }
    }

    /// For inputs; what changes from step to step is taken out, not copied.
    pub(crate) fn take_source(&mut self) -> Source {
        match self {
            Self::Course(values) => Source::Course(std::mem::take(values)),
            Self::Stream(values) => Source::Stream(std::mem::take(values)),
            Self::One(_) | Self::PerNeuron(_) | Self::Drawn(..) => Source::Constant(self.values()),
        }
    }

    /// Whether neurons have values of their own.
    pub(crate) fn differs(&self) -> bool {
        matches!(self, Self::PerNeuron(_) | Self::Drawn(..) | Self::Stream(_))
    }

    /// The value of a neuron in the coherent set, at step 0 where it changes.
    pub(crate) fn coherent(&self, neuron: usize, unit: &UnitInfo) -> f64 {
        match self {
            Self::One(value) => *value,
            Self::Drawn(_, values) => values.get(neuron).copied().unwrap_or(f64::NAN),
            Self::PerNeuron(values) | Self::Stream(values) => {
                values.get(neuron).map_or(f64::NAN, |&v| unit.coherent(v))
            }
            Self::Course(values) => values.first().map_or(f64::NAN, |&v| unit.coherent(v)),
        }
    }
}

/// What a value is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The option, such as `--set`.
    pub(crate) option: &'static str,
    /// The unit that the model declares.
    pub(crate) unit: &'a UnitInfo,
    /// Number of neurons.
    pub(crate) n: usize,
    /// Number of steps, where the value may change from step to step.
    pub(crate) steps: Option<u64>,
    /// The seed of what is drawn, and whose values they are; nothing where neurons cannot differ.
    pub(crate) draw: Option<(u64, Recipient)>,
}

/// A failure of an option, with its name and value.
pub(crate) fn refused(code: Code, option: &str, given: &Assignment, reason: impl std::fmt::Display) -> Failure {
    Failure::new(code, format_args!("{option} {given}: {reason}"))
}

/// Reads a value: a quantity, a distribution to draw from, or an array in a file.
pub(crate) fn read(given: &Assignment, wanted: &Wanted<'_>) -> Result<Given, Failure> {
    if let Some(call) = draws::call(&given.value) {
        return draws::read(&call, wanted)
            .map(|values| Given::Drawn(given.value.clone(), values))
            .map_err(|(code, reason)| refused(code, wanted.option, given, reason));
    }
    let Some(path) = given.file() else {
        return alif::load::quantity(&given.value, wanted.unit)
            .map(Given::One)
            .map_err(|e| refused(e.code, wanted.option, given, e.reason));
    };
    let array = read_npy(path).map_err(|e| refused(e.code(), wanted.option, given, e))?;
    shaped(array, wanted).map_err(|reason| refused(Code::ArrayLength, wanted.option, given, reason))
}

/// What an array means, which its shape says alone.
fn shaped(array: arrays::Array, wanted: &Wanted<'_>) -> Result<Given, String> {
    let n = wanted.n;
    let steps = wanted.steps.and_then(|s| usize::try_from(s).ok());
    match (array.shape.as_slice(), steps) {
        (&[len], _) if len == n => Ok(Given::PerNeuron(array.values)),
        (&[rows, 1], Some(steps)) if rows == steps => Ok(Given::Course(array.values)),
        (&[rows, columns], Some(steps)) if rows == steps && columns == n => Ok(Given::Stream(array.values)),
        (shape, _) => {
            let found = shape_text(shape);
            Err(match wanted.steps {
                None => format!("the array has the shape {found}, but ({n},) is wanted: one value a neuron"),
                Some(steps) => format!(
                    "the array has the shape {found}, but ({n},), ({steps}, {n}) or ({steps}, 1) is wanted: \
                     one value a neuron, a step and neuron, or a step"
                ),
            })
        }
    }
}

fn shape_text(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
    match lengths.as_slice() {
        [one] => format!("({one},)"),
        _ => format!("({})", lengths.join(", ")),
    }
}

/// Reads the events of a port. A time t belongs to the step n with n·dt <= t < (n+1)·dt, as in [`Event::train`].
pub(crate) fn events(given: &Assignment, n: usize, steps: u64, dt: &Time) -> Result<Vec<Event>, Failure> {
    let option = "--events";
    let Some(path) = given.file() else {
        let reason = "events come from a table: write @ and the name of a .csv file";
        return Err(refused(Code::OptionValue, option, given, reason));
    };
    let rows = read_events_csv(path).map_err(|e| refused(e.code(), option, given, e))?;
    rows.into_iter()
        .map(|row| {
            let at = |reason: String| {
                let reason = format!("line {}: {reason}", row.line);
                refused(Code::Undeliverable, option, given, reason)
            };
            let (step, when) = match &row.when {
                When::Step(step) => (*step, format!("step {step}")),
                When::Time(text) => (step_at(text, dt).map_err(at)?, format!("t = {text} ms")),
            };
            if step >= steps {
                return Err(at(format!(
                    "{when} is not before the end of the run, which has {steps} steps"
                )));
            }
            if row.neuron as usize >= n {
                return Err(at(format!("there is no neuron {}; the population has {n}", row.neuron)));
            }
            Ok(Event {
                step,
                neuron: row.neuron,
                weight: row.weight,
            })
        })
        .collect()
}

/// The step that a time in ms belongs to.
fn step_at(text: &str, dt: &Time) -> Result<u64, String> {
    let read = text.parse::<f64>().ok().and_then(Decimal::from_f64_shortest);
    let time = text
        .parse()
        .ok()
        .or(read)
        .ok_or_else(|| format!("`{text}` is no time"))?;
    let refused = |reason: String| format!("t = {text} ms with time steps of {} ms: {reason}", dt.exact);
    let whole = steps_rounded_down(&time, &dt.exact).map_err(|e| refused(e.to_string()))?;
    Ok(whole.count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(value: &str) -> Assignment {
        Assignment {
            name: "I".to_owned(),
            value: value.to_owned(),
        }
    }

    fn nanoampere() -> UnitInfo {
        UnitInfo::new("nA", 6, [0, 0, 0, 2, 0, 0])
    }

    fn message(failure: Failure) -> String {
        match failure {
            Failure::Message { message, .. } => message,
            Failure::Told => String::new(),
        }
    }

    #[test]
    fn quantities_have_the_unit_of_the_model() {
        let unit = nanoampere();
        let wanted = Wanted {
            option: "--input",
            unit: &unit,
            n: 3,
            steps: Some(10),
            draw: None,
        };
        for text in ["15nA", "15 nA", "15", "0.015 uA", "15000 pA"] {
            assert_eq!(
                read(&assignment(text), &wanted).ok(),
                Some(Given::One(15000.0)),
                "{text}"
            );
        }
        for (text, part) in [("15mV", "mV"), ("15 nAx", "nAx"), ("nan", "nan"), ("1e999", "64-bit")] {
            let message = message(read(&assignment(text), &wanted).expect_err(text));
            assert!(message.starts_with("--input I=") && message.contains(part), "{message}");
        }
    }

    #[test]
    fn shapes_say_what_arrays_mean() {
        let unit = nanoampere();
        let wanted = |steps| Wanted {
            option: "--input",
            unit: &unit,
            n: 3,
            steps,
            draw: None,
        };
        let array = |shape: &[usize]| arrays::Array {
            shape: shape.to_vec(),
            values: vec![0.0; shape.iter().product()],
        };
        let of = |shape: &[usize], steps| shaped(array(shape), &wanted(steps));
        assert!(matches!(of(&[3], Some(3)), Ok(Given::PerNeuron(_))));
        assert!(matches!(of(&[4, 1], Some(4)), Ok(Given::Course(_))));
        assert!(matches!(of(&[4, 3], Some(4)), Ok(Given::Stream(_))));
        for (shape, steps) in [
            (&[3, 4][..], Some(4)),
            (&[4], Some(4)),
            (&[], Some(4)),
            (&[4, 3], None),
            (&[3, 1], None),
        ] {
            assert!(of(shape, steps).is_err(), "{shape:?}");
        }
        let reason = of(&[3, 4], Some(4)).expect_err("turned round");
        assert!(reason.contains("(3, 4)") && reason.contains("(4, 3)"), "{reason}");
        let reason = of(&[2], None).expect_err("too short");
        assert!(reason.contains("(2,)") && reason.contains("(3,)"), "{reason}");
    }

    #[test]
    fn event_times_are_steps() {
        let dt = crate::parse::time("0.1ms").expect("a time");
        assert_eq!(step_at("0.3", &dt), Ok(3));
        assert_eq!(step_at(".5", &dt), Ok(5));
        assert_eq!(step_at("0.30000000000000004", &dt), Ok(3));
        assert_eq!(step_at("0.29999999999999999", &dt), Ok(3));
        assert_eq!(step_at("0.35", &dt), Ok(3));
        assert!(step_at("-1", &dt).is_err());
    }
}

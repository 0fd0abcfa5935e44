//! The settings that a run really had, defaults included.

use std::collections::HashSet;

use alif::{Model, UnitInfo};
use alif_compiler::backend;
use alif_grammar::{Code, Diagnostic};

use crate::args::RunArgs;
use crate::plan::Plan;
use crate::values::Given;

/// The most different refractory periods that are looked at for a warning.
const MAX_PERIODS: usize = 1000;

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    /// The name.
    pub(crate) name: String,
    /// The unit that the model declares.
    pub(crate) unit: String,
    /// The value in this unit; nothing where it differs between neurons or steps.
    pub(crate) value: Option<f64>,
    /// What stands for a value that differs.
    pub(crate) note: String,
}

impl Setting {
    fn new(name: &str, unit: &UnitInfo, given: Option<&Given>, nothing: &str) -> Self {
        let (value, note) = match given {
            None => (None, nothing),
            Some(Given::One(value)) => (Some(unit.declared(*value)), ""),
            Some(Given::PerNeuron(_)) => (None, "per neuron"),
            Some(Given::Drawn(text, _)) => (None, text.as_str()),
            Some(Given::Course(_)) => (None, "per step"),
            Some(Given::Stream(_)) => (None, "per step and neuron"),
        };
        Self {
            name: name.to_owned(),
            unit: unit.text.clone(),
            value,
            note: note.to_owned(),
        }
    }

    /// The value with its unit, or what stands for it.
    pub(crate) fn text(&self) -> String {
        self.value
            .map_or_else(|| self.note.clone(), |value| quantity(value, &self.unit))
    }
}

/// A number with its unit.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "" | "1" => number(value),
        _ => format!("{} {unit}", number(value)),
    }
}

/// A number in at most twelve digits, for people.
pub(crate) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    let magnitude = rounded.abs();
    if rounded == 0.0 || !rounded.is_finite() || (1e-4..1e15).contains(&magnitude) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// All parameters with the values they have, defaults included. Empty when a parameter has none.
pub(crate) fn parameters(model: &Model, given: &[Option<Given>], dt: f64) -> Vec<Setting> {
    let signature = model.signature();
    let program = &model.compiled().program;
    let values = backend::complete(program, &of_neuron(model, given, 0), dt).unwrap_or_default();
    let mut differs: Vec<bool> = given.iter().map(|g| g.as_ref().is_some_and(Given::differs)).collect();
    // Defaults come in an order in which each needs only earlier ones.
    for default in &program.defaults {
        let at = default.param.index();
        differs[at] |= given[at].is_none() && default.params.iter().any(|p| differs[p.index()]);
    }
    let params = signature.params.iter().zip(values).zip(differs).zip(given);
    params
        .map(|(((info, value), differs), given)| Setting {
            name: info.name.clone(),
            unit: info.unit.text.clone(),
            value: (!differs).then(|| info.unit.declared(value)),
            note: match given {
                Some(Given::Drawn(text, _)) => text.clone(),
                _ => "per neuron".to_owned(),
            },
        })
        .collect()
}

/// The initial values that were set.
pub(crate) fn initial(model: &Model, plan: &Plan) -> Vec<Setting> {
    let states = model.signature().states.iter().zip(&plan.initial);
    states
        .filter(|(_, given)| given.is_some())
        .map(|(info, given)| Setting::new(&info.name, &info.unit, given.as_ref(), ""))
        .collect()
}

/// All inputs and event ports with what is connected to them.
pub(crate) fn inputs(model: &Model, plan: &Plan) -> Vec<Setting> {
    let signature = model.signature();
    let continuous = signature.inputs.iter().zip(&plan.inputs);
    let continuous =
        continuous.map(|(info, given)| Setting::new(&info.name, &info.unit, given.as_ref(), "not connected, 0"));
    let ports = signature.ports.iter().zip(&plan.events);
    let ports = ports.map(|(info, events)| {
        let note = match events {
            None => "no events".to_owned(),
            Some(events) => match events.len() {
                1 => "1 event".to_owned(),
                count => format!("{count} events"),
            },
        };
        Setting {
            name: info.name.clone(),
            unit: info.unit.text.clone(),
            value: None,
            note,
        }
    });
    continuous.chain(ports).collect()
}

/// The parameters that were set, for one neuron, in the coherent set.
pub(crate) fn of_neuron(model: &Model, given: &[Option<Given>], neuron: usize) -> Vec<Option<f64>> {
    let params = model.signature().params.iter().zip(given);
    params
        .map(|(info, given)| given.as_ref().map(|g| g.coherent(neuron, &info.unit)))
        .collect()
}

/// W0704: a refractory period that is no multiple of the time step, with the one that is used instead.
pub(crate) fn refractory_warning(model: &Model, given: &[Option<Given>], n: usize, dt: f64) -> Option<Diagnostic> {
    let compiled = model.compiled();
    let refractory = compiled.model.refractory.as_ref()?;
    let per_neuron = given.iter().flatten().any(Given::differs);
    let mut seen: HashSet<Vec<u64>> = HashSet::new();
    for neuron in 0..if per_neuron { n } else { 1 } {
        let given = of_neuron(model, given, neuron);
        let params = backend::complete(&compiled.program, &given, dt).ok()?;
        let bits = params.iter().map(|p| p.to_bits()).collect();
        if !seen.insert(bits) {
            continue;
        }
        if seen.len() > MAX_PERIODS {
            return None;
        }
        let period = model.refractory_period(&params, dt)?;
        if !period.is_multiple {
            let of = if per_neuron {
                format!(" of neuron {neuron}")
            } else {
                String::new()
            };
            let message = format!(
                "the refractory period{of}, {} ms, is no multiple of the time step, {} ms; what is used is {} ms ({})",
                number(period.duration),
                number(dt),
                number(period.steps as f64 * dt),
                if period.steps == 1 {
                    "1 step".to_owned()
                } else {
                    format!("{} steps", period.steps)
                },
            );
            return Some(
                Diagnostic::new(Code::RefractoryRounded, refractory.span, message)
                    .help("periods are rounded down to whole steps"),
            );
        }
    }
    None
}

/// The line on top of a plot.
pub(crate) fn title(args: &RunArgs, model: &Model, plan: &Plan) -> String {
    let neurons = if args.n == 1 {
        "1 neuron".to_owned()
    } else {
        format!("{} neurons", args.n)
    };
    let connected = inputs(model, plan)
        .into_iter()
        .filter(|i| i.value.is_some() || i.note.starts_with("per "));
    let connected = connected.map(|i| match i.value {
        Some(_) => format!(", {} = {}", i.name, i.text()),
        None => format!(", {} {}", i.name, i.note),
    });
    let connected: String = connected.collect();
    format!("{}: {neurons}{connected}", model.signature().name)
}

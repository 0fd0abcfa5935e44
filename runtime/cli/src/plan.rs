//! What a run is asked to do, in the names of its model.

use alif::decimal::steps;
use alif::{Builder, Error, Event, Model, Monitor, Recipient, Signature, UnitInfo, index_of};
use alif_grammar::Code;

use crate::args::RunArgs;
use crate::parse::{Assignment, Time};
use crate::terminal::{Failure, code};
use crate::values::{self, Given, Wanted, refused};

/// A run: everything that the options say, with names looked up and files read.
pub(crate) struct Plan {
    /// Number of steps.
    pub(crate) steps: u64,
    /// For each parameter, its value where it was set.
    pub(crate) params: Vec<Option<Given>>,
    /// For each state, its initial value where it was set.
    pub(crate) initial: Vec<Option<Given>>,
    /// For each continuous input, what it is connected to.
    pub(crate) inputs: Vec<Option<Given>>,
    /// For each event port, its events.
    pub(crate) events: Vec<Option<Vec<Event>>>,
    /// The names to record.
    pub(crate) record: Vec<String>,
    /// The neurons to record; nothing for all.
    pub(crate) neurons: Option<Vec<u32>>,
}

impl Plan {
    /// Looks up names and reads files.
    pub(crate) fn new(args: &RunArgs, signature: &Signature) -> Result<Self, Failure> {
        let steps = steps_of(args)?;
        let n = args.neurons();
        let params = params(&args.set, signature, n, Some(args.seed))?;
        let mut initial = vec![None; signature.states.len()];
        for given in &args.init {
            let names: Vec<(&String, &UnitInfo)> = signature.states.iter().map(|s| (&s.name, &s.unit)).collect();
            let at = find("--init", given, signature, "state", &names)?;
            let wanted = Wanted {
                option: "--init",
                unit: names[at].1,
                n,
                steps: None,
                draw: Some((args.seed, Recipient::State(at))),
            };
            set_once(&mut initial[at], "--init", given, values::read(given, &wanted)?)?;
        }
        // A noise whose numbers are given is an input of the compiled model.
        let given = [("--input", args.input.as_slice()), ("--noise", args.noise.as_slice())];
        let inputs = inputs(&given, signature, n, steps, Some(args.seed))?;
        let mut events = vec![None; signature.ports.len()];
        for given in &args.events {
            let names: Vec<(&String, &UnitInfo)> = signature.ports.iter().map(|p| (&p.name, &p.unit)).collect();
            let at = find("--events", given, signature, "event port", &names)?;
            set_once(
                &mut events[at],
                "--events",
                given,
                values::events(given, n, steps, &args.dt)?,
            )?;
        }
        let neurons = args.record_neurons.as_ref().map(|ranges| {
            let neurons = ranges.neurons(n);
            neurons.map_err(|e| Failure::new(Code::OptionValue, format_args!("--record-neurons {}: {e}", ranges.text)))
        });
        let neurons = neurons.transpose()?;
        Ok(Self {
            steps,
            params,
            initial,
            inputs,
            events,
            record: record_names(args, signature)?,
            neurons,
        })
    }

    /// The population, with the monitors that `--record` asks for. Inputs that change from step to step are handed over to it.
    pub(crate) fn builder(&mut self, args: &RunArgs, model: &Model) -> Builder {
        let signature = model.signature();
        let mut builder = model
            .population(args.neurons())
            .dt(args.dt.ms())
            .seed(args.seed)
            .precision(args.precision.into())
            .engine(args.engine.into())
            .threads(args.threads);
        for (info, given) in signature.params.iter().zip(&self.params) {
            if let Some(given) = given {
                builder = builder.set(&info.name, given.values());
            }
        }
        for (info, given) in signature.states.iter().zip(&self.initial) {
            if let Some(given) = given {
                builder = builder.init(&info.name, given.values());
            }
        }
        for (info, given) in signature.inputs.iter().zip(&mut self.inputs) {
            if let Some(given) = given {
                builder = builder.input(&info.name, given.take_source());
            }
        }
        for (info, events) in signature.ports.iter().zip(&mut self.events) {
            if let Some(events) = events {
                builder = builder.events(&info.name, events.clone());
            }
        }
        for name in &self.record {
            let monitor = Monitor::of(name).every(args.every);
            builder = builder.record(match &self.neurons {
                Some(neurons) => monitor.neurons(neurons.iter().copied()),
                None => monitor,
            });
        }
        builder
    }
}

/// For each continuous input, what it is connected to.
pub(crate) fn inputs(
    options: &[(&'static str, &[Assignment])],
    signature: &Signature,
    n: usize,
    steps: u64,
    seed: Option<u64>,
) -> Result<Vec<Option<Given>>, Failure> {
    let mut inputs = vec![None; signature.inputs.len()];
    let names: Vec<(&String, &UnitInfo)> = signature.inputs.iter().map(|i| (&i.name, &i.unit)).collect();
    for &(option, assignments) in options {
        for given in assignments {
            let at = find(option, given, signature, "input", &names)?;
            let wanted = Wanted {
                option,
                unit: names[at].1,
                n,
                steps: Some(steps),
                draw: seed.map(|seed| (seed, Recipient::Input(at))),
            };
            set_once(&mut inputs[at], option, given, values::read(given, &wanted)?)?;
        }
    }
    Ok(inputs)
}

/// The parameters that `--set` sets.
pub(crate) fn params(
    set: &[Assignment],
    signature: &Signature,
    n: usize,
    seed: Option<u64>,
) -> Result<Vec<Option<Given>>, Failure> {
    let mut params = vec![None; signature.params.len()];
    let names: Vec<(&String, &UnitInfo)> = signature.params.iter().map(|p| (&p.name, &p.unit)).collect();
    for given in set {
        let at = find("--set", given, signature, "parameter", &names)?;
        let wanted = Wanted {
            option: "--set",
            unit: names[at].1,
            n,
            steps: None,
            draw: seed.map(|seed| (seed, Recipient::Parameter(at))),
        };
        set_once(&mut params[at], "--set", given, values::read(given, &wanted)?)?;
    }
    Ok(params)
}

fn steps_of(args: &RunArgs) -> Result<u64, Failure> {
    if let Some(steps) = args.steps {
        return Ok(steps);
    }
    let default = Time {
        text: "1s".to_owned(),
        exact: "1000".parse().unwrap_or_default(),
    };
    let (duration, option) = match &args.duration {
        Some(duration) => (duration, format!("--duration {}", duration.text)),
        None => (
            &default,
            "the duration, 1s unless --duration or --steps is given".to_owned(),
        ),
    };
    let refused = |code: Code, reason: String| {
        let dt = &args.dt.text;
        Failure::new(code, format_args!("{option}, with --dt {dt}: {reason}"))
    };
    match steps(&duration.exact, &args.dt.exact) {
        Ok(0) => Err(refused(Code::BadTimeStep, "the run has no steps".to_owned())),
        Ok(steps) => Ok(steps),
        Err(error) => Err(refused(code(error.code()), error.to_string())),
    }
}

fn record_names(args: &RunArgs, signature: &Signature) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for name in args.record.iter().map(|name| name.trim()) {
        let given = args.record.join(",");
        if name.is_empty() {
            let message = format!("--record {given}: a name is missing");
            return Err(Failure::new(Code::NotRecordable, message));
        }
        if names.iter().any(|n| n == name) {
            let message = format!("--record {given}: `{name}` stands in it twice");
            return Err(Failure::new(Code::NotRecordable, message));
        }
        if name == "spikes" && other_option(signature, name).is_none() && signature.lets.iter().all(|l| l.name != name)
        {
            let failure = |why: &str| Failure::new(Code::NotRecordable, format_args!("--record {given}: {why}"));
            return Err(if signature.spikes {
                failure("`spikes` are in every file that --out names, without being asked for")
            } else {
                failure("there are no `spikes`: the model does not say when it spikes")
                    .help("write `spike when V > V_th { … }`")
            });
        }
        let npz = args
            .out
            .as_ref()
            .is_some_and(|out| out.extension().is_some_and(|e| e == "npz"));
        if npz && crate::output::ARRAYS.contains(&name) {
            let message = format!(
                "--record {given}: an array of every .npz is called `{name}`; write a .csv, or give the state another name"
            );
            return Err(Failure::new(Code::NotRecordable, message));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The index of the name that an option sets.
fn find(
    option: &str,
    given: &Assignment,
    signature: &Signature,
    kind: &'static str,
    names: &[(&String, &UnitInfo)],
) -> Result<usize, Failure> {
    index_of(signature, kind, &given.name, names.iter().map(|n| n.0)).map_err(|error| {
        let failure = Failure::of(&error).prefixed(&format!("{option} {given}"));
        match other_option(signature, &given.name) {
            Some((what, other)) => failure.help(format!("`{}` is {what}: use {other}", given.name)),
            None if names.is_empty() => failure.help(format!("the model has no {kind} at all")),
            None => {
                let names: Vec<&str> = names.iter().map(|n| n.0.as_str()).collect();
                failure.help(format!("the model has {}", names.join(", ")))
            }
        }
    })
}

/// What a name is, and the option for such things.
fn other_option(signature: &Signature, name: &str) -> Option<(&'static str, &'static str)> {
    if signature.params.iter().any(|p| p.name == name) {
        Some(("a parameter", "--set"))
    } else if signature.states.iter().any(|s| s.name == name) {
        Some(("a state", "--init"))
    } else if signature.inputs.iter().any(|i| i.name == name) {
        Some(("a continuous input", "--input"))
    } else if signature.ports.iter().any(|p| p.name == name) {
        Some(("an event port", "--events"))
    } else {
        None
    }
}

fn set_once<T>(slot: &mut Option<T>, option: &str, given: &Assignment, value: T) -> Result<(), Failure> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(refused(
            Code::OptionValue,
            option,
            given,
            format_args!("`{}` was given before", given.name),
        )),
    }
}

/// An error of the library, with the options that led to it.
pub(crate) fn blame(error: &Error, args: &RunArgs) -> Failure {
    let named = |name: &str| {
        let options = [
            ("--set", &args.set),
            ("--init", &args.init),
            ("--input", &args.input),
            ("--noise", &args.noise),
            ("--events", &args.events),
        ];
        options
            .into_iter()
            .flat_map(|(option, given)| given.iter().map(move |given| (option, given)))
            .filter(|(_, given)| given.name == name)
            .map(|(option, given)| format!("{option} {given}"))
            .collect::<Vec<String>>()
    };
    let options: Vec<String> = match error {
        Error::Neurons | Error::Memory { .. } => vec![format!("--n {}", args.n)],
        Error::TimeStep(_) => vec![format!("--dt {}", args.dt.text)],
        Error::Length { name, .. } | Error::NotFinite { name, .. } | Error::InputNotFinite { name, .. } => named(name),
        Error::Event { port, .. } | Error::TooManyEvents { port, .. } => named(port),
        Error::Tolerance { .. } => {
            let given = args.solving.tolerance.iter();
            given.map(|tolerance| format!("--tolerance {tolerance:?}")).collect()
        }
        Error::Threads { .. } => vec![format!("--threads {}", args.threads)],
        Error::Monitor { .. } | Error::UnknownName { .. } => vec![format!("--record {}", args.record.join(","))],
        Error::Parameters { values, .. } => {
            let names = values.split(", ").filter_map(|v| v.split(" = ").next());
            names.flat_map(named).filter(|o| o.starts_with("--set ")).collect()
        }
        _ => vec![],
    };
    let failure = match options.as_slice() {
        [] => Failure::of(error),
        options => Failure::of(error).prefixed(&options.join(" ")),
    };
    match error {
        Error::Missing { name, .. } => failure.help(format!("set it with --set {name}=V")),
        Error::SubSteps { .. } => failure.help(
            "a larger tolerance or another solver may reach it; `alif explain E0810` says what this can come from",
        ),
        Error::Tolerance { precision, .. } if *precision == alif::Precision::F32 => failure.help("use --precision f64"),
        Error::SinglePrecision { .. } => failure.help("use --precision f64"),
        Error::Kernel(_) => failure.help("use --engine interpreter"),
        _ => failure,
    }
}

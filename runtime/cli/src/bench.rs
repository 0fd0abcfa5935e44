//! `alif bench`: what the steps of a model cost on this machine.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use alif::atomic::{check_writable, write_atomically};
use alif::{Engine, Error, Model, Population, Precision, Source as Input, UnitInfo, Values};
use alif_benches::hand::{HandWritten, features};
use alif_benches::plain::Plain;
use alif_benches::turns::{Runner, Walk, json, table, take_turns};
use alif_benches::{pin, yardsticks};
use alif_core::StepKernel;
use alif_grammar::Code;
use serde_json::{Value, json};

use crate::args::{BenchArgs, PrecisionArg, ReportFormat};
use crate::memory;
use crate::plan;
use crate::source::Source;
use crate::terminal::{Failure, results};
use crate::values::{Given, refused};

/// The interpreter is far slower than the rest: it makes so many neuron-updates a sample, with no more neurons than that.
const SLOW: usize = 10_000;

/// Measures a model.
pub(crate) fn bench(args: &BenchArgs) -> Result<(), Failure> {
    if let Some(path) = &args.out {
        check_writable(path).map_err(|e| Failure::new(Code::FileAccess, format_args!("--out: {e}")))?;
    }
    let source = Source::open(&args.file)?;
    let model = source.model(args.model.as_deref(), &args.solving.options())?;
    let subject = Subject::new(args, model)?;
    subject.builds(1, Precision::F64)?;
    source.tell(subject.model.warnings());
    let mut rows = Vec::new();
    if args.format == ReportFormat::Text {
        results(HEAD)?;
        if !OPTIMISED {
            results("This build of alif is not optimised: its figures say little.\n\n")?;
        }
    }
    for &n in &args.n {
        let n = memory::countable(n)?;
        for &precision in &args.precision {
            rows.extend(match precision {
                PrecisionArg::F32 => subject.measure::<f32>(args, n)?,
                PrecisionArg::F64 => subject.measure::<f64>(args, n)?,
            });
        }
    }
    let document = json!({
        "version": 1,
        "model": subject.model.signature().name,
        "file": args.file.display().to_string(),
        "dt": args.dt.ms(),
        "processor": features(),
        "optimised": OPTIMISED,
        "rows": rows,
    });
    let document = format!("{document:#}\n");
    if let Some(path) = &args.out {
        write(path, &document)?;
    }
    match args.format {
        ReportFormat::Text => Ok(()),
        ReportFormat::Json => results(&document),
    }
}

/// Whether figures of this build are worth anything.
const OPTIMISED: bool = !cfg!(debug_assertions);

/// What the columns of the tables are.
const HEAD: &str = "\
ns for each neuron and step: the least of many samples, and their median. One thread is timed by its own clock and kept on one
processor, several by the wall clock. `/ 128` and `/ wide` are ratios to ALIF, a model with two states and a refractory period, in
vectors of 128 bits and the widest of this machine, written by hand; `/ mem` to reading and writing the memory of the model.

";

fn write(path: &Path, document: &str) -> Result<(), Failure> {
    write_atomically(path, |sink| sink.write_all(document.as_bytes()))
        .map_err(|e| Failure::new(Code::FileAccess, format_args!("--out: {e}")))
}

/// A model with the values that it is measured at, in the coherent set.
#[derive(Clone)]
struct Subject {
    model: Model,
    dt: f64,
    params: Vec<(String, f64)>,
    /// All continuous inputs; those that are not connected are 0.
    inputs: Vec<(String, UnitInfo, f64)>,
    /// The first thing that went wrong in a run.
    fault: Arc<Mutex<Option<Error>>>,
}

impl Subject {
    fn new(args: &BenchArgs, model: Model) -> Result<Self, Failure> {
        for (option, given) in [("--set", &args.set), ("--input", &args.input)] {
            if let Some(given) = given.iter().find(|given| given.file().is_some()) {
                return Err(refused(
                    Code::OptionValue,
                    option,
                    given,
                    "a benchmark takes one value, not an array",
                ));
            }
        }
        let one = |given: &Option<Given>| match given {
            Some(Given::One(value)) => Some(*value),
            _ => None,
        };
        let signature = model.signature();
        let params = plan::params(&args.set, signature, 1, None)?;
        let params = signature.params.iter().zip(&params);
        let params = params.filter_map(|(info, given)| one(given).map(|value| (info.name.clone(), value)));
        let inputs = plan::inputs(&[("--input", args.input.as_slice())], signature, 1, 1, None)?;
        let inputs = signature.inputs.iter().zip(&inputs);
        let inputs = inputs.map(|(info, given)| (info.name.clone(), info.unit.clone(), one(given).unwrap_or(0.0)));
        Ok(Self {
            dt: args.dt.ms(),
            params: params.collect(),
            inputs: inputs.collect(),
            fault: Arc::default(),
            model,
        })
    }

    /// A population, and its bytes.
    fn builds(&self, n: usize, precision: Precision) -> Result<usize, Failure> {
        let case = Case {
            precision,
            engine: Engine::Compiled,
            spikes: "counted",
            input: "constant",
            threads: 1,
            steps: 0,
        };
        let population = self.population(n, case).map_err(|e| Failure::of(&e))?;
        Ok(population.bytes())
    }

    fn population(&self, n: usize, case: Case) -> Result<Population, Error> {
        let mut builder = self
            .model
            .population(n)
            .dt(self.dt)
            .precision(case.precision)
            .engine(case.engine)
            .threads(case.threads);
        for (name, value) in &self.params {
            builder = builder.set(name, Values::Coherent(*value));
        }
        for (name, unit, value) in &self.inputs {
            builder = builder.input(
                name,
                match case.input {
                    "streamed" => Input::Stream(vec![unit.declared(*value); case.steps as usize * n]),
                    _ => Input::Constant(Values::Coherent(*value)),
                },
            );
        }
        if case.spikes == "recorded" {
            builder = builder.record_spikes();
        }
        builder.build()
    }

    /// The table of a size, which is printed, and its rows for programs.
    fn measure<T: HandWritten>(&self, args: &BenchArgs, n: usize) -> Result<Vec<Value>, Failure>
    where
        Plain: StepKernel<T>,
    {
        let bytes = self.builds(n, T::PRECISION)?;
        let rounds = usize::try_from(args.rounds).unwrap_or(usize::MAX);
        let alif = alif_benches::model::program();
        let mut one = vec![yardsticks::memory(n, bytes)];
        one.extend(yardsticks::by_hand::<T>(&alif, n));
        let mut several = Vec::new();
        for case in self.cases(args, n, T::PRECISION) {
            let runner = self.runner(n, case);
            if case.threads == 1 {
                one.push(runner)
            } else {
                several.push(runner)
            }
        }
        // Threads inherit the processors of the one that starts them, so what one thread does is pinned in a thread of its own.
        let mut rows = std::thread::scope(|scope| {
            let pinned = scope.spawn(|| {
                pin();
                take_turns(&mut one, rounds)
            });
            pinned.join()
        })
        .map_err(|_| Failure::new(Code::NoKernel, "a benchmark panicked"))?;
        drop(one);
        rows.extend(take_turns(&mut several, rounds));
        if let Some(error) = self.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(Failure::of(&error));
        }
        if args.format == ReportFormat::Text {
            let title = format!("{}, {}, N = {n}", self.model.signature().name, T::PRECISION);
            results(&format!("{}\n", table(&title, &rows, self.dt)))?;
        }
        Ok(json(&T::PRECISION.to_string(), n, &rows, self.dt))
    }

    fn cases(&self, args: &BenchArgs, n: usize, precision: Precision) -> Vec<Case> {
        let mut cases = Vec::new();
        let case = |engine, spikes, input, threads, steps| Case {
            precision,
            engine,
            spikes,
            input,
            threads,
            steps,
        };
        if n <= SLOW {
            let steps = (SLOW / n).max(1) as u64;
            cases.push(case(Engine::Interpreter, "counted", "constant", 1, steps));
        }
        let inputs: &[&str] = if self.inputs.is_empty() {
            &["constant"]
        } else {
            &["constant", "streamed"]
        };
        let spikes: &[&str] = if self.model.signature().spikes {
            &["counted", "recorded"]
        } else {
            &["counted"]
        };
        for threads in args.threads.iter().filter_map(|&t| usize::try_from(t).ok()) {
            for &input in inputs {
                for &spikes in spikes {
                    let steps = match input {
                        "streamed" => yardsticks::streamed_steps(n),
                        _ => yardsticks::steps(n),
                    };
                    cases.push(case(Engine::Compiled, spikes, input, threads, steps));
                }
            }
        }
        cases
    }

    fn runner(&self, n: usize, case: Case) -> Runner {
        let name = match case.engine {
            Engine::Interpreter => "interpreter",
            Engine::Compiled => "compiled",
        };
        Runner {
            name: name.to_owned(),
            spikes: case.spikes,
            input: case.input,
            threads: case.threads,
            yardstick: None,
            steps: case.steps,
            neurons: n,
            walk: Box::new(Run {
                subject: self.clone(),
                n,
                case,
                population: None,
            }),
        }
    }
}

/// How steps are made.
#[derive(Clone, Copy)]
struct Case {
    precision: Precision,
    engine: Engine,
    spikes: &'static str,
    input: &'static str,
    threads: usize,
    /// The steps of a sample.
    steps: u64,
}

/// A population, built anew for each sample if its input is streamed.
struct Run {
    subject: Subject,
    n: usize,
    case: Case,
    population: Option<Population>,
}

impl Run {
    fn keep(&self, fault: Error) {
        let mut kept = self.subject.fault.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(fault);
    }
}

impl Walk for Run {
    fn prepare(&mut self) {
        if self.population.is_some() && self.case.input == "constant" {
            return;
        }
        // The old one first, so that there are never two.
        self.population = None;
        match self.subject.population(self.n, self.case) {
            Ok(population) => self.population = Some(population),
            Err(error) => self.keep(error),
        }
    }

    fn walk(&mut self, steps: u64) -> u64 {
        let Some(population) = &mut self.population else {
            return 0;
        };
        match population.run(steps) {
            Ok(recording) => recording.spike_count,
            Err(error) => {
                self.keep(error);
                0
            }
        }
    }
}

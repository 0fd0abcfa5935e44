//! What the command line understands.

use std::path::PathBuf;

use alif::{Rule, Solver};
use alif_compiler::derive::Options;
use alif_grammar::Code;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::limits::limits;
use crate::parse::{self, Assignment, Ranges, Time};

/// Spiking-neuron models from equations: compiled, exact where the mathematics allows it, fast.
#[derive(Debug, Parser)]
#[command(name = "alif", version, max_term_width = 110)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say nothing of these warnings, such as W0701,W0716
    #[arg(long, global = true, value_name = "CODES", value_delimiter = ',', value_parser = parse::warning)]
    pub(crate) allow: Vec<Code>,
    /// Raise or lower a limit, such as states=1000 or memory=4GiB; may be repeated
    #[arg(long, global = true, value_name = "NAME=MOST", value_parser = parse::limit, long_help = LIMITS)]
    pub(crate) limit: Vec<(String, u64)>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with models; the exit status is 1 when there are errors
    Check(CheckArgs),
    /// Say how each state is advanced, exactly or how else, with formulas and numbers
    Explain(ExplainArgs),
    /// Print a model at a stage of its compilation
    Show(ShowArgs),
    /// Simulate a population of neurons of a model
    Run(Box<RunArgs>),
    /// Measure what the steps of a model cost on this machine, beside yardsticks in the same run
    Bench(BenchArgs),
    /// Print models in the canonical form, comments kept
    Fmt(FmtArgs),
}

/// How equations are solved.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Solving {
    /// Solve all equations in this way; otherwise linear ones exactly, the others to order 2
    #[arg(long, value_name = "NAME", value_parser = parse::solver())]
    pub(crate) solver: Option<Solver>,
    /// The tolerance of a sub-step of rk45, relative, and absolute where a state is below one of its units; otherwise 1e-6
    #[arg(long, value_name = "X")]
    pub(crate) tolerance: Option<f64>,
}

impl Solving {
    /// The same for the compiler.
    pub(crate) fn options(self) -> Options {
        Options {
            solver: self.solver,
            tolerance: self.tolerance,
            limits: limits(),
        }
    }
}

/// `alif check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Model files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Check only the model of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How equations are solved
    #[command(flatten)]
    pub(crate) solving: Solving,
    /// Messages on the standard error, or one JSON document on the standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

/// How `alif check` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `alif explain`
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Model file, or the code of a message such as E0302
    pub(crate) file: PathBuf,
    /// The model, where the file holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How equations are solved
    #[command(flatten)]
    pub(crate) solving: Solving,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.1ms", value_parser = parse::time_step, allow_hyphen_values = true)]
    pub(crate) dt: Time,
    /// Set a parameter, such as tau=20ms; a plain number is in the unit of the model
    #[arg(long, value_name = "NAME=V", value_parser = parse::assignment)]
    pub(crate) set: Vec<Assignment>,
    /// The value of an input while local errors are measured, such as I=15nA; otherwise one that makes the neuron spike
    #[arg(long, value_name = "NAME=V", value_parser = parse::assignment)]
    pub(crate) input: Vec<Assignment>,
    /// The precision of the exact numbers that are measured
    #[arg(long, value_enum, default_value_t = PrecisionArg::F32)]
    pub(crate) precision: PrecisionArg,
    /// What to print
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,
}

/// How `alif explain` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// Plain text.
    Text,
    /// A fragment for a paper.
    Latex,
    /// For programs.
    Json,
}

/// `alif show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Model file
    pub(crate) file: PathBuf,
    /// The model, where the file holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How equations are solved
    #[command(flatten)]
    pub(crate) solving: Solving,
    /// The stage: syntax tree, checked model, derived update, step program, its adjoint, Cranelift's code of it, or Rust
    #[arg(long, value_enum)]
    pub(crate) stage: Stage,
    /// Which dependences the gradients of --stage adjoint follow
    #[arg(long, value_name = "RULE", default_value = "bptt", value_parser = parse::rule())]
    pub(crate) rule: Rule,
    /// The precision of the code that --stage clif prints
    #[arg(long, value_enum, default_value_t = PrecisionArg::F32)]
    pub(crate) precision: PrecisionArg,
}

/// The stages of compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// The syntax tree.
    Ast,
    /// The checked model.
    Model,
    /// The derived update.
    Update,
    /// The step program.
    Program,
    /// The adjoint of the step: gradients.
    Adjoint,
    /// The intermediate code that Cranelift compiles.
    Clif,
    /// The Rust code that `alif_model!` writes.
    Rust,
}

/// The precision of states and steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrecisionArg {
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl From<PrecisionArg> for alif::Precision {
    fn from(precision: PrecisionArg) -> Self {
        match precision {
            PrecisionArg::F32 => Self::F32,
            PrecisionArg::F64 => Self::F64,
        }
    }
}

/// What runs the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArg {
    /// Code compiled for this machine.
    Jit,
    /// Plain scalar code, one neuron after the other; slow, the same bits.
    Interpreter,
}

impl EngineArg {
    /// As it is written on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jit => "jit",
            Self::Interpreter => "interpreter",
        }
    }
}

impl From<EngineArg> for alif::Engine {
    fn from(engine: EngineArg) -> Self {
        match engine {
            EngineArg::Jit => Self::Compiled,
            EngineArg::Interpreter => Self::Interpreter,
        }
    }
}

/// What `--limit` can set.
const LIMITS: &str = "\
Raise or lower a limit; may be repeated. What is larger is refused before work is spent on it (E07xx):
  file          bytes of a model file, 1MiB
  tokens        words, numbers and symbols in it, 200000
  nesting       of brackets, comments, signs and powers, 128, which is also the most
  states        of a model, 128
  definitions   of a model, 1000
  expressions   different ones that a model comes to, 200000
  instructions  of a step, 20000
  memory        bytes of a run and of what it records; otherwise what is free";

/// How values are written in the options of `alif run`.
const VALUES: &str = "\
A value V is a number with a unit (15nA, \"0.6 nA\"), a plain number in the unit that the model declares, a distribution that
each neuron draws from, normal(mean,sd) or uniform(low,high) as in \"tau=normal(20ms,1ms)\", or @file.npy:
  shape (N,)        one value a neuron
  shape (steps, N)  one value a step and neuron (--input and --noise only)
  shape (steps, 1)  one value a step, shared by all neurons (--input and --noise only)

Arrays are in the unit that the model declares. Step k goes from k*dt to (k+1)*dt; what is recorded for it is the state at
its end. Inputs that are not connected are 0.";

/// `alif run`
#[derive(Debug, Args)]
#[command(after_help = VALUES)]
pub(crate) struct RunArgs {
    /// Model file
    pub(crate) file: PathBuf,
    /// The model, where the file holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How equations are solved
    #[command(flatten)]
    pub(crate) solving: Solving,
    /// Number of neurons
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse::neurons, allow_hyphen_values = true)]
    pub(crate) n: u64,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.1ms", value_parser = parse::time_step, allow_hyphen_values = true)]
    pub(crate) dt: Time,
    /// How long to run, a whole number of steps; 1s unless --steps is given
    #[arg(long, value_name = "TIME", value_parser = parse::time, allow_hyphen_values = true, conflicts_with = "steps")]
    pub(crate) duration: Option<Time>,
    /// How many steps to make
    #[arg(long, value_name = "K", value_parser = parse::at_least_one, allow_hyphen_values = true)]
    pub(crate) steps: Option<u64>,
    /// Set a parameter; may be repeated
    #[arg(long, value_name = "NAME=V", value_parser = parse::assignment)]
    pub(crate) set: Vec<Assignment>,
    /// Set the initial value of a state; may be repeated
    #[arg(long, value_name = "STATE=V", value_parser = parse::assignment)]
    pub(crate) init: Vec<Assignment>,
    /// Connect a continuous input; may be repeated
    #[arg(long, value_name = "PORT=V", value_parser = parse::assignment)]
    pub(crate) input: Vec<Assignment>,
    /// Take the normal numbers of a noise from outside instead of drawing them; may be repeated
    #[arg(long, value_name = "NOISE=V", value_parser = parse::assignment)]
    pub(crate) noise: Vec<Assignment>,
    /// Send the events of a table to an event port; may be repeated
    #[arg(long, value_name = "PORT=@FILE.csv", value_parser = parse::assignment)]
    pub(crate) events: Vec<Assignment>,
    /// Record states, definitions, or `threshold`, what the spike condition compares with
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) record: Vec<String>,
    /// The neurons to record, such as 0:5,17 (0 to 4, and 17); all unless given
    #[arg(long, value_name = "RANGES", value_parser = parse::ranges, allow_hyphen_values = true)]
    pub(crate) record_neurons: Option<Ranges>,
    /// Record after every K-th step
    #[arg(long, value_name = "K", default_value = "1", value_parser = parse::at_least_one, allow_hyphen_values = true)]
    pub(crate) every: u64,
    /// The precision of states and steps
    #[arg(long, value_enum, default_value_t = PrecisionArg::F32)]
    pub(crate) precision: PrecisionArg,
    /// What runs the steps; the results have the same bits
    #[arg(long, value_enum, default_value_t = EngineArg::Jit)]
    pub(crate) engine: EngineArg,
    /// Seed of the random numbers of `noise` and `spike rate`
    #[arg(long, value_name = "S", default_value = "0", value_parser = parse::seed, allow_hyphen_values = true)]
    pub(crate) seed: u64,
    /// Threads that share the neurons, 0 for one a processor; the results have the same bits
    #[arg(long, value_name = "N", default_value = "1", allow_hyphen_values = true)]
    pub(crate) threads: usize,
    /// Write spikes and recorded names to a file that ends in .npz or .csv
    #[arg(long, value_name = "FILE", value_parser = parse::output)]
    pub(crate) out: Option<PathBuf>,
    /// Draw spikes, rate and membrane potential into a file that ends in .png or .svg
    #[arg(long, value_name = "FILE", value_parser = parse::picture)]
    pub(crate) plot: Option<PathBuf>,
    /// Say what each stage took, from the arguments to the written files, and how much of the run was spent in kernels
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) timings: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// `alif bench`
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Model file
    pub(crate) file: PathBuf,
    /// The model, where the file holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How equations are solved
    #[command(flatten)]
    pub(crate) solving: Solving,
    /// Numbers of neurons
    #[arg(
        long,
        value_name = "N",
        value_delimiter = ',',
        default_value = "100,1000,10000,100000,1000000",
        value_parser = parse::neurons,
        allow_hyphen_values = true
    )]
    pub(crate) n: Vec<u64>,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.1ms", value_parser = parse::time_step, allow_hyphen_values = true)]
    pub(crate) dt: Time,
    /// Set a parameter, such as tau=20ms; a plain number is in the unit of the model
    #[arg(long, value_name = "NAME=V", value_parser = parse::assignment)]
    pub(crate) set: Vec<Assignment>,
    /// The value of an input, such as I=15nA, best one that makes the neurons spike; 0 unless given
    #[arg(long, value_name = "NAME=V", value_parser = parse::assignment)]
    pub(crate) input: Vec<Assignment>,
    /// Precisions of states and steps
    #[arg(long, value_enum, value_delimiter = ',', default_value = "f32,f64")]
    pub(crate) precision: Vec<PrecisionArg>,
    /// Numbers of threads
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1,2", value_parser = parse::at_least_one, allow_hyphen_values = true)]
    pub(crate) threads: Vec<u64>,
    /// Samples of each case
    #[arg(long, value_name = "K", default_value = "21", value_parser = parse::at_least_one, allow_hyphen_values = true)]
    pub(crate) rounds: u64,
    /// Tables, or one JSON document on the standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Write the JSON document to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `alif fmt`
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Model files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Print the names of files that are not in the canonical form; the exit status is then 1
    #[arg(long)]
    pub(crate) check: bool,
    /// Rewrite the files instead of printing them
    #[arg(long, conflicts_with = "check")]
    pub(crate) write: bool,
}

impl RunArgs {
    /// The number of neurons, which was found to be one that can be counted.
    pub(crate) fn neurons(&self) -> usize {
        usize::try_from(self.n).unwrap_or(usize::MAX)
    }
}

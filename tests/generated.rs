//! Do types of `alif_model!` have the bits of the interpreter and of the code compiled in memory?
//!
//! Models of every kind are written into crates, built in one go and run with vectors of each width; what they print is
//! compared, line by line, with what the same texts come to in this process. Most crates are built without optimisation, which is
//! quick, one of a few models, most of the shipped ones among them, as users build.

pub(crate) mod course;
pub(crate) mod levels;
mod package;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use alif::prelude::*;
use alif_core::native::Level;

use crate::backends::generated::random_valid_model;
use crate::support::{Random, workspace};
use course::course;
use package::{Package, build_and_run, shipped_files};

/// Random models.
const MODELS: u64 = 200;
/// Of them, how many are built with all optimisations too.
const OPTIMISED: usize = 8;
/// The most instructions of a step of a model that is built with all optimisations; larger ones take minutes together.
const LARGE: usize = 60;

/// A model as a text and as a type of a crate.
struct Subject {
    name: String,
    text: String,
    model: Model,
    /// The invocation of the macro.
    source: String,
    seed: u64,
}

fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for file in shipped_files() {
        let path = workspace().join("models").join(&file);
        let text = std::fs::read_to_string(&path).expect("a model");
        let parsed = alif_grammar::parse(&text).unwrap_or_else(|_| panic!("{file} is no model"));
        for (at, name) in parsed.models.iter().map(|m| m.name.name.clone()).enumerate() {
            let model = Model::load_named(&path, Some(&name)).unwrap_or_else(|error| panic!("{error}"));
            // The types of all models of a file come from one invocation.
            let source = match at {
                0 => format!("alif::alif_model!(pub \"models/{file}\");\n"),
                _ => String::new(),
            };
            let (seed, text) = (subjects.len() as u64, text.clone());
            subjects.push(Subject {
                name,
                text,
                model,
                source,
                seed,
            });
        }
    }
    for seed in 0..MODELS {
        let name = format!("Random{seed}");
        let (text, model) = random_valid_model(&mut Random(5000 + seed), &name);
        let source = format!("alif::alif_model! {{ pub {text} }}\n");
        subjects.push(Subject {
            name,
            text,
            model,
            source,
            seed,
        });
    }
    subjects
}

fn package(name: &'static str, optimised: u8, subjects: &[&Subject]) -> Package {
    Package {
        name,
        optimised,
        models: subjects.iter().map(|s| s.source.as_str()).collect(),
        types: subjects.iter().map(|s| (s.name.clone(), s.seed)).collect(),
    }
}

/// What all types of a model should print, in memory compiled and interpreted.
fn expected(subject: &Subject, precision: Precision) -> String {
    let neuron: Arc<dyn Neuron> = Arc::new(subject.model.clone());
    let [jit, interpreter] =
        [Engine::Compiled, Engine::Interpreter].map(|engine| course(&neuron, engine, precision, subject.seed));
    if let Some(difference) = difference(&jit, &interpreter) {
        panic!("{precision}, compiled in memory: {difference}\n{}", subject.text);
    }
    interpreter
}

/// The first word in which a course is not what it should be.
fn difference(found: &str, wanted: &str) -> Option<String> {
    let (mut found_lines, mut wanted_lines) = (found.lines(), wanted.lines());
    loop {
        let (found, wanted) = (found_lines.next(), wanted_lines.next());
        if found == wanted {
            found?;
            continue;
        }
        let (found, wanted) = (found.unwrap_or("the end"), wanted.unwrap_or("the end"));
        let place = wanted.split(':').next().unwrap_or_default();
        let words = found.split(' ').zip(wanted.split(' '));
        let mut report = place.to_owned();
        for (found, wanted) in words.filter(|(found, wanted)| found != wanted) {
            write!(report, "; {found}, not {wanted}").expect("text");
        }
        return Some(report);
    }
}

/// What the courses came to, so that models that have gone dull are noticed.
#[derive(Debug, Default)]
struct Tried {
    models: usize,
    refused: usize,
    spiking: usize,
    one_by_one: usize,
    refractory: usize,
    courses: usize,
}

impl Tried {
    fn count(&mut self, subject: &Subject, course: &str) {
        let program = &subject.model.compiled().program;
        self.models += 1;
        self.refused += usize::from(course.contains("refused"));
        let silent = |line: &str| line.ends_with("spikes=0000") || !line.starts_with("step");
        self.spiking += usize::from(!course.lines().all(silent));
        self.one_by_one += usize::from(!program.repeats.is_empty());
        self.refractory += usize::from(program.layout.counter);
    }
}

#[test]
fn macro_interpreter_and_compiler_have_the_same_bits() {
    let subjects = subjects();
    let (shipped, random) = subjects.split_at(subjects.len() - MODELS as usize);
    let is_large = |subject: &&Subject| subject.model.compiled().program.size() > LARGE;
    let (large, small): (Vec<&Subject>, Vec<&Subject>) = shipped.iter().partition(is_large);
    let short = random.iter().filter(|subject| !is_large(subject));
    // Four crates rather than one: both cores have work, and none needs gigabytes.
    let mut parts = random.chunks(random.len().div_ceil(4));
    let mut part = |first: &'static str| (first, 0, parts.next().unwrap_or_default().iter().collect());
    let crates: [(&'static str, u8, Vec<&Subject>); 6] = [
        ("optimised", 3, small.into_iter().chain(short.take(OPTIMISED)).collect()),
        ("large", 0, large),
        part("first"),
        part("second"),
        part("third"),
        part("fourth"),
    ];
    let packages = crates
        .each_ref()
        .map(|(name, level, models)| package(name, *level, models));
    let both = |subject: &Subject| [Precision::F32, Precision::F64].map(|precision| expected(subject, precision));
    let (printed, wanted) = std::thread::scope(|scope| {
        let wanted = scope.spawn(|| subjects.iter().map(both).collect::<Vec<_>>());
        (build_and_run(&packages), wanted.join())
    });
    let wanted = wanted.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let mut tried = Tried::default();
    for (subject, courses) in subjects.iter().zip(&wanted) {
        tried.count(subject, &courses[0]);
    }
    for ((name, _, models), text) in crates.iter().zip(&printed) {
        let mut found: BTreeMap<&str, &str> = text.split_terminator("# ").filter_map(|c| c.split_once('\n')).collect();
        for subject in models {
            let at = subjects
                .iter()
                .position(|s| s.name == subject.name)
                .expect("one of them");
            for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
                for (precision, wanted) in [Precision::F32, Precision::F64].into_iter().zip(&wanted[at]) {
                    let title = format!("{} {precision} {level}", subject.name);
                    let course = found.remove(title.as_str()).unwrap_or_default();
                    if let Some(difference) = difference(course, wanted) {
                        panic!("{title}, crate `{name}`: {difference}\n{}", subject.text);
                    }
                    tried.courses += 1;
                }
            }
        }
        assert!(found.is_empty(), "unasked for: {:?}", found.keys());
    }
    println!("{tried:?}");
    assert!(tried.refused < tried.models / 10 && tried.spiking > tried.models / 3);
    assert!(tried.one_by_one > 50 && tried.refractory > 60);
}

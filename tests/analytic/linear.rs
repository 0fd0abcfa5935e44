//! Linear systems: Jordan blocks, complex pairs, singular, nilpotent, stiff and unstable matrices, all by one path.

use alif::Model;
use alif::prelude::*;
use alif_core::numerics::propagator;
use serde_json::Value;

use super::{coefficient, prepared};
use crate::support::{flat, json, list, model, number, relative};

/// A system of the file, or one that was made.
pub(super) struct System {
    name: String,
    n: usize,
    a: Vec<f64>,
    b: Vec<f64>,
    x0: Vec<f64>,
    dt: f64,
    p: Vec<f64>,
    q: Vec<f64>,
    at: Vec<(f64, Vec<f64>)>,
}

fn systems() -> Vec<System> {
    let numbers = |value: &Value| list(value).iter().map(number).collect::<Vec<f64>>();
    list(&json("analytic/linear_systems.json"))
        .iter()
        .map(|system| System {
            name: system["name"].as_str().expect("a name").to_owned(),
            n: list(&system["A"]).len(),
            a: flat(&system["A"]),
            b: flat(&system["b"]),
            x0: flat(&system["x0"]),
            dt: number(&system["dt"]),
            p: list(&system["P"]).iter().flat_map(numbers).collect(),
            q: numbers(&system["q"]),
            at: list(&system["x_at"])
                .iter()
                .map(|point| (number(&point["t"]), numbers(&point["x"])))
                .collect(),
        })
        .collect()
}

impl System {
    /// A system of which only the matrices are known.
    pub(super) fn of(name: &str, a: Vec<f64>, b: Vec<f64>) -> Self {
        Self {
            name: name.to_owned(),
            n: b.len(),
            a,
            b,
            x0: vec![],
            dt: f64::NAN,
            p: vec![],
            q: vec![],
            at: vec![],
        }
    }

    /// `P` and `q` as a model of the system has them after it was compiled and bound.
    pub(super) fn bound(&self, all: bool, dt: f64) -> (Vec<f64>, Vec<f64>) {
        let model = self.model(all);
        let params = self.params(&model);
        let given: Vec<(&str, f64)> = params.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let bound = prepared(&model, &given, dt);
        // Entries that the program does without are those of the unit matrix.
        let of = |name: String, without: f64| coefficient(&model, &bound, &name).unwrap_or(without);
        let p = |at: usize| {
            let (i, j) = (at / self.n, at % self.n);
            of(format!("P[x{i},x{j}]"), f64::from(u8::from(i == j)))
        };
        let q = |i: usize| of(format!("Q[x{i},1]"), 0.0);
        ((0..self.n * self.n).map(p).collect(), (0..self.n).map(q).collect())
    }

    /// The model as a person would write it (terms that are zero left out), or with a parameter for every entry.
    fn text(&self, all: bool) -> String {
        let n = self.n;
        let mut text = "model System {\n".to_owned();
        for i in 0..n {
            text += &format!("state x{i} = 0;\n");
            let mut terms = Vec::new();
            for j in (0..n).filter(|j| all || self.a[i * n + j] != 0.0) {
                text += &format!("param a{i}{j} : 1/ms;\n");
                terms.push(format!("a{i}{j} * x{j}"));
            }
            if all || self.b[i] != 0.0 {
                text += &format!("param b{i} : 1/ms;\n");
                terms.push(format!("b{i}"));
            }
            if terms.is_empty() {
                // Without a term at all this is a state that only events change.
                text += &format!("input u{i} : event;\non u{i}(w) {{ x{i} += w; }}\n");
            } else {
                text += &format!("dx{i}/dt = {};\n", terms.join(" + "));
            }
        }
        text + "}"
    }

    fn model(&self, all: bool) -> Model {
        model(&self.text(all))
    }

    /// The parameters of a model of it.
    fn params(&self, model: &Model) -> Vec<(String, f64)> {
        let value = |name: &str| {
            let digits: Vec<usize> = name[1..].chars().map(|c| c as usize - '0' as usize).collect();
            match digits[..] {
                [i, j] => self.a[i * self.n + j],
                [i] => self.b[i],
                _ => panic!("no such parameter: {name}"),
            }
        };
        model
            .signature()
            .params
            .iter()
            .map(|p| (p.name.clone(), value(&p.name)))
            .collect()
    }

    /// Largest sum of a row's magnitudes, at least 1.
    fn scale(&self) -> f64 {
        let row = |row: &[f64]| row.iter().map(|x| x.abs()).sum::<f64>();
        self.p.chunks(self.n).map(row).fold(1.0, f64::max)
    }

    /// The state after `steps` steps of `dt`.
    fn run(&self, model: &Model, dt: f64, steps: u64, engine: Engine) -> Vec<f64> {
        let mut builder = model.population(1).dt(dt).precision(Precision::F64).engine(engine);
        for (name, value) in self.params(model) {
            builder = builder.set(name, value);
        }
        for (i, x) in self.x0.iter().enumerate() {
            builder = builder.init(format!("x{i}"), *x);
        }
        let mut population = builder.build().unwrap_or_else(|error| panic!("{}: {error}", self.name));
        population.run(steps).unwrap();
        (0..self.n)
            .map(|i| population.state(&format!("x{i}")).unwrap()[0])
            .collect()
    }
}

#[test]
fn propagators_of_linear_systems() {
    for system in systems() {
        let n = system.n;
        let given = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let direct = propagator(&vec![None; n], &given(&system.a), &given(&system.b), 1, system.dt);
        let mut worst: f64 = 0.0;
        let bound = [false, true].map(|all| system.bound(all, system.dt));
        for (p, q) in bound.iter().chain([&(direct.p, direct.q)]) {
            for (found, wanted) in p.iter().chain(q).zip(system.p.iter().chain(&system.q)) {
                worst = worst.max((found - wanted).abs() / system.scale());
            }
        }
        println!("{:16} P and q: {worst:.1e}", system.name);
        assert!(worst <= 1e-14, "{}: {worst:e}", system.name);
    }
}

#[test]
fn states_of_linear_systems_at_later_times() {
    for system in systems() {
        let (mut worst, mut worst_step): (f64, f64) = (0.0, 0.0);
        let mut within = true;
        for all in [false, true] {
            let model = system.model(all);
            for (t, wanted) in &system.at {
                let size = wanted.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
                let error = |found: Vec<f64>| {
                    let errors = found.iter().zip(wanted).map(|(x, y)| relative(*x, *y, 1e-3 * size));
                    errors.fold(0.0, f64::max)
                };
                worst_step = worst_step.max(error(system.run(&model, *t, 1, Engine::Compiled)));
                let Ok(steps) = alif::steps_in(*t, system.dt) else {
                    continue;
                };
                let found = system.run(&model, system.dt, steps, Engine::Compiled);
                assert_eq!(found, system.run(&model, system.dt, steps, Engine::Interpreter));
                let error = error(found);
                // P is rounded once, and that error comes back in every step.
                within &= error <= 1e-12_f64.max(steps as f64 * f64::EPSILON);
                worst = worst.max(error);
            }
        }
        println!(
            "{:16} x(t): in one step {worst_step:.1e}, in steps of dt {worst:.1e}",
            system.name
        );
        assert!(
            within && worst_step <= 1e-12,
            "{}: {worst:e}, {worst_step:e}",
            system.name
        );
    }
}

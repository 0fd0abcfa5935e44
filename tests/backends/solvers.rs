//! Every solver on random states: interpreter, Cranelift and rustc.

use std::sync::Arc;

use alif_compiler::Solver;
use alif_core::StepKernel;
use alif_core::native::{Level, NativeKernel, Vectors};

use super::{Setting, copy_bits, different, step};
use crate::support::{Random, workspace};

const NEURONS: usize = 1 << 12;
const STEPS: usize = 8;

/// Types whose steps rustc compiled.
mod native {
    pub(super) mod plan {
        alif::alif_model!(pub "backends/solvers.alif");
    }
    pub(super) mod heun {
        alif::alif_model!(pub "backends/solvers.alif", solver = heun);
    }
    pub(super) mod rosenbrock2 {
        alif::alif_model!(pub "backends/solvers.alif", solver = rosenbrock2,);
    }
    pub(super) mod rk45 {
        alif::alif_model!(pub "backends/solvers.alif", solver = rk45, tolerance = 1e-5,);
    }
    pub(super) mod rk4 {
        alif::alif_model! {
            solver = rk4;
            /// The model of the file, in the other form of an invocation.
            pub model Runaway {
                param tau = 10 ms;
                param tau_s = 2 ms;
                param b = 8;
                param t_ref = 0.3 ms;
                state V = -65;
                state u = -13;
                state s = 0;
                state c = 0;
                input I;
                input syn : event;
                input each : event;
                tau * dV/dt = 0.4 * V * V + 50 * V + 1400 - 10 * u + I + s;
                1 ms * du/dt = 0.02 * (0.2 * V - u);
                tau_s * ds/dt = -s + t / 50 ms;
                5 ms * dc/dt = s * V / 10 - c * c * c + sin(t / 3 ms);
                on syn(w) { s += w; }
                on each(w) { u += w * u / 100; }
                spike when V >= 30 { V = -65; u += b; c += 1; }
                refractory t_ref hold V;
            }
        }
    }
}

fn setting<T: Vectors>(solver: Option<Solver>, per_neuron: bool) -> Setting<T> {
    let path = workspace().join("tests/backends/solvers.alif");
    let loader = alif::Model::loader();
    let loader = match solver {
        Some(solver) if solver.is_adaptive() => loader.solver(solver).tolerance(1e-5),
        Some(solver) => loader.solver(solver),
        None => loader,
    };
    let model = loader.file(path).unwrap_or_else(|error| panic!("{error}"));
    let mut random = Random(3);
    let mut setting = Setting::<T>::new(Arc::new(model.compiled().program.clone()), NEURONS, || per_neuron);
    let sets: Vec<Vec<Option<f64>>> = (0..if per_neuron { 64 } else { 1 })
        .map(|_| {
            let ranges = [(5.0, 20.0), (0.5, 4.0), (2.0, 10.0), (0.0, 0.6)];
            ranges.map(|(low, high)| Some(random.between(low, high))).to_vec()
        })
        .collect();
    setting.bind(&sets, 0.1, |neuron| neuron % sets.len());
    for (state, (low, high)) in [(-80.0, 29.0), (-20.0, 0.0), (-5.0, 30.0), (-2.0, 2.0)]
        .into_iter()
        .enumerate()
    {
        setting.write(setting.arrays.places().state(state), || random.between(low, high));
    }
    setting
}

/// Makes a kernel that rustc compiled.
type Native<'a, T> = &'a dyn Fn(&Setting<T>, Level) -> Box<dyn StepKernel<T>>;

/// Runs all engines side by side.
fn same_bits<T: Vectors>(solver: Option<Solver>, native: Option<Native<'_, T>>) {
    for per_neuron in [false, true] {
        let mut random = Random(11);
        let mut setting = setting::<T>(solver, per_neuron);
        let (interpreter, kernel) = (setting.interpreter(), setting.kernel(true));
        let mut others: Vec<(String, Box<dyn StepKernel<T>>)> = vec![("Cranelift".to_owned(), Box::new(kernel))];
        for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
            if let Some(native) = native {
                others.push((format!("rustc, {level:?}"), native(&setting, level)));
            }
        }
        let mut spikes = 0;
        for at in 0..STEPS {
            setting.drive(&mut random, (-50.0, 400.0), (-3.0, 12.0));
            let start = setting.copy();
            step(&interpreter, &mut setting.arrays);
            for (name, kernel) in &others {
                let mut copy = setting.copy();
                copy_bits(&start, &mut copy);
                step(kernel.as_ref(), &mut copy);
                assert_eq!(
                    different(&setting.arrays, &copy, true),
                    0,
                    "{name}, {solver:?}, {}, step {at}",
                    T::PRECISION
                );
            }
            spikes += setting
                .arrays
                .spikes()
                .iter()
                .map(|word| word.count_ones())
                .sum::<u32>();
        }
        assert!(spikes > 100, "{solver:?}: {spikes} spikes");
    }
}

#[test]
fn every_solver_has_the_same_bits_in_both_engines_of_the_compiler() {
    let asked = Solver::ALL
        .iter()
        .copied()
        .filter(|s| !matches!(s, Solver::Exact | Solver::ExponentialMidpoint));
    for solver in std::iter::once(None).chain(asked.map(Some)) {
        same_bits::<f32>(solver, None);
        same_bits::<f64>(solver, None);
    }
}

macro_rules! with_native {
    ($($test:ident $module:ident $solver:expr;)*) => {$(
        #[test]
        fn $test() {
            same_bits::<f32>($solver, Some(&|setting, level| {
                Box::new(NativeKernel::<native::$module::Runaway, f32>::at_level(level, &[1, 1], &setting.specialization))
            }));
            same_bits::<f64>($solver, Some(&|setting, level| {
                Box::new(NativeKernel::<native::$module::Runaway, f64>::at_level(level, &[1, 1], &setting.specialization))
            }));
        }
    )*};
}

with_native! {
    the_plan_has_the_same_bits_from_rustc plan None;
    heun_has_the_same_bits_from_rustc heun Some(Solver::Heun);
    rosenbrock2_has_the_same_bits_from_rustc rosenbrock2 Some(Solver::Rosenbrock2);
    rk4_has_the_same_bits_from_rustc rk4 Some(Solver::Rk4);
    rk45_has_the_same_bits_from_rustc rk45 Some(Solver::Rk45);
}

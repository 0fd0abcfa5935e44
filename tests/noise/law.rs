//! Means, variances and covariances of linear equations, and the term that approximated equations get.

use alif::prelude::*;
use alif_core::Lanes;
use alif_core::numerics::noisy_propagator;

use super::{CURRENT, DEVIATIONS, after, drawn, moment};
use crate::support::{model, reference, relative};

#[test]
fn covariances_of_a_step_are_accurate_entry_by_entry() {
    let path = reference().join("numerics/ou_current_covariance.csv");
    let text = std::fs::read_to_string(path).expect("the reference");
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let of: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        let [tau_m, tau_s, sigma_i, sigma_v, h, q_ii, q_iv, q_vv] = of[..] else {
            panic!("eight columns: {line}");
        };
        let left = [Some(tau_s), Some(tau_m)];
        // Times the factors of the derivatives.
        let a = [Some(-1.0), None, Some(tau_m), Some(-1.0)];
        let g = [Some(sigma_i * tau_s), None, None, Some(sigma_v * tau_m)];
        let step = noisy_propagator(&left, &a, &[], 0, &g, 2, h);
        let [l_ii, l_vi, l_vv] = [(0, 0), (1, 0), (1, 1)].map(|(row, column)| step.l(row, column));
        assert_eq!(step.l(0, 1), 0.0);
        let pairs = [
            (l_ii * l_ii, q_ii),
            (l_ii * l_vi, q_iv),
            (l_vi * l_vi + l_vv * l_vv, q_vv),
        ];
        for (found, wanted) in pairs {
            assert!(relative(found, wanted, 0.0) < 2e-15, "{line}: {found}");
        }
        rows += 1;
    }
    assert_eq!(rows, 50);
}

/// Steps compose: the covariance of two is that of one, carried on, and that of another one.
#[test]
fn covariances_do_not_depend_on_how_time_is_divided() {
    // A chain behind the noise, a loop, and a perfect integrator.
    let chain = [-0.1, 0.0, 0.0, 0.5, -0.2, 0.0, 0.0, 0.7, -3.0];
    let circle = [-0.1, -0.8, 0.0, 0.9, -0.2, 0.0, 0.3, 0.0, 0.0];
    for a in [chain, circle] {
        let a = a.map(Some);
        let g = [Some(1.0), None, None];
        let l_of = |h: f64| noisy_propagator(&[None; 3], &a, &[], 0, &g, 1, h);
        let covariance =
            |l: &dyn Fn(usize, usize) -> f64, i: usize, j: usize| (0..3).map(|k| l(i, k) * l(j, k)).sum::<f64>();
        for h in [0.01, 0.3, 7.0] {
            let (one, two) = (l_of(h), l_of(2.0 * h));
            let c = |i, j| covariance(&|i, k| one.l(i, k), i, j);
            for i in 0..3 {
                for j in 0..3 {
                    let mut wanted = c(i, j);
                    for (k, m) in (0..9).map(|at| (at / 3, at % 3)) {
                        wanted += one.p(i, k) * c(k, m) * one.p(j, m);
                    }
                    let found = covariance(&|i, k| two.l(i, k), i, j);
                    let scale = (c(i, i) * c(j, j)).sqrt();
                    assert!(
                        relative(found, wanted, scale) < 1e-13,
                        "h {h}, {i} {j}: {found}, {wanted}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_process_of_ornstein_and_uhlenbeck_has_its_law_at_any_step() {
    let text = "model Ou {
        param tau = 10 ms;
        param sigma = 2 mV;
        param mu = -3 mV;
        state x = 5 mV;
        noise xi;
        tau * dx/dt = mu - x + sigma * sqrt(2 * tau) * xi;
    }";
    let ou = model(text);
    let n = 20_000;
    for dt in [0.1, 1.0, 10.0] {
        for duration in [10.0, 100.0] {
            let x = &after(&ou, n, dt, duration, &["x"])[0];
            let decay = libm::exp(-duration / 10.0);
            let (mean, variance) = (-3.0 + 8.0 * decay, 4.0 * (1.0 - decay * decay));
            let n = n as f64;
            let rest: Vec<f64> = x.iter().map(|x| x - mean).collect();
            let off = rest.iter().sum::<f64>() / n / (variance / n).sqrt();
            assert!(
                off.abs() < DEVIATIONS,
                "mean at dt {dt} after {duration}: {off} deviations"
            );
            let off = (moment(&rest, &rest) - variance) / (variance * (2.0 / n).sqrt());
            assert!(
                off.abs() < DEVIATIONS,
                "variance at dt {dt} after {duration}: {off} deviations"
            );
        }
    }
}

#[test]
fn a_coloured_current_and_its_membrane_have_their_covariance_at_any_step() {
    let current = model(CURRENT);
    let n = 20_000;
    // Stationary: dC/dt = 0.
    let (a, b): (f64, f64) = (1.0 / 4.0, 1.0 / 10.0);
    let ii = 0.49 / (2.0 * a);
    let iv = ii / (a + b);
    let vv = (2.0 * iv + 0.09) / (2.0 * b);
    for dt in [0.1, 2.0, 20.0] {
        let states = after(&current, n, dt, 200.0, &["I", "V"]);
        let n = n as f64;
        for (x, y, wanted, spread) in [
            (0, 0, ii, 2.0 * ii * ii),
            (0, 1, iv, ii * vv + iv * iv),
            (1, 1, vv, 2.0 * vv * vv),
        ] {
            let off = (moment(&states[x], &states[y]) - wanted) / (spread / n).sqrt();
            assert!(off.abs() < DEVIATIONS, "dt {dt}, {x} {y}: {off} deviations");
        }
    }
}

#[test]
fn one_noise_in_two_equations_is_the_same_and_two_are_not() {
    let text = "model Two {
        state x = 0;
        state y = 0;
        state z = 0;
        noise xi;
        noise eta;
        let white = xi * sqrt(1 ms);
        5 ms * dx/dt = -x + white;
        5 ms * dy/dt = -y + 2 * white;
        5 ms * dz/dt = -z + eta * sqrt(1 ms);
    }";
    let two = model(text);
    let states = after(&two, 10_000, 0.5, 50.0, &["x", "y", "z"]);
    for (x, y) in states[0].iter().zip(&states[1]) {
        assert!((2.0 * x - y).abs() < 1e-14, "{x} {y}");
    }
    let variance = 1.0 / 10.0;
    let off = moment(&states[0], &states[2]) / variance * 100.0;
    assert!(off.abs() < DEVIATIONS, "{off} deviations");
}

/// The term that BrainPy adds: sigma times the root of the step times a normal number, behind the drift of exponential Euler.
#[test]
fn approximated_equations_get_the_term_of_euler_and_maruyama() {
    let text = "model Membrane {
        param tau = 20 ms;
        param sigma = 0.3 [mV/ms^0.5];
        state V = 3 mV;
        noise unused;
        noise xi;
        dV/dt = -V / tau + sigma * xi + 0 mV * unused / sqrt(1 ms);
    }";
    let dt = 0.5;
    let solved = |solver: Solver| Model::loader().solver(solver).text(text).expect("a model");
    let of_fixed_steps = |s: &Solver| *s != Solver::Exact && !s.is_adaptive();
    for solver in Solver::ALL.iter().copied().filter(of_fixed_steps) {
        let mut population = solved(solver)
            .population(70)
            .dt(dt)
            .precision(Precision::F64)
            .seed(11)
            .build()
            .expect("it builds");
        let quiet = Model::loader().solver(solver).text(text).expect("a model");
        let mut quiet = quiet
            .population(70)
            .dt(dt)
            .precision(Precision::F64)
            .set("sigma", 0.0)
            .build()
            .expect("it builds");
        population.run(1).expect("a step");
        quiet.run(1).expect("a step");
        let (noisy, drift) = (population.state("V").expect("V"), quiet.state("V").expect("V"));
        for (neuron, (x, d)) in noisy.iter().zip(&drift).enumerate() {
            let z: f64 = drawn(11, 1, 0, neuron as u64, 0);
            let wanted = d + 0.3 * dt.sqrt() * z;
            assert!((x - wanted).abs() < 1e-14, "{solver}, neuron {neuron}: {x}, {wanted}");
        }
        if solver == Solver::ExponentialEuler {
            let Lanes([decay]) = alif_core::elementary::exp(Lanes([-dt / 20.0]));
            assert!((drift[0] - 3.0 * decay).abs() < 1e-14);
        }
    }
}

/// A nonlinear equation shares its noise with a linear one, which is then approximated with it.
#[test]
fn who_shares_a_noise_with_an_approximated_equation_is_approximated_too() {
    let text = "model Shared {
        state x = 0;
        state y = 0;
        noise xi;
        5 ms * dx/dt = -x + xi * sqrt(1 ms);
        5 ms * dy/dt = -y^3 + xi * sqrt(1 ms);
    }";
    let shared = model(text);
    let states = after(&shared, 64, 0.5, 0.5, &["x", "y"]);
    for (neuron, (x, y)) in states[0].iter().zip(&states[1]).enumerate() {
        let z: f64 = drawn(7, 0, 0, neuron as u64, 0);
        assert!((x - z * 0.5_f64.sqrt() / 5.0).abs() < 1e-15 && x == y, "{x} {y}");
    }
}

#[test]
fn a_held_state_keeps_its_value_and_the_others_their_noise() {
    let text = "model Held {
        state V = 20 mV;
        state I = 0 mV;
        noise xi;
        5 ms * dI/dt = -I + xi * 1 mV * sqrt(1 ms);
        10 ms * dV/dt = -V + I;
        spike when V > 15 mV { V = 0 mV; }
        refractory 1 ms hold V;
    }";
    let held = model(text);
    let alone = model(
        "model Alone {
        state I = 0 mV;
        noise xi;
        5 ms * dI/dt = -I + xi * 1 mV * sqrt(1 ms);
    }",
    );
    for solver in [None, Some(Solver::Heun)] {
        let held = match solver {
            None => held.clone(),
            Some(solver) => Model::loader().solver(solver).text(text).expect("a model"),
        };
        let states = after(&held, 64, 0.1, 1.0, &["V", "I"]);
        assert!(states[0].iter().all(|&v| v == 0.0), "{:?}", states[0]);
        assert!(states[1].iter().all(|&i| i != 0.0));
        if solver.is_none() {
            assert_eq!(states[1], after(&alone, 64, 0.1, 1.0, &["I"])[0]);
        }
    }
}

//! The f–I curve of adaptive neurons: the steady firing rate against a constant input current.
//!
//! One population holds every pair of an adaptation strength and a current, so one run gives all curves. It prints a table and draws
//! `fi_curve.png`, or the picture named by its argument (.png or .svg):
//!
//! ```sh
//! cargo run --release -p alif --example fi_curve --features plot
//! ```
//!
//! Without adaptation the rate has a closed form. A spike comes at the end of a step, so an interval between spikes is the exact one
//! rounded up to whole steps; the table shows that this alone is the difference.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "prints a table, and what went wrong"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alif::plot::{Chart, Curve, Style, draw_chart};
use alif::prelude::*;

alif_model! {
    /// Leaky integrate-and-fire neuron with a threshold that rises at each spike and decays (ALIF).
    ///
    /// After Bellec et al. (2020), Nat. Commun. 11:3625, doi:10.1038/s41467-020-17236-y. There the reset subtracts `V_th`; here V
    /// returns to rest and is held there for the refractory period, which gives the rate without adaptation a closed form.
    model Alif {
        /// membrane time constant
        param tau = 20 ms where tau > 0 ms;
        /// time constant of the adaptation
        param tau_a = 200 ms where tau_a > 0 ms;
        /// resistance of the membrane
        param R = 100 MOhm;
        /// threshold above rest
        param V_th = 20 mV where V_th > 0 mV;
        /// how much a spike raises the threshold
        param beta = 0 mV;
        param t_ref = 2 ms where t_ref >= 0 ms;

        /// membrane potential above rest
        state V = 0 mV;
        state a = 0;
        input I : nA;

        tau * dV/dt = -V + R * I;
        tau_a * da/dt = -a;
        spike when V > V_th + beta * a { V = 0 mV; a += 1; }
        refractory t_ref hold V;
    }
}

/// Adaptation strengths in mV.
const BETAS: [f64; 4] = [0.0, 0.2, 0.5, 1.5];
/// Number of currents, from 0 nA on.
const CURRENTS: usize = 101;
/// From one current to the next, in nA.
const CURRENT_STEP: f64 = 0.01;
/// Time step in ms.
const DT: f64 = 0.02;
/// Ten time constants of the adaptation, in ms: by then the rate is steady.
const TRANSIENT: f64 = 2_000.0;
/// What the rate is taken from, in ms.
const MEASURED: f64 = 20_000.0;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().map_or_else(|| "fi_curve.png".into(), PathBuf::from);
    if arguments.next().is_some() {
        eprintln!("usage: fi_curve [PICTURE], where PICTURE ends in .png or .svg");
        return ExitCode::FAILURE;
    }
    match run(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    let rates = rates()?;
    print_table(&rates);
    draw_chart(&chart(&rates), path)?;
    println!("\nThe curves are in {}.", path.display());
    Ok(())
}

/// The current of column `j`, in nA.
fn current(j: usize) -> f64 {
    CURRENT_STEP * j as f64
}

/// The steady rates in Hz: strengths × currents, row by row. Neuron i · `CURRENTS` + j has strength i and current j.
fn rates() -> Result<Vec<f64>, alif::Error> {
    let neurons = BETAS.len() * CURRENTS;
    let currents: Vec<_> = (0..neurons).map(|n| nA(current(n % CURRENTS))).collect();
    let mut population = Alif::population(neurons)
        .dt(ms(DT))
        .beta_with(|n| mV(BETAS[n / CURRENTS]))
        .I(currents)
        .record_spikes()
        .build::<f64>()?;
    population.run_for(TRANSIENT)?;
    let recording = population.run_for(MEASURED)?;

    // Of each neuron the first and the last spike, and the number of intervals in between.
    let mut trains: Vec<Option<(u64, u64, u64)>> = vec![None; neurons];
    for spike in &recording.spikes {
        let train = &mut trains[spike.neuron as usize];
        *train = Some(match *train {
            Some((first, _, intervals)) => (first, spike.step, intervals + 1),
            None => (spike.step, spike.step, 0),
        });
    }
    let rate = |train| match train {
        Some((first, last, intervals)) if intervals > 0 => {
            1000.0 * intervals as f64 / ((last - first) as f64 * recording.dt)
        }
        Some(_) | None => 0.0,
    };
    Ok(trains.into_iter().map(rate).collect())
}

/// The interval between spikes without adaptation and with the defaults of the model, in ms: t_ref + tau · ln(R I / (R I − V_th)).
/// None when there are no spikes.
#[allow(
    clippy::disallowed_methods,
    reason = "what a last bit of `ln` changes, the table does not show"
)]
fn interval(current: f64) -> Option<f64> {
    let (tau, resistance, threshold, refractory) = (20.0, 100.0, 20.0, 2.0);
    let drive = resistance * current;
    (drive > threshold).then(|| refractory + tau * (drive / (drive - threshold)).ln())
}

/// The rate without adaptation in Hz, and the one when every interval is rounded up to whole steps.
fn closed_form(current: f64) -> (f64, f64) {
    interval(current).map_or((0.0, 0.0), |interval| {
        let on_the_grid = (interval / DT).ceil() * DT;
        (1000.0 / interval, 1000.0 / on_the_grid)
    })
}

fn print_table(rates: &[f64]) {
    println!(
        "Steady firing rate in Hz, and for beta = 0 mV its closed form 1 / (t_ref + tau ln(R I / (R I - V_th))):\n"
    );
    print!("  I [nA]");
    for beta in BETAS {
        print!("{:>13}", format!("beta {beta} mV"));
    }
    println!("{:>14}{:>12}{:>12}", "closed form", "difference", "due to dt");
    for j in (0..CURRENTS).step_by(5) {
        print!("{:8.2}", current(j));
        for of_beta in rates.chunks(CURRENTS) {
            print!("{:13.3}", of_beta[j]);
        }
        let (exact, on_the_grid) = closed_form(current(j));
        println!("{exact:14.3}{:12.3}{:12.3}", rates[j] - exact, on_the_grid - exact);
    }
}

fn chart(rates: &[f64]) -> Chart {
    let lines = BETAS.iter().zip(rates.chunks(CURRENTS)).map(|(beta, rates)| Curve {
        label: format!("β = {beta} mV"),
        points: rates.iter().enumerate().map(|(j, rate)| (current(j), *rate)).collect(),
        style: Style::Line,
    });
    let exact = Curve {
        label: "closed form, β = 0".into(),
        points: (0..CURRENTS)
            .step_by(5)
            .map(current)
            .map(|i| (i, closed_form(i).0))
            .collect(),
        style: Style::Marks,
    };
    Chart {
        title: "Steady firing rate of an adaptive neuron".into(),
        x: "input current [nA]".into(),
        y: "firing rate [Hz]".into(),
        curves: lines.chain([exact]).collect(),
    }
}

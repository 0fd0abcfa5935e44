//! The process of Ornstein and Uhlenbeck, alone and into a membrane: moments as numbers, and as samples.

use alif::Model;
use alif::prelude::*;
use alif_core::Bound;
use serde_json::Value;

use super::{coefficient, prepared};
use crate::support::{json, list, model, number, relative};

/// What deterministic numbers are allowed, relative to themselves.
const TOLERANCE: f64 = 1e-13;

/// Coherent units, and x by itself a pure number.
const ALONE: &str = "model Ou {
    param tau : ms;
    param sigma : 1/ms^0.5;
    param mu = 0;
    state x = 0;
    noise xi;
    dx/dt = (mu - x) / tau + sigma * xi;
}";

const FILTERED: &str = "model Filtered {
    param tau : ms;
    param sigma : 1/ms^0.5;
    param mu = 0;
    param tau_m : ms;
    param R = 1;
    state x = 0;
    state V = 0;
    noise xi;
    dx/dt = (mu - x) / tau + sigma * xi;
    tau_m * dV/dt = -V + R * (x - mu);
}";

/// The parameters of a set that a model has.
fn given<'a>(set: &Value, names: &[&'a str]) -> Vec<(&'a str, f64)> {
    names
        .iter()
        .map(|name| (*name, number(&set["params"][*name])))
        .collect()
}

/// `P`, `Q` or `L` of two names; 0 where the program does without.
fn entry(model: &Model, bound: &Bound, of: &str) -> f64 {
    coefficient(model, bound, of).unwrap_or(0.0)
}

fn close(what: &str, found: f64, wanted: &Value) {
    let error = relative(found, number(wanted), 0.0);
    assert!(error <= TOLERANCE, "{what}: {found}, not {wanted}, by {error:e}");
}

#[test]
fn steps_of_a_process_have_its_moments() {
    let model = model(ALONE);
    for set in list(&json("analytic/ou.json")) {
        let params = given(set, &["tau", "sigma", "mu"]);
        let (x0, stationary) = (number(&set["params"]["x0"]), number(&set["stationary_var"]));
        let step = |h: f64| {
            let bound = prepared(&model, &params, h);
            ["P[x,x]", "Q[x,1]", "L[x,x]"].map(|name| entry(&model, &bound, name))
        };
        let [decay, _, deviation] = step(number(&set["params"]["dt"]));
        close("decay of a step", decay, &set["exact_step"]["alpha"]);
        close("noise of a step", deviation, &set["exact_step"]["noise_std"]);
        for point in list(&set["transient"]) {
            let [p, q, l] = step(number(&point["t"]));
            close("mean", p * x0 + q, &point["mean"]);
            close("variance", l * l, &point["var"]);
        }
        for point in list(&set["autocov_at"]).iter().filter(|p| number(&p["lag"]) > 0.0) {
            let [p, ..] = step(number(&point["lag"]));
            close("covariance with what was before", p * stationary, &point["cov"]);
        }
        // So late that nothing is left of the start.
        let [p, q, l] = step(1000.0 * number(&set["params"]["tau"]));
        close("mean in the end", p * x0 + q, &set["stationary_mean"]);
        close("variance in the end", l * l, &set["stationary_var"]);
    }
}

#[test]
fn a_membrane_behind_a_process_has_their_covariance() {
    let model = model(FILTERED);
    for set in list(&json("analytic/ou.json")) {
        let params = given(set, &["tau", "sigma", "mu", "tau_m", "R"]);
        let longest = number(&set["params"]["tau"]).max(number(&set["params"]["tau_m"]));
        let covariance = |h: f64| {
            let bound = prepared(&model, &params, h);
            let l = |of: &str| entry(&model, &bound, of);
            // One factor is above the diagonal and so does not exist.
            let (xx, vx, vv) = (l("L[x,x]"), l("L[V,x]"), l("L[V,V]"));
            assert_eq!(l("L[x,V]"), 0.0);
            [xx * xx, xx * vx, vx * vx + vv * vv]
        };
        let wanted = &set["filtered_V"];
        let [xx, vx, vv] = covariance(number(&set["params"]["dt"]));
        close("xx", xx, &wanted["one_step_noise_cov"]["xx"]);
        close("Vx", vx, &wanted["one_step_noise_cov"]["Vx"]);
        close("VV", vv, &wanted["one_step_noise_cov"]["VV"]);
        let [_, vx, vv] = covariance(1000.0 * longest);
        close("Vx in the end", vx, &wanted["cov_Vx"]);
        close("VV in the end", vv, &wanted["var_V"]);
    }
}

/// Samples of a population apart from each other in time, as many as a tenth of those that the widths of the file are for.
#[test]
fn samples_have_the_moments_within_five_standard_deviations() {
    const NEURONS: usize = 2_000;
    let model = model(ALONE);
    let mut told_apart = 0;
    for set in list(&json("analytic/ou.json")) {
        let accepted = &set["acceptance_5sigma"];
        let (all, stride) = (number(&accepted["n_samples"]), accepted["stride_steps"].as_u64());
        let stride = stride.expect("a number of steps");
        let count = all / 10.0;
        let (mean, variance) = (number(&set["stationary_mean"]), number(&set["stationary_var"]));
        let dt = number(&set["params"]["dt"]);
        let builder = given(set, &["tau", "sigma", "mu"]).into_iter().fold(
            model.population(NEURONS).dt(dt).precision(Precision::F64).seed(2),
            |builder, (name, value)| builder.set(name, value),
        );
        let mut population = builder.init("x", mean).build().expect("a population");
        // Twenty time constants leave e⁻⁴⁰ of the missing variance.
        let steps = (20.0 * number(&set["params"]["tau"]) / dt).ceil() as u64;
        population.run(steps).expect("it runs");
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..count as usize / NEURONS {
            for x in population.state("x").expect("x") {
                sum += x - mean;
                squares += (x - mean) * (x - mean);
            }
            population.run(stride).expect("it runs");
        }
        // Widths shrink as the root of the number of samples.
        let width = |name: &str| number(&accepted[name]) * (all / count).sqrt();
        let (off, off_variance) = (sum / count, squares / count - variance);
        println!(
            "mean off by {off:.1e} of {:.1e}, variance by {off_variance:.1e} of {:.1e}",
            width("mean_halfwidth"),
            width("var_halfwidth")
        );
        assert!(off.abs() < width("mean_halfwidth") && off_variance.abs() < width("var_halfwidth"));
        // Null where steps are so long that the method diverges.
        let euler = &set["euler_maruyama_stationary_var_WRONG_for_exact"];
        let apart = euler.is_null() || number(euler) - variance > 2.0 * width("var_halfwidth");
        told_apart += u32::from(apart);
    }
    assert!(
        told_apart > 1,
        "one set at most tells the exact step from that of Euler and Maruyama"
    );
}

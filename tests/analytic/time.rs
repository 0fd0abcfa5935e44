//! Time on a grid: durations in steps, and times as products.

use alif::Recording;
use alif::decimal::{Decimal, steps_rounded_down};
use alif::prelude::*;

use crate::support::{json, list, model, number, whole};

/// It fires whenever it is tested.
const ALWAYS: &str = "model Always {
    param t_ref : ms;
    state n = 0;
    spike when n >= 0 { n += 1; }
    refractory t_ref;
}";

/// The whole part of `20/3` or `7`.
pub(super) fn floor_of(ratio: &str) -> u64 {
    let (above, below) = ratio.split_once('/').unwrap_or((ratio, "1"));
    let [above, below] = [above, below].map(|x| x.parse::<u128>().expect("digits"));
    u64::try_from(above / below).expect("fewer than 2^64 steps")
}

#[test]
fn refractory_periods_are_the_same_numbers_of_steps() {
    let model = model(ALWAYS);
    let mut shortened = 0;
    for row in list(&json("analytic/timegrid.json")["refractory"]) {
        let (t_ref, dt) = (number(&row["t_ref"]), number(&row["dt"]));
        let wanted = floor_of(row["exact_ratio"].as_str().expect("a fraction"));
        if row["integer"] == true {
            assert_eq!(wanted, whole(&row["expected_steps_if_integer"]));
        }
        shortened += u64::from(row["naive_floor_wrong"] == true);
        let what = format!("{t_ref} ms of {dt} ms");

        let [exact_t_ref, exact_dt] = [t_ref, dt].map(|x| Decimal::from_f64_shortest(x).expect("finite"));
        assert_eq!(
            steps_rounded_down(&exact_t_ref, &exact_dt).map(|s| s.count),
            Ok(wanted),
            "{what}"
        );

        let bound = super::prepared(&model, &[("t_ref", t_ref)], dt);
        let counts: Vec<f64> = model
            .compiled()
            .program
            .prepare
            .coefficients
            .iter()
            .zip(&bound.coefficients)
            .filter(|(coefficient, _)| coefficient.steps)
            .map(|(_, count)| *count)
            .collect();
        assert_eq!(counts, [wanted as f64], "{what}");

        // A spike in step 0; the next one when the period ends, a spike at t* + t_ref being possible.
        for engine in [Engine::Compiled, Engine::Interpreter] {
            for precision in [Precision::F32, Precision::F64] {
                let mut population = model
                    .population(1)
                    .dt(dt)
                    .engine(engine)
                    .precision(precision)
                    .set("t_ref", t_ref)
                    .record_spikes()
                    .build()
                    .unwrap();
                let recording = population.run(3 * wanted.max(1)).unwrap();
                let found: Vec<u64> = recording.spikes.iter().map(|s| s.step).collect();
                assert_eq!(found, [0, 1, 2].map(|k| k * wanted.max(1)), "{what}");
            }
        }
    }
    assert!(shortened > 0, "no row tells rounding from flooring the quotient");
}

#[test]
fn times_are_products_and_never_sums() {
    let mut sums_wrong = 0;
    for row in list(&json("analytic/timegrid.json")["accumulation"]) {
        let (dt, n) = (number(&row["dt"]), whole(&row["n"]));
        let recording = Recording {
            dt,
            first_step: 0,
            steps: n,
            neurons: 1,
            shape: 1.into(),
            spike_count: 0,
            spikes: vec![],
            traces: vec![],
        };
        let time = recording.time(n - 1);
        assert_eq!(
            time.to_bits(),
            number(&row["correctly_rounded"]).to_bits(),
            "{n} steps of {dt} ms"
        );
        sums_wrong += u64::from(number(&row["accumulated"]) != time);
        // And the duration is that many steps again.
        assert_eq!(alif::steps_in(n as f64 * dt, dt).ok(), exact_multiple(n, dt));
    }
    assert!(sums_wrong > 0, "no row tells products from sums");
}

/// `n`, where the shortest decimal of the product is `n` times that of `dt`.
fn exact_multiple(n: u64, dt: f64) -> Option<u64> {
    let [product, dt] = [n as f64 * dt, dt].map(|x| Decimal::from_f64_shortest(x).expect("finite"));
    alif::decimal::steps(&product, &dt)
        .ok()
        .inspect(|&steps| assert_eq!(steps, n))
}

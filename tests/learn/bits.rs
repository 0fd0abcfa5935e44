//! The same bits, whatever is kept, whoever computes, and however many threads there are.

use alif::learn::{
    Feedback, Gain, Gradient, Layer, LayerBuilder, LearnError, Loss, Objective, Over, Raster, Rates, Readout, Tape,
    Targets, Trials, Weights,
};
use alif::{Engine, Model, Rule, Wanted};

const INPUTS: usize = 20;
const NEURONS: usize = 37;
const STEPS: usize = 200;
const TRIALS: usize = 19;

fn layer() -> LayerBuilder<f32> {
    let model = Model::from_text(
        "model Alif {
             param tau = 20 ms where tau > 0 ms;
             param tau_a = 100 ms where tau_a > 0 ms;
             param beta = 0.1;
             state V = 0;
             state a = 0;
             input syn : event;
             input I;
             noise xi;
             tau * dV/dt = -V + I + 0.1 [ms^0.5] * xi;
             tau_a * da/dt = -a;
             on syn(w) after { V += w; }
             spike when V > 1 + beta * a delayed { V -= 1; a += 1; }
             refractory 2 ms;
             learn { surrogate relu_grad(V - 1 - beta * a, alpha = 0.3, width = 1); detach V; }
         }",
    );
    Layer::builder(model.unwrap_or_else(|error| panic!("{error}")), NEURONS)
        .set("beta", (0..NEURONS).map(|n| 0.01 * n as f64).collect::<Vec<f64>>())
        .inputs("I", Weights::normal(NEURONS, INPUTS, 4.0, 1))
        .recurrent("syn", Weights::normal(NEURONS, NEURONS, 0.2, 2))
        .delay(3)
        .readout(Readout {
            tau: 20.0,
            gain: Gain::One,
            weights: Weights::normal(2, NEURONS, 0.3, 3),
        })
        .objective(Objective::new(Loss::CrossEntropy).window(50))
        .rates(Rates {
            strength: 5.0,
            target: 0.02,
            over: Over::Batch,
        })
        .params(Wanted::All)
}

fn gradient(layer: LayerBuilder<f32>) -> Gradient<f32> {
    let inputs: Vec<Raster> = (0..TRIALS)
        .map(|trial| Raster::random(STEPS, INPUTS, trial as u64, |_, _| 0.1))
        .collect();
    let classes: Vec<usize> = (0..TRIALS).map(|trial| trial % 2).collect();
    let mut layer = layer.build().unwrap_or_else(|error| panic!("{error}"));
    let trials = Trials {
        inputs: &inputs,
        targets: Targets::Classes(&classes),
        seed: 7,
    };
    let gradient = layer.gradient(&trials).unwrap_or_else(|error| panic!("{error}"));
    // Nothing is left of one call in the next.
    let again = layer.gradient(&trials).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(gradient, again);
    assert!(layer.outcome().spikes.iter().map(Raster::count).sum::<usize>() > TRIALS * STEPS / 4);
    gradient
}

#[test]
fn gradients_are_the_same_bits_with_any_tape_engine_and_number_of_threads() {
    for rule in [Rule::Bptt, Rule::BpttDetached, Rule::Eprop] {
        let wanted = gradient(layer().rule(rule).tape(Tape::Full));
        assert!(
            wanted.input.values().iter().any(|&w| w != 0.0) && wanted.params.len() >= 3,
            "{wanted:?}"
        );
        for tape in [Tape::Auto, Tape::Every(1), Tape::Every(7), Tape::Every(64)] {
            assert_eq!(gradient(layer().rule(rule).tape(tape)), wanted, "{tape:?}");
        }
        for threads in [2, 3] {
            assert_eq!(
                gradient(layer().rule(rule).threads(threads).tape(Tape::Every(20))),
                wanted,
                "{threads} threads"
            );
        }
        assert_eq!(gradient(layer().rule(rule).engine(Engine::Interpreter)), wanted);
    }
}

/// Trials do not see each other, so the gradient of a batch is the mean of theirs, and cutting edges changes it.
#[test]
fn rules_differ_and_batches_are_means() {
    let of = |rule| gradient(layer().rule(rule));
    let (bptt, detached, eprop) = (of(Rule::Bptt), of(Rule::BpttDetached), of(Rule::Eprop));
    assert_ne!(bptt.input, detached.input);
    assert_ne!(detached.input, eprop.input);
    assert_eq!(bptt.losses, eprop.losses);
    assert_eq!(bptt.readout, eprop.readout);
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let refused = |layer: LayerBuilder<f32>| layer.build().expect_err("it is refused").to_string();
    let weights = Weights::zeros(NEURONS, NEURONS + 1);
    assert_eq!(
        refused(layer().recurrent("syn", weights)),
        "the recurrent weights are 37 x 38, but must be 37 x 37 (to x from)"
    );
    let message = refused(layer().inputs("sin", Weights::zeros(NEURONS, INPUTS)));
    assert!(
        message.contains("no input or event port `sin`; did you mean `syn`?"),
        "{message}"
    );
    let feedback = Feedback::Fixed(Weights::from_fn(2, NEURONS, |_, _| f64::NAN));
    assert!(refused(layer().feedback(feedback)).contains("must be finite"));
    assert!(refused(layer().delay(0)).contains("at least 1 step"));

    let mut layer = layer().build().unwrap_or_else(|error| panic!("{error}"));
    let inputs = [Raster::from_events(5, INPUTS + 1, [])];
    let trials = Trials {
        inputs: &inputs,
        targets: Targets::Classes(&[0]),
        seed: 0,
    };
    let error = layer.gradient(&trials).expect_err("one input too many");
    assert_eq!(error.to_string(), "trial 0: it has 21 inputs, and the layer 20");
    let error = layer.run(&[], 0).expect_err("no trials");
    assert_eq!(error, LearnError::NoTrials);
}

#[test]
fn traces_while_the_trial_runs_give_the_same_gradient() {
    let text = |reset: &str, second: &str| {
        format!(
            "model Alif {{
                 param tau = 20 ms where tau > 0 ms;
                 param tau_a = 100 ms where tau_a > 0 ms;
                 param beta = 0.1;
                 state V = 0;
                 state a = 0;
                 input syn : event;
                 tau * dV/dt = -V;
                 tau_a * da/dt = -a;
                 on syn(w) {second} {{ V += w; }}
                 spike when V > 1 + beta * a {reset} {{ V -= 1; a += 1; }}
                 refractory 3 ms;
                 learn {{ surrogate relu_grad(V - 1 - beta * a, alpha = 0.3, width = 1); detach V; }}
             }}"
        )
    };
    let inputs: Vec<Raster> = (0..3)
        .map(|trial| Raster::random(STEPS, INPUTS, trial, |_, _| 0.1))
        .collect();
    let targets: Vec<f64> = (0..3 * STEPS * 2).map(|at| (at % 17) as f64 / 17.0).collect();
    // A membrane time constant of each neuron's own leaves no trace that depends on the presynaptic neuron alone.
    for (reset, second, rule, taus) in [
        ("delayed", "after", Rule::Eprop, false),
        ("", "", Rule::Eprop, true),
        ("", "after", Rule::Bptt, false),
    ] {
        let model = Model::from_text(&text(reset, second)).unwrap_or_else(|error| panic!("{error}"));
        let mut builder = Layer::<f64>::builder(model, NEURONS);
        if taus {
            builder = builder.set("tau", (0..NEURONS).map(|n| 10.0 + n as f64).collect::<Vec<f64>>());
        }
        let layer = builder
            .inputs("syn", Weights::normal(NEURONS, INPUTS, 0.4, 1))
            .recurrent("syn", Weights::normal(NEURONS, NEURONS, 0.2, 2))
            .delay(2)
            .readout(Readout {
                tau: 20.0,
                gain: Gain::Normalised,
                weights: Weights::normal(2, NEURONS, 0.3, 3),
            })
            .feedback(Feedback::Fixed(Weights::normal(2, NEURONS, 1.0, 4)))
            .rule(rule)
            .without_transmission()
            .objective(Objective::new(Loss::SquaredError).window(150).average())
            .rates(Rates {
                strength: 5.0,
                target: 0.02,
                over: Over::Trial,
            })
            .build();
        let mut layer = layer.unwrap_or_else(|error| panic!("{error}"));
        let trials = Trials {
            inputs: &inputs,
            targets: Targets::Values(&targets),
            seed: 0,
        };
        let offline = layer.gradient(&trials).unwrap_or_else(|error| panic!("{error}"));
        let online = layer.gradient_online(&trials).unwrap_or_else(|error| panic!("{error}"));
        let pairs = [
            (&offline.input, &online.input),
            (offline.recurrent.as_ref().unwrap(), online.recurrent.as_ref().unwrap()),
            (&offline.readout, &online.readout),
        ];
        for (offline, online) in pairs {
            let most = offline.values().iter().fold(0.0, |most: f64, w| most.max(w.abs()));
            let worst = offline
                .values()
                .iter()
                .zip(online.values())
                .fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()));
            println!("{reset:8} {rule:?}: {:.1e} of {most:.1e}", worst / most);
            assert!(most > 0.0 && worst <= 1e-12 * most, "{worst} of {most}");
        }
        let losses = offline.losses.iter().zip(&online.losses);
        assert!(losses.into_iter().all(|(a, b)| (a - b).abs() <= 1e-12 * a));
    }
}

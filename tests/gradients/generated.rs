//! Adjoints that `alif_model!` writes against those of models from texts, to the bit.

use alif::{Adjoint, AdjointOptions, Engine, Neuron, Rule, Wanted, alif_model};
use alif_core::{Arrays, Place, Places, Real, Specialization, StepKernel};

use crate::support::{self, Random};

alif_model!(pub(crate) "../models/alif.alif", gradients = eprop);

mod backpropagation {
    use alif::alif_model;

    alif_model!(pub(crate) "../models/lif_sfa.alif", gradients = bptt);
    alif_model! {
        gradients = bptt_detached, solver = euler;
        /// Spikes that block, events that come one by one, times.
        pub(crate) model Mixed {
            param tau = 10 ms where tau > 0 ms;
            param beta = 0.5;
            state V = 0;
            state a = beta;
            input I;
            input syn : event;
            tau * dV/dt = -V * abs(V) + I + sin(t / 3 ms);
            20 ms * da/dt = -a;
            on syn(w) { V += w / (1 + a^2); a *= 1 - 0.1 * w; }
            spike when rising V > 1 + beta * a { V = V - detach(V); a += 1; }
            refractory 1 ms hold V accept syn;
            learn { surrogate sigmoid(V - 1 - beta * a); detach V; }
        }
    }
}

fn arrays<T: Real>(adjoint: &Adjoint, seed: u64) -> (Arrays<T>, Specialization) {
    let layout = adjoint.neuron().layout(&[]);
    let specialization = Specialization {
        ports: vec![true; layout.ports.len()],
        inputs: vec![true; layout.inputs],
        ..Specialization::uniform(&layout)
    };
    let places = Places::new(&layout, &specialization);
    let mut arrays = Arrays::<T>::new(places, 100).expect("memory");
    let mut random = Random(seed);
    let count = arrays.places().arrays();
    let counter = arrays.places().counter();
    for array in 0..count {
        for value in arrays.values_mut(array) {
            *value = T::from_f64(random.between(-2.0, 3.0));
        }
        if counter == Some(array) {
            for bits in arrays.bits_mut(array) {
                *bits = T::count_bits(random.below(3) as i64);
            }
        }
        arrays.pad(array);
    }
    let neuron = adjoint.neuron();
    let params = neuron
        .complete(&vec![None; neuron.signature().params.len()], 0.1)
        .expect("defaults");
    let bound = neuron.bind(&params, 0.1, T::MAX_COUNT).expect("defaults");
    for (at, &value) in bound.coefficients.iter().enumerate() {
        if let Place::Uniform(index) = arrays.places().coefficient(at) {
            arrays.uniforms_mut()[index] = T::from_f64(value).bits();
        }
    }
    (arrays, specialization)
}

fn same_bits(generated: &dyn Neuron, loaded: &alif::Model, rule: Rule) {
    let options = AdjointOptions {
        rule,
        ..AdjointOptions::default()
    };
    let [a, b] = [generated.adjoint(&options), Neuron::adjoint(loaded, &options)]
        .map(|adjoint| adjoint.unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(a.map(), b.map());
    assert_eq!(a.neuron().signature(), b.neuron().signature());
    for seed in 0..3 {
        let ((mut x, specialization), (mut y, _)) = (arrays::<f32>(&a, seed), arrays::<f32>(&b, seed));
        let kernel = a
            .neuron()
            .kernel_f32(&[], &specialization, Engine::Compiled)
            .expect("a kernel");
        let oracle = b
            .neuron()
            .kernel_f32(&[], &specialization, Engine::Interpreter)
            .expect("a kernel");
        run(&mut x, &*kernel, &mut y, &*oracle);
        let ((mut x, specialization), (mut y, _)) = (arrays::<f64>(&a, seed), arrays::<f64>(&b, seed));
        let kernel = a
            .neuron()
            .kernel_f64(&[], &specialization, Engine::Compiled)
            .expect("a kernel");
        let oracle = b
            .neuron()
            .kernel_f64(&[], &specialization, Engine::Interpreter)
            .expect("a kernel");
        run(&mut x, &*kernel, &mut y, &*oracle);
    }
}

fn run<T: Real>(x: &mut Arrays<T>, kernel: &dyn StepKernel<T>, y: &mut Arrays<T>, oracle: &dyn StepKernel<T>) {
    let words = x.words();
    x.run(kernel, 0..words);
    y.run(oracle, 0..words);
    assert_eq!(crate::backends::different(x, y, true), 0);
}

#[test]
fn adjoints_of_types_have_the_bits_of_those_from_texts() {
    same_bits(&Alif, &support::shipped("alif.alif"), Rule::Eprop);
    same_bits(&backpropagation::LifSfa, &support::shipped("lif_sfa.alif"), Rule::Bptt);
    let text = "model Mixed {
            param tau = 10 ms where tau > 0 ms;
            param beta = 0.5;
            state V = 0;
            state a = beta;
            input I;
            input syn : event;
            tau * dV/dt = -V * abs(V) + I + sin(t / 3 ms);
            20 ms * da/dt = -a;
            on syn(w) { V += w / (1 + a^2); a *= 1 - 0.1 * w; }
            spike when rising V > 1 + beta * a { V = V - detach(V); a += 1; }
            refractory 1 ms hold V accept syn;
            learn { surrogate sigmoid(V - 1 - beta * a); detach V; }
        }";
    let loaded = alif::Model::loader()
        .solver(alif::Solver::Euler)
        .text(text)
        .expect("a model");
    same_bits(&backpropagation::Mixed, &loaded, Rule::BpttDetached);
}

#[test]
fn what_was_not_compiled_is_refused() {
    let refused = |options: &AdjointOptions| Neuron::adjoint(&Alif, options).expect_err("refused").to_string();
    let message = refused(&AdjointOptions::default());
    assert!(
        message.starts_with("E0605: ") && message.contains("the rule `eprop`"),
        "{message}"
    );
    let none = AdjointOptions {
        rule: Rule::Eprop,
        params: Wanted::None,
        ..AdjointOptions::default()
    };
    assert!(refused(&none).contains("by all parameters"));
    let message = Neuron::adjoint(&crate::support::AlifBellec2020, &none)
        .expect_err("refused")
        .to_string();
    assert!(message.contains("write `gradients = eprop;`"), "{message}");
}

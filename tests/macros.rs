//! Does `alif_model!` take what it should in a crate of this edition? `ui` asks the same in the edition before, and what is
//! said of mistakes.

#[path = "ui/pass/in_macros.rs"]
mod in_macros;
#[path = "ui/pass/keywords.rs"]
mod keywords;
#[path = "ui/pass/several.rs"]
mod several;
#[path = "ui/pass/warnings.rs"]
mod warnings;

use alif::prelude::*;

/// A model as a text and as a type.
macro_rules! both {
    ($text:ident $name:ident $body:tt) => {
        const $text: &str = concat!("model ", stringify!($name), stringify!($body));
        #[allow(deprecated)] // the warning that a block runs once an event
        mod twice {
            alif::alif_model! { pub model $name $body }
        }
    };
}

// Both blocks of the port take events one by one; the second reads what the first left behind, with and without an equation between.
both! {
    TWICE Twice {
        state x = 1;
        state y = 2;
        state z = 3;
        input p : event;
        20 ms * dx/dt = -x;
        on p(w) { x = x * w + w * w; }
        on p(w) { y = y * min(w, x); }
        on p(w) after { z = z + w * w * x / y; }
    }
}

#[test]
fn a_block_that_takes_events_one_by_one_reads_what_another_left_behind() {
    let weights = [1.5, -0.5, 0.75];
    let event = |weight| Event {
        step: 0,
        neuron: 0,
        weight,
    };
    let run = |builder: alif::Builder| {
        let mut population = builder
            .precision(Precision::F64)
            .events("p", weights.map(event).to_vec())
            .build()
            .expect("a population");
        population.run(1).expect("a run");
        ["x", "y", "z"].map(|state| population.state(state).expect("a state")[0])
    };
    let (mut x, mut y, mut z) = (1.0, 2.0, 3.0);
    for w in weights {
        x = x * w + w * w;
    }
    for w in weights {
        y *= f64::min(w, x);
    }
    x *= libm::exp(-0.1 / 20.0);
    for w in weights {
        z += w * w * x / y;
    }
    let model = Model::from_text(TWICE).expect("a model");
    let found = run(Neuron::population(&twice::Twice, 1));
    for (found, wanted) in found.into_iter().zip([x, y, z]) {
        assert!((found - wanted).abs() < 1e-14 * wanted.abs(), "{found} for {wanted}");
    }
    assert_eq!(found, run(model.population(1)));
}

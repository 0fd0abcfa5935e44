//! The names of a random model: most often plain ones, sometimes ones that mean something else in Rust or to the runtime.

use crate::support::Random;

/// Keywords of Rust, names of its prelude, names that generated code and its callers use, and letters beyond ASCII.
const ODD: [&str; 40] = [
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "async",
    "match",
    "loop",
    "struct",
    "impl",
    "where_",
    "Vec",
    "Some",
    "None",
    "Ok",
    "f64",
    "f32",
    "usize",
    "T",
    "N",
    "M",
    "V",
    "v",
    "memory",
    "states",
    "build",
    "population",
    "set",
    "run",
    "untyped",
    "step_1",
    "step",
    "set_x",
    "x",
    "initial_x",
    "x_with",
    "__alif",
    "prepare",
    "τ",
    "µV",
];

/// The names of a model.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) states: Vec<String>,
    /// The time constants of the states.
    pub(super) taus: Vec<String>,
    pub(super) params: Vec<String>,
    pub(super) inputs: Vec<String>,
    pub(super) ports: Vec<String>,
    pub(super) lets: Vec<String>,
}

impl Names {
    /// Names for so many states, parameters, inputs, ports and definitions. In every third model some are odd.
    pub(super) fn new(random: &mut Random, [states, params, inputs, ports, lets]: [usize; 5]) -> Self {
        let odd = if random.chance(33) { 50 } else { 0 };
        let mut left = ODD.to_vec();
        let mut some = |plain: &str, count: usize| -> Vec<String> {
            let mut name = |at| {
                if random.chance(odd) {
                    left.swap_remove(random.below(left.len())).to_owned()
                } else {
                    format!("{plain}{at}")
                }
            };
            (0..count).map(&mut name).collect()
        };
        Self {
            states: some("s", states),
            taus: some("tau", states),
            params: some("p", params),
            inputs: some("u", inputs),
            ports: some("e", ports),
            lets: some("l", lets),
        }
    }
}

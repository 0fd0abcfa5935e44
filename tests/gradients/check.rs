//! The two checks of a single step: gradients against central differences, and against themselves transposed.

use alif_compiler::Compiled;
use alif_compiler::adjoint::{adjoint, soft, soft_adjoint};
use alif_compiler::backend::{bind, complete};
use alif_core::adjoint::{AdjointMap, AdjointOptions};
use alif_core::random::keys;

use super::rig::Rig;
use crate::support::Random;

/// What goes into a step.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) params: Vec<f64>,
    pub(crate) dt: f64,
    pub(crate) states: Vec<f64>,
    pub(crate) inputs: Vec<f64>,
    pub(crate) weights: Vec<Vec<Option<f64>>>,
    pub(crate) counter: i64,
    /// The number of the step.
    pub(crate) step: u64,
}

/// One of the numbers that gradients are taken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    State(usize),
    Input(usize),
    Weight(usize, usize),
    Param(usize),
}

impl Point {
    pub(crate) fn at(&mut self, by: By) -> &mut f64 {
        match by {
            By::State(state) => &mut self.states[state],
            By::Input(input) => &mut self.inputs[input],
            By::Weight(port, slot) => self.weights[port][slot].as_mut().expect("a weight that arrives"),
            By::Param(param) => &mut self.params[param],
        }
    }

    /// What gradients are taken by here.
    pub(crate) fn variables(&self, map: &AdjointMap) -> Vec<By> {
        let states = (0..self.states.len()).map(By::State);
        let inputs = (0..self.inputs.len()).map(By::Input);
        let weights = self.weights.iter().enumerate().flat_map(|(port, slots)| {
            let arrived = slots.iter().enumerate().filter(|(_, weight)| weight.is_some());
            arrived.map(move |(slot, _)| By::Weight(port, slot))
        });
        let params = map.params.iter().map(|gradient| By::Param(gradient.param));
        states.chain(inputs).chain(weights).chain(params).collect()
    }
}

/// Writes what times and random keys stand for in this step, behind `first` inputs.
fn write_chance(rig: &mut Rig<f64>, point: &Point, first: usize) {
    let layout = rig.program.layout.clone();
    for (at, input) in layout.times(first).enumerate() {
        rig.set_input(input, (point.step + at as u64) as f64 * point.dt);
    }
    if let Some(neuron) = layout.neuron() {
        rig.set_input_bits(neuron, 5);
    }
    for (at, draw) in layout.draws.iter().enumerate() {
        let keys = keys(3, *draw, point.step);
        for (input, key) in layout.keys(at).into_iter().zip(keys) {
            rig.set_input_bits(input, key);
        }
    }
}

/// The states after a step of a program with the model's states and inputs.
pub(crate) fn forward(rig: &mut Rig<f64>, point: &Point) -> Option<Vec<f64>> {
    rig.bind(&point.params, point.dt).ok()?;
    for (state, &value) in point.states.iter().enumerate() {
        rig.set_state(state, value);
    }
    for (input, &value) in point.inputs.iter().enumerate() {
        rig.set_input(input, value);
    }
    write_chance(rig, point, point.inputs.len());
    write_events(rig, point);
    rig.step();
    Some(rig.states())
}

fn write_events(rig: &mut Rig<f64>, point: &Point) {
    for (port, slots) in point.weights.iter().enumerate() {
        for (slot, &weight) in slots.iter().enumerate() {
            rig.set_weight(port, slot, weight);
        }
    }
    rig.set_counter(point.counter);
}

/// The gradients of a step, for what hangs on its states and on its spike.
pub(crate) fn backward(
    rig: &mut Rig<f64>,
    map: &AdjointMap,
    point: &Point,
    hanging: &[f64],
    spike: f64,
) -> Option<Vec<f64>> {
    rig.bind(&point.params, point.dt).ok()?;
    for state in 0..rig.program.layout.states {
        rig.set_state(state, 0.0);
    }
    for (at, &value) in hanging.iter().enumerate() {
        // Half of it comes from later steps, half from the loss.
        rig.set_state(map.states[at], 0.5 * value);
        rig.set_input(map.loss[at], 0.5 * value);
        rig.set_input(map.before[at], point.states[at]);
    }
    for (at, &value) in point.inputs.iter().enumerate() {
        rig.set_input(map.drives[at], value);
    }
    if let Some(input) = map.loss_spike {
        rig.set_input(input, spike);
    }
    write_chance(rig, point, map.signature_inputs());
    write_events(rig, point);
    rig.step();
    Some(rig.states())
}

/// A gradient of [`backward`].
pub(crate) fn gradient(map: &AdjointMap, states: &[f64], by: By) -> f64 {
    states[match by {
        By::State(state) => map.states[state],
        By::Input(input) => map.inputs[input],
        By::Weight(port, slot) => map.weights[port][slot],
        By::Param(param) => {
            map.params
                .iter()
                .find(|g| g.param == param)
                .expect("its gradient")
                .state
        }
    }]
}

/// The largest relative error against central differences, and how many gradients were compared and left out, because the step has an edge
/// within the difference.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) worst: f64,
    pub(crate) compared: usize,
    pub(crate) edges: usize,
    /// Gradients that are not finite where the step is: as of a root at zero.
    pub(crate) singular: usize,
}

/// Compares the gradients of a random combination of all that a soft step leaves behind with differences.
pub(crate) fn against_differences(compiled: &Compiled, points: &[Point], random: &mut Random) -> Verdict {
    let options = AdjointOptions::default();
    let softened = soft(compiled, None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let back = soft_adjoint(compiled, &options).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (mut there, mut again) = (Rig::new(&softened), Rig::new(&back.program));
    let mut verdict = Verdict::default();
    for point in points {
        let hanging: Vec<f64> = point.states.iter().map(|_| random.between(-1.0, 1.0)).collect();
        let spike = if back.map.loss_spike.is_some() {
            random.between(-1.0, 1.0)
        } else {
            0.0
        };
        let mut loss = |point: &Point| -> Option<f64> {
            let states = forward(&mut there, point)?;
            let weights = hanging.iter().copied().chain([spike]);
            let sum: f64 = states.iter().zip(weights).map(|(state, weight)| state * weight).sum();
            sum.is_finite().then_some(sum)
        };
        let (Some(here), Some(found)) = (loss(point), backward(&mut again, &back.map, point, &hanging, spike)) else {
            continue;
        };
        for by in point.variables(&back.map) {
            let gradient = gradient(&back.map, &found, by);
            let value = *point.clone().at(by);
            let scale = value.abs().max(0.1);
            let mut difference = |relative: f64| -> Option<f64> {
                let h = relative * scale;
                let mut at = |change: f64| {
                    let mut other = point.clone();
                    *other.at(by) = value + change;
                    loss(&other)
                };
                Some((at(h)? - at(-h)?) / (2.0 * h))
            };
            let (Some(wide), Some(middle), Some(narrow)) = (difference(4e-5), difference(2e-5), difference(1e-5))
            else {
                continue;
            };
            // Of order 4, where the step is smooth; what is left is rounding.
            let [coarse, fine] = [(4.0 * middle - wide) / 3.0, (4.0 * narrow - middle) / 3.0];
            let size = gradient.abs().max(fine.abs()).max(1.0).max(1e-4 * here.abs() / scale);
            if (coarse - fine).abs() > 2e-7 * size {
                verdict.edges += 1;
                continue;
            }
            if !gradient.is_finite() {
                verdict.singular += 1;
                continue;
            }
            let error = (gradient - fine).abs() / size;
            if error > 1e-6 {
                println!("{}: {by:?}: {gradient} against {fine}\n{point:?}", compiled.model.name);
            }
            verdict.worst = verdict.worst.max(error);
            verdict.compared += 1;
        }
    }
    verdict
}

/// `<w, J v> = <Jᵀ w, v>`: the program gives the rows of `J` for unit vectors, and all of it at once for `w`. Gives the largest difference
/// relative to the sum of what is summed, and at how many points the step is finite and a gradient is not.
pub(crate) fn transposed(compiled: &Compiled, points: &[Point], random: &mut Random) -> (f64, usize) {
    let found = adjoint(compiled, &AdjointOptions::default()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut rig = Rig::new(&found.program);
    let mut there = Rig::new(&compiled.program);
    let (mut worst, mut singular) = (0.0_f64, 0);
    for point in points {
        let after = forward(&mut there, point);
        if !after.is_some_and(|states| states.iter().all(|state| state.is_finite())) {
            continue;
        }
        let d = point.states.len();
        let results = d + usize::from(found.map.loss_spike.is_some());
        let w: Vec<f64> = (0..results).map(|_| random.between(-1.0, 1.0)).collect();
        let variables = point.variables(&found.map);
        let v: Vec<f64> = variables.iter().map(|_| random.between(-1.0, 1.0)).collect();
        let mut row = |w: &[f64]| -> Option<Vec<f64>> {
            let spike = w.get(d).copied().unwrap_or(0.0);
            let states = backward(&mut rig, &found.map, point, &w[..d], spike)?;
            Some(variables.iter().map(|&by| gradient(&found.map, &states, by)).collect())
        };
        let unit = |at: usize| -> Vec<f64> { (0..results).map(|i| f64::from(u8::from(i == at))).collect() };
        let (Some(whole), rows) = (row(&w), (0..results).filter_map(|at| row(&unit(at)))) else {
            continue;
        };
        let (mut left, mut size) = (0.0, 1e-300_f64);
        for (w, row) in w.iter().zip(rows) {
            for (entry, v) in row.iter().zip(&v) {
                left += w * entry * v;
                size += (w * entry * v).abs();
            }
        }
        let right: f64 = whole.iter().zip(&v).map(|(gradient, v)| gradient * v).sum();
        if (left - right).is_finite() {
            worst = worst.max((left - right).abs() / size);
        } else {
            singular += 1;
        }
    }
    (worst, singular)
}

/// Points around the start of a model with its parameters at their defaults, each a little off; none where those cannot be used.
pub(crate) fn points(compiled: &Compiled, dt: f64, count: usize, random: &mut Random) -> Vec<Point> {
    let program = &compiled.program;
    let none = vec![None; program.param_names.len()];
    let Ok(defaults) = complete(program, &none, dt) else {
        return vec![];
    };
    let Ok(bound) = bind(program, &defaults, dt, i64::MAX) else {
        return vec![];
    };
    (0..count)
        .map(|_| {
            let mut about = |value: f64| {
                let size = if value == 0.0 { 1.0 } else { value.abs() };
                value + size * random.between(-0.2, 0.2)
            };
            let states = bound.initial.iter().map(|&value| about(value)).collect();
            let inputs = compiled.model.inputs.iter().map(|_| about(5.0)).collect();
            let params = defaults.clone();
            let weights = program.layout.ports.iter().map(|port| {
                let weight = |_| random.chance(60).then(|| random.between(0.1, 2.0));
                (0..port.slots).map(weight).collect()
            });
            Point {
                weights: weights.collect(),
                params,
                dt,
                states,
                inputs,
                counter: if random.chance(30) {
                    1 + random.below(2) as i64
                } else {
                    0
                },
                step: random.below(1000) as u64,
            }
        })
        .collect()
}

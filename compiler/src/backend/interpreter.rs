//! The oracle: the step program in plain scalar Rust, one neuron after the other, one instruction after the other.

use std::ops::Range;
use std::sync::Arc;

use alif_core::{Arrays, Lanes, Place, Places, Real, Specialization, StepKernel, Steps, View, WORD};

use crate::ids::Value;
use crate::ir::{Inst, Loop, Program};
use crate::symbolic::holds;

/// The most arguments of a function.
const MOST_ARGUMENTS: usize = 3;

/// A step program to be interpreted.
#[derive(Debug)]
pub struct Interpreter {
    program: Arc<Program>,
    places: Places,
    insts: Vec<Inst>,
}

impl Interpreter {
    /// Prepares a program for interpretation under a specialisation.
    #[must_use]
    pub fn new(program: Arc<Program>, specialization: &Specialization) -> Self {
        Self {
            places: Places::new(&program.layout, specialization),
            insts: program.insts().cloned().collect(),
            program,
        }
    }
}

/// The memory of a population while one neuron is computed.
struct Memory<'a, T: Real> {
    places: &'a Places,
    arrays: AllOrSome<'a, T>,
    uniforms: &'a [T::Bits],
}

/// The arrays of a population, or some neurons of them.
enum AllOrSome<'a, T: Real> {
    All(&'a Arrays<T>),
    Some(&'a View<'a, T>),
}

impl<T: Real> Memory<'_, T> {
    fn at(&self, array: usize, neuron: usize) -> T::Bits {
        match self.arrays {
            AllOrSome::All(arrays) => arrays.bits(array)[neuron],
            AllOrSome::Some(view) => view.array(array)[neuron],
        }
    }

    fn placed(&self, place: Place, neuron: usize) -> T::Bits {
        match place {
            Place::Array(array) => self.at(array, neuron),
            Place::Uniform(index) => self.uniforms[index],
        }
    }
}

/// The values of one section for one neuron.
struct Values<T> {
    reals: Vec<T>,
    counts: Vec<i64>,
    truths: Vec<bool>,
}

impl<T: Real> Values<T> {
    fn new(n: usize) -> Self {
        Self {
            reals: vec![T::ZERO; n],
            counts: vec![0; n],
            truths: vec![false; n],
        }
    }

    fn run(&mut self, insts: &[Inst], loops: &[Loop], memory: &Memory<'_, T>, neuron: usize) {
        let mut at = 0;
        for of in loops {
            self.some(insts, at..of.end, memory, neuron);
            while self.truths[of.again.index()] {
                // What is carried may be what another carried number was.
                let after: Vec<T> = of.after.iter().map(|value| self.reals[value.index()]).collect();
                self.reals[of.carried()].copy_from_slice(&after);
                self.some(insts, of.carried().end..of.end, memory, neuron);
            }
            at = of.end;
        }
        self.some(insts, at..insts.len(), memory, neuron);
    }

    /// Some instructions, one after the other.
    fn some(&mut self, insts: &[Inst], range: Range<usize>, memory: &Memory<'_, T>, neuron: usize) {
        for at in range {
            self.one(at, &insts[at], memory, neuron);
        }
    }

    fn one(&mut self, at: usize, inst: &Inst, memory: &Memory<'_, T>, neuron: usize) {
        let real = |v: &Value| self.reals[v.index()];
        let count = |v: &Value| self.counts[v.index()];
        let truth = |v: &Value| self.truths[v.index()];
        let places = memory.places;
        match inst {
            Inst::Number(bits) => self.reals[at] = T::from_f64(f64::from_bits(*bits)),
            Inst::Truth(value) => self.truths[at] = *value,
            Inst::Coefficient(c) => {
                self.reals[at] = T::from_bits(memory.placed(places.coefficient(c.index()), neuron));
            }
            Inst::Steps(c) => self.counts[at] = T::count(memory.placed(places.coefficient(c.index()), neuron)),
            Inst::State(s) => self.reals[at] = T::from_bits(memory.at(places.state(s.index()), neuron)),
            Inst::Input(i) => self.reals[at] = T::from_bits(memory.placed(places.input(i.index()), neuron)),
            Inst::Weight(p, slot) => {
                let place = places.weight(p.index(), *slot as usize);
                self.reals[at] = T::from_bits(memory.placed(place, neuron));
            }
            Inst::Arrived(p, slot) => {
                let place = places.arrival(p.index(), *slot as usize);
                self.truths[at] = place.is_some_and(|place| T::count(memory.placed(place, neuron)) != 0);
            }
            Inst::Counter => {
                self.counts[at] = places.counter().map_or(0, |array| T::count(memory.at(array, neuron)));
            }
            Inst::Copy(a) | Inst::Carry(a) => self.reals[at] = real(a),
            Inst::Neg(a) => self.reals[at] = -real(a),
            Inst::Add(a, b) => self.reals[at] = real(a) + real(b),
            Inst::Sub(a, b) => self.reals[at] = real(a) - real(b),
            Inst::Mul(a, b) => self.reals[at] = real(a) * real(b),
            Inst::Div(a, b) => self.reals[at] = real(a) / real(b),
            Inst::Fma(a, b, c) => self.reals[at] = real(a).fma(real(b), real(c)),
            Inst::Sqrt(a) => self.reals[at] = real(a).square_root(),
            Inst::Abs(a) => self.reals[at] = real(a).magnitude(),
            Inst::Floor(a) => self.reals[at] = real(a).round_down(),
            Inst::Compare(op, a, b) => self.truths[at] = holds(*op, real(a), real(b)),
            Inst::Not(a) => self.truths[at] = !truth(a),
            Inst::And(a, b) => self.truths[at] = truth(a) & truth(b),
            Inst::Or(a, b) => self.truths[at] = truth(a) | truth(b),
            Inst::Select(c, a, b) => self.reals[at] = real(if truth(c) { a } else { b }),
            Inst::Masked(c, a) => self.reals[at] = if truth(c) { real(a) } else { T::ZERO },
            Inst::Positive(a) => self.truths[at] = count(a) > 0,
            Inst::CountDown(a, c) => self.counts[at] = count(a).wrapping_sub(i64::from(truth(c))),
            Inst::CountUp(a, c, b) => self.counts[at] = count(a).wrapping_add(if truth(c) { count(b) } else { 0 }),
            Inst::Call(function, arguments) => {
                let mut values = [Lanes([T::ZERO]); MOST_ARGUMENTS];
                for (value, argument) in values.iter_mut().zip(arguments) {
                    *value = Lanes([real(argument)]);
                }
                let Some(Lanes([value])) = function.expansion(&values[..arguments.len()]) else {
                    unreachable!("`verify` admits to steps what has an expansion")
                };
                self.reals[at] = value;
            }
            Inst::Random(distribution, arguments) => {
                let Lanes([value]) = distribution.expansion(arguments.map(|a| Lanes([real(&a)])));
                self.reals[at] = value;
            }
            Inst::Param(_) | Inst::Dt | Inst::Propagator(_) | Inst::P { .. } | Inst::Q { .. } | Inst::L { .. } => {
                unreachable!("`verify` keeps what belongs to parameters out of steps")
            }
        }
    }
}

impl Interpreter {
    /// Advances one neuron by one step, without its spike bit; says whether it spikes.
    ///
    /// # Panics
    /// When `arrays` was laid out for another specialisation, or the neuron is beyond its padding.
    pub fn run_neuron<T: Real>(&self, arrays: &mut Arrays<T>, neuron: usize) -> bool {
        let (mut view, uniforms, _) = arrays.view(0..arrays.words());
        self.check(&view);
        self.neuron(&mut Values::new(self.insts.len()), &mut view, uniforms, neuron)
    }

    fn check<T: Real>(&self, view: &View<'_, T>) {
        assert_eq!(
            view.places(),
            &self.places,
            "arrays are laid out for another specialisation"
        );
    }

    fn neuron<T: Real>(
        &self,
        values: &mut Values<T>,
        view: &mut View<'_, T>,
        uniforms: &[T::Bits],
        neuron: usize,
    ) -> bool {
        let memory = Memory {
            places: &self.places,
            arrays: AllOrSome::Some(&*view),
            uniforms,
        };
        values.run(&self.insts, &self.program.loops, &memory, neuron);
        for (state, value) in self.program.states.iter().enumerate() {
            view.array_mut(self.places.state(state))[neuron] = values.reals[value.index()].bits();
        }
        if let (Some(value), Some(array)) = (self.program.counter, self.places.counter()) {
            view.array_mut(array)[neuron] = T::count_bits(values.counts[value.index()]);
        }
        self.program.spikes.is_some_and(|value| values.truths[value.index()])
    }
}

impl<T: Real> StepKernel<T> for Interpreter {
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>) {
        self.check(view);
        let mut values = Values::new(self.insts.len());
        for (uniforms, spikes) in steps.each(view.words(), self.places.uniforms()) {
            for (word, bits) in spikes.iter_mut().enumerate() {
                let mut mask = 0;
                for lane in 0..WORD {
                    let spikes = self.neuron(&mut values, view, uniforms, word * WORD + lane);
                    mask |= u64::from(spikes) << lane;
                }
                if self.program.spikes.is_some() {
                    *bits = mask;
                }
            }
        }
    }
}

/// A state as the coming step leaves it before its spike block and other events, for some neurons. The arrays hold what the step finds:
/// states, inputs, weights.
///
/// # Panics
/// When a neuron is not in the population.
#[must_use]
pub fn before_reset<T: Real>(program: &Program, arrays: &Arrays<T>, state: usize, neurons: &[u32]) -> Vec<T> {
    let mut values = Values::<T>::new(program.step.len());
    let memory = Memory {
        places: arrays.places(),
        arrays: AllOrSome::All(arrays),
        uniforms: arrays.uniforms(),
    };
    let before = program.before[state].index();
    let one = |&neuron: &u32| {
        assert!((neuron as usize) < arrays.neurons(), "neuron outside of the population");
        values.run(&program.step, &program.loops, &memory, neuron as usize);
        values.reals[before]
    };
    neurons.iter().map(one).collect()
}

/// Evaluates definition `which` of a program ([`Program::observe`]) on the states of some neurons; nothing where the
/// definition cannot be observed.
///
/// # Panics
/// When a neuron is not in the population.
#[must_use]
pub fn observe<T: Real>(program: &Program, arrays: &Arrays<T>, which: usize, neurons: &[u32]) -> Option<Vec<T>> {
    let section = &program.observe[which];
    let result = section.value?;
    let mut values = Values::<T>::new(section.insts.len());
    let memory = Memory {
        places: arrays.places(),
        arrays: AllOrSome::All(arrays),
        uniforms: arrays.uniforms(),
    };
    Some(
        neurons
            .iter()
            .map(|&neuron| {
                assert!((neuron as usize) < arrays.neurons(), "neuron outside of the population");
                values.run(&section.insts, &[], &memory, neuron as usize);
                values.reals[result.index()]
            })
            .collect(),
    )
}

//! Which quantities a step reads and writes, and where each is found.

use alloc::vec::Vec;

use crate::random::Draw;

/// What a step program reads and writes, in the order of its ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Layout {
    /// Number of states.
    pub states: usize,
    /// Whether there is a refractory counter.
    pub counter: bool,
    /// Number of coefficients: what `prepare` computes from parameters and time step.
    pub coefficients: usize,
    /// Number of continuous inputs. Two more than the signature has where the model reads the time: that of the start of the step and that
    /// of its end, in ms. Behind them, where there are draws, the number of the neuron and the two keys of each draw in this step, all of
    /// them as bits: see [`Layout::neuron`] and [`Layout::keys`].
    pub inputs: usize,
    /// The random numbers of a step.
    pub draws: Vec<Draw>,
    /// Event ports.
    pub ports: Vec<Port>,
    /// Whether neurons spike.
    pub spikes: bool,
}

impl Layout {
    /// The input that holds the number of each neuron, where there are draws: the one that differs between neurons whatever is bound.
    #[must_use]
    pub fn neuron(&self) -> Option<usize> {
        (!self.draws.is_empty()).then(|| self.inputs - 2 * self.draws.len() - 1)
    }

    /// The inputs that hold the keys of the draw of this index.
    #[must_use]
    pub fn keys(&self, draw: usize) -> [usize; 2] {
        let first = self.inputs - 2 * (self.draws.len() - draw);
        [first, first + 1]
    }

    /// The inputs that hold the times, between those of the signature and what belongs to draws.
    #[must_use]
    pub fn times(&self, signature: usize) -> core::ops::Range<usize> {
        signature..self.neuron().unwrap_or(self.inputs)
    }
}

/// The arrays of an event port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// How many weights of a step a neuron takes: the sum, if `sum` says so, and then events one by one.
    pub slots: usize,
    /// Whether the first slot is the sum of the step's weights, for blocks that are affine in their weight.
    pub sum: bool,
    /// Whether the slots after it take events one by one, for blocks that are not.
    pub each: bool,
    /// Whether the program also asks if anything arrived, as it must when the blocks do something at weight zero.
    pub arrival: bool,
}

impl Port {
    /// The port number `port`, where `events[port]` events of one step are taken one by one if `each` says so; missing entries mean 1.
    #[must_use]
    pub fn with_events(events: &[usize], port: usize, sum: bool, each: bool, arrival: bool) -> Self {
        let events = if each {
            events.get(port).copied().unwrap_or(1).max(1)
        } else {
            0
        };
        Self {
            slots: usize::from(sum) + events,
            sum,
            each,
            arrival,
        }
    }
}

/// Which coefficients and inputs have one value a neuron; the others have one for all. And which event ports receive events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Specialization {
    /// For each coefficient.
    pub coefficients: Vec<bool>,
    /// For each continuous input.
    pub inputs: Vec<bool>,
    /// For each event port, whether events arrive at all. Where none do, the weight is -0 for all neurons, which added to anything
    /// leaves its bits, and needs no array.
    pub ports: Vec<bool>,
}

impl Specialization {
    /// One value for all neurons wherever the layout allows it, and no events.
    #[must_use]
    pub fn uniform(layout: &Layout) -> Self {
        let mut inputs = alloc::vec![false; layout.inputs];
        if let Some(neuron) = layout.neuron() {
            inputs[neuron] = true;
        }
        Self {
            coefficients: alloc::vec![false; layout.coefficients],
            inputs,
            ports: alloc::vec![false; layout.ports.len()],
        }
    }
}

/// Where a quantity is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the array of this number, one value a neuron.
    Array(usize),
    /// In the table of uniform values.
    Uniform(usize),
}

/// Where each quantity of a [`Layout`] is found under a [`Specialization`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    states: usize,
    counter: Option<usize>,
    coefficients: Vec<Place>,
    inputs: Vec<Place>,
    weights: Vec<Vec<Place>>,
    arrivals: Vec<Vec<Place>>,
    arrays: usize,
    uniforms: usize,
    spikes: bool,
}

impl Places {
    /// Gives each quantity its place: states first, then the refractory counter, then whatever else differs between
    /// neurons.
    ///
    /// # Panics
    /// When the specialisation is one of another layout.
    #[must_use]
    pub fn new(layout: &Layout, specialization: &Specialization) -> Self {
        assert_eq!(layout.coefficients, specialization.coefficients.len());
        assert_eq!(layout.inputs, specialization.inputs.len());
        assert_eq!(layout.ports.len(), specialization.ports.len());
        let mut arrays = layout.states;
        let mut uniforms = 0;
        let mut array = || {
            arrays += 1;
            arrays - 1
        };
        let counter = layout.counter.then(&mut array);
        let mut place = |per_neuron: &bool| {
            if *per_neuron {
                Place::Array(array())
            } else {
                uniforms += 1;
                Place::Uniform(uniforms - 1)
            }
        };
        let coefficients = specialization.coefficients.iter().map(&mut place).collect();
        let inputs = specialization.inputs.iter().map(&mut place).collect();
        let ports = || layout.ports.iter().zip(&specialization.ports);
        let weights = ports()
            .map(|(port, fed)| (0..port.slots).map(|_| place(fed)).collect())
            .collect();
        let arrivals = ports()
            .map(|(port, fed)| {
                let slots = if port.arrival { port.slots } else { 0 };
                (0..slots).map(|_| place(fed)).collect()
            })
            .collect();
        Self {
            states: layout.states,
            counter,
            coefficients,
            inputs,
            weights,
            arrivals,
            arrays,
            uniforms,
            spikes: layout.spikes,
        }
    }

    /// Number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The array of a state.
    #[must_use]
    pub fn state(&self, state: usize) -> usize {
        debug_assert!(state < self.states);
        state
    }

    /// The array of the refractory counter.
    #[must_use]
    pub fn counter(&self) -> Option<usize> {
        self.counter
    }

    /// Where a coefficient is.
    #[must_use]
    pub fn coefficient(&self, coefficient: usize) -> Place {
        self.coefficients[coefficient]
    }

    /// Where a continuous input is.
    #[must_use]
    pub fn input(&self, input: usize) -> Place {
        self.inputs[input]
    }

    /// Where the weights of an event port are, slot by slot.
    #[must_use]
    pub fn weights(&self, port: usize) -> &[Place] {
        &self.weights[port]
    }

    /// Where the weights of all event ports are.
    pub(crate) fn all_weights(&self) -> impl Iterator<Item = Place> {
        self.weights.iter().flatten().copied()
    }

    /// Where a weight of an event port is: in an array, or a negative zero for all neurons where no events arrive.
    #[must_use]
    pub fn weight(&self, port: usize, slot: usize) -> Place {
        self.weights[port][slot]
    }

    /// What says (0 or 1) whether an event arrived, where the program asks for it.
    #[must_use]
    pub fn arrival(&self, port: usize, slot: usize) -> Option<Place> {
        self.arrivals[port].get(slot).copied()
    }

    /// Number of arrays.
    #[must_use]
    pub fn arrays(&self) -> usize {
        self.arrays
    }

    /// Number of uniform values.
    #[must_use]
    pub fn uniforms(&self) -> usize {
        self.uniforms
    }

    /// Whether there are spike bits.
    #[must_use]
    pub fn spikes(&self) -> bool {
        self.spikes
    }
}

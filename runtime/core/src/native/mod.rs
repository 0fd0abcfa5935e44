//! Kernels of generated models: the same step for each vector width of the machine, chosen once when the program runs.

mod dense;
mod events;
mod group;
mod level;
mod one;

use core::marker::PhantomData;

use crate::StepKernel;
use crate::generated::Generated;
use crate::layout::{Places, Specialization};
use crate::real::Real;
use crate::steps::Steps;
use crate::view::View;

pub use dense::Dense;
pub use level::{Level, Vectors};
pub use one::{before_reset, observe};

/// The step of a generated model under a specialisation.
#[derive(Debug)]
pub struct NativeKernel<M, T> {
    level: Level,
    shape: Shape,
    of: PhantomData<fn() -> (M, T)>,
}

/// What a kernel knows of the memory it works on.
#[doc(hidden)]
#[derive(Debug)]
pub struct Shape {
    places: Places,
    /// Whether every coefficient has one value for all neurons.
    uniform_coefficients: bool,
    /// Whether every continuous input has one value for all neurons.
    uniform_inputs: bool,
    /// Whether no events arrive at any port.
    silent: bool,
    /// For each event port, the number of weights of a step.
    slots: alloc::vec::Vec<usize>,
}

impl<M: Generated, T: Real> NativeKernel<M, T> {
    /// The kernel for the widest vectors that this machine has.
    #[must_use]
    pub fn new(slots: &[usize], specialization: &Specialization) -> Self {
        Self::at_level(Level::of_this_machine(), slots, specialization)
    }

    /// The kernel for other vectors; all give the same bits.
    ///
    /// # Panics
    /// When the machine does not have them: ask [`Level::is_available`].
    #[must_use]
    pub fn at_level(level: Level, slots: &[usize], specialization: &Specialization) -> Self {
        assert!(level.is_available(), "this machine has no {level}");
        let layout = M::layout(slots);
        Self {
            level,
            shape: Shape {
                places: Places::new(&layout, specialization),
                uniform_coefficients: !specialization.coefficients.contains(&true),
                uniform_inputs: !specialization.inputs.contains(&true),
                silent: !specialization.ports.contains(&true),
                slots: layout.ports.iter().map(|port| port.slots).collect(),
            },
            of: PhantomData,
        }
    }
}

impl<M: Generated, T: Vectors> StepKernel<T> for NativeKernel<M, T> {
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>) {
        // That every place is the same is a matter of meaning, and too dear to be compared for a small population.
        let (places, own) = (view.places(), &self.shape.places);
        assert!(
            places.arrays() == own.arrays() && places.uniforms() == own.uniforms(),
            "arrays are laid out for another specialisation"
        );
        debug_assert_eq!(places, own);
        if view.words() > 0 {
            T::run::<M>(self.level, &self.shape, view, steps);
        }
    }
}

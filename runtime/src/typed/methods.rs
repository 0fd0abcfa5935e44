//! The methods that the generated builders and populations have in common: written once here, not in every expansion.

/// What every generated builder has besides the setters of its model.
#[doc(hidden)]
#[macro_export]
macro_rules! __builder_methods {
    ($builder:ident $population:ident) => {
        impl $builder {
            /// The time step; 0.1 ms unless set.
            pub fn dt(mut self, dt: $crate::private::quantity::Time) -> Self {
                self.inner = self.inner.dt(dt.value());
                self
            }

            /// What random numbers depend on besides the neuron and the step; 0 unless set.
            pub fn seed(mut self, seed: ::core::primitive::u64) -> Self {
                self.inner = self.inner.seed(seed);
                self
            }

            /// How many neurons are advanced together (rounded up to a multiple of 64); chosen by the size of caches unless set. The
            /// results are the same for every choice.
            pub fn block(mut self, neurons: ::core::primitive::usize) -> Self {
                self.inner = self.inner.block(neurons);
                self
            }

            /// How many steps a block of neurons makes before the next block makes them. The results are the same for every choice.
            pub fn chunk(mut self, steps: ::core::primitive::usize) -> Self {
                self.inner = self.inner.chunk(steps);
                self
            }

            /// A batch of so many members, see [`alif::Builder::batch`]($crate::private::Builder::batch).
            pub fn batch(mut self, members: ::core::primitive::usize) -> Self {
                self.inner = self.inner.batch(members);
                self
            }

            /// Adds a source of this label to an input or an event port; its numbers are in the unit of the model.
            pub fn add_input(
                mut self,
                name: &::core::primitive::str,
                label: &::core::primitive::str,
                source: impl ::core::convert::Into<$crate::private::Source>,
            ) -> Self {
                self.inner = self.inner.add_input(name, label, source);
                self
            }

            /// Remembers a state, a definition or `spike` for this long.
            pub fn delay(
                mut self,
                name: &::core::primitive::str,
                longest: impl ::core::convert::Into<$crate::private::Delay>,
            ) -> Self {
                self.inner = self.inner.delay(name, longest);
                self
            }

            /// Records a state or definition.
            pub fn record(mut self, monitor: $crate::private::Monitor) -> Self {
                self.inner = self.inner.record(monitor);
                self
            }

            /// Records the spikes of all neurons; without it they are only counted.
            pub fn record_spikes(mut self) -> Self {
                self.inner = self.inner.record_spikes();
                self
            }

            /// Does something with the builder that goes by name.
            pub fn untyped(
                mut self,
                change: impl ::core::ops::FnOnce($crate::private::Builder) -> $crate::private::Builder,
            ) -> Self {
                self.inner = change(self.inner);
                self
            }

            /// Builds the population in the precision `T`, `f32` or `f64`.
            ///
            /// # Errors
            /// Values that cannot be used, arrays of a wrong length, memory that cannot be had.
            pub fn build<T: $crate::private::Real>(
                self,
            ) -> $crate::private::Result<$population, $crate::private::Error> {
                let population = self.inner.precision(T::PRECISION).build()?;
                $crate::private::Ok($population { inner: population })
            }
        }

        $crate::__threads_method! { $builder }
    };
}

/// The choice of threads, where there are threads.
#[cfg(feature = "threads")]
#[doc(hidden)]
#[macro_export]
macro_rules! __threads_method {
    ($builder:ident) => {
        impl $builder {
            /// How many threads share the blocks of neurons, 1 unless set; 0 means one for each processor that the system offers. The
            /// results are the same for every choice.
            pub fn threads(mut self, threads: ::core::primitive::usize) -> Self {
                self.inner = self.inner.threads(threads);
                self
            }
        }
    };
}

/// The choice of threads, where there are none.
#[cfg(not(feature = "threads"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __threads_method {
    ($builder:ident) => {};
}

/// What every generated population has besides the states and parameters of its model.
#[doc(hidden)]
#[macro_export]
macro_rules! __population_methods {
    ($population:ident $inputs:ident) => {
        impl $population {
            /// Makes `steps` steps; before each, `drive` writes the inputs, which it gets with the number of the step. An input starts
            /// from what it was set to, or 0, and what is not written stays as it was. Nothing is allocated in between.
            ///
            /// # Errors
            /// An input with a source of its own that changes from step to step, or one that is not finite.
            pub fn run_with(
                &mut self,
                steps: ::core::primitive::u64,
                mut drive: impl ::core::ops::FnMut(::core::primitive::u64, &mut $inputs<'_>),
            ) -> $crate::private::Result<$crate::private::Recording, $crate::private::Error> {
                self.inner.run_driven(steps, |step, mut drives| {
                    let mut inputs = <$inputs<'_> as $crate::private::InputsOf<'_>>::of(&mut drives);
                    drive(step, &mut inputs);
                })
            }

            /// The population without its types.
            #[must_use]
            pub fn into_inner(self) -> $crate::private::Population {
                self.inner
            }
        }

        impl ::core::ops::Deref for $population {
            type Target = $crate::private::Population;

            fn deref(&self) -> &Self::Target {
                &self.inner
            }
        }

        impl ::core::ops::DerefMut for $population {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.inner
            }
        }
    };
}

//! What kernels take: to be compiled, and in runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use alif_core::{Real, StepKernel, Steps, View};

/// The time that the kernels of a model took, see [`super::Model::timed`]. Several threads add up.
#[derive(Debug, Default)]
pub struct KernelClock {
    compiling: Time,
    running: Time,
}

impl KernelClock {
    /// The time in which kernels were compiled.
    #[must_use]
    pub fn compiling(&self) -> Duration {
        self.compiling.total()
    }

    /// The time that was spent in kernels.
    #[must_use]
    pub fn running(&self) -> Duration {
        self.running.total()
    }

    /// A kernel that is made in time that is measured, and measures itself.
    pub(super) fn measured<T: Real, E>(
        self: &Arc<Self>,
        make: impl FnOnce() -> Result<Arc<dyn StepKernel<T>>, E>,
    ) -> Result<Arc<dyn StepKernel<T>>, E> {
        let kernel = self.compiling.add(make)?;
        Ok(Arc::new(Measured {
            kernel,
            clock: Arc::clone(self),
        }))
    }
}

/// A sum of durations in ns.
#[derive(Debug, Default)]
struct Time(AtomicU64);

impl Time {
    fn add<R>(&self, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = work();
        self.0.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        result
    }

    fn total(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// A kernel, and the clock that runs while it does.
struct Measured<T: Real> {
    kernel: Arc<dyn StepKernel<T>>,
    clock: Arc<KernelClock>,
}

impl<T: Real> StepKernel<T> for Measured<T> {
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>) {
        self.clock.running.add(|| self.kernel.run(view, steps));
    }
}

//! What the benchmarks share: timing by many short samples, on one core where that can be had; and for the bench of a step the
//! model, the engines that were written for it, and their race.
//!
//! The machine may be shared, so every figure is a minimum or median of many samples, and comparisons are ratios of figures that
//! were taken in turn within one run.

#![deny(unsafe_code)]

pub mod columns;
#[allow(unsafe_code)]
pub mod hand;
pub mod model;
pub mod plain;
pub mod race;
pub mod same_bits;
pub mod turns;
pub mod yardsticks;

use std::time::{Duration, Instant};

/// Keeps the process on one core, so that samples see the same caches.
pub fn pin() {
    if let Some(core) = core_affinity::get_core_ids().and_then(|ids| ids.last().copied()) {
        core_affinity::set_for_current(core);
    }
}

/// Durations of one thing, sorted.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Adds a duration.
    pub fn push(&mut self, duration: Duration) {
        let at = self.0.partition_point(|d| *d < duration);
        self.0.insert(at, duration);
    }

    /// The same in another unit: of `per_second` in a second.
    #[must_use]
    pub fn in_units(&self, per_second: f64) -> [f64; 2] {
        [self.median(), self.min()].map(|seconds| seconds * per_second)
    }

    /// The shortest, in seconds.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.0.first().map_or(f64::NAN, Duration::as_secs_f64)
    }

    /// The median, in seconds.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
    }
}

/// The result of a function and the time that the system gave this thread for it; by the wall clock where the system does not tell.
pub fn cpu_timed<R>(f: impl FnOnce() -> R) -> (R, Duration) {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let now = || {
            let time = clock_gettime(ClockId::ThreadCPUTime);
            Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
        };
        let start = now();
        let result = std::hint::black_box(f());
        (result, now().saturating_sub(start))
    }
    #[cfg(not(unix))]
    timed(f)
}

/// The result of a function and how long it took.
pub fn timed<R>(f: impl FnOnce() -> R) -> (R, Duration) {
    let start = Instant::now();
    let result = std::hint::black_box(f());
    (result, start.elapsed())
}

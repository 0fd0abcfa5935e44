//! Threads that share the blocks of a population.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;

/// Some threads, each with memory for spike bits.
pub(crate) struct Team {
    pool: rayon::ThreadPool,
    bits: Vec<Mutex<Vec<u64>>>,
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Team({})", self.bits.len())
    }
}

impl Team {
    /// A team of `threads` threads.
    ///
    /// # Errors
    /// When the system does not give them.
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Threads {
            threads,
            reason: error.to_string(),
        })?;
        Ok(Self {
            bits: (0..pool.current_num_threads()).map(|_| Mutex::default()).collect(),
            pool,
        })
    }

    /// The number of threads.
    pub(crate) fn threads(&self) -> usize {
        self.bits.len()
    }

    /// Does some work: each thread takes what comes next until nothing is left.
    pub(crate) fn each<I>(&self, work: impl Iterator<Item = I> + Send, does: impl Fn(I, &mut Vec<u64>) + Sync) {
        let work = Mutex::new(work);
        self.pool.broadcast(|thread| {
            let mut bits = locked(&self.bits[thread.index()]);
            loop {
                // A statement of its own, so that the others need not wait for what is done with it.
                let next = locked(&work).next();
                match next {
                    Some(item) => does(item, &mut bits),
                    None => break,
                }
            }
        });
    }
}

/// Locked, whatever became of the thread that had it before: a panic is passed on to whoever asked for the work.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

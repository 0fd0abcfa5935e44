//! Functions that look at a population, or change it, between its steps.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::Error;
use crate::population::Population;

/// What is called between two steps. An error ends the run.
pub type Hook = Box<dyn FnMut(&mut Population) -> Result<(), Error> + Send>;

/// Hooks by name, in the order in which they came.
#[derive(Default)]
pub(crate) struct Hooks {
    list: Vec<(String, Hook)>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Hooks {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn add(&mut self, name: &str, hook: Hook, when: &str) -> Result<(), Error> {
        if self.names().any(|taken| taken == name) {
            return Err(Error::Label {
                of: when.to_owned(),
                label: name.to_owned(),
                taken: true,
            });
        }
        self.list.push((name.to_owned(), hook));
        Ok(())
    }

    pub(crate) fn remove(&mut self, name: &str, when: &str) -> Result<(), Error> {
        let at = self.names().position(|known| known == name);
        let at = at.ok_or_else(|| Error::Label {
            of: when.to_owned(),
            label: name.to_owned(),
            taken: false,
        })?;
        drop(self.list.remove(at));
        Ok(())
    }

    /// Calls all of them.
    pub(crate) fn call(&mut self, population: &mut Population) -> Result<(), Error> {
        self.list.iter_mut().try_for_each(|(_, hook)| hook(population))
    }
}

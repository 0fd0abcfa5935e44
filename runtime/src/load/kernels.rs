//! Kernels in memory, by the content of the program that they are compiled from.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use alif_compiler::backend::cranelift::{JitOptions, Kernel, compile};
use alif_compiler::ir::{Content, Program};
use alif_core::{Real, Specialization};

use crate::error::Error;

/// The kernels of a precision that somebody still uses, whichever model they were compiled for.
type Kept<T> = LazyLock<Mutex<HashMap<(Content, Specialization), Weak<Kernel<T>>>>>;

static SINGLE: Kept<f32> = LazyLock::new(Mutex::default);
static DOUBLE: Kept<f64> = LazyLock::new(Mutex::default);

/// A precision with the kernels that are kept for it.
pub(super) trait Shared: Real {
    fn kept() -> &'static Kept<Self>;
}

impl Shared for f32 {
    fn kept() -> &'static Kept<Self> {
        &SINGLE
    }
}

impl Shared for f64 {
    fn kept() -> &'static Kept<Self> {
        &DOUBLE
    }
}

/// The kernel of a program: one that is in use somewhere, or a new one.
pub(super) fn shared<T: Shared>(program: &Program, of: &Specialization) -> Result<Arc<Kernel<T>>, Error> {
    let key = (program.content(), of.clone());
    let locked = || T::kept().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kernel) = locked().get(&key).and_then(Weak::upgrade) {
        return Ok(kernel);
    }
    // Others need not wait meanwhile; who comes second takes what the first one left.
    let kernel = compile::<T>(program, of, JitOptions::default()).map_err(|e| Error::Kernel(e.to_string()))?;
    let kernel = Arc::new(kernel);
    let mut kept = locked();
    if let Some(first) = kept.get(&key).and_then(Weak::upgrade) {
        return Ok(first);
    }
    kept.retain(|_, kernel| kernel.strong_count() > 0);
    kept.insert(key, Arc::downgrade(&kernel));
    Ok(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Model;

    fn program(text: &str) -> Program {
        Model::from_text(text).expect("a model").compiled().program.clone()
    }

    /// A leaky neuron, with names and a default of its own.
    fn leaky(state: &str, tau: u32, threshold: u32) -> Program {
        program(&format!(
            "model Leaky{state} {{ param tau = {tau} ms; state {state} = 0; input I; tau * d{state}/dt = -{state} + I; \
             spike when {state} > {threshold} {{ {state} = 0; }} }}"
        ))
    }

    #[test]
    fn kernels_are_shared_by_content_and_go_with_their_last_user() {
        let (first, renamed, other) = (leaky("V", 20, 7001), leaky("u", 10, 7001), leaky("V", 20, 7002));
        let uniform = Specialization::uniform(&first.layout);
        let mut each = uniform.clone();
        each.inputs[0] = true;
        let one = shared::<f32>(&first, &uniform).expect("a kernel");
        let two = shared::<f32>(&renamed, &uniform).expect("a kernel");
        assert!(Arc::ptr_eq(&one, &two), "names and defaults are no matter of kernels");
        let different = shared::<f32>(&other, &uniform).expect("a kernel");
        assert!(!Arc::ptr_eq(&one, &different));
        let per_neuron = shared::<f32>(&first, &each).expect("a kernel");
        assert!(!Arc::ptr_eq(&one, &per_neuron));
        let left = Arc::downgrade(&one);
        drop((one, two));
        assert!(left.upgrade().is_none(), "nothing else keeps a kernel");
    }
}

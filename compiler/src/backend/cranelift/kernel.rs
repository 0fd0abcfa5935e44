//! Owning compiled code and calling it.

use std::marker::PhantomData;
use std::sync::Mutex;

use alif_core::{Places, Real, Specialization, StepKernel, Steps, View};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, default_libcall_names};
use thiserror::Error;

use crate::ir::Program;

use super::emit::{self, signature};

/// Why a program could not be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JitError {
    /// Cranelift does not generate code for this machine.
    #[error("no kernels can be compiled for this machine: {0}; use the interpreter")]
    Host(String),
    /// Cranelift refused the code.
    #[error("Cranelift could not compile the kernel: {0}")]
    Compile(String),
}

/// How kernels are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JitOptions {
    /// Have Cranelift check its own code; on by default where debug assertions are.
    pub verifier: bool,
    /// Use fused multiply-add instructions where the machine has them. Without them every `fma` calls a function: the same
    /// bits, about ten times slower.
    pub fma: bool,
}

impl Default for JitOptions {
    fn default() -> Self {
        Self {
            verifier: cfg!(debug_assertions),
            fma: true,
        }
    }
}

/// The signature of compiled code: where each array starts, uniform values, spike bits, first and last word.
type Entry = unsafe extern "C" fn(*const *mut u8, *const u8, *mut u64, usize, usize);

/// Arrays whose starts are kept on the stack; kernels with more allocate a table for them.
const FEW: usize = 32;

/// A compiled step of a program under a specialisation.
pub struct Kernel<T> {
    entry: Entry,
    places: Places,
    /// The code that `entry` points into. Only `drop` takes it; the mutex makes the kernel shareable between threads.
    module: Mutex<Option<JITModule>>,
    precision: PhantomData<T>,
}

impl<T> std::fmt::Debug for Kernel<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kernel")
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

/// Kernels with more instructions than this have their registers allocated in a single pass: compiling takes a third of the time,
/// and the code spills a little more.
const LARGE: usize = 400;

/// The machine that code is generated for.
fn host(options: JitOptions, instructions: usize) -> Result<OwnedTargetIsa, JitError> {
    let mut flags = settings::builder();
    let registers = if instructions > LARGE {
        "single_pass"
    } else {
        "backtracking"
    };
    let wanted = [
        ("opt_level", "speed"),
        ("regalloc_algorithm", registers),
        ("enable_verifier", if options.verifier { "true" } else { "false" }),
        ("unwind_info", "false"),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
    ];
    for (name, value) in wanted {
        flags.set(name, value).map_err(|e| JitError::Host(e.to_string()))?;
    }
    let mut isa = cranelift_native::builder().map_err(|e| JitError::Host(e.to_owned()))?;
    // Other architectures have no such setting: they all have the instruction.
    if !options.fma && cfg!(target_arch = "x86_64") {
        isa.set("has_fma", "false").map_err(|e| JitError::Host(e.to_string()))?;
    }
    isa.finish(settings::Flags::new(flags))
        .map_err(|e| JitError::Host(e.to_string()))
}

/// Compiles the step of a program.
///
/// # Errors
/// When Cranelift does not support the machine or the code.
pub fn compile<T: Real>(
    program: &Program,
    specialization: &Specialization,
    options: JitOptions,
) -> Result<Kernel<T>, JitError> {
    let places = Places::new(&program.layout, specialization);
    let (mut module, mut context) = emitted::<T>(program, &places, options)?;
    let compiled = define(&mut module, &mut context);
    match compiled {
        Ok(code) => {
            // SAFETY: `code` is the finalised function that `emit::step` wrote with `signature`, which is `Entry` in the
            // host's C calling convention. It stays mapped as long as `module` is not freed, and that is in `drop` alone.
            let entry = unsafe { std::mem::transmute::<*const u8, Entry>(code) };
            Ok(Kernel {
                entry,
                places,
                module: Mutex::new(Some(module)),
                precision: PhantomData,
            })
        }
        Err(error) => {
            // SAFETY: no pointer into this module was taken.
            unsafe { module.free_memory() };
            Err(error)
        }
    }
}

/// A module, and the step of a program as intermediate code that is to be compiled into it.
fn emitted<T: Real>(
    program: &Program,
    places: &Places,
    options: JitOptions,
) -> Result<(JITModule, cranelift_codegen::Context), JitError> {
    let mut builder = JITBuilder::with_isa(host(options, program.size())?, default_libcall_names());
    builder.symbol("fma", fma_f64 as *const u8);
    builder.symbol("fmaf", fma_f32 as *const u8);
    builder.symbol("floor", floor_f64 as *const u8);
    builder.symbol("floorf", floor_f32 as *const u8);
    let module = JITModule::new(builder);
    let mut context = module.make_context();
    context.func.signature = signature(&module);
    let target = module.target_config();
    emit::step::<T>(
        program,
        places,
        &mut context.func,
        &mut FunctionBuilderContext::new(),
        target,
    );
    Ok((module, context))
}

/// Compiles the function of `context` and makes it executable.
fn define(module: &mut JITModule, context: &mut cranelift_codegen::Context) -> Result<*const u8, JitError> {
    let failed = |e: cranelift_module::ModuleError| JitError::Compile(format!("{e:?}"));
    let id = module
        .declare_function("step", Linkage::Export, &context.func.signature)
        .map_err(failed)?;
    module.define_function(id, context).map_err(failed)?;
    module.finalize_definitions().map_err(failed)?;
    Ok(module.get_finalized_function(id))
}

/// The intermediate code that Cranelift is given, as text.
///
/// # Errors
/// When Cranelift does not support the machine.
pub fn clif<T: Real>(program: &Program, specialization: &Specialization) -> Result<String, JitError> {
    let places = Places::new(&program.layout, specialization);
    let (module, context) = emitted::<T>(program, &places, JitOptions::default())?;
    let text = context.func.display().to_string();
    // SAFETY: no function was finalised, so no pointer into this module exists.
    unsafe { module.free_memory() };
    Ok(text)
}

extern "C" fn fma_f64(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

extern "C" fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

extern "C" fn floor_f64(a: f64) -> f64 {
    a.floor()
}

extern "C" fn floor_f32(a: f32) -> f32 {
    a.floor()
}

impl<T: Real> StepKernel<T> for Kernel<T> {
    fn run(&self, view: &mut View<'_, T>, steps: Steps<'_, T>) {
        // The counts keep the code within the memory; that every place is the same is a matter of meaning, and too dear to be
        // compared for a small population.
        assert!(
            view.places().arrays() == self.places.arrays() && view.places().uniforms() == self.places.uniforms(),
            "arrays are laid out for another specialisation"
        );
        debug_assert_eq!(view.places(), &self.places);
        let words = view.words();
        if words == 0 {
            return;
        }
        let arrays = self.places.arrays();
        let (mut few, mut many) = ([std::ptr::null_mut(); FEW], vec![]);
        let starts = if arrays <= FEW {
            &mut few[..arrays]
        } else {
            many.resize(arrays, std::ptr::null_mut());
            &mut many[..]
        };
        view.starts(starts);
        for (uniforms, spikes) in steps.each(words, self.places.uniforms()) {
            // SAFETY: the code reads elements `0 .. 64 * words` of arrays 0 … arrays()-1 from their starts on, and writes those of
            // states and of the counter: what the view, which is borrowed exclusively, allows. It reads `uniforms()` values of `uniforms`
            // and writes `words` words of `spikes`, which `each` gives it. The code is mapped while `self` lives.
            unsafe {
                (self.entry)(
                    starts.as_ptr().cast(),
                    uniforms.as_ptr().cast(),
                    spikes.as_mut_ptr(),
                    0,
                    words,
                );
            }
        }
    }
}

impl<T> Drop for Kernel<T> {
    fn drop(&mut self) {
        let module = self
            .module
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(module) = module {
            // SAFETY: `entry` is the only pointer into the module, it is private, and `self` is gone after this.
            unsafe { module.free_memory() };
        }
    }
}

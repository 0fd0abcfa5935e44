//! A population of a compiled model without the standard library, as on a microcontroller or a robot. The C library of the system
//! starts it, prints for it and ends it; there is nothing else below.
//!
//! `tests/footprint.rs` builds it and runs it. Were the standard library linked by any crate below, there would be a second panic
//! handler, which rustc refuses.

#![no_std]
#![no_main]

mod bump;
mod model;

use core::ffi::c_int;
use core::panic::PanicInfo;

#[global_allocator]
static MEMORY: bump::Bump = bump::Bump::new();

#[link(name = "c")]
unsafe extern "C" {
    fn putchar(character: c_int) -> c_int;
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// The crate `alloc` comes compiled for programs that unwind, and names two functions of the standard library for it. This program
/// aborts instead, so that neither is ever called.
mod unwinding {
    // SAFETY: no other function of the program has this name.
    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() -> ! {
        super::abort()
    }

    // SAFETY: no other function of the program has this name.
    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() -> ! {
        super::abort()
    }
}

/// Prints a number on a line of its own, as hexadecimal digits.
fn print(number: u64) {
    let digits = (0..16).rev().map(|at| (number >> (4 * at)) as u8 % 16);
    let digits = digits.map(|digit| if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
    for character in digits.chain([b'\n']) {
        // SAFETY: `putchar` takes any character, and nothing runs beside this function.
        unsafe { putchar(character.into()) };
    }
}

// SAFETY: no other function of the program has this name; the C library calls it with arguments that it may leave aside.
#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    match model::outcome(print) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

//! A small allocator: memory is given out once, front to back, and never comes back.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes in all.
const SIZE: usize = 1024 * 1024;

/// The memory and how much of it is given out.
#[repr(align(64))]
pub(crate) struct Bump {
    bytes: UnsafeCell<[u8; SIZE]>,
    used: AtomicUsize,
}

impl Bump {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: UnsafeCell::new([0; SIZE]),
            used: AtomicUsize::new(0),
        }
    }
}

// SAFETY: `bytes` is reached only through the parts that `alloc` gives out, and `used` lets no two of them overlap.
unsafe impl Sync for Bump {}

// SAFETY: a part lies within `bytes`, is as long as asked for, is given to one caller and stays where it is. Its address is a
// multiple of the alignment, since the start is a multiple of 64 and larger alignments are refused.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let part = |used: usize| {
            let from = used.checked_next_multiple_of(layout.align())?;
            let to = from.checked_add(layout.size())?;
            (to <= SIZE).then_some((from, to))
        };
        if layout.align() > align_of::<Self>() {
            return null_mut();
        }
        let end = |used| part(used).map(|(_, to)| to);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, end) {
            Ok(used) => part(used).map_or(null_mut(), |(from, _)| {
                // SAFETY: `from` is at most `SIZE`, so the pointer stays within `bytes` or at its end.
                unsafe { self.bytes.get().cast::<u8>().add(from) }
            }),
            Err(_) => null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

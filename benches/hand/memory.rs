//! Memory that is read, changed and written back: what no step over as many bytes can beat.

/// Adds 1 to each number, with the widest vectors of this machine.
pub fn touch(numbers: &mut [u64]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f")]
        fn wide(numbers: &mut [u64]) {
            each(numbers);
        }
        #[target_feature(enable = "avx2")]
        fn narrow(numbers: &mut [u64]) {
            each(numbers);
        }
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the machine has AVX-512 F.
            return unsafe { wide(numbers) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has AVX2.
            return unsafe { narrow(numbers) };
        }
    }
    each(numbers);
}

#[inline(always)]
fn each(numbers: &mut [u64]) {
    for number in numbers {
        *number = number.wrapping_add(1);
    }
}

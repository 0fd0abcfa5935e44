//! 128 bits: 4 neurons in single, 2 in double precision, conditions as bits of whole lanes.
//!
//! As 256 bits, see `avx2.rs`. The instructions are those of SSE with the three-operand encoding of AVX, which every machine
//! with fused multiply-add has.

use std::arch::x86_64::*;

use alif_core::WORD;

use crate::columns::{Columns, Numbers};

pub(super) fn found() -> bool {
    is_x86_feature_detected!("avx") && is_x86_feature_detected!("fma")
}

/// A step in single precision.
#[target_feature(enable = "avx,fma")]
pub(super) fn f32<const STREAMED: bool>(columns: Columns<'_, f32>, n: &Numbers<f32>) {
    let forcing = _mm_fmadd_ps(_mm_set1_ps(n.input), _mm_set1_ps(n.gain), _mm_set1_ps(n.offset));
    let (decay_v, decay_a) = (_mm_set1_ps(n.decay_v), _mm_set1_ps(n.decay_a));
    let (threshold, beta) = (_mm_set1_ps(n.threshold), _mm_set1_ps(n.beta));
    let refractory = _mm_set1_epi32(n.refractory.cast_signed());
    let (one, two, unit) = (_mm_set1_epi32(1), _mm_set1_epi32(2), _mm_set1_ps(1.0));

    let (gain, offset) = (_mm_set1_ps(n.gain), _mm_set1_ps(n.offset));
    let group = |v: &mut [f32; 4], a: &mut [f32; 4], counter: &mut [u32; 4], input: Option<&[f32; 4]>| {
        let forcing = match input {
            // SAFETY: the array is as long as a vector.
            Some(input) => _mm_fmadd_ps(unsafe { _mm_loadu_ps(input.as_ptr()) }, gain, offset),
            None => forcing,
        };
        // SAFETY: each array is as long as a vector.
        let (v0, a0, count0) = unsafe {
            (
                _mm_loadu_ps(v.as_ptr()),
                _mm_loadu_ps(a.as_ptr()),
                _mm_loadu_si128(counter.as_ptr().cast()),
            )
        };
        let v1 = _mm_fmadd_ps(v0, decay_v, forcing);
        let a1 = _mm_mul_ps(a0, decay_a);
        let level = _mm_add_ps(threshold, _mm_mul_ps(beta, a1));
        let ready = _mm_castsi128_ps(_mm_cmpgt_epi32(two, count0));
        let spike = _mm_and_ps(ready, _mm_cmp_ps::<_CMP_GT_OQ>(v1, level));
        let spike_unit = _mm_and_ps(spike, unit);
        let v2 = _mm_fnmadd_ps(spike_unit, threshold, v1);
        let a2 = _mm_add_ps(a1, spike_unit);
        // The count of a neuron that spikes is 0 or 1, so the larger is the period.
        let down = _mm_castsi128_ps(_mm_max_epi32(_mm_sub_epi32(count0, one), _mm_setzero_si128()));
        let count1 = _mm_castps_si128(_mm_blendv_ps(down, _mm_castsi128_ps(refractory), spike));
        // SAFETY: each array is as long as a vector.
        unsafe {
            _mm_storeu_ps(v.as_mut_ptr(), v2);
            _mm_storeu_ps(a.as_mut_ptr(), a2);
            _mm_storeu_si128(counter.as_mut_ptr().cast(), count1);
        }
        _mm_movemask_ps(spike)
    };

    let inputs = columns.input.as_chunks::<WORD>().0;
    for (word, (v, a, counter, spikes)) in columns.words().enumerate() {
        let input = STREAMED.then(|| inputs[word].as_chunks::<4>().0);
        let (v, a) = (v.as_chunks_mut::<4>().0, a.as_chunks_mut::<4>().0);
        let counter = counter.as_chunks_mut::<4>().0;
        let mut bits = 0;
        for at in 0..16 {
            let part = group(&mut v[at], &mut a[at], &mut counter[at], input.map(|input| &input[at]));
            bits |= (part as u64) << (4 * at);
        }
        *spikes = bits;
    }
}

/// A step in double precision.
#[target_feature(enable = "avx,fma")]
pub(super) fn f64<const STREAMED: bool>(columns: Columns<'_, f64>, n: &Numbers<f64>) {
    let forcing = _mm_fmadd_pd(_mm_set1_pd(n.input), _mm_set1_pd(n.gain), _mm_set1_pd(n.offset));
    let (decay_v, decay_a) = (_mm_set1_pd(n.decay_v), _mm_set1_pd(n.decay_a));
    let (threshold, beta) = (_mm_set1_pd(n.threshold), _mm_set1_pd(n.beta));
    let refractory = _mm_castsi128_pd(_mm_set1_epi64x(n.refractory.cast_signed()));
    let (one, two, unit) = (_mm_set1_epi64x(1), _mm_set1_epi64x(2), _mm_set1_pd(1.0));

    let (gain, offset) = (_mm_set1_pd(n.gain), _mm_set1_pd(n.offset));
    let group = |v: &mut [f64; 2], a: &mut [f64; 2], counter: &mut [u64; 2], input: Option<&[f64; 2]>| {
        let forcing = match input {
            // SAFETY: the array is as long as a vector.
            Some(input) => _mm_fmadd_pd(unsafe { _mm_loadu_pd(input.as_ptr()) }, gain, offset),
            None => forcing,
        };
        // SAFETY: each array is as long as a vector.
        let (v0, a0, count0) = unsafe {
            (
                _mm_loadu_pd(v.as_ptr()),
                _mm_loadu_pd(a.as_ptr()),
                _mm_loadu_si128(counter.as_ptr().cast()),
            )
        };
        let v1 = _mm_fmadd_pd(v0, decay_v, forcing);
        let a1 = _mm_mul_pd(a0, decay_a);
        let level = _mm_add_pd(threshold, _mm_mul_pd(beta, a1));
        let ready = _mm_castsi128_pd(_mm_cmpgt_epi64(two, count0));
        let spike = _mm_and_pd(ready, _mm_cmp_pd::<_CMP_GT_OQ>(v1, level));
        let spike_unit = _mm_and_pd(spike, unit);
        let v2 = _mm_fnmadd_pd(spike_unit, threshold, v1);
        let a2 = _mm_add_pd(a1, spike_unit);
        // As for 256 bits.
        let held = _mm_and_pd(spike, refractory);
        let count1 = _mm_blendv_pd(_mm_castsi128_pd(_mm_sub_epi64(count0, one)), held, ready);
        // SAFETY: each array is as long as a vector.
        unsafe {
            _mm_storeu_pd(v.as_mut_ptr(), v2);
            _mm_storeu_pd(a.as_mut_ptr(), a2);
            _mm_storeu_si128(counter.as_mut_ptr().cast(), _mm_castpd_si128(count1));
        }
        _mm_movemask_pd(spike)
    };

    let inputs = columns.input.as_chunks::<WORD>().0;
    for (word, (v, a, counter, spikes)) in columns.words().enumerate() {
        let input = STREAMED.then(|| inputs[word].as_chunks::<2>().0);
        let (v, a) = (v.as_chunks_mut::<2>().0, a.as_chunks_mut::<2>().0);
        let counter = counter.as_chunks_mut::<2>().0;
        let mut bits = 0;
        for at in 0..32 {
            let part = group(&mut v[at], &mut a[at], &mut counter[at], input.map(|input| &input[at]));
            bits |= (part as u64) << (2 * at);
        }
        *spikes = bits;
    }
}

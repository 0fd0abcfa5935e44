//! The vector widths that kernels are compiled for.
#![allow(unsafe_code)]

use core::fmt;

use super::Shape;
use super::events::Events;
use super::group::{self, Block, Source, Width};
use crate::generated::Generated;
use crate::lanes::Mask;
use crate::real::Real;
use crate::steps::Steps;
use crate::view::View;

/// A set of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// What every processor of the target has.
    Baseline,
    /// AVX2 and FMA: 256 bits (x86-64).
    Avx2,
    /// AVX-512 F, VL, DQ, BW: 512 bits (x86-64).
    Avx512,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        })
    }
}

impl Level {
    /// All of them, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// Whether this machine has the instructions.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            Self::Avx2 => avx2(),
            Self::Avx512 => avx512(),
        }
    }

    /// The widest that this machine has.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut levels = Self::ALL.into_iter().rev();
        levels.find(|level| level.is_available()).unwrap_or(Self::Baseline)
    }
}

#[cfg(all(target_arch = "x86_64", feature = "std"))]
fn avx2() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx2") && has!("fma")
}

#[cfg(all(target_arch = "x86_64", feature = "std"))]
fn avx512() -> bool {
    use std::arch::is_x86_feature_detected as has;
    avx2() && has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw")
}

/// Without the standard library there is nobody to ask: what the whole program is compiled for counts.
#[cfg(not(all(target_arch = "x86_64", feature = "std")))]
fn avx2() -> bool {
    cfg!(all(
        target_arch = "x86_64",
        target_feature = "avx2",
        target_feature = "fma"
    ))
}

#[cfg(not(all(target_arch = "x86_64", feature = "std")))]
fn avx512() -> bool {
    avx2()
        && cfg!(all(
            target_feature = "avx512f",
            target_feature = "avx512vl",
            target_feature = "avx512dq",
            target_feature = "avx512bw"
        ))
}

/// A precision with its vectors.
pub trait Vectors: Real {
    /// Runs some steps of a model.
    #[doc(hidden)]
    fn run<M: Generated>(level: Level, shape: &Shape, view: &mut View<'_, Self>, steps: Steps<'_, Self>);
}

/// The processors of x86-64 without AVX2 are too old to be worth the time that more variants take to compile.
const BASELINE_HAS_VARIANTS: bool = !cfg!(target_arch = "x86_64");

/// Whether the step is short enough to be compiled for uniform values too. A long one has more of them than registers, and what it
/// computes outweighs what it reads.
pub(super) const fn variants_of<M: Generated>() -> bool {
    M::INSTRUCTIONS <= 100
}

/// Whether the step is short enough to be compiled for 512 bits too. Time to compile grows faster than the step, and a long one gains
/// least from registers that it has not enough of.
const fn widest_of<M: Generated>() -> bool {
    M::INSTRUCTIONS <= 400
}

/// The kernels of each level. A mask is packed by the one instruction of the level that collects sign bits: left to itself the
/// optimiser builds the word bit by bit, which takes longer than the step.
macro_rules! vectors {
    (
        $float:ty: baseline $b:literal $b_pack:expr;
        avx2 $y:literal $y_vector:ident $y_pack:ident;
        avx512 $z:literal $z_vector:ident $z_pack:ident;
    ) => {
        impl Vectors for $float {
            fn run<M: Generated>(level: Level, shape: &Shape, view: &mut View<'_, Self>, steps: Steps<'_, Self>) {
                /// A level that this machine has.
                struct Checked(Level);

                impl Width<$float> for Checked {
                    #[inline]
                    fn has_variants<M: Generated>(&self) -> bool {
                        variants_of::<M>() && (self.0 != Level::Baseline || BASELINE_HAS_VARIANTS)
                    }

                    #[inline]
                    fn run_uniform<M: Generated>(
                        self,
                        shape: &Shape,
                        view: &mut View<'_, $float>,
                        steps: Steps<'_, $float>,
                    ) {
                        #[cfg(target_arch = "x86_64")]
                        {
                            #[target_feature(enable = "avx2,fma")]
                            fn avx2<M: Generated>(
                                shape: &Shape,
                                view: &mut View<'_, $float>,
                                steps: Steps<'_, $float>,
                            ) {
                                group::run_uniform::<M, _, _>(shape, view, steps, |mask| pack_avx2(mask));
                            }

                            #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
                            fn avx512<M: Generated>(
                                shape: &Shape,
                                view: &mut View<'_, $float>,
                                steps: Steps<'_, $float>,
                            ) {
                                group::run_uniform::<M, _, _>(shape, view, steps, |mask| pack_avx512(mask));
                            }

                            match self.0 {
                                // SAFETY: a kernel is made only for a level that `is_available`, so the machine has AVX-512 F, VL,
                                // DQ and BW.
                                Level::Avx512 => return unsafe { avx512::<M>(shape, view, steps) },
                                // SAFETY: as above, so the machine has AVX2 and FMA.
                                Level::Avx2 => return unsafe { avx2::<M>(shape, view, steps) },
                                Level::Baseline => {}
                            }
                        }
                        if const { BASELINE_HAS_VARIANTS } {
                            group::run_uniform::<M, $float, $b>(shape, view, steps, $b_pack);
                        }
                    }

                    #[inline]
                    fn each_group<M: Generated, C: Source<$float>, I: Source<$float>, E: Events<$float>>(
                        &self,
                        block: Block<'_, $float, M, C, I, E>,
                        spikes: &mut [u64],
                    ) {
                        #[inline(never)]
                        fn baseline<M: Generated, C: Source<$float>, I: Source<$float>, E: Events<$float>>(
                            block: Block<'_, $float, M, C, I, E>,
                            spikes: &mut [u64],
                        ) {
                            group::each_group(block, spikes, $b_pack as fn(Mask<$float, $b>) -> u64);
                        }

                        #[cfg(target_arch = "x86_64")]
                        {
                            #[target_feature(enable = "avx2,fma")]
                            fn avx2<M: Generated, C: Source<$float>, I: Source<$float>, E: Events<$float>>(
                                block: Block<'_, $float, M, C, I, E>,
                                spikes: &mut [u64],
                            ) {
                                group::each_group(block, spikes, |mask| pack_avx2(mask));
                            }

                            #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
                            fn avx512<M: Generated, C: Source<$float>, I: Source<$float>, E: Events<$float>>(
                                block: Block<'_, $float, M, C, I, E>,
                                spikes: &mut [u64],
                            ) {
                                group::each_group(block, spikes, |mask| pack_avx512(mask));
                            }

                            match self.0 {
                                // SAFETY: a kernel is made only for a level that `is_available`, so the machine has AVX-512 F, VL,
                                // DQ and BW.
                                Level::Avx512 if const { widest_of::<M>() } => return unsafe { avx512(block, spikes) },
                                // SAFETY: as above, so the machine has AVX2 and FMA: both are part of level AVX-512 too.
                                Level::Avx2 | Level::Avx512 => return unsafe { avx2(block, spikes) },
                                Level::Baseline => {}
                            }
                        }
                        if const { BASELINE_HAS_VARIANTS || !C::UNIFORM } {
                            baseline(block, spikes);
                        }
                    }
                }

                #[cfg(target_arch = "x86_64")]
                #[inline]
                #[target_feature(enable = "avx2,fma")]
                fn pack_avx2(mask: Mask<$float, $y>) -> u64 {
                    use core::arch::x86_64::{$y_pack, $y_vector};
                    let vector: $y_vector = bytemuck::must_cast(mask.0);
                    u64::from($y_pack(vector).cast_unsigned())
                }

                #[cfg(target_arch = "x86_64")]
                #[inline]
                #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
                fn pack_avx512(mask: Mask<$float, $z>) -> u64 {
                    use core::arch::x86_64::{$z_pack, $z_vector};
                    let vector: $z_vector = bytemuck::must_cast(mask.0);
                    u64::from($z_pack(vector))
                }

                group::run::<M, $float>(Checked(level), shape, view, steps);
            }
        }
    };
}

vectors! {
    f32: baseline 4 Mask::to_word;
    avx2 8 __m256 _mm256_movemask_ps;
    avx512 16 __m512i _mm512_movepi32_mask;
}

vectors! {
    f64: baseline 2 Mask::to_word;
    avx2 4 __m256d _mm256_movemask_pd;
    avx512 8 __m512i _mm512_movepi64_mask;
}

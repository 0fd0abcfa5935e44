//! Rows and products of dense matrices, for networks: sums in one fixed order.
//!
//! Matrices lie row by row. Vectors run over the columns of the result, never along a sum, and a product is fused with its sum, so every
//! vector width, and every split of the columns, gives the same bits.
#![allow(unsafe_code)]

use super::Level;
use crate::lanes::Lanes;
use crate::real::Real;

/// Rows of a product that are computed together.
const TOGETHER: usize = 4;

/// A precision with dense matrices.
pub trait Dense: Real {
    /// Adds the rows `rows` of `matrix` to `out`, one after the other.
    ///
    /// # Panics
    /// When there is no such row, a row having as many columns as `out`.
    fn gather(level: Level, out: &mut [Self], matrix: &[Self], rows: &[u32]);

    /// Adds `values` to the rows `rows` of `matrix`.
    ///
    /// # Panics
    /// When there is no such row, a row having as many columns as `values`.
    fn scatter(level: Level, matrix: &mut [Self], rows: &[u32], values: &[Self]);

    /// Adds the product of `left` (any number of rows × `inner`) and `right` (`inner` × `columns`) to `out` (rows × `columns`): to each
    /// element the products in the order of the rows of `right`.
    ///
    /// # Panics
    /// When the lengths do not fit each other.
    fn product(level: Level, out: &mut [Self], left: &[Self], right: &[Self], columns: usize);
}

/// `N` numbers from `at` on.
#[inline(always)]
fn load<T: Real, const N: usize>(from: &[T], at: usize) -> Lanes<T, N> {
    let mut lanes = [T::ZERO; N];
    lanes.copy_from_slice(&from[at..at + N]);
    Lanes(lanes)
}

#[inline(always)]
fn store<T: Real, const N: usize>(to: &mut [T], at: usize, lanes: Lanes<T, N>) {
    to[at..at + N].copy_from_slice(&lanes.0);
}

/// Adds lane by lane: written for the optimiser, which finds the vectors.
#[inline(always)]
fn add<T: Real>(to: &mut [T], summand: &[T]) {
    for (to, &summand) in to.iter_mut().zip(summand) {
        *to = *to + summand;
    }
}

#[inline(always)]
fn gather<T: Real>(out: &mut [T], matrix: &[T], rows: &[u32]) {
    for &row in rows {
        add(out, &matrix[row as usize * out.len()..][..out.len()]);
    }
}

#[inline(always)]
fn scatter<T: Real>(matrix: &mut [T], rows: &[u32], values: &[T]) {
    for &row in rows {
        add(&mut matrix[row as usize * values.len()..][..values.len()], values);
    }
}

/// Some rows and `V` vectors of columns of a product.
#[inline(always)]
fn product_tile<T: Real, const R: usize, const N: usize, const V: usize>(
    out: &mut [T],
    left: &[T],
    right: &[T],
    columns: usize,
    at: usize,
) {
    let inner = left.len() / R;
    let rows: [&[T]; R] = core::array::from_fn(|r| &left[r * inner..][..inner]);
    let mut sums: [[Lanes<T, N>; V]; R] =
        core::array::from_fn(|r| core::array::from_fn(|v| load(out, r * columns + at + v * N)));
    for k in 0..inner {
        let right = &right[k * columns + at..][..V * N];
        let right: [Lanes<T, N>; V] = core::array::from_fn(|v| load(right, v * N));
        for r in 0..R {
            let factor = Lanes::splat(rows[r][k]);
            for v in 0..V {
                sums[r][v] = factor.fma(right[v], sums[r][v]);
            }
        }
    }
    for (r, sums) in sums.into_iter().enumerate() {
        for (v, sum) in sums.into_iter().enumerate() {
            store(out, r * columns + at + v * N, sum);
        }
    }
}

/// `R` rows of a product.
#[inline(always)]
fn product_rows<T: Real, const R: usize, const N: usize, const V: usize>(
    out: &mut [T],
    left: &[T],
    right: &[T],
    columns: usize,
) {
    let mut at = 0;
    while at + V * N <= columns {
        product_tile::<T, R, N, V>(out, left, right, columns, at);
        at += V * N;
    }
    while at + N <= columns {
        product_tile::<T, R, N, 1>(out, left, right, columns, at);
        at += N;
    }
    while at < columns {
        product_tile::<T, R, 1, 1>(out, left, right, columns, at);
        at += 1;
    }
}

#[inline(always)]
fn product<T: Real, const N: usize, const V: usize>(out: &mut [T], left: &[T], right: &[T], columns: usize) {
    if columns == 0 || right.is_empty() {
        return;
    }
    let inner = right.len() / columns;
    let rows = out.len() / columns;
    assert!(
        out.len() == rows * columns && right.len() == inner * columns && left.len() == rows * inner,
        "matrices do not fit each other"
    );
    let whole = rows - rows % TOGETHER;
    let (out, last_out) = out.split_at_mut(whole * columns);
    let (left, last_left) = left.split_at(whole * inner);
    for (out, left) in out
        .chunks_exact_mut(TOGETHER * columns)
        .zip(left.chunks_exact(TOGETHER * inner))
    {
        product_rows::<T, TOGETHER, N, V>(out, left, right, columns);
    }
    for (out, left) in last_out.chunks_exact_mut(columns).zip(last_left.chunks_exact(inner)) {
        product_rows::<T, 1, N, V>(out, left, right, columns);
    }
}

/// One function for each level, compiled for its vectors.
macro_rules! at_levels {
    ($name:ident($($arg:ident: $type:ty),*) => $baseline:expr, $avx2:expr, $avx512:expr) => {
        fn $name(level: Level, $($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) {
                    $avx2
                }

                #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
                fn avx512($($arg: $type),*) {
                    $avx512
                }

                assert!(level.is_available(), "this machine has no {level}");
                match level {
                    // SAFETY: the level is available, so the machine has AVX-512 F, VL, DQ and BW.
                    Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above, so the machine has AVX2 and FMA.
                    Level::Avx2 => return unsafe { avx2($($arg),*) },
                    Level::Baseline => {}
                }
            }
            let _ = level;
            $baseline
        }
    };
}

macro_rules! dense {
    ($float:ty: $b:literal $y:literal $z:literal) => {
        impl Dense for $float {
            at_levels! {
                gather(out: &mut [$float], matrix: &[$float], rows: &[u32]) =>
                    gather(out, matrix, rows),
                    gather(out, matrix, rows),
                    gather(out, matrix, rows)
            }
            at_levels! {
                scatter(matrix: &mut [$float], rows: &[u32], values: &[$float]) =>
                    scatter(matrix, rows, values),
                    scatter(matrix, rows, values),
                    scatter(matrix, rows, values)
            }
            at_levels! {
                product(out: &mut [$float], left: &[$float], right: &[$float], columns: usize) =>
                    product::<$float, $b, 2>(out, left, right, columns),
                    product::<$float, $y, 2>(out, left, right, columns),
                    product::<$float, $z, 4>(out, left, right, columns)
            }
        }
    };
}

dense!(f32: 4 8 16);
dense!(f64: 2 4 8);

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Dense, Level};

    /// Numbers of all magnitudes around 1, so that the order of a sum shows in its bits.
    fn numbers(count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        (0..count).map(|_| next() * 10.0 * next()).collect()
    }

    fn levels() -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(|level| level.is_available())
    }

    #[test]
    fn a_product_sums_in_the_order_of_rows_at_every_level() {
        for (rows, inner, columns) in [(1, 1, 1), (8, 128, 128), (5, 7, 37), (3, 100, 131), (4, 0, 3)] {
            let (left, right) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
            let start = numbers(rows * columns, 3);
            let mut wanted = start.clone();
            for (r, row) in wanted.chunks_exact_mut(columns).enumerate() {
                for (c, sum) in row.iter_mut().enumerate() {
                    for k in 0..inner {
                        *sum = left[r * inner + k].mul_add(right[k * columns + c], *sum);
                    }
                }
            }
            for level in levels() {
                let mut out = start.clone();
                f64::product(level, &mut out, &left, &right, columns);
                assert_eq!(out, wanted, "{level}: {rows} x {inner} x {columns}");
            }
        }
    }

    #[test]
    fn rows_are_added_in_their_order_at_every_level() {
        let rows = [3, 0, 3, 4, 1];
        for width in [1, 10, 64, 131, 300] {
            let matrix: Vec<f32> = numbers(5 * width, 4).into_iter().map(|x| x as f32).collect();
            let mut sum = alloc::vec![0.25_f32; width];
            for row in rows {
                for (s, x) in sum.iter_mut().zip(&matrix[row as usize * width..]) {
                    *s += x;
                }
            }
            let mut spread = matrix.clone();
            for row in rows {
                for (x, s) in spread[row as usize * width..].iter_mut().zip(&sum) {
                    *x += s;
                }
            }
            for level in levels() {
                let mut out = alloc::vec![0.25_f32; width];
                f32::gather(level, &mut out, &matrix, &rows);
                assert_eq!(out, sum, "{level}: {width}");
                let mut out = matrix.clone();
                f32::scatter(level, &mut out, &rows, &sum);
                assert_eq!(out, spread, "{level}: {width}");
            }
        }
    }
}

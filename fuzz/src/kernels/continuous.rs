//! Gaussians, extreme factors among them, and mean fields.
//!
//! Signs, zeros and NaN are checked for all of them, entropies compared for all of them, too. Other errors are compared
//! where the budget's own inputs lie: numbers that are zero or from 1e-12 to 1e12, log standard deviations within 12,
//! and of Gaussians correlations with a condition up to 1e6.

use super::{HEADROOM, neighbour};
use crate::budget::allowed;
use crate::values::{matrix, numbers};
use arbitrary::Unstructured;
use elbow::{Gaussian, MeanField};

const LN_TAU: f64 = 1.837_877_066_409_345_3;

/// Where nothing over- or underflows on the way.
fn moderate(numbers: &[f32]) -> bool {
    numbers.iter().all(|x| *x == 0.0 || (1e-12..=1e12).contains(&x.abs()))
}

/// The condition of the correlations, at most: by Frobenius norms of their factor and its inverse.
fn condition<const N: usize>(belief: &Gaussian<f64, N>) -> f64 {
    let (mut factor, pivots) = (belief.unit_lower(), belief.pivots());
    for i in 0..N {
        let size = (0..=i).map(|j| factor[i][j] * factor[i][j] * pivots[j]).sum::<f64>().sqrt();
        for j in 0..=i {
            factor[i][j] *= pivots[j].sqrt() / size;
        }
    }
    let mut inverse = [[0.0; N]; N];
    for column in 0..N {
        for i in column..N {
            let known: f64 = (column..i).map(|k| factor[i][k] * inverse[k][column]).sum();
            inverse[i][column] = (f64::from(i == column) - known) / factor[i][i];
        }
    }
    let square = |matrix: [[f64; N]; N]| matrix.iter().flatten().map(|x| x * x).sum::<f64>();
    square(factor) * square(inverse)
}

fn widened<const N: usize>(rows: [[f32; N]; N]) -> [[f64; N]; N] {
    rows.map(|row| row.map(f64::from))
}

/// All figures of two beliefs from factors of any size, and a point.
pub fn gaussian<const N: usize>(bytes: &mut Unstructured<'_>) {
    let mean: [f32; N] = numbers(bytes);
    let (lower, pivots, point) = (matrix(bytes), numbers::<N>(bytes), numbers(bytes));
    let other_mean = neighbour(bytes, &mean);
    let other_lower: [[f32; N]; N] = lower.map(|row| neighbour(bytes, &row));
    let other_pivots = neighbour(bytes, &pivots);
    let beliefs =
        (Gaussian::from_factor(mean, lower, pivots), Gaussian::from_factor(other_mean, other_lower, other_pivots));
    let (Ok(p), Ok(q)) = beliefs else { return };
    let what = (p, q);
    assert_eq!((p.kl(&p), q.kl(&q)), (0.0, 0.0), "{what:?}");
    let (kl, cross, entropy, log_prob) = (p.kl(&q), p.cross_entropy(&q), p.entropy(), p.log_prob(&point));
    assert!(kl >= 0.0 && entropy.is_finite() && cross > f32::NEG_INFINITY, "{what:?}: {kl} {entropy} {cross}");
    let missing = point.iter().any(|x| x.is_nan());
    assert!(log_prob.is_nan() == missing && log_prob != f32::INFINITY, "{log_prob} at {point:?} of {what:?}");

    let wide = |belief: &Gaussian<f32, N>| {
        let pivots = belief.pivots().map(f64::from);
        Gaussian::from_factor(belief.mean().map(f64::from), widened(belief.unit_lower()), pivots).expect("as in f32")
    };
    let (wide_p, wide_q) = (wide(&p), wide(&q));
    let logs = |belief: &Gaussian<f64, N>| belief.pivots().iter().map(|d| (0.5 * d.ln()).abs()).fold(0.0, f64::max);
    let constant = 0.5 * N as f64 * LN_TAU;
    // Beyond the budget's pivots each term may round as the largest one there does.
    let terms = if moderate(&p.pivots()) { 1.0 } else { N as f64 };
    let scale = terms * logs(&wide_p).max(constant + 0.5 * N as f64);
    allowed("gaussian.entropy").check(entropy, wide_p.entropy(), scale, HEADROOM, &("entropy", what));

    let known = |belief: &Gaussian<f32, N>, wide: &Gaussian<f64, N>| {
        moderate(belief.mean())
            && moderate(&belief.pivots())
            && belief.unit_lower().iter().all(|row| moderate(row))
            && condition(wide) <= 1e6
    };
    let (known_p, known_q) = (known(&p, &wide_p), known(&q, &wide_q));
    if known_p && moderate(&point) {
        let expected = wide_p.log_prob(&point.map(f64::from));
        let scale = constant.max(logs(&wide_p)).max(expected.abs());
        // Minus infinity where the squared distance, twice as large, overflows.
        if log_prob.is_finite() || expected > -1e38 {
            allowed("gaussian.log_prob").check(log_prob, expected, scale, HEADROOM, &("log prob", point, p));
        }
    }
    if known_p && known_q {
        let expected = wide_p.kl(&wide_q);
        if expected < 1e30 && (expected == 0.0 || expected > 1e-30) {
            allowed("gaussian.kl").check(kl, expected, 0.0, HEADROOM, &("kl", what));
            let expected = wide_p.cross_entropy(&wide_q);
            let scale = logs(&wide_q).max(constant).max(expected.abs());
            allowed("gaussian.cross_entropy").check(cross, expected, scale, HEADROOM, &("cross", what));
        }
    }
}

/// All figures of two mean-field beliefs, and a point.
pub fn mean_field<const N: usize>(bytes: &mut Unstructured<'_>) {
    let (mean, log_std_dev, point) = (numbers(bytes), numbers(bytes), numbers::<N>(bytes));
    let (other_mean, other_log_std_dev) = (neighbour(bytes, &mean), neighbour(bytes, &log_std_dev));
    let beliefs = (MeanField::new(mean, log_std_dev), MeanField::new(other_mean, other_log_std_dev));
    let (Ok(p), Ok(q)) = beliefs else { return };
    let what = (p, q);
    assert_eq!((p.kl(&p), q.kl(&q)), (0.0, 0.0), "{what:?}");
    let (kl, cross, entropy, log_prob) = (p.kl(&q), p.cross_entropy(&q), p.entropy(), p.log_prob(&point));
    assert!(kl >= 0.0 && entropy.is_finite() && cross > f32::NEG_INFINITY, "{what:?}: {kl} {entropy} {cross}");
    let missing = point.iter().any(|x| x.is_nan());
    assert!(log_prob.is_nan() == missing && log_prob != f32::INFINITY, "{log_prob} at {point:?} of {what:?}");

    let wide = |belief: &MeanField<f32, N>| {
        MeanField::new(belief.mean().map(f64::from), belief.log_std_dev().map(f64::from)).expect("as in f32")
    };
    let (wide_p, wide_q) = (wide(&p), wide(&q));
    let largest = |belief: &MeanField<f64, N>| belief.log_std_dev().iter().map(|x| x.abs()).fold(0.0, f64::max);
    let constant = 0.5 * N as f64 * LN_TAU;
    let scale = largest(&wide_p).max(constant + 0.5 * N as f64);
    allowed("mean_field.entropy").check(entropy, wide_p.entropy(), scale, HEADROOM, &("entropy", what));

    let known =
        |belief: &MeanField<f32, N>| moderate(belief.mean()) && belief.log_std_dev().iter().all(|x| x.abs() < 12.0);
    if known(&p) && moderate(&point) {
        let expected = wide_p.log_prob(&point.map(f64::from));
        let scale = constant.max(largest(&wide_p)).max(expected.abs());
        // Minus infinity where the squared distance, twice as large, overflows.
        if log_prob.is_finite() || expected > -1e38 {
            allowed("mean_field.log_prob").check(log_prob, expected, scale, HEADROOM, &("log prob", point, p));
        }
    }
    if known(&p) && known(&q) {
        let expected = wide_p.kl(&wide_q);
        if expected < 1e30 && (expected == 0.0 || expected > 1e-30) {
            allowed("mean_field.kl").check(kl, expected, 0.0, HEADROOM, &("kl", what));
            let expected = wide_p.cross_entropy(&wide_q);
            let scale = largest(&wide_q).max(constant).max(expected.abs());
            allowed("mean_field.cross_entropy").check(cross, expected, scale, HEADROOM, &("cross", what));
        }
    }
}

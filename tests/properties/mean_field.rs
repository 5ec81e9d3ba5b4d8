//! The mean-field normal against the diagonal Gaussian and against itself.

use crate::support::{Outcome, Scalar, array, both, cases, close, epsilon, grid, leading};
use elbow::{Gaussian, MeanField};
use proptest::prelude::*;
use std::array;

/// Means and log standard deviations on a grid.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    mean: [f64; 4],
    log_std_dev: [f64; 4],
}

fn numbers() -> impl Strategy<Value = Numbers> + Clone {
    (array::<_, 4>(grid(4, 64)), array::<_, 4>(grid(3, 64)))
        .prop_map(|(mean, log_std_dev)| Numbers { mean, log_std_dev })
}

fn field<T: Scalar>(of: &Numbers) -> MeanField<T, 4> {
    MeanField::new(leading(&of.mean), leading(&of.log_std_dev)).expect("a distribution")
}

/// The variances in `f64`, rounded once to the scalar.
fn full<T: Scalar>(of: &Numbers) -> Gaussian<T, 4> {
    let variance = of.log_std_dev.map(|value| (2.0 * value).exp());
    Gaussian::diagonal(leading(&of.mean), leading(&variance)).expect("a distribution")
}

fn equals_the_diagonal_gaussian<T: Scalar>(p: &Numbers, q: &Numbers, x: &[f64; 4]) -> Outcome {
    let (field_p, field_q, full_p, full_q) = (field::<T>(p), field::<T>(q), full::<T>(p), full::<T>(q));
    let kl: f64 = field_p.kl(&field_q).wide();
    // Rounding a variance ratio r, by its division or its exponential, moves r - 1 - ln r by |r - 1|, a squared
    // distance by itself.
    let moved = |i: usize| (2.0 * (p.log_std_dev[i] - q.log_std_dev[i])).exp_m1().abs();
    let tolerance = epsilon::<T>() * (8.0 * kl + 2.0 * (0..4).map(moved).sum::<f64>());
    close(full_p.kl(&full_q).wide(), kl, tolerance, "divergence")?;
    // Terms of the sums: logarithms of up to 2 (3 + 1), and the squared distances.
    let entropy: f64 = field_p.entropy().wide();
    close(full_p.entropy().wide(), entropy, 4.0 * 8.0 * epsilon::<T>(), "entropy")?;
    let cross: f64 = field_p.cross_entropy(&field_q).wide();
    close(full_p.cross_entropy(&full_q).wide(), cross, 8.0 * epsilon::<T>() * (cross.abs() + 8.0), "cross-entropy")?;
    let x = leading(x);
    let density: f64 = field_p.log_prob(&x).wide();
    close(full_p.log_prob(&x).wide(), density, 8.0 * epsilon::<T>() * (density.abs() + 8.0), "log density")?;
    for i in 0..4 {
        let expected = full_p.at(&x)[i].wide();
        let size = p.mean[i].abs() + p.log_std_dev[i].exp() * x[i].wide().abs();
        close(field_p.at(&x)[i].wide(), expected, 4.0 * epsilon::<T>() * size, "sample")?;
    }
    Ok(())
}

/// -ln q is quadratic: its mean over 2N points at sqrt N standard deviations is its expectation.
fn cross_entropy_is_the_mean_surprisal<T: Scalar>(p: &Numbers, q: &Numbers) -> Outcome {
    let (p, q) = (field::<T>(p), field::<T>(q));
    let mut surprisal = 0.0;
    for k in 0..8 {
        let sign = if k % 2 == 0 { 2.0 } else { -2.0 };
        let noise = array::from_fn(|i| T::from_f64(if i == k / 2 { sign } else { 0.0 }));
        surprisal -= q.log_prob(&p.at(&noise)).wide() / 8.0;
    }
    let expected: f64 = p.cross_entropy(&q).wide();
    // A point is rounded once, in units of its distance to the other's mean at worst.
    let size = expected.abs() + 8.0 + 8.0 * q.std_dev().iter().map(|&s| s.wide().powi(-2)).sum::<f64>();
    close(surprisal, expected, 8.0 * epsilon::<T>() * size, "mean surprisal")
}

fn is_a_divergence<T: Scalar>(p: &Numbers, i: usize) -> Outcome {
    let before = field::<T>(p);
    prop_assert_eq!(before.kl(&before), T::ZERO);
    let (mut mean, mut log_std_dev) = (*before.mean(), *before.log_std_dev());
    mean[i] = mean[i].next();
    log_std_dev[i] = log_std_dev[i].next();
    let after = MeanField::new(mean, log_std_dev).expect("a distribution");
    let step = |a: T, b: T| -> f64 { b.wide() - a.wide() };
    let scale = step(before.log_std_dev()[i], log_std_dev[i]);
    let distance = step(before.mean()[i], mean[i]) * (-log_std_dev[i].wide()).exp();
    // (e^c - 1 - c)/2 = c^2/4 at c = -2 steps.
    let expected = scale * scale + 0.5 * distance * distance;
    close(before.kl(&after).wide(), expected, 8.0 * epsilon::<T>() * expected, "one ulp")
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn mean_field_equals_the_diagonal_gaussian(p in numbers(), q in numbers(), x in array::<_, 4>(grid(4, 64))) {
        both!(equals_the_diagonal_gaussian, &p, &q, &x);
    }

    #[test]
    fn mean_field_cross_entropy_is_the_mean_surprisal(p in numbers(), q in numbers()) {
        both!(cross_entropy_is_the_mean_surprisal, &p, &q);
    }

    #[test]
    fn mean_field_kl_is_zero_for_equals_and_sees_one_ulp(p in numbers(), i in 0..4_usize) {
        both!(is_a_divergence, &p, i);
    }
}

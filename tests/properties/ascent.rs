//! Steps along a gradient: what they do to the parameters, and that the value follows.

use crate::dense::{Parts, parts};
use crate::support::{Outcome, Scalar, array, both, cases, close, epsilon, every_size, grid, leading, magnitude, wide};
use elbow::elbo::{self, GaussianGradient, MeanFieldGradient};
use elbow::{Gaussian, MeanField};
use proptest::prelude::*;
use std::array;

/// On a grid sums are exact, and only the pivots round.
fn moves_by_the_rate<T: Scalar, const N: usize>(from: &Parts, along: &Parts, rate: f64) -> Outcome {
    let mut q = from.gaussian::<T, N>();
    let before = q;
    let gradient = GaussianGradient {
        mean: leading(&along.mean),
        unit_lower: array::from_fn(|i| leading(&along.lower[i])),
        log_std_dev: leading(&along.pivots),
    };
    q.ascend(&gradient, T::from_f64(rate)).expect("a step");
    for i in 0..N {
        prop_assert_eq!(q.mean()[i].wide(), from.mean[i] + rate * along.mean[i]);
        for j in 0..i {
            prop_assert_eq!(q.unit_lower()[i][j].wide(), from.lower[i][j] + rate * along.lower[i][j]);
        }
        let expected = before.pivots()[i].wide() * (2.0 * rate * along.pivots[i]).exp();
        close(q.pivots()[i].wide(), expected, 2.0 * epsilon::<T>() * expected, "pivot")?;
    }
    Ok(())
}

fn moves_every_field_by_the_rate<T: Scalar>(from: &Parts, along: &Parts, rate: f64) -> Outcome {
    let log_std_dev = [1, 2, 3].map(|i| from.lower[3][i - 1]);
    let mean = [0, 1, 2].map(|i| from.mean[i]);
    let mut q = MeanField::new(mean.map(T::from_f64), log_std_dev.map(T::from_f64)).expect("a distribution");
    let gradient = MeanFieldGradient { mean: leading(&along.mean), log_std_dev: leading(&along.pivots) };
    q.ascend(&gradient, T::from_f64(rate)).expect("a step");
    let expected: [f64; 3] = array::from_fn(|i| mean[i] + rate * along.mean[i]);
    prop_assert_eq!(wide(q.mean()), expected);
    let expected: [f64; 3] = array::from_fn(|i| log_std_dev[i] + rate * along.pivots[i]);
    prop_assert_eq!(wide(q.log_std_dev()), expected);
    Ok(())
}

/// A smooth function of the unknowns that is neither concave nor separable, with its gradient.
fn model<const N: usize>(z: &[f64; N]) -> (f64, [f64; N]) {
    let sum: f64 = z.iter().sum();
    let value = z.iter().map(|x| x.sin()).sum::<f64>() + (0.5 * sum).cos();
    (value, z.map(|x| x.cos() - 0.5 * (0.5 * sum).sin()))
}

/// The value rises along its gradient at the rate of the gradient's square.
fn climbs<const N: usize>(q: &Parts, prior: &Parts, noise: &[f64; 4], weight: f64) -> Outcome {
    let (q, prior) = (q.gaussian::<f64, N>(), prior.gaussian::<f64, N>());
    let noise = leading(noise);
    let at = |q: &Gaussian<f64, N>| elbo::one_sample_weighted(q, &prior, &model, &noise, weight).expect("a bound");
    let gradient = at(&q).gradient;
    let lower = gradient.unit_lower.as_flattened();
    let square: f64 = gradient.mean.iter().chain(lower).chain(&gradient.log_std_dev).map(|g| g * g).sum();
    let moved = |rate: f64| {
        let mut q = q;
        q.ascend(&gradient, rate).expect("a step");
        at(&q).value()
    };
    // A step of 1e-5 of the gradient's length: an error of third order, and one of rounding.
    let rate = 1e-5 / square.sqrt();
    let slope = (moved(rate) - moved(-rate)) / (2.0 * rate);
    close(slope, square, 1e-8 * (1.0 + square), "slope")
}

fn climbs_in_every_field(q: &Parts, prior: &Parts, noise: &[f64; 4], weight: f64) -> Outcome {
    let of = |parts: &Parts| MeanField::new(parts.mean, parts.lower[3]).expect("a distribution");
    let (q, prior) = (of(q), of(prior));
    let at = |q: &MeanField<f64, 4>| elbo::one_sample_weighted(q, &prior, &model, noise, weight).expect("a bound");
    let gradient = at(&q).gradient;
    let square: f64 = gradient.mean.iter().chain(&gradient.log_std_dev).map(|g| g * g).sum();
    let moved = |rate: f64| {
        let mut q = q;
        q.ascend(&gradient, rate).expect("a step");
        at(&q).value()
    };
    let rate = 1e-5 / square.sqrt();
    let slope = (moved(rate) - moved(-rate)) / (2.0 * rate);
    close(slope, square, 1e-8 * (1.0 + square), "slope")
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_step_is_the_rate_times_the_gradient(
        from in parts(grid(2, 64), magnitude(1.0)),
        along in parts(grid(2, 64), grid(2, 64)),
        rate in grid(2, 16),
    ) {
        every_size!(moves_by_the_rate, &from, &along, rate);
        both!(moves_every_field_by_the_rate, &from, &along, rate);
    }

    #[test]
    fn the_bound_rises_along_its_gradient(
        q in parts(-1.0..1.0, magnitude(0.5)),
        prior in parts(-1.0..1.0, magnitude(0.5)),
        noise in array::<_, 4>(-2.0..2.0),
        weight in prop_oneof![4 => 0.1..2.0, 1 => Just(0.0)],
    ) {
        climbs::<1>(&q, &prior, &noise, weight)?;
        climbs::<2>(&q, &prior, &noise, weight)?;
        climbs::<3>(&q, &prior, &noise, weight)?;
        climbs::<4>(&q, &prior, &noise, weight)?;
        climbs_in_every_field(&q, &prior, &noise, weight)?;
    }
}

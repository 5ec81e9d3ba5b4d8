//! One reading, of a state of one to four unknowns through a random row: against the dense Kalman filter and, for any
//! likelihood, against the dense form of the lift.

use crate::dense::{Dense, dot, matrix};
use crate::setting::{Case, Setting, a_case, agree, innovation_size, sampler};
use crate::support::{Outcome, Scalar, array, at_most, cases, close, epsilon, every_size, leading, magnitude, wide};
use elbow::likelihood::{Bernoulli, Derivatives, Likelihood, Normal, Poisson, StudentT};
use elbow::{Dynamics, Error, Estimator, Filter, GaussHermite, Gaussian, RandomWalk, Sensor, Status, Update};
use proptest::prelude::*;
use std::array;
use std::cell::Cell;

fn equals_kalman<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let (prior, row) = (Dense::of(&setting.belief), wide(&setting.row));
    let (offset, reading, noise): (f64, f64, f64) =
        (setting.offset.wide(), setting.reading.wide(), setting.noise.wide());
    let (with, variance) = prior.along(&row);
    let innovation = reading - dot(&row, &prior.mean) - offset;
    let total = variance + noise;
    let expected = Dense {
        mean: array::from_fn(|i| prior.mean[i] + with[i] * innovation / total),
        covariance: matrix(|i, j| prior.covariance[i][j] - with[i] * with[j] / total),
    };
    let (roundings, size) = (setting.roundings(), innovation_size(&setting));
    let (nodes, update) = setting.take(&mut GaussHermite::<3>::new());
    agree(&nodes, &expected, &prior, roundings, size)?;
    // One sample is exact: but for the rounding of where it was taken, at up to six standard deviations.
    agree(&setting.take(&mut sampler(1)).0, &expected, &prior, roundings, 2.0 * size + 6.0)?;
    agree(&setting.take(&mut sampler(8)).0, &expected, &prior, roundings, 2.0 * size + 6.0)?;

    // From the projection as it was rounded, the scalar figures are good to a few roundings.
    let (u0, v0): (f64, f64) = (update.prior_mean().wide(), update.prior_variance().wide());
    let few = 4.0 * epsilon::<T>();
    let precision = v0.recip() + noise.recip();
    close(update.variance().wide().recip(), precision, few * precision, "precision")?;
    let normalized = (reading - u0) / (v0 + noise).sqrt();
    let got = setting.normalized_innovation(&update).wide();
    close(got, normalized, few * normalized.abs(), "normalized innovation")?;
    let evidence = -0.5 * (normalized * normalized + (std::f64::consts::TAU * (v0 + noise)).ln());
    let sensor = setting.sensor();
    let (got, bound): (f64, f64) =
        (update.log_evidence(&sensor, setting.reading).wide(), update.elbo(&sensor, setting.reading).wide());
    let tolerance = evidence_roundings(u0, reading, update.mean().wide(), v0, noise) * epsilon::<T>();
    close(got, evidence, tolerance, "log evidence")?;
    close(bound, evidence, tolerance, "ELBO at the exact posterior")
}

/// Of a log density at the nodes: the square at the outermost one, and what rounding eta there moves it by.
fn evidence_roundings(u0: f64, reading: f64, mean: f64, v0: f64, noise: f64) -> f64 {
    let posterior = v0 * noise / (v0 + noise);
    let far = 4.6 * posterior.sqrt();
    let residual = ((reading - mean).abs() + far) / noise;
    let displacement = (mean - u0).abs() + far;
    let squares = 0.5 * residual * residual * noise + 0.5 * displacement * displacement / v0 + 10.0;
    2.0 * (squares + residual * (mean.abs() + u0.abs() + far) + noise.ln().abs() + v0.ln().abs() + 4.0)
}

/// Whatever the likelihood made of eta, the state follows by its regression on eta.
fn follows_the_regression<T: Scalar, const N: usize>(case: &Case, count: u32) -> Outcome {
    let setting = case.setting::<T, N>();
    let scale = setting.noise.wide().sqrt();
    let heavy = StudentT::new(T::from_f64(scale), T::from_f64(3.0)).expect("a scale");
    // Five times as far: an outlier, which may add variance.
    let far = T::from_f64(setting.reading.wide() * 5.0);
    let updates = [
        setting.take(&mut GaussHermite::<3>::new()),
        setting.take_with(heavy, far, &mut GaussHermite::<5>::new()),
        setting.take_with(heavy, far, &mut sampler(4)),
        setting.take_with(Poisson::new(), count, &mut GaussHermite::<5>::new()),
        setting.take_with(Bernoulli::new(), count > 3, &mut sampler(4)),
    ];
    for (posterior, update) in &updates {
        regress(&setting, posterior, update)?;
    }
    Ok(())
}

fn regress<T: Scalar, const N: usize>(
    setting: &Setting<T, N>,
    posterior: &Gaussian<T, N>,
    update: &Update<T>,
) -> Outcome {
    let (prior, row) = (Dense::of(&setting.belief), wide(&setting.row));
    let (with, variance) = prior.along(&row);
    let (u0, u, v): (f64, f64, f64) = (update.prior_mean().wide(), update.mean().wide(), update.variance().wide());
    if update.status() == Status::Saturated {
        prop_assert_eq!(*posterior, setting.belief);
        return Ok(());
    }
    let expected = Dense {
        mean: array::from_fn(|i| prior.mean[i] + with[i] / variance * (u - u0)),
        covariance: matrix(|i, j| prior.covariance[i][j] - with[i] * with[j] / variance * (1.0 - v / variance)),
    };
    let most = (v / variance).max(1.0);
    let roundings = 2.0 * (N as f64 + 1.0) * (1.0 + prior.reach(&row) / variance) * most;
    // The mean of eta is rounded in the update's answer, in units of itself.
    let size = ((u - u0).abs() + u.abs() + u0.abs()) / variance.sqrt();
    agree(posterior, &expected, &prior, roundings, size)
}

/// The nodes are the same, their weights are positive and sum to one: Jensen's inequality holds for the sums.
fn bounds_the_evidence<T: Scalar, const N: usize>(case: &Case, count: u32) -> Outcome {
    let setting = case.setting::<T, N>();
    let heavy = StudentT::new(T::from_f64(setting.noise.wide().sqrt()), T::from_f64(3.0)).expect("a scale");
    bound(&setting, heavy, setting.reading, &mut GaussHermite::<5>::new())?;
    bound(&setting, heavy, setting.reading, &mut sampler(2))?;
    bound(&setting, Poisson::new(), count, &mut GaussHermite::<3>::new())?;
    bound(&setting, Poisson::new(), count, &mut sampler(2))?;
    bound(&setting, Bernoulli::new(), count > 3, &mut GaussHermite::<9>::new())?;
    bound(&setting, Bernoulli::new(), count > 3, &mut sampler(2))
}

fn bound<T: Scalar, L: Likelihood<T> + Copy, const N: usize>(
    setting: &Setting<T, N>,
    likelihood: L,
    reading: L::Reading,
    estimator: &mut impl Estimator<T>,
) -> Outcome {
    let (_, update) = setting.take_with(likelihood, reading, estimator);
    let sensor = Sensor::linear(setting.row, likelihood);
    let (elbo, evidence) = (update.elbo(&sensor, reading).wide(), update.log_evidence(&sensor, reading).wide());
    // Both are sums of terms of the size of the ELBO, of the squares of nodes and displacement, and of a logarithm.
    let ratio = update.variance().wide() / update.prior_variance().wide();
    let shift = (update.mean().wide() - update.prior_mean().wide()).powi(2) / update.prior_variance().wide();
    let size = 10.0 + elbo.abs() + evidence.abs() + 11.0 * ratio + shift + ratio.ln().abs();
    at_most(elbo, evidence, 8.0 * epsilon::<T>() * size, "ELBO")
}

/// A log-concave likelihood takes variance away from everything, a random walk from nothing.
fn moves_variances_one_way<T: Scalar, const N: usize>(case: &Case, count: u32, walk: &[f64; 4]) -> Outcome {
    let setting = case.setting::<T, N>();
    let updates = [
        setting.take(&mut GaussHermite::<3>::new()),
        setting.take(&mut sampler(2)),
        setting.take_with(Poisson::new(), count, &mut GaussHermite::<5>::new()),
        setting.take_with(Poisson::new(), count, &mut sampler(3)),
        setting.take_with(Bernoulli::new(), count > 3, &mut GaussHermite::<5>::new()),
        setting.take_with(Bernoulli::new(), count > 3, &mut sampler(3)),
    ];
    let before = wide(&setting.belief.variance());
    let tolerance = 4.0 * N as f64 * epsilon::<T>();
    for (posterior, update) in &updates {
        prop_assert!(update.variance() <= update.prior_variance());
        for (after, before) in wide(&posterior.variance()).into_iter().zip(before) {
            at_most(after, before, tolerance * before, "updated variance")?;
        }
    }
    let one = T::ONE;
    let identity = array::from_fn(|i| array::from_fn(|j| if i == j { one } else { T::ZERO }));
    let rates: [T; N] = leading(walk);
    let noise = array::from_fn(|i| array::from_fn(|j| if i == j { rates[i] } else { T::ZERO }));
    let mut filter = Filter::new(setting.belief);
    filter.predict(&Dynamics::new(identity, noise).expect("dynamics")).expect("a prediction");
    prop_assert_eq!(filter.belief().mean(), setting.belief.mean());
    for (i, after) in wide(&filter.belief().variance()).into_iter().enumerate() {
        let expected = before[i] + rates[i].wide();
        close(after, expected, tolerance * expected, "predicted variance")?;
    }
    let mut single = Filter::new(Gaussian::diagonal([T::ONE], [setting.belief.variance()[0]]).expect("a belief"));
    let start = single.belief().variance()[0];
    single.predict_for(&RandomWalk::new(rates[0]).expect("a rate"), T::from_f64(0.3)).expect("a prediction");
    prop_assert!(single.belief().variance()[0] >= start);
    Ok(())
}

/// What a linear sensor teaches about eta is all that it teaches about the state.
fn gains_the_divergence<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let (posterior, update) = setting.take(&mut GaussHermite::<3>::new());
    let (gain, kl): (f64, f64) = (update.information_gain().wide(), posterior.kl(&setting.belief).wide());
    // The divergence is of second order in what the update changed, and each number that it changed is rounded; a mean
    // in units of itself.
    let prior = Dense::of(&setting.belief);
    let means: f64 = (0..N).map(|i| prior.mean[i].abs() / setting.belief.pivots()[i].wide().sqrt()).sum();
    let roundings = epsilon::<T>() * (setting.roundings() + 2.0 * means);
    close(kl, gain, roundings * (gain + gain.sqrt() + roundings), "information gain")
}

/// A likelihood that counts how often it is asked, and knows no closed form.
struct Counted<L> {
    inner: L,
    calls: Cell<u16>,
}

impl<T: Scalar, L: Likelihood<T>> Likelihood<T> for Counted<L> {
    type Reading = L::Reading;
    const LOG_CONCAVE: bool = L::LOG_CONCAVE;
    fn check(&self, reading: L::Reading) -> Result<(), Error> {
        self.inner.check(reading)
    }
    fn log_prob(&self, reading: L::Reading, eta: T) -> T {
        self.inner.log_prob(reading, eta)
    }
    fn derivatives(&self, reading: L::Reading, eta: T) -> Derivatives<T> {
        self.calls.set(self.calls.get() + 1);
        self.inner.derivatives(reading, eta)
    }
}

fn counts_its_evaluations<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let mut filter = Filter::new(case.setting::<T, N>().belief);
    let mut sensor = Sensor::linear(leading(&case.row), Counted { inner: Bernoulli::new(), calls: Cell::new(0) });
    let update = filter.update(&mut sensor, case.offset > 0.0, &mut GaussHermite::<5>::new()).expect("an update");
    prop_assert_eq!(update.evaluations(), sensor.likelihood().calls.get());
    // A Gaussian reading is solved at once, by nodes; by samples with one evaluation for each, after the start.
    let (_, exact) = case.setting::<T, N>().take(&mut GaussHermite::<9>::new());
    prop_assert_eq!(exact.evaluations(), 1);
    let evaluations = |samples| case.setting::<T, N>().take(&mut sampler(samples)).1.evaluations();
    prop_assert_eq!(evaluations(9), evaluations(1) + 8);
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_gaussian_reading_is_a_kalman_update(case in a_case()) {
        every_size!(equals_kalman, &case);
    }

    #[test]
    fn evaluations_are_counted(case in a_case()) {
        every_size!(counts_its_evaluations, &case);
    }

    #[test]
    fn the_state_follows_by_its_regression_on_eta(case in a_case(), count in 0..12_u32) {
        every_size!(follows_the_regression, &case, count);
    }

    #[test]
    fn the_elbo_is_a_bound_of_the_evidence(case in a_case(), count in 0..12_u32) {
        every_size!(bounds_the_evidence, &case, count);
    }

    #[test]
    fn readings_take_variance_and_walks_add_it(
        case in a_case(),
        count in 0..12_u32,
        walk in array::<_, 4>(prop_oneof![3 => magnitude(3.0), 1 => Just(0.0)]),
    ) {
        every_size!(moves_variances_one_way, &case, count, &walk);
    }

    #[test]
    fn information_gain_is_the_divergence_of_the_beliefs(case in a_case()) {
        every_size!(gains_the_divergence, &case);
    }
}

/// An eta that overflows is out of range, whichever part of it does; the belief itself is fine.
#[test]
fn an_eta_out_of_range_is_named() {
    for (mean, variance) in [(3e38_f32, 1.0), (-3e38, 1.0), (0.0, 1e38), (3e38, 1e38)] {
        let mut filter = Filter::new(Gaussian::diagonal([mean, 0.0], [variance, 1.0]).expect("a belief"));
        let mut sensor = Sensor::linear([2.0, 1.0], Normal::new(1.0).expect("a variance"));
        let end = filter.update(&mut sensor, 1.0, &mut GaussHermite::<3>::new());
        assert_eq!(end, Err(Error::OutOfRange), "{mean:e} {variance:e}");
    }
}

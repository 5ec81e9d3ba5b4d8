//! A linear sensor's reading with normal noise: the Kalman filter's update, in one division by the innovation's
//! variance.
//!
//! With c the covariance of state and eta, N(u0, v0) the belief about eta, r the variance of the noise and S = v0 + r,
//!
//! ```text
//! mu <- mu + c (y - u0)/S,     P <- P - c c'/S,     gain k = v0/S,     v = v0 r/S
//! ```
//!
//! (Kalman 1960, *Journal of Basic Engineering* 82). It is what `assimilate.rs` does with the solution of an exact
//! estimator, without what only other readings need.

use crate::all_finite::AllFinite;
use crate::assimilate::assimilate;
use crate::error::Error;
use crate::estimator::{Estimator, Solution, Status, least_gain};
use crate::factor::Factor;
use crate::gaussian::Gaussian;
use crate::likelihood::Likelihood;
use crate::real::Real;
use crate::sensor::{Observe, Sensor};
use crate::unrolled::unrolled;
use crate::update::Update;

/// Turns the belief into its posterior, as [`assimilate`] does. The likelihood has passed `reading`, which is `value`
/// on the axis of eta, with normal noise of variance `noise`.
#[inline(always)]
pub fn kalman<T, P, L, const N: usize>(
    belief: &mut Gaussian<T, N>,
    sensor: &Sensor<P, L>,
    reading: L::Reading,
    value: T,
    noise: T,
    estimator: &mut impl Estimator<T>,
    wanted: impl FnOnce(&Update<T>) -> bool,
) -> Result<Update<T>, Error>
where
    T: Real,
    P: Observe<T, N>,
    L: Likelihood<T>,
{
    let Some((mean, factor, update)) = posterior(belief, sensor.predictor(), value, noise) else {
        return carefully(belief, sensor, reading, estimator, wanted);
    };
    if !wanted(&update) {
        return Ok(update.gated());
    }
    belief.take_over(mean, &factor);
    Ok(update)
}

/// The mean and factor of the posterior, and what the reading did; none where it may tell nothing, or floats may not
/// hold it.
#[inline(always)]
pub fn posterior<T: Real, P: Observe<T, N>, const N: usize>(
    belief: &Gaussian<T, N>,
    predictor: &P,
    value: T,
    noise: T,
) -> Option<([T; N], Factor<T, N>, Update<T>)> {
    let projection = predictor.project(belief, Some(value)).ok()?;
    let (factor, direction, inverse) = belief.factor().conditioned(&projection.f, &projection.g, noise);
    let remainder = noise * inverse;
    let step = (value - projection.mean) * inverse;
    let mut mean = *belief.mean();
    unrolled!(for i in 0..N {
        mean[i] += direction[i] * step;
    });
    let gain = projection.variance * inverse;
    let shift = gain * (value - projection.mean);
    // Next to the largest number, v0, the gain and the shift are not what S, summed in another order, and a subnormal
    // 1/S let expect.
    let mut finite = AllFinite::new();
    finite.see(projection.mean + shift);
    // Then the gain is above the least that is not nothing, v0 and v are normal numbers, and all else holds that
    // `carefully` asks for: what else is not finite spoils the posterior.
    let is_ordinary =
        noise >= T::from_f64(LEAST_NOISE) && remainder.is_normal_up_to(T::ONE - T::from_f64(4.0) * least_gain());
    if !(is_ordinary && Gaussian::is_valid(finite, &mean, &factor)) {
        return None;
    }
    let solution = Solution { shift, gain, variance: gain * noise, evaluations: 1, status: Status::Accepted };
    Some((mean, factor, Update::new(projection.mean, projection.variance, solution)))
}

/// A variance of noise so much above the least normal number that 8 EPSILON of it is a normal number.
const LEAST_NOISE: f64 = 7.888_609_052_210_118e-31;

/// [`kalman`] for a reading that may tell nothing, or that floats may not hold.
#[cold]
#[inline(never)]
fn carefully<T, P, L, const N: usize>(
    belief: &mut Gaussian<T, N>,
    sensor: &Sensor<P, L>,
    reading: L::Reading,
    estimator: &mut impl Estimator<T>,
    wanted: impl FnOnce(&Update<T>) -> bool,
) -> Result<Update<T>, Error>
where
    T: Real,
    P: Observe<T, N>,
    L: Likelihood<T>,
{
    assimilate(belief, sensor, reading, estimator, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimator::GaussHermite;
    use crate::likelihood::Normal;

    /// What both ways make of a reading: nothing but roundings may differ, and that not in what is refused or told to
    /// be nothing.
    fn compare(prior: &Gaussian<f64, 2>, row: [f64; 2], value: f64, noise: f64) {
        let Ok(likelihood) = Normal::new(noise) else { return };
        let sensor = Sensor::linear(row, likelihood);
        let (mut quick, mut careful, mut estimator) = (*prior, *prior, GaussHermite::<5>::new());
        let got = kalman(&mut quick, &sensor, value, value, noise, &mut estimator, |_| true);
        let expected = assimilate(&mut careful, &sensor, value, &mut estimator, |_| true);
        let told = |update: &Result<Update<f64>, Error>| update.map(|update| update.status());
        assert_eq!(told(&got), told(&expected), "{row:?} {value:e} {noise:e}");
        let (Ok(got), Ok(expected)) = (got, expected) else {
            assert_eq!((&quick, &careful), (prior, prior));
            return;
        };
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-14 * (a.abs() + b.abs());
        assert!(close(got.mean() - got.prior_mean(), expected.mean() - expected.prior_mean()));
        assert!(close(got.variance(), expected.variance()));
        assert_eq!((got.prior_variance(), got.evaluations()), (expected.prior_variance(), expected.evaluations()));
        assert!(got.information_gain() >= 0.0);
        for i in 0..2 {
            let scale = prior.variance()[i].sqrt() + prior.mean()[i].abs() + quick.mean()[i].abs();
            assert!((quick.mean()[i] - careful.mean()[i]).abs() <= 1e-14 * scale, "{row:?} {value:e} {noise:e}");
            assert!(close(quick.pivots()[i], careful.pivots()[i]), "{row:?} {value:e} {noise:e}");
        }
    }

    #[test]
    fn equals_the_update_of_any_exact_estimator() {
        let sizes = [0.0, 1e-308, 3e-308, 1e-160, 1e-31, 1e-12, 1e-3, 1.0, 3.0, 1e12, 1e99, 1e154, 1e300, f64::MAX];
        // Beyond these the general way loses an entry of the factor to an underflow.
        for variance in [1e-307, 1e-160, 1e-31, 1e-12, 1.0, 3.0, 1e12, 1e100] {
            let prior = Gaussian::new([1.0, -2.0], [[variance, 0.3 * variance], [0.3 * variance, variance]]).unwrap();
            for noise in sizes {
                for size in sizes {
                    for row in [[size, 0.0], [0.7, -size], [size, size]] {
                        for value in sizes {
                            compare(&prior, row, value, noise);
                        }
                    }
                }
            }
        }
    }

    /// v0 and S are summed in opposite orders: one is infinite and the other the largest number. Where 1/S is subnormal,
    /// its last digit carries the shift beyond that number.
    #[test]
    fn no_figure_of_an_accepted_reading_overflows() {
        let take = |prior: Gaussian<f32, 3>, noise: f32, value: f32| {
            let (mut belief, sensor) = (prior, Sensor::linear([1.0; 3], Normal::new(noise).unwrap()));
            let mut estimator = GaussHermite::<5>::new();
            let result = kalman(&mut belief, &sensor, value, value, noise, &mut estimator, |_| true);
            assert_eq!(result, Err(Error::OutOfRange), "{noise:e} {value:e}");
            assert_eq!(belief, prior);
        };
        // 2^104, the last digit of the largest number.
        let digit = f32::from_bits(231 << 23);
        let variances = [8_388_608.0 * digit, 0.6 * digit, 8_388_606.5 * digit];
        assert_eq!(
            (variances[0] + variances[1] + variances[2], variances[2] + variances[1] + variances[0]),
            (f32::INFINITY, f32::MAX)
        );
        let wide = Gaussian::diagonal([1.0; 3], variances).unwrap();
        for noise in [10.0, 1e10] {
            take(wide, noise, 3.0);
            take(wide, noise, 5.0);
        }
        let tiny = f32::MIN_POSITIVE;
        take(Gaussian::diagonal([tiny, 0.0, 0.0], [1.612_000_1e38, tiny, tiny]).unwrap(), 1.668e21, f32::MAX);
    }

    /// What the wish sees is what would come of the reading, and refusing it leaves the belief as it was.
    #[test]
    fn an_unwanted_reading_changes_nothing() {
        let prior = Gaussian::diagonal([0.0_f32], [1.0]).unwrap();
        let sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
        let mut belief = prior;
        let refuse = |update: &Update<f32>| {
            assert_eq!((update.mean(), update.variance()), (2.0, 0.5));
            false
        };
        let update = kalman(&mut belief, &sensor, 4.0, 4.0, 1.0, &mut GaussHermite::<5>::new(), refuse).unwrap();
        assert_eq!((update.status(), belief), (Status::Gated, prior));
    }
}

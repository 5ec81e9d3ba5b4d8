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

use crate::all_finite::{AllAbove, AllFinite};
use crate::assimilate::assimilate;
use crate::error::Error;
use crate::estimator::{Estimator, Solution, Status, least_gain};
use crate::factor::{Conditioned, FEW, Factor};
use crate::gaussian::Gaussian;
use crate::likelihood::Likelihood;
use crate::real::Real;
use crate::sensor::{Linear, Observe, Sensor};
use crate::unrolled::unrolled;
use crate::update::Update;

/// Turns the belief into its posterior, as [`assimilate`] does. The reading is `value` on the axis of eta, with noise
/// of a positive normal variance; where the likelihood does not pass it, it is not finite.
#[inline(always)]
pub fn kalman<T, P, L, const N: usize>(
    belief: &mut Gaussian<T, N>,
    sensor: &Sensor<P, L>,
    linear: &Linear<T, N>,
    reading: L::Reading,
    (value, noise): (T, T),
    estimator: &mut impl Estimator<T>,
    wanted: impl FnOnce(&Update<T>) -> bool,
) -> Result<Update<T>, Error>
where
    T: Real,
    P: Observe<T, N>,
    L: Likelihood<T>,
{
    let (mean, factor) = belief.parts_mut();
    if const { N > FEW } {
        // In memory twice, were it not to take the prior's place at once.
        let prior = factor.copied_by_rows();
        let Some((posterior_mean, update)) = condition(mean, factor, linear, value, noise) else {
            put_back(factor, &prior);
            return carefully(belief, sensor, reading, estimator, wanted);
        };
        if !wanted(&update) {
            put_back(factor, &prior);
            return Ok(update.gated());
        }
        *mean = posterior_mean;
        return Ok(update);
    }
    let mut posterior = *factor;
    let Some((posterior_mean, update)) = condition(mean, &mut posterior, linear, value, noise) else {
        return carefully(belief, sensor, reading, estimator, wanted);
    };
    if !wanted(&update) {
        return Ok(update.gated());
    }
    *mean = posterior_mean;
    factor.replace(&posterior);
    Ok(update)
}

/// Makes the factor again what it was.
#[cold]
#[inline(never)]
fn put_back<T: Real, const N: usize>(factor: &mut Factor<T, N>, prior: &Factor<T, N>) {
    *factor = *prior;
}

/// Turns the factor into that of the posterior, whose mean it returns, and says what the reading did; none, and no
/// factor any more, where the reading may tell nothing, or floats may not hold the posterior.
#[inline(always)]
pub fn condition<T: Real, const N: usize>(
    mean: &[T; N],
    factor: &mut Factor<T, N>,
    linear: &Linear<T, N>,
    value: T,
    noise: T,
) -> Option<([T; N], Update<T>)> {
    // Begins as the covariance of state and eta.
    let Conditioned { covariance: mut posterior_mean, variance, sum, inverse, normal } =
        factor.condition(&linear.row, noise)?;
    if !normal.holds() {
        return None;
    }
    let remainder = noise * inverse;
    if const { !T::HARDWARE } && !(tells_surely(remainder, inverse) || left(remainder, sum, inverse) < most_left()) {
        return None;
    }
    let prior_mean = linear.mean(mean);
    // Infinite or NaN if the reading is.
    let innovation = value - prior_mean;
    let step = innovation * inverse;
    let mut finite = AllFinite::added_to(left(remainder, sum, inverse));
    let begins = const { T::HARDWARE && N <= 8 };
    unrolled!(for i in 0..N {
        posterior_mean[i] = mean[i] + posterior_mean[i] * step;
        if i == 0 && begins {
            finite.begin_with(posterior_mean[i]);
        }
        if i > 0 || !begins || const { N == 1 } {
            finite.see(posterior_mean[i]);
        }
    });
    if const { !T::HARDWARE || N <= FEW } {
        factor.see(&mut finite);
    }
    if !(if const { T::HARDWARE } { finite.holds_below(most_left()) } else { finite.holds() }) {
        return None;
    }
    let gain = variance * inverse;
    let shift = gain * innovation;
    let left = (gain * noise).max(T::MIN_POSITIVE);
    let solution = Solution { shift, gain, variance: left, evaluations: 1, status: Status::Accepted };
    Some((posterior_mean, Update::new(prior_mean, variance, solution)))
}

/// r/S, the share that the reading leaves of the variance of eta, and a little more: not below [`most_left`] either
/// where v0 is not above [`least_scale`], because 1 - r/S = v0/S, whatever is added up (an addition rounds a number up to
/// its double at most); and where S is that far up, or 1/S would be subnormal, and S (1/S) could be above one.
#[inline(always)]
fn left<T: Real>(remainder: T, sum: T, inverse: T) -> T {
    remainder + (inverse + sum) * least_scale()
}

/// 4 MIN_POSITIVE/EPSILON: v0 is above it, and then what is left of it is a normal number, or rounds to one.
#[inline(always)]
fn least_scale<T: Real>() -> T {
    T::MIN_POSITIVE * (T::from_f64(4.0) / T::EPSILON)
}

/// 1 - 31.5 EPSILON: a reading that leaves less tells something.
#[inline(always)]
fn most_left<T: Real>() -> T {
    T::ONE - (T::from_f64(4.0) * least_gain() - T::from_f64(0.5) * T::EPSILON)
}

/// [`left`] is below [`most_left`], with S so far within its bounds that it need not be computed in software.
#[inline(always)]
fn tells_surely<T: Real>(remainder: T, inverse: T) -> bool {
    let margin = T::from_f64(0.125) * T::EPSILON;
    let mut normal = AllAbove::new();
    normal.see(T::ONE - T::from_f64(4.0) * least_gain(), remainder);
    normal.see(margin / least_scale(), inverse);
    normal.see(inverse, least_scale::<T>() / margin);
    normal.holds()
}

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
    sensor.likelihood().check(reading)?;
    assimilate(belief, sensor, reading, estimator, wanted)
}

#[cfg(test)]
mod tests;

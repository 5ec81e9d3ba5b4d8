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

use crate::all_finite::AllAbove;
use crate::assimilate::assimilate;
use crate::error::Error;
use crate::estimator::{Estimator, Solution, Status, least_gain};
use crate::factor::Conditioned;
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
    if const { N > FEW } {
        let mut prior = Gaussian::standard();
        prior.copy_rows(belief);
        let Some(update) = condition(belief, linear, value, noise) else {
            put_back(belief, &prior);
            return carefully(belief, sensor, reading, estimator, wanted);
        };
        if !wanted(&update) {
            put_back(belief, &prior);
            return Ok(update.gated());
        }
        return Ok(update);
    }
    let mut posterior = *belief;
    let Some(update) = condition(&mut posterior, linear, value, noise) else {
        return carefully(belief, sensor, reading, estimator, wanted);
    };
    if !wanted(&update) {
        return Ok(update.gated());
    }
    belief.take_over(&posterior);
    Ok(update)
}

/// Up to so many states a posterior is held in registers until it is known to be one. With more it would be in memory
/// twice: there it takes the belief's place at once, and a copy of the prior is kept for the case that it is none.
const FEW: usize = 4;

/// Makes the belief again what it was.
#[cold]
#[inline(never)]
fn put_back<T: Real, const N: usize>(belief: &mut Gaussian<T, N>, prior: &Gaussian<T, N>) {
    *belief = *prior;
}

/// Turns the belief into its posterior, and says what the reading did; none, and no belief any more, where it may tell
/// nothing, or floats may not hold it.
#[inline(always)]
pub fn condition<T: Real, const N: usize>(
    belief: &mut Gaussian<T, N>,
    linear: &Linear<T, N>,
    value: T,
    noise: T,
) -> Option<Update<T>> {
    let (_, factor) = belief.parts_mut();
    let Conditioned { covariance, variance, sum, inverse, mut finite, mut normal } =
        factor.condition(&linear.row, noise);
    let summed = const { T::HARDWARE && N <= FEW };
    if summed {
        finite = finite.added_to(excess(noise, sum, inverse));
    } else if const { N <= FEW } {
        if !(tells_surely(noise * inverse, inverse) || excess(noise, sum, inverse) < T::ZERO) {
            return None;
        }
    } else {
        see_what_is_left(&mut normal, noise * inverse, const { T::HARDWARE });
        normal.see(T::from_f64(LARGEST_INVERSE), inverse);
        normal.see(inverse, T::MIN_POSITIVE);
    }
    if !normal.holds() {
        return None;
    }
    let prior_mean = linear.mean(belief);
    let (mean, _) = belief.parts_mut();
    // Infinite or NaN if the reading is.
    let innovation = value - prior_mean;
    let step = innovation * inverse;
    unrolled!(for i in 0..N {
        mean[i] += covariance[i] * step;
        finite.see(mean[i]);
    });
    if !(if summed { finite.holds_below() } else { finite.holds() }) {
        return None;
    }
    let gain = variance * inverse;
    let shift = gain * innovation;
    let left = (gain * noise).max(T::MIN_POSITIVE);
    let solution = Solution { shift, gain, variance: left, evaluations: 1, status: Status::Accepted };
    Some(Update::new(prior_mean, variance, solution))
}

/// Below zero where the reading tells something, r/S < 1 - 31.5 EPSILON; where S is so far above the least normal number
/// that v0 is one too; and where 1/S is one, so that S (1/S) is one at most.
///
/// One sum and one comparison where there is a floating-point unit. No term but the first is negative, so that one of
/// them is enough to refuse; the last two are nothing beside the others unless S is within 26 octaves of its bounds.
#[inline(always)]
fn excess<T: Real>(noise: T, sum: T, inverse: T) -> T {
    let bound = T::from_f64(4.0) * least_gain() - T::from_f64(0.5) * T::EPSILON;
    (bound - T::ONE) + noise * inverse + sum * T::MIN_POSITIVE + inverse * T::from_f64(1.0 / LARGEST_INVERSE)
}

/// [`excess`] is below zero, with S so far within its bounds that it need not be computed in software.
#[inline(always)]
fn tells_surely<T: Real>(remainder: T, inverse: T) -> bool {
    let margin = T::from_f64(0.125) * T::EPSILON;
    let mut normal = AllAbove::new();
    see_what_is_left(&mut normal, remainder, false);
    normal.see(margin * T::from_f64(LARGEST_INVERSE), inverse);
    normal.see(inverse, T::MIN_POSITIVE / margin);
    normal.holds()
}

/// The same of many states, whose pivots are looked at in the same way: 1 - r/S, which is exact there, is not below a
/// bound, or r/S not above one. The former asks for a constant that is part of an instruction, the latter for no
/// subtraction in software.
#[inline(always)]
fn see_what_is_left<T: Real>(normal: &mut AllAbove, remainder: T, in_hardware: bool) {
    let least = T::from_f64(4.0) * least_gain();
    if in_hardware {
        normal.see(T::ONE - remainder, least);
    } else {
        normal.see(T::ONE - least, remainder);
    }
}

/// 2^100: S is then so far above the least normal number that v0 is one too.
const LARGEST_INVERSE: f64 = 1.267_650_600_228_229_4e30;

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

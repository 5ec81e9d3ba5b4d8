//! How a belief takes a reading in: project it onto the sensor's eta, solve the scalar ELBO there, lift the solution
//! back.
//!
//! With c the covariance of state and eta, v0 = c'P^-1 c + Omega (Omega = 0 for a linear sensor) and the solution's
//! gain k = 1 - v/v0,
//!
//! ```text
//! mu <- mu + c (u - u0)/v0,     P <- P - c c' k/v0
//! ```
//!
//! The determinant of P falls by the factor 1 - (k/v0) c'P^-1 c = (v + k Omega)/v0, a sum of positive terms for k > 0.
//! It is positive because v0 >= c'P^-1 c. The divergence of the new state from the prior one, exactly, is
//!
//! ```text
//! KL = [-x - ln(1 - x) + c'P^-1 c (u - u0)^2/v0^2]/2,     x = (k/v0) c'P^-1 c
//! ```
//!
//! A nonlinear sensor's reading is taken in again with its projection at the posterior. The new posterior q is kept if
//! it has the higher ELBO, E_q log p(y | h(z)) - KL, h under q being normal with the mean and variance of its cubature
//! points. Without that comparison the iteration runs away from priors as wide as the curve's radius.

use crate::error::Error;
use crate::estimator::{Estimator, Solution, Status, is_negligible, quadrature};
use crate::gaussian::{Gaussian, difference};
use crate::likelihood::Likelihood;
use crate::log_ratio::{ratio_term, u_minus_ln_1p};
use crate::real::Real;
use crate::sensor::{Observe, Projection, Sensor};
use crate::unrolled::unrolled;
use crate::update::Update;

/// Turns the belief into its posterior, and says what the reading did. A reading that is not `wanted`, by what was
/// foreseen of it, changes nothing, and a nonlinear sensor is not asked again.
#[inline(always)]
pub fn assimilate<T, P, L, const N: usize>(
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
    let likelihood = sensor.likelihood();
    let projection = sensor.predictor().project(belief, likelihood.location(reading))?;
    let (mean, variance) = (projection.mean, projection.variance);
    if !(mean.is_finite() && variance.is_positive_normal()) {
        // The reading sees nothing of the state, or the projection is not finite.
        sensor.predictor().check(mean, variance)?;
        let update = Update::unobservable(mean, variance);
        return Ok(if wanted(&update) { update } else { update.gated() });
    }
    let mut solution = solve(&projection, likelihood, reading, estimator)?;
    let update = Update::new(mean, variance, solution);
    if !wanted(&update) {
        return Ok(update.gated());
    }
    if sensor.predictor().iterations() > 1 {
        let mut step = Step::new(belief, projection, solution)?;
        step = step.iterated(belief, sensor, reading, estimator)?;
        solution = step.solution;
        // The reading is judged by what was foreseen before it came: a regression at the posterior has seen it.
        if step.projection.mean != mean || step.projection.variance != variance {
            solution.shift = (step.projection.mean - mean) + solution.shift;
            solution.gain = T::ONE - solution.variance / variance;
        }
        if let Some(posterior) = step.posterior {
            *belief = posterior;
        }
    } else if solution.status != Status::Saturated {
        lift(belief, &projection, &solution, !L::LOG_CONCAVE)?;
    }
    Ok(Update::new(mean, variance, solution))
}

/// The posterior of eta.
#[inline(always)]
fn solve<T: Real, L: Likelihood<T>, const N: usize>(
    projection: &Projection<T, N>,
    likelihood: &L,
    reading: L::Reading,
    estimator: &mut impl Estimator<T>,
) -> Result<Solution<T>, Error> {
    let mut solution = estimator.solve(likelihood, reading, projection.mean, projection.variance)?;
    if projection.residual > T::ZERO && solution.status == Status::Accepted {
        let (narrowing, square) = change(projection, &solution);
        if is_negligible(narrowing, square) {
            solution.status = Status::Saturated;
        }
    }
    Ok(solution)
}

/// The prior after one projection, solution and lift.
struct Step<T, const N: usize> {
    projection: Projection<T, N>,
    solution: Solution<T>,
    posterior: Option<Gaussian<T, N>>,
}

impl<T: Real, const N: usize> Step<T, N> {
    fn new(prior: &Gaussian<T, N>, projection: Projection<T, N>, solution: Solution<T>) -> Result<Self, Error> {
        let mut posterior = None;
        if solution.status != Status::Saturated {
            let mut lifted = *prior;
            lift(&mut lifted, &projection, &solution, true)?;
            posterior = Some(lifted);
        }
        Ok(Self { projection, solution, posterior })
    }

    /// Takes the reading in again, from the prior, by the projection at the posterior so far.
    fn iterated<P: Observe<T, N>, L: Likelihood<T>>(
        mut self,
        prior: &Gaussian<T, N>,
        sensor: &Sensor<P, L>,
        reading: L::Reading,
        estimator: &mut impl Estimator<T>,
    ) -> Result<Self, Error> {
        let (predictor, likelihood) = (sensor.predictor(), sensor.likelihood());
        let location = likelihood.location(reading);
        let Some(mut posterior) = self.posterior else { return Ok(self) };
        let mut here = predictor.project(&posterior, location)?;
        let mut elbo = None;
        for _ in 1..predictor.iterations() {
            let projection = here.carried(&posterior, prior)?;
            if projection.variance < T::MIN_POSITIVE {
                break;
            }
            let solution = solve(&projection, likelihood, reading, estimator)?;
            let mut next = Step::new(prior, projection, solution)?;
            let evaluations = self.solution.evaluations.saturating_add(next.solution.evaluations);
            self.solution.evaluations = evaluations;
            next.solution.evaluations = evaluations;
            let Some(next_posterior) = next.posterior else { break };
            if is_close(&posterior, &next_posterior) {
                return Ok(next);
            }
            let next_here = predictor.project(&next_posterior, location)?;
            let next_elbo = next.elbo(&next_here, likelihood, reading);
            if !(next_elbo > elbo.unwrap_or_else(|| self.elbo(&here, likelihood, reading))) {
                break;
            }
            (self, posterior, here, elbo) = (next, next_posterior, next_here, Some(next_elbo));
        }
        Ok(self)
    }

    /// The ELBO of the posterior, at which the projection is `here`.
    fn elbo<L: Likelihood<T>>(&self, here: &Projection<T, N>, likelihood: &L, reading: L::Reading) -> T {
        let expected = quadrature::expected_log_prob(likelihood, reading, here.mean, here.variance);
        expected - divergence(&self.projection, &self.solution)
    }
}

/// KL of the state's posterior from its prior.
fn divergence<T: Real, const N: usize>(projection: &Projection<T, N>, solution: &Solution<T>) -> T {
    let (narrowing, square) = change(projection, solution);
    let half = T::from_f64(0.5);
    let logarithm = if narrowing.abs() < half {
        u_minus_ln_1p(-narrowing)
    } else {
        ratio_term(T::ONE, remainder(projection, solution))
    };
    half * (logarithm + square)
}

/// The part of the state's variance along c that the reading removes, and the squared shift there in squared standard
/// deviations.
fn change<T: Real, const N: usize>(projection: &Projection<T, N>, solution: &Solution<T>) -> (T, T) {
    let mut explained = T::ZERO;
    for j in 0..N {
        explained += projection.f[j] * projection.g[j];
    }
    let part = explained / projection.variance;
    (solution.gain * part, solution.shift / projection.variance * solution.shift * part)
}

/// (v + k Omega)/v0, for k < 0 by 1 - k (v0 - Omega)/v0.
#[inline(always)]
fn remainder<T: Real, const N: usize>(projection: &Projection<T, N>, solution: &Solution<T>) -> T {
    let inverse = T::ONE / projection.variance;
    if !(projection.residual > T::ZERO) {
        solution.variance * inverse
    } else if solution.gain < T::ZERO {
        T::ONE - solution.gain * ((projection.variance - projection.residual) * inverse)
    } else {
        (solution.variance + solution.gain * projection.residual) * inverse
    }
}

/// Carries the posterior of eta back to the state; a reading of a log-concave likelihood never widens the belief.
#[inline(always)]
fn lift<T: Real, const N: usize>(
    belief: &mut Gaussian<T, N>,
    projection: &Projection<T, N>,
    solution: &Solution<T>,
    widens: bool,
) -> Result<(), Error> {
    let inverse = T::ONE / projection.variance;
    let remainder = remainder(projection, solution);
    let (factor, direction) =
        belief.factor().rank_one(&projection.f, &projection.g, solution.gain * inverse, remainder, widens);
    let mut mean = *belief.mean();
    unrolled!(for i in 0..N {
        mean[i] += direction[i] * inverse * solution.shift;
    });
    belief.replace(mean, &factor)
}

/// The means are within a hundredth of a standard deviation, the pivots within two.
fn is_close<T: Real, const N: usize>(before: &Gaussian<T, N>, after: &Gaussian<T, N>) -> bool {
    let shift = after.factor().solve(&difference(after.mean(), before.mean()));
    let (old, new) = (before.pivots(), after.pivots());
    let mut square = T::ZERO;
    let mut is_close = true;
    for j in 0..N {
        square += shift[j] / new[j] * shift[j];
        is_close &= (new[j] - old[j]).abs() <= T::from_f64(0.02) * new[j];
    }
    is_close && square <= T::from_f64(1e-4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a residual, for readings that narrow the belief little, much, or widen it: the dense change of the
    /// covariance, and the divergence of the beliefs by the kernel for any two.
    #[test]
    fn lifting_and_divergence_equal_the_dense_ones() {
        let prior = Gaussian::new([1.0, -2.0], [[2.0, 0.6], [0.6, 1.0]]).unwrap();
        let cross = [0.9, -0.4];
        let g = prior.factor().solve(&cross);
        let pivots = prior.pivots();
        let f: [f64; 2] = core::array::from_fn(|i| g[i] / pivots[i]);
        let explained = f[0] * g[0] + f[1] * g[1];
        for residual in [0.0, 0.05, 3.0] {
            let variance = explained + residual;
            let projection = Projection { mean: 0.3, variance, residual, f, g };
            for (gain, shift) in [(1e-9, 1e-7), (0.3, 0.4), (0.999, -1.2), (-0.1, 0.8), (-1.5, 0.1)] {
                let posterior = variance * (1.0 - gain);
                let solution = Solution { shift, gain, variance: posterior, evaluations: 1, status: Status::Accepted };
                let mut belief = prior;
                lift(&mut belief, &projection, &solution, true).unwrap();
                for i in 0..2 {
                    assert!((belief.mean()[i] - prior.mean()[i] - cross[i] * shift / variance).abs() < 1e-14);
                    for j in 0..2 {
                        let expected = prior.covariance()[i][j] - cross[i] * cross[j] * gain / variance;
                        assert!((belief.covariance()[i][j] - expected).abs() < 1e-14, "{residual} {gain}");
                    }
                }
                let (got, expected) = (divergence(&projection, &solution), belief.kl(&prior));
                assert!((got - expected).abs() < 1e-12 * expected + 1e-20, "{residual} {gain}: {got} {expected}");
            }
        }
    }

    /// In `f32`, where the narrowing or the remainder has lost what the other keeps.
    #[test]
    fn the_divergence_keeps_its_digits() {
        let projection = Projection { mean: 0.0_f32, variance: 2.0, residual: 0.0, f: [1.0], g: [2.0] };
        for gain in [1e-5_f32, 1e-4, 1e-3, 0.1, 0.9, 0.999, 0.9999, 0.999_99] {
            let variance = (2.0 * (1.0 - f64::from(gain))) as f32;
            let solution = Solution { shift: 0.0, gain, variance, evaluations: 1, status: Status::Accepted };
            let exact = if gain < 0.5 { f64::from(gain) } else { 1.0 - f64::from(variance) / 2.0 };
            let expected = 0.5 * (-exact - libm::log1p(-exact));
            let error = f64::from(divergence(&projection, &solution)) / expected - 1.0;
            assert!(error.abs() < 1e-6, "{gain}: {error:e}");
        }
    }

    /// Gains next to one and next to minus one, residuals next to none and next to all of the variance.
    #[test]
    fn the_remainder_keeps_its_digits() {
        for residual in [1e-6_f32, 1e-3, 0.5, 0.999_999] {
            for gain in [-1.0_f32, -0.3, -1e-3, 1e-3, 0.5, 0.999_999] {
                let projection = Projection { mean: 0.0, variance: 1.0, residual, f: [1.0], g: [1.0 - residual] };
                let variance = 1.0 - gain;
                let solution = Solution { shift: 0.0, gain, variance, evaluations: 1, status: Status::Accepted };
                let got = remainder(&projection, &solution);
                let expected = 1.0 - f64::from(gain) * (1.0 - f64::from(residual));
                assert!((f64::from(got) / expected - 1.0).abs() < 2e-7, "{residual} {gain}: {got:e} {expected:e}");
                assert!(gain > 0.0 || got >= 1.0, "{residual} {gain}: {got:e}");
            }
        }
    }

    /// A hundredth of a standard deviation, a fiftieth of a pivot.
    #[test]
    fn beliefs_are_close_to_the_stated_bounds() {
        let belief = |mean: f64, pivot: f64| Gaussian::diagonal([0.0, mean], [1.0, pivot]).unwrap();
        for pivot in [4e-6, 1.0, 9e6] {
            let std_dev = libm::sqrt(pivot);
            let close = |shift: f64, share: f64| is_close(&belief(0.0, pivot), &belief(shift * std_dev, share * pivot));
            assert!(close(0.0, 1.0) && close(0.009_9, 1.0) && close(-0.009_9, 1.0));
            assert!(!close(0.010_1, 1.0) && !close(-0.010_1, 1.0));
            assert!(close(0.0, 1.019) && close(0.0, 0.982) && !close(0.0, 1.022) && !close(0.0, 0.979));
        }
    }
}

//! The stochastic estimator: one reparameterized sample a step, no learning rate.
//!
//! The reading is summarised by a site b x - a x^2/2 in x = eta - u0, so that v = 1/(1/v0 + a) and u - u0 = v b. One
//! sample z = x + s eps of the belief so far gives, with g and h the derivatives at u0 + z,
//!
//! ```text
//! a_k = -h,     b_k = g + a (z - x) + a_k x
//! ```
//!
//! the natural gradient of the one-sample ELBO along its path (sticking the landing: Roeder, Wu and Duvenaud 2017, eq.
//! 8; natural-gradient form: Khan and Rue 2023, by Bonnet's and Price's theorems), with the site's own
//! curvature a as control variate: a (z - x) has mean zero and cancels the noise of g exactly where the likelihood is
//! normal, so that one sample is exact there. Averaging the raw (a_k, b_k) with weights 2/(k + 5), from a site by two
//! points about the mode, replaces a learning rate.
//!
//! Where the likelihood is not log-concave, a_k can be negative. The mean then follows a site with max(a_k, 0) instead,
//! which has the same fixed point and cannot run away; the variance follows the raw average, but a sample may take away
//! no more than its own share of the precision, and all of them together may widen the belief by half at most.
//!
//! Where the likelihood is log-concave, the optimum lies within one prior standard deviation of the mode z of the
//! posterior density, and the mean is kept there; elsewhere within two. Proof: f = -(log posterior)' vanishes at z and
//! grows at least as fast as 1/v0. At the optimum E f = 0 and s E f' = E[f eps] = 1/s (Stein), hence with c = (z - u)/s
//!
//! ```text
//! 1/s = E[f (eps - c)] >= E[(u + s eps - z)^2]/(s v0) = (s^2 + (u - z)^2)/(s v0),     (u - z)^2 <= v0 - s^2
//! ```

use rand_core::Rng;

use super::{Estimator, Mode, Problem, Solution, Status, rare_root};
use crate::error::Error;
use crate::likelihood::Likelihood;
use crate::log_ratio::ln;
use crate::noise::standard_normal;
use crate::real::Real;

/// Maximises the ELBO by one-sample reparameterized gradients: `K` samples a reading, one at a time.
///
/// Every reading is sampled, Gaussian ones too, for which one sample gives the Kalman update exactly. There is no
/// learning rate. A reading draws `K` words of the generator (32 bits for `f32`, 64 for `f64`) and evaluates the
/// likelihood `K` times, after a start that takes 3 to 8 evaluations as a rule and 50 at most. Draws are made only once
/// the reading and the belief have passed their checks.
///
/// # Accuracy
/// [Every figure](crate::accuracy#one_sample).
/// Root mean square distance of the mean from the optimum in posterior standard deviations, `K` = 1 / 8 / 128: along
/// filtered sequences 10 % / 6 % / 1.6 % (Student-t, the worst of four logs); for single readings, far out of range
/// included, 9 % / 6 % / 1.5 % with v0 = 1 (in squared scales of a Student-t), 20 % / 15 % / 5 % with v0 = 4.
///
/// From a vague prior one sample sees too little of a reading that informs only from far out. With v0 = 100 a count of
/// zero is 1.1 / 0.9 / 0.6 posterior standard deviations off, a first yes or no 0.2 / 0.3 / 0.1, a Student-t between
/// its two optima 1.6 / 1.6 / 1.4; beyond v0 = 1000 it is several of them, and the standard deviation can be far too
/// small. The mean never leaves the mode of the posterior density by more than one prior standard deviation, two where
/// the likelihood is not log-concave. Start such a filter with `GaussHermite`.
///
/// Source: Roeder, Wu and Duvenaud (2017), *Sticking the Landing*, eq. 8; Khan and Rue (2023), *The Bayesian Learning
/// Rule*, for its natural-gradient form.
///
/// ```
/// use elbow::estimator::{Estimator, OneSample};
/// use elbow::likelihood::Poisson;
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
/// let posterior = estimator.solve(&Poisson::new(), 3, 0.0_f32, 1.0)?;
/// assert!(posterior.shift > 0.4 && posterior.variance < 0.6);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneSample<R> {
    rng: R,
    samples: u16,
}

/// Without the generator, whose state is nothing to read and whose type seldom has a format.
#[cfg(feature = "defmt")]
impl<R> defmt::Format for OneSample<R> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "OneSample {{ samples: {=u16} }}", self.samples);
    }
}

impl<R: Rng> OneSample<R> {
    /// Eight samples a reading, from this generator.
    ///
    /// ```
    /// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
    /// let estimator = elbow::OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
    /// assert_eq!(estimator.samples(), 8);
    /// ```
    pub const fn new(rng: R) -> Self {
        Self { rng, samples: 8 }
    }

    /// The same with `samples` a reading.
    ///
    /// # Errors
    /// [`Error::NotPositive`] for none.
    ///
    /// ```
    /// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
    /// let estimator = elbow::OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)).with_samples(1)?;
    /// assert_eq!(estimator.samples(), 1);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_samples(self, samples: u16) -> Result<Self, Error> {
        if samples == 0 { Err(Error::NotPositive) } else { Ok(Self { samples, ..self }) }
    }

    /// Samples a reading.
    ///
    /// ```
    /// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
    /// assert_eq!(elbow::OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)).samples(), 8);
    /// ```
    pub fn samples(&self) -> u16 {
        self.samples
    }
}

impl<T: Real, R: Rng> Estimator<T> for OneSample<R> {
    fn solve<L: Likelihood<T>>(
        &mut self,
        likelihood: &L,
        reading: L::Reading,
        mean: T,
        variance: T,
    ) -> Result<Solution<T>, Error> {
        let problem = Problem::new(likelihood, reading, mean, variance)?;
        let (first, second) = problem.modes();
        let mode = match second {
            Some(second) if problem.laplace(&second) > problem.laplace(&first) => second,
            _ => first,
        };
        let climbs = first.evaluations.saturating_add(second.map_or(0, |second| second.evaluations));
        let mut evaluations = climbs.saturating_add(2).saturating_add(self.samples);

        // The first site by two points one standard deviation from the mode, exact for a cubic: the mode alone is off
        // to one side of a skewed posterior, and the error would add up along a sequence. Where the points find much
        // more precision than the mode has, as from a vague prior, they are too far apart.
        let half = T::from_f64(0.5);
        let inverse = T::ONE / variance;
        let centre = mean + mode.shift;
        let mut spread = (T::ONE / (inverse + mode.precision)).sqrt();
        let mut narrowings = 0;
        // One place that evaluates, so that it is in line.
        let (score, precision) = loop {
            let above = problem.score_and_precision(centre + spread);
            let below = problem.score_and_precision(centre - spread);
            let (score, precision) = (half * (above.0 + below.0), half * (above.1 + below.1));
            let own = T::ONE / (inverse + precision);
            if narrowings == MAX_NARROWINGS || !(spread * spread > T::from_f64(4.0) * own) {
                break (score, precision);
            }
            // The geometric mean of the two.
            spread = (spread * own.sqrt()).sqrt();
            evaluations = evaluations.saturating_add(2);
            narrowings += 1;
        };
        // How far from the mode the mean may go, in prior standard deviations, and its inverse.
        let (reach, unit) = if L::LOG_CONCAVE { (T::ONE, T::ONE) } else { (T::from_f64(2.0), half) };
        let within_reach = |shift: T| {
            let distance = unit * (shift - mode.shift);
            if distance * distance <= variance { shift } else { brought_near(shift, mode.shift, reach, variance) }
        };
        let mut site = Site { a: precision, pull: precision, b: score + precision * (centre - mean) };
        // The precision that the reading adds to the prior's.
        let mut added = precision;
        let mut age = T::from_f64(6.0);
        for _ in 0..self.samples {
            let shift = within_reach(site.shift(inverse));
            let eta = mean + (shift + (T::ONE / (inverse + added)).sqrt() * standard_normal(&mut self.rng));
            // The step as the rounded eta has taken it, which the control variate then cancels to the last digit.
            let step = (eta - mean) - shift;
            let at = likelihood.derivatives(reading, eta);
            let weight = T::from_f64(2.0) / age;
            age += T::ONE;
            let pull = (-at.second).max(T::ZERO);
            if at.first != at.first || at.second != at.second {
                return Err(if eta.is_finite() { Error::NotFinite } else { Error::OutOfRange });
            }
            site.pull += weight * (pull - site.pull);
            site.b += weight * (at.first + added * step + pull * shift - site.b);
            site.a = if L::LOG_CONCAVE { site.pull } else { site.a + weight * (-at.second - site.a) };
            // Where curvatures are negative a sample may take away its own share of the precision, no more: a belief
            // that widened faster would leave the likelihood's sight and never find back.
            added = if L::LOG_CONCAVE {
                site.a
            } else {
                site.a.max(added - weight * (inverse + added)).max(T::from_f64(-0.35) * inverse)
            };
        }
        // Where the likelihood is log-concave, an infinite precision leaves no variance.
        if !((L::LOG_CONCAVE || site.a.is_finite()) && site.b.is_finite()) {
            return Err(Error::OutOfRange);
        }
        let posterior = T::ONE / (inverse + added);
        let shift = within_reach(site.shift(inverse));
        problem.solution(shift, added * posterior, posterior, evaluations, Status::Accepted)
    }
}

/// The point nearest to `shift` within `reach` prior standard deviations of `centre`: kept apart, or the root would be
/// taken every time.
#[cold]
#[inline(never)]
fn brought_near<T: Real>(shift: T, centre: T, reach: T, variance: T) -> T {
    let bound = reach * rare_root(variance);
    shift.max(centre - bound).min(centre + bound)
}

/// Rounds of bringing the two points of the first site together.
const MAX_NARROWINGS: u16 = 8;

/// What the samples so far say of the likelihood, averaged.
struct Site<T> {
    /// The precision that it adds: -h.
    a: T,
    /// The same with negative curvatures as zero: what holds the mean. Equal to `a` for a log-concave likelihood.
    pull: T,
    /// g + a step + pull x.
    b: T,
}

impl<T: Real> Site<T> {
    /// The posterior mean less the prior mean.
    #[inline(always)]
    fn shift(&self, inverse_prior: T) -> T {
        self.b / (inverse_prior + self.pull)
    }
}

impl<T: Real, L: Likelihood<T>> Problem<'_, T, L> {
    /// The one or two modes to start from, to a tenth of a standard deviation.
    fn modes(&self) -> (Mode<T>, Option<Mode<T>>) {
        let close = T::from_f64(0.01);
        let first = self.climb(self.likelihood.start(self.reading, self.mean, self.variance), close);
        let second = self.likelihood.second_start(self.reading, self.mean, self.variance);
        (first, second.map(|start| self.climb(start, close)))
    }

    /// Laplace's approximation of the log evidence at a mode, up to what is common to all modes.
    fn laplace(&self, mode: &Mode<T>) -> T {
        let half = T::from_f64(0.5);
        self.likelihood.log_prob(self.reading, self.mean + mode.shift)
            - half * (mode.shift / self.variance * mode.shift)
            - half * ln(T::ONE + self.variance * mode.precision)
    }
}

//! Normal noise with exponential tails: readings of bounded influence.
//!
//! With r = (y - eta)/sd and the threshold k (Huber 1964, *Ann. Math. Statist.* 35, 73-101, the least informative
//! density of a contaminated normal one)
//!
//! ```text
//! log p = -rho(r) - ln(sd C),   rho = r^2/2 for |r| <= k, else k |r| - k^2/2,   g = clip(r, -k, k)/sd
//! C = sqrt(2 pi)(2 Phi(k) - 1) + 2 e^(-k^2/2)/k = sqrt(2 pi) + 2 e^(-k^2/2) (1/k - Phi(-k)/phi(k))
//! ```
//!
//! h is -1/sd^2 between the kinks and zero beyond. Nodes cannot see a kink, closed forms can: under eta = u + s eps, r
//! is normal with mean m = (y - u)/sd (mirrored so that m >= 0) and standard deviation t = s/sd. With R(z) = phi(z) - z
//! Phi(-z) and Q(z) = (1 + z^2) Phi(-z) - z phi(z), the means of max(-z - eps, 0) and of its square,
//!
//! ```text
//! z = |m - k|/t, z' = (m + k)/t     m < k                                     m >= k
//! E clip                            m - t (R(z) - R(z'))                      k - t (R(z) - R(z'))
//! P(|r| < k)                        1 - Phi(-z) - Phi(-z')                    Phi(-z) - Phi(-z')
//! E rho                             (m^2 + t^2 (1 - Q(z) - Q(z')))/2          k m - k^2/2 + t^2 (Q(z) - Q(z'))/2
//! ```
//!
//! and E[eps; |r| < k] = phi(z) - phi(z'), E[eps^2; |r| < k] = P +- z phi(z) - z' phi(z'), + for m >= k. The evidence
//! is the sum of a normal integral over the middle and an exponentially tilted one over each tail.

use super::censored::check_std_dev;
use super::normal_distribution::{Interval, bounded, density, excess, log_distribution, tail};
use super::{Derivatives, Expectations, Innovation, Likelihood, check_positive, check_reading};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::ln;
use crate::real::Real;

/// A reading with normal noise that is now and then wrong by more than that explains: a wheel that slips, a
/// range with a glitch, a pressure with gusts.
///
/// Within `threshold` standard deviations of eta it is a Kalman filter's reading; farther out it pulls as hard as at
/// the threshold and no harder, and adds no precision: it can move the mean by threshold * v0/std_dev at most. A
/// threshold of 1.345 keeps 95 % of the efficiency under normal noise, 2 keeps 99 %; as it falls towards zero the noise
/// becomes Laplace's, of scale std_dev/threshold, the least absolute deviation. Against [`StudentT`](super::StudentT),
/// which lets go of a far reading altogether, the posterior has one mode whatever comes: a level that really jumped is
/// followed, and a single outlier costs a bounded step.
///
/// # Accuracy
/// [Every figure](crate::accuracy#huber).
/// Error of the value up to 1.9e-7 for `f32`, 2.2e-16 for `f64`, relative to its largest term; of the derivatives
/// 1.1e-7 and 2.2e-16. [`GaussHermite`](crate::GaussHermite) needs no nodes: it comes within 4.5e-4 posterior standard
/// deviations of the optimum (`f64`: 6e-6), for prior variances from 0.01 to 100 and noise from 0.05 to 1; the log
/// evidence is exact, within 2.4e-7. [`OneSample`](crate::OneSample) sees the precision as the share of its samples
/// between the kinks: with 1 / 8 / 128 of them it is 0.14 / 0.11 / 0.03 posterior standard deviations off for v0 up to
/// 4 std_dev^2, root mean square, and at worst 0.6 / 0.6 / 0.4 with 1000 std_dev^2.
///
/// Source: Huber (1964), *Annals of Mathematical Statistics* 35, 73-101.
///
/// ```
/// use elbow::likelihood::{Huber, Likelihood};
/// let odometer = Huber::new(0.1_f32, 1.345)?; // metres
/// let (near, far) = (odometer.derivatives(2.3, 2.0), odometer.derivatives(90.0, 2.0));
/// assert_eq!(near.first, far.first); // three standard deviations pull as hard as 880
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Huber<T> {
    std_dev: T,
    threshold: T,
}

impl<T: Real> Huber<T> {
    /// Noise of this standard deviation within the threshold, in units of the reading, and the threshold in standard
    /// deviations.
    ///
    /// The standard deviation is positive and its square a normal number (1.1e-19 to 1.8e19 in `f32`), the threshold
    /// lies between 0.001 and 1000.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::Huber};
    /// assert_eq!(Huber::new(0.1_f32, 0.0), Err(Error::NotPositive));
    /// ```
    pub fn new(std_dev: T, threshold: T) -> Result<Self, Error> {
        check_std_dev(std_dev)?;
        check_positive(threshold)?;
        if threshold < T::from_f64(1e-3) || threshold > T::from_f64(1e3) {
            return Err(Error::OutOfRange);
        }
        Ok(Self { std_dev, threshold })
    }

    /// The standard deviation of the noise within the threshold, in units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Huber::new(0.5_f32, 2.0)?.std_dev(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn std_dev(&self) -> T {
        self.std_dev
    }

    /// The threshold, in standard deviations.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Huber::new(0.5_f32, 2.0)?.threshold(), 2.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn threshold(&self) -> T {
        self.threshold
    }

    /// r, at most MAX/8 in magnitude.
    #[inline]
    fn residual(&self, reading: T, eta: T) -> T {
        bounded((reading - eta) / self.std_dev)
    }

    /// ln(sd C).
    fn log_normalizer(&self) -> T {
        let (half, k) = (T::from_f64(0.5), self.threshold);
        let above = excess(k);
        let tails = (-(half * k * k)).exp() * (above / (k * (k + above)));
        ln(T::from_f64(SQRT_TAU) + (tails + tails)) + ln(self.std_dev)
    }

    /// The variance of a reading given eta: sd^2 [sqrt(2 pi) (2 Phi(k) - 1) + (4/k + 4/k^3) e^(-k^2/2)]/C.
    fn variance(&self) -> T {
        let (half, k) = (T::from_f64(0.5), self.threshold);
        let (inside, edge) = (T::from_f64(SQRT_TAU) * (T::ONE - tail(k) - tail(k)), (-(half * k * k)).exp());
        let (inverse, four) = (T::ONE / k, T::from_f64(4.0));
        let outside = (inverse + inverse) * edge;
        let square = inside + four * (inverse + inverse * inverse * inverse) * edge;
        self.std_dev * self.std_dev * (square / (inside + outside))
    }

    /// How a belief lies about the kinks; none where it is so wide that differences of near numbers are all that is
    /// left.
    fn cut(&self, reading: T, mean: T, std_dev: T) -> Option<Cut<T>> {
        let residual = self.residual(reading, mean);
        let (distance, spread) = (residual.abs(), std_dev / self.std_dev);
        if !(spread * T::EPSILON < T::from_f64(1e-3)) {
            return None;
        }
        let gap = distance - self.threshold;
        let near = Tail::new(gap.abs(), spread);
        Some(Cut { residual, distance, spread, gap, near, far: Tail::new(distance + self.threshold, spread) })
    }
}

/// Phi(-z), phi(z), z phi(z), t R(z) and t^2 Q(z) at z = gap/t >= 0.
struct Tail<T> {
    below: T,
    height: T,
    moment: T,
    ramp: T,
    square: T,
}

impl<T: Real> Tail<T> {
    fn new(gap: T, spread: T) -> Self {
        let z = bounded(gap / spread);
        let (height, below) = (density(z), tail(z));
        // phi - z Phi(-z) = C(z) Phi(-z).
        let ramp = spread * (excess(z) * below);
        Self { below, height, moment: z * height, ramp, square: spread * spread * below - gap * ramp }
    }
}

/// A belief about the kinks.
struct Cut<T> {
    residual: T,
    /// m
    distance: T,
    /// t
    spread: T,
    /// m - k
    gap: T,
    near: Tail<T>,
    far: Tail<T>,
}

impl<T: Real> Cut<T> {
    fn expectations(&self, sensor: &Huber<T>) -> Expectations<T> {
        let Self { near, far, .. } = self;
        let outside = !(self.gap < T::ZERO);
        let slope = self.distance.min(sensor.threshold) - (near.ramp - far.ramp);
        let (inside, moment) = if outside {
            (near.below - far.below, near.moment - far.moment)
        } else {
            (T::ONE - near.below - far.below, -near.moment - far.moment)
        };
        let sign = if self.residual < T::ZERO { -T::ONE } else { T::ONE };
        let inverse = T::ONE / sensor.std_dev;
        let square = inverse * inverse;
        Expectations {
            first: sign * slope * inverse,
            first_noise: -(self.spread * inside * inverse),
            second: -(inside * square),
            second_noise: -(sign * (near.height - far.height) * square),
            second_noise_squared: -((inside + moment) * square),
        }
    }

    /// E rho.
    fn mean_loss(&self, threshold: T) -> T {
        let half = T::from_f64(0.5);
        if self.gap < T::ZERO {
            let square = self.spread * self.spread - self.near.square - self.far.square;
            half * (self.distance * self.distance + square)
        } else {
            threshold * (self.distance - half * threshold) + half * (self.near.square - self.far.square)
        }
    }
}

impl<T: Real> Likelihood<T> for Huber<T> {
    type Reading = T;
    const LOG_CONCAVE: bool = true;

    /// [`Error::NotFinite`] for NaN and infinities.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)
    }

    /// y - u0; the variance is finite.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#innovation). The standard deviation within 1.2e-7 for `f32`, 2.1e-16 for `f64`.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        Innovation::checked(reading - mean, Innovation::sqrt_of_sum(variance, self.variance()))
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    fn log_prob(&self, reading: T, eta: T) -> T {
        let (half, k) = (T::from_f64(0.5), self.threshold);
        let r = self.residual(reading, eta).abs();
        let loss = if r < k { half * r * r } else { k * (r - half * k) };
        -loss - self.log_normalizer()
    }

    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        let (r, k) = (self.residual(reading, eta), self.threshold);
        let second = if r.abs() < k { -(T::ONE / self.std_dev / self.std_dev) } else { T::ZERO };
        Derivatives { first: r.min(k).max(-k) / self.std_dev, second }
    }

    /// The weight min(1, k/|r|)/sd^2 of iteratively reweighted least squares.
    fn precision(&self, reading: T, eta: T, _: &Derivatives<T>) -> T {
        let (r, k) = (self.residual(reading, eta).abs(), self.threshold);
        (if r < k { T::ONE } else { k / r }) / self.std_dev / self.std_dev
    }

    /// The mode of the posterior: the Kalman update's mean, or threshold * variance/std_dev from the prior where that
    /// is nearer.
    fn start(&self, reading: T, mean: T, variance: T) -> T {
        let kalman = (reading - mean) * (variance / (variance + self.std_dev * self.std_dev));
        let most = self.threshold * (variance / self.std_dev);
        mean + kalman.min(most).max(-most)
    }

    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        Some(self.cut(reading, mean, std_dev)?.expectations(self))
    }

    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        let loss = self.cut(reading, mean, std_dev)?.mean_loss(self.threshold);
        Some(-loss - self.log_normalizer())
    }

    /// With t^2 = v0/sd^2 the middle is a normal density of variance 1 + t^2 times the probability of an interval, a
    /// tail e^(k^2/2 -+ k m + k^2 t^2/2) Phi(x), x = (+-m - k - k t^2)/t, as phi((m -+ k)/t) over the inverse Mills
    /// ratio where x < 0.
    fn log_evidence(&self, reading: T, mean: T, variance: T) -> Option<T> {
        let (half, k) = (T::from_f64(0.5), self.threshold);
        let distance = self.residual(reading, mean).abs();
        let spread = variance.sqrt() / self.std_dev;
        let square = spread * spread;
        if !(square > T::ZERO && square.is_finite()) {
            return None;
        }
        let log_tail = |gap: T, towards: T| {
            let x = bounded(towards / spread - k * spread);
            if x < T::ZERO {
                let z = bounded(gap / spread);
                -(half * z * z) - half * (k * k + T::from_f64(LN_TAU)) - ln(excess(-x) - x)
            } else {
                k * (half * k + half * k * square - distance) + log_distribution(x)
            }
        };
        let sum = T::ONE + square;
        let root = sum.sqrt();
        let centre = distance / root;
        let middle = Interval::at(distance / sum, k + k, spread / root).log_probability();
        let middle = middle - half * (centre * centre + square.ln_1p());
        let (near, far) = (log_tail(distance - k, distance - k), log_tail(distance + k, -distance - k));
        let largest = middle.max(near).max(far);
        if !largest.is_finite() {
            return None;
        }
        let total = (middle - largest).exp() + (near - largest).exp() + (far - largest).exp();
        Some(largest + ln(total) - self.log_normalizer())
    }
}

/// sqrt(2 pi)
const SQRT_TAU: f64 = 2.506_628_274_631_000_5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::Normal;

    /// Over the kinks and far enough for the tails.
    fn integral(mut term: impl FnMut(f64), centre: f64, half: f64) -> f64 {
        let step = half / 20_000.0;
        (-20_000..20_000).for_each(|i| term(centre + (f64::from(i) + 0.5) * step));
        step
    }

    #[test]
    fn density_integrates_to_one() {
        for (std_dev, threshold) in [(1.0, 0.1), (0.3, 1.345), (2.0, 5.0)] {
            let robust = Huber::new(std_dev, threshold).unwrap();
            let mut sum = 0.0;
            let half = 40.0 * std_dev * (1.0 + 1.0 / threshold);
            let step = integral(|y| sum += libm::exp(robust.log_prob(y, 0.5)), 0.5, half);
            assert!((sum * step - 1.0).abs() < 1e-5, "{std_dev} {threshold}: {}", sum * step);
        }
    }

    #[test]
    fn closed_averages_and_evidence_equal_the_integrals() {
        let robust = Huber::new(0.5_f64, 1.3).unwrap();
        for (mean, std_dev) in [(0.9, 0.1), (1.2, 0.7), (-1.0, 2.0), (2.9, 0.3), (60.0, 9.0)] {
            let (mut sums, mut evidence) = ([0.0; 6], 0.0);
            let step = integral(
                |eps| {
                    let weight = libm::exp(-0.5 * (eps * eps + LN_TAU));
                    let (eta, d) = (mean + std_dev * eps, robust.derivatives(1.0, mean + std_dev * eps));
                    let bends = [d.second, d.second * eps, d.second * eps * eps];
                    let terms = [d.first, d.first * eps, bends[0], bends[1], bends[2], robust.log_prob(1.0, eta)];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
                    evidence += weight * libm::exp(terms[5]);
                },
                0.0,
                9.0,
            );
            let e = robust.expectations(1.0, mean, std_dev).unwrap();
            let value = robust.mean_log_prob(1.0, mean, std_dev).unwrap();
            let got = [e.first, e.first_noise, e.second, e.second_noise, e.second_noise_squared, value];
            for (got, expected) in got.into_iter().zip(sums) {
                // A kink between two points costs half a step of the density there.
                assert!((got - step * expected).abs() < 3e-3, "{mean} {std_dev}: {got} for {}", step * expected);
            }
            let exact = robust.log_evidence(1.0, mean, std_dev * std_dev).unwrap();
            assert!((exact - libm::log(step * evidence)).abs() < 1e-6, "{mean} {std_dev}: {exact}");
        }
    }

    #[test]
    fn a_far_threshold_is_normal_noise_and_a_near_one_laplaces() {
        let (wide, normal) = (Huber::new(0.5_f64, 100.0).unwrap(), Normal::new(0.25).unwrap());
        let (narrow, scale) = (Huber::new(0.002_f64, 0.001).unwrap(), 2.0);
        for eta in [-3.0, 0.1, 7.0] {
            assert!((wide.log_prob(1.0, eta) - normal.log_prob(1.0, eta)).abs() < 1e-12);
            let laplace = -(1.0_f64 - eta).abs() / scale - libm::log(2.0 * scale);
            assert!((narrow.log_prob(1.0, eta) - laplace).abs() < 1e-5, "{eta}");
        }
    }

    /// However far, a reading moves the mean by threshold * v0/std_dev at most.
    #[test]
    fn influence_is_bounded() {
        let robust = Huber::new(0.5_f32, 2.0).unwrap();
        for reading in [3.0, 30.0, 3e10, 3e38] {
            assert!(robust.start(reading, 0.0, 0.01) <= 0.04);
            assert_eq!(robust.derivatives(reading, 0.0).first, 4.0);
        }
    }
}

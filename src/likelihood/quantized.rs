//! Readings in steps: the probability of an interval under normal noise.
//!
//! The reading y stands for every noisy value within half a step of it, so that with a = (y - step/2 - eta)/sd, b =
//! (y + step/2 - eta)/sd and z a standard normal number known to lie between them,
//!
//! ```text
//! P = Phi(b) - Phi(a),     g = E z/sd,     h = -(1 - Var z)/sd^2,     -1/sd^2 < h < 0
//! ```
//!
//! (Sheppard's corrections are its first terms for step << sd: g = (y - eta)/(sd^2 + step^2/12).) The code at an end of
//! the range stands for everything beyond: Phi of one edge.

use super::censored::check_std_dev;
use super::normal_distribution::Interval;
use super::rail::{self, Rail};
use super::{Derivatives, Expectations, Innovation, Likelihood, check_reading, clipped};
use crate::error::Error;
use crate::real::Real;

/// A reading in steps, of a value with normal noise before the steps: an ADC code, a thermometer that shows tenths, an
/// encoder, a range finder that counts centimetres.
///
/// The reading is the middle of its step in the unit of eta, code * step and whatever offset; P(y | eta) = Phi((y +
/// step/2 - eta)/std_dev) - Phi((y - step/2 - eta)/std_dev), the probabilities of all codes add up to one. A belief
/// that fits into the step stays nearly as it is, where a Kalman filter would go on shrinking it about the middle.
///
/// With noise far above the step [`Normal`](super::Normal) of variance std_dev^2 + step^2/12 is as good. In `f32` keep
/// the noise above 1e-4 of the distance from belief to reading: the last place of eta is no finer.
///
/// # Accuracy
/// [Every figure](crate::accuracy#quantized).
/// Error of the value up to 3.9e-7 for `f32`, 8.1e-16 for `f64`, relative to its largest term; of the first derivative
/// 3.5e-7 and 7.8e-16, of the second 6.1e-7 and 1.6e-15; times 1 + a^2 where the step holds eta, a the distance of the
/// nearer edge in standard deviations. [`GaussHermite`](crate::GaussHermite): five nodes come within 0.6 % of a
/// posterior standard deviation of the optimum, for prior variances from 0.01 to 100 squared steps and readings far out
/// of range. Below 0.2 steps of noise closed forms stand in for the nodes, of which nine would be needed. With
/// [`OneSample`](crate::OneSample), eight samples and v0 above 100 std_dev^2 the distance is up to four of them.
///
/// Source: Curry (1970), *Estimation and Control with Quantized Measurements*.
///
/// ```
/// use elbow::likelihood::{Likelihood, Quantized};
/// let thermometer = Quantized::new(0.1_f32, 0.03)?; // shows tenths, noise 0.03 degrees
/// assert_eq!(thermometer.derivatives(20.5, 20.5).first, 0.0);
/// assert!(thermometer.log_prob(20.5, 20.5).exp() > 0.9);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Quantized<T> {
    pub(crate) step: T,
    pub(crate) std_dev: T,
    pub(crate) lowest: T,
    pub(crate) highest: T,
}

impl<T: Real> Quantized<T> {
    /// Steps of this width, noise of this standard deviation, both in the unit of the reading, and no end of the range.
    ///
    /// Both are positive with squares that are normal numbers (1.1e-19 to 1.8e19 in `f32`).
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::Quantized};
    /// assert_eq!(Quantized::new(0.1_f32, 0.0), Err(Error::NotPositive));
    /// ```
    pub fn new(step: T, std_dev: T) -> Result<Self, Error> {
        check_std_dev(step)?;
        check_std_dev(std_dev)?;
        Ok(Self { step, std_dev, lowest: -T::MAX, highest: T::MAX })
    }

    /// The same with ends: the reading `lowest` stands for everything below its step too, `highest` for everything
    /// above.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] unless they are a step or more apart.
    ///
    /// ```
    /// use elbow::likelihood::{Likelihood, Quantized};
    /// let adc = Quantized::new(1.0_f32, 0.4)?.with_ends(0.0, 4095.0)?; // 12 bits
    /// assert!(adc.log_prob(4095.0, 5000.0) == 0.0 && adc.check(4096.0).is_err());
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_ends(self, lowest: T, highest: T) -> Result<Self, Error> {
        check_reading(lowest)?;
        check_reading(highest)?;
        // Codes that are a step apart may be less by a rounding.
        let half = self.half();
        if lowest + half < highest - half * T::from_f64(0.5) {
            Ok(Self { lowest, highest, ..self })
        } else {
            Err(Error::OutOfRange)
        }
    }

    /// The width of a step, in units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Quantized::new(0.5_f32, 0.1)?.step(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn step(&self) -> T {
        self.step
    }

    /// The standard deviation of the noise before the steps, in units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Quantized::new(0.5_f32, 0.1)?.std_dev(), 0.1);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn std_dev(&self) -> T {
        self.std_dev
    }

    fn half(&self) -> T {
        T::from_f64(0.5) * self.step
    }

    /// std_dev^2 + step^2/12
    fn normal_variance(&self) -> T {
        self.std_dev * self.std_dev + self.step * self.step * T::from_f64(1.0 / 12.0)
    }

    /// The inner edge of the code at an end of the range, if the reading is one: within half a step of it.
    fn rail(&self, reading: T) -> Option<Rail<T>> {
        let half = self.half();
        if reading > self.highest - half {
            Some(Rail { at: self.highest - half, upper: true })
        } else if reading < self.lowest + half {
            Some(Rail { at: self.lowest + half, upper: false })
        } else {
            None
        }
    }

    /// Both edges as rails, where a step is at least five standard deviations of the noise: P is then the product of
    /// their probabilities, within 4e-5.
    fn rails(&self, reading: T) -> Option<[Rail<T>; 2]> {
        if !(self.step >= T::from_f64(5.0) * self.std_dev) {
            return None;
        }
        let half = self.half();
        Some([Rail { at: reading - half, upper: true }, Rail { at: reading + half, upper: false }])
    }

    #[inline]
    fn interval(&self, reading: T, eta: T) -> Interval<T> {
        Interval::at((reading - eta).abs(), self.step, self.std_dev)
    }
}

impl<T: Real> Likelihood<T> for Quantized<T> {
    type Reading = T;
    const LOG_CONCAVE: bool = true;

    /// [`Error::NotFinite`] for NaN and infinities, [`Error::OutOfRange`] for a reading half a step or more beyond an
    /// end.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)?;
        let half = self.half();
        if reading < self.lowest - half || reading > self.highest + half { Err(Error::OutOfRange) } else { Ok(()) }
    }

    /// The steps count as noise of variance step^2/12, and a prediction that is all but certain of an end has a
    /// thousandth of its standard deviation without ends.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#innovation). Of these moments 2e-7 for `f32`, 4e-16 for `f64`, of the standard
    /// deviation 7e-7 and 2e-15. Against the moments of the codes themselves, in units of the standard deviation
    /// without ends: mean and standard deviation within 6e-9 for steps up to that of the noisy value, within 4.6 % and
    /// 17 % up to three of it; about an end within 3.2 % and 2.4 %, and 26 % and 15 %.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        clipped::innovation(
            reading,
            mean,
            Innovation::sqrt_of_sum(variance, self.normal_variance()),
            [self.lowest, self.highest],
        )
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    /// Minus infinity where the square of the residual overflows.
    fn log_prob(&self, reading: T, eta: T) -> T {
        match self.rail(reading) {
            Some(rail) => rail.log_prob(eta, self.std_dev),
            None => self.interval(reading, eta).log_probability(),
        }
    }

    /// The first is capped at MAX/8.
    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        match self.rail(reading) {
            Some(rail) => rail.derivatives(eta, self.std_dev),
            None => self.interval(reading, eta).truncated().derivatives(reading > eta, self.std_dev),
        }
    }

    /// -h, and at least that of a normal reading of variance std_dev^2 + step^2/12: within a step that is wide against
    /// its noise -h says that nothing is known.
    fn precision(&self, reading: T, _: T, at: &Derivatives<T>) -> T {
        let bend = -at.second;
        if self.rail(reading).is_some() { bend } else { bend.max(T::ONE / self.normal_variance()) }
    }

    /// Where the belief is wide against the noise and a step is at least five standard deviations of it, and at an end
    /// of the range; nodes do elsewhere.
    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        if let Some(rail) = self.rail(reading) {
            return rail.expectations(mean, std_dev, self.std_dev);
        }
        let [above, below] = self.rails(reading)?;
        let above = above.expectations(mean, std_dev, self.std_dev)?;
        Some(rail::sum(above, below.expectations(mean, std_dev, self.std_dev)?))
    }

    /// There too.
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        if let Some(rail) = self.rail(reading) {
            return rail.mean_log_prob(mean, std_dev, self.std_dev);
        }
        let [above, below] = self.rails(reading)?;
        let above = above.mean_log_prob(mean, std_dev, self.std_dev)?;
        Some(above + below.mean_log_prob(mean, std_dev, self.std_dev)?)
    }

    /// The belief adds to the noise: the value with standard deviation sqrt(std_dev^2 + variance).
    fn log_evidence(&self, reading: T, mean: T, variance: T) -> Option<T> {
        let std_dev = (self.std_dev * self.std_dev + variance).sqrt();
        std_dev.is_finite().then(|| Self { std_dev, ..*self }.log_prob(reading, mean))
    }

    /// (u0/v0 + w y)/(1/v0 + w), w = 1/(std_dev^2 + step^2/12): a normal reading of the same variance.
    fn start(&self, reading: T, mean: T, variance: T) -> T {
        match self.rail(reading) {
            Some(rail) => rail.start(mean, variance, self.std_dev * self.std_dev),
            None => mean + (reading - mean) * (variance / (variance + self.normal_variance())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_of_codes_sum_to_one() {
        for std_dev in [0.01, 0.2, 1.0, 5.0] {
            for eta in [0.3, 3.5, 7.9] {
                let open = Quantized::new(0.5_f64, std_dev).unwrap();
                let total = |sensor: Quantized<f64>, codes: core::ops::RangeInclusive<i32>| -> f64 {
                    codes.map(|code| libm::exp(sensor.log_prob(0.5 * f64::from(code), eta))).sum()
                };
                assert!((total(open, -100..=120) - 1.0).abs() < 1e-14, "{std_dev} {eta}");
                let ends = open.with_ends(0.0, 8.0).unwrap();
                assert!((total(ends, 0..=16) - 1.0).abs() < 1e-14, "{std_dev} {eta}");
            }
        }
    }

    /// Through every form and across its borders.
    #[test]
    fn derivatives_equal_central_differences() {
        for width in [1e-4, 0.1, 1.0, 1.4, 1.42, 2.0, 4.0, 30.0] {
            let sensor = Quantized::new(width, 1.0_f64).unwrap();
            for k in -400..=400 {
                let eta = 0.05 * f64::from(k) * (1.0 + 0.1 * width);
                let h = 1e-4;
                let slope = (sensor.log_prob(0.0, eta + h) - sensor.log_prob(0.0, eta - h)) / (2.0 * h);
                let (above, below) = (sensor.derivatives(0.0, eta + h), sensor.derivatives(0.0, eta - h));
                let at = sensor.derivatives(0.0, eta);
                assert!((at.first - slope).abs() < 1e-8 * (1.0 + eta * eta), "{width} {eta}: {} {slope}", at.first);
                let bend = (above.first - below.first) / (2.0 * h);
                assert!((at.second - bend).abs() < 1e-8, "{width} {eta}: {} {bend}", at.second);
            }
        }
    }

    #[test]
    fn derivatives_are_finite_everywhere() {
        for (step, std_dev) in [(1e-18_f32, 1e18), (1e18, 1e-18), (0.1, 1e-18), (1.0, 1.0)] {
            let sensor = Quantized::new(step, std_dev).unwrap().with_ends(-1e20, 1e20).unwrap();
            for reading in [-1e20_f32, 0.0, 1.0, 9e19, 1e20] {
                for eta in [-f32::MAX, -1e25, -1e19, -1.0, 0.0, 1e-38, 0.5, 1e20, f32::MAX] {
                    let d = sensor.derivatives(reading, eta);
                    assert!(
                        d.first.is_finite() && d.second.is_finite() && d.second <= 0.0,
                        "{step} {reading} {eta}: {d:?}"
                    );
                }
            }
        }
    }

    /// A normal reading with the variance of noise and step; the prior mean beyond an end that it agrees with.
    #[test]
    fn a_search_starts_at_the_normal_approximation() {
        let sensor = Quantized::new(3.0_f64, 0.5).unwrap().with_ends(0.0, 30.0).unwrap();
        assert_eq!(sensor.start(6.0, -40.0, 1.0), -40.0 + 46.0 * (1.0 / 2.0));
        assert_eq!(sensor.start(30.0, -40.0, 0.75), -40.0 + 68.5 * 0.75);
        assert_eq!(sensor.start(30.0, 40.0, 0.75), 40.0);
        assert_eq!(sensor.start(0.0, 40.0, 0.75), 40.0 - 38.5 * 0.75);
    }

    #[test]
    fn a_code_beyond_an_end_is_refused() {
        let adc = Quantized::new(1.0_f32, 0.3).unwrap().with_ends(0.0, 255.0).unwrap();
        assert_eq!(adc.check(255.25), Ok(()));
        assert_eq!(adc.check(256.0), Err(Error::OutOfRange));
        assert_eq!(adc.with_ends(3.0, 3.5), Err(Error::OutOfRange));
        assert_eq!(adc.with_ends(f32::NAN, 3.0), Err(Error::NotFinite));
        assert!(adc.log_prob(1.0, -20.0) < adc.log_prob(0.0, -20.0));
        assert_eq!(adc.log_prob(0.0, -20.0), 0.0);
    }
}

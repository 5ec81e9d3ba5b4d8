//! The figures of a window, the bounds that they are held against, and the flags that follow.

use super::BINS;
use crate::log_ratio::ln;
use crate::noise::upper_quantile;
use crate::real::{Real, horner};

/// What may be wrong with a sensor or its model. Each is up at a healthy one with at most about the probability that
/// the monitor was made with; [`Monitor`](crate::Monitor) has the measured ones.
///
/// ```
/// let mut monitor = elbow::Monitor::<f32, 16>::new(1e-3)?;
/// for step in 0..16 {
///     monitor.record(step as f32, 3.0, -5.4)?; // always three standard deviations above
/// }
/// let flags = monitor.report().flags;
/// assert!(flags.noisy && flags.biased && !flags.stuck);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Flags {
    /// The mean square is below its bound: the noise is overestimated, or the sensor is stuck.
    pub quiet: bool,
    /// The mean square is above its bound: a fault, or the noise is underestimated.
    pub noisy: bool,
    /// The mean is beyond its bound: the readings stay on one side of their predictions.
    pub biased: bool,
    /// The G statistic is above its bound: the predictions have the wrong shape, or one of the above.
    pub miscalibrated: bool,
    /// The same reading came too often in a row for what was expected of it; or, where readings still differ, the
    /// histogram of a full window has the entropy of two bins or less and its mean square is below 1/16.
    pub stuck: bool,
    /// The last reading is longer ago than allowed.
    pub silent: bool,
}

impl Flags {
    /// At least one flag is up.
    ///
    /// ```
    /// use elbow::Flags;
    /// assert!(!Flags::default().any() && Flags { stuck: true, ..Flags::default() }.any());
    /// ```
    #[must_use]
    pub fn any(&self) -> bool {
        self.quiet || self.noisy || self.biased || self.miscalibrated || self.stuck || self.silent
    }
}

/// The figures of a window, and what follows from them.
///
/// Figures of an empty window are zero. Innovations are in standard deviations of their predictions.
///
/// # Accuracy
/// [Every figure](crate::accuracy#monitor). Means and the surprise of repeats are plain sums: of 64 readings within
/// 6.5e-7 in `f32` and 1.5e-15 in `f64`, of 4096 within 5.1e-5 and 5.4e-14, relative to the mean magnitude of their
/// terms. Histogram, entropy and G statistic within 1.3e-7 and 3.9e-16. Bounds of the mean and of repeats within 7.6e-8
/// and 3.5e-16; those from quantiles of chi-squared within 2.5 %, from 64 readings on 0.06 % for the mean square.
///
/// ```
/// let mut monitor = elbow::Monitor::<f32, 16>::new(1e-3)?;
/// monitor.record(20.5, -0.5, -1.0)?;
/// let report = monitor.report();
/// assert_eq!((report.readings, report.mean, report.mean_square, report.surprise), (1, -0.5, 0.25, 1.0));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report<T> {
    /// Readings in the window. The flags `quiet`, `noisy`, `biased` and `miscalibrated` wait for a full one.
    pub readings: usize,
    /// The mean normalized innovation.
    pub mean: T,
    /// Its bound, either way.
    pub mean_bound: T,
    /// The mean square of the normalized innovations; 1 is expected.
    pub mean_square: T,
    /// Its lower and upper bound.
    pub mean_square_bounds: (T, T),
    /// The G statistic of the histogram, 2 W KL(histogram || uniform)/c; zero if the predictions have the right shape.
    pub calibration: T,
    /// Its bound.
    pub calibration_bound: T,
    /// The histogram's entropy in nats, at most ln 8 = 2.08.
    pub entropy: T,
    /// How often in a row the last reading has repeated the one before.
    pub repeats: u32,
    /// The surprise of all these repeats together, in nats.
    pub repeat_surprise: T,
    /// Its bound.
    pub repeat_surprise_bound: T,
    /// The mean of minus the log evidence in nats: how ill the readings were foreseen. Infinite if it overflows.
    pub surprise: T,
    /// Time since the last reading, or since the monitor was made, in the unit of `elapse`.
    pub since_last: T,
    /// What follows.
    pub flags: Flags,
}

/// The bounds at one probability of a false alarm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<T> {
    /// Of the mean, either way.
    pub mean: T,
    /// Of the mean square: lower and upper.
    pub mean_square: (T, T),
    /// Of the G statistic.
    pub calibration: T,
    /// Of a row of repeats.
    pub repeat_surprise: T,
}

impl<T: Real> Bounds<T> {
    pub fn new(false_alarm: T, window: usize) -> Self {
        let half = T::from_f64(0.5);
        let one_sided = upper_quantile(false_alarm, half - false_alarm);
        let two_sided = upper_quantile(half * false_alarm, half - half * false_alarm);
        let count = T::from_u32(window as u32);
        let inverse = T::ONE / count;
        Self {
            mean: two_sided * inverse.sqrt(),
            mean_square: (chi_squared(count, -two_sided) * inverse, chi_squared(count, two_sided) * inverse),
            calibration: chi_squared(T::from_u32(BINS as u32 - 1), one_sided),
            repeat_surprise: -ln(false_alarm),
        }
    }
}

/// The quantile of chi-squared at that of a standard normal, |z| up to 5 from 16 degrees of freedom on, h as
/// `tests/reference/chi_squared.py` fits it.
fn chi_squared<T: Real>(degrees_of_freedom: T, z: T) -> T {
    let inverse = T::ONE / degrees_of_freedom;
    let square = z * z;
    let odd = z * (square - T::from_f64(3.0)) * T::from_f64(1.0 / 54.0);
    let even = horner!(square; -8.97e-3, 3.015e-2, -8.44e-2);
    let h = inverse * (odd + even * inverse.sqrt());
    let ninth = T::from_f64(2.0 / 9.0) * inverse;
    let root = T::ONE - ninth + (z - h) * ninth.sqrt();
    degrees_of_freedom * (root * root * root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles by scipy.stats.chi2; the last column is the error of the approximation itself, rounded up.
    #[test]
    fn quantiles_of_chi_squared() {
        // Degrees of freedom, z, lower and upper quantile.
        for (degrees, z, lower, upper, allowed) in [
            (7.0, 3.290_526_731_5, None, 26.017_768, 0.003),
            (7.0, 4.753_424_308_8, None, 40.521_831, 0.024),
            (16.0, 3.290_526_731_5, Some(3.535_807), 41.308_074, 0.008),
            (64.0, 1.644_853_627_0, Some(46.594_905), 83.675_261, 3e-5),
            (64.0, 4.891_638_475_7, Some(22.971_076), 135.311_72, 6e-4),
            (4096.0, 4.891_638_475_7, Some(3_668.440_9), 4_554.125_4, 1e-6),
        ] {
            let error = |z: f32, expected: f32| (chi_squared(degrees, z) / expected - 1.0).abs();
            assert!(error(z, upper) < allowed, "{degrees} {z}");
            assert!(lower.is_none_or(|lower| error(-z, lower) < allowed), "{degrees} {z}");
        }
    }
}

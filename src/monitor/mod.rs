//! Whether a sensor and its model still agree: the last `W` readings against what was predicted of them.
//!
//! Under a model that fits, the normalized innovations nu of a filter are independent standard normals, exactly for a
//! linear model with normal noise. So over a full window
//!
//! ```text
//! mean of nu                       normal, variance 1/W
//! sum of nu^2                      chi-squared, W degrees of freedom
//! 2 W KL(histogram || uniform)/c   chi-squared, B - 1 degrees of freedom: the G-test of Phi(nu) in B bins
//! ```
//!
//! with Williams's (1976) correction c = 1 + (B + 1)/(6 W), and quantiles of chi-squared with k degrees of freedom by
//! Wilson and Hilferty (1931), k (1 - 2/(9k) + (z - h) sqrt(2/(9k)))^3, with a correction h (Abramowitz and Stegun
//! 1964, 26.4.17) without which the lower one is off by a sixth for 16 readings and a probability of 1e-6: h = (z^3 -
//! 3z)/(54k) + (-0.00897 z^4 + 0.0302 z^2 - 0.0844)/k^(3/2).
//!
//! A sensor that is stuck repeats itself. A healthy one repeats its last reading with a probability of about p(y)
//! times its resolution, so that n repeats in a row have the product of these: where it falls to the probability of a
//! false alarm, the sensor is stuck. That is a sequential likelihood ratio test; by Ville's (1939) inequality no more
//! than this share of all runs is flagged, however long they may become. A coarse or calm sensor, which repeats often,
//! and a counter of zeros are so judged by what they should have read. Where the last digit still moves, the histogram
//! collapses: to the entropy of two bins or less, all within a quarter of a standard deviation.

mod memory;
mod report;
mod ring;

pub(crate) use memory::Memory;
pub use report::{Flags, Report};

use heapless::Deque;
use report::Bounds;

use crate::categorical::Categorical;
use crate::error::Error;
use crate::factor::{check_non_negative, check_positive};
use crate::log_ratio::ln;
use crate::real::Real;

/// B: the bins of the histogram.
const BINS: usize = 8;

/// An innovation beyond counts as this many standard deviations.
const MOST: f64 = 4.0;

/// What is kept of a reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry<T> {
    /// The normalized innovation, between -4 and 4.
    pub(crate) innovation: T,
    /// The log evidence, finite.
    pub(crate) log_evidence: T,
    /// The reading is that before it.
    pub(crate) repeated: bool,
}

/// Watches the readings of one sensor through a window of the last `W`, from 16 to 4096; another `W` does not compile.
///
/// Record every reading with what its [`Update`](crate::Update) says of it, rejected ones too: the gate keeps them from
/// the belief, the monitor says whether they are a row of glitches or a fault. An innovation counts as at most 4
/// standard deviations, so that one glitch, which is the gate's matter, raises no flag for a whole window. The work is
/// a few instructions a reading; [`report`](Self::report) goes through the window.
///
/// With `W` = 64 and 1e-3, and a walk of 0.3 standard deviations of the noise a reading: a bias of one such deviation
/// is flagged after 25 to 31 readings, four times the variance after 8 to 37, a twenty-fifth of it after 21 to 41, a
/// repeated reading of one decimal more than the noise has after 2 repeats. What the filter adapts to, such as a
/// constant offset of the only sensor, leaves no trace in innovations: a level that must return to a known place needs
/// a process that says so, not a random walk.
///
/// # Accuracy
/// Shares of full windows of 64 flagged at a healthy sensor, a false-alarm probability of 1e-3 asked for, measured over
/// 4e5 readings and more:
///
/// | sensor | `quiet` | `noisy` | `biased` | `miscalibrated` | `stuck` |
/// |---|---|---|---|---|---|
/// | normal | 5.0e-4 | 5.1e-4 | 1.2e-3 | 1.2e-3 | 0 |
/// | normal, read in steps of its noise's half | 4.8e-4 | 5.3e-4 | 1.3e-3 | 1.3e-3 | 6.4e-4 |
/// | normal, read in steps of its noise's double | 4.2e-4 | 1.8e-4 | 1.3e-3 | 2.8e-2 | 8.5e-4 |
/// | Poisson, mean 100 | 5.7e-4 | 3.2e-4 | 7.5e-5 | 7.8e-4 | 2.0e-4 |
/// | Poisson, mean 30 | 6.9e-4 | 4.1e-4 | 1.5e-4 | 1.9e-3 | 2.5e-4 |
/// | Poisson, mean 3 | 5.1e-4 | 9.0e-4 | 1.6e-4 | 0.71 | 5.6e-4 |
/// | Student-t, nu = 4 | 1.1e-2 | 3.6e-3 | 8.0e-4 | 5.9e-3 | 0 |
///
/// The figures and bounds themselves are a [`Report`]'s matter.
///
/// Below a mean of 30, and for flags (yes or no), `miscalibrated` means nothing: so few values are no normal
/// distribution, however well they are predicted. Below a mean of 1 `quiet` means nothing either.
///
/// Sources: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*, section
/// 5.4 (normalized innovations squared); Dawid (1984), *J. R. Statist. Soc. A* 147, 278-292 (the histogram); Williams
/// (1976), *Biometrika* 63, 33-37; Wilson and Hilferty (1931), *PNAS* 17, 684-688.
///
/// ```
/// use elbow::{Filter, Gaussian, GaussHermite, Monitor, Sensor, likelihood::Normal};
/// let mut filter = Filter::new(Gaussian::diagonal([20.0_f32], [1.0])?);
/// let mut sensor = Sensor::linear([1.0], Normal::new(0.04)?);
/// let mut monitor = Monitor::<f32, 64>::new(1e-4)?.with_resolution(0.1)?.with_longest_gap(60.0)?;
/// for _ in 0..20 {
///     monitor.elapse(10.0)?;
///     let update = filter.update(&mut sensor, 20.3, &mut GaussHermite::<5>::new())?;
///     monitor.record(20.3, update.normalized_innovation(&sensor, 20.3), update.log_evidence(&sensor, 20.3))?;
/// }
/// let report = monitor.report();
/// assert!(report.flags.stuck && report.repeats == 19 && !report.flags.silent);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Monitor<T, const W: usize> {
    pub(crate) false_alarm: T,
    bounds: Bounds<T>,
    pub(crate) resolution: T,
    pub(crate) longest_gap: T,
    pub(crate) window: Deque<Entry<T>, W>,
    pub(crate) last: Option<T>,
    pub(crate) repeats: u32,
    pub(crate) repeat_surprise: T,
    pub(crate) since_last: T,
}

impl<T: Real, const W: usize> Monitor<T, W> {
    /// A monitor each of whose flags is up at a healthy sensor with about this probability, between 1e-6 and 0.1; 1e-4
    /// is a good start.
    ///
    /// That is the share of time that a flag is up. Windows overlap, so alarms come in clusters of up to `W` readings,
    /// and the fewer the longer.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, Monitor};
    /// assert!(Monitor::<f32, 64>::new(1e-4).is_ok());
    /// assert_eq!(Monitor::<f32, 64>::new(0.5), Err(Error::OutOfRange));
    /// ```
    pub fn new(false_alarm: T) -> Result<Self, Error> {
        const {
            assert!(
                W >= 16 && W <= 4096,
                "the window W of a Monitor<T, W> has 16 to 4096 readings: Monitor::<f32, 64>, say"
            )
        };
        check_positive(false_alarm)?;
        if false_alarm < T::from_f64(1e-6) || false_alarm > T::from_f64(0.1) {
            return Err(Error::OutOfRange);
        }
        Ok(Self {
            false_alarm,
            bounds: Bounds::new(false_alarm, W),
            resolution: T::ONE,
            longest_gap: T::MAX,
            window: Deque::new(),
            last: None,
            repeats: 0,
            repeat_surprise: T::ZERO,
            since_last: T::ZERO,
        })
    }

    /// The smallest step between two readings, in their unit: what a repeat is judged by. 1 unless it is given, as it
    /// is for counts, flags and codes of an analog-to-digital converter, whose evidence is a probability.
    ///
    /// Too large a step makes the flag `stuck` slower, not falser.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal step.
    ///
    /// ```
    /// use elbow::{Error, Monitor};
    /// let monitor = Monitor::<f32, 64>::new(1e-4)?;
    /// assert_eq!(monitor.with_resolution(0.0), Err(Error::NotPositive));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_resolution(self, resolution: T) -> Result<Self, Error> {
        check_positive(resolution)?;
        Ok(Self { resolution, ..self })
    }

    /// The longest time between two readings that is no dropout, in the unit of [`elapse`](Self::elapse); without it
    /// `silent` never goes up.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal time.
    ///
    /// ```
    /// let mut monitor = elbow::Monitor::<f32, 64>::new(1e-4)?.with_longest_gap(60.0)?;
    /// monitor.elapse(61.0)?;
    /// assert!(monitor.report().flags.silent);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_longest_gap(self, longest_gap: T) -> Result<Self, Error> {
        check_positive(longest_gap)?;
        Ok(Self { longest_gap, ..self })
    }

    /// Lets time pass, in any unit: with every prediction, whether a reading follows or not.
    ///
    /// Steps shorter than EPSILON of the time since the last reading are lost.
    ///
    /// # Accuracy
    /// The sum of a thousand steps within 2.1e-6 for `f32`, 9.3e-15 for `f64`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a time step that is NaN, infinite or negative.
    ///
    /// ```
    /// let mut monitor = elbow::Monitor::<f32, 64>::new(1e-4)?;
    /// monitor.elapse(0.5)?;
    /// assert_eq!(monitor.report().since_last, 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn elapse(&mut self, dt: T) -> Result<(), Error> {
        check_non_negative(dt)?;
        self.since_last = (self.since_last + dt).min(T::MAX);
        Ok(())
    }

    /// Records a reading, as a number, with its [normalized innovation](crate::Update::normalized_innovation) and
    /// [log evidence](crate::Update::log_evidence).
    ///
    /// The reading is only compared with the one before: a count or a flag as the number that it is. The figures of a
    /// sensor that learns are those of a copy from before the update. Of a reading of several numbers each has a
    /// monitor of its own, by the figures of [`VectorUpdate`](crate::VectorUpdate).
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a reading that is NaN or infinite, an innovation that is NaN, or a log evidence that is
    /// NaN or plus infinity: nothing is recorded.
    ///
    /// ```
    /// let mut monitor = elbow::Monitor::<f32, 64>::new(1e-4)?;
    /// monitor.record(20.3, -1.5, -0.7)?;
    /// assert_eq!((monitor.report().mean, monitor.report().surprise), (-1.5, 0.7));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn record(&mut self, reading: T, normalized_innovation: T, log_evidence: T) -> Result<(), Error> {
        let usable =
            reading.is_finite() && normalized_innovation == normalized_innovation && log_evidence < T::INFINITY;
        if !usable {
            return Err(Error::NotFinite);
        }
        let most = T::from_f64(MOST);
        let innovation = normalized_innovation.min(most).max(-most);
        let log_evidence = log_evidence.max(-T::MAX);
        let repeated = self.last == Some(reading);
        if repeated {
            self.repeats = self.repeats.saturating_add(1);
            let surprise = (-(log_evidence + ln(self.resolution))).max(T::ZERO);
            self.repeat_surprise = (self.repeat_surprise + surprise).min(T::MAX);
        } else {
            self.repeats = 0;
            self.repeat_surprise = T::ZERO;
        }
        self.last = Some(reading);
        self.since_last = T::ZERO;
        self.push(Entry { innovation, log_evidence, repeated });
        Ok(())
    }

    /// The newest entry in, the oldest out.
    fn push(&mut self, entry: Entry<T>) {
        if self.window.is_full() {
            self.window.pop_front();
        }
        // There is room.
        let _ = self.window.push_back(entry);
    }

    /// Forgets all readings, as after a repair; settings stay.
    ///
    /// ```
    /// let mut monitor = elbow::Monitor::<f32, 64>::new(1e-4)?;
    /// monitor.record(20.3, -1.5, -0.7)?;
    /// monitor.reset();
    /// assert_eq!(monitor, elbow::Monitor::new(1e-4)?);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn reset(&mut self) {
        self.window.clear();
        self.last = None;
        self.repeats = 0;
        self.repeat_surprise = T::ZERO;
        self.since_last = T::ZERO;
    }

    /// The probability integral transforms Phi(nu) of the window in eight bins, lowest first; none of an empty window.
    ///
    /// Uniform for a calibrated filter; a hill in the middle if the noise is overestimated, two hills at the ends if it
    /// is underestimated, a slope if there is a bias.
    ///
    /// ```
    /// let mut monitor = elbow::Monitor::<f32, 64>::new(1e-4)?;
    /// monitor.record(20.3, -1.5, -0.7)?;
    /// assert_eq!(monitor.histogram().map(|bins| bins.probabilities()[0]), Some(1.0)); // Phi(-1.5) = 0.067 < 1/8
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn histogram(&self) -> Option<Categorical<T, BINS>> {
        let mut counts = [T::ZERO; BINS];
        for entry in &self.window {
            if let Some(count) = counts.get_mut(bin(entry.innovation)) {
                *count += T::ONE;
            }
        }
        Categorical::from_weights(counts).ok()
    }

    /// The figures of the window and what follows from them.
    ///
    /// ```
    /// let monitor = elbow::Monitor::<f32, 64>::new(1e-3)?;
    /// let (lower, upper) = monitor.report().mean_square_bounds;
    /// assert!((lower - 0.518).abs() < 2e-3 && (upper - 1.686).abs() < 2e-3); // at 0.0005 and 0.9995
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn report(&self) -> Report<T> {
        let readings = self.window.len();
        let full = self.window.is_full();
        let (mut sum, mut squares, mut evidence, mut moved) = (T::ZERO, T::ZERO, T::ZERO, 0_usize);
        for entry in &self.window {
            sum += entry.innovation;
            squares += entry.innovation * entry.innovation;
            evidence += entry.log_evidence;
            moved = moved.saturating_add(usize::from(!entry.repeated));
        }
        let count = T::from_u32(readings.max(1) as u32);
        let (mean, mean_square) = (sum / count, squares / count);
        let (mut calibration, mut entropy) = (T::ZERO, T::ZERO);
        if let Some(histogram) = self.histogram() {
            let uniform = Categorical::normalized([T::from_f64(1.0 / BINS as f64); BINS]);
            let correction = T::ONE + T::from_f64((BINS as f64 + 1.0) / 6.0) / count;
            calibration = (count + count) * histogram.kl(&uniform) / correction;
            entropy = histogram.entropy();
        }
        let bounds = &self.bounds;
        // Collapsed though readings differ: rare counts, most of them zeros, are judged by their repeats alone.
        let close = mean_square < T::from_f64(1.0 / 16.0) && entropy <= T::LN_2;
        let collapsed = full && close && moved >= W / 4;
        let flags = Flags {
            quiet: full && mean_square < bounds.mean_square.0,
            noisy: full && mean_square > bounds.mean_square.1,
            biased: full && mean.abs() > bounds.mean,
            miscalibrated: full && calibration > bounds.calibration,
            stuck: self.repeat_surprise >= bounds.repeat_surprise || collapsed,
            silent: self.since_last > self.longest_gap,
        };
        Report {
            readings,
            mean,
            mean_bound: bounds.mean,
            mean_square,
            mean_square_bounds: bounds.mean_square,
            calibration,
            calibration_bound: bounds.calibration,
            entropy,
            repeats: self.repeats,
            repeat_surprise: self.repeat_surprise,
            repeat_surprise_bound: bounds.repeat_surprise,
            surprise: -evidence / count,
            since_last: self.since_last,
            flags,
        }
    }
}

/// The bin of Phi(nu), by the standard normal quantiles of 5/8, 6/8 and 7/8: equal probabilities under a model that
/// fits.
fn bin<T: Real>(innovation: T) -> usize {
    let size = innovation.abs();
    let (upper, lower) = if size <= T::from_f64(0.318_639_363_964_375_16) {
        (4, 3)
    } else if size <= T::from_f64(0.674_489_750_196_081_7) {
        (5, 2)
    } else if size <= T::from_f64(1.150_349_380_376_008_3) {
        (6, 1)
    } else {
        (7, 0)
    };
    if innovation < T::ZERO { lower } else { upper }
}

//! A gate: which readings are too far out to be believed, and when it is the belief that is wrong.
//!
//! A gate alone locks out for ever. After a shift of 20 standard deviations every reading lies outside a gate of 5, the
//! belief never moves, and its own variance hardly grows: of 10^5 readings none gets in. So a gate counts the
//! rejections in a row, and from a limit on refuses to be overlooked: every further rejection is [`Error::Diverged`]
//! until the caller inflates or resets the belief and resets the gate, or a reading is inside again.
//!
//! A gate keeps readings from a sensor that learns its noise: where it is the noise that rose, start that sensor again
//! with few readings' worth of a larger variance, since an inflated belief would swallow the readings untaught.

use crate::error::Error;
use crate::factor::check_positive;
use crate::real::Real;

/// The figure that a gate looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Criterion<T> {
    /// Rejects above this many standard deviations.
    Innovation(T),
    /// Rejects below this many nats.
    LogEvidence(T),
}

/// Decides which readings of one sensor are taken in, and counts those that are not.
///
/// Every reading is judged by its prediction, whatever it would have done: one that is inside but changes nothing
/// ([`Status::Saturated`](crate::Status::Saturated)) is accepted and ends a row of rejections, one that is outside is
/// rejected even so. A reading that is refused with an error is not judged.
///
/// Who wants the figures of the readings after divergence too, for a [`Monitor`](crate::Monitor), gives a limit of
/// `u32::MAX` and looks at [`rejected_in_a_row`](Self::rejected_in_a_row).
///
/// Source: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*, section
/// 5.4, for the test.
///
/// ```
/// use elbow::Gate;
/// // Within five standard deviations; ten rejections in a row are too many.
/// let gate = Gate::by_innovation(5.0_f32, 10)?;
/// assert_eq!((gate.rejected_in_a_row(), gate.is_diverged()), (0, false));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate<T> {
    pub(crate) criterion: Criterion<T>,
    pub(crate) limit: u32,
    pub(crate) rejected_in_a_row: u32,
    pub(crate) rejected: u32,
}

impl<T: Real> Gate<T> {
    /// Rejects readings whose [normalized innovation](crate::Update::normalized_innovation) is beyond +-`threshold`, a
    /// positive number of standard deviations; the `limit`-th rejection in a row, 1 or more, is [`Error::Diverged`].
    ///
    /// Of healthy readings with normal noise a gate of 3 rejects 0.27 %, one of 4 63 in 10^6, one of 5 0.6 in 10^6. A
    /// prediction that is not normal (few counts, a heavy tail) goes outside more often: [`by_log_evidence`](
    /// Self::by_log_evidence) suits it better.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`] for threshold or limit, [`Error::OutOfRange`] for a subnormal
    /// threshold.
    ///
    /// ```
    /// use elbow::{Error, Gate};
    /// assert_eq!(Gate::by_innovation(-5.0_f32, 10), Err(Error::NotPositive));
    /// assert_eq!(Gate::by_innovation(5.0_f32, 0), Err(Error::NotPositive));
    /// ```
    pub fn by_innovation(threshold: T, limit: u32) -> Result<Self, Error> {
        check_positive(threshold)?;
        Self::new(Criterion::Innovation(threshold), limit)
    }

    /// Rejects readings whose [log evidence](crate::Update::log_evidence) is below `threshold`, in nats; the `limit`-th
    /// rejection in a row, 1 or more, is [`Error::Diverged`].
    ///
    /// The log evidence of a number is that of a density and depends on its unit: a normal reading on its prediction,
    /// standard deviation s, has -ln s - 0.92, one that is k standard deviations off k^2/2 less. That of a count or a
    /// flag is a probability's logarithm: -14 rejects what had less than one chance in a million.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for the threshold, [`Error::NotPositive`] for the limit.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gate, Gaussian, GaussHermite, Sensor, Status, likelihood::Poisson};
    /// let mut filter = Filter::new(Gaussian::diagonal([1.0_f32], [0.1])?);
    /// let mut geiger = Sensor::linear([1.0], Poisson::new());
    /// let mut gate = Gate::by_log_evidence(-14.0, 10)?;
    /// let update = filter.update_gated(&mut geiger, 40_u32, &mut GaussHermite::<5>::new(), &mut gate)?;
    /// assert_eq!((update.status(), gate.rejected()), (Status::Gated, 1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn by_log_evidence(threshold: T, limit: u32) -> Result<Self, Error> {
        if !threshold.is_finite() {
            return Err(Error::NotFinite);
        }
        Self::new(Criterion::LogEvidence(threshold), limit)
    }

    fn new(criterion: Criterion<T>, limit: u32) -> Result<Self, Error> {
        if limit == 0 {
            return Err(Error::NotPositive);
        }
        Ok(Self { criterion, limit, rejected_in_a_row: 0, rejected: 0 })
    }

    /// A gate that goes on with these counts.
    pub(crate) fn resumed(self, rejected_in_a_row: u32, rejected: u32) -> Result<Self, Error> {
        if rejected_in_a_row > rejected {
            return Err(Error::OutOfRange);
        }
        Ok(Self { rejected_in_a_row, rejected, ..self })
    }

    /// How many readings in a row have been rejected, up to now; it stays at `u32::MAX`.
    ///
    /// ```
    /// assert_eq!(elbow::Gate::by_innovation(5.0_f32, 10)?.rejected_in_a_row(), 0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn rejected_in_a_row(&self) -> u32 {
        self.rejected_in_a_row
    }

    /// How many readings have been rejected since the gate was made; it stays at `u32::MAX`.
    ///
    /// ```
    /// assert_eq!(elbow::Gate::by_innovation(5.0_f32, 10)?.rejected(), 0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn rejected(&self) -> u32 {
        self.rejected
    }

    /// As many readings in a row as the limit, or more, have been rejected.
    ///
    /// ```
    /// assert!(!elbow::Gate::by_innovation(5.0_f32, 10)?.is_diverged());
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn is_diverged(&self) -> bool {
        self.rejected_in_a_row >= self.limit
    }

    /// Forgets the rejections in a row: for a caller that has inflated or reset the belief and wants the whole limit
    /// again. Not a way out by itself: the belief is as wrong as it was.
    ///
    /// ```
    /// let mut gate = elbow::Gate::by_innovation(5.0_f32, 10)?;
    /// gate.reset();
    /// assert_eq!(gate.rejected_in_a_row(), 0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn reset(&mut self) {
        self.rejected_in_a_row = 0;
    }

    /// The reading is inside by the one of its figures that this gate looks at. A figure that is NaN is outside.
    pub(crate) fn passes(&self, innovation: impl FnOnce() -> T, log_evidence: impl FnOnce() -> T) -> bool {
        match self.criterion {
            Criterion::Innovation(threshold) => innovation().abs() <= threshold,
            Criterion::LogEvidence(threshold) => log_evidence() >= threshold,
        }
    }

    /// A reading was taken in.
    pub(crate) fn accept(&mut self) {
        self.rejected_in_a_row = 0;
    }

    /// A reading was rejected.
    pub(crate) fn reject(&mut self) -> Result<(), Error> {
        self.rejected_in_a_row = self.rejected_in_a_row.saturating_add(1);
        self.rejected = self.rejected.saturating_add(1);
        if self.is_diverged() { Err(Error::Diverged) } else { Ok(()) }
    }
}

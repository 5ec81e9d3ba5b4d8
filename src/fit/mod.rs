//! Noise from a log: maximises the log evidence over the variances of process and sensor.

mod log_evidence;
mod search;

pub use log_evidence::LogEvidence;

use crate::error::Error;
use crate::factor::check_positive;
use crate::real::Real;
use search::{Log, Look, Place, look_further};

/// Rounds of the search.
const MAX_ROUNDS: usize = 40;

/// Where the log evidence has its maximum over one noise variance.
///
/// ```
/// use elbow::{LogEvidence, Maximum, fit_noise};
/// let parabola = |[variance]: [f64; 1]| {
///     let mut sum = LogEvidence::new();
///     sum.add(-50.0 * variance.ln() * variance.ln());
///     Ok(sum)
/// };
/// assert_eq!(fit_noise([7.0], parabola)?.maximum, [Maximum::Inside]);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Maximum {
    /// At the variance found: both more and less are worse.
    Inside,
    /// At zero: less is never worse. The model does without this noise; the variance found is as good as zero to 2e-3
    /// nats.
    AtZero,
    /// At infinity: more is never worse. The prior or the model explains nothing of what this noise explains.
    AtInfinity,
    /// Nowhere: the evidence does not depend on this noise.
    Nowhere,
    /// Not reached within 40 rounds, as where the filter fails, or returns NaN, right beside the best noise found.
    NotReached,
}

/// What [`fit_noise`] found.
///
/// ```
/// use elbow::{LogEvidence, fit_noise};
/// let parabola = |[variance]: [f64; 1]| {
///     let mut sum = LogEvidence::new();
///     sum.add(-50.0 * variance.ln() * variance.ln());
///     Ok(sum)
/// };
/// let fit = fit_noise([7.0], parabola)?;
/// assert!((fit.variances[0] - 1.0).abs() < 1e-3 && (fit.log_std_dev[0] - 0.1).abs() < 1e-3);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoiseFit<T, const K: usize> {
    /// The variances, in the order and the units of the start.
    pub variances: [T; K],
    /// Where the maximum over each of them lies.
    pub maximum: [Maximum; K],
    /// The standard deviation of the logarithm of each variance, from the curvature of the log evidence: the variance
    /// is known to about a factor exp of this, either way. Infinite where the maximum is not inside.
    pub log_std_dev: [T; K],
    /// The log evidence at the start, in nats.
    pub start: T,
    /// The log evidence at the variances found, in nats.
    pub log_evidence: T,
    /// How often the log was filtered.
    pub evaluations: u16,
}

/// Maximises the log evidence of a log over `K` noise variances.
///
/// `log_evidence` filters the whole log with the variances it is given and returns the sum of the readings' log
/// evidences, in nats. Variances are positive normal numbers, `start` times factors. An `Err`, a NaN or an infinity
/// means that these variances will not do; at the start it ends the search.
///
/// The log is filtered at most 1 + 40 (K^2 + 11 K + 3) times; with two noises 50 to 210 times as a rule. There is no
/// learning rate and no randomness. Where the evidence has several maxima it finds one of them.
///
/// # Errors
/// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a start that is no positive normal number;
/// what `log_evidence` returns at the start; [`Error::NotFinite`] if its sum there is NaN or infinite.
///
/// # Accuracy
/// [Every figure](crate::accuracy#fit_noise).
/// The logarithms are within 1e-3 of their [standard deviation](NoiseFit::log_std_dev) of the maximum, `f32` and `f64`
/// (3.4e-3 where the evidence was an exact parabola in a variance, not in its logarithm);
/// in `f32` the rounding of a settled filter adds up along the log: a tenth of it at most for log evidences to 250 000
/// nats. On the flow of the Nile (Durbin and Koopman 2012, section 2.2.2) that is 15099 and 1469.1 within 0.02 % in
/// `f32` and 0.01 % in `f64`, from any start within a factor of 10 000 of each.
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, LogEvidence, RandomWalk, Sensor, fit_noise, likelihood::Normal};
/// let readings = [0.3, -0.2, 0.9, 1.4, 0.8, 1.1, 0.2, 0.6, -0.4, -1.5, -0.9, -1.7_f32];
/// let fit = fit_noise([1.0, 1.0], |[process, sensor]| {
///     let mut filter = Filter::new(Gaussian::diagonal([0.0], [1.0])?);
///     let mut sensor = Sensor::linear([1.0], Normal::new(sensor)?);
///     let mut sum = LogEvidence::new();
///     for reading in readings {
///         filter.predict_for(&RandomWalk::new(process)?, 1.0)?;
///         sum.add(filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new())?.log_evidence(&sensor, reading));
///     }
///     Ok(sum)
/// })?;
/// assert!(fit.log_evidence > fit.start && fit.variances[0] > 0.1 && fit.variances[1] < 0.4);
/// # Ok::<(), elbow::Error>(())
/// ```
pub fn fit_noise<T: Real, const K: usize>(
    start: [T; K],
    log_evidence: impl FnMut([T; K]) -> Result<LogEvidence<T>, Error>,
) -> Result<NoiseFit<T, K>, Error> {
    for i in 0..K {
        check_positive(start[i])?;
    }
    let mut log = Log { start, log_evidence, evaluations: 1 };
    let evidence = (log.log_evidence)(start)?;
    if !evidence.total().is_finite() {
        return Err(Error::NotFinite);
    }
    let mut here = Place { x: [T::ZERO; K], evidence };
    let mut width = [T::ONE; K];
    let mut ends = [(Maximum::NotReached, T::INFINITY); K];
    for _ in 0..MAX_ROUNDS {
        let look = Look::new(&mut log, &here, &width);
        let step = look.step();
        let short = look.short();
        let walked = step.length < T::from_f64(0.05).max(short + short) && here.walk(&mut log, &step.along, T::ONE);
        if walked && step.length < short {
            ends = step.ends();
            if !look_further(&mut log, &mut here, &look, &mut ends) {
                break;
            }
            width = [T::ONE; K];
            ends = [(Maximum::NotReached, T::INFINITY); K];
        } else {
            let improved = walked || here.improve(&mut log, &step.along, &look.best);
            width = look.widths(&step, &width, improved);
        }
    }
    Ok(NoiseFit {
        variances: log.variances(&here.x),
        maximum: ends.map(|end| end.0),
        log_std_dev: ends.map(|end| end.1),
        start: evidence.total(),
        log_evidence: here.evidence.total(),
        evaluations: log.evaluations,
    })
}

//! Online variational inference for microcontrollers.
//!
//! elbow keeps a Gaussian belief about a hidden state and improves it with every sensor reading by maximising the
//! evidence lower bound (ELBO). It reads counts, switches and outlier-ridden ranges as well as Gaussian sensors,
//! without an allocation, without a panic, and with the same bits on the desk as on the chip.
//!
//! ```
//! use elbow::{Filter, Gaussian, LocalLinearTrend, OneSample, Sensor, likelihood::StudentT};
//! use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
//!
//! type Scalar = f32; // named once: a stray literal would otherwise make it f64
//! let mut filter = Filter::<Scalar, 2>::new(Gaussian::diagonal([0.0, 0.0], [4.0, 0.01])?); // degrees from 20, per second
//! let mut thermometer = Sensor::linear([1.0, 0.0], StudentT::new(0.1, 4.0)?); // reads the level, lies now and then
//! let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
//! let room = LocalLinearTrend::new([1e-4, 1e-6])?;
//! for reading in [0.3, 0.35, 9.0, 0.4] {
//!     filter.predict_for(&room, 1.0)?;
//!     let update = filter.update(&mut thermometer, reading, &mut estimator)?;
//!     assert!(update.variance() < update.prior_variance() * 1.01);
//! }
//! assert!((filter.belief().mean()[0] - 0.4).abs() < 0.2); // the 9.0 did not get through
//! # Ok::<(), elbow::Error>(())
//! ```
//!
//! # What happens to a reading
//!
//! A sensor sees one number of the state, `eta = a . z + b`. Under the belief `q = N(mu, P)` it is `N(u0, v0)`, and
//! because the likelihood depends on the state through `eta` alone, the ELBO of the whole state is exactly that of the
//! one number. So every update of every sensor is:
//!
//! 1. **project** the belief onto `eta`: `u0 = a . mu + b`, `v0 = a'Pa`;
//! 2. **solve** the scalar problem: maximise `E[log p(y | u + s eps)] - KL(N(u, s^2) || N(u0, v0))` over `u` and `s`;
//! 3. **lift** the solution back: a rank-one change of the covariance's factor, O(N^2).
//!
//! A [`Nonlinear`] sensor sees `eta = h(z)`, a function that is linearised over the width of the belief.
//!
//! | you want | use |
//! |---|---|
//! | one drifting number smoothed, in three lines | [`LocalLevel`] |
//! | a sensor that is not Gaussian | a [`likelihood`], with what it costs and saves |
//! | a sensor that sees a function of the state: a range, a bearing, a pressure | [`Sensor::nonlinear`], [`predictor`] |
//! | several numbers at once whose errors go together | [`VectorSensor`], [`Filter::update_vector`] |
//! | to say how the state moves | [`RandomWalk`], [`LocalLinearTrend`], [`ConstantVelocity`] |
//! | to say how it returns to a level, or any other linear way | [`OrnsteinUhlenbeck`], [`IntegratedOrnsteinUhlenbeck`], [`LinearTimeInvariant`], [`Dynamics`] |
//! | to choose how the ELBO is maximised | [`OneSample`] or [`GaussHermite`], see [`estimator`] |
//! | noise variances that nobody told you | [`likelihood::LearnedNormal`] online, [`fit_noise`] from a log |
//! | to keep wild readings out, and to know when it is the belief that is wrong | [`Gate`], [`Filter::update_gated`] |
//! | to know when a sensor is stuck, biased, too noisy or silent | [`Monitor`] |
//! | to sleep and go on | [`Snapshot`] |
//! | a model of your own beyond the filter | [`elbo`] |
//!
//! # When something breaks
//!
//! Nothing below ends in NaN, in a variance that is not positive, or in a loop without an end; an `Err` leaves the
//! belief as it was. What the belief then says is another matter:
//!
//! | what breaks | what happens |
//! |---|---|
//! | a reading a million standard deviations out | [`Normal`](likelihood::Normal) believes it and finds back by its gain a reading; [`StudentT`](likelihood::StudentT) does not hear it; [`Huber`](likelihood::Huber) moves by its threshold; a [`Gate`] keeps it out to the bit |
//! | a reading of 3e38 | taken in, or [`Error::OutOfRange`] where the update overflows |
//! | a sensor that is stuck | the belief settles on it, no surer than by healthy readings; [`Monitor`] says so at the second repeat |
//! | a reading delivered `k` times | counts as one with a `k`-th of the noise: drop duplicates before |
//! | days without a reading | one [`Filter::predict_for`] of any length, then the next reading is taken in |
//! | a state that stands still for ever | `f32`: after 2^20 readings [`Status::Saturated`], the variance stays at 8 EPSILON of the noise's; `f64`: 10^9 readings are their average to 8 digits |
//! | process noise below half an EPSILON of the variance | rounds away: predict once for many ticks of a fast clock |
//! | a prior variance of 10^18 noise variances | the first normal reading is the belief, to the last digits |
//! | a generator that is stuck | normal readings stay exact; others stay within one prior standard deviation of the mode, two for likelihoods that are not log-concave |
//! | wrong bits in a snapshot, or half of it written | [`Error::Corrupt`], for any three bits and any burst of 32 |
//! | a core that flushes subnormal numbers to zero | beliefs stay valid; where a number below 1.2e-38 comes up the bits differ |
//!
//! # Conventions
//!
//! Divergences, entropies and evidences are in nats ([`bits`] converts). Generic parameters are the scalar `T`
//! ([`Real`]: `f32`, `f64`, or `micromath::F32` with the feature `micromath`), then the dimension `N`. Every call that
//! returns an [`Error`] has left its receiver as it was. No function panics; every loop is bounded. A function that
//! returns a plain number gives NaN only for NaN, and infinities only where its docs say.
//!
//! # Features
//!
//! All are off by default and only add: `micromath` (a smaller, coarser scalar), `defmt` (`Format` for every public
//! type), `serde` (through the checked constructors, to the last bit; for `f64` in `serde_json` that takes its feature
//! `float_roundtrip`).
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod all_finite;
#[cfg(feature = "serde")]
mod array;
mod assimilate;
mod categorical;
mod constants;
mod dynamics;
pub mod elbo;
mod elementary;
mod error;
pub mod estimator;
#[cfg(test)]
mod exhaustive;
mod factor;
mod filter;
mod fit;
mod gate;
mod gaussian;
mod gram_schmidt;
mod kalman;
pub mod likelihood;
mod linear_time_invariant;
mod local_level;
mod log_ratio;
mod logits;
mod mean_field;
mod monitor;
pub mod noise;
mod nonlinear;
mod ornstein_uhlenbeck;
pub mod predictor;
mod process;
mod real;
mod semidefinite;
mod sensor;
mod snapshot;
mod unrolled;
mod update;
mod vector;
mod wide;
#[cfg(feature = "serde")]
mod wire;

pub use categorical::{Categorical, bits};
pub use dynamics::Dynamics;
pub use error::Error;
pub use estimator::{Estimator, GaussHermite, OneSample, Solution, Status};
pub use filter::Filter;
pub use fit::{LogEvidence, Maximum, NoiseFit, fit_noise};
pub use gate::Gate;
pub use gaussian::Gaussian;
pub use linear_time_invariant::LinearTimeInvariant;
pub use local_level::LocalLevel;
pub use logits::Logits;
pub use mean_field::MeanField;
pub use monitor::{Flags, Monitor, Report};
pub use nonlinear::Nonlinear;
pub use ornstein_uhlenbeck::{IntegratedOrnsteinUhlenbeck, OrnsteinUhlenbeck};
pub use predictor::Predictor;
pub use process::{ConstantVelocity, LocalLinearTrend, Process, RandomWalk};
pub use real::Real;
pub use sensor::{Linear, Observe, Projection, Sensor};
pub use snapshot::Snapshot;
pub use update::Update;
pub use vector::{VectorSensor, VectorUpdate};

/// The README's examples are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

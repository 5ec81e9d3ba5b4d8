#![doc = include_str!("guide.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod all_finite;
#[cfg(feature = "serde")]
mod array;
mod assimilate;
mod categorical;
mod constants;
mod divergence;
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
#[cfg(feature = "defmt")]
mod format;
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
mod rest_of_sqrt;
mod rows;
mod semidefinite;
mod sensor;
mod snapshot;
mod surprisal;
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
pub use surprisal::Surprisal;
pub use update::Update;
pub use vector::{VectorSensor, VectorUpdate};

/// Questions and answers about the crate's design, with what was measured: `QUESTIONS.md` of the repository.
#[cfg(doc)]
#[doc = include_str!("../QUESTIONS.md")]
pub mod questions {}

#[cfg(doc)]
#[doc = include_str!("../ACCURACY.md")]
pub mod accuracy {}

/// The README's examples are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are those for users of other crates.
#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../INTEROP.md")]
struct Interoperation;

//! Every likelihood by both estimators.

use elbow::likelihood::{
    Bernoulli, Censored, FromScore, Gamma, Huber, LearnedNormal, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    Score, StudentT, VonMises,
};
use elbow::{Error, GaussHermite};
use elbow_firmware::measure::spread;
use elbow_firmware::rows;

use crate::updates::{Case, ElboValue, InformationGain, LogEvidence, NormalizedInnovation, Reading, Samples, Updating};

/// A sensor of one's own, known by its score: the pull of a residual never exceeds one. Its value is left unnormalised.
#[derive(Clone, Copy)]
pub struct Rational;

impl Score<f32> for Rational {
    type Reading = f32;
    fn check(&self, reading: f32) -> Result<(), Error> {
        if reading.is_finite() { Ok(()) } else { Err(Error::NotFinite) }
    }
    fn log_prob(&self, reading: f32, eta: f32) -> f32 {
        -(reading - eta).abs() * self.score(reading, eta).abs()
    }
    fn score(&self, reading: f32, eta: f32) -> f32 {
        (reading - eta) / (1.0 + (reading - eta).abs())
    }
}

macro_rules! cases {
    ($($name:ident: $of:ty = $make:expr, $mean:literal, |$call:ident| $reading:expr;)*) => {$(
        pub struct $name;

        impl Case for $name {
            type Of = $of;
            const MEAN: f32 = $mean;
            fn likelihood() -> Option<$of> {
                $make
            }
            fn reading($call: u32) -> Reading<Self> {
                $reading
            }
        }
    )*};
}

cases! {
    OfNormal: Normal<f32> = Normal::new(0.25).ok(), 0.0, |call| spread(call);
    OfLearnedNormal: LearnedNormal<f32> = LearnedNormal::new(0.25, 4.0).ok(), 0.0, |call| spread(call);
    OfHuber: Huber<f32> = Huber::new(0.5, 1.5).ok(), 0.0, |call| 4.0 * spread(call);
    OfStudentT: StudentT<f32> = StudentT::new(0.5, 4.0).ok(), 0.0, |call| 4.0 * spread(call);
    OfQuantized: Quantized<f32> = Quantized::new(0.5, 0.2).ok(), 0.0, |call| 0.5 * (call % 7) as f32 - 1.5;
    CensoredInside: Censored<f32> = Censored::new(0.5, -2.0, 2.0).ok(), 0.0, |call| spread(call);
    CensoredAtRail: Censored<f32> = Censored::new(0.5, -0.5, 0.5).ok(), 0.0, |call| (call % 2) as f32 - 0.5;
    OfPoisson: Poisson<f32> = Some(Poisson::new()), 1.0, |call| call % 8;
    OfNegativeBinomial: NegativeBinomial<f32> = NegativeBinomial::new(4.0).ok(), 1.0, |call| call % 8;
    OfGamma: Gamma<f32> = Gamma::new(2.0).ok(), 1.0, |call| 2.5 + 2.0 * spread(call);
    OfBernoulli: Bernoulli = Some(Bernoulli::new()), 0.3, |call| call.is_multiple_of(3);
    OfProbit: Probit = Some(Probit::new()), 0.3, |call| call.is_multiple_of(3);
    OfVonMises: VonMises<f32> = VonMises::new(4.0).ok(), 0.3, |call| 3.0 * spread(call);
    OfScore: FromScore<f32, Rational> = FromScore::new(Rational, 0.01).ok(), 0.0, |call| 4.0 * spread(call);
}

/// Ten rows for each likelihood, and one by three nodes.
macro_rules! likelihoods {
    ($($name:literal: $case:ty;)*) => {
        rows! {
            /// The likelihoods.
            rows, "likelihoods",
            $(
                concat!($name, ", GaussHermite<5>, D = 1") => Updating<$case, GaussHermite<5>, 1>,
                concat!($name, ", GaussHermite<5>, D = 2") => Updating<$case, GaussHermite<5>, 2>,
                concat!($name, ", GaussHermite<5>, D = 4") => Updating<$case, GaussHermite<5>, 4>,
                concat!($name, ", GaussHermite<5>, D = 8") => Updating<$case, GaussHermite<5>, 8>,
                concat!($name, ", OneSample of 1, D = 1") => Updating<$case, Samples<1>, 1>,
                concat!($name, ", OneSample of 1, D = 2") => Updating<$case, Samples<1>, 2>,
                concat!($name, ", OneSample of 8, D = 1") => Updating<$case, Samples<8>, 1>,
                concat!($name, ", OneSample of 8, D = 2") => Updating<$case, Samples<8>, 2>,
                concat!($name, ", OneSample of 8, D = 4") => Updating<$case, Samples<8>, 4>,
                concat!($name, ", OneSample of 8, D = 8") => Updating<$case, Samples<8>, 8>,
            )*
            "StudentT, GaussHermite<3>, D = 2" => Updating<OfStudentT, GaussHermite<3>, 2>,
        }
    };
}

likelihoods! {
    "Normal": OfNormal;
    "LearnedNormal": OfLearnedNormal;
    "Huber": OfHuber;
    "StudentT": OfStudentT;
    "Quantized": OfQuantized;
    "Censored inside": CensoredInside;
    "Censored at a rail": CensoredAtRail;
    "Poisson": OfPoisson;
    "NegativeBinomial": OfNegativeBinomial;
    "Gamma": OfGamma;
    "Bernoulli": OfBernoulli;
    "Probit": OfProbit;
    "VonMises": OfVonMises;
    "FromScore": OfScore;
}

rows! {
    /// What it takes to read the figures of an update: each row is an update with one of them read, or none.
    figures, "updates",
    "Normal, no figure read, D = 1" => Updating<OfNormal, GaussHermite<5>, 1>,
    "Normal, no figure read, D = 2" => Updating<OfNormal, GaussHermite<5>, 2>,
    "Normal, no figure read, D = 4" => Updating<OfNormal, GaussHermite<5>, 4>,
    "Normal, no figure read, D = 8" => Updating<OfNormal, GaussHermite<5>, 8>,
    "Normal, information_gain read, D = 1" => Updating<OfNormal, GaussHermite<5>, 1, InformationGain>,
    "Normal, information_gain read, D = 2" => Updating<OfNormal, GaussHermite<5>, 2, InformationGain>,
    "Normal, information_gain read, D = 4" => Updating<OfNormal, GaussHermite<5>, 4, InformationGain>,
    "Normal, information_gain read, D = 8" => Updating<OfNormal, GaussHermite<5>, 8, InformationGain>,
    "Normal, normalized_innovation read, D = 1" => Updating<OfNormal, GaussHermite<5>, 1, NormalizedInnovation>,
    "Normal, normalized_innovation read, D = 2" => Updating<OfNormal, GaussHermite<5>, 2, NormalizedInnovation>,
    "Normal, normalized_innovation read, D = 4" => Updating<OfNormal, GaussHermite<5>, 4, NormalizedInnovation>,
    "Normal, normalized_innovation read, D = 8" => Updating<OfNormal, GaussHermite<5>, 8, NormalizedInnovation>,
    "Normal, elbo read, D = 1" => Updating<OfNormal, GaussHermite<5>, 1, ElboValue>,
    "Normal, elbo read, D = 2" => Updating<OfNormal, GaussHermite<5>, 2, ElboValue>,
    "Normal, elbo read, D = 4" => Updating<OfNormal, GaussHermite<5>, 4, ElboValue>,
    "Normal, elbo read, D = 8" => Updating<OfNormal, GaussHermite<5>, 8, ElboValue>,
    "Normal, log_evidence read, D = 1" => Updating<OfNormal, GaussHermite<5>, 1, LogEvidence>,
    "Normal, log_evidence read, D = 2" => Updating<OfNormal, GaussHermite<5>, 2, LogEvidence>,
    "Normal, log_evidence read, D = 4" => Updating<OfNormal, GaussHermite<5>, 4, LogEvidence>,
    "Normal, log_evidence read, D = 8" => Updating<OfNormal, GaussHermite<5>, 8, LogEvidence>,
    "Poisson, information_gain read, D = 1" => Updating<OfPoisson, GaussHermite<5>, 1, InformationGain>,
    "Poisson, elbo read, D = 1" => Updating<OfPoisson, GaussHermite<5>, 1, ElboValue>,
    "Poisson, log_evidence read, D = 1" => Updating<OfPoisson, GaussHermite<5>, 1, LogEvidence>,
}

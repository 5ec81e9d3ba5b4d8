//! Every public type can be logged. The bounds alone are asserted: a call would need a logger to link. What each says is
//! in the output of the image `formats` in the firmware workspace.
#![cfg(feature = "defmt")]

use elbow::elbo::{Adam, Elbo, GaussianGradient, MeanFieldGradient};
use elbow::likelihood::{
    Bernoulli, Censored, Derivatives, Expectations, FromScore, Gamma, Huber, Innovation, LearnedNormal,
    NegativeBinomial, Normal, Optimum, Poisson, Probit, Quantized, StudentT, VonMises,
};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Filter, Flags, Gate, GaussHermite, Gaussian,
    IntegratedOrnsteinUhlenbeck, Linear, LinearTimeInvariant, LocalLevel, LocalLinearTrend, LogEvidence, Logits,
    Maximum, MeanField, Monitor, NoiseFit, Nonlinear, OneSample, OrnsteinUhlenbeck, Projection, RandomWalk, Real,
    Report, Sensor, Solution, Status, Surprisal, Update, VectorSensor, VectorUpdate,
};

fn assert_format<V: defmt::Format>() {}

fn all_have_format<T: Real + defmt::Format>() {
    assert_format::<Categorical<T, 4>>();
    assert_format::<Logits<T, 4>>();
    assert_format::<Surprisal<T, 4>>();
    assert_format::<Gaussian<T, 4>>();
    assert_format::<MeanField<T, 4>>();
    assert_format::<Adam<T, 4>>();

    assert_format::<Elbo<T, GaussianGradient<T, 4>>>();
    assert_format::<Elbo<T, MeanFieldGradient<T, 4>>>();

    assert_format::<Filter<T, 4>>();
    assert_format::<LocalLevel<T>>();
    assert_format::<Update<T>>();
    assert_format::<Gate<T>>();
    assert_format::<Monitor<T, 64>>();
    assert_format::<Report<T>>();
    assert_format::<Dynamics<T, 4>>();
    assert_format::<RandomWalk<T>>();
    assert_format::<LocalLinearTrend<T>>();
    assert_format::<ConstantVelocity<T>>();
    assert_format::<OrnsteinUhlenbeck<T>>();
    assert_format::<IntegratedOrnsteinUhlenbeck<T>>();
    assert_format::<LinearTimeInvariant<T, 4>>();
    assert_format::<VectorSensor<T, 3, 4>>();
    assert_format::<VectorUpdate<T, 3>>();

    assert_format::<Sensor<Linear<T, 4>, Normal<T>>>();
    assert_format::<Sensor<Linear<T, 4>, StudentT<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Poisson<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Bernoulli>>();
    assert_format::<Sensor<Linear<T, 4>, NegativeBinomial<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Gamma<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Quantized<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Censored<T>>>();
    assert_format::<Sensor<Nonlinear<Range<T, 4, 2>>, Normal<T>>>();
    assert_format::<Bearing<T, 4>>();
    assert_format::<Altitude<T, 4>>();
    assert_format::<Sensor<Linear<T, 4>, LearnedNormal<T>>>();
    assert_format::<NoiseFit<T, 2>>();
    assert_format::<LogEvidence<T>>();
    assert_format::<Sensor<Linear<T, 4>, Probit>>();
    assert_format::<Sensor<Linear<T, 4>, VonMises<T>>>();
    assert_format::<Sensor<Linear<T, 4>, Huber<T>>>();
    assert_format::<Sensor<Linear<T, 4>, FromScore<T, Probit>>>();
    assert_format::<Projection<T, 4>>();
    assert_format::<Derivatives<T>>();
    assert_format::<Expectations<T>>();
    assert_format::<Optimum<T>>();
    assert_format::<Innovation<T>>();
    assert_format::<Solution<T>>();
}

/// A generator without a `Format`, as most are.
struct Generator;

#[test]
fn every_public_type_has_a_format() {
    all_have_format::<f32>();
    all_have_format::<f64>();
    assert_format::<GaussHermite<5>>();
    assert_format::<OneSample<Generator>>();
    assert_format::<Flags>();
    assert_format::<Status>();
    assert_format::<Maximum>();
    assert_format::<Error>();
}

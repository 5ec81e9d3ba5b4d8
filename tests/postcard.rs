//! What postcard makes of every type that can be stored: a number is its bits and nothing is written around it, so that
//! the sizes below are the whole cost of keeping a state or a model.
#![cfg(feature = "serde")]

use core::fmt::Debug;
use std::collections::{BTreeMap, BTreeSet};

use elbow::likelihood::{
    Bernoulli, Censored, FromScore, Gamma, Huber, LearnedNormal, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    StudentT, VonMises,
};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Filter, Flags, Gate, GaussHermite, Gaussian,
    IntegratedOrnsteinUhlenbeck, Linear, LinearTimeInvariant, LocalLevel, LocalLinearTrend, Logits, Maximum, MeanField,
    Monitor, Nonlinear, OrnsteinUhlenbeck, RandomWalk, Real, Sensor, Status, VectorSensor,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes by the name of the type.
type Sizes = BTreeMap<String, usize>;

fn bytes_of<V: Serialize>(value: &V) -> Vec<u8> {
    postcard::to_slice(value, &mut [0; 512]).expect("room").to_vec()
}

/// Stores a value and reads it back: the same value, the same bytes, and no fewer bytes will do.
fn store<V: Serialize + DeserializeOwned + PartialEq + Debug>(sizes: &mut Sizes, value: &V) -> V {
    let bytes = bytes_of(value);
    let restored: V = postcard::from_bytes(&bytes).expect("intact");
    assert_eq!((&restored, bytes_of(&restored)), (value, bytes.clone()));
    if let Some(shorter) = bytes.len().checked_sub(1) {
        assert!(postcard::from_bytes::<V>(&bytes[..shorter]).is_err(), "{value:?}");
    }
    let path = core::any::type_name::<V>();
    let name = path.split('<').next().and_then(|path| path.rsplit("::").next()).expect("a name");
    sizes.insert(name.to_string(), bytes.len());
    restored
}

fn distributions<T: Real + Serialize + DeserializeOwned>(sizes: &mut Sizes, [a, b, c]: [T; 3]) -> Result<(), Error> {
    let belief = Gaussian::new([-a, b], [[T::ONE, c], [c, b]])?;
    store(sizes, &belief);
    store(sizes, &Filter::new(belief));
    store(sizes, &MeanField::new([a, -b], [c, -c])?);
    store(sizes, &Categorical::from_weights([a, b, c])?);
    store(sizes, &Logits::new([a, -b, c])?);
    let mut level = LocalLevel::new(a, b)?;
    store(sizes, &level);
    level.update(c, a)?;
    store(sizes, &level);
    Ok(())
}

fn models<T: Real + Serialize + DeserializeOwned>(sizes: &mut Sizes, [a, b, c]: [T; 3]) -> Result<(), Error> {
    let (square, noise) = ([[a, b], [-c, a]], [[T::ONE, c], [c, b]]);
    store(sizes, &Dynamics::new(square, noise)?.with_offset([a, b])?);
    store(sizes, &RandomWalk::new(a)?);
    store(sizes, &LocalLinearTrend::new([a, b])?);
    store(sizes, &ConstantVelocity::new(a)?);
    store(sizes, &OrnsteinUhlenbeck::new(a, b)?.with_level(-c)?);
    store(sizes, &IntegratedOrnsteinUhlenbeck::new(a, b)?);
    store(sizes, &LinearTimeInvariant::new(square, noise)?.with_input([a, b])?);
    store(sizes, &VectorSensor::new(square, noise)?.with_offset([a, b])?);
    store(sizes, &Sensor::linear([a, b], Normal::new(c)?).with_offset(a));
    // What a sensor sees cannot be made alone; its likelihood without a number takes no byte beside it.
    let linear = Sensor::linear([a, b], Bernoulli::new()).with_offset(a);
    store::<Linear<T, 2>>(sizes, &postcard::from_bytes(&bytes_of(&linear)).expect("the sensor's"));
    let nonlinear = Sensor::nonlinear(Range::<T, 2, 2>::new([a, b], [0, 1])?, Bernoulli::new()).with_iterations(3)?;
    store::<Nonlinear<Range<T, 2, 2>>>(sizes, &postcard::from_bytes(&bytes_of(&nonlinear)).expect("the sensor's"));
    store(sizes, &Range::<T, 2, 2>::new([a, b], [0, 1])?);
    store(sizes, &Bearing::<T, 2>::new([a, b], [1, 0])?);
    store(sizes, &Altitude::<T, 2>::new(a, 1)?);
    Ok(())
}

fn likelihoods<T: Real + Serialize + DeserializeOwned>(sizes: &mut Sizes, [a, b, c]: [T; 3]) -> Result<(), Error> {
    store(sizes, &Normal::new(a)?);
    store(sizes, &LearnedNormal::new(a, b + T::ONE)?.with_forgetting(T::ONE - c)?);
    store(sizes, &Quantized::new(a, b)?.with_ends(-c, T::ONE)?);
    store(sizes, &Censored::new(a, -b, c)?);
    store(sizes, &Huber::new(a, b)?);
    store(sizes, &StudentT::new(a, b + T::ONE)?);
    store(sizes, &Poisson::with_exposure(a)?);
    store(sizes, &NegativeBinomial::new(a)?.with_exposure(b)?);
    store(sizes, &Gamma::new(a)?);
    store(sizes, &VonMises::new(a)?);
    store(sizes, &FromScore::new(a, b)?);
    store(sizes, &Bernoulli::new());
    store(sizes, &Probit::new());
    Ok(())
}

fn trust<T: Real + Serialize + DeserializeOwned>(sizes: &mut Sizes, [a, b, c]: [T; 3]) -> Result<(), Error> {
    store(sizes, &Gate::by_innovation(a, 300)?);
    store(sizes, &Gate::by_log_evidence(-a, 300)?);
    let mut monitor = Monitor::<T, 16>::new(T::ONE / T::from_u32(1000))?.with_resolution(a)?.with_longest_gap(b)?;
    store(sizes, &monitor);
    for reading in [a, a, b] {
        monitor.elapse(c)?;
        monitor.record(reading, b, -c)?;
    }
    monitor = store(sizes, &monitor);
    store(sizes, &monitor.report().flags);
    store(sizes, &Flags { stuck: true, ..Flags::default() });
    for maximum in [Maximum::Inside, Maximum::AtZero, Maximum::AtInfinity, Maximum::Nowhere, Maximum::NotReached] {
        store(sizes, &maximum);
    }
    store(sizes, &Status::Gated);
    store(sizes, &Error::Diverged);
    store(sizes, &GaussHermite::<9>::new());
    Ok(())
}

fn sizes<T: Real + Serialize + DeserializeOwned>() -> Sizes {
    let mut sizes = Sizes::new();
    // Fractions that are not round in any type, below one half.
    let numbers = [3, 7, 11].map(|divisor| T::ONE / T::from_u32(divisor));
    let [a, b, c] = numbers;
    distributions(&mut sizes, [a, b, c]).expect("valid");
    models(&mut sizes, [a, b, c]).expect("valid");
    likelihoods(&mut sizes, [a, b, c]).expect("valid");
    trust(&mut sizes, [a, b, c]).expect("valid");
    sizes
}

/// The types that the public API can serialize; what is derived stands in the sources alone.
fn serializable() -> BTreeSet<String> {
    let name = |path: &str| path.split('<').next().and_then(|path| path.rsplit("::").next()).map(str::to_string);
    let listed = include_str!("public_api.txt").lines();
    let by_hand = listed.filter_map(|line| name(line.split_once("serde_core::ser::Serialize for ")?.1));
    let derived = ["Sensor", "Bernoulli", "Probit", "Error", "Status", "Maximum", "Flags"].map(str::to_string);
    by_hand.chain(derived).collect()
}

/// Bytes in `f32` and in `f64`: of two states, three classes, and a monitor that holds 3 of 16 readings.
const SIZES: [(&str, usize, usize); 40] = [
    ("Altitude", 5, 9),
    ("Bearing", 10, 18),
    ("Bernoulli", 0, 0),
    ("Categorical", 12, 24),
    ("Censored", 12, 24),
    ("ConstantVelocity", 4, 8),
    ("Dynamics", 48, 96),
    ("Error", 1, 1),
    ("Filter", 32, 64),
    ("Flags", 6, 6),
    ("FromScore", 8, 16),
    ("Gamma", 4, 8),
    ("Gate", 10, 14),
    ("GaussHermite", 0, 0),
    ("Gaussian", 32, 64),
    ("Huber", 8, 16),
    ("IntegratedOrnsteinUhlenbeck", 8, 16),
    ("LearnedNormal", 16, 32),
    ("Linear", 12, 24),
    ("LinearTimeInvariant", 48, 96),
    ("LocalLevel", 21, 41),
    ("LocalLinearTrend", 8, 16),
    ("Logits", 12, 24),
    ("Maximum", 1, 1),
    ("MeanField", 16, 32),
    ("Monitor", 171, 323),
    ("NegativeBinomial", 8, 16),
    ("Nonlinear", 11, 19),
    ("Normal", 4, 8),
    ("OrnsteinUhlenbeck", 12, 24),
    ("Poisson", 4, 8),
    ("Probit", 0, 0),
    ("Quantized", 16, 32),
    ("RandomWalk", 4, 8),
    ("Range", 10, 18),
    ("Sensor", 16, 32),
    ("Status", 1, 1),
    ("StudentT", 8, 16),
    ("VectorSensor", 48, 96),
    ("VonMises", 4, 8),
];

#[test]
fn every_type_that_can_be_stored_comes_back() {
    let (single, double) = (sizes::<f32>(), sizes::<f64>());
    assert_eq!(single.keys().cloned().collect::<BTreeSet<_>>(), serializable());
    let sizes: Vec<_> = single.iter().map(|(name, bytes)| (name.as_str(), *bytes, double[name])).collect();
    assert_eq!(sizes, SIZES);
}

//! Serialized: every bit comes back, and nothing comes in that a constructor would refuse.
#![cfg(feature = "serde")]

#[path = "serde/trust.rs"]
mod trust;

use core::fmt::Debug;

use elbow::likelihood::{
    Bernoulli, Censored, FromScore, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit,
    Quantized, StudentT, VonMises,
};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Filter, GaussHermite, Gaussian, IntegratedOrnsteinUhlenbeck,
    Linear, LinearTimeInvariant, LocalLevel, LocalLinearTrend, Logits, MeanField, Nonlinear, OneSample,
    OrnsteinUhlenbeck, RandomWalk, Real, Sensor, Status, VectorSensor,
};
use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// In postcard, where a number is its bits, lowest byte first, and nothing else is written around it.
fn bytes_of<V: Serialize>(value: &V) -> Vec<u8> {
    let mut buffer = [0; 1024];
    postcard::to_slice(value, &mut buffer).unwrap().to_vec()
}

fn text<V: Serialize>(value: &V) -> String {
    serde_json::to_string(value).unwrap()
}

/// Through both formats, compared bit for bit, derived fields included.
fn assert_round_trip<V: Serialize + DeserializeOwned + PartialEq + Debug>(value: &V) {
    let (bytes, text) = (bytes_of(value), text(value));
    let restored: V = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((&restored, bytes_of(&restored)), (value, bytes.clone()));
    let restored: V = serde_json::from_str(&text).unwrap();
    assert_eq!((&restored, bytes_of(&restored)), (value, bytes), "{text}");
}

/// Numbers with long fractions, of many magnitudes and both signs; the extremes of the type, and a negative zero.
fn numbers<T: Real, const N: usize>(seed: u32) -> [T; N] {
    core::array::from_fn(|i| {
        let k = seed + i as u32;
        let fraction = T::ONE / T::from_u32(2 * k + 3);
        match k % 6 {
            0 => -fraction,
            1 => -T::ZERO,
            2 => T::MAX * fraction,
            3 => T::MIN_POSITIVE * fraction,
            4 => T::MAX,
            _ => fraction,
        }
    })
}

fn positive<T: Real, const N: usize>(seed: u32) -> [T; N] {
    core::array::from_fn(|i| T::ONE / T::from_u32(3 * (seed + i as u32) + 7))
}

fn all_round_trip<T: Real + Serialize + DeserializeOwned, const N: usize>(seed: u32) {
    let matrix: [[T; N]; N] = core::array::from_fn(|i| numbers(seed + i as u32));
    assert_round_trip(&Categorical::<T, N>::from_weights(positive(seed)).unwrap());
    assert_round_trip(&Logits::<T, N>::new(numbers(seed).map(|x: T| x * T::from_f64(1.0 / 64.0))).unwrap());
    let mut pivots: [T; N] = positive(seed);
    pivots[0] = T::MIN_POSITIVE;
    pivots[N - 1] = T::MAX;
    let belief = Gaussian::<T, N>::from_factor(numbers(seed), matrix, pivots).unwrap();
    assert_round_trip(&belief);
    assert_round_trip(&Filter::new(belief));
    assert_round_trip(&MeanField::<T, N>::new(numbers(seed), positive(seed)).unwrap());
    pivots[0] = T::ZERO;
    assert_round_trip(&Dynamics::<T, N>::from_factor(matrix, matrix, pivots).unwrap());

    let [a, b]: [T; 2] = positive(seed);
    assert_round_trip(&RandomWalk::new(a).unwrap());
    assert_round_trip(&LocalLinearTrend::new([a, b]).unwrap());
    assert_round_trip(&ConstantVelocity::new(a).unwrap());
    let mut level = LocalLevel::new(a, b).unwrap();
    assert_round_trip(&level);
    level.update(-T::ZERO, a).unwrap();
    assert_round_trip(&level);
    assert_round_trip(&OrnsteinUhlenbeck::new(a, b).unwrap().with_level(-a).unwrap());
    assert_round_trip(&IntegratedOrnsteinUhlenbeck::new(a, b).unwrap());
    let diffusion = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { a } else { b * b * a }));
    let model = LinearTimeInvariant::<T, N>::new(matrix, diffusion).unwrap();
    assert_round_trip(&model.with_input(numbers(seed)).unwrap());
    let rows: [[T; N]; 2] = [numbers(seed), numbers(seed + 1)];
    let pair = VectorSensor::new(rows, [[a, b * a], [b * a, a]]).unwrap();
    assert_round_trip(&pair.with_offset([a, b]).unwrap());
    let step = Dynamics::<T, N>::from_factor(matrix, matrix, pivots).unwrap();
    assert_round_trip(&step.with_offset(numbers(seed)).unwrap());
    let row = numbers(seed);
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Normal::new(a).unwrap()).with_offset(b));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, StudentT::new(a, b + T::ONE).unwrap()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Poisson::with_exposure(a).unwrap()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Bernoulli::new()));
    let counts = NegativeBinomial::new(a).unwrap().with_exposure(b).unwrap();
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, counts));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Gamma::new(a).unwrap()));
    let steps = Quantized::new(a, b).unwrap();
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, steps));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, steps.with_ends(-b, T::ONE).unwrap()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Censored::new(a, -b, T::MAX).unwrap()));
    let range = Range::<T, N, 3>::new(numbers(seed), [0, N - 1, N / 2]).unwrap();
    assert_round_trip(&Sensor::nonlinear(range, Normal::new(a).unwrap()).with_iterations(5).unwrap());
    assert_round_trip(&Bearing::<T, N>::new(numbers(seed), [N - 1, 0]).unwrap());
    assert_round_trip(&Altitude::<T, N>::new(b, N - 1).unwrap());
    let mut noise = LearnedNormal::new(a, b + T::ONE).unwrap().with_forgetting(T::ONE - a).unwrap();
    noise.learn(b, a, a);
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, noise));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Probit::new()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, FromScore::new(b, a).unwrap()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, VonMises::new(a).unwrap()));
    assert_round_trip(&Sensor::<Linear<T, N>, _>::linear(row, Huber::new(a, b).unwrap()));
}

#[test]
fn every_bit_comes_back() {
    for seed in 0..24 {
        all_round_trip::<f32, 1>(seed);
        all_round_trip::<f32, 2>(seed);
        all_round_trip::<f32, 4>(seed);
        all_round_trip::<f64, 1>(seed);
        all_round_trip::<f64, 2>(seed);
        all_round_trip::<f64, 4>(seed);
    }
    assert_round_trip(&GaussHermite::<5>::new());
}

#[test]
fn a_restored_filter_goes_on_with_the_same_bits() {
    let mut filter = Filter::new(Gaussian::new([20.0_f32, 0.1], [[4.0, 0.2], [0.2, 0.1]]).unwrap());
    let mut sensor = Sensor::linear([1.0, 0.0], StudentT::new(0.1, 4.0).unwrap());
    let mut trend = LocalLinearTrend::new([1e-4, 1e-6]).unwrap();
    let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
    let mut twin = (filter, sensor, trend, estimator.clone());
    for k in 0..200_u16 {
        let reading = 20.0 + 0.01 * f32::from(k) + if k % 17 == 3 { 8.0 } else { 0.0 };
        filter.predict_for(&trend, 0.7).unwrap();
        let update = filter.update(&mut sensor, reading, &mut estimator).unwrap();
        let (twin_filter, twin_sensor, twin_trend, twin_estimator) = &mut twin;
        twin_filter.predict_for(twin_trend, 0.7).unwrap();
        assert_eq!(twin_filter.update(twin_sensor, reading, twin_estimator), Ok(update));
        assert_eq!(bytes_of(twin_filter), bytes_of(&filter));
        filter = serde_json::from_str(&text(&filter)).unwrap();
        (sensor, trend) = postcard::from_bytes(&bytes_of(&(sensor, trend))).unwrap();
    }
}

/// What is stored in flash by one version is read by the next.
#[test]
fn the_forms_are_fixed() {
    let belief = Gaussian::from_factor([1.5_f32, -0.0], [[9.0, 9.0], [0.5, 9.0]], [4.0, 1.0]).unwrap();
    let gaussian = r#"{"mean":[1.5,-0.0],"unit_lower":[[1.0,0.0],[0.5,1.0]],"pivots":[4.0,1.0]}"#;
    assert_eq!(text(&belief), gaussian);
    assert_eq!(text(&Filter::new(belief)), format!(r#"{{"belief":{gaussian}}}"#));
    let numbers: Vec<u8> =
        [1.5_f32, -0.0, 1.0, 0.0, 0.5, 1.0, 4.0, 1.0].iter().flat_map(|x| x.to_bits().to_le_bytes()).collect();
    assert_eq!(bytes_of(&Filter::new(belief)), numbers);

    assert_eq!(text(&Categorical::new([0.25, 0.75]).unwrap()), r#"{"probabilities":[0.25,0.75]}"#);
    assert_eq!(text(&Logits::new([0.25, 0.75]).unwrap()), r#"{"values":[0.25,0.75]}"#);
    assert_eq!(text(&MeanField::new([0.5], [2.0]).unwrap()), r#"{"mean":[0.5],"log_std_dev":[2.0]}"#);
    let dynamics = Dynamics::new([[0.5, 1.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 4.0]]).unwrap();
    let expected = r#"{"transition":[[0.5,1.0],[0.0,1.0]],"offset":[0.0,0.0],"loadings":[[1.0,0.0],[2.0,0.0]],"weights":[1.0,0.0]}"#;
    assert_eq!(text(&dynamics), expected);
    assert_eq!(text(&RandomWalk::new(0.5).unwrap()), r#"{"variance_rate":0.5}"#);
    assert_eq!(text(&LocalLinearTrend::new([0.5, 2.0]).unwrap()), r#"{"level_rate":0.5,"slope_rate":2.0}"#);
    assert_eq!(text(&ConstantVelocity::new(0.5).unwrap()), r#"{"acceleration_density":0.5}"#);
    let level = r#"{"noise":{"variance":0.25},"drift":{"variance_rate":4.0},"filter":null}"#;
    assert_eq!(text(&LocalLevel::new(0.5, 2.0).unwrap()), level);
    let bias = OrnsteinUhlenbeck::new(2.0, 0.5).unwrap().with_level(-1.5).unwrap();
    assert_eq!(text(&bias), r#"{"time_constant":2.0,"stationary_variance":0.5,"level":-1.5}"#);
    let hover = IntegratedOrnsteinUhlenbeck::new(2.0, 0.5).unwrap();
    assert_eq!(text(&hover), r#"{"time_constant":2.0,"velocity_variance":0.5}"#);
    let model = LinearTimeInvariant::new([[-0.5]], [[2.0]]).unwrap().with_input([3.0]).unwrap();
    assert_eq!(text(&model), r#"{"drift":[[-0.5]],"input":[3.0],"loadings":[[1.0]],"weights":[2.0]}"#);
    let pair = VectorSensor::new([[1.0], [0.5]], [[4.0, 2.0], [2.0, 2.0]]).unwrap().with_offset([0.5, 0.0]).unwrap();
    let expected = r#"{"rows":[[1.0],[0.5]],"offset":[0.5,0.0],"unit_lower":[[1.0,0.0],[0.5,1.0]],"pivots":[4.0,1.0]}"#;
    assert_eq!(text(&pair), expected);
    let sensor = Sensor::linear([1.0, 0.0], Normal::new(2.0).unwrap()).with_offset(0.5);
    let expected = r#"{"predictor":{"row":[1.0,0.0],"offset":0.5},"likelihood":{"variance":2.0}}"#;
    assert_eq!(text(&sensor), expected);
    assert_eq!(text(&StudentT::new(0.5, 4.0).unwrap()), r#"{"scale":0.5,"degrees_of_freedom":4.0}"#);
    assert_eq!(text(&Poisson::with_exposure(5.0).unwrap()), r#"{"exposure":5.0}"#);
    let counts = NegativeBinomial::new(0.5).unwrap().with_exposure(5.0).unwrap();
    assert_eq!(text(&counts), r#"{"dispersion":0.5,"exposure":5.0}"#);
    assert_eq!(text(&Gamma::new(4.0).unwrap()), r#"{"shape":4.0}"#);
    let steps = Quantized::new(1.0, 0.5).unwrap().with_ends(0.0, 255.0).unwrap();
    assert_eq!(text(&steps), r#"{"step":1.0,"std_dev":0.5,"lowest":0.0,"highest":255.0}"#);
    assert_eq!(text(&Censored::new(0.5, 0.0, 4.0).unwrap()), r#"{"std_dev":0.5,"lower":0.0,"upper":4.0}"#);
    assert_eq!(text(&VonMises::new(50.0).unwrap()), r#"{"concentration":50.0}"#);
    assert_eq!(text(&Huber::new(0.5, 2.0).unwrap()), r#"{"std_dev":0.5,"threshold":2.0}"#);
    assert_eq!(text(&Probit::new()), "{}");
    assert_eq!(text(&FromScore::new(0.25, 2.0).unwrap()), r#"{"model":0.25,"step":2.0}"#);
    assert_eq!((text(&Bernoulli::new()), text(&GaussHermite::<9>::new())), ("{}".into(), "{}".into()));

    let errors = [
        (Error::NotFinite, "NotFinite"),
        (Error::NotPositive, "NotPositive"),
        (Error::NotNormalized, "NotNormalized"),
        (Error::NotSymmetric, "NotSymmetric"),
        (Error::NotPositiveDefinite, "NotPositiveDefinite"),
        (Error::OutOfRange, "OutOfRange"),
        (Error::BufferTooSmall, "BufferTooSmall"),
        (Error::Corrupt, "Corrupt"),
        (Error::Incompatible, "Incompatible"),
        (Error::Diverged, "Diverged"),
    ];
    for (index, (error, name)) in errors.into_iter().enumerate() {
        assert_round_trip(&error);
        assert_eq!((text(&error), bytes_of(&error)), (format!("\"{name}\""), vec![index as u8]));
    }
    let statuses = [Status::Accepted, Status::Saturated, Status::NotConverged, Status::Gated];
    for (index, status) in statuses.into_iter().enumerate() {
        assert_round_trip(&status);
        assert_eq!((text(&status), bytes_of(&status)), (format!("\"{status:?}\""), vec![index as u8]));
    }
}

/// A text is refused in the words of the error. Numbers are read as `f64` first: 1e39 is an infinity to an `f32`.
fn assert_refused<V: DeserializeOwned + Debug>(text: &str, error: Error) {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let refusal = serde_json::from_value::<V>(value).expect_err(text);
    assert_eq!(refusal.to_string(), error.to_string(), "{text}");
}

#[test]
fn what_a_constructor_refuses_does_not_come_in() {
    use Error::{NotFinite, NotNormalized, NotPositive, OutOfRange};
    assert_refused::<Categorical<f32, 2>>(r#"{"probabilities":[1e39,0]}"#, NotFinite);
    assert_refused::<Categorical<f32, 2>>(r#"{"probabilities":[1.5,-0.5]}"#, OutOfRange);
    assert_refused::<Categorical<f64, 2>>(r#"{"probabilities":[0.5,0.4999999]}"#, NotNormalized);
    assert_refused::<Logits<f32, 2>>(r#"{"values":[0,1e39]}"#, NotFinite);
    assert_refused::<Logits<f32, 2>>(r#"{"values":[0,3e38]}"#, OutOfRange);
    let gaussian = |mean: &str, lower: &str, pivot: &str| {
        format!(r#"{{"mean":[0,{mean}],"unit_lower":[[1,0],[{lower},1]],"pivots":[1,{pivot}]}}"#)
    };
    let bad_gaussians = [
        (gaussian("1e39", "0", "1"), NotFinite),
        (gaussian("0", "-1e39", "1"), NotFinite),
        (gaussian("0", "0", "1e39"), NotFinite),
        (gaussian("0", "0", "-1"), NotPositive),
        (gaussian("0", "0", "0"), NotPositive),
        (gaussian("0", "0", "1e-40"), OutOfRange),
    ];
    for (text, error) in bad_gaussians {
        assert_refused::<Gaussian<f32, 2>>(&text, error);
        assert_refused::<Filter<f32, 2>>(&format!(r#"{{"belief":{text}}}"#), error);
    }
    assert_refused::<MeanField<f32, 1>>(r#"{"mean":[1e39],"log_std_dev":[0]}"#, NotFinite);
    assert_refused::<MeanField<f32, 1>>(r#"{"mean":[0],"log_std_dev":[1e39]}"#, NotFinite);
    assert_refused::<MeanField<f32, 1>>(r#"{"mean":[0],"log_std_dev":[44]}"#, OutOfRange);
    let dynamics = |transition: &str, weight: &str| {
        format!(r#"{{"transition":[[{transition}]],"offset":[0],"loadings":[[1]],"weights":[{weight}]}}"#)
    };
    assert_refused::<Dynamics<f32, 1>>(&dynamics("1e39", "1"), NotFinite);
    assert_refused::<Dynamics<f32, 1>>(&dynamics("1", "1e39"), NotFinite);
    assert_refused::<Dynamics<f32, 1>>(&dynamics("1", "-1"), OutOfRange);
    assert_refused::<RandomWalk<f32>>(r#"{"variance_rate":1e39}"#, NotFinite);
    assert_refused::<RandomWalk<f32>>(r#"{"variance_rate":-1}"#, OutOfRange);
    assert_refused::<LocalLinearTrend<f32>>(r#"{"level_rate":-1,"slope_rate":1}"#, OutOfRange);
    assert_refused::<LocalLinearTrend<f32>>(r#"{"level_rate":1,"slope_rate":-1}"#, OutOfRange);
    assert_refused::<ConstantVelocity<f32>>(r#"{"acceleration_density":-1}"#, OutOfRange);
    let level = |noise: &str, pivot: &str| {
        let filter = format!(r#"{{"belief":{{"mean":[0],"unit_lower":[[1]],"pivots":[{pivot}]}}}}"#);
        format!(r#"{{"noise":{{"variance":{noise}}},"drift":{{"variance_rate":1}},"filter":{filter}}}"#)
    };
    assert_refused::<LocalLevel<f32>>(&level("0", "1"), NotPositive);
    assert_refused::<LocalLevel<f32>>(&level("1", "0"), NotPositive);
    let bias = |time: &str, variance: &str, level: &str| {
        format!(r#"{{"time_constant":{time},"stationary_variance":{variance},"level":{level}}}"#)
    };
    assert_refused::<OrnsteinUhlenbeck<f32>>(&bias("0", "1", "0"), NotPositive);
    assert_refused::<OrnsteinUhlenbeck<f32>>(&bias("1", "1e-40", "0"), OutOfRange);
    assert_refused::<OrnsteinUhlenbeck<f32>>(&bias("1", "1", "1e39"), NotFinite);
    let hover = r#"{"time_constant":1,"velocity_variance":-1}"#;
    assert_refused::<IntegratedOrnsteinUhlenbeck<f32>>(hover, NotPositive);
    let model = r#"{"drift":[[0]],"input":[0],"loadings":[[1]],"weights":[-1]}"#;
    assert_refused::<LinearTimeInvariant<f32, 1>>(model, OutOfRange);
    let sensor = r#"{"rows":[[0]],"offset":[0],"unit_lower":[[1]],"pivots":[-1]}"#;
    assert_refused::<VectorSensor<f32, 1, 1>>(sensor, NotPositive);
    assert_refused::<Linear<f32, 2>>(r#"{"row":[0,1e39],"offset":0}"#, NotFinite);
    assert_refused::<Linear<f32, 2>>(r#"{"row":[0,1],"offset":-1e39}"#, NotFinite);
    assert_refused::<Range<f32, 2, 2>>(r#"{"beacon":[0,1e39],"indices":[0,1]}"#, NotFinite);
    assert_refused::<Range<f32, 2, 2>>(r#"{"beacon":[0,0],"indices":[0,2]}"#, OutOfRange);
    assert_refused::<Bearing<f32, 2>>(r#"{"station":[0,0],"indices":[0,2]}"#, OutOfRange);
    for (pressure, index, iterations, error) in
        [(1, 0, 0, NotPositive), (1, 0, 17, OutOfRange), (0, 0, 1, NotPositive), (1, 1, 1, OutOfRange)]
    {
        let altitude = format!(r#"{{"sea_level_pressure":{pressure},"index":{index}}}"#);
        let sensor = format!(r#"{{"predictor":{altitude},"iterations":{iterations}}}"#);
        assert_refused::<Nonlinear<Altitude<f32, 1>>>(&sensor, error);
    }
    let bad_normals = [("1e39", NotFinite), ("-1", NotPositive), ("0", NotPositive), ("1e-40", OutOfRange)];
    for (number, error) in bad_normals {
        let likelihood = format!(r#"{{"variance":{number}}}"#);
        let sensor = format!(r#"{{"predictor":{{"row":[1],"offset":0}},"likelihood":{likelihood}}}"#);
        assert_refused::<Sensor<Linear<f32, 1>, Normal<f32>>>(&sensor, error);
        assert_refused::<Normal<f32>>(&likelihood, error);
        let learnt = format!(r#"{{"variance":{number},"readings":2,"forgetting":1,"floor":1e-9}}"#);
        assert_refused::<LearnedNormal<f32>>(&learnt, error);
        assert_refused::<Poisson<f32>>(&format!(r#"{{"exposure":{number}}}"#), error);
        assert_refused::<StudentT<f32>>(&format!(r#"{{"scale":{number},"degrees_of_freedom":4}}"#), error);
    }
    assert_refused::<StudentT<f32>>(r#"{"scale":1,"degrees_of_freedom":0.05}"#, OutOfRange);
    assert_refused::<StudentT<f32>>(r#"{"scale":1e-20,"degrees_of_freedom":4}"#, OutOfRange);
    let steps = |step: &str, lowest: &str| format!(r#"{{"step":{step},"std_dev":0.5,"lowest":{lowest},"highest":9}}"#);
    assert_refused::<Quantized<f32>>(&steps("0", "0"), NotPositive);
    assert_refused::<Quantized<f32>>(&steps("1", "9"), OutOfRange);
    assert_refused::<Censored<f32>>(r#"{"std_dev":-1,"lower":0,"upper":1}"#, NotPositive);
    assert_refused::<Censored<f32>>(r#"{"std_dev":1,"lower":1,"upper":1}"#, OutOfRange);
    assert_refused::<VonMises<f32>>(r#"{"concentration":-1}"#, NotPositive);
    assert_refused::<FromScore<f32, f32>>(r#"{"model":1,"step":0}"#, NotPositive);
    assert_refused::<VonMises<f32>>(r#"{"concentration":1e13}"#, OutOfRange);
    assert_refused::<Huber<f32>>(r#"{"std_dev":0,"threshold":1}"#, NotPositive);
    assert_refused::<Huber<f32>>(r#"{"std_dev":1,"threshold":2000}"#, OutOfRange);
}

/// NaN and infinities in the place of every number, in a format that can write them; in places that are not read they
/// change nothing.
fn assert_finite_only<V: Serialize + DeserializeOwned + Debug>(value: &V, unread: &[usize]) {
    let bytes = bytes_of(value);
    for place in 0..bytes.len() / 4 {
        for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut changed = bytes.clone();
            changed[4 * place..4 * place + 4].copy_from_slice(&number.to_bits().to_le_bytes());
            let restored = postcard::from_bytes::<V>(&changed);
            if unread.contains(&place) {
                assert_eq!(bytes_of(&restored.unwrap()), bytes);
            } else {
                assert!(restored.is_err(), "{number} at {place} of {value:?}");
            }
        }
    }
}

#[test]
fn no_number_that_is_not_finite_comes_in() {
    let belief = Gaussian::from_factor([1.0_f32, 2.0], [[1.0, 0.0], [0.5, 1.0]], [4.0, 1.0]).unwrap();
    assert_finite_only(&Filter::new(belief), &[2, 3, 5]);
    let dynamics = Dynamics::new([[1.0_f32, 1.0], [0.0, 1.0]], [[1.0, 0.5], [0.5, 1.0]]).unwrap();
    assert_finite_only(&dynamics, &[]);
    assert_finite_only(&Categorical::new([0.25_f32, 0.75]).unwrap(), &[]);
    assert_finite_only(&Logits::new([0.25_f32, 0.75]).unwrap(), &[]);
    assert_finite_only(&MeanField::new([0.25_f32, 0.75], [1.0, 2.0]).unwrap(), &[]);
    assert_finite_only(&RandomWalk::new(1.0_f32).unwrap(), &[]);
    assert_finite_only(&LocalLinearTrend::new([1.0_f32, 2.0]).unwrap(), &[]);
    assert_finite_only(&ConstantVelocity::new(1.0_f32).unwrap(), &[]);
    assert_finite_only(&OrnsteinUhlenbeck::new(1.0_f32, 2.0).unwrap(), &[]);
    assert_finite_only(&IntegratedOrnsteinUhlenbeck::new(1.0_f32, 2.0).unwrap(), &[]);
    assert_finite_only(&LinearTimeInvariant::new([[-1.0_f32]], [[2.0]]).unwrap(), &[]);
    let pair = VectorSensor::new([[1.0_f32], [0.5]], [[4.0, 2.0], [2.0, 2.0]]).unwrap();
    assert_finite_only(&pair, &[4, 5, 7]);
    assert_finite_only(&Sensor::linear([1.0_f32, 0.5], StudentT::new(1.0_f32, 4.0).unwrap()), &[]);
    assert_finite_only(&Sensor::linear([1.0_f32, 0.5], Poisson::with_exposure(2.0_f32).unwrap()), &[]);
    assert_finite_only(&NegativeBinomial::new(2.0_f32).unwrap(), &[]);
    assert_finite_only(&Gamma::new(2.0_f32).unwrap(), &[]);
    assert_finite_only(&Quantized::new(1.0_f32, 0.5).unwrap(), &[]);
    assert_finite_only(&Censored::new(1.0_f32, 0.5, 2.0).unwrap(), &[]);
    assert_finite_only(&VonMises::new(2.0_f32).unwrap(), &[]);
    assert_finite_only(&Huber::new(1.0_f32, 2.0).unwrap(), &[]);
}

#[test]
fn what_is_not_the_form_is_refused() {
    let refused = |text: &str, expected: &str| {
        let message = serde_json::from_str::<MeanField<f32, 2>>(text).expect_err(text).to_string();
        assert!(message.contains(expected), "{text}: {message}");
    };
    refused(r#"{"mean":[0],"log_std_dev":[0,0]}"#, "invalid length 1, expected 2 elements");
    refused(r#"{"mean":[],"log_std_dev":[0,0]}"#, "invalid length 0, expected 2 elements");
    refused(r#"{"mean":[0,0,0],"log_std_dev":[0,0]}"#, "trailing characters");
    refused(r#"{"mean":[0,null],"log_std_dev":[0,0]}"#, "invalid type: null");
    refused(r#"{"mean":[0,0]}"#, "missing field `log_std_dev`");
    assert!(serde_json::from_str::<Error>(r#""NotConverged""#).is_err());
    assert!(serde_json::from_str::<Status>(r#""NotFinite""#).is_err());
    let bytes = bytes_of(&Gaussian::<f64, 4>::standard());
    assert!(postcard::from_bytes::<Gaussian<f64, 4>>(&bytes[..bytes.len() - 1]).is_err());
}

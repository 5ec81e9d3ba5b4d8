//! Likelihoods, the user's own among them.

use crate::{SPECIAL, bits_of, rng};
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::{Error, Filter, GaussHermite, Gaussian, OneSample, Sensor, Status};

/// Derivatives and values of one likelihood at every special eta.
fn cross<L: Likelihood<f32>>(likelihood: &L, reading: L::Reading) {
    for eta in SPECIAL {
        let value = likelihood.log_prob(reading, eta);
        let d = likelihood.derivatives(reading, eta);
        if !eta.is_nan() {
            assert!(!value.is_nan() && value < f32::INFINITY, "{eta:e}: {value}");
        }
        if eta.is_finite() {
            assert!(!d.first.is_nan() && !d.second.is_nan(), "{eta:e}: {d:?}");
            assert!(likelihood.precision(reading, eta, &d) >= 0.0);
        }
    }
}

#[test]
fn likelihoods_are_numbers_everywhere() {
    for y in SPECIAL.into_iter().filter(|y| y.is_finite()) {
        for scale in [1e-18_f32, 1e-3, 1.0, 1e18] {
            cross(&Normal::new(scale * scale).unwrap(), y);
            for step in [1e-18_f32, 1e-3, 1.0, 1e18] {
                cross(&Quantized::new(step, scale).unwrap(), y);
            }
            cross(&Censored::new(scale, -1.0, 20.0).unwrap(), y);
            cross(&Censored::new(scale, -f32::MAX, 1e20).unwrap(), y);
            for threshold in [1e-3, 1.345, 1e3] {
                cross(&Huber::new(scale, threshold).unwrap(), y);
            }
            for nu in [0.1, 1.0, 4.0, 1e8] {
                if let Ok(heavy) = StudentT::new(scale, nu) {
                    cross(&heavy, y);
                } else {
                    assert!(!(scale * scale * nu).is_normal());
                }
            }
        }
    }
    for kappa in [1e-3_f32, 0.5, 50.0, 1e12] {
        let angle = VonMises::new(kappa).unwrap();
        SPECIAL.into_iter().filter(|&y| angle.check(y).is_ok()).for_each(|y| cross(&angle, y));
    }
    for exposure in [f32::MIN_POSITIVE, 1.0, f32::MAX] {
        for count in [0, 1, 15, 16, 1 << 24, u32::MAX] {
            cross(&Poisson::with_exposure(exposure).unwrap(), count);
            for dispersion in [1e-3, 1.0, 1e8] {
                cross(&NegativeBinomial::new(dispersion).unwrap().with_exposure(exposure).unwrap(), count);
            }
        }
    }
    for shape in [1e-3_f32, 0.5, 1.0, 2.5, 1e8] {
        let amount = Gamma::new(shape).unwrap();
        SPECIAL.into_iter().filter(|&y| amount.check(y).is_ok()).for_each(|y| cross(&amount, y));
    }
    cross(&Bernoulli::new(), true);
    cross(&Bernoulli::new(), false);
    cross(&Probit::new(), true);
    cross(&Probit::new(), false);
}

#[test]
fn a_users_model_that_returns_nan_is_an_error() {
    struct Broken;
    impl Likelihood<f32> for Broken {
        type Reading = f32;
        fn check(&self, _: f32) -> Result<(), Error> {
            Ok(())
        }
        fn log_prob(&self, _: f32, _: f32) -> f32 {
            f32::NAN
        }
        fn derivatives(&self, reading: f32, _: f32) -> elbow::likelihood::Derivatives<f32> {
            elbow::likelihood::Derivatives { first: reading, second: f32::NAN }
        }
    }
    let start = Gaussian::diagonal([0.0_f32], [1.0]).unwrap();
    for reading in [1.0, f32::NAN, f32::INFINITY] {
        let (mut filter, mut sensor) = (Filter::new(start), Sensor::linear([1.0], Broken));
        assert_eq!(filter.update(&mut sensor, reading, &mut OneSample::new(rng())), Err(Error::NotFinite));
        assert_eq!(filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()), Err(Error::NotFinite));
        assert_eq!(bits_of(filter.belief()), bits_of(&start));
    }
}

/// A filter takes a reading with normal noise in without asking an estimator, but asks the user's own check, and takes
/// no variance for granted.
#[test]
fn a_users_normal_noise_is_checked() {
    #[derive(Clone, Copy)]
    struct Ranger(f32);
    impl Likelihood<f32> for Ranger {
        type Reading = f32;
        fn check(&self, reading: f32) -> Result<(), Error> {
            if !reading.is_finite() {
                return Err(Error::NotFinite);
            }
            if (0.02..4.0).contains(&reading) { Ok(()) } else { Err(Error::OutOfRange) }
        }
        fn location(&self, reading: f32) -> Option<f32> {
            Some(reading)
        }
        fn noise_variance(&self, _: f32) -> Option<f32> {
            Some(self.0)
        }
        fn log_prob(&self, reading: f32, eta: f32) -> f32 {
            Normal::new(0.5).map_or(f32::NAN, |normal| normal.log_prob(reading, eta))
        }
        fn derivatives(&self, reading: f32, eta: f32) -> elbow::likelihood::Derivatives<f32> {
            elbow::likelihood::Derivatives { first: 2.0 * (reading - eta), second: -2.0 }
        }
    }
    let start = Gaussian::new([1.0_f32, 0.0], [[1.0, 0.3], [0.3, 2.0]]).unwrap();
    let row = [1.0, -0.5];
    let taken = |variance: f32, reading: f32| {
        let (mut filter, mut sensor) = (Filter::new(start), Sensor::linear(row, Ranger(variance)));
        let result = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).map(|update| update.status());
        (result, bits_of(filter.belief()))
    };
    for (reading, error) in [(4.0, Error::OutOfRange), (0.0, Error::OutOfRange), (f32::NAN, Error::NotFinite)] {
        assert_eq!(taken(0.5, reading), (Err(error), bits_of(&start)), "{reading}");
    }
    let mut normal = Filter::new(start);
    let mut sensor = Sensor::linear(row, Normal::new(0.5).unwrap());
    let update = normal.update(&mut sensor, 3.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(update.status(), Status::Accepted);
    assert_eq!(taken(0.5, 3.0), (Ok(Status::Accepted), bits_of(normal.belief())));
    // By the estimator, of the derivatives, whose noise is that of 0.5.
    let solved = taken(f32::NAN, 3.0);
    assert_eq!(solved.0, Ok(Status::Accepted));
    for variance in [0.0, -0.0, -1e-45, 1e-45, -1e-39, 1e-39, -1.0, f32::INFINITY, f32::NEG_INFINITY, f32::MIN] {
        assert_eq!(taken(variance, 3.0), solved, "{variance:e}");
    }
}

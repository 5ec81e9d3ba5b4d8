//! Estimators, and the generator that they draw from.

use crate::stuck::Stuck;
use crate::{SPECIAL, assert_valid, rng};
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::{Error, Estimator, Filter, GaussHermite, Gaussian, OneSample, Sensor, Solution, Status, noise};

/// Every estimator on every special prior: a named error, or a solution that can be used.
fn solve_all<L: Likelihood<f32>>(likelihood: &L, reading: L::Reading, what: &str) {
    for mean in SPECIAL {
        for variance in SPECIAL {
            let solutions = [
                GaussHermite::<3>::new().solve(likelihood, reading, mean, variance),
                GaussHermite::<5>::new().solve(likelihood, reading, mean, variance),
                GaussHermite::<9>::new().solve(likelihood, reading, mean, variance),
                OneSample::new(rng()).solve(likelihood, reading, mean, variance),
            ];
            for solution in solutions {
                match solution {
                    Ok(Solution { shift, gain, variance: posterior, .. }) => {
                        assert!(mean.is_finite() && variance.is_normal() && variance > 0.0);
                        assert!(shift.is_finite() && gain.is_finite() && gain <= 1.0, "{what} {mean:e} {variance:e}");
                        assert!(posterior.is_normal() && posterior > 0.0, "{what} {mean:e} {variance:e}");
                    }
                    Err(error) => assert!(matches!(error, Error::NotFinite | Error::OutOfRange)),
                }
            }
        }
    }
}

#[test]
fn estimators_name_bad_priors_and_return_usable_solutions() {
    for y in [0.0_f32, 1.5, -3e38, 1e20, 1e-45] {
        solve_all(&Normal::new(0.3).unwrap(), y, "normal");
        solve_all(&Normal::new(1e38).unwrap(), y, "normal");
        solve_all(&StudentT::new(0.5, 1.0).unwrap(), y, "t");
        solve_all(&StudentT::new(1e-18, 4.0).unwrap(), y, "t");
        solve_all(&Quantized::new(0.1, 0.03).unwrap(), y, "quantized");
        solve_all(&Quantized::new(1e18, 1e-18).unwrap(), y, "quantized");
        solve_all(&Censored::new(0.3, 0.0, 1.0).unwrap(), y, "censored");
        solve_all(&Censored::new(1e-18, -f32::MAX, -1.0).unwrap(), y, "censored");
        for threshold in [1e-3, 1.345, 1e3] {
            solve_all(&Huber::new(0.3, threshold).unwrap(), y, "huber");
            solve_all(&Huber::new(1e-18, threshold).unwrap(), y, "huber");
            solve_all(&Huber::new(1e18, threshold).unwrap(), y, "huber");
        }
    }
    for y in [0, 3, u32::MAX] {
        solve_all(&Poisson::new(), y, "poisson");
        solve_all(&Poisson::with_exposure(1e30).unwrap(), y, "poisson");
        for dispersion in [1e-3_f32, 2.0, 1e8] {
            solve_all(&NegativeBinomial::new(dispersion).unwrap(), y, "negative binomial");
        }
        solve_all(&NegativeBinomial::new(2.0).unwrap().with_exposure(1e30).unwrap(), y, "negative binomial");
    }
    for (shape, y) in [(1e-3_f32, 1e-45), (1e-3, 3e38), (1.0, 0.0), (1.0, 1.5), (1e8, 1e-45), (1e8, 3e38)] {
        solve_all(&Gamma::new(shape).unwrap(), y, "gamma");
    }
    for (kappa, y) in [(1e-3_f32, 1e-45), (0.5, 3.0), (50.0, -1e6), (1e12, 1.5)] {
        solve_all(&VonMises::new(kappa).unwrap(), y, "von mises");
    }
    solve_all(&Bernoulli::new(), true, "bernoulli");
    solve_all(&Probit::new(), true, "probit");
    solve_all(&Probit::new(), false, "probit");
    for y in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(GaussHermite::<5>::new().solve(&Normal::new(1.0).unwrap(), y, 0.0, 1.0), Err(Error::NotFinite));
        assert_eq!(Quantized::new(1.0_f32, 0.4).unwrap().check(y), Err(Error::NotFinite));
        assert_eq!(Censored::new(1.0_f32, 0.0, 9.0).unwrap().check(y), Err(Error::NotFinite));
        assert_eq!(Huber::new(1.0_f32, 2.0).unwrap().check(y), Err(Error::NotFinite));
        assert_eq!(VonMises::new(1.0_f32).unwrap().check(y), Err(Error::NotFinite));
        let noise = StudentT::new(1.0_f32, 4.0).unwrap();
        assert_eq!(OneSample::new(rng()).solve(&noise, y, 0.0, 1.0), Err(Error::NotFinite));
        assert_eq!(OneSample::new(rng()).solve(&Gamma::exponential(), y, 0.0, 1.0), Err(Error::NotFinite));
    }
}

/// Where an angle's last place is a radian, there is no angle: refused as a reading, told nothing as a belief.
#[test]
fn an_angle_beyond_its_digits_is_refused() {
    let compass = VonMises::new(50.0_f32).unwrap();
    assert_eq!(compass.check(8_388_607.5), Ok(()));
    assert_eq!(compass.check(-8_388_608.0), Err(Error::OutOfRange));
    let update = GaussHermite::<5>::new().solve(&compass, 1.0, 1e8, 4.0).unwrap();
    assert_eq!((update.status, update.shift), (Status::Saturated, 0.0));
}

#[test]
fn a_stuck_generator_neither_hangs_nor_breaks() {
    for word in [0, u64::MAX, 0x7fff_ffff_7fff_ffff, 0x8000_0000_8000_0000] {
        let z: f32 = noise::standard_normal(&mut Stuck(word));
        let x: f64 = noise::standard_normal(&mut Stuck(word));
        assert!(z.abs() < 6.35 && x.abs() < 9.16, "{word:x}: {z} {x}");
        assert_eq!(z > 0.0, word as u32 >= 0x8000_0000, "{word:x}: {z}");
        let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [4.0]).unwrap());
        let mut estimator = OneSample::new(Stuck(word)).with_samples(16).unwrap();
        let mut counter = Sensor::linear([1.0], Poisson::<f32>::new());
        for count in [3_u32, 0, 50, 2] {
            let update = filter.update(&mut counter, count, &mut estimator).unwrap();
            assert_eq!(update.status(), Status::Accepted);
            assert_valid(filter.belief(), "stuck");
        }
    }
}

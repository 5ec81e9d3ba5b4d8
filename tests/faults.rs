//! Special values in every argument of every public function: a named error with everything unchanged bit for bit, or a
//! result that is valid; plain numbers are NaN only for NaN input and infinite only where the docs say so.

use elbow::likelihood::{Bernoulli, Gamma, Likelihood, NegativeBinomial, Normal, Poisson, StudentT};
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Estimator, Filter, GaussHermite, Gaussian, LocalLinearTrend,
    Logits, MeanField, OneSample, Process, RandomWalk, Sensor, Solution, Status, bits, noise,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Infallible, SeedableRng, TryRng};

const SPECIAL: [f32; 20] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-20,
    1.0 - f32::EPSILON / 2.0,
    1.0,
    1.0 + f32::EPSILON,
    -1.0,
    20.0,
    -90.0,
    1e10,
    1e20,
    f32::MAX,
    f32::MIN,
];

fn rng() -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(3)
}

/// Every bit of a belief.
fn bits_of<const N: usize>(belief: &Gaussian<f32, N>) -> Vec<u32> {
    let lower = belief.unit_lower();
    belief.mean().iter().chain(lower.iter().flatten()).chain(&belief.pivots()).map(|x| x.to_bits()).collect()
}

fn assert_valid<const N: usize>(belief: &Gaussian<f32, N>, what: &str) {
    let lower = belief.unit_lower();
    assert!(belief.mean().iter().chain(lower.iter().flatten()).all(|x| x.is_finite()), "{what}: {belief:?}");
    assert!(belief.pivots().iter().all(|d| d.is_normal() && *d > 0.0), "{what}: {belief:?}");
}

#[test]
fn constructors_name_what_is_wrong() {
    for a in SPECIAL {
        for b in SPECIAL {
            if let Ok(p) = Categorical::new([a, b]) {
                assert!(a >= 0.0 && b >= 0.0 && (a + b - 1.0).abs() <= 8.0 * f32::EPSILON, "{a:e} {b:e}");
                assert!((0.0..0.7).contains(&p.entropy()));
            }
            match Categorical::from_weights([a, b]) {
                Ok(p) => {
                    let [x, y] = *p.probabilities();
                    assert!((x + y - 1.0).abs() < 1e-6 && x >= 0.0 && y >= 0.0, "{a:e} {b:e}: {x:e} {y:e}");
                }
                Err(Error::NotPositive) => assert!(a == 0.0 && b == 0.0),
                Err(Error::OutOfRange) => assert!(a < 0.0 || b < 0.0),
                Err(error) => assert!(error == Error::NotFinite && !(a.is_finite() && b.is_finite())),
            }
            if let Ok(p) = Logits::new([a, b]) {
                assert!((0.0..0.7).contains(&p.entropy()) && p.log_sum_exp().is_finite(), "{a:e} {b:e}");
                assert!(p.probabilities().probabilities().iter().all(|x| (0.0..=1.0).contains(x)));
            }
            let normal = Gaussian::diagonal([a], [b]);
            assert_eq!(normal.is_ok(), a.is_finite() && b.is_normal() && b > 0.0, "{a:e} {b:e}");
            if let Ok(q) = normal {
                assert!(q.entropy().is_finite() && q.sample(&mut rng())[0].is_finite() || a.abs() > 1e38);
            }
            let field = MeanField::new([a], [b]);
            assert_eq!(field.is_ok(), a.is_finite() && b.abs() <= 43.36, "{a:e} {b:e}");
            if let Ok(dynamics) = Dynamics::new([[a]], [[b]]) {
                assert!(a.is_finite() && b.is_finite() && b >= 0.0);
                if let Ok(after) = dynamics.propagate(&Gaussian::standard()) {
                    assert_valid(&after, "propagate");
                }
            }
            assert_eq!(LocalLinearTrend::new([a, b]).is_ok(), a.is_finite() && b.is_finite() && a >= 0.0 && b >= 0.0);
            if let Ok(noise) = StudentT::new(a, b) {
                assert!(a > 0.0 && (0.1..=1e8).contains(&b) && (a * a).is_normal());
                assert!(noise.log_prob(0.0, 0.0).is_finite(), "{a:e} {b:e}");
            }
        }
        assert_eq!(Normal::new(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(Poisson::with_exposure(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(NegativeBinomial::new(1.0).unwrap().with_exposure(a).is_ok(), a.is_normal() && a > 0.0, "{a:e}");
        assert_eq!(NegativeBinomial::new(a).is_ok(), (1e-3..=1e8).contains(&a), "{a:e}");
        assert_eq!(Gamma::new(a).is_ok(), (1e-3..=1e8).contains(&a), "{a:e}");
        assert_eq!(RandomWalk::new(a).is_ok(), a.is_finite() && a >= 0.0);
        assert_eq!(ConstantVelocity::new(a).is_ok(), a.is_finite() && a >= 0.0);
        assert_eq!(bits(a).is_nan(), a.is_nan());
    }
    assert_eq!(OneSample::new(rng()).with_samples(0).err(), Some(Error::NotPositive));
    let bad = [[1.0, f32::NAN], [0.0, 1.0]];
    assert_eq!(Dynamics::new(bad, [[1.0, 0.0], [0.0, 1.0]]), Err(Error::NotFinite));
    assert_eq!(Dynamics::from_factor(bad, [[0.0; 2]; 2], [1.0; 2]), Err(Error::NotFinite));
    assert_eq!(Dynamics::from_factor([[1.0]], [[1.0]], [-1.0_f32]), Err(Error::OutOfRange));
    assert_eq!(Dynamics::from_factor([[1.0]], [[f32::NAN]], [1.0]), Err(Error::NotFinite));
    assert_eq!(Dynamics::new([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.5], [0.4, 1.0]]), Err(Error::NotSymmetric));
}

#[test]
fn divergences_of_special_beliefs_are_numbers() {
    let normals: Vec<Gaussian<f32, 2>> = SPECIAL
        .iter()
        .flat_map(|&m| SPECIAL.map(|v| Gaussian::from_factor([m, 1.0], [[1.0, 0.0], [m, 1.0]], [v, 1.0])))
        .flatten()
        .collect();
    assert!(normals.len() > 100);
    for p in &normals {
        for q in &normals {
            assert!(p.kl(q) >= 0.0, "{p:?} {q:?}");
            assert!(!p.cross_entropy(q).is_nan() && p.cross_entropy(q) > f32::NEG_INFINITY);
            assert!(p.log_prob(q.mean()) < f32::INFINITY);
        }
        assert_eq!(p.kl(p), 0.0, "{p:?}");
    }
    let fields: Vec<MeanField<f32, 1>> =
        SPECIAL.iter().flat_map(|&m| SPECIAL.map(|l| MeanField::new([m], [l]))).flatten().collect();
    for p in &fields {
        for q in &fields {
            assert!(p.kl(q) >= 0.0 && !p.cross_entropy(q).is_nan() && !p.log_prob(q.mean()).is_nan());
        }
        assert_eq!(p.kl(p), 0.0);
    }
    let logits: Vec<Logits<f32, 3>> =
        SPECIAL.iter().flat_map(|&a| SPECIAL.map(|b| Logits::new([a, b, 0.5]))).flatten().collect();
    for p in &logits {
        for q in &logits {
            let (kl, cross) = (p.kl(q), p.cross_entropy(q));
            assert!(kl >= 0.0 && kl.is_finite() && cross >= 0.0 && cross.is_finite(), "{p:?} {q:?}");
        }
        assert_eq!(p.kl(p), 0.0);
    }
}

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
            assert!(likelihood.precision(reading, eta) >= 0.0);
        }
    }
}

#[test]
fn likelihoods_are_numbers_everywhere() {
    for y in SPECIAL.into_iter().filter(|y| y.is_finite()) {
        for scale in [1e-18_f32, 1e-3, 1.0, 1e18] {
            cross(&Normal::new(scale * scale).unwrap(), y);
            for nu in [0.1, 1.0, 4.0, 1e8] {
                if let Ok(heavy) = StudentT::new(scale, nu) {
                    cross(&heavy, y);
                } else {
                    assert!(!(scale * scale * nu).is_normal());
                }
            }
        }
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
}

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
    solve_all(&Bernoulli::new(), true, "bernoulli");
    for y in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(GaussHermite::<5>::new().solve(&Normal::new(1.0).unwrap(), y, 0.0, 1.0), Err(Error::NotFinite));
        let noise = StudentT::new(1.0_f32, 4.0).unwrap();
        assert_eq!(OneSample::new(rng()).solve(&noise, y, 0.0, 1.0), Err(Error::NotFinite));
        assert_eq!(OneSample::new(rng()).solve(&Gamma::exponential(), y, 0.0, 1.0), Err(Error::NotFinite));
    }
}

/// Runs every filter method with special arguments; an error must leave every bit as it was.
fn filter_cross(start: Gaussian<f32, 2>) {
    let mut ok = 0;
    let mut step = |filter: &mut Filter<f32, 2>, what: &str, act: &mut dyn FnMut(&mut Filter<f32, 2>) -> bool| {
        let before = bits_of(filter.belief());
        if act(filter) {
            ok += 1;
            assert_valid(filter.belief(), what);
        } else {
            assert_eq!(before, bits_of(filter.belief()), "{what}");
        }
        *filter = Filter::new(start);
    };
    let mut filter = Filter::new(start);
    for a in SPECIAL {
        step(&mut filter, &format!("shift {a:e}"), &mut |f| f.shift(&[1.0, a]).is_ok());
        for b in SPECIAL {
            let name = format!("{a:e} {b:e} from {start:?}");
            if let Ok(trend) = LocalLinearTrend::new([b.abs(), 0.5]) {
                step(&mut filter, &name, &mut |f| f.predict_for(&trend, a).is_ok());
            }
            if let Ok(dynamics) = Dynamics::new([[a, b], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]]) {
                step(&mut filter, &name, &mut |f| f.predict(&dynamics).is_ok());
            }
            for reading in SPECIAL {
                let mut normal = Sensor::linear([a, 1.0], Normal::new(0.1).unwrap()).with_offset(b);
                let mut heavy = Sensor::linear([a, b], StudentT::new(0.1, 4.0).unwrap());
                let mut count = Sensor::linear([a, b], Poisson::<f32>::new());
                step(&mut filter, &name, &mut |f| {
                    f.update(&mut normal, reading, &mut GaussHermite::<5>::new()).is_ok()
                });
                step(&mut filter, &name, &mut |f| f.update(&mut normal, reading, &mut OneSample::new(rng())).is_ok());
                step(&mut filter, &name, &mut |f| f.update(&mut heavy, reading, &mut GaussHermite::<3>::new()).is_ok());
                step(&mut filter, &name, &mut |f| {
                    f.update(&mut count, reading.abs() as u32, &mut OneSample::new(rng())).is_ok()
                });
            }
        }
    }
    assert!(ok > 1000, "{ok}");
}

#[test]
fn a_filter_keeps_every_bit_on_an_error() {
    filter_cross(Gaussian::new([1.0, -0.5], [[2.0, 0.3], [0.3, 1.0]]).unwrap());
    filter_cross(Gaussian::diagonal([1e30, 0.0], [1e38, 1e-37]).unwrap());
    filter_cross(Gaussian::diagonal([0.0, 3e38], [f32::MIN_POSITIVE, f32::MAX]).unwrap());
}

#[test]
fn time_steps_are_checked_and_zero_changes_nothing() {
    let mut filter = Filter::new(Gaussian::new([1.0_f32, 2.0], [[2.0, 0.3], [0.3, 1.0]]).unwrap());
    let before = bits_of(filter.belief());
    let trend = ConstantVelocity::new(0.1).unwrap();
    for (dt, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (-1.0, Error::OutOfRange),
        (-1e-45, Error::OutOfRange),
    ] {
        assert_eq!(filter.predict_for(&trend, dt), Err(error));
        assert_eq!(trend.step(dt).err(), Some(error));
        assert_eq!(RandomWalk::new(1.0).unwrap().step(dt).err(), Some(error));
    }
    for dt in [0.0, -0.0] {
        assert_eq!(filter.predict_for(&trend, dt), Ok(()));
    }
    assert_eq!(before, bits_of(filter.belief()));
    assert_eq!(filter.predict_for(&trend, f32::MAX), Err(Error::OutOfRange));
    assert_eq!(before, bits_of(filter.belief()));
}

#[test]
fn a_sensor_that_sees_nothing_is_saturated() {
    let mut filter = Filter::new(Gaussian::<f32, 2>::standard());
    let before = bits_of(filter.belief());
    let mut blind = Sensor::linear([0.0, 0.0], Normal::new(1.0).unwrap());
    let update = filter.update(&mut blind, 3.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(update.status(), Status::Saturated);
    assert_eq!((update.information_gain(), update.normalized_innovation()), (0.0, 0.0));
    assert!((update.log_evidence(&blind, 3.0) + 4.5 + 0.918_938_5).abs() < 1e-6);
    assert_eq!(update.elbo(&blind, 3.0), update.log_evidence(&blind, 3.0));
    assert_eq!(before, bits_of(filter.belief()));
}

#[test]
fn a_belief_saturates_instead_of_drifting() {
    let mut filter = Filter::new(Gaussian::diagonal([0.25_f32], [1.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1e7).unwrap());
    let before = bits_of(filter.belief());
    let update = filter.update(&mut sensor, 900.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(update.status(), Status::Saturated);
    assert_eq!((update.mean(), update.variance(), update.information_gain()), (0.25, 1.0, 0.0));
    // The innovation is still that of the reading.
    assert!((update.normalized_innovation() - 0.284_526).abs() < 1e-5);
    assert_eq!(before, bits_of(filter.belief()));
    // A reading that is far out moves the mean by more than its share of the variance, and is taken in.
    let update = filter.update(&mut sensor, 1e6, &mut OneSample::new(rng())).unwrap();
    assert_eq!(update.status(), Status::Accepted);
    assert!((filter.belief().mean()[0] - 0.35).abs() < 1e-6);
}

/// A generator that always returns the same word.
struct Stuck(u64);

impl TryRng for Stuck {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0 as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0 as u8);
        Ok(())
    }
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

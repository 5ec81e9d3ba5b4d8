//! Where one form of a formula hands over to another, and where numbers underflow on the way: each was wrong once.

use elbow::likelihood::{Bernoulli, Derivatives, Gamma, Likelihood, Normal, Poisson, Quantized, StudentT, VonMises};
use elbow::{
    ConstantVelocity, Dynamics, Error, Estimator, Filter, GaussHermite, Gaussian, LinearTimeInvariant,
    LocalLinearTrend, Logits, OneSample, Process, Sensor, Status, elbo,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The ratio of variances is next to sqrt 2, where the logarithm takes out a power of two.
#[test]
fn kl_next_to_a_ratio_of_sqrt_2() {
    let (p, q) = (1.2116678_f32, 1.7152588_f32);
    let kl = Gaussian::diagonal([0.0], [p]).unwrap().kl(&Gaussian::diagonal([0.0], [q]).unwrap());
    let r = f64::from(p) / f64::from(q);
    let error = f64::from(kl) / (0.5 * (r - 1.0 - r.ln())) - 1.0;
    assert!(error.abs() <= 5e-7, "{error:e}");
}

/// One class against others alike: the logarithms of both normalizers and the mean difference nearly cancel. Where
/// more than an eighth is left, their difference is the divergence, else a sum in which nothing cancels.
#[test]
fn normalizers_that_cancel_leave_a_divergence_its_digits() {
    let mut state = 1_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let mut worst = (0.0_f64, [[0.0; 8]; 2]);
    for _ in 0..150_000 {
        let (lead, apart, jitter) = (2.0 * draw(), 6.0 * draw(), 0.5 + 0.5 * draw());
        let mut a: [f32; 8] = std::array::from_fn(|_| jitter * draw());
        let mut b = a;
        (a[0], b[0]) = (lead, lead + apart);
        let double = |logits: [f32; 8]| Logits::new(logits.map(f64::from)).unwrap();
        let expected = double(a).kl(&double(b));
        let got = f64::from(Logits::new(a).unwrap().kl(&Logits::new(b).unwrap()));
        let error = (got - expected).abs() / expected;
        if !(error <= worst.0) {
            worst = (error, [a, b]);
        }
    }
    assert!(worst.0 <= 1e-6, "{worst:?}");
}

/// Beyond 16 EPSILON of the standard deviations' product.
#[test]
fn sixteen_epsilon_of_asymmetry() {
    let skewed = 0.5 + 20.0 * f32::EPSILON;
    assert_eq!(Gaussian::new([0.0; 2], [[1.0, 0.5], [skewed, 1.0]]), Err(Error::NotSymmetric));
}

/// A covariance computed as F C F' is symmetric to rounding even where an off-diagonal entry cancels.
#[test]
fn a_product_is_symmetric_to_rounding() {
    let mut state = 1_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let mut refused = 0;
    for _ in 0..2000 {
        let mut matrix = || -> [[f32; 3]; 3] { std::array::from_fn(|_| std::array::from_fn(|_| draw())) };
        let (a, f) = (matrix(), matrix());
        let times = |a: &[[f32; 3]; 3], b: &dyn Fn(usize, usize) -> f32| -> [[f32; 3]; 3] {
            std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b(k, j)).sum()))
        };
        let c = times(&a, &|k, j| a[j][k]);
        let moved = times(&times(&f, &|k, j| c[k][j]), &|k, j| f[j][k]);
        if Gaussian::new([0.0; 3], moved) == Err(Error::NotSymmetric) {
            refused += 1;
        }
    }
    assert_eq!(refused, 0);
}

/// Where q dt^3 underflows the level gets no noise, the velocity all of its own.
#[test]
fn short_steps_add_their_noise() {
    let start = Gaussian::diagonal([0.0_f32, 0.0], [1e-30, 1e-36]).unwrap();
    for dt in [1e-12_f32, 1e-15, 1e-18, 1e-20, 1e-22, 1e-30] {
        let mut filter = Filter::new(start);
        assert_eq!(filter.predict_for(&ConstantVelocity::new(1.0).unwrap(), dt), Ok(()), "{dt:e}");
        let variance = filter.belief().variance()[1];
        assert!((variance / (dt + 1e-36) - 1.0).abs() < 1e-3, "{dt:e}: {variance:e}");
    }
    let mut filter = Filter::new(start);
    filter.predict_for(&LocalLinearTrend::new([1e-38, 1.0]).unwrap(), 1e-15).unwrap();
    assert!((filter.belief().variance()[1] / 1e-15 - 1.0).abs() < 1e-3, "{:?}", filter.belief().variance());
}

/// The posterior variance is rounded in units of the prior's, the gain in units of itself.
#[test]
fn a_small_gain_keeps_the_digits_of_its_information() {
    fn gain<T: elbow::Real>(noise: f64) -> T {
        let mut filter = Filter::new(Gaussian::diagonal([T::ZERO], [T::from_f64(1.1_f32.into())]).unwrap());
        let mut sensor = Sensor::linear([T::ONE], Normal::new(T::from_f64(noise)).unwrap());
        filter.update(&mut sensor, T::ZERO, &mut GaussHermite::<3>::new()).unwrap().information_gain()
    }
    for noise in [1e2, 1e3, 1e4, 1e5, 5e5, 1e6] {
        let (single, double) = (f64::from(gain::<f32>(noise)), gain::<f64>(noise));
        assert!((single / double - 1.0).abs() < 1e-5, "{noise:e}: {single:e} for {double:e}");
    }
}

/// The same where the gain comes out of a search, against double precision.
#[test]
fn a_small_gain_of_a_search_keeps_its_digits() {
    fn gains<T: elbow::Real>(variance: f64) -> [T; 4] {
        let (mean, variance) = (T::from_f64(0.5), T::from_f64(variance));
        let rng = || Xoshiro128PlusPlus::seed_from_u64(1);
        let heavy = StudentT::new(T::ONE, T::from_f64(4.0)).unwrap();
        let reading = T::from_f64(1.25);
        [
            GaussHermite::<5>::new().solve(&Bernoulli::new(), true, mean, variance).unwrap().gain,
            GaussHermite::<9>::new().solve(&heavy, reading, mean, variance).unwrap().gain,
            OneSample::new(rng()).solve(&Bernoulli::new(), true, mean, variance).unwrap().gain,
            OneSample::new(rng()).solve(&heavy, reading, mean, variance).unwrap().gain,
        ]
    }
    for variance in [4e-6_f32, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0] {
        let (single, double) = (gains::<f32>(variance.into()), gains::<f64>(variance.into()));
        for (i, (single, double)) in single.into_iter().zip(double).enumerate() {
            // A sample differs between the scalars: of the posterior's curvature at a draw a share of s of it.
            let allowed = if i < 2 { 2e-5 } else { 2e-5 + f64::from(variance).sqrt() };
            let error = (f64::from(single) / double - 1.0).abs();
            assert!(error <= allowed, "{i}, v0 {variance:e}: {single:e} for {double:e}, {error:e}");
        }
    }
}

/// A Normal reading that says nothing is no error, however large or small the variances; nor is one that says half.
#[test]
fn variances_of_any_ratio_are_taken_in() {
    let mut solver = GaussHermite::<5>::new();
    let nothing = solver.solve(&Normal::new(2.4e26_f32).unwrap(), 1.0, 0.0, 2e-27).unwrap();
    assert_eq!((nothing.status, nothing.variance), (Status::Saturated, 2e-27));
    let half = solver.solve(&Normal::new(3e38_f32).unwrap(), 1.0, 0.0, 3e38).unwrap();
    assert_eq!((half.gain, half.shift, half.variance), (0.5, 0.5, 1.5e38));
}

/// Gradients that overflow are an error, not an infinity.
#[test]
fn an_overflowing_gradient_is_named() {
    let q = Gaussian::from_factor([0.0_f32; 2], [[1.0, 0.0], [10.0, 1.0]], [1.0, 1.0]).unwrap();
    let steep = |_: &[f32; 2]| (0.0, [3e38, 3e38]);
    assert_eq!(elbo::one_sample(&q, &Gaussian::standard(), &steep, &[1.0, 0.0]), Err(Error::OutOfRange));
    assert_eq!(elbo::one_sample_path(&q, &Gaussian::standard(), &steep, &[1.0, 0.0]), Err(Error::OutOfRange));
}

/// Remembers what it was told.
struct Learner(Vec<(f32, f32, f32)>);

impl Likelihood<f32> for Learner {
    type Reading = f32;
    const LOG_CONCAVE: bool = true;
    fn check(&self, _: f32) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, reading: f32, eta: f32) -> f32 {
        -0.5 * (reading - eta) * (reading - eta)
    }
    fn derivatives(&self, reading: f32, eta: f32) -> Derivatives<f32> {
        Derivatives { first: reading - eta, second: -1.0 }
    }
    fn learn(&mut self, reading: f32, mean: f32, variance: f32) {
        self.0.push((reading, mean, variance));
    }
}

#[test]
fn a_sensor_learns_from_readings_that_were_taken_in() {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], Learner(Vec::new()));
    let update = filter.update(&mut sensor, 2.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(sensor.likelihood().0, [(2.0, update.mean(), update.variance())]);
    // A sensor that sees nothing of the state teaches nothing, and learns nothing.
    let mut blind = Sensor::linear([0.0], Learner(Vec::new()));
    let update = filter.update(&mut blind, 2.0, &mut GaussHermite::<5>::new()).unwrap();
    assert!(update.status() == Status::Saturated && blind.likelihood().0.is_empty());
}

/// Both climbs end on the reading's side, the better optimum, (12.670, 5.559) by brute force, lies on the prior's.
#[test]
fn the_prior_itself_is_a_start() {
    let heavy = StudentT::new(1.0_f64, 1.7224).unwrap();
    for sign in [1.0, -1.0] {
        let end = GaussHermite::<5>::new().solve(&heavy, 19.6405 * sign, 0.0, 42.018).unwrap();
        assert!((end.shift - 12.670 * sign).abs() < 0.01 && (end.variance.sqrt() - 5.559).abs() < 0.01, "{end:?}");
    }
}

/// A density with a kink, log p = -rate |eta - y| + ln(rate/2), whose curvature no node sees.
struct Kink(f64);

impl Likelihood<f64> for Kink {
    type Reading = f64;
    fn check(&self, _: f64) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, reading: f64, eta: f64) -> f64 {
        (0.5 * self.0).ln() - self.0 * (eta - reading).abs()
    }
    fn derivatives(&self, reading: f64, eta: f64) -> Derivatives<f64> {
        Derivatives { first: -self.0 * (eta - reading).signum(), second: 0.0 }
    }
}

/// The search runs out of work and says so; what it keeps is near the kink and above the prior.
#[test]
fn a_search_without_an_end_keeps_its_best() {
    let mut lost = 0;
    for (rate, reading, variance) in [(1.0, 0.1, 1.0), (3.0, 0.1, 10.0), (10.0, 1.0, 1.0), (100.0, 3.0, 10.0)] {
        let mut filter = Filter::new(Gaussian::diagonal([0.0], [variance]).unwrap());
        let mut sensor = Sensor::linear([1.0], Kink(rate));
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        assert_eq!(update.status(), Status::NotConverged, "{rate} {reading} {variance}");
        let belief = filter.belief();
        assert!(belief.mean()[0] == update.mean() && (belief.variance()[0] / update.variance() - 1.0).abs() < 1e-14);
        assert!((update.mean() - reading).abs() < 0.01 * reading.max(1.0), "{rate}: {}", update.mean());
        // The ELBO of an unmoved belief, by the trapezoidal rule.
        let density = |x: f64| (-0.5 * x * x).exp() * 0.01 / std::f64::consts::TAU.sqrt();
        let distance = |x: f64| (variance.sqrt() * x - reading).abs();
        let unmoved: f64 = (-800..=800).map(|i| 0.01 * f64::from(i)).map(|x| density(x) * distance(x)).sum();
        assert!(update.elbo(&sensor, reading) > (0.5 * rate).ln() - rate * unmoved, "{rate} {reading} {variance}");
        lost += usize::from(update.variance() > 0.9 * variance);
    }
    assert_eq!(lost, 0);
}

/// A rate that underflows times a spread that overflows: the fuzzer's NaN.
#[test]
fn an_elbo_beyond_its_closed_form_is_a_number() {
    let mut filter = Filter::new(Gaussian::diagonal([-0.863_544_46_f32], [5.868_438e20]).unwrap());
    let mut sensor = Sensor::linear([1.0], Poisson::with_exposure(45.05_f32).unwrap());
    let update = filter.update(&mut sensor, 0_u32, &mut GaussHermite::<5>::new()).unwrap();
    assert!(update.elbo(&sensor, 0_u32) <= 0.0, "{}", update.elbo(&sensor, 0_u32));
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [4_528_384.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], Gamma::new(0.002_662_658_7_f32).unwrap());
    let update = filter.update(&mut sensor, 1e-45, &mut GaussHermite::<5>::new()).unwrap();
    assert!(update.elbo(&sensor, 1e-45) < f32::INFINITY, "{}", update.elbo(&sensor, 1e-45));
    // The square of this reading overflows: its logarithm does not.
    let mut sensor = Sensor::linear([1.0], StudentT::new(0.1, 4.0).unwrap());
    let update = Filter::new(Gaussian::<f32, 1>::standard()).update(&mut sensor, 1e20, &mut GaussHermite::<5>::new());
    let elbo = update.unwrap().elbo(&sensor, 1e20);
    let wide = Sensor::linear([1.0], StudentT::new(0.1_f64, 4.0).unwrap());
    let expected = wide.likelihood().log_prob(1e20, 0.0) as f32;
    assert!((elbo - expected).abs() < 1e-6 * expected.abs(), "{elbo} {expected}");
}

/// Pivots whose ratio overflows: a belief is at no distance from itself.
#[test]
fn kl_of_equals_is_zero_whatever_the_pivots() {
    let steep = Gaussian::from_factor([-1.0_f32, 2.0], [[1.0, 0.0], [-0.998, 1.0]], [3.833e19, 4.18e-26]).unwrap();
    assert_eq!(steep.kl(&steep), 0.0);
}

/// Covariances that overflow are infinite, and no product of zero and infinity.
#[test]
fn covariances_that_overflow_are_infinite() {
    let loadings = [[0.0_f32, 7.6e-6], [-2.03e38, -0.37]];
    let dynamics = Dynamics::from_factor([[1.0, 0.0], [0.0, 1.0]], loadings, [1e20, 0.0]).unwrap();
    let covariance = dynamics.noise_covariance();
    assert_eq!((covariance[0][0], covariance[1][1], covariance[0][1]), (0.0, f32::INFINITY, f32::INFINITY));
    let lower = [[1.0, 0.0, 0.0], [3e38, 1.0, 0.0], [3e38, -3e38, 1.0]];
    let skewed = Gaussian::from_factor([0.0_f32; 3], lower, [3.0; 3]).unwrap();
    assert_eq!(skewed.covariance()[2][1], f32::INFINITY);
}

/// Products that are in range where a partial one is not.
#[test]
fn long_steps_of_strong_noise_are_in_range() {
    let fast = LinearTimeInvariant::new([[-1e3_f32]], [[1e30]]).unwrap();
    let noise = fast.step(1e9).unwrap().noise_covariance()[0][0];
    assert!((noise / 5e26 - 1.0).abs() < 1e-5, "{noise:e}");
}

/// The second start of a Student-t reading: where the density can turn twice, D^2 > 3 c, and its own mode is in sight,
/// D < 0.6 c, with D = |u0 - y|/2 and c = 13.5 here: from 12.73 to 16.2.
#[test]
fn a_second_start_depends_on_the_distance_alone() {
    let noise = StudentT::new(1.0_f64, 4.0).unwrap();
    for mean in [0.0, 100.0, -37.0] {
        for (distance, starts) in [(6.0, false), (12.7, false), (12.76, true), (16.1, true), (16.3, false)] {
            for reading in [mean + distance, mean - distance] {
                assert_eq!(noise.second_start(reading, mean, 10.0), starts.then_some(reading), "{mean} {distance}");
            }
        }
    }
}

/// e^eta overflows, the rate of a thousandth of it does not.
#[test]
fn a_small_exposure_keeps_its_rate() {
    let poisson = Poisson::with_exposure(1e-3_f32).unwrap();
    for eta in [89.0_f32, 89.5, 90.5, 94.0] {
        let expected = -1e-3 * f64::from(eta).exp();
        for reading in [0, 3] {
            let error = f64::from(poisson.log_prob(reading, eta)) / expected - 1.0;
            assert!(error.abs() < 1e-4, "{reading} {eta}: {error:e}");
        }
    }
}

/// Half a step beyond an end below zero.
#[test]
fn readings_beyond_a_negative_end_are_out_of_range() {
    let steps = Quantized::new(1.0_f64, 0.25).and_then(|steps| steps.with_ends(-2.0, 3.0)).unwrap();
    for (reading, fits) in [(-2.4, true), (-2.6, false), (-3.9, false), (3.4, true), (3.6, false)] {
        assert_eq!(steps.check(reading), if fits { Ok(()) } else { Err(Error::OutOfRange) }, "{reading}");
    }
}

/// An angle whose last place is a radian says nothing.
#[test]
fn angles_end_at_one_over_epsilon() {
    let compass = VonMises::new(4.0_f32).unwrap();
    let nothing = -core::f32::consts::TAU.ln();
    let end = 1.0 / f32::EPSILON;
    for (reading, tells) in [(end.next_down(), true), (end, false), (-end, false), (-end.next_down(), true)] {
        assert_eq!((compass.log_prob(reading, 0.0) - nothing).abs() > 1e-3, tells, "{reading}");
    }
}

/// Dimensions to eight are written out, those beyond are loops: a ninth state that no reading sees and that knows nothing
/// of the others leaves them their bits.
#[test]
fn a_ninth_state_changes_nothing() {
    let row: [f32; 8] = core::array::from_fn(|i| 1.0 - 0.3 * i as f32);
    let wide: [f32; 9] = core::array::from_fn(|i| row.get(i).copied().unwrap_or(0.0));
    let heavy = StudentT::new(1.0, 3.0).unwrap();
    let (mut near, mut far) = (Sensor::linear(row, heavy), Sensor::linear(wide, heavy));
    let mut eight = Filter::new(Gaussian::diagonal([0.5; 8], [2.0; 8]).unwrap());
    let mut nine = Filter::new(Gaussian::diagonal([0.5; 9], [2.0; 9]).unwrap());
    let mut estimator = GaussHermite::<5>::new();
    for reading in [1.0, -2.5, 0.3, 40.0, 7.0] {
        let update = eight.update(&mut near, reading, &mut estimator).unwrap();
        assert_eq!(nine.update(&mut far, reading, &mut estimator), Ok(update));
        let (a, b) = (eight.belief(), nine.belief());
        assert_eq!((&a.mean()[..], &a.pivots()[..]), (&b.mean()[..8], &b.pivots()[..8]));
        let (a, b) = (a.unit_lower(), b.unit_lower());
        assert!(a.iter().zip(b).all(|(a, b)| a[..] == b[..8]), "{a:?} {b:?}");
        assert_eq!((nine.belief().mean()[8], nine.belief().pivots()[8], &b[8][..8]), (0.5, 2.0, &[0.0; 8][..]));
    }
    assert!(eight.belief().pivots()[0] < 1.9);
}

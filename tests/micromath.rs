//! `micromath::F32` against `f32` and `f64`: the same bits where micromath computes nothing, the figures in the docs of
//! `Real` where it does.
#![cfg(feature = "micromath")]

use core::fmt::Debug;

use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::{
    Categorical, Estimator, Filter, GaussHermite, Gaussian, LocalLinearTrend, Logits, MeanField, OneSample, Sensor,
    elbo, noise,
};
use micromath::F32;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Infallible, SeedableRng, TryRng};

/// Relative errors. Exponentials and square roots are micromath's.
const EXP: f64 = 7.6e-4;
const SQRT: f64 = 1.74e-3;
/// Of e^x - 1 - x, and so of the divergences of logits and of mean fields.
const EXP_M1_MINUS: f64 = 5e-3;
/// Of e^x - 1, of which the gradient of a mean field's divergence is made.
const EXP_M1: f64 = 1.6e-3;
/// elbow's own logarithm, as for `f32`.
const LN_1P: f64 = 2.5e-7;

fn coarse<const N: usize>(values: [f32; N]) -> [F32; N] {
    values.map(F32)
}

fn generator(seed: u64) -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(seed)
}

fn normals<const N: usize>(rng: &mut Xoshiro128PlusPlus) -> [f32; N] {
    noise::standard_normals(rng)
}

fn relative(got: f32, expected: f64) -> f64 {
    if f64::from(got) == expected { 0.0 } else { (f64::from(got) - expected).abs() / expected.abs() }
}

/// The worst error of a function over every 1009th number between two of one sign.
fn worst(from: f32, to: f32, error: impl Fn(f32) -> f64) -> f64 {
    let (low, high) = (from.to_bits().min(to.to_bits()), from.to_bits().max(to.to_bits()));
    let errors = (low..=high).step_by(1009).map(|bits| error(f32::from_bits(bits)));
    errors.fold(0.0, |worst, error| if error <= worst { worst } else { error })
}

fn random_gaussian(rng: &mut Xoshiro128PlusPlus) -> (Gaussian<f32, 3>, Gaussian<F32, 3>) {
    let (mean, lower) = (normals(rng), [(); 3].map(|()| normals(rng)));
    let pivots = normals(rng).map(|x| libm::expf(3.0 * x));
    let twin = Gaussian::from_factor(coarse(mean), lower.map(coarse), coarse(pivots)).unwrap();
    (Gaussian::from_factor(mean, lower, pivots).unwrap(), twin)
}

#[test]
fn kernels_of_logarithms_have_the_bits_of_f32() {
    let mut rng = generator(1);
    for round in 0..2000_u16 {
        // From equal weights to one class that is nearly certain.
        let spread = 0.01 * f32::from(round);
        let weights: [[f32; 5]; 2] =
            [(); 2].map(|()| normals(&mut rng).map(|x: f32| libm::expf(spread * x.clamp(-4.0, 4.0))));
        let [p, q] = weights.map(|weights| Categorical::from_weights(weights).unwrap());
        let [x, y] = weights.map(|weights| Categorical::from_weights(coarse(weights)).unwrap());
        assert_eq!(x.probabilities(), &coarse(*p.probabilities()));
        assert_eq!((x.kl(&y).0, x.cross_entropy(&y).0), (p.kl(&q), p.cross_entropy(&q)));

        let ((p, x), (q, y)) = (random_gaussian(&mut rng), random_gaussian(&mut rng));
        assert_eq!((x.kl(&y).0, x.cross_entropy(&y).0), (p.kl(&q), p.cross_entropy(&q)));
        assert_eq!((x.entropy().0, x.log_prob(y.mean()).0), (p.entropy(), p.log_prob(q.mean())));
        assert_eq!(x.covariance(), p.covariance().map(coarse));
    }
}

#[test]
fn an_entropy_keeps_its_digits() {
    // Of two outcomes with probabilities 1 - s and s: -(1 - s) ln(1 - s) - s ln s.
    let worst = worst(1e-30, 0.499, |s| {
        let p = Categorical::new(coarse([1.0 - s, s])).unwrap();
        let s = f64::from(s);
        relative(p.entropy().0, (s - 1.0) * (-s).ln_1p() - s * s.ln())
    });
    assert!(worst <= LN_1P, "{worst:e}");
}

#[test]
fn exponentials_are_within_their_figure_and_saturate() {
    // An empty count has the probability exp(-rate), and the rate is exp(eta).
    let exp = |x: f32| -Poisson::<F32>::new().log_prob(0, F32(x)).0;
    for bound in [88.722, -88.722] {
        let worst = worst(0.0_f32.copysign(bound), bound, |x| relative(exp(x), libm::exp(f64::from(x))));
        assert!(worst <= EXP, "to {bound}: {worst:e}");
    }
    for large in [88.73, 1e3, 1e30, f32::MAX] {
        assert_eq!((exp(large), exp(-large)), (f32::INFINITY, 0.0), "{large:e}");
    }
    assert_eq!([0.0, -0.0, 1e-45, -1e-45, 1e-39, -1e-39].map(exp), [1.0; 6]);
}

#[test]
fn square_roots_are_within_their_figure() {
    let sqrt = |x: f32| Gaussian::diagonal([F32(0.0)], [F32(x)]).unwrap().at(&[F32(1.0)])[0].0;
    let worst = worst(f32::MIN_POSITIVE, f32::MAX, |x| relative(sqrt(x), f64::from(x).sqrt()));
    assert!(worst <= SQRT, "{worst:e}");
}

/// A reading that removes so little of a small variance that it is a subnormal number: the innovation divides by its
/// root.
#[test]
fn square_roots_of_subnormal_numbers_are_within_their_figure() {
    let of = |variance: f32| {
        let mut filter = Filter::new(Gaussian::diagonal([F32(0.0)], [F32(variance)]).unwrap());
        let mut sensor = Sensor::linear([F32(1.0)], Normal::new(F32(variance * 128.0)).unwrap());
        let update = filter.update(&mut sensor, F32(1e-19), &mut GaussHermite::<5>::new()).unwrap();
        relative(update.normalized_innovation(&sensor, F32(1e-19)).0, 1e-19 / (129.0 * f64::from(variance)).sqrt())
    };
    let worst = worst(1.2e-38, 1e-36, of);
    assert!(worst <= SQRT, "{worst:e}");
}

#[test]
fn logits_are_within_the_error_of_their_exponentials() {
    logits_are_within_it::<5>();
    // Many enough for the sums that take the exponentials by the octave, which micromath has not.
    logits_are_within_it::<9>();
}

fn logits_are_within_it<const N: usize>() {
    let mut rng = generator(2);
    for round in 0..20_000_u32 {
        let spread = 0.01 * 1.001_f32.powi((round % 8000) as i32);
        let logits: [[f32; N]; 2] = [(); 2].map(|()| normals(&mut rng).map(|x| spread * x));
        let [p, q] = logits.map(|values| Logits::new(values.map(f64::from)).unwrap());
        let [x, y] = logits.map(|values| Logits::new(coarse(values)).unwrap());
        assert!(relative(x.kl(&y).0, p.kl(&q)) <= EXP_M1_MINUS, "{p:?} {q:?}");
        assert!(relative(x.cross_entropy(&y).0, p.cross_entropy(&q)) <= EXP, "{p:?} {q:?}");
        // Below 1e-33 single precision runs out of digits.
        assert!(p.entropy() < 1e-33 || relative(x.entropy().0, p.entropy()) <= EXP, "{p:?}");
        assert_eq!((x.kl(&x).0, y.kl(&y).0), (0.0, 0.0));
    }
}

#[test]
fn mean_fields_are_within_the_error_of_their_exponentials() {
    let of = |x: f32| MeanField::new([F32(1.0)], [F32(x)]).unwrap();
    let exact = |x: f32| MeanField::new([1.0_f64], [f64::from(x)]).unwrap();
    for bound in [43.3, -43.3] {
        let tiny = 1e-15_f32.copysign(bound);
        let kl = |x| relative(of(x).kl(&of(0.0)).0, exact(x).kl(&exact(0.0)));
        assert!(worst(tiny, bound, kl) <= EXP_M1_MINUS, "{:e}", worst(tiny, bound, kl));
        // At a log standard deviation of 3 no term is negative, so that their errors are those of the sum.
        let cross_entropy = |x| relative(of(x).cross_entropy(&of(3.0)).0, exact(x).cross_entropy(&exact(3.0)));
        assert!(worst(tiny, bound, cross_entropy) <= EXP, "{:e}", worst(tiny, bound, cross_entropy));
        // At the mean of the belief only the divergence has a gradient in the log standard deviation: 1 - e^2x.
        let gradient = |x| {
            let model = |_: &[F32; 1]| (F32(0.0), [F32(0.0)]);
            let bound = elbo::one_sample(&of(x), &MeanField::standard(), &model, &[F32(0.0)]).unwrap();
            relative(bound.gradient.log_std_dev[0].0, -libm::expm1(2.0 * f64::from(x)))
        };
        assert!(worst(tiny, bound, gradient) <= EXP_M1, "{:e}", worst(tiny, bound, gradient));
        let std_dev = |x| relative(of(x).std_dev()[0].0, exact(x).std_dev()[0]);
        assert!(worst(tiny, bound, std_dev) <= EXP, "{:e}", worst(tiny, bound, std_dev));
    }
    let fine = MeanField::new([1.0_f32, -2.0], [0.3, -7.0]).unwrap();
    let twin = MeanField::new(coarse([1.0, -2.0]), coarse([0.3, -7.0])).unwrap();
    assert_eq!((twin.entropy().0, twin.kl(&twin).0), (fine.entropy(), 0.0));
}

/// A generator of one word.
struct Word(u32);

impl TryRng for Word {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

#[test]
fn noise_is_that_of_f32() {
    let mut words: Vec<u32> = (0..=u32::MAX).step_by(10_007).collect();
    // The tails, word by word.
    words.extend((0..20_000).flat_map(|k| [k, u32::MAX - k]));
    for word in words {
        let fine: f32 = noise::standard_normal(&mut Word(word));
        let got: F32 = noise::standard_normal(&mut Word(word));
        assert_eq!(got.0, fine, "{word:x}");
    }
}

/// Runs one filter in both scalars: the largest distance of their means, in standard deviations, and the largest
/// relative distance of their variances.
fn compare<L: Likelihood<f32>, M: Likelihood<F32>>(
    readings: impl IntoIterator<Item = L::Reading>,
    fine: (L, &mut impl Estimator<f32>),
    twin: (M, &mut impl Estimator<F32>),
    convert: impl Fn(L::Reading) -> M::Reading,
) -> [f64; 2] {
    let mut filters = (
        Filter::new(Gaussian::diagonal([0.0_f32; 2], [4.0, 0.01]).unwrap()),
        Filter::new(Gaussian::diagonal(coarse([0.0; 2]), coarse([4.0, 0.01])).unwrap()),
    );
    let trends =
        (LocalLinearTrend::new([1e-2_f32, 1e-5]).unwrap(), LocalLinearTrend::new(coarse([1e-2, 1e-5])).unwrap());
    let mut sensors = (Sensor::linear([1.0_f32, 0.0], fine.0), Sensor::linear(coarse([1.0, 0.0]), twin.0));
    let mut worst = [0.0_f64; 2];
    for reading in readings {
        filters.0.predict_for(&trends.0, 1.0).unwrap();
        filters.1.predict_for(&trends.1, F32(1.0)).unwrap();
        let updates = (
            filters.0.update(&mut sensors.0, reading, fine.1).unwrap(),
            filters.1.update(&mut sensors.1, convert(reading), twin.1).unwrap(),
        );
        assert_eq!(updates.0.status(), updates.1.status());
        let (belief, twin) = (filters.0.belief(), filters.1.belief());
        for i in 0..2 {
            let (variance, distance) = (belief.variance()[i], (twin.mean()[i].0 - belief.mean()[i]).abs());
            let errors = [f64::from(distance / variance.sqrt()), relative(twin.variance()[i].0, f64::from(variance))];
            worst = core::array::from_fn(|k| worst[k].max(errors[k]));
        }
    }
    worst
}

#[test]
fn filters_follow_those_of_f32() {
    let mut rng = generator(5);
    let levels: [f32; 500] = core::array::from_fn(|k| 2.0 * (0.03 * k as f32).sin());
    let values = levels.map(|level| level + 0.3 * normals::<1>(&mut rng)[0]);
    let counts = levels.map(|level| (level + 0.5 * normals::<1>(&mut rng)[0]).exp() as u32);
    let amounts = values.map(f32::exp);
    let flags = levels.map(|level| level + normals::<1>(&mut rng)[0] > 0.0);
    let glitches: [f32; 500] = core::array::from_fn(|k| values[k] + if k % 17 == 3 { 30.0 } else { 0.0 });
    let near = |worst: [f64; 2]| assert!(worst[0] <= 2e-3 && worst[1] <= 1e-3, "{worst:?}");

    let normal = || (Normal::new(0.09_f32).unwrap(), Normal::new(F32(0.09)).unwrap());
    let student_t = || (StudentT::new(0.3_f32, 4.0).unwrap(), StudentT::new(F32(0.3), F32(4.0)).unwrap());
    let mut e = (GaussHermite::<5>::new(), GaussHermite::<5>::new());
    let (a, b) = normal();
    assert_eq!(compare(values, (a, &mut e.0), (b, &mut e.1), F32), [0.0; 2]);
    let (a, b) = student_t();
    near(compare(glitches, (a, &mut e.0), (b, &mut e.1), F32));
    near(compare(counts, (Poisson::<f32>::new(), &mut e.0), (Poisson::<F32>::new(), &mut e.1), |count| count));
    near(compare(flags, (Bernoulli::new(), &mut e.0), (Bernoulli::new(), &mut e.1), |flag| flag));
    near(compare(flags, (Probit::new(), &mut e.0), (Probit::new(), &mut e.1), |flag| flag));
    let (a, b) = (VonMises::new(11.0_f32).unwrap(), VonMises::new(F32(11.0)).unwrap());
    near(compare(values, (a, &mut e.0), (b, &mut e.1), F32));
    let (a, b) = (Huber::new(0.3_f32, 1.345).unwrap(), Huber::new(F32(0.3), F32(1.345)).unwrap());
    near(compare(glitches, (a, &mut e.0), (b, &mut e.1), F32));
    let (a, b) = (NegativeBinomial::new(3.0_f32).unwrap(), NegativeBinomial::new(F32(3.0)).unwrap());
    near(compare(counts, (a, &mut e.0), (b, &mut e.1), |count| count));
    near(compare(amounts, (Gamma::<f32>::exponential(), &mut e.0), (Gamma::<F32>::exponential(), &mut e.1), F32));

    let mut e = (OneSample::new(generator(6)), OneSample::new(generator(6)));
    let (a, b) = normal();
    let [mean, variance] = compare(values, (a, &mut e.0), (b, &mut e.1), F32);
    assert!(mean <= 2e-6 && variance == 0.0, "{mean:e} {variance:e}");
    let (a, b) = student_t();
    near(compare(glitches, (a, &mut e.0), (b, &mut e.1), F32));
    near(compare(counts, (Poisson::<f32>::new(), &mut e.0), (Poisson::<F32>::new(), &mut e.1), |count| count));
    near(compare(flags, (Bernoulli::new(), &mut e.0), (Bernoulli::new(), &mut e.1), |flag| flag));
    let (a, b) = (NegativeBinomial::new(3.0_f32).unwrap(), NegativeBinomial::new(F32(3.0)).unwrap());
    near(compare(counts, (a, &mut e.0), (b, &mut e.1), |count| count));
    near(compare(amounts, (Gamma::<f32>::exponential(), &mut e.0), (Gamma::<F32>::exponential(), &mut e.1), F32));
}

const SPECIAL: [f32; 17] = [
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-20,
    0.5,
    1.0,
    -1.0,
    20.0,
    -88.7,
    88.7,
    1e10,
    1e20,
    f32::MAX,
    f32::MIN,
];

/// NaN only where `f32` has it, infinite only where `f32` is, or as good as.
fn assert_alike(got: F32, fine: f32, what: impl Debug) {
    let got = got.0;
    assert_eq!(got.is_nan(), fine.is_nan(), "{got:e} for {fine:e}: {what:?}");
    if got.is_infinite() || fine.is_infinite() {
        assert!(got.abs() > 3e38 && fine.abs() > 3e38 && (got > 0.0) == (fine > 0.0), "{got:e} for {fine:e}: {what:?}");
    }
}

fn assert_likelihoods_alike<L: Likelihood<f32> + Debug, M: Likelihood<F32>>(
    (fine, twin): (L, M),
    readings: impl IntoIterator<Item = (L::Reading, M::Reading)>,
) {
    for (reading, twin_reading) in readings {
        for eta in SPECIAL {
            assert_alike(twin.log_prob(twin_reading, F32(eta)), fine.log_prob(reading, eta), (&fine, eta));
            let (d, e) = (twin.derivatives(twin_reading, F32(eta)), fine.derivatives(reading, eta));
            assert_alike(d.first, e.first, (&fine, eta));
            assert_alike(d.second, e.second, (&fine, eta));
        }
    }
}

#[test]
fn numbers_at_the_edges_are_alike() {
    for a in SPECIAL {
        for b in SPECIAL {
            let pairs = (Logits::new([a, b, 0.0]), Logits::new(coarse([a, b, 0.0])));
            if let (Ok(p), Ok(x)) = pairs {
                let (q, y) = (Logits::new([0.0, -1.0, 50.0]).unwrap(), Logits::new(coarse([0.0, -1.0, 50.0])).unwrap());
                for (got, fine) in [
                    (x.kl(&y), p.kl(&q)),
                    (y.kl(&x), q.kl(&p)),
                    (x.entropy(), p.entropy()),
                    (x.cross_entropy(&y), p.cross_entropy(&q)),
                    (x.log_sum_exp(), p.log_sum_exp()),
                ] {
                    assert_alike(got, fine, (a, b));
                }
            }
            let pairs = (MeanField::new([a], [b]), MeanField::new(coarse([a]), coarse([b])));
            assert_eq!(pairs.0.is_ok(), pairs.1.is_ok(), "{a:e} {b:e}");
            if let (Ok(p), Ok(x)) = pairs {
                let (q, y) = (MeanField::standard(), MeanField::standard());
                for (got, fine) in [
                    (x.kl(&y), p.kl(&q)),
                    (y.kl(&x), q.kl(&p)),
                    (x.cross_entropy(&y), p.cross_entropy(&q)),
                    (x.log_prob(&[F32(1.0)]), p.log_prob(&[1.0])),
                    (x.at(&[F32(1.0)])[0], p.at(&[1.0])[0]),
                ] {
                    assert_alike(got, fine, (a, b));
                }
            }
            let pairs = (Gaussian::diagonal([a], [b]), Gaussian::diagonal(coarse([a]), coarse([b])));
            if let (Ok(p), Ok(x)) = pairs {
                assert_alike(x.at(&[F32(1.0)])[0], p.at(&[1.0])[0], (a, b));
            }
            if let (Ok(p), Ok(x)) = (StudentT::new(a, b), StudentT::new(F32(a), F32(b))) {
                assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
            }
            if let (Ok(p), Ok(x)) = (Quantized::new(a, b), Quantized::new(F32(a), F32(b))) {
                assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
            }
            if let (Ok(p), Ok(x)) = (Huber::new(a, b), Huber::new(F32(a), F32(b))) {
                assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
            }
            if let (Ok(p), Ok(x)) = (Censored::new(0.5, a, b), Censored::new(F32(0.5), F32(a), F32(b))) {
                assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
            }
        }
        if let (Ok(p), Ok(x)) = (Normal::new(a), Normal::new(F32(a))) {
            assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
        }
        if let (Ok(p), Ok(x)) = (Poisson::with_exposure(a), Poisson::with_exposure(F32(a))) {
            assert_likelihoods_alike((p, x), [0, 1, 15, 16, u32::MAX].map(|count| (count, count)));
        }
        if let (Ok(p), Ok(x)) = (NegativeBinomial::new(a), NegativeBinomial::new(F32(a))) {
            assert_likelihoods_alike((p, x), [0, 1, 15, 16, u32::MAX].map(|count| (count, count)));
        }
        if let (Ok(p), Ok(x)) = (Gamma::new(a), Gamma::new(F32(a))) {
            assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
        }
        if let (Ok(p), Ok(x)) = (VonMises::new(a), VonMises::new(F32(a))) {
            assert_likelihoods_alike((p, x), SPECIAL.map(|reading| (reading, F32(reading))));
        }
        assert_likelihoods_alike((Bernoulli::new(), Bernoulli::new()), [false, true].map(|flag| (flag, flag)));
        assert_likelihoods_alike((Probit::new(), Probit::new()), [false, true].map(|flag| (flag, flag)));
    }
}

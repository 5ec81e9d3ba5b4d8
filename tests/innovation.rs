//! Normalized innovations against quadrature, and of readings drawn from the model.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;

use accuracy::Measured;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::noise::standard_normal;
use elbow::{Filter, GaussHermite, Gaussian, Real, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn rng() -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(1)
}

/// A reading's predicted mean and standard deviation, read off an innovation; None where there is none.
fn predicted<T: Real + Into<f64>>(row: &csv::Row) -> Option<(f64, f64)> {
    let number = |column| T::from_f64(row.number(column));
    let [one, two, mean, variance] = ["parameter_1", "parameter_2", "mean", "variance"].map(number);
    let innovation = match row.text("likelihood") {
        "normal" => Normal::new(one).unwrap().innovation(T::ZERO, mean, variance),
        "student_t" => StudentT::new(one, two).unwrap().innovation(T::ZERO, mean, variance),
        "poisson" => Poisson::with_exposure(one).unwrap().innovation(0, mean, variance),
        "negative_binomial" => {
            NegativeBinomial::new(one).unwrap().with_exposure(two).unwrap().innovation(0, mean, variance)
        }
        "gamma" => Gamma::new(one).unwrap().innovation(T::ZERO, mean, variance),
        "bernoulli" => Bernoulli::new().innovation(false, mean, variance),
        other => panic!("{other}"),
    }?;
    Some((-innovation.value.into(), innovation.std_dev.into()))
}

/// The relative errors of mean and standard deviation; a prediction that overflows is none.
fn predict<T: Real + Into<f64>>(largest: f64, measured: &mut Measured) {
    for (i, row) in csv::read("tests/reference/innovations.csv").iter().enumerate() {
        let (name, scalar) = (row.text("likelihood"), core::any::type_name::<T>());
        let (mean, std_dev) = (row.number("predicted_mean"), row.number("predicted_std_dev"));
        let Some(got) = predicted::<T>(row) else {
            assert!(std_dev > largest, "{name}: none for {std_dev:e}");
            continue;
        };
        let errors = [(got.0 - mean).abs() / mean.abs().max(1e-6 * std_dev), (got.1 - std_dev).abs() / std_dev];
        for (figure, error) in ["mean", "std_dev"].into_iter().zip(errors) {
            let cells = [&format!("innovation.{name}"), scalar, figure];
            assert!(measured.see(cells, 0.0, error, || format!("innovations.csv:{}", i + 2)), "no budget: {cells:?}");
        }
    }
}

#[test]
fn predictions_equal_the_integrals() {
    let mut measured = Measured::default();
    predict::<f32>(f32::MAX.into(), &mut measured);
    predict::<f64>(f64::MAX, &mut measured);
    measured.finish();
}

/// The mean and the mean square of normalized innovations, each drawn by `draw` from its own eta ~ N(0.5, 0.49).
fn have_unit_variance(name: &str, draw: impl Fn(&mut Xoshiro128PlusPlus, f64) -> f64) {
    let (mut rng, count) = (rng(), 40_000);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..count {
        let eta = 0.5 + 0.7 * standard_normal::<f64, _>(&mut rng);
        let normalized = draw(&mut rng, eta);
        sum += normalized;
        squares += normalized * normalized;
    }
    let (mean, square) = (sum / f64::from(count), squares / f64::from(count));
    assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.08, "{name}: {mean} {square}");
}

/// Under the model, every likelihood's normalized innovations have mean zero and variance one.
#[test]
fn readings_drawn_from_the_model_have_unit_innovations() {
    let uniform = |rng: &mut Xoshiro128PlusPlus| 0.5 * libm::erfc(-standard_normal::<f64, _>(rng) / 2f64.sqrt());
    let (mean, variance) = (0.5, 0.49);
    have_unit_variance("normal", |rng, eta| {
        let normal = Normal::new(2.0).unwrap();
        let reading = eta + 2f64.sqrt() * standard_normal::<f64, _>(rng);
        normal.innovation(reading, mean, variance).unwrap().normalized()
    });
    have_unit_variance("poisson", |rng, eta| {
        let poisson = Poisson::with_exposure(3.0).unwrap();
        let (mut left, mut count) = (uniform(rng), 0);
        while left > 0.0 && count < 1000 {
            left -= poisson.log_prob(count, eta).exp();
            count += 1;
        }
        poisson.innovation(count - 1, mean, variance).unwrap().normalized()
    });
    have_unit_variance("gamma", |rng, eta| {
        let reading = -uniform(rng).ln() * eta.exp();
        Gamma::exponential().innovation(reading, mean, variance).unwrap().normalized()
    });
    have_unit_variance("quantized", |rng, eta| {
        let reading = (eta + 0.4 * standard_normal::<f64, _>(rng)).round();
        Quantized::new(1.0, 0.4).unwrap().innovation(reading, mean, variance).unwrap().normalized()
    });
    have_unit_variance("quantized with ends", |rng, eta| {
        let reading = ((eta + 0.2 * standard_normal::<f64, _>(rng)) * 4.0).round().clamp(-2.0, 4.0) / 4.0;
        let steps = Quantized::new(0.25, 0.2).and_then(|steps| steps.with_ends(-0.5, 1.0)).unwrap();
        steps.innovation(reading, mean, variance).unwrap().normalized()
    });
    have_unit_variance("censored", |rng, eta| {
        let reading = (eta + 0.5 * standard_normal::<f64, _>(rng)).clamp(-0.2, 0.9);
        Censored::new(0.5, -0.2, 0.9).unwrap().innovation(reading, mean, variance).unwrap().normalized()
    });
    have_unit_variance("probit", |rng, eta| {
        let reading = eta + standard_normal::<f64, _>(rng) > 0.0;
        Likelihood::<f64>::innovation(&Probit::new(), reading, mean, variance).unwrap().normalized()
    });
    // By rejection from uniform numbers.
    have_unit_variance("huber", |rng, eta| {
        let huber = Huber::new(0.3, 0.8).unwrap();
        let (top, bound) = (huber.log_prob(0.0, 0.0), 12.0);
        let reading = loop {
            let distance = bound * (2.0 * uniform(rng) - 1.0);
            if uniform(rng) < (huber.log_prob(distance, 0.0) - top).exp() {
                break eta + distance;
            }
        };
        huber.innovation(reading, mean, variance).unwrap().normalized()
    });
    for (concentration, mean) in [(0.4, 0.5), (3.0, 0.5), (40.0, 0.5)] {
        have_unit_variance("von mises", |rng, eta| {
            let angle = VonMises::new(concentration).unwrap();
            let reading = loop {
                let turn = std::f64::consts::TAU * uniform(rng);
                if uniform(rng) < (angle.log_prob(turn, 0.0) - angle.log_prob(0.0, 0.0)).exp() {
                    break eta + turn;
                }
            };
            angle.innovation(reading, mean, variance).unwrap().normalized()
        });
    }
    have_unit_variance("bernoulli", |rng, eta| {
        let reading = uniform(rng) < 1.0 / (1.0 + (-eta).exp());
        Likelihood::<f64>::innovation(&Bernoulli::new(), reading, mean, variance).unwrap().normalized()
    });
}

/// Whatever the numbers, an innovation is finite or there is none.
#[test]
fn innovations_are_finite_or_none() {
    let special = [0.0, 1e-45, f32::MIN_POSITIVE, 1e-20, 0.3, 88.0, 200.0, 1e10, 1e30, f32::MAX];
    let means: Vec<f32> = special.iter().flat_map(|&x| [x, -x]).collect();
    for &mean in &means {
        for &variance in &special {
            let count = Poisson::with_exposure(1e30).unwrap();
            let burst = NegativeBinomial::new(1e-3).unwrap().with_exposure(1e-30).unwrap();
            let mut all = vec![Bernoulli::new().innovation(true, mean, variance)];
            all.push(Bernoulli::new().innovation(false, mean, variance));
            for reading in [0, 7, u32::MAX] {
                all.extend([count.innovation(reading, mean, variance), burst.innovation(reading, mean, variance)]);
            }
            for &reading in &means {
                all.push(Normal::new(1e-30).unwrap().innovation(reading, mean, variance));
                all.push(Normal::new(f32::MAX).unwrap().innovation(reading, mean, variance));
                all.push(StudentT::new(1e18, 0.1).unwrap().innovation(reading, mean, variance));
                all.push(StudentT::new(1e-10, 2.000_001).unwrap().innovation(reading, mean, variance));
                all.push(Gamma::new(1e8).unwrap().innovation(reading.abs(), mean, variance));
            }
            for innovation in all.into_iter().flatten() {
                assert!(innovation.value.is_finite() && innovation.std_dev > 0.0 && innovation.std_dev < f32::INFINITY);
                assert!(innovation.normalized().is_finite(), "{mean:e} {variance:e}: {innovation:?}");
            }
        }
    }
}

/// An outlier to a heavy tail has a finite innovation, in proportion to its distance.
#[test]
fn outliers_have_innovations() {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1.0]).unwrap());
    let mut range = Sensor::linear([1.0], StudentT::new(1.0, 4.0).unwrap());
    let update = filter.update(&mut range, 300.0, &mut GaussHermite::<5>::new()).unwrap();
    assert!((update.normalized_innovation(&range, 300.0) - 300.0 / 3f32.sqrt()).abs() < 1e-4);
}

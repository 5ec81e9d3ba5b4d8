//! A sensor that learns its own noise: against the joint optimum by other means, against the exact posterior, on series
//! whose noise is known, on the Nile, and where numbers end.
//!
//! The expected values are written by `tests/reference/learned_noise.py`, which states the models.
//! `cargo test --test learned_noise -- --nocapture` prints the figures.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;

use accuracy::Measured;
use elbow::likelihood::{LearnedNormal, Likelihood, Normal};
use elbow::noise::standard_normal;
use elbow::{Error, Estimator, Filter, GaussHermite, Gaussian, Linear, OneSample, RandomWalk, Real, Sensor, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

type Learning<T> = Sensor<Linear<T, 1>, LearnedNormal<T>>;

fn learning<T: Real>(variance: T, readings: T, forgetting: T) -> Learning<T> {
    let noise = LearnedNormal::new(variance, readings).and_then(|noise| noise.with_forgetting(forgetting));
    Sensor::linear([T::ONE], noise.expect("a noise"))
}

/// The errors of single updates: of the shift relative to it or the posterior standard deviation, whichever is
/// more; of the posterior variance and the learnt variance relative; of the ELBO and the log evidence that the update
/// reports relative, or in nats below one.
fn update_errors<T: Real + Into<f64>>(measured: &mut Measured) {
    for (i, row) in csv::read("tests/reference/learned_noise_updates.csv").iter().enumerate() {
        let [readings, forgetting, noise, prior, innovation] =
            ["readings", "forgetting", "noise", "variance", "innovation"].map(|name| T::from_f64(row.number(name)));
        let before = learning(noise, readings, forgetting);
        let mut sensor = before;
        let mut filter = Filter::new(Gaussian::diagonal([T::ZERO], [prior]).unwrap());
        let update = filter.update(&mut sensor, innovation, &mut GaussHermite::<5>::new()).unwrap();
        let [shift, posterior, learned] = ["shift", "posterior", "learned"].map(|name| row.number(name));
        // A reading that cannot be told from none leaves the belief.
        let taken = if update.status() == Status::Saturated { 0.0 } else { 1.0 };
        let errors = [
            taken * (update.mean().into() - shift) / shift.abs().max(posterior.sqrt()),
            update.variance().into() / posterior - 1.0,
            sensor.likelihood().variance().into() / learned - 1.0,
        ];
        let at = || format!("learned_noise_updates.csv:{}", i + 2);
        for (figure, error) in ["shift", "variance", "noise"].into_iter().zip(errors) {
            let cells = [&format!("learned_normal.{figure}"), core::any::type_name::<T>(), "*"];
            assert!(measured.see(cells, 0.0, error.abs(), at));
        }
        // Under so many readings the noise has the tails of a Student-t with as few degrees of freedom.
        let regime = if row.number("readings") < 8.0 { "few readings" } else { "more readings" };
        let size = row.number("variance") / row.number("noise");
        let reported =
            [("elbo", update.elbo(&before, innovation)), ("log_evidence", update.log_evidence(&before, innovation))];
        for (column, got) in reported {
            let of = row.number(column);
            let error = accuracy::Error { by: (got.into() - of).abs(), of, term: 0.0 };
            let cells = [&format!("{column}.learned_normal"), core::any::type_name::<T>(), regime];
            assert!(measured.see(cells, size, error, at));
        }
    }
}

/// 1080 readings, 36 of them with two optima.
#[test]
fn an_update_is_the_joint_optimum_of_state_and_noise() {
    let mut measured = Measured::default();
    update_errors::<f64>(&mut measured);
    update_errors::<f32>(&mut measured);
    measured.finish();
}

/// State and noise each are what the other makes of them, also where the only root is so close to the inflection that
/// Newton's method oversteps it from below.
#[test]
fn the_optimum_reproduces_itself_beside_the_inflection() {
    for noise in (1..40).map(|k| 0.025 * f64::from(k)) {
        for innovation in (40..120).map(|k| 0.025 * f64::from(k)) {
            let mut filter = Filter::new(Gaussian::standard());
            let mut sensor = learning(noise, 1.0, 0.5);
            let update = filter.update(&mut sensor, innovation, &mut GaussHermite::<5>::new()).unwrap();
            let learned = sensor.likelihood().variance();
            let error = update.variance() * (1.0 + learned) / learned - 1.0;
            assert!(error.abs() < 1e-12, "{noise} {innovation}: {error:e}");
        }
    }
}

/// The worst along the seeded series: distance of the mean in exact standard deviations,
/// of the standard deviation and the noise relative, of the log evidence in nats.
fn against_exact(estimator: &mut impl Estimator<f64>) -> [f64; 4] {
    let mut filter = Filter::new(Gaussian::diagonal([0.0], [4.0]).unwrap());
    let mut sensor = learning(4.0, 2.0, 1.0);
    let mut evidence = 0.0;
    let mut worst = [0.0_f64; 4];
    for (k, row) in csv::read("tests/reference/learned_noise.csv").iter().enumerate() {
        if k > 0 {
            filter.predict_for(&RandomWalk::new(0.05).unwrap(), 1.0).unwrap();
        }
        let before = sensor;
        let update = filter.update(&mut sensor, row.number("reading"), estimator).unwrap();
        evidence += update.log_evidence(&before, row.number("reading"));
        let std_dev = row.number("variance").sqrt();
        let errors = [
            (update.mean() - row.number("mean")) / std_dev,
            update.variance().sqrt() / std_dev - 1.0,
            sensor.likelihood().variance() / row.number("noise") - 1.0,
            evidence - row.number("log_evidence"),
        ];
        for (worst, error) in worst.iter_mut().zip(errors) {
            *worst = worst.max(error.abs());
        }
        if k >= 100 {
            assert!(errors[0].abs() < 0.06 && errors[1].abs() < 0.03 && errors[2].abs() < 0.1, "{k}: {errors:?}");
        }
    }
    println!("200 readings: {worst:.3?}");
    worst
}

/// Two readings' worth of a variance four times too large; what mean field costs is most of the distance.
#[test]
fn a_series_against_the_exact_posterior() {
    let [mean, spread, noise, evidence] = against_exact(&mut GaussHermite::<5>::new());
    assert!(mean < 0.12 && spread < 0.14 && noise < 0.2 && evidence < 1.2);
    let generator = Xoshiro128PlusPlus::seed_from_u64(1);
    let [mean, spread, noise, evidence] = against_exact(&mut OneSample::new(generator));
    assert!(mean < 0.13 && spread < 0.08 && noise < 0.24 && evidence < 1.7);
}

/// A walk of variance 0.01 a step under noise of standard deviation `noise(k)`.
fn walk(seed: u64, count: u32, noise: impl Fn(u32) -> f32) -> Vec<f32> {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(seed);
    let mut level = 0.0;
    let mut next = |k| {
        level += 0.1 * standard_normal::<f32, _>(&mut rng);
        level + noise(k) * standard_normal::<f32, _>(&mut rng)
    };
    (0..count).map(&mut next).collect()
}

/// The sensor's noise after every reading, and the log evidence of all.
fn filtered<L: Likelihood<f32, Reading = f32> + Copy>(readings: &[f32], rate: f32, likelihood: L) -> (Vec<L>, f64) {
    let mut filter = Filter::new(Gaussian::diagonal([0.0], [1.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], likelihood);
    let mut evidence = 0.0;
    let mut noises = Vec::new();
    for &reading in readings {
        filter.predict_for(&RandomWalk::new(rate).unwrap(), 1.0).unwrap();
        let before = sensor;
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        evidence += f64::from(update.log_evidence(&before, reading));
        noises.push(*sensor.likelihood());
    }
    (noises, evidence)
}

#[test]
fn the_right_variance_is_found() {
    // (guess, forgetting, bound): a constant noise forgets a bad guess slowly.
    for (guess, forgetting, bound) in [(0.25, 1.0, 0.03), (0.0025, 1.0, 0.08), (25.0, 1.0, 0.12), (25.0, 0.99, 0.05)] {
        let mut sum = 0.0;
        for seed in 1..=5 {
            let noise = *learning(guess, 1.0, forgetting).likelihood();
            let (noises, _) = filtered(&walk(seed, 4000, |_| 0.5), 0.01, noise);
            // A short memory scatters: the mean of the second half.
            let half = &noises[if forgetting < 1.0 { 2000 } else { 3999 }..];
            sum += half.iter().map(|noise| noise.variance() / 0.25).sum::<f32>() / half.len() as f32 / 5.0;
        }
        println!("from {guess}, forgetting {forgetting}: {sum} of the variance");
        assert!((sum - 1.0).abs() < bound, "{guess} {forgetting}: {sum}");
    }
}

#[test]
fn a_step_of_the_noise_is_followed_and_beats_any_constant() {
    let readings = walk(7, 2000, |k| if (500..1000).contains(&k) { 1.5 } else { 0.5 });
    let noise = *learning(0.25, 20.0, 0.98).likelihood();
    let (noises, evidence) = filtered(&readings, 0.01, noise);
    // A hundred and two hundred readings after either step.
    let ratios = [599, 699, 1099, 1199].map(|k| noises[k].variance() / if k < 1000 { 2.25 } else { 0.25 });
    println!("{ratios:?}");
    for (ratio, bounds) in ratios.iter().zip([0.7..1.3, 0.7..1.3, 1.0..2.5, 0.7..1.4]) {
        assert!(bounds.contains(ratio), "{ratios:?}");
    }
    let steady = 1.0 / (1.0 - f64::from(noise.forgetting()));
    assert!((f64::from(noises[1999].readings()) / steady - 1.0).abs() < 1e-4);
    for constant in [0.25, 0.5, 0.75, 1.0, 2.25] {
        let (_, other) = filtered(&readings, 0.01, Normal::new(constant).unwrap());
        println!("{evidence} against {other} for {constant}");
        assert!(evidence > other + 100.0);
    }
}

/// The published variance is 15099. A tenth of it or ten times as much costs a Normal 152 and 60 nats.
#[test]
fn the_nile_tells_its_noise() {
    let flow = csv::read("examples/data/nile.csv");
    let flow: Vec<f32> = flow.iter().map(|row| (row.number("volume_1e8_m3") - 1120.0) as f32).collect();
    let (_, best) = filtered(&flow, 1469.1, Normal::new(15_099.0).unwrap());
    for guess in [1509.9, 15_099.0, 150_990.0] {
        let (noises, evidence) = filtered(&flow, 1469.1, LearnedNormal::new(guess, 1.0).unwrap());
        let (_, wrong) = filtered(&flow, 1469.1, Normal::new(guess).unwrap());
        let found = noises.last().unwrap().variance();
        println!("from {guess}: {found}, log evidence {evidence}, Normal {wrong}, best {best}");
        assert!(evidence > best - 8.0 && (guess == 15_099.0 || evidence > wrong + 50.0));
        assert!((found / 15_099.0 - 1.0).abs() < if guess > 1e5 { 0.35 } else { 0.1 });
    }
}

/// Root mean square distance of the mean from the joint optimum, in posterior standard deviations, over readings within
/// four standard deviations.
#[test]
fn one_sample_is_near_the_joint_optimum() {
    for (readings, prior, bound) in [(4.0, 1.0, 0.11), (16.0, 1.0, 0.055), (64.0, 4.0, 0.02), (256.0, 1.0, 0.006)] {
        let noise = LearnedNormal::new(1.0_f32, readings).unwrap();
        let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(3));
        let mut sum = 0.0;
        for i in 0..300 {
            let reading = f32::from(i as u8 % 9) * 0.5;
            let best = noise.optimum(reading, 0.0, prior).unwrap();
            let sampled = estimator.solve(&noise, reading, 0.0, prior).unwrap();
            sum += (sampled.shift - best.shift).powi(2) / best.variance / 300.0;
        }
        println!("{readings} readings, prior {prior}: {}", sum.sqrt());
        assert!(sum.sqrt() < bound);
    }
}

/// Far more readings than an `f32` can count: the memory ends before rounding takes sides.
#[test]
fn rounding_does_not_move_the_noise() {
    let mut noise = LearnedNormal::new(0.04_f32, 1.0).unwrap();
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(5);
    let mut sum = 0.0;
    for k in 0..700_000 {
        noise.learn(0.2 * standard_normal::<f32, _>(&mut rng), 0.0, 0.0);
        sum += if k >= 300_000 { f64::from(noise.variance()) / 400_000.0 } else { 0.0 };
    }
    println!("{} of the variance", sum / 0.04);
    assert_eq!(noise.readings(), 131_072.0);
    assert!((sum / 0.04 - 1.0).abs() < 5e-3, "{sum}");
}

#[test]
fn a_stuck_sensor_stops_at_the_floor() {
    let noise = LearnedNormal::new(1.0_f32, 1.0).unwrap();
    let (noises, _) = filtered(&[0.5; 3000], 0.0, noise.with_forgetting(0.9).unwrap());
    assert_eq!(noises.last().unwrap().variance(), 1e-6);
    let (noises, _) = filtered(&[0.5; 300], 0.0, noise.with_forgetting(0.9).unwrap().with_floor(0.01).unwrap());
    assert_eq!(noises.last().unwrap().variance(), 0.01);
}

/// A belief so sure that a reading says nothing of the state: it still tells the noise.
#[test]
fn a_saturated_reading_teaches_the_noise() {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1e-8]).unwrap());
    let mut sensor = learning(1.0, 1.0, 1.0);
    for k in 0..1000 {
        let reading = if k % 2 == 0 { 2.0 } else { -2.0 };
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        assert_eq!(update.status(), Status::Saturated);
    }
    assert!((sensor.likelihood().variance() - 4.0).abs() < 0.01);
}

/// Twice the square of the innovation overflows: a jump of 9 to 33 standard deviations is still the state's, not noise.
#[test]
fn a_jump_whose_square_nearly_overflows_is_followed() {
    for reading in [5e18_f32, 1e19, 1.4e19, 1.8e19] {
        let mut filter = Filter::new(Gaussian::diagonal([0.0], [3e35]).unwrap());
        let mut sensor = learning(1.0, 100.0, 1.0);
        let _ = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        let (mean, noise) = (filter.belief().mean()[0], sensor.likelihood().variance());
        assert!((mean / reading - 1.0).abs() <= 2.0 * f32::EPSILON, "{reading:e}: {mean:e}");
        assert!((0.9..1.1).contains(&noise), "{reading:e}: {noise:e}");
    }
}

#[test]
fn what_is_refused_is_named() {
    let noise = LearnedNormal::new(1.0_f32, 2.0).unwrap();
    for (bad, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (0.0, Error::NotPositive),
        (-1.0, Error::NotPositive),
        (1e-40, Error::OutOfRange),
    ] {
        assert_eq!(LearnedNormal::new(bad, 2.0), Err(error));
        assert_eq!(LearnedNormal::new(1.0, bad), Err(error));
        assert_eq!(noise.with_floor(bad), Err(error));
        let forgetting = if error == Error::NotPositive { Error::OutOfRange } else { error };
        assert_eq!(noise.with_forgetting(bad), Err(forgetting));
    }
    for (variance, readings) in [(f32::MAX, 2.0), (f32::MIN_POSITIVE, 2.0), (1.0, 0.5)] {
        assert_eq!(LearnedNormal::new(variance, readings), Err(Error::OutOfRange));
    }
    assert_eq!(LearnedNormal::new(1.0_f32, f32::MAX).unwrap().readings(), 131_072.0);
    let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    let (before, mut sensor) = (filter, learning(1.0, 2.0, 0.9));
    for reading in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new());
        assert_eq!((update, filter, sensor), (Err(Error::NotFinite), before, learning(1.0, 2.0, 0.9)));
    }
}

/// Every combination of extremes ends in an error that has changed nothing, or in a noise that can be used and
/// restored.
#[test]
fn extremes_are_taken_or_named() {
    let sizes = [0.0, 1e-45, 1e-38, 1e-20, 1e-3, 1.0, 1e3, 1e18, 3e19, 1e30, f32::MAX];
    let mut taken = 0;
    for variance in [1e-31, 1e-10, 1.0, 1e10, 4e31] {
        for readings in [1.0, 30.0, 2e5] {
            for prior in sizes.into_iter().skip(2) {
                for reading in sizes {
                    let mut filter = Filter::new(Gaussian::diagonal([0.0], [prior.max(f32::MIN_POSITIVE)]).unwrap());
                    let mut sensor = learning(variance, readings, 0.7);
                    let before = (filter, sensor);
                    match filter.update(&mut sensor, -reading, &mut GaussHermite::<5>::new()) {
                        Err(_) => assert_eq!((filter, sensor), before),
                        Ok(_) => {
                            taken += 1;
                            let noise = sensor.likelihood();
                            let again = LearnedNormal::new(noise.variance(), noise.readings()).unwrap();
                            let again = again.with_forgetting(0.7).unwrap().with_floor(noise.floor()).unwrap();
                            assert_eq!(*noise, again, "{variance:e} {readings} {prior:e} {reading:e}");
                            assert!(!noise.log_prob(-reading, 0.0).is_nan());
                        }
                    }
                }
            }
        }
    }
    println!("{taken} taken");
    assert!(taken > 1000);
}

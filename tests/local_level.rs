//! The three-line filter against the Kalman filter at 50 digits, its own closed forms, and special values.
//!
//! `cargo test --test local_level -- --nocapture` prints the distances.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;

use accuracy::Measured;
use elbow::likelihood::Normal;
use elbow::{Error, Filter, GaussHermite, Gaussian, LocalLevel, OneSample, RandomWalk, Real, Sensor, Snapshot};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn nile() -> Vec<f64> {
    csv::read("examples/data/nile.csv").iter().map(|row| row.number("volume_1e8_m3")).collect()
}

/// Means and variances of the Kalman filter that starts from the first reading, `tests/reference/filters.py`.
fn reference() -> Vec<(f64, f64)> {
    let rows = csv::read("tests/reference/filters.csv");
    let rows = rows.iter().filter(|row| row.text("filter") == "nile_kalman");
    rows.map(|row| (row.number("mean"), row.number("variance"))).collect()
}

/// Readings around 900, a year apart.
fn along_the_nile<T: Real + Into<f64>>(measured: &mut Measured) {
    let setting = |variance: f64| T::from_f64(variance.sqrt());
    let mut level = LocalLevel::new(setting(15_099.0), setting(1469.1)).unwrap();
    for (step, (reading, (mean, variance))) in nile().into_iter().zip(reference()).enumerate() {
        let smooth = level.update(T::from_f64(reading - 900.0), T::ONE).unwrap().into() + 900.0;
        let off = (smooth - mean).abs() / variance.sqrt();
        let wide = (level.std_dev().into() / variance.sqrt() - 1.0).abs();
        for (function, error) in [("local_level.mean", off), ("local_level.sd", wide)] {
            let cells = [function, std::any::type_name::<T>(), "*"];
            assert!(measured.see(cells, 0.0, error, || format!("step {}", step + 1)));
        }
    }
}

#[test]
fn the_nile_is_that_of_the_kalman_filter() {
    let mut measured = Measured::default();
    along_the_nile::<f64>(&mut measured);
    along_the_nile::<f32>(&mut measured);
    measured.finish();
}

/// The same bits as the parts put together by hand, by either estimator, at uneven times with gaps.
#[test]
fn it_is_the_filter_of_its_parts() {
    let mut level = LocalLevel::new(0.5_f32, 0.03).unwrap();
    let mut filter = Filter::new(Gaussian::diagonal([20.5], [0.5 * 0.5]).unwrap());
    let walk = RandomWalk::new(0.03 * 0.03).unwrap();
    let mut sensor = Sensor::linear([1.0], Normal::new(0.5 * 0.5).unwrap());
    assert_eq!(level.update(20.5, 77.0), Ok(20.5));
    assert_eq!(level.belief(), Some(filter.belief()));
    for k in 0..300_u16 {
        let (dt, reading) = (0.1 + f32::from(k % 7), 20.0 + f32::from(k * 37 % 11) * 0.2);
        level.predict(dt).unwrap();
        filter.predict_for(&walk, dt).unwrap();
        assert_eq!(level.mean(), Some(filter.belief().mean()[0]));
        let smooth = level.update(reading, dt).unwrap();
        filter.predict_for(&walk, dt).unwrap();
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        assert_eq!((smooth, level.belief()), (update.mean(), Some(filter.belief())));
        let variance = filter.belief().variance()[0];
        // One standard deviation above zero: the root of the same variance, to the bit, and near the true one.
        let root = Gaussian::diagonal([0.0], [variance]).unwrap().at(&[1.0])[0];
        assert_eq!(level.std_dev(), root);
        assert!((f64::from(root) / f64::from(variance).sqrt() - 1.0).abs() <= f64::from(f32::EPSILON));
    }
    let estimator = &mut OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
    let (before, smooth) = (filter, level.update(23.0, 0.0).unwrap());
    let update = filter.update(&mut sensor, 23.0, estimator).unwrap();
    assert!((update.mean() - smooth).abs() < 1e-5 && smooth > before.belief().mean()[0] + 0.1);
}

/// The start is the limit of ever vaguer priors: what they differ by falls with their variance.
#[test]
fn the_start_is_the_diffuse_one() {
    let readings = [3.0, -1.0, 2.5, 2.0, 7.0];
    let mut level = LocalLevel::new(1.5_f64, 0.4).unwrap();
    let smooth: Vec<f64> = readings.iter().map(|&reading| level.update(reading, 2.0).unwrap()).collect();
    for prior in [1e4, 1e6, 1e8] {
        let mut filter = Filter::new(Gaussian::diagonal([100.0], [prior]).unwrap());
        let mut sensor = Sensor::linear([1.0], Normal::new(2.25).unwrap());
        for (i, (&reading, expected)) in readings.iter().zip(&smooth).enumerate() {
            if i > 0 {
                filter.predict_for(&RandomWalk::new(0.16).unwrap(), 2.0).unwrap();
            }
            let _ = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).unwrap();
            assert!((filter.belief().mean()[0] - expected).abs() < 300.0 / prior, "{i}");
        }
        assert!((filter.belief().variance()[0].sqrt() - level.std_dev()).abs() < 1.0 / prior);
    }
}

/// The gain of the steady state, k = (sqrt(r^2 + 4 r) - r)/2 with r = q dt/v (Muth 1960; Durbin and Koopman 2012,
/// section 2.11), and the average over sensor/drift sqrt(dt) seconds that the docs promise.
#[test]
fn it_settles_into_an_exponential_average() {
    for (sensor, drift, dt) in [(0.5, 0.02, 1.0), (0.5, 0.02, 10.0), (3.0, 0.5, 0.1), (1.0, 2.0, 1.0)] {
        let mut level = LocalLevel::new(sensor, drift).unwrap();
        for _ in 0..3000 {
            assert_eq!(level.update(0.0, dt), Ok(0.0));
        }
        let ratio: f64 = drift * drift * dt / (sensor * sensor);
        let gain = 0.5 * ((ratio * ratio + 4.0 * ratio).sqrt() - ratio);
        let moved: f64 = level.update(1.0, dt).unwrap();
        assert!((moved / gain - 1.0).abs() < 1e-12, "{moved} {gain}");
        assert!((level.std_dev() / (sensor * gain.sqrt()) - 1.0).abs() < 1e-12);
        if ratio < 0.01 {
            let time = sensor / drift * dt.sqrt();
            assert!((dt / gain / time - 1.0).abs() < 0.6 * ratio.sqrt(), "{} {time}", dt / gain);
        }
    }
}

#[test]
fn a_missing_reading_is_time_alone() {
    let mut level = LocalLevel::new(0.5_f32, 0.25).unwrap();
    level.predict(1e9).unwrap();
    assert_eq!((level.mean(), level.std_dev()), (None, f32::INFINITY));
    level.update(20.0, 3.0).unwrap();
    let (mut waiting, mut silent) = (level, level);
    for _ in 0..4 {
        waiting.predict(2.0).unwrap();
    }
    assert_eq!(waiting.std_dev(), (0.25_f32 + 0.0625 * 8.0).sqrt());
    assert_eq!(waiting.update(21.0, 2.0), silent.update(21.0, 10.0));
    assert_eq!(waiting, silent);
    // A refused reading takes no time: the next step covers it.
    assert_eq!(level.update(f32::NAN, 4.0), Err(Error::NotFinite));
    level.update(21.0, 10.0).unwrap();
    assert_eq!(level, silent);
}

/// From the first reading on the same bits after a sleep, and after none the settings alone.
#[test]
fn it_is_restored_with_its_settings() {
    let mut straight = LocalLevel::new(0.5_f32, 0.03).unwrap();
    let mut slept = straight;
    for k in 0..100_u16 {
        let mut flash = [0; LocalLevel::<f32>::SNAPSHOT_LEN];
        slept.save(&mut flash).unwrap();
        slept = LocalLevel::restore(&flash).unwrap();
        let (reading, dt) = (20.0 + f32::from(k * 37 % 11) * 0.2, 0.3 * f32::from(k % 5));
        assert_eq!(slept.update(reading, dt), straight.update(reading, dt));
        assert_eq!(slept, straight);
    }
    let finer = slept.with_settings(0.1, 0.0).unwrap();
    assert_eq!((finer.mean(), finer.std_dev()), (slept.mean(), slept.std_dev()));
    let mut other = LocalLevel::new(0.1, 0.0).unwrap();
    let mut forgetful = finer;
    forgetful.reset();
    assert_eq!(forgetful, other);
    assert_eq!((forgetful.update(5.0, 1.0), forgetful.std_dev()), (other.update(5.0, 1.0), other.std_dev()));
    assert_eq!(slept.with_settings(0.1, -1.0), Err(Error::OutOfRange));
}

const SPECIAL: [f32; 22] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-22,
    1e-19,
    1e-10,
    1.0,
    -1.0,
    20.0,
    -90.0,
    1e10,
    1e18,
    1e19,
    1e20,
    f32::MAX,
    f32::MIN,
];

fn bits_of(level: &LocalLevel<f32>) -> Vec<u8> {
    let mut buffer = [0; LocalLevel::<f32>::SNAPSHOT_LEN];
    level.save(&mut buffer).unwrap().to_vec()
}

#[test]
fn settings_are_named_where_they_are_wrong() {
    for sensor in SPECIAL {
        for drift in SPECIAL {
            let expected = if !(sensor.is_finite() && drift.is_finite()) {
                Err(Error::NotFinite)
            } else if sensor <= 0.0 {
                Err(Error::NotPositive)
            } else if !((0.0..1.8e19).contains(&drift) && (1.1e-19..1.8e19).contains(&sensor)) {
                Err(Error::OutOfRange)
            } else {
                Ok(())
            };
            assert_eq!(LocalLevel::new(sensor, drift).map(|_| ()), expected, "{sensor:e} {drift:e}");
            let running = LocalLevel::new(1.0, 1.0).unwrap();
            assert_eq!(running.with_settings(sensor, drift).map(|_| ()), expected, "{sensor:e} {drift:e}");
        }
    }
}

/// Two readings and a silence from all special values: a valid level, or a named error and every bit as before.
#[test]
fn special_values_leave_a_valid_level() {
    let mut taken = 0;
    for sensor in [1.1e-19_f32, 1e-10, 1.0, 1e10, 1.8e19] {
        for drift in [0.0, 1e-30, 1e-10, 1.0, 1.8e19] {
            for first in SPECIAL {
                for dt in SPECIAL {
                    let mut level = LocalLevel::new(sensor, drift).unwrap();
                    let what = format!("{sensor:e} {drift:e} {first:e} {dt:e}");
                    let time = if !dt.is_finite() {
                        Err(Error::NotFinite)
                    } else if dt < 0.0 {
                        Err(Error::OutOfRange)
                    } else {
                        Ok(())
                    };
                    assert_eq!(level.predict(dt), time, "{what}");
                    let before = bits_of(&level);
                    let result = level.update(first, dt);
                    if let Err(error) = time {
                        assert_eq!((result, bits_of(&level)), (Err(error), before), "{what}");
                    } else if first.is_finite() {
                        assert_eq!((result, level.std_dev()), (Ok(first), (sensor * sensor).sqrt()), "{what}");
                    } else {
                        assert_eq!((result, bits_of(&level)), (Err(Error::NotFinite), before), "{what}");
                    }
                    for reading in SPECIAL {
                        let mut level = level;
                        let before = bits_of(&level);
                        match level.update(reading, dt) {
                            Ok(mean) => {
                                taken += 1;
                                assert!(mean.is_finite() && reading.is_finite() && time.is_ok(), "{what} {reading:e}");
                                assert!(
                                    level.mean() == Some(mean) && level.std_dev().is_normal(),
                                    "{what} {reading:e}"
                                );
                            }
                            Err(error) => {
                                let other = if reading.is_finite() { Error::OutOfRange } else { Error::NotFinite };
                                assert_eq!(error, time.err().unwrap_or(other), "{what} {reading:e}");
                                assert_eq!(bits_of(&level), before, "{what} {reading:e}");
                            }
                        }
                        let before = bits_of(&level);
                        if level.predict(dt).is_err() {
                            assert_eq!(bits_of(&level), before, "{what} {reading:e}");
                        }
                    }
                }
            }
        }
    }
    assert!(taken > 80_000, "{taken}");
}

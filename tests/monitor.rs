//! A monitor on healthy sensors, and on sensors that fail in every way it names.
//!
//! `cargo test --test monitor -- --nocapture` prints the shares of false alarms and when each failure was flagged.

#[path = "monitor/equality.rs"]
mod equality;
#[path = "monitor/figures.rs"]
mod figures;

use elbow::likelihood::{Likelihood, Normal, Poisson, StudentT};
use elbow::noise::standard_normal;
use elbow::{Dynamics, Filter, Flags, GaussHermite, Gaussian, Linear, Monitor, RandomWalk, Report, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const W: usize = 64;
const FALSE_ALARM: f32 = 1e-3;

/// A level that wanders, by 0.3 a reading.
struct Rig<L> {
    rng: Xoshiro128PlusPlus,
    level: f32,
    filter: Filter<f32, 1>,
    sensor: Sensor<Linear<f32, 1>, L>,
    monitor: Monitor<f32, W>,
}

const WALK: f32 = 0.3;

impl<L: Likelihood<f32>> Rig<L> {
    fn new(seed: u64, likelihood: L) -> Self {
        Self {
            rng: Xoshiro128PlusPlus::seed_from_u64(seed),
            level: 0.0,
            filter: Filter::new(Gaussian::standard()),
            sensor: Sensor::linear([1.0], likelihood),
            monitor: Monitor::new(FALSE_ALARM).unwrap(),
        }
    }

    fn noise(&mut self) -> f32 {
        standard_normal(&mut self.rng)
    }

    /// One step: `read` makes the reading from the level, `number` what the monitor compares.
    fn step(
        &mut self,
        read: impl FnOnce(&mut Self) -> L::Reading,
        number: impl FnOnce(L::Reading) -> f32,
    ) -> Report<f32> {
        self.level += WALK * self.noise();
        let reading = read(self);
        self.filter.predict_for(&RandomWalk::new(WALK * WALK).unwrap(), 1.0).unwrap();
        self.take(reading, number(reading))
    }

    fn take(&mut self, reading: L::Reading, number: f32) -> Report<f32> {
        let update = self.filter.update(&mut self.sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        let innovation = update.normalized_innovation(&self.sensor, reading);
        self.monitor.elapse(1.0).unwrap();
        self.monitor.record(number, innovation, update.log_evidence(&self.sensor, reading)).unwrap();
        self.monitor.report()
    }
}

fn names(flags: Flags) -> [(&'static str, bool); 6] {
    let Flags { quiet, noisy, biased, miscalibrated, stuck, silent } = flags;
    [
        ("quiet", quiet),
        ("noisy", noisy),
        ("biased", biased),
        ("miscalibrated", miscalibrated),
        ("stuck", stuck),
        ("silent", silent),
    ]
}

/// The share of `count` full windows with each flag up.
fn shares(what: &str, count: u32, mut next: impl FnMut(u32) -> Report<f32>) -> [f64; 6] {
    let (mut alarms, mut full) = ([0_u32; 6], 0);
    for i in 0..count {
        let report = next(i);
        if report.readings == W {
            full += 1;
            for (alarm, (_, up)) in alarms.iter_mut().zip(names(report.flags)) {
                *alarm += u32::from(up);
            }
        }
    }
    let shares = alarms.map(|alarm| f64::from(alarm) / f64::from(full));
    let named: Vec<_> =
        names(Flags::default()).iter().zip(shares).map(|((name, _), s)| format!("{name} {s:.1e}")).collect();
    println!("{what}: {}", named.join(", "));
    shares
}

fn normal(seed: u64) -> Rig<Normal<f32>> {
    Rig::new(seed, Normal::new(1.0).unwrap())
}

fn healthy(rig: &mut Rig<Normal<f32>>) -> Report<f32> {
    rig.step(|rig| rig.level + rig.noise(), |reading| reading)
}

/// Alarms come in clusters, so that six sensors of 10^4 readings give the share within a factor of three or so.
#[test]
fn false_alarms_are_as_rare_as_stated() {
    let mut rigs: Vec<_> = (0..6).map(normal).collect();
    let shares = shares("healthy", 60_000, |i| healthy(&mut rigs[i as usize % 6]));
    for (share, (name, _)) in shares[..4].iter().zip(names(Flags::default())) {
        assert!((3e-4..3e-3).contains(share), "{name}: {share}");
    }
    assert_eq!(shares[4..], [0.0, 0.0]);
}

/// A thermometer whose step is half its noise repeats itself all day, and one of twice its noise even more.
#[test]
fn coarse_readings_are_not_stuck() {
    for (step, std_dev) in [(0.5_f32, 1.0_f32), (1.0, 0.5)] {
        let mut rig = Rig::new(7, Normal::new(std_dev * std_dev + step * step / 12.0).unwrap());
        rig.monitor = rig.monitor.with_resolution(step).unwrap();
        let shares = shares(&format!("step {step}, noise {std_dev}"), 10_000, |_| {
            rig.step(|rig| ((rig.level + std_dev * rig.noise()) / step).round() * step, |reading| reading)
        });
        // The bound is on runs of repeats; a flagged run lasts a little.
        assert!(shares[4] < 2.0 * f64::from(FALSE_ALARM), "{shares:?}");
    }
}

/// The readings of `fail` until its flag goes up, after a healthy window without one.
fn delay(rig: &mut Rig<Normal<f32>>, flag: &str, mut fail: impl FnMut(&mut Rig<Normal<f32>>) -> Report<f32>) -> usize {
    for _ in 0..200 {
        assert!(!healthy(rig).flags.any());
    }
    for n in 1..=200 {
        let report = fail(rig);
        if names(report.flags).contains(&(flag, true)) {
            println!("{flag} after {n}: {report:?}");
            return n;
        }
    }
    panic!("never {flag}");
}

/// Seeds whose first 200 healthy readings raise no alarm.
const SEEDS: [u64; 3] = [101, 102, 104];

#[test]
fn a_stuck_sensor_is_flagged() {
    for seed in SEEDS {
        let mut rig = normal(seed);
        rig.monitor = rig.monitor.with_resolution(0.01).unwrap();
        let mut held = None;
        let n = delay(&mut rig, "stuck", |rig| {
            let held = *held.get_or_insert(rig.level);
            rig.step(|_| held, |reading| reading)
        });
        // Each repeat of a reading with a density of 0.3 and steps of 0.01 is a surprise of 5.8 nats, and 6.9 are asked.
        assert!(n <= 4, "{n}");
    }
}

/// The last digit still moves, and no reading repeats: then it is the window that is too quiet.
#[test]
fn a_sensor_stuck_but_for_its_last_digit_is_flagged() {
    for seed in SEEDS {
        let (mut held, mut up) = (None, false);
        let n = delay(&mut normal(seed), "stuck", |rig| {
            up = !up;
            let held = *held.get_or_insert(rig.level) + if up { 0.01 } else { 0.0 };
            let report = rig.step(|_| held, |reading| reading);
            assert_eq!(report.repeats, 0);
            report
        });
        assert!(n <= W, "{n}");
    }
}

#[test]
fn overestimated_noise_is_quiet() {
    for seed in SEEDS {
        let n =
            delay(&mut normal(seed), "quiet", |rig| rig.step(|rig| rig.level + 0.2 * rig.noise(), |reading| reading));
        assert!(n <= W, "{n}");
    }
}

#[test]
fn a_noisier_sensor_is_flagged() {
    for seed in SEEDS {
        let n =
            delay(&mut normal(seed), "noisy", |rig| rig.step(|rig| rig.level + 2.0 * rig.noise(), |reading| reading));
        assert!(n <= W, "{n}");
    }
}

/// Beside a better sensor, which the belief follows; alone, a constant offset would be taken for the level.
#[test]
fn a_biased_sensor_is_flagged() {
    for seed in SEEDS {
        let mut better = Sensor::linear([1.0], Normal::new(0.01).unwrap());
        let n = delay(&mut normal(seed), "biased", |rig| {
            rig.step(
                |rig| {
                    let good = rig.level + 0.1 * rig.noise();
                    let walk = RandomWalk::new(WALK * WALK).unwrap();
                    rig.filter.predict_for(&walk, 0.0).unwrap();
                    let _ = rig.filter.update(&mut better, good, &mut GaussHermite::<5>::new()).unwrap();
                    rig.level + 1.0 + rig.noise()
                },
                |reading| reading,
            )
        });
        assert!(n <= W, "{n}");
    }
}

/// A room that returns to its set point within some 30 readings, read alone: the sensor, or the heating, runs away by an
/// eighth of the noise a reading. A process that returns tells; a random walk would follow without a word.
#[test]
fn a_level_that_runs_away_is_flagged() {
    let share: f32 = 1.0 / 30.0;
    let room = Dynamics::new([[1.0 - share]], [[WALK * WALK]]).unwrap();
    for seed in SEEDS {
        let mut rig = normal(seed);
        rig.monitor = Monitor::new(1e-5).unwrap();
        let mut flagged = None;
        for n in 0..400 {
            rig.level = (1.0 - share) * rig.level + WALK * rig.noise();
            let away = 0.125 * (n - 300).max(0) as f32;
            let reading = rig.level + away + rig.noise();
            rig.filter.predict(&room).unwrap();
            let flags = rig.take(reading, reading).flags;
            assert!(n >= 300 || !flags.any(), "seed {seed}: {n} {flags:?}");
            if flags.biased && flagged.is_none() {
                flagged = Some(n - 300);
            }
        }
        println!("runs away: biased after {flagged:?}");
        assert!(flagged.is_some_and(|n| n <= W as i32), "{flagged:?}");
    }
}

#[test]
fn a_dropout_is_flagged() {
    let mut rig = normal(SEEDS[0]);
    rig.monitor = rig.monitor.with_longest_gap(3.0).unwrap();
    let n = delay(&mut rig, "silent", |rig| {
        rig.monitor.elapse(1.0).unwrap();
        rig.monitor.report()
    });
    assert_eq!((n, rig.monitor.report().since_last), (4, 4.0));
    let report = healthy(&mut rig);
    assert_eq!((report.since_last, report.flags.silent), (0.0, false));
}

/// A counter of zeros is judged by what it should have counted.
#[test]
fn zeros_are_stuck_only_where_counts_are_expected() {
    for (log_rate, stuck) in [(2.0_f32, true), (-4.0, false)] {
        let mut rig = Rig::new(3, Poisson::new());
        rig.filter = Filter::new(Gaussian::diagonal([log_rate], [0.01]).unwrap());
        let mut flagged = None;
        for n in 0..200 {
            let report = rig.take(0, 0.0);
            assert_eq!(report.repeats, n);
            if report.flags.stuck && flagged.is_none() {
                flagged = Some(n);
            }
        }
        assert_eq!(flagged, stuck.then_some(2), "{log_rate}");
    }
}

/// One glitch is the gate's matter.
#[test]
fn a_glitch_raises_no_flag() {
    for seed in SEEDS {
        let mut rig = normal(seed);
        for _ in 0..200 {
            let _ = healthy(&mut rig);
        }
        rig.monitor.record(1e6, f32::INFINITY, -f32::INFINITY).unwrap();
        let report = rig.monitor.report();
        assert!(!report.flags.any(), "{report:?}");
        assert_eq!(report.surprise, f32::MAX / 64.0);
    }
}

/// How far the bounds hold where predictions are not normal; the docs give these figures.
#[test]
fn shares_of_other_likelihoods() {
    for (mean, most) in [(100.0_f32, 0.004), (30.0, 0.01), (3.0, 1.0)] {
        let mut rig = Rig::new(11, Poisson::new());
        rig.filter = Filter::new(Gaussian::diagonal([mean.ln()], [0.01]).unwrap());
        rig.level = mean.ln();
        let (mut rng, walk) = (Xoshiro128PlusPlus::seed_from_u64(5), RandomWalk::new(1e-4 / mean).unwrap());
        let shares = shares(&format!("Poisson, mean {mean}"), 10_000, |_| {
            let count = draw_poisson(&mut rng, mean);
            rig.filter.predict_for(&walk, 1.0).unwrap();
            rig.take(count, count as f32)
        });
        assert!(shares.iter().all(|&share| share < most), "{shares:?}");
    }
    let mut rig = Rig::new(11, StudentT::new(1.0, 4.0).unwrap());
    let _ = shares("Student-t, nu = 4", 10_000, |_| {
        rig.step(
            |rig| {
                let squares: f32 = (0..4).map(|_| rig.noise()).map(|noise| noise * noise).sum();
                rig.level + rig.noise() / (squares / 4.0).sqrt()
            },
            |reading| reading,
        )
    });
}

/// Arrivals in unit time at this rate.
fn draw_poisson(rng: &mut Xoshiro128PlusPlus, rate: f32) -> u32 {
    let (mut time, mut count) = (0.0, 0);
    loop {
        let (a, b): (f32, f32) = (standard_normal(rng), standard_normal(rng));
        // Exponential: half a chi-squared of two degrees.
        time += 0.5 * (a * a + b * b) / rate;
        if time > 1.0 {
            return count;
        }
        count += 1;
    }
}

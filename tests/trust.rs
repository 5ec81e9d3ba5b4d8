//! Gates, and the ways out of a lock-out.

use elbow::likelihood::{Likelihood, Normal, Poisson};
use elbow::noise::standard_normal;
use elbow::{Error, Filter, Gate, GaussHermite, Gaussian, OneSample, RandomWalk, Sensor, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn rng() -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(1)
}

fn gated(gate: &mut Gate<f32>, filter: &mut Filter<f32, 2>, reading: f32) -> Result<elbow::Update<f32>, Error> {
    let mut sensor = Sensor::linear([1.0, 0.5], Normal::new(1.0).unwrap());
    filter.update_gated(&mut sensor, reading, &mut OneSample::new(rng()), gate)
}

#[test]
fn a_rejected_reading_leaves_the_belief_and_tells_what_it_would_have_done() {
    let prior = Gaussian::diagonal([0.1_f32, -0.3], [2.0, 0.7]).unwrap();
    let (mut gate, mut filter) = (Gate::by_innovation(3.0, 10).unwrap(), Filter::new(prior));
    let sensor = Sensor::linear([1.0, 0.5], Normal::new(1.0).unwrap());
    let update = gated(&mut gate, &mut filter, 9.0).unwrap();
    assert_eq!(*filter.belief(), prior);
    assert_eq!(update.status(), Status::Gated);
    assert_eq!((update.mean(), update.variance()), (update.prior_mean(), update.prior_variance()));
    assert_eq!(update.information_gain(), 0.0);
    let mut open = Filter::new(prior);
    let (mut same, mut estimator) = (sensor, OneSample::new(rng()));
    let taken = open.update(&mut same, 9.0, &mut estimator).unwrap();
    assert_eq!(update.elbo(&sensor, 9.0), taken.elbo(&sensor, 9.0));
    assert_eq!(update.log_evidence(&sensor, 9.0), taken.log_evidence(&sensor, 9.0));
    assert!(update.normalized_innovation(&sensor, 9.0) > 3.0);
    assert_eq!((gate.rejected_in_a_row(), gate.rejected()), (1, 1));
    // Inside, the gate does not show.
    let update = gated(&mut gate, &mut filter, 1.0).unwrap();
    let mut open = Filter::new(prior);
    assert_eq!(open.update(&mut same, 1.0, &mut OneSample::new(rng())).unwrap(), update);
    assert_eq!((open, gate.rejected_in_a_row(), gate.rejected()), (filter, 0, 1));
}

/// A likelihood that learns must not learn from what is kept out.
#[test]
fn a_sensor_does_not_learn_from_a_rejected_reading() {
    #[derive(Clone, Copy)]
    struct Counting(Normal<f32>, u32);
    impl Likelihood<f32> for Counting {
        type Reading = f32;
        fn check(&self, reading: f32) -> Result<(), Error> {
            self.0.check(reading)
        }
        fn log_prob(&self, reading: f32, eta: f32) -> f32 {
            self.0.log_prob(reading, eta)
        }
        fn derivatives(&self, reading: f32, eta: f32) -> elbow::likelihood::Derivatives<f32> {
            self.0.derivatives(reading, eta)
        }
        fn learn(&mut self, _: f32, _: f32, _: f32) {
            self.1 += 1;
        }
    }
    let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    let mut sensor = Sensor::linear([1.0], Counting(Normal::new(1.0).unwrap(), 0));
    let mut gate = Gate::by_innovation(4.0, 10).unwrap();
    for (reading, learnt) in [(1.0, 1), (50.0, 1), (0.9, 2)] {
        let update = filter.update_gated(&mut sensor, reading, &mut GaussHermite::<5>::new(), &mut gate).unwrap();
        assert_eq!(sensor.likelihood().1, learnt);
        // Without moments of its own, the innovation is that of the Gaussian reading of the same effect: it is one.
        let like = Sensor::linear([1.0], Normal::new(1.0).unwrap());
        let (got, exact) =
            (update.normalized_innovation(&sensor, reading), update.normalized_innovation(&like, reading));
        assert!((got / exact - 1.0).abs() < 1e-3, "{got} {exact}");
    }
}

/// Nobody acts: of 10^5 readings none gets in. Whoever inflates or resets is back at once.
#[test]
fn a_gate_alone_locks_out_for_ever() {
    const SHIFT: f32 = 20.0;
    let settled = || Filter::new(Gaussian::diagonal([0.0_f32], [0.01]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let mut estimator = GaussHermite::<5>::new();
    let walk = RandomWalk::new(1e-5).unwrap();
    let (mut noise, mut filter, mut gate) = (rng(), settled(), Gate::by_innovation(5.0, 10).unwrap());
    let (mut accepted, mut diverged) = (0, 0);
    for _ in 0..100_000 {
        filter.predict_for(&walk, 1.0).unwrap();
        let before = *filter.belief();
        let reading = SHIFT + standard_normal::<f32, _>(&mut noise);
        match filter.update_gated(&mut sensor, reading, &mut estimator, &mut gate) {
            Ok(update) => accepted += u32::from(update.status() != Status::Gated),
            Err(error) => {
                assert_eq!(error, Error::Diverged);
                diverged += 1;
            }
        }
        assert_eq!(*filter.belief(), before);
    }
    assert_eq!((accepted, diverged, gate.rejected_in_a_row()), (0, 100_000 - 9, 100_000));
    assert!(gate.is_diverged());

    // 9, not 10, go unheard; then the caller acts.
    let inflate: fn(&mut Filter<f32, 1>) = |filter| filter.inflate(1e4).unwrap();
    let reset: fn(&mut Filter<f32, 1>) = |filter| filter.reset(Gaussian::diagonal([15.0], [100.0]).unwrap());
    for act in [inflate, reset] {
        let (mut filter, mut gate, mut heard) = (settled(), Gate::by_innovation(5.0, 10).unwrap(), 0);
        for n in 1..=100 {
            filter.predict_for(&walk, 1.0).unwrap();
            let reading = SHIFT + standard_normal::<f32, _>(&mut noise);
            match filter.update_gated(&mut sensor, reading, &mut estimator, &mut gate) {
                Ok(update) => assert_eq!(update.status() == Status::Gated, n < 10, "{n}"),
                Err(error) => {
                    assert_eq!((error, n), (Error::Diverged, 10));
                    heard += 1;
                    act(&mut filter);
                    gate.reset();
                    assert_eq!((gate.rejected_in_a_row(), gate.rejected()), (0, 10));
                }
            }
        }
        assert_eq!(heard, 1);
        assert!((filter.belief().mean()[0] - SHIFT).abs() < 0.5);
    }
}

#[test]
fn every_rejection_from_the_limit_on_is_an_error_until_one_is_inside() {
    let mut gate = Gate::by_innovation(3.0, 2).unwrap();
    let mut filter = Filter::new(Gaussian::<f32, 2>::standard());
    assert_eq!(gated(&mut gate, &mut filter, 30.0).unwrap().status(), Status::Gated);
    for _ in 0..3 {
        assert_eq!(gated(&mut gate, &mut filter, 30.0), Err(Error::Diverged));
    }
    assert_eq!(gated(&mut gate, &mut filter, 0.3).unwrap().status(), Status::Accepted);
    assert_eq!(gated(&mut gate, &mut filter, 30.0).unwrap().status(), Status::Gated);
    assert_eq!((gate.rejected_in_a_row(), gate.rejected()), (1, 5));
    // A limit of one hears every rejection.
    let mut gate = Gate::by_innovation(3.0, 1).unwrap();
    assert_eq!(gated(&mut gate, &mut filter, 30.0), Err(Error::Diverged));
}

/// What changes nothing is judged all the same.
#[test]
fn saturated_readings_count_as_what_they_read() {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1e-9]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let mut blind = Sensor::linear([0.0], Normal::new(1.0).unwrap());
    let mut estimator = GaussHermite::<5>::new();
    let mut gate = Gate::by_innovation(4.0, 10).unwrap();
    let before = *filter.belief();
    for (reading, status, in_a_row) in
        [(9.0, Status::Gated, 1), (-9.0, Status::Gated, 2), (2.0, Status::Saturated, 0), (9.0, Status::Gated, 1)]
    {
        let update = filter.update_gated(&mut sensor, reading, &mut estimator, &mut gate).unwrap();
        assert_eq!((update.status(), gate.rejected_in_a_row()), (status, in_a_row));
        let update = filter.update_gated(&mut blind, reading, &mut estimator, &mut gate.clone()).unwrap();
        assert_eq!(update.status(), status);
        assert_eq!(*filter.belief(), before);
    }
}

#[test]
fn the_log_evidence_gates_counts() {
    let mut gate = Gate::by_log_evidence(-14.0_f32, 10).unwrap();
    let prior = Gaussian::diagonal([3.0_f32], [0.01]).unwrap();
    for (count, status) in [(20_u32, Status::Accepted), (48, Status::Accepted), (75, Status::Gated)] {
        let mut geiger = Sensor::linear([1.0], Poisson::new());
        let update = Filter::new(prior).update_gated(&mut geiger, count, &mut GaussHermite::<5>::new(), &mut gate);
        let update = update.unwrap();
        assert_eq!(update.status(), status, "{count}: {}", update.log_evidence(&geiger, count));
    }
}

#[test]
fn refused_readings_are_not_judged() {
    let mut gate = Gate::by_innovation(3.0, 2).unwrap();
    let mut filter = Filter::new(Gaussian::<f32, 2>::standard());
    assert_eq!(gated(&mut gate, &mut filter, 30.0).unwrap().status(), Status::Gated);
    let (before, belief) = (gate, *filter.belief());
    for (reading, error) in [(f32::NAN, Error::NotFinite), (f32::INFINITY, Error::NotFinite)] {
        assert_eq!(gated(&mut gate, &mut filter, reading), Err(error));
    }
    assert_eq!((gate, *filter.belief()), (before, belief));
}

#[test]
fn bad_settings_are_named() {
    for (threshold, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (0.0, Error::NotPositive),
        (-1.0, Error::NotPositive),
        (1e-45, Error::OutOfRange),
    ] {
        assert_eq!(Gate::by_innovation(threshold, 3), Err(error));
    }
    for threshold in [f32::NAN, f32::INFINITY, -f32::INFINITY] {
        assert_eq!(Gate::by_log_evidence(threshold, 3), Err(Error::NotFinite));
    }
    assert_eq!(Gate::by_log_evidence(-9.0_f32, 0), Err(Error::NotPositive));
    assert!(Gate::by_innovation(f32::MAX, u32::MAX).is_ok());

    let prior = Gaussian::new([1.0_f32, -2.0], [[2.0, 0.5], [0.5, 1e30]]).unwrap();
    let mut filter = Filter::new(prior);
    for (factor, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (0.999_999, Error::OutOfRange),
        (0.0, Error::OutOfRange),
        (-4.0, Error::OutOfRange),
        (1e9, Error::OutOfRange),
        (f32::MAX, Error::OutOfRange),
    ] {
        assert_eq!(filter.inflate(factor), Err(error), "{factor}");
        assert_eq!(*filter.belief(), prior);
    }
    filter.inflate(1.0).unwrap();
    assert_eq!(*filter.belief(), prior);
    filter.inflate(4.0).unwrap();
    assert_eq!((filter.belief().mean(), filter.belief().covariance()[0]), (prior.mean(), [8.0, 2.0]));
}

//! Readings of every likelihood through every predictor, by every estimator.

use super::Machine;
use crate::values::{choice, matrix, number, numbers, symmetric, word};
use arbitrary::Unstructured;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{Error, Estimator, Gate, GaussHermite, Observe, OneSample, Report, Sensor, Status, Update, VectorSensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// How a reading is solved, from the bytes.
enum Solver {
    Three(GaussHermite<3>),
    Five(GaussHermite<5>),
    Nine(GaussHermite<9>),
    Sampled(OneSample<Xoshiro128PlusPlus>),
}

impl Solver {
    fn new(bytes: &mut Unstructured<'_>) -> Result<Self, Error> {
        let (kind, more) = (choice(bytes, 4), choice(bytes, 64));
        Ok(match kind {
            0 => Self::Five(GaussHermite::new()),
            1 => {
                let rng = Xoshiro128PlusPlus::seed_from_u64(u64::from(more));
                Self::Sampled(OneSample::new(rng).with_samples(u16::from(more % 16))?)
            }
            2 => Self::Three(GaussHermite::new()),
            _ => Self::Nine(GaussHermite::new()),
        })
    }
}

impl Estimator<f32> for Solver {
    fn solve<L: Likelihood<f32>>(
        &mut self,
        likelihood: &L,
        reading: L::Reading,
        mean: f32,
        variance: f32,
    ) -> Result<elbow::Solution<f32>, Error> {
        match self {
            Self::Three(estimator) => estimator.solve(likelihood, reading, mean, variance),
            Self::Five(estimator) => estimator.solve(likelihood, reading, mean, variance),
            Self::Nine(estimator) => estimator.solve(likelihood, reading, mean, variance),
            Self::Sampled(estimator) => estimator.solve(likelihood, reading, mean, variance),
        }
    }
}

impl<const N: usize> Machine<N> {
    /// A reading by a likelihood, a predictor and an estimator from the bytes.
    pub fn update(&mut self, bytes: &mut Unstructured<'_>, gated: bool) -> Result<(), Error> {
        let kind = choice(bytes, 13);
        let (a, b, c) = (number(bytes), number(bytes), number(bytes));
        let count = word(bytes);
        let (flag, counted) = (count & 1 == 1, count as f32);
        match kind {
            0 => self.observe(bytes, gated, &mut Normal::new(a)?, c, c),
            1 => {
                let mut noise = self.noise;
                self.observe(bytes, gated, &mut noise, c, c)?;
                self.noise = noise;
                Ok(())
            }
            2 => self.observe(bytes, gated, &mut StudentT::new(a, b)?, c, c),
            3 => self.observe(bytes, gated, &mut Huber::new(a, b)?, c, c),
            4 => {
                let steps = Quantized::new(a, b)?;
                let mut steps = if flag { steps } else { steps.with_ends(number(bytes), number(bytes))? };
                self.observe(bytes, gated, &mut steps, c, c)
            }
            5 => {
                let mut rails = Censored::new(a, b, number(bytes))?;
                self.observe(bytes, gated, &mut rails, c, c)
            }
            6 => self.observe(bytes, gated, &mut Poisson::with_exposure(a)?, count, counted),
            7 => {
                let mut counter = NegativeBinomial::new(a)?.with_exposure(b)?;
                self.observe(bytes, gated, &mut counter, count, counted)
            }
            8 => self.observe(bytes, gated, &mut Gamma::new(a)?, c, c),
            9 => self.observe(bytes, gated, &mut Bernoulli::new(), flag, f32::from(flag)),
            10 => self.observe(bytes, gated, &mut Probit::new(), flag, f32::from(flag)),
            11 => self.observe(bytes, gated, &mut VonMises::new(a)?, c, c),
            _ => self.observe(bytes, gated, &mut Poisson::new(), count % 1024, (count % 1024) as f32),
        }
    }

    /// Chooses what the sensor sees. The likelihood learns in place, if the reading is taken in.
    fn observe<L: Likelihood<f32> + Copy + PartialEq + std::fmt::Debug>(
        &mut self,
        bytes: &mut Unstructured<'_>,
        gated: bool,
        likelihood: &mut L,
        reading: L::Reading,
        as_number: f32,
    ) -> Result<(), Error> {
        let kind = choice(bytes, 6);
        let solver = Solver::new(bytes)?;
        let iterations = u16::from(choice(bytes, 18));
        let mut index = || usize::from(choice(bytes, N as u8 + 1));
        let indices = [index(), index()];
        let known = *likelihood;
        let read = Reading { reading, as_number, solver, gated };
        match kind {
            0 | 1 => {
                let sensor = Sensor::linear(numbers(bytes), known).with_offset(number(bytes));
                self.take(sensor, read, likelihood)
            }
            2 => {
                let sensor = Sensor::nonlinear(Range::<f32, N, 2>::new(numbers(bytes), indices)?, known);
                self.take(sensor.with_iterations(iterations)?, read, likelihood)
            }
            3 => {
                let sensor = Sensor::nonlinear(Bearing::<f32, N>::new(numbers(bytes), indices)?, known);
                self.take(sensor.with_iterations(iterations)?, read, likelihood)
            }
            4 => {
                let sensor = Sensor::nonlinear(Altitude::<f32, N>::new(number(bytes), indices[0])?, known);
                self.take(sensor.with_iterations(iterations)?, read, likelihood)
            }
            _ => {
                let factors: [f32; N] = numbers(bytes);
                let curve = |state: &[f32; N]| (0..N).map(|i| factors[i] * state[i] * state[i]).sum();
                self.take(Sensor::nonlinear(curve, known).with_iterations(iterations)?, read, likelihood)
            }
        }
    }

    /// Takes the reading in, and asks for everything that can be known of it.
    fn take<P: Observe<f32, N>, L: Likelihood<f32> + Copy + PartialEq + std::fmt::Debug>(
        &mut self,
        mut sensor: Sensor<P, L>,
        read: Reading<L::Reading>,
        likelihood: &mut L,
    ) -> Result<(), Error> {
        let Reading { reading, as_number, mut solver, gated } = read;
        let what = format!("{likelihood:?} reads {as_number:e}");
        let before = *sensor.likelihood();
        let update = if gated {
            self.filter.update_gated(&mut sensor, reading, &mut solver, &mut self.gate)
        } else {
            self.filter.update(&mut sensor, reading, &mut solver)
        };
        let Ok(update) = update else {
            assert!(before == *sensor.likelihood(), "{what}: learnt from a reading that was refused");
            return update.map(drop);
        };
        *likelihood = *sensor.likelihood();
        *sensor.likelihood_mut() = before;
        assert_figures(&update, &what);
        let innovation = update.normalized_innovation(&sensor, reading);
        let (elbo, evidence) = (update.elbo(&sensor, reading), update.log_evidence(&sensor, reading));
        assert!(!innovation.is_nan(), "{what}: {update:?}");
        assert!(elbo < f32::INFINITY && evidence < f32::INFINITY, "{what}: {elbo} {evidence} {update:?}");
        self.monitor.record(as_number, innovation, evidence).expect("a reading and its figures are numbers");
        assert_report(&self.monitor.report());
        assert!(update.status() != Status::Gated || *likelihood == before, "{what}: learnt from a gated reading");
        assert!(self.gate.rejected_in_a_row() <= self.gate.rejected() && consistent(&self.gate));
        Ok(())
    }

    /// One to three numbers at once, some of them missing.
    pub fn update_vector(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        match choice(bytes, 3) {
            0 => self.take_vector::<2>(bytes),
            1 => self.take_vector::<3>(bytes),
            _ => self.take_vector::<1>(bytes),
        }
    }

    fn take_vector<const M: usize>(&mut self, bytes: &mut Unstructured<'_>) -> Result<(), Error> {
        let rows = std::array::from_fn(|_| numbers(bytes));
        let sensor = VectorSensor::<f32, M, N>::new(rows, symmetric(bytes))?.with_offset(matrix::<M>(bytes)[0])?;
        let reading: [Option<f32>; M] = std::array::from_fn(|_| (choice(bytes, 4) != 0).then(|| number(bytes)));
        let update = if choice(bytes, 2) == 0 {
            self.filter.update_vector(&sensor, reading)?
        } else {
            let before = self.filter;
            let update = self.filter.update_vector_gated(&sensor, reading, &mut self.gate)?;
            assert!(update.status() != Status::Gated || self.filter == before, "{update:?}");
            assert!(self.gate.rejected_in_a_row() <= self.gate.rejected() && consistent(&self.gate));
            update
        };
        let present = reading.iter().flatten().count();
        assert_eq!(update.observed(), present);
        for component in update.components().iter().flatten() {
            assert_figures(component, "a component");
        }
        assert!(update.squared_innovation() >= 0.0, "{update:?}");
        assert!(update.log_evidence() < f32::INFINITY, "{update:?}");
        assert!(update.normalized_innovations().iter().flatten().all(|innovation| !innovation.is_nan()), "{update:?}");
        Ok(())
    }
}

/// A reading on its way to the filter.
struct Reading<R> {
    reading: R,
    as_number: f32,
    solver: Solver,
    gated: bool,
}

fn assert_figures(update: &Update<f32>, what: &str) {
    assert!(update.prior_mean().is_finite() && update.mean().is_finite(), "{what}: {update:?}");
    assert!(update.prior_variance() >= 0.0 && update.prior_variance().is_finite(), "{what}: {update:?}");
    let unchanged = matches!(update.status(), Status::Saturated | Status::Gated);
    let variance = update.variance();
    assert!(unchanged || (variance.is_normal() && variance > 0.0), "{what}: {update:?}");
    assert!(!unchanged || (variance == update.prior_variance() && update.mean() == update.prior_mean()), "{what}");
    assert!(update.information_gain() >= 0.0, "{what}: {} {update:?}", update.information_gain());
}

fn assert_report(report: &Report<f32>) {
    let (lower, upper) = report.mean_square_bounds;
    let plain = [
        report.mean,
        report.mean_bound,
        report.mean_square,
        lower,
        upper,
        report.calibration,
        report.calibration_bound,
        report.entropy,
        report.repeat_surprise,
        report.repeat_surprise_bound,
        report.since_last,
    ];
    assert!(plain.iter().all(|figure| figure.is_finite()) && !report.surprise.is_nan(), "{report:?}");
    assert!(report.readings <= 16 && report.calibration >= 0.0 && report.entropy >= 0.0, "{report:?}");
}

/// What a gate says of itself goes together.
fn consistent(gate: &Gate<f32>) -> bool {
    !gate.is_diverged() || gate.rejected_in_a_row() > 0
}

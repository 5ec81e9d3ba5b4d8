//! The real logs as random walks seen through one sensor, with the models that `tests/reference/filters.py` states.

use crate::csv;
use elbow::estimator::Estimator;
use elbow::likelihood::{Bernoulli, Likelihood, Normal, Poisson, StudentT};
use elbow::{Filter, Gaussian, Linear, RandomWalk, Real, Sensor, Status};

/// Readings one step apart, and their model.
pub struct Log<T: Real, L: Likelihood<T>> {
    pub name: &'static str,
    readings: Vec<L::Reading>,
    sensor: Sensor<Linear<T, 1>, L>,
    prior: Gaussian<T, 1>,
    walk: RandomWalk<T>,
}

/// The belief after one reading, and the log evidence of all readings so far.
pub struct Step {
    pub mean: f64,
    pub variance: f64,
    pub log_evidence: f64,
}

impl<T: Real + Into<f64>, L: Likelihood<T> + Copy> Log<T, L> {
    /// The walk starts from the prior N(mean, variance), away from the sensor's offset, at the first reading.
    fn new(
        name: &'static str,
        readings: Vec<L::Reading>,
        likelihood: L,
        offset: f64,
        prior: [f64; 2],
        rate: f64,
    ) -> Self {
        let [mean, variance] = prior.map(T::from_f64);
        Self {
            name,
            readings,
            sensor: Sensor::linear([T::ONE], likelihood).with_offset(T::from_f64(offset)),
            prior: Gaussian::diagonal([mean], [variance]).expect("a prior"),
            walk: RandomWalk::new(T::from_f64(rate)).expect("a rate"),
        }
    }

    /// The beliefs along the log, in the units of the log. No reading may fail to converge.
    pub fn run(&self, estimator: &mut impl Estimator<T>) -> Vec<Step> {
        let mut filter = Filter::new(self.prior);
        let mut sensor = self.sensor;
        let mut log_evidence = 0.0;
        let mut steps = Vec::new();
        for (i, &reading) in self.readings.iter().enumerate() {
            if i > 0 {
                filter.predict_for(&self.walk, T::ONE).expect("a prediction");
            }
            let update = filter.update(&mut sensor, reading, estimator).expect("an update");
            assert!(update.status() == Status::Accepted, "{}, step {i}", self.name);
            log_evidence += update.log_evidence(&sensor, reading).into();
            let (mean, variance) = (update.mean().into(), update.variance().into());
            steps.push(Step { mean, variance, log_evidence });
        }
        steps
    }
}

fn column<R>(path: &str, name: &str, reading: impl Fn(f64) -> R) -> Vec<R> {
    csv::read(path).iter().map(|row| reading(row.number(name))).collect()
}

/// Annual flow of the Nile after 1871, from which the belief starts; levels are about 900.
pub fn nile<T: Real + Into<f64>>() -> Log<T, Normal<T>> {
    let volumes = column("examples/data/nile.csv", "volume_1e8_m3", T::from_f64);
    let normal = Normal::new(T::from_f64(15099.0)).expect("a variance");
    let mut log = Log::new("nile", volumes, normal, 900.0, [220.0, 15099.0 + 1469.1], 1469.1);
    log.readings.remove(0);
    log
}

/// The same flow with a heavy-tailed sensor, from a vague belief; levels are about 1000.
pub fn nile_t<T: Real + Into<f64>>() -> Log<T, StudentT<T>> {
    let volumes = column("examples/data/nile.csv", "volume_1e8_m3", T::from_f64);
    let student = StudentT::new(T::from_f64(100.0), T::from_f64(4.0)).expect("a scale");
    Log::new("nile_t", volumes, student, 1000.0, [0.0, 40000.0], 1500.0)
}

/// The log rate of coal-mining disasters a year.
pub fn coal<T: Real + Into<f64>>() -> Log<T, Poisson<T>> {
    let counts = column("examples/data/coal.csv", "disasters", |count| count as u32);
    Log::new("coal", counts, Poisson::new(), 0.0, [1.0, 1.0], 0.02)
}

/// The log odds of rain in Seattle on the days of 2012.
pub fn seattle<T: Real + Into<f64>>() -> Log<T, Bernoulli> {
    let mut days = column("examples/data/seattle.csv", "rain", |rain| rain == 1.0);
    days.truncate(366);
    Log::new("seattle", days, Bernoulli::new(), 0.0, [0.0, 4.0], 0.25)
}

//! Every public function of elbow, called by its full name on numbers that a [`Probe`] makes up, what comes out handed
//! back to it. `trace` prints and hashes that, on the chip and on the host; `panic_free` links it.

mod distributions;
mod readings;
mod sensors;
mod states;

use elbow::{Error, Real};

/// Where numbers come from and results go.
pub trait Probe<T: Real> {
    /// A number, of the order of one as a rule.
    fn number(&mut self) -> T;
    /// A number, between 0 and 4 as a rule.
    fn positive(&mut self) -> T;
    /// 32 bits.
    fn word(&mut self) -> u32;
    /// Takes a result.
    fn take(&mut self, number: T);
    /// Takes a result that is no number.
    fn note(&mut self, word: u32);

    fn numbers<const N: usize>(&mut self) -> [T; N] {
        core::array::from_fn(|_| self.number())
    }
    fn positives<const N: usize>(&mut self) -> [T; N] {
        core::array::from_fn(|_| self.positive())
    }
    fn matrix<const N: usize>(&mut self) -> [[T; N]; N] {
        core::array::from_fn(|_| self.numbers())
    }
    /// A diagonal and a matrix of rank one.
    fn covariance<const N: usize>(&mut self) -> [[T; N]; N] {
        let (row, mut covariance) = (self.numbers::<N>(), [[T::ZERO; N]; N]);
        for i in 0..N {
            for j in 0..N {
                covariance[i][j] = row[i] * row[j];
            }
            covariance[i][i] += self.positive();
        }
        covariance
    }
    fn take_all(&mut self, numbers: &[T]) {
        for &number in numbers {
            self.take(number);
        }
    }
    fn take_rows<const N: usize>(&mut self, rows: &[[T; N]]) {
        for row in rows {
            self.take_all(row);
        }
    }
    /// Notes how a call ended; what it gave, if it did.
    fn end<V>(&mut self, result: Result<V, Error>) -> Option<V> {
        match result {
            Ok(value) => {
                self.note(0);
                Some(value)
            }
            Err(error) => {
                self.note(code(error));
                None
            }
        }
    }
}

/// Exercises one thing with what the probe gives; ends early where a constructor refuses that.
pub type Exercise<P> = fn(&mut P) -> Result<(), Error>;

/// Everything but likelihoods, by name.
pub fn parts<T: Real, P: Probe<T>>() -> [(&'static str, Exercise<P>); 24] {
    [
        ("bits, noise", distributions::scalars),
        ("Categorical", distributions::categorical),
        ("Logits", distributions::logits),
        ("Gaussian, 1 number", distributions::gaussian::<T, P, 1>),
        ("Gaussian, 3 numbers", distributions::gaussian::<T, P, 3>),
        ("MeanField", distributions::mean_field),
        ("elbo of Gaussian", distributions::elbo_of_gaussian),
        ("elbo of MeanField", distributions::elbo_of_mean_field),
        ("Adam", distributions::adam),
        ("Filter", states::filter),
        ("Dynamics", states::dynamics),
        ("RandomWalk", states::random_walk),
        ("LocalLinearTrend, ConstantVelocity", states::kinematics),
        ("OrnsteinUhlenbeck, and integrated", states::ornstein_uhlenbeck),
        ("LinearTimeInvariant", states::linear_time_invariant),
        ("LocalLevel", states::local_level),
        ("Snapshot", states::snapshots),
        ("Sensor, linear", sensors::linear),
        ("Sensor, nonlinear", sensors::nonlinear),
        ("Range, Bearing, Altitude", sensors::predictors),
        ("VectorSensor", sensors::vector),
        ("Gate", sensors::gate),
        ("Monitor", sensors::monitor),
        ("fit_noise, LogEvidence", sensors::fit),
    ]
}

/// Every likelihood's own methods, and updates with it, by name.
pub fn likelihoods<T: Real, P: Probe<T>>() -> [(&'static str, Exercise<P>); 26] {
    [
        ("Normal", readings::normal_itself),
        ("Normal, updates", readings::normal_updates),
        ("StudentT", readings::student_t_itself),
        ("StudentT, updates", readings::student_t_updates),
        ("Quantized", readings::quantized_itself),
        ("Quantized, updates", readings::quantized_updates),
        ("Censored", readings::censored_itself),
        ("Censored, updates", readings::censored_updates),
        ("Poisson", readings::poisson_itself),
        ("Poisson, updates", readings::poisson_updates),
        ("NegativeBinomial", readings::negative_binomial_itself),
        ("NegativeBinomial, updates", readings::negative_binomial_updates),
        ("Gamma", readings::gamma_itself),
        ("Gamma, updates", readings::gamma_updates),
        ("Bernoulli", readings::bernoulli_itself),
        ("Bernoulli, updates", readings::bernoulli_updates),
        ("LearnedNormal", readings::learned_normal_itself),
        ("LearnedNormal, updates", readings::learned_normal_updates),
        ("Huber", readings::huber_itself),
        ("Huber, updates", readings::huber_updates),
        ("VonMises", readings::von_mises_itself),
        ("VonMises, updates", readings::von_mises_updates),
        ("Probit", readings::probit_itself),
        ("Probit, updates", readings::probit_updates),
        ("FromScore", readings::from_score_itself),
        ("FromScore, updates", readings::from_score_updates),
    ]
}

fn code(error: Error) -> u32 {
    match error {
        Error::NotFinite => 1,
        Error::NotPositive => 2,
        Error::NotNormalized => 3,
        Error::NotSymmetric => 4,
        Error::NotPositiveDefinite => 5,
        Error::OutOfRange => 6,
        Error::BufferTooSmall => 7,
        Error::Corrupt => 8,
        Error::Incompatible => 9,
        Error::Diverged => 10,
        _ => u32::MAX,
    }
}

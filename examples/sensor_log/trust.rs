//! When a log's readings are not to be believed: the gate before the belief, and the way out when it is the belief that
//! is wrong.

use crate::Scalar;
use crate::instrument::Instrument;
use crate::problem::Problem;
use elbow::{Gate, Update};

/// Readings in a row that a gate rejects before the belief is taken to be wrong.
const ROW: u32 = 10;

/// What is asked of every reading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trust {
    /// The gate, in standard deviations.
    pub gate: Option<f64>,
    /// The monitor's probability of a false alarm.
    pub false_alarm: Option<f64>,
}

impl Trust {
    /// The gate. Its own alarm would come with the last reading of a row in place of an update; the row is looked at
    /// here.
    pub fn gate(&self) -> Result<Option<Gate<Scalar>>, Problem> {
        let gate = self.gate.map(|threshold| Gate::by_innovation(threshold as Scalar, ROW + 1)).transpose();
        gate.map_err(|error| Problem::Flags(format!("--gate: {error}")))
    }

    /// The same without the monitor, which changes nothing of the belief.
    pub fn unwatched(self) -> Self {
        Self { false_alarm: None, ..self }
    }
}

/// Whether the belief has to be widened.
pub fn is_diverged(gate: &Gate<Scalar>) -> bool {
    gate.rejected_in_a_row() >= ROW
}

/// The factor for the belief's variance, a power of four, at which a rejected reading lies within one standard
/// deviation of its prediction: the next ones of its kind are let in, and the belief goes to them at once.
pub fn widening<L: Instrument>(likelihood: &L, reading: L::Reading, update: &Update<Scalar>) -> Scalar {
    let (mean, variance) = (update.prior_mean(), update.prior_variance());
    let inside = |factor: &Scalar| {
        let innovation = likelihood.innovation(reading, mean, variance * factor);
        innovation.is_some_and(|innovation| innovation.normalized().abs() <= 1.0)
    };
    // A likelihood without moments: ten standard deviations.
    let factors = std::iter::successors(Some(4.0), |factor| Some(factor * 4.0)).take(30);
    factors.into_iter().find(inside).unwrap_or(100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::likelihood::{Likelihood, Normal, Poisson};
    use elbow::{Filter, GaussHermite, Gaussian, Sensor};

    #[test]
    fn widened_as_far_as_the_reading_needs() {
        let prior = Gaussian::diagonal([0.0], [1.0]).expect("positive");
        let solver = &mut GaussHermite::<5>::new();
        let mut volts = Sensor::linear([1.0], Normal::new(1.0).expect("positive"));
        let update = Filter::new(prior).update(&mut volts, 20.0, solver).expect("finite");
        // 400 = 1 + factor: 256 is too little.
        assert_eq!(widening(volts.likelihood(), 20.0, &update), 1024.0);
        let mut counts = Sensor::linear([1.0], Poisson::new());
        let update = Filter::new(prior).update(&mut counts, 60_u32, solver).expect("finite");
        let factor = widening(counts.likelihood(), 60, &update);
        let innovation = counts.likelihood().innovation(60, 0.0, factor).expect("moments");
        assert!(innovation.normalized() <= 1.0 && factor <= 16.0, "{factor}");
    }
}

//! The ELBO and the log evidence that an update tells, against those of the tables.

use crate::bounds::allowed;
use crate::cases::{Case, Worst, each_row, group, input, name, parts};
use crate::csv::Row;
use elbow::likelihood::Likelihood;
use elbow::{Filter, GaussHermite, Gaussian, Real, Sensor};

/// The ELBO and the log evidence that an update of a filter reports, against the table's, in nats.
#[derive(Default)]
struct Reported {
    elbo: Worst,
    evidence: Worst,
}

impl<T: Real + Into<f64>> Case<T> for Reported {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let prior = Gaussian::diagonal([input(row, "u0")], [input(row, "v0")]).expect("a prior");
        let mut filter = Filter::<T, 1>::new(prior);
        let mut sensor = Sensor::linear([T::ONE], likelihood);
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<9>::new()).expect("an update");
        for (worst, column, got) in [
            (&mut self.elbo, "elbo", update.elbo(&sensor, reading).into()),
            (&mut self.evidence, "log_evidence", update.log_evidence(&sensor, reading).into()),
        ] {
            let expected = row.number(column);
            worst.see(group(row), (got - expected).abs() / expected.abs().max(1.0), &name(row));
        }
    }
}

#[test]
fn elbo_and_log_evidence_are_reported() {
    let (mut single, mut double) = (Reported::default(), Reported::default());
    each_row::<f32>(&mut single);
    each_row::<f64>(&mut double);
    for (scalar, reported) in [("f32", single), ("f64", double)] {
        for (figure, worst) in [("elbo.", reported.elbo), ("log_evidence.", reported.evidence)] {
            worst.finish(&format!("{figure} {scalar}"), |group| {
                let (likelihood, variance) = parts(group);
                allowed(&format!("{figure}{likelihood}"), scalar, "*", variance)
            });
        }
    }
}

//! The ELBO and the log evidence that an update tells, against those of the tables.

use crate::accuracy::{Error, Measured};
use crate::cases::{Case, each_row, input, name};
use crate::csv::Row;
use elbow::likelihood::Likelihood;
use elbow::{Filter, GaussHermite, Gaussian, Real, Sensor};

/// The ELBO and the log evidence that an update of a filter reports, against the table's, in nats.
struct Reported(Measured);

impl<T: Real + Into<f64>> Case<T> for Reported {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let prior = Gaussian::diagonal([input(row, "u0")], [input(row, "v0")]).expect("a prior");
        let mut filter = Filter::<T, 1>::new(prior);
        let mut sensor = Sensor::linear([T::ONE], likelihood);
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<9>::new()).expect("an update");
        for (column, got) in [
            ("elbo", update.elbo(&sensor, reading).into()),
            ("log_evidence", update.log_evidence(&sensor, reading).into()),
        ] {
            let of = row.number(column);
            let error = Error { by: (got - of).abs(), of, term: 0.0 };
            let function = format!("{column}.{}", row.text("likelihood"));
            let cells = [&function, core::any::type_name::<T>(), "*"];
            assert!(self.0.see(cells, row.number("v0"), error, || name(row)), "no budget for {cells:?}");
        }
    }
}

#[test]
fn elbo_and_log_evidence_are_reported() {
    let mut reported = Reported(Measured::default());
    each_row::<f32>(&mut reported);
    each_row::<f64>(&mut reported);
    reported.0.finish();
}

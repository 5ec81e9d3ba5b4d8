//! A reading whose noise is learnt, against `learned_normal.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row};
use elbow::Real;
use elbow::likelihood::{LearnedNormal, Likelihood};

pub fn row<T: Real + Bits>(row: &Row, check: &mut Check) {
    let [variance, readings, forgetting] = row.array("parameters");
    let noise = LearnedNormal::<T>::new(variance, readings).and_then(|noise| noise.with_forgetting(forgetting));
    let (noise, reading, eta) = (noise.expect("a noise"), number(row, "reading"), number(row, "eta"));
    if row.text("std_dev").is_empty() {
        let slopes = noise.derivatives(reading, eta);
        check.value(row, "learned_normal.log_prob", "log_prob", noise.log_prob(reading, eta));
        check.value(row, "learned_normal.first", "first", slopes.first);
        check.value(row, "learned_normal.second", "second", slopes.second);
    } else {
        let mean = noise.mean_log_prob(reading, eta, number(row, "std_dev"));
        check.value(row, "learned_normal.mean_log_prob", "mean_log_prob", mean.expect("a wide belief"));
    }
}

fn number<T: Real + Bits>(row: &Row, column: &str) -> T {
    row.array::<T, 1>(column)[0]
}
